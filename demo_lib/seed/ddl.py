"""The catalogue as SQL that defines: CREATE TABLE for any engine, comments, and the order to create in."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

from sqlglot import exp

from demo_lib.retrieval.catalog import WITHHELD, Catalog, Column, Table


def create_table_sql(table: Table, dialect: str = "duckdb", schema: str = "") -> str:
    """CREATE TABLE with primary and foreign keys, in the engine's own words.

    `dialect` is one that sqlglot writes: duckdb, sqlite, postgres, tsql ... `schema` is the one to make it in, where
    that is not the session's own.
    """
    made = exp.Create(this=exp.Schema(this=exp.to_table(table.name), expressions=_parts(table)), kind="TABLE")
    for named in made.find_all(exp.Table) if schema else ():
        named.set("db", exp.to_identifier(schema))
    # T-SQL keeps words such as `user` and `plan` for itself
    return made.sql(dialect=dialect, identify=dialect == "tsql")


def commented_table_sql(table: Table, dialect: str) -> str:
    """The same, a part a line, with the descriptions as `--` comments: what SQLite keeps of them."""
    notes = [*map(_note, table.columns), *([""] * len(table.foreign_keys))]
    parts = [part.sql(dialect) for part in _parts(table)]
    ends = [","] * (len(parts) - 1) + [""]
    lines = [f"  {part}{end}{_comment_sql(note)}" for part, end, note in zip(parts, ends, notes, strict=True)]
    head = f"CREATE TABLE {exp.to_identifier(table.name).sql(dialect)} ({_comment_sql(table.description)}"
    return "\n".join([head, *lines, ")"])


def comment_sql(table: Table, dialect: str = "duckdb") -> Iterator[str]:
    """DuckDB's and PostgreSQL's COMMENT ON statements for the table and its columns."""
    for column, note in notes(table):
        if column:
            yield _comment("COLUMN", exp.column(column, table=table.name), note, dialect)
        else:
            yield _comment("TABLE", exp.to_table(table.name), note, dialect)


def notes(table: Table) -> Iterator[tuple[str, str]]:
    """(column, description) for each column that has one; first the table's own, whose column is empty."""
    every = [("", table.description), *((column.name, _note(column)) for column in table.columns)]
    yield from ((name, note) for name, note in every if note)


def creation_order(catalog: Catalog) -> list[Table]:
    """All tables, each after those that it references. Raises CycleError where that cannot be."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for table in catalog.tables.values():
        sorter.add(table.name, *(other for _, other, _ in table.foreign_keys if other != table.name))
    return [catalog.tables[name] for name in sorter.static_order()]


def _definition(column: Column) -> exp.ColumnDef:
    constraints = [exp.ColumnConstraint(kind=exp.PrimaryKeyColumnConstraint())] if column.primary_key else []
    kind = exp.DataType.build(column.type, dialect="duckdb")
    return exp.ColumnDef(this=exp.to_identifier(column.name), kind=kind, constraints=constraints)


def _parts(table: Table) -> list[exp.Expr]:
    keys = [
        exp.ForeignKey(
            expressions=[exp.to_identifier(column)],
            reference=exp.Reference(
                this=exp.Schema(this=exp.to_table(other), expressions=[exp.to_identifier(other_column)])
            ),
        )
        for column, other, other_column in table.foreign_keys
    ]
    return [*map(_definition, table.columns), *keys]


def _note(column: Column) -> str:
    # a copy of the file opened without its catalogue must still know what to withhold
    return f"{column.description} {WITHHELD}".strip() if column.sensitive else column.description


def _comment(kind: str, this: exp.Expr, text: str, dialect: str) -> str:
    return exp.Comment(this=this, kind=kind, expression=exp.Literal.string(text)).sql(dialect=dialect)


def _comment_sql(text: str) -> str:
    return " -- " + " ".join(text.split()) if text else ""
