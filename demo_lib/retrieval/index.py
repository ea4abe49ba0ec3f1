"""Which tables does a question need? A hybrid index over the catalogue: words (BM25) and vectors (ChromaDB).

LlamaIndex has the parts; they are put together as on slide 8, with what pays: the two legs' scores added, and a
little for what stands beside a good table: a key away, or in its domain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.documents import documents
from demo_lib.retrieval.glossary import Glossary

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever

    from demo_lib.retrieval.embedder import Embedder
    from demo_lib.retrieval.legs import Ranks
    from demo_lib.retrieval.stores import VectorStore
    from demo_lib.settings import Settings

# What a table gets of the scores of the best two that are one key away (a join has two ends; of all of them, hubs would
# have most), and of the best score in its domain. Tuned on the development questions and on the kit's own.
FROM_NEIGHBOURS = 0.3
FROM_DOMAIN = 0.4
FROM_GLOSSARY = 2.0  # a table that the glossary names, where the best match has 1: the business knows its words best
GOOD = 0.5  # a neighbour with half of the best score is worth naming


@dataclass(frozen=True)
class TableHit:
    """A table that a question may need, and why it came."""

    table: str
    score: float
    """1.0 for the first."""
    why: str

    def __str__(self) -> str:
        return self.table


class TableIndex:
    """Tables of a catalogue, searchable by question. In memory it is built in well under a second."""

    def __init__(
        self,
        catalog: Catalog,
        glossary: Glossary | None = None,
        *,
        store: VectorStore | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """Index the catalogue's tables, unless the store holds this very index.

        store: where the vectors are; default: Chroma in memory. embedder: default: the offline one.
        Raises StoreError where the store does not do its part.
        """
        self.catalog = catalog
        self.glossary = glossary or Glossary()
        self.store_name = store.name if store else "Chroma"
        self._retriever = lru_cache(maxsize=16)(self._retriever_for)
        self._nodes = documents(catalog.tables.values()) if catalog.tables else []
        if self._nodes:
            from demo_lib.retrieval.embedder import HashedNgrams
            from demo_lib.retrieval.filling import filled
            from demo_lib.retrieval.stores import open_store

            self._vectors = filled(self._nodes, store or open_store(), embedder or HashedNgrams())

    def search(self, question: str, k: int = 10, within: Collection[str] | None = None) -> list[TableHit]:
        """The at most `k` tables that the question needs, best first, key neighbours included.

        question: plain words. within: only these tables (a database's scope); default: all.
        Returns `TableHit`s with a score in (0, 1] and the reason each came. An empty question finds nothing.
        Raises StoreError where the store does not answer.
        """
        allowed = frozenset(self.catalog.tables.keys() if within is None else self.catalog.tables.keys() & set(within))
        if not allowed or not question.strip() or k < 1:
            return []
        terms = {t: term for t, term in self.glossary.tables_for(question, self.catalog).items() if t in allowed}
        found, ranks = self._ask(question, allowed)
        best = max(found.values(), default=0.0) or 1.0
        own = dict.fromkeys(terms, FROM_GLOSSARY) | {t: score / best for t, score in found.items() if t not in terms}
        total, beside = self._with_neighbours(own, allowed)
        if len(allowed) <= k:  # a small database goes into the prompt whole
            total |= {table: 0.01 for table in sorted(allowed - total.keys())}
        chosen = sorted(total, key=lambda t: (-round(total[t], 9), t))[:k]  # of two alike, always the same first
        most = total[chosen[0]] if chosen else 1.0
        return [
            TableHit(t, round(max(total[t] / most, 0.0001), 4), self._why(t, terms, ranks, beside.get(t, [])))
            for t in chosen
            if total[t] > 0
        ]

    def _ask(self, question: str, allowed: frozenset[str]) -> tuple[dict[str, float], Ranks]:
        from demo_lib.retrieval.legs import retrieve
        from demo_lib.retrieval.stores import explained

        with explained(self.store_name):
            found, ranks = retrieve(self._retriever(allowed), question)
        return {t: score for t, score in found.items() if t in allowed}, ranks  # a store may hold what is not ours

    def _retriever_for(self, allowed: frozenset[str]) -> BaseRetriever:
        """Both legs over these tables: a word that is rare among all may be common among them."""
        from demo_lib.retrieval.legs import build_retriever

        within = None if len(allowed) == len(self._nodes) else sorted(allowed)
        return build_retriever(
            [n for n in self._nodes if n.metadata["table"] in allowed], self._vectors, within=within
        )

    def _with_neighbours(
        self, own: dict[str, float], allowed: frozenset[str]
    ) -> tuple[dict[str, float], dict[str, list[str]]]:
        """What each table scores with its neighbours and its domain, and which good ones it stands beside."""
        shares: dict[str, dict[str, float]] = defaultdict(dict)
        for table, score in own.items():
            for other in self.catalog.neighbours(table) if score else ():
                if other in allowed:
                    shares[other][table] = FROM_NEIGHBOURS * score
        domains: dict[str, float] = defaultdict(float)
        for table, score in own.items():
            domain = self.catalog.tables[table].domain
            domains[domain] = max(domains[domain], FROM_DOMAIN * score)
        total = {
            t: own.get(t, 0.0) + sum(sorted(shares[t].values())[-2:]) + domains[self.catalog.tables[t].domain]
            for t in [*own, *(s for s in list(shares) if s not in own)]
        }
        beside = {
            t: sorted((b for b in by if own[b] >= GOOD or t not in own), key=lambda b: -by[b])
            for t, by in shares.items()
        }
        return total, beside

    def _why(self, table: str, terms: dict[str, str], ranks: Ranks, beside: list[str]) -> str:
        """Why a table came, in words: which leg found it, which neighbours it stands beside."""
        reasons = []
        if table in terms:
            reasons.append(f"the glossary defines {terms[table]!r} over it")
        elif legs := ranks.get(table):
            reasons.append("found by " + " and ".join(f"{leg} (rank {rank})" for leg, rank in legs.items()))
        if len(beside) > 1:
            reasons.append(f"it links {beside[0]} and {beside[1]}")
        elif beside:
            points = any(other == table for _, other, _ in self.catalog.tables[beside[0]].foreign_keys)
            reasons.append(f"{beside[0]} refers to it" if points else f"it refers to {beside[0]}")
        return "; ".join(reasons) or "there is room for all tables"


def open_index(settings: Settings, catalog: Catalog, glossary: Glossary | None = None) -> TableIndex:
    """The catalogue's index in the store (DEMO_VECTOR_STORE) and by the embedder (DEMO_EMBEDDER) of the settings.

    Raises UsageError for a setting that cannot be used, StoreError where the store does not do its part, ModelError
    where a live embedder does not.
    """
    from demo_lib.retrieval.embedder import embedder_for
    from demo_lib.retrieval.stores import open_store

    embedder = embedder_for(settings)
    return TableIndex(catalog, glossary, store=open_store(settings.vector_store), embedder=embedder)
