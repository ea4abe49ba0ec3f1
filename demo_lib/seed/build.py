"""Building one database file: tables in the order of their keys, rows, comments."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml
from tqdm import tqdm

from demo_lib.databases.introspection import literal
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
    last_day = (catalog.as_of or DEFAULT_AS_OF) - timedelta(days=1)
    frames: dict[str, pd.DataFrame] = {}
    tables = creation_order(catalog)
    with (
        duckdb.connect() as connection,
        tqdm(total=sum(t.rows or 0 for t in tables), unit=" rows", disable=not progress, mininterval=0.5) as bar,
    ):
        connection.execute(f"ATTACH {literal(str(path))} AS seeded (BLOCK_SIZE {BLOCK_BYTES})")
        connection.execute("USE seeded")
        connection.execute("BEGIN")
        for table in tables:
            bar.set_description(table.name, refresh=False)
            if table.name in STAR:
                frame = STAR[table.name](table, frames, last_day)
            else:
                frame = make_rows(table, hints[table.name], frames, last_day)
            connection.execute(create_table_sql(table))
            _load(connection, table, frame)
            for statement in comment_sql(table):
                connection.execute(statement)
            frames[table.name] = frame
            bar.update(len(frame))
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT seeded")
        connection.execute("USE memory")
        connection.execute("DETACH seeded")
    return {name: len(frame) for name, frame in frames.items()}


def read_hints(catalog_path: Path) -> Hints:
    """The catalogue's columns as they are written, by table."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with catalog_path.open(encoding="utf-8") as file:
        data = yaml.load(file, Loader=loader)
    return {name: table["columns"] for name, table in data["tables"].items()}


def _load(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    if list(frame.columns) != [c.name for c in table.columns]:
        raise ValueError(f"{table.name}: the generator and the catalogue name different columns")
    for part in _generations(table, frame):
        connection.register("rows_to_load", part)
        connection.execute(f"INSERT INTO {table.name} SELECT * FROM rows_to_load")
        connection.unregister("rows_to_load")


def _generations(table: Table, frame: pd.DataFrame) -> list[pd.DataFrame]:
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
