"""`explain tr-…` and `trace-diff`: why the agents decided as they did, from real traces in a real store alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import mlflow
import pytest
from command_line import command
from workshops import Script, call, shop

from demo_lib.agents.fallback import FallbackAgent
from demo_lib.agents.guardian import Guardian
from demo_lib.decisions import Decision, decisions, trace_diff, why
from demo_lib.faults import inject
from demo_lib.tracing import EXPERIMENT, TracingError, ensure_setup

KEY = "sk-abcdefghijklmnopqrstuvwx"
CHOICE, PLAN, TABLES, SQL = "call a tool, or answer?", "which words to search", "which tables fit?", "which SQL to write"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def chart(folder: Path) -> Any:
    return shop(folder).ask("Revenue by region in 2025 as a bar chart")


def kinds(found: list[Decision]) -> list[str]:
    return [d.what.split(": ", 1)[1] for d in found]


# -------------------------------------------------------------------------------------- what was decided


def test_a_chart_is_seven_decisions_each_with_its_choice(chart: Any) -> None:
    found = decisions(chart.trace_id)
    starts = [CHOICE, PLAN, TABLES, SQL, CHOICE, CHOICE, CHOICE]
    assert [k.startswith(s) for k, s in zip(kinds(found), starts, strict=True)] == [True] * 7
    assert all("(offline)" in d.what for d in found if CHOICE in d.what)
    assert [d.chose[0].split("(")[0] for d in found if CHOICE in d.what] == [
        "text_to_sql", "execute_sql", "create_chart", "to answer: “Revenue by region in 2025: 2 rows. | Region name | Revenue | | --- | --- | | North | 133,516.50 | | South | 133,266 | A bar chart was drawn.”"]  # fmt: skip
    ids = {s.span_id for s in mlflow.get_trace(chart.trace_id).data.spans}
    assert {d.span for d in found} <= ids and len({d.span for d in found}) == 7


def test_each_says_what_was_on_offer_what_was_seen_and_why(chart: Any) -> None:
    first, _, tables, sql, second, third, _ = decisions(chart.trace_id)
    assert [o.split(":")[0] for o in first.on_offer] == [
        "text_to_sql", "execute_sql", "create_chart", "find_tables", "to answer in words"]  # fmt: skip
    assert first.saw[-1] == "from the user: “Revenue by region in 2025 as a bar chart”"
    assert "Turn the question into SQL with text_to_sql" in first.why[0]  # the instructions' own sentence
    assert tables.chose[0] == "orders (1.00)" and any("the glossary defines" in w for w in tables.why)
    assert sql.saw[0].startswith("prompt text2sql v2.3") and "regions" in sql.saw[0]
    assert "“revenue” is revenue (glossary term, 1.00)" in sql.why[0]
    assert second.saw[-1].startswith("back from text_to_sql: ") and "GROUP BY" in second.chose[0]
    assert third.why[0].startswith("The tool create_chart says of itself: “Draw a chart")  # no instruction names it


def test_a_guardrails_word_stands_with_what_it_judged_and_says_what_it_put_in(chart: Any) -> None:
    found = decisions(chart.trace_id)
    said = {i: d.guardrails for i, d in enumerate(found) if d.guardrails}
    assert said == {
        3: ("✓ validation passed it; it reads customers, orders, regions; it put in “LIMIT 10001”",),
        4: ("✓ validation passed it; it reads customers, orders, regions",),
    }


def test_a_decline_says_which_word_could_not_be_placed(folder: Path) -> None:
    answer = shop(folder).ask("How many giraffes ordered in 2024?")
    told = why(answer.trace_id)
    assert told.outcome.startswith("Declined: ") and "giraffes" in told.outcome
    (sql,) = [d for d in told.decisions if SQL in d.what]
    assert sql.chose[0].startswith("to decline: ") and sql.why[0] == "It could not place “giraffes”."
    assert sql.guardrails == ()


def test_blocks_say_layer_rule_and_which_of_several_calls(folder: Path) -> None:
    drop, email = ({"query": q, "database": "shop"} for q in ("DROP TABLE orders", "SELECT email FROM customers"))
    script = Script([call("execute_sql", drop), call("execute_sql", email, "call_2")], "No.")
    told = why(script.play(shop(folder)).ask("Go on").trace_id)
    assert told.badge == "LIVE scripted" and told.outcome.startswith("Blocked: ")
    first, last = told.decisions
    assert [c.split("“")[1].split("”")[0] for c in first.chose] == ["DROP TABLE orders", "SELECT email FROM customers"]
    said = "\n".join(sorted(first.guardrails))
    assert "✗ validation blocked “DROP TABLE orders” in the statement layer, by the rule not_a_query" in said
    assert "✗ validation blocked “SELECT email FROM customers” in the access layer, by the rule sensitive_column" in said
    assert any(s.startswith("back from execute_sql: ") and "DROP is not" in s for s in last.saw)


def test_calls_of_several_tools_in_a_turn_keep_their_verdicts_apart(folder: Path) -> None:
    """A query that text_to_sql wrote was the SQL agent's decision; the other was the orchestrator's own."""
    answer = json.dumps({"links": [], "sql": "SELECT COUNT(*) AS n FROM regions", "explanation": "x", "declined": None})
    script = Script([call("text_to_sql", {"question": "Regions", "database": "shop"}),
                     call("execute_sql", {"query": "DROP TABLE orders", "database": "shop"}, "call_2")],
                    json.dumps({"search_terms": ["regions"]}), answer, "There.")  # fmt: skip
    found = decisions(script.play(shop(folder)).ask("Go on").trace_id)
    by_kind = {k.split("?")[0]: d for k, d in reversed(list(zip(kinds(found), found, strict=True)))}
    (blocked,) = by_kind["call a tool, or answer"].guardrails
    assert blocked.startswith("✗ validation blocked “DROP TABLE orders”")
    (passed,) = by_kind["which SQL to write, or decline"].guardrails
    assert passed.startswith("✓ validation passed it; it reads regions")


def test_what_came_back_can_be_blocked_too(folder: Path) -> None:
    script = Script([call("execute_sql", {"query": "SELECT order_id FROM orders", "database": "shop"})], "No.")
    first, _ = decisions(script.play(shop(folder, cap_rows=5)).ask("Go on").trace_id)
    assert [g[0] for g in first.guardrails] == ["✓", "✗"] and "more than 5 rows" in first.guardrails[1]


def test_the_guardian_decides_and_its_verdict_stands_with_the_answer(folder: Path) -> None:
    workshop = shop(folder)
    reviewer = replace(workshop.model)
    reviewer.wire.transport = httpx.MockTransport(Script(json.dumps({"verdict": "deny", "reason": "another year"})))
    workshop.agent = replace(workshop.agent, guardian=Guardian(reviewer))  # type: ignore[misc]
    told = why(workshop.ask("How many orders were placed in 2024?").trace_id)
    *_, said, review = told.decisions
    assert said.guardrails == ("✗ guardian_review denied it: another year",)
    assert review.what == "guardian_review (scripted): may the answer leave?"
    assert (review.chose, review.why) == (("deny",), ("another year",))
    assert "guardian held the answer back" in told.outcome


def test_a_fallback_is_a_decision_and_an_injected_fault_is_called_one(folder: Path) -> None:
    first, second = shop(folder), shop(folder)
    with inject(first, [None, None, "no credit"]):
        answer = FallbackAgent(first.agent, second.agent).run("How many customers are there?")
    told = why(answer.trace_id)
    assert told.outcome.startswith("Answered by the second agent: ") and "no credit" in told.outcome
    who, *rest = told.decisions
    assert who.what == "fallback agent: who answers?" and who.chose == ("the second agent",)
    (failed,) = [d for d in rest if d.chose == ("nothing: the call failed",)]
    assert "quota" in failed.why[0] and failed.why[1] == "The fault was made on purpose: no credit."


def test_asking_again_is_a_decision(folder: Path) -> None:
    workshop = shop(folder)
    workshop.model.retries.first_wait_seconds = 0.01
    with inject(workshop, ["server error"]):
        answer = workshop.ask("How many customers are there?")
    (again,) = [d for d in decisions(answer.trace_id) if d.what.startswith("retries: ")]
    assert "attempt 2 of" in again.saw[0] and again.chose == ("ask again, after a wait",)


def test_on_stage_the_trace_says_who_was_asked_instead_and_why(folder: Path) -> None:
    answer = shop(folder, model="stage", recordings=folder / "none").ask("How many customers are there?")
    instead = [d for d in decisions(answer.trace_id) if d.what.startswith("stage: ")]
    assert len(instead) == 5  # one a model call
    assert instead[0].chose == ("no recording, no key to ask live: answered offline",)


# ---------------------------------------------------------------------------------- traces that are not ours


@pytest.fixture
def elsewhere() -> Iterator[None]:
    ensure_setup()
    mlflow.set_experiment("somebody else's")
    yield
    mlflow.set_experiment(EXPERIMENT)


HOSTILE: list[tuple[Any, Any]] = [
    ("text", "text"), ([1, 2], None), ({"messages": "none"}, {"choices": []}), ({"messages": [None, {"role": 3}]}, 7),
    ({"messages": [{"role": "user", "content": [{"type": "image"}]}], "tools": [None, {"function": 1}]}, {"choices": [1]}),
    ({"response_format": {"json_schema": []}}, {"choices": [{"message": {"tool_calls": [{}, None], "content": 1}}]}),
    ({"messages": [{"role": "user", "content": "hi"}], "response_format": {"json_schema": {"name": "sql_answer"}}},
     {"choices": [{"message": {"content": json.dumps({"links": [1, {"score": "x"}], "sql": 5})}}]})]  # fmt: skip


@pytest.mark.parametrize(("given", "returned"), HOSTILE)
def test_whatever_another_program_wrote_is_told_without_a_traceback(elsewhere: None, given: Any, returned: Any) -> None:
    with mlflow.start_span("theirs", span_type="CHAT_MODEL") as span:
        span.set_inputs(given)
        span.set_outputs(returned)
    told = why(span.trace_id)
    assert len(told.decisions) == 1 and all(told.decisions[0].chose)
    assert any("somebody else's" in note for note in told.notes)
    assert str(told) and told._repr_html_() and str(trace_diff(span.trace_id, span.trace_id))


def test_what_a_trace_holds_reaches_neither_terminal_nor_page_as_a_command(elsewhere: None) -> None:
    evil = f"<script>alert(1)</script>\x1b[2J\u202e {KEY} {KEY[:9]}\u200b{KEY[9:]}"
    with mlflow.start_span(evil, span_type="RETRIEVER", attributes={"store": evil, "note": evil}) as span:
        span.set_inputs({"question": evil, "query": evil, "database": evil})
        span.set_outputs([{"table": evil, "score": 1.0, "why": evil}])
    with mlflow.start_span("other", span_type="RETRIEVER") as other:
        other.set_inputs({"question": "?"})
    assert "(key)" in str(why(span.trace_id)) and "<script>" in str(why(span.trace_id))  # as text it is no command
    for found in (why(span.trace_id), trace_diff(span.trace_id, other.trace_id)):
        text, page, data = str(found), found._repr_html_(), json.dumps(found.as_json(), ensure_ascii=False)
        for shown in (text, page, data):
            assert KEY not in shown and not {"\x1b", "\u202e", "\u200b"} & set(shown)
        assert "<script" not in page


def test_a_trace_without_a_decision_says_so(elsewhere: None) -> None:
    with mlflow.start_span("nothing") as span:
        pass
    assert "there is no decision to explain" in str(why(span.trace_id))


STOPPED = """
import os, sys
from pathlib import Path
import mlflow
from workshops import shop
w = shop(Path(sys.argv[1]))
w.registry, w.index
run = w.database.run
def die(checked):
    span = mlflow.get_current_active_span()
    if span.name != "query_execution":  # what is read of the columns, for the names that the question says
        return run(checked)
    print(span.trace_id, flush=True)
    os._exit(9)
w.database.run = die
w.ask("Revenue by region in 2025")
"""


def test_a_trace_of_a_killed_process_is_told_as_far_as_it_goes(folder: Path) -> None:
    paths = [str(Path(__file__).parent), *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    ran = subprocess.run([sys.executable, "-c", STOPPED, str(folder)], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 9, ran.stderr
    told = why(ran.stdout.split()[-1])
    assert told.outcome.startswith("Not finished") and told.milliseconds is None
    assert any(note.startswith("Half a trace: ") for note in told.notes)
    assert told.question == "Revenue by region in 2025"
    assert [d.chose[0].split("(")[0] for d in told.decisions if CHOICE in d.what] == ["text_to_sql", "execute_sql"]
    last = told.decisions[-1]
    assert CHOICE in last.what and last.guardrails[0].startswith("✓")  # its tool's span was never written: time tells
    other = trace_diff(told.trace_id, shop(folder).ask("Revenue by region in 2025").trace_id)
    by_name = {d.what: d for d in other.differences}
    assert by_name["outcome"].a == (told.outcome,) and by_name["rows"].a == () and "question" in other.same


def test_a_trace_that_is_not_there() -> None:
    for look in (why, decisions, lambda i: trace_diff(i, i)):
        with pytest.raises(TracingError, match="tr-none is not in the store"):
            look("tr-none")


# ------------------------------------------------------------------------------------------------ side by side


def test_two_prompts_differ_in_version_and_text(folder: Path) -> None:
    old, new = (shop(folder, prompt=v).ask("How many customers are there?") for v in ("v1.0", "v2.3"))
    found = trace_diff(old.trace_id, new.trace_id)
    by_name = {d.what: d for d in found.differences}
    assert (by_name["prompt"].a, by_name["prompt"].b) == (("text2sql v1.0",), ("text2sql v2.3",))
    lines = by_name["instructions of sql_generation"].lines
    assert any(x.startswith("+CREATE TABLE customers") for x in lines) and any(x.startswith("-") for x in lines)
    assert by_name["settings"].a == ("prompt = v1.0",)  # what they share is not told again
    assert "tokens" in by_name and {"question", "instructions of orchestrator", "rows", "first rows"} <= set(found.same)


def test_two_questions_differ_in_sql_rows_and_spans(folder: Path, chart: Any) -> None:
    other = shop(folder).ask("Revenue by region in 2024")
    by_name = {d.what: d for d in trace_diff(chart.trace_id, other.trace_id).differences}
    assert any("2025-01-01" in x and x[0] == "-" for x in by_name["SQL"].lines)
    assert any("2024-01-01" in x and x[0] == "+" for x in by_name["SQL"].lines)
    assert "text2sql_query / create_chart" in by_name["spans"].a
    assert by_name["spans"].b == ("text2sql_query / model call × 3",)
    assert "first rows" in by_name and "rows" not in by_name  # two rows each, and other ones
    assert any(x.startswith("create_chart(") for x in by_name["tools"].a)


def test_a_trace_differs_from_itself_in_nothing(chart: Any) -> None:
    found = trace_diff(chart.trace_id, chart.trace_id)
    assert [d.what for d in found.differences if d.a != d.b] == [] and "SQL" in found.same


# -------------------------------------------------------------------------------------------- the command line


def test_explain_says_which_of_the_two_it_did_and_runs_nothing_for_a_trace(
    capsys: pytest.CaptureFixture[str], folder: Path, chart: Any
) -> None:
    ensure_setup()
    before = len(mlflow.search_traces(return_type="list", max_results=1000))
    status, out, _ = command(capsys, "explain", chart.trace_id)
    assert status == 0 and out.startswith("[OFFLINE] Revenue by region") and "Read from the trace; nothing was run." in out
    assert "the same as in 5, and then:" in out  # a turn tells what is new in it
    assert len(mlflow.search_traces(return_type="list", max_results=1000)) == before
    ours = shop(folder).settings
    status, out, _ = command(
        capsys, "explain", "How many customers are there?", "--database", ours.database, "--glossary", str(ours.glossary)
    )
    assert status == 0 and "the question was asked for its SQL alone, and no query was run" in out


def test_both_as_json(capsys: pytest.CaptureFixture[str], chart: Any) -> None:
    status, out, _ = command(capsys, "explain", "--json", chart.trace_id)
    found = json.loads(out)
    assert (status, out.count("\n"), found["explained"], len(found["decisions"])) == (0, 1, "trace", 7)
    assert set(found["decisions"][0]) == {"what", "on_offer", "saw", "chose", "why", "guardrails", "span"}
    status, out, _ = command(capsys, "trace-diff", "--json", chart.trace_id, chart.trace_id)
    assert status == 0 and "SQL" in json.loads(out)["same"]
    status, out, _ = command(capsys, "trace-diff", chart.trace_id, chart.trace_id)
    assert status == 0 and out.startswith(f"A  {chart.trace_id}\nB  {chart.trace_id}\nThe same in both: question, ")


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (["explain", "tr-none"], 1, "tr-none is not in the store"),
    (["explain", "tr-none", "--role", "analyst"], 2, "leave out --role"),
    (["trace-diff", "tr-none", "tr-other"], 1, "tr-none is not in the store"),
    (["trace-diff", "", "tr-other"], 1, "is not in the store")])  # fmt: skip
def test_what_is_not_there_gets_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str
) -> None:
    found, out, err = command(capsys, *arguments)
    assert found == status and said in err and out == "" and err.count("\n") == 1


def test_a_question_may_begin_with_those_letters(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = command(capsys, "explain", "tr-shirts sold in 2024?")
    assert "asked for its SQL alone" in out and status in (0, 1)
