"""The fewest of something: a row that has none of it has fewer than all the others, and must not be left out."""

from __future__ import annotations

from sqlglot import exp

from .conditions import apply_all, reachable
from .frame import Filter, Frame, Rank
from .grouping import Grouped, named, ranked_by
from .prompt_reader import Prompt
from .source import Source, display


def fewest(frame: Frame, prompt: Prompt, rank: Rank, found: Grouped) -> exp.Select | None:
    """The ranking over every row of the ranked table, counted from nought; None where it ranks something else."""
    rows = {r.table for r in rank.target.readings if r.kind == "table" and not r.via} if rank.target else set()
    if rank.desc or not rank.measure or rank.measure.agg not in ("count", "events") or len(rows) != 1:
        return None
    (table,) = rows
    key, source = prompt.schema.tables[table].key, Source(prompt, table)
    own = [f for f in frame.filters if reachable(source, f)]
    elsewhere = frame.numbers or frame.texts or frame.events or any(not _of(f, table) for f in own)
    several = frame.measures or frame.show or frame.dims or len(found.identity[:1]) != 1 or len(found.identity[0]) != 1
    if key is None or elsewhere or several or found.joined:
        frame.caveats.append(f"{table} with none at all are left out.")
        return None
    name, value = found.values[0]
    counted = Grouped(found.query, [(key, found.identity[0][0])], [(name, value)]).select()
    columns = [(c.name, source.column(c)) for c in display(prompt.schema, table)]
    own_key = prompt.schema.column(table, key)
    assert own_key
    on = exp.EQ(this=exp.column(key, table="counted"), expression=source.column(own_key))
    apply_all(Frame(filters=own), source)
    total = exp.Coalesce(this=exp.column(name, table="counted"), expressions=[exp.Literal.number(0)])
    query = source.select(*[named(n, e) for n, e in [*columns, (name, total)]])
    query = query.join(exp.to_table("counted"), on=on, join_type="left").with_("counted", as_=counted)
    return query.order_by(ranked_by(exp.column(name), desc=False))


def _of(wanted: Filter, table: str) -> bool:
    """Whether it is a column of the table's own rows that is filtered."""
    return all(r.table == table for option in wanted.options for r in option)
