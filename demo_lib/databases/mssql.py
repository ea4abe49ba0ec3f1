"""SQL Server and Azure SQL behind the guardrails: one query at a time, in a transaction that is always rolled back.

SQL Server has no read-only transaction, so this floor is thinner than the others: what a login may write is decided by
its rights alone. `mssql_role.py` writes the role that may only read; a login that may do more is warned about.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import pyodbc

from demo_lib.databases.base import Database, QueryCancelled, QueryError, cancelled, closed, only_checked
from demo_lib.databases.mssql_catalog import fingerprint, read_catalog
from demo_lib.databases.mssql_connection import back_off, connected, parameters
from demo_lib.databases.mssql_errors import TransientError, query_error
from demo_lib.databases.mssql_limit import TooLate, Watched
from demo_lib.databases.mssql_transaction import close, one_query, roll_back, transaction_start
from demo_lib.databases.pool import Pool
from demo_lib.databases.rows import Kind, as_table, gathered
from demo_lib.databases.running import Running
from demo_lib.databases.urls import redacted
from demo_lib.guardrails import CheckedQuery
from demo_lib.retrieval.catalog import Catalog

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[pyodbc.Cursor, threading.Event], T]

MAX_CONNECTIONS = 8
"""More queries at once wait for one of these."""
INTROSPECTION_SECONDS = 60.0
QUERY_ATTEMPTS = 3
"""Of a query that meets a transient error."""

_WRITING = ("INSERT", "UPDATE", "DELETE", "ALTER", "EXECUTE")
_RIGHTS = "SELECT " + ", ".join(f"HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', '{right}')" for right in _WRITING)
_KINDS: dict[type, Kind] = {
    int: "whole", float: "number", Decimal: "number", bool: "boolean", str: "text", date: "moment", datetime: "moment",
}  # fmt: skip


class _Lost(Exception):
    """A connection that no transaction could be begun on."""


class SQLServer(Database):
    """A SQL Server or Azure SQL database. See `databases.base.Database` for what it offers.

    Values come out as `rows.as_table` says; `uniqueidentifier` and `xml` are text, `time` is Python's own, `varbinary`
    is `bytes`. `sql_variant`, `hierarchyid` and geography are a QueryError: select them as text.
    """

    dialect = "tsql"
    engine = "SQL Server"

    def __init__(self, url: str, *, timeout_seconds: float = 10.0, memory_limit_mb: int = 512) -> None:
        self.url = redacted(url)
        self._running = Running()
        self.timeout_seconds = timeout_seconds
        self._memory_limit_mb = memory_limit_mb
        self._parameters = parameters(url)
        self._start = transaction_start(timeout_seconds, memory_limit_mb)
        first = connected(self._parameters, timeout_seconds)
        self._pool: Pool[pyodbc.Connection] = Pool(first, MAX_CONNECTIONS, close)
        self._warn_of_rights()

    def run(self, checked: CheckedQuery) -> pd.DataFrame:
        """Run a checked query and return its rows, streamed one by one until the cap is passed.

        Raises GuardrailViolation (layer `result`) for more rows than the cap, QueryTimeout, QueryError, also for
        a result that weighs more than `memory_limit_mb`, and TypeError for anything but a CheckedQuery in this
        dialect. What Azure calls a transient error is waited for, and the query asked again.
        """
        only_checked(checked, self.dialect)
        sql = one_query(checked.sql)

        def table(cursor: pyodbc.Cursor, stop: threading.Event) -> pd.DataFrame:
            cursor.execute(sql)
            columns = cursor.description or ()
            kept = gathered(_rows(cursor, stop), checked.cap_rows, self._memory_limit_mb)
            kinds = [_kind(column[1], (row[i] for row in kept)) for i, column in enumerate(columns)]
            return as_table([column[0] for column in columns], kept, kinds)

        return self._done(table, self.timeout_seconds)

    def explain(self, checked: CheckedQuery) -> str:
        """Have SQL Server compile a checked query; its plan it shows to logins with a right of its own, SHOWPLAN.

        Raises QueryError, QueryTimeout, TypeError as `run` does.
        """
        only_checked(checked, self.dialect)
        sql = one_query(checked.sql)

        def compiled(cursor: pyodbc.Cursor, stop: threading.Event) -> str:
            cursor.execute("SET NOEXEC ON")
            try:
                cursor.execute(sql)
            finally:
                cursor.execute("SET NOEXEC OFF")
            return "It compiles."

        return self._done(compiled, self.timeout_seconds)

    def schema_version(self) -> str:
        """A hash of the tables, columns, keys, comments and rights that the login sees, and of the tables' sizes."""

        def version(cursor: pyodbc.Cursor, stop: threading.Event) -> str:
            return fingerprint(lambda sql: cursor.execute(sql).fetchall())

        return self._done(version, max(INTROSPECTION_SECONDS, self.timeout_seconds))

    def introspect(self) -> Catalog:
        """The catalogue that the database gives. Raises QueryError or QueryTimeout where it cannot be read."""

        def catalog(cursor: pyodbc.Cursor, stop: threading.Event) -> Catalog:
            def rows(sql: str) -> Sequence[tuple[Any, ...]]:
                cursor.execute(sql)
                return list(_rows(cursor, stop))

            return read_catalog(rows, self._parameters.database)

        return self._done(catalog, max(INTROSPECTION_SECONDS, self.timeout_seconds))

    def close(self) -> None:
        """Close the connections. Closing twice does no harm."""
        self._pool.close()

    def _done(self, work: Work[T], seconds: float) -> T:
        """What `work` gives. After what Azure calls a transient error it is waited, and asked again."""
        for attempt in range(1, QUERY_ATTEMPTS + 1):
            try:
                return self._once(work, seconds)
            except TransientError as trouble:
                if attempt == QUERY_ATTEMPTS:
                    raise QueryError(f"SQL Server: {trouble}. Try again in some minutes.") from None
                back_off(attempt, QUERY_ATTEMPTS, str(trouble))
        raise AssertionError("unreachable")

    def _once(self, work: Work[T], seconds: float) -> T:
        """What `work` gives in a transaction that is rolled back, on a connection that is put back if it is whole."""
        if self._pool.closed:
            raise closed(self.url)
        connection = self._pool.take(self.timeout_seconds)
        watched: Watched[T] | None = None
        try:
            if connection is not None:
                watched = self._watched(connection, work)
                try:
                    return self._result(watched, seconds)
                except _Lost:  # the server went away, or was restarted, since the last query
                    close(connection)
            connection = connected(self._parameters, self.timeout_seconds)
            watched = self._watched(connection, work)
            return self._result(watched, seconds)
        except TooLate:
            raise cancelled(seconds) from None
        except (pyodbc.Error, _Lost, ValueError, OverflowError) as error:  # also values that Python cannot hold
            raise query_error(error, seconds) from None
        finally:
            self._pool.give(None if watched is not None and watched.left_behind else connection)

    def _result(self, watched: Watched[T], seconds: float) -> T:
        """What the work gives, unless `cancel()` comes first."""
        with self._running.query(watched.cancel) as stopped:
            try:
                return watched.result(seconds)
            except (TooLate, _Lost, pyodbc.Error):
                if stopped.is_set():
                    raise QueryCancelled from None
                raise

    def _watched(self, connection: pyodbc.Connection, work: Work[T]) -> Watched[T]:
        def whole(cursor: pyodbc.Cursor, stop: threading.Event) -> T:
            try:
                connection.execute(self._start).close()
            except pyodbc.Error as error:
                raise _Lost(*error.args) from None
            return work(cursor, stop)

        cursor = connection.cursor()
        return Watched(cursor, whole, lambda: roll_back(connection, cursor))

    def _warn_of_rights(self) -> None:
        """Say it where the role is not one that may only read: nothing else forbids a write on SQL Server."""

        def rights(cursor: pyodbc.Cursor, stop: threading.Event) -> list[str]:
            held = cursor.execute(_RIGHTS).fetchone() or ()
            return [right for right, holds in zip(_WRITING, held, strict=False) if holds]

        if held := self._done(rights, self.timeout_seconds):
            logger.warning(
                "This login may do more than read (%s). Only the guardrails stand before that; a role of their own is "
                "safer: docs/databases.md has its script.", ", ".join(held),
            )  # fmt: skip


def _rows(cursor: pyodbc.Cursor, stop: threading.Event) -> Iterator[tuple[Any, ...]]:
    """The rows one by one, until they end or it is too late."""
    for row in cursor:
        if stop.is_set():
            raise TooLate
        yield tuple(row)


def _kind(type_: type, values: Iterable[Any]) -> Kind:
    """By the type that pyodbc gives; it calls a datetimeoffset text, so that is told by its values."""
    if type_ is str and isinstance(next((v for v in values if v is not None), None), datetime):
        return "moment with zone"
    return _KINDS.get(type_, "other")
