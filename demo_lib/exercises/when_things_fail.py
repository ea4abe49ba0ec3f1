"""Graders of 05_when_things_fail."""

from __future__ import annotations

from typing import Any

from demo_lib.errors import DemoError, UsageError
from demo_lib.exercises.grading import is_blank, not_yet, right
from demo_lib.faults import inject
from demo_lib.tracing import load_trace
from demo_lib.workshop import Workshop

QUESTION = "How many customers do we have?"
WAITS = 3


def check_exercise_1(faults: Any, workshop: Workshop) -> None:
    """Faults that make the model wait exactly three times and still answer."""
    if is_blank(faults):
        return not_yet('Put a list of faults in the place of the ..., such as ["rate limit"].')
    if not isinstance(faults, (list, tuple)):
        return not_yet(f"This wants a list, in square brackets; it got {type(faults).__name__}.")
    if any(fault is None for fault in faults):
        return not_yet("The faults must hit one and the same request: leave None out.")
    try:
        with inject(workshop, faults):
            answer = workshop.ask(QUESTION)
    except UsageError as error:
        return not_yet(str(error))
    except DemoError as error:
        return not_yet(f"That was too much, the question failed: {error} Which faults are tried again, and how often?")
    waits = sum(span.name == "backoff" for span in load_trace(answer).data.spans)
    if waits != WAITS:
        return not_yet(f"It was answered after {waits} wait{'' if waits == 1 else 's'}; three are wanted.")
    right("Four attempts for one request is where this kit stops: longer, and a user believes that it hangs.")


def check_exercise_2(name: Any, lost: Any) -> None:
    """The agent under which the model calls failed."""
    if is_blank(name):
        return not_yet("Put a span's name in the place of the ..., in quotes.")
    spans = load_trace(lost).data.spans
    names = sorted({span.name for span in spans if span.span_type == "AGENT"})
    if not isinstance(name, str) or name not in names:
        return not_yet(f"No agent in this trace has that name. The agents: {', '.join(names)}.")
    by_id = {span.span_id: span for span in spans}
    failed = [s for s in spans if s.span_type == "CHAT_MODEL" and "ERROR" in str(s.status)]
    at_work = {by_id[s.parent_id].name for s in failed if s.parent_id in by_id}
    if name not in at_work:
        return not_yet(f"{name} has no failed model call directly under it. Look for the ✗ in show_trace(lost).")
    right("The error stands on the span where it arose; all that are above it only hand it on.")
