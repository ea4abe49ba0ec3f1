"""What a hurried question puts last, or leaves half said: `…, number by city`, `what do they add up to`."""

from __future__ import annotations

from ..english.lexicon import ADDITIVE, MEASURED_IN, QUANTITIES
from ..english.units import units_of
from ..english.words import name_words, spoken, stems
from ..frame import Dim, Frame, Measure, Readings
from ..linking.linker import Item
from ..prompt.legends import SCALE
from ..prompt.schema import Column
from ..reader import Reader
from .measures import NEVER_ADDED, OF_EACH

COSTS, PER_PIECE, MEASURES = stems("cost"), stems("unit per piece purchase"), stems(" ".join(MEASURED_IN))
ADDS_UP = stems("amount total revenue spend units quantity hours minutes clicks impressions")
USED, SURE = stems("distance fuel"), 0.85
WORTH, NOT_WORTH = stems("value worth fee"), stems("average avg mean unit per rate usd eur")


def afterthoughts(reader: Reader, frame: Frame) -> None:
    """Read measures that stand behind what they are about, where no clause before has found any."""
    if frame.rank or frame.ratio:
        return
    first = next((i for i in range(len(reader)) if reader.items[i].of("table")), None)
    if first is None:
        return
    rows = reader.items[first]
    asked_before = bool(frame.measures)
    _number_beside(reader, frame, first)
    for i in reader.find("count", "sum"):
        told = reader.is_(i - 1, "list") and reader.is_(i - 2, "and")  # `… and tell me how many`
        apart = told or reader.is_(i - 1, "and") or reader.items[i].tokens[0].breaks or reader.items[i - 1].used
        behind = i > first and apart
        of_others = i - 1 > first and bool(frame.measures) and bool(reader.items[i - 1].of("table"))
        if of_others:  # `bill total and payment total`
            continue
        if behind and asked_before and _counted_beside(reader, frame, rows, i):
            if not any(m.agg == "count" for m in frame.measures):
                frame.measures.insert(0, Measure("count", rows.words, rows.of("table")))
            reader.use(i, i + 1)
            reader.use(first, first + 1)
            continue
        if asked_before or reader.head(reader.skip(i + 1, "of")) is not None:
            continue
        if reader.is_(i, "count") and behind:  # `clubs that opened before 2010, number by town`
            frame.measures.append(Measure("count", rows.words, rows.of("table")))
        elif reader.is_(i, "sum") and i > first:  # `what do the overdue invoices add up to`
            frame.measures.append(Measure("total", f"{reader.words(i, i + 1)} {rows.words}", rows.of("table")))
        else:
            continue
        reader.use(i, i + 1)
        reader.use(first, first + 1)
        amount = i + 2 if reader.is_(i + 1, "and") else i + 1
        if reader.item(amount) and (summed := adding_up(reader.items[amount].of("column"))):  # `number and amount`
            own = tuple(r for r in summed if r.table in {t.table for t in rows.of("table")})
            frame.measures.append(Measure("sum", reader.items[amount].words, own or summed))
            reader.use(i + 1, amount + 1)


def _number_beside(reader: Reader, frame: Frame, first: int) -> None:
    """`boats per harbour: count and average length`: the rows that the list is about, beside what is told of them."""
    rows = tuple(r for r in reader.items[first].of("table") if r.score >= SURE)
    own = all(any(r.table == rows[0].table for r in m.readings) for m in frame.measures) if rows else False
    counted = any(m.agg == "count" for m in frame.measures)  # `boats per harbour` had been read as their number
    averaged = any(m.agg in ("avg", "median", "sum") for m in frame.measures)
    if reader.items[first].used != counted or not averaged or not own:
        return
    for i in reader.find("count"):
        opens = reader.items[i].tokens[0].breaks or reader.is_(i - 1, "and")
        after = reader.items[i + 1] if i + 1 < len(reader) else None
        if i > first and opens and (after is None or after.kind == "and" or after.tokens[0].breaks):
            if not counted:
                frame.measures.insert(0, Measure("count", reader.items[first].words, rows))
            reader.use(i, i + 1)
            reader.use(first, first + 1)
            return


def _counted_beside(reader: Reader, frame: Frame, rows: Item, i: int) -> bool:
    """Whether a bare `count and …` in front of numbers of the same rows counts them: `boats by hull - count and …`."""
    own = {r.table for r in rows.of("table")}
    kinds = ("count", "sum", "avg", "median")
    same = all(own >= {r.table for r in m.readings} and m.agg in kinds for m in frame.measures)
    beside = reader.is_(i + 1, "and") or (reader.item(i + 1) is None) or reader.items[i + 1].tokens[0].breaks
    bare = reader.items[i].words in ("count", "number") and reader.items[i].tokens[0].breaks and beside
    return bare and same and rows.plural


def totals(frame: Frame, listed: bool) -> None:
    """`amount paid in Q3`, `planned and approved spend for each year`: what plainly adds up is added up.

    The rows that it is a column of may be said, too, unless they are to be `listed`.
    """
    narrowed = frame.growth or frame.dims or frame.whens or frame.filters or frame.events
    if frame.measures or frame.rank or frame.ratio or frame.distinct or not (frame.show and narrowed):
        return
    pieces = any(r.column and r.column.name.lower() in QUANTITIES for d in frame.show for r in d.readings)
    if frame.share and (len(frame.show) > 1 or not frame.dims or frame.events or pieces):
        return  # a share of which rows? of the pieces that were sold, or that came back?
    tables = {r.table for d in frame.show for r in d.readings}
    own = tables & {r.table for r in frame.subject}
    among = any(tables & {r.table for r in d.readings} for d in frame.dims if not d.per or frame.share)
    if frame.subject and (not (frame.dims or frame.growth) or (own and (listed or among))):
        return
    if all(adding_up(d.readings) == d.readings or _is_unit(d) for d in frame.show):
        if frame.subject:  # `amount by month for calm horses`
            frame.mentioned.append((frame.subject_words, frame.subject))
            frame.subject, frame.subject_at = (), -1
        frame.measures = [Measure("sum", d.words, d.readings) for d in frame.show]
        frame.show = []


def _is_unit(dim: Dim) -> bool:
    """Whether a column is called by nothing but its unit: `tour km by driver`."""
    columns = [r.column for r in dim.readings if r.column]
    plain = columns and all(c.kind == "number" and c.additive for c in columns)
    called = all(units_of(dim.words) & {spoken(c.name).split(" ")[-1]} for c in columns)
    return bool(plain) and called and not any({*name_words(c.name)} & NEVER_ADDED for c in columns)


def adding_up(columns: Readings) -> Readings:
    """Those of the columns that plainly add up."""
    return tuple(r for r in columns if r.column and _adds_up(r.column))


def _adds_up(column: Column) -> bool:
    words = name_words(column.name)
    named = column.name.lower() in (*ADDITIVE, *QUANTITIES) or words[-1] in ADDS_UP
    named = named or (words[0] in USED and words[-1] in MEASURES)  # a distance in km
    counts = column.name.lower().endswith("s") and not {*words} & (OF_EACH | MEASURES) and not SCALE.search(column.note)
    named = named or counts or (words[-1] in COSTS and len(words) > 1 and not {*words} & PER_PIECE)
    named = named or (words[-1] in WORTH and len(words) > 1 and not {*words} & NOT_WORTH)
    return column.kind == "number" and column.additive and named
