"""More that a fresh asker says: what rose or fell, fewer than so many, only one, what was so for a while."""

from __future__ import annotations

import pytest
from sql_parts import assert_in_order, sql_of

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write SQL in the dialect duckdb. Today is 2025-10-31.

```sql
CREATE TABLE pitches (
  pitch_id INTEGER PRIMARY KEY, -- Key of the stand
  pitch_name VARCHAR,
  meadow VARCHAR -- one of: North, South
);
CREATE TABLE campers (
  camper_id INTEGER PRIMARY KEY,
  camper_name VARCHAR,
  joined_on DATE
);
CREATE TABLE nights (
  night_id INTEGER PRIMARY KEY,
  pitch_id INTEGER REFERENCES pitches (pitch_id),
  camper_id INTEGER REFERENCES campers (camper_id),
  slept_on DATE,
  fee DECIMAL(8,2),
  complaints INTEGER,
  rebate DECIMAL(8,2),
  power VARCHAR -- one of: Solar, Mains
);
CREATE TABLE contracts (
  contract_id INTEGER PRIMARY KEY,
  camper_id INTEGER REFERENCES campers (camper_id),
  kind VARCHAR, -- one of: Season, Weekend
  starts_on DATE,
  ends_on DATE
);
CREATE TABLE tents (
  tent_id INTEGER PRIMARY KEY,
  camper_id INTEGER REFERENCES campers (camper_id),
  mender_id INTEGER REFERENCES campers (camper_id),
  state VARCHAR, -- one of: New, Worn
  berth INTEGER,
  poles INTEGER,
  pegs INTEGER,
  price DECIMAL(8,2),
  expected_wear INTEGER,
  succeeded BOOLEAN,
  arrived_on DATE
);
```

Glossary:
- takings (income): SUM(nights.fee)
- nights: SUM(nights.fee)
"""


def sql(question: str) -> str:
    return sql_of(PROMPT, question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Did takings fall from 2023 to 2024?", "AS takings_growth … AS takings_2024 … AS takings_2023"),
        ("Were takings higher in 2024 than in 2023?", "AS takings_growth … AS takings_2024 … AS takings_2023"),
        ("How much more did we earn in 2024 than in 2023?", "'2024-01-01' … - SUM(CASE WHEN slept_on >= '2023-01-01'"),
        ("How many fewer campers joined in 2025 than in 2024?", "COUNT(CASE WHEN joined_on >= '2024 … - COUNT(CASE"),
        ("difference in takings between 2023 and 2024 by meadow", "meadow, SUM( … AS takings_difference … GROUP BY"),
        ("Have takings dropped last month?", "AS takings_growth … '2025-09-01' … '2025-08-01'"),
    ],
)
def test_what_rose_or_fell(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Campers with fewer than 3 nights", "FROM campers LEFT JOIN counted … COALESCE(counted.night_count, 0) < 3"),
        ("How many campers had at most 2 nights in 2025?", "LEFT JOIN counted … <= 2) SELECT COUNT(*)"),
        ("Which pitch had the fewest nights in 2025?", "COUNT(*) AS night_count … LEFT JOIN counted … LIMIT 1"),
        ("meadows with fewer than 9 pitches", "GROUP BY meadow HAVING COUNT(*) < 9"),
        ("Campers with only one night", "HAVING COUNT(*) = 1"),
        ("How many nights had complaints?", "FROM nights WHERE NOT (complaints IS NULL OR complaints = 0)"),
        ("How many stands are in the North?", "SELECT COUNT(*) AS pitch_count FROM pitches WHERE meadow = 'North'"),
        ("How many nights had a rebate?", "WHERE NOT (rebate IS NULL OR rebate = 0)"),
    ],
)
def test_few_or_none(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How many contracts were in force on 1 July 2025?", "COUNT(*) … starts_on < '2025-07-02' AND (ends_on >= '2025-07-01'"),
        ("Which contracts are running now?", "starts_on < '2025-11-01' AND (ends_on >= '2025-10-31' OR ends_on IS NULL)"),
        ("Active contracts in 2024, by kind", "kind, COUNT(*) … starts_on < '2025-01-01' AND (ends_on >= '2024-01-01'"),
        ("campers on a season contract in August 2025",
         "EXISTS(SELECT 1 FROM contracts … kind = 'Season' AND contracts.starts_on < '2025-09-01'"),
    ],
)  # fmt: skip
def test_what_was_so_for_a_while(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Which pitches earned more than 500 in total?", "HAVING SUM(nights.fee) > 500"),
        ("share of solar nights in total takings", "CASE WHEN power = 'Solar' THEN fee"),
        ("Which camper had more contracts than any other camper?", "COUNT(*) AS contract_count … DESC LIMIT 1"),
        ("How much do we earn on an average day in 2025?", "GROUP BY DATE_TRUNC('day', nights.slept_on) … AVG(takings)"),
        ("How many three berth tents do we have?", "COUNT(*) … WHERE berth = 3"),
        ("List the tents with the day they arrived", "SELECT tent_id, arrived_on FROM tents"),
        ("average price of tents by camper", "AVG(tents.price) … ON tents.camper_id = campers.camper_id"),
        ("number of tents that failed, by state", "COUNT(*) … WHERE NOT succeeded GROUP BY state"),
        ("total expected wear of the tents", "SUM(expected_wear)"),
        ("poles and pegs by state", "SUM(poles) AS total_poles, SUM(pegs) AS total_pegs"),
    ],
)
def test_everyday_wordings(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    "question",
    [
        "Contracts running since 2024",  # that began then, or that ran at some time since
        "How much more do we earn in the North than in the South?",
        "Have takings risen since 2023?",
    ],
)
def test_no_second_thing_is_left_out(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.declined, draft.sql
