"""A judge whose opinions are written in advance, behind OpenAI's protocol on a real port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Opinions:
    """What the judge answers, by the name of the schema that DeepEval asks for; keeps what it was sent."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.seen: list[dict[str, Any]] = []

    @property
    def asked_for(self) -> list[str]:
        return [request["response_format"]["json_schema"]["name"] for request in self.seen]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.seen.append(request)
        said = self.answers[request["response_format"]["json_schema"]["name"]]
        content = said if isinstance(said, str) else json.dumps(said)
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        return {"id": "x", "object": "chat.completion", "created": 0, "model": request["model"],
                "choices": [choice], "usage": usage}  # fmt: skip


@contextmanager
def served(opinions: Opinions) -> Iterator[str]:
    """The judge on a port of this machine; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reply = json.dumps(opinions.answer(body)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
