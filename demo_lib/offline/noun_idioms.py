"""What people say around any noun: `town by town`, `each kind of leak`, `new riders`."""

from __future__ import annotations

from .frame import Decline
from .lexicon import KIND_NOUNS
from .linker import Item
from .reader import Reader
from .schema import bare
from .source import paths
from .words import spoken, stem


def noun_idioms(reader: Reader) -> None:
    """Put what is said around a noun in the plain form that the clauses read."""
    _one_by_one(reader)
    _kind_of(reader)
    _newcomers(reader)
    _undone(reader)


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


def _undone(reader: Reader) -> None:
    """`unpaid rents`, where payments have rows of their own: rents without one, and no payment without a day."""
    known = reader.known
    for i, item in enumerate(reader.items):
        verb = item.words.removeprefix("un")
        flags = {r.table for r in item.of("flag") if r.term and r.term.name == item.words}
        told = tuple(r for r in known.events.get(stem(verb), ()) if r.score == 1 and r.table in flags)
        if verb == item.words or len(flags) != 1 or not told or item.of("value", "column", "table"):
            continue
        beside = [k for k in (i + 1, i - 1, i - 2) if reader.has(k, "table")][:1]
        rows = {r.table for k in beside for r in reader.items[k].of("table") if r.score >= 0.85}
        above = paths(known.prompt.schema, told[0].table).keys() - flags
        if rows and rows <= above:
            nouns = [k for k in range(len(reader)) if reader.has(k, "table") and k not in beside]
            if nouns or reader.find("date"):
                of, others = spoken(bare(rows.pop())), spoken(bare(told[0].table))
                raise Decline(f"I cannot tell what “{item.words}” is said of here. Ask for {of} without {others}.")
            never = Item("not", "never", item.tokens, item.at)
            done = Item("link", item.words, item.tokens, item.at, told, notes=["passive"])
            del reader.items[i]
            at = i + 1 if beside[0] > i else i
            reader.items[at:at] = [never, done]
