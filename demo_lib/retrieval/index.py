"""Which tables does a question need? A hybrid index over the catalogue: words (BM25) and vectors (ChromaDB).

LlamaIndex has the parts; they are put together as on slide 8, with what pays: identifiers split into words,
descriptions and key neighbours in the document's text, and the two legs' scores put together.
"""

from __future__ import annotations

import itertools
import re
import uuid
import weakref
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo_lib.retrieval.catalog import Catalog, Table
from demo_lib.retrieval.glossary import Glossary
from demo_lib.settings import prepare_environment

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import TextNode

# How many tables each leg proposes before fusion.
CANDIDATES = 30


@dataclass(frozen=True)
class TableHit:
    """A table that a question may need, and why it came."""

    table: str
    score: float
    """1.0 for the first; a neighbour stands just under the table that brought it."""
    why: str

    def __str__(self) -> str:
        return self.table


def split_identifier(name: str) -> str:
    """`customer_id` and `customerId` as the words they are made of: `customer id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+", " ", name).lower().strip()


def table_text(table: Table) -> str:
    """What the index reads of a table: its name, description, columns and the tables its keys lead to."""
    columns = "; ".join(f"{split_identifier(c.name)} {c.description}".strip() for c in table.columns if not c.sensitive)
    neighbours = ", ".join(split_identifier(other) for _, other, _ in table.foreign_keys)
    refers = f" Refers to: {neighbours}." if neighbours else ""
    name = f"{split_identifier(table.name)}. " * 3  # it says more than any one column
    return f"{name}{table.description.rstrip('.')}. Columns: {columns}.{refers}"


class TableIndex:
    """Tables of a catalogue, searchable by question. Built in memory in well under a second."""

    def __init__(self, catalog: Catalog, glossary: Glossary | None = None) -> None:
        self.catalog = catalog
        self.glossary = glossary or Glossary()
        self._retriever = build_retriever(catalog, documents(catalog)) if catalog.tables else None

    def search(self, question: str, k: int = 10, within: Collection[str] | None = None) -> list[TableHit]:
        """The at most `k` tables that the question needs, best first, key neighbours included.

        question: plain words. within: only these tables (a database's scope); default: all.
        Returns `TableHit`s with a score in (0, 1] and the reason each came. An empty question finds nothing.
        """
        allowed = set(self.catalog.tables if within is None else within)
        if self._retriever is None or not question.strip() or k < 1:
            return []
        hits: dict[str, TableHit] = {}
        for table, term in self.glossary.tables_for(question, self.catalog).items():
            if table in allowed:
                hits[table] = TableHit(table, 1.0, f"the glossary defines {term!r} over it")
        nodes = [n for n in self._retriever.retrieve(question) if n.node.metadata["table"] in allowed]
        best = max((n.score or 0.0 for n in nodes), default=1.0) or 1.0
        for rank, node in enumerate(nodes, 1):
            table = node.node.metadata["table"]
            score = round((node.score or 0.0) / best, 4)
            hits.setdefault(table, TableHit(table, score, f"its text matches the question (rank {rank})"))
        if len(allowed) <= k:  # a small database goes into the prompt whole
            for table in sorted(allowed - set(hits)):
                hits[table] = TableHit(table, 0.01, "there is room for all tables")
        ranked = sorted(hits.values(), key=lambda h: -h.score)
        return self._with_neighbours(ranked, k, allowed)

    def _with_neighbours(self, ranked: list[TableHit], k: int, allowed: set[str]) -> list[TableHit]:
        """Leave up to a third of the room to tables one key away from the best: joins need them."""
        chosen = ranked[: max(1, k - k // 3)]
        names = {h.table for h in chosen}
        scores = {h.table: h.score for h in ranked}

        def add(other: str, score: float, why: str) -> None:
            if other in allowed and other not in names and len(chosen) < k:
                names.add(other)
                chosen.append(TableHit(other, round(score * 0.99, 4), why))

        best = list(chosen)
        for one, two in itertools.combinations(best[:3], 2):  # a join over a table that the words do not name
            between = set(self.catalog.neighbours(one.table)) & set(self.catalog.neighbours(two.table))
            if between and two.table not in self.catalog.neighbours(one.table):
                add(min(between, key=lambda t: (-scores.get(t, 0), t)), two.score, f"it links {one} and {two}")
        for hit in best:
            for _, other, _ in self.catalog.tables[hit.table].foreign_keys:
                add(other, hit.score, f"{hit.table} refers to it")
        chosen += [h for h in ranked if h.table not in names][: k - len(chosen)]
        return sorted(chosen, key=lambda h: -h.score)


def documents(catalog: Catalog, text: Callable[[Table], str] = table_text) -> list[TextNode]:
    """One LlamaIndex document a table, as on slide 8; as nodes, since a table's text is never split.

    text: what is indexed of a table.
    """
    from llama_index.core.schema import TextNode

    return [
        TextNode(
            id_=t.name,
            text=text(t),
            metadata={"table": t.name},
            excluded_embed_metadata_keys=["table"],
            excluded_llm_metadata_keys=["table"],
        )
        for t in catalog.tables.values()
    ]


def build_retriever(
    catalog: Catalog, nodes: list[TextNode], *, legs: Sequence[str] = ("words", "vectors")
) -> BaseRetriever:
    """A LlamaIndex retriever over the documents: BM25 (`words`), ChromaDB (`vectors`), or both fused.

    legs: which; of two, the scores count, each scaled from 0 to 1 (Lee, SIGIR 1997). By rank alone the weaker leg
    would have as much to say where it is far off as where it is sure.
    """
    prepare_environment()
    import chromadb
    import Stemmer
    from chromadb.config import Settings as ChromaSettings
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from demo_lib.retrieval.embedder import HashedNgrams

    k = min(CANDIDATES, len(nodes))
    retrievers: list[BaseRetriever] = []
    name = f"tables-{catalog.fingerprint}-{uuid.uuid4().hex[:8]}"  # all of a process share the in-memory client
    client = chromadb.EphemeralClient(ChromaSettings(anonymized_telemetry=False))
    if "words" in legs:
        stemmer = Stemmer.Stemmer("english")
        retrievers.append(BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=k, stemmer=stemmer, language="en"))
    if "vectors" in legs:
        store = ChromaVectorStore(chroma_collection=client.create_collection(name))
        context = StorageContext.from_defaults(vector_store=store)
        vectors = VectorStoreIndex(nodes, storage_context=context, embed_model=HashedNgrams())
        retrievers.append(vectors.as_retriever(similarity_top_k=k))
    retriever = retrievers[0]
    if len(retrievers) > 1:
        retriever = QueryFusionRetriever(
            retrievers,
            llm=MockLLM(),  # never called with one query; without it a key would be looked for
            mode=FUSION_MODES.RELATIVE_SCORE,
            num_queries=1,
            similarity_top_k=k,
            use_async=False,
        )
    if "vectors" in legs:
        weakref.finalize(retriever, client.delete_collection, name)
    return retriever
