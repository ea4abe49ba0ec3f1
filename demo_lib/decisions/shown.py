"""The decisions of a trace as a page: text for a terminal, HTML for a notebook, to be read from the back row."""

from __future__ import annotations

import textwrap
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from demo_lib.decisions.decided import Decision, decisions_in
from demo_lib.decisions.reading import Reading, answer_of, clean, dict_of, failure, messages_of, tokens_of
from demo_lib.settings import badge_of

if TYPE_CHECKING:
    from mlflow.entities import Trace

WIDTH = 100
INDENT = 14
SILENT = ("no guardrail spoke",)


@dataclass(frozen=True)
class Why:
    """Why a question was answered as it was. Printed it is text; as the last line of a cell it is HTML."""

    trace_id: str
    question: str
    badge: str
    """Who answered; empty where the trace does not say."""
    outcome: str
    """What became of it: answered, declined, blocked, failed, not finished."""
    notes: tuple[str, ...]
    """What to know of the trace itself: another experiment's, half written."""
    decisions: tuple[Decision, ...]
    tokens: int
    milliseconds: int | None
    """None where it was not finished."""

    @property
    def heading(self) -> str:
        """How much there is to it, in a line."""
        many = len(self.decisions)
        took = f", {self.milliseconds:,} ms" if self.milliseconds is not None else ""
        what = f"{many} decision{'' if many == 1 else 's'}, {self.tokens:,} tokens{took}"
        return f"{what}. Read from the trace; nothing was run."

    def as_json(self) -> dict[str, Any]:
        """As `explain --json` prints it."""
        return {"explained": "trace", **asdict(self)}

    def __str__(self) -> str:
        badge = f"[{self.badge}] " if self.badge else ""
        lines = [f"{badge}{self.question}", *_wrapped("Outcome", (self.outcome,))]
        lines += [f"Trace {self.trace_id}: {self.heading}", *self.notes]
        for i, decision in enumerate(self.decisions, 1):
            lines += ["", f"{i}. {decision.what}"]
            for name, said in _rows(decision, self.decisions[: i - 1]):
                lines += _wrapped(f"   {name}", said)
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        badge = f"<b>{escape(self.badge)}</b> " if self.badge else ""
        parts = [
            '<div style="font-size:1.15em;line-height:1.45;max-width:70em">',
            f"<p>{badge}{escape(self.question)}<br><b>{escape(self.outcome)}</b><br>",
            f"<small>Trace {escape(self.trace_id)}: {escape(self.heading)}</small></p>",
            *(f"<p>{escape(note)}</p>" for note in self.notes),
        ]
        for i, decision in enumerate(self.decisions, 1):
            parts.append(f"<h4>{i}. {escape(decision.what)}</h4><table>")
            for name, said in _rows(decision, self.decisions[: i - 1]):
                cells = "<br>".join(_marked(one) for one in said)
                parts.append(
                    f'<tr><th style="text-align:left;vertical-align:top;white-space:nowrap">{name}</th>'
                    f'<td style="text-align:left;overflow-wrap:anywhere">{cells}</td></tr>'
                )
            parts.append("</table>")
        return "".join([*parts, "</div>"])


def why(trace_id: str) -> Why:
    """Why the agents decided as they did, of one trace.

    trace_id: as `ask` gives it (`tr-…`). Raises TracingError where the store holds no such trace.
    """
    from demo_lib.tracing import ensure_setup, load_trace

    ensure_setup()
    trace = load_trace(trace_id)
    reading = Reading(trace)
    root, info = reading.root, trace.info
    took = info.execution_duration if _finished(trace) else None
    return Why(
        trace_id=clean(info.trace_id, 80),
        question=question_of(reading),
        badge=clean(info.tags.get("mode") or "", 80) or _badge(root),
        outcome=outcome_of(reading),
        notes=tuple(_notes(reading)),
        decisions=tuple(decisions_in(reading)),
        tokens=sum(tokens_of(span) for span in reading.spans),
        milliseconds=None if took is None else round(took),
    )


def question_of(reading: Reading) -> str:
    """What was asked: the root's input, or the first words that a user said to a model."""
    asked = dict_of(reading.root.inputs).get("question") if reading.root else None
    said = [m.get("content") for span in reading.spans for m in messages_of(span) if m.get("role") == "user"]
    return clean(asked or (said[0] if said else "") or "(no question in this trace)", 2_000)


def outcome_of(reading: Reading) -> str:
    """What became of the question, in a sentence."""
    root = reading.root
    if not _finished(reading.trace) or root is None:
        return "Not finished: its process was stopped, or is still at work."
    failed, ended = failure(root), dict_of(root.outputs)
    if failed:
        return f"Failed: {failed}"
    for key, word in (("blocked", "Blocked"), ("declined", "Declined")):
        if ended.get(key):
            return f"{word}: {clean(ended[key], 600)}"
    for key, word in (("partial", "Answered in part"), ("fallback", "Answered by the second agent")):
        if ended.get(key):
            return f"{word}: {clean(ended[key], 600)}"
    said = ended.get("text") or answer_of(root).get("content") or root.outputs
    return f"Answered: {clean(said, 600)}" if said else "Ended, without an answer in its root span."


def _finished(trace: Trace) -> bool:
    return "IN_PROGRESS" not in str(trace.info.state)


def _badge(root: Any) -> str:
    model = dict_of(root.attributes).get("model") if root else None
    return clean(badge_of(str(model)), 80) if model else ""


def _notes(reading: Reading) -> list[str]:
    import mlflow

    from demo_lib.tracing import EXPERIMENT

    notes = []
    ours = mlflow.get_experiment_by_name(EXPERIMENT)
    theirs = reading.trace.info.experiment_id
    if theirs and ours and theirs != ours.experiment_id:
        try:
            name = mlflow.get_experiment(theirs).name
        except Exception:  # deleted since, or not for us to see
            name = theirs
        notes.append(f"It belongs to the experiment “{clean(name, 80)}”, not to {EXPERIMENT}.")
    missing = {s.parent_id for s in reading.spans if s.parent_id and s.parent_id not in reading.by_id}
    if missing or not _finished(reading.trace):
        gone = f"; {len(missing)} above them never were" if missing else ""
        notes.append(f"Half a trace: {len(reading.spans)} spans were written{gone}.")
    if not decisions_in(reading):
        notes.append("No model call, no retrieval and no guardrail left a span in it: there is no decision to explain.")
    return notes


def _rows(decision: Decision, earlier: tuple[Decision, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """A decision's rows. What an earlier one has shown already is not shown again: turns of a loop only add to it."""
    offer, saw = decision.on_offer, decision.saw
    for i, one in enumerate(earlier, 1):
        if len(offer) > 2 and one.on_offer == offer:
            offer = (f"the same as in {i}",)
        if len(one.saw) > 1 and decision.saw[: len(one.saw)] == one.saw:
            saw = (f"the same as in {i}{', and then:' if len(decision.saw) > len(one.saw) else ''}",)
            saw += decision.saw[len(one.saw) :]
    rows = [("on offer", offer), ("saw", saw), ("chose", decision.chose), ("why", decision.why)]
    return [(name, said) for name, said in [*rows, ("guardrails", decision.guardrails or SILENT)] if said]


def _wrapped(name: str, said: tuple[str, ...]) -> list[str]:
    """The texts beside their name, each on lines of its own."""
    lines: list[str] = []
    for one in said:
        head = f"{name if not lines else '':<{INDENT}} "
        lines += textwrap.wrap(one, WIDTH, initial_indent=head, subsequent_indent=" " * (INDENT + 1)) or [head]
    return lines


def _marked(said: str) -> str:
    """A guardrail's word in a colour that colour-blind eyes tell apart, beside its sign."""
    colour = {"✓": "#009E73", "✗": "#D55E00"}.get(said[:1])
    return f'<b style="color:{colour}">{said[0]}</b>{escape(said[1:])}' if colour else escape(said)
