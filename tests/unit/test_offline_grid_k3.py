"""Parts of the year that come back, growth, and running totals: templates by fillings over a schema of its own."""

from __future__ import annotations

import pytest
from sql_parts import sql_of

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write one read-only SQL query.

Dialect: duckdb
Today is 2025-11-01.

## Schema
```sql
CREATE TABLE districts ( -- Parts of the town
  district_id INTEGER PRIMARY KEY, -- Key of the district
  district_name VARCHAR -- Name; one of: Harbour, Oldtown, Hills
);
CREATE TABLE clinics ( -- Our clinics
  clinic_id INTEGER PRIMARY KEY, -- Key of the clinic
  clinic_name VARCHAR, -- Name of the clinic
  district_id INTEGER REFERENCES districts(district_id) -- District in which it lies
);
CREATE TABLE patients ( -- People who are treated
  patient_id INTEGER PRIMARY KEY, -- Key of the patient
  patient_name VARCHAR, -- Full name
  insurer VARCHAR, -- Who pays; one of: Public, Private
  registered_on DATE -- Day of registration
);
CREATE TABLE visits ( -- Visits of patients to a clinic
  visit_id INTEGER PRIMARY KEY, -- Key of the visit
  patient_id INTEGER REFERENCES patients(patient_id), -- Patient
  clinic_id INTEGER REFERENCES clinics(clinic_id), -- Clinic
  visited_on DATE, -- Day of the visit
  kind VARCHAR, -- Kind of visit; one of: Checkup, Emergency, Surgery
  fee DECIMAL(10,2), -- Fee in US dollars
  minutes INTEGER -- How long it took
);
CREATE TABLE prescriptions ( -- Drugs prescribed at a visit
  prescription_id INTEGER PRIMARY KEY, -- Key of the prescription
  visit_id INTEGER REFERENCES visits(visit_id), -- Visit
  prescribed_on DATE, -- Day it was written
  packs INTEGER -- Packs prescribed
);
```
"""
MEASURES = [
    ("number of visits", "COUNT(*)", "visited_on"),
    ("total fee", "SUM(fee)", "visited_on"),
    ("number of prescriptions", "COUNT(*)", "prescribed_on"),
]
EACH_YEAR = [
    "{n} in December, per year", "December {n} of each year", "{n} for every December", "For each year: {n} in December",
    "just December, {n} year by year", "Give me each year's December {n}", "{n} in December: one figure a year",
]
OF_THE_YEAR = ["{n} by month of the year", "per month of the year, the {n}", "{n} by calendar month across all years"]
CHANGES = [
    "How did {n} change from May 2024 to June 2024, in percent?", "percentage change in {n}, June 2024 against May 2024",
    "How much did {n} rise from May 2024 to June 2024, in percent?", "in percent, {n} growth from May 2024 to June 2024",
]
RUNNING = [
    "running total of {n} by month in 2024", "how did {n} add up month after month in 2024?",
    "for each month of 2024, the {n} up to the end of that month", "as 2024 goes on, how does {n} add up by month?",
    "the {n} per month in 2024, each month including all the ones before", "{n} in 2024, accumulated month by month",
]


def cells(templates: list[str]) -> list[tuple[str, str, str]]:
    """Each template with each measure."""
    return [(t.format(n=n), agg, day) for t in templates for n, agg, day in MEASURES]


@pytest.mark.parametrize(("question", "agg", "day"), cells(EACH_YEAR))
def test_part_of_each_year(question: str, agg: str, day: str) -> None:
    sql = sql_of(PROMPT, question)
    assert agg in sql
    assert f"MONTH({day}) = 12" in sql
    assert f"GROUP BY YEAR({day})" in sql


@pytest.mark.parametrize(("question", "agg", "day"), cells(OF_THE_YEAR))
def test_months_of_all_years_are_one(question: str, agg: str, day: str) -> None:
    sql = sql_of(PROMPT, question)
    assert agg in sql
    assert f"GROUP BY MONTH({day})" in sql
    assert "YEAR(" not in sql


@pytest.mark.parametrize(("question", "agg", "day"), cells(CHANGES))
def test_change_in_percent(question: str, agg: str, day: str) -> None:
    sql = sql_of(PROMPT, question)
    assert "100.0 * (" in sql
    assert f"{day} >= '2024-05-01' AND {day} < '2024-06-01'" in sql
    assert f"{day} >= '2024-06-01' AND {day} < '2024-07-01'" in sql


@pytest.mark.parametrize(("question", "agg", "day"), cells(RUNNING))
def test_running_total(question: str, agg: str, day: str) -> None:
    sql = sql_of(PROMPT, question)
    assert "OVER (ORDER BY month)" in sql
    assert f"{day} >= '2024-01-01'" in sql
    assert agg.split("(")[0] in sql


@pytest.mark.parametrize(
    "question",
    ["number of visits in the mornings", "total fee at Christmas", "running total of average fee by month in 2024",
     "number of visits in summer, per year"],
)  # fmt: skip
def test_declined(question: str) -> None:
    assert write_sql(PROMPT, question).sql is None
