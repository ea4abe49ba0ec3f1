"""Gold SQL in four dialects: each text gives DuckDB's rows on its own engine, as it stands and behind the guardrails."""

from __future__ import annotations

import contextlib
import importlib.util
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import mssql_shop
import pandas as pd
import psycopg
import pytest
import sqlglot
from postgres_server import Server
from sqlglot import exp

from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.questions import Question, load
from demo_lib.guardrails import check_sql
from demo_lib.settings import PROJECT_ROOT, WAREHOUSE, Settings
from demo_lib.workshop import Workshop

ANSWERED = [q for q in load() if q.expect == "answer"]


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture(scope="module")
def gold(workshop: Workshop) -> dict[str, list[pd.DataFrame]]:
    """The right rows of each question, by DuckDB."""
    return {q.id: q.golds(workshop) for q in ANSWERED}


def differing(
    run: Callable[[Question, str], pd.DataFrame], dialect: str, gold: dict[str, list[pd.DataFrame]]
) -> list[str]:
    """The questions of which a text fails, or gives other rows than DuckDB's gives; no more is told of them."""
    found = []
    for question in ANSWERED:
        for nth, (sql, want) in enumerate(zip(question.accepted(dialect), gold[question.id], strict=True)):
            try:
                if not same_result(run(question, sql), want, ordered=question.ordered):
                    found.append(f"{question.id} {nth}: other rows")
            except Exception as error:
                found.append(f"{question.id} {nth}: {type(error).__name__}")
    return found


def test_every_gold_query_gives_the_same_rows_on_every_engine(
    seeded: str, gold: dict[str, list[pd.DataFrame]]
) -> None:
    there = Workshop(replace(Settings.from_env(), database=seeded))
    dialect = there.database.dialect

    def guarded(question: Question, sql: str) -> pd.DataFrame:
        return there.database.run(check_sql(sql, there.policies[question.database], dialect))

    assert differing(guarded, dialect, gold) == []
    # and as it stands: the guardrails write a query anew, and could make a text pass that is none of this dialect
    if dialect == "sqlite":
        with closing(sqlite3.connect(seeded.removeprefix("sqlite:///"))) as lite:
            assert differing(lambda _, sql: as_frame(lite.execute(sql)), dialect, gold) == []
    else:
        with psycopg.connect(seeded) as server:
            assert differing(lambda _, sql: as_frame(server.execute(sql.encode())), dialect, gold) == []


def as_frame(cursor: Any) -> pd.DataFrame:
    """What a driver gave, its values as they are."""
    return pd.DataFrame(cursor.fetchall(), columns=range(len(cursor.description)), dtype=object)


def test_every_gold_query_passes_the_guardrails_as_t_sql_and_means_the_same(
    workshop: Workshop, gold: dict[str, list[pd.DataFrame]]
) -> None:
    """No SQL Server is here. What T-SQL does not know is looked for by hand, and the rows are those of a translation."""
    unknown = (exp.Filter, exp.DPipe, exp.Boolean, exp.Median, exp.Limit, exp.Qualify)
    for question in ANSWERED:
        for sql in question.accepted("tsql"):
            check_sql(sql, workshop.policies[question.database], "tsql")
            tree = sqlglot.parse_one(sql, dialect="tsql")
            # TOP is a Limit in the tree, and is no LIMIT in the text
            odd = [n for n in tree.find_all(*unknown) if not isinstance(n, exp.Limit) or "LIMIT" in sql]
            assert not odd, question.id
            for group in tree.find_all(exp.Group):
                assert not any(isinstance(e, exp.Literal) for e in group.expressions), f"{question.id}: GROUP BY 1"
            assert not any(j.args.get("using") for j in tree.find_all(exp.Join)), f"{question.id}: USING"
            for sub in tree.find_all(exp.Subquery):
                assert sub.alias or not isinstance(sub.parent, exp.From | exp.Join), f"{question.id}: no alias"
            conditions = [c for n in tree.find_all(exp.And, exp.Or) for c in (n.this, n.expression)]
            conditions += [n.this for n in tree.find_all(exp.Not, exp.Where, exp.If)]
            assert not any(isinstance(c, exp.Column) for c in conditions), f"{question.id}: a column as a condition"
    with duckdb.connect() as translated:
        translated.execute(f"ATTACH '{WAREHOUSE.as_posix()}' AS w (READ_ONLY); USE w")

        def translate(_: Question, sql: str) -> pd.DataFrame:
            return translated.execute(sqlglot.transpile(sql, read="tsql", write="duckdb")[0].replace("REAL", "DOUBLE")).df()

        assert differing(translate, "tsql", gold) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgres", pytest.param("mssql", marks=mssql_shop.needs_a_driver)])
def test_the_development_questions_are_right_on_every_engine(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """As the benchmark asks them: over the catalogue that the engine gives of itself, marked by their own score.py.

    SQL Server is the test double, behind the real driver, over the very file that DuckDB has.
    """
    spec = importlib.util.spec_from_file_location("engines", PROJECT_ROOT / "tests" / "benchmarks" / "engines.py")
    assert spec and spec.loader
    engines = importlib.util.module_from_spec(spec)
    sys.modules["engines"] = engines  # dataclasses look their module up
    spec.loader.exec_module(engines)
    url = f"sqlite:///{(tmp_path / 'retail.db').as_posix()}"
    if engine == "postgres":
        server: Server = request.getfixturevalue("postgres")
        with server.admin() as admin:
            admin.execute("CREATE DATABASE retail")
        url = server.url("retail")
    retail = engines.made_retail(tmp_path)
    with contextlib.ExitStack() as stack:
        if engine == "mssql":
            url = engines.served(retail, stack)
        else:
            engines.copy_retail(retail, url)
        marks = engines.ask_dev(url, retail)
    assert len(marks) == 30
    assert {key: mark for key, mark in marks.items() if mark.verdict != "right"} == {}


def test_a_dialect_of_which_nothing_is_written_takes_duckdbs_text() -> None:
    question = Question("q", "?", "s", 1, gold_sql={"duckdb": "SELECT 1", "tsql": "SELECT 2"},
                        alternatives={"duckdb": ("SELECT 3",), "sqlite": ("SELECT 4", "SELECT 5")})  # fmt: skip
    assert question.accepted("postgres") == ["SELECT 1", "SELECT 3"]
    assert question.accepted("tsql") == ["SELECT 2", "SELECT 3"]
    assert question.accepted("sqlite") == ["SELECT 1", "SELECT 4", "SELECT 5"]
