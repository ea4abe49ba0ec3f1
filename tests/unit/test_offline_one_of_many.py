"""What one of many has, slashes, both sides of a flag, days of their own, who never did: over two schemas, in DuckDB."""

from __future__ import annotations

import random

import duckdb
import pytest

from demo_lib.offline.sql_writer import write_sql

BAKERY = """
CREATE TABLE calendar_days (
  day DATE PRIMARY KEY, -- The day
  is_weekend BOOLEAN, -- Saturday or Sunday
  is_holiday BOOLEAN);
CREATE TABLE districts (
  district_id INTEGER PRIMARY KEY,
  district_name VARCHAR -- one of: Harbour, Hill
);
CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY, customer_name VARCHAR,
  district_id INTEGER REFERENCES districts(district_id), -- Where the customer lives
  member BOOLEAN);
CREATE TABLE shops (
  shop_id INTEGER PRIMARY KEY, shop_name VARCHAR, district_id INTEGER REFERENCES districts(district_id));
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(customer_id),
  shop_id INTEGER REFERENCES shops(shop_id), order_date DATE REFERENCES calendar_days(day),
  quantity INTEGER, -- Pieces sold
  amount DECIMAL(10,2),
  payment VARCHAR, -- How it was paid; one of: Card, Cash
  kind VARCHAR -- one of: Bread, Cake
);
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id), return_date DATE,
  refund_amount DECIMAL(10,2));
"""
GLOSSARY = """
- revenue (turnover): SUM(orders.amount)
- units sold: SUM(orders.quantity)
- refunds: SUM(returns.refund_amount)
- buyers: COUNT(DISTINCT orders.customer_id)
"""
PROMPT = f"Dialect: duckdb\nToday is 2025-11-01.\n\n## Schema\n```sql\n{BAKERY}\n```\n\n## Glossary\n{GLOSSARY}"
O_SHOPS = "SELECT shop_name, SUM(amount) AS a FROM orders JOIN shops USING (shop_id) GROUP BY 1"
RETURNED = "EXISTS (SELECT 1 FROM returns r JOIN orders o USING (order_id) WHERE o.customer_id = c.customer_id)"
BOUGHT = "EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id{})"
STORES = "FROM orders JOIN shops USING (shop_id) JOIN districts d ON d.district_id = shops.district_id"
GOLD = {
    # what one of many has
    "How many units are in an average order by kind?": "SELECT kind, AVG(quantity) FROM orders GROUP BY 1",
    "How much revenue did the average shop make?": f"SELECT AVG(a) FROM ({O_SHOPS})",
    "average revenue of a shop": f"SELECT AVG(a) FROM ({O_SHOPS})",
    "average amount of an order": "SELECT AVG(amount) FROM orders",
    "Taking all shops together, what was the revenue per shop on average?": f"SELECT AVG(a) FROM ({O_SHOPS})",
    "revenue on one unit sold by kind": "SELECT kind, SUM(amount) / SUM(quantity) FROM orders GROUP BY 1",
    # slashes
    "# orders / kind": "SELECT kind, COUNT(*) FROM orders GROUP BY 1",
    "revenue from bread/cake": "SELECT SUM(amount) FROM orders",
    # both sides
    "revenue on weekends and on weekdays": (
        "SELECT is_weekend, SUM(amount) FROM orders JOIN calendar_days ON day = order_date GROUP BY 1"
    ),
    "weekend vs weekday orders": (
        "SELECT is_weekend, COUNT(*) FROM orders JOIN calendar_days ON day = order_date GROUP BY 1"
    ),
    # days of their own
    "refunds on weekends": (
        "SELECT SUM(refund_amount) FROM returns JOIN calendar_days ON day = return_date WHERE is_weekend"
    ),
    "refunds for orders sold on weekends": (
        "SELECT SUM(refund_amount) FROM returns JOIN orders USING (order_id) JOIN calendar_days ON day = order_date"
        " WHERE is_weekend"
    ),
    "revenue on weekends": "SELECT SUM(amount) FROM orders JOIN calendar_days ON day = order_date WHERE is_weekend",
    # how
    "turnover split by how the customers paid": "SELECT payment, SUM(amount) FROM orders GROUP BY 1",
    "number of orders by the way it was paid": "SELECT payment, COUNT(*) FROM orders GROUP BY 1",
    # who never did
    "How many customers have bought from us but never returned anything?": (
        f"SELECT COUNT(*) FROM customers c WHERE {BOUGHT.format('')} AND NOT {RETURNED}"
    ),
    "number of buyers without returns": (
        f"SELECT COUNT(*) FROM customers c WHERE {BOUGHT.format('')} AND NOT {RETURNED}"
    ),
    "buyers with no cake purchase, how many": (
        f"SELECT COUNT(*) FROM customers c WHERE {BOUGHT.format('')} AND NOT " + BOUGHT.format(" AND kind = 'Cake'")
    ),
    # whose district
    "revenue by shop district for Harbour": (
        f"SELECT district_name, SUM(amount) {STORES} WHERE district_name = 'Harbour' GROUP BY 1"
    ),
    "revenue by kind, shop district Harbour": (
        f"SELECT kind, SUM(amount) {STORES} WHERE district_name = 'Harbour' GROUP BY 1"
    ),
    # parts and ends
    "refunds as a percentage of revenue": (
        "SELECT 100 * (SELECT SUM(refund_amount) FROM returns) / (SELECT SUM(amount) FROM orders)"
    ),
    "the smallest and the largest order amount by kind": "SELECT kind, MIN(amount), MAX(amount) FROM orders GROUP BY 1",
    "orders of more than $50 by kind": "SELECT kind, COUNT(*) FROM orders WHERE amount > 50 GROUP BY 1",
    "Which kind had the best turnover?": "SELECT kind, SUM(amount) FROM orders GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
    "the 2 shops that sold the least, in dollars": f"{O_SHOPS} ORDER BY 2 LIMIT 2",
    "Taking all kinds together, how many orders?": "SELECT COUNT(*) FROM orders",
    "For each of our kinds, the number of orders": "SELECT kind, COUNT(*) FROM orders GROUP BY 1",
    "customers with a return": f"SELECT customer_name FROM customers c WHERE {RETURNED}",
}
DECLINED = [
    "How much did we refund for turnover made on weekends?",
    "revenue by how happy they were",
    "revenue during the week",
    "the 2 shops that sold the least",
    "revenue on weekends and holidays",
    "which customers bought but never returned anything in 2024",
    "customers who bought on weekends and on weekdays",
]


@pytest.fixture(scope="module")
def bakery() -> duckdb.DuckDBPyConnection:
    days = "INSERT INTO calendar_days SELECT d, dayofweek(d) IN (0, 6), day(d) = 1 FROM range(DATE '2024-01-01',"
    connection = duckdb.connect()
    connection.execute(BAKERY.replace("REFERENCES calendar_days(day)", ""))
    connection.execute(f"{days} DATE '2026-01-01', INTERVAL 1 DAY) t(d)")
    chance = random.Random(7)
    connection.execute("INSERT INTO districts VALUES (1, 'Harbour'), (2, 'Hill')")
    for i in range(1, 21):
        connection.execute("INSERT INTO customers VALUES (?, ?, ?, ?)", [i, f"C{i}", i % 2 + 1, i % 3 == 0])
    for i in range(1, 6):
        connection.execute("INSERT INTO shops VALUES (?, ?, ?)", [i, f"S{i}", i % 2 + 1])
    for i in range(1, 121):
        day = f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        row = [i, chance.randint(1, 17), chance.randint(1, 5), day, chance.randint(1, 9), chance.randint(5, 99)]
        kinds = [chance.choice(["Card", "Cash"]), chance.choice(["Bread", "Bread", "Bread", "Cake"])]
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [*row, *kinds])
    for i in range(1, 16):
        day = f"2025-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}"
        row = [i, chance.randint(1, 120), day, chance.randint(1, 40)]
        connection.execute("INSERT INTO returns VALUES (?, ?, ?, ?)", row)
    return connection


@pytest.mark.parametrize("question", GOLD)
def test_it_answers_as_the_gold_does(bakery: duckdb.DuckDBPyConnection, question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql, draft.declined
    assert _rows(bakery, draft.sql) == _rows(bakery, GOLD[question])


@pytest.mark.parametrize("question", DECLINED)
def test_what_could_be_read_in_two_ways_is_asked_back(question: str) -> None:
    assert write_sql(PROMPT, question).sql is None


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    found = connection.execute(sql).fetchall()
    return sorted((tuple(round(float(v), 6) if _is_number(v) else v for v in row) for row in found), key=str)


def _is_number(value: object) -> bool:
    return not isinstance(value, str | bool) and value is not None
