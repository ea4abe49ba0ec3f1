"""What an answer says that nobody told it: numbers, dates and names that are not in rows, query or question.

No judge is needed for that. It finds what is made up, not what is left out or put the wrong way round.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_NUMBER = re.compile(
    r"(?<![\w.,-])[-−]?[$€£]?\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"
    r"\s?(%|per cent|percent|thousand|million|billion|[kKmMbB])?(?!\w)"
)
_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9}
_QUOTED = re.compile(r"[“\"]([^”\"]+)[”\"]")
# a run of words that begin with a capital, which does not begin a sentence; "of", "&" and the like may stand inside
_NAME = re.compile(r"(?<=[\w,;(] )[A-Z][\w'’.-]*[\w](?: (?:(?:of|the|de|and|&) )?[A-Z][\w'’.-]*[\w])*")
_MONTHS = tuple(calendar.month_name)[1:]
_CALENDAR = {"i", "q1", "q2", "q3", "q4", *map(str.casefold, calendar.day_name)}


def ungrounded(
    text: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], question: str, sql: str | None = None
) -> list[str]:
    """The claims of an answer that stand nowhere else.

    text: the answer, in which Markdown's tables and lists are read as names and numbers too. columns, rows: the
    result. question, sql: what was asked and what ran; dates and values that they name count as known. A number is
    known where some value, or its hundredfold with a %, rounds to it as it is written ("1.2 million" for 1,200,170), or
    where it counts the rows. Returns the claims as they are written, each once, in the text's order.
    """
    known = _Known(columns, rows, f"{question}\n{sql or ''}")
    claims = [*_dates(text), *_numbers(text), *_names(text)]
    unknown = dict.fromkeys(claim for claim, kind in claims if not known(claim, kind))
    return sorted(unknown, key=text.find)


def says(text: str, fact: str) -> bool:
    """Whether an answer says a fact: a name in any case, or a number as it is or rounded, by a twentieth part at most.

    fact: as an answer would write it: `Orlando Central`, `1,200,169.96` (which "$1.2 million" says too), `0.1465`
    (which "14.7 %" says too).
    """
    if not (wanted := _NUMBER.fullmatch(fact.strip())):
        return fact.casefold() in text.casefold()
    number, _, _ = _value_of(wanted)
    ways = {number, 100 * number} if "." in fact and number < 1 else {number}  # a share, or per cent of it
    for value, precision, _ in map(_value_of, _NUMBER.finditer(_DATE.sub(" ", text))):
        near = precision / 2 * (1 + 1e-9) + 1e-9
        if any(abs(value - way) <= near and (value == way or near <= abs(way) / 20) for way in ways):
            return True
    return False


class _Known:
    """What the result, the query and the question say."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], told: str) -> None:
        cells = [value for row in rows for value in row if value is not None]
        texts = [{True: "yes true", False: "no false"}[v] if isinstance(v, bool) else str(v) for v in cells]
        texts += ["no value none null"] if any(value is None for row in rows for value in row) else []
        self._count = len(rows)
        self._numbers = {float(v) for v in cells if isinstance(v, (int, float)) and not isinstance(v, bool)}
        self._numbers |= {value for text in (*texts, told) for value, *_ in map(_value_of, _NUMBER.finditer(text))}
        self._dates = {found for text in (*texts, told) for found in _DATE.findall(text)}
        words = (*texts, told, " ".join(columns).replace("_", " "))
        self._words = "\n".join(words).casefold()

    def __call__(self, claim: str, kind: str) -> bool:
        if kind == "date":
            return any(date.startswith(claim) or claim.startswith(date) for date in self._dates)
        if kind == "number":
            return self._number(claim)
        words = claim.casefold()
        return words in _CALENDAR or words in self._words or self._month(claim) or self._human(words)

    def _number(self, claim: str) -> bool:
        found = _NUMBER.search(claim)
        assert found
        value, precision, percent = _value_of(found)
        near = precision / 2 * (1 + 1e-9) + 1e-9
        shares = {100 * known for known in self._numbers} if percent else set()
        return any(abs(abs(value) - abs(known)) <= near for known in self._numbers | shares | {float(self._count)})

    def _month(self, claim: str) -> bool:
        return claim in _MONTHS and any(date[5:7] == f"{_MONTHS.index(claim) + 1:02}" for date in self._dates)

    def _human(self, words: str) -> bool:
        """Whether it is a column's name as people write it: all its words are known."""
        return all(word in self._words for word in re.findall(r"\w{3,}", words))


def _value_of(found: re.Match[str]) -> tuple[float, float, bool]:
    """A number's value, the worth of its last digit, and whether it is a percentage."""
    whole, fraction, unit = found.groups()
    unit = (unit or "").lower()
    scale = _SCALES.get(unit, 1.0)
    value = float(whole.replace(",", "") + (fraction or "")) * scale
    return value, scale * math.pow(10, -max(0, len(fraction or "") - 1)), unit in ("%", "per cent", "percent")


def _dates(text: str) -> Iterator[tuple[str, str]]:
    yield from ((found, "date") for found in _DATE.findall(text))


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    for found in _NUMBER.finditer(_DATE.sub(" ", text)):
        if not re.match(r"\s*(more|others)\b", found.string[found.end() :]):  # "and 14 more": rows that are not shown
            yield found.group().strip(), "number"


def _names(text: str) -> Iterator[tuple[str, str]]:
    prose = []
    for line in text.splitlines():
        cells = _cells(line)
        prose += [] if cells else [line]
        yield from ((cell, "name") for cell in cells if re.search(r"[^\W\d]", cell) and not _NUMBER.fullmatch(cell))
    for line in prose:
        yield from ((name, "name") for name in (*_QUOTED.findall(line), *_NAME.findall(line)))


def _cells(line: str) -> Iterable[str]:
    """The cells of a line of a Markdown table, or the one entry of a list's."""
    if line.startswith("|"):
        return [cell.strip() for cell in line.strip("| ").split(" | ") if not re.fullmatch(r"[-: ]*", cell)]
    return [line[2:].strip()] if line.startswith("- ") else []
