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
    head,
    listed_values,
    looked_at,
    quoted,
    withheld,
)
from demo_lib.retrieval.catalog import Catalog, Column, Table

Rows = Callable[[str], Sequence[tuple[Any, ...]]]
"""Runs a query and gives all its rows."""

PUBLIC = "public"
"""The schema whose tables are called by their own name, as the policy's default says; others are `schema.table`."""
_COUNTED_ROWS = 100_000

# Every schema but the server's own and the kit's, which holds table indexes. What has a dot in its name could not be
# told from a table in a schema.
_SCHEMAS = """
SELECT oid FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_|[.]' AND nspname NOT IN ('information_schema', 'demo_vectors')
  AND pg_catalog.has_schema_privilege(oid, 'USAGE')
"""
# Tables and views, partitioned and foreign ones too, but not the parts of a partitioned one.
_TABLES = f"""
SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relnamespace IN ({_SCHEMAS}) AND strpos(c.relname, '.') = 0
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
ORDER BY n.nspname <> '{PUBLIC}', n.nspname, c.relname
"""
# Of PostgreSQL's categories of types, S is text and E an enum.
_COLUMNS = f"""
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory IN ('S', 'E'),
       pg_catalog.col_description(a.attrelid, a.attnum),
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace IN ({_SCHEMAS}) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
_KEYS = f"""
SELECT k.conrelid, k.contype, a.attname, k.confrelid, b.attname
FROM pg_catalog.pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair(here, there)
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here
LEFT JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there
WHERE k.contype IN ('p', 'f') AND k.connamespace IN ({_SCHEMAS})
"""


def read_catalog(rows: Rows, name: str) -> Catalog:
    """The tables and views of which the role may read something, those outside the schema `public` as `schema.table`.

    Columns that look sensitive, and those that the role may not read, are marked and never read.
    """
    columns = defaultdict(list)
    for table_id, *column in rows(_COLUMNS):
        columns[table_id].append(column)
    given_tables = rows(_TABLES)
    names = {oid: table if schema == PUBLIC else f"{schema}.{table}" for oid, schema, table, *_ in given_tables}
    keys: dict[int, set[str]] = defaultdict(set)
    references: dict[tuple[int, str], str] = {}
    for table_id, kind, column, other, other_column in rows(_KEYS):
        if kind == "p":
            keys[table_id].add(column)
        elif other in names:
            references[table_id, column] = f"{names[other]}.{other_column}"
    tables, sources = {}, {}
    for table_id, schema, table, kind, estimate, comment in looked_at(given_tables):
        given = columns[table_id]
        closed = {
            column: not readable or (withheld(column, note or "") and type_ != "boolean")
            for column, type_, _, note, readable in given
        }
        is_view = kind in ("v", "f")
        source = f"{quoted(schema)}.{quoted(table)}"
        size = None if is_view else _size(rows, source, estimate)
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
        called = names[table_id]
        sources[called] = source
        tables[called] = Table(called, described, comment or "", "" if schema == PUBLIC else schema, size)
    return closed_by_content(lambda table, names: _tolerant(rows, head(sources[table], names)), Catalog(tables, name))


def fingerprint(rows: Rows) -> str:
    """A hash of all that `read_catalog` reads but the values."""
    return hashlib.sha256(repr([rows(query) for query in (_TABLES, _COLUMNS, _KEYS)]).encode()).hexdigest()


def _size(rows: Rows, source: str, estimate: float) -> int | None:
    """The planner's estimate; where the table was never analysed, its rows, up to so many."""
    if estimate >= 0:
        return int(estimate)
    counted = _tolerant(rows, f"SELECT count(*) FROM (SELECT FROM {source} LIMIT {_COUNTED_ROWS}) t")
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
