"""Check many queries: JSON lines in, a verdict for each out. What `python -m demo_lib check-sql` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from demo_lib.guardrails import GuardrailViolation, Policy, check_sql


def verdict(sql: str, policy: Policy, dialect: str) -> dict[str, Any]:
    """`{allowed, sql, layer, rule, message}`: the query to run, or which rule of which layer refused it and why."""
    try:
        return _said(sql=check_sql(sql, policy, dialect).sql)
    except GuardrailViolation as violation:
        return _said(layer=violation.layer, rule=violation.rule, message=violation.message)


def verdicts(lines: Iterable[str], policy: Policy, dialect: str) -> Iterator[dict[str, Any]]:
    """A verdict with its `id` for each line `{"id", "dialect", "sql"}`; `dialect` stands in where a line has none.

    A line that is no such object is refused like a query: nothing that was not read is allowed. Empty lines are
    left out.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            sql, spoken = given["sql"], given.get("dialect") or dialect
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = 'This line is no object like {"id": 1, "dialect": "duckdb", "sql": "SELECT 1"}.'
            yield {"id": None} | _said(layer="statement", rule="not_json", message=message)
            continue
        yield {"id": given.get("id")} | verdict(sql, policy, spoken)


def _said(
    sql: str | None = None, layer: str | None = None, rule: str | None = None, message: str | None = None
) -> dict[str, Any]:
    return {"allowed": sql is not None, "sql": sql, "layer": layer, "rule": rule, "message": message}
