"""The labelled queries of `tests/data/guard`, their policy, and two worlds to run accepted queries in."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from demo_lib.guardrails import Policy

DATA = Path(__file__).parent.parent / "data" / "guard"
SCHEMA = json.loads((DATA / "schema.json").read_text(encoding="utf-8"))
POLICY = Policy.from_file(DATA / "schema.json")
CANARY = "CANARY"


def records(name: str) -> list[dict[str, Any]]:
    """The records of one file of labelled queries."""
    lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def by_dialect(name: str) -> dict[str, list[dict[str, Any]]]:
    """The records of one file, by dialect."""
    found = defaultdict(list)
    for record in records(name):
        found[record["dialect"]].append(record)
    return found


def world(secret: str) -> duckdb.DuckDBPyConnection:
    """The policy's tables with a few rows. Two worlds differ in nothing but what may not be read.

    The same `secret` gives the same world: sensitive columns and forbidden tables are filled from it.
    """
    connection = duckdb.connect(
        config={"max_execution_time": "1000", "memory_limit": "300MB", "threads": "1"}
    )
    for table, columns in {**SCHEMA["allowed_tables"], **SCHEMA["forbidden_tables"]}.items():
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
        open_to_all, hidden = Random(table), Random(table + secret)
        marks = ", ".join("?" for _ in columns)
        for row in range(20):
            values = [
                _value(
                    c, t, row, hidden if _is_hidden(table, c) else open_to_all, _is_hidden(table, c), secret
                )
                for c, t in columns.items()
            ]
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)
    return connection


def _is_hidden(table: str, column: str) -> bool:
    return f"{table}.{column}" in SCHEMA["sensitive_columns"] or table in SCHEMA["forbidden_tables"]


def _value(column: str, type_: str, row: int, random: Random, hidden: bool, secret: str) -> object:
    number = random.randrange(9)
    if type_ == "INTEGER":
        return number
    if type_.startswith("DECIMAL"):
        return number / 2
    if type_ in ("DATE", "TIMESTAMP"):
        return date(2024, 1, 1) + timedelta(days=number)
    return f"{CANARY}-{secret}-{number}" if hidden else random.choice(["web", "store", "north", "south"])
