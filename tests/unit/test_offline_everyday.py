"""What people say without thinking of a query: half sentences, small talk, states, second numbers, things left out."""

from __future__ import annotations

import pytest
from sql_parts import assert_in_order, sql_of

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write SQL in the dialect duckdb. Today is 2025-10-31.

```sql
CREATE TABLE stables (
  stable_id INTEGER PRIMARY KEY,
  stable_name VARCHAR,
  valley VARCHAR -- one of: Upper, Lower
);
CREATE TABLE horses (
  horse_id INTEGER PRIMARY KEY,
  horse_name VARCHAR,
  stable_id INTEGER REFERENCES stables (stable_id),
  colour VARCHAR, -- one of: Bay, Grey, Chestnut
  daily_price DECIMAL(8,2),
  stride_cm INTEGER,
  is_calm BOOLEAN
);
CREATE TABLE riders (
  rider_id INTEGER PRIMARY KEY,
  rider_name VARCHAR,
  home_stable_id INTEGER REFERENCES stables (stable_id),
  trainer_id INTEGER REFERENCES riders (rider_id),
  sponsor VARCHAR,
  left_on DATE
);
CREATE TABLE outings (
  outing_id INTEGER PRIMARY KEY,
  horse_id INTEGER REFERENCES horses (horse_id),
  rider_id INTEGER REFERENCES riders (rider_id),
  started_on DATE,
  paid_on DATE,
  weather VARCHAR, -- one of: Sun, Rain, Snow
  amount DECIMAL(8,2),
  jumps INTEGER
);
CREATE TABLE falls (
  fall_id INTEGER PRIMARY KEY,
  outing_id INTEGER REFERENCES outings (outing_id),
  cause VARCHAR, -- one of: Shied, Slipped
  noted_on DATE,
  closed_on DATE
);
```
"""


def sql(question: str) -> str:
    return sql_of(PROMPT, question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Busiest month for outings", "DATE_TRUNC('month', started_on) … COUNT(*) … DESC LIMIT 1"),
        ("Which weekday is the busiest for outings?", "DAYNAME(started_on) … COUNT(*) … DESC LIMIT 1"),
        ("Which horse has the second highest daily price?", "ORDER BY daily_price DESC LIMIT 1 OFFSET 1"),
        ("The third most expensive horse", "ORDER BY daily_price DESC LIMIT 1 OFFSET 2"),
        ("Which horse cost the most?", "SELECT horse_name, daily_price … DESC LIMIT 1"),
        ("The 2 stables with the best average daily price", "AVG(horses.daily_price) … DESC LIMIT 2"),
        ("Which colours are most expensive on average?", "AVG(daily_price) … GROUP BY colour … DESC"),
        ("the five greys with the highest daily price", "colour = 'Grey' ORDER BY daily_price DESC LIMIT 5"),
        ("riders by number of outings", "riders.rider_name, COUNT(*) … ORDER BY outing_count DESC"),
        ("stables by average daily price", "stable_name, AVG(horses.daily_price) … ORDER BY average_daily_price DESC"),
        ("List the calm horses, priciest first", "SELECT horse_name, daily_price … WHERE is_calm … DESC"),
        ("What is the highest daily price, for which stable?", "stables.stable_name, horses.daily_price … LIMIT 1"),
    ],
)
def test_superlatives(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("outings of May 2025, number by weather", "SELECT weather, COUNT(*) … '2025-05-01' … GROUP BY weather"),
        ("outings of May 2025 - number and amount", "COUNT(*) AS outing_count, SUM(amount)"),
        ("What do the unpaid outings add up to?", "SUM(amount) … paid_on IS NULL"),
        ("amount paid in Q3 2025", "SUM(amount) … paid_on >= '2025-07-01'"),
        ("amount by month for bay and grey horses", "SUM(outings.amount) … IN ('Bay', 'Grey')"),
        ("What colours do we have and how many horses in each?", "SELECT colour, COUNT(*) … GROUP BY colour"),
        ("How many outings are unpaid and how much money is it?", "COUNT(*) … SUM(amount) … paid_on IS NULL"),
        ("mean, min and max daily price of the horses", "AVG(daily_price) … MIN(daily_price) … MAX(daily_price)"),
        ("How many outings does a rider make on average?", "COUNT(*) AS outing_count … AVG(outing_count)"),
        ("What does an outing cost on average?", "AVG(amount) AS average_amount FROM outings"),
        ("average daily price across all our horses", "SELECT AVG(daily_price) AS average_daily_price FROM horses"),
        ("How many outings over 90 euros", "COUNT(*) … amount > 90"),
        ("outings under $50 in 2024", "outing_id … amount < 50 AND started_on >= '2024-01-01'"),
        ("Horses with above average stride", "stride_cm > (SELECT AVG(horses.stride_cm) FROM horses)"),
    ],
)
def test_numbers(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Which riders have never needed a horse?", "NOT EXISTS(SELECT 1 FROM outings JOIN horses"),
        ("riders without a sponsor", "sponsor IS NULL"),
        ("How many riders have no trainer", "COUNT(*) … trainer_id IS NULL"),
        ("horses without a stable", "stable_id IS NULL"),
        ("falls not closed yet", "closed_on IS NULL"),
        ("number of closed falls", "COUNT(*) … NOT (closed_on IS NULL)"),
        ("riders who left", "SELECT rider_name FROM riders WHERE NOT (left_on IS NULL)"),
        ("riders who are still here", "left_on IS NULL"),
        ("How many riders does each stable have at present?", "stable_name, COUNT(*) … riders.left_on IS NULL"),
        ("How many outings by weather, snow left out", "SELECT weather, COUNT(*) … weather <> 'Snow' GROUP BY weather"),
        ("riders with outings both in rain and in snow", "weather = 'Rain') AND EXISTS … weather = 'Snow')"),
        ("stables that never had a grey horse", "NOT EXISTS(SELECT 1 FROM horses … colour = 'Grey'"),
    ],
)
def test_what_is_not(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Do we get more outings in rain or in snow?", "weather, COUNT(*) … IN ('Rain', 'Snow') GROUP BY weather"),
        ("calm against non-calm horses", "SELECT is_calm, COUNT(*) … GROUP BY is_calm"),
        ("outings: compare the number last quarter with the same quarter a year before",
         "'2025-07-01' … '2024-07-01' … '2024-10-01'"),
        ("amount year to date versus the same period last year", "'2025-01-01' … '2024-01-01' … '2024-11-01'"),
    ],
)  # fmt: skip
def test_side_by_side(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("name, colour and stable of every calm horse", "horse_name, horses.colour, stables.stable_name … is_calm"),
        ("names of riders with their stable and trainer", "riders.rider_name, stables.stable_name, trainer_riders.rider"),
        ("list rider name and trainer", "SELECT riders.rider_name, trainer_riders.rider_name"),
    ],
)
def test_columns_to_show(question: str, parts: str) -> None:
    assert_in_order(sql(question), parts)


@pytest.mark.parametrize(
    "question",
    [
        "Good morning! Quick one: how many horses do we have?",
        "how many horses do we have? thanks in advance",
        "How many horses do we have, if that is possible?",
    ],
)
def test_small_talk_is_left_out(question: str) -> None:
    assert sql(question) == "SELECT COUNT(*) AS horse_count FROM horses"


@pytest.mark.parametrize(
    "question",
    [
        "I keep hearing of Thunder. How many outings did he have?",  # the name is part of the question
        "biggest outing ever: who was it and where",
        "How many outings and who paid?",
        "How many riders are out?",
        "riders who started in the 90s",  # the only date is when they left
        "How much riders by stable and sponsor and",
        "calm and not calm horses",
        "How many people work in each stable?",  # riders are not at work
        "When did each rider last ride?",
        "amount on weekends and on mondays",
    ],
)
def test_no_word_is_dropped_to_find_an_answer(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.declined, draft.sql


