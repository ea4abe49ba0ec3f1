"""What a request's messages hold: the prompt, the question, the calls made for it and what came back.

Of a tool's result only values under known keys are read. Its text never counts as words of the user.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from demo_lib.offline.english.followups import standalone
from demo_lib.offline.english.fragments import only_asks_for_a_picture

# What a caller puts around a question: `A guardrail stopped this query: … Question: How many …?`
_MARKED_QUESTION = re.compile(r"\A(?:.*\s)?Question:\s*(\S.*)\Z", re.DOTALL)
_SQL_START = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass(frozen=True)
class ToolCall:
    """One call that was made, with what came back."""

    name: str
    arguments: dict[str, Any]
    result: Any
    """The result's JSON, or its text where it is none."""
    garbled: bool = False
    """Whether its arguments arrived as no JSON object, so that it was never really made."""

    def get(self, key: str) -> Any:
        """A value of the result, or None."""
        return self.result.get(key) if isinstance(self.result, dict) else None

    @property
    def error(self) -> str | None:
        """What went wrong, where the result says so."""
        return _sentence(self.get("error"))

    @property
    def declined(self) -> str | None:
        """Why the tool would not, where the result says so."""
        return _sentence(self.get("declined"))

    @property
    def has_rows(self) -> bool:
        """Whether the result is a query's: rows, or a result_id that the call was not given."""
        result_id = self.get("result_id")
        is_new = isinstance(result_id, str) and result_id not in self.arguments.values()
        return is_new or isinstance(self.get("rows"), list)

    @property
    def sql(self) -> str | None:
        """The SQL that the result holds, under `sql` or as its whole text."""
        sql = self.get("sql") if isinstance(self.result, dict) else self.result
        return sql if isinstance(sql, str) and _SQL_START.match(sql) else None


@dataclass(frozen=True)
class Conversation:
    """The messages of one request, read."""

    prompt: str
    """All system and developer messages."""
    question: str
    """What the user asks: their last message or, where that goes on from an earlier one, a whole question."""
    said: str = ""
    """The last user message, word for word; of one that has `Question:` in it, what follows."""
    history: tuple[str, ...] = ()
    """The user's earlier questions, without repeats of the last."""
    calls: tuple[ToolCall, ...] = field(default=())
    """The calls since the last user message that have a result."""
    earlier_calls: tuple[ToolCall, ...] = field(default=())
    """The calls before it."""

    @property
    def declined(self) -> ToolCall | None:
        """The call that was declined, unless a later one to the same tool was not."""
        last = {call.name: call for call in self.calls}
        return next((call for call in last.values() if call.declined), None)


def read(messages: list[dict[str, Any]]) -> Conversation:
    """Read the messages of a request that has passed `protocol.check`."""
    users = [i for i, m in enumerate(messages) if m["role"] == "user"]
    turn = users[-1] if users else -1
    calls = [(i, call) for i, call in _calls(messages)]
    questions = [_question(text_of(messages[i])) for i in users] or [""]
    said, history = questions[-1], tuple(q for q in questions[:-1] if q != questions[-1])
    earlier = tuple(call for i, call in calls if i < turn)
    is_at_hand = any(call.has_rows and not call.error for call in earlier) and only_asks_for_a_picture(said)
    return Conversation(
        prompt="\n\n".join(text_of(m) for m in messages if m["role"] in ("system", "developer")),
        question=said if is_at_hand else standalone(said, history),
        said=said,
        history=history,
        calls=tuple(call for i, call in calls if i > turn),
        earlier_calls=earlier,
    )


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, whether its content is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(part.get("text") or "" for part in content)
    return content or ""


def loads(text: str) -> Any:
    """The JSON in a text; the text itself where there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _question(text: str) -> str:
    marked = _MARKED_QUESTION.search(text)
    return (marked[1] if marked else text).strip()


def _calls(messages: list[dict[str, Any]]) -> list[tuple[int, ToolCall]]:
    """Every call with the place of its assistant message, in order."""
    results: dict[str, str] = {}
    found: list[tuple[int, ToolCall]] = []
    # From the back: an id that is used twice in a conversation belongs to the nearer result.
    for i in range(len(messages) - 1, -1, -1):
        message = messages[i]
        if message["role"] == "tool":
            results[message["tool_call_id"]] = text_of(message)
        for call in reversed(message.get("tool_calls") or []):
            if call["id"] in results:
                arguments = loads(call["function"]["arguments"])
                result = loads(results[call["id"]])
                garbled = not isinstance(arguments, dict)
                made = ToolCall(call["function"]["name"], {} if garbled else arguments, result, garbled)
                found.append((i, made))
    return found[::-1]


def _sentence(value: Any) -> str | None:
    """An error or refusal as one line of text, whatever a tool put there."""
    if isinstance(value, dict):
        value = value.get("message") or value
    if value is None or value is False or value == "":
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return " ".join(text.split())[:600]
