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
    "a.sale_id % 2 = b.sale_id % 2 AND a.sale_id = a.customer_id",
    "LENGTH(a.channel) = LENGTH(b.channel)",
    "LEFT(a.channel, 1) = LEFT(b.channel, 1)",
    "YEAR(a.sale_date) = YEAR(b.sale_date)",
    "a.sale_id // 1000000 = b.sale_id // 1000000",
    "LEAST(a.sale_id, 1) = LEAST(b.sale_id, 1)",
    "a.sale_id * 0 = b.sale_id",
    "a.sale_id - a.sale_id = b.sale_id - b.sale_id",
    "COALESCE(1, a.sale_id) = COALESCE(1, b.sale_id)",
    "IF(a.sale_id > 0, 1, NULL) IS NOT DISTINCT FROM IF(b.sale_id > 0, 1, NULL)",
    "NULLIF(a.sale_id, a.sale_id) IS NOT DISTINCT FROM NULLIF(b.sale_id, b.sale_id)",
    "(a.sale_id > 0, 1) = (b.sale_id > 0, 1)",
    "(SELECT a.sale_id > 0) = (SELECT b.sale_id > 0)",
    "a.sale_id IN (b.sale_id, 7)",
    "a.sale_id = b.sale_id OR a.sale_id = 7",
    "a.sale_id <> b.sale_id",
    "a.sale_id BETWEEN b.sale_id - 1 AND b.sale_id + 1",
    "a.sale_id = a.sale_id + 0 * b.sale_id",
    "1 = 1",
])  # fmt: skip
def test_what_is_equal_for_most_rows_joins_nothing(condition: str) -> None:
    assert rule(condition) == "cartesian_product"


@pytest.mark.parametrize("condition", [
    "a.sale_id = b.sale_id",
    "a.sale_id + 1 = b.sale_id",
    "a.sale_id IN (b.sale_id)",
    "a.sale_id = b.sale_id OR b.sale_id = a.sale_id",
    "(a.sale_id, a.channel) = (b.sale_id, b.channel)",
    "DATE_TRUNC('day', a.sale_ts) = b.sale_date",
    "a.sale_ts::DATE = b.sale_ts::DATE",
    "a.sale_date = b.sale_date - INTERVAL 1 YEAR",
    "TRIM(a.order_ref) || a.channel = b.order_ref || b.channel",
    "LOWER(a.channel) = LOWER(b.channel) AND a.sale_id = b.sale_id",
    "CAST(a.sale_id AS VARCHAR) = CAST(b.sale_id AS VARCHAR)",
    "COALESCE(a.sale_id, 0) = b.sale_id",
    "a.sale_id = b.sale_id AND (a.sale_id > 0) = (b.sale_id > 0)",
])  # fmt: skip
def test_what_tells_rows_apart_joins(condition: str) -> None:
    assert rule(condition) is None


ONE = "(SELECT *, 1 AS k FROM sales)"
FLAG = "(SELECT sale_id, sale_id > 0 AS k FROM sales)"


@pytest.mark.parametrize(("sql", "dialect"), [
    # a constant, or a flag, by the name of a column
    (f"SELECT COUNT(*) FROM {ONE} a JOIN {ONE} b ON a.k = b.k", "duckdb"),
    (f"SELECT COUNT(*) FROM {FLAG} a JOIN {FLAG} b USING (k)", "duckdb"),
    (f"WITH x AS {FLAG}, y(n, m) AS (SELECT * FROM x) SELECT COUNT(*) FROM y a JOIN y b ON a.m = b.m", "duckdb"),
    ("WITH x AS (SELECT 1 AS k FROM sales UNION ALL SELECT 2 FROM sales) SELECT COUNT(*) FROM x a JOIN x b USING (k)",
     "duckdb"),
    # what is asked when the rows have been multiplied
    ("SELECT a.sale_id, b.sale_id FROM sales a, sales b GROUP BY 1, 2 HAVING a.sale_id = b.sale_id", "duckdb"),
    ("SELECT a.sale_id FROM sales a, sales b QUALIFY a.sale_id = b.sale_id", "duckdb"),
    # an outer join filters none but its own
    ("SELECT COUNT(*) FROM sales a CROSS JOIN sales b LEFT JOIN regions r ON a.sale_id = b.sale_id", "postgres"),
    ("SELECT COUNT(*) FROM sales a CROSS JOIN sales b ANTI JOIN regions r ON a.sale_id = b.sale_id", "duckdb"),
    # a third that reads both joins neither to the other
    ("SELECT COUNT(*) FROM sales a, sales b, UNNEST([a.sale_id, b.sale_id]) u(n)", "duckdb"),
    ("SELECT COUNT(*) FROM sales a, sales b, returns r WHERE r.return_id = a.sale_id + b.sale_id", "sqlite"),
    ("SELECT COUNT(*) FROM sales a, sales b, sales c WHERE a.sale_id IN (b.sale_id, c.sale_id)", "tsql"),
    # by name: with the nearest, not with all
    ("SELECT COUNT(*) FROM sales a CROSS JOIN sales b JOIN regions r USING (region_id)", "sqlite"),
    ("SELECT COUNT(*) FROM sales a CROSS JOIN sales b NATURAL JOIN regions r", "sqlite"),
    ("SELECT COUNT(*) FROM sales a CROSS JOIN sales b POSITIONAL JOIN regions r", "duckdb"),
])  # fmt: skip
def test_what_looks_like_a_join_is_a_product(sql: str, dialect: str) -> None:
    with pytest.raises(GuardrailViolation) as caught:
        check_sql(sql, POLICY, dialect)
    assert caught.value.rule == "cartesian_product"


@pytest.mark.parametrize("sql", [
    "SELECT COUNT(*) FROM sales a JOIN sales b USING (sale_id) JOIN returns c USING (sale_id)",
    "SELECT COUNT(*) FROM sales a FULL JOIN returns b ON a.sale_id = b.sale_id FULL JOIN sales c "
    "ON COALESCE(a.sale_id, b.sale_id) = c.sale_id",
    "SELECT COUNT(*) FROM sales a NATURAL JOIN customers b",
    "SELECT COUNT(*) FROM sales a JOIN (returns b JOIN customers c USING (customer_id)) ON a.sale_id = b.sale_id",
    "SELECT COUNT(*) FROM sales a ASOF JOIN returns b ON a.sale_date >= b.return_date",
    "SELECT COUNT(*) FROM sales s, UNNEST(STRING_SPLIT(s.channel, ',')) u(w) JOIN regions r ON r.region_id = s.region_id",
    # the totals beside each row: one side is one row
    "SELECT s.sale_id, t.n FROM (SELECT *, 1 AS k FROM sales) s JOIN (SELECT 1 AS k, COUNT(*) AS n FROM sales) t USING (k)",
    # months of one year beside those of another: the groups are few
    "WITH m AS (SELECT MONTH(sale_date) AS month, YEAR(sale_date) AS year, SUM(net_amount) AS n FROM sales GROUP BY ALL) "
    "SELECT a.month, a.n - b.n FROM m a JOIN m b ON a.month = b.month AND a.year = b.year + 1",
    # each row beside the mean of its year
    "SELECT s.sale_id FROM sales s WHERE s.net_amount > (SELECT AVG(x.net_amount) FROM sales x "
    "WHERE YEAR(x.sale_date) = YEAR(s.sale_date))",
])  # fmt: skip
def test_honest_joins_pass(sql: str) -> None:
    check_sql(sql, POLICY)


def test_a_union_of_unions_is_bounded_too() -> None:
    doubled = ", ".join(f"x{i} AS (SELECT * FROM x{i - 1} UNION ALL SELECT * FROM x{i - 1})" for i in range(1, 30))
    with pytest.raises(GuardrailViolation, match="again and again"):
        check_sql(f"WITH x0 AS (SELECT sale_id FROM sales), {doubled} SELECT COUNT(*) FROM x29", POLICY)
    once = " UNION ALL ".join(f"SELECT sale_id FROM sales WHERE quantity = {n}" for n in range(30))
    check_sql(f"SELECT COUNT(*) FROM ({once}) x", POLICY)
