"""Other words for what a prompt calls by its own: what is said so is read as if it were said plainly."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

SCHEMA = """
CREATE TABLE departments (department_id INTEGER PRIMARY KEY, department_name VARCHAR);
CREATE TABLE employees ( -- Staff
  employee_id INTEGER PRIMARY KEY, employee_name VARCHAR, department_id INTEGER REFERENCES departments(department_id),
  salary DECIMAL(10,2), hired_on DATE, left_on DATE);
CREATE TABLE suppliers (supplier_id INTEGER PRIMARY KEY, supplier_name VARCHAR, country VARCHAR);
CREATE TABLE regions (region_id INTEGER PRIMARY KEY, region_name VARCHAR);
CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY, customer_name VARCHAR, region_id INTEGER REFERENCES regions(region_id),
  segment VARCHAR, -- one of: Private, Trade
  joined_on DATE);
CREATE TABLE stores (
  store_id INTEGER PRIMARY KEY, store_name VARCHAR, region_id INTEGER REFERENCES regions(region_id),
  opened_on DATE, closed_on DATE, area DECIMAL(8,1));
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY, product_name VARCHAR, supplier_id INTEGER REFERENCES suppliers(supplier_id),
  category VARCHAR, -- one of: Roses, Tulips
  brand VARCHAR, price DECIMAL(8,2), weight_kg DECIMAL(6,2), stock INTEGER, launched_on DATE);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(customer_id),
  store_id INTEGER REFERENCES stores(store_id), product_id INTEGER REFERENCES products(product_id),
  ordered_on DATE, shipped_on DATE, delivered_on DATE, quantity INTEGER, amount DECIMAL(10,2),
  payment_method VARCHAR -- one of: Card, Cash
);
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id), return_date DATE,
  refund_amount DECIMAL(10,2), reason VARCHAR -- one of: Wilted, Late
);
CREATE TABLE tickets (
  ticket_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(customer_id), opened_on DATE, closed_on DATE,
  status VARCHAR -- one of: Approved, Rejected
);
CREATE TABLE invoices (
  invoice_id INTEGER PRIMARY KEY, supplier_id INTEGER REFERENCES suppliers(supplier_id), issued_on DATE, paid_on DATE,
  total DECIMAL(10,2));
"""
GLOSSARY = """
- revenue: SUM(orders.amount)
- units sold: SUM(orders.quantity)
- refunds: SUM(returns.refund_amount)
- The date of an order is orders.ordered_on.
- The date of a return is returns.return_date.
"""
PROMPT = f"Dialect: duckdb\nToday is 2025-11-01.\n\n## Schema\n```sql\n{SCHEMA}\n```\n\n## Glossary\n{GLOSSARY}"

# A frame, the plain way, and what is read like it.
WAYS = (
    ("how many {} do we have", "customers", "account holders|clientele|customer accounts|punters"),
    ("how many {} were there in 2025", "orders", "receipts|deals|till receipts|customer orders|sales deals"),
    ("number of {} per category", "products", "SKUs|wares|stock keeping units|commodities"),
    ("how many {} do we have in each region", "stores",
     "retail outlets|locations|sites|boutiques|physical stores|bricks and mortar stores|points of sale"),
    ("number of {} by department", "employees",
     "staff members|members of staff|team members|coworkers|people on the payroll|FTEs"),
    ("employees per {}", "department", "business unit|section"),
    ("products per {}", "supplier", "provider|supply firm"),
    ("{} by category in 2025", "revenue",
     "takings|proceeds|money earned|income|money taken|takings at the till|sales proceeds"),
    ("{} by reason in 2025", "refunds", "money refunded|repayments|cash back"),
    ("revenue by {} in 2025", "category", "product group|product family|class of product|article group"),
    ("number of customers by {}", "region", "sales region|sales territory|zone|part of the country"),
    ("revenue by {} in 2025", "brand", "make|marque|manufacturer"),
    ("orders by {} in 2025", "payment method", "means of payment|type of payment|form of payment"),
    ("number of customers by {}", "segment", "customer group|class of customer|sort of customer"),
    ("total {} by category", "stock", "inventory|stock on hand|units on hand|stock level"),
    ("average {} by department", "salary", "remuneration|pay packet|paycheck|compensation"),
    ("how many employees {} in 2024", "were hired",
     "were recruited|did we recruit|were taken on|did we take on|started|were brought on board"),
    ("how many employees {} in 2024", "left", "quit|resigned|handed in their notice|walked out"),
    ("how many customers {} in 2024", "joined",
     "came on board|became customers|opened an account|created an account|subscribed"),
    ("how many stores {} in 2024", "opened", "were set up|were inaugurated|started trading|opened for business"),
    ("how many stores {} in 2024", "closed", "shut|shut down|were shut|ceased trading|shut their doors"),
    ("how many orders {} in 2025", "were shipped", "were sent out|were dispatched|were despatched|were mailed"),
    ("how many orders {} in 2025", "were delivered", "arrived|were dropped off|were handed over|reached customers"),
    ("how many tickets {}", "were approved", "were signed off|were okayed|got the go-ahead"),
    ("how many tickets {}", "were rejected", "were turned down|were declined|were refused|were thrown out"),
    ("how many tickets {} in 2025", "were closed", "were resolved|were sorted out|were dealt with|were wrapped up"),
    ("how many invoices {} in 2025", "were issued", "were sent out|were drawn up|were raised"),
    ("how many invoices {} in 2025", "were paid", "were settled|were cleared|were paid off"),
    ("number of {}", "unpaid invoices", "outstanding invoices|unsettled invoices"),
    ("employees {} 50000", "with a salary over", "earning over|who make over|who are paid over|who take home over"),
    ("the 5 {} products", "most expensive", "most pricey|most high-priced"),
    ("the 5 {} products", "cheapest", "most affordable|most inexpensive|least costly|most economical"),
    ("the 5 {} products", "heaviest", "weightiest|most heavy"),
    ("products {} 20 euros", "that cost more than", "dearer than|costing more than|that sell for more than|"
     "retailing above|that go for more than"),
    ("products {} 5 kg", "lighter than", "weighing less than|that weigh less than"),
    ("which stores {} in 2025", "made the most revenue", "earned the most|took in the most|turned over the most"),
)  # fmt: skip
# And what must not be taken for the plain word that is known here.
OTHERS = (
    ("how many tickets were called off", "how many tickets are there"),
    ("gross revenue by region", "revenue by region"),
    ("how many orders failed in 2025", "how many orders were delivered in 2025"),
    ("how many employees were dismissed in 2024", "how many employees left in 2024"),
    ("how many tickets were missed in 2025", "how many tickets were closed in 2025"),
    ("how many tickets are pending", "how many tickets are open"),
    ("list the employees starting with the best paid", "list the employees hiring with the best paid"),
    ("products in the post", "products shipped"),
    ("late orders in 2025", "orders in 2025"),
)


def _sql(question: str) -> str | None:
    return write_sql(PROMPT, question).sql


@pytest.mark.parametrize(
    ("said", "plain"), [(f.format(w), f.format(p)) for f, p, ways in WAYS for w in ways.split("|")]
)
def test_another_way_is_read_like_the_plain_one(said: str, plain: str) -> None:
    expected = _sql(plain)
    assert expected
    assert _sql(said) == expected


@pytest.mark.parametrize(("said", "other"), OTHERS)
def test_what_may_mean_another_thing_is_not_taken_for_it(said: str, other: str) -> None:
    found = _sql(said)
    assert found is None or found != _sql(other)


def test_the_word_of_the_prompt_wins() -> None:
    own = PROMPT.replace("CREATE TABLE regions", "CREATE TABLE sites (site_id INTEGER PRIMARY KEY);\nCREATE TABLE regions")
    assert "FROM sites" in str(write_sql(own, "how many sites do we have").sql)
