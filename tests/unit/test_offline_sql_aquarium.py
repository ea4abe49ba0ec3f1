"""The SQL writer on an aquarium's schema: how something came about, what is paid when, and what the glossary says in words."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

AQUARIUM = """Dialect: duckdb. Today is 2025-06-15.

CREATE TABLE basins (
  basin_id INTEGER PRIMARY KEY,
  basin_label VARCHAR,
  wing VARCHAR, -- one of: Reef, Polar
  cleaning VARCHAR, -- one of: weekly, monthly
  litres INTEGER
);
CREATE TABLE sponsors (
  sponsor_id INTEGER PRIMARY KEY,
  sponsor_name VARCHAR,
  basin_id INTEGER REFERENCES basins(basin_id), -- empty when for the whole house
  premium DECIMAL(8,2),
  signed_on DATE,
  quit_on DATE -- empty while a sponsor
);
CREATE TABLE sponsor_payments (
  payment_id INTEGER PRIMARY KEY,
  sponsor_id INTEGER REFERENCES sponsors(sponsor_id),
  due_on DATE,
  paid_on DATE, -- empty until it is paid
  amount DECIMAL(8,2)
);
CREATE TABLE guides (
  guide_id INTEGER PRIMARY KEY,
  guide_name VARCHAR
);
CREATE TABLE passes (
  pass_id INTEGER PRIMARY KEY,
  pass_name VARCHAR -- one of: Junior, Senior
);
CREATE TABLE club_clients (
  client_id INTEGER PRIMARY KEY,
  client_name VARCHAR,
  pass_id INTEGER REFERENCES passes(pass_id),
  town VARCHAR, -- one of: Turku, Narva
  tier VARCHAR -- one of: gold, plain
);
CREATE TABLE strolls (
  stroll_id INTEGER PRIMARY KEY,
  guide_id INTEGER REFERENCES guides(guide_id),
  client_id INTEGER REFERENCES club_clients(client_id),
  basin_id INTEGER REFERENCES basins(basin_id),
  began_on DATE,
  ended_on DATE,
  strollers INTEGER,
  minutes INTEGER
);
CREATE TABLE displays (
  display_id INTEGER PRIMARY KEY,
  display_title VARCHAR,
  founded INTEGER,
  opens DATE,
  closes DATE
);
CREATE TABLE coin_machines (
  machine_id INTEGER PRIMARY KEY,
  machine_name VARCHAR,
  coin_type VARCHAR, -- one of: whale, seal
  built_in INTEGER,
  worth DECIMAL(8,2)
);
CREATE TABLE coinage (
  coinage_id INTEGER PRIMARY KEY,
  machine_id INTEGER REFERENCES coin_machines(machine_id),
  coined_on DATE
);
CREATE TABLE talks (
  talk_id INTEGER PRIMARY KEY,
  late_minutes INTEGER
);
CREATE TABLE mishaps (
  mishap_id INTEGER PRIMARY KEY,
  basin_id INTEGER REFERENCES basins(basin_id),
  trigger VARCHAR, -- one of: Pump, Glass, Heat
  noticed_on DATE,
  verdict VARCHAR, -- one of: pending, upheld, dismissed
  damage DECIMAL(8,2)
);
Glossary:
- mishaps cost: SUM(mishaps.damage)
- takings: SUM(sponsor_payments.amount) over payments that were paid
- uphold rate: upheld mishaps divided by mishaps that are upheld or dismissed
- loyal sponsor: sponsors who have not quit
- leaking basin (basin on hold): basins.litres < 100
- wonder rate: wonders divided by mishaps
- The date of a mishap is mishaps.noticed_on, of takings sponsor_payments.paid_on.
"""


def sql(question: str) -> str:
    draft = write_sql(AQUARIUM, question)
    assert draft.sql, draft.declined
    return draft.sql


def declined(question: str) -> str:
    draft = write_sql(AQUARIUM, question)
    assert draft.declined, draft.sql
    return draft.declined


def test_what_something_was_triggered_by_is_a_value():
    assert sql("How many mishaps were triggered by heat?").endswith("WHERE trigger = 'Heat'")
    compared = sql("Number of mishaps triggered by glass vs heat")
    assert "COUNT(*)" in compared and "trigger IN ('Glass', 'Heat')" in compared


@pytest.mark.parametrize("question", ["Mishaps each month", "monthly number of mishaps", "Monthly mishaps cost in 2024"])
def test_a_month_is_no_value_that_says_monthly(question: str):
    written = sql(question)
    assert "DATE_TRUNC('month', noticed_on)" in written and "cleaning" not in written


def test_rows_that_are_said_to_be_monthly_have_the_value():
    assert sql("How many monthly basins are there?").endswith("WHERE cleaning = 'monthly'")


def test_a_payment_may_not_have_been_paid():
    assert "paid_on IS NULL" in sql("How many payments have been paid?")
    assert sql("How many payments have not been paid?").endswith("WHERE paid_on IS NULL")


def test_who_quit_is_told_by_a_date():
    assert sql("How many sponsors have not quit?").endswith("WHERE quit_on IS NULL")


def test_a_term_that_ends_like_a_verb():
    assert "SUM(mishaps.damage)" in sql("Mishaps cost by wing")


def test_what_is_cheapest_has_a_premium():
    assert "ORDER BY premium" in sql("the cheapest sponsor")


def test_the_glossary_narrows_a_formula_down_in_words():
    assert "SUM(CASE WHEN NOT paid_on IS NULL THEN amount END)" in sql("Takings in 2024").replace("(paid_on IS NULL)", "paid_on IS NULL")


def test_the_glossary_divides_rows_by_rows_in_words():
    written = sql("uphold rate by wing")
    assert "verdict = 'upheld'" in written and "verdict IN ('upheld', 'dismissed')" in written


def test_the_glossary_says_in_words_which_rows_are_called_so():
    assert sql("How many loyal sponsors are there?").endswith("WHERE quit_on IS NULL")


def test_words_of_the_glossary_that_cannot_be_followed_are_no_licence_to_guess():
    assert "wonders divided by mishaps" in declined("wonder rate by wing")


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("How many sponsors have a basin?", "NOT basin_id IS NULL"),
        ("payments with a paid on date", "NOT paid_on IS NULL"),
        ("How many payments have no paid on date?", "paid_on IS NULL"),
        ("sponsors without a quit date", "quit_on IS NULL"),
    ],
)
def test_who_has_something_and_who_has_none(question: str, condition: str):
    assert f"WHERE {condition}" in sql(question)


def test_rows_that_others_point_to_have_some_of_them():
    assert "EXISTS" in sql("How many basins have a mishap?") or "DISTINCT" in sql("How many basins have a mishap?")


def test_whoever_led_the_most_has_the_most():
    written = sql("Which guide led the most strolls in 2024?")
    assert "GROUP BY strolls.guide_id" in written and written.endswith("ORDER BY stroll_count DESC LIMIT 1")
    assert declined("Who conducted the most strolls?")


def test_beside_another_number_an_average_is_one_of_each_group():
    written = sql("Number of strolls and average minutes per guide")
    assert "AVG(strolls.minutes)" in written and "COUNT(*)" in written and "GROUP BY strolls.guide_id" in written


@pytest.mark.parametrize("question", ["average length of a stroll", "average stroll duration", "mean duration of strolls"])
def test_how_long_something_takes_is_a_column_of_its_own(question: str):
    assert sql(question).startswith("SELECT AVG(minutes)")


def test_a_state_of_the_glossary_may_stand_behind_its_rows():
    assert sql("How many basins are on hold?").endswith("WHERE litres < 100")


def test_of_a_name_that_rows_point_to_those_are_counted():
    assert "FROM club_clients" in sql("How many seniors are there?")
    assert sql("How many gold clients are there?").endswith("WHERE tier = 'gold'")


@pytest.mark.parametrize(
    "question", ["strolls longer than 2 hours", "strolls that lasted more than 120 minutes", "strolls over 2 hours"]
)
def test_a_span_is_compared_in_the_unit_of_its_column(question: str):
    assert "WHERE minutes > 120" in sql(question) or "WHERE minutes / 60.0 > 2" in sql(question)


def test_minutes_of_something_else_are_no_length():
    assert declined("talks longer than 2 hours")


def test_the_noun_may_be_said_with_each_of_two_values():
    written = sql("Number of mishaps in the Reef wing vs the Polar wing")
    assert "wing IN ('Reef', 'Polar')" in written and "GROUP BY basins.wing" in written


def test_top_kinds_of_rows_are_counted():
    assert sql("top 2 triggers of mishaps").endswith("GROUP BY trigger ORDER BY mishap_count DESC LIMIT 2")


def test_whoever_did_it_some_time_ago_narrows_down():
    written = sql("How many payments were paid last year by sponsors in the Polar wing?")
    assert "GROUP BY" not in written and "wing = 'Polar'" in written


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("strollers by guide", "SUM(strolls.strollers)"),
        ("stroll strollers per wing", "SUM(strolls.strollers)"),
        ("strollers this year vs last year", "SUM(CASE WHEN"),
        ("running total of strollers by month", "SUM(total_strollers) OVER"),
        ("strollers in Reef vs Polar", "SUM(strolls.strollers)"),
        ("median number of strollers by wing", "MEDIAN(strolls.strollers)"),
    ],
)
def test_a_column_in_the_plural_is_added_up(question: str, part: str):
    assert part in sql(question)


@pytest.mark.parametrize("question", ["Which guide ended the most strolls?", "guides that ended the most strolls"])
def test_what_was_ended_the_most_has_an_end(question: str):
    written = sql(question)
    assert "ended_on IS NULL" in written and "GROUP BY strolls.guide_id" in written


def test_what_was_never_used_has_no_row_that_points_to_it():
    assert "NOT EXISTS(SELECT 1 FROM coinage" in sql("Which coin machines were never used?")
    assert declined("Which basins were never used?")


def test_many_types_are_not_as_many_rows():
    assert "coin_machines" in declined("How many coins are there?")  # nor is a machine a coin


def test_superlatives_of_worth_and_age():
    assert "ORDER BY worth DESC" in sql("the most valuable coin machine")
    assert "ORDER BY built_in" in sql("the oldest coin machine")


def test_who_is_asked_for_only_where_one_kind_of_people_is_told():
    assert "guides or club_clients" in declined("Who ended the most strolls?")


def test_what_is_open_now_is_no_list_of_openings():
    assert declined("displays that are open now")
    assert sql("Which displays open in March 2025?").count("opens") == 2
    assert "closes >= '2024-01-01'" in sql("How many displays closed in 2024?")


def test_a_year_may_be_called_founded():
    assert "founded < 1990" in sql("displays founded before 1990")
