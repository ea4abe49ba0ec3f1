"""A part of a whole: each group's share, or that of the rows which a filter keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ..english.dates import Period
from ..english.words import of_people
from ..frame import Decline, Event, Filter, Frame, Measure, Rank, Weekdays, When
from ..prompt.aggregates import only_where
from ..prompt.prompt_reader import Prompt
from ..source import Source
from .conditions import (
    apply_all,
    exists,
    filter_condition,
    number_condition,
    period_condition,
    reachable,
    through_links,
    weekday_condition,
)
from .dimensions import dim_columns
from .formulas import formula, placed, ratio
from .grouping import Grouped, context, grouped, ranked_by, source_for
from .ratios import plan_ratio
from .returns import nothing_left


def plan_share(frame: Frame, prompt: Prompt) -> exp.Select:
    """A part of a whole: each group's, or that of the rows which a filter keeps."""
    hundred = re.search(r"per (\d+)", frame.share)
    scale = float(hundred[1]) if hundred else 100.0 if "percent" in frame.share or "pct" in frame.share else 1.0
    each, rank = frame.share_at > 1, frame.rank
    if rank and not rank.target and len(frame.dims) == 1:  # `the share of the fares by route, top 3`
        each, rank, frame = True, replace(rank, target=frame.dims[0]), replace(frame, dims=[])
    if rank and rank.limit and rank.target and not (rank.columns or frame.dims):
        return _share_of_first(frame, prompt, rank, scale, each)
    measures = frame.measures or ([Measure("count", frame.subject_words, frame.subject)] if frame.subject else [])
    if len(measures) != 1:
        raise Decline("A share of what? Name one measure, for example “share of revenue”.")
    nothing_left(frame)
    if passing := [n.words for n in frame.numbers if n.measure]:  # `which share of the members borrowed twice`
        raise Decline(f"A share of those with “{passing[0]}” takes two steps. Ask how many there are, and of how many.")
    if measures[0].agg in ("avg", "median", "max", "min"):  # `average discount in percent`
        raise Decline(f"“{measures[0].words}” has no parts. Ask for it by itself, or for the share of a total.")
    frame = replace(frame, measures=measures)
    said_before = _before_the_noun(frame)
    within = [f for f in frame.filters if not f.placed and not f.negated and f not in said_before]
    if frame.dims and within:  # `the share of late flights by airline`: late among those of each airline
        counted = replace(frame, share="", measures=[], filters=within, whens=[], numbers=[], texts=[], dims=[])
        sides = (replace(counted, measures=measures), Frame(measures=list(measures)))
        rest = replace(frame, share="", measures=[], filters=[f for f in frame.filters if f not in within])
        return plan_ratio(replace(rest, ratio=sides), prompt, scale)
    told = said_before or frame.events or any(n.readings for n in frame.numbers) or _dated_part(frame)
    if frame.dims and not told:
        found = grouped(frame, prompt, measures, frame.dims)
        name, value = found.values[0]
        whole = exp.Window(this=exp.Sum(this=value.copy()))
        found.values = [(f"{name}_share", ratio(value.copy(), whole, scale))]
        return found.select().order_by(ranked_by(exp.column(f"{name}_share")))
    return _share_of_part(frame, prompt, measures[0], scale)


def _share_of_first(frame: Frame, prompt: Prompt, rank: Rank, scale: float, each: bool) -> exp.Select:
    """`what share of the fares do our ten best routes bring in`: what the first of them add up to, of what all do.

    `Our ten best routes by their share of the fares`: that of each.
    """
    nothing_left(frame)
    told = list(dict.fromkeys(m for m in (rank.measure, *frame.measures) if m is not None))
    kinds = {(m.agg, m.readings) for m in told}
    if len(kinds) != 1 or rank.target is None or rank.skip or any(n.measure for n in frame.numbers):
        raise Decline("A share of which number, and of the first by which? Name one number that adds up.")
    found = grouped(replace(frame, rank=None, share="", measures=[]), prompt, told[:1], [rank.target])
    name, value = found.values[0]
    if not isinstance(value, exp.Sum | exp.Count) or value.find(exp.Distinct):
        raise Decline("I can take a share of a sum or a count, not of a ratio.")
    if each:
        whole = exp.Window(this=exp.Sum(this=value.copy()))
        found.values.append((f"{name}_share", ratio(value.copy(), whole, scale)))
        return found.select().order_by(ranked_by(exp.column(name), rank.desc)).limit(rank.limit or 1)
    order = exp.Order(expressions=[ranked_by(value.copy(), rank.desc)])
    position = exp.alias_(exp.Window(this=exp.RowNumber(), order=order), "position")
    first = exp.LTE(this=exp.column("position"), expression=exp.Literal.number(rank.limit))
    amount = exp.Sum(this=exp.column(name))
    share = exp.alias_(ratio(only_where(amount.copy(), first), amount, scale), f"{name}_share")
    return exp.select(share).from_("ranked").with_("ranked", as_=found.select().select(position))


def _is_of_the_whole(frame: Frame, wanted: Filter, happened: Sequence[Event]) -> bool:
    """`orders from Dover that were cancelled`: where they are from stands before what the part has in common."""
    behind = max(frame.subject_at, frame.share_at)
    parts = [f.at for f in frame.filters if f.at > behind and not f.placed] + [e.at for e in happened]
    return all(wanted.at < at for at in parts)


def _before_the_noun(frame: Frame) -> list[Filter]:
    """`what share of paid fines was late`: the paid ones are the whole, where a part of them is told behind."""
    told = [f.at for f in frame.filters if not f.placed] + [e.at for e in frame.events]
    numbers = any(n.readings for n in frame.numbers) or _dated_part(frame)
    if frame.share_as or (not any(at > frame.share_whole for at in told) and not numbers):
        return []
    start = frame.share_at if frame.share_at < frame.share_whole else -1
    return [f for f in frame.filters if start < f.at < frame.share_whole]


def _dated_part(frame: Frame) -> bool:
    """`what share of the members joined in May`: nothing else tells the part from the whole but the date."""
    dated = frame.whens or frame.weekdays
    others = frame.events or any(n.readings for n in frame.numbers) or frame.texts
    noun = frame.share_whole
    behind = [f for f in frame.filters if f.at > noun and not f.placed]
    ahead = [f for f in frame.filters if frame.share_at < f.at < noun]  # `late bills from May`: which is the part?
    told = frame.share_told >= 0 and (frame.share_finite or not ahead)
    of_all = [w for w in frame.whens if w.at < frame.share_whole]  # `of our 2024 orders, …`
    return bool(dated) and told and not others and not behind and not of_all


def dated_conditions(frame: Frame, source: Source) -> list[exp.Expr]:
    """The periods and the days of the week as conditions on the part."""
    found = [weekday_condition(source.date(_day_of(w)), w, source.prompt.dialect) for w in frame.weekdays]
    if frame.whens and len({w.hints for w in frame.whens}) > 1:
        raise Decline("Which of the dates is of the part, and which of the whole? Ask for the two counts.")
    return [*found, period_condition(source.date(frame.whens[0]), frame.whens)] if frame.whens else found


def _day_of(wanted: Weekdays) -> When:
    return When(wanted.words, Period(None, None, ""), wanted.hints)


def _share_of_part(frame: Frame, prompt: Prompt, measure: Measure, scale: float) -> exp.Select:
    """`what share of orders were online`: what is said behind the noun is the part, what stands before it the whole."""
    said_before = _before_the_noun(frame)
    part = [f for f in frame.filters if f.at > max(frame.subject_at, frame.share_at) and f not in said_before]
    ahead = [f for f in frame.filters if frame.share_at < f.at < frame.share_noun and f not in said_before]
    if all(f.placed for f in part) and not frame.events and not any(n.readings for n in frame.numbers):
        part = [*ahead, *part]  # `share of late buses in Dover`: the late ones of those there
    if frame.share_as and (told := [f for f in frame.filters if f.at < frame.share_at and not f.placed]):
        part = told
    dated = _dated_part(frame) and not (frame.share_as and part)
    if dated and (frame.whens and frame.weekdays):
        raise Decline("Which of the two, the period or the days of the week, is the part? Ask for the counts.")
    part = [] if dated else part or [f for f in frame.filters if f not in said_before]
    first = [e for e in frame.events if e.whens][:-1]  # `customers who bought in 2023` are the whole of who came back
    happened = [e for e in frame.events if e not in first]
    numbers = [n for n in frame.numbers if n.readings]
    if not part and not happened and not numbers and not dated:
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
        whens=[] if frame.events or dated else frame.whens,
        weekdays=[] if dated else frame.weekdays,
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
    conditions += dated_conditions(frame, source) if dated else []
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
