// Marp's own rules for print would put each slide on a sheet of its own; here each stands above its notes.
(notes) => {
  for (const sheet of document.styleSheets) {
    for (let i = sheet.cssRules.length - 1; i >= 0; i--) {
      const rule = sheet.cssRules[i];
      const prints = rule instanceof CSSMediaRule && rule.conditionText === "print";
      if (prints || rule instanceof CSSPageRule) sheet.deleteRule(i);
    }
  }
  const style = document.createElement("style");
  style.textContent = `
    @page { size: A4 portrait; margin: 16mm 15mm; }
    html, body { margin: 0; background: #fff; }
    .sheet { break-inside: avoid; margin: 0 0 9mm; font: 10.5pt/1.42 "Deck", sans-serif; color: #14213d; }
    .sheet .marpit > svg { display: block; width: 118mm; height: auto; border: 0.4pt solid #b8c4d2; }
    .sheet > p { margin: 1.6mm 0 0; }
    .sheet > p:first-of-type { margin-top: 2.4mm; color: #4d5a6b; font-size: 9.5pt; }
    * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }`;
  document.head.append(style);
  const slides = [...document.querySelectorAll("svg[data-marpit-svg]")];
  const sheets = slides.map((slide, index) => {
    const sheet = document.createElement("div"), holder = document.createElement("div");
    sheet.className = "sheet"; holder.className = "marpit"; holder.append(slide); sheet.append(holder);
    for (const line of notes[index]) {
      const text = document.createElement("p"); text.textContent = line; sheet.append(text);
    }
    return sheet;
  });
  document.body.replaceChildren(...sheets);
}
