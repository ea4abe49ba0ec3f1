"""Groups above or below the average of their own totals: `customers who spent more than the average customer`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from .bounds import MORE, OPERATORS
from .formulas import singular
from .frame import Decline, Dim, Frame, Measure, NumberFilter, Readings
from .grouping import Grouped, ranked_by, with_flat
from .measures import is_money, is_of_each, measure_at, money
from .reader import Reader
from .vocabulary import Reading
from .words import of_people

TAIL = ("of", "count", "sum")
OPENING = ("by", "date", "sort", "of", "than")


def total_against_average(reader: Reader, frame: Frame, i: int, average: int) -> bool:
    """Let what stands before the comparison at `i` be compared with the average of all groups. Whether it is a total.

    Raises Decline where the average is said to be of something else.
    """
    before = i - 1
    while reader.is_(before, "date", "in"):  # `whose revenue in 2025 is above the average`
        before -= 1
    measure = _total(reader, before) or _added_up(reader, before, average)
    if measure is None:
        return False
    if len(reader.find("date")) > 1:
        raise Decline("I can compare with the average of the same time only. Ask for each period on its own.")
    end = _end_of_average(reader, before, average, measure)
    frame.numbers.append(NumberFilter(reader.words(before, end), reader.items[i].kind, (), (), measure, average=True))
    for k in (before, *range(i, end)):
        reader.use(k, k + 1)
    return True


def more_than_average(reader: Reader, frame: Frame) -> None:
    """`members with more loans than the average member`, `brands that sold fewer units than the average brand`."""
    for i in reader.find("more"):
        found = measure_at(reader, i + 1) if reader.items[i].words in MORE else None
        if found is None or not reader.is_(found[1], "than") or not reader.is_(found[1] + 1, "avg"):
            continue
        measure = found[0]
        if measure.agg == "column":
            if is_of_each(measure):
                raise Decline(f"Of several a “{measure.words}” means little added up. Ask for its average instead.")
            measure = Measure("sum", measure.words, measure.readings)
        if measure.agg not in ("count", "term", "sum") or len(reader.find("date")) > 1:
            continue
        verb = reader.item(i - 1)
        start = i - 1 if verb and verb.participle and (verb.of("event") or is_money(verb)) else i
        end = _end_of_average(reader, start, found[1] + 1, measure)
        op = MORE[reader.items[i].words]
        frame.numbers.append(NumberFilter(reader.words(start, end), op, (), (), measure, average=True))
        reader.use(start, end)


def _end_of_average(reader: Reader, before: int, average: int, measure: Measure) -> int:
    """The position after what the average is said to be of. Raises Decline where that is something else."""
    group = _grouped(reader, before)
    end, rows, columns = average + 1, {r.table for r in group}, {r.column for r in group if r.column}
    while end < len(reader) and not reader.items[end].tokens[0].breaks:
        item = reader.items[end]
        same = bool(set(item.of("term")) & set(measure.readings) or {r.table for r in item.of("table")} & rows)
        same = same or bool({r.column for r in item.of("column")} & columns)
        if not same and not reader.is_(end, *TAIL) and not (is_money(item) and not item.of("column")):
            break
        end += 1
    them = end == len(reader) and bool(reader.trailing & {"them", "these", "those", "all"})  # `of the average of them`
    if not rows or (reader.is_(end - 1, *TAIL) and not them) or reader.has(end, "table", "column", "term", "event"):
        raise Decline("The average of what? I can compare a total with the average total of rows of the same kind.")
    return end


def _total(reader: Reader, i: int) -> Measure | None:
    """What is added up for each: money, by its verb, or a measure of the glossary."""
    item = reader.item(i)
    if item is None:
        return None
    if is_money(item) and item.participle and not item.of("column"):
        if item.tokens[-1].stem == "sell":
            raise Decline("Sold more by what? Say “by revenue” or “by units sold”.")
        return money(reader, item)
    terms = tuple(r for r in item.of("term") if r.score >= 0.8 and r.term and r.term.is_measure)
    return Measure("term", item.words, terms) if terms else None


def _added_up(reader: Reader, i: int, average: int) -> Measure | None:
    """`members who watched less than the average member`, of a column of views: what it adds up to for each."""
    item, behind = reader.item(i), reader.items[average + 1] if average + 1 < len(reader) else None
    numbers = tuple(r for r in item.of("column") if r.column and r.column.kind == "number") if item else ()
    rows = {r.table for r in behind.of("table")[:1]} if behind else set()
    if not numbers or not rows & {r.table for r in _grouped(reader, i)} or rows & {r.table for r in numbers}:
        return None
    measure = Measure("sum", reader.words(i, i + 1), numbers)
    if is_of_each(measure):
        raise Decline(f"Of several a “{measure.words}” means little added up. Ask for its average instead.")
    return measure


def _grouped(reader: Reader, i: int) -> Readings:
    """The rows that the total is of."""
    near = next((reader.items[k] for k in range(i - 1, -1, -1) if reader.items[k].of("table", "column")), None)
    return near.of("table", "column") if near else ()


def amount_compared(reader: Reader, i: int, average: int) -> tuple[Measure, int, int] | None:
    """(what is added up for each, first item, end) for `paid more than the average`, `with above average fees`."""
    verb, end = reader.item(i - 1), average + 1
    noun = reader.head(end)
    if noun == end and reader.has(end, "term") and not reader.has(end, "table") and not _of_rows(reader, end):
        term = reader.items[end].of("term")[:1]
        return (Measure("term", reader.items[end].words, term), i, end + 1) if _adds_up(term[0]) else None
    if verb is None or not (end == len(reader) or reader.is_(end, *OPENING) or _of_rows(reader, end)):
        return None
    end += 1 if _of_rows(reader, end) else 0
    terms = verb.of("term")[:1]
    if terms and terms[0].score >= 0.9 and _adds_up(terms[0]):
        return Measure("term", verb.words, terms), i - 1, end
    if verb.tokens[-1].stem == "sell":
        return None  # revenue, or units?
    if is_money(verb) or "spend" in {t.stem for t in verb.tokens}:
        return money(reader, verb), i - 1, end
    return None


def _of_rows(reader: Reader, i: int) -> bool:
    """`than the average member`; or `buyer`, where the glossary counts those who are."""
    terms = [r.term.sql for r in reader.items[i].of("term") if r.term] if reader.has(i, "term") else []
    if terms and not reader.items[i].plural and not reader.has(i, "table", "column", "value"):
        return all(isinstance(sql, exp.Count) and isinstance(sql.this, exp.Distinct) for sql in terms)
    return reader.has(i, "table") and not reader.items[i].plural and not reader.has(i, "term", "column")


def _adds_up(reading: Reading) -> bool:
    return reading.term is not None and isinstance(reading.term.sql, exp.Sum | exp.Count)


def above_average(
    frame: Frame, found: Grouped, dims: Sequence[Dim], wanted: NumberFilter, counted: Measure | None
) -> exp.Select:
    """The groups whose total passes the average of all of them, or how many these are."""
    people = any(r.kind == "table" and of_people(r.table) for r in dims[0].readings) if dims else False
    if wanted.op == "<" and people and all(e.negated for e in frame.events):
        raise Decline(f"Are {dims[0].words} without any below the average, too? Say “of those who …, how many”.")
    inner, (name, _) = found.select(), found.values[0]
    mean = exp.select(exp.Avg(this=exp.column(name))).from_("totals").subquery()
    passes = OPERATORS[wanted.op](this=exp.column(name), expression=mean)
    shown: list[exp.Expr] = [exp.column(n) for n, _ in (*found.dims, *found.values)]
    if counted:
        shown = [exp.alias_(exp.Count(this=exp.Star()), f"{singular(counted.readings[0].table)}_count")]
    query = exp.select(*shown).from_("totals").where(passes)
    frame.caveats.append("The average is over each of them with at least one row that counts.")
    query = with_flat(query, "totals", inner)
    return query if counted else query.order_by(ranked_by(exp.column(name)))
