"""Puts the offline model where the network would be: httpx transports that speak OpenAI's protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from demo_lib.offline.wire.protocol import CREATED, MODEL, check
from demo_lib.offline.wire.refusals import Refusal


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
        name = endpoint(path)
        if method == "GET" and name == "models":
            return _models(path)
        if method == "POST" and name in _POSTED:
            return _POSTED[name](_parse(body))
        raise Refusal(f"Unknown request URL: {method} {path}. The offline model offers POST /chat/completions, "
                      "/responses and /embeddings, and GET /models.", code="unknown_url", status=404)  # fmt: skip
    except Refusal as refusal:
        return _json(refusal.body, refusal.status)
    except RecursionError:
        return _json(_not_json().body, 400)
    except Exception as failure:  # the last line: an SDK must see an answer, whatever we got wrong
        # Asking again would fail again.
        said = Refusal(f"The offline model failed ({type(failure).__name__}).", status=500)
        return _json(said.body, said.status, {"x-should-retry": "false"})


def endpoint(path: str) -> str | None:
    """Which of the protocol's endpoints a path leads to, whatever stands before it; None for any other path."""
    found = re.search(r"/(chat/completions|embeddings|responses|models)/*$|/(models)/[^/]+$", path)
    return (found[1] or found[2]) if found else None


def _parse(body: bytes) -> Any:
    def refuse_constant(name: str) -> None:
        raise ValueError(name)  # NaN and Infinity are no JSON

    try:
        return json.loads(body, parse_constant=refuse_constant)
    except ValueError:
        raise _not_json() from None


def _not_json() -> Refusal:
    return Refusal("We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but "
                   "what was sent was not valid JSON, or is nested too deeply.")  # fmt: skip


# What follows imports when it is asked: the stemmer and tiktoken load with the first question.


def _models(path: str) -> httpx.Response:
    model = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": "offline"}
    asked = re.search(r"/models/([^/]+)$", path)
    if asked is None:
        return _json({"object": "list", "data": [model]})
    if asked[1] != MODEL:
        raise Refusal(f"The model '{asked[1][:100]}' does not exist here. There is: {MODEL}.", "model",
                      "model_not_found", 404)  # fmt: skip
    return _json(model)


def _chat(asked: Any) -> httpx.Response:
    request = check(asked)
    from demo_lib.offline.chat import completion

    made = completion(request)
    if not request.get("stream"):
        return _json(made)
    with_usage = bool((request.get("stream_options") or {}).get("include_usage"))
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in _events(made, with_usage)) + "data: [DONE]\n\n"
    headers = {"content-type": "text/event-stream; charset=utf-8", **_request_id(made)}
    return httpx.Response(200, headers=headers, content=lines.encode(), extensions=_tokens(made))


def _embeddings(request: Any) -> httpx.Response:
    from demo_lib.offline.embeddings import embeddings

    return _json(embeddings(request))


def _responses(request: Any) -> httpx.Response:
    from demo_lib.offline.responses import response

    return _json(response(request))


_POSTED: dict[str, Callable[[Any], httpx.Response]] = {
    "chat/completions": _chat,
    "embeddings": _embeddings,
    "responses": _responses,
}


def _events(made: dict[str, Any], with_usage: bool) -> Iterator[dict[str, Any]]:
    """The chunks of a stream: of each choice the role, the text by words or the calls by pieces, the end; the usage."""
    head = {**made, "object": "chat.completion.chunk"}
    # Where usage was asked for, every chunk before the last says null.
    usage = {"usage": None} if with_usage else {}
    del head["choices"], head["usage"]
    for choice in made["choices"]:
        for delta in _deltas(choice["message"]):
            one = {"index": choice["index"], "delta": delta, "logprobs": None, "finish_reason": None}
            yield {**head, "choices": [one], **usage}
        end = {"index": choice["index"], "delta": {}, "logprobs": None, "finish_reason": choice["finish_reason"]}
        yield {**head, "choices": [end], **usage}
    if with_usage:
        yield {**head, "choices": [], "usage": made["usage"]}


def _deltas(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    says_text = message["content"] is not None
    yield {"role": "assistant", "content": "" if says_text else None, "refusal": None}
    for kind in ("content", "refusal"):
        text = message.get(kind) or ""
        for piece in re.findall(r"\s*\S+\s*", text) or [text]:
            if piece:
                yield {kind: piece}
    for i, call in enumerate(message.get("tool_calls") or []):
        function = {"name": call["function"]["name"], "arguments": ""}
        yield {"tool_calls": [{"index": i, "id": call["id"], "type": "function", "function": function}]}
        arguments = call["function"]["arguments"]
        for at in range(0, len(arguments), 16):
            yield {"tool_calls": [{"index": i, "function": {"arguments": arguments[at : at + 16]}}]}


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    given = {"content-type": "application/json", **_request_id(body), **(headers or {})}
    return httpx.Response(status, headers=given, content=json.dumps(body).encode(), extensions=_tokens(body))


def _request_id(body: dict[str, Any]) -> dict[str, str]:
    return {"x-request-id": f"req_{body['id'].split('-')[-1]}"} if "id" in body else {}


def _tokens(body: dict[str, Any]) -> dict[str, Any]:
    """The tokens in and out, for a server's log: a stream need not hold them."""
    usage = body.get("usage") or {}
    ways = (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
    return {"tokens": tuple(next((usage[n] for n in names if n in usage), 0) for names in ways)}
