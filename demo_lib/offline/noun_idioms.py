"""What people say around any noun: `town by town`, `each kind of leak`, `new riders`."""

from __future__ import annotations

from .lexicon import KIND_NOUNS
from .reader import Reader


def noun_idioms(reader: Reader) -> None:
    """Put what is said around a noun in the plain form that the clauses read."""
    _one_by_one(reader)
    _kind_of(reader)
    _newcomers(reader)


def _one_by_one(reader: Reader) -> None:
    """`rents, town by town` are by town."""
    for i in reversed(reader.find("by")):
        before, after = reader.item(i - 1), reader.item(i + 1)
        same = before and after and before.words == after.words and before.next_to(reader.items[i])
        if before and same and before.kind == "link" and reader.items[i].words == "by":
            reader.items.remove(before)


def _kind_of(reader: Reader) -> None:
    """`each kind of leak`, of a column `leak`: it holds the kinds, where no other column of its rows does."""
    for i in reversed(range(len(reader) - 2)):
        item, after = reader.items[i], reader.item(i + 2)
        if after is None or item.words not in KIND_NOUNS or not reader.is_(i + 1, "of") or after.of("term"):
            continue
        texts = {r.table for r in after.of("column") if r.column and r.column.kind == "text" and r.score >= 0.9}
        rows = any(r.score >= 0.9 for r in after.of("table"))
        if texts and not rows and not texts & {r.table for r in item.of("column")}:
            del reader.items[i : i + 2]


def _newcomers(reader: Reader) -> None:
    """`new riders` have begun, though rows of another table may have the state `new`."""
    for i, item in enumerate(reader.items[:-1]):
        after = reader.items[i + 1]
        states = {r.table for r in item.of("value", "flag")}
        rows = {r.table for r in after.of("table") if r.score >= 0.85}
        if item.words == "new" and states and rows and item.next_to(after) and not states & rows:
            item.kind, item.readings = "begin", ()
