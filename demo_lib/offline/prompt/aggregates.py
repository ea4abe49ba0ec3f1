"""Small changes to an aggregate that several modules make."""

from __future__ import annotations

from sqlglot import exp


def only_where(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    """The aggregate over those rows only that fulfil the condition."""
    tree = aggregate.copy()
    inner = tree.this
    if isinstance(inner, exp.Star):
        tree.set("this", exp.Case().when(condition, exp.Literal.number(1)))
    elif isinstance(inner, exp.Distinct):
        inner.set("expressions", [exp.Case().when(condition, e) for e in inner.expressions])
    else:
        tree.set("this", exp.Case().when(condition, inner))
    return tree
