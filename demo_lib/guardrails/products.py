"""Bounds on what rows multiply to: joins without an equality, subqueries that compare every row with all others.

Part of layer 2: it reads the scopes that `access.py` resolved, and the policy's row estimates. Relations that
an equality joins count as the largest of them; all others multiply.
"""

from __future__ import annotations

import math

from sqlglot import exp

from demo_lib.guardrails.access import Resolver
from demo_lib.guardrails.bounds import number, series_rows
from demo_lib.guardrails.joins import Ids, Joins
from demo_lib.guardrails.names import denied
from demo_lib.guardrails.policy import Policy
from demo_lib.guardrails.scopes import Relation, Scope, conditions

# What a table function over a column is taken to give for each row: the words of a text, the items of a list.
_ROWS_PER_LIST = 100.0
_SERIES = (exp.GenerateSeries, exp.GenerateDateArray, exp.GenerateTimestampArray)
# An equality of more than two relations waits until the others have been joined; so often is it looked at again.
_ROUNDS = 8


class Products:
    """Estimates, for one resolved query, how many rows its scopes run over."""

    def __init__(self, resolver: Resolver, policy: Policy) -> None:
        self._owners = resolver.names.owners
        self._joins = Joins(resolver.names)
        self._policy = policy
        self._rows: dict[int, float] = {}
        # by scope: a chain of UNIONs asks for the same ones again and again
        self._groups: dict[int, list[list[Relation]]] = {}
        self._ties_outside: dict[int, set[int]] = {}
        # the rows of all tables as often as they are named: UNIONs of one CTE with itself, and so on, give more
        self._named = sum(self._relation_rows(r) for s in resolver.scopes for r in s.relations if r.table)

    def check(self, scope: Scope) -> None:
        """Raise GuardrailViolation where `scope` multiplies to more rows than the policy allows."""
        limit = self._policy.limits.max_cartesian_rows
        groups = self.groups(scope)
        rows = self.product(groups)
        if len(groups) > 1 and rows > limit:
            named = ", ".join(sorted(r.table or r.name or "a subquery" for g in groups for r in g)[:6])
            message = f"{named} are not joined by an equality and may multiply to more than {limit:,} rows."
            raise denied("cartesian_product", f"{message} Join them ON columns that are equal.")
        if rows > max(limit, self._named):
            message = f"The query gives rows again and again, more than {limit:,}. Read each table fewer times."
            raise denied("cartesian_product", message)
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

        links = [*self._joins.links(scope), *((frozenset({id(r)}), self._ties(r)) for r in scope.relations)]
        for _ in range(_ROUNDS):
            waiting = []
            for left, right in links:
                sides = [{find(i) for i in side if i in first} for side in (left, right)]
                if all(len(side) == 1 for side in sides):
                    first[sides[0].pop()] = sides[1].pop()
                elif all(sides):  # a.n = b.n + c.n joins a to the two, but not the two
                    waiting.append((left, right))
            links = waiting
        groups: dict[int, list[Relation]] = {}
        for r in scope.relations:
            groups.setdefault(find(id(r)), []).append(r)
        return list(groups.values())

    def product(self, groups: list[list[Relation]]) -> float:
        """About how many rows unjoined groups multiply to."""
        return math.prod(max((self._relation_rows(r) for r in g), default=1.0) for g in groups)

    # what joins ---------------------------------------------------------------------------------------------

    def _ties(self, relation: Relation) -> Ids:
        """What a lateral item is tied to: a function to what it reads, a subquery to what it equals."""
        if relation.table:
            return frozenset()
        if relation.source is None:
            return self._joins.reads(relation.node)
        return frozenset(i for scope in relation.source.scopes for i in self._equals_outside(scope))

    def _equals_outside(self, scope: Scope) -> set[int]:
        """The relations around a scope that an equality ties its own to."""
        if id(scope) not in self._ties_outside:
            self._ties_outside[id(scope)] = self._tied_outside(scope)
        return self._ties_outside[id(scope)]

    def _tied_outside(self, scope: Scope) -> set[int]:
        own = {id(r) for r in scope.relations}
        ties: set[int] = set()
        for part in conditions(scope.node):
            for left, right in self._joins.equalities(part, coarse=True):
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


def _aggregates(node: exp.Expr) -> bool:
    """Whether an expression folds all rows into one: an aggregate that is not a window."""
    if isinstance(node, (exp.Window, exp.Query)):
        return False
    return isinstance(node, exp.AggFunc) or any(_aggregates(child) for child in node.iter_expressions())
