"""What the SQL writer reads out of a prompt: schema texts of every make, glossary, dialect, today, phrases about time."""

from __future__ import annotations

from datetime import date

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_lib.offline.english.dates import find_dates
from demo_lib.offline.english.words import tokenize
from demo_lib.offline.prompt.prompt_reader import read_prompt
from demo_lib.offline.sql_writer import OUR_FAULT, Draft, write_sql

COMMENT_AFTER_COMMA = """
CREATE TABLE shops (
  shop_id INTEGER PRIMARY KEY,
  town VARCHAR,          -- where it stands; one of: Leeds, York
  size_m2 DECIMAL(8,2)   -- sales area
);
CREATE TABLE bills (
  bill_id INTEGER PRIMARY KEY,
  shop_id INTEGER REFERENCES shops(shop_id),
  total DECIMAL(10,2)
);
"""
COMMENT_BEFORE_COMMA = COMMENT_AFTER_COMMA.replace(
    "town VARCHAR,          -- where it stands; one of: Leeds, York",
    "town VARCHAR -- where it stands; one of: Leeds, York\n  ,",
)
SEPARATE_KEYS = """
CREATE TABLE IF NOT EXISTS "shops" ("shop_id" INT, "town" TEXT /* where it stands; one of: Leeds, York */,
  size_m2 REAL, CONSTRAINT pk PRIMARY KEY ("shop_id"));
create table bills (bill_id int not null primary key, shop_id int, total numeric(10, 2) default 0,
  constraint fk foreign key (shop_id) references shops (shop_id) on delete cascade);
"""
NAMES_ONLY = "shops(shop_id, town, size_m2)\nbills(bill_id, shop_id, total)\n"
LISTED = "Table: shops, Columns: shop_id, town, size_m2\nTable: bills, Columns: bill_id, shop_id, total\n"


@pytest.mark.parametrize(
    "text", [COMMENT_AFTER_COMMA, COMMENT_BEFORE_COMMA, SEPARATE_KEYS, NAMES_ONLY, LISTED]
)
def test_reads_schemas_of_every_make(text: str) -> None:
    schema = read_prompt(text).schema
    assert list(schema.tables) == ["shops", "bills"]
    assert [c.name for c in schema.tables["shops"].columns] == ["shop_id", "town", "size_m2"]
    assert [(k.table, k.column, k.to_table, k.to_column) for k in schema.keys] == [
        ("bills", "shop_id", "shops", "shop_id")
    ]


@pytest.mark.parametrize("text", [COMMENT_AFTER_COMMA, COMMENT_BEFORE_COMMA, SEPARATE_KEYS])
def test_reads_descriptions_and_values_out_of_comments(text: str) -> None:
    town = read_prompt(text).schema.tables["shops"].columns[1]
    assert (town.note, town.values) == ("where it stands", ("Leeds", "York"))


@pytest.mark.parametrize(
    ("said", "dialect"),
    [
        ("Dialect: duckdb", "duckdb"),
        ("SQL dialect: PostgreSQL.", "postgres"),
        ("Write T-SQL.", "tsql"),
        ("", "duckdb"),
    ],
)
def test_reads_the_dialect(said: str, dialect: str) -> None:
    assert read_prompt(f"{said}\n{NAMES_ONLY}").dialect == dialect


def test_today_outside_the_glossary_wins() -> None:
    glossary = "\n## Glossary\n- Quarters are calendar quarters. Today is 2025-10-31."
    assert read_prompt(NAMES_ONLY + glossary).today == date(2025, 10, 31)
    assert read_prompt("Today is 2025-11-01.\n" + NAMES_ONLY + glossary).today == date(2025, 11, 1)
    assert read_prompt(NAMES_ONLY).today is None


def test_reads_both_forms_of_glossary_lines() -> None:
    prompt = read_prompt(
        COMMENT_AFTER_COMMA
        + """
- takings (revenue, money in): SUM(bills.total)
- takings per metre: takings / SUM(shops.size_m2), takings over the sales area
- big bill: bills.total > 500
- outlet: shop
- place means shops.town.
- A rule that says nothing about columns.
- broken: SUM(nowhere.total)
"""
    )
    assert [t.name for t in prompt.terms] == ["takings", "takings per metre", "big bill"]
    assert prompt.terms[1].sql.sql() == "SUM(bills.total) / SUM(shops.size_m2)"
    assert [t.is_measure for t in prompt.terms] == [True, True, False]
    assert [(words, str(column)) for words, column in prompt.meanings] == [(("place",), "shops.town")]


def test_a_glossary_that_defines_itself_in_a_circle_is_left_out() -> None:
    prompt = read_prompt(COMMENT_AFTER_COMMA + "\n- one: other / 2\n- other: one * 2\n")
    assert prompt.terms == ()


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("last quarter", "2025-07-01", "2025-10-01"),
        ("this year", "2025-01-01", "2026-01-01"),
        ("in Q4 2024", "2024-10-01", "2025-01-01"),
        ("in the fourth quarter of 2024", "2024-10-01", "2025-01-01"),
        ("September 2025", "2025-09-01", "2025-10-01"),
        ("in December", "2024-12-01", "2025-01-01"),
        ("since March", "2025-03-01", None),
        ("before June 2024", None, "2024-06-01"),
        ("after 2023", "2024-01-01", None),
        ("from January to March 2025", "2025-01-01", "2025-04-01"),
        ("between 2024-01-10 and 2024-02-20", "2024-01-10", "2024-02-21"),
        ("in the past 90 days", "2025-08-03", "2025-11-01"),
        ("last 6 months", "2025-05-01", "2025-11-01"),
        ("year to date", "2025-01-01", "2025-11-01"),
        ("in the first half of 2024", "2024-01-01", "2024-07-01"),
        ("yesterday", "2025-10-30", "2025-10-31"),
        ("last week", "2025-10-20", "2025-10-27"),
        ("on May 5, 2024", "2024-05-05", "2024-05-06"),
    ],
)
def test_reads_periods(phrase: str, start: str | None, end: str | None) -> None:
    (span,) = find_dates([t.word for t in tokenize(phrase)], date(2025, 10, 31))
    assert span.period is not None
    bounds = (span.period.start, span.period.end)
    assert tuple(b and b.isoformat() for b in bounds) == (start, end)


@pytest.mark.parametrize(
    "phrase", ["I may march on", "more than 2000 orders", "31 february 2024", "order 2024x"]
)
def test_reads_no_period_where_there_is_none(phrase: str) -> None:
    assert [s for s in find_dates([t.word for t in tokenize(phrase)], date(2025, 10, 31)) if s.period] == []


def test_relative_periods_need_a_today() -> None:
    declined = write_sql(
        COMMENT_AFTER_COMMA.replace("total", "paid_on DATE, total", 1), "How many bills last month?"
    ).declined
    assert "what day today is" in (declined or "")


def _assert_honest(draft: Draft) -> None:
    assert (draft.sql is None) != (draft.declined is None)
    assert OUR_FAULT not in (draft.declined or "")
    if draft.sql:
        assert isinstance(sqlglot.parse_one(draft.sql, read="duckdb"), sqlglot.exp.Select)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=120))
def test_never_raises_on_any_text(prompt: str, question: str) -> None:
    _assert_honest(write_sql(prompt, question))


WORDS = st.sampled_from(
    [
        "how",
        "many",
        "top",
        "5",
        "bills",
        "shops",
        "by",
        "town",
        "total",
        "average",
        "per",
        "each",
        "in",
        "Leeds",
        "not",
        "never",
        "over",
        "10",
        "2024",
        "last",
        "month",
        "which",
        "most",
        "of",
        "the",
        "and",
        "or",
        "share",
        "percentage",
        "growth",
        "compare",
        "vs",
        "between",
        "without",
        "before",
        "latest",
        "takings",
        '"x"',
        ",",
        "'",
        "(",
        "%",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_never_raises_on_questions_out_of_order(words: list[str]) -> None:
    prompt = f"Today is 2025-10-31.\n{COMMENT_AFTER_COMMA}\n- takings: SUM(bills.total)\n- The date of a bill is bills.day."
    _assert_honest(write_sql(prompt, " ".join(words)))


def test_long_questions_and_broken_schemas_are_declined_in_a_sentence() -> None:
    assert "longer than" in (write_sql(NAMES_ONLY, "how many bills " * 10_000).declined or "")
    assert "fewer tables" in (write_sql(NAMES_ONLY + "x" * 600_000, "How many bills?").declined or "")
    assert "no tables" in (write_sql("CREATE TABLE (((", "How many bills?").declined or "")
    assert write_sql("CREATE TABLE bills (bill_id INT, 'x", "How many bills?").declined is None


def test_reads_comments_given_as_statements() -> None:
    text = "CREATE TABLE shops (shop_id INT PRIMARY KEY, town TEXT);\n"
    text += "COMMENT ON COLUMN public.shops.town IS 'where it''s at; one of: Leeds, York';"
    town = read_prompt(text).schema.tables["shops"].columns[1]
    assert (town.note, town.values) == ("where it's at", ("Leeds", "York"))


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "filling", ["'", '"a', "[", "/*", "\n", " ", "- a: SUM(b.c), d\n", "t(a_id, b)\n", "CREATE TABLE t("]
)
def test_half_a_megabyte_of_anything_is_read_in_passing(filling: str) -> None:
    text = "CREATE TABLE a (x INT, " + filling * (400_000 // len(filling))
    draft = write_sql(text, "How many a?")
    assert (draft.sql is None) != (draft.declined is None)
