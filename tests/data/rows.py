"""What the generators of the development databases share: days, weights, names, and how a database is written."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

Rows = list[tuple[Any, ...]]
START, TODAY = date(2023, 1, 1), date(2025, 10, 31)


def day(r: random.Random, first: date = START, last: date = TODAY) -> date:
    """A day from the first to the last, both included."""
    return first + timedelta(days=r.randrange((last - first).days + 1))


def one(r: random.Random, weights: Mapping[Any, int]) -> Any:
    """One of the keys, as often as its weight says."""
    return r.choices(list(weights), list(weights.values()))[0]


def named(first: Sequence[str], last: Sequence[str]) -> Callable[[random.Random, int], list[str]]:
    """How to draw so many different names of people."""

    def people(r: random.Random, count: int) -> list[str]:
        everybody = [f"{f} {n}" for f in first for n in last]
        r.shuffle(everybody)
        return everybody[:count]

    return people


def literal(value: object) -> str:
    """A value in SQL."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, bool | int | float) else "'" + str(value).replace("'", "''") + "'"


def write(path: Path, ddl: str, tables: Mapping[str, Rows]) -> None:
    """Make the database anew, with one statement a table: row by row DuckDB is slow."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(ddl)
        for table, rows in tables.items():
            values = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
            connection.execute(f"INSERT INTO {table} VALUES {values}")


def main(home: Path, schemas: Mapping[str, Callable[[], Mapping[str, Rows]]]) -> None:
    """Write a database for each schema beside `home` into the folder that the command line names."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Say which folder the databases are to be written into: python generate.py FOLDER")
    for name, tables in schemas.items():
        write(Path(sys.argv[1]) / f"{name}.duckdb", (home / f"{name}.sql").read_text(encoding="utf-8"), tables())
