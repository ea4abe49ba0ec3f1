"""Building one database file: tables in the order of their keys, rows, comments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml
from tqdm import tqdm

from demo_lib.databases.introspection import literal, quoted
from demo_lib.retrieval.catalog import Catalog, Table
from demo_lib.seed.ddl import comment_sql, create_table_sql, creation_order
from demo_lib.seed.enterprise import make_rows
from demo_lib.seed.star import STAR

BLOCK_BYTES = 16_384
"""DuckDB's smallest block: with the usual 256 KB, 700 small columns would take five times the disk."""

DEFAULT_AS_OF = date(2025, 11, 1)
"""For a catalogue that states none: the rows must not depend on the day they are made."""

Hints = dict[str, dict[str, Any]]
"""By table: what the catalogue says of each column, `make` and its kin included."""


def build(path: Path, catalog: Catalog, hints: Hints, progress: bool) -> dict[str, int]:
    """Write every table of the catalogue to a new DuckDB file at `path`; returns the rows of each.

    Raises duckdb.Error or OSError where it cannot be written, ValueError where the catalogue is at fault.
    """
    rows = {}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS seeded (BLOCK_SIZE {BLOCK_BYTES})")
        connection.execute("USE seeded")
        connection.execute("BEGIN")
        for table, frame in with_progress(catalog, hints, progress):
            connection.execute(create_table_sql(table))
            load(connection, table, frame)
            for statement in comment_sql(table):
                connection.execute(statement)
            rows[table.name] = len(frame)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT seeded")
        connection.execute("USE memory")
        connection.execute("DETACH seeded")
    return rows


def with_progress(catalog: Catalog, hints: Hints, progress: bool) -> Iterator[tuple[Table, pd.DataFrame]]:
    """What `made` gives, with a bar on stderr that counts the rows as they are taken and dealt with."""
    total = sum(t.rows or 0 for t in catalog.tables.values())
    with tqdm(total=total, unit=" rows", disable=not progress, mininterval=0.5) as bar:
        for table, frame in made(catalog, hints):
            bar.set_description(table.name, refresh=False)
            yield table, frame
            bar.update(len(frame))


def made(catalog: Catalog, hints: Hints) -> Iterator[tuple[Table, pd.DataFrame]]:
    """Every table with its rows, in an order in which each comes after those that it references.

    Raises ValueError where the catalogue is at fault.
    """
    last_day = (catalog.as_of or DEFAULT_AS_OF) - timedelta(days=1)
    frames: dict[str, pd.DataFrame] = {}
    for table in creation_order(catalog):
        if table.name in STAR:
            frame = STAR[table.name](table, frames, last_day)
        else:
            frame = make_rows(table, hints[table.name], frames, last_day)
        if list(frame.columns) != [c.name for c in table.columns]:
            raise ValueError(f"{table.name}: the generator and the catalogue name different columns")
        frames[table.name] = frame
        yield table, frame


def read_hints(catalog_path: Path) -> Hints:
    """The catalogue's columns as they are written, by table."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with catalog_path.open(encoding="utf-8") as file:
        data = yaml.load(file, Loader=loader)
    return {name: table["columns"] for name, table in data["tables"].items()}


def load(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    """Insert the rows into the table of this name, which is there."""
    for part in generations(table, frame):
        connection.register("rows_to_load", part)
        connection.execute(f"INSERT INTO {quoted(table.name)} SELECT * FROM rows_to_load")
        connection.unregister("rows_to_load")


def generations(table: Table, frame: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows in groups, each referring only to groups before it: a row's manager must be there first."""
    own = [(column, key) for column, other, key in table.foreign_keys if other == table.name]
    if not own:
        return [frame]
    [(column, key)] = own
    missing = np.ones(len(frame), dtype=bool)
    groups = []
    while missing.any():
        ready = missing & (frame[column].isna() | frame[column].isin(frame.loc[~missing, key])).to_numpy()
        if not ready.any():
            raise ValueError(f"{table.name}.{column} runs in a circle")
        groups.append(frame[ready])
        missing &= ~ready
    return groups
