"""Names and schemas that SQL has its own ideas about, asked for in plain words on every engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from postgres_server import Server
from workshops import last_trace

from demo_lib.databases import connect
from demo_lib.databases.postgres_role import role_statements
from demo_lib.errors import DemoError
from demo_lib.guardrails import GuardrailViolation, Policy, check_sql
from demo_lib.guardrails.roles import Role
from demo_lib.retrieval.catalog import Catalog, Column, Table, quote
from demo_lib.retrieval.reserved import RESERVED
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

# MIXED case, spaces, SQL's own words, quotes, letters from elsewhere, an emoji
ODD = """
CREATE TABLE "CustomerOrders" ("OrderID" INTEGER PRIMARY KEY, "Net Amount" INTEGER, "group" VARCHAR(20), "Größe" INTEGER);
INSERT INTO "CustomerOrders" VALUES (1, 10, 'red', 5), (2, 20, 'red', 6), (3, 40, 'blue', 7);
CREATE TABLE "user" ("user" INTEGER PRIMARY KEY, "select" VARCHAR(20), "order" INTEGER REFERENCES "CustomerOrders"("OrderID"));
INSERT INTO "user" VALUES (1, 'a', 1), (2, 'b', 1);
CREATE TABLE "the ""old"" 🙂 shops" ("shop's name" VARCHAR(20), "a ""b"" c" INTEGER);
INSERT INTO "the ""old"" 🙂 shops" VALUES ('x', 1);
"""


@pytest.fixture(scope="module", params=["duckdb", "sqlite", "postgres"])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """A workshop over the odd names, on each engine."""
    path = tmp_path_factory.mktemp("odd") / "odd.db"
    url = f"{request.param}:///{path.as_posix()}"
    match request.param:
        case "duckdb":
            with duckdb.connect(str(path)) as file:
                file.execute(ODD)
        case "sqlite":
            with closing(sqlite3.connect(path)) as lite:
                lite.executescript(ODD)
        case _:
            server: Server = request.getfixturevalue("postgres")
            url = fresh(server, "odd_names", ODD)
    workshop = Workshop(replace(Settings.from_env(), database=url))
    yield workshop
    workshop.database.close()


def fresh(server: Server, name: str, sql: str = "") -> str:
    """A new database of the server with what `sql` makes."""
    with server.admin() as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    with server.admin(name) as admin:
        admin.execute(sql.encode())
    return server.url(name)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many customer orders are there?", [[3]]),
        ("What is the total net amount?", [[70]]),
        ("Total net amount by group", [["blue", 40], ["red", 30]]),
        ("Average größe of customer orders", [[6]]),
        ("How many users are there?", [[2]]),
        ("Number of old shops", [[1]]),
    ],
)
def test_a_question_finds_its_way_to_any_name(odd: Workshop, question: str, rows: list[Any]) -> None:
    answer = odd.ask(question)
    assert answer.table is not None, answer.text
    assert sorted(answer.table.astype(object).to_numpy().tolist()) == rows


def test_the_prompt_shows_every_name_as_the_engine_takes_it(odd: Workshop) -> None:
    """What the prompt calls a table or a column runs as it stands."""
    for table in odd.catalog.tables.values():
        columns = ", ".join(quote(c.name) for c in table.columns)
        policy = next(iter(odd.policies.values()))
        checked = check_sql(f"SELECT {columns} FROM {quote(table.name)}", policy, odd.database.dialect)
        assert len(odd.database.run(checked)) > 0


def test_no_engine_reserves_a_word_that_we_do_not_know(postgres: Server) -> None:
    with postgres.admin() as admin:
        rows = admin.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')").fetchall()
        words = {word for (word,) in admin.execute("SELECT word FROM pg_get_keywords()").fetchall()}
    known = duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchall()
    assert {w for (w,) in [*rows, *known]} <= RESERVED
    for word in words - RESERVED:
        with closing(sqlite3.connect(":memory:")) as lite:
            lite.execute(f"CREATE TABLE {word} ({word} INTEGER)")
            assert lite.execute(f"SELECT {word} FROM {word}").fetchall() == []


# --------------------------------------------------------------------------------------------- schemas of PostgreSQL

SCHEMAS = """
CREATE SCHEMA sales; CREATE SCHEMA "People Data"; CREATE SCHEMA hidden;
CREATE TABLE regions (region_id integer PRIMARY KEY, region_name text);
INSERT INTO regions VALUES (1, 'North'), (2, 'South');
CREATE TABLE sales.orders (order_id integer PRIMARY KEY, region_id integer REFERENCES regions, amount numeric(8, 2), channel text);
INSERT INTO sales.orders VALUES (1, 1, 10, 'web'), (2, 1, 20, 'web'), (3, 2, 5, 'shop');
CREATE TABLE "People Data"."Staff" (staff_id integer PRIMARY KEY, full_name text, email text, order_id integer REFERENCES sales.orders);
INSERT INTO "People Data"."Staff" VALUES (1, 'Ann', 'ann@example.com', 1), (2, 'Bob', 'bob@example.com', 1);
CREATE TABLE hidden.orders AS SELECT 1 AS loot;
CREATE TABLE sales."with.dot" (a integer);
"""


@pytest.fixture(scope="module")
def schemas(postgres: Server) -> Server:
    """A database with four schemas, and a role that may use three of them."""
    url = fresh(postgres, "schemas", SCHEMAS)
    with connect(url) as database:
        found = database.introspect()
    tables = {name: table for name, table in found.tables.items() if not name.startswith("hidden.")}
    with postgres.admin("schemas") as admin:
        for statement in role_statements(Policy.from_catalog(Catalog(tables)), "schemas_reader", "schemas"):
            admin.execute(statement.encode())
        admin.execute("ALTER ROLE schemas_reader PASSWORD 'reader'")
    return postgres


@pytest.fixture(scope="module")
def reader(schemas: Server) -> Workshop:
    """A workshop as that role."""
    return Workshop(replace(Settings.from_env(), database=schemas.url("schemas", "schemas_reader", "reader")))


def test_tables_of_all_schemas_are_in_the_catalogue_by_schema_and_name(schemas: Server, reader: Workshop) -> None:
    with connect(schemas.url("schemas")) as database:
        everything = database.introspect().tables
    assert list(everything) == ["regions", "People Data.Staff", "hidden.orders", "sales.orders"]
    assert everything["sales.orders"].foreign_keys == [("region_id", "regions", "region_id")]
    assert everything["People Data.Staff"].foreign_keys == [("order_id", "sales.orders", "order_id")]
    assert set(reader.catalog.tables) == set(everything) - {"hidden.orders"}
    ddl = reader.catalog.ddl(reader.catalog.tables)
    assert 'CREATE TABLE "People Data"."Staff" (' in ddl and "REFERENCES sales.orders(order_id)" in ddl
    assert reader.catalog.tables["sales.orders"].column("channel").values == ("shop", "web")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many orders are there?", [[3]]),
        ("Total amount of orders by region name", [["North", 30], ["South", 5]]),
        ("How many staff are there?", [[2]]),
        ("Total amount of orders where the channel is web", [[30]]),
    ],
)
def test_a_question_finds_its_way_to_any_schema(reader: Workshop, question: str, rows: list[Any]) -> None:
    answer = reader.ask(question)
    assert answer.table is not None, answer.text
    assert sorted(answer.table.astype(object).to_numpy().tolist()) == rows


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("SELECT loot FROM hidden.orders", "table_not_allowed"),
        ("SELECT amount FROM orders", "table_not_allowed"),  # of `public`, where there is none
        ("SELECT amount FROM public.orders", "table_not_allowed"),
        ("SELECT region_name FROM sales.regions", "table_not_allowed"),
        ("SELECT * FROM pg_catalog.pg_class", "table_not_allowed"),
        ("SELECT * FROM information_schema.tables", "table_not_allowed"),
        ('SELECT amount FROM "sales.orders"', "table_not_allowed"),
        ("SELECT amount FROM schemas.sales.orders", "table_not_allowed"),
        ('SELECT email FROM "People Data"."Staff"', "sensitive_column"),
        ('SELECT "People Data"."Staff".email FROM "People Data"."Staff"', "sensitive_column"),
        ('SELECT "Staff" FROM "People Data"."Staff"', "sensitive_column"),
        ('SELECT s.* FROM "People Data"."Staff" AS s', "sensitive_column"),
        ('SELECT full_name FROM "People Data"."Staff" ORDER BY "People Data"."Staff".email', "sensitive_column"),
        ("SELECT full_name FROM \"People Data\".\"Staff\" WHERE email LIKE 'a%'", "sensitive_column"),
        ("SELECT full_name FROM people_data.staff", "table_not_allowed"),
    ],
)
def test_the_guardrails_tell_schemas_apart(reader: Workshop, sql: str, rule: str) -> None:
    with pytest.raises(GuardrailViolation) as caught:
        check_sql(sql, reader.policies["schemas"], "postgres")
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(sales.orders.amount) FROM sales.orders",
        "SELECT SUM(orders.amount) FROM sales.orders",
        "SELECT SUM(o.amount) FROM sales.orders AS o JOIN public.regions AS r ON r.region_id = o.region_id",
        "WITH orders AS (SELECT amount FROM sales.orders) SELECT SUM(amount) FROM orders",
    ],
)
def test_honest_queries_over_schemas_run(reader: Workshop, sql: str) -> None:
    checked = check_sql(sql, reader.policies["schemas"], "postgres")
    assert "sales.orders" in checked.tables
    assert reader.database.run(checked).to_numpy().tolist() == [[35]]


def test_masks_and_row_filters_hold_in_a_schema(reader: Workshop) -> None:
    role = Role("r", sensitive="mask", rows={"sales.orders": "channel = 'web'"})
    policy = role.policy(Policy.from_catalog(reader.whole_catalog))
    for sql, rows in [
        ("SELECT SUM(amount) FROM sales.orders", [[30]]),
        ("SELECT SUM(sales.orders.amount) FROM sales.orders", [[30]]),
        ('SELECT full_name, email FROM "People Data"."Staff" ORDER BY staff_id', [["Ann", "***"], ["Bob", "***"]]),
    ]:
        checked = check_sql(sql, policy, "postgres")
        # checked twice: the query goes back to a model, and comes again
        again = check_sql(checked.sql, policy, "postgres")
        assert reader.database.run(again).to_numpy().tolist() == rows
    open_to = Role("o", opens=frozenset({"*.email"})).policy(Policy.from_catalog(reader.whole_catalog))
    assert not open_to.is_sensitive("People Data.Staff", "email")


def test_a_name_with_a_dot_is_one_table_where_there_are_no_schemas(tmp_path: Path) -> None:
    policy = Policy.from_catalog(Catalog({"a.b": Table("a.b", (Column("x"),))}))
    assert check_sql('SELECT x FROM "a.b"', policy, "sqlite").tables == ("a.b",)
    with pytest.raises(GuardrailViolation):
        check_sql("SELECT x FROM a.b", policy, "sqlite")


# ------------------------------------------------------------------------------------------------ odd databases


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "postgres"])
def test_an_empty_database_is_said_to_be_so(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "empty.db"
    url = f"{engine}:///{path.as_posix()}"
    if engine == "duckdb":
        duckdb.connect(str(path)).close()
    elif engine == "sqlite":
        path.touch()
    else:
        url = fresh(request.getfixturevalue("postgres"), "nothing_in_it")
    workshop = Workshop(replace(Settings.from_env(), database=url))
    with pytest.raises(DemoError, match="holds no tables"):
        workshop.ask("How many customers are there?")


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [(19, b"\x09", "newer"), (47, b"\x09", "newer"), (0, b"XQLite", "not an SQLite file")],
)
def test_a_file_of_a_newer_format_is_told(offset: int, value: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    with closing(sqlite3.connect(path)) as lite:
        lite.execute("CREATE TABLE t (a INTEGER)")
    data = bytearray(path.read_bytes())
    data[offset : offset + len(value)] = value
    path.write_bytes(data)
    with pytest.raises(DemoError, match=said):
        connect(f"sqlite:///{path.as_posix()}").introspect()


def test_a_server_that_goes_away_in_the_midst_of_a_result_is_told_and_the_next_question_answered(postgres: Server) -> None:
    url = fresh(postgres, "goes_away", "CREATE TABLE t AS SELECT i, repeat('x', 1000) AS text FROM generate_series(1, 9000) i")
    with connect(url) as database, postgres.admin() as admin:
        policy = Policy.from_catalog(database.introspect())
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'goes_away'"
        real = psycopg.Cursor.stream

        def cut(self: Any, *given: Any, **named: Any) -> Iterator[Any]:
            rows = real(self, *given, **named)
            for n, row in enumerate(rows):
                if n == 10:
                    admin.execute(end.encode())
                yield row

        with pytest.MonkeyPatch.context() as patch, pytest.raises(DemoError, match="closed the connection during"):
            patch.setattr(psycopg.Cursor, "stream", cut)
            database.run(check_sql("SELECT i, text FROM t", policy, "postgres"))
        assert database.run(check_sql("SELECT COUNT(*) FROM t", policy, "postgres")).to_numpy().tolist() == [[9000]]


def test_no_password_is_in_the_trace_of_an_answer_nor_of_a_failure(postgres: Server) -> None:
    fresh(postgres, "moored", "CREATE TABLE boats AS SELECT i AS boat_id, 'Boat ' || i AS boat_name FROM generate_series(1, 3) i")
    with postgres.admin("moored") as admin:
        admin.execute("DROP ROLE IF EXISTS sailor")
        admin.execute("CREATE ROLE sailor LOGIN PASSWORD 'hunter2 & all'")
        admin.execute("GRANT SELECT ON boats TO sailor")
    workshop = Workshop(replace(Settings.from_env(), database=postgres.url("moored", "sailor", "hunter2 & all")))
    assert workshop.ask("How many boats are there?").table is not None
    answered = last_trace()
    with postgres.admin("moored") as admin:
        admin.execute("ALTER ROLE sailor NOLOGIN")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sailor'")
    failed = workshop.ask("How many boats are there?")
    assert failed.table is None and "cannot be opened" in str(failed)
    for trace in (answered, last_trace()):
        told = trace.to_json()
        assert "boats" in told and "hunter2" not in told
    assert "not permitted to log in" in told


def test_columns_of_types_that_nobody_knows_are_shown_as_text(postgres: Server) -> None:
    url = fresh(
        postgres, "odd_types", """
        CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN zip AS text CHECK (VALUE ~ '^[0-9]+$');
        CREATE TYPE pair AS (a integer, b text);
        CREATE TABLE things (thing_id integer PRIMARY KEY, mood mood, zip zip, pair pair, at point, tags text[], span int4range);
        INSERT INTO things VALUES (1, 'glad', '123', ROW(1, 'x'), '(1,2)', '{a,b}', '[1,3)')""",
    )  # fmt: skip
    workshop = Workshop(replace(Settings.from_env(), database=url))
    told = workshop.execute_sql("SELECT * FROM things", "odd_types")
    assert [str(v) for v in told["rows"][0]] == ["1", "glad", "123", "(1,x)", "(1,2)", "['a', 'b']", "[1,3)"]
    answer = workshop.ask("How many things by mood?")
    assert answer.table is not None and answer.table.to_numpy().tolist() == [["glad", 1]], answer.text


