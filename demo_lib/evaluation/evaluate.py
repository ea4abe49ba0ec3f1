"""Evaluate relentlessly: the kit's questions asked, scored by `mlflow.genai.evaluate`, one MLflow run each time."""

from __future__ import annotations

import contextlib
import io
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.intervals import Measured, measured
from demo_lib.evaluation.library_metrics import library_metrics
from demo_lib.evaluation.metrics import METRICS, Case, Metric
from demo_lib.evaluation.outcomes import Journal, Outcome, ask_all
from demo_lib.evaluation.questions import Question
from demo_lib.tracing import TracingError, cost_per_agent, load_trace, milliseconds
from demo_lib.tracing import setup as set_up_tracing

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities import Trace

    from demo_lib.workshop import Workshop

KIND = "evaluation"
"""The tag `demo.kind` of its MLflow runs; `history` looks for it."""
DATASET = "text2sql-questions"


@dataclass(frozen=True)
class Evaluation:
    """What was measured, over which questions, of whom."""

    model: str
    """Who answered, as the answers say: `offline`, `replay`, or the live model's name."""
    prompt: str
    database: str
    metrics: tuple[Metric, ...]
    measured: dict[str, Measured]
    """By metric: the mean over the questions with its interval of confidence."""
    scores: pd.DataFrame
    """One row for each question and repeat, a column for each metric; what does not apply is missing."""
    latency: pd.DataFrame
    """Milliseconds, p50 and p95: of the whole answer, and of each agent's span."""
    usd: float
    """What the model calls cost, or would have: see `priced_as`."""
    priced_as: str
    tokens: int
    seconds: float
    run_id: str

    @property
    def values(self) -> dict[str, float]:
        """Every figure that can be held to a threshold: the metrics, latency_p50 and latency_p95 in seconds, usd."""
        p50, p95 = (float(self.latency[which].get("answer", math.nan)) / 1_000 for which in ("p50", "p95"))
        means = {name: one.value for name, one in self.measured.items()}
        return {**means, "latency_p50": p50, "latency_p95": p95, "usd": self.usd}

    def wrong(self) -> pd.DataFrame:
        """The questions that were not answered right, with what was said."""
        return self.scores.loc[self.scores["accuracy"] < 1, ["question", "said", "sql"]]


def evaluate(
    workshop: Workshop,
    questions: Sequence[Question],
    *,
    repeat: int = 1,
    fresh: bool = False,
    progress: bool = True,
) -> Evaluation:
    """Ask every question, score every answer, and keep it all as an MLflow run with its traces.

    repeat: ask each so many times. fresh: do not go on with a run that was killed. Where DeepEval and RAGAS are
    installed, their metrics stand beside the kit's own. Returns an Evaluation. Raises DemoError where nothing can be
    asked, or the gold SQL does not run.
    """
    import mlflow

    if not questions:
        raise DemoError("There is no question to evaluate. Choose others: --questions all")
    set_up_tracing(workshop.settings)
    register(questions)
    began = time.monotonic()
    outcomes = ask_all(workshop, questions, repeat=repeat, fresh=fresh, progress=progress)
    model = _answered_by(outcomes)
    prompt = workshop.settings.prompt
    cases = _cases(workshop, questions, outcomes)
    metrics = (*METRICS, *library_metrics(workshop.settings))
    with mlflow.start_run(run_name=f"evaluate {model} {prompt}", tags={"demo.kind": KIND}) as run:
        mlflow.log_params({**workshop.provenance, "questions": len(questions), "repeat": repeat, "answered_by": model})
        scores = _scored(cases, metrics)
        seconds = time.monotonic() - began
        usd, priced_as, tokens = _cost(cases)
        found = Evaluation(
            model, prompt, workshop.database.url, metrics, _means(scores, metrics), scores, latency_by_agent(cases),
            usd, priced_as, tokens, seconds, run.info.run_id,
        )  # fmt: skip
        mlflow.log_metrics({name: value for name, value in found.values.items() if value == value})
        mlflow.log_table(scores, "scores.json")
    Journal.of(workshop, questions, repeat).forget()
    return found


def register(questions: Sequence[Question]) -> None:
    """Keep the questions as an MLflow evaluation dataset, in whose page they can be read and labelled."""
    from mlflow.genai import datasets

    name = f"{DATASET}-{len(questions)}"
    known = datasets.search_datasets(filter_string=f"name = '{name}'", max_results=1)
    dataset = known[0] if known else datasets.create_dataset(name=name)
    dataset.merge_records([{"inputs": _inputs(q), "expectations": _expectations(q)} for q in questions])  # type: ignore[arg-type]


def _cases(workshop: Workshop, questions: Sequence[Question], outcomes: Sequence[Outcome]) -> list[Case]:
    from demo_lib.retrieval.embedder import embedder_for

    embedder = embedder_for(workshop.settings)
    by_id = {q.id: q for q in questions}
    golds = {q.id: q.golds(workshop) if q.expect == "answer" else [] for q in questions}

    def embed(texts: Sequence[str]) -> list[list[float]]:
        return embedder.get_text_embedding_batch(list(texts))

    return [Case(by_id[o.question_id], o, golds[o.question_id], _trace(o), embed) for o in outcomes]


def _trace(outcome: Outcome) -> Trace | None:
    try:
        return load_trace(outcome.trace_id or "")
    except TracingError:  # the question failed before a trace began, or the store is full
        return None


def _scored(cases: Sequence[Case], metrics: Sequence[Metric]) -> pd.DataFrame:
    """Every metric of every case, by MLflow's engine, which notes each score on the answer's trace."""
    import mlflow
    import pandas as pd
    from mlflow.genai import scorer

    by_key = {(c.outcome.question_id, c.outcome.repeat): c for c in cases}
    rows: dict[tuple[str, int], dict[str, Any]] = {
        key: {"id": key[0], "repeat": key[1], "question": c.outcome.asked, "skill": c.question.skill,
              "difficulty": c.question.difficulty, "said": c.outcome.failed or c.outcome.text, "sql": c.outcome.sql}
        for key, c in by_key.items()
    }  # fmt: skip

    def scorer_of(metric: Metric) -> Any:
        def score(inputs: dict[str, Any]) -> float | None:
            key = (inputs["id"], inputs["repeat"])
            value = None if metric.needs else metric.score(by_key[key])
            rows[key][metric.name] = value
            return value

        return scorer(score, name=metric.name)

    data = [
        {"inputs": {**_inputs(c.question), "repeat": c.outcome.repeat}, "outputs": {"answer": c.outcome.text},
         "expectations": _expectations(c.question), **({"trace": c.trace} if c.trace else {})}
        for c in cases
    ]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):  # where to look is said once, by us
        result = mlflow.genai.evaluate(data=data, scorers=[scorer_of(metric) for metric in metrics])
    lost = [name for name in (m.name for m in metrics) if any(name not in row for row in rows.values())]
    if lost:  # a metric that raised: MLflow notes it on the trace and goes on, but a mean over the rest would flatter
        raise DemoError(f"{', '.join(lost)} could not be measured for every question: see the run {result.run_id}.")
    return pd.DataFrame(list(rows.values()))


def _means(scores: pd.DataFrame, metrics: Sequence[Metric]) -> dict[str, Measured]:
    return {metric.name: measured(scores[metric.name], scores["id"]) for metric in metrics}


def latency_by_agent(cases: Sequence[Case]) -> pd.DataFrame:
    """Milliseconds at p50 and p95 of the answers and of each agent's spans, from the traces, slowest first.

    Returns columns p50, p95 and n, one row for `answer` and one an agent; a span counts what runs inside it.
    """
    import pandas as pd

    taken: list[tuple[str, float]] = [("answer", c.outcome.latency_ms) for c in cases if c.outcome.failed is None]
    for case in cases:
        spans = case.trace.data.spans if case.trace else []
        taken += [(s.name, milliseconds(s)) for s in spans if _is_timed(s) and s.parent_id is not None]
    by_name = pd.DataFrame(taken, columns=["who", "ms"]).astype({"ms": float}).groupby("who")["ms"]
    found = pd.DataFrame({"p50": by_name.quantile(0.5), "p95": by_name.quantile(0.95), "n": by_name.count()})
    return found.sort_values("p50", ascending=False).round(1)


def _is_timed(span: Any) -> bool:
    return span.span_type in ("AGENT", "RETRIEVER", "TOOL", "GUARDRAIL") or span.name == "query_execution"


def _cost(cases: Sequence[Case]) -> tuple[float, str, int]:
    """US dollars of all model calls, what they are priced as, and the tokens."""
    import pandas as pd

    tables = [cost_per_agent(case.trace) for case in cases if case.trace]
    costs = pd.concat(tables) if tables else pd.DataFrame({"usd": [], "priced_as": []})
    tokens = sum(case.outcome.usage.get("total_tokens", 0) for case in cases)
    return float(costs["usd"].sum()), ", ".join(sorted(set(costs["priced_as"]))) or "nothing", tokens


def _answered_by(outcomes: Sequence[Outcome]) -> str:
    return " + ".join(sorted({o.model for o in outcomes if o.failed is None})) or "nobody"


def _inputs(question: Question) -> dict[str, Any]:
    return {"id": question.id, "question": question.question, "database": question.database}


def _expectations(question: Question) -> dict[str, Any]:
    return {
        "expect": question.expect,
        "gold_sql": question.gold_sql.get("duckdb", ""),
        "gold_tables": list(question.gold_tables),
        "expected_facts": list(question.facts),
        "must_not_claim": list(question.must_not_claim),
    }
