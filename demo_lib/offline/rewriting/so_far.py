"""A running total said in plain words: `for each month of 2024, how much since the start of that year`."""

from __future__ import annotations

from datetime import date

from ..english.dates import Period
from ..frame import Decline
from ..linking.linker import Item, made
from .question import Question

STARTS = frozenset(("start", "beginning", "begin"))
OF_ONE = frozenset(("of", "the", "that", "this", "its", "each", "every", "same"))
ENDS = frozenset(("end", "close"))
GROUPED = ("by", "with", "over", "after")
ADDING = ("adding", "add", "added")
EARLIER = frozenset(("before", "earlier", "previous", "prior", "preceding"))
THOSE = frozenset(("to", "those", "the", "that", "ones", "one", "all", "of", "from", "what", "came", "went"))
TO_DATE = ("year to date", "the year to date", "ytd")
STANDING = ("stand", "stood", "so far", "ever")
ADDED_UP = ("added up", "add up", "adding up", "adds up", "summed up", "sum up", "sums up", "summing up")
GOES = frozenset(
    ("goes", "went", "progresses", "progressed", "unfolds", "unfolded", "passes", "passed", "rolls", "wears", "moves")
)
UP_TO = ("by", "at", "until", "till", "up to", "to", "through")
INCLUDING = ("including", "counting", "with", "plus", "includes", "include", "containing")
BEFORE_IT = frozenset(("months", "quarters", "years", "weeks", "days"))


def so_far(q: Question) -> None:
    """Put what adds step to step in the form that the clauses read: `running`, and `by` the step."""
    for i in range(len(q)):
        _as_it_goes_on(q, i)
        _of_that(q, i)
        _including(q, i)
        _to_date(q, i)
        _after_each(q, i)
        _since_the_start(q, i)
        _by_the_end(q, i)
        _to_those_before(q, i)
        _added_up(q, i)
    if any(item.kind == "running" for item in q.items):
        for i in range(len(q)):
            _over_the_steps(q, i)


def _is_running(q: Question) -> None:
    """Note once that what follows adds up from step to step."""
    if not any(item.kind == "running" for item in q.items):
        q.items.insert(0, made("running", "running"))


def _as_it_goes_on(q: Question, i: int) -> None:
    """`as 2024 goes on`, `as the year 2024 unfolds`: of that year, each step with those before."""
    day = q.skip(i + 1, frozenset(("the",))) if q.word(i) == "as" else 0
    if not day or q.kind(day) != "date" or q.word(day + 1) not in GOES:
        return
    last = day + 2 if q.word(day + 2) in ("on", "by", "along", "forward", "past") else day + 1
    q.leave_out(i, *range(day + 1, last + 1))
    for k in range(len(q)):
        if q.kind(k) == "sum" and q.word(k).split()[-1] == "up":
            q.leave_out(k)
    _is_running(q)


def _of_that(q: Question, i: int) -> None:
    """`for each month, the fees up to the end of that month`: by month, each with what came before."""
    end = q.skip(i + 1, frozenset(("the",)))
    unit = q.skip(end + 1, OF_ONE)
    said = q.word(i) in UP_TO and q.word(end) in ENDS and unit > end + 1 and q.kind(unit) == "grain"
    there = {q.word(k) for k in range(end + 1, unit)} & {"that", "this", "it", "same"}
    steps = [k for k in _steps(q) if k != unit and q.items[k].notes[:1] == q.items[unit].notes[:1]] if said else []
    if said and there and steps:
        q.leave_out(*range(i, unit + 1))
        _is_running(q)


def _including(q: Question, i: int) -> None:
    """`per month, each month including all those before`: a running total."""
    last = q.skip(i + 1, THOSE, BEFORE_IT)
    if q.word(i) not in INCLUDING or last == i + 1 or last >= len(q) or q.word(last) not in EARLIER:
        return
    start = i - 2 if q.kind(i - 1) == "grain" and q.kind(i - 2) == "by" else i
    if not any(k < start for k in _steps(q)):
        start = i
    if _steps(q):
        behind = last + 1 if q.kind(last + 1) == "grain" else last
        q.leave_out(*range(start, behind + 1))
        _is_running(q)


def _to_date(q: Question, i: int) -> None:
    """`year to date by month in 2024`: of that year, each month with those before."""
    others = [k for k in range(len(q)) if q.kind(k) == "date" and k != i]
    if q.kind(i) == "date" and q.word(i) in TO_DATE and len(others) == 1 and _steps(q):
        q.leave_out(i)
        _is_running(q)


def _after_each(q: Question, i: int) -> None:
    """`where did revenue stand after each month`, `at each month end, … to date`: each with those before."""
    if q.kind(i) == "by" and q.kind(i + 1) == "grain" and q.word(i + 2) in ENDS and q.kind(i + 2) == "word":
        q.leave_out(i + 2)  # `at each month end`
        _is_running(q)
    standing = [k for k in range(len(q)) if q.word(k) in STANDING]
    if q.word(i) == "after" and q.kind(i + 1) == "by" and q.kind(i + 2) == "grain" and standing:
        asked = [k for k in range(2) if q.word(k) == "where"]  # `where did revenue stand`
        q.leave_out(i, *standing, *asked)
        _is_running(q)


def _over_the_steps(q: Question, i: int) -> None:
    """`a running total over 2024`, `… over the quarters of 2024`; `keep a running total`."""
    unit = q.skip(i + 1, frozenset(("the",)))
    if q.word(i) == "keep" and q.kind(i) == "word":
        q.leave_out(i)
    if q.word(i) not in ("over", "through", "across") or unit >= len(q):
        return
    year = q.items[unit].number
    if q.kind(unit) == "number" and year and 1990 < year < 2050 and q.kind(unit + 1) not in ("link", "money"):
        start = date(int(year), 1, 1)
        period = Period(start, date(int(year) + 1, 1, 1), f"{year:.0f}")
        q.leave_out(*range(i, unit))
        q.items[unit] = Item("date", f"in {year:.0f}", q.items[unit].tokens, q.items[unit].at, period=period)
    elif q.kind(unit) == "grain" and q.items[unit].plural:
        q.items[i].kind, q.items[i].words = "by", "by"


def _steps(q: Question) -> list[int]:
    """Where the steps of time stand that the question is told by."""
    told = [k for k in range(len(q)) if q.kind(k) == "grain"]
    return [k for k in told if q.kind(k - 1) == "by" or len(q.items[k].tokens) > 2]


def _since_the_start(q: Question, i: int) -> None:
    _check_each(q, i)
    _of_one_year(q, i)


def _check_each(q: Question, i: int) -> None:
    """Raise Decline for `for each month, how much since the start of the year`: with the months before, or without?"""
    since = q.kind(i) == "date" and q.word(i).startswith("since") and q.word(i).split()[-2] in ("the", "this", "our")
    if since and any("each" in q.word(k - 1) or "every" in q.word(k - 1) for k in _steps(q)):
        raise Decline(f"“{q.word(i)}”: a running total, or each on its own? Say “running total by …”, or “by …”.")


def _of_one_year(q: Question, i: int) -> None:
    """`each month of 2024 …, since the start of that year`: a running total over the months of that one year."""
    start = q.skip(i + 1, frozenset(("the",)))
    end = q.skip(start + 1, OF_ONE)
    if q.word(i) not in ("since", "from") or q.word(start) not in STARTS or q.kind(end) != "grain":
        return
    unit = q.items[end].notes[:1]
    steps = [k for k in _steps(q) if k != end and q.items[k].notes[:1] != unit]
    periods = [item.period for item in q.items if item.kind == "date" and item.period]
    one_year = len(periods) == 1 and periods[0].start and periods[0].end and (periods[0].end.year, 1) in (
        (periods[0].start.year, 1), (periods[0].start.year + 1, periods[0].end.month),
    )  # fmt: skip
    first = one_year and (periods[0].start.month, periods[0].start.day) == (1, 1)  # type: ignore[union-attr]
    if unit != ["year"] or not steps or not first:
        raise Decline(f"Since the start of which {q.word(end)}? Name the date: “since 2024-01-01”.")
    q.leave_out(*range(i, end + 1))
    q.items.insert(0, made("running", "running"))


def _by_the_end(q: Question, i: int) -> None:
    """`by the end of each quarter`: told by quarter, each with what came before."""
    end = q.skip(i + 1, frozenset(("the",)))
    if q.word(i) not in ("by", "at", "until", "up to", "to") or q.word(end) not in ENDS or q.kind(end + 2) != "grain":
        return
    if q.kind(end + 1) != "by":
        return
    q.leave_out(*range(i, end + 1))
    if not any(item.kind == "running" for item in q.items):
        q.items.insert(0, made("running", "running"))


def _to_those_before(q: Question, i: int) -> None:
    """`adding each year's sign-ups to those before`: by year, each with the earlier ones."""
    if q.word(i) not in ADDING or q.kind(i + 1) != "by" or q.kind(i + 2) != "grain":
        return
    to = next((k for k in range(i + 3, min(i + 6, len(q))) if q.word(k) == "to"), None)
    if to is None or (last := q.skip(to, THOSE)) >= len(q) or q.word(last) not in EARLIER:
        return
    q.leave_out(i, *range(to, last + 1))
    if any(k not in (i + 2,) and q.items[k].notes[:1] == q.items[i + 2].notes[:1] for k in _steps(q)):
        q.leave_out(i + 1, i + 2)  # `month by month, adding each month to those before`
    for k in range(i):  # `our customer base`: the customers
        if q.word(k) == "base" and q.kind(k) == "word" and q.rows(k - 1):
            q.leave_out(k)
    if not any(item.kind == "running" for item in q.items):
        q.items.insert(i, made("running", "running"))


def _added_up(q: Question, i: int) -> None:
    """`how have our shops added up with every year`: a running total, where it is told by a step of time."""
    added = q.word(i) in ADDED_UP or (q.word(i) in ADDING and q.word(i + 1) == "up")
    how = any(q.word(k) == "how" for k in range(i))
    after = any("after" in q.word(k).split() for k in _steps(q))
    if not added or not _steps(q) or not (after or how):
        return
    last = i + 1 if q.word(i + 1) == "up" else i
    if q.word(last + 1) == "to":
        return
    q.leave_out(*range(i, last + 1))
    q.items[i] = made("running", "running", at=q.items[i].at)
