"""One column of a row against another: `stock below the reorder point`, `approved less than planned`."""

from __future__ import annotations

from ..bounds import MORE, OPERATORS
from ..frame import Decline, Filter, Frame
from ..linking.linker import Item
from ..prompt.schema import Column
from ..prompt.vocabulary import flagged
from ..reader import Reader

KINDS = ("number", "date")
BETWEEN = ("in", "date", "that", "which", "whose")


def column_pairs(reader: Reader, frame: Frame) -> None:
    """Let a comparison of two columns of one table be a condition on its rows. Raises Decline where several may be."""
    for i in reader.find(">", "<", ">=", "<=", "="):
        before, behind = i - 1, reader.skip(i + 1, "than", "of")
        while reader.is_(before, *BETWEEN):
            before -= 1
        _compare(reader, frame, before, behind, reader.items[i].kind, i)
    for i in reader.find("more"):  # `where less was approved than planned`
        if reader.items[i].words in MORE and reader.is_(i + 2, "than"):
            _compare(reader, frame, i + 1, i + 3, MORE[reader.items[i].words], i)


def _compare(reader: Reader, frame: Frame, one: int, other: int, op: str, at: int) -> None:
    first, second = reader.item(one), reader.item(other)
    if first is None or second is None or second.number is not None:
        return
    pairs = [
        (a.score + b.score, a.column, b.column)
        for a in first.of("column") for b in second.of("column")
        if a.column and b.column and _comparable(a.column, b.column)
    ]  # fmt: skip
    best = max((score for score, _, _ in pairs), default=0.0)
    meant = {(a, b) for score, a, b in pairs if score == best}
    if not meant or any(_is_more(item, {a.table for a, _ in meant}) for item in (first, second)):
        return
    words = reader.words(min(one, at), other + 1)
    if len(meant) > 1:
        raise Decline(f"“{words}” could be about several columns. Name both in full.")
    a, b = meant.pop()
    said = flagged(words, a.table, OPERATORS[op](this=a.reference, expression=b.reference))
    frame.filters.append(Filter(words, ((said,),), at=at))
    for k in {at, one, other, *(k for k in range(min(at, one), other) if reader.is_(k, "than", "of"))}:
        reader.use(k, k + 1)


def _comparable(a: Column, b: Column) -> bool:
    return a.table == b.table and a != b and a.kind == b.kind and a.kind in KINDS


def _is_more(item: Item, tables: set[str]) -> bool:
    """Whether it may be an amount of many rows, or rows themselves, or a status of these."""
    values = any(r.score >= 0.85 and r.table in tables for r in item.of("value"))
    return values or any(r.score >= 0.85 for r in item.of("term", "table"))
