"""Queries that list: rows of one table, the different values of a column, the first rows by a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ..frame import Decline, Dim, Event, Filter, Frame, Option, Rank
from ..prompt.prompt_reader import Prompt
from ..prompt.vocabulary import Reading
from ..source import Source, alternatives, called_after, display
from .conditions import apply_all, reachable
from .dimensions import Output, dim_columns
from .grouping import Grouped, in_order, named
from .returns import beside

NAME_WORDS = ("name", "names")


def listed(frame: Frame, prompt: Prompt) -> exp.Select:
    """Rows of the subject, or the different values of a column, in the order that was asked for."""
    return _rows(frame, prompt) if frame.subject else _different_values(frame, prompt)


def ordered_by(
    frame: Frame, outputs: Sequence[Output], prompt: Prompt, grouped_by: Sequence[exp.Expr] = ()
) -> exp.Ordered:
    """ORDER BY the first of the columns shown, or grouped by, that the question wants the order of.

    Raises Decline where there is none.
    """
    assert frame.order
    names = {name for r in frame.order.readings if r.column for name in prompt.schema.names_of(r.column)}
    names |= {c.name for r in frame.order.readings if not r.column for c in display(prompt.schema, r.table)}
    found = next((e for n, e in outputs if n in names or n == frame.order.grain), None)
    found = found or next((e for e in grouped_by if e.name in names), None)
    if found is None:
        raise Decline(f"I can put rows in order of what is shown only. Ask for “{frame.order.words}” too.")
    return exp.Ordered(this=found.copy(), desc=frame.order_desc or None)


def _rows(frame: Frame, prompt: Prompt) -> exp.Select:
    """The rows of the subject that pass: their name, and the columns that the question names."""
    table = _subject(frame)
    show = beside(frame.show, [Dim(frame.subject_words, frame.subject)])
    if (event := _told_by(frame, prompt, table, show)) is not None:  # `which books were lent? Show title and due date`
        frame.events = [e for e in frame.events if e is not event]
        show = [Dim(frame.subject_words, frame.subject), *show]
        frame.show, table = show, event.readings[0].table
    source = Source(prompt, table)
    names = [(c.name, source.column(c)) for c in display(prompt.schema, table)]
    shown = dim_columns(frame, source, _with_names(show, prompt, table), dict(names)).outputs
    only = (frame.distinct and shown) or any(own in shown for own in names)
    columns = dict(shown) if only else dict([*names, *shown])
    apply_all(frame, source)
    query = source.select(*[named(n, e) for n, e in columns.items()])
    return _ordered(query.distinct() if frame.distinct else query, list(columns.items()), frame, prompt)


def _with_names(show: Sequence[Dim], prompt: Prompt, table: str) -> list[Dim]:
    """What to show beside the name of a row, which is shown anyway; that of whom it points to, where it has none.

    Raises Decline for a name that the prompt does not tell: `climbers with name`, of whom it has a number only.
    """
    found = [d for d in show if d.words not in NAME_WORDS]
    if len(found) == len(show) or (names := called_after(prompt.schema, table)) == display(prompt.schema, table):
        return found
    if not names:
        raise Decline(f"Nothing in this database tells the names of {table}. Leave “name” out.")
    return [Dim(names[0].table, (Reading("table", names[0].table),)), *found]


def _told_by(frame: Frame, prompt: Prompt, table: str, show: Sequence[Dim]) -> Event | None:
    """The event whose rows hold columns to show that the rows in question do not: then its rows are listed."""
    beyond = [d for d in show if Source(prompt, table).distance(d.readings) is None]
    for event in frame.events if beyond else ():
        source = Source(prompt, event.readings[0].table)
        if not event.negated and table in source.reach and all(source.distance(d.readings) is not None for d in show):
            return event
    return None


def _subject(frame: Frame) -> str:
    best = max(r.score for r in frame.subject)
    tables = list(dict.fromkeys(r.table for r in frame.subject if r.score == best))
    if len(tables) > 1:
        options: list[Option] = [(Reading("table", t), ()) for t in tables]
        raise Decline(f"“{frame.subject_words}” could mean {alternatives(tables)}.", frame.subject_words, options)
    return tables[0]


def _different_values(frame: Frame, prompt: Prompt) -> exp.Select:
    """`which categories are there`: every value once."""
    wanted = frame.show
    if frame.dims:
        raise Decline(f"What about “{frame.dims[0].words}”? Name what to count or add up for each.")
    readings = wanted[0].readings if wanted else ()
    if not readings:
        raise Decline(
            "I found nothing in this question that I can look up. Name a table, a column or a glossary term."
        )
    amount = all(r.column and r.column.kind == "number" for r in readings) and not frame.distinct
    if amount and len(wanted) == 1 and (frame.whens or frame.filters or frame.weekdays):
        words = wanted[0].words
        raise Decline(f"“{words}” could be added up or listed. Say “total {words}”, or “average {words}”.")
    best = max(r.score for r in readings)
    tables = list(dict.fromkeys(r.table for r in readings if r.score == best))
    fitting = [t for t in tables if all(reachable(Source(prompt, t), f) for f in frame.filters)]
    if len(fitting) != 1:
        options: list[Option] = [(r, ()) for r in readings if r.score == best]
        raise Decline(f"“{wanted[0].words}” could be a column of {alternatives(tables)}.", wanted[0].words, options)
    source = Source(prompt, fitting[0])
    columns = dim_columns(frame, source, wanted).outputs
    both = [f for f in frame.filters if f.every]
    if len(both) == 1 and len(columns) == 1:
        return _kinds_of_both(frame, source, columns[0], both[0])
    apply_all(frame, source)
    return _ordered(source.select(*[named(n, e) for n, e in columns]).distinct(), columns, frame, prompt)


def _kinds_of_both(frame: Frame, source: Source, kind: Output, both: Filter) -> exp.Select:
    """`which brands have products in both A and B`: rows of each of the values share the kind."""
    rest = [f for f in frame.filters if f is not both]
    apply_all(replace(frame, filters=[*rest, replace(both, every=False)]), source)
    found = source.choose(both.options[0], both.words)
    if found is None or found[0].column is None or kind[1] == source.column(found[0].column, found[1]):
        raise Decline(f"No row is “{both.words}” at once. Say who or what has both.")
    values = exp.Distinct(expressions=[source.column(found[0].column, found[1])])
    number = exp.Literal.number(len(both.options))
    query = source.select(named(*kind)).group_by(kind[1].copy())
    return query.having(exp.EQ(this=exp.Count(this=values), expression=number)).order_by(in_order(kind[1].copy()))


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
        raise Decline(f"I found no way to order {table} by that column. Name one of its own.")
    groups = dim_columns(frame, source, within)
    columns = groups.outputs
    columns += [(c.name, source.column(c)) for c in display(prompt.schema, table)]
    shown = dim_columns(frame, source, _with_names(frame.show, prompt, table)).outputs
    columns += [(n, e) for n, e in shown if n not in dict(columns)]
    value = (choice[0].column.name, source.column(choice[0].column, choice[1]))
    apply_all(frame, source)
    return Grouped(source.select(), [c for c in columns if c != value], [value], groups.identity)


def _ordered(query: exp.Select, outputs: Sequence[Output], frame: Frame, prompt: Prompt) -> exp.Select:
    order = ordered_by(frame, outputs, prompt) if frame.order else in_order(outputs[0][1].copy())
    return query.order_by(order)
