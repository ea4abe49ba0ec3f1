"""What a question leaves behind: the tree of slide 4, the waterfall, tokens and cost, errors where they happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pytest
from workshops import Script, call, last_trace, shop

from demo_lib.tracing import TracingError, cost_per_agent, load_trace, show_trace, trace_tree, waterfall
from demo_lib.workshop import Workshop


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return shop(tmp_path_factory.mktemp("shop")).ask("Revenue by region in 2025")


def test_the_spans_are_those_of_slides_4_and_10(answer: Any) -> None:
    trace = mlflow.get_trace(answer.trace_id)
    by_id = {s.span_id: s for s in trace.data.spans}

    def path(span: Any) -> str:
        return f"{path(by_id[span.parent_id])}/{span.name}" if span.parent_id else span.name

    paths = {path(s) for s in trace.data.spans if s.span_type != "CHAT_MODEL"}
    assert paths == {
        "text2sql_query",
        "text2sql_query/text_to_sql",
        "text2sql_query/text_to_sql/query_planning",
        "text2sql_query/text_to_sql/query_planning/table_retrieval",
        "text2sql_query/text_to_sql/sql_generation",
        "text2sql_query/text_to_sql/sql_generation/schema_lookup",
        "text2sql_query/text_to_sql/sql_generation/validation",
        "text2sql_query/execute_sql",
        "text2sql_query/execute_sql/validation",
        "text2sql_query/execute_sql/query_execution",
        "text2sql_query/execute_sql/result_formatting",
    }
    spans = {s.name: s for s in trace.data.spans}
    types = {n: spans[n].span_type for n in ("text2sql_query", "execute_sql", "table_retrieval", "validation")}
    assert list(types.values()) == ["AGENT", "TOOL", "RETRIEVER", "GUARDRAIL"]
    generation = spans["sql_generation"].attributes
    assert (generation["prompt_name"], generation["prompt_version"]) == ("text2sql", "v2.3")
    assert generation["model"] == "offline"
    execution = spans["query_execution"].attributes
    assert (execution["database"], execution["rows_returned"]) == ("DuckDB", 2)


def test_the_span_of_the_query_says_which_word_became_what(answer: Any) -> None:
    (span,) = mlflow.get_trace(answer.trace_id).search_spans(name="sql_generation")
    links = {link["words"]: link for link in span.attributes["links"]}
    assert {w: (links[w]["meaning"], links[w]["kind"]) for w in ("revenue", "region", "in 2025")} == {
        "revenue": ("revenue", "glossary term"),
        "region": ("regions", "table"),
        "in 2025": ("2025-01-01 up to 2026-01-01", "date"),
    }
    assert all(0 < link["score"] <= 1 for link in links.values())


def test_model_calls_are_spans_with_tokens_and_tools(answer: Any) -> None:
    calls = mlflow.get_trace(answer.trace_id).search_spans(span_type="CHAT_MODEL")
    assert len(calls) == 5  # choose, plan, write, choose, answer
    assert all(c.attributes["mlflow.chat.tokenUsage"]["total_tokens"] > 0 for c in calls)
    assert any(c.attributes.get("mlflow.chat.tools") for c in calls)
    used = sum(c.attributes["mlflow.chat.tokenUsage"]["total_tokens"] for c in calls)
    assert used == answer.usage["total_tokens"]


def test_the_trace_says_what_is_needed_to_repeat_it(answer: Any) -> None:
    info = mlflow.get_trace(answer.trace_id).info
    metadata = info.trace_metadata
    assert metadata["demo.mode"] == "OFFLINE" and metadata["demo.prompt"] == "v2.3"
    assert metadata["demo.as_of"] == "2025-11-01"
    assert metadata["demo.catalog"] and metadata["demo.glossary"]
    assert "text2sql" in info.tags["mlflow.linkedPrompts"]


def test_the_tree_reads_as_on_slide_4(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    show_trace(answer)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Trace: text2sql_query_")
    assert lines[1].startswith("text2sql_query (") and "OFFLINE" in lines[1]
    assert any(line.startswith("│  ├─ query_planning (") for line in lines)
    assert any("Model call: offline" in line for line in lines)
    assert any("query_execution" in line and "DuckDB, 2 rows" in line for line in lines)


def test_the_waterfall_has_a_bar_a_span_and_none_before_its_parent(answer: Any) -> None:
    axes = waterfall(answer).axes[0]
    bars = [b for b in axes.patches if b.get_width() > 0]
    assert len(bars) == len(mlflow.get_trace(answer.trace_id).data.spans)
    assert all(b.get_x() >= bars[0].get_x() for b in bars)


def test_cost_is_told_by_agent_and_offline_called_hypothetical(answer: Any) -> None:
    table = cost_per_agent(answer)
    assert list(table["agent"]) == ["orchestrator", "query_planning", "sql_generation"]
    assert list(table["calls"]) == [3, 1, 1]
    assert set(table["priced_as"]) == {"hypothetical: gpt-4o"}
    assert table["input_tokens"].sum() == answer.usage["prompt_tokens"]
    expected = table["input_tokens"] * 2.50e-6 + table["output_tokens"] * 10.00e-6
    assert list(table["usd"]) == pytest.approx(list(expected))


def test_an_error_shows_in_the_tree_where_it_happened(tmp_path: Path) -> None:
    workshop = shop(tmp_path)
    script = Script([call("execute_sql", {"query": "DROP TABLE orders", "database": "shop"})], "No.")
    tree = trace_tree(load_trace(script.play(workshop).ask("Go on")))
    (line,) = [x for x in tree.splitlines() if "validation" in x]
    assert "✗" in line and "blocked by" in line


def test_each_question_has_a_trace_of_its_own_also_after_seeding_random(tmp_path: Path) -> None:
    import random

    workshop = shop(tmp_path)
    ids = set()
    for _ in range(3):
        random.seed(1)
        ids.add(workshop.ask("How many customers are there?").trace_id)
    assert len(ids) == 3


def test_a_trace_that_is_not_there() -> None:
    with pytest.raises(TracingError, match="tr-none"):
        load_trace("tr-none")


def test_no_secret_reaches_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that quotes the key back in its refusal."""
    from test_llm import KEY, Endpoint

    from demo_lib.llm import ModelError

    endpoint = Endpoint()
    endpoint.faults = [401]
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    workshop = shop(tmp_path, model="compatible", model_id="m")
    with pytest.raises(ModelError):
        workshop.ask("How many customers are there?")
    endpoint.server.shutdown()
    trace = last_trace()
    assert "ERROR" in str(trace.info.state)
    assert "(key)" in trace.to_json() and KEY not in trace.to_json()


def test_a_look_at_the_store_takes_no_lock_away(tmp_path: Path) -> None:
    """Opening and closing a file drops a process's POSIX locks on it: SQLite's too, were the file read directly."""
    import sqlite3
    import subprocess
    import sys
    from contextlib import closing

    from demo_lib.tracing import _look_at_file

    store = tmp_path / "store.db"
    with closing(sqlite3.connect(store, isolation_level=None)) as ours:
        ours.execute("CREATE TABLE t (x)")
        ours.execute("BEGIN EXCLUSIVE")
        _look_at_file(f"sqlite:///{store}")
        code = f"import sqlite3; sqlite3.connect({str(store)!r}, timeout=0.1).execute('INSERT INTO t VALUES (1)')"
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "locked" in other.stderr


def test_a_tree_may_be_cut_at_a_depth() -> None:
    trace = load_trace(Workshop().ask("How many stores do we have?"))
    root, one, all_of_it = (trace_tree(trace, depth).splitlines() for depth in (0, 1, None))
    assert len(root) == 2 and root[1].startswith("text2sql_query")
    assert len(root) < len(one) < len(all_of_it)
    assert not any("sql_generation" in line for line in one)
