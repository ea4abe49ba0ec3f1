"""Guardrails: three layers between what a model writes and the database.

Layer 1 (`statement`) lets only a read-only query of known parts through, layer 2 (`access`) only allowed
tables and columns, layer 3 (`result`) only so many rows. `check_sql` runs the first two and gives a
CheckedQuery, the one thing that a database runs.
"""

from __future__ import annotations

from demo_lib.guardrails.access import Resolver, check_table_access
from demo_lib.guardrails.policy import Limits, Policy
from demo_lib.guardrails.recursion import check_growth
from demo_lib.guardrails.render import capped, render, shape
from demo_lib.guardrails.result import validate_result
from demo_lib.guardrails.statement import check_statement, parse_statement, validate_sql
from demo_lib.guardrails.verdict import _SEAL, CheckedQuery, GuardrailViolation
from demo_lib.guardrails.views import read_through_views

__all__ = [
    "CheckedQuery",
    "GuardrailViolation",
    "Limits",
    "Policy",
    "check_sql",
    "check_table_access",
    "validate_result",
    "validate_sql",
]


def check_sql(sql: str, policy: Policy, dialect: str = "duckdb") -> CheckedQuery:
    """Check `sql` against `policy` and write it anew, with the row cap in it.

    `dialect` is `duckdb`, `sqlite`, `postgres` or `tsql`. Raises GuardrailViolation(rule, layer, message)
    where it is anything but one read-only query over what the policy allows, or cannot be understood.
    """
    try:
        tree = parse_statement(sql, policy.limits, dialect)
        for _ in range(_ROUNDS):
            check_statement(tree, policy.limits, dialect)
            tree = capped(tree, policy.cap_rows)
            resolver = Resolver(policy, dialect)
            resolver.resolve(tree)
            check_growth(resolver, policy)
            checked = shape(tree)
            tree = read_through_views(tree, resolver.names, masked=bool(resolver.masked))
            sql = render(tree, dialect)
            tree = parse_statement(sql, policy.limits, dialect)
            if shape(tree) == checked:
                read = tuple(sorted(resolver.names.tables)), tuple(sorted(resolver.names.columns))
                return CheckedQuery(sql, *read, dialect, policy.cap_rows, resolver.masked, _SEAL)
        raise GuardrailViolation(
            "not_sql", "statement", "The SQL reads differently each time. Write it plainly."
        )
    except GuardrailViolation:
        raise
    except RecursionError:
        raise GuardrailViolation("too_deep", "statement", "The SQL nests too deeply. Flatten it.") from None
    except Exception as error:
        # a check that stumbles has not checked: fail closed, and say no more than the kind of error
        message = f"The SQL could not be checked ({type(error).__name__}). Write it more plainly."
        raise GuardrailViolation("not_sql", "statement", message) from None


# What is written anew is checked anew until it reads as what was checked: then that is what runs, to the letter.
_ROUNDS = 4
