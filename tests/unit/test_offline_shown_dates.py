"""Days among what is shown of some rows."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

CHOIR = """Dialect: duckdb. Today is 2025-11-01.

CREATE TABLE singers (
  singer_id INTEGER PRIMARY KEY,
  singer_name VARCHAR,
  voice VARCHAR, -- one of: Alto, Bass
  town VARCHAR,
  joined_on DATE
);
CREATE TABLE concerts (
  concert_id INTEGER PRIMARY KEY,
  hall VARCHAR,
  announced_on DATE,
  held_on DATE
);
CREATE TABLE fees (
  fee_id INTEGER PRIMARY KEY,
  singer_id INTEGER REFERENCES singers(singer_id),
  concert_id INTEGER REFERENCES concerts(concert_id),
  paid_on DATE,
  amount DECIMAL(8,2)
);
"""


def sql(question: str) -> str | None:
    return write_sql(CHOIR, question).sql


@pytest.mark.parametrize(
    "question",
    [
        "List the singers with town and the day they joined",
        "singers: name, town and date joined",
        "List the singers with name, town and joining date",
        "Show the singers with town and date",
        "Which singers are there, with town and day of joining?",
    ],
)
def test_the_day_is_the_date_of_the_rows_that_are_listed(question: str) -> None:
    found = sql(question)
    assert found and "joined_on" in found and "FROM singers" in found and "GROUP" not in found


def test_of_two_dates_the_verb_tells() -> None:
    found = sql("List the concerts with hall and the day they were announced")
    assert found and "announced_on" in found and "held_on" not in found


@pytest.mark.parametrize("question", ["Number of fees by singer and date", "Total amount of fees by town and day"])
def test_behind_by_it_is_a_step_of_time_of_what_is_measured(question: str) -> None:
    found = sql(question)
    assert found is None or ("paid_on" in found and "joined_on" not in found)
