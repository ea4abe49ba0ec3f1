"""Small words: ways to ask, fillers, counts, totals, averages, groups, bounds, periods, said in other ways."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write one read-only SQL query.

Dialect: duckdb
Today is 2025-11-01.

## Schema
```sql
CREATE TABLE ferries ( -- Ferries
  ferry_id INTEGER PRIMARY KEY, -- Key of the ferry
  ferry_name VARCHAR, -- Name
  harbour VARCHAR, -- Home harbour; one of: Dover, Cork
  berths INTEGER -- Berths
);
CREATE TABLE crossings ( -- Crossings of a ferry
  crossing_id INTEGER PRIMARY KEY, -- Key of the crossing
  ferry_id INTEGER REFERENCES ferries(ferry_id), -- Ferry
  sailed_on DATE, -- Day
  fuel_cost DECIMAL(10,2), -- Fuel in US dollars
  weather VARCHAR -- Weather; one of: Calm, Storm
);
```
"""
COUNT = "how many crossings are there"
WAYS: dict[str, tuple[str, ...]] = {
    "how many ferries do we have": (
        "any idea how many ferries we have", "I was wondering how many ferries we have",
        "remind me how many ferries we have", "I'm curious how many ferries we have",
        "we'd like to know how many ferries we have", "could you check how many ferries we have",
        "for my report, how many ferries do we have", "how many ferries do we have all told",
        "how many ferries do we have as things stand", "how many ferries do we have nowadays",
        "how many ferries do we have on file", "how many ferries do we have exactly",
        "the tally of ferries", "how large is the number of ferries",
    ),
    "average fuel cost by weather": (
        "run me the numbers on the average fuel cost by weather", "grab me the average fuel cost by weather",
        "walk me through the average fuel cost by weather", "prepare the average fuel cost by weather",
        "average fuel cost itemised by weather", "average fuel cost, one line per weather",
        "average fuel cost split up by weather", "average fuel cost summarised by weather",
        "average fuel cost for every single weather", "average fuel cost grouped on weather",
        "what is the fuel cost typically by weather", "what is the fuel cost as a rule by weather",
        "usual fuel cost by weather", "what does the fuel cost average by weather",
        "on average, what is the fuel cost by weather",
    ),
    "average fuel cost": (
        "normal fuel cost", "the arithmetic mean of the fuel cost", "fuel cost, averaged", "what do fuel costs average",
        "typically, what is the fuel cost", "in general, what is the fuel cost",
    ),
    "total fuel cost": (
        "what do the fuel costs add up to", "what do the fuel costs come to", "fuel costs combined",
        "aggregate fuel cost", "how much do the fuel costs come to", "fuel cost, total", "summed fuel cost",
    ),
    "number of crossings by weather, highest first": (
        "number of crossings by weather, from top to bottom", "number of crossings by weather, in decreasing order",
        "number of crossings by weather, rank them from highest to lowest",
        "number of crossings by weather, biggest to smallest",
    ),
    "top 5 ferries by number of crossings": (
        "which five ferries lead by number of crossings", "which 5 ferries rank highest by number of crossings",
        "ferries by number of crossings, only the first five", "ferries by number of crossings, limit 5",
        "the first five ferries by number of crossings", "ferries by number of crossings, no more than 5",
        "top five of the ferries by number of crossings",
    ),
    "top ferry by number of crossings": (
        "which ferry is our best by number of crossings", "which ferry comes out on top by number of crossings",
        "which ferry tops the list by number of crossings", "which ferry leads in number of crossings",
    ),
    "list the ferries with at least 30 berths": (
        "list the ferries with 30 and more berths", "list the ferries with no lower than 30 berths",
        "list the ferries with greater than or equal to 30 berths", "list the ferries with 30 plus berths",
    ),
    "list the ferries with at most 30 berths": (
        "list the ferries with not over 30 berths", "list the ferries with 30 at the most berths",
        "list the ferries with less than or equal to 30 berths",
    ),
    "list the ferries with between 30 and 50 berths": (
        "list the ferries with anywhere from 30 to 50 berths", "list the ferries with in the range of 30 to 50 berths",
        "list the ferries with at least 30 but no more than 50 berths",
    ),
    "how many crossings have a fuel cost over 100": (
        "how many crossings have a fuel cost north of 100", "how many crossings have a fuel cost surpassing 100",
        "how many crossings have a fuel cost that exceeds 100",
    ),
    f"{COUNT} in 2024": (
        f"{COUNT} in the course of 2024", f"{COUNT} over the whole of 2024",
        f"{COUNT} for the full year 2024", f"{COUNT} at any time in 2024",
    ),
    f"{COUNT} last month": (f"{COUNT} in the month just ended", f"{COUNT} the month before this one"),
    f"{COUNT} this year so far": (f"{COUNT} in the year so far", f"{COUNT} from January until now"),
    f"{COUNT} in 2023": (f"{COUNT} in the year before last",),
    f"{COUNT} in the last 3 months": (
        f"{COUNT} over the latest three months", f"{COUNT} across the last 3 months",
        f"{COUNT} in the course of the past 3 months",
    ),
    f"{COUNT} until the end of June 2025": (
        f"{COUNT} up to and including June 2025", f"{COUNT} up until the end of June 2025",
    ),
    f"{COUNT} in the first half of 2025": (
        f"{COUNT} in the opening half of 2025", f"{COUNT} in the first six months of 2025",
    ),
    "number of crossings by harbour except Cork": (
        "number of crossings by harbour with the exception of Cork", "number of crossings by harbour save for Cork",
        "number of crossings by harbour omitting Cork", "number of crossings by harbour, don't include Cork",
    ),
    "list the ferries without crossings": (
        "list the ferries without a single crossing", "list the ferries with not one crossing",
    ),
    "what share of crossings had storm weather": (
        "how big a share of crossings had storm weather", "which part of crossings had storm weather",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("plain", "way"), [(plain, way) for plain, ways in WAYS.items() for way in ways])
def test_small_words_say_what_the_plain_ones_say(plain: str, way: str) -> None:
    told = write_sql(PROMPT, plain)
    assert told.sql
    assert write_sql(PROMPT, way).sql == told.sql


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("how many ferries failed to sail", "how many ferries do we have"),
        ("only the late crossings, all told", COUNT),
        (f"{COUNT} ending June 2025", f"{COUNT} until the end of June 2025"),
        ("how many late crossings are there", COUNT),
        ("which ferry usually leads", "top ferry by number of crossings"),
    ],
)
def test_what_says_more_is_not_taken_for_it(question: str, other: str) -> None:
    told = write_sql(PROMPT, question).sql
    assert told is None or told != write_sql(PROMPT, other).sql
