"""Numbers that something must be above or below, of a row itself or of rows that point to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from .frame import Decline, Event, Filter, Frame, NumberFilter
from .source import Source
from .vocabulary import flagged

MORE = {"less": "<", "lower": "<", "fewer": "<", "smaller": "<", "more": ">", "higher": ">", "greater": ">"}
OPERATORS = {">": exp.GT, "<": exp.LT, ">=": exp.GTE, "<=": exp.LTE, "=": exp.EQ}


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
