"""The SQL writer on a star schema with near-miss tables: which reading it prefers, when it asks back, how it writes."""

from __future__ import annotations

import pytest
import sqlglot

from demo_lib.offline.sql_writer import write_sql

SCHEMA = """
CREATE TABLE sales (
  sale_id INTEGER PRIMARY KEY,
  sale_date DATE REFERENCES time_dimension(date_key),
  customer_id INTEGER REFERENCES customers(customer_id),
  product_id INTEGER REFERENCES products(product_id),
  store_id INTEGER REFERENCES stores(store_id),
  quantity INTEGER, -- one of: 1, 2, 3
  discount DECIMAL(4,2), -- fraction of the price
  amount DECIMAL(12,2),
  channel VARCHAR -- one of: Online, In-store
);
CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY,
  customer_name VARCHAR,
  region_id INTEGER REFERENCES regions(region_id),
  segment VARCHAR, -- one of: Consumer, Corporate
  signup_date DATE
);
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  product_name VARCHAR,
  category VARCHAR, -- one of: Electronics, Toys
  unit_price DECIMAL(10,2),
  unit_cost DECIMAL(10,2)
);
CREATE TABLE stores (
  store_id INTEGER PRIMARY KEY,
  store_name VARCHAR,
  region_id INTEGER REFERENCES regions(region_id),
  opened_on DATE
);
CREATE TABLE regions (
  region_id INTEGER PRIMARY KEY,
  region_name VARCHAR, -- one of: North, South
  country VARCHAR -- one of: Norland, Sudland
);
CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY,
  sale_id INTEGER REFERENCES sales(sale_id),
  return_date DATE,
  quantity INTEGER,
  refund_amount DECIMAL(12,2)
);
CREATE TABLE time_dimension (
  date_key DATE PRIMARY KEY,
  year INTEGER, -- one of: 2024, 2025
  is_weekend BOOLEAN -- one of: false, true
);
"""
NEAR_MISSES = """
CREATE TABLE sales_targets (
  target_id INTEGER PRIMARY KEY,
  store_id INTEGER REFERENCES stores(store_id),
  target_quarter INTEGER,
  target_amount DECIMAL(12,2)
);
CREATE TABLE purchase_orders (
  purchase_order_id INTEGER PRIMARY KEY,
  supplier_region_id INTEGER REFERENCES regions(region_id),
  placed_on DATE,
  total_amount DECIMAL(12,2)
);
CREATE TABLE web_sessions (
  session_id INTEGER PRIMARY KEY,
  channel VARCHAR, -- one of: Search, Email
  started_at TIMESTAMP
);
"""
GLOSSARY = """
## Glossary
- total sales (sales, revenue, turnover): SUM(sales.amount)
- number of sales (orders, purchases): COUNT(sales.sale_id)
- units sold: SUM(sales.quantity)
- return rate: SUM(returns.quantity) / SUM(sales.quantity), returned units over sold units
- The date of a sale is sales.sale_date.
- A customer "buys" or "orders" when a sales row exists for the customer.
- Unless the question says "store region", region means the customer's region, regions.region_name through customers.region_id.
"""


def prompt(glossary: str = GLOSSARY, more: str = NEAR_MISSES, dialect: str = "duckdb") -> str:
    return f"Dialect: {dialect}\nToday is 2025-11-01.\n\n## Schema\n```sql\n{SCHEMA}{more}```\n{glossary}"


@pytest.mark.parametrize("more", ["", NEAR_MISSES])
def test_the_question_of_the_talk(more: str) -> None:
    assert write_sql(prompt(more=more), "What were total sales last quarter?").sql == (
        "SELECT SUM(amount) AS total_sales FROM sales WHERE sale_date >= '2025-07-01' AND sale_date < '2025-10-01'"
    )


def test_without_a_glossary_the_amount_of_the_table_adds_up() -> None:
    sql = write_sql(prompt(glossary=""), "What were total sales last quarter?").sql
    assert sql and sql.startswith("SELECT SUM(amount) AS total_amount FROM sales WHERE")


def test_with_names_only_it_still_joins_what_the_names_give_away() -> None:
    names = "sales(sale_id, sale_date, store_id, amount)\nstores(store_id, store_name)\nDialect: duckdb"
    assert write_sql(names, "Total amount by store").sql == (
        "SELECT stores.store_name, SUM(sales.amount) AS total_amount FROM sales"
        " JOIN stores ON sales.store_id = stores.store_id"
        " GROUP BY sales.store_id, stores.store_name ORDER BY total_amount DESC"
    )
    assert "Online" in (write_sql(names, "Total amount of Online sales").declined or "").title()


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("Sales by region", "customers.region_id = regions.region_id"),
        ("Sales by store region", "stores.region_id = regions.region_id"),
        ("Sales in the North", "customers.region_id = regions.region_id"),
        ("Sales of stores in the North", "stores.region_id = regions.region_id"),
        ("How many stores are there in each region?", "stores.region_id = regions.region_id"),
    ],
)
def test_the_glossary_says_which_way_a_region_is_joined(question: str, way: str) -> None:
    assert way in (write_sql(prompt(), question).sql or "")


def test_without_that_sentence_it_asks_back() -> None:
    glossary = "\n".join(line for line in GLOSSARY.splitlines() if "Unless" not in line)
    declined = write_sql(prompt(glossary), "Sales by region").declined or ""
    assert "customers" in declined and "stores" in declined


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("How many orders did we get last month?", "SELECT COUNT(*) AS sale_count FROM sales"),
        ("Which customers placed more than 30 purchases?", "HAVING COUNT(*) > 30"),
        ("Customers who never ordered", "WHERE NOT EXISTS(SELECT 1 FROM sales"),
        ("Sales on weekends", "WHERE time_dimension.is_weekend"),
        ("sales on weekends vs weekdays", "GROUP BY time_dimension.is_weekend"),
        ("average number of purchases per customer", "SELECT AVG(number_of_sales)"),
        (
            "customers who signed up in 2025 but have not bought anything",
            "customers.signup_date >= '2025-01-01'",
        ),
    ],
)
def test_everyday_words_find_their_place(question: str, part: str) -> None:
    assert part in (write_sql(prompt(), question).sql or "")


def test_a_ratio_over_two_facts_never_joins_them() -> None:
    sql = write_sql(prompt(), "Return rate by product in 2024").sql or ""
    tree = sqlglot.parse_one(sql, read="duckdb")
    ctes = {cte.alias: cte.this for cte in tree.find_all(sqlglot.exp.CTE)}
    assert set(ctes) == {"by_sales", "by_returns"}
    assert "returns" not in {t.name for t in ctes["by_sales"].find_all(sqlglot.exp.Table)}
    assert "by_returns.key_product_id = by_sales.key_product_id" in sql  # names may repeat, keys do not
    assert sql.count("sales.sale_date >= '2024-01-01'") == 2  # of what was sold in the year, what came back


@pytest.mark.parametrize(
    "question",
    [
        "How many products were sold in 2024?",  # units, or different products?
        "Which store sold the most?",  # by revenue, or by units?
        "Who are our best customers?",
        "How many customers in 2024?",  # signed up, or bought?
        "Customers who bought Toys and Electronics",  # either, or both?
        "Total discount",  # fractions do not add up
        "Sales by sales rep",
        "Sales by return reason",
        "Sales forecast for next quarter",
        "Sales in Atlantis",
        "Which customers bought the most expensive product by revenue?",
    ],
)
def test_asks_back_or_declines_rather_than_guesses(question: str) -> None:
    assert write_sql(prompt(), question).sql is None


def test_an_unknown_place_is_answered_with_those_there_are() -> None:
    declined = write_sql(prompt(), "How many stores are in regions from Atlantis?").declined or ""
    assert "“atlantis”" in declined and "Norland, Sudland" in declined


@pytest.mark.parametrize(
    ("dialect", "month"),
    [
        ("duckdb", "DATE_TRUNC('month', sale_date)"),
        ("postgres", "CAST(DATE_TRUNC('month', sale_date) AS DATE)"),
        ("sqlite", "DATE(sale_date, 'start of month')"),
        ("T-SQL", "DATETRUNC(MONTH, sale_date)"),
    ],
)
def test_writes_the_dialect_that_the_prompt_names(dialect: str, month: str) -> None:
    sql = write_sql(prompt(dialect=dialect), "Monthly sales in 2024").sql or ""
    assert month in sql and "sale_date >= '2024-01-01'" in sql


def test_top_n_in_t_sql_and_divisions_that_are_never_whole() -> None:
    tsql = prompt(dialect="tsql")
    assert "SELECT TOP 5" in (write_sql(tsql, "Top 5 products by sales").sql or "")
    assert "1.0 *" in (write_sql(tsql, "return rate").sql or "") and "NULLIF" in (
        write_sql(tsql, "return rate").sql or ""
    )


@pytest.mark.parametrize(
    ("question", "average"),
    [
        ("Average quantity of sales by channel", "AVG(CAST(quantity AS FLOAT))"),
        ("Average number of sales per customer", "AVG(CAST(number_of_sales AS FLOAT))"),
        ("average amount by region", "AVG(sales.amount)"),
    ],
)
def test_an_average_of_whole_numbers_is_not_cut_off_in_t_sql(question: str, average: str) -> None:
    assert average in (write_sql(prompt(dialect="tsql"), question).sql or "")
    assert "FLOAT" not in (write_sql(prompt(), question).sql or "")


@pytest.mark.parametrize("question", ["Median quantity of sales", "What is the median sale amount for each channel?"])
def test_a_median_is_declined_in_t_sql_which_has_none(question: str) -> None:
    assert "MEDIAN(" in (write_sql(prompt(), question).sql or "")
    draft = write_sql(prompt(dialect="tsql"), question)
    assert draft.sql is None and "no median. Ask for the average" in (draft.declined or "")


def test_the_same_question_gives_the_same_draft() -> None:
    question = "Top 3 products by sales in each region in 2024"
    assert write_sql(prompt(), question) == write_sql(prompt(), question)
