"""What a fresh asker says: parts of a part, words that are near another name, whose day a period is."""

from __future__ import annotations

import pytest
from sql_parts import assert_in_order, sql_of

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write SQL in the dialect duckdb. Today is 2025-10-31.

```sql
CREATE TABLE valleys (
  valley_id INTEGER PRIMARY KEY,
  valley_name VARCHAR
);
CREATE TABLE lifts (
  lift_id INTEGER PRIMARY KEY,
  lift_name VARCHAR,
  valley_id INTEGER REFERENCES valleys (valley_id),
  drive VARCHAR, -- one of: Chair, Gondola, Tow
  state VARCHAR, -- one of: Open, Shut
  height_m INTEGER,
  seats INTEGER,
  opened_on DATE
);
CREATE TABLE skiers (
  skier_id INTEGER PRIMARY KEY,
  skier_name VARCHAR,
  level VARCHAR, -- one of: Novice, Expert
  joined_on DATE,
  enrolled_on DATE,
  unenrolled_on DATE
);
CREATE TABLE rides (
  ride_id INTEGER PRIMARY KEY,
  lift_id INTEGER REFERENCES lifts (lift_id),
  skier_id INTEGER REFERENCES skiers (skier_id),
  ridden_on DATE,
  fare DECIMAL(8,2),
  paid_by VARCHAR, -- one of: Cash, Card
  slope VARCHAR -- one of: Red, Black
);
CREATE TABLE opening_hours (
  opening_hour_id INTEGER PRIMARY KEY,
  lift_id INTEGER REFERENCES lifts (lift_id),
  weekday VARCHAR
);
CREATE TABLE lift_checks (
  lift_check_id INTEGER PRIMARY KEY,
  lift_id INTEGER REFERENCES lifts (lift_id),
  checked_on DATE,
  faults_found INTEGER
);
CREATE TABLE sweeps (
  sweep_id INTEGER PRIMARY KEY,
  lift_id INTEGER REFERENCES lifts (lift_id),
  groomed_on DATE
);
CREATE TABLE gradings (
  grading_id INTEGER PRIMARY KEY,
  skier_id INTEGER REFERENCES skiers (skier_id),
  verdict VARCHAR, -- one of: Promotion, Demotion
  graded_on DATE
);
CREATE TABLE lockers (
  locker_id INTEGER PRIMARY KEY,
  locker_name VARCHAR,
  bought_on DATE
);
CREATE TABLE locker_hires (
  locker_hire_id INTEGER PRIMARY KEY,
  locker_id INTEGER REFERENCES lockers (locker_id),
  hired_on DATE
);
CREATE TABLE falls (
  fall_id INTEGER PRIMARY KEY,
  ride_id INTEGER REFERENCES rides (ride_id),
  fell_on DATE
);
```
"""


def sql(question: str) -> str:
    return sql_of(PROMPT, question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What share of red rides is paid by card?", "CASE WHEN paid_by = 'Card' THEN 1 … WHERE slope = 'Red'"),
        ("What share of red rides had a fare over 20 dollars?", "CASE WHEN fare > 20 … WHERE slope = 'Red'"),
        ("share of red rides in 2024", "CASE WHEN slope = 'Red' THEN 1 … WHERE ridden_on >= '2024-01-01'"),
        ("What share of red rides is paid by card, per lift?",
         "CASE WHEN rides.paid_by = 'Card' THEN … WHERE rides.slope = 'Red' GROUP BY"),
        ("What percentage of red rides ended in a fall?", "CASE WHEN EXISTS(SELECT 1 FROM falls … WHERE rides.slope = 'Red'"),
    ],
)  # fmt: skip
def test_what_stands_before_the_noun_is_of_the_whole(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Open lifts by valley", "COUNT(*) … WHERE lifts.state = 'Open'"),
        ("How many skiers unenrolled in 2025?", "COUNT(*) … WHERE unenrolled_on >= '2025-01-01' AND unenrolled_on < "),
        ("Lifts checked in May 2025", "SELECT lifts.lift_name FROM lifts WHERE EXISTS(SELECT 1 FROM lift_checks … '2025-05-01'"),
        ("How many checks found nothing?", "SELECT COUNT(*) AS lift_check_count … COALESCE(faults_found, 0) = 0"),
        ("Checks that found nothing, by lift", "lift_name, COUNT(*) … COALESCE(lift_checks.faults_found, 0) = 0"),
    ],
)  # fmt: skip
def test_words_that_are_near_another_name(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Which lifts were groomed in May 2025?", "EXISTS(SELECT 1 FROM sweeps … sweeps.groomed_on >= '2025-05-01'"),
        ("How many lifts were groomed in 2025?", "COUNT(DISTINCT lift_id) … FROM sweeps … groomed_on >= '2025-01-01'"),
        ("Skiers promoted in 2025", "FROM gradings … verdict = 'Promotion' AND gradings.graded_on >= '2025-01-01'"),
        ("Lockers used in May 2025", "EXISTS(SELECT 1 FROM locker_hires … locker_hires.hired_on >= '2025-05-01'"),
    ],
)
def test_when_it_happened_to_them(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    "question",
    [
        "Skiers groomed in May 2025",  # lifts were
        "How many lifts were used in May 2025?",  # rides, sweeps and more point to them
    ],
)
def test_no_date_of_another_thing_is_taken(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.declined, draft.sql
