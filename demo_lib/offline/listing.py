"""Queries that list: rows of one table, the different values of a column, the first rows by a column."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from .conditions import apply_all, reachable
from .dimensions import Output, dim_columns
from .frame import Decline, Dim, Frame, Rank
from .grouping import Grouped, in_order, named
from .prompt_reader import Prompt
from .source import Source, display

NAME_WORDS = ("name", "names")


def rows(frame: Frame, prompt: Prompt) -> exp.Select:
    """The rows of the subject that pass: their name, and the columns that the question names."""
    table = _subject(frame)
    source = Source(prompt, table)
    names = [(c.name, source.column(c)) for c in display(prompt.schema, table)]
    shown = dim_columns(frame, source, [d for d in frame.show if d.words not in NAME_WORDS]).outputs
    columns = dict(shown) if any(n in dict(shown) for n, _ in names) else dict([*names, *shown])
    apply_all(frame, source)
    return _ordered(source.select(*[named(n, e) for n, e in columns.items()]), list(columns.items())[0])


def _subject(frame: Frame) -> str:
    best = max(r.score for r in frame.subject)
    tables = list(dict.fromkeys(r.table for r in frame.subject if r.score == best))
    if len(tables) > 1:
        raise Decline(f"“{frame.subject_words}” could mean {' or '.join(tables)}. Say which.")
    return tables[0]


def different_values(frame: Frame, prompt: Prompt) -> exp.Select:
    """`which categories are there`: every value once."""
    wanted = frame.show
    if frame.dims:
        raise Decline(f"What about “{frame.dims[0].words}”? Name what to count or add up for each.")
    readings = wanted[0].readings if wanted else ()
    if not readings:
        raise Decline(
            "I found nothing in this question that I can look up. Name a table, a column or a glossary term."
        )
    best = max(r.score for r in readings)
    tables = list(dict.fromkeys(r.table for r in readings if r.score == best))
    fitting = [t for t in tables if all(reachable(Source(prompt, t), f) for f in frame.filters)]
    if len(fitting) != 1:
        raise Decline(f"“{wanted[0].words}” could be a column of {' or '.join(tables)}. Say which.")
    source = Source(prompt, fitting[0])
    columns = dim_columns(frame, source, wanted).outputs
    apply_all(frame, source)
    return _ordered(source.select(*[named(n, e) for n, e in columns]).distinct(), columns[0])


def ranked_rows(frame: Frame, prompt: Prompt, rank: Rank, within: Sequence[Dim]) -> Grouped:
    """Rows of the ranked table itself, with the column that they are ordered by."""
    if frame.measures:
        raise Decline(
            "I can order rows by a column or by a total, but not show both at once. Ask in two steps."
        )
    table = rank.target.readings[0].table if rank.target else rank.columns[0].table
    source = Source(prompt, table)
    choice = source.choose(rank.columns, "order")
    if choice is None or choice[0].column is None:
        raise Decline(f"I found no way to order {table} by that column.")
    groups = dim_columns(frame, source, within)
    columns = groups.outputs
    columns += [(c.name, source.column(c)) for c in display(prompt.schema, table)]
    shown = dim_columns(frame, source, [d for d in frame.show if d.words not in NAME_WORDS]).outputs
    columns += [(n, e) for n, e in shown if n not in dict(columns)]
    value = (choice[0].column.name, source.column(choice[0].column, choice[1]))
    apply_all(frame, source)
    return Grouped(source.select(), [c for c in columns if c != value], [value], groups.identity)


def _ordered(query: exp.Select, first: Output) -> exp.Select:
    return query.order_by(in_order(first[1].copy()))
