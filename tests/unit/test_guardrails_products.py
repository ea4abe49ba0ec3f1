"""What joins two tables, and what only looks like it: an equality of a few values leaves nearly every pair of rows."""

from __future__ import annotations

import pytest
from guard_files import POLICY

from demo_lib.guardrails import GuardrailViolation, check_sql


def rule(condition: str) -> str | None:
    try:
        check_sql(f"SELECT COUNT(*) FROM sales a JOIN sales b ON {condition}", POLICY)
    except GuardrailViolation as violation:
        return violation.rule
    return None


@pytest.mark.parametrize("condition", [
    "(a.sale_id > 0) = (b.sale_id > 0)",
    "(a.sale_id > 0)::INT = (b.sale_id > 0)::INT",
    "(a.channel IS NULL) = (b.channel IS NULL)",
    "(a.channel LIKE 'w%') = (b.channel LIKE 'w%')",
    "(NOT a.sale_id > 0) = (NOT b.sale_id > 0)",
    "a.sale_id % 2 = b.sale_id % 2",
    "SIGN(a.sale_id) = SIGN(b.sale_id)",
    "CASE WHEN a.sale_id > 0 THEN 1 ELSE 0 END = CASE WHEN b.sale_id > 0 THEN 1 ELSE 0 END",
    "a.sale_id = a.customer_id AND b.sale_id = b.customer_id",
    "a.sale_id <> b.sale_id",
    "1 = 1",
])  # fmt: skip
def test_what_is_equal_for_most_rows_joins_nothing(condition: str) -> None:
    assert rule(condition) == "cartesian_product"


@pytest.mark.parametrize("condition", [
    "a.sale_id = b.sale_id",
    "a.sale_id + 1 = b.sale_id",
    "LOWER(a.channel) = LOWER(b.channel) AND a.sale_id = b.sale_id",
    "CAST(a.sale_id AS VARCHAR) = CAST(b.sale_id AS VARCHAR)",
    "COALESCE(a.sale_id, 0) = b.sale_id",
    "a.sale_id = b.sale_id AND (a.sale_id > 0) = (b.sale_id > 0)",
])  # fmt: skip
def test_what_tells_rows_apart_joins(condition: str) -> None:
    assert rule(condition) is None
