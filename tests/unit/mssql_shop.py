"""A small shop behind the TDS double, the ODBC drivers that may be here, and a real server where one is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tds import PASSWORD, USER, Double, Warehouse

from demo_lib.databases.mssql_connection import connected, parameters
from demo_lib.databases.mssql_driver import chosen_driver, load_pyodbc
from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT

SHOP = """
CREATE TABLE regions (region_id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE staff (id INTEGER, email TEXT, base_salary INTEGER, code TEXT, secret_note TEXT);
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE sales (sale_id BIGINT PRIMARY KEY, region_id INTEGER REFERENCES regions (region_id), pieces INTEGER,
                    channel TEXT, amount DECIMAL(10, 2), sold DATE, made_at TIMESTAMP, closed BOOLEAN, size size);
COMMENT ON TABLE sales IS 'What was sold';
COMMENT ON COLUMN sales.pieces IS 'How many';
COMMENT ON COLUMN staff.secret_note IS 'Nobody''s business (withheld)';
INSERT INTO regions VALUES (1, 'north'), (2, 'south');
INSERT INTO staff SELECT i, 'p' || i || '@example.com', 1000 * i, 'code ' || i, 'x' FROM range(100) AS r (i);
INSERT INTO sales SELECT i, 1 + i % 2, i, ['web', 'store', NULL][1 + i % 3], i / 4.0, DATE '2025-01-01' + CAST(i % 300 AS INTEGER),
                         TIMESTAMP '2025-01-01 10:30' + i * INTERVAL 1 HOUR, i % 2 = 0, 'large' FROM range(20000) AS r (i);
CREATE VIEW web_sales AS SELECT sale_id, channel, upper(channel) AS loud FROM sales WHERE channel = 'web';
CREATE VIEW failing AS SELECT error('no') AS text FROM sales;
CREATE SCHEMA hr;
CREATE TABLE hr.people (person_id INTEGER PRIMARY KEY, region_id INTEGER, grade TEXT, closed_note TEXT);
CREATE TABLE hr.leave (person_id INTEGER REFERENCES hr.people (person_id), days INTEGER);
INSERT INTO hr.people VALUES (1, 1, 'senior', 'n'), (2, 2, 'junior', 'n');
CREATE TABLE "hr.people" (grade TEXT);
CREATE TABLE "Order 🙂" ("group" TEXT PRIMARY KEY, "a ""b"" ]c" DOUBLE, "Preis €" DECIMAL(38, 2));
INSERT INTO "Order 🙂" VALUES ('select', 0.5, 1.50);
CREATE TABLE kinds (id INTEGER, tiny UTINYINT, small SMALLINT, big BIGINT, wide DECIMAL(38, 10), bit BOOLEAN, single FLOAT,
                    double DOUBLE, text TEXT, day DATE, moment TIMESTAMP, clock TIME, zoned TIMESTAMPTZ, guid UUID, bytes BLOB);
INSERT INTO kinds VALUES
  (1, 255, -32768, 9223372036854775807, 1234567890123456789012345678.0123456789, true, 1.5, 1e300, 'Zoë 🙂 ''quoted''',
   '0001-01-01', '2025-10-31 23:59:59.123456', '23:59:59.123456', '2025-01-01 10:30:00+09', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '\\x00\\xFF'),
  (2, 0, 32767, -9223372036854775808, -0.0000000001, false, -1.5, -0.0, '', '9999-12-31', '0001-01-01 00:00:00', '00:00:00',
   '1969-12-31 23:00:00+00', '00000000-0000-0000-0000-000000000000', ''),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 1, 1, 1, 1234567.5, true, 1, 1, repeat('ü🙂', 30000), '2025-01-01', '2025-01-01', '12:00:00', '2025-01-01 00:00:00+00',
   '6f9619ff-8b86-d011-b42d-00c04fc964ff', CAST(repeat('x', 100000) AS BLOB));
"""


def double() -> Double:
    """A new double of the shop. `reader` may not read `hr.people.closed_note`; `token` is let in, too."""
    found = Double(Warehouse(SHOP, "shop"))
    found.denied[USER] = frozenset({"hr.people.closed_note"})
    return found


@contextmanager
def empty_server(folder: Path, name: str = "warehouse") -> Iterator[str]:
    """The URL of an empty database that may be written to, behind a double in a process of its own.

    Of its own, because pyodbc keeps Python's lock while it asks what an array's parameters are: a double in the same
    process could not answer.
    """
    command = [sys.executable, "-m", "tests.tds", str(folder / f"{name}.duckdb"), "--writable"]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, text=True, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:
        assert process.stdout is not None and process.stdin is not None
        yield json.loads(process.stdout.readline())["url"]
        process.stdin.close()


def run_t_sql(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements past the kit, each by itself; the rows of the last."""
    connection = connected(parameters(url), 15, to_write=True)
    try:
        for statement in statements:
            cursor = connection.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
    finally:
        connection.close()


def url(double: Double, user: str = USER, password: str = PASSWORD, database: str = "shop", **keywords: str) -> str:
    """The URL that opens the double's database."""
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    keywords = {"TrustServerCertificate": "yes", **keywords}
    return f"mssql://{login}127.0.0.1:{double.port}/{quote(database, safe='')}?{urlencode(keywords)}"


def missing() -> str:
    """Why no ODBC driver can be used here, or nothing."""
    try:
        chosen_driver(None)
    except DemoError as error:
        return str(error)
    return ""


needs_a_driver = pytest.mark.skipif(bool(missing()), reason=missing() or "a driver is here")


def drivers() -> list[object]:
    """The drivers to test with, as parameters: Microsoft's, and FreeTDS where it is installed."""
    there = [] if missing() else load_pyodbc().drivers()
    free = pytest.mark.skipif("FreeTDS" not in there, reason="FreeTDS is not installed (Debian: tdsodbc)")
    return [pytest.param(None, id="microsoft"), pytest.param("FreeTDS", id="freetds", marks=free)]


def real_server() -> str:
    """The URL of the server that AZURE_SQL_CONNECTION_STRING names, as a URL or as the Azure portal's ODBC string; or nothing."""
    given = os.environ.get("AZURE_SQL_CONNECTION_STRING", "")
    if not given or given.startswith("mssql://"):
        return given
    parts = {}
    for key, value in re.findall(r"([^=;]+)=(\{(?:[^}]|\}\})*\}|[^;]*)", given):
        parts[key.strip().lower()] = value[1:-1].replace("}}", "}") if value.startswith("{") else value
    host, _, port = parts["server"].removeprefix("tcp:").partition(",")
    user, password = parts.get("uid") or parts.get("user id") or "", parts.get("pwd") or parts.get("password") or ""
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    keep = {"authentication": "Authentication", "encrypt": "Encrypt", "trustservercertificate": "TrustServerCertificate"}
    keywords = urlencode({name: parts[key] for key, name in keep.items() if key in parts})
    database = parts.get("database") or parts.get("initial catalog") or ""
    return f"mssql://{login}{host}:{port or 1433}/{quote(database, safe='')}?{keywords}"
