"""PostgreSQL as the guardrails' floor, on a real server: what a connection holds, and what the kit's role holds."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from floors import expect_cancelling, expect_the_cap, in_a_child, mixed_up_by_threads, unchecked
from postgres_server import Server

from demo_lib.databases import Database, QueryError, QueryTimeout, connect
from demo_lib.databases.postgres import MAX_CONNECTIONS
from demo_lib.databases.postgres_role import role_statements
from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql

SCHEMA = """
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE regions (region_id integer PRIMARY KEY, name text);
CREATE TABLE staff (id integer, email text, base_salary integer, code text, secret_note text);
CREATE TABLE sales (sale_id bigint PRIMARY KEY, region_id integer REFERENCES regions, pieces integer,
                    channel varchar(20), amount numeric(10, 2), sold date, made_at timestamp, closed boolean, size size);
COMMENT ON TABLE sales IS 'What was sold';
COMMENT ON COLUMN sales.pieces IS 'How many';
COMMENT ON COLUMN staff.secret_note IS 'Nobody''s business (withheld)';
INSERT INTO regions VALUES (1, 'north'), (2, 'south');
INSERT INTO staff SELECT i, 'p' || i || '@example.com', 1000 * i, 'code ' || i, 'x' FROM generate_series(0, 99) i;
INSERT INTO sales SELECT i, 1 + i % 2, i, (ARRAY['web', 'store', NULL])[1 + i % 3], i / 4.0, date '2025-01-01' + i % 300,
                         timestamp '2025-01-01 10:30' + i * interval '1 hour', i % 2 = 0, 'large'
                  FROM generate_series(0, 19999) i;
CREATE VIEW web_sales AS SELECT sale_id, channel, upper(channel) AS loud FROM sales WHERE channel = 'web';
CREATE FUNCTION public.broken() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE VIEW failing AS SELECT broken() AS text;
CREATE TABLE days (day date, what text) PARTITION BY RANGE (day);
CREATE TABLE days_2025 PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO days VALUES ('2025-05-01', 'holiday');
CREATE TABLE "Order 🙂" ("group" text PRIMARY KEY, "a ""b"" c" point, "Preis €" numeric(6, 2)[]);
INSERT INTO "Order 🙂" VALUES ('select', '(1,2)', '{1.50}');
CREATE SEQUENCE numbers;
SELECT lo_from_bytea(4711, 'large');
CREATE EXTENSION dblink;
"""
PASSWORD = "p@ss/w:rd%?#"
CLOSED = {"staff": ["email", "base_salary", "secret_note"]}


@pytest.fixture(scope="module")
def shop(postgres: Server) -> Server:
    """The server with a database `shop` and the role `reader` that the kit describes."""
    with postgres.admin() as admin:
        admin.execute("CREATE DATABASE shop")
    with postgres.admin("shop") as admin:
        admin.execute(SCHEMA)
        with connect(postgres.url("shop")) as database:
            policy = Policy.from_catalog(database.introspect())
        for _ in range(2):  # to run them again does no harm
            for statement in role_statements(policy, "reader", "shop", timeout_seconds=5):
                admin.execute(statement.encode())
        admin.execute(psycopg.sql.SQL("ALTER ROLE reader PASSWORD {}").format(PASSWORD))
    return postgres


@pytest.fixture
def database(shop: Server) -> Iterator[Database]:
    with connect(shop.url("shop", "reader", PASSWORD), timeout_seconds=1.0, memory_limit_mb=64) as opened:
        yield opened


def query(sql: str, cap_rows: int = 10_000) -> CheckedQuery:
    return unchecked(sql, "postgres", cap_rows)


def state(server: Server) -> list[tuple[object, ...]]:
    """All that an attempt may have changed: rows, relations, roles, settings, large objects, the sequence."""
    questions = """
        SELECT count(*), sum(pieces) FROM sales; SELECT count(*), min(name) FROM regions; SELECT count(*) FROM staff;
        SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;
        SELECT rolname, rolsuper, rolconfig::text FROM pg_roles ORDER BY 1; SELECT oid FROM pg_largeobject_metadata;
        SELECT count(*) FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%'; SELECT extname FROM pg_extension ORDER BY 1;
        SELECT last_value, is_called FROM numbers; SELECT lo_get(4711); SELECT count(*) FROM pg_settings WHERE source = 'configuration file'
    """
    with server.admin("shop") as admin:
        return [row for question in questions.split(";") for row in admin.execute(question.encode()).fetchall()]


def pid(database: Database) -> int:
    return int(database.run(query("SELECT pg_backend_pid() AS pid"))["pid"][0])


# queries ---------------------------------------------------------------------------------------------------


def test_a_checked_query_gives_its_rows(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    sql = "SELECT channel, SUM(pieces) AS n FROM sales GROUP BY 1 ORDER BY 2"
    table = database.run(check_sql(sql, policy, "postgres"))
    assert list(table.columns) == ["channel", "n"]
    assert table["n"].tolist() == sorted(sum(range(start, 20_000, 3)) for start in range(3))
    assert str(table["n"].dtype) == "int64"  # PostgreSQL's sum over whole numbers is a numeric
    assert database.dialect == "postgres"


def test_values_have_the_types_that_duckdb_gives(database: Database) -> None:
    sql = """SELECT sale_id, amount, channel, sold, made_at, closed, size, made_at AT TIME ZONE 'Asia/Tokyo' AS zoned,
                    CASE WHEN sale_id > 1 THEN pieces END AS some, CASE WHEN sale_id > 1 THEN closed END AS perhaps,
                    '{"a": 1}'::jsonb AS json, ARRAY[1, 2] AS list, '\\x00ff'::bytea AS bytes, 1.5::real AS real,
                    '(1,2)'::point AS point, int4range(1, 3) AS range, ROW(1, 'x') AS row, 1e30::numeric AS big
             FROM sales WHERE sale_id < 3 ORDER BY sale_id"""
    table = database.run(query(sql))
    assert {c: str(t) for c, t in table.dtypes.items()} == {
        "sale_id": "int64", "amount": "float64", "channel": "str", "sold": "datetime64[us]",
        "made_at": "datetime64[us]", "closed": "bool", "size": "str", "zoned": "datetime64[us, UTC]", "some": "Int64",
        "perhaps": "boolean", "json": "str", "list": "object", "bytes": "object", "real": "float64", "point": "object",
        "range": "object", "row": "object", "big": "float64",
    }  # fmt: skip
    assert str(table["sold"][1]) == "2025-01-02 00:00:00" and str(table["zoned"][0]) == "2025-01-01 01:30:00+00:00"
    assert table.loc[0, ["json", "list", "bytes", "point", "range", "row"]].tolist() == [
        '{"a": 1}', [1, 2], b"\x00\xff", "(1,2)", "[1,3)", "(1,x)",
    ]  # fmt: skip


def test_an_empty_result_has_its_columns_and_equal_names_are_kept(database: Database) -> None:
    empty = database.run(query("SELECT sale_id, channel FROM sales WHERE false"))
    assert list(empty.columns) == ["sale_id", "channel"] and str(empty["sale_id"].dtype) == "int64"
    assert database.run(query("SELECT 1 AS a, 2 AS a")).values.tolist() == [[1, 2]]


def test_only_checked_queries_of_this_dialect_run(database: Database) -> None:
    for other in ("SELECT 1", None, unchecked("SELECT 1", "duckdb")):
        with pytest.raises(TypeError, match="check_sql"):
            database.run(other)  # type: ignore[arg-type]


@pytest.mark.parametrize("sql", ["SELECT nothing\nFROM sales", "SELECT 1 / (pieces - pieces) FROM sales",
                                 "SELECT date 'infinity' AS day", "SELECT 'a%b' LIKE '%s', '%(x)s', nothing"])  # fmt: skip
def test_an_engine_error_is_one_line_and_the_connection_goes_on(database: Database, sql: str) -> None:
    before = pid(database)
    with pytest.raises(QueryError, match="^PostgreSQL: ") as caught:
        database.run(query(sql))
    assert "\n" not in str(caught.value)
    assert pid(database) == before


def test_more_questions_at_once_than_connections_are_all_answered(database: Database) -> None:
    assert not mixed_up_by_threads(database, threads=2 * MAX_CONNECTIONS, times=5)


# the floor of every connection -----------------------------------------------------------------------------

ATTEMPTS = [
    "INSERT INTO sales (sale_id) VALUES (-1)",
    "UPDATE sales SET pieces = 0",
    "DELETE FROM sales",
    "TRUNCATE sales",
    "MERGE INTO regions r USING sales s ON r.region_id = s.region_id WHEN MATCHED THEN DELETE",
    "WITH n AS (DELETE FROM regions RETURNING 1) SELECT * FROM n",
    "WITH n AS (INSERT INTO regions VALUES (9, 'x') RETURNING 1) SELECT * FROM n",
    "SELECT * INTO loot FROM regions",
    "SELECT * INTO TEMP loot FROM regions",
    "SELECT region_id FROM regions FOR UPDATE",
    "DROP TABLE sales",
    "ALTER TABLE sales ADD COLUMN loot text",
    "CREATE TABLE loot AS SELECT * FROM regions",
    "CREATE TEMP TABLE loot (a integer)",
    "CREATE VIEW loot AS SELECT 1",
    "CREATE FUNCTION loot() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA loot",
    "CREATE ROLE loot SUPERUSER",
    "CREATE EXTENSION file_fdw",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "ALTER DATABASE shop SET work_mem = '1GB'",
    "GRANT ALL ON sales TO PUBLIC",
    "SET statement_timeout = 0",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "SET TRANSACTION READ WRITE",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "RESET ALL",
    "DISCARD ALL",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "DO $$ BEGIN PERFORM 1; END $$",
    "CALL nothing()",
    "LOCK TABLE sales",
    "LISTEN loot",
    "NOTIFY loot",
    "PREPARE loot AS SELECT 1",
    "EXECUTE loot",
    "DECLARE loot CURSOR FOR SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "VACUUM",
    "ANALYZE",
    "CHECKPOINT",
    "LOAD 'auto_explain'",
    "COPY regions TO STDOUT",
    "COPY regions TO '/tmp/loot'",
    "COPY regions TO PROGRAM 'touch /tmp/loot'",
    "COPY regions FROM PROGRAM 'echo 9'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_read_binary_file('postgresql.conf')",
    "SELECT * FROM pg_ls_dir('.')",
    "SELECT pg_stat_file('postgresql.conf')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(4711, '/tmp/loot')",
    "SELECT lo_create(4712)",
    "SELECT lo_from_bytea(4712, 'x')",
    "SELECT lo_put(4711, 0, 'x')",
    "SELECT lo_unlink(4711)",
    "SELECT nextval('numbers')",
    "SELECT setval('numbers', 9)",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT set_config('role', 'postgres', false)",
    "SELECT set_config('session_authorization', 'postgres', false)",
    "SELECT set_config('temp_file_limit', '-1', false)",
    "SELECT dblink_connect('dbname=shop')",
    "SELECT * FROM dblink('dbname=shop', 'SELECT 1') AS t (a integer)",
    "SELECT query_to_xml('DELETE FROM regions', true, true, '')",
    "SELECT query_to_xml('COMMIT', true, true, '')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "SELECT pg_switch_wal()",
    "SELECT 1; DELETE FROM regions",
    "SELECT 1; SELECT 2",
    "SELECT 1; COMMIT; DELETE FROM regions",
    "",
]
CLOSED_COLUMNS = [
    "SELECT email FROM staff",
    "SELECT * FROM staff",
    "SELECT s FROM staff s",
    "SELECT id FROM staff ORDER BY base_salary",
    "SELECT count(*) FROM staff WHERE email LIKE 'a%'",
    "SELECT row_to_json(s) FROM staff s",
    "SELECT id FROM staff NATURAL JOIN (SELECT 'x' AS email) e",
    "SELECT table_to_xml('staff', true, true, '')",
    "SELECT query_to_xml('SELECT email FROM staff', true, true, '')",
    "SELECT pg_column_size(base_salary) FROM staff",
]


@pytest.mark.parametrize("sql", ATTEMPTS + CLOSED_COLUMNS)
def test_the_floor_holds_without_the_layers(database: Database, shop: Server, sql: str) -> None:
    before, watcher = state(shop), shop.admin("shop")
    with watcher, pytest.raises(QueryError):
        database.run(query(sql))
    assert state(shop) == before
    assert not Path("/tmp/loot").exists()
    assert database.run(query("SELECT count(*) AS n FROM sales"))["n"].tolist() == [20_000]


def test_what_a_query_sets_does_not_outlive_it(database: Database, shop: Server) -> None:
    ask = query("SELECT current_setting('statement_timeout') AS t, current_setting('transaction_read_only') AS r, "
                "current_setting('standard_conforming_strings') AS s, current_user::text AS u")  # fmt: skip
    expected = [["1s", "on", "on", "reader"]]
    assert database.run(ask).values.tolist() == expected
    database.run(query(
        "SELECT set_config('statement_timeout', '0', false), set_config('standard_conforming_strings', 'off', false), "
        "set_config('search_path', 'pg_temp', false), pg_advisory_lock(7)::text"
    ))  # fmt: skip
    assert database.run(ask).values.tolist() == expected
    with shop.admin("shop") as admin:
        assert admin.execute("SELECT pg_try_advisory_lock(7)").fetchall() == [(True,)]


def test_a_name_means_the_table_in_public(shop: Server) -> None:
    """Whatever the login's own search path says: the guardrails checked `public`."""
    with shop.admin("shop") as admin:
        admin.execute("CREATE SCHEMA other; CREATE TABLE other.regions AS SELECT 'loot' AS name")
        admin.execute("CREATE ROLE astray LOGIN PASSWORD 'astray'; ALTER ROLE astray SET search_path = other, public")
        admin.execute("GRANT USAGE ON SCHEMA other TO astray; GRANT SELECT ON other.regions, regions TO astray")
    with connect(shop.url("shop", "astray", "astray")) as database:
        assert len(database.run(query("SELECT name FROM regions"))) == 2


def test_a_login_with_rights_on_files_lays_them_aside(shop: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), connect(shop.url("shop")) as database:
        for sql in ("SELECT pg_read_file('postgresql.conf')", "SELECT lo_export(4711, '/tmp/loot')",
                    "SELECT pg_reload_conf()", "SELECT pg_ls_dir('.')"):  # fmt: skip
            with pytest.raises(QueryError, match="permission denied"):
                database.run(query(sql))
        assert len(database.run(query("SELECT * FROM staff"))) == 100
    assert "docs/databases.md" in caplog.text
    with shop.admin("shop") as admin:
        admin.execute("CREATE ROLE filer LOGIN PASSWORD 'filer'; GRANT pg_read_server_files TO filer")
    with pytest.raises(DemoError, match="no query is run as it"):
        connect(shop.url("shop", "filer", "filer"))


# the floor of the role -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "INSERT INTO sales (sale_id) VALUES (-1)",
    "UPDATE sales SET pieces = 0",
    "DELETE FROM sales",
    "TRUNCATE sales",
    "DROP TABLE sales",
    "ALTER TABLE sales ADD COLUMN loot text",
    "CREATE TABLE loot (a integer)",
    "CREATE TEMP TABLE loot (a integer)",
    "CREATE SCHEMA loot",
    "CREATE ROLE loot",
    "CREATE DATABASE loot",
    "CREATE EXTENSION file_fdw",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "ALTER DATABASE shop SET work_mem = '1GB'",
    "ALTER ROLE reader SUPERUSER",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET temp_file_limit = -1",
    "COPY regions TO '/tmp/loot'",
    "COPY regions TO PROGRAM 'touch /tmp/loot'",
    "COPY regions FROM PROGRAM 'echo 9'",
    "COPY staff TO STDOUT",
    "SELECT lo_export(4711, '/tmp/loot')",
    "SELECT lo_get(4711)",
    "SELECT lo_unlink(4711)",
    "SELECT nextval('numbers')",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT dblink_connect_u('dbname=shop')",
    "DO $$ BEGIN DELETE FROM sales; END $$",
    *CLOSED_COLUMNS[:6],
])  # fmt: skip
def test_the_role_alone_holds_where_a_session_may_write(shop: Server, sql: str) -> None:
    """No READ ONLY, no cursor, as if all that demo_lib does were away."""
    before = state(shop)
    url = shop.url("shop", "reader", PASSWORD)
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("SET default_transaction_read_only = off")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidGrantOperation)):
            session.execute(sql.encode())
    assert state(shop) == before


def test_the_role_has_its_limits_and_only_reads_by_default(shop: Server) -> None:
    with psycopg.connect(shop.url("shop", "reader", PASSWORD), autocommit=True) as session:
        names = ("default_transaction_read_only", "statement_timeout", "work_mem", "temp_file_limit", "search_path")
        settings = [session.execute("SELECT current_setting(%s)", (n,)).fetchall()[0][0] for n in names]
    assert settings == ["on", "5s", "16MB", "1GB", 'pg_catalog, "public"'] or settings[-1] == "pg_catalog, public"


def test_the_documented_script_is_the_one_that_is_made() -> None:
    text = (Path(__file__).parents[2] / "docs" / "databases.md").read_text(encoding="utf-8")
    script = text.partition("```sql\n")[2].partition("```")[0]
    documented = [line.partition(";   ")[0].rstrip().removesuffix(";") for line in script.splitlines()]
    columns = dict.fromkeys(("id", "email", "base_salary", "code"), "text")
    policy = Policy({"staff": columns}, frozenset({"staff.email", "staff.base_salary"}))
    assert documented == role_statements(policy, "demo_reader", "shop")


def test_a_narrower_policy_takes_back_what_it_no_longer_names(shop: Server) -> None:
    with shop.admin("shop") as admin:
        for tables, sensitive in (
            ({"regions": {"region_id": "integer", "name": "text"}, "days": {"day": "date"}}, frozenset[str]()),
            ({"regions": {"region_id": "integer", "name": "text"}}, frozenset({"regions.name"})),
        ):
            for statement in role_statements(Policy(tables, sensitive), "narrow 'role'", "shop"):
                admin.execute(statement.encode())
        admin.execute("ALTER ROLE \"narrow 'role'\" PASSWORD 'narrow'")
    with connect(shop.url("shop", "narrow 'role'", "narrow")) as database:
        tables = database.introspect().tables
        assert {t: [c.name for c in table.columns if not c.sensitive] for t, table in tables.items()} == {
            "regions": ["region_id"]
        }
        assert len(database.run(query("SELECT region_id FROM regions"))) == 2
        for sql in ("SELECT name FROM regions", "SELECT day FROM days"):
            with pytest.raises(QueryError, match="permission denied"):
                database.run(query(sql))


# limits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "SELECT pg_sleep(60)",
    "SELECT count(*) FROM sales a, sales b, sales c WHERE a.pieces + b.pieces > c.pieces",
    "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)",
    "SELECT pg_sleep(0.4), g FROM generate_series(1, 100) g",  # each row in time, all of them not
])  # fmt: skip
def test_a_runaway_query_is_cancelled_and_the_same_connection_goes_on(database: Database, sql: str) -> None:
    before, began = pid(database), time.monotonic()
    with pytest.raises(QueryTimeout, match="after 1 s"):
        database.run(query(sql))
    assert time.monotonic() - began < 1 + 2  # a second is meant; this machine may be busy
    assert pid(database) == before


def test_what_runs_is_cancelled_from_another_thread(shop: Server) -> None:
    with connect(shop.url("shop"), timeout_seconds=60) as database:
        expect_cancelling(database, query("SELECT pg_sleep(60)"), query("SELECT count(*) AS n FROM sales"))


def test_a_step_that_the_server_does_not_interrupt_is_left_in_time(database: Database) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTimeout, match="after 1 s"):
        database.run(query("SELECT regexp_replace(repeat('ab', 100000000), '(a|b|ab)*c', '')"))
    assert time.monotonic() - began < 1 + 2  # a second is meant; this machine may be busy
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="only POSIX can hold a process")
def test_a_server_that_answers_nothing_is_left_in_time(database: Database) -> None:
    """The server's own limit and the request to cancel both fail here: the line is cut from this side."""
    held = pid(database)
    os.kill(held, signal.SIGSTOP)
    try:
        for _ in range(2):  # the second finds a connection of its own
            began = time.monotonic()
            try:
                database.run(query("SELECT 1 AS one"))
                break
            except QueryTimeout:
                assert time.monotonic() - began < 1 + 3
        assert pid(database) != held
    finally:
        os.kill(held, signal.SIGCONT)


def test_more_rows_than_the_cap_are_an_error(database: Database) -> None:
    expect_the_cap(database)


@pytest.mark.parametrize(("sql", "ends"), [
    ("SELECT generate_series(1, 400000000) AS n, repeat('x', 100) AS text", "GuardrailViolation"),
    ("SELECT repeat('x', 100000) AS text FROM sales", "QueryError"),
])  # fmt: skip
def test_a_huge_result_is_not_held(shop: Server, sql: str, ends: str) -> None:
    url = shop.url("shop", "reader", PASSWORD)
    ended, megabytes, _ = in_a_child(url, "postgres", sql, timeout_seconds=30, memory_limit_mb=64)
    assert ended == ends
    assert megabytes < 150


def test_what_the_guardrails_allow_to_repeat_fits(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    most = policy.limits.max_repeat_count
    longest = check_sql(f"SELECT repeat(repeat('x', {most}), {most}) AS x", policy, "postgres")
    assert database.run(longest)["x"].str.len().tolist() == [most * most]
    widest = check_sql(f"SELECT sale_id, repeat('x', {most}) AS x FROM sales LIMIT 10000", policy, "postgres")
    assert len(database.run(widest)) == 10_000
    both = check_sql(f"SELECT sale_id, repeat(repeat('x', {most}), {most}) AS x FROM sales LIMIT 10000", policy, "postgres")
    with pytest.raises((QueryError, QueryTimeout)):  # 10 GB: by its weight, or by the time
        database.run(both)
    with pytest.raises(GuardrailViolation, match="1,000 are allowed"):
        check_sql(f"SELECT repeat('x', {most + 1}) AS x", policy, "postgres")


# a server that goes away -----------------------------------------------------------------------------------


def test_a_connection_that_died_while_idle_is_replaced(database: Database, shop: Server) -> None:
    before = pid(database)
    with shop.admin("shop") as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))
    assert pid(database) != before


def test_a_connection_that_is_lost_during_a_query_is_told_and_the_next_query_answered(database: Database) -> None:
    sql = "SELECT g, CASE WHEN g = 5000 THEN pg_terminate_backend(pg_backend_pid()) END FROM generate_series(1, 9000) g"
    with pytest.raises(QueryError, match="closed the connection"):
        database.run(query(sql))
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]


def test_a_server_without_a_free_connection_is_told(shop: Server) -> None:
    with shop.admin("shop") as admin:
        admin.execute("CREATE ROLE lonely LOGIN PASSWORD 'lonely' CONNECTION LIMIT 1")
    url = shop.url("shop", "lonely", "lonely")
    with connect(url), pytest.raises(DemoError, match="no connection to spare"):
        connect(url)


# what the database says of itself --------------------------------------------------------------------------


def test_the_catalogue_is_read_from_the_database(database: Database) -> None:
    catalog = database.introspect()
    assert catalog.name == "shop"
    assert set(catalog.tables) == {"regions", "staff", "sales", "web_sales", "days", "failing", "Order 🙂"}
    sales = catalog.tables["sales"]
    assert (sales.description, sales.rows, catalog.tables["regions"].rows) == ("What was sold", 20_000, 2)
    assert [(c.name, c.type) for c in sales.columns[3:6]] == [
        ("channel", "character varying(20)"), ("amount", "numeric(10,2)"), ("sold", "date"),
    ]  # fmt: skip
    assert sales.columns[0].primary_key and not sales.columns[1].primary_key
    assert sales.foreign_keys == [("region_id", "regions", "region_id")]
    assert sales.columns[2].description == "How many"
    assert {c.name: c.values for c in sales.columns if c.values} == {"channel": ("store", "web"), "size": ("large",)}
    view = catalog.tables["web_sales"]
    assert (view.rows, [c.values for c in view.columns]) == (None, [(), ("web",), ("WEB",)])
    assert catalog.tables["days"].column("what").values == ("holiday",)  # type: ignore[union-attr]
    assert catalog.tables["failing"].columns[0].values == ()


def test_columns_that_look_personal_or_may_not_be_read_are_marked_and_not_read(shop: Server) -> None:
    for url in (shop.url("shop"), shop.url("shop", "reader", PASSWORD)):
        with connect(url) as database:
            staff = database.introspect().tables["staff"]
        assert [c.name for c in staff.columns if c.sensitive] == CLOSED["staff"]
        assert all(c.values == () for c in staff.columns)


def test_odd_names_and_types(database: Database) -> None:
    catalog = database.introspect()
    assert [(c.name, c.type) for c in catalog.tables["Order 🙂"].columns] == [
        ("group", "text"), ('a "b" c', "point"), ("Preis €", "numeric(6,2)[]"),
    ]  # fmt: skip
    policy = Policy.from_catalog(catalog)
    sql = 'SELECT "group", "a ""b"" c", "Preis €" FROM "Order 🙂"'
    table = database.run(check_sql(sql, policy, "postgres"))
    assert table.iloc[0, :2].tolist() == ["select", "(1,2)"] and [float(p) for p in table.iloc[0, 2]] == [1.5]


def test_an_empty_database_has_no_tables(shop: Server) -> None:
    with connect(shop.url("template1")) as database:
        assert database.introspect().tables == {}


# opening ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "says"), [
    ({"password": "wr0ng-hunter2"}, "user name or the password is wrong"),
    ({"user": "ghost", "password": "hunter2"}, "user name or the password is wrong"),
    ({"database": "nowhere"}, "no database 'nowhere'"),
])  # fmt: skip
def test_a_wrong_name_or_password_is_told(shop: Server, change: dict[str, str], says: str) -> None:
    given = {"database": "shop", "user": "reader", "password": PASSWORD, **change}
    with pytest.raises(DemoError, match=says) as caught:
        connect(shop.url(**given))
    everything = "".join(traceback.format_exception(caught.value))
    assert given["password"] not in everything and "\n" not in str(caught.value)


@pytest.mark.parametrize(("url", "says"), [
    ("postgresql://me:hunter2@127.0.0.1:1/shop", "Nothing listens"),
    ("postgresql://me:hunter2@no-such-host.invalid/shop", "host name is not known"),
    ("postgresql://me:hunter2@/shop?host=/no/such/folder", "no server at this socket|Nothing listens"),
    ("postgres://me:hunter2@127.0.0.1:1/shop?sslmode=require", "Nothing listens"),
])  # fmt: skip
def test_a_wrong_host_or_port_is_told(url: str, says: str) -> None:
    with pytest.raises(DemoError, match=says) as caught:
        connect(url, timeout_seconds=2)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("url", [
    "postgresql://me:hunter2%zz@host/shop",
    "postgresql://me:hunter2@host:54x2/shop",
    "postgresql://me:hunter2@host:hunter2/shop",
    "postgresql://me:hunter2@[::1/shop",
    "postgresql://me:hunter2@host/shop?colour=blue",
])  # fmt: skip
def test_a_url_that_cannot_be_read_is_a_usage_error_without_its_password(url: str) -> None:
    with pytest.raises(UsageError, match="%40") as caught:
        connect(url)
    shown = "".join(traceback.format_exception(caught.value)).replace("host:hunter2", "")
    assert "hunter2" not in shown


def test_the_url_and_the_catalogue_hold_no_password(database: Database) -> None:
    assert PASSWORD not in database.url and "***" in database.url
    assert "p%40ss" not in repr(database.introspect()) + repr(database)


def test_a_closed_database_says_so(shop: Server) -> None:
    opened = connect(shop.url("shop", "reader", PASSWORD))
    opened.close()
    opened.close()
    for call in (lambda: opened.run(query("SELECT 1")), opened.introspect):
        with pytest.raises(QueryError, match="closed"):
            call()


# the tests' own server -------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="a socket's folder is looked for")
def test_the_server_of_the_tests_goes_when_they_are_killed() -> None:
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from postgres_server import running_server\n"
        "with running_server() as server: print(server.host, flush=True); time.sleep(600)"
    )
    here = str(Path(__file__).parent)
    tests = subprocess.Popen([sys.executable, "-c", script, here], stdout=subprocess.PIPE, text=True)
    assert tests.stdout is not None
    folder = Path(tests.stdout.readline().strip()).parent
    assert (folder / "data").exists()
    tests.kill()
    tests.communicate()
    for _ in range(200):
        if not folder.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"{folder} is still there")
