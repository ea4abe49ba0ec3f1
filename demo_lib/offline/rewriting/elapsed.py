"""Two dates as one column of numbers, or as a condition on the time between them; and the age of what has a date."""

from __future__ import annotations

import re
from datetime import date

from sqlglot import exp

from ..bounds import OPERATORS, comparison
from ..english.words import of_people
from ..frame import Decline
from ..planning.formulas import snake
from ..prompt.glossary import Term
from ..prompt.prompt_reader import Prompt
from ..prompt.schema import Column, Schema
from ..prompt.spans import held_in
from ..prompt.time_sql import SECONDS_IN, as_day, elapsed, moved, years_since
from ..prompt.vocabulary import Reading, flagged
from ..source import paths
from .moments import Span

STAMP = re.compile(r"TIMESTAMP|DATETIME|SMALLDATETIME")
ASSUMED = {
    "age": "An age is counted in completed years.",
    "month": "A month is counted as 30.4375 days.",
    "year": "A year is counted as 365.25 days.",
}
CALENDAR = ("month", "year")


def reading(prompt: Prompt, span: Span, unit: str) -> Reading:
    """The time between two dates as a column. A glossary line that says how to work it out wins."""
    anchor = _anchor(prompt.schema, span)
    if of_people(span.begin.table) and span.begin.table != span.end.table:
        several = f"Each of the {span.begin.table} may have several {span.end.table}."
        raise Decline(f"{several} Say which of them ends the time.")
    if term := _defined(prompt, span):
        if unit:
            raise Decline(f"The glossary says how “{term.name}” is measured. Ask for it by that name.")
        return Reading("term", anchor, 1.0, term=term)
    unit = unit or "day"
    name = snake(f"{unit}s {_role(span.begin)} to {_role(span.end)}")
    return Reading("column", anchor, 1.0, Column(anchor, name, "DOUBLE", sql=_between(prompt, span, unit)))


def condition(prompt: Prompt, span: Span, op: str, number: float, unit: str) -> Reading:
    """The rows with so much time between two dates; `op` is a comparison, or `within`."""
    if (term := _defined(prompt, span)) and {c.name for c in term.sql.find_all(exp.Column)} != {
        span.begin.name, span.end.name,
    }:  # fmt: skip
        raise Decline(f"The glossary measures “{term.name}” in another way. Ask for it by that name.")
    if unit in CALENDAR:
        test = _calendar(span, op, number, unit)
    elif op == "within":
        between = _between(prompt, span, unit)
        test = exp.Between(this=between, low=exp.Literal.number(0), high=comparison(between, "=", (number,)).expression)
    else:
        test = comparison(_between(prompt, span, unit), op, (number,))
    return flagged(f"{op} {number:g} {unit}s {span}", _anchor(prompt.schema, span), test)


def in_unit(column: Column, unit: str) -> Reading:
    """A column that holds a duration, in the unit that is asked for; as it is where none is."""
    held = held_in(column)
    if not unit or unit == held:
        return Reading("column", column.table, 1.0, column)
    if unit not in SECONDS_IN or held not in SECONDS_IN:
        raise Decline(f"{column} holds {held}s. Ask for it in {held}s.")
    ratio = SECONDS_IN[unit] / SECONDS_IN[held]
    sql = exp.Div(this=column.reference, expression=exp.Literal.number(str(ratio)))
    name = re.sub(r"_[a-z]+$", f"_{unit}s", snake(column.name))
    return Reading("column", column.table, 1.0, Column(column.table, name, "DOUBLE", sql=sql))


def held_condition(column: Column, op: str, number: float, unit: str) -> Reading:
    """The rows whose duration, that a column holds, compares so."""
    measured = in_unit(column, unit).column
    assert measured
    return flagged(f"{column} {op} {number:g} {unit}s", column.table, comparison(measured.reference, op, (number,)))


def today(prompt: Prompt, what: str) -> date:
    """What day it is. Raises Decline where the prompt does not say."""
    if prompt.today is None:
        raise Decline(f"The prompt does not say what day today is, so I cannot tell {what}.")
    return prompt.today


def age(prompt: Prompt, born: Column) -> Reading:
    """The completed years since a date."""
    sql = years_since(born.reference, today(prompt, "an age"), prompt.dialect)
    return Reading("column", born.table, 1.0, Column(born.table, "age", "INTEGER", sql=sql))


def since(prompt: Prompt, begun: Column, unit: str) -> Reading:
    """The time from a date until today."""
    now = as_day(exp.Literal.string(today(prompt, f"how long ago {begun} is").isoformat()))
    sql = elapsed(_day(begun), now, _whole(unit or "day", begun), prompt.dialect, whole_days=True)
    name = snake(f"{unit or 'day'}s since {_role(begun)}")
    return Reading("column", begun.table, 1.0, Column(begun.table, name, "DOUBLE", sql=sql))


def since_condition(prompt: Prompt, begun: Column, op: str, number: float, unit: str) -> Reading:
    """The rows that are so old."""
    now = as_day(exp.Literal.string(today(prompt, f"how long ago {begun} is").isoformat()))
    if unit in CALENDAR:
        test: exp.Expr = OPERATORS[op](this=now, expression=moved(_day(begun), _count(number), unit))
    else:
        test = comparison(since(prompt, begun, unit).column.sql, op, (number,))  # type: ignore[union-attr, arg-type]
    return flagged(f"{op} {number:g} {unit}s since {begun}", begun.table, test)


def flag_where(reading_: Reading, op: str, numbers: tuple[float, ...]) -> Reading:
    """The rows whose worked-out number compares so."""
    assert reading_.column and reading_.column.sql is not None
    test = comparison(reading_.column.sql.copy(), op, numbers)
    return flagged(f"{reading_.column.name} {op}", reading_.table, test)


def assumed(said: Reading) -> list[str]:
    """What the reading takes for granted, in plain words."""
    if said.column and said.column.sql is not None:
        name = said.column.name
        return [text for start, text in ASSUMED.items() if name == start or name.startswith(f"{start}s_")]
    return []


def _calendar(span: Span, op: str, number: float, unit: str) -> exp.Expr:
    """In months and years, as the calendar counts them: until the same day of the month."""
    first, last = _day(span.begin), _day(span.end)
    limit = moved(first, _count(number), unit)
    if op == "within":
        return exp.Between(this=last, low=first.copy(), high=limit)
    return OPERATORS[op](this=last, expression=limit)


def _count(number: float) -> int:
    if number != int(number):
        raise Decline(f"I count whole months and years only, not {number:g}.")
    return int(number)


def _between(prompt: Prompt, span: Span, unit: str) -> exp.Expr:
    days_only = next((c for c in (span.begin, span.end) if not _is_exact(c)), None)
    if days_only:
        unit = _whole(unit, days_only)
        return elapsed(_day(span.begin), _day(span.end), unit, prompt.dialect, whole_days=True)
    first, last = (_exact(c, prompt.dialect) for c in (span.begin, span.end))
    return elapsed(first, last, unit, prompt.dialect, whole_days=False)


def _whole(unit: str, column: Column) -> str:
    if unit in ("hour", "minute", "second"):
        raise Decline(f"{column} tells the day only, not the {unit}s.")
    return unit


def _is_exact(column: Column) -> bool:
    """Whether it tells the time of the day too."""
    type_, name = column.type.upper(), column.name.lower()
    return bool(STAMP.match(type_) or (not type_.startswith("DATE") and re.search(r"(_at|time|timestamp)$", name)))


def _day(column: Column) -> exp.Expr:
    return column.reference if column.type.upper() == "DATE" else as_day(column.reference)


def _exact(column: Column, dialect: str) -> exp.Expr:
    text = column.type and not STAMP.match(column.type.upper())
    return exp.cast(column.reference, "TIMESTAMP") if text and dialect != "sqlite" else column.reference


def _defined(prompt: Prompt, span: Span) -> Term | None:
    """The glossary's line for the time that ends so."""
    for term in prompt.terms:
        columns = [prompt.schema.column(c.table, c.name) for c in term.sql.find_all(exp.Column)]
        days = {c for c in columns if c and c.kind == "date"}
        if span.end in days and len(days) > 1 and term.is_measure:
            return term
    return None


def _anchor(schema: Schema, span: Span) -> str:
    """The table whose rows the time is of: the one that points to the other."""
    return span.end.table if span.begin.table in paths(schema, span.end.table) else span.begin.table


def _role(column: Column) -> str:
    return re.sub(r"(_(date|on|at|time|day)|^(date|dt)_)$", "", snake(column.name))
