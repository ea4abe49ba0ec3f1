"""Names that the prompt does not list: one column could hold them, several could, or none; and what is no name."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import Draft, write_sql

PROMPT = """You write SQL.
Dialect: duckdb
Today is 2025-06-15.

## Schema
```sql
CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY,
  name VARCHAR,
  email VARCHAR,
  city VARCHAR,
  country VARCHAR,
  segment VARCHAR, -- one of: Consumer, Corporate
  signed_up_on DATE
);
CREATE TABLE teams (team_id INTEGER PRIMARY KEY, team_name VARCHAR);
CREATE TABLE employees (
  employee_id INTEGER PRIMARY KEY,
  first_name VARCHAR,
  last_name VARCHAR,
  salary INTEGER,
  team_id INTEGER REFERENCES teams(team_id)
);
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  product_name VARCHAR,
  sku VARCHAR,
  price DECIMAL(8,2),
  category VARCHAR -- one of: E-Mail, Check-in, Gift Card, Shoes
);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY,
  order_number VARCHAR,
  customer_id INTEGER REFERENCES customers(customer_id),
  employee_id INTEGER REFERENCES employees(employee_id),
  product_id INTEGER REFERENCES products(product_id),
  total DECIMAL(8,2),
  status VARCHAR, -- one of: Open, Shipped
  order_date DATE
);
```

## Glossary
- revenue: SUM(orders.total)
- The date of an order is orders.order_date.
"""
WITH_STATES = PROMPT.replace("  country VARCHAR,", "  state VARCHAR,\n  country VARCHAR,")
LISTED = PROMPT.replace("  city VARCHAR,", "  city VARCHAR, -- one of: Salem, Dover").replace(
    "  country VARCHAR,", "  country VARCHAR, -- one of: US, Canada, Germany"
)


def ask(question: str, prompt: str = PROMPT) -> Draft:
    return write_sql(prompt, question)


def condition(question: str, prompt: str = PROMPT) -> str:
    """What stands in the query's WHERE."""
    draft = ask(question, prompt)
    assert draft.sql is not None, draft.declined
    sql = " ".join(draft.sql.split())
    return sql.split(" WHERE ", 1)[1].split(" ORDER BY ")[0].split(" GROUP BY ")[0]


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("customers in Boston", "LOWER(city) = 'boston'"),
        ("How many Boston customers are there?", "LOWER(city) = 'boston'"),
        ("Boston customers: how many?", "LOWER(city) = 'boston'"),
        ("How many customers live in New York?", "LOWER(city) = 'new york'"),
        ("How many customers are in São Paulo?", "LOWER(city) = 'são paulo'"),
        ("How many customers are in St. Louis?", "LOWER(city) = 'st. louis'"),
        ("customers in Salt Lake City", "LOWER(city) = 'salt lake city'"),
        ("customers not in Boston", "LOWER(city) <> 'boston'"),
        ("customers in London, Paris and Rome", "LOWER(city) IN ('london', 'paris', 'rome')"),
        ("customers whose city is Reading", "LOWER(city) = 'reading'"),
        ("Total revenue of customers in Boston", "LOWER(customers.city) = 'boston'"),
    ],
)
def test_a_place_is_a_value_of_the_one_column_of_places(question: str, where: str) -> None:
    assert condition(question) == where


def test_a_name_that_is_taken_as_written_is_said_to_be() -> None:
    said = ask("customers in Boston").explanation
    assert "The prompt does not list the values of customers.city; I compare with “Boston” as you wrote it." in said


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("customers in Singapore", "LOWER(country) = 'singapore'"),
        ("Swiss customers", "LOWER(country) = 'switzerland'"),
        ("How many of our customers are Swiss?", "LOWER(country) = 'switzerland'"),
        ("How many customers are not Canadian?", "LOWER(country) <> 'canada'"),
        (
            "customers from the UK or Ireland",
            "LOWER(country) IN ('united kingdom', 'uk', 'u.k.', 'great britain', 'britain', 'ireland')",
        ),
    ],
)
def test_countries_belong_to_a_column_of_countries_by_any_name(question: str, where: str) -> None:
    assert condition(question) == where


def test_listed_countries_are_found_by_other_names_and_by_their_people() -> None:
    assert condition("customers in the USA", LISTED) == "country = 'US'"
    assert condition("how many american customers", LISTED) == "country = 'US'"
    for question in ("customers from Brazil", "Brazilian customers"):
        assert "US, Canada, Germany" in (ask(question, LISTED).declined or "")


def test_states_belong_to_a_column_of_states() -> None:
    assert condition("customers in California", WITH_STATES) == "LOWER(state) IN ('california', 'ca')"
    assert ask("customers in California").sql is None
    assert "customers.country or customers.state" in (ask("customers in Georgia", WITH_STATES).declined or "")


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("How many orders of customer Maria Lopez?", "LOWER(customers.name) = 'maria lopez'"),
        ("customers called Maria Lopez", "LOWER(name) = 'maria lopez'"),
        ("What is the salary of Jane Doe?", "LOWER(first_name || ' ' || last_name) = 'jane doe'"),
        ("What is Jane Doe's salary?", "LOWER(first_name || ' ' || last_name) = 'jane doe'"),
        (
            "Which team is Jane Doe in?",
            "EXISTS(SELECT 1 FROM employees WHERE employees.team_id = teams.team_id AND "
            "LOWER(employees.first_name || ' ' || employees.last_name) = 'jane doe')",
        ),
        ("What is the price of the Trail Runner 2?", "LOWER(product_name) = 'trail runner 2'"),
        ("price of product Moby Dick", "LOWER(product_name) = 'moby dick'"),
        ("How many employees does team Red Falcons have?", "LOWER(teams.team_name) = 'red falcons'"),
        ("status of order SO-1042", "LOWER(order_number) = 'so-1042'"),
        ("the customer with email ann@example.com", "LOWER(email) = 'ann@example.com'"),
        ("price of the product with SKU AB-123", "LOWER(sku) = 'ab-123'"),
    ],
)
def test_a_name_or_a_code_is_one_row_of_the_table_beside_it(question: str, where: str) -> None:
    assert condition(question) == where


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("revenue in Boston", ("customers.city", "teams.team_name")),
        ("How many orders by Maria Lopez?", ("customers.name", "the names of employees")),
        ("customers in Boston", ("customers.city", "customers.state")),
        ("Open orders from Acme", ("customers.name", "products.product_name")),
    ],
)
def test_a_name_that_several_columns_could_hold_is_asked_back(question: str, options: tuple[str, ...]) -> None:
    declined = ask(question, WITH_STATES).declined or ""
    assert all(o in declined for o in options) and "Say which" in declined


@pytest.mark.parametrize(
    "question",
    [
        # no capital that tells
        "customers in greenfield",
        "customers in greenfield or Chicago",
        "HOW MANY CUSTOMERS ARE IN BOSTON?",
        "How Many Customers Are In Boston?",
        "Total Revenue From Customers In Boston By Month",
        "Churn customers by month",
        # a capital, and no name
        "How much revenue in Excel?",
        "revenue at Christmas",
        "customers since Easter",
        "revenue for Black Friday",
        "How many orders did the CEO place?",
        "List the customers in English",
        "How many orders were paid via PayPal?",
        "customers from Facebook",
        "customers in Premium",
        "How many employees in Marketing?",
        "What is our Customer Lifetime Value?",
        "What is the customer Lifetime Value?",
        "customer Satisfaction by city",
        "orders in FY2024",
        "orders with COVID-19",
        # a name, but of what, and where it ends, cannot be told
        "customers near Boston",
        "customers in Boston, Massachusetts",
        "customers in Boston or Canada",
        "Consumer customers or customers in Boston",
        "customers in Bavaria",
        "employees in Boston",
        "New York customers",
        "customers of Nike",
        "the product Lord of the Rings",
        "orders for product Romeo and Juliet",
        "orders of customer Lopez",
        "Which city is Maria Lopez in?",
        "South American customers",
        "French products",
        "how many polish products",
        "customers who ordered in Boston 3 times",
    ],
)
def test_what_is_no_name_for_sure_stays_unknown(question: str) -> None:
    assert ask(question).sql is None


@pytest.mark.parametrize("question", ["customers in Boston", "Boston customers", "orders from Boston"])
def test_a_place_that_the_list_of_places_lacks_is_no_value_of_another_column(question: str) -> None:
    assert "“boston”" in (ask(question, LISTED).declined or "")


def test_the_us_are_never_us() -> None:
    nowhere = PROMPT.replace("  country VARCHAR,\n", "")
    assert ask("customers from the US", nowhere).sql is None
    assert ask("Give us the customers", nowhere).sql is not None


def test_a_prompt_that_lists_no_values_does_not_say_that_a_short_column_holds_a_name() -> None:
    bare = "\n".join(line.split(" -- ")[0] for line in PROMPT.splitlines())
    assert ask("customers in Boston", bare).sql is not None
    assert ask("How many employees does team Red Falcons have?", bare).sql is None


def test_months_and_days_are_dates_though_they_have_capitals() -> None:
    assert "order_date" in condition("How many orders in May?")
    assert "DAYNAME" in condition("orders from Monday")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many email products?", "E-Mail"),
        ("How many check in products?", "Check-in"),
        ("how many CHECK-IN products", "Check-in"),
        ("How many giftcard products?", "Gift Card"),
        ("How many gift cards do we have?", "Gift Card"),
    ],
)
def test_listed_values_are_found_however_they_are_joined(question: str, value: str) -> None:
    assert condition(question) == f"category = '{value}'"


def test_or_between_two_columns_is_no_and() -> None:
    assert "“or”" in (ask("orders of Corporate customers or open orders").declined or "")


def test_an_amount_that_no_glossary_explains_is_no_list_of_rows() -> None:
    bare = PROMPT.split("## Glossary")[0].replace("orders", "sales")
    assert "revenue" in (ask("revenue of customers in Boston", bare).declined or "")
