"""`among its values: …`: names that the prompt shows of more, because the question says them."""

from __future__ import annotations

import pytest

from demo_lib.offline.prompt.ddl import read_schema
from demo_lib.offline.sql_writer import write_sql

PROMPT = """Dialect: duckdb
Today is 2025-10-31.

## Schema
```sql
CREATE TABLE halls ( -- Concert halls
  hall_id INTEGER PRIMARY KEY,
  hall_name VARCHAR, -- Name of the hall; among its values: Silver Barn, Old Depot
  town VARCHAR -- among its values: Ashby
);
CREATE TABLE painters (
  painter_id INTEGER PRIMARY KEY,
  painter_name VARCHAR, -- among its values: Concerts, Ada Lund
  town VARCHAR -- among its values: Ashby
);
CREATE TABLE concerts (
  concert_id INTEGER PRIMARY KEY,
  hall_id INTEGER REFERENCES halls(hall_id),
  painter_id INTEGER REFERENCES painters(painter_id), -- who made the poster
  played_on DATE,
  tickets INTEGER,
  style VARCHAR -- Kind of music; one of: Folk, Jazz
);
```
"""


def test_they_are_no_list_of_all_values() -> None:
    halls = read_schema(PROMPT).tables["halls"]
    name = halls.by_name["hall_name"]
    assert (name.note, name.values, name.named) == ("Name of the hall", (), ("Silver Barn", "Old Depot"))


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("How many concerts did Silver Barn have in 2024?", "halls.hall_name = 'Silver Barn'"),
        ("silver barn: number of concerts", "halls.hall_name = 'Silver Barn'"),
        ("Total tickets of the Old Depot", "halls.hall_name = 'Old Depot'"),
        ("How many concerts of Ada Lund were there?", "painters.painter_name = 'Ada Lund'"),
        ("How many halls are in Ashby?", "town = 'Ashby'"),
        ("Number of painters who live in Ashby", "town = 'Ashby'"),
    ],
)
def test_a_name_is_compared_as_it_is_written_in_the_data(question: str, condition: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql is not None, draft.declined
    assert condition in draft.sql
    assert "LOWER" not in draft.sql


def test_a_name_that_the_schema_has_too_is_that_of_the_schema() -> None:
    draft = write_sql(PROMPT, "How many concerts were there in 2024?")
    assert draft.sql is not None and "painter" not in draft.sql


def test_a_town_that_two_kinds_of_rows_have_is_asked_about() -> None:
    draft = write_sql(PROMPT, "How many concerts in Ashby?")
    assert draft.declined is not None and "halls" in draft.declined and "painters" in draft.declined
