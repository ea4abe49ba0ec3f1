"""One client for every mode: live ones are tried against a real HTTP server on this machine."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import mlflow
import openai
import pytest

from demo_lib.agents.retriever import RetrievalAgent
from demo_lib.errors import UsageError
from demo_lib.llm import Model, ModelError
from demo_lib.llm.retries import Retries, retry_after_seconds
from demo_lib.llm.tally import counting
from demo_lib.offline.transport import OfflineTransport
from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.index import TableIndex, open_index
from demo_lib.settings import DATA_DIR, Settings

KEY = "sk-secret-0123456789"
HELLO = [{"role": "user", "content": "Say OK."}]


class Endpoint:
    """A server of the protocol on loopback: `faults` are answered first, in order, then the offline model."""

    def __init__(self) -> None:
        self.faults: list[int] = []
        self.code: str | None = None
        self.model: str | None = None  # what it says its model is; by default, what was asked for
        self.open = threading.Event()  # while it is not set, no answer goes out
        self.open.set()
        self.requests = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.requests += 1
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.open.wait(timeout=60)
                if outer.faults:
                    status = outer.faults.pop(0)
                    error = {"message": f"no: {self.headers['authorization']}", "type": "x", "code": outer.code}
                    self._send(status, json.dumps({"error": error}).encode())
                    return
                request = httpx.Request("POST", f"http://x{self.path}", content=body)
                content = OfflineTransport().handle_request(request).read()
                if outer.model:
                    content = json.dumps(json.loads(content) | {"model": outer.model}).encode()
                self._send(200, content)

            def _send(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("retry-after-ms", "1")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(OSError):  # the client may have gone
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    made = Endpoint()
    monkeypatch.setenv("OPENAI_BASE_URL", made.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield made
    made.open.set()
    made.server.shutdown()


def live() -> Model:
    settings = Settings(model="compatible", model_id="some-model", model_timeout_seconds=5)
    return Model(settings, Retries(first_wait_seconds=0.001, jitter_seconds=0))


def test_a_compatible_endpoint_answers_over_http(endpoint: Endpoint) -> None:
    with counting() as tally:
        assert live().chat(HELLO).content
    usage = tally.usage
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_who_answered_is_who_says_so_in_the_response(endpoint: Endpoint) -> None:
    endpoint.model = "gpt-4o-2024-08-06"
    with counting() as tally:
        live().chat(HELLO)
        endpoint.model = "offline"  # a server may well have the offline model behind it
        live().chat(HELLO)
    assert tally.answered_by == "gpt-4o + offline"


def test_a_busy_endpoint_is_asked_again(endpoint: Endpoint) -> None:
    endpoint.faults = [429, 503]
    assert live().chat(HELLO).content
    assert endpoint.requests == 3


@pytest.mark.parametrize(
    ("status", "code", "requests"),
    [(429, None, 4), (500, None, 4), (503, None, 4), (408, None, 4), (429, "insufficient_quota", 1), (400, None, 1),
     (401, None, 1), (403, None, 1), (404, None, 1)],
)  # fmt: skip
def test_only_what_may_pass_by_itself_is_asked_again(
    endpoint: Endpoint, status: int, code: str | None, requests: int
) -> None:
    endpoint.faults, endpoint.code = [status] * 9, code
    with pytest.raises(ModelError):
        live().chat(HELLO)
    assert endpoint.requests == requests


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [({"retry-after": "7"}, 7, 7), ({"retry-after-ms": "250", "retry-after": "7"}, 0.25, 0.25),
     ({"retry-after": "Fri, 01 Jan 2100 00:00:00 GMT"}, 1e6, 1e10), ({"retry-after": "Fri, 01 Jan 2010 00:00:00 GMT"}, 0, 0)],
)  # fmt: skip
def test_an_endpoint_may_say_when_to_come_back(headers: dict[str, str], least: float, most: float) -> None:
    request = httpx.Request("POST", "http://x.invalid")
    error = openai.APIStatusError("busy", response=httpx.Response(429, headers=headers, request=request), body=None)
    assert least <= (retry_after_seconds(error) or 0) <= most


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refused the key"), (403, "refused the key"), (404, "no model 'some-model'"), (429, "rate limit"),
     (400, "refused the request"), (500, "failed")],
)  # fmt: skip
def test_each_failure_has_its_own_line_and_never_the_key(endpoint: Endpoint, status: int, said: str) -> None:
    endpoint.faults = [status] * 4
    with pytest.raises(ModelError, match=said) as caught:
        live().chat(HELLO)
    message = str(caught.value)
    assert "\n" not in message
    assert status == 400 or "DEMO_MODEL=offline" in message
    assert KEY not in message


def test_no_server_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(ModelError, match="cannot be reached"):
        live().chat(HELLO)


@pytest.mark.parametrize(
    ("mode", "variable"),
    [("openai", "OPENAI_API_KEY"), ("compatible", "OPENAI_BASE_URL"), ("azure", "AZURE_OPENAI_API_KEY")],
)
def test_what_is_missing_is_named(mode: str, variable: str) -> None:
    with pytest.raises(UsageError, match=variable):
        Model(Settings(model=mode, model_id="m")).chat(HELLO)  # type: ignore[arg-type]


def test_the_offline_model_needs_no_network(no_network: list[str]) -> None:
    assert "offline model" in (Model(Settings()).chat(HELLO).content or "")
    assert no_network == []


def test_what_is_no_answer_is_one_line_too(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def answering(body: str) -> None:
        monkeypatch.setattr(OfflineTransport, "handle_request", lambda *_: httpx.Response(200, content=body.encode()))

    # it is no passing trouble either: each of these is asked for once
    for body in ("null", "[]", "<html>", '{"choices": []}', '{"choices": [null]}', '{"choices": [{"message": null}]}',
                 '{"choices": [{"message": {"role": "assistant", "content": 7}}]}',
                 '{"choices": [{"message": {"role": "assistant", "tool_calls": [{"id": "x", "type": "function"}]}}]}'):  # fmt: skip
        answering(body)
        with pytest.raises(ModelError, match="no answer|tool call") as caught:
            live().chat(HELLO)
        assert "\n" not in str(caught.value)
    assert endpoint.requests == 8


def test_the_table_index_can_be_made_by_a_live_embedder(endpoint: Endpoint, tmp_path: Path) -> None:
    """Texts in batches, the question alone, and the call in the question's trace."""
    catalog = Catalog.from_file(DATA_DIR / "catalog.yaml")
    settings = Settings(embedder="openai", model_timeout_seconds=5, vector_store=f"chroma:///{tmp_path}/live")
    index = open_index(settings, catalog)
    assert endpoint.requests == 3  # how long a vector is, a hundred texts, the rest
    agent = RetrievalAgent(index)
    question = "How much rent do we pay for our stores?"
    hits = agent.retrieve_tables(question, "analytics")
    trace = mlflow.get_trace(mlflow.get_last_active_trace_id() or "")
    assert trace is not None and [span.name for span in trace.data.spans] == ["table_retrieval", "Embeddings"]
    # the endpoint's vectors are the offline embedder's, in single precision
    assert [(h.table, h.why) for h in hits] == [(h.table, h.why) for h in TableIndex(catalog).search(question)]
    assert open_index(settings, catalog).search("sales") and endpoint.requests == 6  # not made a second time


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refused the key"), (404, "no model 'text-embedding-3-small'. Set DEMO_EMBEDDER_ID"), (500, "failed")],
)
def test_a_live_embedder_that_fails_says_so_in_a_line(endpoint: Endpoint, status: int, said: str) -> None:
    endpoint.faults = [status] * 4
    with pytest.raises(ModelError, match=said) as caught:
        live().embed(["text"])
    assert "\n" not in str(caught.value) and KEY not in str(caught.value)
    assert "DEMO_EMBEDDER=offline" in str(caught.value)


@pytest.mark.parametrize(
    "body", ["null", '{"data": []}', '{"data": [{"embedding": null, "index": 0}]}', "<html>", '{"data": 7}']
)
def test_vectors_that_are_none_are_one_line_too(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(OfflineTransport, "handle_request", lambda *_: httpx.Response(200, content=body.encode()))
    with pytest.raises(ModelError, match="no answer"):
        live().embed(["text"])


def test_no_key_reaches_an_embedder(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    answer = OfflineTransport.handle_request
    monkeypatch.setattr(OfflineTransport, "handle_request", lambda s, r: seen.append(r.read()) or answer(s, r))  # type: ignore[func-returns-value]
    live().embed([f"what does {KEY} open?"])
    assert seen and KEY.encode() not in seen[0]


def test_a_key_spelled_in_escapes_is_taken_out_as_well(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    from demo_lib.llm.transport import RedactingClient

    escaped = "".join(f"\\u{ord(c):04x}" for c in KEY)
    body = f'{{"error": {{"message": "bad key {escaped}\\nsecond line", "extra": "{escaped}"}}}}'
    transport = httpx.MockTransport(lambda request: httpx.Response(400, text=body))
    client = RedactingClient(KEY)
    monkeypatch.setattr(client, "_transport", transport)
    monkeypatch.setattr(client, "_mounts", {})
    answer = client.get("http://x.invalid/").text
    assert KEY not in answer and escaped not in answer
    assert json.loads(answer)["error"]["message"] == "bad key (key) second line"


@pytest.mark.parametrize("key", ["sk-with\ninside", "sk-ключ", "sk with spaces"])
def test_a_key_that_no_header_can_hold_is_refused_before_it_is_sent(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as caught:
        live().chat(HELLO)
    assert key not in str(caught.value)
