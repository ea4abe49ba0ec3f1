"""Read a catalogue off PostgreSQL: tables, columns, keys, comments, sizes, the values of small columns."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from demo_lib.databases.introspection import (
    MAX_ROWS_COUNTED,
    MAX_VIEW_ROWS,
    closed_by_content,
    listed_values,
    looked_at,
    quoted,
    withheld,
)
from demo_lib.retrieval.catalog import Catalog, Column, Table

Rows = Callable[[str], Sequence[tuple[Any, ...]]]
"""Runs a query and gives all its rows."""

SCHEMA = "public"
"""The one schema that is read, as the policy's default says."""
_COUNTED_ROWS = 100_000

# Tables and views, partitioned and foreign ones too, but not the parts of a partitioned one.
_TABLES = f"""
SELECT c.oid, c.relname, c.relkind, c.reltuples, pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = '{SCHEMA}')
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
ORDER BY c.relname
"""
# Of PostgreSQL's categories of types, S is text and E an enum.
_COLUMNS = f"""
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory IN ('S', 'E'),
       pg_catalog.col_description(a.attrelid, a.attnum),
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = '{SCHEMA}')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
_KEYS = f"""
SELECT k.conrelid, k.contype, a.attname, r.relname, b.attname
FROM pg_catalog.pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair(here, there)
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there
WHERE k.contype IN ('p', 'f')
  AND k.connamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = '{SCHEMA}')
"""


def read_catalog(rows: Rows, name: str) -> Catalog:
    """The tables and views of schema `public` of which the role may read something.

    Columns that look sensitive, and those that the role may not read, are marked and never read.
    """
    columns = defaultdict(list)
    for table_id, *column in rows(_COLUMNS):
        columns[table_id].append(column)
    keys: dict[int, set[str]] = defaultdict(set)
    references: dict[tuple[int, str], str] = {}
    for table_id, kind, column, other, other_column in rows(_KEYS):
        if kind == "p":
            keys[table_id].add(column)
        elif other_column:
            references[table_id, column] = f"{other}.{other_column}"
    tables = {}
    for table_id, table, kind, estimate, comment in looked_at(rows(_TABLES)):
        given = columns[table_id]
        closed = {
            column: not readable or (withheld(column, note or "") and type_ != "boolean")
            for column, type_, _, note, readable in given
        }
        is_view = kind in ("v", "f")
        size = None if is_view else _size(rows, table, estimate)
        source = f"{SCHEMA}.{quoted(table)}"
        text = [c for c, _, is_text, _, _ in given if is_text and not closed[c]]
        values = _values(rows, source, text, limit=is_view) if (size or 0) <= MAX_ROWS_COUNTED else {}
        described = tuple(
            Column(
                name=column,
                type=type_,
                description=note or "",
                primary_key=column in keys[table_id],
                references=references.get((table_id, column)),
                sensitive=closed[column],
                values=values.get(column, ()),
            )
            for column, type_, _, note, _ in given
        )
        tables[table] = Table(table, described, comment or "", "", size)
    return closed_by_content(lambda sql: _tolerant(rows, sql), Catalog(tables, name))


def fingerprint(rows: Rows) -> str:
    """A hash of all that `read_catalog` reads but the values."""
    return hashlib.sha256(repr([rows(query) for query in (_TABLES, _COLUMNS, _KEYS)]).encode()).hexdigest()


def _size(rows: Rows, table: str, estimate: float) -> int | None:
    """The planner's estimate; where the table was never analysed, its rows, up to so many."""
    if estimate >= 0:
        return int(estimate)
    counted = _tolerant(rows, f"SELECT count(*) FROM (SELECT FROM {SCHEMA}.{quoted(table)} LIMIT {_COUNTED_ROWS}) t")
    return counted[0][0] if counted and counted[0][0] < _COUNTED_ROWS else None


def _values(rows: Rows, source: str, text: list[str], *, limit: bool) -> dict[str, tuple[str, ...]]:
    if limit:
        source = f"(SELECT {', '.join(map(quoted, text))} FROM {source} LIMIT {MAX_VIEW_ROWS}) AS part"
    try:
        return listed_values(rows, source, text)
    except psycopg.OperationalError:  # too long, or the line is cut
        raise
    except psycopg.Error:  # a view that fails, or whose owner may no longer read: its columns are known all the same
        return {}


def _tolerant(rows: Rows, sql: str) -> Sequence[tuple[Any, ...]]:
    try:
        return rows(sql)
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return []
