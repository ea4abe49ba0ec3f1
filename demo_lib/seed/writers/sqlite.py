"""Seeding an SQLite file, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from demo_lib.databases.introspection import quoted
from demo_lib.databases.urls import file_path
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Table
from demo_lib.seed.ddl import commented_table_sql
from demo_lib.seed.writers import LOCK_SECONDS
from demo_lib.seed.writers.values import typed_rows

# SQLite has no types for these: days and times are text, decimals floating point
_KEPT_AS = {"DATE": "VARCHAR", "TIMESTAMP": "VARCHAR", "DECIMAL": "DOUBLE", "BOOLEAN": "INTEGER"}
_REMEDIES = {
    "SQLITE_NOTADB": "It is not an SQLite file, or one that is encrypted. Choose another path.",
    "SQLITE_BUSY": "Another process is using it. Let it finish, then try again.",
    "SQLITE_FULL": "The disk is full. It needs 100 MB.",
    "SQLITE_IOERR": "The disk is full, or fails. It needs 100 MB.",
}


class SQLiteWriter:
    """See `writers.Writer`."""

    def __init__(self, connection: sqlite3.Connection, where: str) -> None:
        self.where = where
        self._connection = connection

    def tables(self) -> dict[str, str]:
        """Every table and view of the file, by its name in lower case, as SQLite compares names."""
        query = """SELECT lower(t.name), c.name FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c
                   WHERE t.schema = 'main' ORDER BY t.name, c.cid"""
        columns: dict[str, list[str]] = {}
        for table, column in self.rows(query):
            columns.setdefault(table, []).append(column)
        return {table: ", ".join(names) for table, names in columns.items()}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        return self._connection.execute(sql).fetchall()

    def drop(self, names: Sequence[str]) -> None:
        """Drop these tables, in this order."""
        for name in names:
            self._connection.execute(f"DROP TABLE {quoted(name)}")

    def create(self, table: Table) -> None:
        """Create a table; its descriptions stand in the statement as comments, which SQLite keeps."""
        self._connection.execute(commented_table_sql(table, "sqlite"))

    def load(self, table: Table, frame: pd.DataFrame) -> None:
        """Insert the rows of `frame`."""
        places = ", ".join("?" * len(table.columns))
        self._connection.executemany(
            f"INSERT INTO {quoted(table.name)} VALUES ({places})", typed_rows(table, frame, _KEPT_AS)
        )
        # SQLite joins by look-up alone: without an index, "customers without sales" reads all sales for each customer
        for column, _, _ in table.foreign_keys:
            index = quoted(f"{table.name}_{column}")
            self._connection.execute(f"CREATE INDEX {index} ON {quoted(table.name)} ({quoted(column)})")

    def finish(self, names: Sequence[str]) -> None:
        """Nothing: SQLite needs no more."""


@contextmanager
def opened(url: str) -> Iterator[SQLiteWriter]:
    """The file in a transaction of its own. Raises DemoError where SQLite refuses."""
    path = file_path(url)
    new, connection = not path.exists(), None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
        [(journal,)] = connection.execute("PRAGMA journal_mode").fetchall()
        # Without WAL a seed that is killed leaves a journal that only a writer can roll back: ours, which only read,
        # could not open the file any more. And readers would have to wait.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield SQLiteWriter(connection, str(path))
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        else:
            new = False
        finally:
            with suppress(sqlite3.Error):  # a reader that is in the middle of a query: it stays WAL, which is no harm
                connection.execute(f"PRAGMA journal_mode = {journal}")
    except (sqlite3.Error, OSError) as error:
        remedy = next((r for n, r in _REMEDIES.items() if n in getattr(error, "sqlite_errorname", "")), "")
        why = remedy or f"{getattr(error, 'strerror', None) or error}. Check its folder and its permissions."
        raise DemoError(f"{path} cannot be seeded. {why}") from None
    finally:
        if connection is not None:
            connection.close()
        if new:
            _remove(path)


def _remove(path: Path) -> None:
    """Remove a file that nothing was written to, where there was none before."""
    if path.is_file():
        path.unlink()
