"""What every database offers, whichever engine stands behind it, and the ways in which a query fails."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from demo_lib.errors import DemoError
from demo_lib.guardrails import CheckedQuery
from demo_lib.retrieval.catalog import Catalog

if TYPE_CHECKING:
    import pandas as pd


class QueryError(DemoError):
    """The engine refused the query. The message is the engine's own, in one line."""


class QueryTimeout(DemoError):
    """The query ran longer than it may and was cancelled. The connection is usable."""


class Database(Protocol):
    """A read-only database. Open it with `connect(url)`; leave it with `with` or `close()`."""

    dialect: str
    """The dialect to write and check SQL in: `duckdb`, …"""
    engine: str
    """The engine's name as people write it: `DuckDB`, …"""
    url: str
    """Where it is, without any password."""

    def run(self, checked: CheckedQuery) -> pd.DataFrame:
        """Run a checked query and return its rows.

        Raises GuardrailViolation for more rows than the cap, QueryTimeout, QueryError, or TypeError for
        anything but a CheckedQuery in this database's dialect.
        """

    def introspect(self) -> Catalog:
        """What the database says of itself: tables, columns, keys, comments, sizes, values of small columns."""

    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
