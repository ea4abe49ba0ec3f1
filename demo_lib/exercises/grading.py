"""What the graders share: the verdicts, and how an answer's rows are judged."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.guardrails import check_sql
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

if TYPE_CHECKING:
    import pandas as pd


def right(text: str) -> None:
    """Say that it is right, and what was learnt."""
    print(f"✓ Right. {text}")


def not_yet(hint: str) -> None:
    """Say that it is not right yet, and where to look."""
    print(f"→ Not yet. {hint}")


def is_blank(value: Any) -> bool:
    """Whether the learner has not written anything yet."""
    return value is ... or value is None or (isinstance(value, str) and not value.strip())


def run(sql: str, database: str = "analytics") -> pd.DataFrame:
    """The rows of any SQL over our own data, through the guardrails. Raises GuardrailViolation or QueryError."""
    workshop = _workshop()
    return workshop.database.run(check_sql(sql, workshop.policies[database], workshop.database.dialect))


@functools.cache
def _workshop() -> Workshop:
    return Workshop(Settings())


def rows_verdict(answer: Any, sql: str, *, ordered: bool = False) -> str | None:
    """None where the answer's rows are those of `sql`, else a hint that names what is off."""
    if is_blank(answer):
        return "Replace the ... by your own line, then run the cell again."
    if not hasattr(answer, "table"):
        return f"This wants what ask(...) returns; it got {type(answer).__name__}."
    if answer.declined or answer.blocked:
        return f"The question was not answered: {answer.declined or answer.blocked}"
    if answer.table is None:
        return "The answer holds no rows. Ask a question about the data."
    wanted = run(sql)
    if same_result(answer.table, wanted, ordered=ordered, extra_columns=2):
        return None
    if len(answer.table) != len(wanted):
        return f"Rows in your answer: {len(answer.table)}; expected: {len(wanted)}. Which words ask for one row each?"
    return "The number of rows is right, their values are not. Look at answer.sql: the period, the measure, the filter."
