"""Shares by condition and ratios, each in many phrasings, over a clinic."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

CLINIC = """Dialect: duckdb. Today is 2025-11-01.

CREATE TABLE patients (
  patient_id INTEGER PRIMARY KEY,
  patient_name VARCHAR,
  county VARCHAR, -- one of: Norfolk, Kent
  plan VARCHAR, -- one of: Basic, Premium, Student
  is_insured BOOLEAN,
  age INTEGER,
  registered_on DATE
);
CREATE TABLE visits (
  visit_id INTEGER PRIMARY KEY,
  patient_id INTEGER REFERENCES patients(patient_id),
  visited_on DATE,
  kind VARCHAR, -- one of: Checkup, Emergency, Follow-up
  fee DECIMAL(8,2),
  minutes INTEGER
);
CREATE TABLE prescriptions (
  prescription_id INTEGER PRIMARY KEY,
  visit_id INTEGER REFERENCES visits(visit_id),
  drug VARCHAR, -- one of: Amoxil, Bextra, Codral
  issued_on DATE
);

Glossary
- billings (money billed): SUM(visits.fee)
- The date of a visit is visits.visited_on.
"""

PARTS = [
    ("are insured", "insured patients", "who are insured", "is_insured"),
    ("are older than 60", "patients older than 60", "older than 60", "age > 60"),
    (
        "registered in 2024",
        "patients who registered in 2024",
        "who registered in 2024",
        "registered_on >= '2024-01-01' AND registered_on < '2025-01-01'",
    ),
]
SHARES = [
    ("What percentage of our patients {verb}?", "100.0"),
    ("Of all our patients, what share {verb}?", "1.0"),
    ("How many of our patients, in percent, {verb}?", "100.0"),
    ("{part} as a percentage of all patients", "100.0"),
    ("How big is the share of {part} among all patients?", "1.0"),
    ("Please calculate the percentage of {part} out of all patients.", "100.0"),
    ("Patients {who} as % of total", "100.0"),
    ("Of every 100 patients, how many {verb}?", "100.0"),
]


def sql(question: str) -> str:
    return " ".join((write_sql(CLINIC, question).sql or "").split())


@pytest.mark.parametrize(("verb", "part", "who", "condition"), PARTS)
@pytest.mark.parametrize(("template", "scale"), SHARES)
def test_a_share_by_condition(template: str, scale: str, verb: str, part: str, who: str, condition: str) -> None:
    question = template.format(verb=verb, part=part, who=who)
    counted = f"COUNT(CASE WHEN {condition} THEN 1 END) / NULLIF(COUNT(*), 0) AS patient_count_share FROM patients"
    assert sql(question[0].upper() + question[1:]) == f"SELECT {scale} * {counted}"


@pytest.mark.parametrize(("verb", "part", "who", "condition"), PARTS)
@pytest.mark.parametrize(
    "template",
    [
        "For each plan, what share of patients {verb}?",
        "List every plan with the share of patients {who}",
        "What share of each plan's patients {verb}?",
    ],
)
def test_a_share_by_group(template: str, verb: str, part: str, who: str, condition: str) -> None:
    found = sql(template.format(verb=verb, part=part, who=who))
    assert f"COUNT(CASE WHEN {condition} THEN 1 END)" in found and "GROUP BY plan" in found


def test_the_group_of_the_lowest_share() -> None:
    found = sql("Which plan has the lowest share of patients who are insured?")
    assert found.endswith("GROUP BY plan ORDER BY ratio LIMIT 1")


@pytest.mark.parametrize(
    "question",
    [
        "What share of the premium patients are older than 60?",
        "Of all premium patients, what share are older than 60?",
        "Among premium patients, what fraction are older than 60?",
    ],
)
def test_what_stands_before_the_noun_is_of_the_whole(question: str) -> None:
    assert "COUNT(CASE WHEN age > 60" in sql(question) and "WHERE plan = 'Premium'" in sql(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the ratio of emergency visits to checkup visits?",
        "emergency visits to checkup visits ratio",
        "emergency visits / checkup visits",
        "emergency visits over checkup visits",
        "Take emergency visits and divide by checkup visits",
        "What do you get when you divide emergency visits by checkup visits?",
        "ratio between emergency visits and checkup visits",
        "proportion of emergency visits to checkup visits",
        "quotient of emergency visits and checkup visits",
        "How many emergency visits are there for every checkup visit?",
        "For every checkup visit, how many emergency visits are there?",
    ],
)
def test_one_number_over_another(question: str) -> None:
    above, below = (f"COUNT(CASE WHEN kind = '{k}' THEN 1 END)" for k in ("Emergency", "Checkup"))
    assert sql(question) == f"SELECT 1.0 * {above} / NULLIF({below}, 0) AS ratio FROM visits"


@pytest.mark.parametrize("form", ["{} over {}", "{} divided by {}", "Divide {} by the {}", "ratio between {} and {}"])
def test_amounts_over_amounts(form: str) -> None:
    assert "SUM(fee) / NULLIF(SUM(minutes), 0)" in sql(form.format("billings", "total minutes"))


def test_numbers_of_different_rows_are_worked_out_apart() -> None:
    found = sql("prescriptions divided by emergency visits")
    assert "FROM prescriptions)" in found and "FROM visits WHERE visits.kind = 'Emergency')" in found


@pytest.mark.parametrize(
    "question",
    [
        "share of patients in 2024",
        "What percentage of patients are happy?",
        "quotient of patients",
        "Divide the patients by hair colour",
    ],
)
def test_what_is_not_clear_is_declined(question: str) -> None:
    assert write_sql(CLINIC, question).sql is None
