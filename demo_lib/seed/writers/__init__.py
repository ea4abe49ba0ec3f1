"""Databases opened for writing, one transaction each. Only `seed --database` does so, and only when told to."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from demo_lib.databases.mssql_driver import load_pyodbc
from demo_lib.databases.urls import split_url

if TYPE_CHECKING:
    import pandas as pd

    from demo_lib.retrieval.catalog import Table

_MODULES = {"duckdb": "duckdb", "sqlite": "sqlite", "postgresql": "postgres", "mssql": "mssql"}
LOCK_SECONDS = 60
"""How long a seed waits for whoever has the database, or a table, before it gives up."""


class Writer(Protocol):
    """One transaction: what a seed does to a database. Each engine has a module with a class for it and `opened(url)`,
    which commits when its block is left in the usual way, and otherwise leaves the database as it was."""

    where: str
    """The database, as a message may show it: no password."""

    def tables(self) -> dict[str, str]:
        """Every table and view of the schema that seed writes to, with its columns' names, joined by a comma."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""

    def drop(self, names: Sequence[str]) -> None:
        """Drop these tables, in this order."""

    def create(self, table: Table) -> None:
        """Create a table with its keys, and its descriptions where the engine keeps them."""

    def load(self, table: Table, frame: pd.DataFrame) -> None:
        """Insert the rows of `frame`, which has the table's columns, in the engine's fastest way."""

    def finish(self, names: Sequence[str]) -> None:
        """Whatever these tables, now full, still need: statistics, rights."""


@contextmanager
def opened(url: str) -> Iterator[Writer]:
    """The database at `url` in a transaction of its own. Files are made where they are missing.

    Raises UsageError for a URL that is not understood, DemoError where the engine refuses, at any point.
    """
    engine, _ = split_url(url)
    if engine == "mssql":
        load_pyodbc()  # says what to install where it cannot be loaded
    with importlib.import_module(f"{__name__}.{_MODULES[engine]}").opened(url) as writer:
        yield writer
