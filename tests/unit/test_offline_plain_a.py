"""Plain turns of phrase around nouns: crosses, so much off, how often, kinds for rows, each of these, places of rows."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

SCHEMA = """
CREATE TABLE counties (
  county_id INTEGER PRIMARY KEY, county_name VARCHAR, -- one of: Fenland, Moor
  country VARCHAR -- one of: Ireland, Wales
);
CREATE TABLE guests (
  guest_id INTEGER PRIMARY KEY, guest_name VARCHAR, county_id INTEGER REFERENCES counties(county_id),
  standing VARCHAR, -- Kind of guest; one of: Private, Trade
  joined_on DATE);
CREATE TABLE depots (
  depot_id INTEGER PRIMARY KEY, depot_name VARCHAR, county_id INTEGER REFERENCES counties(county_id),
  town VARCHAR, opened_on DATE, speaks_welsh BOOLEAN);
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY, product_name VARCHAR,
  category VARCHAR, -- one of: Bedding, Lamps, Rugs
  maker VARCHAR, unit_price DECIMAL(10,2));
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, order_date DATE, guest_id INTEGER REFERENCES guests(guest_id),
  product_id INTEGER REFERENCES products(product_id), depot_id INTEGER REFERENCES depots(depot_id),
  quantity INTEGER, discount DECIMAL(4,2), -- Discount as a fraction of the price: 0.10 is 10 percent
  amount DECIMAL(10,2),
  paid_by VARCHAR -- How it was paid; one of: Prepaid Voucher, Cash
);
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id), return_date DATE, quantity INTEGER,
  refund_amount DECIMAL(10,2), reason VARCHAR -- one of: Torn, Too big
);
"""
GLOSSARY = """
- revenue (turnover): SUM(orders.amount)
- units sold: SUM(orders.quantity)
- refunds: SUM(returns.refund_amount)
- discount amount (discounts granted): SUM(orders.quantity * orders.discount)
- The date of an order is orders.order_date.
- The date of a return is returns.return_date.
"""
PROMPT = f"Dialect: duckdb\nToday is 2025-11-01.\n\n## Schema\n```sql\n{SCHEMA}\n```\n\n## Glossary\n{GLOSSARY}"
GOLD = {
    "revenue for every combination of category and maker": (
        "SELECT products.category, products.maker, SUM(orders.amount) AS revenue FROM orders JOIN products ON "
        "orders.product_id = products.product_id GROUP BY products.category, products.maker ORDER BY revenue "
        "DESC"
    ),
    "orders per category-maker combination": (
        "SELECT products.category, products.maker, COUNT(*) AS order_count FROM orders JOIN products ON "
        "orders.product_id = products.product_id GROUP BY products.category, products.maker ORDER BY "
        "order_count DESC"
    ),
    "units sold: category x maker": (
        "SELECT products.category, products.maker, SUM(orders.quantity) AS units_sold FROM orders JOIN "
        "products ON orders.product_id = products.product_id GROUP BY products.category, products.maker ORDER "
        "BY units_sold DESC"
    ),
    "revenue by category × maker": (
        "SELECT products.category, products.maker, SUM(orders.amount) AS revenue FROM orders JOIN products ON "
        "orders.product_id = products.product_id GROUP BY products.category, products.maker ORDER BY revenue "
        "DESC"
    ),
    "How many orders were sold at 20% off?":
        "SELECT COUNT(*) AS order_count FROM orders WHERE discount = 0.2",
    "Count the orders where we knocked at least 20% off the price.":
        "SELECT COUNT(*) AS order_count FROM orders WHERE discount >= 0.2",
    "How often were rugs returned?": (
        "SELECT COUNT(*) AS return_count FROM returns JOIN orders ON returns.order_id = orders.order_id JOIN "
        "products ON orders.product_id = products.product_id WHERE products.category = 'Rugs'"
    ),
    "Count the cases where goods came back as torn.":
        "SELECT COUNT(*) AS return_count FROM returns WHERE reason = 'Torn'",
    "In how many cases did guests return something in 2024?": (
        "SELECT COUNT(*) AS return_count FROM returns WHERE return_date >= '2024-01-01' AND return_date < "
        "'2025-01-01'"
    ),
    "How much money came in last year?": (
        "SELECT SUM(amount) AS revenue FROM orders WHERE order_date >= '2024-01-01' AND order_date < "
        "'2025-01-01'"
    ),
    "How much money came in, broken down by how people paid?":
        "SELECT paid_by, SUM(amount) AS revenue FROM orders GROUP BY paid_by ORDER BY revenue DESC",
    "How much discount did we give in 2024?": (
        "SELECT SUM(quantity * discount) AS discount_amount FROM orders WHERE order_date >= '2024-01-01' AND "
        "order_date < '2025-01-01'"
    ),
    "total discount amount 2024": (
        "SELECT SUM(quantity * discount) AS discount_amount FROM orders WHERE order_date >= '2024-01-01' AND "
        "order_date < '2025-01-01'"
    ),
    "Show all bedding priced above 300 with maker and price": (
        "SELECT product_name, maker, unit_price FROM products WHERE category = 'Bedding' AND unit_price > 300 "
        "ORDER BY product_name"
    ),
    "Which items of bedding cost over 100?": (
        "SELECT product_name FROM products WHERE category = 'Bedding' AND unit_price > 100 ORDER BY "
        "product_name"
    ),
    "Moor county depots: name, town, opened on": (
        "SELECT depots.depot_name, depots.town, depots.opened_on FROM depots JOIN counties ON "
        "depots.county_id = counties.county_id WHERE counties.county_name = 'Moor' ORDER BY depots.depot_name"
    ),
    "List the depots and when they opened":
        "SELECT depot_name, opened_on FROM depots ORDER BY depot_name",
    "How many units did depots in each county sell?": (
        "SELECT counties.county_name, SUM(orders.quantity) AS units_sold FROM orders JOIN depots ON "
        "orders.depot_id = depots.depot_id JOIN counties ON depots.county_id = counties.county_id GROUP BY "
        "depots.county_id, counties.county_name ORDER BY units_sold DESC"
    ),
    "revenue of Irish trade guests": (
        "SELECT SUM(orders.amount) AS revenue FROM orders JOIN guests ON orders.guest_id = guests.guest_id "
        "JOIN counties ON guests.county_id = counties.county_id WHERE counties.country = 'Ireland' AND "
        "guests.standing = 'Trade'"
    ),
    "number of voucher orders":
        "SELECT COUNT(*) AS order_count FROM orders WHERE paid_by = 'Prepaid Voucher'",
    "torn returns, total qty":
        "SELECT SUM(quantity) AS total_quantity FROM returns WHERE reason = 'Torn'",
    "Rank the makers by revenue": (
        "SELECT products.maker, SUM(orders.amount) AS revenue FROM orders JOIN products ON orders.product_id "
        "= products.product_id GROUP BY products.maker ORDER BY revenue DESC"
    ),
    "Which categories have returns? Show the refunds for each.": (
        "SELECT products.category, SUM(returns.refund_amount) AS refunds FROM returns JOIN orders ON "
        "returns.order_id = orders.order_id JOIN products ON orders.product_id = products.product_id GROUP BY "
        "products.category ORDER BY refunds DESC"
    ),
    "different products sold per depot": (
        "SELECT depots.depot_name, COUNT(DISTINCT orders.product_id) AS product_count FROM orders JOIN depots "
        "ON orders.depot_id = depots.depot_id GROUP BY orders.depot_id, depots.depot_name ORDER BY "
        "product_count DESC"
    ),
    "How many Welsh-speaking depots are there?":
        "SELECT COUNT(*) AS depot_count FROM depots WHERE speaks_welsh",
    "For which categories did we give the most money back?": (
        "SELECT products.category, SUM(returns.refund_amount) AS refunds FROM returns JOIN orders ON "
        "returns.order_id = orders.order_id JOIN products ON orders.product_id = products.product_id GROUP BY "
        "products.category ORDER BY refunds DESC"
    ),
}
DECLINED = (
    "count of guests by standing and when they joined",
    "units off the shelf x maker",
    "How many guests bought for the first time in 2024?",  # and never before?
    "distinct products sold in 2024",  # which, or how many?
    "number of big returns",  # `Too big` is a reason, and no size
    "Which categories sold the most? Show the total for all of them.",
)


@pytest.mark.parametrize("question", GOLD)
def test_it_says_what_the_question_says(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql, draft.declined
    assert " ".join(draft.sql.split()) == GOLD[question]


@pytest.mark.parametrize("question", DECLINED)
def test_what_it_cannot_tell_is_asked_back(question: str) -> None:
    assert write_sql(PROMPT, question).sql is None
