"""What people ask and the parser once declined, or got wrong: a small rule a block, on a beekeepers' database."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write SQL.
Dialect: duckdb
Today is 2025-06-15.

## Schema
```sql
CREATE TABLE keepers (
  keeper_id INTEGER PRIMARY KEY,
  full_name VARCHAR,
  sex VARCHAR, -- one of: F, M
  joined_on DATE,
  resigned_on DATE
);
CREATE TABLE hives (
  hive_id INTEGER PRIMARY KEY,
  label VARCHAR,
  keeper_id INTEGER REFERENCES keepers(keeper_id),
  material VARCHAR, -- one of: Wood, Straw, Plastic
  shape VARCHAR, -- one of: Skep, Box, Barrel
  is_heated BOOLEAN,
  built_on DATE
);
CREATE TABLE honeys (
  honey_id INTEGER PRIMARY KEY,
  name VARCHAR,
  price DECIMAL(8,2),
  stock INTEGER
);
CREATE TABLE harvests (
  harvest_id INTEGER PRIMARY KEY,
  hive_id INTEGER REFERENCES hives(hive_id),
  honey_id INTEGER REFERENCES honeys(honey_id),
  gathered_on DATE,
  bottled_on DATE,
  amount DECIMAL(8,2),
  jars INTEGER,
  state VARCHAR -- one of: In storage, Handed over
);
```

## Glossary
- yield: SUM(harvests.jars)
- The date of a harvest is harvests.gathered_on.
"""


def sql(question: str) -> str | None:
    return write_sql(PROMPT, question).sql


def declined(question: str) -> str | None:
    return write_sql(PROMPT, question).declined


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("keepers who resigned", "WHERE NOT (resigned_on IS NULL)"),
        ("How many keepers have not resigned?", "WHERE resigned_on IS NULL"),
        ("which harvests were bottled", "WHERE NOT (bottled_on IS NULL)"),
        ("harvests of 2024 that were bottled", "bottled_on IS NULL) AND gathered_on >= '2024-01-01'"),
        ("harvests gathered in 2024 and not bottled yet", "bottled_on IS NULL AND gathered_on >= '2024-01-01'"),
        ("average jars of harvests which were bottled", "WHERE NOT (bottled_on IS NULL)"),
        ("which harvests were bottled in 2024", "WHERE bottled_on >= '2024-01-01'"),
    ],
)
def test_a_participle_is_a_condition_where_a_date_is_called_so(question: str, where: str) -> None:
    assert where in (sql(question) or "")


@pytest.mark.parametrize(
    ("question", "query"),
    [
        (
            "harvests bottled per year since 2023",
            "SELECT YEAR(bottled_on) AS year, COUNT(*) AS harvest_count FROM harvests WHERE NOT (bottled_on IS NULL) "
            "AND bottled_on >= '2023-01-01' GROUP BY YEAR(bottled_on) ORDER BY year",
        ),
        (
            "how many keepers resigned each year",
            "SELECT YEAR(resigned_on) AS year, COUNT(*) AS keeper_count FROM keepers WHERE NOT (resigned_on IS NULL) "
            "GROUP BY YEAR(resigned_on) ORDER BY year",
        ),
        (
            "harvests bottled on a Sunday",
            "SELECT harvest_id, bottled_on FROM harvests WHERE DAYNAME(bottled_on) IN ('Sunday') ORDER BY harvest_id",
        ),
    ],
)
def test_a_participle_says_which_date_the_steps_of_time_are_of(question: str, query: str) -> None:
    assert sql(question) == query


def test_a_list_of_columns_is_no_condition() -> None:
    assert sql("harvests: jars, bottled") == "SELECT harvest_id, jars, bottled_on FROM harvests ORDER BY harvest_id"


@pytest.mark.parametrize(
    "question",
    ["harvests gathered or bottled", "how many keepers are left", "harvests gathered and bottled in 2024"],
)
def test_what_could_mean_its_opposite_is_declined(question: str) -> None:
    assert declined(question)


@pytest.mark.parametrize(
    ("question", "where"),
    [("Which honeys are out of stock?", "WHERE stock <= 0"), ("list the honeys in stock", "WHERE stock > 0")],
)
def test_what_is_in_stock_has_some_left(question: str, where: str) -> None:
    assert where in (sql(question) or "")


@pytest.mark.parametrize("question", ["how many honeys are in stock", "How much honey is in stock?"])
def test_in_stock_is_no_count_of_rows_or_pieces(question: str) -> None:
    assert declined(question)


def test_in_stock_is_declined_where_no_column_tells() -> None:
    assert write_sql(PROMPT.replace("stock INTEGER", "rank INTEGER"), "which honeys are in stock").declined


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("how many women are keepers", "SELECT COUNT(*) AS keeper_count FROM keepers WHERE sex = 'F'"),
        (
            "number of male and female keepers",
            "SELECT sex, COUNT(*) AS keeper_count FROM keepers WHERE sex IN ('M', 'F') GROUP BY sex "
            "ORDER BY keeper_count DESC",
        ),
        (
            "How many skep, box and barrel hives do we have?",
            "SELECT shape, COUNT(*) AS hive_count FROM hives WHERE shape IN ('Skep', 'Box', 'Barrel') GROUP BY shape "
            "ORDER BY hive_count DESC",
        ),
        (
            "how many skep and box hives do we have",
            "SELECT COUNT(*) AS hive_count FROM hives WHERE shape IN ('Skep', 'Box')",
        ),
    ],
)
def test_women_and_men_and_all_values_of_a_column(question: str, query: str) -> None:
    assert sql(question) == query


def test_the_sex_of_others_is_declined() -> None:
    more = "CREATE TABLE visitors (visitor_id INTEGER PRIMARY KEY, name VARCHAR);\n```"
    prompt = PROMPT.replace("```\n\n## Gloss", more + "\n\n## Gloss")
    assert write_sql(prompt, "how many visitors are there").sql
    assert write_sql(prompt, "how many female visitors are there").declined


def test_an_apostrophe_or_a_letter_may_be_missing() -> None:
    assert sql("keepers who havent resigned") == sql("keepers who have not resigned") is not None
    assert sql("harvsts per quarter") == sql("harvests per quarter") is not None


def test_days_are_steps_of_time_beside_an_average_though_a_column_is_called_so() -> None:
    prompt = PROMPT.replace("jars INTEGER", "jars INTEGER, days INTEGER")
    asked = write_sql(prompt, "how many harvests do we have per day on average")
    assert asked.sql and asked.sql == write_sql(prompt, "average number of harvests per day").sql


@pytest.mark.parametrize("question", ["What share of our skeps is heated?", "percentage of skeps that are straw"])
def test_a_share_of_rows_that_a_value_names(question: str) -> None:
    query = sql(question) or ""
    assert query.endswith("WHERE shape = 'Skep'") and ("WHEN is_heated" in query or "WHEN material = 'Straw'" in query)


@pytest.mark.parametrize("question", ["share of skeps", "share of skeps by keeper", "percentage of heated skeps"])
def test_a_share_of_rows_without_a_part_is_declined(question: str) -> None:
    assert declined(question)


def test_still_says_no_more_where_a_state_follows() -> None:
    assert (sql("harvests still in storage") or "").endswith("WHERE state = 'In storage' ORDER BY harvest_id")
    assert declined("hives still in")


def test_a_sentence_that_only_wonders_is_left_out_where_the_next_says_all() -> None:
    assert sql("How busy are the hives? number of harvests by hive") == sql("number of harvests by hive") is not None
    assert sql("How is the apiary made up? hives by shape") == sql("hives by shape") is not None


@pytest.mark.parametrize(
    "question",
    [
        "How busy are the straw hives? number of harvests by hive",
        "how many frames broke? hives by shape",
        "Is Brigitte busy? harvests by hive",
        "How grumpy are the keepers? show them by sex",
    ],
)
def test_a_sentence_that_asks_or_narrows_down_is_not_left_out(question: str) -> None:
    assert declined(question)


def test_what_never_happened_may_have_rows_without_a_day() -> None:
    assert (sql("which hives were never bottled") or "").count("NOT (harvests.bottled_on IS NULL)") == 1
    assert declined("hives whose harvests were not bottled")  # any of them, or all?
    assert "harvests.bottled_on IS NULL" in (sql("hives with harvests that were not bottled") or "")
    assert "NOT (harvests.bottled_on IS NULL)" in (sql("hives that never bottled a harvest") or "")
