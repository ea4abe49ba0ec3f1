"""T-SQL that writes → DuckDB, for doubles that are told to take it. What is checked of it is little: its syntax.

Not played: locks (`sp_getapplock` always succeeds), the lengths of texts, rights but "may write" and "may not", what a
statement locks or logs. Transactions are DuckDB's own, with XACT_ABORT ON whatever was set: an error rolls back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .errors import SqlError
from .meaning import TYPES_IN_DUCKDB

WRITES = ("CREATE", "DROP", "INSERT", "UPDATE", "DELETE", "GRANT", "EXEC")
_ROWS_AT_ONCE = 100
_SELF = "SELECT table_name FROM duckdb_constraints() WHERE database_name = 'data' AND table_name = referenced_table"


def written(sql: str, parameters: Sequence[str] = ()) -> str:
    """The statement for DuckDB, nothing where there is nothing to do. parameters: their names, which become $1, $2 …"""
    first = sql.split(maxsplit=1)[0].upper()
    if first == "EXEC":
        return _procedure(sql)
    if first == "GRANT":
        return ""
    try:
        tree = sqlglot.parse_one(sql, read="tsql")
    except (SqlglotError, RecursionError):
        raise SqlError(102, f"Incorrect syntax near '{sql[:40]}'.", 15) from None
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier):
            table.set("db", exp.to_identifier("main" if table.db in ("", "dbo") else table.db))
            table.set("catalog", exp.to_identifier("data"))
    for reference in tree.find_all(exp.Reference):  # DuckDB wants no more than the name there
        for table in reference.find_all(exp.Table):
            table.set("db", None)
            table.set("catalog", None)
    for column in tree.find_all(exp.ColumnDef):
        if column.kind is not None and column.kind.this in TYPES_IN_DUCKDB and not column.kind.expressions:
            column.set("kind", exp.DataType.build(TYPES_IN_DUCKDB[column.kind.this], dialect="duckdb"))
    for text in list(tree.find_all(exp.National)):
        text.replace(exp.Literal.string(text.name))
    places = {name: i for i, name in enumerate(parameters, 1)}
    for parameter in list(tree.find_all(exp.Parameter)):
        if parameter.name.lower() not in places:
            raise SqlError(137, f'Must declare the scalar variable "@{parameter.name}".', 15)
        parameter.replace(exp.Parameter(this=exp.Literal.number(places[parameter.name.lower()])))
    return tree.sql("duckdb")


def runs(
    sql: str, rows: Sequence[Sequence[Any]], cursor: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, list[Any]]]:
    """(statement, parameters) that run `sql` once for each row. DuckDB takes many rows at once 13 times as fast."""
    head, values, places = sql.rpartition(" VALUES ")
    if places != f"({', '.join(f'${i + 1}' for i in range(len(rows[0])))})":
        yield from ((sql, list(row)) for row in rows)
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    # it looks for what a row refers to among those of earlier statements alone
    itself = any(f" data.main.{name} " in sql.replace('"', "") for (name,) in cursor.execute(_SELF).fetchall())
    at_once = 1 if itself else _ROWS_AT_ONCE
    for start in range(0, len(rows), at_once):
        part = rows[start : start + at_once]
        yield head + values + ", ".join([one] * len(part)), [value for row in part for value in row]


def _procedure(sql: str) -> str:
    """EXEC of one of the few procedures that are known."""
    called = re.match(r"EXEC\s+(?:@\w+\s*=\s*)?(?:sys\.)?(\w+)", sql, re.IGNORECASE)
    name = called[1].lower() if called else ""
    if name != "sp_addextendedproperty":
        raise SqlError(2812, f"Could not find stored procedure '{name}'.")
    given = {key.lower(): value.replace("''", "'") for key, value in re.findall(r"@(\w+)\s*=\s*N'((?:[^']|'')*)'", sql)}
    levels = [given.get(f"level{i}type", "").upper() for i in range(3)]
    if given["name"] != "MS_Description" or levels[:2] != ["SCHEMA", "TABLE"] or given["level0name"] != "dbo":
        raise SqlError(15600, "An invalid parameter or option was specified for procedure 'sp_addextendedproperty'.", 15)
    kind, parts = "TABLE", ["data", "main", given["level1name"]]
    if levels[2] == "COLUMN":
        kind, parts = "COLUMN", [*parts, given["level2name"]]
    named = ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts)
    return f"COMMENT ON {kind} {named} IS {exp.Literal.string(given['value']).sql('duckdb')}"
