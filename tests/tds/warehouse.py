"""The data behind the double: a DuckDB database, read-only unless a test asks for more, and those of SQL Server's catalogue views that we read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

_VIEWS = """
DROP SCHEMA IF EXISTS sys CASCADE; CREATE SCHEMA sys;
CREATE TABLE sys.schemas (name TEXT, schema_id INTEGER);
CREATE TABLE sys.objects (object_id INTEGER, schema_id INTEGER, parent_object_id INTEGER, name TEXT, type TEXT, is_ms_shipped BOOLEAN);
CREATE TABLE sys.columns (object_id INTEGER, column_id INTEGER, name TEXT, user_type_id INTEGER, max_length SMALLINT, precision UTINYINT, scale UTINYINT);
CREATE TABLE sys.types (user_type_id INTEGER, name TEXT);
CREATE TABLE sys.partitions (object_id INTEGER, index_id INTEGER, rows BIGINT);
CREATE TABLE sys.extended_properties (class UTINYINT, major_id INTEGER, minor_id INTEGER, name TEXT, value TEXT);
CREATE TABLE sys.indexes (object_id INTEGER, index_id INTEGER, is_primary_key BOOLEAN);
CREATE TABLE sys.index_columns (object_id INTEGER, index_id INTEGER, column_id INTEGER);
CREATE TABLE sys.foreign_key_columns (constraint_object_id INTEGER, parent_object_id INTEGER, parent_column_id INTEGER, referenced_object_id INTEGER, referenced_column_id INTEGER);
"""
# DuckDB's type → SQL Server's: name, bytes, precision, scale
_TYPES: dict[str, tuple[str, int, int, int]] = {
    "BOOLEAN": ("bit", 1, 1, 0), "UTINYINT": ("tinyint", 1, 3, 0), "TINYINT": ("smallint", 2, 5, 0),
    "SMALLINT": ("smallint", 2, 5, 0), "INTEGER": ("int", 4, 10, 0), "BIGINT": ("bigint", 8, 19, 0),
    "HUGEINT": ("bigint", 8, 19, 0), "FLOAT": ("real", 4, 24, 0), "DOUBLE": ("float", 8, 53, 0),
    "DATE": ("date", 3, 10, 0), "TIME": ("time", 5, 16, 7), "TIMESTAMP": ("datetime2", 8, 27, 7),
    "TIMESTAMP WITH TIME ZONE": ("datetimeoffset", 10, 34, 7), "UUID": ("uniqueidentifier", 16, 0, 0),
    "BLOB": ("varbinary", -1, 0, 0), "ENUM": ("nvarchar", 8000, 0, 0),
}  # fmt: skip
_TEXT = ("nvarchar", -1, 0, 0)
_INTERNAL = ("information_schema", "pg_catalog")


class Warehouse:
    """The tables of one DuckDB database. Its schema `main` is called `dbo`, as SQL Server's default is."""

    def __init__(self, source: Path | str, name: str, *, writable: bool = False) -> None:
        """source: a file, or SQL statements that make the tables. name: what the database is called.

        writable: whether those of `Double.writers` may write to it; a file that is missing is then made.
        """
        self.name, self.writable = name, writable
        self._connection = duckdb.connect(config={"threads": "2", "memory_limit": "1GB"})
        if isinstance(source, Path):
            self._connection.execute(f"ATTACH '{source}' AS data{'' if writable else ' (READ_ONLY)'}")
        else:
            self._connection.execute("ATTACH ':memory:' AS data; USE data")
            self._connection.execute(source)
            self._connection.execute("USE memory")
        self._connection.execute("SET TimeZone = 'UTC'")
        self.spelling: dict[str, str] = {}
        self.describe()
        self._connection.execute("SET enable_external_access = false; SET lock_configuration = true")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of a session's own."""
        return self._connection.cursor()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def describe(self) -> None:
        """Fill the catalogue views: at first, and after each change of the database."""
        self._connection.execute(_VIEWS)
        self._describe()
        self.tables = self._tables()

    def _tables(self) -> dict[str, dict[str, dict[str, str]]]:
        found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        query = "SELECT database_name, schema_name, table_name, column_name, data_type FROM duckdb_columns() ORDER BY table_oid, column_index"
        for database, schema, table, column, type_ in self._connection.execute(query).fetchall():
            if (database, schema == "sys") in (("data", False), ("memory", True)) and schema not in _INTERNAL:
                found["dbo" if schema == "main" else schema.lower()][table.lower()][column.lower()] = type_
                self.spelling[column.lower()] = column
        return {schema: dict(tables) for schema, tables in found.items()}

    def _describe(self) -> None:
        rows = self._connection.execute
        filled: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

        def add(view: str, given: Iterable[tuple[Any, ...]]) -> None:
            filled[view] += given

        objects = rows(
            "SELECT schema_name, table_name, 'U', estimated_size, comment FROM duckdb_tables() WHERE database_name = 'data' "
            "UNION ALL SELECT schema_name, view_name, 'V', NULL, comment FROM duckdb_views() WHERE database_name = 'data' AND NOT internal ORDER BY ALL"
        ).fetchall()
        schemas = {"dbo": 1, "sys": 4}
        ids = {(schema, table): 1000 + i for i, (schema, table, *_) in enumerate(objects)}
        for schema, table, kind, size, comment in objects:
            schema_id = schemas.setdefault("dbo" if schema == "main" else schema, 4 + len(schemas))
            add("objects", [(ids[schema, table], schema_id, 0, table, kind, False)])
            if size is not None:
                add("partitions", [(ids[schema, table], 0, size)])
            if comment:
                add("extended_properties", [(1, ids[schema, table], 0, "MS_Description", comment)])
        add("schemas", [(name, number) for name, number in schemas.items()])
        names = sorted({name for name, *_ in _TYPES.values()} | {"nvarchar", "decimal"})
        add("types", [(i, name) for i, name in enumerate(names)])
        places: dict[tuple[int, str], int] = {}
        query = "SELECT schema_name, table_name, column_name, column_index, data_type, comment FROM duckdb_columns() WHERE database_name = 'data' ORDER BY ALL"
        for schema, table, column, place, type_, comment in rows(query).fetchall():
            if (schema, table) not in ids:
                continue
            number = ids[schema, table]
            places[number, column] = place
            name, *sizes = _type(type_)
            add("columns", [(number, place, column, names.index(name), *sizes)])
            if comment:
                add("extended_properties", [(1, number, place, "MS_Description", comment)])
        query = "SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names FROM duckdb_constraints() WHERE database_name = 'data'"
        for i, (schema, table, kind, columns, other, other_columns) in enumerate(rows(query).fetchall()):
            number = ids[schema, table]
            if kind == "PRIMARY KEY":
                add("indexes", [(number, 1, True)])
                add("index_columns", [(number, 1, places[number, c]) for c in columns])
            elif kind == "FOREIGN KEY":
                there = ids[schema, other]
                pairs = zip(columns, other_columns, strict=True)
                add("foreign_key_columns", [(i, number, places[number, c], there, places[there, o]) for c, o in pairs])
        for view, found in filled.items():
            marks = f"({', '.join('?' * len(found[0]))})"  # one statement: row by row takes seconds
            values = [value for row in found for value in row]
            rows(f"INSERT INTO memory.sys.{view} VALUES {', '.join([marks] * len(found))}", values)


def _type(name: str) -> tuple[str, int, int, int]:
    if name.startswith("DECIMAL"):
        precision, scale = name[8:-1].split(",")
        return "decimal", 17, int(precision), int(scale)
    return _TYPES.get(name.partition("(")[0], _TEXT)
