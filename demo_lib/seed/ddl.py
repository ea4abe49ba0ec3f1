"""The catalogue as SQL that defines: CREATE TABLE for any engine, comments, and the order to create in."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

from sqlglot import exp

from demo_lib.retrieval.catalog import WITHHELD, Catalog, Column, Table


def create_table_sql(table: Table, dialect: str = "duckdb") -> str:
    """CREATE TABLE with primary and foreign keys, in the engine's own words.

    `dialect` is one that sqlglot writes: duckdb, sqlite, postgres, tsql ...
    """
    keys = [
        exp.ForeignKey(
            expressions=[exp.to_identifier(column)],
            reference=exp.Reference(
                this=exp.Schema(this=exp.to_table(other), expressions=[exp.to_identifier(other_column)])
            ),
        )
        for column, other, other_column in table.foreign_keys
    ]
    schema = exp.Schema(this=exp.to_table(table.name), expressions=[*map(_definition, table.columns), *keys])
    return exp.Create(this=schema, kind="TABLE").sql(dialect=dialect)


def comment_sql(table: Table) -> Iterator[str]:
    """DuckDB's and PostgreSQL's COMMENT ON statements for the table and its columns."""
    if table.description:
        yield _comment("TABLE", exp.to_table(table.name), table.description)
    for column in table.columns:
        # a copy of the file opened without its catalogue must still know what to withhold
        text = f"{column.description} {WITHHELD}".strip() if column.sensitive else column.description
        if text:
            yield _comment("COLUMN", exp.column(column.name, table=table.name), text)


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


def _comment(kind: str, this: exp.Expression, text: str) -> str:
    return exp.Comment(this=this, kind=kind, expression=exp.Literal.string(text)).sql(dialect="duckdb")
