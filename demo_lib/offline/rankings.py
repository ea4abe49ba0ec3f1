"""Superlatives: `top 5 … by`, `which … the most`, `the most expensive`, `most common`, `best-selling`, `sorted by`."""

from __future__ import annotations

from .frame import Decline, Dim, Frame, Measure, Rank, Readings
from .lexicon import ADJECTIVES, PEOPLE, PRICES, SPENDING_VERBS
from .measures import AGGREGATES, DATED, measure_at, money, times, unless_column
from .reader import Reader
from .vocabulary import Reading
from .words import name_words, stem

DEFAULT_TOP = 10
COUNTED = ("frequent", "infrequent", "popular", "unpopular", "best selling", "worst selling")


def rankings(reader: Reader, frame: Frame) -> None:
    """Read every superlative of the question into `frame.rank`."""
    for i in reader.find("top", "bottom"):
        _top(reader, frame, i)
    for i in reader.find(*COUNTED):
        _frequent(reader, frame, i)
    for i in reader.find("adjective", *DATED):
        _adjective(reader, frame, i)
    for i in reader.find("most", "least"):
        _most(reader, frame, i)
    for i in reader.find("sort"):
        _sorted(reader, frame, i)


def _target_after(reader: Reader, i: int) -> tuple[int | None, int | None]:
    """(how many, where the noun stands) for what follows item `i`: `5 products`, `products`, or neither."""
    limit = None
    if reader.is_(i + 1, "number"):
        limit, i = int(reader.number(i + 1)), i + 1
    head = reader.head(i + 1)
    return limit, head


def _take_target(reader: Reader, i: int, limit: int | None, head: int) -> int | None:
    """Use up operator, number and noun. Returns how many to keep: said, else one for a singular noun."""
    if limit is None and reader.is_(i - 1, "number"):
        limit = int(reader.number(i - 1))
        reader.use(i - 1, i)
    reader.take(min(i, head), max(i, head) + 1) if abs(head - i) <= 3 else reader.use(head, head + 1)
    reader.use(i, i + 1)
    return limit or (DEFAULT_TOP if reader.items[head].plural else 1)


def _top(reader: Reader, frame: Frame, i: int) -> None:
    limit, head = _target_after(reader, i)
    if reader.is_(i + (2 if reader.is_(i + 1, "number") else 1), "most", "least", "adjective", *COUNTED):
        reader.use(i, i + 1)  # `top 5 most visited …`
        return
    if head is None:
        return
    desc, measure = reader.items[i].kind == "top", None
    if reader.has(head, "term") and reader.has(head + 1, "table", "column"):  # `top revenue stores`
        measure = measure_at(reader, head)
        reader.use(head, head + 1)
        head += 1
    elif not reader.has(head, "table", "column", "flag") and not reader.is_(head, "grain"):
        return
    target = reader.dim(head)
    keep = _take_target(reader, i, limit, head)
    found = (measure[0], ()) if measure else _ranked_by(reader, target)
    frame.rank = Rank(desc, keep, target, *(found or (None, ())))


def _ranked_by(reader: Reader, target: Dim) -> tuple[Measure | None, Readings] | None:
    """The measure after `by`, `in terms of`, `with the highest`; None where none is said."""
    for i in reader.find("by", "sort", "with", "in", "on", "most", "least"):
        start = reader.skip(i + 1, "of", "most", "least", "by")
        found = measure_at(reader, start)
        plain_table = (
            found and found[0].agg == "count" and not reader.is_(start, "count") and not reader.is_(i, "most")
        )
        if found and not plain_table:
            reader.take(i, found[1])
            return unless_column(found[0], target)
    return None


def _frequent(reader: Reader, frame: Frame, i: int) -> None:
    item = reader.items[i]
    limit, head = _target_after(reader, i)
    verb = i + 1 if _happened(reader, i + 1) else None
    if verb is not None:  # `most commonly prescribed drugs`
        head = reader.head(verb + 1)
    if head is None or not reader.has(head, "table", "column"):
        _often(reader, frame, i, "in" not in item.kind)
        return
    named = reader.items[head]
    if verb is not None:
        measure = times(reader, reader.items[verb])
    elif "selling" in item.kind or (named.of("table") and "sell" in reader.known.events):
        measure = times(reader, item)
    elif named.of("table") or ("popular" in item.kind and not _records_events(reader, named.of("column"))):
        raise Decline(f"“{item.words}” by what? Say what to count, for example “with the most orders”.")
    else:
        measure = Measure("rows", item.words, named.of("column"))
    every = limit is None and named.plural and not named.of("table") and not reader.is_(i - 1, "number")
    keep = _take_target(reader, i, limit, head)
    if verb is not None:
        reader.use(verb, verb + 1)
    frame.rank = Rank(
        item.kind in ("frequent", "popular", "best selling"), None if every else keep, reader.dim(head), measure
    )


def _records_events(reader: Reader, columns: Readings) -> bool:
    """Whether a row of the column's table is something that happened: it has a date and points to other tables."""
    schema = reader.known.prompt.schema
    dated = {r.table for r in columns if any(c.kind == "date" for c in schema.tables[r.table].columns)}
    return any(schema.outward[table] for table in dated)


def _happened(reader: Reader, i: int) -> bool:
    return reader.has(i, "event") and reader.items[i].participle


def _adjective(reader: Reader, frame: Frame, i: int) -> None:
    item = reader.items[i]
    hints, desc = ADJECTIVES[item.words] if item.kind == "adjective" else ("date at on", DATED[item.kind])
    limit, head = _target_after(reader, i)
    if head is not None and not reader.has(head, "table") and _is_date(reader, head):
        return  # `the most recent return date`: a plain maximum
    if head is None or not reader.has(head, "table"):
        limit, head = None, next((j for j in range(i - 1, -1, -1) if reader.has(j, "table")), None)
    if head is None and _is_date(reader, i - 1):  # `which store opened most recently`
        dated = reader.items[i - 1].of("column")
        rows = Dim(reader.items[i - 1].words, tuple(Reading("table", r.table, r.score) for r in dated))
        frame.rank = Rank(desc, 1, rows, None, dated)
        reader.use(i - 1, i + 1)
        return
    if head is None:
        return
    target = reader.dim(head)
    verb = next((k for k in (i - 1, i + 1) if _is_date(reader, k)), None)  # `opened most recently`
    keep = _take_target(reader, i, limit, head)
    if verb is not None:
        frame.rank = Rank(desc, keep, target, None, reader.items[verb].of("column"))
        reader.use(verb, verb + 1)
        return
    found = _ranked_by(reader, target)
    if found is None:
        columns = hinted(reader, hints, target.readings)
        if not columns:
            raise Decline(
                f"I cannot tell which column “{item.words}” is about. Name the column, or add a glossary "
                "line that does."
            )
        found = (None, columns)
    frame.rank = Rank(desc, keep, target, *found)


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
            found = [c for c in columns if stem(hint) in name_words(c.name)]
            if found:
                return tuple(Reading("column", c.table, column=c) for c in found)
    return ()


def _most(reader: Reader, frame: Frame, i: int) -> None:
    desc = reader.items[i].kind == "most"
    if _happened(reader, i + 1):  # `most prescribed drug`
        _frequent(reader, frame, i)
        if frame.rank:
            frame.rank = Rank(desc, frame.rank.limit, frame.rank.target, frame.rank.measure)
        return
    found = measure_at(reader, reader.skip(i + 1, "of"))
    target = _target_before(reader, i)
    if reader.is_(i + 1, "times"):  # `returned the most times`
        reader.use(i + 1, i + 2)
        _often(reader, frame, i, desc)
        return
    if found is None and target is not None and (named := _measure_before(reader, i, target)):
        _rank(reader, frame, desc, target, named, i - 1, i + 1)  # `in what month was revenue the highest`
        return
    if found is None:
        verb = next((k for k in (i - 1, i - 2) if reader.has(k, "event") and k != target), None)
        if target is not None and reader.item(i - 1) and reader.items[i - 1].tokens[-1].stem == "cost":
            columns = hinted(reader, PRICES, reader.items[target].of("table"))
            if columns:  # `which product costs the most`
                frame.rank = Rank(desc, DEFAULT_TOP if reader.items[target].plural else 1, reader.dim(target), None, columns)
                reader.use(i - 1, i + 1)
                reader.use(target, target + 1)
            return
        if verb is not None:  # `which product sold the most`
            item = reader.items[verb]
            spends = item.tokens[-1].stem in SPENDING_VERBS
            if item.tokens[-1].stem == "sell" and "passive" not in item.notes:
                raise Decline("Sold the most by what? Say “by revenue” or “by units sold”.")
            found = (money(reader, item) if spends else times(reader, item), i + 1)
            _rank(reader, frame, desc, target, found[0], verb, i + 1)
        return
    measure, end = found
    before = reader.item(i - 1)
    if measure.agg == "count" and before and _happened(reader, i - 1):  # `who borrowed the most books`
        frame.mentioned.append((measure.words, measure.readings))
        measure = times(reader, before)
        reader.use(i - 1, i)
    if target is None and reader.has(end, "table") and measure.agg in ("term", "column"):
        target, end = end, end + 1  # `the highest revenue store`
    _rank(reader, frame, desc, target, measure, i, end)


def _measure_before(reader: Reader, i: int, target: int) -> Measure | None:
    """The measure that stands right before the superlative."""
    found = measure_at(reader, i - 1) if i - 1 > target else None
    return found[0] if found and found[0].agg in ("term", "column") else None


def _often(reader: Reader, frame: Frame, i: int, desc: bool) -> None:
    """`which item gets returned most often`: count the verb's events."""
    verb = next((k for k in (i - 1, i - 2) if reader.has(k, "event")), None)
    target = _target_before(reader, i)
    if verb is not None and target is not None:
        item = reader.items[verb]
        _rank(reader, frame, desc, target, Measure("events", item.words, item.of("event")), verb, i + 1)


def _rank(
    reader: Reader, frame: Frame, desc: bool, at: int | None, measure: Measure, start: int, end: int
) -> None:
    """Rank the noun at `at`, or whoever is asked for; without either it is a plain maximum, left for `measures`."""
    if at is None:
        if any(item.words == "who" for item in reader.items[:start]):
            frame.rank = Rank(desc, 1, Dim("who", _people(reader)), measure)
            reader.take(start, end)
        return
    limit = None
    if reader.is_(at - 1, "number"):
        limit = int(reader.number(at - 1))
        reader.use(at - 1, at)
    item, target = reader.items[at], reader.dim(at)
    every = limit is None and item.plural and not item.of("table")
    keep = None if every else limit or (DEFAULT_TOP if item.plural else 1)
    frame.rank = Rank(desc, keep, target, *unless_column(measure, target))
    reader.take(start, end)
    reader.use(at, at + 1)


def _people(reader: Reader) -> Readings:
    people = {stem(p) for p in PEOPLE}
    return tuple(
        Reading("table", t) for t in reader.known.prompt.schema.tables if name_words(t)[-1] in people
    )


def _target_before(reader: Reader, i: int) -> int | None:
    """What is ranked: the nearest noun before, as in `which store had the highest …`."""
    for j in range(i - 1, -1, -1):
        named = reader.has(j, "table", "column") or reader.is_(j, "grain")
        if named and not reader.has(j, "term", "event") and not reader.is_(j - 1, "by"):
            return j
    return None


def _sorted(reader: Reader, frame: Frame, i: int) -> None:
    found = measure_at(reader, reader.skip(i + 1, "by", "of", *AGGREGATES.keys() - {"sum", "avg", "median"}))
    directions = reader.find("asc", "desc")
    ascending = any(reader.is_(k, "asc") for k in directions)
    if found and not frame.rank:
        measure, columns = (None, found[0].readings) if found[0].agg == "column" else (found[0], ())
        frame.rank = Rank(not ascending, None, None, measure, columns)
    if found:
        reader.take(i, found[1])
    for k in directions:
        reader.use(k, k + 1)
