"""Graders of 03_adding_an_agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo_lib.exercises.grading import is_blank, not_yet, right, rows_verdict
from demo_lib.tracing import load_trace

if TYPE_CHECKING:
    import pandas as pd

REVENUE_BY_REGION = """
SELECT r.region_name, SUM(s.amount) FROM sales AS s JOIN customers AS c ON c.customer_id = s.customer_id
JOIN regions AS r ON r.region_id = c.region_id
WHERE s.sale_date >= DATE '2024-01-01' AND s.sale_date < DATE '2025-01-01' GROUP BY r.region_name
"""
_ROW = 2025


def check_exercise_1(answer: Any) -> None:
    """A tool of one's own, chosen by the model, that returned the number of rows."""
    hint = rows_verdict(answer, REVENUE_BY_REGION)
    if hint:
        return not_yet(hint)
    tools = [s for s in load_trace(answer).data.spans if s.span_type == "TOOL"]
    mine = next((s for s in tools if s.name == "summarize"), None)
    if mine is None:
        names = ", ".join(s.name for s in tools)
        return not_yet(f"The rows are right, but the model chose {names}. Is summarize registered, and does your "
                       "question ask for what it does?")  # fmt: skip
    if "ERROR" in str(mine.status.status_code):
        return not_yet("The model chose summarize, but it failed: show_trace(my_answer) says how.")
    rows = len(answer.table)
    if not any(isinstance(v, int) and not isinstance(v, bool) and v == rows for v in _values(mine.outputs)):
        return not_yet(f"summarize returned {mine.outputs}; the result has another number of rows. Use len(data).")
    right("A name and a docstring are a prompt: they are what the model chooses a tool by.")


def _values(value: Any) -> list[Any]:
    return [v for inner in value.values() for v in _values(inner)] if isinstance(value, dict) else [value]


def tampered(lines: pd.DataFrame) -> pd.DataFrame:
    """A copy of the purchase order lines in which one row does not add up."""
    copy = lines.copy()
    copy["ordered_quantity"] += [3 * (row == _ROW) for row in range(len(copy))]
    return copy


def check_exercise_2(row: Any) -> None:
    """The row that was tampered with."""
    if is_blank(row):
        return not_yet("Put the number of a row in the place of the ...: my_row = 17, say.")
    try:
        given = int(row)
    except (TypeError, ValueError):
        return not_yet(f"This wants one whole number; it got {type(row).__name__}. A report names rows under 'rows'.")
    if given == _ROW + 1:
        return not_yet("Nearly: rows are counted from 0 here, and yours is one too far.")
    if given != _ROW:
        return not_yet("That row is as it should be. An outlier is no fault: which check knows what a line comes to?")
    right("The rule was in the data: line cost = ordered quantity × cost per unit, in every row but one.")
