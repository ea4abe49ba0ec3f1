"""Slide 13's metrics by the tools that it names: DeepEval and RAGAS, called directly, over one outcome at a time.

Each gives a number from 0 to 1, where 1 is best, None where it does not apply, and NotScored with the reason where
nobody gave a score: what needs a judge has none until DEMO_JUDGE names one. They run where the two are installed:
`python3 run.py eval`; `available` says where that is.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from importlib import metadata
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.judge import NEEDS_A_JUDGE, NotScored
from demo_lib.evaluation.outcomes import Outcome
from demo_lib.evaluation.questions import Question
from demo_lib.evaluation.routes import route

if TYPE_CHECKING:
    from deepeval.test_case import LLMTestCase

    from demo_lib.evaluation.deepeval_metrics import Ungrounded
    from demo_lib.llm import Model

Score = float | None
Judged = float | NotScored | None

EXPECTED_TOOLS = {"answer": ("text_to_sql", "execute_sql"), "decline": ("text_to_sql",), "block": ("text_to_sql",)}
"""The tools that a question needs at least, by what is expected of it."""
MOST_ROWS_JUDGED = 20  # as many as the model saw that wrote the answer, unless DEMO_PREVIEW_ROWS says otherwise


def available() -> dict[str, str]:
    """Which of DeepEval and RAGAS are installed, with their versions; empty in the kit's own environment."""
    found = {}
    for name in ("deepeval", "ragas"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


# -- no judge needed


def sql_validity(outcome: Outcome, run: Callable[[str], object] | None = None) -> Score:
    """DeepEval: whether the query that was written executes. None where none was written.

    run: executes a query and raises DemoError where it cannot; default: what happened to it when it was asked.
    """
    from demo_lib.evaluation.deepeval_metrics import SqlValidity

    def happened(_: str) -> None:
        if outcome.sql is None:
            raise DemoError(outcome.blocked or "The query did not run.")

    if outcome.sql is None and outcome.blocked is None:
        return None
    return SqlValidity(run or happened).measure(case_of(outcome, output=outcome.sql or ""))


def semantic_similarity(
    outcome: Outcome, reference: str, embed: Callable[[list[str]], Sequence[Sequence[float]]]
) -> Score:
    """RAGAS: the cosine of the answer's vector and the reference's (Risch et al., 2021). None without an answer.

    reference: what the answer should say. embed: makes vectors of texts: `embedder_for(settings).vectors_of`. The
    offline embedder compares spelling; meaning takes DEMO_EMBEDDER=openai.
    """
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.metrics.collections import SemanticSimilarity

    class Ours(BaseRagasEmbedding):
        def embed_text(self, text: str, **_: Any) -> list[float]:
            return list(embed([text])[0])

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_text(text)

    if not outcome.text.strip() or not reference.strip():
        return None
    metric = SemanticSimilarity(embeddings=Ours())
    found = _waited(metric.ascore(reference=reference, response=outcome.text))
    return _share(max(found.value, 0.0))  # a cosine below zero is as unlike as can be


def context_precision(outcome: Outcome, question: Question) -> Score:
    """RAGAS: the share of the retrieved tables that are gold ones. None where either list is empty."""
    from ragas.metrics import IDBasedContextPrecision

    return _context(IDBasedContextPrecision(), outcome, question)


def context_recall(outcome: Outcome, question: Question) -> Score:
    """RAGAS: the share of the gold tables that were retrieved. None where either list is empty."""
    from ragas.metrics import IDBasedContextRecall

    return _context(IDBasedContextRecall(), outcome, question)


def _context(metric: Any, outcome: Outcome, question: Question) -> Score:
    from ragas import SingleTurnSample

    if not outcome.tables or not question.gold_tables:
        return None
    sample = SingleTurnSample(
        retrieved_context_ids=list(outcome.tables), reference_context_ids=list(question.gold_tables)
    )
    return _share(_waited(metric.single_turn_ascore(sample)))


def grounded(outcome: Outcome, ungrounded: Ungrounded) -> Score:
    """DeepEval: 1 where the answer says nothing that is in neither its rows nor the question, else 0.

    One minus the mean is slide 13's hallucination rate. ungrounded: finds what is not. None without an answer.
    """
    from demo_lib.evaluation.deepeval_metrics import Grounded

    return Grounded(ungrounded).measure(case_of(outcome)) if outcome.sql is not None else None


def tool_correctness(outcome: Outcome, question: Question, expected: Sequence[str] | None = None) -> Score:
    """DeepEval: the share of the expected tools that were called. None where no trace says.

    expected: by name; default: EXPECTED_TOOLS. Further calls cost nothing. Raises TracingError where the trace is gone.
    """
    from deepeval.metrics import ToolCorrectnessMetric
    from deepeval.test_case import ToolCall

    from demo_lib.evaluation.deepeval_metrics import Nobody

    if outcome.trace_id is None:
        return None
    case = case_of(outcome)
    case.tools_called = [ToolCall(name=name) for name in route(outcome.trace_id)]
    case.expected_tools = [ToolCall(name=name) for name in expected or EXPECTED_TOOLS[question.expect]]
    metric = ToolCorrectnessMetric(model=Nobody(), async_mode=False, include_reason=False)
    return _share(metric.measure(case, _show_indicator=False))


# -- behind a judge


def answer_relevancy(outcome: Outcome, judge: Model | None) -> Judged:
    """DeepEval's AnswerRelevancyMetric (slide 13): the share of the answer's statements that bear on the question.

    judge: see `judge_of`. None without an answer. Raises ModelError where the judge cannot be reached.
    """
    from deepeval.metrics import AnswerRelevancyMetric

    return _judged(AnswerRelevancyMetric, case_of(outcome), judge) if outcome.sql is not None else None


def grounded_judged(outcome: Outcome, judge: Model | None) -> Judged:
    """DeepEval's HallucinationMetric (slide 13): 1 where the answer agrees with its rows, as the judge sees it, else 0.

    judge: see `judge_of`; it is sent the answer and at most MOST_ROWS_JUDGED of the rows. None without an answer.
    Raises ModelError where the judge cannot be reached.
    """
    from deepeval.metrics import HallucinationMetric

    return _judged(HallucinationMetric, case_of(outcome), judge) if outcome.sql is not None else None


def sql_correctness(outcome: Outcome, question: Question, judge: Model | None, dialect: str = "duckdb") -> Judged:
    """DeepEval's GEval (the appendix's "SQL Correctness"): whether the query asks for what the gold query asks for.

    judge: see `judge_of`. None without a query or a gold one. Raises ModelError where the judge cannot be reached.
    GEval: Liu et al., EMNLP 2023.
    """
    from deepeval.metrics import GEval
    from deepeval.test_case import SingleTurnParams as Part

    if outcome.sql is None or not question.gold_sql:
        return None
    case = case_of(outcome, output=outcome.sql)
    case.expected_output = question.accepted(dialect)[0]
    criteria = (
        "Whether the SQL query in the actual output answers the question in the input: whether it would return the "
        "same rows as the query in the expected output, on any data. Names, aliases, formatting, a LIMIT far above "
        "the number of rows, and the order of columns do not matter."
    )
    parts = [Part.INPUT, Part.ACTUAL_OUTPUT, Part.EXPECTED_OUTPUT]
    return _judged(GEval, case, judge, name="SQL Correctness", criteria=criteria, evaluation_params=parts)


def _judged(kind: Any, case: LLMTestCase, judge: Model | None, **options: Any) -> Judged:
    """What DeepEval makes of the judge's answers; NotScored where they give no number from 0 to 1."""
    from demo_lib.evaluation.deepeval_metrics import Judge

    if judge is None:
        return NEEDS_A_JUDGE
    metric = kind(model=Judge(judge), async_mode=False, **options)
    try:
        found = _share(metric.measure(case, _show_indicator=False))
    except DemoError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError):  # JSON that is none, or has other parts than were asked
        found = None
    return NotScored("the judge's answer cannot be read") if found is None else found


# -- what both stand on


def case_of(outcome: Outcome, output: str | None = None) -> LLMTestCase:
    """An outcome as DeepEval's test case. output: what is judged; default: the answer's text."""
    from deepeval.test_case import LLMTestCase

    shown = outcome.rows[:MOST_ROWS_JUDGED]
    table = [f"{len(outcome.rows)} rows, of which these are the first {len(shown)}:", " | ".join(outcome.columns)]
    table += [" | ".join(map(str, row)) for row in shown]
    return LLMTestCase(
        input=outcome.asked,
        actual_output=outcome.text if output is None else output,
        context=["\n".join(table)],  # one: DeepEval asks for a verdict on each
        metadata={"columns": outcome.columns, "rows": outcome.rows},
    )


def _share(found: float) -> float | None:
    """A number from 0 to 1; None for what is none."""
    value = float(found)
    return min(value, 1.0) if 0 <= value <= 1 + 1e-9 and not math.isnan(value) else None


def _waited(work: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine gives, in a thread of its own: a notebook's cell has an event loop that runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, asyncio.run, work).result()
