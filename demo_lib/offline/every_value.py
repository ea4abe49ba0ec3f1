"""`the late rate on buses, trams and ferries`, where there are no others: one number for each."""

from __future__ import annotations

from .frame import Dim, Filter, Frame
from .vocabulary import Reading


def every_value(frame: Frame) -> None:
    """Group by a column of which every listed value is named with `and`: as a condition they would leave nothing out.

    Only where a rate or an average is asked for: a number of all of them may be meant as one.
    """
    if frame.dims or frame.rank or frame.numbers or frame.growth or frame.running or not frame.measures:
        return
    if not all(m.agg in ("avg", "median", "term") and not m.per for m in frame.measures):
        return
    for told in [f for f in frame.filters if f.both and not f.negated and not f.every and len(f.options) > 1]:
        columns = _named_in_full(told)
        if columns:
            frame.filters.remove(told)
            frame.dims.append(Dim(told.words, columns))
            return


def _named_in_full(told: Filter) -> tuple[Reading, ...]:
    """The column of which all values are options of the condition."""
    for first in told.options[0]:
        column = first.column
        said = {r.value for option in told.options for r in option if r.column == column}
        if first.kind == "value" and column and set(column.values) == said and len(said) == len(told.options):
            return (Reading("column", first.table, first.score, column, via=first.via, owner=first.owner),)
    return ()
