"""The SQL writer on a schema of tower clocks: what people say beside a column, and names of whom rows point to."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

CLOCKS = """Dialect: duckdb. Today is 2025-06-15.

CREATE TABLE crews ( -- Teams that wind and mend the clocks
  crew_id INTEGER PRIMARY KEY,
  crew_name VARCHAR
);
CREATE TABLE workers (
  worker_id INTEGER PRIMARY KEY,
  worker_name VARCHAR,
  crew_id INTEGER REFERENCES crews(crew_id),
  joined_on DATE,
  left_on DATE
);
CREATE TABLE climbers ( -- Workers who may climb
  climber_id INTEGER PRIMARY KEY,
  worker_id INTEGER REFERENCES workers(worker_id),
  rope_class VARCHAR, -- one of: A, B
  falls INTEGER -- Falls so far
);
CREATE TABLE towers (
  tower_id INTEGER PRIMARY KEY, -- Key of the tower
  tower_name VARCHAR,
  material VARCHAR, -- one of: Brick, Oak
  bells_fitted INTEGER, -- Bells that hang
  built_on DATE
);
CREATE TABLE clock_rounds ( -- Rounds that our crews walk
  clock_round_id INTEGER PRIMARY KEY, -- Key of the tour
  crew_id INTEGER REFERENCES crews(crew_id),
  walked_on DATE,
  distance_km DECIMAL(6,1)
);
CREATE TABLE inspections (
  inspection_id INTEGER PRIMARY KEY,
  tower_id INTEGER REFERENCES towers(tower_id),
  inspected_on DATE,
  safety INTEGER, -- Safety of the tower, 1 to 10
  verdict VARCHAR -- one of: Excellent, Fair, Poor
);
CREATE TABLE makers (
  maker_id INTEGER PRIMARY KEY,
  maker_name VARCHAR
);
CREATE TABLE maker_bills (
  maker_bill_id INTEGER PRIMARY KEY,
  maker_id INTEGER REFERENCES makers(maker_id),
  billed_on DATE,
  bill_total DECIMAL(9,2)
);
CREATE TABLE spare_wheels (
  spare_wheel_id INTEGER PRIMARY KEY,
  tower_id INTEGER REFERENCES towers(tower_id),
  wheel_kind VARCHAR, -- one of: Escape, Crown
  purchase_cost DECIMAL(9,2), -- in euros
  bought_on DATE,
  removed_on DATE -- Day it was auctioned; empty while in use
);
CREATE TABLE wheel_requests (
  wheel_request_id INTEGER PRIMARY KEY,
  tower_id INTEGER REFERENCES towers(tower_id),
  asked_on DATE,
  decision VARCHAR, -- one of: Granted, Waiting, Refused
  expected_outlay DECIMAL(9,2) -- Estimate in euros
);
CREATE TABLE ropes (
  rope_id INTEGER PRIMARY KEY,
  rope_title VARCHAR,
  length_m INTEGER,
  is_spare BOOLEAN
);
"""

READ = [
    (
        "How many people left each crew in 2024?",
        "SELECT crews.crew_name, COUNT(*) AS worker_count FROM workers JOIN crews ON workers.crew_id = "
        "crews.crew_id WHERE workers.left_on >= '2024-01-01' AND workers.left_on < '2025-01-01' GROUP BY "
        "workers.crew_id, crews.crew_name ORDER BY worker_count DESC",
    ),
    (
        "leavers 2024 per crew",
        "SELECT crews.crew_name, COUNT(*) AS worker_count FROM workers JOIN crews ON workers.crew_id = "
        "crews.crew_id WHERE workers.left_on >= '2024-01-01' AND workers.left_on < '2025-01-01' GROUP BY "
        "workers.crew_id, crews.crew_name ORDER BY worker_count DESC",
    ),
    (
        "climbers with two or more falls: name, rope class and number of falls",
        "SELECT climbers.climber_id, workers.worker_name, climbers.rope_class, climbers.falls FROM "
        "climbers JOIN workers ON climbers.worker_id = workers.worker_id WHERE climbers.falls >= 2 ORDER "
        "BY climbers.climber_id",
    ),
    (
        "What percentage of inspections left an excellent verdict?",
        "SELECT 100.0 * COUNT(CASE WHEN verdict = 'Excellent' THEN 1 END) / NULLIF(COUNT(*), 0) AS "
        "inspection_count_share FROM inspections",
    ),
    (
        "How many inspections were judged Fair in 2024?",
        "SELECT COUNT(*) AS inspection_count FROM inspections WHERE verdict = 'Fair' AND inspected_on >= "
        "'2024-01-01' AND inspected_on < '2025-01-01'",
    ),
    (
        "Which towers have an average safety rating below 6?",
        "SELECT towers.tower_name, AVG(inspections.safety) AS average_safety FROM inspections JOIN "
        "towers ON inspections.tower_id = towers.tower_id GROUP BY inspections.tower_id, "
        "towers.tower_name HAVING AVG(inspections.safety) < 6 ORDER BY average_safety DESC",
    ),
    (
        "Show me the towers whose safety marks average less than 6.",
        "SELECT towers.tower_name, AVG(inspections.safety) AS average_safety FROM inspections JOIN "
        "towers ON inspections.tower_id = towers.tower_id GROUP BY inspections.tower_id, "
        "towers.tower_name HAVING AVG(inspections.safety) < 6 ORDER BY average_safety DESC",
    ),
    (
        "Top 3 makers by amount billed in 2024",
        "SELECT makers.maker_name, SUM(maker_bills.bill_total) AS total_bill_total FROM maker_bills JOIN "
        "makers ON maker_bills.maker_id = makers.maker_id WHERE maker_bills.billed_on >= '2024-01-01' "
        "AND maker_bills.billed_on < '2025-01-01' GROUP BY maker_bills.maker_id, makers.maker_name ORDER "
        "BY total_bill_total DESC LIMIT 3",
    ),
    (
        "3 biggest makers, sum of maker bills 2024, highest first",
        "SELECT makers.maker_name, SUM(maker_bills.bill_total) AS total_bill_total FROM maker_bills JOIN "
        "makers ON maker_bills.maker_id = makers.maker_id WHERE maker_bills.billed_on >= '2024-01-01' "
        "AND maker_bills.billed_on < '2025-01-01' GROUP BY maker_bills.maker_id, makers.maker_name ORDER "
        "BY total_bill_total DESC LIMIT 3",
    ),
    (
        "inspections per verdict - count and average safety",
        "SELECT verdict, COUNT(*) AS inspection_count, AVG(safety) AS average_safety FROM inspections "
        "GROUP BY verdict ORDER BY inspection_count DESC",
    ),
    (
        "Maker bills 2024, sum per maker",
        "SELECT makers.maker_name, SUM(maker_bills.bill_total) AS total_bill_total FROM maker_bills JOIN "
        "makers ON maker_bills.maker_id = makers.maker_id WHERE maker_bills.billed_on >= '2024-01-01' "
        "AND maker_bills.billed_on < '2025-01-01' GROUP BY maker_bills.maker_id, makers.maker_name ORDER "
        "BY total_bill_total DESC",
    ),
    (
        "What did we pay for the spare wheels that are still in use?",
        "SELECT SUM(purchase_cost) AS total_purchase_cost FROM spare_wheels WHERE removed_on IS NULL",
    ),
    (
        "Purchase cost in total, spare wheels not removed",
        "SELECT SUM(purchase_cost) AS total_purchase_cost FROM spare_wheels WHERE removed_on IS NULL",
    ),
    (
        "How many wheel requests over 500 euros are waiting for a decision?",
        "SELECT COUNT(*) AS wheel_request_count FROM wheel_requests WHERE decision = 'Waiting' AND "
        "expected_outlay > 500",
    ),
    (
        "How many spare wheels were auctioned in 2024?",
        "SELECT COUNT(*) AS spare_wheel_count FROM spare_wheels WHERE removed_on >= '2024-01-01' AND "
        "removed_on < '2025-01-01'",
    ),
    (
        "How many kilometers did our crews cover each month in 2024?",
        "SELECT DATE_TRUNC('month', walked_on) AS month, SUM(distance_km) AS total_distance_km FROM "
        "clock_rounds WHERE walked_on >= '2024-01-01' AND walked_on < '2025-01-01' GROUP BY "
        "DATE_TRUNC('month', walked_on) ORDER BY month",
    ),
    (
        "How do the crews compare in total distance?",
        "SELECT crews.crew_name, SUM(clock_rounds.distance_km) AS total_distance_km FROM clock_rounds "
        "JOIN crews ON clock_rounds.crew_id = crews.crew_id GROUP BY clock_rounds.crew_id, "
        "crews.crew_name ORDER BY total_distance_km DESC",
    ),
    (
        "Which ropes are spare? Show title and length.",
        "SELECT rope_title, length_m FROM ropes WHERE is_spare ORDER BY rope_title",
    ),
    (
        "How many clock tours were there per crew?",
        "SELECT crews.crew_name, COUNT(*) AS clock_round_count FROM clock_rounds JOIN crews ON "
        "clock_rounds.crew_id = crews.crew_id GROUP BY clock_rounds.crew_id, crews.crew_name ORDER BY "
        "clock_round_count DESC",
    ),
]
DECLINED = [
    "List the inspections with name and verdict.",
    "Makers by amount billed",
    "What did we pay for the wheel requests?",
    "The biggest makers",
    "For which towers are we still granting requests, and how many?",
]


@pytest.mark.parametrize(("question", "sql"), READ)
def test_what_is_said_in_everyday_words_is_read(question: str, sql: str) -> None:
    assert write_sql(CLOCKS, question).sql == sql


@pytest.mark.parametrize("question", DECLINED)
def test_what_cannot_be_told_is_declined(question: str) -> None:
    draft = write_sql(CLOCKS, question)
    assert draft.sql is None, draft.sql
