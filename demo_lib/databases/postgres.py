"""PostgreSQL behind the guardrails: READ ONLY transactions, cursors that hold nothing but a query, two time limits.

This is the floor under layers 1 and 2 that every connection brings with it. Which tables and columns can be read
at all is the server's business: the role that `postgres_role.py` writes is granted some and no others.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import errors

from demo_lib.databases.base import Database, QueryCancelled, QueryError, QueryTimeout, cancelled, closed, only_checked
from demo_lib.databases.pool import Pool
from demo_lib.databases.postgres_catalog import fingerprint, read_catalog
from demo_lib.databases.postgres_connection import (
    Connection,
    ask_to_cancel,
    connected,
    one_line,
    parameters,
    transaction_start,
    watched,
)
from demo_lib.databases.rows import Kind, as_table, gathered
from demo_lib.databases.running import Running
from demo_lib.databases.urls import redacted
from demo_lib.guardrails import CheckedQuery
from demo_lib.retrieval.catalog import Catalog

if TYPE_CHECKING:
    import pandas as pd

MAX_CONNECTIONS = 8
"""More queries at once wait for one of these."""
INTROSPECTION_SECONDS = 60.0
"""How long reading a catalogue may take; each of its queries may take as long as any query."""

_KINDS: dict[str, Kind] = {
    "int2": "whole", "int4": "whole", "int8": "whole", "oid": "whole",
    "float4": "number", "float8": "number", "numeric": "number",
    "bool": "boolean",
    "text": "text", "varchar": "text", "bpchar": "text", "name": "text", "json": "text", "jsonb": "text",
    "date": "moment", "timestamp": "moment", "timestamptz": "moment with zone",
}  # fmt: skip


class PostgreSQL(Database):
    """A PostgreSQL database. See `databases.base.Database` for what it offers.

    Values come out as `rows.as_table` says. JSON, ranges, network addresses and whole rows are the text that
    PostgreSQL prints, and so is a type that psycopg does not know; arrays are lists, `uuid`, `time` and `interval`
    Python's own, `bytea` is `bytes`. Days before the year 1, after 9999 and infinite ones are a QueryError.
    """

    dialect = "postgres"
    engine = "PostgreSQL"

    def __init__(self, url: str, *, timeout_seconds: float = 10.0, memory_limit_mb: int = 512) -> None:
        self.url = redacted(url)
        self._running = Running()
        self.timeout_seconds = timeout_seconds
        self._memory_limit_mb = memory_limit_mb
        self._parameters = parameters(url)
        first = connected(self._parameters, timeout_seconds)
        try:
            self._start = transaction_start(first, timeout_seconds)
        except BaseException:
            first.close()
            raise
        self._pool: Pool[Connection] = Pool(first, MAX_CONNECTIONS, _close)

    def run(self, checked: CheckedQuery) -> pd.DataFrame:
        """Run a checked query and return its rows, streamed one by one until the cap is passed.

        Raises GuardrailViolation (layer `result`) for more rows than the cap, QueryTimeout, QueryError, also for
        a result that weighs more than `memory_limit_mb`, and TypeError for anything but a CheckedQuery in this
        dialect. A connection that went away while nothing was asked of it is replaced, once.
        """
        only_checked(checked, self.dialect)
        with self._transaction(self.timeout_seconds) as connection, connection.cursor() as cursor:
            # What is no query cannot stand here, and the extended protocol (which `binary` asks for) takes one
            # statement alone.
            cursor.execute(f"DECLARE result NO SCROLL CURSOR FOR {checked.sql}".encode(), binary=True)
            fetch = cursor.stream(f"FETCH FORWARD {checked.cap_rows + 1} FROM result".encode())
            with closing(cast("Generator[tuple[Any, ...], None, None]", fetch)) as rows:
                kept = gathered(rows, checked.cap_rows, self._memory_limit_mb)
            if not kept:  # a stream that gave nothing does not know its columns
                cursor.execute("FETCH FORWARD 0 FROM result")
            columns = cursor.description or ()
            kinds = [_kind(connection, column.type_code) for column in columns]
            return as_table([column.name for column in columns], kept, kinds)

    def explain(self, checked: CheckedQuery) -> str:
        """PostgreSQL's plan for a checked query. Raises QueryError, QueryTimeout, TypeError as `run` does."""
        only_checked(checked, self.dialect)
        with self._transaction(self.timeout_seconds) as connection:
            plan = connection.execute(f"EXPLAIN {checked.sql}".encode(), binary=True).fetchall()
        return "\n".join(line for (line,) in plan)

    def introspect(self) -> Catalog:
        """The catalogue that the database gives. Raises QueryError or QueryTimeout where it cannot be read."""
        with self._transaction(max(INTROSPECTION_SECONDS, self.timeout_seconds)) as connection:

            def rows(sql: str) -> Sequence[tuple[Any, ...]]:
                with connection.transaction():  # a savepoint: a view that fails does not end it all
                    return connection.execute(sql.encode()).fetchall()

            return read_catalog(rows, connection.info.dbname)

    def schema_version(self) -> str:
        """A hash of the tables, columns, keys, comments and rights that the login sees, and of the tables' sizes."""
        with self._transaction(max(INTROSPECTION_SECONDS, self.timeout_seconds)) as connection:
            return fingerprint(lambda sql: connection.execute(sql.encode()).fetchall())

    def close(self) -> None:
        """Close the connections. Closing twice does no harm."""
        self._pool.close()

    @contextmanager
    def _transaction(self, seconds: float) -> Iterator[Connection]:
        """A connection in a transaction that can only read, lasts so long, and is always rolled back."""
        if self._pool.closed:
            raise closed(self.url)
        connection = self._pool.take(self.timeout_seconds)
        try:
            connection = self._begun(connection)
            with watched(connection, seconds) as too_late:
                try:
                    with self._running.query(lambda: ask_to_cancel(connection)) as stopped:
                        yield connection
                except (psycopg.Error, ValueError, OverflowError) as error:  # also values that Python cannot hold
                    raise (QueryCancelled() if stopped.is_set() else self._failure(error, too_late.is_set())) from None
                finally:
                    _roll_back(connection)
        finally:
            self._pool.give(connection)

    def _begun(self, connection: Connection | None) -> Connection:
        if connection is not None:
            try:
                with watched(connection, self.timeout_seconds):
                    connection.execute(self._start.encode())
                return connection
            except psycopg.OperationalError:  # the server went away, or was restarted, since the last query
                _close(connection)
        connection = connected(self._parameters, self.timeout_seconds)
        try:
            connection.execute(self._start.encode())
        except psycopg.Error as error:
            connection.close()
            raise QueryError(f"PostgreSQL: {one_line(error)}") from None
        return connection

    def _failure(self, error: Exception, too_late: bool) -> QueryError | QueryTimeout:
        if too_late or isinstance(error, errors.QueryCanceled):
            return cancelled(self.timeout_seconds)
        # not repeated: it may be what brought the server down
        if isinstance(error, (errors.AdminShutdown, errors.CrashShutdown)) or (
            isinstance(error, psycopg.OperationalError) and error.sqlstate is None
        ):
            return QueryError("PostgreSQL: the server closed the connection during the query. Ask again.")
        if isinstance(error, errors.InsufficientPrivilege):
            return QueryError(f"PostgreSQL: {one_line(error)}. This login may not use it.")
        return QueryError(f"PostgreSQL: {one_line(error)}")


def _kind(connection: Connection, type_code: int) -> Kind:
    known = connection.adapters.types.get(type_code)
    if known is None:  # an enum, a domain, an extension's type: psycopg gives its text
        return "text"
    return _KINDS.get(known.name, "other") if known.oid == type_code else "other"  # else it is an array of it


def _roll_back(connection: Connection) -> None:
    """End the transaction, and with it every setting; locks that outlive one are given back, too."""
    try:
        connection.execute("ROLLBACK")
        connection.execute("SELECT pg_catalog.pg_advisory_unlock_all()")
    except psycopg.Error:
        connection.close()


def _close(connection: Connection | None) -> None:
    if connection is not None:
        connection.close()
