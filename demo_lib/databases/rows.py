"""Rows on their way into a table: counted and weighed while they arrive, then given the types that DuckDB's have."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from demo_lib.databases.base import QueryError
from demo_lib.guardrails.result import capped

Kind = Literal["whole", "number", "boolean", "text", "moment", "moment with zone", "other"]

# SQLite has no type for days and times: its documentation says to store them as text in this form
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?")
_EXACT = 2**53  # the first whole number after which a float skips some


def gathered(
    rows: Iterable[tuple[Any, ...]], cap_rows: int, memory_limit_mb: int
) -> list[tuple[Any, ...]]:
    """The rows, drawn one by one until there are more than may be, or they weigh more than they may.

    Raises GuardrailViolation (layer `result`) beyond `cap_rows`, QueryError beyond `memory_limit_mb`.
    """
    kept, weight = [], 0
    for [row] in capped(([row] for row in rows), cap_rows):
        weight += sum(map(_weight, row))
        if weight > memory_limit_mb * 1_000_000:
            raise QueryError(
                f"The result holds more than {memory_limit_mb} MB. Select fewer or shorter columns, or aggregate."
            )
        kept.append(row)
    return kept


def as_table(names: Sequence[str], rows: Sequence[tuple[Any, ...]], kinds: Sequence[Kind | None]) -> pd.DataFrame:
    """The rows as a DataFrame, with the types that DuckDB gives for the same values.

    kinds: of each column; None: by its values, which then are numbers, text, or text that is a day or a time in
    every row. Whole numbers are `int64` (`Int64` with NULLs), other numbers `float64` (exact decimals too, as from
    DuckDB), booleans `bool` (`boolean`), text `str`, days and times `datetime64[us]`, with a zone in UTC. The values
    of any other kind stay the objects that the driver gives.
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    series = [
        _series(values, kind or _kind_of(values)) for values, kind in zip(columns, kinds, strict=True)
    ]
    table = pd.DataFrame(dict(enumerate(series)))
    table.columns = pd.Index(names)
    return table


def _weight(value: object) -> int:
    """About how many bytes a value holds. A letter may take four of them: one emoji widens its whole text."""
    if isinstance(value, (str, bytes)):
        return sys.getsizeof(value)
    return 8 + sum(map(_weight, value)) if isinstance(value, (list, tuple)) else 8


def _kind_of(values: Sequence[Any]) -> Kind:
    types = {type(v) for v in values if v is not None}
    if types == {int}:
        return "whole"
    if types and types <= {int, float}:
        return "number"
    if types == {str}:
        return "moment" if all(v is None or _MOMENT.fullmatch(v) for v in values) else "text"
    return "other"


def _series(values: Sequence[Any], kind: Kind) -> pd.Series[Any]:
    missing = any(v is None for v in values)
    match kind:
        case "whole":
            return pd.Series(values, dtype="Int64" if missing else "int64")
        case "boolean":
            return pd.Series(values, dtype="boolean" if missing else "bool")
        case "number":
            if not missing and values and all(_is_whole(v) for v in values):
                return pd.Series([int(v) for v in values], dtype="int64")
            return pd.Series([None if v is None else float(v) for v in values], dtype="float64")
        case "text":
            return pd.Series(values, dtype="str")
        case "moment" | "moment with zone":
            try:
                zoned = kind == "moment with zone"
                found = pd.Series(pd.to_datetime(list(values), format="ISO8601", utc=zoned))
                return found.astype("datetime64[us, UTC]" if zoned else "datetime64[us]")
            except (ValueError, TypeError):  # a 31st of February in text, an offset beyond a day
                return pd.Series(values, dtype="object" if isinstance(values[0], date) else "str")
        case _:
            return pd.Series(values, dtype="object")


def _is_whole(value: object) -> bool:
    """Whether it is an exact whole number, as a sum over whole numbers is, and not a decimal that is round."""
    return isinstance(value, Decimal) and value.is_finite() and value.as_tuple().exponent == 0 and abs(value) < _EXACT
