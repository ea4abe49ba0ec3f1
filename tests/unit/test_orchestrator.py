"""The agent loop, with a model whose choices are written in advance: good, wrong, hostile and endless ones."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from workshops import SLIDE_11, Script, call, shop

from demo_lib.errors import UsageError
from demo_lib.workshop import Workshop

QUESTION = "How many orders are there?"
COUNT = "SELECT COUNT(*) AS orders FROM orders"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return shop(tmp_path)


def run(workshop: Workshop, *lines: Any, question: str = QUESTION) -> tuple[Any, Script]:
    script = Script(*lines)
    return script.play(workshop).ask(question), script


def spans(answer: Any) -> dict[str, Any]:
    return {span.name: span for span in mlflow.get_trace(answer.trace_id).data.spans}


def test_rows_stay_here_and_the_model_sees_a_few(tmp_path: Path) -> None:
    workshop = shop(tmp_path, preview_rows=3)
    everything = {"query": "SELECT order_id FROM orders", "database": "shop"}
    answer, script = run(workshop, [call("execute_sql", everything)], "There are 1,000 orders.")
    assert len(answer.table) == 1000
    (told,) = script.told()
    assert (told["row_count"], len(told["rows"])) == (1000, 3)
    assert answer.text == "There are 1,000 orders."


def test_calls_made_together_run_together_and_land_in_one_trace(workshop: Workshop) -> None:
    both = threading.Barrier(2, timeout=20)  # passes only when both tools are inside at once

    def wait(side: str) -> str:
        """Wait for the other one."""
        both.wait()
        return side

    workshop.registry.register("wait", wait)
    calls = [call("wait", {"side": "left"}, "a"), call("wait", {"side": "right"}, "b")]
    answer, script = run(workshop, calls, "Done.")
    assert script.told() == [{"result": "left"}, {"result": "right"}]
    trace = mlflow.get_trace(answer.trace_id)
    root = trace.data.spans[0]
    assert [s.parent_id for s in trace.data.spans if s.name == "wait"] == [root.span_id] * 2


def test_a_tools_error_goes_back_to_the_model_and_onto_its_span(workshop: Workshop) -> None:
    bad = {"query": "SELECT nothing FROM orders", "database": "shop"}
    answer, script = run(
        workshop, [call("execute_sql", bad)], [call("execute_sql", {"query": COUNT, "database": "shop"})], "1,000."
    )
    assert "nothing" in script.seen[1]["messages"][-1]["content"]
    assert answer.table.iloc[0, 0] == 1000 and answer.declined is None and answer.blocked is None
    failed = [s for s in mlflow.get_trace(answer.trace_id).data.spans if "ERROR" in str(s.status)]
    assert {"execute_sql", "validation"} <= {s.name for s in failed}


def test_a_plug_in_that_crashes_does_not_take_the_answer_with_it(workshop: Workshop) -> None:
    def crash(times: int) -> str:
        """Crash."""
        raise ZeroDivisionError("boom")

    workshop.registry.register("crash", crash)
    answer, script = run(workshop, [call("crash", {"times": 1})], "It crashed, sorry.")
    assert script.told() == [{"error": "crash failed (ZeroDivisionError: boom)"}]
    assert answer.declined == "It crashed, sorry."
    assert "ERROR" in str(spans(answer)["crash"].status)


@pytest.mark.parametrize(
    "wrong",
    [call("drop_table", {"table": "orders"}), call("execute_sql", "{not json"), call("execute_sql", {"query": COUNT}),
     call("execute_sql", {"query": COUNT, "database": "secrets"}), call("create_chart", {"result_id": "r7", "kind": "bar"})],
)  # fmt: skip
def test_calls_that_make_no_sense_are_told_so(workshop: Workshop, wrong: dict[str, Any]) -> None:
    answer, script = run(workshop, [wrong], "I could not do that.")
    (told,) = script.told()
    assert set(told) == {"error"}
    assert answer.sql is None and answer.declined == "I could not do that."


@pytest.mark.parametrize(
    "sql",
    ["DROP TABLE orders", "SELECT 1; DROP TABLE orders", "SELECT email FROM customers",
     "COPY orders TO 'stolen.csv'", "SELECT * FROM read_csv('/etc/passwd')"],
)  # fmt: skip
def test_what_a_guardrail_stops_is_blocked_and_never_runs(workshop: Workshop, sql: str) -> None:
    answer, _ = run(workshop, [call("execute_sql", {"query": sql, "database": "shop"})], "I was stopped.")
    assert answer.blocked and answer.sql is None and answer.table is None and answer.declined is None
    names = spans(answer)
    assert "ERROR" in str(names["validation"].status)
    assert names["validation"].attributes["rule"]
    assert "query_execution" not in names


def test_an_endless_model_is_stopped_after_so_many_turns(tmp_path: Path) -> None:
    workshop = shop(tmp_path, max_turns=3)
    answer, script = run(workshop, [call("find_tables", {"question": "orders"})])
    assert len(script.seen) == 3
    assert answer.declined and "3 turns" in answer.declined


def test_a_stopped_query_goes_back_to_the_writer_once(workshop: Workshop) -> None:
    def written(sql: str) -> str:
        return json.dumps({"sql": sql, "explanation": "", "declined": None})

    ask = [call("text_to_sql", {"question": QUESTION, "database": "shop"})]
    plan = json.dumps({"search_terms": ["orders"]})
    execute = [call("execute_sql", {"query": COUNT, "database": "shop"})]
    answer, script = run(workshop, ask, plan, written("SELECT email FROM customers"), written(COUNT), execute, "1,000.")
    assert "guardrail" in script.seen[3]["messages"][-1]["content"]
    assert answer.table.iloc[0, 0] == 1000


def test_links_are_noted_as_far_as_they_can_be_read(workshop: Workshop) -> None:
    link = {"words": "orders", "meaning": "orders", "kind": "table", "score": 0.9}
    sent = json.dumps({"links": [link, "orders", {"words": "how"}, {"score": "high"}], "sql": COUNT})
    ask = [call("text_to_sql", {"question": QUESTION, "database": "shop"})]
    answer, _ = run(workshop, ask, json.dumps({"search_terms": []}), sent, "It is written.")
    assert spans(answer)["sql_generation"].attributes["links"] == [link]


def test_a_writer_that_insists_is_blocked(workshop: Workshop) -> None:
    ask = [call("text_to_sql", {"question": QUESTION, "database": "shop"})]
    plan = json.dumps({"search_terms": []})
    insists = json.dumps({"sql": "SELECT email FROM customers", "explanation": "", "declined": None})
    answer, _ = run(workshop, ask, plan, insists, insists, "I may not show that.")
    assert answer.blocked and answer.sql is None


def test_slide_11_a_registered_tool_gets_the_rows_by_their_id(workshop: Workshop) -> None:
    def check_data_quality(data: pd.DataFrame, checks: list[str]) -> dict[str, Any]:
        return {"rows": len(data), "nulls": int(data.isnull().sum().sum())}

    workshop.registry.register("data_quality", check_data_quality, SLIDE_11)
    execute = [call("execute_sql", {"query": "SELECT order_id FROM orders", "database": "shop"})]
    check = [call("check_data_quality", {"data": "r1", "checks": ["null_check"]})]
    _, script = run(workshop, execute, check, "Clean.")
    assert script.told()[-1] == {"rows": 1000, "nulls": 0}


def test_two_workshops_in_a_process_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    first, second = shop(tmp_path), shop(tmp_path)
    assert second.ask("How many customers are there?").table.iloc[0, 0] == 30
    assert first.ask("How many customers are there?").table.iloc[0, 0] == 30
    del second
    assert first.ask("How many orders are there?").table.iloc[0, 0] == 1000


def test_an_agent_run_on_its_own_leaves_its_trace_in_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = shop(tmp_path).agent.run("How many customers are there?")
    assert len(mlflow.get_trace(answer.trace_id).search_spans(span_type="CHAT_MODEL")) == 5
    assert not (tmp_path / "mlflow.db").exists()


def test_what_a_tool_returns_is_told_by_its_names(workshop: Workshop) -> None:
    def nulls(data: pd.DataFrame) -> dict[str, Any]:
        """Count nulls."""
        return {"nulls": data.isnull().sum(), "rows": data}

    workshop.registry.register("nulls", nulls)
    execute = [call("execute_sql", {"query": "SELECT order_id, note FROM orders LIMIT 2", "database": "shop"})]
    _, script = run(workshop, execute, [call("nulls", {"data": "r1"})], "None.")
    told = script.told()[-1]
    assert told["nulls"] == {"order_id": 0, "note": 0}
    assert told["rows"]["columns"] == ["order_id", "note"] and told["rows"]["row_count"] == 2


def test_slides_7_and_8_work_as_printed(workshop: Workshop) -> None:
    retrieved = workshop.retriever.retrieve_tables("revenue", "shop")
    plan_free = json.dumps({"sql": COUNT, "explanation": "", "declined": None})
    Script(plan_free).play(workshop)
    assert workshop.sql_agent.generate_query(QUESTION, context=retrieved).sql
    agent = workshop.agent
    answer = Script("Hello.").play(workshop) and agent.run(QUESTION)
    assert answer.text == "Hello."


def test_a_conversation_hands_on_what_was_said(workshop: Workshop) -> None:
    script = Script("First.", "Second.")
    chat = script.play(workshop).chat("my-session")
    chat.ask("One?")
    answer = chat.ask("Two?")
    said = [m["content"] for m in script.seen[-1]["messages"][1:]]
    assert said == ["One?", "First.", "Two?"]
    assert mlflow.get_trace(answer.trace_id).info.trace_metadata["mlflow.trace.session"] == "my-session"


@pytest.mark.parametrize(
    ("question", "said"),
    [("", "empty"), ("   \n", "empty"), ("why " * 30_000, "119,999 characters"), ("SELECT * FROM orders", "SQL, not a question"),
     ("drop table orders;", "SQL, not a question"), ("WITH x AS (SELECT 1) SELECT * FROM x", "SQL, not a question")],
)  # fmt: skip
def test_what_is_no_question_is_refused_before_anything_runs(workshop: Workshop, question: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        workshop.ask(question)


@pytest.mark.parametrize("question", ["Select the best customers from the north", "Update me on sales", "With what?"])
def test_questions_that_begin_like_sql_are_questions(workshop: Workshop, question: str) -> None:
    answer, _ = run(workshop, "Hm.", question=question)
    assert answer.text == "Hm."
