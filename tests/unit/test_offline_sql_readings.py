"""Which reading of a plain question the SQL writer takes on our own warehouse: what is counted, over which dates."""

from __future__ import annotations

from functools import lru_cache

import pytest

from demo_lib import prompts
from demo_lib.offline.sql_writer import Draft, write_sql
from demo_lib.retrieval.catalog import Catalog
from demo_lib.settings import DATA_DIR

STAR = ("sales", "customers", "products", "regions", "stores", "returns", "time_dimension")
IN_2024 = "_date >= '2024-01-01' AND "


@lru_cache(maxsize=8)
def prompt(*more: str) -> str:
    return prompts.load("v2.3").fill(
        dialect="duckdb",
        today="2025-11-01",
        schema=Catalog.from_file(DATA_DIR / "catalog.yaml").ddl([*STAR, *more]),
        glossary=(DATA_DIR / "glossary.md").read_text(encoding="utf-8"),
    )


def ask(question: str, *more: str) -> Draft:
    return write_sql(prompt(*more), question)


def sql(question: str, *more: str) -> str:
    draft = ask(question, *more)
    assert draft.sql is not None, draft.declined
    return draft.sql


def declined(question: str, *more: str) -> str:
    draft = ask(question, *more)
    assert draft.declined is not None, draft.sql
    return draft.declined


@pytest.mark.parametrize(
    "question",
    [
        "How many units were returned in 2024?",
        "units of Electronics returned in 2024",
        "units returned by customers in the West in 2024",
        "returned quantity in 2024",
        "How many units of Toys did customers in the West return in 2024?",
    ],
)
def test_units_that_were_returned_are_those_of_the_returns(question: str) -> None:
    written = sql(question)
    assert written.startswith("SELECT SUM(") and "FROM returns" in written and "GROUP BY" not in written
    assert "return_date >= '2024-01-01'" in written and "sale_date >=" not in written


@pytest.mark.parametrize("question", ["How many units were sold in 2024?", "Units sold by store", "Quantity in 2024"])
def test_units_that_were_sold_are_those_of_the_sales(question: str) -> None:
    assert "FROM sales" in sql(question) and "quantity) AS units_sold" in sql(question)


def test_customers_behind_returned_by_are_a_group_only_where_nothing_qualifies_them() -> None:
    assert "GROUP BY" in sql("Units returned by customer")
    assert "GROUP BY" not in sql("Units returned by Corporate customers")


def test_a_verb_that_looks_like_an_order_is_not_dropped() -> None:
    assert "“return”" in declined("How many customers return Toys in 2024?")


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("sales in the first week of January 2025", "2025-01-01", "2025-01-08"),
        ("sales in the last 3 days of March 2025", "2025-03-29", "2025-04-01"),
        ("sales in the last month of 2024", "2024-12-01", "2025-01-01"),
        ("sales between 15 March and 20 April 2025", "2025-03-15", "2025-04-21"),
        ("sales from November to February 2025", "2024-11-01", "2025-03-01"),
        ("sales from December 20 to January 5", "2024-12-20", "2025-01-06"),
        ("sales on November 5", "2024-11-05", "2024-11-06"),
    ],
)
def test_periods_of_days(question: str, start: str, end: str) -> None:
    when = f"sale_date >= '{start}' AND sale_date < '{end}'"
    assert sql(question) == f"SELECT SUM(amount) AS total_sales FROM sales WHERE {when}"


def test_a_day_that_does_not_exist_is_named() -> None:
    assert "no day that the calendar has" in declined("Sales on February 30")
    assert "no day that the calendar has" in declined("Sales on February 30, 2025")


@pytest.mark.parametrize("grain", ["year", "month"])
def test_sales_are_grouped_by_their_own_date(grain: str) -> None:
    written = sql(f"sales by {grain} for customers who signed up in 2023")
    assert "customers.signup_date >= '2023-01-01'" in written
    assert "sales.sale_date)" in written.split("GROUP BY")[1]


def test_two_periods_about_two_dates_are_two_conditions() -> None:
    written = sql("Sales in 2024 of customers who signed up in 2023 or 2022")
    assert "sales.sale_date >= '2024-01-01' AND sales.sale_date < '2025-01-01' AND ((customers.signup_date" in written
    assert written.count("signup_date >=") == 2


def test_the_best_of_each_group_is_told_by_key() -> None:
    assert "PARTITION BY sales.customer_id ORDER BY" in sql("last sale of each customer")
    assert "PARTITION BY sales.store_id ORDER BY" in sql("best customer by revenue in each store")
    assert "PARTITION BY by_sales.key_store_id ORDER BY" in sql("top product by return rate in each store")


@pytest.mark.parametrize("question", ["List all sales of Toys in October 2025", "List all sales in 2024", "Show me all sales"])
def test_all_of_a_tables_own_name_wants_its_rows(question: str) -> None:
    assert "sale_id, " in sql(question) and "SUM(" not in sql(question)


@pytest.mark.parametrize("question", ["Show sales", "Show sales by region", "Show all sales by region"])
def test_otherwise_the_glossarys_measure_is_meant(question: str) -> None:
    assert "SUM(" in sql(question)


@pytest.mark.parametrize("question", ["Quarterly sales for 2023 and 2024", "Compare sales by quarter in 2023 and 2024"])
def test_steps_of_time_in_two_years_are_rows(question: str) -> None:
    assert "CASE" not in sql(question) and " AS quarter, SUM(amount) AS total_sales FROM" in sql(question)


def test_a_table_called_after_its_amount_adds_it_up() -> None:
    assert sql("ad spend by platform", "ad_spend").startswith("SELECT platform, SUM(spend)")
    assert sql("total ad spend", "ad_spend") == "SELECT SUM(spend) AS total_spend FROM ad_spend"


def test_what_a_sale_costs_is_its_amount() -> None:
    assert "ORDER BY amount DESC" in sql("most expensive sale ever")
    assert "ORDER BY unit_price DESC" in sql("most expensive product")


def test_opened_last_month_says_when_and_not_what_state() -> None:
    when = "created_at >= '2025-10-01' AND created_at < '2025-11-01'"
    assert sql("How many support tickets were opened last month?", "support_tickets").endswith(f"WHERE {when}")
    assert "= 'Open'" in sql("How many open support tickets are there?", "support_tickets")


@pytest.mark.parametrize(
    "question",
    ["Which store sold the most by revenue in 2024?", "By revenue, which store sold the most in 2024?"],
)
def test_a_measure_may_stand_anywhere(question: str) -> None:
    assert "SUM(sales.amount)" in sql(question) and sql(question).endswith("ORDER BY total_sales DESC LIMIT 1")


@pytest.mark.parametrize(
    ("question", "end"),
    [
        ("Customers by revenue, top 5", "ORDER BY total_sales DESC LIMIT 5"),
        ("Sales by store, top 5", "ORDER BY total_sales DESC LIMIT 5"),
        ("Sales by region, smallest first", "ORDER BY total_sales"),
        ("Products by price, largest first", "ORDER BY unit_price DESC"),
        ("Which Furniture products cost more than 300?", "AND unit_price > 300 ORDER BY product_name"),
        ("How many sales had no discount?", "WHERE COALESCE(discount, 0) = 0"),
        ("What is the discount on average?", "AVG(discount) AS average_discount FROM sales"),
        ("Customers where city is New York", "WHERE LOWER(city) = 'new york' ORDER BY customer_name"),
    ],
)
def test_plain_questions_end_well(question: str, end: str) -> None:
    assert sql(question).endswith(end)


def test_a_column_answers_to_its_name_without_the_unit_and_as_typed() -> None:
    for words in ("weight", "weight_kg"):
        assert sql(f"average {words}", "shipments") == "SELECT AVG(weight_kg) AS average_weight_kg FROM shipments"
    assert "unit_price" in sql("unit_price of products")


def test_what_cannot_be_placed_says_what_would_help() -> None:
    assert "“where city is greenfield”" in declined("Customers in greenfield")
    assert sql("Customers where city is Boston")
    assert "glossary line" in declined("Sales of giraffes") and "withheld" in declined("Sales of giraffes")
    for question in ("Average annual salary", "emails of customers", "card numbers of customers"):
        assert "commonly withheld" in declined(question) and "glossary" not in declined(question)
    assert "in English" in declined("Quel est le chiffre d'affaires total ?")
    assert "How many customers" in declined("What do customers spend on average?")


def test_salary_changes_are_no_salaries() -> None:
    for question in ("What is the salary of each employee?", "Show the salaries of all employees"):
        found = ask(question, "employees", "salary_changes")
        assert found.sql is None and "commonly withheld" in found.declined
    assert ask("How many failed logins were there?", "login_attempts").sql


def test_nouns_that_are_verbs_too_order_nothing() -> None:
    assert "only read" not in declined("email of customers")
    assert "only read" in declined("Email the customers")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Return rate in 2024", "The period is that of sales"),
        ("Average number of orders per customer", "with at least one row"),
        ("Sales growth in 2025", "not over yet"),
    ],
)
def test_a_surprising_reading_is_said(question: str, said: str) -> None:
    assert said in ask(question).explanation and said not in ask("Total sales in 2024").explanation


@pytest.mark.parametrize(
    "question",
    [
        "What share of units sold in 2024 was returned?",
        "How many units of Toys were sold and returned in 2024?",
        "percentage of units returned by category",
        "sales to customers who returned something",
        "sales to customers who never returned anything",
    ],
)
def test_rows_with_a_return_are_not_what_was_returned(question: str) -> None:
    assert declined(question)


def test_verbs_that_settle_units_may_stand_before_a_number() -> None:
    assert "HAVING SUM(returns.quantity) > 5" in sql("Which customers returned more than 5 units?")
    assert "HAVING SUM(sales.quantity) > 5" in sql("Which customers bought more than 5 units?")
