"""What lies below the SDK: the wire that every client talks through, and the live HTTP client at its end.

Transports stand in one another, each doing one thing: recording, replaying, failing on purpose. The one that
goes out takes the key out of whatever an endpoint sends.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai

from demo_lib.settings import SHORTEST_SECRET

MOST_BYTES = 10_000_000
MOST_ERROR_CHARACTERS = 300


class Wire(httpx.BaseTransport):
    """The one place where who answers can be changed under a client that is in use."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self.transport = transport
        """Whatever stands here answers."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on."""
        return self.transport.handle_request(request)


class Through(httpx.BaseTransport):
    """A whole httpx client, with its pool, time-outs and proxies, as the transport of another."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request as the client does."""
        return self._client.send(request)


def error_response(
    status: int, message: str, *, code: str | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    """An error in the shape in which OpenAI's endpoint sends one."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    error = {"message": message, "type": kind, "param": None, "code": code}
    return httpx.Response(status, headers=headers, json={"error": error})


class RedactingClient(openai.DefaultHttpxClient):
    """The SDK's own client, with its pool, time-outs and proxies; what comes back never quotes the key.

    An endpoint may quote it, the SDK's exceptions quote the endpoint, and a trace keeps exceptions.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send as httpx does; the body comes back without the key, an error's as one short line."""
        response = super().send(request, **options)
        text = response.read()[:MOST_BYTES].decode("utf-8", errors="replace")
        if not response.is_success:
            text = json.dumps({"error": self._error(text)})
        # read() has undone any compression, and the length may be another
        dropped = ("content-encoding", "content-length", "transfer-encoding")
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in dropped]
        content = self._without_key(text).encode("utf-8", errors="replace")
        return httpx.Response(response.status_code, headers=headers, content=content, request=request)

    def _error(self, text: str) -> dict[str, Any]:
        """The error's own fields, decoded before the key is looked for: JSON can spell it in escapes."""
        try:
            given = json.loads(text)["error"]
            fields = {k: given.get(k) for k in ("message", "type", "param", "code")}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {"message": "no reason given", "type": None, "param": None, "code": None}
        return {k: self._line(v) if isinstance(v, str) else None for k, v in fields.items()}

    def _line(self, text: str) -> str:
        return "".join(c if c.isprintable() else " " for c in self._without_key(text))[:MOST_ERROR_CHARACTERS]

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "(key)") if len(self._key) >= SHORTEST_SECRET else text
