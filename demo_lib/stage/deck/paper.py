"""What goes on paper: the handout, each slide with its notes, and the presenter's checklist on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from demo_lib.stage.deck.sources import SLIDES, chromium
from demo_lib.stage.run_of_show import RunOfShow, load

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
A4 = {"format": "A4", "print_background": True, "prefer_css_page_size": True}
BEFORE = (
    (".venv/bin/python -m demo_lib reset", "back to the start"),
    ("python3 run.py demo", "the fallback pages, outputs/demo/stage/*.html: open them in tabs"),
    (".venv/bin/python -m demo_lib rehearse", "every cell, timed against this page"),
    ("python3 run.py ui", "a terminal of its own, and stays; close its Assistant and banner"),
    ("python3 run.py lab --stage", "likewise; run the first cell of each notebook"),
    (".venv/bin/python -m demo_lib preflight --stage", "everything that can go wrong"),
)
HANDOUT = (SLIDES / "handout.js").read_text(encoding="utf-8")
CHECKLIST = (SLIDES / "checklist.css").read_text(encoding="utf-8")
ON_THE_DAY = (
    "On the desk: this page, the slides as PDF on a stick, water, the mains adapter. On the machine: notifications "
    "off, sleep off, big type in the terminal, presenter view (press p in deck.html) on the small screen."
)
WHEN_IT_FAILS = "A cell fails? Do not debug. Open the same cell in outputs/demo/stage, say what it shows, go on."


def notes(markdown: str) -> list[str]:
    """The speaker's notes of a slide, a line each: its comments that are no directive of Marp's."""
    comments = re.findall(r"<!--\n(.*?)-->", markdown, re.DOTALL)
    return [line.strip() for comment in comments for line in comment.split("\n") if line.strip()]


def print_handout(bare: Path, out: Path) -> None:
    """The handout as PDF: each slide, and its notes below it.

    bare: the slides as HTML, without Marp's own scripts; beside it lies paper.md, which has the notes.
    """
    slides = (bare.parent / "paper.md").read_text(encoding="utf-8").split("\n---\n")[1:]
    with page() as sheet:
        sheet.set_content(bare.read_text(encoding="utf-8"))
        sheet.evaluate(HANDOUT, [notes(slide) for slide in slides])
        sheet.evaluate("() => document.fonts.ready")
        sheet.pdf(path=str(out), **A4, outline=False, tagged=True)


def print_page(html: str, out: Path) -> None:
    """A page of HTML as PDF."""
    with page() as sheet:
        sheet.set_content(html)
        sheet.pdf(path=str(out), **A4, tagged=True)


@contextmanager
def page() -> Iterator[Any]:
    """An empty page in this machine's Chromium; Playwright downloads none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser.new_page()
        browser.close()


def checklist(show: RunOfShow | None = None) -> str:
    """The presenter's checklist as HTML: what to start, then each part, step by step, with what to drop when late."""
    show = show or load()
    variant = show.variants["parts"]
    said = ['<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>The presenter’s checklist</title>']
    said.append(f"<style>{CHECKLIST}</style></head><body><h1>Live demo: the presenter’s checklist</h1>")
    said.append("<h2>The day before, and an hour before</h2><ul>")
    said += [f'<li><code>{escape(c)}</code> <span class="aside">{escape(why)}</span></li>' for c, why in BEFORE]
    said.append("</ul>")
    said.append(f"<p>{ON_THE_DAY}</p>")
    said.append(f'<h2>The four parts, {variant.minutes} minutes</h2><div class="parts">')
    for item in variant.items:
        late = f'<p class="drop">Late? Drop: {", ".join(map(str, item.drop))}.</p>' if item.drop else ""
        said.append(f'<div class="part"><h2>{escape(item.part)} · {item.minutes:g} min</h2><ul>')
        said += [f"<li><b>{escape(s.cell)}</b> {s.seconds} s · {_first(s.say)}</li>" for s in show.steps(item)]
        said.append(f"</ul>{late}</div>")
    return "".join(said) + f"</div><p><b>{WHEN_IT_FAILS}</b></p></body></html>"


def _first(text: str) -> str:
    """The first sentence."""
    return escape(re.split(r"(?<=[.?!]) ", " ".join(text.split()))[0])
