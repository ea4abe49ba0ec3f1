"""The vocabulary of words.yaml, typed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Region:
    """A sales region."""

    country: str
    cities: list[str]
    """The largest first."""


@dataclass(frozen=True)
class Category:
    """A product category."""

    prices: tuple[float, float]
    """The lowest and the highest list price, in US dollars."""
    share: float
    """Share of what is sold."""
    returned: float
    """Share of it that comes back."""
    products: list[str]


_DATA = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))

REGIONS = {name: Region(**region) for name, region in _DATA["regions"].items()}
CATEGORIES = {name: Category(**category) for name, category in _DATA["categories"].items()}
BRANDS: list[str] = _DATA["brands"]
FIRST_NAMES: list[str] = _DATA["first_names"]
LAST_NAMES: list[str] = _DATA["last_names"]
COMPANY_NAMES: list[str] = _DATA["company_names"]
COMPANY_KINDS: list[str] = _DATA["company_kinds"]
WORDS: dict[str, list[str]] = _DATA["words"]
