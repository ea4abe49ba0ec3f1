"""Values as JSON holds them: what a tool returns on its way to a model, and rows on their way to a user."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ROWS_OF_A_FRAME = 20  # of a table that a tool returns a model sees the beginning


def json_rows(table: pd.DataFrame) -> list[list[Any]]:
    """The rows as JSON can hold them: decimals as numbers, dates as ISO text, missing as null."""
    return [[_cell(v) for v in row] for row in table.itertuples(index=False, name=None)]


def plain(value: Any) -> Any:
    """Any tool's result as JSON can hold it: a Series by its labels, a DataFrame by its columns and first rows."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        shown = json_rows(value.head(ROWS_OF_A_FRAME))
        return {"columns": [str(c) for c in value.columns], "row_count": len(value), "rows": shown}
    if isinstance(value, (Mapping, pd.Series)):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(v) for v in value]
    return _cell(value)


def _cell(value: Any) -> Any:
    import pandas as pd

    if hasattr(value, "item") and not hasattr(value, "isoformat") and getattr(value, "size", 1) == 1:
        value = value.item()  # a numpy number
    if isinstance(value, (list, tuple, dict, set, bytes, bytearray)) or getattr(value, "size", 1) != 1:
        return str(value)
    if value is None or pd.isna(value):
        return None
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, decimal.Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int, str)) else str(value)
