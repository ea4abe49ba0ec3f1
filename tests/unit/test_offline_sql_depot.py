"""Gaps that questions by others showed: names cut short without declared keys, legends, states, comparisons."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

# A depot whose names are cut short, and whose keys nobody declared.
SHORT = """Dialect: duckdb
Today is 2025-06-15.
```sql
CREATE TABLE wing ( wing_cd VARCHAR, wing_nm VARCHAR, flr_no INTEGER );
CREATE TABLE crt ( -- crates
  crt_id INTEGER,
  wing_cd VARCHAR,
  kind_cd VARCHAR, -- F = fragile, H = heavy; one of: F, H
  sts_no INTEGER, -- 1 = sealed, 2 = broken
  rcv_dt DATE,
  way_cd VARCHAR, -- one of: Carried, Rolled
  sold_dt DATE, -- empty while still stored
  wgt_kg DECIMAL(8,2)
);
CREATE TABLE lbl ( -- labels, printed for each crate
  lbl_id INTEGER,
  crt_id INTEGER,
  stock VARCHAR,
  prt_dt DATE
);
```
- boxes: crt
- The date of a crate is crt.rcv_dt.
"""
# A theatre.
STAGE = """Dialect: duckdb
Today is 2025-06-15.
```sql
CREATE TABLE venues (venue_id INTEGER PRIMARY KEY, venue_name VARCHAR, town VARCHAR, -- one of: Ulm, Bonn
  base_rate DECIMAL(8,2));
CREATE TABLE actors (actor_id INTEGER PRIMARY KEY, actor_name VARCHAR, venue_id INTEGER REFERENCES venues(venue_id),
  contract_ended DATE, -- empty while engaged
  joined_on DATE);
CREATE TABLE reservations (
  reservation_id INTEGER PRIMARY KEY,
  venue_id INTEGER REFERENCES venues(venue_id),
  state VARCHAR, -- one of: Kept, Missed
  reserved_on DATE,
  evening DATE,
  score INTEGER
);
```
- The date of a reservation is reservations.evening.
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # A code that is called after the rows is their key, and joins where no key is declared.
        (
            "how many crates per wing",
            "SELECT wing.wing_nm, COUNT(*) AS crt_count FROM crt JOIN wing ON crt.wing_cd = wing.wing_cd "
            "GROUP BY crt.wing_cd, wing.wing_nm ORDER BY crt_count DESC",
        ),
        # The comment of a table names its rows, and so does the glossary's name for it.
        ("how many labels do we have?", "SELECT COUNT(*) AS lbl_count FROM lbl"),
        ("number of boxes", "SELECT COUNT(*) AS crt_count FROM crt"),
        # The legend of a column says what its codes are called.
        ("how many fragile crates are there", "SELECT COUNT(*) AS crt_count FROM crt WHERE kind_cd = 'F'"),
        ("how many broken crates are there", "SELECT COUNT(*) AS crt_count FROM crt WHERE sts_no = 2"),
        ("how many stored crates are there?", "SELECT COUNT(*) AS crt_count FROM crt WHERE sold_dt IS NULL"),
        # A small word is a column's name behind `by`, and a value right before the rows that have it.
        ("labels per stock", "SELECT stock, COUNT(*) AS lbl_count FROM lbl GROUP BY stock ORDER BY lbl_count DESC"),
        ("how many carried crates are there", "SELECT COUNT(*) AS crt_count FROM crt WHERE way_cd = 'Carried'"),
        # And what the rows are called whose date is empty.
        ("how many crates are still stored?", "SELECT COUNT(*) AS crt_count FROM crt WHERE sold_dt IS NULL"),
    ],
)
def test_names_cut_short(question: str, expected: str) -> None:
    assert write_sql(SHORT, question).sql == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # A score is averaged over the rows; nobody adds scores up for each venue first.
        (
            "average score per venue",
            "SELECT venues.venue_name, AVG(reservations.score) AS average_score FROM reservations "
            "JOIN venues ON reservations.venue_id = venues.venue_id "
            "GROUP BY reservations.venue_id, venues.venue_name ORDER BY average_score DESC",
        ),
        # Made is the day of reserving, not the evening.
        (
            "how many reservations were made in May 2025?",
            "SELECT COUNT(*) AS reservation_count FROM reservations "
            "WHERE reserved_on >= '2025-05-01' AND reserved_on < '2025-06-01'",
        ),
        (
            "how many reservations in May 2025?",
            "SELECT COUNT(*) AS reservation_count FROM reservations "
            "WHERE evening >= '2025-05-01' AND evening < '2025-06-01'",
        ),
        # Two values of one column, each with a noun of its own.
        (
            "number of venues in Ulm compared to venues in Bonn",
            "SELECT town, COUNT(*) AS venue_count FROM venues WHERE town IN ('Ulm', 'Bonn') "
            "GROUP BY town ORDER BY venue_count DESC",
        ),
        # Ranked by rows: by how many there are.
        (
            "top 3 venues by reservations",
            "SELECT venues.venue_name, COUNT(*) AS reservation_count FROM reservations "
            "JOIN venues ON reservations.venue_id = venues.venue_id "
            "GROUP BY reservations.venue_id, venues.venue_name ORDER BY reservation_count DESC LIMIT 3",
        ),
    ],
)
def test_plain_schemas(question: str, expected: str) -> None:
    assert write_sql(STAGE, question).sql == expected


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("actors engaged in 2024", "now, not what was so"),
        ("What do the actors of each venue earn?", "“earn”"),
        ("average score per venue, only where there are at least 5 results", "“at least”"),
        ("actors by value", "“by” what?"),
        ("how many actors per engagement", "“engagement”"),
        ("top 3 reservations by venues", "Ranked by what?"),
        ("average score plus base rate by town", "add up"),
    ],
)
def test_declined(question: str, why: str) -> None:
    assert why in (write_sql(STAGE, question).declined or "")


def test_sign_ups_are_registrations_where_a_table_is_called_so() -> None:
    prompt = "Dialect: duckdb\nCREATE TABLE registrations (registration_id INTEGER PRIMARY KEY, made_on DATE);"
    assert write_sql(prompt, "how many sign-ups are there?").sql == "SELECT COUNT(*) AS registration_count FROM registrations"


def test_a_declared_key_that_is_no_column_is_none() -> None:
    prompt = "Dialect: duckdb\nCREATE TABLE moorings (berth VARCHAR, buoy VARCHAR, PRIMARY KEY (mooring_id));"
    assert write_sql(prompt, "how many moorings are there?").sql == "SELECT COUNT(*) AS mooring_count FROM moorings"
