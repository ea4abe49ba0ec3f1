"""Groups above the average of all: `members who paid more than the average`, `towns with above average fees`."""

from __future__ import annotations

from sqlglot import exp

from .conditions import OPERATORS
from .frame import Decline, Measure, NumberFilter
from .grouping import Grouped, ranked_by
from .measures import is_money, money
from .reader import Reader
from .vocabulary import Reading

OPENING = ("by", "date", "sort", "of", "than")


def amount_compared(reader: Reader, i: int, average: int) -> tuple[Measure, int, int] | None:
    """(what is added up for each, first item, end) for `paid more than the average`, `with above average fees`."""
    verb, end = reader.item(i - 1), average + 1
    noun = reader.head(end)
    if noun == end and reader.has(end, "term") and not reader.has(end, "table"):
        term = reader.items[end].of("term")[:1]
        return (Measure("term", reader.items[end].words, term), i, end + 1) if _adds_up(term[0]) else None
    if verb is None or not (end == len(reader) or reader.is_(end, *OPENING) or _of_rows(reader, end)):
        return None
    end += 1 if _of_rows(reader, end) else 0
    terms = verb.of("term")[:1]
    if terms and terms[0].score >= 0.9 and _adds_up(terms[0]):
        return Measure("term", verb.words, terms), i - 1, end
    if is_money(verb) or "spend" in {t.stem for t in verb.tokens}:
        return money(reader, verb), i - 1, end
    return None


def _of_rows(reader: Reader, i: int) -> bool:
    """`than the average member`."""
    return reader.has(i, "table") and not reader.items[i].plural and not reader.has(i, "term", "column")


def _adds_up(reading: Reading) -> bool:
    return reading.term is not None and isinstance(reading.term.sql, exp.Sum | exp.Count)


def above_average(found: Grouped, wanted: NumberFilter, count_as: str) -> exp.Select:
    """The groups whose number compares so to the average over all groups; or how many there are (`count_as`)."""
    if not wanted.measure or len(found.values) != 1:
        raise Decline("I can compare one number with its average at a time. Ask for each on its own.")
    name, inner = found.values[0][0], found.select()
    average = exp.select(exp.Avg(this=exp.column(name))).from_("totals").subquery()
    test = OPERATORS[wanted.op](this=exp.column(name), expression=average)
    shown = [exp.column(n) for n, _ in (*found.dims, *found.values)]
    query = exp.select(exp.alias_(exp.Count(this=exp.Star()), count_as)) if count_as else exp.select(*shown)
    query = query.from_("totals").where(test)
    for cte in inner.ctes:  # side by side: not every database knows one within another
        query = query.with_(cte.alias, as_=cte.this)
    inner.set("with_", None)
    query = query.with_("totals", as_=inner)
    return query if count_as else query.order_by(ranked_by(exp.column(name)))
