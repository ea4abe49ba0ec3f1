"""Change from step to step, or between two periods: as a fraction of the earlier one, or as a difference."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ..english.dates import Period
from ..frame import Decline, Dim, Frame, When
from ..prompt.prompt_reader import Prompt
from .formulas import ratio, snake
from .grouping import grouped, in_order, ranked_by
from .returns import nothing_left


def plan_growth(frame: Frame, prompt: Prompt) -> exp.Select:
    """Change from step to step, or from one period to another, as a fraction of the earlier one."""
    if len(frame.measures) != 1 or frame.rank:
        raise Decline("Growth of what? Name one measure, for example “revenue growth”.")
    nothing_left(frame)
    whens = list(frame.whens)
    if frame.growth in ("more", "less", "difference"):
        return _growth_between(frame, prompt)
    if frame.growth in ("year", "periods") and len(whens) == 1 and (earlier := _earlier(frame, whens[0].period)):
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
    change = ratio(exp.paren(exp.column(name) - lagged), lagged.copy(), _scale(frame))
    value = exp.column(name)
    query = exp.select(*partition, exp.column(step), value, exp.alias_(change, f"{name}_growth")).from_("steps")
    return query.order_by(*[in_order(exp.column(n)) for n, _ in found.dims]).with_("steps", as_=found.select())


def _growth_between(frame: Frame, prompt: Prompt) -> exp.Select:
    said, of_said = frame.whens, frame.growth in ("more", "less")
    later, earlier = said if of_said else sorted(said, key=_start, reverse=True)
    found = grouped(replace(frame, whens=[later, earlier]), prompt, frame.measures, frame.dims)
    if len(found.values) != 2:
        raise Decline("Growth from when to when? Name two different periods.")
    (name, new), (_, old) = found.values
    base = name.removesuffix("_" + snake(later.period.label))
    if of_said or frame.growth == "difference":
        new, old = (old, new) if frame.growth == "less" else (new, old)
        found.values = [(f"{base}_difference", new.copy() - old.copy()), *found.values]
        return found.select()
    change, growth = ratio(exp.paren(new.copy() - old.copy()), old.copy(), _scale(frame)), f"{base}_growth"
    found.values = [(growth, change), *found.values]
    if frame.growth_rank:
        return found.select().order_by(ranked_by(exp.column(growth), frame.growth_rank == "most")).limit(1)
    return found.select()


def _scale(frame: Frame) -> float:
    """`by what percentage did sales grow` wants 12.5, and no 0.125."""
    return 100.0 if frame.growth_percent or "percent" in frame.share or "pct" in frame.share else 1.0


def _start(when: When) -> str:
    return str(when.period.start or when.period.end)


def _earlier(frame: Frame, period: Period) -> Period | None:
    """What a period is set against: year over year the same months of the year before, else the time just before."""
    part = frame.growth == "year" and _unit(period) in ("month", "quarter")
    if not part or not period.start or not period.end or (period.end.month, period.end.day) == (2, 29):
        return _period_before(period)
    start, end = (day.replace(year=day.year - 1) for day in (period.start, period.end))
    return Period(start, end, "before")


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
