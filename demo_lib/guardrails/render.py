"""Write the checked tree out as SQL, with the row cap in it: this text runs, never the one that came in."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from demo_lib.guardrails.verdict import GuardrailViolation


def render(tree: exp.Expr, dialect: str) -> str:
    """`tree` as SQL in `dialect`. The writer rearranges the tree as it goes: it is not to be used afterwards.

    Raises GuardrailViolation where the tree cannot be written faithfully in the dialect.
    """
    try:
        return tree.sql(dialect, comments=False, unsupported_level=ErrorLevel.RAISE, copy=False)
    except (SqlglotError, ValueError, RecursionError):
        message = f"This query cannot be written safely in {dialect}. Write it more plainly."
        raise GuardrailViolation("not_sql", "statement", message) from None


def shape(tree: exp.Expr) -> list[object]:
    """All that `tree` says, as a flat list: two trees of one shape are the same query. Comments say nothing.

    sqlglot's own equality takes some words for the same in any case of letters; this does not.
    """
    found: list[object] = []
    stack: list[object] = [tree]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Expr):
            found.append(type(part))
            for key in sorted(part.args):
                value = part.args[key]
                if value is not None and value is not False and value != []:
                    found.append(key)
                    stack.append(value)
        elif isinstance(part, list):
            found.append(len(part))
            stack += part
        else:
            found.append(part if isinstance(part, str) else repr(part))
    return found


def capped(tree: exp.Expr, cap_rows: int) -> exp.Expr:
    """`tree`, changed so that it gives at most `cap_rows` + 1 rows."""
    rows = cap_rows + 1
    limit = tree.args.get("limit")
    if isinstance(limit, (exp.Limit, exp.Fetch)):
        count = limit.expression if isinstance(limit, exp.Limit) else limit.args.get("count")
        options = limit.args.get("limit_options")
        share = options is not None and (options.args.get("percent") or options.args.get("with_ties"))
        if isinstance(count, exp.Literal) and count.name.isdigit() and not share:
            if int(count.name) > rows:
                count.replace(exp.Literal.number(rows))
            return tree
        if isinstance(tree, exp.Select) and tree.args.get("order") is not None and share:
            return tree  # TOP 10 PERCENT, WITH TIES: the cap on what is fetched holds
    elif isinstance(tree, (exp.Select, exp.SetOperation)):
        if tree.args.get("offset") is not None:
            tree.set("limit", exp.Fetch(direction="FIRST", count=exp.Literal.number(rows)))
            return tree
        return tree.limit(rows, copy=False)
    inner = tree if isinstance(tree, (exp.Subquery, exp.Values)) else exp.Subquery(this=tree)
    if isinstance(tree, exp.Values):
        inner = exp.Subquery(this=tree)
    inner.set("alias", exp.TableAlias(this=exp.to_identifier("capped")))
    return exp.select("*").from_(inner, copy=False).limit(rows, copy=False)
