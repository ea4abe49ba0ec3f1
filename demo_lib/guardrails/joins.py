"""What joins two relations, and what only looks like it.

Part of layer 2: it reads the scopes that `access.py` resolved. An equality ties what its two sides read, unless it
holds for most pairs of rows anyway: of things that are true or false, of remainders, of a constant by another name,
of what both sides have made coarser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from demo_lib.guardrails.bounds import number
from demo_lib.guardrails.names import Names
from demo_lib.guardrails.scopes import Relation, Scope, conjuncts, disjuncts, joins_of

Ids = frozenset[int]
Link = tuple[Ids, Ids]
"""What the two sides of an equality read, by the ids of the relations."""

_WRAPS = (exp.Paren, exp.Cast, exp.TryCast)
_FEW = (exp.Predicate, exp.Connector, exp.Not, exp.Mod, exp.Sign, exp.Boolean, exp.Null, exp.Literal)
# What gives different values for different keys, or nearly so, where its arguments do.
_TELLS_APART = (
    exp.Column, exp.Dot, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.DPipe, exp.Concat, exp.ConcatWs, exp.Coalesce,
    exp.Lower, exp.Upper, exp.Trim, exp.Reverse, exp.MD5, exp.SHA, exp.SHA2, exp.Date, exp.TsOrDsToDate,
    exp.DateAdd, exp.DateSub, exp.TsOrDsAdd, exp.Tuple, exp.Struct, exp.Collate, exp.AtTimeZone,
)  # fmt: skip


class Joins:
    """Finds, in one resolved query, which relations an equality ties to each other."""

    def __init__(self, names: Names) -> None:
        self._owners = names.owners
        self._policy = names.policy
        self._known: dict[tuple[str, int], bool] = {}
        self._found: dict[tuple[int, str], list[exp.Expr]] = {}

    def links(self, scope: Scope) -> Iterator[Link]:
        """Every equality that joins relations of `scope`, in WHERE and in its joins.

        HAVING and QUALIFY do not count: they are asked when all rows have been multiplied.
        """
        where = scope.node.args.get("where")
        for condition in conjuncts(where.this if where is not None else None):
            yield from self.equalities(condition)
        for join in joins_of(scope.node):
            joined = _within(join.this, scope)
            for condition in conjuncts(join.args.get("on")):
                for left, right in self.equalities(condition):
                    # an outer join keeps the rows for which its condition fails, so that it filters nothing else
                    if joined & (left | right) or not (join.side or join.kind in ("SEMI", "ANTI")):
                        yield left, right
            yield from self._by_name(join, joined, scope)

    def equalities(self, condition: exp.Expr, *, coarse: bool = False) -> set[Link]:
        """The links of one condition that must hold. coarse: also those of what both sides have made coarser."""
        match condition:
            case exp.Or():  # each side has to join them
                sides = (
                    {link for part in conjuncts(d) for link in self.equalities(part, coarse=coarse)}
                    for d in disjuncts(condition)
                )
                return set.intersection(*sides)
            case exp.In() if condition.expressions:  # an OR by another name
                return set.intersection(*(self._links(condition.this, v, coarse) for v in condition.expressions))
            case exp.EQ() | exp.NullSafeEQ():
                return self._links(condition.this, condition.expression, coarse)
        return set()

    def reads(self, node: exp.Expr) -> Ids:
        """The relations whose columns `node` reads."""
        found = (self._owners.get(id(c)) for c in node.find_all(exp.Column, exp.Dot))
        return frozenset(id(entry[1]) for entry in found if entry is not None)

    def _links(self, a: exp.Expr, b: exp.Expr, coarse: bool) -> set[Link]:
        if isinstance(a, exp.Literal) or isinstance(b, exp.Literal):
            return set()
        if isinstance(a, exp.Tuple) and isinstance(b, exp.Tuple):
            pairs = zip(a.expressions, b.expressions, strict=False)
            return {link for x, y in pairs for link in self._links(x, y, coarse)}
        left, right = self.reads(a), self.reads(b)
        if not left or not right or left & right or self._few(a) or self._few(b):
            return set()
        if not (coarse or self._tells_apart(a) or self._tells_apart(b)):
            return set()
        return {(left, right) if min(left) < min(right) else (right, left)}

    def _by_name(self, join: exp.Join, joined: Ids, scope: Scope) -> Iterator[Link]:
        """USING, NATURAL and the joins that take at most one row: each ties to the nearest on its left that fits."""
        relations = scope.relations
        first = next((i for i, r in enumerate(relations) if id(r) in joined), len(relations))
        before, own = relations[:first][::-1], [r for r in relations if id(r) in joined]
        method = str(join.args.get("method") or "").upper()
        shared = [{column.name.lower()} for column in join.args.get("using") or []]
        if method == "NATURAL":
            shared = [set().union(*(r.columns for r in own))]
        for names in shared:
            left = next((r for r in before if names & r.columns.keys()), None)
            right = next((r for r in own if names & r.columns.keys()), None)
            if left is None or right is None:
                continue
            columns = ((r, name) for r in (left, right) for name in names & r.columns.keys())
            if method == "NATURAL" or not any(self._few_in(r, name) for r, name in columns):
                yield frozenset({id(left)}), frozenset({id(right)})
        if method in ("POSITIONAL", "ASOF") and before:
            yield frozenset({id(before[0])}), joined

    def _few(self, node: exp.Expr) -> bool:
        """Whether an expression has a few values only, so that nearly every pair of rows may be equal in it."""
        while isinstance(node, _WRAPS):
            if isinstance(node, (exp.Cast, exp.TryCast)) and node.is_type("boolean"):
                return True
            node = node.this
        match node:
            case exp.Column():
                _, relation = self._owners.get(id(node), (None, None))
                return relation is not None and self._few_in(relation, node.name.lower())
            case exp.Subquery() | exp.Select():
                query = node.unnest()
                return isinstance(query, exp.Select) and any(map(self._few, query.expressions))
            case exp.Case():
                given = [*(i.args.get("true") for i in node.args["ifs"]), node.args.get("default")]
                return all(self._few(value) for value in given if value is not None)
            case exp.If():
                return all(self._few(node.args[key]) for key in ("true", "false") if node.args.get(key) is not None)
            case exp.Coalesce() | exp.Alias():  # COALESCE(1, …) is 1
                return self._few(node.this)
            case exp.Mul():  # times nothing is nothing
                return 0 in (number(node.this), number(node.expression))
        return isinstance(node, _FEW)

    def _tells_apart(self, node: exp.Expr) -> bool:
        """Whether different keys give different values. Where neither side of an equality does, too much is equal."""
        while isinstance(node, _WRAPS):
            node = node.this
        match node:
            case exp.Column():
                _, relation = self._owners.get(id(node), (None, None))
                origins = self._origins(relation, node.name.lower()) if relation is not None else ()
                return all(self._remembered(self._tells_apart, e) for e in origins)
            case exp.Add() | exp.Sub() | exp.Mul():  # of a column and a constant: a.n - a.n is nothing
                sides = [n for n in (node.this, node.expression) if n.find(exp.Column) is not None]
                return len(sides) == 1 and self._tells_apart(sides[0])
            case exp.Coalesce() | exp.Alias():
                return self._tells_apart(node.this)
            case exp.Trim() if node.expression:
                return False
        return isinstance(node, _TELLS_APART) and any(map(self._tells_apart, node.iter_expressions()))

    def _remembered(self, ask: Callable[[exp.Expr], bool], node: exp.Expr) -> bool:
        """`ask(node)`, once for each: a chain of CTEs that name each other twice would ask without end."""
        key = ask.__name__, id(node)
        if key not in self._known:
            self._known[key] = False
            self._known[key] = ask(node)
        return self._known[key]

    def _few_in(self, relation: Relation, name: str) -> bool:
        columns = self._policy.tables.get(relation.table, {})
        if any(c.lower() == name and type_.upper().startswith("BOOL") for c, type_ in columns.items()):
            return True
        return any(self._remembered(self._few, e) for e in self._origins(relation, name))

    def _origins(self, relation: Relation, name: str) -> list[exp.Expr]:
        """What a column of a subquery or a CTE is there, in every SELECT that gives it."""
        if relation.source is None or relation.recursive:
            return []
        given, offered = list(relation.columns), relation.source.columns
        if len(given) == len(offered) and name in given:  # a list of names may stand on it
            name = offered[given.index(name)][0]
        key = id(relation.source), name
        if key not in self._found:
            self._found[key] = []
            origins = (e for scope in relation.source.scopes for e in self._given(scope, name))
            self._found[key] = list({id(e): e for e in origins}.values())
        return self._found[key]

    def _given(self, scope: Scope, name: str) -> Iterator[exp.Expr]:
        """What one SELECT gives by this name; by a star or through parentheses, what gives it that."""
        projections = scope.node.expressions if isinstance(scope.node, exp.Select) else [exp.Star()]
        for projection in projections:
            if projection.is_star:
                for relation in scope.relations:
                    yield from self._origins(relation, name) if name in relation.columns else ()
            elif projection.alias_or_name.lower() == name.lower():
                yield projection.unalias()


def _within(node: exp.Expr, scope: Scope) -> Ids:
    """The relations of `scope` that stand in a FROM item, parentheses opened."""
    nodes, stack = set(), [node]
    while stack:
        part = stack.pop()
        nodes.add(id(part))
        if isinstance(part, exp.Subquery) and isinstance(part.this, (exp.Table, exp.Subquery)):
            stack.append(part.this)
        stack += [join.this for join in part.args.get("joins") or []]
    return frozenset(id(r) for r in scope.relations if id(r.node) in nodes)
