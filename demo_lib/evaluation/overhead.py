"""What tracing costs whoever asks: the same questions, traced and not, in one process, taken in turns (slide 19)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import httpx

from demo_lib.agents.orchestrator import Findings
from demo_lib.llm.tally import counting
from demo_lib.tracing import load_trace

if TYPE_CHECKING:
    from demo_lib.agents.orchestrator import Orchestrator
    from demo_lib.workshop import Workshop

Arm = Literal["untraced", "sync", "async"]
BLOCK = 10  # questions in a row of one arm: short enough that a busy machine is as busy for all arms
ROUNDS = 2
PAUSE_SECONDS = 0.25  # people do not ask back to back; what is written in the background is written by then
MODEL_SECONDS = 0.1  # the fastest model call of slide 19
EMPTY_SPANS = 100
ASYNC = "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"
WORKERS = "MLFLOW_ASYNC_TRACE_LOGGING_MAX_WORKERS"


@dataclass(frozen=True)
class Overhead:
    """Milliseconds that a span adds, medians."""

    sync_ms: float
    """Synchronous: the span is in the store before the caller goes on."""
    async_ms: float
    """Asynchronous, while model calls take MODEL_SECONDS, as an endpoint's do."""
    async_cpu_ms: float
    """The same, of the caller's own processor time: what is left of it where nobody else wants the processor."""
    async_busy_ms: float
    """Asynchronous, with a model that answers at once: writing competes with the agents for the interpreter."""
    empty_sync_ms: float
    """Of a span with nothing in it."""
    empty_async_ms: float
    spans: float
    """Of one question, the median."""
    questions: int


class Before(httpx.BaseTransport):
    """Another transport; something is done before each request."""

    def __init__(self, inner: httpx.BaseTransport, act: Callable[[httpx.Request], object]) -> None:
        self._inner, self._act = inner, act

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Do it, then ask the other one."""
        self._act(request)
        return self._inner.handle_request(request)


def overhead(workshop: Workshop, questions: Sequence[str], rounds: int = ROUNDS, *, progress: bool = True) -> Overhead:
    """Ask the questions untraced and traced, in turns, of the offline model, whose own time hardly varies.

    workshop: whose data, settings and store. rounds: how often each is asked in each way; with slow model calls once.
    progress: draw a bar.
    Each difference is of one question in one round, divided by its spans; returned are the medians.
    """
    from tqdm import tqdm

    from demo_lib.workshop import Workshop

    offline = replace(workshop.settings, model="offline", model_id="offline")
    agent = Workshop(offline).agent
    spans = {q: len(load_trace(agent.run(q)).data.spans) for q in questions}  # warm from here on
    with tqdm(total=len(questions) * (3 * rounds + 2), unit="question", leave=False, disable=not progress) as bar:
        fast = _in_turns(agent, questions, ("untraced", "sync", "async"), rounds, bar)
        wire = agent.model.wire
        wire.transport = Before(wire.transport, lambda _: time.sleep(MODEL_SECONDS))
        slow = _in_turns(agent, questions, ("untraced", "async"), 1, bar)
    return Overhead(
        sync_ms=_per_span(fast, "sync", spans),
        async_ms=_per_span(slow, "async", spans),
        async_cpu_ms=_per_span(slow, "async", spans, lambda one: one.cpu_ms),
        async_busy_ms=_per_span(fast, "async", spans),
        empty_sync_ms=_empty("sync"),
        empty_async_ms=_empty("async"),
        spans=median(spans.values()),
        questions=len(questions),
    )


@dataclass(frozen=True)
class Asked:
    """One question, asked once: what it took, in milliseconds, and of the caller's processor time."""

    question: str
    ms: float
    cpu_ms: float


Taken = Mapping[Arm, list[Asked]]
"""In each arm the same questions, in the same order."""


def _in_turns(agent: Orchestrator, questions: Sequence[str], arms: Sequence[Arm], rounds: int, bar: Any) -> Taken:
    taken: dict[Arm, list[Asked]] = {arm: [] for arm in arms}
    blocks = [questions[at : at + BLOCK] for at in range(0, len(questions), BLOCK)] * rounds
    for turn, block in enumerate(blocks):
        first = turn % len(arms)  # nobody is always the first
        for arm in (*arms[first:], *arms[:first]):
            with _tracing(arm):
                for question in block:
                    taken[arm].append(_ask(agent, question, arm))
                    bar.update()
    return taken


def _ask(agent: Orchestrator, question: str, arm: Arm) -> Asked:
    began, cpu = time.perf_counter(), time.thread_time()
    if arm == "untraced":
        with counting():  # `run` insists on a trace; this is what it does inside it
            agent._loop([{"role": "user", "content": question}], Findings())
    else:
        agent.run(question)
    asked = Asked(question, 1_000 * (time.perf_counter() - began), 1_000 * (time.thread_time() - cpu))
    if arm == "async":
        time.sleep(PAUSE_SECONDS)
    return asked


def _per_span(
    taken: Taken, arm: Arm, spans: Mapping[str, int], took: Callable[[Asked], float] = lambda one: one.ms
) -> float:
    pairs = zip(taken[arm], taken["untraced"], strict=True)
    # less than nothing is what cannot be told from nothing
    return round(max(0.0, median((took(traced) - took(bare)) / spans[traced.question] for traced, bare in pairs)), 3)


def _empty(arm: Arm) -> float:
    import mlflow

    taken = []
    with _tracing(arm), mlflow.start_span("empty"):
        for _ in range(EMPTY_SPANS):
            began = time.perf_counter()
            with mlflow.start_span("nothing"):
                pass
            taken.append(1_000 * (time.perf_counter() - began))
    return round(median(taken), 3)


@contextmanager
def _tracing(arm: Arm) -> Iterator[None]:
    """Trace in this way inside, as before afterwards: MLflow reads these settings when tracing is switched on.

    Asynchronous with one writer: SQLite lets one write at a time, and ten would only wait for each other.
    """
    import mlflow

    before = {name: os.environ.get(name) for name in (ASYNC, WORKERS)}
    mlflow.tracing.disable()
    try:
        os.environ |= {ASYNC: str(arm == "async").lower(), WORKERS: "1"}
        if arm != "untraced":
            mlflow.tracing.enable()
            with mlflow.start_span("warm-up"):  # the first span of an exporter builds it
                pass
        yield
        if arm == "async":
            mlflow.flush_trace_async_logging(terminate=True)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        mlflow.tracing.disable()
        mlflow.tracing.enable()
