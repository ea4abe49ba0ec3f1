"""Read a catalogue off SQL Server: tables, columns, keys, comments, sizes, the values of small columns."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pyodbc

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
from demo_lib.databases.mssql_errors import lost_the_line, number_of
from demo_lib.retrieval.catalog import Catalog, Column, Table

T = TypeVar("T")
Rows = Callable[[str], Sequence[tuple[Any, ...]]]
"""Runs a query and gives all its rows."""

SCHEMA = "dbo"
"""The schema whose tables go by their names alone; the others' are called `schema.table`."""

# A name with a dot in it could not be told from a schema's; such tables are left out.
# Catalogue views show a login what it has some right to, and no more.
_TABLES = """
SELECT o.object_id, s.name, o.name, o.type, p.rows, CAST(e.value AS nvarchar(4000))
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN (SELECT object_id, SUM(rows) AS rows FROM sys.partitions WHERE index_id IN (0, 1) GROUP BY object_id) AS p
  ON p.object_id = o.object_id
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = 'MS_Description'
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 AND CHARINDEX('.', s.name + o.name) = 0
ORDER BY s.name, o.name
"""
_COLUMNS = """
SELECT c.object_id, c.column_id, c.name, t.name, c.max_length, c.precision, c.scale, CAST(e.value AS nvarchar(4000)),
       HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'SELECT', c.name, 'COLUMN')
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = c.object_id AND e.minor_id = c.column_id AND e.name = 'MS_Description'
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
ORDER BY c.object_id, c.column_id
"""
_PRIMARY_KEYS = """
SELECT k.object_id, k.column_id
FROM sys.index_columns AS k
JOIN sys.indexes AS i ON i.object_id = k.object_id AND i.index_id = k.index_id
WHERE i.is_primary_key = 1
"""
_FOREIGN_KEYS = """
SELECT parent_object_id, parent_column_id, referenced_object_id, referenced_column_id FROM sys.foreign_key_columns
"""
_TEXT = ("char", "varchar", "nchar", "nvarchar")  # not text and xml: they cannot be compared


def read_catalog(rows: Rows, name: str) -> Catalog:
    """The tables and views of which the login may read something.

    Columns that look sensitive, and those that the login may not read, are marked and never read.
    """
    columns = defaultdict(list)
    names: dict[tuple[int, int], str] = {}
    for table_id, column_id, column, *rest in rows(_COLUMNS):
        columns[table_id].append((column_id, column, *rest))
        names[table_id, column_id] = column
    found = rows(_TABLES)
    called = {table_id: table if schema == SCHEMA else f"{schema}.{table}" for table_id, schema, table, *_ in found}
    keys = {tuple(key) for key in rows(_PRIMARY_KEYS)}
    references = {
        (table_id, column_id): f"{called[other_id]}.{names[other_id, other_column_id]}"
        for table_id, column_id, other_id, other_column_id in rows(_FOREIGN_KEYS)
        if other_id in called
    }
    tables: dict[str, Table] = {}
    sources: dict[str, str] = {}
    for table_id, schema, table, kind, size, comment in looked_at(found):
        given = columns[table_id]
        closed = {
            column: not readable or (withheld(column, note or "") and type_ != "bit")
            for _, column, type_, _, _, _, note, readable in given
        }
        if all(closed.values()) and not any(readable for *_, readable in given):
            continue
        is_view = kind.strip() == "V"
        text = [column for _, column, type_, *_ in given if type_ in _TEXT and not closed[column]]
        source = f"{quoted(schema)}.{quoted(table)}"
        values = _values(rows, source, text, limit=is_view) if (size or 0) <= MAX_ROWS_COUNTED else {}
        described = tuple(
            Column(
                name=column,
                type=_type(type_, length, precision, scale),
                description=note or "",
                primary_key=(table_id, column_id) in keys,
                references=references.get((table_id, column_id)),
                sensitive=closed[column],
                values=values.get(column, ()),
            )
            for column_id, column, type_, length, precision, scale, note, _ in given
        )
        sources[called[table_id]] = source
        tables[called[table_id]] = Table(
            called[table_id], described, comment or "", "" if schema == SCHEMA else schema, None if is_view else size
        )
    def sample(table: str, names: Sequence[str]) -> Sequence[tuple[Any, ...]]:
        return _tolerant(lambda: rows(head(sources[table], names, dialect="tsql")), [])

    return closed_by_content(sample, Catalog(tables, name))


def fingerprint(rows: Rows) -> str:
    """A hash of all that `read_catalog` reads but the values."""
    read = [[tuple(row) for row in rows(query)] for query in (_TABLES, _COLUMNS, _PRIMARY_KEYS, _FOREIGN_KEYS)]
    return hashlib.sha256(repr(read).encode()).hexdigest()


def _type(name: str, length: int, precision: int, scale: int) -> str:
    """A type as it is written in T-SQL."""
    if name in ("decimal", "numeric"):
        return f"{name}({precision},{scale})"
    if name in ("char", "varchar", "nchar", "nvarchar", "binary", "varbinary"):
        if length == -1:
            return f"{name}(max)"
        return f"{name}({length // 2 if name.startswith('n') else length})"
    return name


def _values(rows: Rows, source: str, text: list[str], *, limit: bool) -> dict[str, tuple[str, ...]]:
    if limit:
        source = f"(SELECT TOP ({MAX_VIEW_ROWS}) {', '.join(map(quoted, text))} FROM {source}) AS part"
    return _tolerant(lambda: listed_values(rows, source, text, dialect="tsql"), {})


def _tolerant(read: Callable[[], T], otherwise: T) -> T:
    """What `read` gives; the other for a view that fails, whose tables are gone: its columns are known all the same."""
    try:
        return read()
    except pyodbc.Error as error:
        if number_of(error) is None or lost_the_line(error):
            raise
        return otherwise
