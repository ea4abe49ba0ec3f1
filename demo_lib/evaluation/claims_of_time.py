"""What the talk says about time: of a span, a search, a query, a model call, a set-up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import TYPE_CHECKING

from demo_lib.errors import DemoError
from demo_lib.evaluation.claims import NOT_HERE, Bench, Found, about, holds, said, within
from demo_lib.evaluation.overhead import MODEL_SECONDS
from demo_lib.settings import ENVIRONMENT

if TYPE_CHECKING:
    from mlflow.entities import Span

OFFLINE = "The offline model is a parser in this process; set a key and run it again"
NEGLIGIBLE = 0.05  # of the time that model calls take
LLM_CALL_MS = (100, 500)


@said("database_share", 4, "The bottleneck is the database query: 480 of 820 ms (59 %)", "% of a trace")
def database_share(bench: Bench) -> Found:
    """The share of a whole answer that its query takes, and which step takes most."""
    from demo_lib.tracing import children_of, milliseconds

    shares, longest = [], []
    for trace in bench.traces:
        below = children_of(trace)
        root, *_ = below[None]
        leaves = [s for s in trace.data.spans if s.span_id not in below]
        query = sum(milliseconds(s) for s in leaves if s.name == "query_execution")
        shares.append(100 * query / milliseconds(root))
        slowest = max(leaves, key=milliseconds)
        longest.append("a model call" if slowest.span_type == "CHAT_MODEL" else slowest.name)
    usual = max(longest, key=longest.count)
    how = f"median of {len(shares)} traces on {bench.workshop.database.engine}; the longest step is most often {usual}"
    note = "" if bench.is_live else ". Offline it takes milliseconds"
    return Found(round(median(shares), 1), holds(usual == "query_execution"), how + note)


@said("retrieval_ms", 10, "The ChromaDB query takes 45 ms", "ms")
def retrieval_ms(bench: Bench) -> Found:
    """The vector search alone, embedding included; beside it the kit's whole search."""
    from demo_lib.evaluation.retrieval import search_by

    catalog, index = bench.workshop.catalog, bench.workshop.index
    search = search_by(catalog)
    vectors = _median_ms(lambda q: search(q, 10), [q.question for q in bench.some])
    whole = _median_ms(index.search, [q.question for q in bench.some])
    how = f"median of {len(bench.some)} questions over {len(catalog.tables)} tables, Chroma in this process, embedding "
    how += f"included; the whole search, with BM25, glossary and neighbours: {whole:.1f} ms"
    return Found(round(vectors, 2), about(vectors, 45), how)


@said("sql_generation_ms", 10, "The SQL generation takes 180 ms (gpt-4o)", "ms")
def sql_generation_ms(bench: Bench) -> Found:
    """The span, with its model calls; only of a live model."""
    took = median(_of(bench, "sql_generation"))
    if not bench.is_live:
        return Found(None, NOT_HERE, f"{OFFLINE}. Its span: {took:.0f} ms, tracing included")
    return Found(round(took, 1), about(took, 180), f"median of {len(bench.traces)} traces, {_model(bench)}")


@said("query_execution_ms", 10, "The query takes 520 ms on Azure SQL", "ms")
def query_execution_ms(bench: Bench) -> Found:
    """The span of the query, on whatever database is asked."""
    took, engine = median(_of(bench, "query_execution")), bench.workshop.database.engine
    how = f"median of {len(bench.traces)} traces on {engine}"
    if bench.workshop.database.dialect != "tsql":
        how += ", without a network. Azure SQL: DEMO_DATABASE"
    return Found(round(took, 1), about(took, 520), how)


SETUP = """
import mlflow
mlflow.set_tracking_uri("sqlite:///traces.db")
mlflow.openai.autolog()

@mlflow.trace(name="sql_generation", span_type="AGENT")
def generate_sql(question):
    return "SELECT 1"

generate_sql("one?")
assert len(mlflow.search_traces(return_type="list")) == 1
"""


@said("setup_minutes", 15, "MLflow setup takes 5 minutes", "min")
def setup_minutes(bench: Bench) -> Found:
    """From an empty folder to the first trace in the store, in a process of its own, by the appendix's lines."""
    mine = tuple(ENVIRONMENT)  # whatever else MLFLOW_* says is about a store that is there already
    environment = {k: v for k, v in os.environ.items() if k in mine or not k.startswith("MLFLOW_")}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-c", SETUP]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise DemoError(f"the set-up ended with status {done.returncode}")
    how = f"{seconds:.0f} s from an empty folder to the first trace, by the appendix's lines, without pip install"
    return Found(round(seconds / 60, 2), holds(seconds <= 300), how)


@said("span_overhead_sync_ms", 19, "MLflow tracing adds 5–10 ms per span (synchronous)", "ms")
def span_overhead_sync_ms(bench: Bench) -> Found:
    """Synchronous, as notebooks log: the talk's case."""
    cost = bench.overhead
    return Found(cost.sync_ms, within(cost.sync_ms, 5, 10), _paired(bench, "synchronous, into SQLite with WAL")
                 + f"; a span with nothing in it: {cost.empty_sync_ms:.2f} ms")  # fmt: skip


@said("span_overhead_async_ms", 19, "MLflow tracing adds 5–10 ms per span (asynchronous)", "ms")
def span_overhead_async_ms(bench: Bench) -> Found:
    """Asynchronous, as a service logs, while model calls take their time."""
    cost = bench.overhead
    calls = f"asynchronous, one writer, model calls of {1_000 * MODEL_SECONDS:.0f} ms"
    empty = f"; {cost.async_cpu_ms:.2f} ms of it the caller's own processor time; a span with nothing in it: "
    empty += f"{cost.empty_async_ms:.2f} ms"
    return Found(cost.async_ms, within(cost.async_ms, 5, 10), _paired(bench, calls) + empty)


@said("span_overhead_async_busy_ms", 19, "MLflow tracing adds 5–10 ms per span (asynchronous, busy)", "ms")
def span_overhead_async_busy_ms(bench: Bench) -> Found:
    """Asynchronous, with a model that answers at once."""
    cost = bench.overhead.async_busy_ms
    why = "asynchronous, one writer, the offline model: it never waits, so the writer takes turns with it"
    return Found(cost, within(cost, 5, 10), _paired(bench, why))


@said("overhead_share", 19, "The overhead is negligible compared to LLM calls (100–500 ms)", "% of their time")
def overhead_share(bench: Bench) -> Found:
    """All spans of a question against all its model calls, at the shortest of the talk's times."""
    calls = median(len(_calls(trace.data.spans)) for trace in bench.traces)
    cost = bench.overhead
    sync, behind = (100 * ms * cost.spans / (calls * LLM_CALL_MS[0]) for ms in (cost.sync_ms, cost.async_ms))
    how = f"{cost.spans:.0f} spans against {calls:.0f} model calls of {LLM_CALL_MS[0]} ms a question, synchronous; "
    how += f"asynchronous {behind:.1f} %. Up to {100 * NEGLIGIBLE:.0f} % counts as negligible"
    return Found(round(sync, 1), holds(sync <= 100 * NEGLIGIBLE), how)


@said("llm_call_ms", 19, "An LLM call takes 100–500 ms", "ms")
def llm_call_ms(bench: Bench) -> Found:
    """The spans of the model's calls; only of a live model."""
    took = [_ms(span) for trace in bench.traces for span in _calls(trace.data.spans)]
    if not bench.is_live:
        return Found(None, NOT_HERE, f"{OFFLINE}. Its calls: {median(took):.0f} ms")
    how = f"median of {len(took)} calls, {_model(bench)}"
    return Found(round(median(took), 1), within(median(took), *LLM_CALL_MS), how)


@said("debug_10x", 17, "Debug 10x faster with proper instrumentation", "×")
def debug_10x(bench: Bench) -> Found:
    """People at work would have to be timed."""
    return Found(None, NOT_HERE, "It takes people who mend the same faults with and without traces, and a clock")


@said("hours_saved", 15, "Tracing saves hours of debugging", "h")
def hours_saved(bench: Bench) -> Found:
    """As `debug_10x`."""
    return Found(None, NOT_HERE, "It takes people who mend the same faults with and without traces, and a clock")


@said("vectors_100m", 19, "Move from ChromaDB to Qdrant at more than 100M vectors", "vectors")
def vectors_100m(bench: Bench) -> Found:
    """Beyond this machine."""
    from demo_lib.offline.embeddings import DIMENSIONS

    size = 100e6 * DIMENSIONS * 4 / 1e9
    how = f"100M vectors of {DIMENSIONS:,} numbers take {size:,.0f} GB. What was measured ends at 10,000 tables: "
    return Found(None, NOT_HERE, how + "docs/retrieval_measured.md")


# ------------------------------------------------------------------------------------------ helpers


def _paired(bench: Bench, condition: str) -> str:
    cost = bench.overhead
    return f"median over {cost.questions} questions of {cost.spans:.0f} spans, traced against untraced; {condition}"


def _median_ms(ask: Callable[[str], object], questions: Iterable[str]) -> float:
    taken = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        taken.append(1_000 * (time.perf_counter() - began))
    return median(taken)


def _ms(span: Span) -> float:
    from demo_lib.tracing import milliseconds

    return milliseconds(span)


def _of(bench: Bench, name: str) -> list[float]:
    return [_ms(span) for trace in bench.traces for span in trace.data.spans if span.name == name]


def _calls(spans: Iterable[Span]) -> list[Span]:
    return [span for span in spans if span.span_type == "CHAT_MODEL"]


def _model(bench: Bench) -> str:
    return bench.workshop.settings.model_id
