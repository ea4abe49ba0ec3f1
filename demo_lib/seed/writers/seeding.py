"""Seeding a database by its URL: our tables beside whatever else it holds, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlglot.errors import SqlglotError

from demo_lib.databases.introspection import quoted
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog
from demo_lib.seed.build import read_hints, with_progress
from demo_lib.seed.ddl import creation_order
from demo_lib.seed.stamp import DEFAULT_CATALOG, STAMP, fingerprint
from demo_lib.seed.writers import Writer, opened

SHOWN = 5


@dataclass(frozen=True)
class Seeding:
    """What seeding a database came to."""

    where: str
    """The database, without a password."""
    tables: int
    rows: int
    seconds: float
    """0 where the data was there already, and whole."""


def seed_database(
    url: str,
    catalog_path: Path = DEFAULT_CATALOG,
    *,
    force: bool = False,
    progress: bool = True,
    tell: Callable[[str], None] = lambda line: None,
) -> Seeding:
    """Put the catalogue's tables into the database at `url`: all of them, or nothing is changed.

    Tables of an earlier seed are replaced; tables of other names stay as they are. `force` makes the data again
    where it is whole, and replaces tables of the same name that seed did not make. `progress` draws a bar on stderr;
    `tell` is given a line that says what will be done, before it is. Raises UsageError for a URL that is not
    understood, DemoError where the database cannot be written or holds such tables and `force` is not given.
    """
    try:
        return _seed(url, catalog_path, force, progress, tell)
    except (ValueError, KeyError, SqlglotError) as error:
        raise DemoError(f"{catalog_path} does not fit together: {error}") from None


def _seed(url: str, catalog_path: Path, force: bool, progress: bool, tell: Callable[[str], None]) -> Seeding:
    started = time.perf_counter()
    catalog, mark = Catalog.from_file(catalog_path), fingerprint(catalog_path)
    with opened(url) as database:
        present = database.tables()
        stamped = _stamped(database, present)
        ours = {name for name, (columns, _, _) in stamped.items() if present.get(name) == columns}
        if not force and _is_whole(database, catalog, mark, ours, stamped):
            return Seeding(database.where, len(ours), sum(rows for _, rows, _ in stamped.values()), 0.0)
        theirs = sorted((set(catalog.tables) & set(present)) - ours)
        if theirs and not force:
            raise DemoError(
                f"{database.where} has {_named(theirs)} of its own, which seed did not make. Nothing was changed. "
                "Choose another database, or replace them, rows and all, with --force."
            )
        # what refers to others goes before them: the last made first
        old = [t for t in [*reversed(stamped), *_youngest_first(catalog)] if t in ours or t in theirs]
        tell(_plan(database.where, catalog, len(ours), theirs))
        database.drop([*dict.fromkeys(old), *[STAMP.name] * bool(stamped)])
        made = []
        for table, frame in with_progress(catalog, read_hints(catalog_path), progress):
            database.create(table)
            database.load(table, frame)
            made.append((table.name, ", ".join(frame.columns), len(frame), mark))
        database.create(STAMP)
        database.load(STAMP, pd.DataFrame(made, columns=[c.name for c in STAMP.columns]))
        database.finish([*catalog.tables, STAMP.name])
    return Seeding(database.where, len(made), sum(rows for _, _, rows, _ in made), time.perf_counter() - started)


def _stamped(database: Writer, present: Mapping[str, str]) -> dict[str, tuple[str, int, str]]:
    """The tables that an earlier seed made: name → (columns, rows, fingerprint), in the order of their making."""
    columns = [c.name for c in STAMP.columns]
    if present.get(STAMP.name) != ", ".join(columns):
        return {}
    found = database.rows(f"SELECT {', '.join(columns)} FROM {STAMP.name}")
    return {name: (told, rows, mark) for name, told, rows, mark in found}


def _is_whole(
    database: Writer, catalog: Catalog, mark: str, ours: set[str], stamped: Mapping[str, tuple[str, int, str]]
) -> bool:
    """Whether the last seed was of this catalogue, and no table has gone, changed its columns or its row count."""
    if ours != set(catalog.tables) or {fingerprint for _, _, fingerprint in stamped.values()} != {mark}:
        return False
    return all(
        database.rows(f"SELECT count(*) FROM {quoted(name)}")[0][0] == rows for name, (_, rows, _) in stamped.items()
    )


def _youngest_first(catalog: Catalog) -> list[str]:
    return [table.name for table in reversed(creation_order(catalog))]


def _plan(where: str, catalog: Catalog, ours: int, theirs: list[str]) -> str:
    rows = sum(t.rows or 0 for t in catalog.tables.values())
    said = f"{where}: {len(catalog.tables)} tables with {rows:,} rows, in one transaction"
    if ours:
        said += f", in the place of {ours} that an earlier seed made"
    if theirs:
        said += f", in the place of {_named(theirs)} that seed did NOT make"
    return said + "."


def _named(tables: list[str]) -> str:
    shown = ", ".join(tables[:SHOWN]) + (f" and {len(tables) - SHOWN} more" if len(tables) > SHOWN else "")
    return f"{'the table' if len(tables) == 1 else 'tables'} {shown}"
