"""What the offline model answers to one request: the decision, top to bottom."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from demo_lib.offline import usage
from demo_lib.offline.calling import answers, tools
from demo_lib.offline.calling.filling import fill
from demo_lib.offline.calling.review import is_review, review
from demo_lib.offline.calling.values import Known
from demo_lib.offline.english import cues
from demo_lib.offline.wire.conversation import Conversation, read
from demo_lib.offline.wire.json_schema import satisfies
from demo_lib.offline.wire.protocol import CREATED, MODEL

_SCHEMA_IN_PROMPT = re.compile(
    r"\bcreate\s+table\b|^#+\s*schema\b|^[ \t]*(?:[-*][ \t]*)?\w+[ \t]*\(\w+(?:,[ \t]*\w+)+\)",
    re.IGNORECASE | re.MULTILINE,
)

WHO_I_AM = (
    "I am the offline model: a small, deterministic parser, not a language model. I turn questions about the data "
    "described to me into SQL, and I choose among the tools I am given."
)


def completion(request: dict[str, Any]) -> dict[str, Any]:
    """The `chat.completion` that answers a request which `protocol.check` let through."""
    message, finish_reason = complete(request)
    message = {"refusal": None, "annotations": [], **message}
    choice = {"message": message, "logprobs": None, "finish_reason": finish_reason}
    return {
        "id": f"chatcmpl-{digest(request)}",
        "created": CREATED,
        "model": MODEL,
        "service_tier": "default",
        "system_fingerprint": "fp_offline",
        "object": "chat.completion",
        "choices": [{"index": i, **choice} for i in range(request.get("n") or 1)],
        "usage": usage.usage(request, message),
    }


def digest(value: Any) -> str:
    """28 characters that stand for a request: the same for the same one."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:28]


def complete(request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The assistant message that answers a request that `protocol.check` let through, and its finish reason."""
    conversation = read(request["messages"])
    if request.get("tools"):
        try:
            calls = tools.choose(request, conversation, lambda question: _sql_for(question, conversation))
        except tools.CannotCall as reason:
            return _refusing(str(reason)), "stop"
        if calls:
            return _calling(calls, request), "tool_calls"
    schema = _asked_schema(request)
    if schema is not None:
        value = _filled(schema, conversation)
        if not satisfies(value, schema, schema):
            return _refusing("This conversation holds nothing that would satisfy the schema asked for."), "stop"
        content = json.dumps(value, ensure_ascii=False)
    elif conversation.calls:
        content = answers.compose(conversation)
    elif _holds_schema(conversation):
        draft = _draft(conversation)
        content = f"```sql\n{draft['sql']}\n```" if draft["sql"] else str(draft["declined"])
    else:
        content = _introduction(request, conversation)
    return _cut_to_size({"role": "assistant", "content": content}, request)


def _refusing(reason: str) -> dict[str, Any]:
    """OpenAI's own way to say no where a schema leaves no room for words."""
    return {"role": "assistant", "content": None, "refusal": f"{WHO_I_AM} {reason}"}


def _calling(calls: list[tuple[str, dict[str, Any]]], request: dict[str, Any]) -> dict[str, Any]:
    head = digest(request["messages"])[:20]
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": f"call_{head}{i:02d}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)},
            }
            for i, (name, arguments) in enumerate(calls)
        ],
    }


def _asked_schema(request: dict[str, Any]) -> dict[str, Any] | None:
    """The schema that the answer must satisfy; for `json_object` one of our own."""
    wanted = request.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        return {
            "title": wanted["json_schema"]["name"],
            **(wanted["json_schema"].get("schema") or {"type": "object"}),
        }
    if wanted.get("type") == "json_object":
        keys = ("sql", "explanation", "declined") if _holds_schema(read(request["messages"])) else ("answer",)
        return {
            "type": "object",
            "properties": {k: {"type": ["string", "null"]} for k in keys},
            "required": [*keys],
        }
    return None


def _filled(schema: dict[str, Any], conversation: Conversation) -> Any:
    """A structured answer: a verdict or SQL where the schema has a place for it, else what the conversation holds."""
    if is_review(schema):
        return review(conversation.said)
    values: dict[str, Any] = {}
    if {"sql", "sql_query", "declined"} & set(schema.get("properties") or {}):
        values = {k: v for k, v in _draft(conversation).items() if v is not None}
        values["sql_query"] = values.get("sql")
    elif conversation.calls:
        values["answer"] = answers.compose(conversation)
    else:
        values["answer"] = WHO_I_AM
    for other in ("text", "response", "summary", "message", "content"):
        values.setdefault(other, values.get("answer"))
    return fill(schema, Known(conversation.question, values), str(schema.get("title") or "")).value


def _holds_schema(conversation: Conversation) -> bool:
    return bool(_SCHEMA_IN_PROMPT.search(conversation.prompt))


def _sql_for(question: str, conversation: Conversation) -> str | None:
    if not _holds_schema(conversation):
        return None
    return dict(_write(conversation.prompt, question, conversation.history))["sql"]


def _draft(conversation: Conversation) -> dict[str, Any]:
    """What the SQL writer makes of the question: `sql`, `declined`, `explanation` and `links`."""
    return dict(_write(conversation.prompt, conversation.said, conversation.history))


@lru_cache(maxsize=8)
def _write(prompt: str, question: str, history: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    from demo_lib.offline.sql_writer import write_sql  # sqlglot takes a while to load

    try:
        draft = write_sql(prompt, question, history)
        sql, declined, explanation = draft.sql, draft.declined, draft.explanation
        links = [asdict(link) for link in draft.links]
    except Exception as error:  # a fault of ours is a decline, not an outage: an SDK would retry a 5xx
        sql, explanation, links = None, "", []
        declined = f"The offline model failed on this question ({type(error).__name__}). Please put it another way."
    if not sql and not declined:
        declined = "The offline model could not place this question."
    declined = None if sql else declined
    return ("sql", sql), ("declined", declined), ("explanation", explanation), ("links", links)


def _introduction(request: dict[str, Any], conversation: Conversation) -> str:
    if request.get("tools"):
        names = ", ".join(t["function"]["name"] for t in request["tools"])
        if cues.cues(conversation.question):
            return f"{WHO_I_AM} None of them ({names}) fits this message."
        return f"{WHO_I_AM} Here these are: {names}. Ask a question about the data."
    return f"{WHO_I_AM} This request holds neither a schema nor tools, so there is nothing I can answer from."


def _cut_to_size(message: dict[str, Any], request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Honour `stop` and the limit on tokens, as an endpoint must."""
    content = message["content"]
    stops = request.get("stop") or []
    for stop in [stops] if isinstance(stops, str) else stops:
        content = content.split(stop)[0] if stop else content
    limit = request.get("max_completion_tokens") or request.get("max_tokens")
    if limit and usage.count(content) > limit:
        return {**message, "content": usage.cut(content, limit)}, "length"
    return {**message, "content": content}, "stop"
