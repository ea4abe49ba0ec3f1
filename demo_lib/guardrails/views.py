"""What a policy shows of a table: its row filter's rows only, and a mask where a sensitive column would come out.

A checked query that needs it reads these views instead of the tables. So what is masked or filtered away never
leaves the table, however the query goes on with it.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class View:
    """A view of one of the policy's tables."""

    table: str
    masked: bool


def read_through_views(tree: exp.Expr, names: Names, *, masked: bool) -> exp.Expr:
    """`tree` with a view in the place of every table that the policy does not show whole.

    masked: whether sensitive columns come out of the query. Raises GuardrailViolation (rule `row_filter`)
    where a view cannot stand in a table's place.
    """
    replaced = False
    for node, table in names.base:
        if not _has_view(table, names.policy, masked):
            continue
        if any(value and key not in _KNOWN for key, value in node.args.items()):
            raise denied("row_filter", f"{table} is read in a way that its view does not allow. Write FROM {table}.")
        moved = {key: node.args[key] for key in _MOVED if node.args.get(key)}
        alias = node.args.get("alias") or exp.TableAlias(this=node.this.copy())
        inner = _view(View(table, masked), names.policy, names.dialect)
        if node.args.get("hints"):
            inner.args["from_"].this.set("hints", node.args["hints"])
        node.replace(exp.Subquery(this=inner, alias=alias, **moved))
        replaced = True
    if replaced:
        for column in tree.find_all(exp.Column):  # main.sales.amount: the view has a name and no schema
            if column.args.get("db") is not None and names.fold(column.args["db"]) == names.schema:
                column.set("db", None)
    return tree


def view_read(node: exp.Subquery, policy: Policy, dialect: str) -> View | None:
    """The view that `node` is, to the letter: then what is in it is the policy's and not the model's."""
    if not policy.row_filters and policy.on_sensitive == "block":
        return None
    source = node.this.args.get("from_") if isinstance(node.this, exp.Select) else None
    if source is None or not isinstance(source.this, exp.Table):
        return None
    written = node.this.copy()
    written.args["from_"].this.set("hints", None)
    text, name = written.sql(dialect), source.this.name
    for masked in (False, True):
        if name in policy.tables and _has_view(name, policy, masked):
            view = View(name, masked)
            if text == _view(view, policy, dialect).sql(dialect):
                return view
    return None


def _has_view(table: str, policy: Policy, masked: bool) -> bool:
    hides = masked and any(policy.is_sensitive(table, c) for c in policy.tables[table])
    return hides or table in policy.row_filters


def _view(view: View, policy: Policy, dialect: str) -> exp.Select:
    columns = policy.tables[view.table]
    shown: list[exp.Expr] = [exp.Star()]
    if view.masked and any(policy.is_sensitive(view.table, c) for c in columns):
        shown = [
            exp.alias_(_mask(type_), name, quoted=True)
            if policy.is_sensitive(view.table, name)
            else exp.column(exp.to_identifier(name, quoted=True))
            for name, type_ in columns.items()
        ]
    schema = policy.default_schema.get(dialect)
    table = exp.Table(
        this=exp.to_identifier(view.table, quoted=True), db=exp.to_identifier(schema, quoted=True) if schema else None
    )
    query = exp.select(*shown).from_(table)
    condition = policy.row_filters.get(view.table)
    try:
        if condition:
            query = query.where(sqlglot.parse_one(condition, dialect=dialect))
        # once through the writer and the parser: it has to be known again when the query is checked anew
        return cast("exp.Select", sqlglot.parse_one(query.sql(dialect), dialect=dialect))
    except SqlglotError:
        message = f"The policy's row filter for {view.table} cannot be read. Mend the policy."
        raise denied("row_filter", message) from None


def _mask(type_: str) -> exp.Expr:
    """`***` for text; nothing, of the right type, for the rest."""
    if type_.upper().startswith(_TEXT):
        return exp.Literal.string(MASK)
    return exp.cast(exp.null(), type_)
