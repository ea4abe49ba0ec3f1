"""When things fail: what is tried again, what is answered in part, what falls back, and how each shows in a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pytest
from workshops import Script, call, last_trace, shop

from demo_lib.agents.fallback import FallbackAgent
from demo_lib.errors import UsageError
from demo_lib.faults import INSTEAD_OF_AN_ANSWER, MALFORMED, inject
from demo_lib.llm import ModelError
from demo_lib.tracing import load_trace, trace_tree
from demo_lib.workshop import Workshop

QUESTION = "How many customers are there?"
COUNT = {"query": "SELECT COUNT(*) AS orders FROM orders", "database": "shop"}


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = shop(tmp_path, query_timeout_seconds=0.3)
    made.model.retries.first_wait_seconds = 0.01
    return made


def spans(which: Any, name: str) -> list[Any]:
    trace = mlflow.get_trace(getattr(which, "trace_id", which))
    return [s for s in trace.data.spans if s.name == name]


def failed(which: Any) -> list[str]:
    return [s.name for s in mlflow.get_trace(which.trace_id).data.spans if "ERROR" in str(s.status)]


# ------------------------------------------------------------------------------------------- tried again


def test_what_passes_by_itself_is_asked_again_and_each_attempt_and_wait_is_a_span(workshop: Workshop) -> None:
    with inject(workshop, ["rate limit", "time-out", "cut connection"]) as faults:
        answer = workshop.ask(QUESTION)
    assert answer.table.iloc[0, 0] == 30 and answer.partial is None and not faults.left
    assert [s.attributes["note"] for s in spans(answer, "backoff")] == [
        "rate limit, waited 0.5 s, attempt 2 of 4",  # as its retry-after asked
        "time-out, waited 0.02 s, attempt 3 of 4",
        "no connection, waited 0.04 s, attempt 4 of 4",
    ]
    assert failed(answer) == ["Completions"] * 3
    tree = trace_tree(load_trace(answer))
    assert "✗ 429: Rate limit reached (injected)." in tree and "injected_fault (" in tree


def test_an_endpoint_does_not_get_to_say_wait_for_ever(workshop: Workshop) -> None:
    workshop.model.retries.most_wait_seconds = 0.01
    with inject(workshop, ["rate limit"]):
        answer = workshop.ask(QUESTION)
    assert spans(answer, "backoff")[0].attributes["wait_seconds"] == 0.01


def test_what_stays_is_an_error_with_its_attempts_in_the_trace(workshop: Workshop) -> None:
    with inject(workshop, ["server error"] * 4), pytest.raises(ModelError, match="failed"):
        workshop.ask(QUESTION)
    trace = last_trace()
    assert "ERROR" in str(trace.info.state) and "ERROR" in str(trace.data.spans[0].status)
    assert len(spans(trace.info.trace_id, "Completions")) == 4 and len(spans(trace.info.trace_id, "backoff")) == 3


@pytest.mark.parametrize(
    ("fault", "said"), [("wrong key", "refused the key"), ("no credit", "no credit"), ("nonsense", "no answer")]
)
def test_what_asking_again_does_not_mend_is_not_asked_again(workshop: Workshop, fault: str, said: str) -> None:
    with inject(workshop, [fault]), pytest.raises(ModelError, match=said):
        workshop.ask(QUESTION)
    assert spans(last_trace().info.trace_id, "backoff") == []


def test_a_model_that_fails_inside_a_tool_is_not_asked_to_mend_that(workshop: Workshop) -> None:
    with inject(workshop, [None, "wrong key"]), pytest.raises(ModelError, match="refused the key"):
        workshop.ask(QUESTION)
    assert "ERROR" in str(spans(last_trace().info.trace_id, "text_to_sql")[0].status)


# ------------------------------------------------------------------------------------------ damaged calls


@pytest.mark.parametrize(("before", "tool"), [(0, "text_to_sql"), (3, "execute_sql")])
def test_a_call_that_arrived_damaged_is_refused_and_made_again(workshop: Workshop, before: int, tool: str) -> None:
    with inject(workshop, [None] * before + [MALFORMED]):
        answer = workshop.ask(QUESTION)
    assert answer.table.iloc[0, 0] == 30 and answer.partial is None
    assert answer.text == workshop.ask(QUESTION).text  # a damage that was mended is no news
    refused, made = spans(answer, tool)
    assert "ERROR" in str(refused.status) and "do not fit its schema" in str(refused.status.description)
    assert "ERROR" not in str(made.status)


def test_the_damage_waits_for_an_answer_that_calls_a_tool(workshop: Workshop) -> None:
    with inject(workshop, [None, MALFORMED]) as faults:  # the second request is the planner's, which calls none
        answer = workshop.ask(QUESTION)
    assert answer.table is not None and not faults.left
    assert "ERROR" in str(spans(answer, "execute_sql")[0].status)


def test_calls_that_are_always_damaged_end_in_a_decline(workshop: Workshop) -> None:
    with inject(workshop, [MALFORMED] * 20):
        answer = workshop.ask(QUESTION)
    assert answer.sql is None and "turns" in (answer.declined or "")


# ------------------------------------------------------------------------------------------ the database


def test_a_query_without_end_is_cancelled_by_the_engine_and_explained(workshop: Workshop) -> None:
    with inject(workshop, database=["hang"]):
        answer = workshop.ask(QUESTION)
    assert answer.sql is None and "cancelled after 0.3 s" in (answer.declined or "")
    assert failed(answer) == ["execute_sql", "query_execution"]
    (fault,) = spans(answer, "injected_fault")
    assert fault.attributes["injected_fault"] == "hang" and "RECURSIVE" in fault.attributes["sql"]
    assert workshop.ask(QUESTION).table.iloc[0, 0] == 30


# ---------------------------------------------------------------------------------------------- in part


def test_rows_are_not_thrown_away_when_the_model_fails_afterwards(workshop: Workshop) -> None:
    with inject(workshop, [None] * 4 + ["server error"] * 4):
        answer = workshop.ask(QUESTION)
    assert answer.table.iloc[0, 0] == 30 and answer.sql
    assert answer.partial and "endpoint failed" in answer.partial and answer.partial in answer.text
    assert answer.declined is None and answer.blocked is None
    assert spans(answer, "text2sql_query")[0].attributes["note"] == "OFFLINE, in part"


def test_rows_are_not_thrown_away_when_the_turns_run_out(tmp_path: Path) -> None:
    workshop = shop(tmp_path, max_turns=2)
    answer = Script([call("execute_sql", COUNT)]).play(workshop).ask(QUESTION)
    assert answer.table.iloc[0, 0] == 1000 and "2 turns" in (answer.partial or "")


def test_a_chart_that_failed_is_missing_and_one_drawn_at_the_second_try_is_not(workshop: Workshop) -> None:
    def chart(result_id: str, kind: str) -> list[dict[str, Any]]:
        return [call("create_chart", {"result_id": result_id, "kind": kind})]

    run = [call("execute_sql", COUNT)]
    answer = Script(run, chart("r1", "pie"), "No chart.").play(workshop).ask(QUESTION)
    assert answer.table is not None and answer.chart is None
    assert "create_chart" in (answer.partial or "") and "'pie'" in (answer.partial or "")
    mended = Script(run, chart("r2", "pie"), chart("r2", "auto"), "There.")
    answer = mended.play(workshop).ask(QUESTION)
    assert answer.chart is not None and answer.partial is None


# --------------------------------------------------------------------------------------------- fall back


def test_the_fallback_answers_in_one_trace_with_the_failed_attempt(tmp_path: Path) -> None:
    first, second = shop(tmp_path), shop(tmp_path)
    with inject(first, [None, None, "no credit"]):  # fails on the way, with two answers given
        answer = FallbackAgent(first.agent, second.agent).run(QUESTION)
    assert answer.table.iloc[0, 0] == 30
    assert answer.fallback and "no credit" in answer.fallback
    trace = mlflow.get_trace(answer.trace_id)
    root, *rest = trace.data.spans
    attempts = [s for s in rest if s.parent_id == root.span_id]
    assert [("ERROR" in str(s.status)) for s in attempts] == [True, False]
    assert root.attributes["note"] == "OFFLINE, the fallback" and trace.info.tags["fallback"] == "yes"
    asked = [s.attributes["mlflow.chat.tokenUsage"]["total_tokens"] for s in trace.search_spans(span_type="CHAT_MODEL")
             if "mlflow.chat.tokenUsage" in s.attributes]  # fmt: skip
    assert answer.usage["total_tokens"] == sum(asked) and len(asked) == 7


def test_a_first_agent_that_answers_or_declines_needs_no_fallback(tmp_path: Path) -> None:
    class Never:
        def run(self, query: str) -> Any:
            raise AssertionError("not to be asked")

    agent = FallbackAgent(shop(tmp_path).agent, Never())
    assert agent.run(QUESTION).fallback is None
    assert agent.run("How many unicorns are there?").declined


def test_where_both_fail_the_second_failure_is_told(tmp_path: Path) -> None:
    first, second = shop(tmp_path), shop(tmp_path)
    with inject(first, ["wrong key"]), inject(second, ["no credit"]), pytest.raises(ModelError, match="no credit"):
        FallbackAgent(first.agent, second.agent).run(QUESTION)
    assert len(spans(last_trace().info.trace_id, "text2sql_query")) == 2


# --------------------------------------------------------------------------------------------- the tool


def test_afterwards_the_workshop_is_as_it_was(workshop: Workshop) -> None:
    before = workshop.model.wire.transport, workshop.database.run, workshop.model.retries.jitter_seconds
    with pytest.raises(ZeroDivisionError), inject(workshop, ["rate limit"], database=["hang"]):
        raise ZeroDivisionError
    assert before == (workshop.model.wire.transport, workshop.database.run, workshop.model.retries.jitter_seconds)


@pytest.mark.parametrize("wrong", [{"model": ["gremlins"]}, {"database": ["rate limit"]}])
def test_an_unknown_fault_is_named_and_nothing_is_changed(workshop: Workshop, wrong: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError, match="gremlins|rate limit"), inject(workshop, **wrong):
        pass
    assert workshop.ask(QUESTION).table.iloc[0, 0] == 30


def test_every_fault_says_in_the_trace_that_it_was_made(workshop: Workshop) -> None:
    workshop.model.retries.attempts = 1
    for fault in INSTEAD_OF_AN_ANSWER:
        with inject(workshop, [fault]), pytest.raises(ModelError):
            workshop.ask(QUESTION)
        (span,) = spans(last_trace().info.trace_id, "injected_fault")
        assert span.attributes["injected_fault"] == fault
