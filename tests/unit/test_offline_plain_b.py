"""What is said in other words: growth in percent, running totals, parts that a verb tells, numbers per one of a kind."""

from __future__ import annotations

import datetime as dt
import random

import duckdb
import pytest
from two_engines import filled_duckdb, plain

from demo_lib.offline.sql_writer import write_sql

LAUNDRY = """
CREATE TABLE valleys (valley_id INTEGER PRIMARY KEY, valley_name VARCHAR -- one of: Aire, Wharfe
);
CREATE TABLE guests (
  guest_id INTEGER PRIMARY KEY, guest_name VARCHAR, valley_id INTEGER REFERENCES valleys(valley_id),
  tier VARCHAR, -- one of: Basic, Gold
  joined_on DATE);
CREATE TABLE kiosks (
  kiosk_id INTEGER PRIMARY KEY, kiosk_name VARCHAR, valley_id INTEGER REFERENCES valleys(valley_id), opened_on DATE);
CREATE TABLE washes ( -- Loads washed for a guest
  wash_id INTEGER PRIMARY KEY, guest_id INTEGER REFERENCES guests(guest_id),
  kiosk_id INTEGER REFERENCES kiosks(kiosk_id), washed_on DATE, amount DECIMAL(10,2),
  fabric VARCHAR, -- one of: Linen, Wool
  stain VARCHAR -- one of: Ink, Wine
);
"""
GLOSSARY = """
- takings (revenue): SUM(washes.amount)
- The date of takings is washes.washed_on.
"""
BETWEEN = "SUM(amount) FILTER (WHERE YEAR(washed_on) = {})"
NEW, OLD = BETWEEN.format(2024), BETWEEN.format(2023)
GREW = f"SELECT 100.0 * ({NEW} - {OLD}) / {OLD}, {NEW}, {OLD} FROM washes"
BY_STEP = """WITH s AS (SELECT DATE_TRUNC('{0}', washed_on) AS d, SUM(amount) AS n FROM washes
  WHERE YEAR(washed_on) = 2024 GROUP BY 1) SELECT d, {1} FROM s"""
LAST = "amount) FILTER (WHERE washed_on >= '{}' AND washed_on < '{}')"
TWO_MONTHS = (
    f"SELECT SUM({LAST.format('2024-05-01', '2024-06-01')}, SUM({LAST.format('2024-04-01', '2024-05-01')} FROM washes"
)
INK = "SELECT 100.0 * COUNT(*) FILTER (WHERE stain = 'Ink') / COUNT(*) FROM washes WHERE fabric = 'Wool'"
PER_KIOSK = """SELECT valley_name, 1.0 * (SELECT COUNT(*) FROM guests g WHERE g.valley_id = v.valley_id)
  / (SELECT COUNT(*) FROM kiosks k WHERE k.valley_id = v.valley_id) FROM valleys v"""
OF_EACH = "SELECT guest_id, tier, SUM(amount) AS s FROM washes JOIN guests USING (guest_id) GROUP BY 1, 2"
GOLD = {
    # growth: in percent where that is asked for, a fraction elsewhere
    "By what percentage did revenue rise from 2023 to 2024?": GREW,
    "How many percent did revenue climb from 2023 to 2024?": GREW,
    "How strongly did revenue grow from 2023 to 2024?": GREW.replace("100.0", "1.0"),
    "From each quarter of 2024 to the next, how did revenue change?": BY_STEP.format(
        "quarter", "n, 1.0 * (n - LAG(n) OVER (ORDER BY d)) / LAG(n) OVER (ORDER BY d)"
    ),
    # a period and the one before it; months in a row
    "Compare revenue in May 2024 with the month before": TWO_MONTHS,
    "Did we earn more revenue in May 2024 than in the one before it? Show the revenue of both.": TWO_MONTHS,
    "revenue by fabric, March to June 2024": (
        "SELECT fabric, SUM(amount) FROM washes WHERE washed_on >= '2024-03-01' AND washed_on < '2024-07-01' GROUP BY 1"
    ),
    "How many kiosks have an opening date earlier than 2022?": "SELECT COUNT(*) FROM kiosks WHERE YEAR(opened_on) < 2022",
    "How many washes since the start of the year?": "SELECT COUNT(*) FROM washes WHERE washed_on >= '2025-01-01'",
    # running totals
    "For each month of 2024, how much revenue since the start of that year?": BY_STEP.format(
        "month", "SUM(n) OVER (ORDER BY d)"
    ),
    "By the end of each quarter of 2024, how much revenue had we made since the beginning of the year?": (
        BY_STEP.format("quarter", "SUM(n) OVER (ORDER BY d)")
    ),
    # which is the part, and which the whole
    "What percentage of wool washes are due to ink?": INK,
    "What percentage of wool washes come from ink?": INK,
    "ink as % of all washes in wool": INK,
    # both sides of a number; one number for each of a kind
    "What is the ratio of wool to linen revenue?": (
        "SELECT SUM(amount) FILTER (WHERE fabric = 'Wool') / SUM(amount) FILTER (WHERE fabric = 'Linen') FROM washes"
    ),
    "Compare the number of wool and linen washes": "SELECT fabric, COUNT(*) FROM washes GROUP BY 1",
    "How many guests are there for every kiosk in each valley?": PER_KIOSK,
    "How much revenue does one wash bring in on average?": "SELECT AVG(amount) FROM washes",
    "How much has the average guest of each tier spent?": f"SELECT tier, AVG(s) FROM ({OF_EACH}) GROUP BY 1",
    "wash amount, median, 2024": "SELECT MEDIAN(amount) FROM washes WHERE YEAR(washed_on) = 2024",
    "fabric shares of 2024 revenue": (
        "SELECT fabric, SUM(amount) / SUM(SUM(amount)) OVER () FROM washes WHERE YEAR(washed_on) = 2024 GROUP BY 1"
    ),
}
DECLINED = [
    "For each month, how much revenue since the start of the quarter?",  # of which quarter
    "For each month from 2023 to 2024, how much revenue since the start of that year?",  # it begins anew each year
    "How strongly did guests smell in 2024?",
    "refund guest 5",
    "the middle guest",
    "ratio of wool to revenue",
]


def prompt() -> str:
    return f"Dialect: duckdb\nToday is 2025-06-15.\n\n## Schema\n```sql\n{LAUNDRY}```\n\n## Glossary\n{GLOSSARY}"


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    rng, start = random.Random(11), dt.date(2023, 1, 1)
    day = [start + dt.timedelta(rng.randrange(895)) for _ in range(500)]
    rows = {
        "valleys": [(1, "Aire"), (2, "Wharfe")],
        "guests": [(i, f"Guest {i}", 1 + (i % 3 == 0), ["Basic", "Gold"][i % 4 == 0], day[i]) for i in range(50)],
        "kiosks": [(i, f"Kiosk {i}", 1 + i % 2, dt.date(2019 + i, 3, 1)) for i in range(6)],
        "washes": [
            (i, i % 50, i % 6, day[i], 5 + rng.randrange(40), ["Linen", "Wool"][rng.random() < 0.4],
             ["Ink", "Wine"][rng.random() < 0.6]) for i in range(500)
        ],
    }  # fmt: skip
    return filled_duckdb(LAUNDRY, rows)


def comparable(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Dates as text, so that the rest can be rounded."""
    return plain([[str(v)[:10] if isinstance(v, dt.date) else v for v in row] for row in rows])


@pytest.mark.parametrize("question", GOLD)
def test_other_words_for_it_give_the_same_number(duck: duckdb.DuckDBPyConnection, question: str) -> None:
    draft = write_sql(prompt(), question)
    assert draft.declined is None, draft.declined
    assert comparable(duck.execute(draft.sql or "").fetchall()) == comparable(duck.execute(GOLD[question]).fetchall())


@pytest.mark.parametrize("question", DECLINED)
def test_what_cannot_be_told_is_declined(question: str) -> None:
    assert write_sql(prompt(), question).sql is None
