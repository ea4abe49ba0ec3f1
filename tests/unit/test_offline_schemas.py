"""Twenty-two schemas that the offline model was tuned on: what worked still does. Marked as the benchmark marks them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import Any

import duckdb
import pytest
import sqlglot

from demo_lib.offline.sql_writer import write_sql
from demo_lib.settings import PROJECT_ROOT

BENCHMARK = PROJECT_ROOT / "tests" / "benchmarks" / "offline_model.py"
SETS = PROJECT_ROOT / "tests" / "data" / "schemas"
MORE = PROJECT_ROOT / "tests" / "data" / "first_contact"
SCHEMAS = ("library", "rental", "saas")
MET_LATER = (
    "camp", "charity", "clinic", "events", "factory", "farm", "fitness", "hotels", "insurance", "laboratory", "logistics",
    "mobile", "museum", "press", "repairs", "streaming", "things", "university", "workshop",
)  # fmt: skip
# of the questions that have an answer, as measured when they came in; one right answer may be lost for others won
LEAST_RIGHT = {
    "library": 70 - 1, "rental": 73 - 1, "saas": 73 - 1,
    "charity": 33 - 1, "clinic": 46 - 1, "events": 44 - 1, "factory": 38 - 1, "hotels": 30 - 1, "logistics": 30 - 1,
    "university": 31 - 1, "mobile": 45 - 1, "things": 43 - 1, "farm": 44 - 1, "streaming": 36 - 1,
    "camp": 22 - 1, "laboratory": 25 - 1, "press": 26 - 1, "repairs": 22 - 1,
    "fitness": 37 - 1, "insurance": 40 - 1, "museum": 24 - 1, "workshop": 26 - 1,
}  # fmt: skip
MOST_WRONG = {"events": 2, "factory": 1, "hotels": 1, "streaming": 1}

@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The questions, each with the kit's own prompt over its database; `note` is the schema."""
    spec = importlib.util.spec_from_file_location("offline_model_benchmark", BENCHMARK)
    assert spec and spec.loader
    benchmark = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = benchmark  # where its dataclasses look for their types
    spec.loader.exec_module(benchmark)
    sets = [benchmark.SETS[name](tmp_path_factory.mktemp(name)) for name in ("schemas", "first_contact")]
    return [asked for one in sets for asked in one if not asked.group.endswith("apart")]


@pytest.mark.parametrize("schema", SCHEMAS + MET_LATER)
def test_as_many_right_as_were_and_no_more_wrong(schema: str, asked: list[Any]) -> None:
    right, wrong = 0, []
    for a in asked:
        if a.note == schema and not a.declining_is_right and (sql := write_sql(a.source.prompt, a.question).sql):
            if a.mark(sql) == "right":
                right += 1
            else:
                wrong.append((a.question, sql))
    assert len(wrong) <= MOST_WRONG.get(schema, 0), wrong
    assert right >= LEAST_RIGHT[schema]


@pytest.mark.parametrize("schema", SCHEMAS + MET_LATER)
def test_what_cannot_be_answered_is_declined(schema: str, asked: list[Any]) -> None:
    unanswerable = [a for a in asked if a.note == schema and a.declining_is_right]
    assert unanswerable
    assert {a.question: sql for a in unanswerable if (sql := write_sql(a.source.prompt, a.question).sql)} == {}


def test_the_gold_queries_run_and_find_something(asked: list[Any]) -> None:
    assert [a.gold for a in asked if not a.declining_is_right and a.mark(a.gold) != "right"] == []


def test_no_gold_query_cuts_its_rows_between_equals(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Which of two equals comes first is the engine's whim, another on another machine: the marks would hang on it."""
    cut = []
    for home in (SETS, *(p for p in MORE.iterdir() if p.is_dir())):
        folder = tmp_path_factory.mktemp("ties")
        subprocess.run([sys.executable, home / "generate.py", folder], check=True, capture_output=True)
        for file in home.glob("*.jsonl"):
            database = folder / f"{file.stem.removesuffix('_apart')}.duckdb"
            connection = duckdb.connect(str(database), read_only=True)
            for line in file.read_text(encoding="utf-8").splitlines():
                for query in (sqlglot.parse_one(sql, "duckdb") for sql in json.loads(line)["gold_sql"]):
                    if query.args.get("limit"):
                        cut.append((query.sql("duckdb"), cuts_between_equals(connection, query)))
    assert len(cut) > 20
    assert [sql for sql, between_equals in cut if between_equals] == []


def cuts_between_equals(connection: duckdb.DuckDBPyConnection, query: Any) -> bool:
    """Whether the last row that a query keeps and the first that it drops are equal in all that it is ordered by."""
    kept, shown = int(query.args["limit"].expression.name), [s.alias_or_name for s in query.selects]
    whole, places = query.copy(), []
    whole.set("limit", None)
    for key in (ordered.this for ordered in query.args["order"].expressions):
        if key.is_int:
            places.append(int(key.name) - 1)
        elif key.name in shown:
            places.append(shown.index(key.name))
        else:
            whole.append("expressions", key.copy())
            places.append(len(whole.selects) - 1)
    rows = connection.execute(whole.sql("duckdb")).fetchall()
    return len(rows) > kept and all(rows[kept - 1][i] == rows[kept][i] for i in places)
