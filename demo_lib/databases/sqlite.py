"""SQLite behind the guardrails: opened for reading, an authorizer over every name, a limit on time and lengths.

This is the floor under layers 1 and 2. What slipped through them can read the file's tables and call functions
that only compute, and nothing else: no other file, no setting, no extension.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.databases.base import Database, QueryCancelled, QueryError, cancelled, closed, only_checked
from demo_lib.databases.introspection import quoted
from demo_lib.databases.rows import as_table, gathered
from demo_lib.databases.running import Running
from demo_lib.databases.sqlite_catalog import TABLES, read_catalog
from demo_lib.databases.urls import file_path, file_version, redacted
from demo_lib.errors import DemoError
from demo_lib.guardrails import CheckedQuery
from demo_lib.retrieval.catalog import Catalog

if TYPE_CHECKING:
    import pandas as pd

MAX_VALUE_BYTES = 250_000
"""No value may be longer. One call of a function is not interrupted, and at this length none takes a second."""
# SQLite asks whether to go on each time it has done so many steps. Fewer would slow it down by a tenth and more;
# where each step takes long, as many are too many, so it is interrupted from beside as well.
_STEPS_BETWEEN_LOOKS = 500
_SECONDS_BETWEEN_INTERRUPTS = 0.1
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

# By SQLite's own names. Not here, and so refused: load_extension, fts3_tokenizer, sqlite_log, the editors of
# full-text and R-tree indexes, and whatever a later SQLite brings.
_FUNCTION_NAMES = """
-> ->> abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling char coalesce concat concat_ws cos cosh count
cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor format
glob group_concat hex highlight if ifnull iif instr json json_array json_array_length json_error_position json_extract
json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace
json_set json_type json_valid julianday lag last_value lead length like likelihood likely ln log log10 log2 lower ltrim
match max median min mod nth_value ntile nullif octet_length percent_rank percentile percentile_cont percentile_disc pi
pow power printf quote radians random randomblob rank replace round row_number rtrim sign sin sinh snippet soundex
sqlite_version sqrt strftime string_agg substr substring sum tan tanh time timediff total trim trunc typeof unhex
unicode unistr unistr_quote unixepoch unlikely upper zeroblob
"""
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})


class SQLite(Database):
    """An SQLite file, opened read-only. See `databases.base.Database` for what it offers.

    Each call has a connection of its own, so threads do not meet. The types of what comes out are those that
    `rows.as_table` finds in the values, for SQLite's columns have none: days and times are text in ISO form in
    every row, booleans stay 0 and 1. Text that is not UTF-8 gets replacement characters, a BLOB is `bytes`.
    """

    dialect = "sqlite"
    engine = "SQLite"

    def __init__(self, url: str, *, timeout_seconds: float = 10.0, memory_limit_mb: int = 512) -> None:
        self.url = redacted(url)
        self._running = Running()
        self.timeout_seconds = timeout_seconds
        self._memory_limit_mb = memory_limit_mb
        # found now: the next call may come from another working directory
        self._path = file_path(url).absolute()
        self._closed = False
        if self._path.is_dir():
            raise DemoError(f"{self._path} is a folder, not an SQLite file. Name the file in it.")
        if not self._path.exists():
            raise DemoError(f"There is no database at {self._path}. Check the path.")
        # SQLite itself looks into the file. To open and close it here would drop the locks that a connection of
        # this process has on it.
        with self._connection(DemoError) as (connection, _):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()

    def run(self, checked: CheckedQuery) -> pd.DataFrame:
        """Run a checked query and return its rows, fetched one by one until the cap is passed.

        Raises GuardrailViolation (layer `result`) for more rows than the cap, QueryTimeout, QueryError, also for
        a result that weighs more than `memory_limit_mb`, and TypeError for anything but a CheckedQuery in this
        dialect.
        """
        only_checked(checked, self.dialect)
        with self._connection(QueryError) as (connection, _):
            _restrict(connection)
            cursor = connection.execute(checked.sql)
            names = [column[0] for column in cursor.description or ()]
            return as_table(names, gathered(cursor, checked.cap_rows, self._memory_limit_mb), [None] * len(names))

    def explain(self, checked: CheckedQuery) -> str:
        """SQLite's plan for a checked query. Raises QueryError, QueryTimeout, TypeError as `run` does."""
        only_checked(checked, self.dialect)
        with self._connection(QueryError) as (connection, _):
            _restrict(connection)
            return "\n".join(row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {checked.sql}").fetchall())

    def introspect(self) -> Catalog:
        """The catalogue that the file itself gives. Raises QueryError or QueryTimeout where it cannot be."""
        with self._connection(QueryError) as (connection, limit):

            def rows(sql: str) -> list[tuple[Any, ...]]:
                limit.begin()
                return connection.execute(sql).fetchall()

            return read_catalog(rows, self._path.stem)

    def schema_version(self) -> str:
        """When the file was last written: any change counts."""
        return file_version(self._path)

    def close(self) -> None:
        """Refuse every further call. Nothing stays open between calls."""
        self._closed = True

    @contextmanager
    def _connection(self, failure: type[DemoError]) -> Iterator[tuple[sqlite3.Connection, _TimeLimit]]:
        """A connection that cannot write and its limit on time; what SQLite complains about becomes `failure`."""
        if self._closed:
            raise closed(self.url)
        limit = _TimeLimit(self.timeout_seconds)
        connection = None
        try:
            connection = _open(self._path, limit)
            with _interrupted(connection, limit), self._running.query(connection.interrupt) as stopped:
                try:
                    yield connection, limit
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorname != "SQLITE_INTERRUPT":
                        raise
                    raise (QueryCancelled() if stopped.is_set() else cancelled(self.timeout_seconds)) from None
        except (sqlite3.Error, sqlite3.Warning, MemoryError) as error:
            name = str(getattr(error, "sqlite_errorname", ""))
            raise failure(_reason(self._path, name, error)) from None
        finally:
            if connection is not None:
                connection.close()


class _TimeLimit:
    """Says when a query has run for as long as it may."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begin()

    def begin(self) -> None:
        self._end = time.monotonic() + self.seconds

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        return not self.left()


def _open(path: Path, limit: _TimeLimit) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, timeout=limit.seconds, isolation_level=None, cached_statements=0
    )
    for which, most in _LIMITS.items():
        connection.setlimit(which, most)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.set_progress_handler(limit.passed, _STEPS_BETWEEN_LOOKS)
    connection.execute("PRAGMA query_only = ON")
    _add_percentiles(connection)
    # functions with side effects, where an extension had brought some, do not run from the file's own views
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


class _Percentile:
    """`percentile_cont(value, share)` and `median(value)`, as SQLite's own extension has them: by interpolation."""

    def __init__(self) -> None:
        self._values = array("d")
        self._share = 0.5

    def step(self, value: float | None, share: float = 0.5) -> None:
        """Take a value; NULL counts for nothing."""
        self._share = share
        if value is not None:
            self._values.append(value)

    def finalize(self) -> float | None:
        """The value that this share of them is below."""
        import numpy as np

        return float(np.quantile(self._values, self._share)) if self._values else None


def _add_percentiles(connection: sqlite3.Connection) -> None:
    """Bring the medians that most builds of SQLite leave out, though its shell has them."""
    try:
        connection.execute("SELECT median(1), percentile_cont(1, 0.5)")
    except sqlite3.OperationalError:
        connection.create_aggregate("median", 1, _Percentile)  # type: ignore[arg-type]
        connection.create_aggregate("percentile_cont", 2, _Percentile)  # type: ignore[arg-type]


@contextmanager
def _interrupted(connection: sqlite3.Connection, limit: _TimeLimit) -> Iterator[None]:
    """Interrupt what runs beyond its limit, as often as needed: an interrupt between two statements is lost."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(limit.left() or _SECONDS_BETWEEN_INTERRUPTS):
            if limit.passed():
                connection.interrupt()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()  # before the connection closes, which must not be interrupted then


def _restrict(connection: sqlite3.Connection) -> None:
    """Let only reads of the file's own tables through from here on, and only known functions."""
    tables = set(_TABLE_FUNCTIONS)
    for name, kind in connection.execute(TABLES).fetchall():
        tables.add(name.lower())
        if kind == "virtual":  # its first use writes into the schema held in memory, which is refused later
            with suppress(sqlite3.Error):
                connection.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 0")
    for name in _TABLE_FUNCTIONS:
        connection.execute(f"SELECT 1 FROM {name}('[]')")
    connection.set_authorizer(_authorizer(tables))


def _authorizer(tables: set[str]) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    def authorize(action: int, first: str | None, second: str | None, database: str | None, _: str | None) -> int:
        match action:
            case sqlite3.SQLITE_SELECT | sqlite3.SQLITE_RECURSIVE:
                allowed = True
            case sqlite3.SQLITE_READ:
                allowed = (first or "").lower() in tables and database in ("main", None)
            case sqlite3.SQLITE_FUNCTION:
                allowed = (second or "").lower() in _FUNCTIONS
            case sqlite3.SQLITE_PRAGMA:  # a full-text index asks whether the file has changed
                allowed = first == "data_version" and second is None
            case _:
                allowed = False
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    return authorize


def _reason(path: Path, name: str, error: Exception) -> str:
    if "unsupported file format" in str(error):
        return f"{path} was written by a newer SQLite than {sqlite3.sqlite_version}, which this Python has. Upgrade it."
    if name == "SQLITE_NOTADB":
        return f"{path} is not an SQLite file, or one that is encrypted or of a newer SQLite. Check the path."
    if name.startswith("SQLITE_CORRUPT"):
        return f"{path} is damaged ({error}). Restore it from a copy, or save what is left with sqlite3's .recover."
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return f"{path} cannot be read ({error}). Check its permissions, and those of its folder."
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path} is being written by another process. Let it finish or close it, then try again."
    if name == "SQLITE_TOOBIG":
        return f"SQLite: a value, a row or the query is longer than may be ({MAX_VALUE_BYTES:,} bytes). Select less."
    return f"SQLite: {' '.join(str(error).split()) or type(error).__name__}"
