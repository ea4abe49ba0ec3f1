"""DeepEval's and RAGAS' metrics as `evaluate` takes them: there where the two are installed, beside the kit's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from demo_lib.evaluation import libraries
from demo_lib.evaluation.grounding import ungrounded
from demo_lib.evaluation.judge import NEEDS_A_JUDGE, NotScored, judge_of
from demo_lib.evaluation.metrics import Case, Metric

if TYPE_CHECKING:
    from demo_lib.llm import Model
    from demo_lib.settings import Settings


def library_metrics(settings: Settings) -> tuple[Metric, ...]:
    """The metrics of `libraries.py`; none where DeepEval and RAGAS are not installed.

    Those that a judge gives are asked of DEMO_JUDGE; without one they have no score, and say that they need a judge.
    """
    if len(libraries.available()) < 2:
        return ()
    # here, before threads do it side by side: in some half of it would be missing
    import deepeval.metrics  # noqa: F401
    import ragas.metrics.collections  # noqa: F401

    return (*_by_rule(), *_judged(judge_of(settings)))


def _by_rule() -> tuple[Metric, ...]:
    def similarity(case: Case) -> float | None:
        return libraries.semantic_similarity(case.outcome, case.reference, case.embed) if case.answered else None

    def grounded(case: Case) -> float | None:
        return libraries.grounded(
            case.outcome, lambda text, columns, rows, asked: ungrounded(text, columns, rows, asked, case.outcome.sql)
        )

    return (
        Metric("deepeval_sql_validity", lambda c: libraries.sql_validity(c.outcome), "SQL Validity", "DeepEval"),
        Metric("deepeval_grounded", grounded, "1 - Hallucination Rate", "DeepEval"),
        Metric("deepeval_tools", lambda c: libraries.tool_correctness(c.outcome, c.question), "Tool Calls", "DeepEval"),
        Metric("ragas_similarity", similarity, "Semantic Similarity", "RAGAS"),
        Metric(
            "ragas_precision",
            lambda c: libraries.context_precision(c.outcome, c.question),
            "Context Precision",
            "RAGAS",
        ),
        Metric("ragas_recall", lambda c: libraries.context_recall(c.outcome, c.question), "", "RAGAS"),
    )


def _judged(judge: Model | None) -> tuple[Metric, ...]:
    def scored(score: Callable[[Case], libraries.Judged]) -> Callable[[Case], float | None]:
        def number(case: Case) -> float | None:
            found = score(case)
            return None if isinstance(found, NotScored) else found

        return number

    needs = "" if judge else str(NEEDS_A_JUDGE)
    asked: dict[str, Callable[[Case], libraries.Judged]] = {
        "answer_relevancy": lambda c: libraries.answer_relevancy(c.outcome, judge),
        "grounded_judged": lambda c: libraries.grounded_judged(c.outcome, judge),
        "sql_correctness": lambda c: libraries.sql_correctness(c.outcome, c.question, judge),
    }
    return tuple(Metric(name, scored(score), "", "DeepEval", needs=needs) for name, score in asked.items())
