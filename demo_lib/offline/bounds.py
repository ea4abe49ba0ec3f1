"""Numbers that something must be above or below, of a row itself or of rows that point to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from .english.words import name_words, stems
from .frame import Decline, Event, Filter, Frame, NumberFilter
from .prompt.schema import Column
from .prompt.vocabulary import flagged
from .source import Source

PERCENTS = stems("percent percentage pct")
PERCENT_SAID = re.compile(r"\d\s?(?:%|percent\b)", re.I)
PERCENT_NOTE = re.compile(r"\bin (?:percent|%)|\bpercent(?:age)? (?:of|off)\b", re.I)
ONE_AT_MOST = re.compile(r"fraction|\b0 to 1\b(?!\d)|\b0\.\d|\bbetween 0 and 1\b(?!\d)", re.I)
MORE = {"less": "<", "lower": "<", "fewer": "<", "smaller": "<", "more": ">", "higher": ">", "greater": ">"}
OPERATORS = {">": exp.GT, "<": exp.LT, ">=": exp.GTE, "<=": exp.LTE, "=": exp.EQ}


def in_hundreds(frame: Frame) -> None:
    """`over 30 percent` of a column that holds whole percents, as its name says, is 30 and not 0.3."""
    for k, n in enumerate(frame.numbers):
        readings = n.measure.readings if n.measure and n.measure.agg != "count" else n.readings
        columns = [r.column for r in readings if r.column]
        said = PERCENT_SAID.search(n.words)
        if said and columns and all(map(holds_percents, columns)):
            frame.numbers[k] = replace(n, numbers=tuple(round(x * 100, 6) for x in n.numbers))


def holds_percents(column: Column) -> bool:
    """Whether 30 in it is 30 percent: `percent_off INTEGER`, and no fraction of 1."""
    told = {*name_words(column.name)} & PERCENTS or PERCENT_NOTE.search(column.note)
    return bool(told) and column.kind == "number" and not ONE_AT_MOST.search(column.note)


def comparison(left: exp.Expr, op: str, numbers: Sequence[float]) -> exp.Expr:
    """`left > 20`, or `left BETWEEN 5 AND 10`."""
    if op == "none":
        left, op = exp.Coalesce(this=left, expressions=[exp.Literal.number(0)]), "="
    values = [exp.Literal.number(int(n) if n == int(n) else n) for n in numbers]
    if op != "between":
        return OPERATORS[op](this=left, expression=values[0])
    if len(values) != 2:
        raise Decline("“between” needs two numbers.")
    return exp.Between(this=left, low=values[0], high=values[1])


def numbers_of_rows_below(frame: Frame, source: Source) -> tuple[list[NumberFilter], list[Event]]:
    """(the numbers that rows of the source can tell, the events: with those that a row of their table must have).

    `customers with a limit over 500`: a row of limits exists that is over. `Over 500 points` may add up: not these.
    """
    numbers, events = list(frame.numbers), list(frame.events)
    for n in frame.numbers:
        columns = {r.column for r in n.readings if r.column}
        column = columns.pop() if len(columns) == 1 and not n.average and source.distance(n.readings) is None else None
        at = next((k for k, e in enumerate(events) if column and column.table in {r.table for r in e.readings}), None)
        if column is None or at is None or events[at].negated:
            continue
        test = comparison(column.reference, n.op, n.numbers)
        passes = Filter(n.words, ((flagged(n.words, column.table, test),),))
        events[at] = replace(events[at], filters=(*events[at].filters, passes))
        numbers.remove(n)
    return numbers, events
