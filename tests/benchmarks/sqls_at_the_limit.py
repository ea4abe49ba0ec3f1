"""Queries that no guard should let through, for their length or depth, and long ones that are honest work.

All in DuckDB's dialect, over the tables of `tests/data/guard/schema.json`.
"""

from __future__ import annotations

OVERLONG = {
    "1 MB of text": f"SELECT '{'x' * 1_000_000}'",
    "1 MB of sums": "SELECT 1" + " + 1" * 250_000,
    "10,000 parentheses": "SELECT " + "(" * 10_000 + "1" + ")" * 10_000,
    "10,000 parentheses, left open": "SELECT " + "(" * 10_000,
    "85 KB of an IN list": f"SELECT channel FROM sales WHERE sale_id IN ({', '.join(str(100_000 + i) for i in range(10_600))})",
    "10,000 NOTs": "SELECT " + "NOT " * 10_000 + "TRUE",
    "10,000 minus signs": "SELECT " + "- " * 10_000 + "1",
    "4,000 CASEs in each other": "SELECT " + "CASE WHEN TRUE THEN " * 4_000 + "1" + " END" * 4_000,
    "5,000 UNIONs": " UNION ".join(["SELECT 1"] * 5_000),
    "8,000 ANDs": "SELECT channel FROM sales WHERE " + " AND ".join(["1 = 1"] * 8_000),
    "8,000 ORs": "SELECT channel FROM sales WHERE " + " OR ".join(["1 = 1"] * 8_000),
    "90 subqueries in each other, twice": "SELECT * FROM (" * 180 + "SELECT 1 AS n" + ") t" * 180,
    "4,000 CTEs": "WITH " + ", ".join(f"c{i} AS (SELECT 1)" for i in range(4_000)) + " SELECT 1",
    "1,800 joins": "SELECT 1 FROM sales s0" + "".join(f" JOIN sales s{i} USING (sale_id)" for i in range(1, 1_800)),
    "40,000 comments left open": "/*" * 40_000,
    "a quote left open": "SELECT '" + "x" * 90_000,
}

_CTES = ", ".join(
    f"c{i} AS (SELECT region_id, SUM(net_amount) AS total{i} FROM sales WHERE quantity > {i} AND status = 'shipped' "
    "GROUP BY region_id)"
    for i in range(40)
)
_JOINED = " ".join(f"JOIN c{i} ON c{i}.region_id = c0.region_id" for i in range(1, 40))
_CHAIN = ", ".join(
    f"c{i} AS (SELECT sale_id, net_amount, region_id FROM c{i - 1} WHERE net_amount > {i} AND region_id <> {i})"
    for i in range(1, 80)
)

HONEST = {
    "an IN list of 2,000 numbers": f"SELECT channel FROM sales WHERE sale_id IN ({','.join(str(1_000 + i) for i in range(1_990))})",
    "an IN list of 1,000 texts": f"SELECT channel FROM sales WHERE order_ref IN ({', '.join(repr(f'o{i:05}') for i in range(990))})",
    "200 columns": f"SELECT {', '.join(f'net_amount * 0.{i:03} AS a_share_of_{i:03}' for i in range(200))} FROM sales",
    "130 sums of a CASE": f"SELECT {', '.join(f'SUM(CASE WHEN quantity = {i} THEN net_amount END) AS q{i}' for i in range(130))} FROM sales",
    "40 CTEs, joined": f"WITH {_CTES} SELECT c0.region_id, {', '.join(f'c{i}.total{i}' for i in range(40))} FROM c0 {_JOINED}",
    "80 CTEs, each over the last": f"WITH c0 AS (SELECT * FROM sales), {_CHAIN} SELECT COUNT(*) FROM c79",
    "a CASE of 300 branches": f"SELECT CASE {' '.join(f'WHEN quantity = {i} THEN {i * 7}' for i in range(300))} END AS n FROM sales",
    "240 conditions with AND in OR": f"SELECT channel FROM sales WHERE {' OR '.join(f'(quantity = {i} AND region_id = {i})' for i in range(235))}",
    "500 conditions with AND": f"SELECT channel FROM sales WHERE {' AND '.join(f'sale_id <> {i}' for i in range(500))}",
    "140 SELECTs with UNION ALL": " UNION ALL ".join(f"SELECT region_id, net_amount FROM sales WHERE quantity = {i}" for i in range(140)),
    "100 subqueries with IN": "SELECT channel FROM sales WHERE quantity > 0"
    + "".join(f" AND product_id IN (SELECT product_id FROM products WHERE category = 'c{i}')" for i in range(115)),
    "100 windows": f"SELECT {', '.join(f'SUM(net_amount) OVER (PARTITION BY region_id ORDER BY sale_date ROWS {i} PRECEDING) AS w{i}' for i in range(100))} FROM sales",
    "600 rows of VALUES": f"SELECT * FROM (VALUES {', '.join(f'({i}, {i * 3})' for i in range(600))}) AS t(a, b)",
    "900 texts strung together": f"SELECT {' || '.join(['channel'] * 880)} AS long FROM sales",
}
