"""`serve-model`: a real process on a real port, and in front of it the SDK, the kit itself, and clients that misbehave."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from workshops import shop

from demo_lib.errors import DemoError, UsageError
from demo_lib.llm import serve
from demo_lib.offline.transport import answer
from demo_lib.settings import PROJECT_ROOT
from demo_lib.tracing import load_trace, trace_tree

HELLO: Any = [{"role": "user", "content": "hello"}]
LINE = re.compile(r"\d\d:\d\d:\d\d [A-Z]+ /v1/\S+ \d{3} · offline · [\d,]+ bytes in, [\d,]+ out · "
                  r"[\d,]+ tokens in, [\d,]+ out · [\d,]+ ms")  # fmt: skip


@dataclass
class Served:
    """A `serve-model` that runs."""

    process: subprocess.Popen[str]
    url: str
    err: Path

    @property
    def address(self) -> tuple[str, int]:
        found = httpx.URL(self.url)
        return found.host, found.port or 0

    def lines(self) -> list[str]:
        return self.err.read_text(encoding="utf-8").splitlines()

    def client(self) -> openai.OpenAI:
        return openai.OpenAI(api_key="sk-not-a-real-key", base_url=self.url, max_retries=0)


def start(folder: Path, *options: str) -> Served:
    err = folder / "err.txt"
    command = [sys.executable, "-m", "demo_lib", "serve-model", "--port", "0", *options]
    with err.open("w") as log:
        process = subprocess.Popen(
            command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8"
        )
    assert process.stdout
    first = process.stdout.readline()
    found = re.search(r"http://\S+/v1", first)
    assert found, err.read_text()
    return Served(process, found[0], err)


def stop(served: Served) -> None:
    served.process.kill()
    served.process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = start(tmp_path_factory.mktemp("served"))
    yield running
    stop(running)


def test_over_http_it_says_what_it_says_in_process(served: Served) -> None:
    asked: dict[str, Any] = {
        "chat/completions": {"model": "gpt-4o", "messages": HELLO, "n": 2},
        "responses": {"model": "gpt-4o", "input": "hello"},
        "embeddings": {"model": "gpt-4o", "input": ["hello", "there"]},
        "images/generations": {"prompt": "hello"},
    }
    for path, body in asked.items():
        there = httpx.post(f"{served.url}/{path}", json=body, timeout=60)
        here = answer("POST", f"/v1/{path}", json.dumps(body).encode())
        assert (there.status_code, there.json()) == (here.status_code, here.json())
    assert [m.id for m in served.client().models.list()] == ["offline"]


def test_a_stream_comes_in_pieces(served: Served) -> None:
    request: Any = {"model": "m", "messages": HELLO, "stream_options": {"include_usage": True}}
    whole = served.client().chat.completions.create(model="m", messages=HELLO)
    with served.client().chat.completions.stream(**request) as stream:
        final = [event for event in stream][-1] and stream.get_final_completion()
    assert final.choices[0].message.content == whole.choices[0].message.content
    assert final.usage == whole.usage
    with httpx.stream("POST", f"{served.url}/chat/completions", json={**request, "stream": True}) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.headers["transfer-encoding"] == "chunked"
        assert list(raw.iter_lines())[-2:] == ["data: [DONE]", ""]


@pytest.mark.parametrize("asked_for", ["offline", "gpt-4o"])
def test_the_kit_asks_it_and_says_who_answered(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked_for: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", served.url)
    question = "Revenue by region last quarter"
    in_process = shop(tmp_path).ask(question)
    workshop = shop(tmp_path, model="compatible", model_id=asked_for)
    over_http = workshop.ask(question)
    assert in_process.sql and over_http.sql == in_process.sql
    assert over_http.text == in_process.text and over_http.usage == in_process.usage
    assert (over_http.model, over_http.badge) == ("offline", "OFFLINE")
    tree = trace_tree(load_trace(over_http))
    assert "Model call: offline" in tree and "LLM call" not in tree
    assert workshop.settings.badge == ("OFFLINE" if asked_for == "offline" else "LIVE gpt-4o")  # who is to answer
    assert workshop.model.ready() == "OFFLINE answers"


def test_many_at_once_each_get_their_own_answer(served: Served) -> None:
    def ask(number: int) -> str:
        messages: Any = [{"role": "user", "content": "hello" + " there" * number}]
        reply = served.client().chat.completions.create(model="m", messages=messages)
        assert reply.usage
        return f"{reply.usage.prompt_tokens}"

    alone = [ask(n) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(16))) == alone
    assert len(set(alone)) == 16


def test_the_log_has_a_line_for_each_request_and_no_word_of_any(served: Served) -> None:
    before = len(served.lines())
    secret = "unobtainium"
    http = httpx.Client(base_url=served.url, headers={"authorization": f"Bearer {secret}"}, timeout=60)
    http.post("/chat/completions", json={"model": secret, "messages": [{"role": "user", "content": secret}]})
    http.post("/embeddings", json={"model": secret, "input": secret})
    http.post("/chat/completions", json={secret: secret, "model": "m", "messages": HELLO})
    http.get(f"/{secret}?q={secret}")
    http.get(f"/models/{secret}%1b[31m")
    http.options("/chat/completions")
    lines = served.lines()[before:]
    assert [line.split()[1:4] for line in lines] == [
        ["POST", "/v1/chat/completions", "200"], ["POST", "/v1/embeddings", "200"],
        ["POST", "/v1/chat/completions", "400"], ["GET", "/v1/…", "404"], ["GET", "/v1/models", "404"],
        ["OPTIONS", "/v1/chat/completions", "404"],
    ]  # fmt: skip
    assert all(LINE.fullmatch(line) for line in lines)
    assert secret not in "".join(lines)


@pytest.mark.parametrize("length_is_said", [True, False])
def test_a_body_that_is_too_large_is_refused_unread(served: Served, length_is_said: bool) -> None:
    piece = b"x" * 1_000_000
    body: Any = piece * 5 if length_is_said else iter([piece] * 5)
    refused = httpx.post(f"{served.url}/chat/completions", content=body, timeout=60)
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "request_too_large"
    assert served.client().models.list()  # and it goes on


@pytest.mark.parametrize(
    "sent",
    [b"nonsense\r\n\r\n", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{",
     b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n", b"\x16\x03\x01\x02", b""],
)  # fmt: skip
def test_a_client_that_hangs_up_or_speaks_something_else_leaves_no_trace(served: Served, sent: bytes) -> None:
    with socket.create_connection(served.address, timeout=60) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
    assert served.client().models.list()
    assert "Traceback" not in served.err.read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a process could answer")
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_it_has_begun(tmp_path: Path, told: signal.Signals) -> None:
    running = start(tmp_path)
    body = json.dumps({"model": "m", "messages": HELLO}).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
            "expect: 100-continue\r\n\r\n")  # fmt: skip
    try:
        with socket.create_connection(running.address, timeout=60) as client:
            client.sendall(head.encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 100")  # the request has begun
            running.process.send_signal(told)
            with pytest.raises(OSError):  # no new one is taken from now on
                while True:
                    socket.create_connection(running.address, timeout=60).close()
            client.sendall(body)
            said = b"".join(iter(lambda: client.recv(65536), b""))
        assert said.startswith(b"HTTP/1.1 200") and b"offline model" in said
        out, _ = running.process.communicate(timeout=60)
    finally:
        stop(running)
    assert running.process.returncode == 0 and out.endswith("Stopped.\n")
    assert len(running.lines()) == 1 and LINE.fullmatch(running.lines()[0])


def test_another_machine_is_let_in_only_where_that_is_said(tmp_path: Path, served: Served) -> None:
    assert served.address[0] == "127.0.0.1"
    assert not any("wants no key" in line for line in served.lines())
    running = start(tmp_path, "--host", "0.0.0.0")
    stop(running)
    assert running.lines() == ["Whoever can reach 0.0.0.0 can now ask the model: it wants no key, and has no limit."]


def test_a_port_that_is_taken_is_named_with_what_to_do(served: Served) -> None:
    port = str(served.address[1])
    command = [sys.executable, "-m", "demo_lib", "serve-model", "--port", port]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("host", "port", "error", "says"),
    [("127.0.0.1", 70_000, UsageError, "70000 is no port"), ("127.0.0.1", -1, UsageError, "-1 is no port"),
     ("no host at all", 0, UsageError, "no address of this machine"), ("192.0.2.1", 0, DemoError, "cannot be used")],
)  # fmt: skip
def test_where_nothing_can_listen(host: str, port: int, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        serve.listen(host, port)
