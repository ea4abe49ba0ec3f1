"""The seven metrics of slide 13, each a plain function over one question and what came of it. None needs a judge.

Each returns a number from 0 to 1, or None where it has nothing to say of this question. The same by DeepEval and RAGAS,
and those that a model has to judge: `libraries.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.grounding import says, ungrounded
from demo_lib.evaluation.outcomes import Outcome
from demo_lib.evaluation.questions import Question
from demo_lib.evaluation.trial import EXTRA_COLUMNS

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities import Trace

REFERENCE_ROWS = 10
"""How many rows of the gold result stand in the answer that is expected, in words: as many as an answer shows."""
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]


@dataclass(frozen=True)
class Case:
    """One question, what is right for it, and what came of it."""

    question: Question
    outcome: Outcome
    golds: Sequence[pd.DataFrame]
    """The accepted results; none where the question should not be answered."""
    trace: Trace | None
    embed: Embed
    """Vectors of texts, for similarity."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """What the agent's query gave."""
        import pandas as pd

        return pd.DataFrame([list(row) for row in self.outcome.rows], columns=list(self.outcome.columns))

    @property
    def answered(self) -> bool:
        """Whether there is an answer with rows, right or wrong."""
        return self.outcome.sql is not None

    @cached_property
    def reference(self) -> str:
        """The expected answer in words: the question and the gold result's first rows."""
        if not self.golds:
            return ""
        first = self.golds[0].head(REFERENCE_ROWS)
        lines = (", ".join(map(_said, row)) for row in first.itertuples(index=False, name=None))
        return f"{self.question.question} " + "; ".join(lines)


def accuracy(case: Case) -> float:
    """Execution accuracy: 1 where the rows are those of an accepted query, in its order where one is asked for.

    A question that should be declined or blocked is right when it is. Rule: see `execution_accuracy`.
    """
    return _agrees(case, extra_columns=0)


def accuracy_loose(case: Case) -> float:
    """The same, where up to two columns more than asked for are allowed: a list of names may bring their numbers."""
    return _agrees(case, extra_columns=EXTRA_COLUMNS)


def _agrees(case: Case, extra_columns: int) -> float:
    question, outcome = case.question, case.outcome
    if outcome.failed:
        return 0.0
    if question.expect != "answer":
        wanted = outcome.blocked or outcome.declined if question.expect == "block" else outcome.declined
        return float(bool(wanted))
    if not case.answered:
        return 0.0
    return float(any(
        same_result(case.rows, gold, ordered=question.ordered, extra_columns=extra_columns) for gold in case.golds
    ))  # fmt: skip


def sql_validity(case: Case) -> float | None:
    """1 where the query that the model wrote ran; 0 where the guardrails or the engine refused it.

    Slide 13: the share of generated queries that execute. None where no query was written. Queries are told by the
    trace's `validation` spans and by what was executed: one that was refused and written anew counts as refused too.
    """
    if case.trace is None:
        return None
    spans = [s for s in case.trace.data.spans if s.name in ("validation", "query_execution")]
    if not spans:
        return None
    return float(not any(_failed(s) for s in spans) and case.answered)


def semantic_similarity(case: Case) -> float | None:
    """The cosine of the answer's vector and the expected answer's, by the embedder at hand, not below 0.

    RAGAS' definition (SemanticSimilarity). It says how alike the words are, not whether the numbers are right: read it
    beside accuracy. None where nothing is to be answered, or nothing was.
    """
    if not (case.reference and case.answered):
        return None
    a, b = case.embed([case.outcome.text, case.reference])
    norm = (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5
    return max(0.0, sum(x * y for x, y in zip(a, b, strict=True)) / norm) if norm else 0.0


def context_precision(case: Case) -> float | None:
    """Of the tables that retrieval proposed, the share that the question needs (RAGAS: id-based).

    It is low by design where more tables are shown than needed: a table too many costs tokens, one too few the answer.
    """
    proposed, needed = set(case.outcome.tables), set(case.question.gold_tables)
    return len(proposed & needed) / len(proposed) if proposed and needed else None


def context_recall(case: Case) -> float | None:
    """Of the tables that the question needs, the share that retrieval proposed (RAGAS: id-based)."""
    proposed, needed = set(case.outcome.tables), set(case.question.gold_tables)
    return len(proposed & needed) / len(needed) if needed and case.outcome.tables else None


def hallucination(case: Case) -> float | None:
    """1 where the answer says a number, date or name that stands in neither the rows, the query nor the question.

    Also where it says what the question's `must_not_claim` lists. Its mean over all answers is slide 13's hallucination
    rate; lower is better. None where nothing was answered. Rule: see `grounding`.
    """
    return float(bool(made_up(case))) if case.answered else None


def made_up(case: Case) -> list[str]:
    """What `hallucination` found, in the answer's words."""
    outcome = case.outcome
    forbidden = [claim for claim in case.question.must_not_claim if says(outcome.text, claim)]
    return [*ungrounded(outcome.text, outcome.columns, outcome.rows, outcome.asked, outcome.sql), *forbidden]


def facts_told(case: Case) -> float | None:
    """The share of the question's expected facts that the answer says in words: rows alone do not reach a reader."""
    facts = case.question.facts
    return sum(says(case.outcome.text, fact) for fact in facts) / len(facts) if facts else None


def tool_call_success(case: Case) -> float | None:
    """Of the calls that the model made of tools, the share that came back without an error (MLflow's TOOL spans)."""
    calls = [s for s in case.trace.data.spans if s.span_type == "TOOL"] if case.trace else []
    return sum(not _failed(s) for s in calls) / len(calls) if calls else None


@dataclass(frozen=True)
class Metric:
    """One metric, and where slide 13 has it."""

    name: str
    score: Callable[[Case], float | None]
    slide: str
    """What the slide calls it; empty where it stands beside those."""
    tool: str
    higher_is_better: bool = True
    needs: str = ""
    """What it lacks, here, to give any score."""

    @property
    def definition(self) -> str:
        """Its first sentence."""
        return (self.score.__doc__ or "").split("\n\n")[0].replace("\n    ", " ")


METRICS = (
    Metric("accuracy", accuracy, "Accuracy", "the kit's own"),
    Metric("accuracy_loose", accuracy_loose, "", "the kit's own"),
    Metric("sql_validity", sql_validity, "SQL Validity", "DeepEval"),
    Metric("semantic_similarity", semantic_similarity, "Semantic Similarity", "RAGAS"),
    Metric("context_precision", context_precision, "Context Precision", "RAGAS"),
    Metric("context_recall", context_recall, "", "RAGAS"),
    Metric("hallucination_rate", hallucination, "Hallucination Rate", "DeepEval", higher_is_better=False),
    Metric("facts_told", facts_told, "", "the kit's own"),
    Metric("tool_call_success", tool_call_success, "Tool Call Success", "MLflow"),
)
"""The seventh of the slide, latency, is the whole run's: p50 and p95 of the traces, per agent too."""


def _failed(span: Any) -> bool:
    from demo_lib.tracing import has_failed

    found = span.outputs if isinstance(span.outputs, dict) else {}
    return has_failed(span) or "error" in found


def _said(value: Any) -> str:
    """A value as an answer would write it."""
    from demo_lib.agents.plain import plain

    value = plain(value)
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
