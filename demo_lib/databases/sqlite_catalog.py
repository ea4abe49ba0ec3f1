"""Read a catalogue off an SQLite file: tables, columns, keys, comments, sizes, the values of small columns."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from demo_lib.databases.introspection import (
    MAX_ROWS_COUNTED,
    MAX_VIEW_ROWS,
    closed_by_content,
    head,
    listed_values,
    literal,
    looked_at,
    quoted,
    withheld,
)
from demo_lib.retrieval.catalog import Catalog, Column, Table, is_text

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Runs a query and gives all its rows."""

TABLES = "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
"""Every table of the file with its kind: `table`, `view`, `virtual`, or `shadow`, which is part of a virtual one."""
_COUNTED_ROWS = 1_000_000


def read_catalog(rows: Rows, name: str) -> Catalog:
    """The tables and views that `rows` finds. Columns that look sensitive are marked, never read."""
    kinds = {table: kind for table, kind in rows(f"{TABLES} ORDER BY name") if kind != "shadow"}
    written: dict[str, str] = dict(rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    estimates = _estimates(rows)
    columns = {table: _columns(rows, table) for table in kinds}
    keys = {table.lower(): _key(given) for table, given in columns.items()}
    tables = {}
    for table, given in looked_at(columns.items()):
        if not given:  # a view over what is no longer there
            continue
        comments = _comments(written.get(table, ""), [column for column, _, _ in given])
        size = None if kinds[table] == "view" else _size(rows, table, estimates.get(table))
        source = quoted(table) if size is not None else f"(SELECT * FROM {quoted(table)} LIMIT {MAX_VIEW_ROWS})"
        types = {column: type_ or _type_of_values(rows, source, column) for column, type_, _ in given}
        text = [c for c, type_ in types.items() if is_text(type_) and not withheld(c, comments.get(c, ""))]
        values = _values(rows, source, text) if (size or 0) <= MAX_ROWS_COUNTED else {}
        references = _references(rows, table, keys)
        described = tuple(
            Column(
                name=column,
                type=types[column],
                description=comments.get(column, ""),
                primary_key=place > 0,
                references=references.get(column),
                sensitive=withheld(column, comments.get(column, "")) and not types[column].upper().startswith("BOOL"),
                values=values.get(column, ()),
            )
            for column, _, place in given
        )
        tables[table] = Table(table, described, comments.get("", ""), "", size)
    return closed_by_content(lambda table, names: _tolerant(rows, head(quoted(table), names)), Catalog(tables, name))


def _columns(rows: Rows, table: str) -> list[tuple[str, str, int]]:
    """(name, declared type, place in the primary key or 0); none where a view no longer binds."""
    query = f"SELECT name, type, pk FROM pragma_table_xinfo({literal(table)}) WHERE hidden <> 1 ORDER BY cid"
    return _tolerant(rows, query)


def _key(columns: Iterable[tuple[str, str, int]]) -> list[str]:
    return [column for _, column in sorted((place, column) for column, _, place in columns if place)]


def _references(rows: Rows, table: str, keys: dict[str, list[str]]) -> dict[str, str]:
    """Column → `table.column`. Where the other column is not named, it is the other table's key."""
    found = {}
    query = f'SELECT "from", "table", "to", seq FROM pragma_foreign_key_list({literal(table)}) ORDER BY id, seq'
    for column, other, other_column, place in _tolerant(rows, query):
        key = keys.get(other.lower(), [])
        target = other_column or (key[place] if place < len(key) else None)
        if target:
            found[column] = f"{other}.{target}"
    return found


def _estimates(rows: Rows) -> dict[str, int]:
    """The sizes that ANALYZE has left, where it has run."""
    found = _tolerant(rows, "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
    return {table: int(size) for table, size in found if size is not None}


def _size(rows: Rows, table: str, estimate: int | None) -> int | None:
    """About how many rows a table has: counted up to a million, beyond that by ANALYZE or the highest row id."""
    counted = _tolerant(rows, f"SELECT count(*) FROM (SELECT 1 FROM {quoted(table)} LIMIT {_COUNTED_ROWS})")
    if not counted or counted[0][0] < _COUNTED_ROWS:
        return counted[0][0] if counted else None
    highest = _tolerant(rows, f"SELECT max(_rowid_) FROM {quoted(table)}")
    return estimate or (highest[0][0] if highest else None)


def _values(rows: Rows, source: str, text: list[str]) -> dict[str, tuple[str, ...]]:
    try:
        return listed_values(rows, source, text)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return {}
        raise


def _type_of_values(rows: Rows, source: str, column: str) -> str:
    """The type of a column that declares none, as one that a view computes: that of its first value."""
    name = quoted(column)
    found = _tolerant(rows, f"SELECT typeof({name}) FROM {source} WHERE {name} IS NOT NULL LIMIT 1")
    return str(found[0][0]).upper() if found else "TEXT"


def _tolerant(rows: Rows, sql: str) -> list[tuple[Any, ...]]:
    """The rows, or none where this part of the file cannot be read: the rest of the catalogue is worth having."""
    try:
        return rows(sql)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return []
        raise


def _comments(sql: str, columns: Iterable[str]) -> dict[str, str]:
    """The `--` comments of a CREATE TABLE, which SQLite keeps: a column's stands on its line, the table's
    (under the name "") on the first."""
    found = {}
    names = {form: column for column in columns for form in (column.lower(), quoted(column).lower())}
    for i, line in enumerate(sql.splitlines()):
        start = re.sub(r"'[^']*'", lambda text: "x" * len(text[0]), line).find("--")
        first = re.match(r'\s*("(?:[^"]|"")+"|[^\s",(]+)', line)
        if start < 0:
            continue
        if i == 0:
            found[""] = line[start + 2 :].strip()
        elif first and first[1].lower() in names:
            found[names[first[1].lower()]] = line[start + 2 :].strip()
    return found
