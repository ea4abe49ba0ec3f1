"""Does a new tool change what worked before? Routes and results of the same questions, before and after (slide 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from demo_lib.errors import UsageError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.questions import Question, load
from demo_lib.tracing import load_trace

if TYPE_CHECKING:
    import pandas as pd

    from demo_lib.agents.results import Answer
    from demo_lib.workshop import Workshop

Route = tuple[str, ...]


def route(answer: Answer | str) -> Route:
    """The tools that the model chose for an answer, or in the trace of that id, in order."""
    tools = [s for s in load_trace(answer).data.spans if s.span_type == "TOOL"]
    return tuple(s.name for s in sorted(tools, key=lambda s: s.start_time_ns))


@dataclass(frozen=True, eq=False)
class Came:
    """What came of a question, and by which route."""

    route: Route
    how: str
    """answered, declined or blocked."""
    text: str
    table: pd.DataFrame | None
    """The rows, as they were when the answer was given; None where there are none."""
    ordered: bool = False
    """Whether the question asks for an order."""

    def same_result(self, other: Came) -> bool:
        """Whether the other came to the same: execution accuracy's rule on the rows; words may differ."""
        if self.how != other.how or (self.table is None) != (other.table is None):
            return False
        if self.table is None or other.table is None:
            return True
        return same_result(other.table, self.table, ordered=self.ordered)

    def __str__(self) -> str:
        if self.table is None:
            return f"{self.how}: {' '.join(self.text.split())[:200]}"
        first = f"; first: {', '.join(map(str, self.table.iloc[0]))[:160]}" if len(self.table) else ""
        return f"{self.how}, {len(self.table):,} row{'' if len(self.table) == 1 else 's'}{first}"


@dataclass
class RouteReport:
    """Each question's route and result before and after."""

    came_before: Mapping[str, Came] = field(default_factory=dict)
    came_after: Mapping[str, Came] = field(default_factory=dict)

    @property
    def before(self) -> dict[str, Route]:
        """The route of each question before."""
        return {q: came.route for q, came in self.came_before.items()}

    @property
    def after(self) -> dict[str, Route]:
        """The route of each question after."""
        return {q: came.route for q, came in self.came_after.items()}

    @property
    def changed(self) -> dict[str, tuple[Route, Route]]:
        """The questions that go another way now: {question: (before, after)}."""
        return {q: (old.route, new.route) for q, old, new in self._pairs() if old.route != new.route}

    @property
    def results_changed(self) -> dict[str, tuple[Came, Came]]:
        """The questions that come to another result now, by whichever route: {question: (before, after)}."""
        return {q: (old, new) for q, old, new in self._pairs() if not old.same_result(new)}

    @property
    def is_unchanged(self) -> bool:
        """Whether all was compared, and no route and no result differs."""
        return len(self.came_after) == len(self.came_before) and not self.changed and not self.results_changed

    def _pairs(self) -> list[tuple[str, Came, Came]]:
        return [(q, self.came_before[q], came) for q, came in self.came_after.items()]

    def __str__(self) -> str:
        total = len(self.came_after)
        if total < len(self.came_before):
            return "Not compared: what was to be registered failed."
        routes, results = self.changed, self.results_changed
        lines = [f"{total - len(routes)} of {total} questions take the same route as before.",
                 f"{total - len(results)} of {total} come to the same result."]  # fmt: skip
        for question, old, new in self._pairs():
            if question in routes or question in results:
                lines.append(f"changed: {question}")
            if question in routes:
                before, after = (" → ".join(came.route) or "no tool" for came in (old, new))
                lines.append(f"  before: {before}\n  after:  {after}")
            if question in results:
                lines.append(f"  result before: {old}\n  result after:  {new}")
        return "\n".join(lines)


@contextmanager
def routes_compared(workshop: Workshop, questions: Sequence[str | Question]) -> Iterator[RouteReport]:
    """Ask `questions`, do what the `with` block does (register a tool, say), ask them again.

    Yields a RouteReport, complete once the block is left. What changed is reported and not undone: a new route may
    be a better one. A live model may take another route by chance: ask it more than once. Raises ModelError.
    """
    report = RouteReport(_ask(workshop, questions))
    yield report
    report.came_after = _ask(workshop, questions)


def compare_with_tool(
    workshop: Workshop,
    name: str,
    function: Callable[..., Any],
    schema: dict[str, Any] | None = None,
    questions: Sequence[str | Question] | None = None,
) -> RouteReport:
    """Ask the questions without a tool and with it; afterwards it is off offer again.

    name, function, schema: as `AgentRegistry.register` takes them. The function is called where a model chooses it.
    questions: default: those of `data/questions.yaml` that the lessons use. Returns a RouteReport.
    Raises UsageError for a schema that cannot be used or a name that is taken, and ModelError.
    """
    from demo_lib.agents.registry import AgentRegistry

    tool = AgentRegistry().register(name, function, schema)  # what cannot be registered should cost no question
    if tool.name in workshop.registry:
        raise UsageError(f"There is a tool {tool.name!r} already: there is nothing to compare. Unregister it first.")
    try:
        with routes_compared(workshop, load(lesson=True) if questions is None else questions) as report:
            workshop.registry.register(name, function, schema)
    finally:
        if tool.name in workshop.registry:
            workshop.registry.unregister(tool.name)
    return report


def _ask(workshop: Workshop, questions: Sequence[str | Question]) -> dict[str, Came]:
    asked = {q.question: q.ordered for q in questions if isinstance(q, Question)}
    return {words: _came(workshop.ask(words), asked.get(words, False)) for words in map(_words, questions)}


def _words(question: str | Question) -> str:
    return question if isinstance(question, str) else question.question


def _came(answer: Answer, ordered: bool) -> Came:
    how = "declined" if answer.declined else "blocked" if answer.blocked else "answered"
    table = None if answer.table is None else answer.table.copy()  # a tool may write into the rows it is given
    return Came(route(answer), how, answer.text, table, ordered)
