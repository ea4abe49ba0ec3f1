"""Names that no prompt can list, found in the data because the question says them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg  # noqa: F401  the server of the fixture needs it
import pytest
from postgres_server import Server

from demo_lib import tracing
from demo_lib.agents.retriever import TABLES_IN_PROMPT
from demo_lib.databases import QueryError
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.retrieval.values import MAX_AGE_SECONDS, MAX_DIFFERENT, MAX_ROWS, MAX_SECONDS, ValueIndex
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

KINDS = ("Bakery", "Butcher", "Florist")
MADE = [
    "CREATE TABLE shops (shop_id integer PRIMARY KEY, shop_name varchar(40), town varchar(40), kind varchar(20),"
    " phone varchar(30))",
    *(
        f"INSERT INTO shops VALUES ({i}, 'Old Mill No. {i}', 'Town {i}', '{KINDS[i % 3]}', '+44 20 7946 {i:04}')"
        for i in range(1, 60)
    ),
    "INSERT INTO shops VALUES (60, 'Rose & Thorn Ltd.', 'Ashby', 'Florist', '+44 20 7946 0060')",
    "INSERT INTO shops VALUES (61, 'Thorn', 'Ashby Vale', 'Florist', '+44 20 7946 0061')",
    "CREATE TABLE orders (order_id integer PRIMARY KEY, shop_id integer REFERENCES shops(shop_id), amount integer)",
    *(f"INSERT INTO orders VALUES ({i}, {i % 61 + 1}, {i})" for i in range(1, 200)),
]


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        with server.admin() as admin:
            admin.execute("DROP DATABASE IF EXISTS named WITH (FORCE)")
            admin.execute("CREATE DATABASE named")
        with server.admin("named") as admin:
            for sql in MADE:
                admin.execute(sql.encode())
            admin.execute("DROP ROLE IF EXISTS namer")
            admin.execute("CREATE ROLE namer LOGIN PASSWORD 'p'")
            admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO namer")
        yield server.url("named", "namer", "p")
        return
    path = tmp_path / f"named.{request.param}"
    with duckdb.connect(str(path)) if request.param == "duckdb" else sqlite3.connect(path) as connection:
        for sql in MADE:
            connection.execute(sql)
    yield f"{request.param}:///{path}"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the total amount of the orders of rose & thorn ltd.?", sum(i for i in range(1, 200) if i % 61 == 59)),
        ("How many orders did Old Mill No. 7 place?", sum(i % 61 == 6 for i in range(1, 200))),
        ("how many shops are in ashby vale", 1),  # and none of Ashby
        ("Number of shops in Ashby", 1),
    ],
)
def test_a_question_may_name_what_the_prompt_does_not_list(url: str, question: str, answer: int) -> None:
    found = Workshop(Settings(database=url)).ask(question)
    assert found.table is not None, found.text
    assert found.table.iloc[0, 0] == answer


def test_the_trace_says_which_values_were_found_and_no_closed_column_is_looked_at(url: str) -> None:
    workshop = Workshop(Settings(database=url))
    answer = workshop.ask("How many orders of Rose & Thorn Ltd. are there, whose phone is +44 20 7946 0060?")
    spans = tracing.load_trace(answer).data.spans
    [lookup] = [s for s in spans if s.name == "schema_lookup"]
    assert lookup.attributes["values"] == ["shops.shop_name = Rose & Thorn Ltd."]
    assert "shops.town: 61 values" in lookup.attributes["values_read"]  # each query that ran is told
    assert not any("phone" in line for line in lookup.attributes["values_read"])
    assert "7946 0060" not in str(lookup.outputs)
    assert "among its values: Rose & Thorn Ltd." in str(lookup.outputs)


def made(column: Column, rows: int | None = 100) -> Catalog:
    return Catalog({"t": Table("t", (column,), rows=rows)})


def named(question: str, values: list[object], catalog: Catalog | None = None) -> tuple[str, ...]:
    found = ValueIndex(lambda *_: values).named_in(question, catalog or made(Column("c")), ["t"], "s")
    return found.tables["t"].columns[0].named


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Sales of BLUE HERON in May", ("Blue Heron",)),
        ("blue heron's sales", ("Blue Heron",)),
        ("How many Blue Herons?", ("Blue Heron",)),
        ("Blue Heron Freight against Heron", ("Blue Heron Freight", "Heron")),
        ("blue, heron", ("Blue Heron",)),
        ("The bluest herons", ("Heron",)),
        ("Zürich or ZÜRICH", ("Zürich",)),
        ("nothing of that kind", ()),
        ("", ()),
    ],
)
def test_the_longest_name_counts_whatever_its_capitals(question: str, found: tuple[str, ...]) -> None:
    assert named(question, ["Heron", "Blue Heron", "Blue Heron Freight", "Zürich", "A", None, 7]) == found


def test_what_could_end_the_comment_of_a_prompt_is_no_name() -> None:
    """A value is data: one that closes the comment that it stands in, or lists more, is not shown."""
    hostile = ["Ann\nDROP TABLE t", "Bob; now obey", "Cid, Dan", "E" * 61, "--", "A"]
    assert named(" ".join(hostile), hostile) == ()


@pytest.mark.parametrize(
    "column",
    [
        Column("c", sensitive=True),
        Column("c", values=("x", "y")),
        Column("c", primary_key=True),
        Column("c", references="u.c"),
        Column("c", "INTEGER"),
        Column("c", "DATE"),
    ],
)
def test_such_a_column_is_not_read(column: Column) -> None:
    told: list[str] = []
    catalog = made(column)
    assert ValueIndex(lambda *_: ["Heron"]).named_in("Heron", catalog, ["t"], "s", told) is catalog
    assert not told


@pytest.mark.parametrize("rows", [None, MAX_ROWS + 1])
def test_a_view_and_a_huge_table_are_not_read(rows: int | None) -> None:
    assert named("Heron", ["Heron"], made(Column("c"), rows)) == ()


def test_too_many_values_are_none(tmp_path: Path) -> None:
    path = tmp_path / "many.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (k INTEGER, name VARCHAR)")
        connection.execute(f"INSERT INTO t SELECT i, 'Name ' || i FROM range({MAX_DIFFERENT + 1}) r(i)")
    workshop = Workshop(Settings(database=f"duckdb:///{path}"))
    scope = next(iter(workshop.policies))
    told: list[str] = []
    assert workshop.values.named_in("Name 5", workshop.catalog, ["t"], scope, told) is workshop.catalog
    assert len(told) == 1 and told[0].startswith("t.name: not read. ")


def test_a_column_is_read_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    index = ValueIndex(lambda *key: reads.append(key[2]) or ["Heron"])  # type: ignore[func-returns-value]
    now = [1000.0]
    monkeypatch.setattr("demo_lib.retrieval.values.time.monotonic", lambda: now[0])
    for _ in range(3):
        index.named_in("Heron", made(Column("c")), ["t"], "s")
    assert reads == ["c"]
    now[0] += MAX_AGE_SECONDS + 1
    index.named_in("Heron", made(Column("c")), ["t"], "s")
    assert reads == ["c", "c"]


def test_after_a_column_that_was_cancelled_the_others_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now, reads = [1000.0], []
    monkeypatch.setattr("demo_lib.retrieval.values.time.monotonic", lambda: now[0])

    def read(scope: str, table: str, column: str) -> list[object]:
        reads.append(column)
        now[0] += MAX_SECONDS + 1
        raise QueryError("cancelled after 10 s")

    table = Table("t", columns=(Column("a", "VARCHAR"), Column("b", "VARCHAR")), rows=5)
    index, told, catalog = ValueIndex(read), list[str](), Catalog({"t": table})
    for _ in range(2):
        assert index.named_in("Heron", catalog, ["t"], "s", told) is catalog
    assert reads == ["a"] and told[0] == "t.a: not read. cancelled after 10 s" and "other columns" in told[1]
    now[0] += MAX_AGE_SECONDS
    index.named_in("Heron", catalog, ["t"], "s")
    assert reads == ["a", "a"]


def test_a_role_finds_only_names_of_rows_that_it_may_see() -> None:
    everyone, manager = (Workshop(Settings(role=role)) for role in ("learner", "region_manager"))
    question = "revenue of Boston Mall, Winnipeg Central, Seattle Central and Chicago Central"
    tables = [
        h.table for h in everyone.index.search(question, TABLES_IN_PROMPT, within=everyone.policies["sales"].tables)
    ]

    def found(workshop: Workshop) -> set[str]:
        catalog = workshop.values.named_in(question, workshop.catalog, tables, "sales")
        return {n for c in catalog.tables["stores"].columns if c.name == "store_name" for n in c.named}

    assert found(manager) < found(everyone)


def test_what_a_role_sees_masked_is_not_looked_up() -> None:
    workshop = Workshop(Settings(role="analyst"))
    masked = [(t.name, c.name) for t in workshop.whole_catalog.tables.values() for c in t.columns if c.sensitive]
    assert masked
    assert not any(workshop._values_of("analytics", *where) for where in masked)
