"""Columns that say how long something took: `minutes`, `duration_min`, `wait_seconds`."""

from __future__ import annotations

import re

from ..english.lexicon import UNITS
from ..english.words import name_words, stems
from .schema import HUMP, Column, bare

HELD_IN = re.compile(r"(?:^|_)(seconds|minutes|hours|days|weeks|months|years)$")  # `published_year` is a point in time
SHORT_IN = re.compile(r"(?:duration|length|time|run)_(sec|secs|min|mins|hrs)$")  # `age_min` is a minimum
SHORT = {"sec": "second", "secs": "second", "min": "minute", "mins": "minute", "hrs": "hour"}
LENGTH = stems("length duration time runtime run total planned") | stems(" ".join((*UNITS, *SHORT)))
HOW_LONG = re.compile(r"(?:the )?(?:\w+ )?(?:length|duration)\b|how long\b", re.I)


def held_in(column: Column) -> str:
    """The unit of a column that holds how long something took: `wait_seconds`, `duration_minutes`; "" for others."""
    name = HUMP.sub("_", column.name).lower()
    if column.kind != "number" or "_per_" in name:
        return ""
    unit, short = HELD_IN.search(name), SHORT_IN.search(name)
    return UNITS[unit[1]] if unit else SHORT[short[1]] if short else ""


def is_whole(column: Column) -> bool:
    """Whether it is the whole row that took so long: the `delay_minutes` of a trip are not its length."""
    if not held_in(column):
        return False
    return set(name_words(column.name)) <= LENGTH | set(name_words(bare(column.table))) or bool(
        HOW_LONG.match(column.note)
    )
