"""Dimensions on a source: what they show, and what tells their groups apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from ..english.dates import Period
from ..frame import Decline, Dim, Frame, When
from ..prompt.time_sql import grain_sql
from ..source import Source, display
from .formulas import snake

Output = tuple[str, exp.Expr]


@dataclass
class Shown:
    """Dimensions on one source: the columns to show, what to group by, and what tells the groups apart."""

    outputs: list[Output] = field(default_factory=list)
    group: list[exp.Expr] = field(default_factory=list)
    identity: list[list[exp.Expr]] = field(default_factory=list)
    """For each dimension."""


def dim_columns(
    frame: Frame, source: Source, dims: Sequence[Dim], beside: Mapping[str, exp.Expr] | None = None
) -> Shown:
    """The columns of dimensions. Rows of a table show their name, and are grouped by their key besides.

    `beside` holds the columns, by name, that the same query shows already.
    """
    shown = Shown()
    for dim in dims:
        columns, keys = _dim_column(frame, source, dim, {n for n, _ in shown.outputs})
        if beside:  # the name of the row itself, and that of its manager
            columns = [(n if beside.get(n, e) == e else f"{snake(dim.words)}_{n}", e) for n, e in columns]
        shown.outputs += [(n, e) for n, e in columns if all(e != other for _, other in shown.outputs)]
        shown.identity.append(keys or [e for _, e in columns])
        for expression in (*keys, *[e for _, e in columns]):
            if expression not in shown.group:
                shown.group.append(expression)
    return shown


def _dim_column(
    frame: Frame, source: Source, dim: Dim, taken: set[str]
) -> tuple[list[Output], list[exp.Expr]]:
    if dim.grain:
        if dim.dated and source.choose(dim.dated, dim.words) is None:
            raise Decline(f"I found no way to tell the “{dim.words}” of {source.anchor}.")
        hints = dim.dated or tuple(r for w in frame.whens[:1] for r in w.hints if r.table == source.anchor)
        said = dim.dated or frame.dated
        told = When(dim.words, Period(None, None, ""), said) if said else None
        dated = source.date(replace(frame.whens[0], words=dim.words, hints=hints) if frame.whens else told)
        if dated.meta.get("year") and dim.grain != "year":
            raise Decline(f"{dated.sql()} holds whole years only.")
        grain = dated if dated.meta.get("year") else grain_sql(dim.grain, dated, source.prompt.dialect)
        return [(dim.grain, grain)], []
    choice = source.choose(dim.readings, dim.words)
    if choice is None:
        raise Decline(
            f"I found no way to split {source.anchor} by “{dim.words}” without counting rows twice. "
            "Ask for one of them."
        )
    reading, path = choice
    if reading.column:
        name = (
            reading.column.name
            if reading.column.name not in taken
            else f"{snake(reading.table)}_{reading.column.name}"
        )
        return [(name, source.column(reading.column, path))], []
    table = source.prompt.schema.tables[reading.table]
    columns: list[Output] = [
        (c.name if c.name not in taken else f"{snake(dim.words)}_{c.name}", source.column(c, path))
        for c in display(source.prompt.schema, reading.table)
    ]
    return columns, [source.foreign_or_key(table, path)] if table.key else []
