"""The decisions in a trace: what was on offer, what was seen, what was chosen, why, and what guardrails said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo_lib.decisions.reading import (
    MOST_OF_A_QUERY,
    Reading,
    answer_of,
    call_text,
    clean,
    dict_of,
    failure,
    is_model_call,
    list_of,
    messages_of,
    model_of,
    number,
    quoted,
    schema_of,
    tool_calls,
    tools_of,
    verdict,
)

if TYPE_CHECKING:
    from mlflow.entities import Span

MOST_MESSAGES = 8  # of a long conversation the latest are told
NO_REASON = "It gave no reason, as models do not unless asked: what it saw is all there is to go by."


@dataclass(frozen=True)
class Decision:
    """One decision. All texts are one line each, cut short, free of keys and of commands for a terminal."""

    what: str
    """Who decided what: `orchestrator (offline): call a tool, or answer?`"""
    on_offer: tuple[str, ...]
    """What could be chosen."""
    saw: tuple[str, ...]
    """What was known when it was decided, in the order it was sent."""
    chose: tuple[str, ...]
    """What was chosen; several where a model called several tools at once."""
    why: tuple[str, ...]
    """The reasons that the trace holds. Where it holds none, that is said."""
    guardrails: tuple[str, ...]
    """What guardrails said to it: each begins with ✓ or ✗."""
    span: str
    """The id of its span."""


def decisions(trace_id: str) -> list[Decision]:
    """Every decision of a trace, in the order of its tree.

    trace_id: as `ask` gives it (`tr-…`). Raises TracingError where there is no such trace.
    """
    from demo_lib.tracing import ensure_setup, load_trace

    ensure_setup()
    return decisions_in(Reading(load_trace(trace_id)))


def decisions_in(reading: Reading) -> list[Decision]:
    """As `decisions`, of a trace that has been read already."""
    said = _guardrails(reading)
    found = []
    for span in reading.spans:
        decision = _decision(reading, span, tuple(said.get(span.span_id, ())))
        if decision is not None:
            found.append(decision)
    return found


def _guardrails(reading: Reading) -> dict[str, list[str]]:
    """What guardrails said, by the span that they said it to: the model call that led there, or else their own."""
    said: dict[str, list[str]] = {}
    for span in reading.spans:
        decider = reading.decider(span) or span
        several = len(tool_calls(answer_of(decider))) > 1
        # of several calls at once, the query says which is meant
        word = verdict(span, quoted(dict_of(span.inputs).get("sql") or "it", 80) if several else "it")
        if word is not None:
            said.setdefault(decider.span_id, []).append(f"{'✓' if word[0] else '✗'} {word[1]}")
    return said


def _decision(reading: Reading, span: Span, said: tuple[str, ...]) -> Decision | None:
    note = clean(span.attributes.get("note") or "", 600)
    offer: tuple[str, ...]
    if is_model_call(span):
        return _model_call(reading, span, said)
    match span.span_type, span.name:
        case "RETRIEVER", _:
            return _retrieval(reading, span, said)
        case "AGENT", "fallback_agent" if span.attributes.get("failure"):
            failed = clean(span.attributes["failure"], 600)
            offer = ("the first agent", "the second one, where the first fails")
            saw = (f"the first agent failed: {failed}",)
            rule = ("A decline would have been an answer; a failure is none.",)
            return Decision(
                "fallback agent: who answers?", offer, saw, ("the second agent",), rule, said, span.span_id
            )
        case "TASK", "second_choice":
            offer = ("the recording", "the live model, where a key is set", "the offline model")
            rule = ("The first of the three that answers in time is taken.",)
            return Decision("stage: who answers this model call?", offer, (), (note,), rule, said, span.span_id)
        case "TASK", "backoff":
            offer, rule = ("ask again, after a wait", "give up"), ("Trouble of this kind passes by itself.",)
            chose = ("ask again, after a wait",)
            return Decision("retries: ask again, or give up?", offer, (note,), chose, rule, said, span.span_id)
    if said:  # a guardrail that no model call led to: somebody called it
        saw = (quoted(span.inputs, MOST_OF_A_QUERY),)
        chose = ("pass it",) if said[0].startswith("✓") else ("stop it",)
        name = clean(span.name, 80)
        return Decision(f"{name}: may it pass?", ("pass it", "stop it"), saw, chose, (), said, span.span_id)
    return None


# ------------------------------------------------------------------------------------------- model calls


def _model_call(reading: Reading, span: Span, said: tuple[str, ...]) -> Decision:
    tools, (schema, properties), message = tools_of(span), schema_of(span), answer_of(span)
    filled, calls = dict_of(message.get("content")), tool_calls(message)
    above = reading.by_id.get(span.parent_id or "")
    tables = _tables_shown(reading, span)
    reasons: list[str] = []
    chose = [call_text(name, arguments) for _, name, arguments in calls]
    offer: list[str]
    match schema:
        case "plan":
            what, offer = "which words to search the tables with?", ["any words; the question is searched in any case"]
            chose = [", ".join(quoted(t, 80) for t in list_of(filled.get("search_terms"))) or "no words"]
        case "sql_answer":
            what = "which SQL to write, or decline?"
            offer = [f"a query over {', '.join(tables)}" if tables else "a query", "to decline"]
            declined = f"to decline: {clean(filled.get('declined') or message.get('content') or '', 600)}"
            chose = [clean(filled["sql"], MOST_OF_A_QUERY)] if filled.get("sql") else [declined]
            reasons = _links(filled) + ([clean(filled["explanation"], 600)] if filled.get("explanation") else [])
        case "review":
            what, offer = "may the answer leave?", ["allow", "deny"]
            chose = [clean(filled.get("verdict") or "nothing that can be read, which denies", 80)]
            reasons = [clean(filled["reason"], 600)] if filled.get("reason") else []
        case "":
            what = "call a tool, or answer?" if tools else "what to say?"
            offer = [f"{name}: {text}" if text else name for name, text in tools] + (["to answer in words"])
        case _:
            what, offer = f"what to fill in as {schema}?", [clean(p, 80) for p in properties]
    words = message.get("content") or message.get("refusal")
    if not chose:
        unread = clean(span.outputs or "nothing that can be read", 600)
        chose = [f"to answer: {quoted(words, 600)}" if words else unread]
    elif calls and words:
        reasons.append(f"It said: {quoted(words, 600)}")
    reasons += _words_on_tools(messages_of(span), tools, calls)
    failed = failure(span)
    if failed:
        chose, reasons = ["nothing: the call failed"], [f"The call failed: {failed}", *_on_purpose(reading, span)]
    what = f"{reading.agent(span)} ({model_of(span)}): {what}"
    saw = _saw(span, dict_of(above.attributes) if above else {}, tables)
    return Decision(what, tuple(offer), saw, tuple(chose), tuple(reasons or [NO_REASON]), said, span.span_id)


def _tables_shown(reading: Reading, span: Span) -> list[str]:
    """The tables whose schema was looked up for this call."""
    looked = [s for s in reading.siblings(span) if s.name == "schema_lookup" and s.start_time_ns <= span.start_time_ns]
    return [clean(t, 80) for t in list_of(looked[-1].attributes.get("tables"))] if looked else []


def _saw(span: Span, above: dict[str, Any], tables: list[str]) -> tuple[str, ...]:
    """The messages that the model was sent, a line each; the latest ones of many."""
    messages = messages_of(span)
    if not messages:
        return (clean(span.inputs or "nothing that was kept", 600),)
    names = {call_id: name for m in messages for call_id, name, _ in tool_calls(m)}
    first: list[str] = []
    lines: list[str] = []
    for message in messages:
        content, calls = message.get("content") or "", tool_calls(message)
        match message.get("role"):
            case "system" | "developer":
                size = f"{len(content):,} characters" if isinstance(content, str) else "in parts"
                shown = f", with {len(tables)} tables: {', '.join(tables)}" if tables else ""
                prompt = above.get("prompt_name")
                version = f"{clean(prompt, 80)} {clean(above.get('prompt_version'), 80)}" if prompt else ""
                unnamed = f"instructions ({size}): {quoted(content, 120)}"
                first.append(f"prompt {version} ({size}){shown}" if prompt else unnamed)
            case "user":
                lines.append(f"from the user: {quoted(content)}")
            case "assistant" if calls:
                lines += [f"its earlier call: {call_text(name, arguments, 120)}" for _, name, arguments in calls]
            case "assistant":
                lines.append(f"its earlier answer: {quoted(content)}")
            case "tool":
                lines.append(f"back from {names.get(str(message.get('tool_call_id')), 'a tool')}: {clean(content)}")
            case role:
                lines.append(f"from {clean(role, 40)}: {quoted(content)}")
    left_out = len(lines) - MOST_MESSAGES
    return (*first, *([f"… {left_out} earlier messages"] if left_out > 0 else []), *lines[-MOST_MESSAGES:])


def _links(filled: dict[str, Any]) -> list[str]:
    """What each word was taken for, as the model said; the unknown ones first, for they explain a decline."""
    links = [dict_of(one) for one in list_of(filled.get("links"))]
    unknown = [quoted(k.get("words"), 80) for k in links if k.get("kind") == "unknown"]
    known = [
        f"{quoted(k.get('words'), 80)} is {clean(k.get('meaning'), 120)} ({clean(k.get('kind'), 40)}, "
        f"{number(k.get('score')):.2f})"
        for k in links
        if k.get("kind") != "unknown"
    ]
    found = [f"It could not place {', '.join(unknown)}."] if unknown else []
    return found + (["It read: " + "; ".join(known[:20]) + "."] if known else [])


def _words_on_tools(
    messages: list[dict[str, Any]], tools: list[tuple[str, str]], calls: list[tuple[str, str, Any]]
) -> list[str]:
    """What the instructions, or else a tool's description, say of when to call it: the nearest thing to a reason."""
    system = " ".join(str(m.get("content") or "") for m in messages if m.get("role") in ("system", "developer"))
    sentences = re.split(r"(?<=[.!?])\s+", system)
    found: list[str] = []
    for name in dict.fromkeys(name for _, name, _ in calls if name):
        told = [s for s in sentences if re.search(rf"\b{re.escape(name)}\b", s)][:2]
        found += [f"Its instructions say: {quoted(s)}" for s in told]
        if not told and dict(tools).get(name):
            found.append(f"The tool {name} says of itself: {quoted(dict(tools)[name])}")
    return list(dict.fromkeys(found))


def _on_purpose(reading: Reading, span: Span) -> list[str]:
    """A fault that `demo_lib.faults` made is no real one, and is told apart."""
    ended = span.end_time_ns or span.start_time_ns
    made = [s for s in reading.spans if s.name == "injected_fault" and span.start_time_ns <= s.start_time_ns <= ended]
    return [f"The fault was made on purpose: {clean(s.attributes.get('note') or '', 80)}." for s in made]


# ---------------------------------------------------------------------------------------------- retrieval


def _retrieval(reading: Reading, span: Span, said: tuple[str, ...]) -> Decision:
    inputs, hits = dict_of(span.inputs), [dict_of(h) for h in list_of(span.outputs)]
    scope, store = inputs.get("database"), span.attributes.get("store")
    offer = (f"the tables of {quoted(scope, 80)}" if scope else "all that is in the index",)
    saw = (f"the words {quoted(inputs.get('query') or span.inputs)}",)
    named = [h for h in hits if h.get("table")]
    chose = tuple(f"{clean(h['table'], 80)} ({number(h.get('score')):.2f})" for h in named) or (
        clean(span.outputs or "none"),)  # fmt: skip
    reasons = tuple(f"{clean(h['table'], 80)}: {clean(h['why'])}" for h in named if h.get("why"))
    by = f" ({clean(store, 80)})" if store else ""
    failed = failure(span)
    if failed:
        chose, reasons = ("nothing: the search failed",), (failed,)
    return Decision(f"retrieval{by}: which tables fit?", offer, saw, chose, reasons or (NO_REASON,), said, span.span_id)
