"""Read a catalogue off a DuckDB file: tables, columns, keys, comments, sizes, the values of small columns."""

from __future__ import annotations

from collections import defaultdict

import duckdb

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


def read_catalog(cursor: duckdb.DuckDBPyConnection, name: str) -> Catalog:
    """The tables and views of schema `main`. Columns that look sensitive by name are marked, never read."""
    where = "WHERE database_name = current_database() AND schema_name = 'main'"
    sizes = dict(
        _rows(cursor, f"SELECT table_name, estimated_size FROM duckdb_tables() {where} AND NOT internal")
    )
    comments = dict(
        _rows(
            cursor,
            f"SELECT table_name, comment FROM duckdb_tables() {where} "
            f"UNION ALL SELECT view_name, comment FROM duckdb_views() {where} AND NOT internal",
        )
    )
    columns = defaultdict(list)
    query = f"""SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
                {where} AND NOT internal ORDER BY table_oid, column_index"""
    for table, column, type_, comment in _rows(cursor, query):
        columns[table].append((column, type_, comment or ""))
    keys, references = _keys(cursor, where)
    tables = {}
    for table, given in looked_at(columns.items()):
        values = _values(cursor, table, given, sizes.get(table))
        described = tuple(
            Column(
                name=column,
                type=type_,
                description=comment,
                primary_key=column in keys[table],
                references=references.get((table, column)),
                sensitive=withheld(column, comment) and type_ != "BOOLEAN",
                values=values.get(column, ()),
            )
            for column, type_, comment in given
        )
        tables[table] = Table(table, described, comments.get(table) or "", "", sizes.get(table))
    return closed_by_content(lambda table, names: _tolerant(cursor, head(quoted(table), names)), Catalog(tables, name))


def _keys(
    cursor: duckdb.DuckDBPyConnection, where: str
) -> tuple[dict[str, set[str]], dict[tuple[str, str], str]]:
    keys: dict[str, set[str]] = defaultdict(set)
    references: dict[tuple[str, str], str] = {}
    query = f"""SELECT table_name, constraint_type, constraint_column_names,
                       referenced_table, referenced_column_names
                FROM duckdb_constraints() {where} AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')"""
    for table, kind, columns, other, other_columns in _rows(cursor, query):
        if kind == "PRIMARY KEY":
            keys[table].update(columns)
        else:
            references |= {(table, c): f"{other}.{o}" for c, o in zip(columns, other_columns, strict=True)}
    return keys, references


def _values(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str, str]], rows: int | None
) -> dict[str, tuple[str, ...]]:
    """All values of the text columns that have few and short ones."""
    text = [c for c, type_, note in columns if type_.startswith(("VARCHAR", "ENUM")) and not withheld(c, note)]
    if not text or (rows or 0) > MAX_ROWS_COUNTED:
        return {}
    source = quoted(table)
    if rows is None:  # a view may be anything; look at a bounded part of it
        source = f"(FROM {source} LIMIT {MAX_VIEW_ROWS})"
    try:
        return listed_values(lambda sql: _rows(cursor, sql), source, text)
    except duckdb.InterruptException:
        raise
    except duckdb.Error:  # a view that no longer binds: its columns are known, its values are not
        return {}


def _tolerant(cursor: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    """The rows, or none for a view that no longer binds."""
    try:
        return _rows(cursor, sql)
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return []


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    return cursor.execute(sql).fetchall()
