"""Databases, opened read-only and with limits: `connect(url)` gives one, and it runs a CheckedQuery only."""

from __future__ import annotations

from demo_lib.databases.base import Database, QueryCancelled, QueryError, QueryTimeout
from demo_lib.databases.urls import redacted, split_url

__all__ = ["Database", "QueryCancelled", "QueryError", "QueryTimeout", "connect", "redacted"]


def connect(url: str, *, timeout_seconds: float = 10.0, memory_limit_mb: int = 512) -> Database:
    """Open the database at `url` for reading: `duckdb:///relative.duckdb`, `duckdb:////absolute.duckdb`,
    `sqlite:///…` likewise, `postgresql://user@host:5432/name`, `mssql://user@host:1433/name`.

    A query is cancelled after `timeout_seconds`. `memory_limit_mb` is what a query may hold in DuckDB, and what
    its result may on the others. Raises UsageError for a URL that is not understood, DemoError where the database
    is missing, locked, out of reach, or no database.
    """
    engine, _ = split_url(url)
    if engine == "duckdb":
        from demo_lib.databases.duckdb import DuckDB

        return DuckDB(url, timeout_seconds=timeout_seconds, memory_limit_mb=memory_limit_mb)
    if engine == "sqlite":
        from demo_lib.databases.sqlite import SQLite

        return SQLite(url, timeout_seconds=timeout_seconds, memory_limit_mb=memory_limit_mb)
    if engine == "postgresql":
        from demo_lib.databases.postgres import PostgreSQL

        return PostgreSQL(url, timeout_seconds=timeout_seconds, memory_limit_mb=memory_limit_mb)
    from demo_lib.databases.mssql_driver import load_pyodbc

    load_pyodbc()
    from demo_lib.databases.mssql import SQLServer

    return SQLServer(url, timeout_seconds=timeout_seconds, memory_limit_mb=memory_limit_mb)
