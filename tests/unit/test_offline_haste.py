"""The SQL writer on what people type in haste: short forms, keywords, a year that is said elsewhere, a request around it."""

from __future__ import annotations

from datetime import date

import pytest

from demo_lib.offline.english.dates import find_dates
from demo_lib.offline.sql_writer import write_sql

LAUNDRY = """Dialect: duckdb. Today is 2025-11-01.

CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY,
  customer_name VARCHAR,
  district VARCHAR, -- one of: Harbour, Hill
  signup_date DATE
);
CREATE TABLE departments (
  department_id INTEGER PRIMARY KEY,
  department_name VARCHAR
);
CREATE TABLE washes (
  wash_id INTEGER PRIMARY KEY,
  customer_id INTEGER REFERENCES customers(customer_id),
  department_id INTEGER REFERENCES departments(department_id),
  washed_on DATE,
  fee DECIMAL(8,2),
  rebate DECIMAL(4,2)
);
CREATE TABLE running_expenses (
  expense_id INTEGER PRIMARY KEY,
  department_id INTEGER REFERENCES departments(department_id),
  expense_kind VARCHAR, -- one of: Soap, Water, Repairs
  paid_on DATE,
  expense_amount DECIMAL(8,2)
);
Glossary:
- revenue (turnover): SUM(washes.fee)
- new customers: COUNT(customers.customer_id) by customers.signup_date
- rebated wash: washes.rebate > 0
"""
TODAY = date(2025, 11, 1)


def sql(question: str) -> str:
    draft = write_sql(LAUNDRY, question)
    assert draft.sql, f"{question}: {draft.declined}"
    return " ".join(draft.sql.split())


def declined(question: str) -> str:
    draft = write_sql(LAUNDRY, question)
    assert draft.declined, f"{question}: {draft.sql}"
    return draft.declined


@pytest.mark.parametrize(
    ("hasty", "whole"),
    [
        ("rev per dept", "revenue by department"),
        ("# of cust in Hill", "number of customers in Hill"),
        ("no. of customers per district", "number of customers by district"),
        ("nr of washes last mth", "number of washes last month"),
        ("cust excl. Harbour", "customers excluding Harbour"),
        ("customers w a wash in 2024", "customers with a wash in 2024"),
        ("yesterdays revenue", "yesterday's revenue"),
        ("last years revenue", "last year's revenue"),
    ],
)
def test_what_is_cut_short_is_read_as_the_word(hasty: str, whole: str) -> None:
    assert sql(hasty) == sql(whole)


def test_a_short_form_that_the_prompt_has_stays_what_it_is() -> None:
    own = LAUNDRY.replace("rebate DECIMAL", "dept VARCHAR, -- one of: North, South\n  rebate DECIMAL")
    draft = write_sql(own, "number of washes by dept")
    assert draft.sql and "GROUP BY dept" in draft.sql


def test_a_short_form_of_nothing_here_is_not_guessed() -> None:
    assert "emp" in declined("revenue per emp")


@pytest.mark.parametrize(
    ("question", "first", "end"),
    [
        ("Q3 revenue of 2024", "2024-07-01", "2024-10-01"),
        ("In 2024, how much was the revenue in May?", "2024-05-01", "2024-06-01"),
        ("Third quarter revenue", "2025-07-01", "2025-10-01"),
        ("revenue q2 24", "2024-04-01", "2024-07-01"),
        ("revenue until the end of March 2025", None, "2025-04-01"),
        ("revenue on oct 25", "2025-10-25", "2025-10-26"),
    ],
)
def test_a_part_of_a_year_takes_the_year_that_is_said_elsewhere(question: str, first: str | None, end: str) -> None:
    found = sql(question)
    assert f"washed_on < '{end}'" in found
    assert f"washed_on >= '{first}'" in found if first else "washed_on >=" not in found
    assert "CASE" not in found and " OR " not in found


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        ("january and february 2024", [date(2024, 1, 1), date(2024, 2, 1)]),
        ("q3 vs q2 2025", [date(2025, 7, 1), date(2025, 4, 1)]),
        ("december against may 2025", [date(2024, 12, 1), date(2025, 5, 1)]),
        ("in march compared to 2024", [date(2025, 3, 1), date(2024, 1, 1)]),
        ("joined in 2024 and washed in march", [date(2024, 1, 1), date(2025, 3, 1)]),
    ],
)
def test_months_side_by_side_are_of_one_year_and_others_are_not(words: str, starts: list[date]) -> None:
    assert [s.period.start for s in find_dates(words.split(), TODAY) if s.period] == starts


def test_what_may_be_a_day_or_a_month_is_asked() -> None:
    assert "Write the year in full" in declined("revenue oct 25")
    assert "'2025-10-31'" in sql("revenue oct 30")  # a day, for it is no year that has been


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Split the revenue by district", "revenue by district"),
        ("Please break the revenue down by district", "revenue by district"),
        ("Split our customers by district and tell me how many belong to each one", "number of customers by district"),
        ("For the board: revenue per district in 2024", "revenue by district in 2024"),
        ("revenue of yesterday, all departments and districts together", "revenue of yesterday"),
        ("revenue across all districts together in 2024", "revenue in 2024"),
        ("new customers last month, how many", "new customers last month"),
    ],
)
def test_how_the_answer_is_wanted_changes_nothing_in_the_query(said: str, meant: str) -> None:
    assert sql(said) == sql(meant)


def test_expenses_are_money_and_washes_are_counted() -> None:
    assert "SUM(expense_amount)" in sql("running expenses 2025 by kind")
    assert "COUNT(*)" in sql("washes 2025 by department")


def test_a_list_that_is_left_open_is_declined() -> None:
    assert "and so on" in declined("Number of washes for Hill, Harbour and so on")


def test_a_word_before_a_noun_filters_though_a_column_is_called_so_too() -> None:
    assert "WHERE rebate > 0" in sql("How many rebated washes do we have?")


def test_what_is_offered_in_place_of_a_word_is_another_word() -> None:
    assert "“activ”" not in declined("active washes by district")
