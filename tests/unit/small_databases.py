"""Small databases for the offline model's tests: the prompt that shows one, and its tables with drawn rows in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from demo_lib.offline.sql_writer import write_sql


def prompt_of(schema: str, terms: str = "") -> str:
    """The system text for a schema, with the lines of its glossary if there are any. Today is 1 November 2025."""
    said = f"You write one read-only SQL query.\n\nDialect: duckdb\nToday is 2025-11-01.\n\n## Schema\n```sql\n{schema}\n```\n"
    return f"{said}\n## Glossary\n{terms}\n" if terms else said


def make_tables(db: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Make the tables, with no order in which they would have to be filled."""
    db.execute(re.sub(r"REFERENCES \w+\(\w+\)", "", re.sub(r"--[^\n]*", "", schema)))


def fill(db: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Put rows into a table."""
    db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def same_rows(db: duckdb.DuckDBPyConnection, prompt: str, question: str, gold: str) -> None:
    """Fail unless a query is written for the question that gives the rows of the gold query, in any order."""
    draft = write_sql(prompt, question)
    assert draft.sql is not None, draft.declined
    rows = db.execute(gold).fetchall()
    assert rows and sorted(map(str, db.execute(draft.sql).fetchall())) == sorted(map(str, rows)), draft.sql
