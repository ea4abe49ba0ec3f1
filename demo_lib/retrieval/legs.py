"""The legs of the search, LlamaIndex's own: words (BM25), vectors (a store), and both fused by their scores."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

from llama_index.core.base.base_retriever import BaseRetriever

from demo_lib.settings import prepare_environment

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

CANDIDATES = 30  # how many tables each leg proposes before fusion
LEGS = ("words", "vectors")

Ranks = dict[str, dict[str, int]]
"""Which leg found a table at which rank: {table: {leg: rank}}."""
_ranks: ContextVar[Ranks] = ContextVar("ranks")


class Leg(BaseRetriever):
    """A retriever that notes at which rank it found each table; fusion would forget that."""

    def __init__(self, name: str, retriever: BaseRetriever) -> None:
        super().__init__()
        self.name, self.retriever = name, retriever

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.retriever.retrieve(query_bundle)
        noted = _ranks.get({})
        for rank, node in enumerate(found, 1):
            if node.score:  # with no word in common, the order is by chance
                noted.setdefault(node.node.metadata["table"], {})[self.name] = rank
        return found


def build_retriever(
    nodes: Sequence[TextNode],
    vectors: VectorStoreIndex | None,
    *,
    legs: Sequence[str] = LEGS,
    within: Sequence[str] | None = None,
) -> BaseRetriever:
    """A LlamaIndex retriever over the documents: BM25 (`words`), the store (`vectors`), or both fused.

    nodes: the documents to search. vectors: the filled index, where that is one of the legs; it may hold more than
    they are: then `within` names their tables. legs: which; of two, the scores count, each scaled from 0 to 1 (Lee,
    SIGIR 1997). By rank alone the weaker leg would have as much to say where it is far off as where it is sure.
    """
    prepare_environment()
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES

    k = min(CANDIDATES, len(nodes))
    retrievers: list[BaseRetriever] = []
    if "words" in legs:
        retrievers.append(Leg("words", words(nodes, k)))
    if "vectors" in legs and vectors is not None:
        retrievers.append(Leg("vectors", nearest(vectors, k, within)))
    if len(retrievers) == 1:
        return retrievers[0]
    return QueryFusionRetriever(
        retrievers,
        llm=MockLLM(),  # never called with one query; without it a key would be looked for
        mode=FUSION_MODES.RELATIVE_SCORE,
        num_queries=1,
        similarity_top_k=len(retrievers) * k,
        use_async=False,
    )


def words(nodes: Sequence[TextNode], k: int) -> BaseRetriever:
    """The leg that counts words, stemmed: Okapi's BM25."""
    import Stemmer
    from llama_index.retrievers.bm25 import BM25Retriever

    stemmer = Stemmer.Stemmer("english")
    return BM25Retriever.from_defaults(nodes=list(nodes), similarity_top_k=k, stemmer=stemmer, language="en")


def nearest(vectors: VectorStoreIndex, k: int, within: Sequence[str] | None = None) -> BaseRetriever:
    """The leg that compares vectors, in the store."""
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    scope = None
    if within is not None:
        only = MetadataFilter(key="table", value=list(within), operator=FilterOperator.IN)
        scope = MetadataFilters(filters=[only])
    return vectors.as_retriever(similarity_top_k=k, filters=scope)


def retrieve(retriever: BaseRetriever, question: str) -> tuple[dict[str, float], Ranks]:
    """Ask a retriever. Returns the score of each table, best first, and which leg found it at which rank."""
    ranks: Ranks = {}
    token = _ranks.set(ranks)
    try:
        found = retriever.retrieve(question)
    finally:
        _ranks.reset(token)
    return {node.node.metadata["table"]: node.score or 0.0 for node in found}, ranks
