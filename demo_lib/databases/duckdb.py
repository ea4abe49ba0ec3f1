"""DuckDB behind the guardrails: read-only, locked, with a limit on time and memory.

This is the floor under layers 1 and 2. What slipped through them still finds a database that can be neither
written nor reconfigured, and that reads no file but its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from demo_lib.databases.base import Database, QueryCancelled, QueryError, QueryTimeout, cancelled, closed, only_checked
from demo_lib.databases.duckdb_catalog import read_catalog
from demo_lib.databases.running import Running
from demo_lib.databases.urls import file_path, file_version, redacted
from demo_lib.errors import DemoError
from demo_lib.guardrails import CheckedQuery
from demo_lib.guardrails.result import capped
from demo_lib.retrieval.catalog import Catalog
from demo_lib.settings import DATA_DIR


class DuckDB(Database):
    """A DuckDB file, opened read-only and locked. See `databases.base.Database` for what it offers."""

    dialect = "duckdb"
    engine = "DuckDB"

    def __init__(self, url: str, *, timeout_seconds: float = 10.0, memory_limit_mb: int = 512) -> None:
        self.url = redacted(url)
        self._running = Running()
        self.timeout_seconds = timeout_seconds
        self._path = file_path(url)
        self._lock = threading.Lock()
        self._connection = _open(self._path, floor(timeout_seconds, memory_limit_mb))

    def run(self, checked: CheckedQuery) -> pd.DataFrame:
        """Run a checked query and return its rows, fetched in chunks until the cap is passed.

        Raises GuardrailViolation (layer `result`) for more rows than the cap, QueryTimeout, QueryError, and
        TypeError for anything but a CheckedQuery in this dialect.
        """
        with self._asking(checked) as cursor:
            cursor.execute(_one_query(cursor, checked.sql))
            chunks = list(capped(_chunks(cursor), checked.cap_rows))
            wide = [i for i, column in enumerate(cursor.description or ()) if str(column[1]) == "HUGEINT"]
        return _whole_numbers(pd.concat(chunks, ignore_index=True) if len(chunks) > 1 else chunks[0], wide)

    def explain(self, checked: CheckedQuery) -> str:
        """DuckDB's plan for a checked query. Raises QueryError, QueryTimeout, TypeError as `run` does."""
        with self._asking(checked) as cursor:
            _one_query(cursor, checked.sql)
            return "\n".join(str(row[-1]) for row in cursor.execute(f"EXPLAIN {checked.sql}").fetchall())

    @contextmanager
    def _asking(self, checked: CheckedQuery) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for this query; what goes wrong there becomes an error of ours."""
        only_checked(checked, self.dialect)
        cursor = self._cursor()
        try:
            with self._running.query(cursor.interrupt) as stopped:
                try:
                    yield cursor
                except duckdb.InterruptException:
                    raise (QueryCancelled() if stopped.is_set() else cancelled(self.timeout_seconds)) from None
        except (duckdb.Error, ValueError, OverflowError) as error:  # also values that Python cannot hold
            raise QueryError(f"DuckDB: {_first_line(error)}") from None
        finally:
            cursor.close()

    def introspect(self) -> Catalog:
        """The catalogue that the file itself gives. Raises QueryError or QueryTimeout where it cannot be."""
        cursor = self._cursor()
        try:
            return read_catalog(cursor, self._path.stem)
        except duckdb.InterruptException:
            raise QueryTimeout(
                f"Reading the catalogue took longer than {self.timeout_seconds:g} seconds."
            ) from None
        except duckdb.Error as error:
            raise QueryError(f"DuckDB: {_first_line(error)}") from None
        finally:
            cursor.close()

    def schema_version(self) -> str:
        """When the file was last written: any change counts."""
        return file_version(self._path)

    def close(self) -> None:
        """Close the connection. Closing twice does no harm."""
        self._connection.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        # a cursor a call: one connection shared by threads mixes up their results
        with self._lock:
            try:
                return self._connection.cursor()
            except duckdb.ConnectionException:
                raise closed(self.url) from None


def floor(timeout_seconds: float, memory_limit_mb: int) -> dict[str, str | bool | int | float | list[str]]:
    """The settings that hold whatever SQL arrives, and that no SQL can change."""
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "max_execution_time": str(max(1, round(timeout_seconds * 1_000))),
        "memory_limit": f"{memory_limit_mb}MB",
        "threads": "2",
        # nothing is spilled to disk: the disk may be read-only, and a bomb may not fill it
        "temp_directory": "",
        "lock_configuration": "true",
    }


def _open(path: Path, settings: dict[str, str | bool | int | float | list[str]]) -> duckdb.DuckDBPyConnection:
    if not path.exists():
        ours = path.resolve() == (DATA_DIR / "warehouse.duckdb").resolve()
        remedy = "Run `python -m demo_lib seed` to make it." if ours else "Check the path."
        raise DemoError(f"There is no database at {path}. {remedy}")
    check_file(path)
    try:
        return duckdb.connect(str(path), read_only=True, config=settings)
    except duckdb.Error as error:
        raise DemoError(open_error(path, error)) from None


def check_file(path: Path) -> None:
    """Raise DemoError where what lies at `path` is no DuckDB file, or cannot be read."""
    if path.is_dir():
        raise DemoError(f"{path} is a folder, not a DuckDB file. Name the file in it.")
    # told apart here, because DuckDB goes looking for an extension when a file is SQLite's
    try:
        with path.open("rb") as file:
            magic = file.read(12)[8:]
    except OSError as error:
        raise DemoError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from None
    if magic != b"DUCK":
        raise DemoError(f"{path} is not a DuckDB file. Check the path.")


def open_error(path: Path, error: duckdb.Error) -> str:
    """Why DuckDB does not open the file at `path`, and what to do."""
    text = str(error)
    if any(sign in text.lower() for sign in ("set lock", "conflicting lock", "used by another process")):
        return f"{path} is being written by another process. Let it finish or close it, then try again."
    if "different configuration" in text:
        return f"{path} is already open in this process with other settings. Close that connection first."
    if "version number" in text:
        return (
            f"{path} was written by a DuckDB whose format {duckdb.__version__} does not read. Upgrade duckdb."
        )
    return f"{path} cannot be opened, it may be damaged ({_first_line(error)}). Make it anew."


def _one_query(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The query that `sql` is, by DuckDB's own parser. A read-only database would run SET and CREATE TEMP as well."""
    statements = cursor.extract_statements(sql)
    # MULTI is a PIVOT that finds its columns by itself: two steps of one query
    if len(statements) != 1 or statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI):
        raise QueryError("DuckDB: not a query, or more than one. Send one SELECT at a time.")
    return statements[0]


def _chunks(cursor: duckdb.DuckDBPyConnection) -> Iterator[pd.DataFrame]:
    """The result piece by piece; one empty piece where there are no rows, so that the columns are known."""
    chunk = cursor.fetch_df_chunk(1)
    yield chunk
    while len(chunk):
        chunk = cursor.fetch_df_chunk(1)
        if len(chunk):
            yield chunk


def _whole_numbers(table: pd.DataFrame, wide: list[int]) -> pd.DataFrame:
    """SUM over whole numbers is a HUGEINT, which arrives as float: give whole numbers back where they fit."""
    for i in wide:
        column = table.iloc[:, i]
        if column.notna().all() and column.abs().lt(2**53).all():
            table.isetitem(i, column.astype("int64").to_numpy())
    return table


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
