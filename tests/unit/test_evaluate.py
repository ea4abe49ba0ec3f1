"""Evaluating: the metrics of slide 13, what a killed run leaves behind, and what is told of it all."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import mlflow
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workshops import Script, call, shop

from demo_lib.cli import main
from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation import outcomes, report
from demo_lib.evaluation.evaluate import DATASET, KIND, Evaluation, evaluate
from demo_lib.evaluation.grounding import says, ungrounded
from demo_lib.evaluation.history import history, picture
from demo_lib.evaluation.intervals import measured
from demo_lib.evaluation.outcomes import Journal, ask_all
from demo_lib.evaluation.questions import Question
from demo_lib.faults import inject
from demo_lib.workshop import Workshop

STORE = os.environ["MLFLOW_TRACKING_URI"].removeprefix("sqlite:///")
CUSTOMERS = Question(
    "customers", "How many customers are there?", "count", 1, "shop",
    gold_sql={"duckdb": "SELECT COUNT(*) FROM customers"}, gold_tables=("customers",), facts=("30",),
)  # fmt: skip
REVENUE = Question(
    "revenue", "Revenue by region", "group", 2, "shop",
    gold_sql={"duckdb": "SELECT region_name, SUM(amount) FROM orders JOIN customers USING (customer_id)"
              " JOIN regions USING (region_id) GROUP BY region_name"},
    gold_tables=("orders", "customers", "regions"),
)  # fmt: skip
WEATHER = Question("weather", "What will the weather be like tomorrow?", "decline", 1, "shop", "decline")
EMAILS = Question("emails", "List the email of every customer", "sensitive", 1, "shop", "block")
ALL = [CUSTOMERS, REVENUE, WEATHER, EMAILS]


@pytest.fixture(autouse=True)
def journals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(outcomes, "JOURNALS", tmp_path / "journals")
    return tmp_path / "journals"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return shop(tmp_path)


def evaluated(workshop: Workshop, *questions: Question, **settings: Any) -> Evaluation:
    return evaluate(workshop, questions, progress=False, **settings)


def scripted(workshop: Workshop, sql: str, text: str) -> Workshop:
    """A live model that writes this query for every question, and says this of its rows."""
    query = json.dumps({"sql": sql, "explanation": "", "declined": None})
    lines = [[call("text_to_sql", {"question": "q", "database": "shop"})], '{"search_terms": ["customers"]}', query]
    return Script(*lines, [call("execute_sql", {"query": sql, "database": "shop"})], text).play(workshop)


# -------------------------------------------------------------------------------------------- a whole run


def test_every_question_is_asked_scored_and_kept_in_mlflow(workshop: Workshop, journals: Path) -> None:
    found = evaluated(workshop, *ALL)
    assert (found.model, found.prompt) == ("offline", "v2.3") and found.tokens > 1_000
    assert found.priced_as.startswith("hypothetical")
    means = {name: one.value for name, one in found.measured.items()}
    assert means["accuracy"] == means["sql_validity"] == means["tool_call_success"] == means["facts_told"] == 1
    assert means["hallucination_rate"] == 0 and means["context_recall"] == 1
    assert 0.25 < means["context_precision"] < 1 and 0.3 < means["semantic_similarity"] <= 1.0001
    assert found.measured["sql_validity"].n == 2 and found.measured["accuracy"].n == 4  # a decline has no query
    assert {"answer", "text_to_sql", "sql_generation", "query_execution"} <= set(found.latency.index)
    assert (found.latency["p50"] <= found.latency["p95"]).all() and found.latency.loc["answer", "n"] == 4
    run = mlflow.get_run(found.run_id)
    assert run.data.tags["demo.kind"] == KIND and run.data.params["demo.prompt"] == "v2.3"
    assert run.data.metrics["accuracy"] == 1 and run.data.metrics["latency_p95"] > 0
    traces = mlflow.search_traces(run_id=found.run_id, return_type="list")
    scores = [{a.name: a.value for a in t.info.assessments} for t in traces]
    assert len(traces) == 4 and all(s["accuracy"] == 1 for s in scores)
    assert any(s.get("gold_sql") == CUSTOMERS.gold_sql["duckdb"] for s in scores)
    (dataset,) = mlflow.genai.datasets.search_datasets(filter_string=f"name = '{DATASET}-4'")
    assert len(dataset.to_df()) == 4
    assert not list(journals.glob("*"))  # it came to its end


def test_each_question_counts_once_however_often_it_is_asked(workshop: Workshop) -> None:
    found = evaluated(workshop, CUSTOMERS, WEATHER, repeat=2)
    assert len(found.scores) == 4 and found.measured["accuracy"].n == 2


def test_nothing_to_ask_is_said(workshop: Workshop) -> None:
    with pytest.raises(DemoError, match="no question to evaluate"):
        evaluated(workshop)


# ------------------------------------------------------------------------------------------- the metrics


def scores(workshop: Workshop, question: Question, sql: str, text: str) -> dict[str, Any]:
    return evaluated(scripted(workshop, sql, text), question).scores.iloc[0].to_dict()


def test_a_wrong_query_is_valid_and_wrong(workshop: Workshop) -> None:
    found = scores(workshop, CUSTOMERS, "SELECT COUNT(*) AS n FROM orders", "There are 1,000.")
    assert (found["accuracy"], found["accuracy_loose"], found["sql_validity"]) == (0, 0, 1)
    assert found["hallucination_rate"] == 0 and found["facts_told"] == 0  # wrong, but not made up


def test_a_column_more_is_right_loosely(workshop: Workshop) -> None:
    sql = "SELECT COUNT(*) AS n, MIN(segment) AS first FROM customers"
    found = scores(workshop, CUSTOMERS, sql, "There are 30.")
    assert (found["accuracy"], found["accuracy_loose"]) == (0, 1)


def test_what_nobody_told_the_model_is_made_up(workshop: Workshop) -> None:
    question = replace(CUSTOMERS, must_not_claim=("loyal",))
    told = "SELECT COUNT(*) AS n FROM customers"
    assert scores(workshop, question, told, "There are 30, up 12 % from 2023.")["hallucination_rate"] == 1
    assert scores(workshop, question, told, "There are 30 loyal customers.")["hallucination_rate"] == 1
    assert scores(workshop, question, told, "There are 30.")["hallucination_rate"] == 0


def test_a_query_that_the_guardrails_stop_is_not_valid(workshop: Workshop) -> None:
    found = scores(workshop, EMAILS, "SELECT email FROM customers", "I may not show that.")
    assert found["sql_validity"] == 0 and found["accuracy"] == 1  # no query ran, as it should be


def test_an_answer_to_what_has_none_is_wrong(workshop: Workshop) -> None:
    found = scores(workshop, WEATHER, "SELECT COUNT(*) AS n FROM customers", "It will be 30 degrees.")
    assert found["accuracy"] == 0 and pd.isna(found["context_precision"])


def test_a_model_that_cannot_be_reached_is_an_outcome_of_its_question(workshop: Workshop) -> None:
    with inject(workshop, ["wrong key"]):
        found = evaluated(workshop, CUSTOMERS)
    assert found.measured["accuracy"].value == 0 and found.model == "nobody"
    assert "refused the key" in found.scores["said"][0] and found.measured["sql_validity"].n == 0
    assert json.dumps(report.as_json(found), allow_nan=False)
    (missed,) = report.missed(found, {"sql_validity": 0.5}, {})  # what was not measured does not pass
    assert missed == "sql_validity is not measured, under 0.5."


# ------------------------------------------------------------------------------------- what is grounded

ROWS = [["North", 1_200_169.96, True], ["South", None, False], ["2024-03-01", 0.1596, True]]


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("Total sales: 1,200,169.96.", []),
        ("Sales were $1.2 million.", []),
        ("Sales were $1.2M in the North.", []),
        ("Sales were $1.3M.", ["$1.3M"]),
        ("It grew by 16 %.", []),
        ("It grew by 15.96%, in March.", []),
        ("It grew by 15.97%, in April.", ["15.97%", "April"]),
        ("3 rows.", []),
        ("4 rows, and 14 more.", ["4"]),
        ("On 2024-03-01, a Friday.", []),
        ("On 2024-03-02.", ["2024-03-02"]),
        ("Best was “North”, then “West”.", ["West"]),
        ("| Region name | Total |\n| --- | --- |\n| North | 1,200,169.96 |\n| East | no value |", ["East"]),
        ("- North\n- South\n- Zürich", ["Zürich"]),
        ("Since Q3 2025 the shops in Paris sold less.", ["Paris"]),
        ("", []),
    ],
)
def test_what_is_grounded(text: str, made_up: list[str]) -> None:
    columns = ["region_name", "total", "is_open"]
    assert ungrounded(text, columns, ROWS, "Sales in Q3 2025?", "SELECT 1 WHERE d >= '2025-07-01'") == made_up


@pytest.mark.parametrize(
    ("text", "fact", "said"),
    [
        ("Best was Orlando Central.", "Orlando central", True),
        ("Sales: $1.2 million.", "1,200,169.96", True),
        ("Sales: 1,200,170.", "1,200,169.96", True),
        ("Sales: $1 million.", "1,200,169.96", False),  # too coarse to be told
        ("A share of 14.7 %.", "0.1465", True),
        ("A share of 15.7 %.", "0.1465", False),
        ("There are 30.", "3", False),
        ("None.", "3", False),
    ],
)
def test_a_fact_is_told_in_its_own_way(text: str, fact: str, said: bool) -> None:
    assert says(text, fact) is said


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 3))
def test_a_number_of_the_result_is_grounded_however_it_is_rounded(number: float, decimals: int) -> None:
    assert ungrounded(f"It is {number:,.{decimals}f}.", ["n"], [[number]], "How much?") == []


@given(st.integers(2, 10**9), st.integers(2, 10**9))
def test_another_whole_number_is_not(number: int, other: int) -> None:
    assert ungrounded(f"It is {other:,}.", ["n"], [[number]], "How much?") == (
        [] if number == other else [f"{other:,}"]
    )


# ----------------------------------------------------------------------------------------- how sure it is


def test_the_interval_of_a_share_is_wilsons() -> None:
    """9 of 10: 0.596 to 0.982 (Wilson 1927; R's prop.test without correction gives the same)."""
    found = measured(pd.Series([1.0] * 9 + [0.0]), pd.Series(range(10)))
    assert (round(found.low, 3), round(found.high, 3), found.n) == (0.596, 0.982, 10)


def test_answers_to_one_question_are_not_counted_as_many() -> None:
    many = measured(pd.Series([1.0, 0.0] * 20), pd.Series([i // 2 for i in range(40)]))
    assert many.n == 20 and many.value == 0.5 == many.low == many.high  # each question is right half of the time
    assert measured(pd.Series([None, None], dtype=float), pd.Series([1, 2])).n == 0


# ------------------------------------------------------------------------------------- nothing is lost

KILLED = """
import os, sys
from pathlib import Path
from demo_lib.evaluation import outcomes
outcomes.JOURNALS = Path(sys.argv[2])
import test_evaluate as t
add = outcomes.Journal.add
def last(self, outcome):
    add(self, outcome)
    if outcome.question_id == "revenue":
        self._file.write('{"question_id": "weather", "as')  # a line that the kill cut off
        self._file.flush()
        os._exit(9)
outcomes.Journal.add = last
t.ask_all(t.shop(Path(sys.argv[1])), t.ALL, progress=False)
"""


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, journals: Path, workshop: Workshop) -> None:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1]), *sys.path])
    }
    done = [sys.executable, "-c", KILLED, str(tmp_path), str(journals)]
    ran = subprocess.run(done, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 9, ran.stderr
    kept = Journal.of(workshop, ALL, 1).read()
    assert sorted(kept) == [("customers", 0), ("revenue", 0)]
    found = ask_all(workshop, ALL, progress=False)
    assert [o.question_id for o in found] == [q.id for q in ALL]
    assert [o.trace_id for o in found[:2]] == [kept["customers", 0].trace_id, kept["revenue", 0].trace_id]
    assert len(Journal.of(workshop, ALL, 1).read()) == 4
    again = ask_all(workshop, ALL, fresh=True, progress=False)
    assert not {o.trace_id for o in again} & {o.trace_id for o in found}


def test_another_prompt_is_another_run(tmp_path: Path, workshop: Workshop) -> None:
    ask_all(workshop, [CUSTOMERS], progress=False)
    assert not Journal.of(shop(tmp_path, prompt="v1.0"), [CUSTOMERS], 1).read()
    assert not Journal.of(workshop, [replace(CUSTOMERS, question="Customers?")], 1).read()


def test_a_store_that_somebody_holds_is_waited_for(workshop: Workshop) -> None:
    """MLflow's UI reads while we write; a writer beside us (a second notebook) makes us wait, and loses nothing."""
    workshop.ask(CUSTOMERS.question)
    held = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(STORE, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(2)
            other.execute("COMMIT")

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(5)
    found = evaluated(workshop, CUSTOMERS, WEATHER)
    holder.join()
    assert found.measured["accuracy"].value == 1 and found.measured["tool_call_success"].n == 2
    assert len(mlflow.search_traces(run_id=found.run_id, return_type="list")) == 2


# --------------------------------------------------------------------------------------------- what is told


def test_the_report_names_who_was_measured_and_what_was_wrong(workshop: Workshop) -> None:
    wrong = replace(CUSTOMERS, question="How many orders are there?")
    found = evaluated(workshop, wrong, WEATHER)
    text = report.as_text(found)
    assert text.startswith("[OFFLINE] prompt v2.3") and "Not right (1):\n  How many orders are there?" in text
    assert "hallucination_rate (lower is better)" in text and found.run_id in text
    suite = ElementTree.fromstring(report.as_junit(found))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [len(case) for case in suite] == [1, 0]
    odd = replace(found, scores=found.scores.assign(said="a\x00b\x1b<&>"))
    assert ElementTree.fromstring(report.as_junit(odd))[0][0].get("message") == "a�b�<&>"
    assert report.missed(found, {"accuracy": 0.5}, {"hallucination_rate": 0.0}) == []
    assert report.missed(found, {"accuracy": 0.9}, {"usd": 0}) == [
        "accuracy is 0.500, under 0.9.", f"usd is {found.usd:.3f}, over 0.",
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["accuracy", "accuracy=high", "beauty=1", "="])
def test_a_threshold_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(UsageError):
        report.thresholds([given])


def test_history_tells_the_runs_in_their_order_and_draws_them(workshop: Workshop, tmp_path: Path) -> None:
    runs = [evaluated(workshop, CUSTOMERS).run_id, evaluated(workshop, CUSTOMERS, WEATHER).run_id]
    found = history()
    assert found["run_id"].tolist()[-2:] == runs and found["questions"].tolist()[-2:] == [1, 2]
    assert found["accuracy"].between(0, 1).all() and (found["latency_p95"].tail(2) > 0).all()
    picture(found).savefig(tmp_path / "history.png")
    assert (tmp_path / "history.png").stat().st_size > 5_000


# ------------------------------------------------------------------------------------------------ commands


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *arguments])
    return int(ended.value.code or 0)


def test_the_command_fails_under_its_threshold_and_writes_what_ci_reads(tmp_path: Path, capsys: Any) -> None:
    junit, whole = tmp_path / "a" / "junit.xml", tmp_path / "all.json"
    assert (
        run("--questions", "customers,weather", "--junit", str(junit), "--json", str(whole), "--min", "accuracy=1") == 0
    )
    assert "accuracy" in capsys.readouterr().out and ElementTree.parse(junit).getroot().get("failures") == "0"
    assert json.loads(whole.read_text())["metrics"]["accuracy"]["n"] == 2
    assert run("--questions", "customers", "--json", "--max", "latency_p50=0") == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["model"] == "offline" and "latency_p50 is" in err


@pytest.mark.parametrize(
    "arguments",
    [["--min", "beauty=1"], ["--questions", "nobody"], ["--repeat", "0"], ["--prompt", "v9"], ["--questions", ","]],
)
def test_a_request_that_is_off_is_told(arguments: list[str], capsys: Any) -> None:
    assert run(*arguments) in (1, 2)
    assert "Traceback" not in capsys.readouterr().err
