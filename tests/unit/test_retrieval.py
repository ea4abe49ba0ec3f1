"""The tables that a question needs come first, with their reasons; nothing else is promised yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.retrieval.documents import split_identifier
from demo_lib.retrieval.glossary import Glossary
from demo_lib.retrieval.index import TableIndex
from demo_lib.settings import DATA_DIR, PROJECT_ROOT

OUTSIDE = PROJECT_ROOT.parent / "shared" / "bench" / "retrieval"


@pytest.fixture(scope="module")
def index() -> TableIndex:
    return TableIndex(Catalog.from_file(DATA_DIR / "catalog.yaml"), Glossary.from_file(DATA_DIR / "glossary.md"))


@pytest.mark.parametrize(
    ("question", "needed"),
    [
        ("What were total sales last quarter?", {"sales", "time_dimension"}),
        ("Revenue by region", {"sales", "customers", "regions"}),
        ("How many employees are there in each department?", {"employees", "departments"}),
        ("Which campaigns had the most leads?", {"campaigns", "leads"}),
        ("support tickets by category", {"support_tickets", "ticket_categories"}),
    ],
)
def test_what_a_question_needs_is_among_ten_of_122(index: TableIndex, question: str, needed: set[str]) -> None:
    hits = index.search(question, k=10)
    assert needed <= {h.table for h in hits}
    assert len(hits) <= 10 and len({h.table for h in hits}) == len(hits)
    assert all(0 < h.score <= 1 and h.why for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_a_table_that_links_two_others_comes_along() -> None:
    """Without a word in common with the question, and before tables that share some letters with it."""
    key = Column("id", "INTEGER", primary_key=True)
    link = (Column("x1", references="pilots.id"), Column("x2", references="gliders.id"))
    others = [Table(f"glue_{i}", (key,)) for i in range(9)]
    tables = [Table("pilots", (key,)), Table("gliders", (key,)), Table("zqj", link), *others]
    hits = TableIndex(Catalog({t.name: t for t in tables})).search("which pilots fly which gliders?", k=3)
    assert {h.table for h in hits} == {"pilots", "gliders", "zqj"}
    assert "; it links gliders and pilots" in next(h.why for h in hits if h.table == "zqj")


def test_a_database_keeps_the_search_in_its_scope(index: TableIndex) -> None:
    star = index.catalog.databases["sales"]
    assert {h.table for h in index.search("employees and their salaries", k=10, within=star)} == set(star)


def test_the_glossarys_words_find_tables_that_share_none_of_them() -> None:
    tables = {n: Table(n, (Column("id", "INTEGER"),)) for n in ("t1", "t2", "t3")}
    index = TableIndex(Catalog(tables), Glossary.from_text("- turnover (takings): SUM(t2.id)\n"))
    assert index.search("takings?", k=1)[0].table == "t2"


@pytest.mark.parametrize("question", ["", "  ", "?!", "🙂", "'; DROP TABLE sales; --", "x" * 50_000])
def test_odd_questions_find_something_or_nothing_and_never_fail(index: TableIndex, question: str) -> None:
    assert len(index.search(question, k=5)) <= 5


def test_an_empty_catalogue_finds_nothing() -> None:
    assert TableIndex(Catalog({})).search("anything") == []


def test_identifiers_are_read_as_words() -> None:
    assert split_identifier("customerID_number") == "customer id number"
    assert split_identifier("OrderItems") == "order items"


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_any_text_is_a_glossary(text: str) -> None:
    glossary = Glossary.from_text(text)
    assert "Today is 2" not in glossary.text or glossary.as_of is None


def test_a_glossarys_today_is_taken_out_of_its_text() -> None:
    glossary = Glossary.from_text("- revenue (sales): SUM(a.b)\n- Quarters are calendar ones. Today is 2025-10-31.\n")
    assert str(glossary.as_of) == "2025-10-31"
    assert "Today" not in glossary.text and "calendar" in glossary.text
    assert glossary.terms[0].names == ("revenue", "sales")


@pytest.mark.skipif(not OUTSIDE.exists(), reason="other people's questions are not part of a clone")
def test_recall_on_other_peoples_questions_does_not_fall() -> None:
    index = TableIndex(Catalog.from_file(OUTSIDE / "tables.jsonl"))
    recalls = []
    for line in Path(OUTSIDE / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        found = {h.table for h in index.search(asked["question"], k=5)}
        recalls.append(len(found & set(asked["gold_tables"])) / len(asked["gold_tables"]))
    assert sum(recalls) / len(recalls) >= 0.96
