"""`freight cost per kg`, `wages per hour`, `visits per bed`: what rows add up to, for each unit of another column."""

from __future__ import annotations

from ..english.lexicon import GRAINS
from ..english.units import units_of
from ..english.words import name_words
from ..frame import Frame, Measure, Readings
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import paths
from .afterthoughts import adding_up
from .measures import NEVER_ADDED


def per_unit(reader: Reader, frame: Frame) -> None:
    """Read an amount `per` a unit in which one column of the same rows is measured as a ratio of two sums."""
    for i in reader.find("by"):
        amount, unit = reader.item(i - 1), reader.item(i + 1)
        if reader.items[i].words != "per" or frame.ratio or amount is None or unit is None:
            continue
        sums = adding_up(amount.of("column")) if not amount.of("term", "table") else ()
        pairs = [(_sum(amount, a), b) for b in _measured_in(unit) for a in sums
                 if a.table == b.table and a.column != b.column]  # fmt: skip
        pairs += [(Measure("term", amount.words, (t,)), b) for b in _measured_in(unit) for t in amount.of("term")
                  if t.table == b.table and not reader.is_(i - 2, "avg")]  # fmt: skip
        pairs += [(_counted(amount, t), b) for b in _had_by_each(unit) for t in _rows(reader, amount, b)]
        if len(pairs) != 1:
            continue
        above, below = pairs[0]
        frame.ratio = (Frame(measures=[above]), Frame(measures=[_sum(unit, below)]))
        reader.use(i - 2 if reader.is_(i - 2, "sum", "avg", "count") else i - 1, i + 2)
        return


def _had_by_each(unit: Item) -> Readings:
    """The columns that say how many of these each row has: `beds`, of `per bed`."""
    said = unit.words.split()[-1]
    plain = not unit.plural and not unit.of("table", "term", "value", "flag", "event") and said not in GRAINS
    columns = [r for r in unit.of("column") if r.column and r.column.kind == "number" and r.score >= 0.9]
    return tuple(r for r in columns if r.column and r.column.name.lower() == f"{said}s") if plain else ()


def _rows(reader: Reader, counted: Item, unit: Reading) -> Readings:
    """The rows that are counted, where each leads to one that has so many: visits of a ward, of its beds."""
    best = [r for r in counted.of("table") if r.score >= 0.85 and not counted.of("term", "value")]
    near = [r for r in best if r.table != unit.table and unit.table in paths(reader.known.prompt.schema, r.table)]
    return tuple({r.table: r for r in near}.values())


def _counted(item: Item, rows: Reading) -> Measure:
    return Measure("count", item.words, (Reading("table", rows.table),))


def _measured_in(unit: Item) -> Readings:
    """The columns that are named with this unit, and may be added up."""
    said = units_of(unit.tokens[-1].word) if len(unit.tokens) == 1 else frozenset[str]()
    columns = [r for r in unit.of("column") if r.column and r.column.kind == "number" and r.column.additive]
    named = [r for r in columns if r.column and r.column.name.lower().split("_")[-1] in said]
    return tuple(r for r in named if r.column and not {*name_words(r.column.name)} & NEVER_ADDED)


def _sum(item: Item, column: Reading) -> Measure:
    return Measure("sum", item.words, (column,))
