"""Phrases about time → half-open periods. `today` comes from the prompt; without it nothing relative is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .lexicon import MONTHS, NUMBERS
from .years import MONTH, years_told

RECENT_YEARS = 6


@dataclass(frozen=True)
class Period:
    """Days from `start` up to and without `end`; None is open. `label` is short: 2024, 2024_q4, last_quarter."""

    start: date | None
    end: date | None
    label: str
    future: bool = False
    doubt: str = ""
    """What else the words may mean, to be asked: `Oct 25` is a day, and a month of 2025."""


@dataclass(frozen=True)
class DateSpan:
    """The period that tokens `start` to `end` (exclusive) speak of; None where it needs a `today`."""

    start: int
    end: int
    period: Period | None
    said: str = ""


NOTHING_MORE = Period(None, None, "")
"""Of a date that has been read with another one."""
_UNIT = r"(?:day|week|month|quarter|year)"
_YEAR = r"(?:19|20)\d\d"
_COUNT = r"(?:\d+|" + "|".join(NUMBERS) + r"|a|one)"
_ORDINAL = r"(?:first|second|third|fourth|last|1st|2nd|3rd|4th|final)"
_BUT_NOW = rf" (?:excluding|not including|exclusive of|without) (?:the )?current {_UNIT}"
# The forms of one period, tried in this order.
_WHOLE_ATOMS = (
    r"(?P<iso>\d{4}-\d\d-\d\d)",
    r"(?P<iso_month>\d{4}-\d\d)",
    rf"(?P<dmonth>{MONTH}) (?P<dday>\d{{1,2}})(?:st|nd|rd|th)?(?: (?P<dyear>{_YEAR}))",
    rf"(?P<eday>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<emonth>{MONTH}) (?P<eyear>{_YEAR})",
    rf"(?:the )?(?:month of )?(?P<month>{MONTH})(?: of)?(?: the year)? (?P<myear>{_YEAR}|last year|this year)",
    r"q(?P<q5>[1-4]) (?P<yy>[12]\d)(?= (?:vs|versus|and|or|compared|against|to|by|per)\b|$)",
    rf"(?:the )?(?:q(?P<q>[1-4])|(?:quarter|qtr) (?P<q2>[1-4])|(?P<q3>{_ORDINAL}) quarter(?= of| in| {_YEAR})"
    r"|(?P<q6>first|second|third|fourth|1st|2nd|3rd|4th) quarter)"
    rf"(?:(?: of| in)?(?: the)?(?: year)? (?P<qyear>{_YEAR}|last year|this year))?",
    rf"(?P<qyear2>{_YEAR}) q(?P<q4>[1-4])",
    rf"(?:the )?(?:h(?P<h>[12])|(?P<h2>first|second|1st|2nd) half)(?: of)?(?: the year)? "
    rf"(?P<hyear>{_YEAR}|last year|this year)",
    rf"(?:the )?(?:last|past|previous) (?P<wn>{_COUNT}) (?:(?:calendar|full|whole) (?P<wunit>{_UNIT})s?"
    rf"(?:{_BUT_NOW})?|(?P<wunit2>{_UNIT})s?{_BUT_NOW})",
    rf"(?:the )?(?:last|past|previous|trailing|most recent) (?P<n>{_COUNT}) (?P<nunit>{_UNIT})s?",
    rf"(?:the )?past (?P<rolling>{_UNIT})",
    rf"(?:the )?(?:last|previous|prior|preceding) (?:calendar |full |whole |iso )?(?P<last>{_UNIT})(?:{_BUT_NOW})?",
    rf"(?:so far )?(?:this|the current|current)(?: calendar)? (?P<this>{_UNIT})(?: so far)?",
    rf"(?:the )?(?P<todate>{_UNIT}) to date|(?P<ytd>ytd|mtd|qtd)",
    rf"(?:the )?(?:next|coming|upcoming|following) (?:{_COUNT} )?(?P<next>{_UNIT})s?",
    r"(?P<yesterday>yesterday)|(?P<today>today)",
    rf"(?P<ago>{_COUNT}) (?P<agounit>{_UNIT})s? ago",
    rf"(?:the )?(?:calendar )?(?:year )?(?P<year>{_YEAR})(?= |$)",
    rf"(?P<reldir>last|this) (?P<relmonth>{MONTH})",
    r"(?:the )?(?P<decade>(?:19|20)?\d0)s",
    rf"(?P<bday>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<bmonth>{MONTH})",
    rf"(?P<cmonth>{MONTH}) (?P<cday>\d{{1,2}})(?:st|nd|rd|th)?(?= |$)",
    rf"(?P<lonely>{MONTH})",
)
_NAME = re.compile(r"\?P<\w+>")
_WHOLE = "(?:" + _NAME.sub("?:", "|".join(_WHOLE_ATOMS)) + ")"
_EDGE = rf"(?:the )?(?P<edge>first|last|final)(?: (?P<edge_n>{_COUNT}))? (?P<edge_unit>day|week|month)s? (?:of|in)"
_ATOM = rf"(?:{_EDGE} (?:the )?(?P<whole>{_WHOLE})|{'|'.join(_WHOLE_ATOMS)})"
_NAMELESS = _NAME.sub("?:", _ATOM)
_LEAD = (
    r"(?P<lead>(?:by|until|till|before|up to|through) (?:the )?end of"
    r"|(?:over|in|during|throughout) the course of|(?:over|throughout) the whole of"
    r"|since the (?:start|beginning) of|since|after|before|until|till|through|up to|from|between|starting in"
    r"|starting|prior to|earlier than|no later than|not later than|later than|as of|on or after"
    r"|in|during|for|of|on|over|within|throughout|by|at)"
)
_PERIOD = re.compile(
    rf"(?<![^ ])(?:{_LEAD} )?(?:the )?(?P<one>{_NAMELESS})"
    rf"(?: (?:to|and|through|until|till|up to) (?P<two>{_NAMELESS}))?"
    r"(?P<onwards> onwards?| and later| or later| or after| forwards?"
    r"| on(?= by| per| for each| in each| split| grouped| broken| listed| sorted| separately|$))?(?![^ ])"
)
_ONE = re.compile(_ATOM + "$")
_GOING_ON = re.compile(r" on(?= (?!the |a |an |\w+days?\b))")  # `from August 2025 on - name and city`
_SAME = re.compile(
    rf"(?<![^ ])(?:(?:in|during|for|(?<!compared )with|of) )?(?:the )?same (?:period|time|days|{_UNIT})s?(?: of| in)?"
    r"(?: the| a| one)? (?:last year|previous year|prior year|year before|year earlier|year ago|(?P<in>(?:19|20)\d\d))"
    r"(?![^ ])"
)
_BEFORE = re.compile(
    rf"(?<![^ ])(?:(?:in|during|for|of) )?the (?:(?P<unit>{_UNIT}|one) (?:right |just |directly )?before(?: it| that)?"
    rf"|(?:previous|prior|preceding) (?P<unit2>{_UNIT}|one))"
    r"(?= (?:by|per|for|in|of|and|show|list|give|please)\b|$)"
)
_START = re.compile(
    r"(?<![^ ])since (?:the )?(?:start|beginning) of (?:the|this|the current|our) "
    r"(?P<unit>week|month|quarter|year)(?![^ ])"
)
_RANGES = ("from", "between")
_COMPARING = re.compile(
    r"\b(?:compar\w+|compare|versus|vs|differ\w*|grow|grew|grown|growth|changed?|increas\w*|decreas\w*|drop\w*"
    r"|declin(?:e|ed|es|ing)|f[ae]ll|falls|falling|fallen|r[io]se|rises|rising|risen|shr[iau]nk\w*|improve[ds]?|grows"
    r"|gain(?:ed)? or los\w+|growing|climb\w*|soar\w*|jump\w*|surge[ds]?|slump\w*|expand\w*"
    r"|(?:go|went|gone) (?:up|down)|up or down)\b"
    r"(?!.*\bover\b)"
)
_AGAINST = re.compile(r" (?:vs|versus|against|(?:when |as )?compared (?:with|to)|in comparison (?:with|to))\b")
_AGAINST_BEHIND = re.compile(r"\b(?:vs|versus|against|compared (?:with|to)|in comparison (?:with|to)) (?:the )?$")
_STEP_BY_STEP = re.compile(
    rf"\b(?:from|between) (?:each|one|every) {_UNIT} (?:to|and) (?:the|another)"
    rf"|\b{_UNIT} (?:over|on|by|to|after) {_UNIT}\b"
    rf"|\b(?:each|every|per|by|with) {_UNIT}\b.* (?:the {_UNIT} before|previous {_UNIT}"
    rf"|preceding {_UNIT}|prior {_UNIT})"
)
_VERBS = ("may", "march", "mar")  # months only where `in` or `since` stands before them
_NAMING_A_MONTH = re.compile(r"\b(?:each|every|all|per|the|only|just) $")
_MOVING = re.compile(r"\b(?:growth|grow|grew|grown|increase[ds]?|decrease[ds]?|change[ds]?|gain|rise|rose|drop)\b")
_YEAR_BEFORE = re.compile(rf"(?:^| ){_YEAR}(?: (?:over|against))? ?$")
_BEFORE_NUMBERS = [
    [w] for w in ["than", "least", "most", "over", "above", "under", "below", "exactly", "top"]
]


def find_dates(words: Sequence[str], today: date | None) -> list[DateSpan]:
    """Every phrase about time among `words` (lower case), left to right, without overlaps."""
    text = " ".join(words)
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    spans = []
    position = 0
    while match := _PERIOD.search(text, position):
        end = match.end()
        period = _read(match, today)
        growing = _comparing(text) and not _against_another(text, match)
        if match["two"] and (growing or not _is_range(match) or (period and _reversed(period))):
            end, period = match.end("one"), _atom(match["one"], today)  # `2023 and 2024` are two periods
        if period and match["lead"] == "from" and not match["two"] and (on := _GOING_ON.match(text, end)):
            end, period = on.end(), Period(period.start, None, f"since_{period.label}", period.future)
        lead = match["lead"] or ""
        bare, before = match["one"].removeprefix("the "), text[: match.start("one")].split()[-1:]
        if (_may_be_a_verb(text, match, bare) and not _to_a_month(match)) or (
            bare.split()[0].isdigit() and before in _BEFORE_NUMBERS and not lead.endswith("than")
            and not _comparing(text) and not _over_another(text, match)
        ):
            position = match.end("one")
            continue
        first, last = _index(starts, match.start()), _index(starts, end + 1)
        if first is None or last is None or end <= match.start():
            position = match.start() + 1
            continue
        said = text[match.start() : end]
        if period and match["lead"] is None and _may_be_a_month(match["one"], today) and not match["two"]:
            doubt = f"“{bare}” could be a day, or a month of 20{bare[-2:]}. Write the year in full."
            period = replace(period, doubt=doubt)
        spans.append(DateSpan(first, last, period, said))
        position = end
    spans = _since_the_start(text, starts, spans, today)
    return _with_before(text, starts, _with_same(text, starts, _with_years(words, spans, today)))


def _comparing(text: str) -> bool:
    """`how did sales change from May to June`: two periods; `… from May to June, from each month to the next`: one."""
    return bool(_COMPARING.search(text)) and not _STEP_BY_STEP.search(text)


def _against_another(text: str, match: re.Match[str]) -> bool:
    """`May to July 2025 against May to July 2024`: each is one period, which is compared as a whole."""
    return bool(_AGAINST.match(text, match.end()) or _AGAINST_BEHIND.search(text[: match.start()]))


def _may_be_a_verb(text: str, match: re.Match[str], bare: str) -> bool:
    """`customers that may buy`: no month. `every May`, `the May revenue` and `march revenue` speak of one."""
    if bare not in _VERBS or match["lead"]:
        return False
    named = _NAMING_A_MONTH.search(text[: match.start("one")]) or match["one"].startswith("the ")
    marching = re.search(r"\b(?:will|did|may|can|they|who|that|i|we) $", text[: match.start("one")])
    return not (named or (bare != "may" and not marching))


def _over_another(text: str, match: re.Match[str]) -> bool:
    """`growth of sales in 2024 over 2023`: the one year against the other."""
    return bool(_MOVING.search(text)) and bool(_YEAR_BEFORE.search(text[: match.start()]))


def _to_a_month(match: re.Match[str]) -> bool:
    """`May to August 2024`: a month, though no `in` stands before it."""
    return bool(match["two"]) and re.match(MONTH, match["two"]) is not None


def _may_be_a_month(text: str, today: date | None) -> bool:
    """`oct 25`: typed in haste it may be short for a month of this year or of one before."""
    short = re.fullmatch(rf"{MONTH} (\d\d)", text)
    return bool(short and today and 0 <= today.year % 100 - int(short[1]) < RECENT_YEARS)


def _with_years(words: Sequence[str], spans: list[DateSpan], today: date | None) -> list[DateSpan]:
    """The spans, a month or quarter with the year that is said elsewhere; that one then says nothing more."""

    def read(said: str) -> Period | None:
        match = _PERIOD.fullmatch(said)
        return _read(match, today) if match else None

    def begins(said: str) -> date | None:
        period = read(said)
        return period.start or period.end if period else None

    told, spent, doubtful = years_told(spans, words, begins, today)
    found = [replace(s, period=read(told[k])) if k in told else s for k, s in enumerate(spans)]
    for k in doubtful:
        if period := found[k].period:
            doubt = f"“{found[k].said}”: all of it, or the same part of it? Say both in full."
            found[k] = replace(found[k], period=replace(period, doubt=doubt))
    return [replace(s, period=NOTHING_MORE) if k in spent else s for k, s in enumerate(found)]


def _with_same(text: str, starts: list[int], spans: list[DateSpan]) -> list[DateSpan]:
    """`year to date versus the same period last year`: that of the other date, a year before."""
    match = _SAME.search(text)
    first, last = (_index(starts, match.start()), _index(starts, match.end() + 1)) if match else (None, None)
    if first is None or last is None:
        return spans
    others = [s for s in spans if s.end <= first or s.start >= last]
    told = next((s.period for s in others if s.period and s.period.start and s.period.end), None)
    if told is None or told.start is None or told.end is None:
        return spans
    years = int(match["in"]) - told.start.year if match and match["in"] else -1
    label = f"{told.label}_year_before" if years == -1 else f"{told.label}_in_{match['in'] if match else ''}"
    before = Period(_plus(told.start, years, "year"), _plus(told.end, years, "year"), label)
    return sorted([*others, DateSpan(first, last, before)], key=lambda s: s.start)


def _since_the_start(text: str, starts: list[int], spans: list[DateSpan], today: date | None) -> list[DateSpan]:
    """`since the start of the year`: of the current one, where no other date is said."""
    match = _START.search(text)
    first, last = (_index(starts, match.start()), _index(starts, match.end() + 1)) if match else (None, None)
    if match is None or first is None or last is None or spans or today is None:
        return spans
    start = _floor(today, match["unit"])
    return [DateSpan(first, last, Period(start, None, f"since_{_unit(start, match['unit']).label}"), match[0])]


def _with_before(text: str, starts: list[int], spans: list[DateSpan]) -> list[DateSpan]:
    """`last month and the month before`, `more in May 2024 than in the one before it`: the one before the other."""
    match = _BEFORE.search(text)
    first, last = (_index(starts, match.start()), _index(starts, match.end() + 1)) if match else (None, None)
    if match is None or first is None or last is None:
        return spans
    told = [s for s in spans if s.end <= first]
    others = [s for s in spans if s not in told and s.start >= last]
    if len(told) != 1 or others or not (period := told[0].period) or not period.start or not period.end:
        return spans
    said = match["unit"] or match["unit2"]
    units = ("day", "week", "month", "quarter", "year") if said == "one" else (said,)
    if not (unit := whole_unit(period, units)):
        return spans
    return [*told, DateSpan(first, last, _unit(_plus(period.start, -1, unit), unit), match[0])]


def _index(starts: list[int], offset: int) -> int | None:
    return starts.index(offset) if offset in starts else None


def _is_range(match: re.Match[str]) -> bool:
    between = match.string[match.end("one") : match.start("two")].strip()
    return between != "and" or match["lead"] in _RANGES


def _is_whole(period: Period) -> bool:
    """Whether it is a month or more: `bills from May 2024` are those of that month."""
    return bool(period.start and period.end and (period.end - period.start).days >= 28)


def _reversed(period: Period) -> bool:
    return bool(period.start and period.end and period.start >= period.end)


def _read(match: re.Match[str], today: date | None) -> Period | None:
    lead, one, two = match["lead"], match["one"], match["two"]
    if two and _is_range(match):
        later = _atom(two, today)
        year = later.start.year if later and later.start else None
        first = _atom(one, today, year)
        if not first or not later:
            return None
        if year and _reversed(Period(first.start, later.end, "")):  # `November to February 2025`
            first = _atom(one, today, year - 1) or first
        return Period(first.start, later.end, f"{first.label}_to_{later.label}", later.future)
    first = _atom(one, today)
    if first is None:
        return None
    if (
        (lead or "").startswith("since")
        or lead in ("starting in", "starting", "on or after")
        or (lead == "from" and not _is_whole(first))
        or match["onwards"]
    ):
        return Period(first.start, None, f"since_{first.label}", first.future)
    if lead in ("after", "later than"):
        return Period(first.end, None, f"after_{first.label}", first.future)
    if lead in ("before", "prior to", "earlier than"):
        return Period(None, first.start, f"before_{first.label}")
    if (lead or "").endswith(("end of", "no later than", "not later than")) or lead in (
        "until", "till", "through", "up to", "as of",
    ):  # fmt: skip
        return Period(None, first.end, f"until_{first.label}")
    return first


def _atom(text: str, today: date | None, year: int | None = None) -> Period | None:
    m = _ONE.match(text.strip())
    if not m:
        return None
    try:
        if m["edge"]:
            return _edge(m, today)
        return _absolute(m, today) or (_relative(m, today, year) if today else None)
    except ValueError:  # 31 February; a 29th in a year that has none
        return None


def _edge(m: re.Match[str], today: date | None) -> Period | None:
    """`the first week of January 2025` is its first seven days."""
    whole = _atom(m["whole"], today)
    if not whole or not whole.start or not whole.end:
        return None
    count = int(m["edge_n"]) if (m["edge_n"] or "").isdigit() else NUMBERS.get(m["edge_n"], 1)
    label = f"{m['edge']}_{count}_{m['edge_unit']}s_of_{whole.label}"
    if m["edge"] == "first":
        return Period(whole.start, min(_plus(whole.start, count, m["edge_unit"]), whole.end), label, whole.future)
    return Period(max(_plus(whole.end, -count, m["edge_unit"]), whole.start), whole.end, label, whole.future)


def _absolute(m: re.Match[str], today: date | None) -> Period | None:
    if m["iso"]:
        return _unit(date.fromisoformat(m["iso"]), "day")
    if m["iso_month"]:
        return _unit(date.fromisoformat(m["iso_month"] + "-01"), "month")
    if m["dmonth"] or m["emonth"]:
        day = date(
            int(m["dyear"] or m["eyear"]), _month(m["dmonth"] or m["emonth"]), int(m["dday"] or m["eday"])
        )
        return _unit(day, "day")
    if m["month"] and (year := _year(m["myear"], today)):
        return _unit(date(year, _month(m["month"]), 1), "month")
    if (q := m["q"] or m["q2"] or m["q3"] or m["q4"] or m["q6"]) and (year := _year(m["qyear"] or m["qyear2"], today)):
        return _unit(date(year, 3 * _ordinal(q) - 2, 1), "quarter")
    if (h := m["h"] or m["h2"]) and (year := _year(m["hyear"], today)):
        half = _ordinal(h)
        return Period(
            date(year, 6 * half - 5, 1), _plus(date(year, 6 * half - 5, 1), 6, "month"), f"{year}_h{half}"
        )
    if m["yy"]:
        return _unit(date(2000 + int(m["yy"]), 3 * int(m["q5"]) - 2, 1), "quarter")
    if m["year"]:
        return _unit(date(int(m["year"]), 1, 1), "year")
    if m["decade"]:  # `born in the 80s`
        start = int(m["decade"])
        start += 0 if start > 99 else 2000 if start <= 20 else 1900
        return Period(date(start, 1, 1), date(start + 10, 1, 1), f"{start}s")
    return None


def _relative(m: re.Match[str], today: date, year: int | None) -> Period | None:
    tomorrow = today + timedelta(days=1)
    if m["n"]:
        count = int(NUMBERS.get(m["n"], 1) if not m["n"].isdigit() else m["n"])
        start = _plus(today, -count, m["nunit"]) + timedelta(days=1)
        return Period(start, tomorrow, f"last_{count}_{m['nunit']}s")
    if m["wn"]:  # whole ones: the current one is not over
        count = int(NUMBERS.get(m["wn"], 1) if not m["wn"].isdigit() else m["wn"])
        unit = m["wunit"] or m["wunit2"]
        end = _floor(today, unit)
        return Period(_plus(end, -count, unit), end, f"last_{count}_whole_{unit}s")
    if m["rolling"]:
        return Period(_plus(today, -1, m["rolling"]) + timedelta(days=1), tomorrow, f"past_{m['rolling']}")
    if m["last"]:
        return _unit(_plus(_floor(today, m["last"]), -1, m["last"]), m["last"])
    if m["this"]:
        return _unit(today, m["this"])
    if m["todate"] or m["ytd"]:
        unit = m["todate"] or {"y": "year", "m": "month", "q": "quarter"}[m["ytd"][0]]
        return Period(_floor(today, unit), tomorrow, f"{unit}_to_date")
    if m["next"]:
        start = _plus(_floor(today, m["next"]), 1, m["next"])
        return Period(start, _plus(start, 1, m["next"]), f"next_{m['next']}", future=True)
    if m["yesterday"]:
        return _unit(today - timedelta(days=1), "day")
    if m["today"]:
        return _unit(today, "day")
    if m["ago"]:
        count = int(m["ago"]) if m["ago"].isdigit() else NUMBERS.get(m["ago"], 1)
        return _unit(_plus(today, -count, m["agounit"]), m["agounit"])
    if q := m["q"] or m["q2"] or m["q3"] or m["q6"]:
        start = date(year or today.year, 3 * _ordinal(q) - 2, 1)
        return _unit(start if start <= today or year else start.replace(year=today.year - 1), "quarter")
    if name := m["bmonth"] or m["cmonth"]:
        day = date(year or today.year, _month(name), int(m["bday"] or m["cday"]))
        return _unit(day if day <= today or year else day.replace(year=day.year - 1), "day")
    if name := m["lonely"] or m["relmonth"]:
        start = date(year or today.year, _month(name), 1)
        late = start > today or (m["reldir"] == "last" and start.month == today.month)
        return _unit(start.replace(year=start.year - 1) if late and not year else start, "month")
    return None


def _unit(day: date, unit: str) -> Period:
    """The calendar unit that holds `day`."""
    start = _floor(day, unit)
    labels = {
        "year": f"{start:%Y}",
        "quarter": f"{start:%Y}_q{(start.month + 2) // 3}",
        "month": f"{start:%Y_%m}",
    }
    return Period(start, _plus(start, 1, unit), labels.get(unit, f"{start:%Y_%m_%d}"))


def whole_unit(period: Period, units: Sequence[str]) -> str:
    """Which of these calendar units a period is, from its first day to its last; none for `February to April`."""
    calendar = ((u, _unit(period.start, u)) for u in units if period.start)
    return next((u for u, whole in calendar if whole == replace(period, label=whole.label)), "")


def _floor(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"year": 1, "quarter": (day.month - 1) // 3 * 3 + 1}.get(unit, day.month)
    return day if unit == "day" else date(day.year, month, 1)


def _plus(day: date, count: int, unit: str) -> date:
    """`day` moved by calendar units; the day of the month is kept where it exists."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(months, 12)
    if not 1 <= year < 9999:
        raise ValueError("outside the calendar")
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - timedelta(days=1)).day))


def _year(text: str | None, today: date | None) -> int | None:
    if text in ("last year", "this year"):
        return today.year - (text == "last year") if today else None
    return int(text) if text else None


def _month(name: str) -> int:
    return next(i for i, m in enumerate(MONTHS, 1) if m.startswith(name[:3]))


def _ordinal(text: str) -> int:
    return {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "last": 4, "final": 4}.get(
        text
    ) or int(re.sub(r"\D", "", text) or 4)
