"""Graders of 01_basic_flow."""

from __future__ import annotations

from typing import Any

from demo_lib.exercises.grading import not_yet, right, rows_verdict
from demo_lib.tracing import load_trace


def check_exercise_1(span_name: Any, answer: Any) -> None:
    """The span in which the SQL was written."""
    names = {span.name for span in load_trace(answer).data.spans if span.span_type != "CHAT_MODEL"}
    if span_name is ...:
        not_yet("Put a span's name in the place of the ..., as text: span_name = 'query_planning', say.")
    elif not isinstance(span_name, str) or span_name not in names:
        not_yet(f"There is no span {span_name!r} in this trace. The names: {', '.join(sorted(names))}.")
    elif span_name == "text_to_sql":
        not_yet("That tool did more than write: look one level deeper in the tree.")
    elif span_name != "sql_generation":
        not_yet(f"{span_name} ran no model call that wrote SQL. Which span has one, and the schema, and a validation?")
    else:
        right("sql_generation holds the schema it looked up, the model call, and the check of what came back.")


def check_exercise_2(answer: Any) -> None:
    """Total sales by product category in 2024: two tables joined."""
    hint = rows_verdict(
        answer,
        "SELECT p.category, SUM(s.amount) FROM sales AS s JOIN products AS p ON p.product_id = s.product_id "
        "WHERE s.sale_date >= DATE '2024-01-01' AND s.sale_date < DATE '2025-01-01' GROUP BY p.category",
    )
    if hint:
        not_yet(hint)
    else:
        right("The join came along the foreign key in the schema that retrieval put in the prompt.")
