"""OpenAI's Responses API, its text and its function calls: translated into a chat completion and back."""

from __future__ import annotations

from typing import Any

from demo_lib.offline.chat import completion, digest
from demo_lib.offline.wire.parameters import check_known
from demo_lib.offline.wire.protocol import check, check_is_for_a_model
from demo_lib.offline.wire.refusals import Refusal, missing, unsupported, wrong_type

# These mean the same in both.
_SAME = (
    *("model", "temperature", "top_p", "parallel_tool_calls", "metadata", "user", "service_tier", "store"),
    *("safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
)
_READ_HERE = ("input", "instructions", "tools", "tool_choice", "text", "max_output_tokens")
_TAKEN_AS_SAID = ("reasoning", "truncation", "include", "max_tool_calls", "stream_options")  # nothing follows from them
_USE_CHAT = "Use chat.completions for it."
_SEND_IT_ALL = "Nothing is kept here: send the earlier items in 'input'."
_NOT_OFFERED = dict.fromkeys(("background", "prompt", "top_logprobs", "moderation", "context_management"), "")
_NOT_OFFERED |= {"stream": _USE_CHAT, "previous_response_id": _SEND_IT_ALL, "conversation": _SEND_IT_ALL}


def response(request: Any) -> dict[str, Any]:
    """The `response` that answers a request for one. Raises Refusal for one that is off."""
    check_is_for_a_model(request)
    check_known(request, (*_SAME, *_READ_HERE, *_TAKEN_AS_SAID, *_NOT_OFFERED))
    for name, instead in _NOT_OFFERED.items():
        if request.get(name) not in (None, False, 0, []):
            raise unsupported(name, instead)
    try:
        made = completion(check(_as_chat(request)))
    except Refusal as refusal:
        param = (refusal.param or "").replace("response_format", "text.format").replace(".function", "")
        param = "input" if param.startswith("messages") else param.replace("completion", "output")
        raise Refusal(refusal.message, param or None, refusal.code, refusal.status) from None
    choice, usage, name = made["choices"][0], made["usage"], digest(request)
    cut = choice["finish_reason"] == "length"
    return {
        "id": f"resp_{name}",
        "object": "response",
        "created_at": made["created"],
        "model": made["model"],
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "error": None,
        "instructions": request.get("instructions"),
        "metadata": request.get("metadata") or {},
        "parallel_tool_calls": request.get("parallel_tool_calls") is not False,
        "temperature": request.get("temperature"),
        "top_p": request.get("top_p"),
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "text": {"format": (request.get("text") or {}).get("format") or {"type": "text"}},
        "output": _output(choice["message"], name, "incomplete" if cut else "completed"),
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": usage["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage["total_tokens"],
        },
    }


def _output(message: dict[str, Any], name: str, status: str) -> list[dict[str, Any]]:
    """The message's calls as items, or its text as one."""
    if calls := message.get("tool_calls"):
        about = {"type": "function_call", "status": "completed"}
        return [{**about, "id": f"fc_{name}{i:02d}", "call_id": c["id"], **c["function"]} for i, c in enumerate(calls)]
    if message["refusal"]:
        part = {"type": "refusal", "refusal": message["refusal"]}
    else:
        part = {"type": "output_text", "text": message["content"], "annotations": []}
    return [{"type": "message", "id": f"msg_{name}", "role": "assistant", "status": status, "content": [part]}]


def _as_chat(request: dict[str, Any]) -> dict[str, Any]:
    chat = {name: request[name] for name in _SAME if name in request}
    chat["messages"] = _messages(request)
    chat["max_completion_tokens"] = request.get("max_output_tokens")
    text = request.get("text")
    if not isinstance(text, (dict, type(None))):
        raise wrong_type("text", "an object", text)
    wanted = (text or {}).get("format")
    if isinstance(wanted, dict) and wanted.get("type") == "json_schema":
        wanted = {"type": "json_schema", "json_schema": {k: v for k, v in wanted.items() if k != "type"}}
    chat["response_format"] = wanted
    if request.get("tools"):  # an empty list is how one says none here
        tools = request["tools"]
        chat["tools"] = [_nested(tool) for tool in tools] if isinstance(tools, list) else tools
        chat["tool_choice"] = _choice(request.get("tool_choice"))
    else:
        chat.pop("parallel_tool_calls", None)
        if request.get("tool_choice") not in (None, "auto", "none"):
            chat["tool_choice"] = request["tool_choice"]  # refused, as in Chat Completions
    return chat


def _nested(tool: Any) -> Any:
    """A function as Chat Completions has it: what describes it lies one level deeper."""
    if not isinstance(tool, dict) or tool.get("type") != "function":
        return tool
    return {"type": "function", "function": {k: v for k, v in tool.items() if k != "type"}}


def _choice(choice: Any) -> Any:
    if isinstance(choice, dict) and choice.get("type") == "allowed_tools":
        tools = choice.get("tools")
        allowed = {"mode": choice.get("mode"), "tools": [_nested(t) for t in tools] if isinstance(tools, list) else []}
        return {"type": "allowed_tools", "allowed_tools": allowed}
    return _nested(choice)


def _messages(request: dict[str, Any]) -> list[dict[str, Any]]:
    given = request.get("input")
    if given is None:
        raise missing("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if not isinstance(items, list):
        raise wrong_type("input", "a string or an array of items", given)
    messages: list[dict[str, Any]] = []
    if request.get("instructions") is not None:
        messages.append({"role": "developer", "content": request["instructions"]})
    for i, item in enumerate(items):
        if not isinstance(item, dict):
            raise wrong_type(f"input[{i}]", "an object", item)
        match item.get("type", "message"):
            case "message":
                messages.append({"role": item.get("role"), "content": _content(item.get("content"))})
            case "function_call":
                call = {"id": item.get("call_id"), "type": "function", "function": {
                    "name": item.get("name"), "arguments": item.get("arguments")}}  # fmt: skip
                if not (messages and messages[-1].get("tool_calls")):  # calls in a row were made together
                    messages.append({"role": "assistant", "content": None, "tool_calls": []})
                messages[-1]["tool_calls"].append(call)
            case "function_call_output":
                result = {"role": "tool", "tool_call_id": item.get("call_id")}
                messages.append({**result, "content": _content(item.get("output"))})
            case "reasoning":
                pass  # another model's: this one has none to go on from
            case kind:
                raise Refusal(f"Unsupported value: {kind!r:.60} items are not supported with this model. {_USE_CHAT}",
                              f"input[{i}].type", "unsupported_value")  # fmt: skip
    return messages


def _content(content: Any) -> Any:
    """A message's content as Chat Completions has it: parts of text by its own name."""
    if not isinstance(content, list):
        return content
    texts = ("input_text", "output_text")
    return [{"type": "text", "text": p.get("text")} if isinstance(p, dict) and p.get("type") in texts else p
            for p in content]  # fmt: skip
