"""Text from templates: `{n:06d}` numbers the row; other names are vocabulary, or columns of the row."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd

from demo_lib.seed.chance import choose
from demo_lib.seed.words import COMPANY_KINDS, COMPANY_NAMES, FIRST_NAMES, LAST_NAMES, REGIONS, WORDS


def write_text(template: str, made: pd.DataFrame, rng: np.random.Generator) -> pd.Series[Any]:
    """The template filled for each row of `made`. Raises KeyError for a name that is nothing."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    words = {name: _words(name, made, rng) for name in dict.fromkeys(names)}
    return pd.Series([template.format(**{k: v[i] for k, v in words.items()}) for i in range(len(made))])


def _words(name: str, made: pd.DataFrame, rng: np.random.Generator) -> Sequence[Any]:
    rows = len(made)
    if name == "n":
        return range(1, rows + 1)
    if name in made:
        return made[name].tolist()
    if name == "person":
        return _joined(FIRST_NAMES, LAST_NAMES, rows, rng)
    if name == "company":
        return _joined(COMPANY_NAMES, COMPANY_KINDS, rows, rng)
    if name == "city":
        return _draw([city for region in REGIONS.values() for city in region.cities], rows, rng)
    return _draw(WORDS[name], rows, rng)


def _draw(words: list[str], rows: int, rng: np.random.Generator) -> list[str]:
    return list(choose(rng, words, np.ones(len(words)), rows))


def _joined(first: list[str], second: list[str], rows: int, rng: np.random.Generator) -> list[str]:
    return [f"{a} {b}" for a, b in zip(_draw(first, rows, rng), _draw(second, rows, rng), strict=True)]
