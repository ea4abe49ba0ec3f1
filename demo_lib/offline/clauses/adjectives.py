"""Adjectives that rank rows by a column of their own: `the most expensive product`, `the latest order`."""

from __future__ import annotations

from dataclasses import replace

from ..english.lexicon import ADDITIVE, ADJECTIVES
from ..english.words import name_words, spoken, stem, stems
from ..frame import Decline, Dim, Frame, Measure, Rank, Readings
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import main_dates
from .measures import DATED, EXTREMES, measure_at
from .targets import ranked_by, set_rank, take_target, target_after


def adjective(reader: Reader, frame: Frame, i: int) -> None:
    """Rank rows by the column that the adjective at `i` speaks of, or by a measure that is said."""
    item = reader.items[i]
    hints, desc = ADJECTIVES[item.words] if item.kind == "adjective" else ("date at on", DATED[item.kind])
    limit, head = target_after(reader, i)
    amount = head is not None and any(r.column and r.column.kind == "number" for r in reader.items[head].of("column"))
    if amount and item.words in EXTREMES and head is not None and not reader.has(head, "table"):
        return  # `the biggest area`: a plain maximum
    if head is not None and not reader.has(head, "table") and (_is_date(reader, head) or reader.is_(head, "grain")):
        return  # `the most recent return date`: a plain maximum; `the first week` is no row
    if item.kind == "adjective" and head is not None and _ranked_groups(reader, frame, i, limit, head):
        return
    if head is None or not reader.has(head, "table"):
        if item.words in ("last", "first") and not _is_date(reader, i - 1) and not _is_date(reader, i + 1):
            return  # `when did each nurse last call` is about no day of the nurses
        limit, head = None, next((j for j in range(i - 1, -1, -1) if reader.has(j, "table")), None)
    if head is None and _is_date(reader, i - 1):  # `which store opened most recently`
        dated = reader.items[i - 1].of("column")
        rows = Dim(reader.items[i - 1].words, tuple(Reading("table", r.table, r.score) for r in dated))
        set_rank(frame, Rank(desc, 1, rows, None, dated))
        reader.use(i - 1, i + 1)
        return
    if head is None:
        return
    target = reader.dim(head)
    verb = next((k for k in (i - 1, i + 1) if _is_date(reader, k)), None)  # `opened most recently`
    keep = take_target(reader, i, limit, head)
    if verb is not None:
        set_rank(frame, Rank(desc, keep, target, None, reader.items[verb].of("column")))
        reader.use(verb, verb + 1)
        return
    found = ranked_by(reader, target) if not _shows_columns(reader, item, head) else None
    if found is None:
        columns = hinted(reader, hints, target.readings) or _only_day(reader, hints, target.readings)
        if not columns and (behind := _measured_behind(reader, item, head)):
            set_rank(frame, Rank(desc, keep, target, *behind))
            return
        if not columns:
            raise Decline(
                f"I cannot tell which column “{item.words}” is about. Name the column, or add a glossary "
                "line that does."
            )
        found = (None, columns)
    set_rank(frame, Rank(desc, keep, target, *_spoken_of(found, hints)))


def _spoken_of(found: tuple[Measure | None, Readings], hints: str) -> tuple[Measure | None, Readings]:
    """`the most expensive tour in terms of fuel`: of `fuel_litres` and `fuel_cost` the one that the adjective is of."""
    measure, columns = found
    said = measure.readings if measure and measure.agg == "column" else columns
    told = tuple(r for r in said if r.column and stems(hints) & {*name_words(r.column.name)})
    if not told or len(told) == len(said):
        return found
    return (replace(measure, readings=told), ()) if measure else (None, told)


def _shows_columns(reader: Reader, item: Item, head: int) -> bool:
    """`the 5 latest trips with distance and driver`: what stands behind is shown, and the day ranks."""
    dated = item.kind in DATED or ADJECTIVES[item.words][0].startswith("date")
    after = next((k for k in reader.find("with") if k > head), None)
    return dated and after is not None and not reader.find("by") and reader.has(after + 1, "column", "table")


def _only_day(reader: Reader, hints: str, rows: Readings) -> Readings:
    """`newest first`, of rows that have one date: that is when each came up."""
    dates = [c for r in rows[:1] for c in reader.known.prompt.schema.tables[r.table].columns if c.kind == "date"]
    plain = hints.startswith("date") and len(dates) == 1
    return tuple(Reading("column", c.table, column=c) for c in dates) if plain else ()


def _measured_behind(reader: Reader, item: Item, head: int) -> tuple[Measure, Readings] | None:
    """`the five biggest makers, sum of orders`: a size that a number behind a comma says."""
    k = head + 1
    while k < len(reader) and not (reader.item(k) and reader.items[k].tokens[0].breaks):
        k += 1
    found = measure_at(reader, k) if item.words in EXTREMES and reader.is_(k, "count", "sum", "avg") else None
    if found is None:
        return None
    reader.take(k, found[1])
    if reader.is_(found[1], "desc", "asc") and reader.is_(found[1], "desc") == EXTREMES[item.words]:
        reader.use(found[1], found[1] + 1)
    return found[0], ()


def _ranked_groups(reader: Reader, frame: Frame, i: int, limit: int | None, head: int) -> bool:
    """`the three slowest routes by average duration`, where a route is a column: by the measure, if it is of a kind."""
    texts = [r for r in reader.items[head].of("column") if r.column and r.column.kind == "text"]
    if not texts or reader.has(head, "table", "term", "value"):
        return False
    said = next((k + 1 for k in reader.find("by") if k > head and reader.is_(k + 1, "avg", "median", "sum")), None)
    found = measure_at(reader, said) if said is not None else None
    if said is None or found is None or found[0].per:
        return False
    hints, desc = ADJECTIVES[reader.items[i].words]
    columns = [r.column for r in found[0].readings if r.column]
    if not columns or not all(stems(hints) & {*name_words(c.name)} for c in columns):
        return False
    target = reader.dim(head)
    set_rank(frame, Rank(desc, take_target(reader, i, limit, head), target, found[0]))
    reader.take(said - 1, found[1])
    return True


def rows_first(reader: Reader, frame: Frame, i: int) -> None:
    """`the French books, longest first`: all rows, in the order that the adjective at `i` speaks of."""
    hints, desc = ADJECTIVES[reader.items[i].words]
    tables = next((reader.items[k].of("table") for k in range(i) if reader.has(k, "table")), ())
    noted = [n.removeprefix("rows of ") for n in reader.items[i].notes if n.startswith("rows of ")]
    tables = tuple(Reading("table", t) for t in noted) or tables
    columns = hinted(reader, hints, tables) or _only_day(reader, hints, tables)
    if columns and not frame.order:
        frame.order, frame.order_desc = Dim(reader.items[i].words, columns), desc
        frame.show.append(frame.order)
        reader.use(i, i + 2)


def _is_date(reader: Reader, i: int) -> bool:
    item = reader.item(i)
    return item is not None and any(r.column and r.column.kind == "date" for r in item.of("column"))


def hinted(reader: Reader, hints: str, tables: Readings) -> Readings:
    """The columns of the ranked table whose names hold the first of the hints that any does."""
    for reading in tables:
        columns = [
            c
            for c in reader.known.prompt.schema.tables[reading.table].columns
            if c.kind in ("number", "date")
        ]
        for hint in hints.split():
            named = (c for c in columns if stem(hint) in name_words(c.name))
            found = [c for c in named if not spoken(c.name).startswith("on time")]  # that is no duration
            if any(stem("unit") in name_words(c.name) for c in found):  # a sale costs what it adds up to
                by_name = reader.known.prompt.schema.tables[reading.table].by_name
                found = [by_name[a] for a in ADDITIVE if a in by_name][:1] or found
            found = main_dates(found, reading.table) if all(c.kind == "date" for c in found) else found
            if found:
                return tuple(Reading("column", c.table, column=c) for c in found)
    return ()
