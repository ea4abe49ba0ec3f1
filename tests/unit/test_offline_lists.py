"""The SQL writer on rows with chosen columns, on both of two, and on money that is asked for by its verb."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

CINEMA = """Dialect: duckdb. Today is 2025-11-01.

CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  member_name VARCHAR,
  town VARCHAR,
  tier VARCHAR, -- one of: Silver, Gold
  joined_on DATE
);
CREATE TABLE films (
  film_id INTEGER PRIMARY KEY,
  film_title VARCHAR,
  genre VARCHAR, -- one of: Drama, Comedy, Horror
  minutes INTEGER
);
CREATE TABLE halls (
  hall_id INTEGER PRIMARY KEY,
  hall_name VARCHAR,
  nation VARCHAR -- one of: United States, Canada
);
CREATE TABLE sales (
  sale_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  film_id INTEGER REFERENCES films(film_id),
  hall_id INTEGER REFERENCES halls(hall_id),
  sold_on DATE,
  amount DECIMAL(8,2),
  channel VARCHAR, -- one of: Counter, Online
  payment_method VARCHAR -- one of: Cash, Card
);
CREATE TABLE refunds (
  refund_id INTEGER PRIMARY KEY,
  sale_id INTEGER REFERENCES sales(sale_id),
  refunded_on DATE,
  cause VARCHAR, -- one of: Noise, Illness
  refund_amount DECIMAL(8,2)
);
Glossary:
- revenue (sales): SUM(sales.amount)
- refund total (refunds): SUM(refunds.refund_amount)
- The date of a sale is sales.sold_on.
- A member "buys" when a sales row exists for the member.
"""


def sql(question: str) -> str:
    draft = write_sql(CINEMA, question)
    assert draft.sql, f"{question}: {draft.declined}"
    return " ".join(draft.sql.split())


def declined(question: str) -> str:
    draft = write_sql(CINEMA, question)
    assert draft.declined, f"{question}: {draft.sql}"
    return draft.declined


@pytest.mark.parametrize(
    "question",
    [
        "Show the online sales of May 2025 with date, member, film and amount",
        "List all online sales in May 2025: date, member, film, amount",
        "Which online sales were there in May 2025? Show the date, the member, the film and the amount",
    ],
)
def test_a_list_of_what_to_show_asks_for_rows_though_the_noun_is_an_amount(question: str) -> None:
    found = sql(question)
    assert "SUM" not in found and "channel = 'Online'" in found and "sold_on >= '2025-05-01'" in found
    assert all(f"{c}" in found.split(" FROM ")[0] for c in ("sold_on", "member_name", "film_title", "sales.amount"))


def test_the_order_is_that_of_the_rows_and_not_of_what_is_shown_beside_them() -> None:
    assert sql("Which members live in Boston? Show name, tier and joining date, newest first").endswith(
        "ORDER BY joined_on DESC"
    )
    assert sql("The 5 biggest refunds of 2025 with member and refund amount").endswith(
        "ORDER BY refund_amount DESC LIMIT 5"
    )


def test_numbers_by_a_kind_are_no_list_of_rows() -> None:
    assert "GROUP BY" in sql("Revenue and refund total by channel")
    assert "SUM(amount)" in sql("sales by channel")


@pytest.mark.parametrize(
    ("question", "column", "values"),
    [
        ("Which members bought both drama and comedy?", "films.genre", ("Drama", "Comedy")),
        ("members who bought drama and also comedy films", "films.genre", ("Drama", "Comedy")),
        ("Who bought from both genres, Drama and Horror?", "films.genre", ("Drama", "Horror")),
        ("How many members paid both in cash and by card?", "sales.payment_method", ("Cash", "Card")),
    ],
)
def test_both_of_two_need_a_row_each(question: str, column: str, values: tuple[str, str]) -> None:
    found = sql(question)
    assert found.count("EXISTS(") == 2
    assert all(f"{column} = '{value}'" in found for value in values)


@pytest.mark.parametrize(
    "question",
    ["How many members bought something in 2023 and also in 2025?", "members who bought in both 2023 and 2025"],
)
def test_both_of_two_periods_need_a_row_each(question: str) -> None:
    found = sql(question)
    assert found.count("EXISTS(") == 2 and " OR " not in found
    assert "sold_on >= '2023-01-01'" in found and "sold_on >= '2025-01-01'" in found and "joined_on" not in found


def test_when_they_paid_so_is_no_date_of_theirs() -> None:
    found = sql("Which members paid in cash in May 2025?")
    assert "sales.sold_on >= '2025-05-01'" in found and "joined_on" not in found


def test_any_or_all_is_asked_and_a_row_is_not_two_things() -> None:
    assert declined("Members who bought online and at the counter in 2025")
    assert declined("revenue online and also at the counter")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("What did each hall earn in 2024?", "revenue by hall in 2024"),
        ("What did members of the Gold tier spend last year?", "revenue of members of the Gold tier last year"),
        ("How much did we sell in a month on average in 2024?", "average revenue per month in 2024"),
        ("How much does each member spend on average?", "average revenue per member"),
        ("What did we turn over in May 2025?", "revenue in May 2025"),
        ("US vs Canada revenue 2024", "United States vs Canada revenue 2024"),
        ("Is revenue online higher than at the counter?", "compare revenue online and at the counter"),
        ("members with min 3 refunds", "members with at least 3 refunds"),
        ("members with 3 refunds or more", "members with at least 3 refunds"),
        ("members with 3+ refunds", "members with at least 3 refunds"),
        ("revenue change from the first to the second quarter of 2024", "revenue change from Q1 2024 to Q2 2024"),
        ("cumul. revenue by month in 2024", "cumulative revenue by month in 2024"),
        ("How did revenue accumulate by month in 2024?", "cumulative revenue by month in 2024"),
        ("Revenue in Q3 of this year and of last year", "Revenue in Q3 2025 and Q3 2024"),
    ],
)
def test_said_in_another_way_it_is_the_same_query(said: str, meant: str) -> None:
    assert sql(said) == sql(meant)


def test_what_was_returned_is_not_counted_as_money() -> None:
    assert "How many of what" in declined("How many were refunded in May 2025?")


def test_a_running_total_is_told_apart_by_key() -> None:
    found = sql("cumulative revenue by month for each film in 2024")
    assert "PARTITION BY sales.film_id" in found
    assert "PARTITION BY channel" in sql("running total of revenue by channel and month").replace("sales.", "")


def test_an_average_of_their_kind_is_taken_of_that_kind() -> None:
    found = sql("Films with minutes above the average of their genre")
    assert "other_films.genre = films.genre" in found


def test_a_month_of_every_year_is_told_and_half_a_comparison_is_asked() -> None:
    assert "MONTH(sold_on) = 12 GROUP BY YEAR(sold_on)" in sql("Revenue in December of each year")
    assert "all of it" in declined("Revenue in Q3 2025 against 2024")
