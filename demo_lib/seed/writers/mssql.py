"""Seeding a SQL Server or Azure SQL database, in one transaction, by arrays of parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pandas as pd
import pyodbc

from demo_lib.databases.introspection import literal
from demo_lib.databases.mssql_catalog import SCHEMA
from demo_lib.databases.mssql_connection import connected, parameters
from demo_lib.databases.mssql_errors import TRANSIENT, lost_the_line, number_of, one_line
from demo_lib.databases.mssql_role import bracketed
from demo_lib.databases.urls import redacted
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Column, Table
from demo_lib.seed.ddl import create_table_sql, notes
from demo_lib.seed.stamp import STAMP
from demo_lib.seed.writers import LOCK_SECONDS
from demo_lib.seed.writers.values import typed_rows

CONNECT_SECONDS = 15
ROWS_AT_ONCE = 1_000
"""So many rows are bound at a time: a driver holds them all, each as wide as its widest."""
_KEY_CHARACTERS = 400  # in UTF-16 two bytes each, and a key holds 900 bytes
_TEXT_CHARACTERS = 4_000  # the longest that is no nvarchar(max), which neither an array nor an index takes well
_LOCK_TAKEN = 51_222
# Whatever the login's settings are. An error anywhere rolls all of it back, on the server's side already; and two seeds
# at once would each find the other's tables missing.
_START = f"""
SET XACT_ABORT ON; SET NOCOUNT ON; SET LANGUAGE us_english; SET ANSI_NULLS ON; SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT {LOCK_SECONDS * 1_000}; BEGIN TRANSACTION; DECLARE @got int;
EXEC @got = sys.sp_getapplock @Resource = N'{STAMP.name}', @LockMode = N'Exclusive',
  @LockTimeout = {LOCK_SECONDS * 1_000};
IF @got < 0 THROW {_LOCK_TAKEN}, N'Another seed is under way', 1;
"""
# without the keys and defaults of tables, which are objects, too
_TABLES = f"""
SELECT LOWER(o.name), STRING_AGG(CAST(c.name AS nvarchar(max)), ', ') WITHIN GROUP (ORDER BY c.column_id)
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.columns AS c ON c.object_id = o.object_id
WHERE s.name = '{SCHEMA}' AND o.parent_object_id = 0
GROUP BY o.object_id, o.name
"""
_HELD = f"Somebody had one of its tables for {LOCK_SECONDS} s. Let them finish, then try again."
_NO_RIGHT = "The login must be allowed to create tables and to grant: a member of db_owner, not the role that reads."
_FULL = "The database is full. It needs 100 MB."
_REMEDIES = {
    **dict.fromkeys((229, 230, 262, 297, 1088, 2760, 3701, 15247, 15135), _NO_RIGHT),
    **dict.fromkeys((3906, 3908), "The database, or this replica, only lets read. Seed the primary."),
    **dict.fromkeys((1222, 1205, _LOCK_TAKEN), _HELD),
    **dict.fromkeys((3726, 3729), "Something of yours refers to its tables: a foreign key or a view. Drop that first."),
    **dict.fromkeys((1101, 1105, 9002, 40544), _FULL),
    2628: "A text is longer than its column. Nothing was changed.",
}
_ODBC_TYPES = {
    "INTEGER": (pyodbc.SQL_INTEGER, 0, 0), "BIGINT": (pyodbc.SQL_BIGINT, 0, 0), "DOUBLE": (pyodbc.SQL_DOUBLE, 0, 0),
    "BOOLEAN": (pyodbc.SQL_BIT, 0, 0), "DATE": (pyodbc.SQL_TYPE_DATE, 10, 0),
    "TIMESTAMP": (pyodbc.SQL_TYPE_TIMESTAMP, 27, 7),
}  # fmt: skip


class SQLServerWriter:
    """See `writers.Writer`."""

    def __init__(self, connection: pyodbc.Connection, where: str) -> None:
        self.where = where
        self._connection = connection

    def tables(self) -> dict[str, str]:
        """Everything of the schema `dbo` that a table's name would clash with, in lower case."""
        return {name: columns or "" for name, columns in self.rows(_TABLES)}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        with self._connection.cursor() as cursor:
            return [tuple(row) for row in cursor.execute(sql).fetchall()]

    def drop(self, names: Sequence[str]) -> None:
        """Drop these tables, in this order. Rights that were granted on them go with them."""
        for name in names:
            self.run(f"DROP TABLE {_full(name)}")

    def create(self, table: Table) -> None:
        """Create a table with its keys, and its descriptions as the property MS_Description."""
        typed = replace(table, columns=tuple(replace(c, type=_type(c)) for c in table.columns))
        described = [_described(table.name, column, note) for column, note in notes(table)]
        self.run("; ".join([create_table_sql(typed, "tsql", SCHEMA), *described]))  # one way there and back

    def load(self, table: Table, frame: pd.DataFrame) -> None:
        """Insert the rows of `frame`, by arrays of parameters: many rows in one message."""
        rows = typed_rows(table, frame)
        columns = ", ".join(bracketed(c.name) for c in table.columns)
        sql = f"INSERT INTO {_full(table.name)} ({columns}) VALUES ({', '.join('?' * len(table.columns))})"
        with self._connection.cursor() as cursor:
            # FreeTDS 1.3 brings the process down when it gets an array: it sends row by row
            cursor.fast_executemany = "tdsodbc" not in self._connection.getinfo(pyodbc.SQL_DRIVER_NAME)
            for start in range(0, len(rows), ROWS_AT_ONCE):
                part = rows[start : start + ROWS_AT_ONCE]
                # said here, because a driver's guess follows the first row
                cursor.setinputsizes([_bound(c, [row[i] for row in part]) for i, c in enumerate(table.columns)])
                cursor.executemany(sql, part)

    def finish(self, names: Sequence[str]) -> None:
        """Let everybody read whose tables these are: the stamp. Statistics the server makes by itself."""
        if STAMP.name in names:
            self.run(f"GRANT SELECT ON OBJECT::{_full(STAMP.name)} TO [public]")

    def run(self, batch: str) -> None:
        """Run statements that give no rows. A driver tells of a later one's error only when it is asked for."""
        with self._connection.cursor() as cursor:
            cursor.execute(batch)
            while cursor.nextset():
                pass


@contextmanager
def opened(url: str) -> Iterator[SQLServerWriter]:
    """The database in a transaction of its own. Raises DemoError where SQL Server refuses."""
    connection = connected(parameters(url), CONNECT_SECONDS, to_write=True)
    try:
        writer = SQLServerWriter(connection, redacted(url))
        writer.run(_START)
        yield writer
        writer.run("COMMIT TRANSACTION")  # where there is none any more, that is an error, too
    except pyodbc.Error as error:
        raise DemoError(f"{redacted(url)} cannot be seeded ({one_line(error)}). {_remedy(error)}") from None
    finally:
        with suppress(pyodbc.Error):  # a server rolls back what a closed connection has left open
            connection.close()


def _remedy(error: pyodbc.Error) -> str:
    number = number_of(error) or 0
    if number in TRANSIENT or lost_the_line(error):
        return "The connection broke, or the server was too busy. Try again."
    return _REMEDIES.get(number, "Nothing was changed.")


def _full(name: str) -> str:
    return f"{bracketed(SCHEMA)}.{bracketed(name)}"


def _type(column: Column) -> str:
    """The column's type, with a length where it is text: T-SQL's keys cannot be of any length."""
    if column.type.partition("(")[0] != "VARCHAR":
        return column.type
    return f"NVARCHAR({_KEY_CHARACTERS if column.primary_key or column.references else _TEXT_CHARACTERS})"


def _described(table: str, column: str, note: str) -> str:
    """The call that gives a table, or where `column` is not empty a column of it, a description."""
    level = f", @level2type = N'COLUMN', @level2name = N{literal(column)}" if column else ""
    return (
        f"EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N{literal(note)}, "
        f"@level0type = N'SCHEMA', @level0name = N'{SCHEMA}', @level1type = N'TABLE', @level1name = N{literal(table)}"
        + level
    )


def _bound(column: Column, values: list[Any]) -> tuple[int, int, int]:
    """(ODBC type, size, digits after the point) to bind a column's values as. Text is as wide as the longest here."""
    kind, _, size = column.type.partition("(")
    if kind == "DECIMAL":
        precision, _, scale = size.rstrip(")").partition(",")
        return pyodbc.SQL_DECIMAL, int(precision), int(scale or 0)
    if kind in _ODBC_TYPES:
        return _ODBC_TYPES[kind]
    longest = max((len(value.encode("utf-16-le")) // 2 for value in values if value is not None), default=1)
    return pyodbc.SQL_WVARCHAR, max(longest, 1), 0
