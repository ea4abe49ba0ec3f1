"""Puts the offline model where the network would be: httpx transports that speak OpenAI's Chat Completions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx

from demo_lib.offline.protocol import Refusal, check

# The same request gives the same bytes, so the time is a fixed one: 2025-11-01, the demo data's today.
_CREATED = 1_761_955_200


class OfflineTransport(httpx.BaseTransport):
    """For `httpx.Client(transport=…)`, and so for `openai.OpenAI(http_client=…)`."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer in process; never raises and never opens a socket."""
        return answer(request.method, request.url.path, request.read())


class AsyncOfflineTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=…)`, and so for `openai.AsyncOpenAI(http_client=…)`."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer in process; never raises and never opens a socket."""
        return answer(request.method, request.url.path, await request.aread())


def answer(method: str, path: str, body: bytes) -> httpx.Response:
    """What the endpoint answers to one HTTP request, errors in OpenAI's shape."""
    try:
        if method == "POST" and path.endswith("/chat/completions"):
            return _chat(check(_parse(body)))
        if method == "GET" and path.endswith("/models"):
            model = {"id": "offline", "object": "model", "created": _CREATED, "owned_by": "offline"}
            return _json(200, {"object": "list", "data": [model]})
        raise Refusal(f"Unknown request URL: {method} {path}. The offline model offers POST /chat/completions and "
                      "GET /models.", code="unknown_url", status=404)  # fmt: skip
    except Refusal as refusal:
        error = {"message": refusal.message, "type": "invalid_request_error", "param": refusal.param}
        return _json(refusal.status, {"error": {**error, "code": refusal.code}})
    except Exception as failure:  # the last line: an SDK must see an answer, whatever we got wrong
        message = f"The offline model failed ({type(failure).__name__})."
        error = {"message": message, "type": "server_error", "param": None}
        # Asking again would fail again.
        return _json(500, {"error": {**error, "code": None}}, {"x-should-retry": "false"})


def _parse(body: bytes) -> Any:
    def refuse_constant(name: str) -> None:
        raise ValueError(name)  # NaN and Infinity are no JSON

    try:
        return json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal("We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but "
                      "what was sent was not valid JSON.") from None  # fmt: skip


def _chat(request: dict[str, Any]) -> httpx.Response:
    from demo_lib.offline.chat import complete  # the stemmer and tiktoken load with the first question
    from demo_lib.offline.usage import usage

    message, finish_reason = complete(request)
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    head = {
        "id": f"chatcmpl-{digest[:28]}",
        "created": _CREATED,
        "model": request["model"],
        "service_tier": "default",
        "system_fingerprint": "fp_offline",
    }
    counted = usage(request, message)
    headers = {"x-request-id": f"req_{digest[:28]}"}
    if request.get("stream"):
        with_usage = bool((request.get("stream_options") or {}).get("include_usage"))
        events = _events(head, message, finish_reason, counted if with_usage else None)
        lines = "".join(f"data: {json.dumps(e)}\n\n" for e in events) + "data: [DONE]\n\n"
        headers["content-type"] = "text/event-stream; charset=utf-8"
        return httpx.Response(200, headers=headers, content=lines.encode())
    choice = {"index": 0, "message": {"refusal": None, "annotations": [], **message}, "logprobs": None,
              "finish_reason": finish_reason}  # fmt: skip
    return _json(200, {**head, "object": "chat.completion", "choices": [choice], "usage": counted}, headers)


def _events(
    head: dict[str, Any], message: dict[str, Any], finish_reason: str, counted: dict[str, Any] | None
) -> Iterator[dict[str, Any]]:
    """The chunks of a stream: the role, the text by words or the calls by pieces, the end, the usage."""
    # Where usage was asked for, every chunk before the last says null.
    no_usage_yet = {"usage": None} if counted else {}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "object": "chat.completion.chunk", "choices": [choice], **no_usage_yet}

    yield chunk({"role": "assistant", "content": None if message.get("tool_calls") else "", "refusal": None})
    for piece in re.findall(r"\s*\S+\s*", message["content"] or "") or [message["content"] or ""]:
        if piece:
            yield chunk({"content": piece})
    for i, call in enumerate(message.get("tool_calls") or []):
        function = {"name": call["function"]["name"], "arguments": ""}
        yield chunk({"tool_calls": [{"index": i, "id": call["id"], "type": "function", "function": function}]})
        arguments = call["function"]["arguments"]
        for at in range(0, len(arguments), 16):
            yield chunk({"tool_calls": [{"index": i, "function": {"arguments": arguments[at : at + 16]}}]})
    yield chunk({}, finish_reason)
    if counted:
        yield {**head, "object": "chat.completion.chunk", "choices": [], "usage": counted}


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
    content = json.dumps(body).encode()
    return httpx.Response(status, headers={"content-type": "application/json", **(headers or {})}, content=content)
