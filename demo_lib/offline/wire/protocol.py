"""What OpenAI's endpoint refuses, refused in its words, so that a mistake shows without a key."""

from __future__ import annotations

import json
import re
from typing import Any

from demo_lib.offline.wire.parameters import check_parameters
from demo_lib.offline.wire.refusals import Refusal, missing, wrong_type
from demo_lib.offline.wire.schema_rules import SchemaFault, check_schema

# An answer never carries the name of the model that was asked for: nobody is to take it for an LLM's.
MODEL = "offline"
# The same request gives the same bytes, so the time is a fixed one: 2025-11-01, the demo data's today.
CREATED = 1_761_955_200

# Counted in characters, four a token: the check has to be quicker than the counting that it saves.
CONTEXT_TOKENS = 128_000
CHARACTERS_PER_TOKEN = 4
# A user's message is read word for word, several times over.
LONGEST_QUESTION_CHARACTERS = 100_000

_ROLES = ("system", "assistant", "user", "tool", "developer")
_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")


def check(request: Any) -> dict[str, Any]:
    """Return the request of a chat completion if it is well-formed; raises Refusal if not."""
    check_is_for_a_model(request)
    check_parameters(request)
    _check_messages(request.get("messages"), "messages" in request)
    _check_length(request)
    names = _check_tools(request.get("tools"))
    _check_tool_choice(request, names)
    _check_response_format(request.get("response_format"))
    return request  # type: ignore[no-any-return]


def check_is_for_a_model(request: Any) -> None:
    """Check that a request is an object that names a model: any, since one answers for all. Raises Refusal."""
    if not isinstance(request, dict):
        raise wrong_type("body", "an object", request, None)
    if not isinstance(request.get("model"), str) or not request["model"]:
        raise Refusal("you must provide a model parameter")


def _check_length(request: dict[str, Any]) -> None:
    read = [request.get(name) for name in ("messages", "tools", "response_format")]
    tokens = len(json.dumps(read, ensure_ascii=False)) // CHARACTERS_PER_TOKEN
    if tokens > CONTEXT_TOKENS:
        raise Refusal(f"This model's maximum context length is {CONTEXT_TOKENS} tokens. However, your messages "
                      f"resulted in about {tokens} tokens ({CHARACTERS_PER_TOKEN} characters each). Please reduce the "
                      "length of the messages.", "messages", "context_length_exceeded")  # fmt: skip
    for i, message in enumerate(request["messages"]):
        content = message.get("content") if message["role"] == "user" else ""
        length = len(content) if isinstance(content, str) else sum(len(part["text"]) for part in content)
        if length > LONGEST_QUESTION_CHARACTERS:
            raise Refusal(f"Invalid 'messages[{i}].content': string too long. Expected a string with maximum length "
                          f"{LONGEST_QUESTION_CHARACTERS}, but got a string with length {length} instead.",
                          f"messages[{i}].content", "string_above_max_length")  # fmt: skip


def _check_messages(messages: Any, given: bool) -> None:
    if not given or messages is None:
        raise missing("messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise Refusal("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty "
                      "array instead.", "messages", "empty_array")  # fmt: skip
    open_calls: list[str] = []  # ids that still want a tool message
    asked_at = 0
    for i, message in enumerate(messages):
        where = f"messages[{i}]"
        if not isinstance(message, dict):
            raise wrong_type(where, "an object", message)
        role = message.get("role")
        if not isinstance(role, str) or role not in _ROLES:
            raise Refusal(f"Invalid value: {role!r}. Supported values are: {', '.join(map(repr, _ROLES))}.",
                          f"{where}.role", "invalid_value")  # fmt: skip
        if role == "tool":
            if not isinstance(message.get("tool_call_id"), str):
                raise Refusal(f"Missing parameter 'tool_call_id': messages with role 'tool' must have a "
                              f"'tool_call_id'. {where}", f"{where}.tool_call_id")  # fmt: skip
            if message["tool_call_id"] not in open_calls:
                raise Refusal("Invalid parameter: messages with role 'tool' must be a response to a preceeding "
                              "message with 'tool_calls'.", f"messages.[{i}].role")  # fmt: skip
            open_calls.remove(message["tool_call_id"])
        elif open_calls:
            raise _unanswered(open_calls, asked_at)
        _check_content(message, where)
        if message.get("tool_calls") is not None:
            open_calls, asked_at = _check_tool_calls(message, where), i
    if open_calls:
        raise _unanswered(open_calls, asked_at)


def _check_content(message: dict[str, Any], where: str) -> None:
    content = message.get("content")
    if content is None:
        if message["role"] == "assistant" and (message.get("tool_calls") or message.get("refusal")):
            return
        raise Refusal(f"Invalid value for 'content': expected a string, got null. ({where}.content)",
                      f"{where}.content")  # fmt: skip
    if isinstance(content, list):
        for j, part in enumerate(content):
            if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
                raise Refusal("Invalid content part: this model reads parts of type 'text' only.",
                              f"{where}.content[{j}]", "invalid_value")  # fmt: skip
    elif not isinstance(content, str):
        raise wrong_type(f"{where}.content", "one of a string or array of objects", content)


def _check_tool_calls(message: dict[str, Any], where: str) -> list[str]:
    """The ids of an assistant message's calls."""
    calls, where = message["tool_calls"], f"{where}.tool_calls"
    if message["role"] != "assistant":
        raise Refusal("Unknown parameter: 'tool_calls' is only allowed for the role 'assistant'.", where,
                      "unknown_parameter")  # fmt: skip
    if not isinstance(calls, list) or not calls:
        raise Refusal(f"Invalid '{where}': expected an array with minimum length 1.", where, "empty_array")
    for j, call in enumerate(calls):
        function = call.get("function") if isinstance(call, dict) else None
        if (
            not isinstance(function, dict)
            or not isinstance(call.get("id"), str)
            or not all(isinstance(function.get(k), str) for k in ("name", "arguments"))
        ):
            raise Refusal(f"Invalid '{where}[{j}]': expected an id and a function with a name and its arguments as a "
                          "string.", f"{where}[{j}]", "invalid_type")  # fmt: skip
    ids = [call["id"] for call in calls]
    if len(set(ids)) != len(ids):
        raise Refusal(f"Duplicate value for 'tool_call_id' in '{where}'.", where, "invalid_value")
    return ids


def _check_tools(tools: Any) -> set[str]:
    """The names of the tools."""
    if tools is None:
        return set()
    if not isinstance(tools, list):
        raise wrong_type("tools", "an array of objects", tools)
    if not tools or len(tools) > 128:
        raise Refusal(f"Invalid 'tools': expected an array with length 1 to 128, but got {len(tools)}.", "tools",
                      "empty_array" if not tools else "array_above_max_length")  # fmt: skip
    names: set[str] = set()
    for i, tool in enumerate(tools):
        where = f"tools[{i}]"
        if not isinstance(tool, dict):
            raise wrong_type(where, "an object", tool)
        if tool.get("type") != "function":
            raise Refusal(f"Invalid value: {tool.get('type')!r}. Supported values are: 'function'.", f"{where}.type",
                          "invalid_value")  # fmt: skip
        function = tool.get("function")
        if not isinstance(function, dict):
            raise missing(f"{where}.function")
        name = function.get("name")
        if not isinstance(name, str) or not _NAME.match(name):
            raise Refusal(f"Invalid '{where}.function.name': string does not match pattern. Expected a string of at "
                          "most 64 characters that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                          f"{where}.function.name", "invalid_value")  # fmt: skip
        if name in names:
            raise Refusal(f"Invalid 'tools': two functions are called {name!r}.", f"{where}.function.name",
                          "invalid_value")  # fmt: skip
        names.add(name)
        if not isinstance(function.get("description"), (str, type(None))):
            raise wrong_type(f"{where}.function.description", "a string", function["description"])
        if not isinstance(function.get("strict"), (bool, type(None))):
            raise wrong_type(f"{where}.function.strict", "a boolean", function["strict"])
        if function.get("parameters") is not None:
            try:
                check_schema(function["parameters"], bool(function.get("strict")))
            except SchemaFault as fault:
                raise Refusal(f"Invalid schema for function '{name}': {fault}", f"{where}.function.parameters",
                              "invalid_function_parameters") from None  # fmt: skip
    return names


def _check_tool_choice(request: dict[str, Any], names: set[str]) -> None:
    choice = request.get("tool_choice")
    if not names:
        for given in ("tool_choice", "parallel_tool_calls"):
            if request.get(given) not in (None, "none"):
                raise Refusal(f"Invalid value for '{given}': '{given}' is only allowed when 'tools' are specified.",
                              given)  # fmt: skip
        return
    if choice is None or choice in ("none", "auto", "required"):
        return
    if not isinstance(choice, dict):
        raise Refusal(f"Invalid value: {choice!r}. Supported values are: 'none', 'auto', and 'required'.",
                      "tool_choice", "invalid_value")  # fmt: skip
    if choice.get("type") == "allowed_tools":
        allowed = choice.get("allowed_tools")
        allowed = allowed if isinstance(allowed, dict) else {}
        wanted, mode = allowed.get("tools"), allowed.get("mode")
        if not isinstance(wanted, list) or not wanted or mode not in ("auto", "required"):
            raise Refusal("Invalid value for 'tool_choice': 'allowed_tools' needs a 'mode' and 'tools'.",
                          "tool_choice", "invalid_value")  # fmt: skip
    else:
        wanted = [choice]
    for one in wanted:
        function = one.get("function") if isinstance(one, dict) and one.get("type") == "function" else None
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(name, str):
            raise missing("tool_choice.function.name")
        if name not in names:
            raise Refusal(f"Invalid value for 'tool_choice': no function named '{name}' were specified in the 'tools' "
                          "parameter.", "tool_choice")  # fmt: skip


def _check_response_format(wanted: Any) -> None:
    if wanted is None:
        return
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind not in ("text", "json_object", "json_schema"):
        raise Refusal(f"Invalid value: {kind!r}. Supported values are: 'json_object', 'json_schema', and 'text'.",
                      "response_format.type", "invalid_value")  # fmt: skip
    if kind != "json_schema":
        return
    spec = wanted.get("json_schema")
    if not isinstance(spec, dict):
        raise missing("response_format.json_schema")
    if not isinstance(spec.get("name"), str) or not _NAME.match(spec["name"]):
        raise missing("response_format.json_schema.name")
    if spec.get("schema") is not None:
        try:
            check_schema(spec["schema"], bool(spec.get("strict")))
        except SchemaFault as fault:
            message = f"Invalid schema for response_format '{spec['name']}': {fault}"
            raise Refusal(message, "response_format") from None


def _unanswered(ids: list[str], i: int) -> Refusal:
    return Refusal("An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                   "'tool_call_id'. The following tool_call_ids did not have response messages: "
                   + ", ".join(ids), f"messages.[{i}].role")  # fmt: skip
