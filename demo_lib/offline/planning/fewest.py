"""The fewest of something, or fewer than so many: a row that has none of it has the fewest, and is not left out."""

from __future__ import annotations

from sqlglot import exp

from ..bounds import comparison
from ..frame import Filter, Frame, Measure, NumberFilter, Rank, Readings
from ..prompt.prompt_reader import Prompt
from ..source import Source, display
from .conditions import apply_all, reachable
from .grouping import Grouped, named, ranked_by

BELOW = ("<", "<=")


def fewest(frame: Frame, prompt: Prompt, rank: Rank, found: Grouped) -> exp.Select | None:
    """The ranking over every row of the ranked table, counted from nought; None where it ranks something else."""
    if rank.desc or not rank.measure or rank.target is None or frame.numbers or frame.measures:
        return None
    query = _from_nought(frame, prompt, rank.measure, rank.target.readings, found)
    return query.order_by(ranked_by(exp.column(found.values[0][0]), desc=False)) if query else None


def fewer(frame: Frame, prompt: Prompt, wanted: NumberFilter, rows: Readings, found: Grouped) -> exp.Select | None:
    """Every row that has fewer than so many; None where it is no count that is compared, or no row that has them."""
    if wanted.op not in BELOW or wanted.measure is None or len(frame.numbers) != 1:
        return None
    query = _from_nought(frame, prompt, wanted.measure, rows, found)
    if query is None:
        return None
    (total,) = (e.this for e in query.expressions if e.alias_or_name == found.values[0][0])
    return query.where(comparison(total.copy(), wanted.op, wanted.numbers))


def _from_nought(frame: Frame, prompt: Prompt, measure: Measure, ranked: Readings, found: Grouped) -> exp.Select | None:
    """Each row of the table with how many it has, none where it has none."""
    rows = {r.table for r in ranked if r.kind == "table" and not r.via}
    if measure.agg not in ("count", "events") or len(rows) != 1:
        return None
    (table,) = rows
    key, source = prompt.schema.tables[table].key, Source(prompt, table)
    own = [f for f in frame.filters if reachable(source, f)]
    elsewhere = frame.texts or frame.events or any(not _of(f, table) for f in own)
    several = frame.show or frame.dims or len(found.identity[:1]) != 1 or len(found.identity[0]) != 1
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
    return query.join(exp.to_table("counted"), on=on, join_type="left").with_("counted", as_=counted)


def _of(wanted: Filter, table: str) -> bool:
    """Whether it is a column of the table's own rows that is filtered."""
    return all(r.table == table for option in wanted.options for r in option)
