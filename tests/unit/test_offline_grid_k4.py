"""Rankings, lists and counts in the phrasings of many people, over a fleet of vans."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

VANS = """Dialect: duckdb. Today is 2025-11-01.

CREATE TABLE depots ( -- Yards where vehicles stand
  depot_id INTEGER PRIMARY KEY,
  depot_name VARCHAR,
  county VARCHAR, -- one of: Kent, Essex, Dorset
  opened_on DATE
);
CREATE TABLE drivers (
  driver_id INTEGER PRIMARY KEY,
  driver_name VARCHAR,
  depot_id INTEGER REFERENCES depots(depot_id),
  license_class VARCHAR, -- one of: Basic, Heavy, Coach
  hired_on DATE,
  hourly_wage DECIMAL(8,2)
);
CREATE TABLE vehicles (
  vehicle_id INTEGER PRIMARY KEY,
  plate VARCHAR, -- Number plate
  make VARCHAR, -- Who built it
  fuel VARCHAR, -- one of: Diesel, Electric, Petrol
  depot_id INTEGER REFERENCES depots(depot_id),
  seats INTEGER,
  bought_on DATE,
  purchase_price DECIMAL(10,2)
);
CREATE TABLE trips ( -- Journeys made
  trip_id INTEGER PRIMARY KEY,
  vehicle_id INTEGER REFERENCES vehicles(vehicle_id),
  driver_id INTEGER REFERENCES drivers(driver_id),
  started_on DATE,
  distance_km DECIMAL(8,1),
  passengers INTEGER,
  purpose VARCHAR -- one of: School, Charter, Airport
);
CREATE TABLE repairs (
  repair_id INTEGER PRIMARY KEY,
  vehicle_id INTEGER REFERENCES vehicles(vehicle_id),
  repaired_on DATE,
  cost DECIMAL(9,2), -- in pounds
  kind VARCHAR, -- one of: Brakes, Engine, Tyres
  under_warranty BOOLEAN
);
"""

RANKED = {
    "drivers by trips, best first": "ORDER BY trip_count DESC",
    "trips by driver, largest on top": "ORDER BY trip_count DESC",
    "trips per driver from high to low": "ORDER BY trip_count DESC",
    "drivers ranked by trips": "ORDER BY trip_count DESC",
    "How do the drivers rank by trips?": "ORDER BY trip_count DESC",
    "drivers: trips, highest first": "ORDER BY trip_count DESC",
    "which driver is number one in trips?": "ORDER BY trip_count DESC LIMIT 1",
    "Which driver led in trips in May 2025?": "ORDER BY trip_count DESC LIMIT 1",
    "trips by driver in 2025, top 5 only": "ORDER BY trip_count DESC LIMIT 5",
    "Please sort the drivers by their trips in 2025, highest first": "ORDER BY trip_count DESC",
}
COUNTED = (
    "engine repairs, count", "engine repairs: how many?", "number of engine repairs",
    "Take the engine repairs and count them", "engine repairs - how many?",
)  # fmt: skip
LISTED = (
    "list the date, cost and plate of engine repairs",
    "engine repairs: date, cost, plate",
    "Tell me the date, the cost and the plate for each of the engine repairs",
)


def _sql(question: str) -> str:
    draft = write_sql(VANS, question)
    assert draft.sql, draft.declined
    return " ".join(draft.sql.split())


@pytest.mark.parametrize(("question", "end"), RANKED.items())
def test_rankings(question: str, end: str) -> None:
    assert _sql(question).endswith(end)
    assert "COUNT(*) AS trip_count" in _sql(question)


@pytest.mark.parametrize("question", COUNTED)
def test_counts(question: str) -> None:
    assert _sql(question) == "SELECT COUNT(*) AS repair_count FROM repairs WHERE kind = 'Engine'"


@pytest.mark.parametrize("question", LISTED)
def test_lists(question: str) -> None:
    shown = _sql(question).split(" FROM ")[0]
    assert all(column in shown for column in ("repaired_on", "cost", "plate"))


@pytest.mark.parametrize("question", ["trips by depot, count", "kind and colour of engine repairs"])
def test_declines(question: str) -> None:
    assert write_sql(VANS, question).sql is None
