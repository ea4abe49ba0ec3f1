"""What a policy shows of a table: its row filter's rows only, and a mask where a sensitive column would come out.

A checked query that needs it reads these views instead of the tables. So what is masked or filtered away never
leaves the table, however the query goes on with it.
"""

from __future__ import annotations

from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from demo_lib.guardrails.names import Names, denied
from demo_lib.guardrails.policy import Policy
from demo_lib.guardrails.second_look import MASK

_TEXT = ("VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "TEXT", "STRING")
# What may hang on a table and has to hang on the view that stands in its place.
_MOVED = ("joins", "pivots", "laterals", "sample")
_KNOWN = {"this", "db", "alias", "hints", *_MOVED}


def read_through_views(tree: exp.Expr, names: Names, *, masked: bool) -> exp.Expr:
    """`tree` with a view in the place of every table that the policy does not show whole.

    masked: whether sensitive columns come out of the query. Raises GuardrailViolation (rule `row_filter`)
    where a view cannot stand in a table's place.
    """
    replaced = False
    for node, table in names.base:
        view = _view(table, masked, names.policy, names.dialect)
        if view is None:
            continue
        if isinstance(node, exp.Subquery):  # a view that an earlier round put there, or a model that knows it
            hints = node.this.args["from_"].this.args.get("hints")
            node.set("this", view)
        else:
            hints = node.args.get("hints")
            node.replace(_in_place_of(node, view))
            replaced = True
        view.args["from_"].this.set("hints", hints)
    if replaced:
        for column in tree.find_all(exp.Column):  # main.sales.amount: the view has a name and no schema
            if column.args.get("db") is not None and names.fold(column.args["db"]) == names.schema:
                column.set("db", None)
    return tree


def table_viewed(node: exp.Subquery, policy: Policy, dialect: str) -> str | None:
    """The table that `node` is a view of, to the letter: then what is in it is the policy's and not the model's."""
    source = node.this.args.get("from_") if isinstance(node.this, exp.Select) else None
    if not (policy.row_filters or policy.on_sensitive == "mask") or source is None:
        return None
    if not isinstance(source.this, exp.Table):
        return None
    schema = source.this.db
    table = source.this.name if schema in ("", policy.default_schema.get(dialect)) else f"{schema}.{source.this.name}"
    if table not in policy.tables:
        return None
    written = node.this.copy()
    written.args["from_"].this.set("hints", None)
    views = [_view(table, masked, policy, dialect) for masked in (False, True)]
    text = written.sql(dialect)
    return table if any(view is not None and view.sql(dialect) == text for view in views) else None


def _in_place_of(node: exp.Table, view: exp.Select) -> exp.Subquery:
    if any(value and key not in _KNOWN for key, value in node.args.items()):
        raise denied("row_filter", f"{node.name[:60]} is read in a way that its view does not allow. Name it alone.")
    moved = {key: node.args[key] for key in _MOVED if node.args.get(key)}
    alias = node.args.get("alias") or exp.TableAlias(this=node.this.copy())
    return exp.Subquery(this=view, alias=alias, **moved)


def _view(table: str, masked: bool, policy: Policy, dialect: str) -> exp.Select | None:
    """What is shown of `table`; None where that is all of it."""
    columns, condition = policy.tables[table], policy.row_filters.get(table)
    hidden = {c for c in columns if masked and policy.is_sensitive(table, c)}
    if not hidden and not condition:
        return None
    shown: list[exp.Expr] = [exp.Star()]
    if hidden:
        shown = [
            exp.alias_(_mask(type_), name, quoted=True) if name in hidden else exp.column(_quoted(name))
            for name, type_ in columns.items()
        ]
    schema, name = policy.default_schema.get(dialect), table
    if dialect == "tsql" and "." in table:
        schema, _, name = table.rpartition(".")
    query = exp.select(*shown).from_(exp.Table(this=_quoted(name), db=_quoted(schema) if schema else None))
    try:
        if condition:
            query = query.where(sqlglot.parse_one(condition, dialect=dialect))
        # once through the writer and the parser, where it will stand: it has to be known again when the query is
        # checked anew, and T-SQL names the columns of a subquery
        written = exp.select("*").from_(query.subquery("v")).sql(dialect)
        return cast("exp.Select", sqlglot.parse_one(written, dialect=dialect).args["from_"].this.this.copy())
    except SqlglotError:
        message = f"The policy's row filter for {table} cannot be read. Mend the policy."
        raise denied("row_filter", message) from None


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _mask(type_: str) -> exp.Expr:
    """`***` for text; nothing, of the right type, for the rest."""
    if type_.upper().startswith(_TEXT):
        return exp.Literal.string(MASK)
    return exp.cast(exp.null(), type_)
