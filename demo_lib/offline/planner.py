"""Frame → SQL tree: one of a few query shapes, built from grouped queries and listings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from .aggregates import only_where
from .conditions import (
    apply_all,
    comparison,
    exists,
    filter_condition,
    number_condition,
    reachable,
    through_links,
)
from .dates import Period
from .dimensions import dim_columns
from .fewest import fewest
from .formulas import formula, placed, ratio, singular, snake
from .frame import Decline, Dim, Event, Filter, Frame, Measure, NumberFilter, Rank, When
from .grouping import Grouped, context, grouped, in_order, ranked_by, source_for
from .listing import listed, ordered_by, ranked_rows
from .prompt_reader import Prompt
from .ratios import plan_ratio
from .returns import beside
from .source import Source
from .vocabulary import Reading
from .words import of_people


def plan(frame: Frame, prompt: Prompt) -> exp.Select:
    """The query for a frame. Raises Decline where no honest one exists."""
    frame = _averaged(frame)
    passing = [n for n in frame.numbers if n.measure]
    if frame.ratio:
        return plan_ratio(frame, prompt)
    if frame.growth:
        return _growth(frame, prompt)
    if frame.share:
        return _share(frame, prompt)
    if frame.rank:
        return _ranking(frame, prompt, frame.rank)
    if passing:
        return _groups_that(frame, prompt, passing)
    if frame.measures:
        return _aggregate(frame, prompt)
    return listed(frame, prompt)


def _averaged(frame: Frame) -> Frame:
    """`visits per patient by clinic`: how many each patient has on average, by clinic."""
    pers = [d for d in frame.dims if d.per and any(r.kind == "table" for r in d.readings)]
    others = [d for d in frame.dims if d not in pers]
    if frame.rank and pers and not (frame.share or frame.growth):
        tables = {r.table for d in pers for r in d.readings if r.kind == "table"}
        target = frame.rank.target.readings if frame.rank.target else ()
        if target and all(r.column and r.table in tables for r in target):
            raise Decline(f"An average per {pers[0].words} cannot be ranked by me. Ask for it by “{target[0]}” first.")
    single = len(frame.measures) == 1 and frame.measures[0].agg in ("count", "term") and not frame.measures[0].per
    if len(pers) != 1 or not others or not single or frame.rank or frame.share or frame.growth or frame.running:
        return frame
    if any(d.grain or d.per for d in others):
        return frame
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
        return _running(found, grains)
    if grains:
        return found.select().order_by(*[in_order(exp.column(g)) for g in grains])
    return found.select().order_by(ranked_by(exp.column(found.values[0][0]))) if found.dims else found.select()


def _of_the_same_rows(frame: Frame) -> list[Dim]:
    """The columns to show beside a total: those that the rows of a group have in common, as `name` with `by store`."""
    tables = {r.table for d in frame.dims for r in d.readings if r.kind == "table"}
    said = {r.column for d in frame.dims for r in d.readings if r.column}
    shown = [d for d in beside(frame.show, frame.dims) if not {r.column for r in d.readings} & said]
    _nothing_left(
        replace(frame, show=[d for d in shown if not tables or not all(r.table in tables for r in d.readings)])
    )
    return shown


def _nothing_left(frame: Frame) -> None:
    """Columns to show have no place beside a total."""
    if frame.show:
        raise Decline(
            f"I do not see what “{frame.show[0].words}” should do in this question. Did you mean “by "
            f"{frame.show[0].words}”?"
        )


def _running(found: Grouped, grains: Sequence[str]) -> exp.Select:
    """A running total over the grain of time that was asked for."""
    if len(grains) != 1 or len(found.dims) != 1 or len(found.values) != 1:
        raise Decline("A running total needs one measure and a step of time, for example “revenue by month”.")
    name, order = found.values[0][0], exp.Order(expressions=[in_order(exp.column(grains[0]))])
    total = exp.Window(this=exp.Sum(this=exp.column(name)), order=order)
    query = exp.select(exp.column(grains[0]), exp.alias_(total, f"running_{name}")).from_("steps")
    return query.order_by(in_order(exp.column(grains[0]))).with_("steps", as_=found.select())


def _nested(frame: Frame, prompt: Prompt) -> exp.Select:
    """`average number of orders per customer`: one number for each, then their average."""
    _nothing_left(frame)
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
        _nothing_left(replace(frame, show=odd))
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
    measures = [n.measure for n in passing if n.measure]
    counted = next((m for m in frame.measures if m.agg in ("count", "distinct rows", "distinct")), None)
    others = [m for m in frame.measures if m is not counted]
    if counted:
        dims = [Dim(counted.words, counted.readings), *frame.dims]
    elif frame.subject:
        dims = [Dim(frame.subject_words, frame.subject), *frame.dims]
    else:
        dims = frame.dims or [_people(prompt, measures[0])] if not frame.show else [*frame.dims]
    for m in measures:
        rows = {r.table for r in m.readings} if m.agg in ("count", "events") else set()
        if rows and rows <= {r.table for d in dims for r in d.readings if r.kind == "table" and not r.via}:
            raise Decline(f"Each of the {dims[0].words} is one row: I do not see what “{m.words}” should count.")
    without_counted = replace(frame, measures=others)
    found = grouped(without_counted, prompt, [*measures, *others], [*dims, *frame.show])
    for wanted, (_, value) in zip(passing, found.values, strict=False):
        found.keep(comparison(value.copy(), wanted.op, wanted.numbers))
    if not counted:
        return found.select().order_by(ranked_by(exp.column(found.values[0][0])))
    if frame.dims:
        raise Decline("I can count the groups that pass, or list them by another column, but not both at once.")
    inner = Grouped(found.query, found.dims).select()
    count = exp.alias_(exp.Count(this=exp.Star()), f"{singular(counted.readings[0].table)}_count")
    return exp.select(count).from_("matching").with_("matching", as_=inner)


def _people(prompt: Prompt, measure: Measure) -> Dim:
    """`who`: the one table of people that the counted rows point to."""
    source = Source(prompt, formula(measure, prompt, []).parts[0].anchor)
    found = [t for t in source.reach if of_people(t)]
    if len(found) != 1:
        raise Decline("Who is meant? Name the kind of people, for example “which customers …”.")
    return Dim("who", (Reading("table", found[0]),))


def _share(frame: Frame, prompt: Prompt) -> exp.Select:
    """A part of a whole: each group's, or that of the rows which a filter keeps."""
    hundred = re.search(r"per (\d+)", frame.share)
    scale = float(hundred[1]) if hundred else 100.0 if "percent" in frame.share or "pct" in frame.share else 1.0
    measures = frame.measures or ([Measure("count", frame.subject_words, frame.subject)] if frame.subject else [])
    if len(measures) != 1:
        raise Decline("A share of what? Name one measure, for example “share of revenue”.")
    _nothing_left(frame)
    frame = replace(frame, measures=measures)
    said_before = _before_the_noun(frame)
    within = [f for f in frame.filters if not f.placed and not f.negated and f not in said_before]
    if frame.dims and within:  # `the share of late flights by airline`: late among those of each airline
        counted = replace(frame, share="", measures=[], filters=within, whens=[], numbers=[], texts=[], dims=[])
        sides = (replace(counted, measures=measures), Frame(measures=list(measures)))
        rest = replace(frame, share="", measures=[], filters=[f for f in frame.filters if f not in within])
        return plan_ratio(replace(rest, ratio=sides), prompt, scale)
    if frame.dims and any(e.of for e in frame.events):
        raise Decline("A part of each group, or each group's part of the whole? Say “for each …, what share of …”.")
    if frame.dims and not (said_before or frame.events or any(n.readings for n in frame.numbers)):
        found = grouped(frame, prompt, measures, frame.dims)
        name, value = found.values[0]
        whole = exp.Window(this=exp.Sum(this=value.copy()))
        found.values = [(f"{name}_share", ratio(value.copy(), whole, scale))]
        return found.select().order_by(ranked_by(exp.column(f"{name}_share")))
    return _share_of_part(frame, prompt, measures[0], scale)


def _is_of_the_whole(frame: Frame, wanted: Filter, happened: Sequence[Event]) -> bool:
    """`orders from Dover that were cancelled`: where they are from stands before what the part has in common."""
    behind = max(frame.subject_at, frame.share_at)
    parts = [f.at for f in frame.filters if f.at > behind and not f.placed] + [e.at for e in happened]
    return all(wanted.at < at for at in parts)


def _before_the_noun(frame: Frame) -> list[Filter]:
    """`what share of paid fines was late`: the paid ones are the whole, where a part of them is told behind."""
    told = [f.at for f in frame.filters if not f.placed] + [e.at for e in frame.events]
    if not any(at > frame.share_noun for at in told) and not any(n.readings for n in frame.numbers):
        return []
    return [f for f in frame.filters if frame.share_at < f.at < frame.share_noun]


def _share_of_part(frame: Frame, prompt: Prompt, measure: Measure, scale: float) -> exp.Select:
    """`what share of orders were online`: what is said behind the noun is the part, what stands before it the whole."""
    said_before = _before_the_noun(frame)
    part = [f for f in frame.filters if f.at > max(frame.subject_at, frame.share_at) and f not in said_before]
    part = part or [f for f in frame.filters if f not in said_before]
    first = [e for e in frame.events if e.whens][:-1]  # `customers who bought in 2023` are the whole of who came back
    happened = [e for e in frame.events if e not in first]
    numbers = [n for n in frame.numbers if n.readings]
    if not part and not happened and not numbers:
        raise Decline("Which part of the whole? Name a group (“by channel”) or what the part has in common.")
    if numbers and (part or happened) or (happened and len(frame.whens) > 1):
        raise Decline("Which of this is the part, and which the whole? Ask for the two counts on their own.")
    before = [f for f in part if f.placed and (happened or any(not o.placed for o in part))]
    part = [f for f in part if not (f in before and _is_of_the_whole(frame, f, happened))]
    whole = replace(
        frame,
        filters=[f for f in frame.filters if f not in part],
        events=first,
        numbers=[],
        whens=[] if frame.events else frame.whens,
    )
    found = formula(measure, prompt, context(frame))
    source = source_for(whole, prompt, [found], [d.readings for d in frame.dims if not d.grain])
    if source is None or len(found.parts) != 1 or not isinstance(found.tree, exp.Sum | exp.Count):
        raise Decline("I can take a share of a sum or a count, not of a ratio.")
    shown = dim_columns(whole, source, frame.dims)
    apply_all(whole, source)
    if happened and whole.whens == [] and frame.whens and not of_people(source.anchor):
        said = f"“{frame.whens[0].words}” could be about {source.anchor}, or about what happened to them"
        raise Decline(f"{said}. Ask for the two counts on their own.")
    if behind := [f for f in part if f in before and reachable(source, f)]:
        raise Decline(f"“{behind[0].words}” could narrow the part or the whole. Say it right behind the noun.")
    inside = [f for f in part if not reachable(source, f)]
    conditions = [c for f in part if f not in inside and (c := filter_condition(source, f)) is not None]
    conditions += [c for n in numbers if (c := number_condition(source, n)) is not None]
    if inside and not happened:
        conditions += through_links(source, inside)
    for event in happened:
        found_row = exists(source, event, inside, event.whens or frame.whens)
        conditions.append(exp.Not(this=found_row) if event.negated else found_row)
    if not conditions:  # a part that is told from the others by nothing
        raise Decline("Which part of the whole? Name a group (“by channel”) or what the part has in common.")
    total = placed(found.parts[0], source)
    share = ratio(only_where(total, exp.and_(*conditions)), total, scale)
    query = source.select()
    query = query.group_by(*shown.group) if shown.group else query
    grouped_by = Grouped(query, shown.outputs, [(f"{found.name}_share", share)], shown.identity).select()
    return grouped_by.order_by(ranked_by(exp.column(f"{found.name}_share"))) if frame.dims else grouped_by


def _growth(frame: Frame, prompt: Prompt) -> exp.Select:
    """Change from step to step, or from one period to another, as a fraction of the earlier one."""
    if len(frame.measures) != 1 or frame.rank:
        raise Decline("Growth of what? Name one measure, for example “revenue growth”.")
    _nothing_left(frame)
    whens = list(frame.whens)
    if frame.growth in ("year", "periods") and len(whens) == 1 and (earlier := _period_before(whens[0].period)):
        whens.append(replace(whens[0], period=earlier))
    latest = max((w.period.end for w in whens if w.period.end), default=None)
    if prompt.today and (latest is None or latest > prompt.today):
        frame.caveats.append("The last period is not over yet, so its growth is that of a part against a whole.")
    alone = len(whens) == 1 and not any(d.grain for d in frame.dims) and _unit(whens[0].period) == frame.growth
    if alone and (before := _period_before(whens[0].period)):  # `last month against the month before`
        whens = [*whens, replace(whens[0], period=before)]
    if len(whens) == 2:
        return _growth_between(replace(frame, whens=whens), prompt)
    if frame.growth == "periods":
        raise Decline("Growth from when to when? Say for example “month over month” or “in 2025 compared to 2024”.")
    step = frame.growth
    others = [d for d in frame.dims if d.grain != step]
    found = grouped(frame, prompt, frame.measures, [*others, Dim(step, (), step)])
    name = found.values[0][0]
    partition = [exp.column(n) for n, _ in found.dims[:-1]]
    order = exp.Order(expressions=[in_order(exp.column(step))])
    lagged = exp.Window(this=exp.Lag(this=exp.column(name)), partition_by=partition, order=order)
    change = ratio(exp.paren(exp.column(name) - lagged), lagged.copy())
    value = exp.column(name)
    query = exp.select(*partition, exp.column(step), value, exp.alias_(change, f"{name}_growth")).from_("steps")
    return query.order_by(*[in_order(exp.column(n)) for n, _ in found.dims]).with_("steps", as_=found.select())


def _growth_between(frame: Frame, prompt: Prompt) -> exp.Select:
    later, earlier = sorted(frame.whens, key=_start, reverse=True)
    found = grouped(replace(frame, whens=[later, earlier]), prompt, frame.measures, frame.dims)
    if len(found.values) != 2:
        raise Decline("Growth from when to when? Name two different periods.")
    (name, new), (_, old) = found.values
    change = ratio(exp.paren(new.copy() - old.copy()), old.copy())
    growth = f"{name.removesuffix('_' + snake(later.period.label))}_growth"
    found.values = [(growth, change), *found.values]
    return found.select()


def _start(when: When) -> str:
    return str(when.period.start or when.period.end)


def _unit(period: Period) -> str:
    """The calendar unit that a period is, if it is one."""
    days = (period.end - period.start).days if period.start and period.end else 0
    return "month" if 28 <= days <= 31 else "quarter" if 90 <= days <= 92 else "year" if 365 <= days <= 366 else ""


def _period_before(period: Period) -> Period | None:
    """The period of the same length just before; for whole months, whole months."""
    if not period.start or not period.end:
        return None
    months = 12 * (period.end.year - period.start.year) + period.end.month - period.start.month
    if period.start.day == period.end.day == 1:
        year, month = divmod(12 * period.start.year + period.start.month - 1 - months, 12)
        start = period.start.replace(year=year, month=month + 1)
    else:
        start = period.start - (period.end - period.start)
    return Period(start, period.start, "before")
