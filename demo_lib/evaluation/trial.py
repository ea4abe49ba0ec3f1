"""One question under one version of the SQL prompt: its query, its rows, and whether they are the right ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from demo_lib.agents.sql_generator import SqlDraft
from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.questions import Question

if TYPE_CHECKING:
    import pandas as pd

    from demo_lib.workshop import Workshop

Verdict = Literal["right", "declined", "wrong"]
# A list of names needs a column or two more than the gold query has; more would be guessing.
EXTRA_COLUMNS = 2


@dataclass(frozen=True)
class Trial:
    """What one version made of one question."""

    verdict: Verdict
    """A decline, or a block, that is wanted is right."""
    trace_id: str
    table: pd.DataFrame | None
    """The rows; None where there is no query, or where it failed."""
    said: str
    """The query, or why there is none."""


def check_fit(workshop: Workshop, questions: Sequence[Question]) -> None:
    """Raises UsageError where there are no questions, or some are about a database that the workshop does not hold."""
    if not questions:
        raise UsageError("There are no questions to measure with.")
    if unfit := {q.database for q in questions} - set(workshop.policies):
        held = ", ".join(workshop.policies)
        raise UsageError(f"The questions are about {', '.join(sorted(unfit))}; this database holds {held}.")


def try_prompt(
    workshop: Workshop, version: str, question: Question, wanted: Sequence[pd.DataFrame] | None = None
) -> Trial:
    """Ask one version one question, in a trace of its own.

    version: of the prompt, as `prompts.load` takes it. question: its gold tables are what the model is shown, so
    that the prompt alone makes the difference. wanted: the results that are right; default: the gold ones.
    Raises ModelError, and DemoError for a gold result that cannot be had.
    """
    import mlflow

    agent = replace(workshop.sql_agent, prompt_version=version)
    context = question.gold_tables or tuple(workshop.policies[question.database].tables)
    with mlflow.start_span("evaluate_question", span_type="AGENT") as span:
        span.set_inputs({"question": question.question, "prompt_version": version})
        mlflow.update_current_trace(metadata={**workshop.provenance, "demo.prompt": version})
        draft = agent.generate_query(question.question, context=context, database=question.database)
        table, said = _rows(workshop, question, draft)
        if draft.sql is None:
            verdict: Verdict = "declined" if question.expect == "answer" else "right"
        else:
            verdict = "right" if table is not None and _agrees(workshop, question, table, wanted) else "wrong"
        noted = {"question": question.id, "prompt_version": version, "verdict": verdict, "note": verdict}
        span.set_attributes(noted)
        span.set_outputs({"text": said, "declined": draft.declined, "blocked": draft.blocked, "verdict": verdict})
    return Trial(verdict, span.trace_id, table, said)


def _rows(workshop: Workshop, question: Question, draft: SqlDraft) -> tuple[pd.DataFrame | None, str]:
    if draft.sql is None:
        return None, draft.blocked or draft.declined or "The model wrote no query."
    try:
        result = workshop.execute_sql(draft.sql, question.database)
    except DemoError as error:
        return None, str(error)
    return workshop.results.get(result["result_id"]).table, draft.sql


def _agrees(workshop: Workshop, question: Question, rows: pd.DataFrame, wanted: Sequence[pd.DataFrame] | None) -> bool:
    """Whether the rows are right ones; where nothing should have come of the question, none are."""
    if question.expect != "answer":
        return False
    right = question.golds(workshop) if wanted is None else wanted
    return any(same_result(rows, gold, ordered=question.ordered, extra_columns=EXTRA_COLUMNS) for gold in right)
