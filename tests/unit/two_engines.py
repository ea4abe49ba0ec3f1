"""The same rows in DuckDB and in SQLite, and what their answers have in common."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import duckdb

Data = Mapping[str, Sequence[Sequence[object]]]


def filled_duckdb(ddl: str, data: Data) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with these tables and rows."""
    connection = duckdb.connect()
    connection.execute(ddl)
    for table, values in data.items():
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)
    return connection


def filled_sqlite(ddl: str, data: Data) -> sqlite3.Connection:
    """A SQLite in memory with these tables and rows, dates as text."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(ddl)
    for table, values in data.items():
        stored = [[str(v) if isinstance(v, dt.date) else v for v in row] for row in values]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(stored[0]))})", stored)
    return connection


def plain(rows: Iterable[Iterable[object]]) -> list[tuple[object, ...]]:
    """The rows without order, numbers to six decimals."""
    found = [tuple(v if isinstance(v, str | None) else round(float(v), 6) for v in row) for row in rows]  # type: ignore[arg-type]
    assert found
    return sorted(found, key=repr)
