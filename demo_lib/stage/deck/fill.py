"""slides/deck.md with every placeholder filled.

`{{figure: retrieval/kit/questions}}` stands within a line; a filter follows a bar: `| percent`, `| round 1`,
`| find REGEX`, `| count`, `| percents`, `| wrap AND`. `{{trace: …}}`, `{{code: …}}`, `{{sql: …}}` and their like stand
on a line of their own. What cannot be found fails the build. A line whose figure is still to be written is left off,
and so is a slide that says `<!-- needs: NAME -->`; both are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from demo_lib.stage.deck.sources import AWAITED, NotYetWritten, Sources, UnknownSource
from demo_lib.stage.run_of_show import RunOfShow, load

BREAK = "\n---\n"
PLACEHOLDER = re.compile(r"\{\{(\w+)(?::\s*(.+?))?\s*\}\}")
NEEDS = re.compile(r"<!-- needs: (\S+) -->\n")
SPAN = re.compile(r"^(?P<rails>[│├└─ ]*)(?P<name>.+?) \((?P<ms>[\d,]+) ms\)(?: +(?:· )?(?P<note>.*))?$")


@dataclass(frozen=True)
class Filled:
    """The deck as Marp gets it."""

    markdown: str
    left_off: tuple[str, ...]
    """What is missing, and from where: `slide 19: claims/… (who writes it)`."""

    @property
    def slides(self) -> list[str]:
        """The Markdown of each page."""
        return self.markdown.split(BREAK)[1:]


def fill(deck: str, sources: Sources | None = None, show: RunOfShow | None = None) -> Filled:
    """Fill a deck's Markdown. Raises UnknownSource, naming the slide, for a name that is not there."""
    filler = _Filler(sources or Sources(), show or load())
    head, *slides = deck.split(BREAK)
    pages, left_off = [_one_page(head, filler, [], "front matter")], list[str]()
    for slide in slides:
        missing: list[str] = []
        title = re.search(r"^#+ (.+)$", slide, re.MULTILINE)
        page = _one_page(slide, filler, missing, title[1] if title else "a slide without a title")
        left_off += [f"“{title[1] if title else '?'}”: {what}" for what in dict.fromkeys(missing)]
        pages += [page] if page else []
    return Filled(BREAK.join(pages), tuple(left_off))


def _one_page(slide: str, filler: _Filler, missing: list[str], title: str) -> str:
    """A page filled; empty where it needs what is still to be written."""
    lines = []
    try:
        for needed in NEEDS.findall(slide):
            filler.sources.figure(needed)
    except NotYetWritten as error:
        missing.append(f"the whole slide, {error}")
        return ""
    for line in NEEDS.sub("", slide).split("\n"):
        try:
            lines.append(PLACEHOLDER.sub(lambda found: filler(found[1], found[2] or ""), line))
        except NotYetWritten as error:
            missing.append(str(error))
        except UnknownSource as error:
            raise UnknownSource(f"slides/deck.md, “{title}”: {error}") from None
    return "\n".join(lines)


class _Filler:
    """What each kind of placeholder becomes."""

    def __init__(self, sources: Sources, show: RunOfShow) -> None:
        self.sources, self.show = sources, show
        self.kinds: dict[str, Callable[[str], Any]] = {
            "figure": sources.figure,
            "output": sources.printed,
            "minutes": self.minutes,
            "next": self.next,
            "speaker": self.speaker,
            "trace": lambda name: tree(sources.printed(name)),
            "text": lambda name: fenced("text", sources.printed(name)),
            "sql": lambda name: fenced("sql", sources.sql(name)),
            "code": lambda name: fenced("python", sources.code(name)),
            "table": sources.table,
            "picture": self.picture,
            "diagram": lambda name: re.sub(r"\n\s*\n", "\n", sources.diagram(name)),
            "bars": self.bars,
            "claims": self.claims,
            "claim": lambda name: sources.figure(f"claims/{name}/claim"),
            "measured": self.measured,
            "how": lambda name: sources.figure(f"claims/{name}/how"),
            "sources": self.sources_used,
        }

    def __call__(self, kind: str, argument: str) -> str:
        """The text in a placeholder's place. Raises UnknownSource, NotYetWritten."""
        name, *filters = (part.strip() for part in argument.split(" | "))
        if kind not in self.kinds:
            raise UnknownSource(f"There is no placeholder {kind!r}.")
        found = self.kinds[kind](name)
        for each in filters:
            found = _filtered(found, each, name)
        if isinstance(found, list):
            return html_table(found)
        if isinstance(found, dict):
            raise UnknownSource(f"{name} is several figures; name one.")
        return found if isinstance(found, str) else f"{found:,}"

    def speaker(self, name: str) -> str:
        """A name or address of speaker.yaml."""
        if name not in self.sources.speaker:
            raise UnknownSource(f"speaker.yaml has no {name!r}.")
        return str(self.sources.speaker[name])

    def minutes(self, name: str) -> str:
        """`parts/01_basic_flow`: the minutes of a part in a variant of the run of show; `talk`: of the whole."""
        variant, _, part = name.partition("/")
        if variant not in self.show.variants:
            raise UnknownSource(f"The run of show has no variant {variant!r}.")
        whole = self.show.variants[variant]
        found = [item.minutes for item in whole.items if item.part == part] if part else [whole.minutes]
        if not found:
            raise UnknownSource(f"The variant {variant!r} has no part {part!r}.")
        return f"{sum(found):g}"

    def next(self, slide: str) -> str:
        """What comes after a slide, in the talk and in the hour: another slide, or a part of the demo."""
        said = []
        for name in ("talk", "hour"):
            stops: list[tuple[int, str]] = []
            for item in self.show.variants[name].items:
                live = f"live, {item.part}, {item.minutes:g} minutes"
                stops += [(each, f"slide {each}") for each in item.slides] or [(0, live)]
            shown = [number for number, _ in stops]
            if int(slide) not in shown:
                said.append(f"{name}: not shown")
                continue
            after = stops[shown.index(int(slide)) + 1 :]
            until = next((i for i, (number, _) in enumerate(after) if number), len(after))
            said.append(f"{name}: {', then '.join(what for _, what in after[: until + 1]) or 'the end'}")
        return "Next. " + "; ".join(said).capitalize() + "."

    def picture(self, argument: str) -> str:
        """`NAME, alt text`: a cell's picture, within the page."""
        name, _, alt = argument.partition(", ")
        return f'<img alt="{escape(alt)}" src="data:image/png;base64,{self.sources.picture(name)}">'

    def bars(self, argument: str) -> str:
        """`label = figure; label = figure`: shares as bars, each with its value."""
        rows = []
        for one in argument.split("; "):
            label, _, name = one.partition(" = ")
            value = self.sources.figure(name)
            share = value[0] / value[1] if isinstance(value, list) else float(value)
            said = f"{value[0]} of {value[1]}" if isinstance(value, list) else percent(share, 1)
            bar = f'<span class="bar"><span style="width:{share:.1%}"></span></span>'
            rows.append(f"<tr><th>{escape(label)}</th><td>{bar}</td><td>{said}</td></tr>")
        return f'<table class="bars">{"".join(rows)}</table>'

    def claims(self, names: str) -> str:
        """`name, name`: what the earlier talk said beside what `claims` measured, of those that are there."""
        rows = [["on slide", "said", "measured here", ""]]
        there = self.sources.figures.get("claims", {})
        for name in names.split(", "):
            if name in there:
                claim = self.sources.figure(f"claims/{name}")
                rows.append([f"{claim.get('slide', '')}", claim["claim"], self.measured(name), claim["verdict"]])
        return html_table(rows)

    def measured(self, name: str) -> str:
        """A claim's measured value with its unit, or a dash. Raises NotYetWritten."""
        claim = self.sources.figure(f"claims/{name}")
        value = claim["measured"]
        if value is None:
            return "–"
        shown = f"{value:,.3g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,}"
        return f"{value if isinstance(value, str) else shown} {claim.get('unit') or ''}".strip()

    def sources_used(self, _: str) -> str:
        """The benchmarks whose figures the slides before show."""
        rows = [["figures", "measured by", "on"]]
        for section in sorted(self.sources.figures_used):
            found = self.sources.figures[section]
            writer = AWAITED.get(section, ([], ""))[1]
            rows.append([section.replace("_", " "), found.get("source", writer), str(found.get("measured", ""))])
        rows.append(["traces, answers, tables", "notebooks/stage, notebooks/solutions", "as committed"])
        rows.append(["what code prints", "slides/code, run by the build and by a test", "as committed"])
        return html_table(rows)


def _filtered(found: Any, each: str, name: str) -> Any:
    verb, _, argument = each.partition(" ")
    try:
        if verb == "percent":
            return percent(float(found), int(argument or 0))
        if verb == "round":
            return f"{float(found):,.{int(argument or 0)}f}"
        if verb == "count":
            return f"{found[0]} of {found[1]}"
        if verb == "find":
            match = re.search(argument, str(found))
            if not match:
                raise UnknownSource(f"{name} has nothing like {argument!r}.")
            return match[1] if match.groups() else match[0]
        if verb == "percents":
            return [[percent(float(c)) if re.fullmatch(r"[01]?\.\d+", c) else c for c in row] for row in found]
        if verb == "wrap":
            return str(found).replace(f" {argument} ", f"\n  {argument} ")
        if verb == "columns":
            wanted = argument.split(", ")
            at = [found[0].index(column) for column in wanted]
            return [[row[i] for i in at] for row in found]
    except (ValueError, TypeError, IndexError) as error:
        raise UnknownSource(f"{name} cannot go through {each!r}: {error}.") from None
    raise UnknownSource(f"There is no filter {verb!r}.")


def percent(share: float, digits: int = 0) -> str:
    """A share as per cent, as the kit's pages write it."""
    return f"{100 * share:.{digits}f} %"


def fenced(language: str, text: str) -> str:
    """A block of code in Markdown."""
    return f"```{language}\n{text}\n```"


def html_table(rows: list[list[str]]) -> str:
    """A table; its first row is the header. Numbers stand to the right, long ones with commas."""
    head, *body = rows
    right = [bool(body) and all("number" in _cell(row[i]) for row in body) for i in range(len(head))]
    cells = "".join(
        f"<th{' class=number' if number else ''}>{escape(c.replace('_', ' '))}</th>"
        for c, number in zip(head, right, strict=True)
    )
    lines = ["".join(_cell(c) for c in row) for row in body]
    return f"<table><tr>{cells}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _cell(text: str) -> str:
    if re.fullmatch(r"-?[\d,]*\.?\d+( %)?", text):
        return f'<td class="number">{int(text):,}</td>' if text.isdigit() else f'<td class="number">{text}</td>'
    return f"<td>{escape(text)}</td>"


def tree(text: str) -> str:
    """A trace that show_trace printed, as a list: depth, span, what it says, and a bar as long as it took."""
    title, *lines = text.split("\n")
    spans = [found for line in lines if (found := SPAN.match(line))]
    if not spans or len(spans) != len(lines):
        raise UnknownSource("This is no trace that show_trace printed.")
    longest = max(_ms(span) for span in spans)
    rows = []
    for span in spans:
        depth = len(span["rails"]) // 3
        note = f' <span class="note">{escape(span["note"])}</span>' if span["note"] else ""
        bar = f'<span class="bar"><span style="width:{_ms(span) / longest:.1%}"></span></span>'
        rows.append(
            f'<tr><td class="span" style="--depth:{depth}"><b>{escape(span["name"])}</b>{note}</td>'
            f'<td>{bar}</td><td class="number">{span["ms"]} ms</td></tr>'
        )
    return f'<table class="trace"><caption>{escape(title)}</caption>{"".join(rows)}</table>'


def _ms(span: re.Match[str]) -> int:
    return int(span["ms"].replace(",", ""))
