"""The live HTTP client below the SDK: it takes the key out of what an endpoint says when it refuses."""

from __future__ import annotations

from typing import Any

import httpx
import openai


class RedactingClient(openai.DefaultHttpxClient):
    """The SDK's own client, with its pool, time-outs and proxies; a refused request's answer never quotes the key.

    Error texts may quote it, the SDK's exceptions quote error texts, and a trace keeps exceptions.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key.encode()

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send as httpx does; an error's body comes back without the key."""
        response = super().send(request, **options)
        if response.is_success:
            return response
        body = response.read().replace(self._key, b"(key)")
        # read() has undone any compression, and the length may be another
        dropped = ("content-encoding", "content-length", "transfer-encoding")
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in dropped]
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)
