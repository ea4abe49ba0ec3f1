"""DuckDB as the guardrails' floor: what slips past the layers still cannot write, read files or run for ever."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from floors import expect_cancelling, in_a_child, mixed_up_by_threads, unchecked
from hypothesis import given
from hypothesis import strategies as st

from demo_lib.databases import Database, QueryError, QueryTimeout, connect, redacted
from demo_lib.databases.introspection import looks_sensitive
from demo_lib.databases.urls import file_path
from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql

SCHEMA = """
CREATE TABLE regions (region_id INTEGER PRIMARY KEY, name VARCHAR);
CREATE TABLE staff (id INTEGER, email VARCHAR, base_salary INTEGER, code VARCHAR);
CREATE TABLE sales (sale_id INTEGER PRIMARY KEY, region_id INTEGER REFERENCES regions (region_id),
                    pieces INTEGER, channel VARCHAR, amount DECIMAL(10, 2), sold DATE);
COMMENT ON TABLE sales IS 'What was sold';
COMMENT ON COLUMN sales.pieces IS 'How many';
INSERT INTO regions VALUES (1, 'north'), (2, 'south');
INSERT INTO staff SELECT i, 'p' || i || '@example.com', 1000 * i, 'code ' || i FROM range(100) t(i);
INSERT INTO sales SELECT i, 1 + i % 2, i,
              ['web', 'store', NULL][1 + i % 3], i / 4, DATE '2025-01-01' + (i % 300)::INTEGER
FROM range(20000) t(i);
CREATE VIEW web_sales AS SELECT * FROM sales WHERE channel = 'web';
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("databases") / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA)
    return path


def url_of(path: Path) -> str:
    return f"duckdb:///{path.as_posix()}"


@pytest.fixture
def database(file: Path) -> Database:  # type: ignore[misc]
    with connect(url_of(file), timeout_seconds=1.0, memory_limit_mb=128) as opened:
        yield opened


def query(sql: str, cap_rows: int = 10_000) -> CheckedQuery:
    return unchecked(sql, "duckdb", cap_rows)


# queries ---------------------------------------------------------------------------------------------------


def test_a_checked_query_gives_its_rows(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    table = database.run(
        check_sql("SELECT channel, SUM(pieces) AS n FROM sales GROUP BY 1 ORDER BY 2", policy)
    )
    assert list(table.columns) == ["channel", "n"]
    assert table["n"].tolist() == sorted(sum(range(start, 20_000, 3)) for start in range(3))
    assert str(table["n"].dtype) == "int64"  # DuckDB's HUGEINT would be a float


def test_an_empty_result_has_its_columns(database: Database) -> None:
    table = database.run(query("SELECT sale_id, channel FROM sales WHERE false"))
    assert table.empty and list(table.columns) == ["sale_id", "channel"]


def test_only_checked_queries_run(database: Database) -> None:
    for other in ("SELECT 1", None, unchecked("SELECT 1", "sqlite", 10)):
        with pytest.raises(TypeError, match="check_sql"):
            database.run(other)  # type: ignore[arg-type]


def test_more_rows_than_the_cap_are_an_error_and_not_held(database: Database) -> None:
    assert len(database.run(query("SELECT * FROM range(5000)", cap_rows=5000))) == 5000
    with pytest.raises(GuardrailViolation, match="Result set too large") as caught:
        database.run(query("SELECT * FROM range(100000000000)", cap_rows=5000))
    assert caught.value.layer == "result"


def test_an_engine_error_is_one_line(database: Database) -> None:
    with pytest.raises(QueryError) as caught:
        database.run(query("SELECT nothing FROM sales"))
    assert "nothing" in str(caught.value) and "\n" not in str(caught.value)


def test_threads_do_not_mix_up_their_results(database: Database) -> None:
    assert not mixed_up_by_threads(database, threads=8, times=10)


# the floor -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "INSERT INTO sales (sale_id) VALUES (-1)",
    "DELETE FROM sales",
    "DROP TABLE sales",
    "CREATE TABLE loot AS SELECT * FROM sales",
    "WITH n AS (INSERT INTO regions VALUES (9, 'x') RETURNING 1) SELECT * FROM n",
    "UPDATE sales SET pieces = 0",
    "ALTER TABLE sales ADD COLUMN loot INTEGER",
    "CREATE VIEW loot AS SELECT 1",
    "CREATE SCHEMA loot",
    "TRUNCATE sales",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE sales",
    "COPY sales TO '{folder}/loot.csv'",
    "COPY sales TO '/dev/stdout'",
    "COPY sales FROM '{folder}/secret.csv'",
    "EXPORT DATABASE '{folder}/loot'",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('{folder}/secret.csv')",
    "SELECT * FROM parquet_scan('{folder}/secret.csv')",
    "SELECT * FROM sniff_csv('{folder}/secret.csv')",
    "SELECT * FROM query('DROP TABLE sales')",
    "SELECT getenv('HOME')",
    "ATTACH '{folder}/other.duckdb' AS other",
    "ATTACH ':memory:' AS other",
    "CREATE TEMP TABLE loot AS SELECT * FROM sales",
    "CREATE TEMP VIEW regions AS SELECT 1",
    "CREATE TEMP MACRO loot(x) AS x",
    "SET VARIABLE loot = 1",
    "SET search_path = 'temp'",
    "PREPARE loot AS SELECT 1",
    "BEGIN",
    "CALL pragma_version()",
    "SELECT 1; SELECT 2",
    "CREATE SECRET loot (TYPE s3)",
    "SELECT * FROM duckdb_secrets()",
    "SELECT 1; DELETE FROM sales",
    "EXPLAIN ANALYZE DELETE FROM sales",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET max_execution_time = 0",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    "RESET memory_limit",
    "SET temp_directory = '{folder}'",
    "SET threads = 64",
    "PRAGMA enable_profiling",
    "PRAGMA memory_limit = '100GB'",
])  # fmt: skip
def test_the_floor_holds_without_the_layers(database: Database, file: Path, tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(QueryError):
        database.run(query(sql.format(folder=tmp_path.as_posix())))
    assert [p.name for p in tmp_path.iterdir()] == ["secret.csv"]
    assert [p.name for p in file.parent.iterdir()] == [file.name]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_a_runaway_query_is_cancelled_and_the_connection_goes_on(database: Database) -> None:
    runaway = (
        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range * b.range) % 7 = 1"
    )
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(QueryTimeout, match="after 1 s"):
            database.run(query(runaway))
        assert time.monotonic() - began < 1 + 2  # a second is meant; this machine may be busy
        assert database.run(query("SELECT count(*) AS n FROM sales"))["n"].tolist() == [20_000]


def test_what_runs_is_cancelled_from_another_thread(file: Path) -> None:
    runaway = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range * b.range) % 7 = 1"
    with connect(url_of(file), timeout_seconds=60) as database:
        expect_cancelling(database, query(runaway), query("SELECT count(*) AS n FROM sales"))


def test_a_pivot_that_finds_its_columns_is_one_query(database: Database) -> None:
    assert len(database.run(query("PIVOT sales ON region_id USING sum(pieces) GROUP BY channel"))) == 3


REPEATS = [
    "SELECT length(repeat('x', 700000000)) AS n",
    "SELECT sum(length(repeat(channel, 300000))) AS n FROM sales",
    # within the policy's caps: 1,000 times and 1,000,000 letters
    "SELECT sum(length(repeat(repeat(channel, 1000), 300))) AS n FROM sales",
    f"SELECT max(length(replace(replace(channel, 'e', '{'x' * 1000}'), 'x', '{'y' * 1000}'))) AS n FROM sales",
]


@pytest.mark.parametrize("sql", REPEATS)
def test_repeat_heeds_no_limit_so_the_guardrails_deny_it(database: Database, file: Path, sql: str) -> None:
    """A fact of DuckDB that a later version may mend: then the first half fails, and the rule can go."""
    ended, megabytes, _ = in_a_child(url_of(file), "duckdb", sql, timeout_seconds=10, memory_limit_mb=128)
    assert megabytes > 2 * 128, ended
    with pytest.raises(GuardrailViolation) as caught:
        check_sql(sql, Policy.from_catalog(database.introspect()))
    assert (caught.value.rule, caught.value.layer) == ("repeat", "statement")


def test_a_replacement_by_a_pattern_is_a_repeat_too(database: Database) -> None:
    inner = f"regexp_replace(channel, '.', '{'x' * 500}', 'g')"
    with pytest.raises(GuardrailViolation) as caught:
        check_sql(
            f"SELECT max(length(regexp_replace({inner}, '.', '{'y' * 500}', 'g'))) AS n FROM sales",
            Policy.from_catalog(database.introspect()),
        )
    assert caught.value.rule == "repeat"


def test_a_repeat_whose_length_stands_in_the_query_runs(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    longest = check_sql("SELECT sale_id, repeat('ab', 500) AS x FROM sales LIMIT 10000", policy)
    assert database.run(longest)["x"].str.len().unique().tolist() == [1_000]
    for more in ("repeat('ab', 501)", "repeat(repeat('a', 2), 2)", "repeat(channel, 2)", "repeat('a', pieces)"):
        with pytest.raises(GuardrailViolation) as caught:
            check_sql(f"SELECT {more} AS x FROM sales", policy)
        assert caught.value.rule == "repeat"


def test_a_replacement_may_make_a_text_longer_but_not_a_thousand_times(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    often = "replace(replace(channel, 'e', 'ee'), 'on', ' on '), regexp_replace(channel, '[^a-z]', '', 'g')"
    assert len(database.run(check_sql(f"SELECT {often} FROM sales LIMIT 9", policy))) == 9
    x, y = "x" * 40, "y" * 40
    for more in (
        "replace(channel, 'e', channel) FROM sales",
        f"replace(replace(channel, 'e', '{x}'), 'x', '{y}') FROM sales",
        f"replace(longer, 'x', '{y}') FROM (SELECT regexp_replace(channel, '.', '{x}', 'g') AS longer FROM sales)",
    ):
        with pytest.raises(GuardrailViolation) as caught:
            check_sql(f"SELECT {more}", policy)
        assert caught.value.rule == "repeat"


def test_a_huge_result_is_not_held(file: Path) -> None:
    sql = "SELECT a.sale_id, b.channel FROM sales a, sales b"  # 400 million rows
    ended, megabytes, _ = in_a_child(url_of(file), "duckdb", sql, timeout_seconds=30, memory_limit_mb=128)
    assert ended == "GuardrailViolation"
    assert megabytes < 150


def test_a_query_that_wants_too_much_memory_is_refused(database: Database) -> None:
    with pytest.raises(QueryError, match="Out of Memory"):
        database.run(query("SELECT list(range) FROM range(200000000)"))
    assert len(database.run(query("SELECT 1"))) == 1


# what the database says of itself --------------------------------------------------------------------------


def test_the_catalogue_is_read_from_the_file(database: Database) -> None:
    catalog = database.introspect()
    assert set(catalog.tables) == {"regions", "staff", "sales", "web_sales"}
    sales = catalog.tables["sales"]
    assert (sales.description, sales.rows) == ("What was sold", 20_000)
    assert [c.name for c in sales.columns] == ["sale_id", "region_id", "pieces", "channel", "amount", "sold"]
    assert sales.columns[0].primary_key and not sales.columns[1].primary_key
    assert sales.foreign_keys == [("region_id", "regions", "region_id")]
    assert sales.columns[2].description == "How many"
    assert [c.values for c in sales.columns] == [(), (), (), ("store", "web"), (), ()]
    assert catalog.tables["staff"].column("code").values == ()  # type: ignore[union-attr]
    assert catalog.tables["web_sales"].column("channel").values == ("web",)  # type: ignore[union-attr]


def test_columns_that_look_personal_are_marked_and_not_read(database: Database) -> None:
    staff = database.introspect().tables["staff"]
    assert {c.name: c.sensitive for c in staff.columns} == {
        "id": False, "email": True, "base_salary": True, "code": False,
    }  # fmt: skip
    assert all(c.values == () for c in staff.columns)


@pytest.mark.parametrize(("name", "sensitive"), [
    ("email", True), ("EmailAddress", True), ("e_mail", True), ("work_phone", True), ("phone_number", True),
    ("ssn", True), ("ssn_last4", True), ("national_id", True), ("salary", True), ("SalaryEur", True),
    ("card_number", True), ("credit_card_token", True), ("iban", True), ("password_hash", True),
    ("email_opt_in", False), ("phone_calls", False), ("discard", False), ("card_type", False), ("assnt", False),
    ("customer_id", False), ("scorecard_total", False), ("telephony_minutes", False),
])  # fmt: skip
def test_what_looks_sensitive(name: str, sensitive: bool) -> None:
    assert looks_sensitive(name) is sensitive


# opening ---------------------------------------------------------------------------------------------------


def test_three_slashes_are_relative_and_four_absolute(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    with (
        connect("duckdb:///shop.duckdb") as relative,
        connect(f"duckdb:////{str(file).lstrip('/')}") as absolute,
    ):
        assert (
            len(relative.run(query("FROM regions"))) == len(absolute.run(query("FROM regions"))) == 2
        )
    assert file_path("duckdb:///data/my%20shop.duckdb") == Path("data/my shop.duckdb")
    assert file_path("duckdb:///C:/data/shop.duckdb") == Path("C:/data/shop.duckdb")
    assert file_path("duckdb:////srv/shop.duckdb") == Path("/srv/shop.duckdb")


@pytest.mark.parametrize("url", ["", "shop.duckdb", "duckdb:shop.duckdb", "duckdb://shop.duckdb", "duckdb:///",
                                 "duckdb:///:memory:", "duckbd:///shop.duckdb", "mysql://root:pw@host/db"])  # fmt: skip
def test_a_url_that_is_none_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match="duckdb:///|slashes") as caught:
        connect(url)
    assert "pw@" not in str(caught.value)


def test_a_missing_file_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DemoError, match="Check the path"):
        connect(url_of(tmp_path / "shop.duckdb"))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("demo_lib.databases.duckdb.DATA_DIR", tmp_path)
    with pytest.raises(DemoError, match="python -m demo_lib seed"):
        connect(url_of(tmp_path / "warehouse.duckdb"))


def test_what_is_no_duckdb_file_is_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="is a folder"):
        connect(url_of(tmp_path))
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("hello " * 1000)
    with sqlite3.connect(tmp_path / "lite") as lite:
        lite.execute("CREATE TABLE t (a)")
    for name in ("empty", "text", "lite"):
        with pytest.raises(DemoError, match="not a DuckDB file"):
            connect(url_of(tmp_path / name))
    damaged = bytearray(file.read_bytes())
    damaged[16:4000] = bytes(3984)
    (tmp_path / "damaged").write_bytes(damaged)
    with pytest.raises(DemoError, match="damaged|does not read") as caught:
        connect(url_of(tmp_path / "damaged"))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_being_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "busy.duckdb"
    script = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    writer = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None and writer.stdout.readline().strip() == b"open"
        with pytest.raises(DemoError, match="another process"):
            connect(url_of(path))
    finally:
        writer.communicate(b"\n", timeout=30)


def test_a_file_that_is_open_here_otherwise_is_told(database: Database, file: Path) -> None:
    with pytest.raises(DemoError, match="other settings"):
        connect(url_of(file), timeout_seconds=9.0)


def test_a_closed_database_says_so(file: Path) -> None:
    opened = connect(url_of(file))
    opened.close()
    opened.close()
    with pytest.raises(QueryError, match="closed"):
        opened.run(query("SELECT 1"))


# secrets ---------------------------------------------------------------------------------------------------


@given(
    st.text(
        st.characters(
            exclude_categories=["Cs"], exclude_characters="{};& \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"
        ),
        max_size=20,
    )
)
def test_no_password_is_printed(rest: str) -> None:
    secret = "s3cr3t" + rest
    for url in (f"postgresql://me:{secret}@host:5432/db", f"mssql://host/db?Driver=x;PWD={secret};Encrypt=yes",
                f"postgresql://host/db?password={secret}", f"mssql+pyodbc://me:{secret}@host/db"):  # fmt: skip
        assert "s3cr3t" not in redacted(url)
    assert "host:5432/db" in redacted(f"postgresql://me:{secret}@host:5432/db") or "@" in rest


def test_redacting_leaves_the_rest() -> None:
    assert redacted("duckdb:///data/shop.duckdb") == "duckdb:///data/shop.duckdb"
    assert redacted("postgresql://me:p@ss@host:5432/db") == "postgresql://me:***@host:5432/db"
    assert redacted("postgresql://host:5432/db") == "postgresql://host:5432/db"
