"""What people say of boats: gaps that questions of others have shown, over a harbour of our own."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import Draft, write_sql

PROMPT = """You write SQL.
Dialect: duckdb
Today is 2025-06-15.

## Schema
```sql
CREATE TABLE guests (guest_id INTEGER PRIMARY KEY, guest_name VARCHAR, birth_date DATE);
CREATE TABLE moorings (
  mooring_id INTEGER PRIMARY KEY,
  mooring_name VARCHAR,
  basin VARCHAR,
  hull_kind VARCHAR, -- one of: Keel, Flat
  depth_m INTEGER
);
CREATE TABLE boats (
  boat_id INTEGER PRIMARY KEY,
  boat_name VARCHAR,
  mooring_id INTEGER REFERENCES moorings(mooring_id),
  rig VARCHAR, -- one of: Sloop, Ketch
  has_motor BOOLEAN,
  length_m DECIMAL(5,2),
  launched_on DATE
);
CREATE TABLE rentals (
  rental_id INTEGER PRIMARY KEY,
  boat_id INTEGER REFERENCES boats(boat_id),
  guest_id INTEGER REFERENCES guests(guest_id),
  rented_on DATE,
  duration_hours INTEGER,
  deposit INTEGER
);
```
"""


def ask(question: str) -> Draft:
    return write_sql(PROMPT, question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        # an average total is one number for each, then their average
        ("average total deposit per guest", ["SUM(rentals.deposit)", "AVG(total_deposit)"]),
        # who rents, counted, is whoever the rentals point to
        ("Number of rentals and number of renters per rig", ["COUNT(*)", "COUNT(DISTINCT rentals.guest_id)"]),
        ("how many renters do we have", ["COUNT(DISTINCT guest_id)", "FROM rentals"]),
        # half of a column's name behind `of`
        ("total depth by kind of hull", ["SUM(depth_m)", "GROUP BY hull_kind"]),
        # a superlative of a column, by a measure of its own kind
        ("three longest rigs by average length", ["AVG(length_m)", "GROUP BY rig", "DESC", "LIMIT 3"]),
        # both halves of a yes or no
        ("How many boats have a motor and how many don't?", ["COUNT(*)", "GROUP BY has_motor"]),
        ("average length when a boat has a motor compared to when it doesn't", ["AVG(length_m)", "GROUP BY has_motor"]),
        # a step of time of a date that is named: no group for each of its days
        ("total deposit by launch year", ["GROUP BY YEAR(boats.launched_on) ORDER"]),
        ("number of rentals by rig and launch year", ["GROUP BY boats.rig, YEAR(boats.launched_on) ORDER"]),
        ("number of rentals by launch month in 2024", ["rented_on >= '2024-01-01'", "'month', boats.launched_on"]),
        # what is said before anything is
        ("Good evening! Could you tell me how many boats there are?", ["COUNT(*)", "FROM boats"]),
        ("hmm how many boats are there", ["COUNT(*)", "FROM boats"]),
        ("Hiya everyone, how many boats are there?", ["COUNT(*)", "FROM boats"]),
        ("guests born in 1990", ["birth_date >= '1990-01-01'"]),
    ],
)
def test_what_is_said_is_found(question: str, parts: list[str]) -> None:
    draft = ask(question)
    assert draft.sql is not None, draft.declined
    assert [p for p in parts if p not in " ".join(draft.sql.split())] == [], draft.sql


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("guests currently renting a ketch", "going on now"),
        ("number of guests per year", "birth"),
        ("how many guests in 2024", "birth"),
        ("number of rentals by founding year", "founding"),
        ("number of rentals by registration month", "registration"),
        ("three slowest rigs by average length", "slowest"),
        ("list the boats that have a motor and those that don't", "not"),
    ],
)
def test_what_would_be_a_guess_is_declined(question: str, why: str) -> None:
    draft = ask(question)
    assert draft.declined is not None, draft.sql
    assert why in draft.declined
