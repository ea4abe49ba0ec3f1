"""What the talk says about agents and their answers: tokens, traces, accuracy, the figures on slides 10 and 13."""

from __future__ import annotations

import re
from contextlib import suppress

from demo_lib.errors import DemoError
from demo_lib.evaluation.claims import NOT_HERE, Bench, Found, holds, plausible, said
from demo_lib.evaluation.overhead import Before

REPEATS = 3
FAULTY = {
    "validation": "SELECT no_such_column FROM sales",
    "query_execution": "SELECT CAST('x' AS INTEGER) AS n FROM sales",
}
"""Queries that fail, by the span in which they do."""


@said("agents_token_ratio", 3, "Specialised agents instead of one agent with one prompt", "× the prompt tokens")
def agents_token_ratio(bench: Bench) -> Found:
    """Slide 3's single agent against the specialists: prompt tokens of the same question."""
    many, alone = bench.slide_10, bench.workshop.monolith.run(bench.slide_10.question)
    tokens = [answer.usage["prompt_tokens"] for answer in (alone, many)]
    ratio = tokens[0] / tokens[1]
    how = f"slide 10's question: {tokens[0]:,} tokens for one agent with every table, {tokens[1]:,} for specialists"
    return Found(round(ratio, 2), holds(ratio > 1), how)


@said("costs_per_agent", 4, "Track costs per agent", "% of the tokens")
def costs_per_agent(bench: Bench) -> Found:
    """How many of the tokens that the client counted the trace gives to an agent."""
    from demo_lib.tracing import cost_per_agent

    costs = cost_per_agent(bench.slide_10)
    traced = int(costs["input_tokens"].sum() + costs["output_tokens"].sum())
    share = 100 * traced / bench.slide_10.usage["total_tokens"]
    how = f"slide 10's question: {', '.join(costs['agent'])}; against what the client counted"
    return Found(round(share, 1), holds(traced == bench.slide_10.usage["total_tokens"]), how)


@said("failure_span", 4, "Debug failures at the exact span", "% of failures")
def failure_span(bench: Bench) -> Found:
    """Faults made on demand: whether the span that they arose in holds the error."""
    import mlflow

    from demo_lib.tracing import has_failed, setup

    if bench.workshop.database.dialect == "sqlite":
        return Found(None, NOT_HERE, "SQLite casts anything to a number, so the second query does not fail there")
    setup(bench.workshop.settings)
    scope = next(iter(bench.workshop.policies))
    found = 0
    for where, sql in FAULTY.items():
        with mlflow.start_span("failing") as root, suppress(DemoError):
            bench.workshop.execute_sql(sql, scope)
        spans = mlflow.get_trace(root.trace_id).data.spans  # type: ignore[union-attr]
        failed = [s for s in spans if has_failed(s)]
        parents = {s.parent_id for s in failed}
        found += [s.name for s in failed if s.span_id not in parents] == [where]
    how = f"queries that fail in {' and in '.join(FAULTY)}: the innermost span with an error is that one"
    return Found(round(100 * found / len(FAULTY)), holds(found == len(FAULTY)), how)


@said("llm_calls_captured", 7, "MLflow captures every LLM call", "% of the calls")
def llm_calls_captured(bench: Bench) -> Found:
    """The requests that left the client against the CHAT_MODEL spans of the same question."""
    from demo_lib.tracing import load_trace

    wire = bench.workshop.model.wire
    requests: list[object] = []
    inner = wire.transport
    wire.transport = Before(inner, requests.append)
    try:
        answer = bench.workshop.ask(bench.slide_10.question)
    finally:
        wire.transport = inner
    spans = [s for s in load_trace(answer).data.spans if s.span_type == "CHAT_MODEL"]
    how = f"slide 10's question: {len(spans)} spans for {len(requests)} requests"
    return Found(round(100 * len(spans) / len(requests), 1), holds(len(spans) == len(requests)), how)


@said("accuracy_v1", 7, "Accuracy of the basic prompt, v1.0: 0.85")
def accuracy_v1(bench: Bench) -> Found:
    """Execution accuracy under prompt v1.0: names alone."""
    return _accuracy(bench, "v1.0", 0.85)


@said("accuracy_v2", 7, "Accuracy of the enhanced prompt, v2.0: 0.92")
def accuracy_v2(bench: Bench) -> Found:
    """Execution accuracy under prompt v2.0: types, keys, values, glossary."""
    return _accuracy(bench, "v2.0", 0.92)


@said("accuracy_v23", 10, "Prompt v2.3 is in use (no accuracy is quoted; v2.0: 0.92)")
def accuracy_v23(bench: Bench) -> Found:
    """Execution accuracy under prompt v2.3."""
    return _accuracy(bench, "v2.3", 0.92)


def _accuracy(bench: Bench, prompt: str, claimed: float) -> Found:
    verdicts = bench.comparison.verdicts[prompt]
    verdict, interval = plausible((verdicts == "right").astype(float), claimed)
    shares = ", ".join(f"{100 * (verdicts == v).mean():.0f} % {v}" for v in ("right", "declined", "wrong"))
    how = f"{shares}, by their rows, of the questions that notebook 03 measures with, given the gold tables; "
    how += f"answered by {bench.who}; {interval}. Other wordings, held out: docs/offline_model_measured.md"
    return Found(round(float((verdicts == "right").mean()), 3), verdict, how)


@said("rows_returned", 10, "“What were total sales last quarter?” returns 1 row", "row")
def rows_returned(bench: Bench) -> Found:
    """Slide 10's question."""
    table = bench.slide_10.table
    rows = 0 if table is None else len(table)
    return Found(rows, holds(rows == 1), f"answered by {bench.who}: {bench.slide_10.text}")


@said("slide_10_sql", 10, "The generated SQL is SELECT SUM(amount) …")
def slide_10_sql(bench: Bench) -> Found:
    """How the query of slide 10's question begins."""
    sql = " ".join((bench.slide_10.sql or "no query").split())
    return Found(sql[:18], holds(sql.upper().startswith("SELECT SUM(AMOUNT)")), f"answered by {bench.who}: {sql}")


@said("slide_10_tables", 10, "Retrieval puts out [sales, time_dimension]")
def slide_10_tables(bench: Bench) -> Found:
    """The first two tables for slide 10's question."""
    first = bench.slide_10.tables[:2]
    return Found(", ".join(first), holds(first == ("sales", "time_dimension")), "the first two for slide 10's question")


@said("trace_name", 10, "The trace is called text2sql_query_20251101_143022")
def trace_name(bench: Bench) -> Found:
    """The client's request id of slide 10's question: the root span and the moment."""
    from demo_lib.tracing import load_trace

    name = load_trace(bench.slide_10).info.client_request_id or "none"
    found = re.fullmatch(r"text2sql_query_\d{8}_\d{6}", name) is not None
    return Found(name, holds(found), "the client request id in MLflow: the root span's name, date and time")


@said("sales_q4_2024", 13, "Total sales last quarter: $1.2M in Q4 2024", "US$")
def sales_q4_2024(bench: Bench) -> Found:
    """Asked as Q4 2024: on the day of slide 10's trace, last quarter was another one."""
    answer = bench.workshop.ask("What were total sales in Q4 2024?")
    if answer.table is None or answer.table.empty:
        return Found(None, "differs", answer.text)
    total = float(str(answer.table.iloc[0, 0]))
    how = f"asked as Q4 2024: on {bench.workshop.today}, the day of the data and of slide 10's trace, last quarter is "
    how += f"Q3 2025. Generated data, answered by {bench.who}"
    return Found(round(total, 2), holds(f"{total / 1e6:.1f}" == "1.2"), how)


@said("non_determinism", 13, "Agents are non-deterministic", "different queries")
def non_determinism(bench: Bench) -> Found:
    """The same question several times; only of a live model."""
    queries = len({bench.workshop.ask(bench.slide_10.question).sql for _ in range(REPEATS)})
    if not bench.is_live:
        how = f"{REPEATS} times slide 10's question gave {queries} query: the offline model is a parser, always alike"
        return Found(None, NOT_HERE, how)
    return Found(queries, holds(queries > 1), f"{REPEATS} times slide 10's question, answered by {bench.who}")
