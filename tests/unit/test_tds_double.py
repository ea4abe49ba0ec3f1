"""The TDS double's own promises: it refuses what SQL Server would, computes what T-SQL means, and says what it is.

What is refused is taken from Microsoft's documentation: no SQL Server was at hand to compare with.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import mssql_shop
import pytest
import tds
from mssql_shop import needs_a_driver
from tds import PASSWORD, USER, Double, SqlError
from tds.translate import Known, translate
from tds.warehouse import Warehouse

from demo_lib.databases import connect, mssql_connection
from demo_lib.settings import PROJECT_ROOT

SCRIPT = """
CREATE TABLE t (a INTEGER, b INTEGER, x DECIMAL(10, 2), name TEXT, day DATE, at_time TIMESTAMP, yes BOOLEAN, CustomerName TEXT);
INSERT INTO t VALUES (7, 2, 1.50, 'Ann', '2025-01-31', '2025-01-31 10:00:00', true, 'A'), (8, 0, 2.25, NULL, '2025-02-01', NULL, false, 'B');
CREATE TABLE u (a INTEGER, c INTEGER);
INSERT INTO u VALUES (7, 1), (7, 2);
CREATE TYPE mood AS ENUM ('glad', 'sad');
"""


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(SCRIPT, "shop")


def run(warehouse: Warehouse, sql: str) -> list[tuple[object, ...]]:
    """What the T-SQL gives, without a wire."""
    known = Known(warehouse.name, warehouse.tables, warehouse.spelling, "reader")
    return warehouse.cursor().execute(translate(sql, known).sql).fetchall()


@needs_a_driver
def test_it_takes_writes_only_from_a_writer_and_where_a_test_asked_for_it() -> None:
    """No array of parameters is sent, so the double can be in this process."""
    pyodbc = mssql_connection.load_pyodbc()
    for writable, writers, taken in ((False, {USER}, False), (True, set(), False), (True, {USER}, True)):
        double = Double(Warehouse("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)", "shop", writable=writable))
        double.writers |= writers
        try:
            for sql in ("CREATE TABLE u (a INT)", "INSERT INTO t VALUES (2)", "DELETE FROM t", "DROP TABLE t"):
                if taken:
                    mssql_shop.run_t_sql(mssql_shop.url(double), sql)
                else:
                    with pytest.raises(pyodbc.Error, match="permission"):
                        mssql_shop.run_t_sql(mssql_shop.url(double), sql)
            with pytest.raises(pyodbc.Error, match="208") if taken else nullcontext():
                assert mssql_shop.run_t_sql(mssql_shop.url(double), "SELECT a FROM t") == [(1,)]
        finally:
            double.close()


@needs_a_driver
def test_an_error_rolls_back_all_of_a_transaction() -> None:
    pyodbc = mssql_connection.load_pyodbc()
    double = Double(Warehouse("CREATE TABLE t (a INTEGER PRIMARY KEY)", "shop", writable=True))
    double.writers.add(USER)
    url = mssql_shop.url(double)
    try:
        with pytest.raises(pyodbc.Error, match="547"):
            mssql_shop.run_t_sql(url, "SET XACT_ABORT ON; BEGIN TRANSACTION", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)")
        with pytest.raises(pyodbc.Error, match="3902"):
            mssql_shop.run_t_sql(url, "COMMIT TRANSACTION")
        mssql_shop.run_t_sql(url, "BEGIN TRANSACTION", "INSERT INTO t VALUES (2)")  # and hung up
        mssql_shop.run_t_sql(url, "BEGIN TRANSACTION", "INSERT INTO t VALUES (3)", "COMMIT TRANSACTION")
        assert mssql_shop.run_t_sql(url, "SELECT a FROM t") == [(3,)]
    finally:
        double.close()


# what T-SQL has not ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "sql"), [
    (102, "SELECT a FROM t LIMIT 3"),
    (102, "SELECT a FROM t ORDER BY a LIMIT 3 OFFSET 1"),
    (102, "SELECT a FROM t OFFSET 1 ROWS"),
    (153, "SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS ONLY"),
    (195, "SELECT DATE_TRUNC('month', day) AS m FROM t"),
    (195, "SELECT STRFTIME(day, '%Y') AS y FROM t"),
    (195, "SELECT TO_CHAR(day, 'YYYY') AS y FROM t"),
    (195, "SELECT EXTRACT(YEAR FROM day) AS y FROM t"),
    (195, "SELECT LENGTH(name) AS n FROM t"),
    (195, "SELECT NOW() AS n FROM t"),
    (195, "SELECT IFNULL(name, 'x') AS n FROM t"),
    (195, "SELECT IF(a > 1, 1, 2) AS n FROM t"),
    (195, "SELECT SUBSTR(name, 1, 2) AS n FROM t"),
    (195, "SELECT MEDIAN(a) AS n FROM t"),
    (195, "SELECT BOOL_OR(yes) AS n FROM t"),
    (195, "SELECT STDDEV(a) AS n FROM t"),
    (195, "SELECT MAKE_DATE(2025, 1, 1) AS d"),
    (195, "SELECT RANDOM() AS r"),
    (195, "SELECT a FROM RANGE(3)"),
    (102, "SELECT a::varchar AS s FROM t"),
    (102, "SELECT name || 'x' AS s FROM t"),
    (102, "SELECT a FROM t WHERE name ILIKE 'a%'"),
    (102, "SELECT day + INTERVAL '1' DAY AS d FROM t"),
    (102, "SELECT a FROM t WHERE day >= DATE '2025-01-01'"),
    (102, "SELECT a FROM t ORDER BY a NULLS LAST"),
    (102, "SELECT t.a FROM t JOIN u USING (a)"),
    (102, "SELECT a FROM t NATURAL JOIN u"),
    (102, "SELECT COUNT(*) FILTER (WHERE a > 1) AS n FROM t"),
    (102, "SELECT a, ROW_NUMBER() OVER (ORDER BY a) AS r FROM t QUALIFY r = 1"),
    (102, "SELECT `a` FROM t"),
    (102, "SELECT a > 1 AS big FROM t"),
    (102, "SELECT a FROM (SELECT a FROM t)"),
    (102, "SELEC a FROM t"),
    (105, "SELECT 'a FROM t"),
    (130, "SELECT SUM(COUNT(*)) AS n FROM t GROUP BY a"),
    (137, "SELECT @nothing AS n"),
    (144, "SELECT COUNT(*) AS n FROM t GROUP BY SUM(a)"),
    (164, "SELECT a, COUNT(*) AS n FROM t GROUP BY 1"),
    (206, "SELECT day + 1 AS d FROM t"),
    (207, "SELECT nothing FROM t"),
    (207, "SELECT TRUE AS yes"),
    (207, "SELECT a AS z, COUNT(*) AS n FROM t GROUP BY z"),
    (207, "SELECT a AS z FROM t WHERE z > 1"),
    (207, "SELECT b, SUM(a) AS s FROM t GROUP BY b HAVING s > 1"),
    (208, "SELECT a FROM nowhere"),
    (208, "SELECT a FROM main.t"),
    (208, "SELECT table_name FROM information_schema.tables"),
    (208, "SELECT database_name FROM duckdb_databases"),
    (1033, "SELECT a FROM (SELECT a FROM t ORDER BY a) AS q"),
    (1033, "WITH q AS (SELECT a FROM t ORDER BY a) SELECT a FROM q"),
    (4145, "SELECT a FROM t WHERE yes"),
    (4145, "SELECT a FROM t WHERE NOT yes AND a > 1"),
    (4145, "SELECT CASE WHEN yes THEN 1 END AS n FROM t"),
    (8117, "SELECT SUM(yes) AS n FROM t"),
    (8117, "SELECT AVG(name) AS n FROM t"),
    (8117, "SELECT day - day AS n FROM t"),
    (8155, "SELECT s FROM (SELECT COUNT(*) FROM t) AS q"),
    (40515, "SELECT a FROM elsewhere.dbo.t"),
    (229, "DELETE FROM t"),
    (229, "EXEC xp_cmdshell 'dir'"),
    (262, "DROP TABLE t"),
    (262, "SELECT a INTO loot FROM t"),
])  # fmt: skip
def test_what_sql_server_refuses_is_refused_with_its_number(warehouse: Warehouse, number: int, sql: str) -> None:
    with pytest.raises(SqlError) as caught:
        run(warehouse, sql)
    assert caught.value.number == number, caught.value.message


# what T-SQL means ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sql", "rows"), [
    ("SELECT TOP 1 a FROM t ORDER BY a DESC", [(8,)]),
    ("SELECT TOP (1) WITH TIES a FROM u ORDER BY a", [(7,), (7,)]),
    ("SELECT a FROM t ORDER BY a OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY", [(8,)]),
    ("SELECT 7 / 2 AS n", [(3,)]),
    ("SELECT -7 / 2 AS n", [(-3,)]),
    ("SELECT a / 2 AS n FROM t WHERE a = 7", [(3,)]),
    ("SELECT SUM(a) / COUNT(*) AS n FROM t", [(7,)]),
    ("SELECT 1.0 * SUM(a) / COUNT(*) AS n FROM t", [(7.5,)]),
    ("SELECT AVG(a) AS n FROM t", [(7,)]),
    ("SELECT AVG(a) OVER () AS n FROM t WHERE a = 8", [(8,)]),
    ("SELECT AVG(1.0 * a) AS n FROM t", [(7.5,)]),
    ("SELECT AVG(x) AS n FROM t", [(1.875,)]),
    ("SELECT name + '!' + 'x' AS s FROM t ORDER BY a", [("Ann!x",), (None,)]),
    ("SELECT name FROM t ORDER BY name", [(None,), ("Ann",)]),
    ("SELECT a FROM t WHERE yes = 1", [(7,)]),
    ("SELECT a AS z FROM t ORDER BY z DESC", [(8,), (7,)]),
    ("SELECT ISNULL(name, 'none') AS s, LEN('ab') AS n, IIF(a > 7, 1, 0) AS i FROM t ORDER BY a", [("Ann", 2, 0), ("none", 2, 1)]),
    ("SELECT YEAR(day) AS y, MONTH(day) AS m, DATEPART(quarter, day) AS q FROM t WHERE a = 7", [(2025, 1, 1)]),
    ("SELECT DATETRUNC(month, day) AS m FROM t WHERE a = 7", [(date(2025, 1, 1),)]),
    ("SELECT DATETRUNC(hour, at_time) AS m FROM t WHERE a = 7", [(datetime(2025, 1, 31, 10),)]),
    ("SELECT DATEADD(month, 1, day) AS d FROM t WHERE a = 7", [(date(2025, 2, 28),)]),
    ("SELECT DATEDIFF(month, '2025-01-31', '2025-02-01') AS n", [(1,)]),
    ("SELECT DATEDIFF(day, day, '2025-02-02') AS n FROM t WHERE a = 7", [(2,)]),
    ("SELECT EOMONTH(day) AS d FROM t WHERE a = 8", [(date(2025, 2, 28),)]),
    ("SELECT DATEFROMPARTS(2025, 10, 31) AS d", [(date(2025, 10, 31),)]),
    ("SELECT DATENAME(weekday, day) AS d FROM t WHERE a = 7", [("Friday",)]),
    ("SELECT CAST('2.5' AS decimal(5, 2)) AS n", [(Decimal("2.50"),)]),
    ("SELECT CAST('abc' AS varchar(2)) AS s, CAST(N'abc' AS nvarchar(max)) AS t", [("ab", "abc")]),
    ("SELECT CAST(2.7 AS int) AS n, CAST(-2.7 AS int) AS m, CAST(x AS int) AS k FROM t WHERE a = 8", [(2, -2, 2)]),
    ("SELECT CAST(1 AS bit) AS b, CAST(1.5 AS money) AS m, CAST(2.5 AS decimal) AS d, CAST('0.1' AS float) AS f",
     [(True, Decimal("1.5000"), Decimal("3"), 0.1)]),
    ("SELECT TRY_CAST('x' AS int) AS n", [(None,)]),
    ("SELECT STRING_AGG(name, ', ') AS s FROM t", [("Ann",)]),
    ("SELECT CHARINDEX('n', 'Ann') AS n, SUBSTRING('Ann', 1, 2) AS s, REPLICATE('x', 3) AS r", [(2, "An", "xxx")]),
    ("SELECT t.a, q.c FROM t CROSS APPLY (SELECT TOP 1 c FROM u WHERE u.a = t.a ORDER BY c DESC) AS q", [(7, 2)]),
    ("SELECT t.a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a)", [(8,)]),
    ("WITH q (n) AS (SELECT COUNT(*) FROM t) SELECT n FROM q", [(2,)]),
    ("SELECT [a] FROM [shop].[dbo].[T] WHERE [A] = 7", [(7,)]),
    ("SELECT N'Zoë 🙂' AS s, 'it''s' AS q, '[LIMIT 3] :: ILIKE' AS w", [("Zoë 🙂", "it's", "[LIMIT 3] :: ILIKE")]),
    ("SELECT a AS limit FROM t WHERE a = 7 -- LIMIT 3", [(7,)]),
    ("SELECT DB_NAME() AS d, @@TRANCOUNT AS n", [("shop", 1)]),
])  # fmt: skip
def test_what_t_sql_means_is_kept(warehouse: Warehouse, sql: str, rows: list[tuple[object, ...]]) -> None:
    found = run(warehouse, sql)
    assert found == rows and [[type(v) for v in r] for r in found] == [[type(v) for v in r] for r in rows]


@pytest.mark.parametrize(("sql", "names"), [
    ("SELECT a, B, COUNT(*), SUM(a) AS Total FROM t GROUP BY a, b", ["a", "B", "", "Total"]),
    ("SELECT * FROM t", ["a", "b", "x", "name", "day", "at_time", "yes", "CustomerName"]),
    ("SELECT customername, [CustomerName] FROM t", ["customername", "CustomerName"]),
])  # fmt: skip
def test_columns_are_called_as_the_query_writes_them(warehouse: Warehouse, sql: str, names: list[str]) -> None:
    assert translate(sql, Known("shop", warehouse.tables, warehouse.spelling, "reader")).names == names


# on the wire -----------------------------------------------------------------------------------------------


@needs_a_driver
@pytest.mark.parametrize("driver", mssql_shop.drivers())
def test_prepared_statements_carry_their_parameters(tds_shop: Double, driver: str | None) -> None:
    url = mssql_shop.url(tds_shop, **({"Driver": driver} if driver else {}))
    with mssql_connection.connected(mssql_connection.parameters(url), 5) as connection:
        for values in ((5, "é🙂"), (6, "it's"), (None, None)):
            row = connection.execute("SELECT ? + 1 AS n, ? AS s", *values).fetchone()
            assert tuple(row) == (None if values[0] is None else values[0] + 1, values[1])
        found = connection.execute("SELECT id FROM kinds WHERE day = ? AND guid = ? OR wide = ?", date(9999, 12, 31),
                                   "00000000-0000-0000-0000-000000000000", Decimal("1234567.5")).fetchall()  # fmt: skip
        assert sorted(r[0] for r in found) == [2, 4]


@needs_a_driver
def test_several_results_come_from_one_batch(tds_shop: Double) -> None:
    with mssql_connection.connected(mssql_connection.parameters(mssql_shop.url(tds_shop)), 5) as connection:
        cursor = connection.execute("SELECT 1 AS a; SELECT 'x' AS b, 2 AS c")
        assert [tuple(r) for r in cursor] == [(1,)] and cursor.nextset()
        assert [tuple(r) for r in cursor] == [("x", 2)] and not cursor.nextset()


@needs_a_driver
def test_the_double_says_what_it_is(tds_shop: Double) -> None:
    assert "IT IS NOT SQL SERVER" in str(tds.__doc__)
    with connect(mssql_shop.url(tds_shop)) as database:
        from floors import unchecked

        said = database.run(unchecked("SELECT @@VERSION AS v", "tsql"))["v"][0]
    assert said.startswith("This is not SQL Server")


def test_it_listens_on_loopback_alone(tds_shop: Double) -> None:
    assert tds_shop._listener.getsockname()[0] == "127.0.0.1"


def test_a_client_that_speaks_no_tds_is_hung_up_on(tds_shop: Double) -> None:
    for said in (b"GET / HTTP/1.1\r\n\r\n", b"", b"\x12\x01\x00\x08\x00\x00\x00\x00", b"\x12\x01\x00\x02\x00\x00\x00\x00"):
        with socket.create_connection(("127.0.0.1", tds_shop.port), timeout=5) as client:
            client.sendall(said)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100) == b""


@needs_a_driver
def test_it_serves_a_duckdb_file_as_a_program_and_goes_with_its_input(tmp_path: Path) -> None:
    import duckdb

    file = tmp_path / "my shop.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)")
    before = file.read_bytes()
    program = subprocess.Popen([sys.executable, "-m", "tests.tds", str(file)], cwd=PROJECT_ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert program.stdin and program.stdout and program.stderr
    said = json.loads(program.stdout.readline())
    assert (said["user"], said["password"]) == (USER, PASSWORD)
    with connect(said["url"]) as database:
        assert set(database.introspect().tables) == {"t"}
    _, complaints = program.communicate("", timeout=30)
    assert program.returncode == 0 and "test double, not SQL Server" in complaints and "Traceback" not in complaints
    assert file.read_bytes() == before
