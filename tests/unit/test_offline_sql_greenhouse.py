"""Words that must not be left out: only, nothing, no …, current, expired; and what a comment lists is a kind of rows."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write SQL in the dialect duckdb. Today is 2025-10-31.

```sql
-- Ferns, palms and other greenery that we lend
CREATE TABLE plants (
  plant_id INTEGER PRIMARY KEY,
  plant_name VARCHAR,
  sort VARCHAR, -- one of: Fern, Palm, Cactus
  grower_id INTEGER REFERENCES keepers (keeper_id),
  bought_on DATE
);
CREATE TABLE keepers (
  keeper_id INTEGER PRIMARY KEY,
  keeper_name VARCHAR,
  joined_on DATE
);
CREATE TABLE sales (
  sale_id INTEGER PRIMARY KEY,
  plant_id INTEGER REFERENCES plants (plant_id),
  keeper_id INTEGER REFERENCES keepers (keeper_id),
  sold_on DATE,
  rebate DECIMAL(4,2),
  stall VARCHAR -- one of: Market, Garden gate
);
CREATE TABLE lesson_bookings (
  lesson_booking_id INTEGER PRIMARY KEY,
  keeper_id INTEGER REFERENCES keepers (keeper_id),
  progress VARCHAR, -- one of: Completed, Dropped
  booked_on DATE
);
CREATE TABLE vouchers (
  voucher_id INTEGER PRIMARY KEY,
  expires_on DATE
);
CREATE TABLE readers (
  reader_id INTEGER PRIMARY KEY,
  letter VARCHAR, -- one of: Weekly, Yearly
  subscribed_on DATE,
  unsubscribed_on DATE
);
CREATE TABLE jobs (
  job_id INTEGER PRIMARY KEY,
  keeper_id INTEGER REFERENCES keepers (keeper_id),
  state VARCHAR, -- one of: Open, Solved
  began_at TIMESTAMP,
  solved_at TIMESTAMP
);
```
"""


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How many ferns do we have?", ["COUNT(*)", "FROM plants", "sort = 'Fern'"]),
        ("Which keepers bought nothing in 2025?", ["keepers WHERE NOT EXISTS(SELECT 1 FROM sales", "'2025-01-01'"]),
        ("Which keepers bought no ferns in 2025?", ["NOT EXISTS(", "sort = 'Fern'", "sold_on >= '2025-01-01'"]),
        ("Keepers who completed a lesson in 2024", ["EXISTS(", "= 'Completed'", "booked_on >= '2024-01-01'"]),
        ("Current readers by letter", ["letter, COUNT(*)", "WHERE unsubscribed_on IS NULL"]),
        ("Plants bought in 2024 that have a grower", ["NOT (grower_id IS NULL)", "bought_on >= '2024-01-01'"]),
        ("Expired vouchers", ["WHERE expires_on < '2025-10-31'"]),
        ("Which keeper solved the most jobs in 2025?", ["state = 'Solved'", "solved_at >= '2025-01-01'", "LIMIT 1"]),
    ],
)
def test_no_word_is_left_out(question: str, parts: list[str]) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql, draft.declined
    assert [p for p in parts if p not in draft.sql] == [], draft.sql
    assert draft.sql.count("EXISTS(") == " ".join(parts).count("EXISTS(")


@pytest.mark.parametrize(
    "question",
    [
        "Which keepers bought only ferns?",  # and nothing else
        "average rebate in percent by stall",  # a part of what?
        "How many vouchers have expired?",  # that the day is given does not mean that it is past
    ],
)
def test_what_would_leave_one_out_is_declined(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.declined, draft.sql
