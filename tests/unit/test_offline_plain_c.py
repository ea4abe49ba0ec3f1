"""Plain questions of a shop for boats: all but one, what comes first, who spent most, the average of the same kind."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

CHANDLER = """Dialect: duckdb. Today is 2025-11-01.

CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  member_name VARCHAR,
  harbour VARCHAR, -- one of: Nordby, Sundet, Vik
  joined_on DATE
);
CREATE TABLE fittings (
  fitting_id INTEGER PRIMARY KEY,
  fitting_name VARCHAR,
  maker VARCHAR,
  family VARCHAR, -- one of: Ropes, Lamps, Anchors
  unit_price DECIMAL(8,2),
  unit_cost DECIMAL(8,2)
);
CREATE TABLE sales (
  sale_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  fitting_id INTEGER REFERENCES fittings(fitting_id),
  sold_on DATE,
  pier VARCHAR, -- one of: East, West
  amount DECIMAL(8,2)
);

Glossary
- revenue (total sales): SUM(sales.amount)
"""


def sql(question: str) -> str:
    return " ".join((write_sql(CHANDLER, question).sql or "").split())


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("How many sales in any pier but East?", "pier <> 'East'"),
        ("Revenue in 2024 from all families but Ropes", "family <> 'Ropes'"),
        ("How many members have a harbour other than Vik?", "harbour <> 'Vik'"),
        ("Number of members per harbour, harbour anything but Vik", "harbour <> 'Vik'"),
    ],
)
def test_all_but_one(question: str, part: str) -> None:
    assert part in sql(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which lamps cost more than the average lamp?",
        "Lamps priced above the average price of lamps",
        "Lamps priced over their family average",
        "Lamps whose unit price is above the mean unit price of that family",
    ],
)
def test_the_average_of_the_same_kind(question: str) -> None:
    found = sql(question)
    assert "AVG(other_fittings.unit_price)" in found and "other_fittings.family = fittings.family" in found


def test_what_things_cost_is_their_price() -> None:
    assert "unit_price > 200" in sql("Which lamps cost more than 200?")


@pytest.mark.parametrize(
    "question",
    [
        "top 5 members by spend",
        "the five biggest spenders",
        "Show the 5 members who spent the most money, biggest spender first",
    ],
)
def test_who_spends(question: str) -> None:
    found = sql(question)
    assert "SUM(sales.amount)" in found and "member_name" in found and found.endswith("DESC LIMIT 5")


@pytest.mark.parametrize(
    "question",
    [
        "harbours with a member count above 30",
        "harbours with a number of members above 30",
        "harbours whose number of members is over 30",
    ],
)
def test_a_number_is_compared_behind_its_noun(question: str) -> None:
    assert "GROUP BY harbour HAVING COUNT(*) > 30" in sql(question)


@pytest.mark.parametrize(
    ("question", "step"),
    [
        ("In what month did members spend the least in 2024?", "month"),
        ("slowest month 2024 by revenue", "month"),
        ("weakest quarter of 2024 by revenue", "quarter"),
    ],
)
def test_what_is_asked_in_front_is_ranked(question: str, step: str) -> None:
    found = sql(question)
    assert f"DATE_TRUNC('{step}'" in found and "member_name" not in found and found.endswith("LIMIT 1")


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("fittings with maker and price, from the dearest down", "unit_price DESC"),
        ("fittings with maker and price, starting with the cheapest", "unit_price"),
        ("members: name, harbour, joined on - latest on top", "joined_on DESC"),
    ],
)
def test_what_comes_first(question: str, order: str) -> None:
    assert sql(question).endswith(f"ORDER BY {order}")


def test_kinds_with_rows_of_both() -> None:
    found = sql("Which makers have fittings in both Ropes and Lamps?")
    assert found.startswith("SELECT maker") and found.count("COUNT(DISTINCT family) = 2") == 1


def test_two_numbers_of_which_one_is_said_by_its_verb() -> None:
    found = sql("What did each maker earn in 2024, and how many sales was that?")
    assert "SUM(sales.amount)" in found and "COUNT(*)" in found


@pytest.mark.parametrize(
    "question",
    [
        "Which fittings cost more than the average lamp?",
        "the slowest month of 2024",
        "Which fittings and makers are in both Ropes and Lamps?",
    ],
)
def test_what_could_be_meant_in_two_ways_is_declined(question: str) -> None:
    assert not sql(question)
