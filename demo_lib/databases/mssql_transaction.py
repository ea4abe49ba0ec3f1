"""How one query is asked of SQL Server: what may be sent, the transaction around it, and how that ends."""

from __future__ import annotations

from contextlib import suppress

import pyodbc
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from demo_lib.databases.base import QueryError


def one_query(sql: str) -> str:
    """`sql` written anew, if it is one query. Raises QueryError where it is not.

    SQL Server would run a batch of any statements, and they need no semicolon between them: of `SELECT 1 COMMIT` it
    makes two, sqlglot an alias. Written anew, it has an AS, and is refused.
    """
    try:
        trees = sqlglot.parse(sql, read="tsql")
    except (SqlglotError, RecursionError):
        trees = []
    if len(trees) != 1 or not isinstance(trees[0], exp.Query) or trees[0].find(exp.Into, exp.DML, exp.DDL, exp.Command):
        raise QueryError("SQL Server: not a query, or more than one. Send one SELECT at a time.")
    return trees[0].sql("tsql", comments=False)


def transaction_start(timeout_seconds: float, memory_limit_mb: int) -> str:
    """The statements that begin a transaction, whatever the login's own settings, or an earlier query's, are."""
    settings = {
        "LANGUAGE": "us_english",  # with it, how dates are read and where a week starts
        "LOCK_TIMEOUT": round(timeout_seconds * 1_000),
        "DEADLOCK_PRIORITY": "LOW",
        "ROWCOUNT": 0,
        # longer values would be cut here, in bytes, and weigh more than a result may
        "TEXTSIZE": min(2 * memory_limit_mb * 1_000_000 + 4, 2**31 - 1),
    }
    given = [f"SET {name} {value}" for name, value in settings.items()]
    return "; ".join(["SET XACT_ABORT ON", *given, "BEGIN TRANSACTION"])  # a cancelled query rolls back at once


def roll_back(connection: pyodbc.Connection, cursor: pyodbc.Cursor) -> None:
    """End the query, what is left of its rows, and the transaction. What fails here leaves a connection of no use."""
    try:
        cursor.close()
        connection.execute("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION").close()
    except pyodbc.Error:
        close(connection)


def close(connection: pyodbc.Connection | None) -> None:
    if connection is not None and not connection.closed:
        with suppress(pyodbc.Error):
            connection.close()
