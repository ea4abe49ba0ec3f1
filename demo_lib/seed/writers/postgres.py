"""Seeding a PostgreSQL database, in one transaction, by COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import psycopg
from psycopg import errors

from demo_lib.databases.introspection import quoted
from demo_lib.databases.postgres_connection import Connection, connected, one_line, parameters
from demo_lib.databases.urls import redacted
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Table
from demo_lib.seed.ddl import comment_sql, create_table_sql
from demo_lib.seed.stamp import STAMP
from demo_lib.seed.writers import LOCK_SECONDS
from demo_lib.seed.writers.values import typed_rows

SCHEMA = "public"
CONNECT_SECONDS = 10
# What a session or a role may have set otherwise; and two seeds at once would each find the other's tables missing.
_START = f"""
SET LOCAL search_path = {SCHEMA}; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{LOCK_SECONDS}s';
SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL client_min_messages = error;
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('{STAMP.name}'))
"""
_REMEDIES: list[tuple[type[psycopg.Error], str]] = [
    (errors.InsufficientPrivilege, f"The login must be allowed to create tables in {SCHEMA}, and own the old ones."),
    (errors.ReadOnlySqlTransaction, "The login, or the server, only lets read. Seed with one that may write."),
    (errors.LockNotAvailable, f"Somebody had one of its tables for {LOCK_SECONDS} s. Let them finish, then try again."),
    (errors.DependentObjectsStillExist, "Something of yours, such as a view, builds on its tables. Drop that first."),
    (errors.DiskFull, "The server's disk is full. It needs 100 MB."),
    (psycopg.OperationalError, "Seed again: it looks what is there, and does what is left to do."),
]  # fmt: skip


class PostgreSQLWriter:
    """See `writers.Writer`."""

    def __init__(self, connection: Connection, where: str) -> None:
        self.where = where
        self._connection = connection

    def tables(self) -> dict[str, str]:
        """Everything of the schema `public` that a table's name would clash with."""
        query = f"""SELECT c.relname, coalesce(string_agg(a.attname, ', ' ORDER BY a.attnum), '')
                    FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_attribute a
                      ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    WHERE c.relnamespace = '{SCHEMA}'::regnamespace GROUP BY c.oid, c.relname"""
        return dict(self.rows(query))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        return self._connection.execute(sql.encode()).fetchall()

    def drop(self, names: Sequence[str]) -> None:
        """Drop these tables, in this order. Rights that were granted on them go with them."""
        for name in names:
            self._connection.execute(f"DROP TABLE {quoted(name)}".encode())

    def create(self, table: Table) -> None:
        """Create a table with its keys and comments."""
        statements = [create_table_sql(table, "postgres"), *comment_sql(table, "postgres")]
        self._connection.execute("; ".join(statements).encode())  # sent as one: the way there and back takes longer

    def load(self, table: Table, frame: pd.DataFrame) -> None:
        """Copy the rows of `frame` in."""
        with self._connection.cursor().copy(f"COPY {quoted(table.name)} FROM STDIN".encode()) as copy:
            for row in typed_rows(table, frame):
                copy.write_row(row)

    def finish(self, names: Sequence[str]) -> None:
        """Give the planner its statistics, and let everybody read whose tables these are: the stamp."""
        self._connection.execute(f"ANALYZE {', '.join(map(quoted, names))}".encode())
        if STAMP.name in names:
            self._connection.execute(f"GRANT SELECT ON {quoted(STAMP.name)} TO PUBLIC".encode())


@contextmanager
def opened(url: str) -> Iterator[PostgreSQLWriter]:
    """The database in a transaction of its own. Raises DemoError where PostgreSQL refuses."""
    connection = connected(parameters(url), CONNECT_SECONDS)
    try:
        with connection.transaction():
            connection.execute(_START.encode())
            yield PostgreSQLWriter(connection, redacted(url))
    except psycopg.Error as error:
        why = next((remedy for kind, remedy in _REMEDIES if isinstance(error, kind)), "Nothing was changed.")
        raise DemoError(f"{redacted(url)} cannot be seeded ({one_line(error)}). {why}") from None
    finally:
        connection.close()
