#!/usr/bin/env python3
"""The guards of the benchmark behind one face, each asked in a process of its own.

  python tests/benchmarks/guards/asked.py GUARD POLICY     a JSON line {"dialect", "sql"} in, {"allowed", "us"} out

A published guard is imported in an environment of its own, so this file imports nothing else at the top. `allowed` is
None, with `error`, where the guard raised something. `us` is the fastest of three runs, in microseconds.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import math
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Check = Callable[[str], bool]
RUNS = 3


def ours(policy: Path, dialect: str) -> Check:
    """`check_sql` with the policy's file."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # of this copy, whatever is installed
    from demo_lib.guardrails import GuardrailViolation, Policy, check_sql

    rules = Policy.from_file(policy)

    def check(sql: str) -> bool:
        try:
            check_sql(sql, rules, dialect)
        except GuardrailViolation:
            return False
        return True

    return check


def keywords(policy: Path, dialect: str) -> Check:
    """Slide 9's list, as it stands there."""
    blocked_keywords = ["DROP", "DELETE", "TRUNCATE", "ALTER"]
    return lambda query: not any(keyword in query.upper() for keyword in blocked_keywords)


def is_select(policy: Path, dialect: str) -> Check:
    """`isinstance(parse_one(sql), exp.Select)`, told the dialect. What cannot be parsed is refused."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    def check(sql: str) -> bool:
        try:
            return isinstance(parse_one(sql, dialect=dialect), exp.Select)
        except SqlglotError:
            return False

    return check


def get_type(policy: Path, dialect: str) -> Check:
    """sqlparse's word for every statement: SELECT. It knows no dialects."""
    import sqlparse
    from sqlparse.exceptions import SQLParseError

    def check(sql: str) -> bool:
        try:
            return all(statement.get_type() == "SELECT" for statement in sqlparse.parse(sql))
        except SQLParseError:
            return False

    return check


def bare_parse(policy: Path, dialect: str) -> Check:
    """No guard: what sqlglot takes to read the query. The measure of the times."""
    from sqlglot import parse
    from sqlglot.errors import SqlglotError

    def check(sql: str) -> bool:
        with contextlib.suppress(SqlglotError, RecursionError):
            parse(sql, dialect=dialect)
        return True

    return check


def sqlguard_ninja(policy: Path, dialect: str, unknown_functions: str = "warn") -> Check:
    """The policy's tables, columns, types, row estimates and length; its sensitive columns carry a label that is denied.

    What it would have reviewed by a person counts as refused.
    """
    from sqlguard_ninja import Guard, Policy

    rules = _rules(policy)
    secret = set(rules["sensitive_columns"])

    def column(table: str, name: str, type_: str) -> dict[str, Any]:
        return {"type": type_, "labels": ["secret"] if f"{table}.{name}" in secret else []}

    tables = {
        t: {"columns": {c: column(t, c, type_) for c, type_ in columns.items()}, "estimated_rows": rules["row_estimates"][t]}
        for t, columns in rules["allowed_tables"].items()
    }
    role = {"tables": dict.fromkeys(tables, "*"), "labels": {"secret": "deny"}, "tenant_scoped": False}
    said = {
        "name": "benchmark",
        "dialect": dialect,
        "catalog": {"default_schema": rules["default_schema"][dialect], "tables": tables},
        "labels": {"secret": {}},
        "roles": {"analyst": role},
        "functions": {"unknown_function_action": unknown_functions},
        "limits": {"max_sql_length": rules["limits"]["max_sql_bytes"]},
    }
    guard = Guard(Policy.model_validate(said))
    return lambda sql: bool(guard.validate(sql, role="analyst", dialect=dialect).allowed)


def agent_sql_guard(policy: Path, dialect: str) -> Check:
    """The policy's tables and the names of its sensitive columns, in the strict mode, which is the default.

    Its cost stage asks a warehouse; a query of no bytes leaves the word to the rules.
    """
    from sql_guard import PiiDenylist, SqlGuard, SqlGuardConfig

    rules = _rules(policy)
    secret = [name.split(".")[1] for name in rules["sensitive_columns"]]
    denied = PiiDenylist.from_mapping({"columns": secret, "substrings": []})
    config = SqlGuardConfig.from_settings(pii_denylist=denied, allowed_tables=[*rules["allowed_tables"]], dialect=dialect)
    guard = SqlGuard(config)
    return lambda sql: str(guard.evaluate(sql, bytes_processed=0).outcome.value).lower() == "allow"


GUARDS: dict[str, Callable[[Path, str], Check]] = {
    "ours": ours,
    "keyword list": keywords,
    "isinstance Select": is_select,
    "sqlparse get_type": get_type,
    "sqlguard-ninja": sqlguard_ninja,
    "sqlguard-ninja, strict": functools.partial(sqlguard_ninja, unknown_functions="deny"),
    "agent-sql-guard": agent_sql_guard,
    "bare parse": bare_parse,
}


def serve(build: Callable[[Path, str], Check], policy: Path) -> None:
    """Answer the lines of standard input, one each, until there are no more."""
    ask = functools.cache(functools.partial(build, policy))
    for line in sys.stdin:
        query = json.loads(line)
        print(json.dumps(answer(ask, query["dialect"], query["sql"])), flush=True)


def answer(ask: Callable[[str], Check], dialect: str, sql: str) -> dict[str, Any]:
    """`{"allowed", "us"}`, or `{"allowed": None, "us", "error"}`."""
    fastest, allowed = math.inf, None
    try:
        check = ask(dialect)
        for _ in range(RUNS):
            began = time.perf_counter()
            try:
                allowed = bool(check(sql))
            finally:
                fastest = min(fastest, 1e6 * (time.perf_counter() - began))
    except Exception as error:
        return {"allowed": None, "us": fastest, "error": type(error).__name__}
    return {"allowed": allowed, "us": fastest}


def _rules(policy: Path) -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(policy.read_text(encoding="utf-8"))
    return rules


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    serve(GUARDS[sys.argv[1]], Path(sys.argv[2]))
