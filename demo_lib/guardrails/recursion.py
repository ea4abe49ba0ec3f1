"""A recursion has to end: by a counter that passes a constant, by a LIMIT, or by running out of new rows."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sqlglot import exp

from demo_lib.guardrails.access import Resolver
from demo_lib.guardrails.bounds import interval_seconds, number
from demo_lib.guardrails.names import denied
from demo_lib.guardrails.policy import Policy
from demo_lib.guardrails.products import Products, limit_of
from demo_lib.guardrails.scopes import Recursion, conditions


def check_growth(resolver: Resolver, policy: Policy) -> None:
    """Raise GuardrailViolation (layer `access`) where a query may make more rows than the policy allows."""
    products = Products(resolver, policy)
    for recursion in resolver.recursions:
        _Rounds(resolver, policy, recursion).check(products)
    for scope in resolver.scopes:
        products.check(scope)


class _Rounds:
    """One recursive CTE: `scope` is the SELECT that calls it, `itself` how that SELECT sees it."""

    def __init__(self, resolver: Resolver, policy: Policy, recursion: Recursion) -> None:
        self._owners = resolver.names.owners
        self._limit = policy.limits.max_series_rows
        self._cte = recursion.cte
        self._calls = recursion.calls
        self.scope, self.itself = recursion.calls[0]

    def check(self, products: Products) -> None:
        """Raise GuardrailViolation where the recursion may not end, or multiplies in each round."""
        name = self._cte.alias
        if len(self._calls) > 1 or not isinstance(self.scope.node, exp.Select):
            raise denied("recursion", f"{name} calls itself more than once. Let one SELECT call it once.")
        loose = [g for g in products.groups(self.scope) if self.itself not in g and products.product([g]) > 1]
        if loose:
            raise denied("recursion", f"{name} multiplies in each round. Join it ON columns that are equal.")
        if not (self._limited() or self._counts() or self._runs_out()):
            raise denied(
                "recursion", f"{name} may never end. Count the rounds and stop, as in WHERE level < 10."
            )

    def _limited(self) -> bool:
        rounds = limit_of(self._cte.this)
        for option in self._cte.root().args.get("options") or []:
            if isinstance(option, exp.QueryOption) and option.name.upper() == "MAXRECURSION":
                rounds = number(option.args.get("expression")) or math.inf  # 0 stands for no bound
        return rounds is not None and rounds <= self._limit

    def _runs_out(self) -> bool:
        """UNION drops rows seen before, so where nothing new is computed there is an end."""
        plain = all(isinstance(e.unalias(), exp.Column) for e in self.scope.node.expressions)
        return bool(self._cte.this.args.get("distinct")) and plain

    def _counts(self) -> bool:
        """Whether some column moves in every round towards a bound that the recursion may not pass."""
        names = list(self.itself.columns)
        for condition in conditions(self.scope.node):
            for counter, bound, upwards in _comparisons(condition):
                column = self._counter(counter)
                if column not in names or self._own(bound):
                    continue
                step = self._step(names.index(column))
                if step and (step > 0) == upwards and self._reaches(bound, step):
                    return True
        return False

    def _reaches(self, bound: exp.Expr, step: float) -> bool:
        if math.isinf(step):
            return True  # by days or the like: the calendar ends
        end = number(bound)
        return end is not None and abs(end / step) <= self._limit

    def _counter(self, node: exp.Expr) -> str:
        """The recursion's column in `node`, where it stands alone or with a constant added; else nothing."""
        columns, bare = list(node.find_all(exp.Column)), node.unnest()
        if len(columns) != 1 or not self._own(node):
            return ""
        sum_ = isinstance(bare, (exp.Add, exp.Sub)) and columns[0] in (bare.this, bare.expression)
        return columns[0].name.lower() if bare is columns[0] or sum_ else ""

    def _step(self, position: int) -> float | None:
        """How far a column moves in a round: a number, ±inf for a step in time, None where it is unclear."""
        if position >= len(self.scope.node.expressions):
            return None
        move = self.scope.node.expressions[position].unalias()
        while isinstance(move, (exp.Cast, exp.Paren, exp.TryCast)):
            move = move.this
        own = self._own(move)
        if len(own) != 1:
            return None
        if isinstance(move, (exp.Add, exp.Sub)):
            return _sum_step(move, own[0])
        return _time_step(move) if isinstance(move, exp.Func) else None

    def _own(self, node: exp.Expr) -> list[exp.Column]:
        """The columns of the recursion itself that `node` reads."""
        found = ((c, self._owners.get(id(c))) for c in node.find_all(exp.Column))
        return [column for column, owner in found if owner is not None and owner[1] is self.itself]


def _sum_step(move: exp.Add | exp.Sub, column: exp.Column) -> float | None:
    sign = -1.0 if isinstance(move, exp.Sub) else 1.0
    if move.this.unnest() is column:
        amount = number(move.expression)
        if amount is None and interval_seconds(move.expression):
            amount = math.copysign(math.inf, interval_seconds(move.expression) or 0.0)
    else:
        amount = number(move.this) if sign > 0 and move.expression.unnest() is column else None
    return None if amount is None else sign * amount


def _time_step(move: exp.Func) -> float | None:
    """The direction of date(d, '+1 day'), DATEADD(day, 1, d) and the like."""
    amounts = [n.name.strip() for n in move.find_all(exp.Literal)]
    if not any(digit in amount for amount in amounts for digit in "123456789"):
        return None
    back = (
        isinstance(move, (exp.DateSub, exp.DatetimeSub, exp.TimestampSub)) or move.find(exp.Neg) is not None
    )
    return -math.inf if back or any(a.startswith("-") for a in amounts) else math.inf


def _comparisons(part: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr, bool]]:
    """(counter, bound, whether the bound is above) for every way to read a comparison."""
    pairs: list[tuple[exp.Expr, exp.Expr]] = []  # (smaller, larger)
    match part:
        case exp.LT() | exp.LTE():
            pairs = [(part.this, part.expression)]
        case exp.GT() | exp.GTE():
            pairs = [(part.expression, part.this)]
        case exp.Between():
            pairs = [(part.this, part.args["high"]), (part.args["low"], part.this)]
    for small, large in pairs:
        yield small, large, True
        yield large, small, False
