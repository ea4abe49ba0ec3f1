"""Which year a month or a quarter is of, where it is said elsewhere: `Q3 revenue of 2024`, `May and June 2024`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from .lexicon import MONTHS

MONTH = "(?:" + "|".join(rf"{m[:3]}(?:{m[3:]})?" if m[3:] else m for m in MONTHS) + "|sept)"
_PART = re.compile(
    rf"(?:(?:in|during|for|of|from|since|until|before|after) )?(?:the )?(?:q[1-4]|(?:quarter|qtr) [1-4]"
    rf"|(?:first|second|third|fourth|1st|2nd|3rd|4th) quarter|{MONTH})"
    rf"(?: (?:to|through|until|till|up to) (?:the )?(?:q[1-4]|{MONTH}))?"
)
_YEAR = re.compile(r"(?:(?:in|during|for|of) )?(?:the )?(?:year )?((?:19|20)\d\d|last year|this year)")
_PART_OF_A_YEAR = re.compile(rf"(?P<part>{_PART.pattern}) (?:of )?(?:the year )?(?:(?:19|20)\d\d|last year|this year)")
_DATED = re.compile(r".*\b(?:(?:19|20)\d\d|last year|this year)")
_APART = {  # between a part of a year and a year these say that each stands for itself
    "and", "or", "vs", "versus", "to", "than", "with", "compared", "against", "but", "from", "between", "who", "that",
    "which",
}  # fmt: skip
_JOINT = ("", "and", "or", "vs", "versus", "against", "with", "to", "compared to", "compared with")


class Span(Protocol):
    """As in `dates`."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def said(self) -> str: ...


def years_told(
    spans: Sequence[Span], words: Sequence[str], begins: Callable[[str], date | None], today: date | None
) -> tuple[dict[int, str], set[int], set[int]]:
    """(what a span is to be read as, by its place; which years are said with that; which may be a part of one, too).

    begins: the first day of a period in words. today: nothing is asked of what comes after it.
    """
    told: dict[int, str] = {}
    spent, doubtful = set(), set()
    years = [k for k, s in enumerate(spans) if _YEAR.fullmatch(s.said)]
    parts = [k for k, s in enumerate(spans) if _PART.fullmatch(s.said)]
    for k in reversed(range(len(spans) - 1)):
        after, between = k + 1, words[spans[k].end : spans[k + 1].start]
        joint = " ".join(between) in _JOINT
        if k in parts and after in years and between and not _APART & set(between):  # `Q3 revenue of 2024`
            told[k] = f"{spans[k].said} {_year(spans[after])}"
            spent.add(after)
        elif k in parts and joint and (after in told or _is_dated(spans[after])):
            later = told.get(after, spans[after].said)
            told[k] = f"{spans[k].said} {_same_year(spans[k], later, begins, today)}".strip()
        elif after in years and joint and (whole := _PART_OF_A_YEAR.fullmatch(spans[k].said)):
            if spans[after].said.startswith("of "):  # `the third quarter of this year and of last year`
                told[after] = f"{whole['part']} {_year(spans[after])}"
            else:
                doubtful.add(after)
    if years == [0] and spans[0].start == 0:  # `In 2024, how much did we sell in May`
        told |= {k: f"{spans[k].said} {_year(spans[0])}" for k in parts if k not in told}
        spent |= {0} if told else set()
    return told, spent, doubtful


def _is_dated(span: Span) -> bool:
    return bool(_DATED.fullmatch(span.said)) and not _YEAR.fullmatch(span.said)


def _year(span: Span) -> str:
    found = _YEAR.fullmatch(span.said)
    assert found
    return found[1]


def _same_year(span: Span, later: str, begins: Callable[[str], date | None], today: date | None) -> str:
    """The year of the one behind; the year before where it would still be to come: `Q4 against Q1 2025`."""
    end = begins(later)
    if end is None:
        return ""
    start = begins(f"{span.said} {end.year}")
    return str(end.year - 1 if start and today and start > today else end.year)
