"""`freight cost per kg`, `wages per hour`: what rows add up to, so much for each unit of another column of theirs."""

from __future__ import annotations

from ..english.units import units_of
from ..english.words import name_words
from ..frame import Frame, Measure, Readings
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from .afterthoughts import adding_up
from .measures import NEVER_ADDED


def per_unit(reader: Reader, frame: Frame) -> None:
    """Read an amount `per` a unit in which one column of the same rows is measured as a ratio of two sums."""
    for i in reader.find("by"):
        amount, unit = reader.item(i - 1), reader.item(i + 1)
        if reader.items[i].words != "per" or frame.ratio or amount is None or unit is None:
            continue
        sums = adding_up(amount.of("column")) if not amount.of("term", "table") else ()
        pairs = [(a, b) for b in _measured_in(unit) for a in sums if a.table == b.table and a.column != b.column]
        if len(pairs) != 1:
            continue
        above, below = pairs[0]
        frame.ratio = (Frame(measures=[_sum(amount, above)]), Frame(measures=[_sum(unit, below)]))
        reader.use(i - 2 if reader.is_(i - 2, "sum", "avg") else i - 1, i + 2)
        return


def _measured_in(unit: Item) -> Readings:
    """The columns that are named with this unit, and may be added up."""
    said = units_of(unit.tokens[-1].word) if len(unit.tokens) == 1 else frozenset[str]()
    columns = [r for r in unit.of("column") if r.column and r.column.kind == "number" and r.column.additive]
    named = [r for r in columns if r.column and r.column.name.lower().split("_")[-1] in said]
    return tuple(r for r in named if r.column and not {*name_words(r.column.name)} & NEVER_ADDED)


def _sum(item: Item, column: Reading) -> Measure:
    return Measure("sum", item.words, (column,))
