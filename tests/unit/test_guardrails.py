"""Layers 1 and 2 over the labelled queries, the faces of slide 9, and what a CheckedQuery is."""

from __future__ import annotations

import logging
from dataclasses import replace

import pandas as pd
import pytest
from guard_files import DATA, POLICY, by_dialect

from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import (
    CheckedQuery,
    GuardrailViolation,
    Limits,
    Policy,
    check_sql,
    check_table_access,
    validate_result,
    validate_sql,
)
from demo_lib.guardrails.result import capped
from demo_lib.retrieval.catalog import Catalog, Column, Table

DIALECTS = ("duckdb", "sqlite", "postgres", "tsql")


def verdict(sql: str, dialect: str = "duckdb", policy: Policy = POLICY) -> GuardrailViolation | CheckedQuery:
    try:
        return check_sql(sql, policy, dialect)
    except GuardrailViolation as violation:
        return violation


# the files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dialect", "stopped", "written_anew"), [
    ("duckdb", 82, 0), ("sqlite", 44, 0), ("postgres", 56, 0), ("tsql", 57, 2),
])  # fmt: skip
def test_attacks_of_the_development_file_are_stopped(dialect: str, stopped: int, written_anew: int) -> None:
    attacks = by_dialect("attacks")[dialect]
    verdicts = {r["id"]: verdict(r["sql"], dialect) for r in attacks}
    passed = [r for r in attacks if isinstance(verdicts[r["id"]], CheckedQuery)]
    # T-SQL's SELECT a FROM t SHUTDOWN: harmless once it is written anew with AS
    assert all(r["remedy"] == "block_or_regenerate" for r in passed), [r["id"] for r in passed]
    assert (len(attacks) - len(passed), len(passed)) == (stopped, written_anew)


@pytest.mark.parametrize(
    ("dialect", "count"), [("duckdb", 17), ("sqlite", 21), ("postgres", 18), ("tsql", 15)]
)
def test_honest_queries_of_the_development_file_pass(dialect: str, count: int) -> None:
    honest = by_dialect("benign")[dialect]
    verdicts = {r["id"]: verdict(r["sql"], dialect) for r in honest}
    refused = {i: v.message for i, v in verdicts.items() if isinstance(v, GuardrailViolation)}
    assert (refused, len(honest)) == ({}, count)
    for r in honest:
        assert sorted(r["tables"]) == list(verdicts[r["id"]].tables), r["id"]  # type: ignore[union-attr]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_further_attacks_are_stopped_and_honest_queries_pass(dialect: str) -> None:
    attacks, honest = by_dialect("more_attacks")[dialect], by_dialect("more_honest")[dialect]
    missed = [r["sql"] for r in attacks if isinstance(verdict(r["sql"], dialect), CheckedQuery)]
    found = [(r["sql"], verdict(r["sql"], dialect)) for r in honest]
    refused = [(sql, v.message) for sql, v in found if isinstance(v, GuardrailViolation)]
    assert (missed, refused) == ([], [])
    assert attacks and honest


# what comes out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sql", "dialect", "written"), [
    ("select channel from sales", "duckdb", "SELECT channel FROM sales LIMIT 10001"),
    ("select channel from sales limit 5;", "duckdb", "SELECT channel FROM sales LIMIT 5"),
    ("select channel from sales limit 99999 -- all", "sqlite", "SELECT channel FROM sales LIMIT 10001"),
    ("select channel from sales", "tsql", "SELECT TOP 10001 channel FROM sales"),
    ("select channel from sales limit 50%", "duckdb",
     "SELECT * FROM (SELECT channel FROM sales LIMIT 50 PERCENT) AS capped LIMIT 10001"),
    ("values (1)", "duckdb", "SELECT * FROM (VALUES (1)) AS capped LIMIT 10001"),
    ("select sale_id from sales order by sale_id offset 3 rows", "tsql",
     "SELECT sale_id FROM sales ORDER BY sale_id OFFSET 3 ROWS FETCH FIRST 10001 ROWS ONLY"),
])  # fmt: skip
def test_the_query_is_written_anew_with_the_cap_plus_one(sql: str, dialect: str, written: str) -> None:
    assert check_sql(sql, POLICY, dialect).sql == written


def test_a_checked_query_says_what_it_reads() -> None:
    checked = check_sql(
        "SELECT r.region_name, COUNT(*) FROM sales s JOIN regions r USING (region_id) GROUP BY 1", POLICY
    )
    assert checked.tables == ("regions", "sales")
    assert checked.columns == ("regions.region_id", "regions.region_name", "sales.region_id")
    assert (checked.dialect, checked.cap_rows) == ("duckdb", 10_000)


def test_a_star_counts_as_every_column_that_it_shows() -> None:
    assert "regions.timezone" in check_sql("FROM regions", POLICY).columns
    shown = check_sql("SELECT * EXCLUDE (email, phone, ssn) FROM customers", POLICY).columns
    assert "customers.city" in shown and "customers.email" not in shown


def test_nobody_else_makes_a_checked_query() -> None:
    with pytest.raises(TypeError, match="check_sql"):
        CheckedQuery("DROP TABLE sales", (), (), "duckdb", 10)


# what a violation says -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sql", "layer", "rule", "says"), [
    ("DROP TABLE sales", "statement", "not_a_query", "DROP"),
    ("SELECT 1; SELECT 2", "statement", "several_statements", "one SELECT at a time"),
    ("", "statement", "empty", "SELECT"),
    ("SELECT getenv('HOME')", "statement", "function_not_allowed", "getenv"),
    ("SELECT * FROM sales FOR UPDATE", "statement", "not_allowed", "FOR UPDATE"),
    ("SELECT repeat('x', 100000)", "statement", "repeat", "1,000"),
    ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "statement", "too_deep", "Flatten"),
    ("SELECT " + "NOT " * 4000 + "TRUE", "statement", "too_deep", "Flatten"),
    ("SELECT a" + ".a" * 4000 + " FROM sales", "statement", "too_deep", "Shorten"),
    # each level of what may be a type or a call doubles the time to read it: 40 of them, and no end is in sight
    ("SELECT " + "DATE(" * 40 + "sale_date" + ")" * 40 + " FROM sales", "statement", "too_deep", "Flatten"),
    ("SELECT " + "STRUCT(DATE(" * 20 + "1" + "))" * 20 + " FROM sales", "statement", "too_deep", "Flatten"),
    ("SELECT '" + "x" * 200_000 + "'", "statement", "too_long", "100,000"),
    ("SELECT * FROM salaries", "access", "table_not_allowed", "'salaries'"),
    ("SELECT prise FROM products", "access", "unknown_column", "'prise' in products"),
    ("SELECT email FROM customers", "access", "sensitive_column", "email"),
    ("SELECT * FROM customers", "access", "sensitive_column", "email, phone, ssn"),
    ("SELECT COUNT(*) FROM sales a, sales b", "access", "cartesian_product", "sales, sales"),
])  # fmt: skip
def test_a_violation_names_its_layer_its_rule_and_the_part(
    sql: str, layer: str, rule: str, says: str
) -> None:
    violation = verdict(sql)
    assert isinstance(violation, GuardrailViolation)
    assert (violation.layer, violation.rule) == (layer, rule)
    assert says in violation.message
    assert isinstance(violation, DemoError) and violation.exit_status == 1


def test_a_violation_repeats_no_value() -> None:
    for sql in (
        "SELECT 'hunter2' FROM nowhere",
        "SELECT ( 'hunter2' FROM",
        "SELECT 1 FROM customers WHERE ssn = 'hunter2'",
    ):
        assert "hunter2" not in str(verdict(sql))


def test_an_unknown_dialect_is_refused() -> None:
    assert verdict("SELECT 1", "oracle").rule == "dialect"  # type: ignore[union-attr]


# policies --------------------------------------------------------------------------------------------------

CATALOG = Catalog(
    tables={
        "sales": Table(
            "sales", (Column("id", "INTEGER"), Column("amount", "DOUBLE")), domain="sales", rows=10
        ),
        "people": Table(
            "people", (Column("id", "INTEGER"), Column("salary", "INTEGER", sensitive=True)), domain="hr"
        ),
    },
    databases={"sales": ("sales",), "all": ("sales", "people")},
)


def test_a_policy_follows_the_catalogue() -> None:
    policy = Policy.from_catalog(CATALOG, cap_rows=7)
    assert policy.sensitive == {"people.salary"}
    assert policy.row_estimates == {"sales": 10}
    assert check_sql("SELECT amount FROM sales", policy).sql.endswith("LIMIT 8")
    assert verdict("SELECT AVG(salary) FROM people", policy=policy).rule == "sensitive_column"  # type: ignore[union-attr]


def test_a_policy_covers_one_database_of_the_catalogue() -> None:
    policy = Policy.from_catalog(CATALOG, database="sales")
    assert verdict("SELECT id FROM people", policy=policy).rule == "table_not_allowed"  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="all, sales"):
        Policy.from_catalog(CATALOG, database="marketing")


def test_a_policy_is_read_from_a_catalogue_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "catalog.yaml"
    file.write_text(
        "tables:\n  t:\n    columns:\n      a: {type: INTEGER}\n      b: {type: VARCHAR, sensitive: true}\n"
    )
    policy = Policy.from_file(file)
    assert check_sql("SELECT a FROM t", policy).tables == ("t",)
    assert verdict("SELECT b FROM t", policy=policy).rule == "sensitive_column"  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [None, "not json", "[]", "{}"])
def test_a_policy_that_cannot_be_read_is_told(tmp_path, content: str | None) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "policy.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(DemoError, match="policy.json"):
        Policy.from_file(file)


def test_limits_come_from_the_policy_file() -> None:
    policy = Policy.from_file(DATA / "schema.json", cap_rows=50)
    assert policy.limits.max_series_rows == 1_000_000 and policy.cap_rows == 50
    tight = Policy(policy.tables, limits=Limits(max_series_rows=3))
    assert verdict("SELECT * FROM range(3)", policy=tight).rule == "series"  # type: ignore[union-attr]


# slide 9 ---------------------------------------------------------------------------------------------------


def test_validate_sql_reads_the_statement_not_its_words() -> None:
    assert validate_sql("SELECT update_count FROM sales WHERE reason = 'DROP it'")
    with pytest.raises(GuardrailViolation, match="DELETE"):
        validate_sql("DELETE FROM sales")


def test_check_table_access_takes_names_or_a_policy() -> None:
    assert check_table_access("SELECT s.amount FROM sales s", ["sales", "regions"])
    assert check_table_access("WITH api AS (SELECT * FROM sales) SELECT amount FROM api", ["sales"])
    assert check_table_access("SELECT channel FROM sales", POLICY)
    with pytest.raises(GuardrailViolation, match="salaries"):
        check_table_access("SELECT * FROM sales WHERE id IN (SELECT id FROM salaries)", ["sales"])


def test_validate_result_warns_on_nothing_and_refuses_too_much(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert validate_result(pd.DataFrame({"a": []}))
    assert "Query returned no results" in caplog.text
    assert validate_result(pd.DataFrame({"a": range(10_000)}))
    with pytest.raises(GuardrailViolation, match="Result set too large") as caught:
        validate_result(pd.DataFrame({"a": range(10_001)}))
    assert (caught.value.layer, caught.value.rule) == ("result", "too_many_rows")


def test_a_huge_result_is_never_held() -> None:
    drawn = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal drawn
        while True:
            drawn += 100
            yield [(1,)] * 100

    with pytest.raises(GuardrailViolation):
        list(capped(endless(), cap_rows=250))
    assert drawn == 300
    assert list(capped([[1, 2], [3]], cap_rows=3)) == [[1, 2], [3]]


# other schemas, on SQL Server --------------------------------------------------------------------------------

SCHEMAS = Policy(
    {"people": {"id": "int", "name": "nvarchar(50)"}, "HR.People": {"id": "int", "grade": "nvarchar(9)", "pay": "int"}},
    frozenset({"hr.people.pay"}),
)


@pytest.mark.parametrize(("sql", "runs", "tables"), [
    ("SELECT grade FROM hr.people", "SELECT TOP 10001 grade FROM hr.people", ("HR.People",)),
    ("SELECT p.grade FROM [HR].[People] AS p", "SELECT TOP 10001 p.grade FROM [HR].[People] AS p", ("HR.People",)),
    ("SELECT a.name, b.grade FROM people AS a JOIN hr.people AS b ON a.id = b.id",
     "SELECT TOP 10001 a.name, b.grade FROM people AS a JOIN hr.people AS b ON a.id = b.id", ("HR.People", "people")),
])  # fmt: skip
def test_a_table_of_another_schema_may_be_read_where_the_policy_names_it(sql: str, runs: str, tables: tuple[str, ...]) -> None:
    checked = check_sql(sql, SCHEMAS, "tsql")
    assert (checked.sql, checked.tables) == (runs, tables)


@pytest.mark.parametrize("sql", [
    "SELECT pay FROM hr.people",
    "SELECT [HR.People].pay FROM [HR.People]",
    "SELECT * FROM hr.people",
    "SELECT grade FROM people",
    "SELECT name FROM hr.people",
    "SELECT grade FROM other.people",
    "SELECT grade FROM [HR.People]",  # that would be a table of dbo
    "SELECT grade FROM dbo.[HR.People]",
    "SELECT grade FROM hr.[HR.People]",
    "SELECT grade FROM master.hr.people",
    "SELECT grade FROM [hr.x].people",
    "SELECT grade FROM x.[hr.people]",
    "SELECT name FROM hr.x",
    "SELECT [a.b].name FROM [a.b]",
])  # fmt: skip
def test_no_other_table_goes_by_such_a_name(sql: str) -> None:
    with pytest.raises(GuardrailViolation):
        check_sql(sql, SCHEMAS, "tsql")


def test_a_row_filter_and_a_mask_hold_for_another_schema() -> None:
    policy = replace(SCHEMAS, on_sensitive="mask", row_filters={"HR.People": "id < 5"})
    for sql in ("SELECT grade, pay FROM hr.people", "SELECT grade, pay FROM [HR].[People]"):
        checked = check_sql(sql, policy, "tsql")
        assert "FROM [HR].[People]" in checked.sql and "id < 5" in checked.sql and "CAST(NULL AS int)" in checked.sql.replace("INTEGER", "int")
        assert checked.masked == ("pay",)
