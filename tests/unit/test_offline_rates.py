"""Rates: so many for a hundred, the part that a status or an event says, what led to what; checked in two engines."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from two_engines import filled_duckdb, filled_sqlite, plain

from demo_lib.offline.sql_writer import write_sql

SHOP = """
CREATE TABLE carriers (carrier_id INTEGER PRIMARY KEY, carrier_name VARCHAR);
CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY, customer_name VARCHAR,
  city VARCHAR, -- one of: Dover, Salem
  signed_up_on DATE);
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY, product_name VARCHAR,
  category VARCHAR -- one of: Garden, Toys
);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(customer_id),
  product_id INTEGER REFERENCES products(product_id), carrier_id INTEGER REFERENCES carriers(carrier_id),
  ordered_on DATE,
  status VARCHAR, -- one of: Open, Cancelled, Complete
  is_late BOOLEAN, amount DECIMAL(10,2));
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id), returned_on DATE,
  reason VARCHAR -- one of: Broken, Late
);
"""
DESK = """
CREATE TABLE campaigns (campaign_id INTEGER PRIMARY KEY, campaign_name VARCHAR);
CREATE TABLE ads (
  ad_id INTEGER PRIMARY KEY, campaign_id INTEGER REFERENCES campaigns(campaign_id), shown_on DATE,
  impressions INTEGER, num_clicks INTEGER);
CREATE TABLE leads (lead_id INTEGER PRIMARY KEY, campaign_id INTEGER REFERENCES campaigns(campaign_id), came_on DATE);
CREATE TABLE contracts (contract_id INTEGER PRIMARY KEY, lead_id INTEGER REFERENCES leads(lead_id), signed_on DATE);
CREATE TABLE subscribers (
  subscriber_id INTEGER PRIMARY KEY,
  plan VARCHAR, -- one of: Basic, Flat
  joined_on DATE, churned BOOLEAN);
"""
RETURNED = "EXISTS (SELECT 1 FROM returns r WHERE r.order_id = o.order_id)"
BOUGHT = "customer_id IN (SELECT customer_id FROM orders WHERE YEAR(ordered_on) = {})"
CANCELLED = "AVG((status = 'Cancelled')::INT)"
OF_SHOP = {
    "How many returns do we get per 100 orders?": (
        "SELECT 100.0 * (SELECT COUNT(*) FROM returns) / (SELECT COUNT(*) FROM orders)"
    ),
    "returns for every 100 orders by category": (
        "SELECT category, 100.0 * COUNT(return_id) / COUNT(DISTINCT order_id) FROM orders JOIN products"
        " USING (product_id) LEFT JOIN returns USING (order_id) GROUP BY 1"
    ),
    "returns per thousand orders in 2024": (
        "SELECT 1000.0 * COUNT(return_id) / COUNT(DISTINCT order_id) FROM orders LEFT JOIN returns USING (order_id)"
        " WHERE YEAR(ordered_on) = 2024"
    ),
    "orders per 100 customers in Dover": (
        "SELECT 100.0 * (SELECT COUNT(*) FROM orders JOIN customers USING (customer_id) WHERE city = 'Dover')"
        " / (SELECT COUNT(*) FROM customers WHERE city = 'Dover')"
    ),
    "Out of a hundred orders, how many are returned?": f"SELECT 100 * AVG(({RETURNED})::INT) FROM orders o",
    "Out of 1000 orders, how many were cancelled?": f"SELECT 1000 * {CANCELLED} FROM orders",
    "Which share of the orders led to a return?": f"SELECT AVG(({RETURNED})::INT) FROM orders o",
    "what percentage of orders led to a return by carrier": (
        f"SELECT carrier_name, 100 * AVG(({RETURNED})::INT) FROM orders o JOIN carriers USING (carrier_id) GROUP BY 1"
    ),
    "what is the cancellation rate?": f"SELECT {CANCELLED} FROM orders",
    "cancellation rate by carrier in 2024": (
        f"SELECT carrier_name, {CANCELLED} FROM orders JOIN carriers USING (carrier_id) WHERE YEAR(ordered_on) = 2024"
        " GROUP BY 1"
    ),
    "which carrier has the highest cancellation rate": (
        f"SELECT carrier_name, {CANCELLED} AS r FROM orders JOIN carriers USING (carrier_id) GROUP BY 1"
        " ORDER BY r DESC LIMIT 1"
    ),
    "carriers with a cancellation rate above 7%": (
        f"SELECT carrier_name, {CANCELLED} FROM orders JOIN carriers USING (carrier_id) GROUP BY 1"
        f" HAVING {CANCELLED} > 0.07"
    ),
    "late rate of orders": "SELECT AVG(is_late::INT) FROM orders",
    "late rate of orders in percent": "SELECT 100 * AVG(is_late::INT) FROM orders",
    "return rate by category": (
        f"SELECT category, AVG(({RETURNED})::INT) FROM orders o JOIN products USING (product_id) GROUP BY 1"
    ),
    "cancellation rate and return rate by carrier": (
        f"SELECT carrier_name, {CANCELLED}, AVG(({RETURNED})::INT) FROM orders o JOIN carriers USING (carrier_id)"
        " GROUP BY 1"
    ),
    "which share of orders are late": "SELECT AVG(is_late::INT) FROM orders",
    "what percentage of customers who bought in 2023 came back in 2024": (
        f"SELECT 100 * AVG(({BOUGHT.format(2024)})::INT) FROM customers WHERE {BOUGHT.format(2023)}"
    ),
    "what percentage of customers who bought in 2023 did not come back in 2024": (
        f"SELECT 100 * AVG((NOT {BOUGHT.format(2024)})::INT) FROM customers WHERE {BOUGHT.format(2023)}"
    ),
    "How many customers who bought in 2023 came back in 2024?": (
        f"SELECT COUNT(*) FROM customers WHERE {BOUGHT.format(2023)} AND {BOUGHT.format(2024)}"
    ),
    "customers who bought in 2023 and returned something in 2024": (
        f"SELECT customer_name FROM customers WHERE {BOUGHT.format(2023)} AND customer_id IN (SELECT customer_id FROM"
        " returns JOIN orders USING (order_id) WHERE YEAR(returned_on) = 2024)"
    ),
    "what percent of orders from Dover were cancelled": (
        f"SELECT 100 * {CANCELLED} FROM orders JOIN customers USING (customer_id) WHERE city = 'Dover'"
    ),
    "what percentage of customers from Dover bought Toys": (
        "SELECT 100 * AVG((customer_id IN (SELECT customer_id FROM orders JOIN products USING (product_id)"
        " WHERE category = 'Toys'))::INT) FROM customers WHERE city = 'Dover'"
    ),
    "What share of customers have bought Toys?": (
        "SELECT AVG((customer_id IN (SELECT customer_id FROM orders JOIN products USING (product_id)"
        " WHERE category = 'Toys'))::INT) FROM customers"
    ),
}  # fmt: skip
OF_DESK = {
    "What is the click-through rate?": "SELECT 1.0 * SUM(num_clicks) / SUM(impressions) FROM ads",
    "click-through rate by campaign": (
        "SELECT campaign_name, 1.0 * SUM(num_clicks) / SUM(impressions) FROM ads JOIN campaigns USING (campaign_id)"
        " GROUP BY 1"
    ),
    "which campaign has the highest CTR": (
        "SELECT campaign_name, 1.0 * SUM(num_clicks) / SUM(impressions) AS r FROM ads JOIN campaigns"
        " USING (campaign_id) GROUP BY 1 ORDER BY r DESC LIMIT 1"
    ),
    "clicks per thousand impressions": "SELECT 1000.0 * SUM(num_clicks) / SUM(impressions) FROM ads",
    "For each campaign, which share of the impressions led to a click?": (
        "SELECT campaign_name, 1.0 * SUM(num_clicks) / SUM(impressions) FROM ads JOIN campaigns USING (campaign_id)"
        " GROUP BY 1"
    ),
    "conversion rate from leads to contracts": (
        "SELECT AVG((lead_id IN (SELECT lead_id FROM contracts))::INT) FROM leads"
    ),
    "conversion rate from leads to contracts by campaign": (
        "SELECT campaign_name, AVG((lead_id IN (SELECT lead_id FROM contracts))::INT) FROM leads JOIN campaigns"
        " USING (campaign_id) GROUP BY 1"
    ),
    "churn rate by plan": "SELECT plan, AVG(churned::INT) FROM subscribers GROUP BY 1",
    "What is the churn rate of Basic subscribers?": "SELECT AVG(churned::INT) FROM subscribers WHERE plan = 'Basic'",
}  # fmt: skip
GOLD = OF_SHOP | OF_DESK


def prompt(schema: str, dialect: str = "duckdb", glossary: str = "") -> str:
    return f"Dialect: {dialect}\nToday is 2025-06-15.\n\n## Schema\n```sql\n{schema}```\n\n## Glossary\n{glossary}"


def asked(question: str, dialect: str = "duckdb") -> str:
    draft = write_sql(prompt(SHOP if question in OF_SHOP else DESK, dialect), question)
    assert draft.declined is None, draft.declined
    return draft.sql or ""


def data() -> dict[str, list[tuple[object, ...]]]:
    """Rows of both databases; some orders come back twice, some customers never bought."""
    rng, start = random.Random(5), dt.date(2023, 1, 1)
    day = [start + dt.timedelta(rng.randrange(730)) for _ in range(400)]
    statuses = ["Open", "Complete", "Complete", "Cancelled"]
    return {
        "carriers": [(1, "Swift"), (2, "Slow"), (3, "Sea")],
        "customers": [(i, f"Customer {i}", ["Dover", "Salem"][i % 3 == 0], start) for i in range(80)],
        "products": [(i, f"Product {i}", ["Garden", "Toys"][i % 2]) for i in range(6)],
        "orders": [
            (i, int(70 * rng.random() ** 2), rng.randrange(6), rng.choice([1, 2, 2, 3]), day[i],
             statuses[rng.randrange(2 + i % 3)], rng.random() < 0.2, 10 + i) for i in range(400)
        ],
        "returns": [
            (i, rng.choice([4 * i, 4 * (i // 2)]), day[4 * i] + dt.timedelta(40), ["Broken", "Late"][i % 5 == 0])
            for i in range(60)
        ],
        "campaigns": [(1, "Spring"), (2, "Summer")],
        "ads": [(i, 1 + i % 2, start, 100 + 7 * i, rng.randrange(20 + 40 * (i % 2))) for i in range(30)],
        "leads": [(i, 1 + i % 2, start) for i in range(40)],
        "contracts": [(i, rng.randrange(40), start) for i in range(25)],
        "subscribers": [(i, ["Basic", "Flat"][i % 4 == 0], start, i % 7 == 0) for i in range(60)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    return filled_duckdb(SHOP + DESK, data())


@pytest.fixture(scope="module")
def lite() -> sqlite3.Connection:
    return filled_sqlite(SHOP + DESK, data())


@pytest.mark.parametrize("question", GOLD)
def test_answers_as_sql_written_by_hand_would(duck: duckdb.DuckDBPyConnection, question: str) -> None:
    sql = asked(question)
    assert plain(duck.execute(sql).fetchall()) == plain(duck.execute(GOLD[question]).fetchall()), sql


@pytest.mark.parametrize("question", GOLD)
def test_sqlite_gives_the_same_number(
    duck: duckdb.DuckDBPyConnection, lite: sqlite3.Connection, question: str
) -> None:
    sql = asked(question, "sqlite")
    assert plain(lite.execute(sql).fetchall()) == plain(duck.execute(GOLD[question]).fetchall()), sql


@pytest.mark.parametrize("dialect", ["postgres", "tsql"])
@pytest.mark.parametrize("question", GOLD)
def test_other_dialects_can_read_what_they_are_given(dialect: str, question: str) -> None:
    assert sqlglot.parse_one(asked(question, dialect), read=dialect).find(exp.Select)


@pytest.mark.parametrize(
    ("schema", "question"),
    [
        (SHOP, "click-through rate"),
        (SHOP, "conversion rate"),
        (SHOP, "conversion rate from returns to carriers"),
        (SHOP, "toys rate"),
        (SHOP, "order rate"),
        (SHOP, "growth rate of orders"),
        (SHOP, "cancelled orders per 100 orders"),
        (SHOP, "orders per 100 orders"),
        (SHOP, "how many orders per customer per 100 days"),
        (SHOP, "what percentage of orders were returned in 2024"),
        (SHOP, "what share of orders over 100 were returned"),
        (SHOP, "what percentage of orders were cancelled in Dover"),
        (SHOP, "what share of customers bought in 2023 and 2024"),
        (SHOP, "customers who bought and returned in 2023 and 2024"),
        (SHOP, "refund rate of carriers"),
        (DESK, "churn rate in 2024"),
        (DESK, "monthly churn rate"),
        (DESK, "what is the flat rate"),
        (DESK, "bounce rate"),
        (DESK, "return rate"),
        (DESK, "leads per campaigns rate"),
        (DESK, "conversion rate from contracts to ads"),
        (DESK, "unsubscribe rate"),
    ],
)
def test_a_rate_that_cannot_be_told_is_declined(schema: str, question: str) -> None:
    assert write_sql(prompt(schema), question).sql is None


def test_a_rate_of_units_or_of_rows_is_asked_back() -> None:
    schema = SHOP.replace("is_late", "quantity INTEGER, is_late").replace("reason VARCHAR", "quantity INTEGER, reason VARCHAR")
    declined = write_sql(prompt(schema), "return rate").declined or ""
    assert "units" in declined and "glossary" in declined


def test_the_glossary_says_what_a_rate_is() -> None:
    glossary = "- cancellation rate: COUNT(CASE WHEN orders.status <> 'Complete' THEN 1 END) / COUNT(orders.order_id)"
    assert "<> 'Complete'" in (write_sql(prompt(SHOP, glossary=glossary), "cancellation rate by carrier").sql or "")
    late = "- late order: orders.amount > 300"
    without_flag = SHOP.replace("is_late BOOLEAN, ", "")
    sql = write_sql(prompt(without_flag, glossary=late), "late rate of orders").sql or ""
    assert "amount > 300" in sql and "Late" not in sql


def test_a_period_of_a_rate_is_that_of_what_is_counted_against() -> None:
    draft = write_sql(prompt(SHOP), "return rate in 2024")
    assert "returned_on" not in (draft.sql or "") and "period is that of orders" in draft.explanation
    assert "counts once" in draft.explanation


def test_so_many_of_a_noun_are_rows_though_the_glossary_calls_an_amount_so() -> None:
    glossary = "- revenue (orders): SUM(orders.amount)"
    for question in ("How many returns per 100 orders?", "Out of 100 orders, how many are returned?"):
        assert "amount" not in (write_sql(prompt(SHOP, glossary=glossary), question).sql or "amount")
    assert "counted or added up" in (write_sql(prompt(SHOP, glossary=glossary), "orders per 100 customers").declined or "")
