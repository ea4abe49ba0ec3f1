"""Values as JSON holds them: what a tool returns on its way to a model, and rows on their way to a user."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

CELL_CHARACTERS = 200  # of a value that a model is shown
ROWS_OF_A_FRAME = 20  # of a table that a tool returns a model sees the beginning


def json_rows(table: pd.DataFrame) -> list[list[Any]]:
    """The rows as JSON can hold them: decimals as numbers, dates as ISO text, missing as null."""
    return [[_cell(v) for v in row] for row in table.itertuples(index=False, name=None)]


def clipped(rows: list[list[Any]], characters: int = CELL_CHARACTERS) -> list[list[Any]]:
    """The rows with every long cell cut short, as a model gets to see them."""

    def cut(value: Any) -> Any:
        text = value if isinstance(value, str) else str(value) if isinstance(value, (list, dict)) else ""
        return f"{text[:characters]}…" if len(text) > characters else value

    return [[cut(v) for v in row] for row in rows]


def beginning(table: pd.DataFrame, rows: int = ROWS_OF_A_FRAME) -> dict[str, Any]:
    """`{"columns", "row_count", "rows"}`: what a model sees of a table, whose first `rows` are shown."""
    shown = json_rows(table.head(rows))
    return {"columns": [str(c) for c in table.columns], "row_count": len(table), "rows": shown}


def plain(value: Any) -> Any:
    """Any tool's result as JSON can hold it: a Series by its labels, a DataFrame by its columns and first rows."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return beginning(value)
    if isinstance(value, (Mapping, pd.Series)):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(v) for v in value]
    return _cell(value)


def _cell(value: Any) -> Any:
    import pandas as pd

    if hasattr(value, "tolist") and not hasattr(value, "isoformat"):
        value = value.tolist()  # a numpy number, or an array of them
    if isinstance(value, (list, tuple, set)):
        return [_cell(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _cell(v) for k, v in value.items()}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if value is None or pd.isna(value):
        return None
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, decimal.Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int, str)) else str(value)
