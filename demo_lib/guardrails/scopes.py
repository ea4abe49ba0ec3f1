"""What a name means where it stands: relations, scopes, and the columns that they offer.

The data that layer 2 resolves a query into. `access.py` builds it, `multiply.py` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp


@dataclass(eq=False)
class Outputs:
    """What a query gives: column names in order, each with whether it carries a sensitive column."""

    columns: list[tuple[str, bool]]
    closed: bool = True
    """False where there may be columns that are not listed (an unnamed expression, a pivot)."""
    scopes: tuple[Scope, ...] = ()
    """The scopes whose rows it gives: one for a SELECT, several for a set operation."""

    @property
    def tainted(self) -> bool:
        """Whether any column carries a sensitive one."""
        return any(taint for _, taint in self.columns)


@dataclass(eq=False)
class Relation:
    """One item of a FROM clause, as the query calls it."""

    name: str
    columns: dict[str, bool]
    """Name → whether it is sensitive, or carries a sensitive column through a star."""
    node: exp.Expr
    closed: bool = True
    table: str = ""
    """The policy's table, where it is one."""
    source: Outputs | None = None
    """The query behind a derived table or a CTE."""
    recursive: bool = False
    """Whether this is a recursive CTE's reference to itself."""

    @property
    def tainted(self) -> bool:
        """Whether any column is sensitive."""
        return any(self.columns.values())


# A name that a WITH declares: its relation, or None where it is declared but not visible yet.
Ctes = dict[str, "Relation | None"]


@dataclass(eq=False)
class Scope:
    """One SELECT: what its names may refer to, and the scope around it."""

    node: exp.Expr
    ctes: Ctes
    outer: Scope | None = None
    relations: list[Relation] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Names that are neither tables nor columns: aliases of the select list, loop variables."""
    masked: set[str] = field(default_factory=set)
    """Those aliases that stand for a column which comes out masked."""

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


@dataclass(frozen=True, eq=False)
class Recursion:
    """A CTE that calls itself, and where it does."""

    cte: exp.CTE
    calls: list[tuple[Scope, Relation]]


def conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """The conditions that must all hold for `node` to hold."""
    stack = [node] if node is not None else []
    while stack:
        part = stack.pop()
        if isinstance(part, exp.And):
            stack += [part.this, part.expression]
        elif isinstance(part, exp.Paren):
            stack.append(part.this)
        else:
            yield part


def disjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions of which one must hold for `node` to hold."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Or):
            stack += [part.this, part.expression]
        else:
            yield part


def conditions(node: exp.Expr) -> Iterator[exp.Expr]:
    """Every condition that the rows of a SELECT must fulfil, from WHERE, HAVING, QUALIFY and its joins."""
    for clause in ("where", "having", "qualify"):
        if node.args.get(clause) is not None:
            yield from conjuncts(node.args[clause].this)
    for join in joins_of(node):
        yield from conjuncts(join.args.get("on"))


def joins_of(node: exp.Expr) -> Iterator[exp.Join]:
    """Every join of a SELECT: they stand on the query, on its tables, and within parentheses."""
    stack = [node, *([node.args["from_"].this] if node.args.get("from_") is not None else [])]
    while stack:
        part = stack.pop()
        if (
            part is not node
            and isinstance(part, exp.Subquery)
            and isinstance(part.this, (exp.Table, exp.Subquery))
        ):
            stack.append(part.this)
        for join in part.args.get("joins") or []:
            yield join
            stack.append(join.this)
