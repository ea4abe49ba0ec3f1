"""What a trace's spans say, read with care: any program may have written them, and a killed one writes half.

Nothing here trusts a shape. What is not as OpenAI's protocol has it is told as it stands, cut short.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any

from demo_lib.settings import model_name, without_keys
from demo_lib.tracing import ROOT_SPAN, children_of, has_failed, refusal

if TYPE_CHECKING:
    from mlflow.entities import Span, Trace

MOST_CHARACTERS = 300  # of one thing that was seen; a query, or what a guardrail says, may have more
MOST_OF_A_QUERY = 4_000


def clean(value: Any, most: int = MOST_CHARACTERS) -> str:
    """Any value of a trace on one line that is safe to show: no commands for a terminal, no keys, at most `most` long.

    HTML is not escaped here: that is for whoever writes HTML.
    """
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(c for c in " ".join(text.split()) if c.isprintable())
    text = without_keys(text)  # after the invisible characters are gone, which could hide a key
    return f"{text[:most]}…" if len(text) > most else text


def quoted(value: Any, most: int = MOST_CHARACTERS) -> str:
    """The value in quotation marks, cleaned."""
    return f"“{clean(value, most)}”"


def dict_of(value: Any) -> dict[str, Any]:
    """The value where it is a dictionary, or JSON text of one; otherwise an empty one."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """The value where it is a list; otherwise an empty one."""
    return value if isinstance(value, list) else []


def number(value: Any) -> float:
    """The value where it is a number; otherwise 0."""
    return value if isinstance(value, int | float) else 0


@dataclass(frozen=True)
class Reading:
    """A trace's spans in the order of the tree, with who is whose parent."""

    trace: Trace

    @cached_property
    def by_id(self) -> dict[str, Span]:
        """The spans by their ids."""
        return {span.span_id: span for span in self.trace.data.spans}

    @cached_property
    def below(self) -> dict[str | None, list[Span]]:
        """The spans below each parent, oldest first. Of a half-written trace, the parent may be missing."""
        return children_of(self.trace)

    @cached_property
    def spans(self) -> list[Span]:
        """All spans, each before what is below it; those whose parent is missing stand where they began."""
        tops = [s for s in self.trace.data.spans if s.parent_id not in self.by_id]
        found: list[Span] = []

        def walk(span: Span) -> None:
            found.append(span)
            for child in self.below.get(span.span_id, []):
                walk(child)

        for top in sorted(tops, key=lambda s: s.start_time_ns):
            walk(top)
        return found

    @property
    def root(self) -> Span | None:
        """The span that has no parent; None where it was never written."""
        return next(iter(self.below.get(None, [])), None)

    def siblings(self, span: Span) -> list[Span]:
        """The spans below the same parent, itself included, oldest first."""
        return self.below.get(span.parent_id, [])

    def path(self, span: Span) -> str:
        """The names from the root down to the span; every model call is called that, whoever answered."""
        names = []
        at: Span | None = span
        while at is not None:
            names.append("model call" if is_model_call(at) else at.name)
            at = self.by_id.get(at.parent_id or "")
        return " / ".join(clean(n, 80) for n in reversed(names))

    def agent(self, span: Span) -> str:
        """The nearest agent above: `orchestrator` for the loop itself, or where that was never written.

        In another program's trace that names no agent, it is the root's name.
        """
        at = self.by_id.get(span.parent_id or "")
        while at is not None and at.span_type not in ("AGENT", "GUARDRAIL"):
            at = self.by_id.get(at.parent_id or "")
        at = at or self.root
        return "orchestrator" if at is None or at.name in (ROOT_SPAN, "explain") else clean(at.name, 80)

    def decider(self, span: Span) -> Span | None:
        """The model call that led to the span: the last one before it, beside it or beside what is above it."""
        at: Span | None = span
        while at is not None:
            beside = [s for s in self.siblings(at) if is_model_call(s)]
            before = [s for s in beside if s.start_time_ns < at.start_time_ns]
            if before:
                return before[-1]
            parent = self.by_id.get(at.parent_id or "")
            if parent is None and at.parent_id:  # never written: time is all that is left to go by
                calls = [s for s in self.spans if is_model_call(s)]
                return max(
                    (s for s in calls if (s.end_time_ns or 0) <= at.start_time_ns),
                    key=lambda s: s.start_time_ns,
                    default=None,
                )
            at = parent
        return None


# ------------------------------------------------------------------------------------------- model calls


def is_model_call(span: Span) -> bool:
    """Whether the span is a call of a model, as MLflow's autologging marks them."""
    return span.span_type in ("CHAT_MODEL", "LLM")


def model_of(span: Span) -> str:
    """Who answered a model call, or who was asked where nobody did."""
    asked = dict_of(span.inputs).get("model")
    return clean(model_name(str(span.attributes.get("mlflow.llm.model") or asked or "a model")), 80)


def messages_of(span: Span) -> list[dict[str, Any]]:
    """The messages that a model was sent; none where they are not in OpenAI's form."""
    return [m for m in list_of(dict_of(span.inputs).get("messages")) if isinstance(m, dict)]


def answer_of(span: Span) -> dict[str, Any]:
    """The message that a model answered with; empty where there is none in OpenAI's form."""
    choices = list_of(dict_of(span.outputs).get("choices"))
    return dict_of(dict_of(choices[0]).get("message")) if choices else {}


def tool_calls(message: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """A message's tool calls: id, name, arguments (a dictionary, or the text where it is not JSON)."""
    found = []
    for call in list_of(message.get("tool_calls")):
        function = dict_of(dict_of(call).get("function"))
        arguments = function.get("arguments")
        found.append((str(dict_of(call).get("id")), clean(function.get("name"), 80), dict_of(arguments) or arguments))
    return found


def call_text(name: str, arguments: Any, most: int = MOST_OF_A_QUERY) -> str:
    """A tool call as one reads it: `text_to_sql(question = “…”, database = “sales”)`."""
    if isinstance(arguments, dict):
        return f"{name}({', '.join(f'{clean(k, 60)} = {quoted(v, most)}' for k, v in arguments.items())})"
    return f"{name}({clean(arguments or '', most)})"


def tools_of(span: Span) -> list[tuple[str, str]]:
    """The tools that a model was offered: name and description."""
    inputs = dict_of(span.inputs)
    offered = list_of(inputs.get("tools")) or list_of(span.attributes.get("mlflow.chat.tools"))
    functions = [dict_of(dict_of(t).get("function")) or dict_of(t) for t in offered]
    return [(clean(f.get("name"), 80), clean(f.get("description") or "", 120)) for f in functions if f.get("name")]


def schema_of(span: Span) -> tuple[str, dict[str, Any]]:
    """The name and the properties of the JSON schema that the answer had to fill; an empty name where there is none."""
    wanted = dict_of(dict_of(dict_of(span.inputs).get("response_format")).get("json_schema"))
    return clean(wanted.get("name") or "", 80), dict_of(dict_of(wanted.get("schema")).get("properties"))


def tokens_of(span: Span) -> int:
    """All tokens of a model call."""
    return int(number(dict_of(span.attributes.get("mlflow.chat.tokenUsage")).get("total_tokens")))


# ------------------------------------------------------------------------------------------------ failures


def failure(span: Span) -> str | None:
    """Why the span failed, in a line; None where it did not."""
    if not has_failed(span):
        return None
    noted = [str((e.attributes or {}).get("exception.message") or "") for e in span.events]
    described = re.sub(r"^\w+: ", "", str(getattr(span.status, "description", "") or ""))
    text = next((n for n in noted if n), described)
    return clean(refusal(text) or "it does not say why", 600)


def verdict(span: Span, it: str = "it") -> tuple[bool, str] | None:
    """What a guardrail said: whether it passed, and in words. None where the span is no guardrail's word.

    it: what to call the thing that was judged.
    """
    failed, attributes = failure(span), span.attributes
    kinds = [str((e.attributes or {}).get("exception.type") or "") for e in span.events]
    name = clean(span.name, 80)
    if span.span_type == "GUARDRAIL" and attributes.get("verdict"):
        denied = attributes["verdict"] != "allow"
        reason = clean(attributes.get("reason") or "", 600)
        return not denied, f"{name} denied {it}: {reason}" if denied else f"{name} allowed {it}"
    if span.span_type == "GUARDRAIL" and failed is None:
        tables = ", ".join(clean(t, 80) for t in list_of(attributes.get("tables")))
        return True, f"{name} passed {it}" + (f"; it reads {tables}" if tables else "") + _put_in(span)
    if span.span_type == "GUARDRAIL" and not attributes.get("rule"):
        return False, f"{name} did not pass {it}: {failed}"
    if span.span_type == "GUARDRAIL":
        layer, rule = clean(attributes.get("layer") or "", 40), clean(attributes["rule"], 80)
        return False, f"{name} blocked {it} in the {layer} layer, by the rule {rule}: {failed}"
    if any(k.endswith("GuardrailViolation") for k in kinds) and span.span_type == "TASK":
        return False, f"{name} blocked what came back (the result layer): {failed}"
    masked = [clean(c, 80) for c in list_of(attributes.get("masked"))]
    return (True, f"{name} masked {', '.join(masked)}") if masked else None


def _put_in(span: Span) -> str:
    """What a guardrail wrote into the query that it passed: a row limit, a role's filter, a mask."""
    came, left = dict_of(span.inputs).get("sql"), dict_of(span.outputs).get("sql")
    if not isinstance(came, str) or not isinstance(left, str):
        return ""
    words, words_now = came.split(), left.split()
    steps = SequenceMatcher(None, words, words_now, autojunk=False).get_opcodes()
    added = [" ".join(words_now[start:end]) for step, _, _, start, end in steps if step in ("insert", "replace")]
    return f"; it put in {', '.join(quoted(a) for a in added[:4])}" if added else ""
