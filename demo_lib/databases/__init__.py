"""Databases, opened read-only and with limits: `connect(url)` gives one, and it runs a CheckedQuery only."""

from __future__ import annotations

from demo_lib.databases.base import Database, QueryError, QueryTimeout
from demo_lib.databases.urls import redacted, split_url
from demo_lib.errors import DemoError

__all__ = ["Database", "QueryError", "QueryTimeout", "connect", "redacted"]


def connect(url: str, *, timeout_seconds: float = 10.0, memory_limit_mb: int = 512) -> Database:
    """Open the database at `url` (`duckdb:///relative.duckdb`, `duckdb:////absolute.duckdb`) for reading.

    A query is cancelled after `timeout_seconds` and may hold `memory_limit_mb` in memory. Raises UsageError
    for a URL that is not understood, DemoError where the database is missing, locked, or no database.
    """
    engine, _ = split_url(url)
    if engine == "duckdb":
        from demo_lib.databases.duckdb import DuckDB

        return DuckDB(url, timeout_seconds=timeout_seconds, memory_limit_mb=memory_limit_mb)
    raise DemoError(
        f"{engine} databases cannot be opened yet; DuckDB files can: duckdb:///path/to/file.duckdb."
    )
