"""The retrieval agent: the tables that a question needs, out of hundreds (slide 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo_lib.retrieval.index import TableHit, TableIndex
from demo_lib.tracing import annotate, traced

TABLES_IN_PROMPT = 10


@dataclass(frozen=True)
class RetrievalAgent:
    """Searches the table index within one database's scope."""

    index: TableIndex

    @traced("table_retrieval", "RETRIEVER")
    def retrieve_tables(self, query: str, database: str) -> list[TableHit]:
        """At most ten tables for the words of `query`, best first, key neighbours included."""
        scope = self.index.catalog.databases.get(database)
        hits = self.index.search(query, TABLES_IN_PROMPT, within=scope)
        names = [h.table for h in hits]
        annotate(store=f"{self.index.store_name} + BM25", tables=names, note=", ".join(names[:3]))
        return hits

    def find_tables(self, question: str) -> dict[str, Any]:
        """Find out which tables hold the data on a subject. Only for questions about the tables themselves.

        Args:
            question: the subject or the question, in plain words
        """
        tables, scopes = self.index.catalog.tables, self.index.catalog.databases.values()
        within = tuple({t for scope in scopes for t in scope}) or None  # what nobody may ask is not told of either
        hits = self.index.search(question, TABLES_IN_PROMPT, within=within)
        return {
            "tables": [{"name": h.table, "description": tables[h.table].description, "score": h.score} for h in hits]
        }
