"""The tables that a question needs come first, with their reasons, whatever the tables and the questions are like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.retrieval.documents import MOST_BYTES, documents, split_identifier
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


def _of(*tables: Table) -> TableIndex:
    return TableIndex(Catalog({t.name: t for t in tables}))


def test_a_table_without_columns_is_found_by_its_name() -> None:
    assert _of(Table("meteors", ()), Table("a", ())).search("meteors", k=1)[0].table == "meteors"


def test_tables_of_stop_words_alone_can_be_indexed() -> None:
    index = _of(Table("the", ()), Table("of", (Column("to"), Column("and"))))
    assert {h.table for h in index.search("what is the of?", k=5)} <= {"the", "of"}


def test_two_thousand_columns_do_not_drown_the_others_nor_the_embedder() -> None:
    wide = Table("telemetry", tuple(Column(f"sensor_reading_number_{i}", "DOUBLE") for i in range(2000)))
    others = [Table(f"{name}s", (Column(f"{name}_id", "INTEGER"),)) for name in ("pilot", "glider", "hangar")]
    index = _of(wide, *others)
    assert index.search("which telemetry do we have?", k=1)[0].table == "telemetry"
    assert index.search("how many gliders are there?", k=1)[0].table == "gliders"
    assert max(len(node.text.encode()) for node in documents([wide, *others])) <= MOST_BYTES


def test_names_in_other_scripts_are_found_in_their_script() -> None:
    names = ["客户订单", "клиенты", "παραγγελίες", "सेवाएं", "çalışanlar", "🚀_launches"]
    index = _of(*(Table(n, (Column("id", "INTEGER"),)) for n in names))
    for name in names:
        assert index.search(f"SELECT? {name}?", k=1)[0].table == name


def test_a_name_in_two_schemas_is_two_tables(tmp_path: Path) -> None:
    row = {"table": "orders", "columns": ["id"], "types": ["int"], "descriptions": [None]}
    both = tmp_path / "tables.jsonl"
    both.write_text("\n".join(json.dumps(row | {"db": db}) for db in ("north", "south")))
    index = TableIndex(Catalog.from_file(both))
    assert {h.table for h in index.search("orders", k=5)} == {"north.orders", "south.orders"}
    assert index.search("orders of the south", k=1)[0].table == "south.orders"


def test_the_same_table_twice_is_said_to_stand_twice(tmp_path: Path) -> None:
    row = json.dumps({"db": "a", "table": "orders", "columns": [], "types": [], "descriptions": []})
    (tmp_path / "tables.jsonl").write_text(f"{row}\n{row}\n")
    with pytest.raises(DemoError, match=r"a\.orders stands in it twice"):
        Catalog.from_file(tmp_path / "tables.jsonl")


def test_values_and_sensitive_columns_are_not_in_the_index() -> None:
    catalog = Catalog.from_file(DATA_DIR / "catalog.yaml")
    texts = {node.metadata["table"]: node.text.lower() for node in documents(catalog.tables.values())}
    sensitive = [(t, c) for t in catalog.tables.values() for c in t.columns if c.sensitive]
    assert sensitive and not any(split_identifier(c.name) in texts[t.name].split("columns:")[1] for t, c in sensitive)
    listed = Table("moons", (Column("kind", description="What it is", values=("icy", "rocky")),))
    assert "icy" not in documents([listed])[0].text


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4, unique=True), st.text(max_size=60))
def test_whatever_tables_are_called_and_whatever_is_asked_the_search_answers(names: list[str], question: str) -> None:
    hits = _of(*(Table(name, (Column(name, "TEXT"),)) for name in names)).search(question, k=3)
    assert {h.table for h in hits} <= set(names) and all(0 < h.score <= 1 for h in hits)
