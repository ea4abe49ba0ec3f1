"""The query planner: what is asked for, and which tables that needs (Agent 1 on slide 4)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from demo_lib.agents.retriever import RetrievalAgent
from demo_lib.llm import Model
from demo_lib.retrieval.index import TableHit
from demo_lib.tracing import annotate, traced

INSTRUCTIONS = """You plan how a question about a database will be answered.
Give the search terms that would find its tables: the things, measures, filters and periods it names, in its own
words. Do not answer the question."""

PLAN = {
    "name": "plan",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "search_terms": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Short phrases to search the table catalogue with",
            },
        },
        "required": ["search_terms"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Plan:
    """The search terms, and the tables they led to."""

    search_terms: tuple[str, ...]
    tables: tuple[TableHit, ...]


@dataclass(frozen=True)
class QueryPlanner:
    """Turns a question into a Plan: one model call, one search."""

    model: Model
    retriever: RetrievalAgent

    @traced("query_planning", "AGENT")
    def plan(self, question: str, database: str) -> Plan:
        """Plan a question over one database's tables. Raises ModelError where the model cannot be asked."""
        message = self.model.chat(
            [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": question}], schema=PLAN
        )
        terms = _search_terms(message.content)
        # The question stays in the search: a plan may add words, it may not lose any.
        tables = self.retriever.retrieve_tables(" ".join([question, *terms]), database)
        annotate(note=f"{len(tables)} tables")
        return Plan(terms, tuple(tables))


def _search_terms(content: str | None) -> tuple[str, ...]:
    """The model's terms; none where its answer cannot be read, since the question itself is searched too."""
    try:
        terms = json.loads(content or "")["search_terms"]
        return tuple(str(t)[:80] for t in terms[:20])
    except (ValueError, KeyError, TypeError):
        return ()
