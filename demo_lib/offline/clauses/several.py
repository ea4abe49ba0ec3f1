"""Several numbers in one question: `per channel: orders, revenue and average basket`."""

from __future__ import annotations

from sqlglot import exp

from ..english.words import Token, stem
from ..frame import Measure
from ..linking.linker import Item
from ..reader import Reader
from .measures import measure_at

NUMBERS = ("term", "sum", "avg", "median", "max", "min", "distinct", "total")
COUNT = "number of"


def several(reader: Reader) -> None:
    """Read rows that are named bare in a list of numbers about them as how many there are: `returns, total refunds`."""
    if any(reader.items[i].words.startswith("list") for i in reader.find("list")):
        return
    start = _after_groups(reader)
    for i in reversed(range(start, len(reader))):
        rows = _listed(reader, i, start)
        others = [k for k in range(start, len(reader)) if k != i and _begins(reader, k, start)] if rows else []
        found = [m[0] for k in others if (m := measure_at(reader, k)) and m[0].agg in NUMBERS]
        if found and all(rows & _tables(m) for m in found):
            token = Token(COUNT, COUNT, stem("number"), breaks=reader.items[i].tokens[0].breaks)
            reader.items.insert(i, Item("count", COUNT, (token,), reader.items[i].at))


def _after_groups(reader: Reader) -> int:
    """Where the list begins: behind `per channel:` where the question opens with it."""
    if not reader.is_(0, "by"):
        return reader.skip(0, "list")
    return next((k for k in range(1, len(reader)) if reader.items[k].tokens[0].breaks), len(reader))


def _listed(reader: Reader, i: int, start: int) -> set[str]:
    """The tables that a bare plural noun in a list is called after: with a comma or `and` on its sides."""
    item = reader.items[i]
    rows = {r.table for r in item.of("table") if r.score >= 0.85}
    grouped = any(reader.is_(k, "by") for k in range(start, i))
    if not rows or not item.plural or item.of("term", "column", "value") or grouped or not _begins(reader, i, start):
        return set()
    last = i == len(reader) - 1
    topic = not last and ":" in reader.items[i + 1].tokens[0].gap  # `repairs: total cost by town`
    behind = i + 2 if reader.is_(i + 1, "money") or _happened(reader, i + 1, rows) else i + 1  # `tickets sold, revenue`
    ends = last or behind == len(reader) or reader.is_(behind, "and", "by", "date")
    ends = ends or reader.items[behind].tokens[0].breaks
    return rows if ends and not topic and not (last and i == start) else set()


def _happened(reader: Reader, i: int, rows: set[str]) -> bool:
    """Whether a verb says no more of the rows than that there are any: `jobs ordered`."""
    item = reader.item(i)
    dates = [r for r in item.of("column") if r.column and r.column.kind == "date"] if item else []
    told = {r.table for r in (*item.of("event"), *dates)} if item and item.participle else set()
    return told == rows and item is not None and not item.of("value")


def _begins(reader: Reader, i: int, start: int) -> bool:
    """Whether something of its own begins at `i`: the list, or what stands behind a comma or `and`."""
    return i == start or reader.items[i].tokens[0].breaks or reader.is_(i - 1, "and", "list")


def _tables(measure: Measure) -> set[str]:
    """The tables that a number is worked out of."""
    formulas = [r.term.sql for r in measure.readings if r.term]
    return {r.table for r in measure.readings} | {c.table for sql in formulas for c in sql.find_all(exp.Column)}
