"""Words that match no name: what comments, other spellings and derived nouns say they are, and what they never become."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import Draft, write_sql

PROMPT = """Dialect: duckdb
Today is 2025-10-31.
```sql
CREATE TABLE freighters (
  freighter_id INTEGER PRIMARY KEY,
  freighter_name VARCHAR,
  mtow_kg INTEGER, -- Maximum takeoff weight in kilograms
  hold_m3 INTEGER, -- Volume in cubic metres
  n_crew INTEGER, -- Number of berths
  nps INTEGER, -- Net promoter score, 0 to 10
  stage VARCHAR, -- State of the overhaul; one of: open, done
  acquired_on DATE, -- Day of purchase
  is_quiet BOOLEAN -- whether it may land at night
);
CREATE TABLE parcels (
  parcel_id INTEGER PRIMARY KEY,
  freighter_id INTEGER REFERENCES freighters(freighter_id),
  created_on DATE,
  delivered_on DATE,
  expires_on DATE,
  cancelled_at TIMESTAMP,
  zip_code VARCHAR,
  colour VARCHAR, -- one of: red, blue
  monthly_fee DECIMAL(8,2)
);
```
## Glossary
- fee collected: SUM(CASE WHEN parcels.cancelled_at IS NULL THEN parcels.monthly_fee ELSE 0 END)
"""


def ask(question: str) -> Draft:
    return write_sql(PROMPT, question)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("average net promoter score", "AVG(nps)"),
        ("Which freighter has the highest takeoff weight?", "mtow_kg"),
        ("average volume of freighters", "AVG(hold_m3)"),
        ("How many berths do we have?", "SUM(n_crew)"),
        ("List the freighter names with their purchase date", "acquired_on"),
        ("List the freighter names with the date of purchase", "acquired_on"),
    ],
)
def test_a_column_answers_to_what_its_comment_calls_it(question: str, part: str) -> None:
    draft = ask(question)
    assert part in (draft.sql or ""), draft.declined
    assert any(k.score == 0.8 and part.split("(")[-1].rstrip(")") in k.meaning for k in draft.links)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("List the colour and creation date of all parcels", "SELECT parcel_id, colour, created_on"),
        ("List the colour and date of delivery of all parcels", "SELECT parcel_id, colour, delivered_on"),
        ("Show the expiry date of blue parcels", "expires_on FROM parcels WHERE colour = 'blue'"),
        ("How many parcels have a delivery date in 2024?", "delivered_on >= '2024-01-01'"),
        ("number of parcels by cancellation date", "GROUP BY cancelled_at"),
        ("number of parcels per zipcode", "GROUP BY zip_code"),
        ("number of parcels by color", "GROUP BY colour"),
    ],
)
def test_a_name_answers_to_its_derived_noun_and_its_other_spellings(question: str, part: str) -> None:
    assert part in (ask(question).sql or ""), ask(question).declined


def test_a_word_goes_with_the_next_one_where_that_is_unknown_alone() -> None:
    assert "fee_collected" in (ask("Monthly fee collected in 2025, by creation date").sql or "")


@pytest.mark.parametrize(
    "question",
    [
        "How many parcels by state?",  # `State of the overhaul` says more
        "How many freighters are at night?",  # a sentence is no name
        "average promoter of freighters",  # half a name
        "average volumes sold in Volume",  # written like a name
        "number of parcels by creation",  # created when, or created what?
        "number of parcels by deliverer",
        "List the departure date of parcels",
        "List the completion date of parcels",
        "How many parcels are coloured?",
    ],
)
def test_what_is_only_alike_stays_unknown(question: str) -> None:
    assert ask(question).sql is None


def test_a_value_is_never_proposed() -> None:
    values = PROMPT.replace("one of: red, blue", "one of: grey, centre")
    for question in ("How many gray parcels are there?", "How many parcels in center?"):
        assert write_sql(values, question).sql is None


def test_a_known_name_keeps_its_meaning() -> None:
    named = PROMPT.replace("  zip_code VARCHAR,", "  zip_code VARCHAR,\n  takeoff_weight INTEGER,")
    assert "takeoff_weight" in (write_sql(named, "average takeoff weight").sql or "")
