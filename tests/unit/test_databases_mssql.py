"""SQL Server as an engine: the real pyodbc and the real drivers against the TDS double in tests/tds.

The double is not SQL Server. What it cannot prove is in its docstring; the last section here runs against a real server
where AZURE_SQL_CONNECTION_STRING names one.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from datetime import time as clock
from pathlib import Path
from types import ModuleType, SimpleNamespace

import mssql_shop
import pytest
from floors import expect_cancelling, in_a_child, mixed_up_by_threads, unchecked
from mssql_shop import url
from tds import PASSWORD, USER, Double, SqlError

from demo_lib.databases import Database, QueryError, QueryTimeout, connect, mssql_connection, mssql_driver
from demo_lib.databases.mssql_role import role_statements
from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql
from demo_lib.stage import preflight

if mssql_shop.missing():
    pytest.skip(f"SQL Server is not tested: {mssql_shop.missing()}", allow_module_level=True)
MAX_CONNECTIONS = 8


@pytest.fixture
def shop(tds_shop: Double) -> Iterator[Double]:
    """The double, without what an earlier test told it to do."""
    tds_shop.batches.clear()
    tds_shop.logins.clear()
    tds_shop.attentions, tds_shop.hang_up_after_rows = 0, None
    yield tds_shop
    assert not tds_shop.refusals and not tds_shop.failures


@pytest.fixture(params=mssql_shop.drivers())
def database(shop: Double, request: pytest.FixtureRequest) -> Iterator[Database]:
    driver = {"Driver": request.param} if request.param else {}
    with connect(url(shop, **driver), timeout_seconds=1.0, memory_limit_mb=64) as opened:
        shop.batches.clear()
        yield opened


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mssql_connection, "FIRST_WAIT_SECONDS", 0.001)


def query(sql: str, cap_rows: int = 10_000) -> CheckedQuery:
    return unchecked(sql, "tsql", cap_rows)


# queries ---------------------------------------------------------------------------------------------------


def test_a_checked_query_gives_its_rows(database: Database) -> None:
    policy = Policy.from_catalog(database.introspect())
    sql = "SELECT TOP 3 channel, SUM(pieces) AS n FROM sales GROUP BY channel ORDER BY n DESC"
    table = database.run(check_sql(sql, policy, "tsql"))
    assert list(table.columns) == ["channel", "n"]
    assert table["n"].tolist() == sorted((sum(range(start, 20_000, 3)) for start in range(3)), reverse=True)
    assert str(table["n"].dtype) == "int64"
    assert database.dialect == "tsql" and database.engine == "SQL Server"


def test_values_have_the_types_that_duckdb_gives(database: Database) -> None:
    sql = """SELECT sale_id, amount, channel, sold, made_at, closed, size, CASE WHEN sale_id > 1 THEN pieces END AS some,
             CASE WHEN sale_id > 1 THEN closed END AS perhaps FROM sales WHERE sale_id < 3 ORDER BY sale_id"""
    table = database.run(query(sql))
    assert {c: str(t) for c, t in table.dtypes.items()} == {
        "sale_id": "int64", "amount": "float64", "channel": "str", "sold": "datetime64[us]", "size": "str",
        "made_at": "datetime64[us]", "closed": "bool", "some": "Int64", "perhaps": "boolean",
    }  # fmt: skip
    assert str(table["sold"][1]) == "2025-01-02 00:00:00" and table["amount"].tolist() == [0, 0.25, 0.5]


def test_every_kind_of_value_arrives_whole(database: Database) -> None:
    """NULLs, the ends of each type, text beyond the BMP, and values longer than nvarchar(4000)."""
    table = database.run(query("SELECT * FROM kinds ORDER BY id"))
    assert {c: str(t) for c, t in table.dtypes.items() if c != "id"} == {
        "tiny": "Int64", "small": "Int64", "big": "Int64", "wide": "float64", "bit": "boolean", "single": "float64",
        "double": "float64", "text": "str", "day": "datetime64[us]", "moment": "datetime64[us]", "clock": "object",
        "zoned": "datetime64[us, UTC]", "guid": "str", "bytes": "object",
    }  # fmt: skip
    assert table.loc[2].drop("id").isna().all()
    assert table["tiny"].tolist()[:2] == [255, 0] and table["small"].tolist()[:2] == [-32768, 32767]
    assert table["big"].tolist()[:2] == [2**63 - 1, -(2**63)]
    assert table["wide"].tolist()[:2] == [1234567890123456789012345678.0123456789, -1e-10]
    assert table["single"].tolist()[:2] == [1.5, -1.5] and table["double"].tolist()[:2] == [1e300, 0]
    assert table["text"].tolist()[:2] == ["Zoë 🙂 'quoted'", ""] and table["text"][3] == "ü🙂" * 30_000
    assert [str(day) for day in table["day"][:2]] == ["0001-01-01 00:00:00", "9999-12-31 00:00:00"]
    assert str(table["moment"][0]) == "2025-10-31 23:59:59.123456" and str(table["moment"][1]) == "0001-01-01 00:00:00"
    assert str(table["zoned"][0]) == "2025-01-01 01:30:00+00:00"
    assert table["guid"][0].lower() == "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    assert table["bytes"].tolist()[:2] == [b"\x00\xff", b""] and table["bytes"][3] == b"x" * 100_000
    assert [v.replace(microsecond=0) for v in table["clock"][:2]] == [clock(23, 59, 59), clock(0)]


def test_text_that_is_asked_with_arrives_whole(database: Database) -> None:
    sql = "SELECT N'Zoë 🙂' AS name, id FROM kinds WHERE text = N'Zoë 🙂 ''quoted'''"
    assert database.run(query(sql)).values.tolist() == [["Zoë 🙂", 1]]


def test_an_empty_result_has_its_columns_and_equal_names_are_kept(database: Database) -> None:
    empty = database.run(query("SELECT sale_id, channel, sold FROM sales WHERE 1 = 0"))
    assert list(empty.columns) == ["sale_id", "channel", "sold"]
    assert [str(t) for t in empty.dtypes] == ["int64", "str", "datetime64[us]"]
    assert database.run(query("SELECT 1 AS a, 2 AS a")).values.tolist() == [[1, 2]]


def test_only_checked_queries_of_this_dialect_run(database: Database) -> None:
    for other in ("SELECT 1", None, unchecked("SELECT 1", "duckdb")):
        with pytest.raises(TypeError, match="check_sql"):
            database.run(other)  # type: ignore[arg-type]


@pytest.mark.parametrize(("sql", "says"), [
    ("SELECT nothing\nFROM sales", "Invalid column name"),
    ("SELECT 1 / (pieces - pieces) AS x FROM sales", "Divide by zero"),
    ("SELECT 'a%b', '%(x)s {}', nothing FROM sales", "Invalid column name"),
    ("SELECT x FROM nowhere", "Invalid object name 'nowhere'"),
])  # fmt: skip
def test_an_engine_error_is_one_line_and_the_connection_goes_on(database: Database, shop: Double, sql: str, says: str) -> None:
    logins = len(shop.logins)
    with pytest.raises(QueryError, match=f"^SQL Server: .*{says}") as caught:
        database.run(query(sql))
    assert "\n" not in str(caught.value) and "[Microsoft]" not in str(caught.value) and "SQLExec" not in str(caught.value)
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    assert len(shop.logins) == logins


def test_a_column_that_may_not_be_read_says_whose_right_is_missing(database: Database) -> None:
    with pytest.raises(QueryError, match="closed_note.* This login may not use it"):
        database.run(query("SELECT closed_note FROM hr.people"))


def test_more_questions_at_once_than_connections_are_all_answered(shop: Double) -> None:
    with connect(url(shop), timeout_seconds=30) as database:
        assert not mixed_up_by_threads(database, threads=2 * MAX_CONNECTIONS, times=5)
    assert len(shop.logins) <= MAX_CONNECTIONS


# the floor of every connection -----------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "INSERT INTO sales (sale_id) VALUES (-1)",
    "UPDATE sales SET pieces = 0",
    "DELETE FROM sales",
    "TRUNCATE TABLE sales",
    "MERGE INTO regions AS r USING sales AS s ON r.region_id = s.region_id WHEN MATCHED THEN DELETE",
    "SELECT * INTO loot FROM regions",
    "WITH r AS (SELECT 1 AS a) SELECT a INTO loot FROM r",
    "DROP TABLE sales",
    "CREATE TABLE loot (a int)",
    "EXEC xp_cmdshell 'dir'",
    "EXECUTE ('DELETE FROM sales')",
    "sp_who",
    "SET ROWCOUNT 1",
    "BEGIN TRANSACTION",
    "COMMIT",
    "USE master",
    "DECLARE @x int",
    "WAITFOR DELAY '00:00:10'",
    "BACKUP DATABASE shop TO DISK = 'x'",
    "GRANT SELECT ON sales TO PUBLIC",
    "SELECT 1; DELETE FROM regions",
    "SELECT 1; SELECT 2",
    "COMMIT; DELETE FROM regions",
    "",
])  # fmt: skip
def test_what_is_no_single_query_is_not_even_sent(database: Database, shop: Double, sql: str) -> None:
    """SQL Server would take any batch, so this side looks once more; no proof that a server would refuse."""
    with pytest.raises(QueryError, match="not a query, or more than one"):
        database.run(query(sql))
    assert shop.batches == []


def test_two_statements_without_a_semicolon_are_sent_as_one_that_is_refused(database: Database, shop: Double) -> None:
    with suppress(QueryError):
        database.run(query("SELECT 1 COMMIT"))
    assert shop.batches[1] == "SELECT 1 AS COMMIT"


def test_each_query_is_in_a_transaction_that_is_rolled_back_and_has_its_own_settings(database: Database, shop: Double) -> None:
    for sql in ("SELECT 1 AS one", "SELECT nothing FROM sales"):
        shop.batches.clear()
        with suppress(QueryError):
            database.run(query(sql))
        begin, asked, end = shop.batches
        assert begin.endswith("; BEGIN TRANSACTION") and asked == sql and end == "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"
        for setting in ("LANGUAGE us_english", "LOCK_TIMEOUT 1000", "ROWCOUNT 0", "TEXTSIZE 128000004", "XACT_ABORT ON"):
            assert f"SET {setting}" in begin


def test_a_replica_for_reading_is_asked_for_and_nothing_goes_in_clear(database: Database, shop: Double) -> None:
    login = shop.logins[-1]  # the double lets nobody in without TLS
    assert login.read_only_intent and login.application == "demo_lib" and (login.user, login.password) == (USER, PASSWORD)


def test_a_login_that_may_write_is_warned_about(shop: Double, caplog: pytest.LogCaptureFixture) -> None:
    connect(url(shop)).close()
    assert not caplog.records
    shop.writers.add(USER)
    try:
        with caplog.at_level(logging.WARNING):
            connect(url(shop)).close()
    finally:
        shop.writers.clear()
    assert "INSERT, UPDATE" in caplog.text and "docs/databases.md" in caplog.text


# the role --------------------------------------------------------------------------------------------------
# No server is here to run its script; the last section, on a real server with such a login, says whether it holds.


def test_the_role_may_read_what_the_policy_opens_and_nothing_else() -> None:
    tables = {"staff": {"id": "int", "email": "nvarchar(50)"}, "hr.pay ]x": {"it's": "int"}, "closed": {"pay": "int"}}
    made = role_statements(Policy(tables, frozenset({"staff.email", "closed.pay"})), "the 'role'")
    assert made[-5:] == [
        "GRANT SELECT ON OBJECT::[dbo].[staff] ([id]) TO [the 'role']",
        "DENY SELECT ON OBJECT::[dbo].[staff] ([email]) TO [the 'role']",
        "GRANT SELECT ON OBJECT::[hr].[pay ]]x] ([it's]) TO [the 'role']",
        "DENY SELECT ON OBJECT::[dbo].[closed] ([pay]) TO [the 'role']",
        "COMMIT",
    ]
    quoted = "the ''role''"
    assert made[2] == f"IF DATABASE_PRINCIPAL_ID(N'{quoted}') IS NULL CREATE ROLE [the 'role']"
    assert f"N' FROM [{quoted}] CASCADE'" in made[3]
    assert [s for s in made if s.startswith("GRANT") and "SELECT ON OBJECT" not in s] == []


def test_the_documented_script_is_the_one_that_is_made() -> None:
    text = (Path(__file__).parents[2] / "docs" / "databases.md").read_text(encoding="utf-8")
    script = text.partition("```tsql\n")[2].partition("```")[0]
    columns = dict.fromkeys(("id", "email", "base_salary", "code"), "int")
    policy = Policy({"staff": columns}, frozenset({"staff.email", "staff.base_salary"}))
    assert [line.removesuffix(";") for line in script.splitlines()] == role_statements(policy, "demo_reader")


# limits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", [
    "SELECT COUNT(*) AS n FROM sales a, sales b, sales c WHERE a.pieces + b.pieces > c.pieces",
    "SELECT a.pieces FROM sales a, sales b, sales c WHERE a.pieces % 7 + b.pieces % 7 + c.pieces % 7 = 19",  # no row ever comes
])  # fmt: skip
def test_a_runaway_query_is_cancelled_and_the_same_connection_goes_on(database: Database, shop: Double, sql: str) -> None:
    logins, began = len(shop.logins), time.monotonic()
    with pytest.raises(QueryTimeout, match="after 1 s"):
        database.run(query(sql))
    assert time.monotonic() - began < 1 + 2  # a second is meant; this machine may be busy
    assert shop.attentions >= 1
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    assert len(shop.logins) == logins


def test_what_runs_is_cancelled_from_another_thread(shop: Double) -> None:
    runaway = "SELECT COUNT(*) AS n FROM sales a, sales b, sales c WHERE a.pieces + b.pieces > c.pieces"
    with connect(url(shop), timeout_seconds=60) as database:
        expect_cancelling(database, query(runaway), query("SELECT COUNT(*) AS n FROM sales"))


def test_a_result_that_never_ends_is_cancelled_while_it_streams(shop: Double) -> None:
    sql = "SELECT a.sale_id FROM sales a CROSS JOIN sales b"
    with connect(url(shop), timeout_seconds=1.0) as database:
        began = time.monotonic()
        with pytest.raises(QueryTimeout, match="after 1 s"):
            database.run(query(sql, cap_rows=400_000_000))
        assert time.monotonic() - began < 1 + 2  # a second is meant; this machine may be busy
        assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]


def test_a_server_that_answers_nothing_is_left_in_time(database: Database, shop: Double) -> None:
    """Not even the request to cancel is answered: the connection is left behind, and the next query has its own."""
    logins = len(shop.logins)
    with shop.deaf():
        began = time.monotonic()
        with pytest.raises(QueryTimeout, match="after 1 s"):
            database.run(query("SELECT 1 AS one"))
        assert time.monotonic() - began < 1 + 3
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    assert len(shop.logins) == logins + 1


def test_a_lock_that_somebody_holds_is_a_time_out(database: Database, shop: Double) -> None:
    shop.failures.append(SqlError(1222, "Lock request time out period exceeded."))
    with pytest.raises(QueryTimeout, match="after 1 s"):
        database.run(query("SELECT 1 AS one"))


def test_more_rows_than_the_cap_are_an_error(database: Database) -> None:
    assert len(database.run(query("SELECT TOP 5000 * FROM sales", 5000))) == 5000
    with pytest.raises(GuardrailViolation, match="Result set too large") as caught:
        database.run(query("SELECT * FROM sales", 5000))
    assert caught.value.layer == "result"
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]


HUGE = [
    ("SELECT a.sale_id, N'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS text FROM sales a CROSS JOIN sales b", GuardrailViolation, "too large"),
    ("SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 100000) AS text FROM sales", QueryError, "holds more than 64 MB"),
    ("SELECT k.text FROM sales a CROSS JOIN kinds k WHERE k.id = 4", QueryError, "holds more than 64 MB"),
]


@pytest.mark.parametrize(("sql", "ends", "says"), HUGE)
def test_a_huge_result_is_not_held(shop: Double, sql: str, ends: type[DemoError], says: str) -> None:
    with connect(url(shop), timeout_seconds=30, memory_limit_mb=64) as database, pytest.raises(ends, match=says):
        database.run(query(sql))
    ended, megabytes, _ = in_a_child(url(shop), "tsql", sql, timeout_seconds=30, memory_limit_mb=64)
    assert ended == ends.__name__
    assert megabytes < 150


# a server that goes away -----------------------------------------------------------------------------------


def test_a_connection_that_died_while_idle_is_replaced(database: Database, shop: Double) -> None:
    logins = len(shop.logins)
    shop.hang_up()
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    assert len(shop.logins) == logins + 1


def test_a_connection_that_is_lost_during_a_query_is_told_and_the_next_query_answered(database: Database, shop: Double) -> None:
    shop.hang_up_after_rows = 5_000
    with pytest.raises(QueryError, match="closed the connection"):
        database.run(query("SELECT sale_id, channel FROM sales"))
    shop.hang_up_after_rows = None
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]


def test_a_transient_error_at_login_is_waited_for(shop: Double, no_waiting: None, caplog: pytest.LogCaptureFixture) -> None:
    shop.refusals += [SqlError(number, "Not now.", 20) for number in (40613, 49918, 40197)]
    with caplog.at_level(logging.WARNING), connect(url(shop)) as database:
        assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    assert [r.getMessage().partition(". Trying")[0] for r in caplog.records] == [
        "the database is not available now, it may be waking up (40613)",
        "the service has no resources for this request now (49918)",
        "the service has met an error (40197)",
    ]


def test_a_transient_error_during_a_query_is_waited_for(database: Database, shop: Double, no_waiting: None) -> None:
    shop.failures += [SqlError(40501, "The service is currently busy. Retry the request after 10 seconds."), SqlError(40197, "x")]
    assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    shop.failures += [SqlError(40501, "The service is currently busy.")] * 3
    with pytest.raises(QueryError, match=r"the service is busy \(40501\). Try again"):
        database.run(query("SELECT 1 AS one"))


def test_the_waits_grow_and_end(shop: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(mssql_connection.time, "sleep", slept.append)
    shop.refusals += [SqlError(40613, "Database 'shop' on server 'x' is not currently available.")] * 5
    with pytest.raises(DemoError, match=r"several attempts .*waking up \(40613\)"):
        connect(url(shop))
    assert [round(seconds) // 5 * 5 for seconds in slept] == [5, 10, 20, 20] and len(shop.logins) == 5


def test_an_error_that_will_not_pass_is_not_tried_again(shop: Double) -> None:
    shop.refusals.append(SqlError(18456, "Login failed for user 'reader'.", 14))
    with pytest.raises(DemoError):
        connect(url(shop))
    assert len(shop.logins) == 1


# what the database says of itself --------------------------------------------------------------------------


def test_the_catalogue_is_read_from_the_database(database: Database) -> None:
    catalog = database.introspect()
    assert catalog.name == "shop"
    assert set(catalog.tables) == {
        "regions", "staff", "sales", "web_sales", "failing", "hr.people", "hr.leave", "Order 🙂", "kinds",
    }  # fmt: skip
    sales = catalog.tables["sales"]
    assert (sales.description, sales.rows, catalog.tables["regions"].rows) == ("What was sold", 20_000, 2)
    assert [(c.name, c.type) for c in sales.columns[2:]] == [
        ("pieces", "int"), ("channel", "nvarchar(max)"), ("amount", "decimal(10,2)"), ("sold", "date"),
        ("made_at", "datetime2"), ("closed", "bit"), ("size", "nvarchar(4000)"),
    ]  # fmt: skip
    assert sales.columns[0].primary_key and not sales.columns[1].primary_key
    assert sales.foreign_keys == [("region_id", "regions", "region_id")]
    assert catalog.tables["hr.leave"].foreign_keys == [("person_id", "hr.people", "person_id")]
    assert sales.columns[2].description == "How many"
    assert {c.name: c.values for c in sales.columns if c.values} == {"channel": ("store", "web"), "size": ("large",)}
    view = catalog.tables["web_sales"]
    assert (view.rows, [c.values for c in view.columns]) == (None, [(), ("web",), ("WEB",)])
    assert catalog.tables["failing"].columns[0].values == ()


def test_columns_that_look_personal_or_may_not_be_read_are_marked_and_not_read(database: Database, shop: Double) -> None:
    tables = database.introspect().tables
    assert [c.name for c in tables["staff"].columns if c.sensitive] == ["email", "base_salary", "secret_note"]
    assert [c.name for c in tables["hr.people"].columns if c.sensitive] == ["closed_note"]
    assert all(c.values == () for c in tables["staff"].columns)
    assert not any("email" in batch or "closed_note" in batch or "secret_note" in batch for batch in shop.batches)


def test_odd_names_and_other_schemas(database: Database) -> None:
    catalog = database.introspect()
    policy = Policy.from_catalog(catalog)
    table = database.run(check_sql('SELECT [group], [a "b" ]]c], "Preis €" FROM [Order 🙂]', policy, "tsql"))
    assert table.iloc[0].tolist() == ["select", 0.5, 1.5] and list(table.columns) == ["group", 'a "b" ]c', "Preis €"]
    people = check_sql("SELECT p.grade, r.name FROM hr.people AS p JOIN dbo.regions AS r ON r.region_id = p.region_id ORDER BY p.grade", policy, "tsql")
    assert database.run(people).values.tolist() == [["junior", "south"], ["senior", "north"]]
    assert "CREATE TABLE hr.people (" in catalog.ddl(["hr.people"])
    with pytest.raises(GuardrailViolation):
        check_sql("SELECT grade FROM [hr.people]", policy, "tsql")  # that would be dbo.[hr.people]
    with pytest.raises(GuardrailViolation):
        check_sql("SELECT closed_note FROM hr.people", policy, "tsql")
    with pytest.raises(GuardrailViolation):
        check_sql("SELECT grade FROM people", policy, "tsql")


# opening ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("driver", mssql_shop.drivers())
@pytest.mark.parametrize(("change", "says"), [
    ({"password": "wr0ng-hunter2}{;x"}, "user name or the password is wrong"),
    ({"user": "ghost", "password": "hunter2;Server=evil"}, "user name or the password is wrong"),
    ({"database": "nowhere"}, "no database 'nowhere' on this server, or reader has no user"),
])  # fmt: skip
def test_a_wrong_name_or_password_is_told(shop: Double, driver: str | None, change: dict[str, str], says: str) -> None:
    given = {**({"Driver": driver} if driver else {}), **change}
    with pytest.raises(DemoError, match=says) as caught:
        connect(url(shop, **given))
    everything = "".join(traceback.format_exception(caught.value))
    assert given.get("password", PASSWORD) not in everything and "\n" not in str(caught.value)
    assert shop.logins[-1].password == given.get("password", PASSWORD)  # nothing of it was taken for another keyword


@pytest.mark.parametrize(("number", "text", "says"), [
    (40615, "Cannot open server 'shop' requested by the login. Client with IP address '203.0.113.7' is not allowed to "
            "access the server.", "firewall does not let 203.0.113.7 in. .*firewall-rule create"),
    (40914, "Cannot open server 'shop' requested by the login.", "virtual network rule"),
    (40532, "Cannot open server 'shop' requested by the login. The login failed.", "no such server"),
    (47073, "An instance-specific error occurred: Deny Public Network Access.", "private endpoint"),
    (18452, "Login failed. The login is from an untrusted domain.", "Use a SQL login"),
    (12345, "Something else.", "Something else. Check the URL"),
])  # fmt: skip
def test_each_refusal_has_its_remedy(shop: Double, number: int, text: str, says: str) -> None:
    shop.refusals.append(SqlError(number, text, 14))
    with pytest.raises(DemoError, match=says) as caught:
        connect(url(shop))
    assert f"127.0.0.1:{shop.port}" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("driver", mssql_shop.drivers())
@pytest.mark.parametrize(("host", "says"), [
    ("127.0.0.1:1", "Nothing (listens|answers) at this host and port"),
    ("no-such-host.invalid", "host name is not known|Nothing answers"),
])  # fmt: skip
def test_a_wrong_host_or_port_is_told(driver: str | None, host: str, says: str) -> None:
    secret = "hunter" + "2"  # a traceback shows this line
    address = f"mssql://me:{secret}@{host}/shop?TrustServerCertificate=yes" + (f"&Driver={driver}" if driver else "")
    with pytest.raises(DemoError, match=says) as caught:
        connect(address, timeout_seconds=2)
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_a_server_that_never_answers_the_login_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(DemoError, match="did not answer in time"):
            connect(f"mssql://me:pw@127.0.0.1:{silent.getsockname()[1]}/shop", timeout_seconds=2)
        assert time.monotonic() - began < 10


def test_a_certificate_that_nobody_vouches_for_is_told(shop: Double) -> None:
    with pytest.raises(DemoError, match="certificate is not trusted here"):
        connect(url(shop, TrustServerCertificate="no"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own store is asked")
def test_a_certificate_that_is_known_is_checked_against_the_host(shop: Double, tmp_path: Path) -> None:
    """Without TrustServerCertificate: in a process whose OpenSSL knows the double's authority."""
    (tmp_path / "authority.pem").write_bytes(shop.certificate)
    script = (
        "import sys; from demo_lib.databases import connect\n"
        "try: connect(sys.argv[1]).close(); print('open')\nexcept Exception as error: print(error)"
    )
    said = {}
    for name in ("localhost", ""):  # the certificate is for localhost, and the URL says 127.0.0.1
        keywords = {"HostNameInCertificate": name} if name else {}
        address = url(shop, **{"TrustServerCertificate": "no", **keywords})
        done = subprocess.run([sys.executable, "-c", script, address], capture_output=True, text=True, check=True,
                              env={**os.environ, "SSL_CERT_FILE": str(tmp_path / "authority.pem")})  # fmt: skip
        said[name] = done.stdout
    assert said["localhost"] == "open\n"
    assert "not for this host name" in said[""]


def test_freetds_must_be_told_that_no_certificate_is_checked(shop: Double) -> None:
    if "FreeTDS" not in mssql_driver.load_pyodbc().drivers():
        pytest.skip("FreeTDS is not installed (Debian: tdsodbc)")
    with pytest.raises(DemoError, match="does not check whose certificate"):
        connect(url(shop, Driver="FreeTDS", TrustServerCertificate="no"))


@pytest.mark.parametrize("address", [
    "mssql://me:hunter2%zz@host/shop",
    "mssql://me:hunter2@host:54x2/shop",
    "mssql://me:hunter2@[::1/shop",
    "mssql://me:hunter2@host;Server=evil/shop",
    "mssql://me:hunter2@/shop",
    "mssql://me:hunter2@host/shop/more",
    "mssql://me:hunter2@host/shop?Encrypt",
])  # fmt: skip
def test_a_url_that_cannot_be_read_is_a_usage_error_without_its_password(address: str) -> None:
    with pytest.raises(UsageError, match="%40") as caught:
        connect(address)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(("keywords", "says"), [
    ("colour=blue", "a URL may set: Authentication"),
    ("ApplicationIntent=ReadWrite", "a URL may set: Authentication"),
    ("PWD=hunter2", "a URL may set: Authentication"),
    ("Authentication=ActiveDirectoryMagic", "Use one of: ActiveDirectoryDefault"),
    ("Authentication=ActiveDirectoryDefault", "takes no password"),
    ("Driver=/tmp/evil.so", "no ODBC driver '/tmp/evil.so' here"),
])  # fmt: skip
def test_only_safe_keywords_are_taken(keywords: str, says: str) -> None:
    with pytest.raises(DemoError, match=says) as caught:
        connect(f"mssql://me:hunter2@127.0.0.1:1/shop?{keywords}")
    assert "hunter2" not in str(caught.value)


def test_the_url_and_the_catalogue_hold_no_password(database: Database) -> None:
    assert PASSWORD not in database.url and "***" in database.url
    assert "p@ss" not in repr(database.introspect()) + repr(database) + repr(vars(database)) and "p%40ss" not in repr(vars(database))


def test_a_closed_database_says_so(shop: Double) -> None:
    opened = connect(url(shop))
    opened.close()
    opened.close()
    for call in (lambda: opened.run(query("SELECT 1")), opened.introspect):
        with pytest.raises(QueryError, match="closed"):
            call()


# what may be missing here ----------------------------------------------------------------------------------


class _Refusing:
    """Refuses to import a module, in the system's words."""

    def __init__(self, name: str, error: ImportError) -> None:
        self.name, self.error = name, error

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == self.name:
            raise self.error


@pytest.mark.parametrize(("error", "says"), [
    (ModuleNotFoundError("No module named 'pyodbc'"), "python -m pip install pyodbc"),
    (ImportError("libodbc.so.2: cannot open shared object file: No such file or directory"), "libodbc.so.2.*apt-get install unixodbc"),
])  # fmt: skip
def test_what_pyodbc_lacks_is_told(monkeypatch: pytest.MonkeyPatch, error: ImportError, says: str) -> None:
    monkeypatch.delitem(sys.modules, "pyodbc", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Refusing("pyodbc", error), *sys.meta_path])
    with pytest.raises(DemoError, match=says):
        connect("mssql://me:pw@127.0.0.1:1/shop")


def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mssql_driver, "wheel_driver", lambda: None)
    monkeypatch.setattr(mssql_driver.load_pyodbc(), "drivers", lambda: [])
    with pytest.raises(DemoError, match="pip install mssql-python-odbc"):
        connect("mssql://me:pw@127.0.0.1:1/shop")


def test_a_driver_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "libmsodbcsql-18.so"
    broken.write_bytes(b"no library")
    monkeypatch.setattr(mssql_driver, "wheel_driver", lambda: broken)
    with pytest.raises(DemoError, match="driver cannot be loaded"):
        connect("mssql://me:pw@127.0.0.1:1/shop")


@pytest.mark.parametrize(("number", "text", "says"), [
    (18456, "Login failed for user 'reader'.", "password is wrong"),
    (40615, "Client with IP address '203.0.113.7' is not allowed to access the server.", "firewall does not let 203.0.113.7"),
])  # fmt: skip
def test_preflight_tells_it_and_the_remedy(shop: Double, monkeypatch: pytest.MonkeyPatch, number: int, text: str, says: str) -> None:
    monkeypatch.setenv("DEMO_DATABASE", url(shop))
    shop.refusals.append(SqlError(number, text, 14))
    found = next(check for check in preflight.checks() if check.name == "Database")
    assert not found.ok and says in found.remedy and PASSWORD not in str(found)


def test_preflight_opens_it_when_all_is_well(shop: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_DATABASE", url(shop))
    found = next(check for check in preflight.checks() if check.name == "Database")
    assert found.ok and found.found == "SQL Server, read-only, 9 tables"


# Entra -----------------------------------------------------------------------------------------------------


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """azure-identity with a credential of ours, whether it is installed or not."""
    given = SimpleNamespace(token="an Entra token", asked=[], client_ids=[])

    class Credential:
        def __init__(self, *, managed_identity_client_id: str | None = None) -> None:
            given.client_ids.append(managed_identity_client_id)

        def get_token(self, scope: str) -> SimpleNamespace:
            given.asked.append(scope)
            if not given.token:
                raise RuntimeError("DefaultAzureCredential failed to retrieve a token.\nAttempted credentials: many")
            return SimpleNamespace(token=given.token)

    identity = ModuleType("azure.identity")
    identity.DefaultAzureCredential = Credential  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "azure", ModuleType("azure"))
    monkeypatch.setitem(sys.modules, "azure.identity", identity)
    mssql_connection._credential.cache_clear()
    yield given
    mssql_connection._credential.cache_clear()


def entra_url(shop: Double, user: str = "") -> str:
    return url(shop, user=user, Authentication="ActiveDirectoryDefault").replace(":" + PASSWORD, "")


def test_an_entra_token_opens_the_database(shop: Double, entra: SimpleNamespace) -> None:
    with connect(entra_url(shop)) as database:
        assert database.run(query("SELECT 1 AS one"))["one"].tolist() == [1]
    assert entra.asked == ["https://database.windows.net/.default"] and entra.client_ids == [None]
    assert shop.logins[-1].token == entra.token and not shop.logins[-1].user


def test_a_managed_identity_is_named_in_the_place_of_the_user(shop: Double, entra: SimpleNamespace) -> None:
    address = f"mssql://client-id@127.0.0.1:{shop.port}/shop?TrustServerCertificate=yes&Authentication=activedirectorydefault"
    connect(address).close()
    assert entra.client_ids == ["client-id"] and shop.logins[-1].token == entra.token


def test_what_an_entra_login_lacks_is_told(shop: Double, entra: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    entra.token = "somebody else's"
    with pytest.raises(DemoError, match="CREATE USER .* FROM EXTERNAL PROVIDER"):
        connect(entra_url(shop))
    entra.token = ""
    with pytest.raises(DemoError, match=r"no Entra login here .*Run `az login`") as caught:
        connect(entra_url(shop))
    assert "\n" not in str(caught.value)
    mssql_connection._credential.cache_clear()
    monkeypatch.delitem(sys.modules, "azure.identity")
    monkeypatch.setattr(sys, "meta_path", [_Refusing("azure.identity", ModuleNotFoundError("azure.identity")), *sys.meta_path])
    with pytest.raises(DemoError, match="python -m pip install azure-identity"):
        connect(entra_url(shop))


def test_a_token_is_sent_as_the_driver_wants_it(shop: Double, entra: SimpleNamespace) -> None:
    entra.token = "é"
    raw = mssql_connection._access_token(mssql_connection.parameters(entra_url(shop)), "msodbcsql")
    assert raw == struct.pack("<i", 2) + "é".encode("utf-16-le")


# a real server ---------------------------------------------------------------------------------------------

REAL = mssql_shop.real_server()
on_a_real_server = pytest.mark.skipif(not REAL, reason="no real SQL Server: set AZURE_SQL_CONNECTION_STRING")


@pytest.fixture(scope="module")
def real() -> Iterator[Database]:
    with connect(REAL, timeout_seconds=5.0) as opened:
        yield opened


def test_the_portals_string_names_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, wanted in {
        "Driver={ODBC Driver 18 for SQL Server};Server=tcp:x.database.windows.net,1433;Database=shop;Uid=me;Pwd={p;}}w};Encrypt=yes;"
        "TrustServerCertificate=no;Connection Timeout=30;":
            "mssql://me:p%3B%7Dw@x.database.windows.net:1433/shop?Encrypt=yes&TrustServerCertificate=no",
        "Server=localhost;Initial Catalog=a b;Authentication=ActiveDirectoryDefault":
            "mssql://localhost:1433/a%20b?Authentication=ActiveDirectoryDefault",
        "mssql://me:pw@host/shop": "mssql://me:pw@host/shop",
        "": "",
    }.items():  # fmt: skip
        monkeypatch.setenv("AZURE_SQL_CONNECTION_STRING", given)
        assert mssql_shop.real_server() == wanted


@on_a_real_server
def test_real_values_arrive_whole(real: Database) -> None:
    sql = """SELECT CAST(1.5 AS decimal(10, 2)) AS amount, CAST('2025-10-31' AS date) AS day, N'Zoë 🙂' AS name, CAST(1 AS bit) AS yes,
             CAST('2025-10-31T23:59:59.1234567' AS datetime2) AS at, CAST(NULL AS int) AS nothing, 7 / 2 AS half, CAST('é' AS varchar(10)) AS narrow,
             CAST('2025-01-01T10:30:00+09:00' AS datetimeoffset) AS zoned, CAST(0x00ff AS varbinary(10)) AS bytes, NEWID() AS guid"""
    table = real.run(query(sql))
    assert table.loc[0, ["amount", "name", "yes", "half", "narrow", "bytes"]].tolist() == [1.5, "Zoë 🙂", True, 3, "é", b"\x00\xff"]
    assert str(table["day"][0].date()) == str(date(2025, 10, 31)) and str(table["zoned"][0]) == "2025-01-01 01:30:00+00:00"
    assert table["nothing"].isna().all() and len(table["guid"][0]) == 36


@on_a_real_server
def test_a_real_runaway_query_is_cancelled_and_the_connection_goes_on(real: Database) -> None:
    with connect(REAL, timeout_seconds=1.0) as database:
        began = time.monotonic()
        with pytest.raises(QueryTimeout):
            database.run(query("SELECT COUNT_BIG(*) AS n FROM sys.columns a, sys.columns b, sys.columns c, sys.columns d WHERE a.column_id + b.column_id > c.column_id - d.column_id"))
        assert time.monotonic() - began < 3
        assert database.run(query("SELECT @@TRANCOUNT AS open_transactions"))["open_transactions"].tolist() == [1]


@on_a_real_server
def test_a_real_catalogue_is_read_and_every_table_of_it_can_be_queried(real: Database) -> None:
    catalog = real.introspect()
    policy = Policy.from_catalog(catalog)
    for name, table in list(catalog.tables.items())[:20]:
        columns = ", ".join(f'"{c.name}"' for c in table.columns if not c.sensitive)
        if columns:
            where = ".".join(f'"{part}"' for part in name.split("."))
            real.run(check_sql(f"SELECT TOP 1 {columns} FROM {where}", policy, "tsql"))


@on_a_real_server
def test_a_real_login_only_reads(real: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The documented role: no warning when it opens, and a write is refused by the server itself."""
    pyodbc = mssql_driver.load_pyodbc()
    with caplog.at_level(logging.WARNING):
        connect(REAL).close()
    assert not caplog.records, "run these tests with a login of the role in docs/databases.md"
    connection = mssql_connection.connected(mssql_connection.parameters(REAL), 10)
    for sql in ("CREATE TABLE dbo.loot (a int)", "SELECT 1 AS a INTO dbo.loot"):
        with pytest.raises(pyodbc.Error, match="262"):
            connection.execute(sql)
    connection.close()
