"""The fallback agent: when the first agent fails, a second one answers, and the trace shows both (slide 19)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from demo_lib.agents.results import Answer
from demo_lib.errors import DemoError, UsageError
from demo_lib.llm.tally import counting
from demo_lib.tracing import annotate, ensure_setup


class Agent(Protocol):
    """Whatever answers a question: an Orchestrator, another FallbackAgent."""

    def run(self, query: str) -> Answer:
        """Answer one question."""


@dataclass(frozen=True)
class FallbackAgent:
    """Asks `primary`; asks `fallback` where that fails. A decline is an answer and no failure."""

    primary: Agent
    fallback: Agent

    def run(self, query: str) -> Answer:
        """Answer one question, in one trace with both attempts in it.

        query: the question in plain words. Returns an Answer whose `fallback` says why the second agent gave it,
        if it did. Raises UsageError for what is no question, and what the second agent raises where both fail.
        """
        import mlflow

        ensure_setup()
        with mlflow.start_span("fallback_agent", span_type="AGENT") as span, counting() as tally:
            span.set_inputs({"question": query})
            try:
                answer = self.primary.run(query)
            except UsageError:
                raise
            except Exception as error:  # its span keeps the error; an agent is a plug-in and may raise anything
                reason = str(error) if isinstance(error, DemoError) else type(error).__name__
                annotate(note="the first agent failed", failure=reason)
                mlflow.update_current_trace(tags={"fallback": "yes"})  # to find such traces by
                answer = replace(self.fallback.run(query), fallback=f"The first agent failed: {reason}")
            note = f"{answer.badge}, the fallback" if answer.fallback else answer.badge
            span.set_attributes({"model": answer.model, "note": note})
            span.set_outputs({k: getattr(answer, k) for k in ("text", "sql", "declined", "blocked", "fallback")})
        return replace(answer, usage=tally.usage)
