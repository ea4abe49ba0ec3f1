"""Execution accuracy: two queries agree when their results do, whatever their words.

The rule is the one of Spider's test suites (Zhong et al., EMNLP 2020), made stricter on duplicates: rows are
a multiset, columns are matched by content, names are ignored, numbers agree to four decimals, and order
counts only where the question asks for one.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

DECIMALS = 4
# Beyond this many ways to pair equal columns the tables are taken as they stand.
MOST_PAIRINGS = 5_000


def same_result(got: pd.DataFrame, want: pd.DataFrame, *, ordered: bool = False, extra_columns: int = 0) -> bool:
    """Whether `got` holds exactly the rows of `want`.

    ordered: rows must come in the same order. extra_columns: how many columns `got` may have beside
    those of `want`. An empty `want` agrees only with an empty `got`.
    """
    surplus = len(got.columns) - len(want.columns)
    if len(got) != len(want) or not 0 <= surplus <= extra_columns:
        return False
    ours, gold = _columns(got), _columns(want)
    # a column can only stand for one with the same values in it
    candidates = [[i for i, c in enumerate(ours) if Counter(c) == Counter(g)] for g in gold]
    if not all(candidates) or math.prod(map(len, candidates)) > MOST_PAIRINGS:
        return False
    wanted = list(zip(*gold, strict=True))
    for chosen in itertools.product(*candidates):
        if len(set(chosen)) < len(chosen):
            continue
        rows = list(zip(*(ours[i] for i in chosen), strict=True))
        if rows == wanted if ordered else Counter(rows) == Counter(wanted):
            return True
    return False


def _columns(table: pd.DataFrame) -> list[list[Any]]:
    return [[_plain(v) for v in table.iloc[:, i]] for i in range(len(table.columns))]


def _plain(value: Any) -> Any:
    """A value that compares as a person would: 3 = 3.0, a midnight is its date, missing is missing."""
    import decimal
    import numbers

    import pandas as pd

    if isinstance(value, (bool, str)):
        return value
    if value is None or (not isinstance(value, (list, dict, tuple)) and pd.isna(value)):
        return None
    if isinstance(value, (numbers.Number, decimal.Decimal)):
        return round(float(value), DECIMALS) + 0.0  # type: ignore[arg-type]
    if hasattr(value, "isoformat"):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)
