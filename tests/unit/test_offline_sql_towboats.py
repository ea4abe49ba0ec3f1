"""The SQL writer on a towing company's schema: many tables with like names, amounts, verbs, units, and what comes first."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

TOWBOATS = """Dialect: duckdb. Today is 2025-06-15.

CREATE TABLE docks (
  dock_id INTEGER PRIMARY KEY,
  dock_name VARCHAR,
  river VARCHAR, -- one of: Elbe, Oder
  is_owned BOOLEAN -- Whether we own it
);
CREATE TABLE skippers (
  skipper_id INTEGER PRIMARY KEY,
  skipper_name VARCHAR,
  dock_id INTEGER REFERENCES docks(dock_id),
  hired_on DATE,
  left_on DATE -- empty for those still with us
);
CREATE TABLE towboats (
  towboat_id INTEGER PRIMARY KEY,
  towboat_name VARCHAR,
  hull VARCHAR, -- one of: Steel, Wood, Glass
  dock_id INTEGER REFERENCES docks(dock_id)
);
CREATE TABLE repair_ways (
  repair_way_id INTEGER PRIMARY KEY,
  trade VARCHAR -- one of: Welding, Caulking, Painting
);
CREATE TABLE hull_repairs (
  hull_repair_id INTEGER PRIMARY KEY,
  towboat_id INTEGER REFERENCES towboats(towboat_id),
  repair_way_id INTEGER REFERENCES repair_ways(repair_way_id),
  reported_on DATE,
  mended_on DATE, -- empty while open
  urgency VARCHAR -- one of: Grave, Light
);
CREATE TABLE power_bills (
  power_bill_id INTEGER PRIMARY KEY,
  dock_id INTEGER REFERENCES docks(dock_id),
  supply VARCHAR, -- one of: Current, Steam
  billed_on DATE,
  power_cost DECIMAL(8,2)
);
CREATE TABLE expense_reports (
  expense_report_id INTEGER PRIMARY KEY,
  skipper_id INTEGER REFERENCES skippers(skipper_id),
  submitted_on DATE,
  claimed_amount DECIMAL(8,2)
);
CREATE TABLE dock_expenses (
  dock_expense_id INTEGER PRIMARY KEY,
  dock_id INTEGER REFERENCES docks(dock_id),
  spent_on DATE,
  expense_amount DECIMAL(8,2)
);
CREATE TABLE tows (
  tow_id INTEGER PRIMARY KEY,
  towboat_id INTEGER REFERENCES towboats(towboat_id),
  towed_on DATE,
  is_late BOOLEAN,
  distance_km DECIMAL(7,1),
  towing_cost DECIMAL(8,2),
  load_kg DECIMAL(9,1),
  wait_time_min INTEGER
);
CREATE TABLE dock_calls (
  dock_call_id INTEGER PRIMARY KEY,
  dock_id INTEGER REFERENCES docks(dock_id),
  called_on DATE,
  callers INTEGER
);
CREATE TABLE skipper_exams (
  skipper_exam_id INTEGER PRIMARY KEY,
  skipper_id INTEGER REFERENCES skippers(skipper_id),
  knots_score INTEGER, -- points, 0 to 20
  politeness_score INTEGER -- points, 0 to 20
);
CREATE TABLE river_claims ( -- Letters of complaint from the shore
  river_claim_id INTEGER PRIMARY KEY,
  claim_title VARCHAR,
  filed_on DATE,
  sum_at_stake DECIMAL(9,2),
  claim_state VARCHAR -- one of: Open, Settled
);

Glossary:
- late rate: COUNT(*) FILTER (WHERE tows.is_late) / COUNT(*)
"""


def sql(question: str) -> str:
    draft = write_sql(TOWBOATS, question)
    return draft.sql or f"declined: {draft.declined}"


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        # a kind that is a row of its own: the rows that have it are counted
        ("3 most common hull repair trades in 2024", "COUNT(*)", "DISTINCT"),
        ("the most common trade of hull repairs", "COUNT(*)", "DISTINCT"),
        # what is ours
        ("number of docks that belong to us", "is_owned", "NOT"),
        ("how many docks do we have on the Elbe?", "river = 'Elbe'", "is_owned"),
        # amounts of rows that are money
        ("Which dock has the highest dock expenses?", "SUM(dock_expenses.expense_amount)", "COUNT"),
        ("Which dock has the highest number of dock expenses?", "COUNT(*)", "SUM"),
        ("Which skipper claimed the most expenses?", "SUM(expense_reports.claimed_amount)", "dock_expenses"),
        ("top 2 skippers by expenses claimed", "SUM(expense_reports.claimed_amount)", "COUNT"),
        ("the total of the 2024 steam bills by dock", "SUM(power_bills.power_cost)", "COUNT"),
        ("number of 2024 power bills by dock", "COUNT(*)", "SUM"),
        ("Steam cost by month in 2024", "SUM(power_cost)", "towing_cost"),
        # units
        ("towing cost per km by hull", "SUM(tows.towing_cost) / NULLIF(SUM(tows.distance_km), 0)", "tows.distance_km,"),
        ("What does a tow cost us per kilogram for each hull?", "NULLIF(SUM(tows.load_kg), 0)", "distance_km"),
        ("towing cost per towboat", "GROUP BY", " / "),
        ("How many kilometers did each towboat make on tows?", "SUM(tows.distance_km)", "load_kg"),
        ("Divide the total towing cost by the distance of the tows for every hull", "SUM(tows.distance_km)", "COUNT"),
        # what comes first
        ("average wait time by hull, slowest first", "ORDER BY average_wait_time_min DESC", "LIMIT"),
        ("average wait time by hull, fastest first", "ORDER BY average_wait_time_min", "DESC"),
        ("average wait time by hull, desc", "DESC", "LIMIT"),
        ("open river claims: title, filed on, sum at stake, desc by sum at stake", "ORDER BY sum_at_stake DESC", "SUM"),
        ("river claims with title and sum at stake, largest sum first", "ORDER BY sum_at_stake DESC", "SUM("),
        # a group said first, a count said last or again
        ("For every river, tell me the number of docks", "GROUP BY river", "LIMIT"),
        ("different rivers of our docks, how many?", "COUNT(DISTINCT river)", "GROUP"),
        ("How many hull repairs did we have this year, and how many last year?", "'2024-01-01'", "GROUP"),
        # loose words
        ("What is the mean score in knots of each skipper?", "AVG(skipper_exams.knots_score)", "politeness"),
        ("average politeness by skipper", "AVG(skipper_exams.politeness_score)", "knots"),
        ("How many current skippers work at each dock?", "left_on IS NULL", "hull"),
        ("docks with more than 5 DCs", "HAVING COUNT(*) > 5", "SUM"),
        ("hull repairs that are still open", "mended_on IS NULL", "claim_state"),
        ("How many river claims did we file last month?", "filed_on >= '2025-05-01'", "declined"),
        ("busiest dock by callers in 2024", "SUM(dock_calls.callers)", "COUNT"),
        ("How often were docks called in each river?", "dock_calls", "SUM"),
        # of a share, what is said behind a comma is of the whole
        ("% light repairs, steel towboats", "WHERE towboats.hull = 'Steel'", "WHERE hull_repairs"),
        ("What percentage of light repairs for steel towboats?", "WHERE towboats.hull = 'Steel'", "WHERE hull_repairs"),
        # every value of a column
        ("What is the late rate on steel, wood and glass towboats?", "GROUP BY towboats.hull", "IN ("),
        ("What is the late rate on steel and wood towboats?", "IN ('Steel', 'Wood')", "GROUP"),
        # running totals of rows without amounts
        ("running total of hull repairs 2024, monthly", "COUNT(*)", "declined"),
    ],
)
def test_many_tables(question: str, has: str, lacks: str) -> None:
    written = sql(question)
    assert has in written, written
    assert lacks not in written, written


@pytest.mark.parametrize(
    "question",
    [
        "yearly growth of power bills",  # how many, or how much
        "the most common trades in 2024",  # of what
        "most river claims by claimed",  # a verb and no number
    ],
)
def test_declined(question: str) -> None:
    assert write_sql(TOWBOATS, question).sql is None
