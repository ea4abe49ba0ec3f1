"""`explain`: which words became what, with what score, and the query; on the command line, and without running it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pytest
from workshops import Script, call, shop

from demo_lib.cli import main


@pytest.fixture
def database(tmp_path: Path) -> list[str]:
    made = shop(tmp_path)
    return ["--database", made.settings.database, "--glossary", str(made.settings.glossary)]


def explain(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["explain", *arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_a_table_of_words_and_then_the_query(capsys: pytest.CaptureFixture[str], database: list[str]) -> None:
    status, out, _ = explain(capsys, "Turnover by region in 2024 for Corporate clients", *database)
    assert status == 0 and out.startswith("[OFFLINE] Turnover by region")
    lines = [line.split() for line in out.splitlines()]
    assert ["word(s)", "what", "kind", "score"] in lines
    assert ["corporate", "customers.segment", "=", "Corporate", "value", "1.00"] in lines
    (clients,) = (line for line in lines if line[:1] == ["clients"])  # no name of the schema: a synonym of one
    assert clients[1:3] == ["customers", "table"] and 0 < float(clients[3]) < 1
    assert "GROUP BY" in out and out.index("score") < out.index("SELECT")


def test_what_is_unknown_shows_as_unknown_before_the_reason(
    capsys: pytest.CaptureFixture[str], database: list[str]
) -> None:
    status, out, _ = explain(capsys, "How many giraffes ordered in 2024?", *database)
    assert status == 1 and ["giraffes", "?", "unknown", "0.00"] in [line.split() for line in out.splitlines()]
    assert "I could not place “giraffes”" in out and "SELECT" not in out


def test_as_json_with_the_trace_to_look_at(capsys: pytest.CaptureFixture[str], database: list[str]) -> None:
    status, out, _ = explain(capsys, "--json", "How many customers are there?", *database)
    found = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    assert {"words": "customers", "meaning": "customers", "kind": "table", "score": 1.0} in found["links"]
    assert "COUNT" in found["sql"] and found["declined"] is None and "customers" in found["tables"]
    names = {span.name for span in mlflow.get_trace(found["trace_id"]).data.spans}
    assert {"text_to_sql", "sql_generation", "validation"} <= names
    assert not {"execute_sql", "query_execution"} & names  # nothing was run


@pytest.mark.parametrize(("question", "status", "said"), [
    ("", 2, "empty"), ("DROP TABLE orders", 2, "SQL, not a question"), ("hello", 1, "offline model"),
    ("and by region?", 1, "goes on from an earlier question")])  # fmt: skip
def test_what_cannot_be_explained_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str], database: list[str], question: str, status: int, said: str
) -> None:
    found, out, err = explain(capsys, question, *database)
    assert found == status and said in out + err and "Traceback" not in err


def test_a_live_models_links_are_shown_as_it_gave_them_and_it_cannot_run_anything(tmp_path: Path) -> None:
    workshop = shop(tmp_path)
    link: dict[str, Any] = {"words": "all of them", "meaning": "orders", "kind": "table", "score": 0.7}
    query = {"query": "SELECT 1", "database": "shop"}
    script = Script(
        [call("text_to_sql", {"question": "All of them", "database": "shop"})], json.dumps({"search_terms": []}),
        json.dumps({"links": [link], "sql": "SELECT COUNT(*) AS n FROM orders", "explanation": "", "declined": None}),
        [call("execute_sql", query)], "Here it is.",
    )  # fmt: skip
    found = script.play(workshop).explain("How many are all of them?")
    assert found.links == (link,) and found.sql is not None and "COUNT" in found.sql
    assert "There is no tool 'execute_sql'" in str(script.told()[-1])
