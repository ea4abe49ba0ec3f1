"""Roles: row filters, masks, what is opened. And the second look at what came back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from guard_files import CANARY, POLICY, by_dialect, world
from workshops import Script, call, shop

from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql, validate_result
from demo_lib.guardrails.roles import role
from demo_lib.guardrails.second_look import KINDS, luhn, sensitive_values
from demo_lib.retrieval.catalog import Catalog
from demo_lib.settings import DATA_DIR

MASKING = replace(POLICY, on_sensitive="mask")
NORTH = replace(
    POLICY,
    row_filters={"customers": "region_id = 1", "sales": "customer_id IN (SELECT customer_id FROM customers WHERE region_id = 1)"},
)  # fmt: skip
BOTH = replace(NORTH, on_sensitive="mask")
DIALECTS = ("duckdb", "sqlite", "postgres", "tsql")
CATALOG = Catalog.from_file(DATA_DIR / "catalog.yaml")


def rule(sql: str, policy: Policy, dialect: str = "duckdb") -> str | None:
    try:
        check_sql(sql, policy, dialect)
    except GuardrailViolation as violation:
        return violation.rule
    return None


def rows(sql: str, policy: Policy, secret: str = "one") -> list[tuple[object, ...]]:
    return world(secret).execute(check_sql(sql, policy).sql).fetchall()


# masks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "SELECT email FROM customers",
    "SELECT c.email AS address, city FROM customers c WHERE city = 'web'",
    "SELECT * FROM customers",
    "SELECT * EXCLUDE (phone) FROM customers ORDER BY city",
    "WITH c AS (SELECT * FROM customers) SELECT c.ssn FROM c",
    "SELECT x.e FROM (SELECT email e, customer_id FROM customers) x JOIN sales s ON s.customer_id = x.customer_id",
    "SELECT email FROM customers UNION ALL SELECT phone FROM customers",
])  # fmt: skip
def test_what_only_comes_out_is_masked(sql: str) -> None:
    assert rule(sql, POLICY) == "sensitive_column"
    checked = check_sql(sql, MASKING)
    assert checked.masked
    found = rows(sql, MASKING)
    assert found and CANARY not in str(found) and "***" in str(found)


@pytest.mark.parametrize("sql", [
    "SELECT city FROM customers WHERE email LIKE 'a%'",
    "SELECT city FROM customers ORDER BY email",
    "SELECT email AS e FROM customers ORDER BY e",
    "SELECT email AS e FROM customers WHERE e = 'x'",
    "SELECT email FROM customers ORDER BY 1",
    "SELECT DISTINCT email FROM customers",
    "SELECT email, COUNT(*) FROM customers GROUP BY ALL",
    "SELECT COUNT(email) FROM customers",
    "SELECT UPPER(email) FROM customers",
    "SELECT LENGTH(e) FROM (SELECT email e FROM customers)",
    "SELECT (SELECT email FROM customers LIMIT 1)",
    "SELECT city FROM customers WHERE 'x' IN (SELECT email FROM customers)",
    "SELECT email FROM customers UNION SELECT phone FROM customers",
    "SELECT c FROM customers c",
    "SELECT a.city FROM customers a JOIN customers b USING (email)",
    "SELECT a.city FROM customers a NATURAL JOIN customers b",
    "SELECT ROW_NUMBER() OVER (ORDER BY email) FROM customers",
    "SELECT email FROM customers QUALIFY ROW_NUMBER() OVER (PARTITION BY email) = 1",
])  # fmt: skip
def test_what_is_compared_counted_or_sorted_by_is_refused_with_masks_too(sql: str) -> None:
    assert rule(sql, MASKING) == "sensitive_column"


def test_a_view_that_the_model_writes_itself_is_masked_all_the_same() -> None:
    filtered = check_sql("SELECT city FROM customers", BOTH).sql
    sql = filtered.replace("SELECT city", "SELECT email")
    assert '(SELECT * FROM "main"."customers" WHERE region_id = 1)' in sql
    assert check_sql(sql, BOTH).masked == ("email",)
    assert set(rows(sql, BOTH)) == {("***",)}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_masked_and_filtered_table_is_viewed_once_and_known_again(dialect: str) -> None:
    checked = check_sql("SELECT email FROM customers", BOTH, dialect)
    assert checked.masked == ("email",) and checked.sql.count("region_id = 1") == 1
    assert check_sql(checked.sql, BOTH, dialect) == checked


def test_a_mask_keeps_the_type() -> None:
    policy = Policy.from_catalog(CATALOG)
    sql = check_sql("SELECT annual_salary, date_of_birth, work_email FROM employees", replace(policy, on_sensitive="mask")).sql
    assert "CAST(NULL AS DECIMAL(12, 2))" in sql and "CAST(NULL AS DATE)" in sql and "'***' AS" in sql


# row filters -----------------------------------------------------------------------------------------------


def test_rows_that_the_filter_leaves_out_do_not_exist() -> None:
    open_, filtered = (rows("SELECT region_id FROM customers", p) for p in (POLICY, NORTH))
    assert set(filtered) == {(1,)} and len(open_) > len(filtered)
    [(everyone,)], [(ours,)] = rows("SELECT COUNT(*) FROM sales", POLICY), rows("SELECT COUNT(*) FROM sales", NORTH)
    assert everyone > ours


@pytest.mark.parametrize("sql", [
    "SELECT region_id FROM customers WHERE region_id <> 1 OR TRUE",
    "SELECT main.customers.region_id FROM main.customers",
    "SELECT c.region_id FROM customers c",
    "WITH customers AS (SELECT * EXCLUDE (email, phone, ssn) FROM customers) SELECT region_id FROM customers",
    "SELECT region_id FROM regions r JOIN customers c USING (region_id)",
    "SELECT (SELECT MAX(region_id) FROM customers)",
    "SELECT region_id FROM (SELECT city, region_id FROM customers) AS customers",
    'SELECT region_id FROM (SELECT * FROM "main"."customers" WHERE region_id = 1 OR TRUE) AS customers',
    "SELECT region_id FROM customers USING SAMPLE 100%",
    "SELECT s.store_id * 0 + 1 FROM sales s WHERE EXISTS (SELECT 1 FROM customers c WHERE c.region_id <> 1)",
])  # fmt: skip
def test_a_filter_is_not_got_around(sql: str) -> None:
    refused = rule(sql, NORTH)
    assert refused or set(rows(sql, NORTH)) <= {(1,)}, check_sql(sql, NORTH).sql


def test_a_filter_that_is_no_sql_closes_the_table() -> None:
    broken = replace(POLICY, row_filters={"customers": "region_id = = 1"})
    assert rule("SELECT city FROM customers", broken) == "row_filter"
    assert rule("SELECT channel FROM sales", broken) is None


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("policy", [MASKING, NORTH, BOTH], ids=["masks", "rows", "both"])
def test_honest_queries_pass_under_every_policy_and_again_unchanged(dialect: str, policy: Policy) -> None:
    passed = 0
    for record in by_dialect("benign")[dialect] + by_dialect("more_honest")[dialect]:
        checked = check_sql(record["sql"], policy, dialect)
        again = check_sql(checked.sql, policy, dialect)
        assert (again.sql, again.tables, again.columns) == (checked.sql, checked.tables, checked.columns)
        whole = check_sql(record["sql"], POLICY, dialect)
        assert (checked.tables, checked.columns) == (whole.tables, whole.columns)
        passed += 1
    assert passed > 15


@pytest.mark.parametrize("dialect", DIALECTS)
def test_attacks_are_stopped_with_masks_or_show_a_mask(dialect: str) -> None:
    for record in by_dialect("attacks")[dialect] + by_dialect("more_attacks")[dialect]:
        try:
            checked = check_sql(record["sql"], BOTH, dialect)
        except GuardrailViolation:
            continue
        harmless = record.get("remedy") == "block_or_regenerate"
        assert harmless or (checked.masked and "***" in checked.sql), record["sql"]


def test_masked_and_filtered_queries_run_in_the_engine() -> None:
    connection, ran = world("one"), 0
    for record in by_dialect("benign")["duckdb"] + by_dialect("more_honest")["duckdb"]:
        if re.search(r"random|sample|read|now\(|current_", record["sql"].lower()):
            continue
        try:
            connection.execute(record["sql"]).fetchall()
        except Exception:
            continue  # of other data than these few rows
        connection.execute(check_sql(record["sql"], BOTH).sql).fetchall()
        ran += 1
    assert ran > 100


# roles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "sql", "outcome"), [
    ("learner", "SELECT email FROM customers", "sensitive_column"),
    ("analyst", "SELECT email FROM customers", "masked"),
    ("administrator", "SELECT email FROM customers", "open"),
    ("administrator", "SELECT card_number FROM customers", "masked"),
    ("administrator", "SELECT annual_salary FROM employees", "masked"),
    ("region_manager", "SELECT email FROM customers", "sensitive_column"),
    ("region_manager", "SELECT COUNT(*) FROM sales", "filtered"),
])  # fmt: skip
def test_a_role_sees_what_its_line_says(name: str, sql: str, outcome: str) -> None:
    policy = role(name).policy(Policy.from_catalog(CATALOG))
    try:
        checked = check_sql(sql, policy)
    except GuardrailViolation as violation:
        assert violation.rule == outcome
        return
    seen = "masked" if checked.masked else "filtered" if "region_id = 1" in checked.sql else "open"
    assert seen == outcome


def test_no_role_adds_a_table_or_opens_a_secret() -> None:
    whole = Policy.from_catalog(CATALOG)
    secrets = [c for c in whole.sensitive if re.search(r"card|salary|pay|secret|password|iban|national", c)]
    assert len(secrets) > 8
    for name in ("learner", "analyst", "region_manager", "administrator"):
        policy = role(name).policy(whole)
        assert policy.tables == whole.tables
        assert set(secrets) <= policy.sensitive


def test_the_model_is_told_of_what_its_role_may_see() -> None:
    assert "email" not in role("learner").catalog(CATALOG).ddl(["customers"])
    assert re.search(r"email VARCHAR,? -- Email address; shown as \*\*\*", role("analyst").catalog(CATALOG).ddl(["customers"]))
    assert re.search(r"email VARCHAR,? -- Email address\n", role("administrator").catalog(CATALOG).ddl(["customers"]))
    assert list(role("region_manager").catalog(CATALOG).databases) == ["sales"]


def test_a_role_that_is_not_there_or_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="learner, analyst"):
        role("root")
    for text in ("a: {sensitive: allow}", "a: {sensitiv: block}", "a: [1]", "- x", ":", ""):
        (tmp_path / "roles.yaml").write_text(text)
        with pytest.raises(DemoError, match=r"roles\.yaml"):
            role("a", tmp_path / "roles.yaml")
    with pytest.raises(DemoError, match="no_file"):
        role("a", tmp_path / "no_file.yaml")


def test_an_analyst_asks_and_sees_masks_and_the_trace_says_so(tmp_path: Path) -> None:
    workshop = shop(tmp_path, role="analyst")
    answer = workshop.ask("List the customer name and email of the customers")
    assert answer.sql and answer.table is not None
    assert set(answer.table["email"]) == {"***"} and answer.table["customer_name"].nunique() == 30
    assert "@example.invalid" not in answer.text
    spans = mlflow.get_trace(answer.trace_id).data.spans
    [ran] = [s for s in spans if s.name == "query_execution"]
    assert ran.attributes["masked"] == ["email"]
    assert "@example.invalid" not in json.dumps([s.to_dict() for s in spans], default=str)


# the second look -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "kind"), [
    (["n1", "write to ann@mail.example"], "email address"),
    (["4111 1111 1111 1111"], "card number"),
    (["ref", "paid with 5500-0000-0000-0004"], "card number"),
    ([378282246310005], "card number"),
    (["378282246310005", "6011111111111117"], "card number"),
    (["123-45-6789"], "national id"),
    (["QQ123456C", "AB 12 34 56 C"], "national id"),
    (["x", "CANARY-000017"], "canary"),
    (["1234 5678 9012 3456"], None),
    (["000-45-6789", "666-45-6789", "912-45-6789", "123-00-6789"], None),
    ([4111111111111112, 4111111111111113], None),
    (list(range(4_000_000_000_000_000, 4_000_000_000_000_500)), None),
    ([str(n) for n in range(4_000_000_000_000_000, 4_000_000_000_000_500)], None),
    (["2024-01-31", "10:15", "a@b", "user @ home", "3.1415926535897932"], None),
    ([True, False], None),
    ([None, None], None),
    ([1.5, float("nan"), float("inf")], None),
])  # fmt: skip
def test_values_are_known_by_their_form_whatever_their_column_is_called(values: list[object], kind: str | None) -> None:
    table = pd.DataFrame({"id": range(len(values)), "note": values})
    assert sensitive_values(table) == ({"note": kind} if kind else {})
    if kind:
        with pytest.raises(GuardrailViolation, match=f"note .{kind}") as caught:
            validate_result(table)
        assert (caught.value.layer, caught.value.rule) == ("result", "sensitive_value")
        assert not any(str(v) in caught.value.message for v in values)


def test_the_luhn_sum_is_that_of_the_standard() -> None:
    assert luhn("79927398713") and not luhn("79927398710")


def test_what_is_not_watched_passes() -> None:
    table = pd.DataFrame({"note": ["ann@mail.example"]})
    assert validate_result(table, watched=set(KINDS) - {"email address"})


def test_an_address_in_a_free_text_is_held_back_by_the_second_look(tmp_path: Path) -> None:
    import duckdb

    shop(tmp_path)
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as db:
        db.execute("UPDATE orders SET note = 'mail ann@mail.example' WHERE order_id = 7")
    script = Script([call("execute_sql", {"query": "SELECT note FROM orders", "database": "shop"})], "No.")
    answer = script.play(shop(tmp_path)).ask("notes of all orders")
    assert answer.blocked and "note" in answer.blocked and "ann@" not in answer.blocked
    masked = Script([call("execute_sql", {"query": "SELECT note FROM orders", "database": "shop"})], "Here.")
    answer = masked.play(shop(tmp_path, role="analyst")).ask("notes of all orders")
    assert answer.table is not None and set(answer.table["note"]) == {"***"}


def test_a_checked_query_says_what_is_masked() -> None:
    checked = check_sql("SELECT city, email AS address FROM customers", MASKING)
    assert isinstance(checked, CheckedQuery) and checked.masked == ("address",)
    assert check_sql("SELECT city FROM customers", MASKING).masked == ()
