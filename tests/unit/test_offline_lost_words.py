"""A word that asks for something and left no trace in the query: then no query is given out."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PROMPT = """Dialect: duckdb
Today is 2025-10-31.

## Schema
```sql
CREATE TABLE harbours (harbour_id INTEGER PRIMARY KEY, harbour_name VARCHAR);
CREATE TABLE boats (
  boat_id INTEGER PRIMARY KEY,
  boat_name VARCHAR,
  harbour_id INTEGER REFERENCES harbours(harbour_id),
  hull VARCHAR, -- one of: Wood, Steel
  length_m INTEGER,
  price INTEGER
);
CREATE TABLE trips (
  trip_id INTEGER PRIMARY KEY,
  boat_id INTEGER REFERENCES boats(boat_id),
  sailed_on DATE,
  miles INTEGER
);
```

## Glossary
- active boats: COUNT(DISTINCT trips.boat_id)
- miles sailed: SUM(trips.miles)
"""


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("per hull: boat count, avg length, avg price", ("COUNT(", "AVG(boats.length_m)", "AVG(boats.price)", "GROUP BY")),
        ("boats by hull: min, max and average price", ("MIN(", "MAX(", "AVG(", "GROUP BY")),
        ("2024 harbours - miles sailed, active boats", ("harbour", "SUM(", "COUNT(DISTINCT", "GROUP BY")),
        ("Trips per active boat by harbour in 2025", ("/", "harbour", "GROUP BY")),
        ("number of trips with 5 miles and up", ("COUNT(", "miles >= 5")),
        ("median price of the boats by hull, and how many there are", ("MEDIAN(", "COUNT(")),
        ("Boats that are not made of wood, count", ("COUNT(", "<>")),
    ],
)
def test_either_all_of_it_is_in_the_query_or_there_is_none(question: str, parts: tuple[str, ...]) -> None:
    draft = write_sql(PROMPT, question)
    sql = (draft.sql or "").replace("AVG(length_m)", "AVG(boats.length_m)").replace("AVG(price)", "AVG(boats.price)")
    assert draft.declined or all(part in sql for part in parts), sql


@pytest.mark.parametrize(
    "question",
    [
        "How many miles does a trip have on average?",  # counts nothing, and means an average
        "Number of boats by hull and harbour",
        "trips by month for each hull in 2024",
        "Average price of the boats in each harbour",
        "Which harbour has the most boats?",
        "highest and lowest price by hull",
    ],
)
def test_what_is_all_there_is_answered(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql, draft.declined
