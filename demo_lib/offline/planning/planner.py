"""Frame → SQL tree: one of a few query shapes, built from grouped queries and listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ..bounds import comparison
from ..english.words import of_people
from ..frame import Decline, Dim, Frame, Measure, NumberFilter, Rank
from ..prompt.prompt_reader import Prompt
from ..prompt.vocabulary import Reading
from ..source import Source, display
from .averages import above_average
from .fewest import fewer, fewest
from .formulas import formula, singular, snake
from .grouping import Grouped, grouped, in_order, ranked_by, with_flat
from .growth import plan_growth
from .listing import listed, ordered_by, ranked_rows
from .ratios import plan_ratio, side_by_side
from .returns import beside, nothing_left
from .shares import plan_share


def plan(frame: Frame, prompt: Prompt) -> exp.Select:
    """The query for a frame. Raises Decline where no honest one exists."""
    frame = _averaged(frame, prompt)
    passing = [n for n in frame.numbers if n.measure]
    if frame.ratio:
        scale = 100.0 if "percent" in frame.share else 1.0  # `fines / fares per harbour, %`
        return _in_wanted_order(plan_ratio(frame, prompt, scale), frame)
    if frame.growth:
        return plan_growth(frame, prompt)
    if frame.share:
        return _in_wanted_order(plan_share(frame, prompt), frame)
    if frame.rank:
        return _ranking(frame, prompt, frame.rank)
    if passing:
        return _groups_that(frame, prompt, passing)
    if frame.measures:
        return _aggregate(frame, prompt)
    return listed(frame, prompt)


def _in_wanted_order(query: exp.Select, frame: Frame) -> exp.Select:
    """`which town has the lowest share of …`: the shares by town, the smallest first, and one of them."""
    if not frame.share_order:
        return query
    if len(frame.dims) != 1 or not query.args.get("order"):
        raise Decline("A share of which groups should I put in order? Say “by …”.")
    first, limit = frame.share_order
    for ordered in query.args["order"].expressions:
        ordered.set("desc", first == "top" or None)
    return query.limit(int(limit)) if int(limit) else query


def _averaged(frame: Frame, prompt: Prompt) -> Frame:
    """`visits per patient by clinic`: how many each patient has on average, by clinic."""
    pers = [d for d in frame.dims if d.per and any(r.kind == "table" for r in d.readings)]
    others = [d for d in frame.dims if d not in pers]
    names = {c for d in pers for r in d.readings for c in display(prompt.schema, r.table)}
    if len(pers) == 1 and others and all(any(r.column in names for r in d.readings) for d in others):
        return replace(frame, dims=pers)  # `visits per patient, by name`: that is how each patient is shown
    if frame.rank and pers and not (frame.share or frame.growth):
        tables = {r.table for d in pers for r in d.readings if r.kind == "table"}
        target = frame.rank.target.readings if frame.rank.target else ()
        if target and all(r.column and r.table in tables for r in target):
            raise Decline(f"An average per {pers[0].words} cannot be ranked by me. Ask for it by “{target[0]}” first.")
    of_rows = [m for m in frame.measures if m.agg in ("avg", "median", "max", "min") and not m.per]
    if len(pers) == 1 and others and of_rows == frame.measures:  # `median minutes per view by device`: one row each
        rows = {r.table for r in pers[0].readings}
        if all({m.readings[0].table} == rows for m in of_rows):
            return replace(frame, dims=others)
    single = len(frame.measures) == 1 and frame.measures[0].agg in ("count", "term") and not frame.measures[0].per
    if len(pers) != 1 or not others or not single or frame.rank or frame.share or frame.growth or frame.running:
        return frame
    if any(d.grain or d.per for d in others):
        return frame
    if (sides := side_by_side(frame.measures[0], pers[0], others, prompt)) is not None:
        if frame.whens or frame.events or frame.filters:
            counted = f"“{frame.measures[0].words}” over “{pers[0].words}”"
            raise Decline(f"I can put {counted} as they all are, not some of them. Ask for each number on its own.")
        return replace(frame, measures=[], dims=others, ratio=sides)
    return replace(frame, measures=[replace(frame.measures[0], per=pers[0])], dims=others)


def _aggregate(frame: Frame, prompt: Prompt) -> exp.Select:
    """Measures, by dimensions where there are any."""
    if any(m.per for m in frame.measures):
        return _nested(frame, prompt)
    found = grouped(frame, prompt, frame.measures, [*frame.dims, *_of_the_same_rows(frame)])
    if frame.order:
        keys = [e for each in found.identity for e in each]
        return found.select().order_by(ordered_by(frame, found.dims, prompt, keys))
    grains = [d.grain for d in frame.dims if d.grain]
    if frame.running:
        return _running(found, grains, frame.running_beside)
    if grains:
        return found.select().order_by(*[in_order(exp.column(g)) for g in grains])
    return found.select().order_by(ranked_by(exp.column(found.values[0][0]))) if found.dims else found.select()


def _of_the_same_rows(frame: Frame) -> list[Dim]:
    """The columns to show beside a total: those that the rows of a group have in common, as `name` with `by store`."""
    tables = {r.table for d in frame.dims for r in d.readings if r.kind == "table"}
    said = {r.column for d in frame.dims for r in d.readings if r.column}
    for d in frame.show:  # `tickets by ticket type`, where no rows are called so
        if {r.column for r in d.readings} & said and d.readings[0].score < 0.8 and d.words.endswith("s"):
            raise Decline(f"I do not see what “{d.words}” should do in this question. Say what to count or to add up.")
    shown = [d for d in beside(frame.show, frame.dims) if not {r.column for r in d.readings} & said]
    nothing_left(
        replace(frame, show=[d for d in shown if not tables or not all(r.table in tables for r in d.readings)])
    )
    return shown


def _running(found: Grouped, grains: Sequence[str], beside_it: bool) -> exp.Select:
    """A running total over the grain of time that was asked for; for each of what else it is told by, its own."""
    if len(grains) != 1 or len(found.values) != 1:
        raise Decline("A running total needs one measure and a step of time, for example “revenue by month”.")
    name, value = found.values[0]
    if value.find(exp.Div, exp.Avg, exp.Median, exp.Distinct):  # the buyers of May may be those of April
        raise Decline(f"“{name.replace('_', ' ')}” cannot be added up from step to step. Ask for it by step alone.")
    step = next(k for k, (n, _) in enumerate(found.dims) if n == grains[0])
    running: exp.Expr
    if len(found.dims) == 1:
        query = found.select()
        order = exp.Order(expressions=[in_order(exp.column(grains[0]))])
        running = exp.Window(this=exp.Sum(this=exp.column(name)), order=order)
    else:  # two of one name are two: the rows are told apart by their keys, which only the inner query has
        apart = [e.copy() for k, each in enumerate(found.identity) if k != step for e in each]
        order = exp.Order(expressions=[in_order(found.dims[step][1].copy())])
        total = exp.Window(this=exp.Sum(this=value.copy()), partition_by=apart, order=order)
        query, running = found.select().select(exp.alias_(total, "so_far")), exp.column("so_far")
    others = [exp.column(n) for n, _ in found.dims if n != grains[0]]
    each = [exp.column(name)] if beside_it else []
    shown = exp.select(*others, exp.column(grains[0]), *each, exp.alias_(running, f"running_{name}")).from_("steps")
    steps = [in_order(c) for c in (*others, exp.column(grains[0]))]
    return shown.order_by(*steps).with_("steps", as_=query)


def _nested(frame: Frame, prompt: Prompt) -> exp.Select:
    """`average number of orders per customer`: one number for each, then their average."""
    nothing_left(frame)
    (measure,) = frame.measures if len(frame.measures) == 1 else (None,)
    if measure is None or measure.per is None:
        raise Decline("I can work out one average of averages at a time. Ask for each on its own.")
    inner = grouped(frame, prompt, [replace(measure, per=None)], [*frame.dims, measure.per])
    if not measure.per.grain:
        frame.caveats.append(f"The average is over each {measure.per.words} with at least one row that counts.")
    name = inner.values[0][0]
    keys = [exp.column(n) for n, _ in inner.dims[: len(frame.dims)]]
    average = exp.alias_(exp.Avg(this=exp.column(name)), f"average_{name}")
    per = snake(f"per {measure.per.words}")
    query = exp.select(*keys, average).from_(per).with_(per, as_=inner.select())
    return query.group_by(*keys) if keys else query


def _ranking(frame: Frame, prompt: Prompt, rank: Rank) -> exp.Select:
    """The first rows by a measure or a column; within each group where the question says so."""
    dims = [
        d for d in frame.dims if not rank.target or (d.readings, d.grain) != (rank.target.readings, rank.target.grain)
    ]
    dims = [_of_the_ranked(d, rank.target, prompt) for d in dims] if rank.target else dims
    within = dims if rank.target else []
    if rank.columns:
        found = ranked_rows(frame, prompt, rank, within)
    else:
        assert rank.measure
        target = [rank.target] if rank.target else []
        rows = {r.table for r in rank.target.readings if r.kind == "table" and not r.via} if rank.target else set()
        if rank.measure.agg in ("count", "events") and rows and {r.table for r in rank.measure.readings} <= rows:
            raise Decline(f"Each of the {target[0].words} is one row. Say what to count of it.")
        shown = beside(frame.show, [*dims, *target])
        own = {r.table for d in (*dims, *target) for r in d.readings}
        odd = [d for d in shown if not any(r.table in own or _one_of(prompt, own, r.table) for r in d.readings)]
        nothing_left(replace(frame, show=odd))
        found = grouped(frame, prompt, [rank.measure, *frame.measures], [*dims, *target, *shown])
    name, value = found.values[0]
    if not within:
        query = fewest(frame, prompt, rank, found) or found.select().order_by(
            *[ranked_by(exp.column(n), rank.desc) for n, _ in found.values]
        )
        query = query.limit(rank.limit) if rank.limit else query
        return query.offset(rank.skip) if rank.skip else query
    groups = found.dims[: len(within)]
    position = exp.Window(
        this=exp.RowNumber(),
        partition_by=[e.copy() for each in found.identity[: len(within)] for e in each],
        order=exp.Order(expressions=[ranked_by(value.copy(), rank.desc)]),
    )
    ranked = found.select().select(exp.alias_(position, "position"))
    query = exp.select(*[exp.column(n) for n, _ in (*found.dims, *found.values)]).from_("ranked")
    last = exp.Literal.number((rank.limit or 1) + rank.skip)
    kept = exp.EQ if rank.skip else exp.LTE  # of a second, third … there is one
    query = query.where(kept(this=exp.column("position"), expression=last))
    query = query.order_by(*[in_order(exp.column(n)) for n, _ in groups], in_order(exp.column("position")))
    return query.with_("ranked", as_=ranked)


def _of_the_ranked(dim: Dim, target: Dim, prompt: Prompt) -> Dim:
    """`the top shops in each region`: the regions of the shops, where they have some of their own."""
    rows = [r.table for r in target.readings if r.kind == "table" and not r.via]
    if dim.grain or len(set(rows)) != 1 or any(r.owner for r in dim.readings):
        return dim
    own = tuple(r for r in dim.readings if r.table != rows[0] and r.table in Source(prompt, rows[0]).reach)
    return replace(dim, readings=tuple(replace(r, owner=rows[0]) for r in own)) if own else dim


def _one_of(prompt: Prompt, tables: set[str], table: str) -> bool:
    """Whether a row of one of the tables leads to one row of another."""
    return any(table in Source(prompt, t).reach for t in tables)


def _groups_that(frame: Frame, prompt: Prompt, passing: Sequence[NumberFilter]) -> exp.Select:
    """Groups whose measure passes: `customers with more than 20 orders`; or how many there are."""
    kinds = {(n.measure.agg, n.measure.readings): n.measure for n in passing if n.measure}
    measures = list(kinds.values())  # one for both bounds of `more than 5 but fewer than 10 orders`
    counted = next((m for m in frame.measures if m.agg in ("count", "distinct rows", "distinct")), None)
    others = [m for m in frame.measures if m is not counted]
    if counted:
        dims = [Dim(counted.words, counted.readings), *frame.dims]
    elif frame.subject:
        dims = [Dim(frame.subject_words, frame.subject), *frame.dims]
    else:
        if others and not (frame.dims or frame.show):  # `number of orders with a quantity of 5 and more`
            raise Decline(f"“{passing[0].words}” of what, of each row or of all together? Name what should pass.")
        dims = frame.dims or [_people(prompt, measures[0])] if not frame.show else [*frame.dims]
    for m in measures:
        rows = {r.table for r in m.readings} if m.agg in ("count", "events") else set()
        if rows and rows <= {r.table for d in dims for r in d.readings if r.kind == "table" and not r.via}:
            raise Decline(f"Each of the {dims[0].words} is one row: I do not see what “{m.words}” should count.")
    rows = {r.table for d in dims[:1] for r in d.readings if r.kind == "table"}
    loose = [e for e in frame.events if e.negated and rows and not {r.table for r in e.of} - rows and not e.whens]
    denied = {r.table for e in loose for r in e.readings}
    if loose and {r.table for m in measures for r in m.readings} - rows - denied:  # `over 10 orders, but no returns`
        said = f"“{loose[0].words}” of {dims[0].words}, or of what is counted?"
        raise Decline(f"{said} Ask for each on its own.")
    without_counted = replace(frame, measures=others)
    found = grouped(without_counted, prompt, [*measures, *others], [*dims, *beside(frame.show, dims)])
    if any(n.average for n in passing):
        shown = [*dims, *frame.show]
        # of these, or of all?
        narrowed = _narrowed(frame, prompt, shown, passing[0]) or frame.texts or len(frame.numbers) > 1
        if others or (counted and frame.dims) or len(shown) != 1 or narrowed:
            raise Decline(f"“{passing[0].words}” I can list or count, with nothing else beside it. Ask in two steps.")
        return above_average(frame, found, dims, passing[0], counted)
    plain = replace(frame, dims=dims[1:])
    every = fewer(plain, prompt, passing[0], dims[0].readings, found) if dims and not others else None
    if every is not None and not counted:
        return every.order_by(ranked_by(exp.column(found.values[0][0])))
    values = dict(zip(kinds, (value for _, value in found.values), strict=False))
    for wanted in passing:
        value = values[wanted.measure.agg, wanted.measure.readings]  # type: ignore[union-attr]
        found.keep(comparison(value.copy(), wanted.op, wanted.numbers))
    if not counted:
        return found.select().order_by(ranked_by(exp.column(found.values[0][0])))
    if frame.dims:
        raise Decline("I can count the groups that pass, or list them by another column, but not both at once.")
    inner = every if every is not None else Grouped(found.query, found.dims).select()
    count = exp.alias_(exp.Count(this=exp.Star()), f"{singular(counted.readings[0].table)}_count")
    query = exp.select(count).from_("matching")
    return with_flat(query, "matching", inner)


def _narrowed(frame: Frame, prompt: Prompt, dims: Sequence[Dim], passing: NumberFilter) -> bool:
    """Whether a condition may be one of the groups, and not only of what is counted: `more student members`."""
    tables = {r.table for d in dims for r in d.readings}
    others = [f for f in frame.filters if f"{f.words} " not in passing.words]
    wanted = [o for f in others for o in f.options]
    denied = any(f.negated or f.every for f in frame.filters)
    return denied or any(Source(prompt, t).distance(o) is not None for t in tables for o in wanted)


def _people(prompt: Prompt, measure: Measure) -> Dim:
    """`who`: the one table of people that the counted rows point to."""
    source = Source(prompt, formula(measure, prompt, []).parts[0].anchor)
    found = [t for t in source.reach if of_people(t)]
    if len(found) != 1:
        raise Decline("Who is meant? Name the kind of people, for example “which customers …”.")
    return Dim("who", (Reading("table", found[0]),))
