"""SQLite as the guardrails' floor, and what its files hold: good ones, odd ones, damaged ones."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from floors import expect_cancelling, expect_the_cap, in_a_child, mixed_up_by_threads, unchecked

from demo_lib.databases import Database, QueryError, QueryTimeout, connect
from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql

SCHEMA = """
CREATE TABLE regions ( -- Where things are sold
    region_id INTEGER PRIMARY KEY,
    name TEXT -- as 'people' say it
);
CREATE TABLE staff (id INTEGER, email TEXT, base_salary INTEGER, code TEXT, note TEXT); -- not a column
CREATE TABLE sales (sale_id INTEGER PRIMARY KEY, region_id INTEGER REFERENCES regions, pieces INTEGER, channel TEXT,
                    amount DECIMAL(10, 2), sold DATE, closed BOOLEAN);
INSERT INTO regions VALUES (1, 'north'), (2, 'south');
WITH RECURSIVE t(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM t WHERE i < 99)
INSERT INTO staff SELECT i, 'p' || i || '@example.com', 1000 * i, 'code ' || i, NULL FROM t;
WITH RECURSIVE t(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM t WHERE i < 19999)
INSERT INTO sales SELECT i, 1 + i % 2, i, CASE i % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'store' END, i / 4.0,
                         date('2025-01-01', (i % 300) || ' days'), i % 2 FROM t;
CREATE INDEX by_region ON sales (region_id);
CREATE VIEW web_sales AS SELECT sale_id, channel, upper(channel) AS loud FROM sales WHERE channel = 'web';
"""


def made(path: Path, script: str) -> str:
    """The URL of a new file with what `script` makes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return f"sqlite:///{path.as_posix()}"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(tmp_path_factory.mktemp("sqlite") / "shop.db", SCHEMA)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with connect(url, timeout_seconds=1.0, memory_limit_mb=64) as opened:
        yield opened


def query(sql: str, cap_rows: int = 10_000) -> CheckedQuery:
    return unchecked(sql, "sqlite", cap_rows)


# queries ---------------------------------------------------------------------------------------------------


def test_a_checked_query_gives_its_rows(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    sql = "SELECT channel, SUM(pieces) AS n FROM sales GROUP BY 1 ORDER BY 2"
    table = database.run(check_sql(sql, policy, "sqlite"))
    assert list(table.columns) == ["channel", "n"]
    assert table["n"].tolist() == sorted(sum(range(start, 20_000, 3)) for start in range(3))
    assert database.dialect == "sqlite"


def test_values_have_the_types_that_duckdb_gives(database: Database) -> None:
    sql = """SELECT sale_id, amount, channel, sold, max(sold) OVER () AS last, sold || ' 10:30' AS moment,
                    CASE WHEN sale_id > 1 THEN pieces END AS some, NULL AS missing, x'00ff' AS bytes
             FROM sales WHERE sale_id < 3"""
    table = database.run(query(sql))
    assert {c: str(t) for c, t in table.dtypes.items()} == {
        "sale_id": "int64", "amount": "float64", "channel": "str", "sold": "datetime64[us]",
        "last": "datetime64[us]", "moment": "datetime64[us]", "some": "Int64", "missing": "object", "bytes": "object",
    }  # fmt: skip
    assert str(table["sold"][1]) == "2025-01-02 00:00:00" and str(table["moment"][0]) == "2025-01-01 10:30:00"
    assert table["channel"].isna().tolist() == [False, False, True] and table["bytes"][0] == b"\x00\xff"


def test_what_is_not_a_day_in_every_row_stays_text(database: Database) -> None:
    for value in ("2025-02-31", "2025-1-1", "yesterday", ""):
        table = database.run(query(f"SELECT '2025-01-01' AS day UNION ALL SELECT '{value}'"))
        assert table["day"].tolist() == ["2025-01-01", value]


def test_text_that_is_not_utf8_is_shown_as_far_as_it_goes(database: Database) -> None:
    assert database.run(query("SELECT CAST(x'61ff62' AS TEXT) AS odd"))["odd"].tolist() == ["a\ufffdb"]


def test_an_empty_result_has_its_columns_and_equal_names_are_kept(database: Database) -> None:
    assert list(database.run(query("SELECT sale_id, channel FROM sales WHERE 0")).columns) == ["sale_id", "channel"]
    assert database.run(query("SELECT 1 AS a, 2 AS a")).values.tolist() == [[1, 2]]


def test_only_checked_queries_of_this_dialect_run(database: Database) -> None:
    for other in ("SELECT 1", None, unchecked("SELECT 1", "duckdb")):
        with pytest.raises(TypeError, match="check_sql"):
            database.run(other)  # type: ignore[arg-type]


def test_an_engine_error_is_one_line(database: Database) -> None:
    with pytest.raises(QueryError, match="nothing") as caught:
        database.run(query("SELECT nothing\nFROM sales"))
    assert "\n" not in str(caught.value)


def test_threads_do_not_mix_up_their_results(database: Database) -> None:
    assert not mixed_up_by_threads(database, threads=8, times=10)


# the floor -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "INSERT INTO sales (sale_id) VALUES (-1)",
    "UPDATE sales SET pieces = 0",
    "DELETE FROM sales",
    "REPLACE INTO regions VALUES (1, 'x')",
    "WITH n AS (SELECT 1) DELETE FROM sales",
    "INSERT INTO regions VALUES (9, 'x') RETURNING *",
    "DROP TABLE sales",
    "ALTER TABLE sales ADD COLUMN loot TEXT",
    "CREATE TABLE loot AS SELECT * FROM sales",
    "CREATE TEMP TABLE loot AS SELECT * FROM sales",
    "CREATE VIEW loot AS SELECT * FROM sales",
    "CREATE TRIGGER loot AFTER INSERT ON sales BEGIN SELECT 1; END",
    "CREATE INDEX loot ON sales (pieces)",
    "CREATE VIRTUAL TABLE loot USING fts5(x)",
    "ATTACH '{folder}/secret.db' AS other",
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO '{folder}/loot.db'",
    "REINDEX",
    "ANALYZE",
    "BEGIN IMMEDIATE",
    "SAVEPOINT loot",
    "COMMIT",
    "PRAGMA query_only = OFF",
    "PRAGMA trusted_schema = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA user_version = 7",
    "PRAGMA temp_store_directory = '{folder}'",
    "PRAGMA hard_heap_limit = 1000",
    "PRAGMA table_info(staff)",
    "SELECT * FROM pragma_table_info('staff')",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM main.sqlite_schema",
    "SELECT * FROM sqlite_temp_master",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM dbstat",
    "SELECT load_extension('{folder}/secret')",
    "SELECT readfile('{folder}/secret.db')",
    "SELECT writefile('{folder}/loot', 'x')",
    "SELECT edit('x')",
    "SELECT * FROM fsdir('{folder}')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT 1; DELETE FROM sales",
    "SELECT 1; SELECT 2",
    "EXPLAIN SELECT 1; DROP TABLE sales",
    "SELECT zeroblob(1000000000)",
    "SELECT randomblob(1000000000)",
    "SELECT replace(hex(zeroblob(100000)), '0', 'xxxxxxxxxx')",
    "SELECT group_concat(hex(zeroblob(50000))) FROM sales",
    "SELECT 'x' LIKE printf('%2000s', '%')",
    "SELECT printf('%200000d', sale_id) FROM sales",
])  # fmt: skip
def test_the_floor_holds_without_the_layers(database: Database, url: str, tmp_path: Path, sql: str) -> None:
    made(tmp_path / "secret.db", "CREATE TABLE secret (a)")
    file = Path(url.removeprefix("sqlite:///"))
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(QueryError):
        database.run(query(sql.format(folder=tmp_path.as_posix())))
    assert [p.name for p in tmp_path.iterdir()] == ["secret.db"]
    assert [p.name for p in file.parent.iterdir()] == [file.name]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


RUNAWAYS = [
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    "SELECT count(*) FROM sales a, sales b, sales c WHERE a.pieces + b.pieces > c.pieces",
    "SELECT a.pieces FROM sales a, sales b, sales c ORDER BY a.pieces * b.pieces LIMIT 1",
    # one call of the slowest functions is not interrupted: many of the longest that there can be
    """WITH t(a, b) AS (SELECT replace(hex(zeroblob(80000)), '0', 'a'), replace(hex(zeroblob(40000)), '0', 'a') || 'b')
       SELECT sum(instr(a, b || sale_id)) FROM t, sales""",
]


@pytest.mark.parametrize("sql", RUNAWAYS)
def test_a_runaway_query_is_cancelled_and_the_next_one_answered(database: Database, sql: str) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTimeout, match="after 1 s"):
        database.run(query(sql))
    assert time.monotonic() - began < 1 + 2  # a second is meant; this machine may be busy
    assert database.run(query("SELECT count(*) AS n FROM sales"))["n"].tolist() == [20_000]


def test_what_runs_is_cancelled_from_another_thread(url: str) -> None:
    with connect(url, timeout_seconds=60) as database:
        expect_cancelling(database, query(RUNAWAYS[1]), query("SELECT count(*) AS n FROM sales"))


def test_more_rows_than_the_cap_are_an_error(database: Database) -> None:
    expect_the_cap(database)


@pytest.mark.parametrize(("sql", "ends"), [
    ("SELECT a.sale_id, printf('%100d', b.sale_id) FROM sales a, sales b", "GuardrailViolation"),
    ("SELECT printf('%200000d', sale_id) FROM sales", "QueryError"),
])  # fmt: skip
def test_a_huge_result_is_not_held(url: str, sql: str, ends: str) -> None:
    ended, megabytes, _ = in_a_child(url, "sqlite", sql, timeout_seconds=30, memory_limit_mb=64)
    assert ended == ends
    assert megabytes < 150


def test_what_the_guardrails_allow_to_repeat_fits(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    most = policy.limits.max_repeat_count
    largest = check_sql(f"SELECT sale_id, hex(zeroblob({most})) AS zeros FROM sales LIMIT 10000", policy, "sqlite")
    assert database.run(largest)["zeros"].str.len().unique().tolist() == [2 * most]
    with pytest.raises(GuardrailViolation, match="1,000 are allowed"):
        check_sql(f"SELECT zeroblob({most + 1}) AS zeros", policy, "sqlite")


# what the file says of itself ------------------------------------------------------------------------------


def test_the_catalogue_is_read_from_the_file(database: Database) -> None:
    catalog = database.introspect()
    assert (catalog.name, set(catalog.tables)) == ("shop", {"regions", "staff", "sales", "web_sales"})
    regions, sales = catalog.tables["regions"], catalog.tables["sales"]
    assert (regions.description, regions.columns[1].description) == ("Where things are sold", "as 'people' say it")
    assert (sales.description, sales.rows, regions.rows) == ("", 20_000, 2)
    assert [(c.name, c.type) for c in sales.columns[3:6]] == [
        ("channel", "TEXT"), ("amount", "DECIMAL(10, 2)"), ("sold", "DATE"),
    ]  # fmt: skip
    assert sales.columns[0].primary_key and not sales.columns[1].primary_key
    assert sales.foreign_keys == [("region_id", "regions", "region_id")]  # the key, where no column is named
    assert [c.values for c in sales.columns] == [(), (), (), ("store", "web"), (), (), ()]
    view = catalog.tables["web_sales"]
    assert (view.rows, view.column("loud").type, view.column("loud").values) == (None, "TEXT", ("WEB",))  # type: ignore[union-attr]


def test_columns_that_look_personal_are_marked_and_not_read(database: Database) -> None:
    staff = database.introspect().tables["staff"]
    assert [c.name for c in staff.columns if c.sensitive] == ["email", "base_salary"]
    assert all(c.values == () for c in staff.columns)


def test_odd_names_types_and_kinds_of_tables(tmp_path: Path) -> None:
    url = made(tmp_path / "odd.db", """
        CREATE TABLE "order" ("group" TEXT PRIMARY KEY, "a ""b"" c" TEXT, "preis €🙂" GEOMETRY(4326), untyped) WITHOUT ROWID;
        INSERT INTO "order" VALUES ('select', 'x', 1, NULL);
        CREATE TABLE gone (a TEXT); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone;
        CREATE TABLE made_up (a INT, twice INT GENERATED ALWAYS AS (a * 2));
        INSERT INTO made_up VALUES (21);
    """)  # fmt: skip
    with connect(url) as database:
        catalog = database.introspect()
        assert set(catalog.tables) == {"order", "made_up"}  # not the view over what is gone
        assert [(c.name, c.type) for c in catalog.tables["order"].columns] == [
            ("group", "TEXT"), ('a "b" c', "TEXT"), ("preis €🙂", "GEOMETRY(4326)"), ("untyped", "TEXT"),
        ]  # fmt: skip
        policy = Policy.from_catalog(catalog)
        sql = 'SELECT "group", "a ""b"" c", "preis €🙂", (SELECT twice FROM made_up) FROM "order"'
        assert database.run(check_sql(sql, policy, "sqlite")).values.tolist() == [["select", "x", 1, 42]]


def test_a_full_text_index_can_be_searched(tmp_path: Path) -> None:
    try:
        url = made(tmp_path / "f.db", "CREATE VIRTUAL TABLE notes USING fts5(body); INSERT INTO notes VALUES ('a dog')")
    except sqlite3.OperationalError:
        pytest.skip("this SQLite was built without FTS5")
    with connect(url) as database:
        assert set(database.introspect().tables) == {"notes"}  # and not the tables that it is made of
        assert len(database.run(query("SELECT body FROM notes WHERE notes MATCH 'dog'"))) == 1


def test_an_empty_database_has_no_tables(tmp_path: Path) -> None:
    (tmp_path / "nothing.db").touch()
    for url in (made(tmp_path / "empty.db", ""), f"sqlite:///{(tmp_path / 'nothing.db').as_posix()}"):
        with connect(url) as database:
            assert database.introspect().tables == {}


# opening ---------------------------------------------------------------------------------------------------


def test_relative_paths_are_found_when_the_folder_changes(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(url.removeprefix("sqlite:///")).parent)
    with connect("sqlite:///shop.db") as database:
        monkeypatch.chdir(tmp_path)
        assert len(database.run(query("SELECT * FROM regions"))) == 2
    with pytest.raises(UsageError, match="too few slashes"):
        connect("sqlite://shop.db")


def test_a_path_with_odd_characters_is_that_path(tmp_path: Path) -> None:
    (tmp_path / "a b#c?mode=rwc%20🙂").mkdir()
    path = tmp_path / "a b#c?mode=rwc%20🙂" / "x.db"
    made(path, "CREATE TABLE t (a)")
    with connect(f"sqlite:///{path.as_posix().replace('%', '%25')}") as database:
        assert set(database.introspect().tables) == {"t"}


def test_what_is_missing_or_no_database_is_told_and_not_made(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello " * 1000)
    with duckdb.connect(str(tmp_path / "duck")) as duck:
        duck.execute("CREATE TABLE t (a INTEGER)")
    before = sorted(p.name for p in tmp_path.iterdir())
    for name, says in (("none.db", "Check the path"), ("", "is a folder"), ("text", "not an SQLite file"),
                       ("duck", "not an SQLite file")):  # fmt: skip
        with pytest.raises(DemoError, match=says) as caught:
            connect(f"sqlite:///{(tmp_path / name).as_posix()}")
        assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    url = made(tmp_path / "mine.db", "CREATE TABLE t (a)")
    (tmp_path / "mine.db").chmod(0)
    with pytest.raises(DemoError, match="permissions"):
        connect(url)


def test_a_damaged_file_is_told(url: str, tmp_path: Path) -> None:
    whole = Path(url.removeprefix("sqlite:///")).read_bytes()
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(whole[:100] + bytes(3996) + whole[4096:])
    with pytest.raises(DemoError, match="is damaged"):
        connect(f"sqlite:///{damaged.as_posix()}")
    damaged.write_bytes(whole[: len(whole) // 2])  # its first page is well
    with (
        pytest.raises(DemoError, match="is damaged"),
        connect(f"sqlite:///{damaged.as_posix()}") as database,
    ):
        database.run(query("SELECT sum(pieces) FROM sales"))


def test_a_file_that_is_being_written_is_told(tmp_path: Path) -> None:
    url = made(tmp_path / "busy.db", "CREATE TABLE t (a)")
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE');"
        "print('locked', flush=True); input()"
    )
    path = url.removeprefix("sqlite:///")
    writer = subprocess.Popen([sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None and writer.stdout.readline().strip() == b"locked"
        with pytest.raises(DemoError, match="another process"):
            connect(url, timeout_seconds=0.2)
    finally:
        writer.communicate(b"\n", timeout=30)


def test_looking_at_a_file_keeps_the_locks_that_this_process_has_on_it(tmp_path: Path) -> None:
    """To open and close a file drops a process's locks on it, were it not SQLite itself that does."""
    url = made(tmp_path / "held.db", "CREATE TABLE t (a)")
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as ours:
        ours.execute("BEGIN IMMEDIATE")
        with connect(url) as database:
            assert set(database.introspect().tables) == {"t"}
            database.run(query("SELECT * FROM t"))
        code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0.1).execute('INSERT INTO t VALUES (1)')"
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
        assert "database is locked" in other.stderr


def test_a_closed_database_says_so(url: str) -> None:
    opened = connect(url)
    opened.close()
    opened.close()
    with pytest.raises(QueryError, match="closed"):
        opened.run(query("SELECT 1"))
    with pytest.raises(QueryError, match="closed"):
        opened.introspect()


def test_a_median_is_there_in_every_build_of_sqlite(tmp_path: Path) -> None:
    url = made(tmp_path / "m.db", "CREATE TABLE m (g, v); INSERT INTO m VALUES (1, 3), (1, 1), (1, NULL), (1, 2), (2, 1), (2, 4), (3, NULL)")
    sql = "SELECT g, median(v) AS a, percentile_cont(v, 0.25) AS b FROM m GROUP BY g ORDER BY g"
    with connect(url) as database:
        rows = database.run(unchecked(sql, "sqlite")).astype(object).to_numpy().tolist()
        assert rows[:2] == [[1, 2.0, 1.5], [2, 2.5, 1.75]] and rows[2][1] != rows[2][1]
        with pytest.raises(QueryError):
            database.run(unchecked("SELECT median('x')", "sqlite"))
