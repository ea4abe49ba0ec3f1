"""What every database offers, whichever engine stands behind it, and the ways in which a query fails."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from demo_lib.databases.running import Running
from demo_lib.errors import DemoError
from demo_lib.guardrails import CheckedQuery
from demo_lib.retrieval.catalog import Catalog

if TYPE_CHECKING:
    import pandas as pd


class QueryError(DemoError):
    """The engine refused the query. The message is the engine's own, in one line."""


class QueryTimeout(DemoError):
    """The query ran longer than it may and was cancelled. The connection is usable."""


class QueryCancelled(DemoError):
    """The query was ended by `cancel()`. The connection is usable."""

    def __init__(self) -> None:
        super().__init__("The query was cancelled before it was done. Ask again.")


def cancelled(seconds: float) -> QueryTimeout:
    """What a query raises that ran for all the seconds it had."""
    return QueryTimeout(f"The query was cancelled after {seconds:g} s. Filter or aggregate more.")


def closed(url: str) -> QueryError:
    """What a call raises once `close()` was called. `url` holds no password."""
    return QueryError(f"The connection to {url} is closed. Open it again with connect().")


def only_checked(checked: CheckedQuery, dialect: str) -> None:
    """Raises TypeError for anything but a query that the guardrails passed, in this dialect."""
    if not isinstance(checked, CheckedQuery) or checked.dialect != dialect:
        raise TypeError(
            f"Only a CheckedQuery in the dialect {dialect} is run. Call check_sql(sql, policy, {dialect!r}) first."
        )


class Database(Protocol):
    """A read-only database; the engines derive from it. `connect(url)` opens it, `with` or `close()` leaves it."""

    dialect: str
    """The dialect to write and check SQL in: `duckdb`, …"""
    engine: str
    """The engine's name as people write it: `DuckDB`, …"""
    url: str
    """Where it is, without any password."""
    _running: Running

    def run(self, checked: CheckedQuery) -> pd.DataFrame:
        """Run a checked query and return its rows.

        Raises GuardrailViolation for more rows than the cap, QueryTimeout, QueryCancelled, QueryError, or TypeError
        for anything but a CheckedQuery in this database's dialect.
        """

    def cancel(self) -> int:
        """End what runs now, from another thread: each such call raises QueryCancelled. Returns how many were told.

        It waits a second at most for them to end. A query that is just giving its rows may still give them.
        """
        return self._running.cancel()

    def explain(self, checked: CheckedQuery) -> str:
        """The engine's plan for a checked query, which is not run: whether it fits the database, and how it would go.

        Raises what `run` does.
        """

    def introspect(self) -> Catalog:
        """What the database says of itself: tables, columns, keys, comments, sizes, values of small columns."""

    def schema_version(self) -> str:
        """A text that is another one after the schema has changed; it is told much sooner than `introspect()` ends."""

    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
