"""Time between dates, ages and time until today: asked of two databases, the numbers checked in two engines."""

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
  birth_date DATE, signed_up_on DATE);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(customer_id),
  carrier_id INTEGER REFERENCES carriers(carrier_id),
  ordered_at TIMESTAMP, shipped_at TIMESTAMP, delivered_at TIMESTAMP, amount DECIMAL(10,2));
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id), returned_on DATE,
  reason VARCHAR -- one of: Broken, Unwanted
);
"""
DESK = """
CREATE TABLE agents (
  agent_id INTEGER PRIMARY KEY, agent_name VARCHAR,
  team VARCHAR, -- one of: North, South
  hired_on DATE);
CREATE TABLE tickets (
  ticket_id INTEGER PRIMARY KEY, agent_id INTEGER REFERENCES agents(agent_id),
  opened_at TIMESTAMP, closed_at TIMESTAMP,
  priority VARCHAR -- one of: High, Low
);
CREATE TABLE calls (
  call_id INTEGER PRIMARY KEY, agent_id INTEGER REFERENCES agents(agent_id), called_at TIMESTAMP,
  wait_seconds INTEGER, duration_minutes INTEGER);
CREATE TABLE machines (machine_id INTEGER PRIMARY KEY, machine_name VARCHAR, installed_on DATE);
CREATE TABLE rentals (
  rental_id INTEGER PRIMARY KEY, machine_id INTEGER REFERENCES machines(machine_id),
  start_date DATE, end_date DATE, created_at TIMESTAMP);
CREATE TABLE wards (ward_id INTEGER PRIMARY KEY, ward_name VARCHAR);
CREATE TABLE admissions (
  admission_id INTEGER PRIMARY KEY, ward_id INTEGER REFERENCES wards(ward_id), admitted_on DATE, discharged_on DATE);
"""
TODAY = dt.date(2025, 6, 15)
DAYS = "(epoch({}) - epoch({})) / 86400.0"
TO_SHIP, TO_CLOSE = DAYS.format("shipped_at", "ordered_at"), DAYS.format("closed_at", "opened_at")
TO_DELIVER = DAYS.format("delivered_at", "ordered_at")
AGE = "date_sub('year', birth_date, DATE '2025-06-15')"
OF_SHOP = {
    "How long does it take on average to ship an order?": f"SELECT AVG({TO_SHIP}) FROM orders",
    "average days between order and delivery": f"SELECT AVG({TO_DELIVER}) FROM orders",
    "What is the average time to deliver an order?": f"SELECT AVG({TO_DELIVER}) FROM orders",
    "average number of hours from ordering to shipping": f"SELECT AVG({TO_SHIP}) * 24 FROM orders",
    "average shipping time by carrier": (
        f"SELECT carrier_name, AVG({TO_SHIP}) FROM orders JOIN carriers USING (carrier_id) GROUP BY 1"
    ),
    "which carrier takes the longest to ship on average": (
        f"SELECT carrier_name, AVG({TO_SHIP}) AS d FROM orders JOIN carriers USING (carrier_id) GROUP BY 1"
        " ORDER BY d DESC LIMIT 1"
    ),
    "carriers with an average shipping time above 3 days": (
        f"SELECT carrier_name, AVG({TO_SHIP}) FROM orders JOIN carriers USING (carrier_id) GROUP BY 1"
        f" HAVING AVG({TO_SHIP}) > 3"
    ),
    "How many orders took more than 5 days to ship?": f"SELECT COUNT(*) FROM orders WHERE {TO_SHIP} > 5",
    "orders that took longer than a week to deliver": f"SELECT order_id FROM orders WHERE {TO_DELIVER} > 7",
    "how many orders took between 3 and 5 days to ship": (
        f"SELECT COUNT(*) FROM orders WHERE {TO_SHIP} BETWEEN 3 AND 5"
    ),
    "What percentage of orders were delivered within 48 hours of being shipped?": (
        f"SELECT 100.0 * COUNT(*) FILTER ({DAYS.format('delivered_at', 'shipped_at')} BETWEEN 0 AND 2) / COUNT(*)"
        " FROM orders"
    ),
    "Which order took the longest to ship?": (
        f"SELECT order_id, {TO_SHIP} AS d FROM orders ORDER BY d DESC NULLS LAST LIMIT 1"
    ),
    "average days from order to return by reason": (
        "SELECT reason, AVG(date_diff('day', ordered_at::DATE, returned_on)) FROM returns JOIN orders USING (order_id)"
        " GROUP BY 1"
    ),
    "How many orders were returned more than 2 months after they were ordered?": (
        "SELECT COUNT(DISTINCT order_id) FROM returns JOIN orders USING (order_id)"
        " WHERE returned_on > ordered_at::DATE + INTERVAL 2 MONTH"
    ),
    "customers who bought within 30 days of signing up": (
        "SELECT customer_name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id"
        " AND date_diff('day', c.signed_up_on, o.ordered_at::DATE) BETWEEN 0 AND 30)"
    ),
    "How many customers bought within 30 days of signing up?": (
        "SELECT COUNT(DISTINCT customer_id) FROM orders JOIN customers USING (customer_id)"
        " WHERE date_diff('day', signed_up_on, ordered_at::DATE) BETWEEN 0 AND 30"
    ),
    "What is the average age of our customers?": f"SELECT AVG({AGE}) FROM customers",
    "average age of customers by city": f"SELECT city, AVG({AGE}) FROM customers GROUP BY 1",
    "How old is the oldest customer?": f"SELECT MAX({AGE}) FROM customers",
    "How many customers are older than 50?": f"SELECT COUNT(*) FROM customers WHERE {AGE} > 50",
    "How many customers are under 30 years old?": f"SELECT COUNT(*) FROM customers WHERE {AGE} < 30",
    "days since the last order for each customer": (
        "SELECT customer_name, date_diff('day', MAX(ordered_at)::DATE, DATE '2025-06-15')"
        " FROM orders JOIN customers USING (customer_id) GROUP BY 1"
    ),
    "How long has it been since the last return?": (
        "SELECT date_diff('day', MAX(returned_on), DATE '2025-06-15') FROM returns"
    ),
    "How many weeks since our first order?": (
        "SELECT date_diff('day', MIN(ordered_at)::DATE, DATE '2025-06-15') / 7 FROM orders"
    ),
    "how old is each customer": f"SELECT customer_name, {AGE} FROM customers",
}  # fmt: skip
OF_DESK = {
    "how many tickets were closed within 2 days of being opened": (
        f"SELECT COUNT(*) FROM tickets WHERE {TO_CLOSE} BETWEEN 0 AND 2"
    ),
    "How many tickets were closed within 24 hours?": f"SELECT COUNT(*) FROM tickets WHERE {TO_CLOSE} BETWEEN 0 AND 1",
    "average time to resolution by priority": f"SELECT priority, AVG({TO_CLOSE}) FROM tickets GROUP BY 1",
    "average time to close a high priority ticket in hours": (
        f"SELECT AVG({TO_CLOSE}) * 24 FROM tickets WHERE priority = 'High'"
    ),
    "How long do tickets stay open?": f"SELECT AVG({TO_CLOSE}) FROM tickets",
    "how long have tickets been open": (
        "SELECT ticket_id, date_diff('day', opened_at::DATE, DATE '2025-06-15') FROM tickets WHERE closed_at IS NULL"
    ),
    "how long do callers wait on average": "SELECT AVG(wait_seconds) FROM calls",
    "how many minutes do callers wait on average": "SELECT AVG(wait_seconds) / 60 FROM calls",
    "how long are calls on average by team": (
        "SELECT team, AVG(duration_minutes) FROM calls JOIN agents USING (agent_id) GROUP BY 1"
    ),
    "average wait in minutes by team": (
        "SELECT team, AVG(wait_seconds) / 60 FROM calls JOIN agents USING (agent_id) GROUP BY 1"
    ),
    "How many calls lasted at least an hour?": "SELECT COUNT(*) FROM calls WHERE duration_minutes >= 60",
    "calls with a wait of more than 2 minutes": "SELECT call_id FROM calls WHERE wait_seconds > 120",
    "calls longer than 30 minutes": "SELECT call_id FROM calls WHERE duration_minutes > 30",
    "How many calls are longer than 0.5 hours?": "SELECT COUNT(*) FROM calls WHERE duration_minutes > 30",
    "3 longest rentals": (
        "SELECT rental_id, date_diff('day', start_date, end_date) AS d FROM rentals ORDER BY d DESC NULLS LAST LIMIT 3"
    ),
    "How long was the longest rental?": "SELECT MAX(date_diff('day', start_date, end_date)) FROM rentals",
    "how many rentals lasted more than two weeks": (
        "SELECT COUNT(*) FROM rentals WHERE date_diff('day', start_date, end_date) > 14"
    ),
    "average rental duration in weeks": "SELECT AVG(date_diff('day', start_date, end_date)) / 7 FROM rentals",
    "average length of stay by ward": (
        "SELECT ward_name, AVG(date_diff('day', admitted_on, discharged_on)) FROM admissions JOIN wards USING (ward_id)"
        " GROUP BY 1"
    ),
    "how old is the oldest machine": "SELECT MAX(date_sub('year', installed_on, DATE '2025-06-15')) FROM machines",
    "How many machines are older than 18 months?": (
        "SELECT COUNT(*) FROM machines WHERE installed_on + INTERVAL 18 MONTH < DATE '2025-06-15'"
    ),
    "how long has each agent been with us": (
        "SELECT agent_name, date_diff('day', hired_on, DATE '2025-06-15') FROM agents"
    ),
    "agents who have been with us for more than 5 years": (
        "SELECT agent_name FROM agents WHERE hired_on + INTERVAL 5 YEAR < DATE '2025-06-15'"
    ),
    "average tenure of agents by team": (
        "SELECT team, AVG(date_diff('day', hired_on, DATE '2025-06-15')) FROM agents GROUP BY 1"
    ),
}  # fmt: skip
GOLD = OF_SHOP | OF_DESK


def prompt(schema: str, dialect: str = "duckdb", glossary: str = "", today: str = f"Today is {TODAY}.") -> str:
    return f"You write SQL.\nDialect: {dialect}\n{today}\n\n## Schema\n```sql\n{schema}```\n\n## Glossary\n{glossary}"


def data() -> dict[str, list[tuple[object, ...]]]:
    """Rows of both databases. Some orders, tickets and stays have not ended; days before and after birthdays occur."""
    rng, start = random.Random(7), dt.datetime(2023, 1, 1)

    def later(moment: dt.datetime, most_hours: int, ends: bool = True) -> dt.datetime | None:
        return moment + dt.timedelta(seconds=rng.randrange(3600 * most_hours)) if ends else None

    rows: dict[str, list[tuple[object, ...]]] = {
        "carriers": [(1, "Swift"), (2, "Slow"), (3, "Sea")],
        "customers": [
            (i, f"Customer {i}", ["Dover", "Salem"][i % 2], TODAY - dt.timedelta(6_500 + 365 * i + i % 3 - 1),
             dt.date(2023, 1, 1) + dt.timedelta(9 * i)) for i in range(60)
        ],
        "agents": [(i, f"Agent {i}", ["North", "South"][i % 2], dt.date(2015 + i, 1 + i, 16 - i)) for i in range(8)],
        "machines": [(i, f"Machine {i}", dt.date(2023, 11, 1) + dt.timedelta(9 * i)) for i in range(12)],
        "wards": [(1, "East"), (2, "West")],
        "orders": [], "returns": [], "tickets": [], "calls": [], "rentals": [], "admissions": [],
    }  # fmt: skip
    for i in range(300):
        ordered = later(start, 24 * 800)
        assert ordered
        shipped = later(ordered, 24 * 3 * (1 + i % 3), i % 11 > 0)
        delivered = later(shipped, 24 * 4, i % 7 > 0) if shipped else None
        rows["orders"].append((i, rng.randrange(60), 1 + i % 3, ordered, shipped, delivered, 10 + i))
        if delivered and i % 4 == 0:
            back = (delivered + dt.timedelta(rng.randrange(90))).date()
            rows["returns"].append((i, i, back, ["Broken", "Unwanted"][i % 8 == 0]))
        rows["tickets"].append((i, i % 8, ordered, later(ordered, 90, i % 9 > 0), ["High", "Low"][i % 2]))
        rows["calls"].append((i, i % 8, ordered, rng.randrange(400), rng.randrange(90)))
        day = ordered.date()
        rows["rentals"].append((i, i % 12, day, day + dt.timedelta(i % 17 if i else 40), ordered - dt.timedelta(9)))
        rows["admissions"].append((i, 1 + i % 2, day, day + dt.timedelta(rng.randrange(20)) if i % 6 else None))
    rows["rentals"][7] = (*rows["rentals"][7][:3], dt.date(2026, 1, 1), rows["rentals"][7][4])
    rows["rentals"][9] = (*rows["rentals"][9][:3], dt.date(2027, 1, 1), rows["rentals"][9][4])
    return rows


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    return filled_duckdb(SHOP + DESK, data())


@pytest.fixture(scope="module")
def lite() -> sqlite3.Connection:
    return filled_sqlite(SHOP + DESK, data())


def asked(question: str, dialect: str = "duckdb") -> str:
    draft = write_sql(prompt(SHOP if question in OF_SHOP else DESK, dialect), question)
    assert draft.declined is None, draft.declined
    return draft.sql or ""


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
    ("question", "names"),
    [
        ("average delivery time by carrier", ("orders.ordered_at", "orders.shipped_at")),
        ("How long does delivery take?", ("orders.ordered_at", "orders.shipped_at")),
        ("How long do orders take?", ("orders.shipped_at", "orders.delivered_at")),
        ("how many orders were returned within 14 days", ("orders.ordered_at", "orders.shipped_at")),
        ("longest order", ("orders.shipped_at", "orders.delivered_at")),
        ("average time between signup and order", ("customers", "orders")),
        ("How old are our customers?", ("on average", "each")),
        ("average number of hours between order and return", ("returns.returned_on", "day only")),
        ("which carrier took the longest to ship", ("on average",)),
        ("carriers with an average shipping time above 3 hours", ("3 hours",)),
        ("orders not shipped within 5 days", ("not ended",)),
    ],
)
def test_what_could_be_several_times_is_asked_back(question: str, names: tuple[str, ...]) -> None:
    declined = write_sql(prompt(SHOP), question).declined or ""
    assert all(name in declined for name in names), declined


@pytest.mark.parametrize(
    "question",
    [
        "average days between orders",
        "average time between two orders of a customer",
        "days since an order",
        "customers who bought twice within 30 days",
        "How long until the next order?",
        "orders delivered more than 5 days late",
        "time from signup to first order",
        "average order age",
        "average age of carriers",
        "average age at signup",
        "average time to refund",
        "orders within 30 days",
        "How long is the longest carrier name?",
        "how long did order 17 take to ship",
        "revenue by age group",
        "orders shipped before they were ordered",
    ],
)
def test_what_two_dates_of_a_row_do_not_say_is_declined(question: str) -> None:
    assert write_sql(prompt(SHOP), question).sql is None


@pytest.mark.parametrize(
    "question", ["How long do tickets stay high?", "average closing time of tickets", "how long do guests stay", "how old is it"]
)
def test_what_is_no_stretch_of_time_is_declined(question: str) -> None:
    assert write_sql(prompt(DESK), question).sql is None


@pytest.mark.parametrize(
    "question", ["average age of customers", "How many customers are older than 50?", "how old is the oldest customer"]
)
def test_no_age_without_a_today(question: str) -> None:
    assert "what day today is" in (write_sql(prompt(SHOP, today=""), question).declined or "")


def test_a_glossary_line_that_says_how_long_wins() -> None:
    """Paid, not ordered, begins the shipping time of this shop."""
    schema = SHOP.replace("ordered_at TIMESTAMP,", "ordered_at TIMESTAMP, paid_at TIMESTAMP,")
    glossary = "- shipping time: AVG(DATE_DIFF('hour', orders.paid_at, orders.shipped_at))"
    for question in ("average shipping time by carrier", "How long does it take on average to ship an order?"):
        sql = write_sql(prompt(schema, glossary=glossary), question).sql or ""
        assert "AVG(DATE_DIFF('HOUR', paid_at, shipped_at))" in sql.replace("orders.", ""), sql
    declined = write_sql(prompt(schema, glossary=glossary), "orders that took more than 5 days to ship").declined or ""
    assert "shipping time" in declined


def test_a_column_that_holds_the_time_wins() -> None:
    schema = SHOP.replace("amount DECIMAL(10,2)", "amount DECIMAL(10,2), shipping_days INTEGER")
    assert "AVG(orders.shipping_days)" in (write_sql(prompt(schema), "average shipping days by carrier").sql or "")


def test_a_span_over_two_tables_is_of_the_row_that_points_to_the_other() -> None:
    schema = SHOP.replace("shipped_at TIMESTAMP, delivered_at TIMESTAMP, ", "") + (
        "CREATE TABLE deliveries (delivery_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id),"
        " arrived TIMESTAMP, signed_by VARCHAR);"
    )
    sql = write_sql(prompt(schema), "average days between order and delivery").sql or ""
    assert "FROM deliveries JOIN orders" in sql and "orders.ordered_at, deliveries.arrived" in sql


def test_what_was_assumed_is_said() -> None:
    said = write_sql(prompt(SHOP), "How long does it take to ship an order?").explanation
    assert "the average" in said and "days_ordered_to_shipped" in said
    assert "completed years" in write_sql(prompt(SHOP), "average age of customers").explanation
    assert "365.25" in write_sql(prompt(DESK), "How many years has each agent been with us?").explanation


def test_every_word_of_the_phrase_is_linked() -> None:
    links = write_sql(prompt(DESK), "average time to resolution by priority").links
    assert all(link.kind != "unknown" for link in links)
    assert ("time to resolution", "tickets.days_opened_to_closed") in {(k.words, k.meaning) for k in links}
