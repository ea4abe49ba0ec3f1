"""What stands in a FROM clause: tables, CTEs, subqueries, functions, pivots, and the joins between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from demo_lib.guardrails.allowed import allowed, function_name
from demo_lib.guardrails.names import denied
from demo_lib.guardrails.scopes import Outputs, Relation, Scope
from demo_lib.guardrails.views import table_viewed

if TYPE_CHECKING:
    from demo_lib.guardrails.access import Resolver


def add_from(resolver: Resolver, node: exp.Expr, scope: Scope) -> None:
    """Add the FROM item `node`, and what is joined to it, to the relations of `scope`."""
    if isinstance(node, exp.Subquery) and not is_query(node):
        _add_parenthesised(resolver, node, scope)
        return
    alias = node.args.get("alias")
    name = resolver.names.fold(alias.this) if isinstance(alias, exp.TableAlias) and alias.this else ""
    relation = _relation(resolver, node, name, scope)
    relation.node = node
    if isinstance(alias, exp.TableAlias) and alias.columns:
        rename(resolver, relation, alias.columns)
    scope.relations.append(relation)
    add_joins(resolver, node, scope)
    for pivot in node.args.get("pivots") or []:
        pivot_relation(resolver, pivot, scope, relation)
    if isinstance(node, exp.Table):
        resolver.rest(node, scope, {"this", "alias", "joins", "pivots", "db", "catalog"})


def add_joins(resolver: Resolver, node: exp.Expr, scope: Scope) -> None:
    """Add everything that is joined to `node`, and resolve what joins it."""
    names = resolver.names
    for join in node.args.get("joins") or []:
        before = list(scope.relations)
        add_from(resolver, join.this, scope)
        if str(join.args.get("method") or "").upper() == "NATURAL":
            _check_natural(before, scope.relations[len(before) :])
        for column in join.args.get("using") or []:
            _check_using(resolver, column, scope)
        resolver.rest(join, scope, {"this", "using"})
        names.seen |= {id(c) for c in join.args.get("using") or []}


def derived(
    resolver: Resolver, name: str, outputs: Outputs, node: exp.Expr, columns: Sequence[exp.Expr] = ()
) -> Relation:
    """The relation that a subquery or CTE gives, its columns renamed where a list of `columns` says so."""
    offered: dict[str, bool] = {}
    for column, taint in outputs.columns:
        offered[column] = offered.get(column, False) or taint
    relation = Relation(name, offered, node, outputs.closed, source=outputs)
    if columns:
        rename(resolver, relation, columns)
    return relation


def rename(resolver: Resolver, relation: Relation, columns: Sequence[exp.Expr]) -> None:
    """Apply a column list. It renames by position, which a policy does not know: not over sensitive columns."""
    if relation.tainted:
        message = (
            f"A list of column names hides sensitive columns{_of(relation)}. Select the columns by name."
        )
        raise denied("sensitive_column", message)
    given = {resolver.names.fold(c if isinstance(c, exp.Identifier) else c.this): False for c in columns}
    # columns beyond the list keep their names; of a subquery they are at most as many as it gives
    kept = dict(list(relation.columns.items())[len(given) :])
    relation.columns = {**given, **kept}


def pivot_relation(resolver: Resolver, node: exp.Pivot, scope: Scope, relation: Relation) -> None:
    """Turn `relation` into what PIVOT or UNPIVOT makes of it: columns that only the engine can tell."""
    if relation.tainted:
        message = f"A pivot goes over sensitive columns{_of(relation)}. Select the columns to pivot first."
        raise denied("sensitive_column", message)
    names = resolver.names
    if node.args.get("into") is not None:  # INTO NAME k VALUE v: new names
        names.seen |= {id(n) for n in node.args["into"].walk()}
    local = Scope(node, scope.ctes, scope.outer, [relation])
    if not node.args.get("unpivot"):  # FOR channel IN (web, store): values, though they look like columns
        values = [
            v for f in node.args.get("fields") or [] for v in f.expressions if isinstance(v, exp.Column)
        ]
        names.seen |= {id(v) for v in values}
        local.names |= {names.fold(v.this) for v in values}
    resolver.rest(node, local, {"this", "alias", "into", "columns", "with_"})
    alias = node.args.get("alias")
    if isinstance(alias, exp.TableAlias) and alias.this:
        relation.name = names.fold(alias.this)
    relation.columns, relation.closed = {}, False


def is_query(node: exp.Expr) -> bool:
    """Whether `node` gives rows of its own. Parentheses around a table and its joins do not."""
    while isinstance(node, exp.Subquery):
        node = node.this
    return isinstance(node, (exp.Query, exp.Values, exp.Pivot))


def _add_parenthesised(resolver: Resolver, node: exp.Subquery, scope: Scope) -> None:
    if node.args.get("alias") or node.args.get("pivots"):
        raise denied("not_allowed", "A join in parentheses may not have a name. Leave the name out.")
    add_from(resolver, node.this, scope)
    add_joins(resolver, node, scope)
    resolver.rest(node, scope, {"this", "joins"})


def _relation(resolver: Resolver, node: exp.Expr, name: str, scope: Scope) -> Relation:
    match node:
        case exp.Table():
            return _table(resolver, node, name, scope)
        case exp.Subquery() if (table := table_viewed(node, resolver.names.policy, resolver.names.dialect)):
            resolver.names.seen |= {id(n) for n in node.this.walk()}
            return resolver.names.relation(table, name, node)
        case exp.Subquery():
            # DuckDB lets a subquery see what stands to its left, without the word LATERAL
            around = _left(scope) if resolver.names.dialect == "duckdb" else scope.outer
            return derived(resolver, name, resolver.query(node, scope.ctes, around), node)
        case exp.Values():
            return derived(resolver, name, resolver.query(node, scope.ctes, scope), node)
        case exp.Lateral(this=exp.Subquery() as query):
            return derived(resolver, name, resolver.query(query, scope.ctes, _left(scope)), node)
        case exp.Lateral(this=exp.Func() as function):
            return _function(resolver, function, name, _left(scope), node)
        case exp.Func():
            return _function(resolver, node, name, scope, node)
    raise denied("table_not_allowed", f"{type(node).__name__} cannot stand as a table. Name a table.")


def _table(resolver: Resolver, node: exp.Table, name: str, scope: Scope) -> Relation:
    names = resolver.names
    names.seen.add(id(node))
    if node.args.get("rows_from"):
        for function in node.args["rows_from"]:
            add_from(resolver, function, Scope(function, scope.ctes, scope))
        return Relation(name, {}, node, closed=False)
    if isinstance(node.this, exp.Func):
        if node.args.get("db") is not None or node.args.get("catalog") is not None:
            raise denied(
                "function_not_allowed", "A function may not be named with a schema. Leave the schema out."
            )
        return _function(resolver, node.this, name, scope, node)
    if not isinstance(node.this, exp.Identifier):
        raise denied(
            "table_not_allowed", "Only a table's own name may follow FROM. Leave server and database out."
        )
    own = names.fold(node.this)
    if node.args.get("db") is None and own in scope.ctes:
        cte = scope.ctes[own]
        if cte is None:
            raise denied(
                "cte_order", f"{node.name[:60]} is used before it is defined. Put its WITH entry first."
            )
        return Relation(
            name or own, dict(cte.columns), node, cte.closed, source=cte.source, recursive=cte.recursive
        )
    return names.table(node, name)


def _function(resolver: Resolver, function: exp.Expr, name: str, scope: Scope, node: exp.Expr) -> Relation:
    names, known = resolver.names, allowed(resolver.names.dialect).table_functions
    called = function_name(function)
    if called not in known:
        raise denied("table_not_allowed", f"The function {called[:60]}() may not be read as a table.")
    resolver.rest(function, scope, {"alias", "offset"})
    declared = [
        d.name for d in function.args.get("expressions") or [] if isinstance(d, exp.OpenJSONColumnDef)
    ]
    offered = dict.fromkeys(map(names.fold_name, declared or known[called]), False)
    if name:  # a function of one column gives it the alias's name
        offered = {name: False, **offered}
    if isinstance(function.args.get("offset"), exp.Identifier):  # WITH ORDINALITY AS t(value, position)
        offered[names.fold(function.args["offset"])] = False
    if node.args.get("ordinality"):
        offered["ordinality"] = False
    return Relation(name or called, offered, node)


def _left(scope: Scope) -> Scope:
    """What a lateral item sees: the relations to its left, and what is around its query."""
    return Scope(scope.node, scope.ctes, scope.outer, list(scope.relations))


def _check_natural(before: list[Relation], added: list[Relation]) -> None:
    for a in before:
        for b in added:
            shared = a.columns.keys() & b.columns.keys()
            unclear = (a.tainted and not b.closed) or (b.tainted and not a.closed)
            if unclear or any(a.columns[c] or b.columns[c] for c in shared):
                raise denied(
                    "sensitive_column", "A NATURAL JOIN compares sensitive columns. Join ON named columns."
                )


def _check_using(resolver: Resolver, node: exp.Expr, scope: Scope) -> None:
    column = resolver.names.fold(node if isinstance(node, exp.Identifier) else node.this)
    owners = [r for r in scope.relations if column in r.columns]
    for relation in owners:
        resolver.names.use(relation, column)
    if not owners and all(r.closed for r in scope.relations):
        raise resolver.names.unknown(node.name, scope)


def _of(relation: Relation) -> str:
    return f" of {relation.table}" if relation.table else ""
