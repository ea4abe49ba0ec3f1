"""Measures by dimensions as one query: each aggregate over its own anchor table, so that no row counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from ..english.words import of_people
from ..frame import Decline, Dim, Frame, Measure, Readings, When
from ..prompt.aggregates import only_where
from ..prompt.prompt_reader import Prompt
from ..source import Source, identifier
from .conditions import apply_all, period_condition
from .dimensions import Output, dim_columns
from .done_and_not import is_denied
from .formulas import Formula, Part, counted_role, formula, placed, ratio, snake


@dataclass
class Grouped:
    """An aggregate query whose output columns are still apart: named dimensions and named values."""

    query: exp.Select
    dims: list[Output] = field(default_factory=list)
    values: list[Output] = field(default_factory=list)
    identity: list[list[exp.Expr]] = field(default_factory=list)
    """What tells the groups of each dimension apart: a key where names may repeat."""
    joined: bool = False
    """Whether the grouping is done already, in CTEs that the query joins."""

    def keep(self, condition: exp.Expr) -> None:
        """Keep only the groups that fulfil a condition on their values."""
        self.query = self.query.where(condition) if self.joined else self.query.having(condition)

    def select(self) -> exp.Select:
        """The whole query."""
        query = self.query.copy()
        query.set("expressions", [named(n, e) for n, e in (*self.dims, *self.values)])
        return query


def named(name: str, expression: exp.Expr) -> exp.Expr:
    """`expression AS name`, or the bare column where it is called so already."""
    same = isinstance(expression, exp.Column) and expression.name == name
    return expression.copy() if same else exp.alias_(expression.copy(), identifier(name))


def in_order(label: exp.Expr) -> exp.Ordered:
    """ORDER BY a label; where rows without one go is left to the database."""
    return exp.Ordered(this=label)


def ranked_by(value: exp.Expr, desc: bool = True) -> exp.Ordered:
    """ORDER BY a value, the largest first; rows without one come last."""
    return exp.Ordered(this=value, desc=desc or None, nulls_first=False)


def with_flat(query: exp.Select, name: str, inner: exp.Select) -> exp.Select:
    """`WITH name AS (inner) query`, the CTEs of `inner` beside it: not every database knows one within another."""
    for cte in inner.ctes:
        query = query.with_(cte.alias, as_=cte.this)
    inner.set("with_", None)
    return query.with_(name, as_=inner)


def grouped(frame: Frame, prompt: Prompt, measures: Sequence[Measure], dims: Sequence[Dim]) -> Grouped:
    """The aggregate query. Raises Decline where something does not join, or would join rows twice."""
    wanted = context(frame, [d.readings for d in dims if not d.grain])
    alone = not (wanted or frame.whens or frame.events or frame.weekdays)
    formulas = [(counted_role(m) if alone else None) or formula(m, prompt, wanted) for m in measures]
    source = source_for(frame, prompt, formulas, [d.readings for d in dims if not d.grain])
    if source is not None:
        return _once(frame, source, formulas, dims)
    return _apart(frame, prompt, formulas, dims)


def context(frame: Frame, more: Sequence[Readings] = ()) -> list[Readings]:
    """Everything that the question names and an anchor should reach."""
    return [
        *[r for r in more if r],
        *[option for f in frame.filters for option in f.options],
        *[n.readings for n in frame.numbers if n.readings],
        *[r for _, r in frame.mentioned],
        *[t.readings for t in frame.texts],
    ]


def source_for(
    frame: Frame, prompt: Prompt, formulas: Sequence[Formula], dims: Sequence[Readings] = ()
) -> Source | None:
    """The one source from which all formulas can be read; None where they need several."""
    parts = [p for f in formulas for p in f.parts]
    fixed = list(dict.fromkeys(p.anchor for p in parts if not p.loose))
    whole = [f.parts[0].anchor for f in formulas if len(f.parts) == 1 and f.parts[0].loose and not f.distinct]
    whole = [a for a in whole if all(Source(prompt, a).distance(g) is not None for g in dims)]
    if len(formulas) > 1 and whole and len({*whole, *fixed}) > 1:
        return None  # all the properties of a landlord, beside the rent of those that are let
    if fixed:
        source = Source(prompt, fixed[0])
        return source if len(fixed) == 1 and all(p.anchor in source.reach for p in parts) else None
    anchor = parts[0].anchor
    here = Source(prompt, anchor)
    too = of_people(anchor) and any(not e.negated for e in frame.events)
    none = any(e.negated and (e.filters or (too and is_denied(e.words))) for e in frame.events)  # `toys, never books`
    aside = none or any(e.whens for e in frame.events) or any(f.every for f in frame.filters)
    happened = [e.readings for e in frame.events if not (e.negated or aside)]
    never = [f for f in frame.filters if f.negated and any(here.distance(o) is None for o in f.options)]
    beyond = [f for f in frame.filters if none and any(here.distance(o) is None for o in f.options)]
    aside = aside or bool(never)  # `never wrote by phone`: no row may say so
    within = [f for f in frame.filters if not f.every and f not in never and f not in beyond]
    named = [m for m in frame.mentioned if not aside or here.distance(m[1]) is not None]
    needed = [*context(replace(frame, filters=within, mentioned=named), dims), *happened]
    reached = all(here.distance(g) is not None for g in needed) and all(p.anchor in here.reach for p in parts)
    if reached and (aside or _tells_time(frame, here)):
        return here
    _check_units(frame, anchor)
    if both := [f for f in frame.filters if f.both and any(not e.negated for e in frame.events)]:
        raise Decline(
            f"“{both[0].words}” can be read in two ways here: any one of them, or all. Say “or”, or “both … and”."
        )
    return _further_down(frame, prompt, anchor, needed)


def _check_units(frame: Frame, anchor: str) -> None:
    """`how many books were borrowed` asks how often or for different books: ask back."""
    plain = any(m.agg == "count" and m.readings[0].table == anchor for m in frame.measures)
    if plain and not of_people(anchor) and any(e.passive for e in frame.events):
        raise Decline(
            f"Do you mean how many different {anchor}, or how many times it happened? Say “different {anchor}”, or "
            f"name what to count."
        )


def _further_down(frame: Frame, prompt: Prompt, anchor: str, needed: Sequence[Readings]) -> Source:
    """The nearest table that points to `anchor` and to everything else that is asked: what happened, or a link."""
    happened = {r.table: r.score for e in frame.events if not e.negated for r in e.readings}
    ways: list[tuple[float, str]] = []
    for name in [*happened, *[t for t in prompt.schema.tables if t not in happened]]:
        if ways and happened and name not in happened:
            break
        source = Source(prompt, name)
        distances = [source.distance(g) for g in needed]
        if name != anchor and anchor in source.reach and None not in distances and _tells_time(frame, source):
            cost = len(source.reach[anchor][0]) + sum(d for d in distances if d) - 3 * happened.get(name, 0)
            ways.append((cost, name))
    ways.sort()
    if not ways:
        raise Decline(f"I found no way to join {anchor} with everything else in the question. Ask for less.")
    if len(ways) > 1 and ways[0][0] == ways[1][0]:
        raise Decline(f"{anchor} could be joined by way of {ways[0][1]} or {ways[1][1]}. Say which is meant.")
    return Source(prompt, ways[0][1])


def _tells_time(frame: Frame, source: Source) -> bool:
    """Whether the periods of the question can be told on this source."""
    hinted = [w.hints for w in frame.whens if w.hints]
    if not frame.whens or hinted:
        return all(source.distance(hints) is not None for hints in hinted)
    return any(c.kind == "date" or c.is_year for t in source.reach for c in source.prompt.schema.tables[t].columns)


def _once(frame: Frame, source: Source, formulas: Sequence[Formula], dims: Sequence[Dim]) -> Grouped:
    shown = dim_columns(frame, source, dims)
    values = []
    for f in formulas:
        for when in _side_by_side(frame, dims):
            tree = _put_in(f, {id(p): _value(p, source, when) for p in f.parts})
            if (f.name + _suffix(when), tree) not in values:
                values.append((f.name + _suffix(when), tree))
    apply_all(frame, source)
    query = source.select()
    return Grouped(query.group_by(*shown.group) if shown.group else query, shown.outputs, values, shown.identity)


def _apart(frame: Frame, prompt: Prompt, formulas: Sequence[Formula], dims: Sequence[Dim]) -> Grouped:
    """One CTE for each anchor table, joined on the dimensions to the one that all the others point to."""
    anchors = list(dict.fromkeys(p.anchor for f in formulas for p in f.parts))
    cohort = len(formulas) == 1 and isinstance(formulas[0].tree, exp.Div)
    shared = (a for a in anchors if all(a in Source(prompt, o).reach for o in anchors))
    base = next(shared, anchors[-1] if cohort else anchors[0])
    ctes: list[tuple[str, exp.Select]] = []
    references: dict[tuple[int, str], exp.Expr] = {}
    names: list[str] = []
    keys: list[str] = []
    if cohort and frame.whens:
        frame.caveats.append(
            f"The period is that of {base}: what belongs to them is counted whenever it happened itself."
        )
    dated = base if cohort else _happened_then(frame, prompt, anchors)
    for anchor in sorted(anchors, key=lambda a: a != base):
        source, cte = Source(prompt, anchor), f"by_{snake(anchor)}"
        if cohort:
            source.follow(base)
        shown = dim_columns(frame, source, dims)
        identity = [e for each in shown.identity for e in each]
        hidden = [(f"key_{e.name}", e) for e in identity if all(e != o for _, o in shown.outputs)]
        keys = [next(n for n, o in (*hidden, *shown.outputs) if o == e) for e in identity]
        names = [n for n, _ in shown.outputs]
        values: list[Output] = []
        for part in (p for f in formulas for p in f.parts if p.anchor == anchor):
            for when in _side_by_side(frame, dims):
                column_name = getattr(part.node.find(exp.Column), "name", "rows")
                name = f"{snake(anchor)}_{snake(column_name)}{_suffix(when)}"
                name += f"_{len(values)}" if name in dict(values) else ""
                values.append((name, _value(part, source, when)))
                column = exp.column(name, table=cte)
                zero = exp.Coalesce(this=column, expressions=[exp.Literal.number(0)])
                adds_up = isinstance(part.node, exp.Sum | exp.Count) and anchor != base
                references[id(part), _suffix(when)] = zero if adds_up else column
        apply_all(frame, source, dated_as=dated if dated in source.reach else None)
        query = source.select()
        query = query.group_by(*shown.group) if shown.group else query
        ctes.append((cte, Grouped(query, [*hidden, *shown.outputs], values).select()))
    outer = exp.select().from_(ctes[0][0])
    for cte, _ in ctes[1:]:
        on = [exp.EQ(this=exp.column(n, table=cte), expression=exp.column(n, table=ctes[0][0])) for n in keys]
        table = exp.Table(this=identifier(cte))
        outer = (
            outer.join(table, on=exp.and_(*on), join_type="left")
            if on
            else outer.join(table, join_type="cross")
        )
    for cte, query in ctes:
        outer = outer.with_(cte, as_=query)
    values = [
        (f.name + _suffix(when), _put_in(f, {id(p): references[id(p), _suffix(when)] for p in f.parts}))
        for f in formulas
        for when in _side_by_side(frame, dims)
    ]
    told = iter([exp.column(n, table=ctes[0][0]) for n in keys])
    apart: list[list[exp.Expr]] = [[next(told) for _ in each] for each in shown.identity]
    return Grouped(outer, [(n, exp.column(n, table=ctes[0][0])) for n in names], values, apart, joined=True)


def _happened_then(frame: Frame, prompt: Prompt, anchors: Sequence[str]) -> str | None:
    """`seats booked in May: fares and refunds`: what was booked then, whenever the refunds were; None if not said so.

    `Fares and refunds of 2024 online bookings`: so is the period that stands before its noun.
    """
    told = {w.at + k for w in frame.whens if not w.hints for k in (-1, 1, 2)}
    tables = [r.table for e in frame.events if e.at in told and not e.negated for r in e.readings]
    return next((t for t in tables if all(t in Source(prompt, a).reach for a in anchors)), None)


def _side_by_side(frame: Frame, dims: Sequence[Dim]) -> Sequence[When | None]:
    """Two periods of one question stand in two columns, unless its rows are steps of time; one needs no column."""
    comparable = len(frame.whens) == 2 and not frame.pooled and len({w.hints for w in frame.whens}) == 1
    return frame.whens if comparable and not any(d.grain for d in dims) else [None]


def _suffix(when: When | None) -> str:
    return f"_{snake(when.period.label)}" if when else ""


def _value(part: Part, source: Source, when: When | None) -> exp.Expr:
    aggregate = placed(part, source)
    return only_where(aggregate, period_condition(source.date(when), [when])) if when else aggregate


def _put_in(f: Formula, values: dict[int, exp.Expr]) -> exp.Expr:
    """The formula with its aggregates as they read on their sources, and its divisions made safe."""
    nodes = {id(p.node): values[id(p)] for p in f.parts}

    def put(node: exp.Expr) -> exp.Expr:
        if id(node) in nodes:
            return nodes[id(node)].copy()
        new = node.copy()
        for key, child in node.args.items():
            if isinstance(child, exp.Expr):
                new.set(key, put(child))
            elif isinstance(child, list):
                new.set(key, [put(c) if isinstance(c, exp.Expr) else c for c in child])
        return (
            ratio(new.this, new.expression)
            if isinstance(new, exp.Div) and new.find(exp.AggFunc, exp.Column)
            else new
        )

    return put(f.tree)
