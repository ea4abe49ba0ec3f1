"""Bounds on what rows multiply to: joins without an equality, subqueries that compare every row with all others.

Part of layer 2: it reads the scopes that `access.py` resolved, and the policy's row estimates. Relations that
an equality joins count as the largest of them; all others multiply.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sqlglot import exp

from demo_lib.guardrails.access import Resolver
from demo_lib.guardrails.bounds import number, series_rows
from demo_lib.guardrails.names import denied
from demo_lib.guardrails.policy import Policy
from demo_lib.guardrails.scopes import Relation, Scope, conditions, conjuncts, disjuncts

# What a table function over a column is taken to give for each row: the words of a text, the items of a list.
_ROWS_PER_LIST = 100.0
_SERIES = (exp.GenerateSeries, exp.GenerateDateArray, exp.GenerateTimestampArray)
_EQUAL = (exp.EQ, exp.NullSafeEQ)


class Products:
    """Estimates, for one resolved query, how many rows its scopes run over."""

    def __init__(self, resolver: Resolver, policy: Policy) -> None:
        self._owners = resolver.names.owners
        self._policy = policy
        self._rows: dict[int, float] = {}
        # by scope: a chain of UNIONs asks for the same ones again and again
        self._groups: dict[int, list[list[Relation]]] = {}
        self._ties_outside: dict[int, set[int]] = {}

    def check(self, scope: Scope) -> None:
        """Raise GuardrailViolation where `scope` multiplies to more rows than the policy allows."""
        limit = self._policy.limits.max_cartesian_rows
        groups = self.groups(scope)
        rows = self.product(groups)
        if len(groups) > 1 and rows > limit:
            named = ", ".join(sorted(r.table or r.name or "a subquery" for g in groups for r in g)[:6])
            message = f"{named} are not joined by an equality and may multiply to more than {limit:,} rows."
            raise denied("cartesian_product", f"{message} Join them ON columns that are equal.")
        around = self._compared_with(scope)
        if around is not None and rows * self.product(self.groups(around)) > limit:
            message = f"A subquery compares every row with every other, more than {limit:,} pairs."
            raise denied("cartesian_product", f"{message} Tie it to the outer query by an equality.")

    def groups(self, scope: Scope) -> list[list[Relation]]:
        """The relations of a scope, grouped by the equalities that join them."""
        if id(scope) not in self._groups:
            self._groups[id(scope)] = self._grouped(scope)
        return self._groups[id(scope)]

    def _grouped(self, scope: Scope) -> list[list[Relation]]:
        first = {id(r): id(r) for r in scope.relations}  # each points to one of its group, the first one to itself

        def find(i: int) -> int:
            while first[i] != i:
                first[i] = i = first[first[i]]
            return i

        for ids in self._links(scope):
            own = [find(i) for i in ids if i in first]
            for i in own[1:]:
                first[i] = own[0]
        groups: dict[int, list[Relation]] = {}
        for r in scope.relations:
            groups.setdefault(find(id(r)), []).append(r)
        return list(groups.values())

    def product(self, groups: list[list[Relation]]) -> float:
        """About how many rows unjoined groups multiply to."""
        return math.prod(max((self._relation_rows(r) for r in g), default=1.0) for g in groups)

    # what joins ---------------------------------------------------------------------------------------------

    def _links(self, scope: Scope) -> Iterator[set[int]]:
        """Sets of relations that are tied to each other."""
        relations = scope.relations
        for condition in conditions(scope.node):
            yield from self._equalities(condition)
        joins = [j for n in (scope.node, *(r.node for r in relations)) for j in n.args.get("joins") or []]
        for join in joins:
            method = str(join.args.get("method") or "").upper()
            joined = [r for r in relations if r.node is join.this]
            for column in join.args.get("using") or []:
                yield {id(r) for r in relations if column.name.lower() in r.columns}
            if method == "NATURAL":
                yield {id(r) for r in relations for j in joined if r.columns.keys() & j.columns.keys()}
            elif method == "POSITIONAL":
                yield {id(r) for r in relations}
        for relation in relations:
            yield {id(relation), *self._ties(relation)}

    def _equalities(self, condition: exp.Expr) -> Iterator[set[int]]:
        """The relations that a condition, which must hold, joins by an equality."""
        if isinstance(condition, exp.Or):  # each side has to join them
            sides = [
                [s for part in conjuncts(d) for s in self._equalities(part)] for d in disjuncts(condition)
            ]
            if all(sides):
                yield set.intersection(*(set().union(*side) for side in sides))
        elif isinstance(condition, _EQUAL):
            left, right = self._read(condition.this), self._read(condition.expression)
            if left and right and not left & right:
                yield left | right
        elif isinstance(condition, exp.In):
            left = self._read(condition.this)
            for value in condition.expressions:
                if left and not isinstance(value, exp.Literal):
                    right = self._read(value)
                    if right and not left & right:
                        yield left | right

    def _read(self, node: exp.Expr) -> set[int]:
        """The relations whose columns `node` reads; none where its few values would join nearly every row."""
        if _has_few_values(node):
            return set()
        found = (self._owners.get(id(c)) for c in node.find_all(exp.Column, exp.Dot))
        return {id(entry[1]) for entry in found if entry is not None}

    def _ties(self, relation: Relation) -> set[int]:
        """What a lateral item is tied to: a function to what it reads, a subquery to what it equals."""
        if relation.table:
            return set()
        if relation.source is None:
            return self._read(relation.node)
        return {i for scope in relation.source.scopes for i in self._equals_outside(scope)}

    def _equals_outside(self, scope: Scope) -> set[int]:
        """The relations around a scope that an equality ties its own to."""
        if id(scope) not in self._ties_outside:
            self._ties_outside[id(scope)] = self._tied_outside(scope)
        return self._ties_outside[id(scope)]

    def _tied_outside(self, scope: Scope) -> set[int]:
        own = {id(r) for r in scope.relations}
        ties: set[int] = set()
        for part in conditions(scope.node):
            if isinstance(part, _EQUAL):
                left, right = self._read(part.this), self._read(part.expression)
                if (left & own and right - own) or (right & own and left - own):
                    ties |= (left | right) - own
        return ties

    def _compared_with(self, scope: Scope) -> Scope | None:
        """The scope for whose every row a correlated subquery is worked out, where no equality ties the two."""
        if scope.outer is None or not scope.relations or self._equals_outside(scope):
            return None
        own = {id(r) for r in scope.relations}
        around = {id(s) for s in scope.outer.chain()}
        for column in scope.node.find_all(exp.Column):
            found = self._owners.get(id(column))
            if found is not None and id(found[1]) not in own and id(found[0]) in around:
                return found[0]
        return None

    # how many rows ------------------------------------------------------------------------------------------

    def _relation_rows(self, relation: Relation) -> float:
        if relation.table:
            return float(self._policy.row_estimates.get(relation.table, self._policy.default_rows))
        if relation.source is not None:
            return sum(self._scope_rows(scope) for scope in relation.source.scopes) or 1.0
        series = next(relation.node.find_all(*_SERIES), None)
        return (series_rows(series) if series is not None else None) or _ROWS_PER_LIST

    def _scope_rows(self, scope: Scope) -> float:
        """About how many rows a SELECT gives, from its shape."""
        if id(scope) not in self._rows:
            self._rows[id(scope)] = 1.0  # a recursive CTE meets itself
            self._rows[id(scope)] = self._shape_rows(scope)
        return self._rows[id(scope)]

    def _shape_rows(self, scope: Scope) -> float:
        node = scope.node
        rows = (
            float(len(node.expressions)) if isinstance(node, exp.Values) else self.product(self.groups(scope))
        )
        if node.args.get("group") is not None or node.args.get("distinct"):
            rows = math.sqrt(rows)  # groups are far fewer than rows; how many is not known
        elif isinstance(node, exp.Select) and any(_aggregates(e) for e in node.expressions):
            rows = 1.0
        return min(rows, limit_of(node) or math.inf)


def limit_of(node: exp.Expr) -> float | None:
    """The constant LIMIT, TOP or FETCH of a query, or None."""
    limit = node.args.get("limit")
    return number(limit.args.get("expression") or limit.args.get("count")) if limit is not None else None


def _has_few_values(node: exp.Expr) -> bool:
    """Whether an expression is true or false, a remainder, a sign, or one of a few constants: equal for most rows."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    if isinstance(node, exp.Case):
        results = [*(i.args.get("true") for i in node.args["ifs"]), node.args.get("default")]
        return all(r is None or isinstance(r, (exp.Literal, exp.Boolean, exp.Null)) for r in results)
    return isinstance(node, (exp.Predicate, exp.Connector, exp.Not, exp.Mod, exp.Sign))


def _aggregates(node: exp.Expr) -> bool:
    """Whether an expression folds all rows into one: an aggregate that is not a window."""
    if isinstance(node, (exp.Window, exp.Query)):
        return False
    return isinstance(node, exp.AggFunc) or any(_aggregates(child) for child in node.iter_expressions())
