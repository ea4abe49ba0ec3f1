"""What a decline teaches: which values there are, what each of two readings is called, and what to type next."""

from __future__ import annotations

import re

import pytest

from demo_lib.offline.sql_writer import write_sql

TOWNS = ", ".join(f"Town{i}" for i in range(12))
PROMPT = f"""Dialect: duckdb
Today is 2025-10-31.
```sql
CREATE TABLE parcels (
  parcel_id INTEGER PRIMARY KEY,
  carrier_id INTEGER REFERENCES carriers(carrier_id),
  depot_id INTEGER REFERENCES depots(depot_id),
  packed_on DATE,
  weighed_on DATE,
  pay_load INTEGER, -- what the lorry holds as cargo
  route VARCHAR,
  status VARCHAR -- one of: open, lost, delivered
);
CREATE TABLE carriers (
  carrier_id INTEGER PRIMARY KEY,
  carrier_name VARCHAR,
  city VARCHAR,
  zone VARCHAR, -- one of: North, South
  country VARCHAR -- one of: Norway, Spain
);
CREATE TABLE depots (
  depot_id INTEGER PRIMARY KEY,
  depot_name VARCHAR, -- one of: {TOWNS}
  zone VARCHAR -- one of: North, South
);
```
"""


def declined(question: str) -> str:
    draft = write_sql(PROMPT, question)
    assert draft.declined, draft.sql
    return draft.declined


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Carriers from Canada", "carriers.country holds Norway, Spain."),
        ("How many parcels of carriers in Canada?", "carriers.country holds Norway, Spain."),
        ("Carriers in the Narnia country", "carriers.country holds Norway, Spain."),
        ("Parcels with status refunded", "parcels.status holds open, lost, delivered."),
        ("How many parcels where status is refunded?", "holds open, lost, delivered."),
        ("How many refunded parcels are there?", "parcels.status holds open, lost, delivered."),
        ("How many parcels from the Riverside depot?", "Town6, Town7 and 4 more."),
        ("Carriers in greenfield", "“where city is greenfield”"),
        ("Parcels by cargo", "Do you mean parcels.pay_load? Ask for “pay load”."),
        ("How many giraffes?", "I see the tables parcels, carriers, depots."),
    ],
)
def test_an_unknown_word_is_met_with_what_there_is(question: str, said: str) -> None:
    assert said in declined(question)


def test_values_are_listed_only_where_one_is_expected() -> None:
    for question in ("How many parcels did we juggle?", "Giraffes per carrier"):
        assert "holds" not in declined(question) and "glossary line" in declined(question)


def test_names_of_people_are_not_listed() -> None:
    people = PROMPT.replace("carriers", "drivers").replace("carrier_name VARCHAR", "name VARCHAR -- one of: Ann, Bob\n ")
    assert "Ann" not in (write_sql(people, "Parcels of the Charlie driver").declined or "")


@pytest.mark.parametrize("question", ["Number of parcels by zone", "Number of parcels in the North", "Parcels in 2024"])
def test_what_is_offered_for_one_of_two_readings_can_be_typed(question: str) -> None:
    offered = re.findall(r"“([^”]+)”", declined(question).split("Say ")[1])
    words = re.findall(r"“([^”]+)”", declined(question))[0]
    answers = {write_sql(PROMPT, re.sub(words, way, question, flags=re.I)).sql for way in offered}
    assert len(offered) == len(answers) == 2 and None not in answers


def test_a_ranking_without_a_measure_names_one_of_this_database() -> None:
    assert "“by number of parcels”" in declined("Who are our best carriers?")
