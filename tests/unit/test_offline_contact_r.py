"""Questions of a shop, in the words of people who saw its tables for the first time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest
from small_databases import fill, make_tables, prompt_of

from demo_lib.offline.sql_writer import write_sql

DAIRY = """CREATE TABLE guests (
  guest_id INTEGER PRIMARY KEY,
  guest_name VARCHAR,
  valley VARCHAR, -- one of: Upper, Lower, Side
  kind VARCHAR, -- one of: Local, Visitor, School
  joined_on DATE
);
CREATE TABLE cheeses (
  cheese_id INTEGER PRIMARY KEY,
  cheese_name VARCHAR,
  milk VARCHAR, -- one of: Cow, Goat, Sheep
  unit_price DECIMAL(10,2),
  unit_cost DECIMAL(10,2)
);
CREATE TABLE huts (
  hut_id INTEGER PRIMARY KEY,
  hut_name VARCHAR
);
CREATE TABLE purchases (
  purchase_id INTEGER PRIMARY KEY,
  guest_id INTEGER REFERENCES guests(guest_id),
  hut_id INTEGER REFERENCES huts(hut_id),
  bought_on DATE,
  channel VARCHAR -- one of: Counter, Post
);
CREATE TABLE purchase_items (
  purchase_item_id INTEGER PRIMARY KEY,
  purchase_id INTEGER REFERENCES purchases(purchase_id),
  cheese_id INTEGER REFERENCES cheeses(cheese_id),
  quantity INTEGER,
  unit_price DECIMAL(10,2)
);
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY,
  purchase_item_id INTEGER REFERENCES purchase_items(purchase_item_id),
  returned_on DATE,
  refund_amount DECIMAL(10,2),
  reason VARCHAR -- one of: Spoilt, Wrong item
);"""
TERMS = """- revenue (sales, turnover): SUM(purchase_items.quantity * purchase_items.unit_price)
- units sold: SUM(purchase_items.quantity)
- profit: SUM(purchase_items.quantity * (purchase_items.unit_price - cheeses.unit_cost))
- refunds (amount refunded): SUM(returns.refund_amount)
- The date of a sale is purchases.bought_on.
- A guest "buys" or "purchases" when a purchases row exists for the guest."""
SOLD = "purchase_items i JOIN purchases p USING (purchase_id) JOIN cheeses c USING (cheese_id) JOIN guests g USING (guest_id)"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    draw = random.Random(4)
    with duckdb.connect() as db:
        make_tables(db, DAIRY)
        valleys, kinds = ["Upper", "Lower", "Side"], ["Local", "Visitor", "School"]
        day = date(2023, 1, 1)
        fill(db, "guests", [(k, f"Guest {k}", draw.choice(valleys), draw.choice(kinds), day) for k in range(1, 31)])
        milks = ["Cow", "Goat", "Sheep"]
        priced = [(k, f"Cheese {k}", milks[k % 3], 3 + 1.37 * k, 1 + draw.random() * k) for k in range(1, 15)]
        fill(db, "cheeses", priced)
        fill(db, "huts", [(k, f"Hut {k}") for k in range(1, 6)])
        days = [day + timedelta(days=draw.randrange(1030)) for _ in range(400)]
        bought = [(k, draw.randrange(1, 27), draw.randrange(1, 6), d, draw.choice(["Counter", "Post"])) for k, d in enumerate(days)]
        fill(db, "purchases", bought)
        fill(db, "purchase_items", [(k, k % 400, draw.randrange(1, 15), draw.randrange(1, 6), 4 + draw.random() * 9) for k in range(900)])
        back = [(k, 11 * k, days[11 * k % 400] + timedelta(days=30), 2 + k / 7, draw.choice(["Spoilt", "Wrong item"])) for k in range(20)]
        fill(db, "returns", back)
        yield db


def top(column: str, value: str, limit: int, order: str = "DESC") -> str:
    return f"SELECT {column}, {value} v FROM {SOLD} GROUP BY ALL ORDER BY v {order} LIMIT {limit}"


PROFIT, REVENUE = "SUM(i.quantity * (i.unit_price - c.unit_cost))", "SUM(i.quantity * i.unit_price)"
IN_BOTH = """SELECT SUM(CASE WHEN p.bought_on >= '2025-01-01' AND p.bought_on < '2025-10-01' THEN quantity END),
SUM(CASE WHEN p.bought_on >= '2024-01-01' AND p.bought_on < '2024-10-01' THEN quantity END)
FROM purchase_items JOIN purchases p USING (purchase_id)"""
MIDDLE = "SELECT milk, MEDIAN(unit_price) FROM cheeses GROUP BY ALL"
NEVER_BACK = """SELECT guest_name FROM guests g WHERE kind = 'Local' AND guest_id IN (SELECT guest_id FROM purchases)
AND guest_id NOT IN (SELECT guest_id FROM returns JOIN purchase_items USING (purchase_item_id) JOIN purchases USING (purchase_id))"""
BACK = "(SELECT SUM(refund_amount) FROM returns JOIN purchase_items USING (purchase_item_id) JOIN purchases p USING (purchase_id) WHERE"
PER_HUT = """SELECT hut_name, COUNT(DISTINCT p.purchase_id), SUM(i.quantity), SUM(i.quantity * i.unit_price)
FROM purchases p JOIN purchase_items i USING (purchase_id) JOIN huts USING (hut_id) GROUP BY ALL"""


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("Median list price by milk", MIDDLE),
        ("What is the median list price of the cheeses for each milk?", MIDDLE),
        ("min / avg / max list price per milk", "SELECT milk, MIN(unit_price), AVG(unit_price), MAX(unit_price) FROM cheeses GROUP BY 1"),
        ("Which cheese has the highest list price?", "SELECT cheese_name, unit_price FROM cheeses ORDER BY 2 DESC LIMIT 1"),
        ("Most profitable milk", top("c.milk", PROFIT, 1)),
        ("4 most profitable guests", top("g.guest_name", PROFIT, 4)),
        ("the 3 least profitable cheeses", top("c.cheese_name", PROFIT, 3, "ASC")),
        ("Most profitable cheese in 2024", f"SELECT c.cheese_name, {PROFIT} v FROM {SOLD} WHERE YEAR(p.bought_on) = 2024 GROUP BY ALL ORDER BY v DESC LIMIT 1"),
        ("unique buyers in May 2025?", "SELECT COUNT(DISTINCT guest_id) FROM purchases WHERE bought_on >= '2025-05-01' AND bought_on < '2025-06-01'"),
        ("For every hut I'd like the purchase count, the units sold and the sales.", PER_HUT),
        ("Show purchases, units sold and revenue for each hut.", PER_HUT),
        ("How many guests outside the Upper valley are not in the Visitor kind?", "SELECT COUNT(*) FROM guests WHERE valley <> 'Upper' AND kind <> 'Visitor'"),
        ("Which local guests have bought from us without ever sending anything back?", NEVER_BACK),
        ("What percentage of total revenue comes from our top 10 guests by revenue?",
         f"SELECT 100 * SUM(v) FILTER (k <= 10) / SUM(v) FROM (SELECT g.guest_id, {REVENUE} v, ROW_NUMBER() OVER (ORDER BY {REVENUE} DESC) k FROM {SOLD} GROUP BY 1)"),
        ("What share of units sold do the 3 best selling cheeses make up?",
         f"SELECT SUM(v) FILTER (k <= 3) / SUM(v) FROM (SELECT c.cheese_id, SUM(i.quantity) v, ROW_NUMBER() OVER (ORDER BY SUM(i.quantity) DESC) k FROM {SOLD} GROUP BY 1)"),
        ("top 2 valleys by share of revenue", f"SELECT g.valley, {REVENUE} v, {REVENUE} / (SELECT {REVENUE} FROM {SOLD}) FROM {SOLD} GROUP BY 1 ORDER BY v DESC LIMIT 2"),
        ("share of revenue by milk, top 2", f"SELECT c.milk, {REVENUE} v, {REVENUE} / (SELECT {REVENUE} FROM {SOLD}) FROM {SOLD} GROUP BY 1 ORDER BY v DESC LIMIT 2"),
        ("Of all units we have sold, what share falls to each milk?", f"SELECT c.milk, SUM(i.quantity) / (SELECT SUM(quantity) FROM purchase_items) FROM {SOLD} GROUP BY 1"),
        ("units sold Jan-Sep 2025 vs Jan-Sep 2024", IN_BOTH),
        ("How many units did we sell from January to September 2025 compared with the same months of 2024?", IN_BOTH),
        ("revenue Q1-Q3 2024", f"SELECT {REVENUE} FROM {SOLD} WHERE p.bought_on >= '2024-01-01' AND p.bought_on < '2024-10-01'"),
        ("revenue in Nov 2024 - Feb 2025", f"SELECT {REVENUE} FROM {SOLD} WHERE p.bought_on >= '2024-11-01' AND p.bought_on < '2025-03-01'"),
        ("goat cheeses bought in 2024: revenue and refunds",
         f"SELECT {REVENUE}, {BACK} YEAR(p.bought_on) = 2024 AND cheese_id IN (SELECT cheese_id FROM cheeses WHERE milk = 'Goat')) FROM {SOLD} WHERE YEAR(p.bought_on) = 2024 AND milk = 'Goat'"),
        ("Split our sales by the valley guests are in and the channel they ordered through.", f"SELECT g.valley, p.channel, {REVENUE} FROM {SOLD} GROUP BY ALL"),
        ("For each reason, how many days on average pass from the purchase until the return?",
         "SELECT reason, AVG(DATE_DIFF('day', bought_on, returned_on)) FROM returns JOIN purchase_items USING (purchase_item_id) JOIN purchases USING (purchase_id) GROUP BY 1"),
        ("How many units does a typical purchase contain on average, by channel?",
         "SELECT channel, AVG(q) FROM (SELECT channel, purchase_id, SUM(quantity) q FROM purchase_items JOIN purchases USING (purchase_id) GROUP BY ALL) GROUP BY 1"),
        ("revenue this year until today vs the same period last year",
         f"SELECT {REVENUE} FILTER (p.bought_on >= '2025-01-01'), {REVENUE} FILTER (p.bought_on < '2024-11-02' AND YEAR(p.bought_on) = 2024) FROM {SOLD}"),
        ("how has our profit moved month by month in 2025", f"SELECT DATE_TRUNC('month', p.bought_on), {PROFIT} FROM {SOLD} WHERE YEAR(p.bought_on) = 2025 GROUP BY 1"),
        ("goat vs cow sales in 2025", f"SELECT c.milk, {REVENUE} FROM {SOLD} WHERE milk IN ('Goat', 'Cow') AND YEAR(p.bought_on) = 2025 GROUP BY 1"),
    ],
)  # fmt: skip
def test_it_gives_the_rows_of_the_gold_query(database: duckdb.DuckDBPyConnection, question: str, gold: str) -> None:
    draft = write_sql(prompt_of(DAIRY, TERMS), question)
    assert draft.sql is not None, draft.declined
    got, wanted = database.execute(draft.sql).fetchall(), database.execute(gold).fetchall()
    assert wanted and rounded(got) == rounded(wanted), draft.sql


def rounded(rows: list[tuple[object, ...]]) -> list[list[str]]:
    """Rows in any order, numbers to the sixth digit."""
    return sorted([f"{float(v):.6g}" if isinstance(v, int | float) or hasattr(v, "quantize") else str(v) for v in row] for row in rows)
