"""What to type next, after a decline: how to say each of two meanings, or a question of the same words that works."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..english.words import spoken
from ..frame import Decline, Option
from ..linking.linker import Item
from ..prompt.schema import bare
from ..prompt.vocabulary import Vocabulary
from ..source import alternatives
from .formulas import singular

Works = Callable[[str], str | None]
"""The SQL for a question, or None."""


def next_step(decline: Decline, items: Sequence[Item], works: Works) -> str:
    """A sentence for the end of a decline; empty where its own text says all. What it offers to say was tried."""
    if decline.options:
        names = _in_full(decline.options)
        ways = [_said(decline.words, o, name, items, works) for o, name in zip(decline.options, names, strict=True)]
        if len({sql for _, sql in ways if sql}) == len(ways):
            return f"Say {alternatives(f'“{way}”' for way, _ in ways)}."
        return f"Name one in full: {alternatives(f'“{name}”' for name in names)}."
    return _example(items, works) if decline.needs_example else ""


def _said(words: str, option: Option, name: str, items: Sequence[Item], works: Works) -> tuple[str, str]:
    """The first way to say this reading that works in the question, and what comes of it."""
    reading, path = option
    tokens = [t for item in items for t in item.tokens]
    said = words.split()
    at = next((i for i in range(len(tokens)) if [t.word for t in tokens[i : i + len(said)]] == said), None)
    if at is None:
        return "", ""
    told = [reading.column.name if reading.column else path[-1].column if path else reading.table, bare(reading.table)]
    before, after = tokens[:at], tokens[at + len(said) :]
    for way in _ways(" ".join(t.text for t in tokens[at : at + len(said)]), option, name):
        sql = works(" ".join([*[t.text for t in before], way, *[("," if t.breaks else "") + t.text for t in after]]))
        if sql and all(t in sql for t in told):
            return way, sql
    return "", ""


def _ways(words: str, option: Option, name: str) -> Iterator[str]:
    """How one may say a reading; `name` is its name together with the table's."""
    reading, path = option
    column = spoken(reading.column.name) if reading.column else ""
    if reading.kind == "value":
        yield from (
            f"{column} {words}",
            f"{words} {column}",
            f"{words} {spoken(bare(reading.table))}",
            f"{name} {words}",
        )
    elif reading.column and reading.column.kind == "date":
        first = column.partition(" ")[0]
        yield from (f"{first} {words}", f"{first} in {words}", f"with {column} {words}")
    elif path:
        yield from (f"{spoken(singular(path[-1].table))} {words}", f"{spoken(singular(reading.table))} {words}", name)
    else:
        yield from (column or name, name)


def _in_full(options: Sequence[Option]) -> list[str]:
    """What each is called together with its table, or with the table that points to it where they share that."""
    shared = len({r.table for r, _ in options}) == 1
    owners = [path[-1].table if path and shared else r.table for r, path in options]
    columns = [r.column for r, _ in options]
    return [spoken(f"{singular(o)} {c.name}" if c else o) for o, c in zip(owners, columns, strict=True)]


def by_what(known: Vocabulary) -> str:
    """What things may be ranked by here: a glossary term, the number of rows that point to others."""
    terms = [t.name for t in known.prompt.terms if t.is_measure][:1]
    pointing = [spoken(bare(k.table)) for k in known.prompt.schema.keys]
    tables = [*pointing, *(spoken(bare(t)) for t in known.prompt.schema.tables)]
    return alternatives([f"“by {term}”" for term in terms] + [f"“by number of {t}”" for t in tables[:1]])


def _example(items: Sequence[Item], works: Works) -> str:
    """A question of the same words that is sure to work."""
    nouns = [(" ".join(t.text for t in i.tokens), i) for i in items if i.of("table", "term", "column")]
    counts = [f"how many {words}" for words, i in nouns if i.of("table") and i.plural]
    measures = [words for words, i in nouns if i.of("term")] + counts
    for tried in [f"{m} by {d}" for m in measures for d, i in nouns if d not in m and not i.of("event")] + measures:
        if works(tried):
            return f"This form works, for example: “{tried[0].upper()}{tried[1:]}”."
    return "Ask it in another way, or in two steps."
