"""PromptFoo's assertion: the answer's query, through the guardrails, gives the gold rows."""

from __future__ import annotations

from typing import Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.questions import Question, load
from demo_lib.evaluation.trial import EXTRA_COLUMNS
from demo_lib.guardrails import check_sql
from demo_lib.workshop import Workshop


def get_assert(output: str, context: dict[str, Any]) -> dict[str, Any]:
    """What PromptFoo calls with the SQL, or with `declined: …`. A wanted decline is right; a query that fails is wrong."""
    (question,) = [q for q in load() if q.question == context["vars"]["question"]]
    if output.startswith("declined: "):
        return _graded(question.expect == "decline", output)
    try:
        right = _agrees(Workshop(), question, output)
    except DemoError as error:
        return _graded(False, f"wrong: {error}")
    return _graded(right, "right" if right else "wrong: other rows than the gold query's")


def _agrees(workshop: Workshop, question: Question, sql: str) -> bool:
    if question.expect == "decline":
        return False
    checked = check_sql(sql, workshop.policies[question.database], workshop.database.dialect)
    rows = workshop.database.run(checked)
    return any(
        same_result(rows, gold, ordered=question.ordered, extra_columns=EXTRA_COLUMNS)
        for gold in question.golds(workshop)
    )


def _graded(right: bool, reason: str) -> dict[str, Any]:
    return {"pass": right, "score": float(right), "reason": reason}
