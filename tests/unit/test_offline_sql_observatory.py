"""What people ask and the parser once declined, or got wrong: a small rule a block, on an observatory's database."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write SQL.
Dialect: duckdb
Today is 2025-06-15.

## Schema
```sql
CREATE TABLE astronomers (
  astronomer_id INTEGER PRIMARY KEY,
  astronomer_name VARCHAR,
  home VARCHAR, -- one of: Chile, Spain
  joined_on DATE
);
CREATE TABLE telescopes (
  telescope_id INTEGER PRIMARY KEY,
  telescope_name VARCHAR,
  dome VARCHAR, -- one of: Ridge, Summit
  running_cost DECIMAL(8,2),
  price DECIMAL(8,2)
);
CREATE TABLE sightings (
  sighting_id INTEGER PRIMARY KEY,
  astronomer_id INTEGER REFERENCES astronomers(astronomer_id),
  telescope_id INTEGER REFERENCES telescopes(telescope_id),
  seen_on DATE,
  exposure INTEGER, -- seconds of light
  images INTEGER,
  clarity VARCHAR -- one of: A, B, C
);
CREATE TABLE dues (
  due_id INTEGER PRIMARY KEY,
  astronomer_id INTEGER REFERENCES astronomers(astronomer_id),
  billed_on DATE,
  settled_on DATE,
  amount DECIMAL(8,2)
);
CREATE TABLE scores (
  score_id INTEGER PRIMARY KEY,
  telescope_id INTEGER REFERENCES telescopes(telescope_id),
  scored_on DATE,
  stars INTEGER
);
```

## Glossary
- fees charged (takings): SUM(dues.amount)
- images taken: SUM(sightings.images)
- unsettled due: dues.settled_on IS NULL
- The date of fees is dues.billed_on.
"""


@pytest.mark.parametrize(("question", "expected"), [
    # an article before a noun is no grade
    ("How many telescopes with a sighting are there?", "SELECT COUNT(DISTINCT telescope_id) AS telescope_count FROM sightings"),
    ("sightings with clarity A", "SELECT sighting_id FROM sightings WHERE clarity = 'A' ORDER BY sighting_id"),
    # a cost that is a column is no price
    ("telescopes with a running cost of more than 300",
     "SELECT telescope_name FROM telescopes WHERE running_cost > 300 ORDER BY telescope_name"),
    ("telescopes that cost more than 300",
     "SELECT telescope_name FROM telescopes WHERE price > 300 ORDER BY telescope_name"),
])  # fmt: skip
def test_an_article_is_no_grade_and_a_running_cost_no_price(question: str, expected: str) -> None:
    assert write_sql(PROMPT, question).sql == expected


@pytest.mark.parametrize(("question", "says"), [
    ("Median number of images per dome", "median"),
    ("How many dues are unsettled by astronomer, and what do they add up to?", "add up to"),
    ("takings over 2024", "in 2024"),
])  # fmt: skip
def test_a_word_that_may_have_meant_more_is_not_dropped(question: str, says: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql is None and says in (draft.declined or "")
