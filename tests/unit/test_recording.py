"""Record, replay, stage: what is kept of a live model's answers, and who answers when it is not there.

Live is a real HTTP server on this machine that has the offline model behind it and calls itself gpt-4o.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
from test_llm import HELLO, Endpoint
from workshops import call, shop

from demo_lib.cli import as_json
from demo_lib.errors import UsageError
from demo_lib.llm import Model, ModelError
from demo_lib.llm.recording import Exchange, RecordingError, Recordings, Request, read
from demo_lib.settings import Settings
from demo_lib.tracing import cost_per_agent, load_trace, trace_tree
from demo_lib.workshop import Workshop

KEY = "sk-secret-0123456789"
QUESTION = "Plot revenue by region in 2025 as a bar chart"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    made = Endpoint()
    made.model = "gpt-4o-2024-08-06"
    monkeypatch.setenv("OPENAI_BASE_URL", made.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield made
    made.open.set()
    made.server.shutdown()


@pytest.fixture
def recorded(endpoint: Endpoint, tmp_path: Path) -> Path:
    """The folder of the recordings of QUESTION."""
    kit(tmp_path, "record").ask(QUESTION)
    return tmp_path / "recordings"


def kit(tmp_path: Path, mode: str, **settings: Any) -> Workshop:
    given = {"model": mode, "model_id": "gpt-4o", "recordings": tmp_path / "recordings"}
    return shop(tmp_path, **(given | settings))


def without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.delenv("OPENAI_API_KEY")


def tool_call(name: str, arguments: str, id: str) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [call(name, arguments, id)]}


# ------------------------------------------------------------------------------------ record and replay


def test_what_was_recorded_is_replayed_without_key_or_socket(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = kit(tmp_path, "openai").ask(QUESTION)
    without_a_key(monkeypatch)

    def connect(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", connect)
    replayed = kit(tmp_path, "replay").ask(QUESTION)
    assert (live.badge, replayed.badge, replayed.model) == ("LIVE gpt-4o", "REPLAY", "replay")
    assert (replayed.text, replayed.sql) == (live.text, live.sql)
    assert replayed.table.equals(live.table) and replayed.chart is not None
    trace = load_trace(replayed)
    assert trace_tree(trace).count("Model call: replay") == 6 and "LLM" not in trace_tree(trace)
    assert trace.info.tags["mode"] == "REPLAY"


def test_results_numbered_otherwise_are_found_and_drawn(recorded: Path, tmp_path: Path) -> None:
    workshop = kit(tmp_path, "replay")
    for _ in range(3):
        workshop.execute_sql("SELECT COUNT(*) FROM orders", "shop")
    answer = workshop.ask(QUESTION)
    assert answer.badge == "REPLAY" and answer.partial is None
    assert answer.chart is not None and answer.chart is workshop.results.chart("r4")


def test_nothing_replayed_was_charged_and_what_was_live_was(recorded: Path, tmp_path: Path) -> None:
    assert set(cost_per_agent(kit(tmp_path, "openai").ask(QUESTION))["priced_as"]) == {"gpt-4o"}
    assert set(cost_per_agent(kit(tmp_path, "replay").ask(QUESTION))["priced_as"]) == {"hypothetical: gpt-4o"}


def test_tool_calls_that_a_model_names_anew_are_the_same_request() -> None:
    def asking(first: str, second: str, result: str) -> Request:
        found = {"role": "tool", "tool_call_id": first, "content": json.dumps({"result_id": result, "rows": [[1]]})}
        drawn = {"role": "tool", "tool_call_id": second, "content": json.dumps({"result_id": result})}
        chart = tool_call("create_chart", f'{{"kind":"bar","result_id":"{result}"}}', second)
        return Request.of(
            {"model": "m", "messages": [*HELLO, tool_call("execute_sql", "{}", first), found, chart, drawn]}
        )

    assert asking("call_abc", "call_def", "r1").key == asking("call_x", "call_y", "r7").key
    assert asking("a", "b", "r1").key != Request.of({"model": "m", "messages": HELLO}).key


def test_recording_again_replaces_a_line_and_adds_none(recorded: Path, tmp_path: Path) -> None:
    before = {e.request.key for e in read(recorded / "gpt-4o.jsonl")}
    kit(tmp_path, "record").ask(QUESTION)
    kit(tmp_path, "record").ask("How many customers are there?")
    lines = (recorded / "gpt-4o.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(before) == 6 and len(lines) == 6 + 5
    assert before < {json.loads(line)["key"] for line in lines}
    questions = [json.loads(line)["question"] for line in lines]
    assert questions == sorted(questions) and list(json.loads(lines[0])) == ["key", "question", "request", "response"]


def test_failures_are_not_recorded(endpoint: Endpoint, tmp_path: Path) -> None:
    workshop = kit(tmp_path, "record")
    workshop.model.retries.first_wait_seconds = 0.001
    endpoint.faults = [500, 401]
    with pytest.raises(ModelError, match="refused the key"):
        workshop.ask(QUESTION)
    assert not (tmp_path / "recordings").exists()


def test_the_key_is_nowhere(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pasted into a question, handed to the model directly, and written by the model into a call in escapes."""
    workshop = kit(tmp_path, "record")
    answer = workshop.ask(f"How many customers are there? Use {KEY}")
    print(answer, json.dumps(as_json(answer)))
    workshop.model.chat([{"role": "user", "content": f"Say {KEY}"}])
    escaped = "".join(f"\\u{ord(c):04x}" for c in KEY)
    asked = Request.of({"model": "gpt-4o", "messages": HELLO})
    message = tool_call("text_to_sql", f'{{"question": "{escaped}"}}', "x")
    Recordings(tmp_path / "recordings").add(Exchange(asked, asked.recorded({"choices": [{"message": message}]})))
    written = (tmp_path / "recordings" / "gpt-4o.jsonl").read_text(encoding="utf-8")
    assert "(key)" in written
    traces = [t.to_json() for t in mlflow.search_traces(max_results=2, return_type="list")]
    for text in (written, capsys.readouterr().out, *traces):
        assert KEY not in text and escaped not in text
    assert "uthorization" not in written and endpoint.url not in written


# ----------------------------------------------------------------------------------------------- misses


@pytest.mark.parametrize(
    ("settings", "question", "said"),
    [({}, "Plot revenue by region in 2024 as a bar chart", r"message 2 \(user\): '.*in 2024 as a bar.*, not '.*in 2025 as"),
     ({"model_id": "gpt-4o-mini"}, QUESTION, "DEMO_MODEL_ID=gpt-4o")],
)  # fmt: skip
def test_a_miss_says_how_it_differs_from_the_nearest(
    recorded: Path, tmp_path: Path, settings: dict[str, Any], question: str, said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        kit(tmp_path, "replay", **settings).ask(question)
    assert question in str(caught.value) and "\n" not in str(caught.value)


def test_a_miss_names_the_tool_that_is_new(recorded: Path, tmp_path: Path) -> None:
    def look_up(word: str) -> str:
        """Look a word up."""
        return word

    workshop = kit(tmp_path, "replay")
    workshop.registry.register("look_up", look_up)
    with pytest.raises(ModelError, match=r"tools \(new: look_up\)"):
        workshop.ask(QUESTION)


def test_a_miss_where_nothing_was_recorded(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="none at all: make some with DEMO_MODEL=record"):
        kit(tmp_path, "replay").ask(QUESTION)


# ------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "damage",
    [lambda line: line[: len(line) // 2], lambda line: line.replace("bar chart", "pie chart"), lambda line: "[]",
     lambda line: "not json", lambda line: "[" * 100_000],
)  # fmt: skip
def test_a_damaged_line_is_named(recorded: Path, tmp_path: Path, damage: Any) -> None:
    path = recorded / "gpt-4o.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = damage(lines[2])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for mode in ("replay", "record"):  # what cannot be read is not written over either
        with pytest.raises(ModelError, match=r"gpt-4o\.jsonl, line 3 is damaged"):
            kit(tmp_path, mode).ask(QUESTION)
    assert path.read_text(encoding="utf-8").splitlines() == lines


def test_what_no_file_holds_is_written_all_the_same(tmp_path: Path) -> None:
    request = Request.of({"model": "a/b: c", "messages": [{"role": "user", "content": "half \ud83d a pair \u2028 ü"}]})
    message = {"role": "assistant", "content": "other \udc00 half"}
    recordings = Recordings(tmp_path)
    recordings.add(Exchange(request, request.recorded({"choices": [{"message": message}]})))
    found = Recordings(tmp_path).find(request)
    assert found is not None and found.response["choices"][0]["message"] == message
    assert [p.name for p in tmp_path.glob("*.jsonl")] == ["a-b-c.jsonl"]


def test_a_process_killed_while_writing_leaves_whole_lines(tmp_path: Path) -> None:
    code = f"""
import pathlib
from demo_lib.llm.recording import Exchange, Recordings, Request
recordings = Recordings(pathlib.Path({str(tmp_path)!r}))
for n in range(10_000):
    request = Request.of({{"model": "m", "messages": [{{"role": "user", "content": f"{{n:05}}" + "x" * 20_000}}]}})
    recordings.add(Exchange(request, request.recorded({{"choices": [{{"message": {{"content": "y"}}}}]}})))
    if n == 5:
        print("going", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline()
    process.kill()
    process.wait()
    assert len(list(read(tmp_path / "m.jsonl"))) >= 6
    request = Request.of({"model": "m", "messages": HELLO})
    Recordings(tmp_path).add(Exchange(request, {"choices": []}))  # its lock went with it
    assert Recordings(tmp_path).find(request)


def test_a_folder_that_cannot_be_written_is_said_to_be(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written.*DEMO_RECORDINGS"):
        kit(tmp_path, "record", recordings=tmp_path / "file" / "recordings").ask(QUESTION)
    with pytest.raises(RecordingError):
        list(read(tmp_path))


# ------------------------------------------------------------------------------------------------- stage


def test_on_stage_the_recording_comes_first_then_live_then_offline(
    recorded: Path, endpoint: Endpoint, tmp_path: Path
) -> None:
    workshop = kit(tmp_path, "stage")
    asked = endpoint.requests
    assert workshop.ask(QUESTION).badge == "REPLAY" and endpoint.requests == asked
    live = workshop.ask("How many customers are there?")
    assert (live.badge, live.model, endpoint.requests) == ("LIVE gpt-4o", "gpt-4o", asked + 5)
    endpoint.faults = [500] * 9
    offline = workshop.ask("How many customers are there?")
    assert (offline.badge, offline.model) == ("OFFLINE", "offline") and offline.table.iloc[0, 0] == 30
    tree = trace_tree(load_trace(offline))
    assert "Model call: offline" in tree and "live answered 500 and no more: answered offline" in tree


def test_on_stage_an_endpoint_that_says_nothing_is_waited_for_once_a_question(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    workshop = kit(tmp_path, "stage", stage_seconds=0.2)
    endpoint.open.clear()  # it holds every answer back for as long as this test runs
    answer = workshop.ask("How many customers are there?")
    assert answer.badge == "OFFLINE" and answer.table.iloc[0, 0] == 30 and endpoint.requests == 1
    notes = [s.attributes["note"] for s in mlflow.get_trace(answer.trace_id).data.spans if s.name == "second_choice"]
    assert "gave no answer in 0.2 s" in notes[0] and all("silent before" in n for n in notes[1:]) and len(notes) == 5
    endpoint.open.set()
    assert workshop.ask("How many customers are there?").badge == "LIVE gpt-4o"


def test_on_stage_without_a_key_live_is_not_tried(
    recorded: Path, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_a_key(monkeypatch)
    asked = endpoint.requests
    workshop = kit(tmp_path, "stage", live="openai")
    assert workshop.ask(QUESTION).badge == "REPLAY"
    assert workshop.ask("How many customers are there?").badge == "OFFLINE"
    assert endpoint.requests == asked


def test_where_several_answered_all_are_named(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded / "gpt-4o.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [
        line for line in lines if "search_terms" not in json.dumps(json.loads(line)["response"])
    ]  # the planner's step
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")
    without_a_key(monkeypatch)
    answer = kit(tmp_path, "stage").ask(QUESTION)
    assert (answer.model, answer.badge) == ("replay + offline", "REPLAY + OFFLINE")
    assert mlflow.get_trace(answer.trace_id).info.tags["mode"] == "REPLAY + OFFLINE"


# ----------------------------------------------------------------------------------- whom, and preflight


@pytest.mark.parametrize(
    ("variables", "live", "named"),
    [({}, None, "OPENAI_API_KEY"), ({"OPENAI_API_KEY": "sk ключ"}, None, "OPENAI_API_KEY"),
     ({"AZURE_OPENAI_API_KEY": "azure-key"}, None, "AZURE_OPENAI_ENDPOINT"), ({"OPENAI_API_KEY": KEY}, "azure", "AZURE_OPENAI_API_KEY")],
)  # fmt: skip
def test_whom_to_record_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], live: Any, named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=named):
        Model(Settings(model="record", model_id="m", live=live, recordings=tmp_path)).chat(HELLO)


def test_preflight_says_who_would_answer(
    recorded: Path, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ready(mode: Any, folder: Path = recorded) -> str:
        return Model(Settings(model=mode, model_id="gpt-4o", recordings=folder)).ready()

    before = (recorded / "gpt-4o.jsonl").read_bytes()
    assert ready("record") == "LIVE gpt-4o answers; what it says is recorded"
    assert (recorded / "gpt-4o.jsonl").read_bytes() == before
    assert ready("replay") == "REPLAY: 6 recordings of gpt-4o"
    assert ready("stage") == "STAGE: 6 recordings of gpt-4o; beyond them LIVE gpt-4o answers"
    without_a_key(monkeypatch)
    assert ready("stage").endswith("beyond them OFFLINE answers")
    with pytest.raises(ModelError, match="0 recordings of gpt-4o.*DEMO_MODEL=record"):
        ready("replay", tmp_path / "elsewhere")


def test_what_is_no_chat_is_refused_rather_than_let_through_unrecorded(recorded: Path, tmp_path: Path) -> None:
    for mode in ("record", "replay"):
        client = kit(tmp_path, mode).model.client
        with pytest.raises(Exception, match="Recordings hold chat completions"):
            client.chat.completions.create(model="gpt-4o", messages=HELLO, stream=True)  # type: ignore[call-overload]
        with pytest.raises(Exception, match="Recordings hold chat completions"):
            client.models.list()


def test_a_model_that_quotes_a_result_keeps_its_words(tmp_path: Path) -> None:
    """Only whole quoted values are result ids: an alias `r1` in SQL is none."""
    told = {"role": "tool", "tool_call_id": "a", "content": json.dumps({"result_id": "r3"})}
    asked = Request.of({"model": "m", "messages": [*HELLO, tool_call("execute_sql", "{}", "a"), told]})
    sql = {"query": "SELECT r1.x FROM t AS r1", "data": ["r3"]}
    kept = asked.recorded({"choices": [{"message": tool_call("execute_sql", json.dumps(sql), "b")}]})
    assert re.findall(r"\\\"(r\d)", json.dumps(kept)) == ["r1"]
    back = asked.replayed(kept)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(back) == sql
