"""Layer 2: every name, resolved as the engine would, against the policy's closed list.

What is found in no scope is refused, and so is a sensitive column in any position: selected, compared, sorted
or grouped by, joined on, or reached through a star, a whole row, a renamed column list. A star over a table
with sensitive columns is fine where nothing of them comes out: such columns are marked, carried through
subqueries, and refused when they are named or reach the result.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from demo_lib.guardrails.names import Names, denied
from demo_lib.guardrails.policy import Policy
from demo_lib.guardrails.relations import add_from, add_joins, derived, is_query, pivot_relation
from demo_lib.guardrails.scopes import Ctes, Outputs, Recursion, Scope
from demo_lib.guardrails.statement import read_statement

# Dialects in which a CTE may call itself without the word RECURSIVE.
_SILENT_RECURSION = {"sqlite", "tsql"}


def check_table_access(query: str, allowed_tables: Iterable[str] | Policy, dialect: str = "duckdb") -> bool:
    """Slide 9's second layer: True where `query` reads nothing but the allowed tables.

    `allowed_tables` is a policy, or table names alone; then every column of theirs may be read.
    Raises GuardrailViolation naming the table otherwise.
    """
    policy = allowed_tables if isinstance(allowed_tables, Policy) else Policy({n: {} for n in allowed_tables})
    Resolver(policy, dialect).resolve(read_statement(query, policy.limits, dialect))
    return True


class Resolver:
    """Resolves the names of one query. Afterwards: the tables and columns that it reads, and its scopes."""

    def __init__(self, policy: Policy, dialect: str) -> None:
        self.names = Names(policy, dialect)
        self.scopes: list[Scope] = []
        self.recursions: list[Recursion] = []
        self.masked: tuple[str, ...] = ()
        """The columns of the result that have to be masked, by the name that they come out under."""

    def resolve(self, tree: exp.Expr) -> None:
        """Resolve all of `tree`. Raises GuardrailViolation (layer `access`) at the first name refused."""
        outputs = self.query(tree, {}, None)
        if self.names.policy.on_sensitive == "mask":
            self.masked = tuple(sorted({column for column, taint in outputs.columns if taint}))
        else:
            self.names.refuse_taint(outputs)
        # the account: what this walk has not come by was not checked
        if any(id(n) not in self.names.seen for n in tree.find_all(exp.Column, exp.Table)):
            raise denied(
                "unknown_column", "A name stands where it cannot be checked. Write the query more plainly."
            )

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Outputs:
        """Resolve a query that sees `ctes` and, where it may be correlated, the scope `outer`."""
        match node:
            case exp.Select():
                return self._select(node, ctes, outer)
            case exp.SetOperation():
                return self._set_operation(node, ctes, outer)
            case exp.Subquery():
                return self._parenthesised(node, ctes, outer)
            case exp.Values():
                return self._values(node, ctes, outer)
            case exp.Pivot():
                scope = self._scope(node, self._with(node, ctes, outer), outer)
                add_from(self, node.this, scope)
                pivot_relation(self, node, scope, scope.relations[-1])
                return Outputs([], closed=False, scopes=(scope,))
        raise denied("not_allowed", f"{type(node).__name__.upper()} cannot stand here. Write a SELECT.")

    def rest(self, node: exp.Expr, scope: Scope, handled: set[str]) -> None:
        """Resolve whatever else hangs on `node`: conditions, groups, orders, limits, hints."""
        for key, value in node.args.items():
            if key not in handled and value is not None:
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, exp.Expr):
                        self.expression(part, scope)

    def expression(self, node: exp.Expr, scope: Scope) -> None:
        """Resolve every name in an expression."""
        stack = [node]
        while stack:
            part = stack.pop()
            match part:
                case exp.Literal() | exp.Identifier():
                    pass
                case exp.Column():
                    self.names.column(part, scope)
                case exp.Query() | exp.Values():
                    outputs = self.query(part, scope.ctes, scope)
                    if not isinstance(part.parent, exp.Exists):
                        self.names.refuse_taint(outputs)
                case exp.Columns():
                    self.names.refuse_star(scope.relations)
                    stack += [] if isinstance(part.this, exp.Star) else part.iter_expressions()
                case exp.Star():
                    if not isinstance(part.parent, exp.Count):
                        self.names.refuse_star(scope.relations)
                case exp.Comprehension():
                    self._comprehension(part, scope)
                case exp.Dot() if isinstance(_leftmost(part), exp.Identifier):  # a.b.upper()
                    path = [n for n in part.walk() if isinstance(n, exp.Identifier)]
                    self.names.path([self.names.fold(n) for n in reversed(path)], scope, part)
                    stack += [n for n in part.walk() if isinstance(n, exp.Func)]
                case _:
                    stack += part.iter_expressions()

    # kinds of query -----------------------------------------------------------------------------------------

    def _select(self, node: exp.Select, ctes: Ctes, outer: Scope | None) -> Outputs:
        scope = self._scope(node, self._with(node, ctes, outer), outer)
        if node.args.get("from_") is not None:
            add_from(self, node.args["from_"].this, scope)
        add_joins(self, node, scope)
        for lateral in node.args.get("laterals") or []:
            add_from(self, lateral, scope)
        scope.names |= {
            self.names.fold(e.args["alias"]) for e in node.expressions if isinstance(e, exp.Alias)
        }
        outputs = self._select_list(node, scope)
        self.rest(node, scope, {"with_", "from_", "joins", "laterals", "expressions"})
        self._refuse_positions(node, outputs)
        return outputs

    def _set_operation(self, node: exp.SetOperation, ctes: Ctes, outer: Scope | None) -> Outputs:
        ctes = self._with(node, ctes, outer)
        left, right = self.query(node.this, ctes, outer), self.query(node.expression, ctes, outer)
        columns = left.columns + (right.columns if node.args.get("by_name") else [])
        if left.tainted or right.tainted:
            stacked = (
                isinstance(node, exp.Union) and not node.args.get("distinct") and not node.args.get("by_name")
            )
            if not stacked or not (left.closed and right.closed) or len(left.columns) != len(right.columns):
                self.names.refuse_taint(left)  # rows are compared, or columns do not stand side by side
                self.names.refuse_taint(right)
            columns = [(a, x or y) for (a, x), (_, y) in zip(left.columns, right.columns, strict=True)]
        outputs = Outputs(columns, left.closed and right.closed, left.scopes + right.scopes)
        own = {"with_", "this", "expression", "distinct", "by_name"}
        if any(value and key not in own for key, value in node.args.items()):  # a long chain has one ORDER BY
            self._modifiers(node, outputs, ctes, outer, own)
        return outputs

    def _parenthesised(self, node: exp.Subquery, ctes: Ctes, outer: Scope | None) -> Outputs:
        ctes = self._with(node, ctes, outer)
        if not is_query(node):
            scope = self._scope(node, ctes, outer)
            add_from(self, node, scope)
            return Outputs(*self._star_columns(scope), scopes=(scope,))
        outputs = self.query(node.this, ctes, outer)
        scope = self._modifiers(node, outputs, ctes, outer, {"this", "with_", "alias", "joins", "pivots"})
        return Outputs(outputs.columns, outputs.closed, (scope,))

    def _values(self, node: exp.Values, ctes: Ctes, outer: Scope | None) -> Outputs:
        scope = self._scope(node, ctes, outer)
        self.rest(node, scope, {"alias"})
        width = len(node.expressions[0].expressions) if node.expressions else 0
        start = 0 if self.names.dialect == "duckdb" else 1
        prefix = "col" if self.names.dialect == "duckdb" else "column"
        return Outputs([(f"{prefix}{i}", False) for i in range(start, start + width)], scopes=(scope,))

    def _modifiers(
        self, node: exp.Expr, outputs: Outputs, ctes: Ctes, outer: Scope | None, handled: set[str]
    ) -> Scope:
        """Resolve ORDER BY, LIMIT and the like that hang on a whole query: they see what it gives."""
        scope = self._scope(node, ctes, outer)
        scope.relations.append(derived(self, "", outputs, node))
        self.rest(node, scope, handled)
        self._refuse_positions(node, outputs)
        return scope

    # WITH ---------------------------------------------------------------------------------------------------

    def _with(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Ctes:
        with_ = node.args.get("with_")
        if with_ is None:
            return ctes
        declared = [(self.names.fold(cte.args["alias"].this), cte) for cte in with_.expressions]
        # a name that is declared further down means the CTE to one engine and a table to another: not visible
        visible: Ctes = {**ctes, **{name: None for name, _ in declared}}
        for name, cte in declared:
            may_recurse = with_.recursive or self.names.dialect in _SILENT_RECURSION
            if may_recurse and isinstance(cte.this, exp.Union):
                outputs = self._recursive(cte, name, visible, outer)
            else:
                inner = {n: r for n, r in visible.items() if n != name}
                if name in ctes:
                    inner[name] = ctes[name]
                outputs = self.query(cte.this, inner, outer)
            self.rest(cte, Scope(cte, visible), {"this", "alias"})
            visible[name] = derived(self, name, outputs, cte, cte.args["alias"].columns)
        self.rest(with_, Scope(with_, visible), {"expressions"})
        return visible

    def _recursive(self, cte: exp.CTE, name: str, visible: Ctes, outer: Scope | None) -> Outputs:
        body = cte.this
        visible = self._with(body, visible, outer)
        base = self.query(body.this, visible, outer)  # here its own name is not visible yet
        self.names.refuse_taint(base)
        itself = derived(self, name, base, cte, cte.args["alias"].columns)
        itself.recursive = True
        before = len(self.scopes)
        term = self.query(body.expression, {**visible, name: itself}, outer)
        self.names.refuse_taint(term)
        calls = [
            (s, r) for s in self.scopes[before:] for r in s.relations if r.recursive and r.source is base
        ]
        if calls:
            self.recursions.append(Recursion(cte, calls))
        outputs = Outputs(base.columns, base.closed, base.scopes + term.scopes)
        self._modifiers(body, outputs, visible, outer, {"with_", "this", "expression"})
        return outputs

    # the select list ----------------------------------------------------------------------------------------

    def _select_list(self, node: exp.Select, scope: Scope) -> Outputs:
        outputs = Outputs([], scopes=(scope,))
        for projection in node.expressions:
            inner = projection.unalias()
            if isinstance(inner, (exp.Like, exp.ILike, exp.Glob)) and isinstance(inner.this, exp.Star):
                self.expression(inner.expression, scope)  # * LIKE '%_amount'
                inner = inner.this
            star = inner.this if isinstance(inner, (exp.Columns, exp.Column)) else inner
            if isinstance(star, exp.Star):
                given = self._star(inner, star, scope)
                outputs.columns += given.columns
                outputs.closed = outputs.closed and given.closed
                continue
            masked = isinstance(inner, exp.Column) and self.names.shown(inner, scope)
            if not masked:
                self.expression(projection, scope)
            name = projection.args["alias"] if isinstance(projection, exp.Alias) else inner
            name = name.this if isinstance(name, exp.Column) else name
            known = isinstance(name, exp.Identifier)
            outputs.columns.append((self.names.fold(name) if known else "", masked))
            if masked and isinstance(projection, exp.Alias):
                scope.masked.add(self.names.fold(name))
            outputs.closed = (
                outputs.closed and known
            )  # an unnamed expression gets a name that only the engine knows
        return outputs

    def _star(self, node: exp.Expr, star: exp.Star, scope: Scope) -> Outputs:
        """What `*`, `t.*` or `COLUMNS(*)` stands for, after EXCLUDE, REPLACE and RENAME."""
        fold = self.names.fold
        self.names.seen |= {id(n) for n in node.walk() if isinstance(n, exp.Column)}
        called = [fold(p) for p in node.parts[:-1]] if isinstance(node, exp.Column) else []
        outputs = self.names.star(self.names.called(called, scope) if called else scope.relations)
        gone = {fold(c.this if isinstance(c, exp.Column) else c) for c in star.args.get("except_") or []}
        for replaced in star.args.get("replace") or []:
            self.expression(replaced.this, scope)
            gone.add(fold(replaced.args["alias"]))
        # a sensitive column that was renamed stays one under its new name
        names = {fold(r.this.this): fold(r.args["alias"]) for r in star.args.get("rename") or []}
        outputs.columns = [(names.get(c, c), taint and c not in gone) for c, taint in outputs.columns]
        return outputs

    def _star_columns(self, scope: Scope) -> tuple[list[tuple[str, bool]], bool]:
        outputs = self.names.star(scope.relations)
        return outputs.columns, outputs.closed

    def _refuse_positions(self, node: exp.Expr, outputs: Outputs) -> None:
        """ORDER BY 4 over a star may sort by a sensitive column; ORDER BY ALL and DISTINCT compare them all."""
        clauses = [node.args[key] for key in ("order", "group") if node.args.get(key) is not None]
        if not outputs.tainted or not (clauses or node.args.get("distinct")):
            return
        listed = [part for clause in clauses for part in clause.expressions]
        parts = [(p.this if isinstance(p, exp.Ordered) else p).unnest() for p in listed]
        unlisted = any(c.args.get(k) for c in clauses for k in ("all", "cube", "rollup", "grouping_sets"))
        if unlisted or node.args.get("distinct") or any(isinstance(p, (exp.Literal, exp.Var)) for p in parts):
            self.names.refuse_taint(outputs)

    def _comprehension(self, node: exp.Comprehension, scope: Scope) -> None:
        fresh = {self.names.fold_name(n) for n in (node.expression.name, node.text("position")) if n}
        self.expression(node.args["iterator"], scope)
        for part in (node.this, node.args.get("condition")):
            if part is not None:
                self.expression(part, Scope(node, scope.ctes, scope, names=fresh))

    def _scope(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Scope:
        scope = Scope(node, ctes, outer)
        self.scopes.append(scope)
        return scope


def _leftmost(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Dot):
        node = node.this
    return node
