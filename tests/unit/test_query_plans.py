"""Before a query runs, the engine says whether it fits: with its plan, on each engine, and nothing is run for that."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import mlflow
import pytest
from postgres_server import Server
from workshops import shop

from demo_lib.databases import Database, QueryError, connect
from demo_lib.guardrails import Policy, check_sql
from demo_lib.retrieval.catalog import Catalog, Column, Table

SALES = "CREATE TABLE sales (sale_id integer, amount integer)"
# what the policy knows: a column that the database does not have is among it
KNOWN = Policy.from_catalog(
    Catalog({"sales": Table("sales", (Column("sale_id"), Column("amount"), Column("ghost")), rows=10)})
)


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"{request.param}:///{tmp_path}/sales.db"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        with server.admin() as admin:
            admin.execute("DROP DATABASE IF EXISTS plans WITH (FORCE)")
            admin.execute("CREATE DATABASE plans")
        with server.admin("plans") as admin:
            admin.execute(SALES)
            admin.execute("DO 'BEGIN CREATE ROLE planner LOGIN PASSWORD ''p''; EXCEPTION WHEN duplicate_object THEN END'")
            admin.execute("GRANT SELECT ON sales TO planner")
        url = server.url("plans", "planner", "p")
    else:
        with (duckdb.connect if request.param == "duckdb" else sqlite3.connect)(f"{tmp_path}/sales.db") as made:
            made.execute(SALES)
    with connect(url, timeout_seconds=5) as opened:
        yield opened


def test_a_plan_is_given_and_nothing_is_run(database: Database) -> None:
    checked = check_sql("SELECT COUNT(*) FROM sales AS a JOIN sales AS b ON a.amount > b.amount", KNOWN, database.dialect)
    began = time.monotonic()
    plan = database.explain(checked)
    assert "sales" in plan.lower() or "scan" in plan.lower()
    assert time.monotonic() - began < 5
    assert len(database.run(checked)) == 1  # the connection is as good as before


def test_what_does_not_fit_is_refused_with_the_engines_own_word(database: Database) -> None:
    checked = check_sql("SELECT ghost FROM sales", KNOWN, database.dialect)
    with pytest.raises(QueryError, match=f"{database.engine}: .*ghost"):
        database.explain(checked)


def test_only_a_checked_query_is_explained(database: Database) -> None:
    with pytest.raises(TypeError, match="check_sql"):
        database.explain("SELECT 1")  # type: ignore[arg-type]
    other = "sqlite" if database.dialect != "sqlite" else "duckdb"
    with pytest.raises(TypeError, match=database.dialect):
        database.explain(check_sql("SELECT 1", KNOWN, other))


def test_a_query_that_does_not_fit_never_runs_and_its_refusal_is_in_the_trace(tmp_path: Path) -> None:
    workshop = shop(tmp_path)
    customers = workshop.whole_catalog.tables["customers"]
    stale = replace(customers, columns=(*customers.columns, Column("shoe_size", "INTEGER")))
    workshop.whole_catalog = replace(
        workshop.whole_catalog, tables=workshop.whole_catalog.tables | {"customers": stale}
    )
    answer = workshop.ask("What is the average shoe size of customers?")
    assert answer.table is None and "does not fit the database" in (answer.declined or "")
    trace = mlflow.get_trace(answer.trace_id or "")
    names = [span.name for span in trace.data.spans]
    assert "query_execution" not in names
    assert any(span.attributes.get("note") == "DuckDB refuses it" for span in trace.search_spans(name="validation"))


def test_the_plan_is_in_the_trace_of_what_is_answered(tmp_path: Path) -> None:
    answer = shop(tmp_path).ask("How many customers are there?")
    first, second = mlflow.get_trace(answer.trace_id or "").search_spans(name="validation")
    assert "scan" in first.attributes["plan"].lower() and "plan" not in second.attributes
