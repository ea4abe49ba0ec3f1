"""Does a new tool change the way of questions that worked before? Their routes, before and after (slide 11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demo_lib.tracing import load_trace

if TYPE_CHECKING:
    from demo_lib.agents.results import Answer
    from demo_lib.workshop import Workshop

Route = tuple[str, ...]


def route(answer: Answer | str) -> Route:
    """The tools that the model chose for an answer, or in the trace of that id, in order."""
    tools = [s for s in load_trace(answer).data.spans if s.span_type == "TOOL"]
    return tuple(s.name for s in sorted(tools, key=lambda s: s.start_time_ns))


@dataclass
class RouteReport:
    """Each question's route before and after."""

    before: dict[str, Route] = field(default_factory=dict)
    after: dict[str, Route] = field(default_factory=dict)

    @property
    def changed(self) -> dict[str, tuple[Route, Route]]:
        """The questions that go another way now: {question: (before, after)}."""
        return {q: (self.before[q], r) for q, r in self.after.items() if r != self.before[q]}

    def __str__(self) -> str:
        if len(self.after) < len(self.before):
            return "Not compared: what was to be registered failed."
        same = len(self.after) - len(self.changed)
        lines = [f"{same} of {len(self.after)} questions take the same route as before."]
        for question, routes in self.changed.items():
            old, new = (" → ".join(r) or "no tool" for r in routes)
            lines.append(f"changed: {question}\n  before: {old}\n  after:  {new}")
        return "\n".join(lines)


@contextmanager
def routes_compared(workshop: Workshop, questions: Sequence[str]) -> Iterator[RouteReport]:
    """Ask `questions`, do what the `with` block does (register a tool, say), ask them again.

    Yields a RouteReport, complete once the block is left. What changed is reported and not undone: a new route may
    be a better one. A live model may take another route by chance: ask it more than once. Raises ModelError.
    """
    report = RouteReport(before={q: route(workshop.ask(q)) for q in questions})
    yield report
    report.after = {q: route(workshop.ask(q)) for q in questions}
