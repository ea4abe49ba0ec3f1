"""The generator's rows as a driver takes them: the very values that DuckDB would hold, as plain Python."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd

from demo_lib.databases.introspection import quoted
from demo_lib.retrieval.catalog import Table
from demo_lib.seed.build import generations


def typed_rows(table: Table, frame: pd.DataFrame, kept_as: Mapping[str, str] | None = None) -> list[tuple[Any, ...]]:
    """The rows of `frame`, each value of its column's type: int, Decimal, date, datetime, bool, str or None.

    kept_as: a type's name without its size → the DuckDB type that the engine keeps its values as, such as
    `{"DATE": "VARCHAR"}`. A row that refers to another of the same table comes after it.
    """
    kept = kept_as or {}
    values = (
        f"CAST({exact} AS {kept[kind]})" if (kind := c.type.partition("(")[0]) in kept else exact
        for c in table.columns
        for exact in [f"CAST({quoted(c.name)} AS {c.type})"]
    )  # fmt: skip
    # DuckDB does the casting, so that a decimal is rounded alike on every engine
    casting = _in_memory().cursor()
    casting.register("made", pd.concat(generations(table, frame)))
    try:
        return casting.execute(f"SELECT {', '.join(values)} FROM made").fetchall()
    finally:
        casting.unregister("made")


@functools.cache
def _in_memory() -> duckdb.DuckDBPyConnection:
    """One for all tables: to open it takes longer than most of them."""
    return duckdb.connect()
