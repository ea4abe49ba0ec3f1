"""Units of measure: how each is written, in names and in questions."""

from __future__ import annotations

from functools import lru_cache

WRITTEN = (
    "kg kgs kilo kilos kilogram kilograms", "g gram grams", "t ton tons tonne tonnes", "lb lbs pound pounds",
    "km kms kilometer kilometers kilometre kilometres", "m meter meters metre metres", "mi mile miles",
    "cm centimeter centimeters centimetre centimetres", "mm millimeter millimeters millimetre millimetres",
    "l liter liters litre litres", "ml milliliter milliliters millilitre millilitres",
    "ms millisecond milliseconds", "s sec secs second seconds", "min mins minute minutes", "h hr hrs hour hours",
    "day days", "week weeks", "kwh", "mwh", "mb megabyte megabytes", "gb gigabyte gigabytes", "tb terabyte terabytes",
    "m2 sqm", "ha hectare hectares",
)  # fmt: skip


def units_of(word: str) -> frozenset[str]:
    """All ways to write the unit that a word is; none where it is no unit."""
    return _units().get(word, frozenset())


@lru_cache(maxsize=1)
def _units() -> dict[str, frozenset[str]]:
    return {w: frozenset(line.split()) for line in WRITTEN for w in line.split()}
