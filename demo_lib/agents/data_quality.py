"""The data quality agent (slide 11): nulls, duplicates, outliers, stale dates, sums that do not add up.

Each check is a plain function over a DataFrame; `CHECKS` gives them the names that a model chooses by.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from demo_lib.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

OUTLIER_SCORE = 3.5
STALE_AFTER_DAYS = 90
# A relation between columns that this share of the rows obeys is meant to hold; the other rows break it.
RULE_HOLDS_FROM = 0.95
CENT = 0.011  # amounts are rounded
MOST_COLUMNS = 12
MOST_NAMED = 5  # of the rows at fault


def nulls(data: pd.DataFrame) -> dict[str, int]:
    """How many values are missing in each column that lacks any."""
    missing = data.isnull().sum()
    return {str(column): int(n) for column, n in missing.items() if n}


def duplicates(data: pd.DataFrame) -> dict[str, Any]:
    """Rows that stand more than once, whole: how many are surplus, and the first few row numbers (from 0)."""
    # lists cannot be hashed, and a result may hold them
    repeated = data.astype(str).duplicated()
    return _found(repeated)


def detect_outliers(data: pd.DataFrame, threshold: float = OUTLIER_SCORE) -> dict[str, dict[str, Any]]:
    """Values far from the rest, in each numeric column that has any.

    A value is far when its modified z-score, 0.6745 · |x − median| / MAD, is above `threshold` (MAD: the median of
    |x − median|). Unlike mean and standard deviation, the two medians are not moved by the outliers themselves.
    Where more than half of the values are equal (MAD = 0), 1.2533 times the mean absolute deviation stands in.
    Iglewicz and Hoaglin, How to Detect and Handle Outliers (ASQC, 1993), who recommend 3.5. Fewer than 5 values are
    left alone: there is no "rest" to be far from.
    Returns `{column: {"count", "rows", "values"}}` with the first few row numbers (from 0).
    """
    found = {}
    for name, values in _numbers(data).items():
        distance = (values - values.median()).abs()
        scale = distance.median() / 0.6745 or distance.mean() * 1.2533
        if values.notna().sum() < 5 or not scale:
            continue
        far = distance / scale > threshold
        if far.any():
            found[name] = _found(far) | {"values": [float(v) for v in values[far][:MOST_NAMED]]}
    return found


def stale_dates(data: pd.DataFrame, today: date, days: int = STALE_AFTER_DAYS) -> dict[str, dict[str, Any]]:
    """Date columns whose newest value is more than `days` days before `today`: `{column: {"newest", "days_old"}}`."""
    import pandas as pd

    found = {}
    for name in data.columns:
        values = data[name].dropna()
        if not len(values) or not values.map(lambda v: hasattr(v, "isoformat")).all():
            continue
        newest = pd.to_datetime(values).max().date()
        if (today - newest).days > days:
            found[str(name)] = {"newest": newest.isoformat(), "days_old": (today - newest).days}
    return found


def sums_that_do_not_add_up(data: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows that break an arithmetic rule which nearly all other rows obey, and shares that miss 100 %.

    The rules are found in the data: `c = a + b` or `c = a × b` between any three numeric columns, to the cent, where
    at least 95 % of the rows obey it. A column named share, percent or pct must sum to 1 or 100, within
    half a percent.
    Returns one entry a rule that is broken: `{"rule", "count", "rows"}`, or `{"rule", "sum"}` for shares.
    """
    numbers = dict(itertools.islice(_numbers(data).items(), MOST_COLUMNS))
    broken: list[dict[str, Any]] = []
    for (a, left), (b, right) in itertools.combinations(numbers.items(), 2):
        for c, total in numbers.items():
            if c in (a, b):
                continue
            whole = left.notna() & right.notna() & total.notna()
            for sign, made in (("+", left + right), ("×", left * right)):
                off = whole & ((total - made).abs() > CENT)
                if whole.sum() > 2 and 0 < off.sum() <= (1 - RULE_HOLDS_FROM) * whole.sum():
                    broken.append({"rule": f"{c} = {a} {sign} {b}", **_found(off)})
    for name, values in numbers.items():
        come_to = float(values.sum())
        if any(word in name.lower() for word in ("share", "percent", "pct")) and len(values) > 1:
            whole_is = 100.0 if come_to > 2 else 1.0
            if abs(come_to / whole_is - 1) > 0.005:
                broken.append({"rule": f"{name} sums to {whole_is:g}", "sum": round(come_to, 4)})
    return broken


Check = Literal["null_check", "duplicate_check", "outlier_check", "freshness_check", "sum_check"]

CHECKS: Mapping[Check, tuple[str, Callable[[pd.DataFrame, date], Any]]] = {
    "null_check": ("nulls", lambda data, _: nulls(data)),
    "duplicate_check": ("duplicates", lambda data, _: duplicates(data)),
    "outlier_check": ("outliers", lambda data, _: detect_outliers(data)),
    "freshness_check": ("stale_dates", lambda data, today: stale_dates(data, today)),
    "sum_check": ("sums", lambda data, _: sums_that_do_not_add_up(data)),
}


def quality_report(data: pd.DataFrame, checks: Sequence[str], today: date) -> dict[str, Any]:
    """Run the named checks; an empty finding means that all is well.

    data: the rows. checks: names from CHECKS; none means all. today: what dates are measured against.
    Returns `{finding: what was found}`, and `rows`, the number looked at. Raises UsageError for an unknown check.
    """
    unknown = set(checks) - set(CHECKS)
    if unknown:
        raise UsageError(f"There is no check {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}.")
    chosen = [CHECKS[name] for name in CHECKS if name in checks or not checks]
    return {"rows": len(data)} | {finding: check(data, today) for finding, check in chosen}


def _numbers(data: pd.DataFrame) -> dict[str, pd.Series]:
    """The numeric columns as floats; keys are left out, a far one means nothing."""
    import pandas as pd

    found = {}
    for i, name in enumerate(map(str, data.columns)):
        column = data.iloc[:, i]
        if pd.api.types.is_bool_dtype(column) or name.lower() == "id" or name.lower().endswith("_id"):
            continue
        if column.map(lambda v: isinstance(v, (str, bool))).any():
            continue
        values = pd.to_numeric(column, errors="coerce").astype(float)
        if values.notna().any() and not column.dropna().map(lambda v: hasattr(v, "isoformat")).any():
            found[name] = values
    return found


def _found(at_fault: pd.Series) -> dict[str, Any]:
    rows = [i for i, bad in enumerate(at_fault) if bad]
    return {"count": len(rows), "rows": rows[:MOST_NAMED]}
