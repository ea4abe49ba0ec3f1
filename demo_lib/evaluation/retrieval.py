"""What each step of the table index is worth: recall over the kit's own questions, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from demo_lib.evaluation.questions import Question
from demo_lib.retrieval.catalog import Catalog, Table
from demo_lib.retrieval.documents import documents, split_identifier, table_text
from demo_lib.retrieval.glossary import Glossary
from demo_lib.retrieval.index import TableIndex

if TYPE_CHECKING:
    import pandas as pd

Search = Callable[[str, int], list[str]]
"""A question and how many tables → their names, best first."""


def recall_at(search: Search, questions: Sequence[Question], k: int) -> float:
    """The share of the gold tables found among the first `k`, averaged over the questions, from 0 to 1.

    Questions without gold tables do not count. Manning, Raghavan and Schütze, Introduction to Information
    Retrieval (2008), chapter 8.
    """
    return _mean([len(set(search(q.question, k)) & set(q.gold_tables)) / len(q.gold_tables) for q in _asked(questions)])


def all_gold_at(search: Search, questions: Sequence[Question], k: int) -> float:
    """The share of questions with every gold table among the first `k`: a join needs all of them."""
    return _mean([float(set(q.gold_tables) <= set(search(q.question, k))) for q in _asked(questions)])


TEXTS: dict[str, Callable[[Table], str]] = {
    "plain names (slide 8)": lambda table: plain_text(table),
    "+ identifiers split": lambda table: split_text(table),
    "+ descriptions and keys": lambda table: table_text(table),
}
"""What may be indexed of a table, each step adding to the one before."""
LEGS: dict[str, tuple[str, ...]] = {"vectors": ("vectors",), "words": ("words",), "fused": ("words", "vectors")}
WHOLE_INDEX = "+ glossary and neighbours"


def ladder(catalog: Catalog, glossary: Glossary, questions: Sequence[Question], k: int = 5) -> pd.DataFrame:
    """recall@k from slide 8's plain form to the kit's whole index: one improvement of the text a row.

    Returns a DataFrame with a column for the vectors (ChromaDB), for the words (BM25) and for both fused; the last
    row, the whole index, has only the last.
    """
    import pandas as pd

    rows = {
        step: {leg: recall_at(search_by(catalog, text, legs), questions, k) for leg, legs in LEGS.items()}
        for step, text in TEXTS.items()
    }
    rows[WHOLE_INDEX] = {"fused": recall_at(search_in(TableIndex(catalog, glossary)), questions, k)}
    return pd.DataFrame(rows).T[list(LEGS)].round(3)


def search_by(
    catalog: Catalog, text: Callable[[Table], str] = table_text, legs: Sequence[str] = ("vectors",)
) -> Search:
    """A search over that text of each table, by these legs alone."""
    from demo_lib.retrieval.embedder import HashedNgrams
    from demo_lib.retrieval.filling import filled
    from demo_lib.retrieval.legs import build_retriever, retrieve
    from demo_lib.retrieval.stores import open_store

    nodes = documents(catalog.tables.values(), text)
    vectors = filled(nodes, open_store(), HashedNgrams()) if "vectors" in legs else None
    retriever = build_retriever(nodes, vectors, legs=legs)
    return lambda question, k: list(retrieve(retriever, question)[0])[:k]


def search_in(index: TableIndex) -> Search:
    """A search in a whole table index."""
    return lambda question, k: [hit.table for hit in index.search(question, k)]


def plain_text(table: Table) -> str:
    """A table as slide 8 writes it: its names, as they are."""
    return f"Table: {table.name}, Columns: {', '.join(c.name for c in table.columns if not c.sensitive)}"


def split_text(table: Table) -> str:
    """The same names, taken apart into words."""
    columns = ", ".join(split_identifier(c.name) for c in table.columns if not c.sensitive)
    return f"Table: {split_identifier(table.name)}, Columns: {columns}"


def _asked(questions: Sequence[Question]) -> list[Question]:
    return [q for q in questions if q.gold_tables]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
