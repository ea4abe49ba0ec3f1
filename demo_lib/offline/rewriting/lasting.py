"""What was so for a while: `campaigns running in March`, `passes valid on 1 July`, `who was on leave today`.

Rows that have a date of beginning and one of ending are so in a period that they overlap.
"""

from __future__ import annotations

from datetime import timedelta

from sqlglot import exp

from ..english.dates import Period
from ..english.lexicon import ARTICLES
from ..frame import Decline
from ..prompt.vocabulary import Reading, flagged
from . import moments
from .question import Question

BEING = frozenset(("is", "are", "was", "were", "been", "be"))
STATES = frozenset(("running", "active", "valid", "live", "ongoing", "effective", "underway"))
NOW = frozenset(("now", "currently"))
PAIRS = frozenset((("in", "force"), ("in", "effect"), ("under", "way")))
SMALL = frozenset(("in", "on", "during", "at", "that", "which", "who", "were", "was", "are", "is", "the", "still"))


def lasting(q: Question) -> bool:
    """Replace a state and its date by the condition that it was so then. Raises Decline where no two dates tell it."""
    days = [k for k in range(len(q)) if q.kind(k) == "date"] or [k for k in range(len(q)) if q.word(k) in NOW]
    if len(days) != 1:
        return False
    return any(_state(q, i, days[0]) or _on(q, i, days[0]) for i in range(len(q)))


def _state(q: Question, i: int, day: int) -> bool:
    """`running in March`, `valid promotions on 1 July`."""
    pair = (q.word(i), q.word(i + 1)) in PAIRS
    if q.word(i) not in STATES and not pair:
        return False
    after = i + 1 + pair
    before = next((k for k in range(i - 1, -1, -1) if q.word(k) not in SMALL | NOW), i)
    noun = after if _rows(q, after) else before
    rows = _rows(q, noun)
    told = {r.table for r in q.items[i].of("value", "flag") if r.score >= 0.9}  # a status says so, of today
    if not rows or told & {*rows} or day not in (i - 1, q.skip(after + (noun == after), SMALL)):
        return False
    return _put(q, rows[0], {*range(i, after)}, i, day)


def _on(q: Question, i: int, day: int) -> bool:
    """`who are on leave today`: their leave had begun by then, and was not over."""
    at = q.skip(i + 1, ARTICLES)
    before = i - 2 if q.word(i - 1) in NOW else i - 1
    if q.word(i) != "on" or at >= len(q) or not (q.word(before) in BEING or _rows(q, before)):
        return False
    said = q.items[at].of("value") or q.items[at].of("table")
    if len({r.table for r in said}) != 1:
        return False
    table, kind = said[0].table, said[0] if said[0].value else None
    end = at + 2 if kind and _rows(q, at + 1) == [table] else at + 1  # `on a monthly lease`
    return day in (i - 1, q.skip(end, SMALL)) and _put(q, table, {*range(i, end)} if kind else {i}, day, day, kind)


def _rows(q: Question, i: int) -> list[str]:
    """The one table that the item at `i` is likeliest called after."""
    named = q.items[i].of("table") if 0 <= i < len(q) else ()
    best = list(dict.fromkeys(r.table for r in named if r.score == named[0].score))
    return best if len(best) == 1 else []


def _today(q: Question) -> Period | None:
    """Now, where that is said."""
    day = q.prompt.today if all(item.kind != "date" for item in q.items) else None
    return Period(day, day + timedelta(days=1), str(day)) if day else None


def _put(q: Question, table: str, used: set[int], at: int, day: int, kind: Reading | None = None) -> bool:
    span = moments.whole(q.schema, [table])
    if span is None or {span.begin.table, span.end.table} != {table}:
        return False
    period = q.items[day].period or _today(q)
    if period is None or period.start is None or period.end is None:
        raise Decline(f"From when to when? Name the day, or the period, for “{q.word(at)} {q.word(day)}”.")
    q.put(overlapping(span, period, kind), used | {day}, at=at)
    return True


def overlapping(span: moments.Span, period: Period, kind: Reading | None) -> Reading:
    """The rows, of this kind, that had begun before the period was over, and had not ended before it."""
    begun = exp.LT(this=span.begin.reference, expression=exp.Literal.string(str(period.end)))
    later = exp.GTE(this=span.end.reference, expression=exp.Literal.string(str(period.start)))
    tests = [begun, exp.paren(exp.or_(later, span.end.empty))]
    if kind and kind.column and kind.value:
        tests.insert(0, exp.EQ(this=kind.column.reference, expression=exp.Literal.string(kind.value)))
    return flagged(f"{span} in {period.label}", span.begin.table, exp.and_(*tests))
