"""What comes back every year or week: `what came in in December of each year`, `every Q4`, `by month of the year`."""

from __future__ import annotations

import re

from ..english.lexicon import DAYS, MONTHS, WEEKDAYS
from ..english.years import MONTH
from ..frame import Decline, Frame, Weekdays
from ..linking.linker import Item, made
from ..prompt.calendars import calendars_of, own_calendar
from ..reader import Reader
from .question import Question

EACH = ("each", "every")
_LEAD = r"(?:(?:in|during|for|of|on|at|from|between) )?(?:the )?"
_QUARTER = r"(?:q[1-4]|(?:quarter|qtr) [1-4]|(?:first|second|third|fourth|last|1st|2nd|3rd|4th) quarter)"
_PART = re.compile(
    rf"{_LEAD}(?P<one>{MONTH}|{_QUARTER})(?: (?:to|through|until|till|and) (?P<two>{MONTH}|{_QUARTER}))?"
)
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
ONWARDS = ("from year to year", "year to year", "from one year to the next", "year by year", "year after year")
TOGETHER = re.compile(
    r"(?:(?:across|over|of|in|for) )?all(?: of)?(?: the)? years(?: together| combined| taken together| pooled)?"
    r"|(?:regardless|irrespective|independent) of (?:the )?year|whatever the year|no matter (?:the|which|what) year"
    r"|(?:across|over) years"
)
CALENDAR = ("calendar",)
OVER_YEARS = ("over the years", "through the years", "across the years")
ONE_YEAR = {"the", "that", "this", "same", "whole", "its", "of", "full", "entire", "half"}
ASKED = {"which", "what", "each", "every", "per"}


def seasons(q: Question) -> None:
    """Put a part of the year that comes back in the form that the clauses read, and `month of the year` in one word."""
    for i in range(len(q)):
        _of_the_year(q, i)
        _days(q, i)
        _plural(q, i)
    _of_every(q)
    _all_together(q)


def _grain(q: Question, i: int) -> str:
    return q.items[i].notes[0] if q.kind(i) == "grain" and q.items[i].notes else ""


def _of_the_year(q: Question, i: int) -> None:
    """`by month of the year`: Januaries of all years are one group."""
    unit = _grain(q, i)
    small = [q.word(k) for k in range(i + 1, i + 3)]
    if unit in ("month", "quarter") and small == ["of", "the"] and q.word(i + 3) == "year":
        q.items[i] = Item("grain", f"{unit} of the year", q.items[i].tokens, q.items[i].at, notes=[f"{unit}_of_year"])
        q.leave_out(*range(i + 1, i + 4))


def _days(q: Question, i: int) -> None:
    """`on Fridays`, where only a calendar holds the word: of the date of what is asked for, joined or not."""
    item = q.items[i]
    tables = {r.table for r in item.readings}
    if not tables or not tables <= calendars_of(q.schema):
        return
    named = {*q.tables, *(r.table for k in q.items for r in k.of("term")[:1])}
    joined = all(own_calendar(q.schema, t) for t in named)
    day = q.word(i).removesuffix("s")
    if day in DAYS and item.of("value"):
        q.items[i] = Item("weekday", day, item.tokens, item.at, notes=["listed"])
    elif not joined and q.word(i) in WEEKDAYS and item.of("flag") and _one_kind_of_day(q):
        q.items[i] = Item("weekday", q.word(i), item.tokens, item.at)
    elif _grain(q, i) == "weekday":
        item.readings = ()


def _one_kind_of_day(q: Question) -> bool:
    """Not for `members who came on weekends and on weekdays`: in either, or in both?"""
    return len({q.word(k) for k in range(len(q)) if q.word(k) in WEEKDAYS}) == 1


def _plural(q: Question, i: int) -> None:
    """`in Decembers`: in each of them."""
    word, item = q.word(i), q.items[i]
    month = word.removesuffix("s")
    free = q.kind(i) == "word" or (q.kind(i) == "link" and {r.table for r in item.readings} <= calendars_of(q.schema))
    if word.endswith("s") and month in MONTHS and free:
        _season(q, i, (MONTHS.index(month) + 1,))


def _season(q: Question, i: int, months: tuple[int, ...]) -> None:
    item = q.items[i]
    q.items[i] = Item("season", item.words, item.tokens, item.at, notes=[str(m) for m in months])


def _months(said: str) -> tuple[int, ...]:
    """Which months of a year are meant; none where the words speak of anything else."""
    match = _PART.fullmatch(said)
    if match is None:
        return ()
    one = _numbers(match["one"])
    if match["two"] is None:
        return one
    two = _numbers(match["two"])
    return tuple(range(one[0], two[-1] + 1)) if one[0] <= two[0] else ()


def _numbers(part: str) -> tuple[int, ...]:
    if "q" not in part:
        return (next(i for i, m in enumerate(MONTHS, 1) if m.startswith(part[:3])),)
    n = _NTH.get(part.split()[0]) or int(re.sub(r"\D", "", part))
    return tuple(range(3 * n - 2, 3 * n + 1))


def _of_every(q: Question) -> None:
    """`every December`, `Q4 of each year`, `revenue in May, per year`: these months, year by year."""
    _over_the_years(q)
    dates = [k for k in range(len(q)) if q.kind(k) == "date"]
    parts = [k for k in dates if _months(q.word(k))]
    each = [k for k in parts if q.kind(k - 1) == "by" and q.word(k - 1).split()[-1] in (*EACH, "per")]
    told = [k for k in range(len(q)) if _is_each_year(q, k)]
    if not parts or (len(each) < len(parts) and not told and len(each) != 1):
        return
    if not each and not told:
        return
    for k in parts:
        _season(q, k, _months(q.word(k)))
    for k in reversed(each):
        if told:
            q.leave_out(k - 1)
        else:
            year = made("grain", "year", at=q.items[k].at)
            year.notes = ["year"]
            q.items.insert(k, year)
            told = [k]


def _over_the_years(q: Question) -> None:
    """`how has December revenue changed over the years`, `… in May across the years`: by year."""
    if not any(q.kind(k) == "date" and _months(q.word(k)) for k in range(len(q))):
        return
    for i in range(len(q)):
        if q.kind(i) == "trend" and q.word(i) in OVER_YEARS:
            by, year = made("by", "by", at=q.items[i].at), Item("grain", "year", q.items[i].tokens, q.items[i].at)
            year.notes = ["year"]
            q.items[i : i + 1] = [by, year]
            return
        if q.kind(i) == "by" and q.word(i) == "across" and q.word(i + 1) == "the" and _grain(q, i + 2) == "year":
            q.leave_out(i + 1)
        if q.word(i) == "a" and q.kind(i) == "glue" and _grain(q, i + 1) == "year" and q.word(i + 1) == "year":
            q.items[i] = made("by", "per", at=q.items[i].at)  # `one figure a year`


def _is_each_year(q: Question, i: int) -> bool:
    """Whether the question is told year by year here: `per year`, `of all years`, `from year to year`."""
    if q.kind(i) == "yoy" and q.word(i) in ONWARDS:
        return True
    if _grain(q, i) != "year":
        return False
    near = [k for k in range(max(0, i - 2), i) if q.kind(k) not in ("date", "link")]
    before = [q.word(k) for k in near] if len(q.items[i].tokens) == 1 else []
    one = not q.items[i].plural and bool(ONE_YEAR & {w for said in before for w in said.split()})
    asked = bool(ASKED & {w for said in before for w in said.split()})
    return q.kind(i - 1) == "by" or asked or not one  # `half of the year`, `during that year`: no year is told apart


def _all_together(q: Question) -> None:
    """`by calendar month, all years together`, `in December across all years`: the years are not told apart."""
    marks = [k for k in range(len(q)) if q.kind(k) == "season" or _grain(q, k) in (
        "weekday", "month_of_year", "quarter_of_year",
    )]  # fmt: skip
    months = [k for k in range(len(q)) if _grain(q, k) in ("month", "quarter")]
    calendar = [k for k in months if q.word(k - 1) in CALENDAR]
    run = _together(q) if not any(q.kind(k) == "growth" for k in range(len(q))) else None
    if calendar and run:
        for k in calendar:
            unit = _grain(q, k)
            words, notes = f"{unit} of the year", [f"{unit}_of_year"]
            q.items[k] = Item("grain", words, q.items[k].tokens, q.items[k].at, notes=notes)
            q.leave_out(k - 1)
    if run and (calendar or marks):
        q.leave_out(*run)


def _together(q: Question) -> range | None:
    """Where it is said that the years are not told apart."""
    for i in range(len(q)):
        for end in range(min(len(q), i + 7), i, -1):
            said = " ".join(q.word(k) for k in range(i, end))
            match = TOGETHER.fullmatch(said)
            if match and not (said.startswith(("of ", "all")) and not re.search(r"together|combined|pooled", said)):
                return range(i, end)
    return None


def seasonal(reader: Reader, frame: Frame) -> None:
    """The rows of these months: several joined by `and` are told together."""
    found = reader.find("season")
    if not found:
        return
    if frame.compare and len(found) > 1 and not frame.growth:
        raise Decline("I can tell one part of the year by year, not two side by side. Ask for each on its own.")
    months = sorted({int(m) for k in found for m in reader.items[k].notes})
    frame.weekdays.append(Weekdays(reader.items[found[0]].words, (), months=tuple(months)))
    for k in found:
        if reader.is_(k - 1, "in", "on", "for", "of", "at"):
            reader.use(k - 1, k)
        reader.use(k, k + 1)
