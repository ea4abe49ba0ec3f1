"""Seeding a DuckDB file that may hold other tables too, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import pandas as pd

from demo_lib.databases.duckdb import check_file, open_error
from demo_lib.databases.introspection import literal, quoted
from demo_lib.databases.urls import file_path
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Table
from demo_lib.seed.build import BLOCK_BYTES, load
from demo_lib.seed.ddl import comment_sql, create_table_sql


class DuckDBWriter:
    """See `writers.Writer`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, where: str) -> None:
        self.where = where
        self._connection = connection

    def tables(self) -> dict[str, str]:
        """Every table and view of schema `main`, by its name in lower case, as DuckDB compares names."""
        query = """SELECT lower(table_name), string_agg(column_name, ', ' ORDER BY column_index) FROM duckdb_columns()
                   WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal GROUP BY 1"""
        return dict(self.rows(query))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        return self._connection.execute(sql).fetchall()

    def drop(self, names: Sequence[str]) -> None:
        """Drop these tables, in this order."""
        for name in names:
            self._connection.execute(f"DROP TABLE {quoted(name)}")

    def create(self, table: Table) -> None:
        """Create a table with its keys and comments."""
        for statement in (create_table_sql(table), *comment_sql(table)):
            self._connection.execute(statement)

    def load(self, table: Table, frame: pd.DataFrame) -> None:
        """Insert the rows of `frame`."""
        load(self._connection, table, frame)

    def finish(self, names: Sequence[str]) -> None:
        """Nothing: DuckDB needs no more."""


@contextmanager
def opened(url: str) -> Iterator[DuckDBWriter]:
    """The file in a transaction of its own. Raises DemoError where DuckDB refuses."""
    path = file_path(url)
    new = not path.exists()
    if not new:
        check_file(path)
    connection = duckdb.connect()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            options = f" (BLOCK_SIZE {BLOCK_BYTES})" if new else ""
            connection.execute(f"ATTACH {literal(str(path))} AS seeded{options}")
        except duckdb.Error as error:
            raise DemoError(open_error(path, error)) from None
        connection.execute("USE seeded")
        connection.execute("BEGIN")
        try:
            yield DuckDBWriter(connection, str(path))
            connection.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            raise
        new = False
        connection.execute("CHECKPOINT seeded")
    except RuntimeError as error:
        if "interrupted" in str(error):  # how DuckDB says Ctrl-C
            raise KeyboardInterrupt from None
        raise
    except (OSError, duckdb.Error) as error:
        why = getattr(error, "strerror", None) or str(error).strip().splitlines()[0]
        raise DemoError(f"{path} cannot be seeded: {why}. Check its folder, its permissions and the disk.") from None
    finally:
        connection.close()
        if new and path.is_file():
            path.unlink()
