"""Conditions asked of a sports club: states of now, what is left out or was never done, averages, pairs of columns."""

from __future__ import annotations

import duckdb
import pytest

from demo_lib.offline.sql_writer import write_sql

CLUB = """Dialect: duckdb. Today is 2025-06-15.

```sql
CREATE TABLE gyms (
  gym_id INTEGER PRIMARY KEY,
  gym_name VARCHAR,
  city VARCHAR,
  opened_on DATE
);
CREATE TABLE employees (
  employee_id INTEGER PRIMARY KEY,
  employee_name VARCHAR,
  gym_id INTEGER REFERENCES gyms(gym_id),
  contract VARCHAR, -- one of: Full-time, Part-time
  hired_on DATE,
  left_on DATE -- Last day; empty for those still with us
);
CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  member_name VARCHAR,
  city VARCHAR,
  signup_date DATE
);
CREATE TABLE passes (
  pass_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  valid_from DATE,
  valid_until DATE
);
CREATE TABLE machines (
  machine_id INTEGER PRIMARY KEY,
  machine_name VARCHAR,
  gym_id INTEGER REFERENCES gyms(gym_id),
  bought_on DATE,
  disposed_on DATE, -- empty while in use
  planned_cost DECIMAL(8,2),
  approved_cost DECIMAL(8,2)
);
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  product_name VARCHAR,
  sort VARCHAR, -- one of: Shoes, Balls, Rackets
  unit_price DECIMAL(8,2),
  unit_cost DECIMAL(8,2)
);
CREATE TABLE sales (
  sale_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  product_id INTEGER REFERENCES products(product_id),
  gym_id INTEGER REFERENCES gyms(gym_id),
  sold_on DATE,
  amount DECIMAL(8,2),
  channel VARCHAR -- one of: Desk, Web
);
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY,
  sale_id INTEGER REFERENCES sales(sale_id),
  returned_on DATE,
  refund DECIMAL(8,2)
);
CREATE TABLE suppliers (
  supplier_id INTEGER PRIMARY KEY,
  supplier_name VARCHAR
);
CREATE TABLE purchase_orders (
  purchase_order_id INTEGER PRIMARY KEY,
  supplier_id INTEGER REFERENCES suppliers(supplier_id),
  placed_on DATE,
  state VARCHAR -- one of: Open, Received
);
CREATE TABLE limits (
  limit_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  limit_amount DECIMAL(8,2)
);
CREATE TABLE readers (
  reader_id INTEGER PRIMARY KEY,
  letter VARCHAR, -- one of: Weekly, Yearly
  subscribed_on DATE,
  unsubscribed_on DATE
);
```

## Glossary
- revenue (sales, turnover): SUM(sales.amount)
- refunds: SUM(returns.refund)
- The date of a sale is sales.sold_on.
- number of visits (calls): COUNT(visits.visit_id)
"""
STAYED, LEFT = "employees.left_on IS NULL", "NOT left_on IS NULL"
NO_SALE = "NOT EXISTS(SELECT 1 FROM sales"
SHOES = "EXISTS(SELECT 1 FROM sales JOIN products ON sales.product_id = products.product_id WHERE sales.member_id = "
SHOES += "members.member_id AND products.sort = 'Shoes')"


def sql(question: str) -> str:
    """The SQL, which DuckDB must be able to run; nothing for a decline."""
    found = write_sql(CLUB, question).sql
    if found:
        with duckdb.connect() as empty:
            empty.execute(CLUB.split("```")[1].removeprefix("sql"))
            empty.execute(found)
    return found or ""


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("current headcount by gym", STAYED),
        ("How many employees are still with us per gym?", STAYED),
        ("For every gym, count the employees who are still with us.", f"{STAYED} GROUP BY employees.gym_id"),
        ("What is today's headcount per gym, without those who have left?", STAYED),
        ("How many part-time employees do we currently have?", "contract = 'Part-time' AND left_on IS NULL"),
        ("full-time employees currently in the city of Denver", STAYED),
        ("employees no longer with us", LEFT),
        ("How many employees no longer work here?", LEFT),
        ("former employees", LEFT),
        ("How many employees left?", "NOT (left_on IS NULL)"),  # and no leave of theirs
        ("How many machines are still in use?", "disposed_on IS NULL"),
        ("machines that are not in use any more", "NOT (disposed_on IS NULL)"),
        ("valid passes", "valid_from < '2025-06-16' AND (valid_until >= '2025-06-15' OR valid_until IS NULL)"),
        ("How many passes are no longer valid?", "WHERE valid_until < '2025-06-15'"),
        ("How many readers are still subscribed to each letter?", "unsubscribed_on IS NULL GROUP BY letter"),
        ("purchase orders that are no longer open", "state <> 'Open'"),
        ("How many purchase orders are still open?", "state = 'Open'"),
    ],
)
def test_a_state_of_now_is_told_by_a_flag_or_the_end(question: str, part: str) -> None:
    assert part in sql(question), write_sql(CLUB, question)


@pytest.mark.parametrize(
    "question",
    [
        "How many members are still buying?",
        "former members",
        "members no longer in town",
        "Which employees no longer work in a gym?",  # gone from there, or for good
        "current purchase orders",  # the state tells, and it has two
        "passes still on the way",
        "Which employees are not former employees?",
    ],
)
def test_a_state_that_nothing_tells_is_declined(question: str) -> None:
    assert sql(question) == ""


def test_what_cannot_end_is_current_anyway() -> None:
    assert sql("current members by city") == sql("members by city") != ""


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Which suppliers never received a purchase order?",
         ["NOT EXISTS(SELECT 1 FROM purchase_orders WHERE purchase_orders.supplier_id = suppliers.supplier_id)"]),
        ("How many members bought shoes but never any rackets?", [NO_SALE, "'Rackets'", f" AND {SHOES}"]),
        ("members who bought shoes and nothing at all out of rackets", [NO_SALE, "'Rackets'", f" AND {SHOES}"]),
        ("members who bought shoes but no rackets", [NO_SALE, "'Rackets'", f" AND {SHOES}"]),
        ("How many members bought neither shoes nor rackets?", [NO_SALE, "IN ('Shoes', 'Rackets')"]),
        ("gyms where not a single sale was returned in 2024",
         ["NOT EXISTS(SELECT 1 FROM returns JOIN sales", "returns.returned_on >= '2024-01-01'"]),
        ("gyms with no returned sales in 2024", ["NOT EXISTS(SELECT 1 FROM returns JOIN sales"]),
        ("How many members signed up but never bought anything?", [NO_SALE]),
        ("members without a purchase until now", [NO_SALE]),
        ("members with no valid pass", ["NOT EXISTS(SELECT 1 FROM passes", "passes.valid_from < '2025-06-16'"]),
        ("gyms without a current employee", ["NOT EXISTS(SELECT 1 FROM employees", STAYED]),
    ],
)  # fmt: skip
def test_what_was_never_done_needs_no_row(question: str, parts: list[str]) -> None:
    query = sql(question)
    assert query and [p for p in parts if p not in query] == [], query


def test_what_was_done_in_neither_period_needs_no_row_of_both() -> None:
    query = sql("How many members bought neither in 2023 nor in 2024?")
    assert query.count("EXISTS(") == query.count(NO_SALE) == 1 and "'2023-01-01'" in query and "'2024-01-01'" in query


@pytest.mark.parametrize(
    "question",
    [
        "members who bought nothing in 2024 but did in 2023",
        "Which sorts of products were never sold?",  # one product of the sort was not: that does not tell
        "sorts nobody bought in 2024",
        "How many sorts were never sold?",
        "members with more than 10 sales but no returns",  # none of theirs, or of the sales that count?
    ],
)
def test_what_no_row_alone_can_tell_is_declined(question: str) -> None:
    assert sql(question) == ""


def test_never_beside_a_period_is_declined() -> None:
    assert sql("members who bought shoes in 2024 but never rackets") == ""
    assert "products.sort <> 'Shoes'" in sql("revenue from products other than shoes")  # of the rows themselves


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("revenue by gym, excl. shoes", "WHERE products.sort <> 'Shoes'"),
        ("What revenue did every gym make if we leave the shoes out?", "WHERE products.sort <> 'Shoes'"),
        ("revenue by gym if we do not count web sales", "WHERE sales.channel <> 'Web'"),
        ("revenue by gym without web sales", "WHERE sales.channel <> 'Web'"),
        ("sales by sort leaving Shoes aside", "WHERE products.sort <> 'Shoes'"),
    ],
)
def test_what_is_left_out_narrows_the_rows(question: str, part: str) -> None:
    assert part in sql(question), write_sql(CLUB, question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("members who spent more than the average member in 2024",
         ["GROUP BY sales.member_id", "revenue > (SELECT AVG(revenue) FROM totals)"]),
        ("How many gyms had revenue below the average in 2024?",
         ["SELECT COUNT(*) AS gym_count FROM totals WHERE revenue < (SELECT AVG(revenue) FROM totals)"]),
        ("Of the members who bought in 2024, how many spent more than the average of them?",
         ["SELECT COUNT(*)", "sales.sold_on >= '2024-01-01'", "revenue > (SELECT AVG(revenue) FROM totals)"]),
        ("members with more passes than the average member",
         ["COUNT(*) AS pass_count", "pass_count > (SELECT AVG(pass_count) FROM totals)"]),
        ("Which sorts brought less revenue than the average sort?",
         ["GROUP BY products.sort", "revenue < (SELECT AVG(revenue) FROM totals)"]),
        ("products with a price above the average price", ["(SELECT AVG(products.unit_price) FROM products)"]),
    ],
)  # fmt: skip
def test_totals_against_the_average_of_their_kind(question: str, parts: list[str]) -> None:
    query = sql(question)
    assert query and [p for p in parts if p not in query] == [], query


@pytest.mark.parametrize(
    "question",
    [
        "gyms whose revenue is above the average price",
        "gyms whose revenue in 2024 is above the average revenue in 2023",
        "members who sold more than the average member",
        "members who spent less than the average member",  # whoever never spent anything, too?
    ],
)
def test_an_average_of_something_else_is_declined(question: str) -> None:
    assert sql(question) == ""


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("products that cost more than 10 but less than 20", "WHERE unit_price > 10 AND unit_price < 20"),
        ("products with a price above 10 and below 20", "WHERE unit_price > 10 AND unit_price < 20"),
        ("products with a price over 100 and a cost under 50", "WHERE unit_price > 100 AND unit_cost < 50"),
        ("members with more than 5 but fewer than 10 sales", "HAVING COUNT(*) < 10 AND COUNT(*) > 5"),
        ("machines where less was approved than planned", "WHERE approved_cost < planned_cost"),
        ("machines with an approved cost above the planned cost", "WHERE approved_cost > planned_cost"),
        ('products with "Pro" in their name', "WHERE LOWER(product_name) LIKE '%pro%'"),
        ("products whose name contains racket", "WHERE LOWER(product_name) LIKE '%racket%'"),
        ("How many members live in the city of Chicago?", "FROM members WHERE LOWER(city) = 'chicago'"),
        ("In the city of Denver, how many gyms are there?", "FROM gyms WHERE LOWER(city) = 'denver'"),
        ("members in chicago", "WHERE LOWER(city) = 'chicago'"),
        ("members from chicago or denver", "WHERE LOWER(city) IN ('chicago', 'denver')"),
        ("members with a limit over 500", "EXISTS(SELECT 1 FROM limits WHERE limits.member_id = members.member_id AND "),
        ("members with a sale over 100", "sales.member_id = members.member_id AND sales.amount > 100)"),
        ("members with more than 500 in sales", "HAVING SUM(sales.amount) > 500"),
        ("How many members had a refund over 50 in 2024?", "WHERE returns.refund > 50 AND returns.returned_on"),
    ],
)
def test_numbers_columns_and_names_that_rows_must_have(question: str, part: str) -> None:
    assert part in sql(question), write_sql(CLUB, question)


@pytest.mark.parametrize("question", ["average sale of members with a sale over 100"])
def test_a_row_of_its_own_does_not_narrow_what_is_added_up(question: str) -> None:
    assert sql(question) == ""


def test_a_name_without_its_capital_is_none_where_it_is_an_everyday_word() -> None:
    assert sql("members in arrears") == sql("products in demand") == ""


def test_a_clause_that_groups_is_no_small_talk() -> None:
    assert sql("For every wombat, count the members.") == ""


def test_a_glossary_line_of_absent_tables_makes_room_for_a_table() -> None:
    tables = [part for part in CLUB.split("CREATE TABLE ") if part.startswith(("suppliers", "purchase_orders"))]
    shop = "".join(f"CREATE TABLE {table}" for table in tables) + "\n## Glossary\n- deals (orders): COUNT(deals.deal_id)\n"
    query = write_sql(shop, "suppliers with whom we did not place any order").sql or ""
    assert "NOT EXISTS(SELECT 1 FROM purchase_orders" in query
    assert "no deals.deal_id" in (write_sql(shop, "number of deals").declined or "")
