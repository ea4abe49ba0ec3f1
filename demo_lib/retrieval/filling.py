"""Documents into a store's index: made once for what is in it, and never used half-built."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from demo_lib.retrieval.stores.base import PREFIX, StoreError, VectorStore, explained

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode

    from demo_lib.retrieval.embedder import Embedder

BATCH = 1000  # tables that are embedded and stored at a time


def index_name(nodes: Sequence[TextNode], embedder: Embedder, dimensions: int) -> str:
    """A name made of everything that an index is made from: another catalogue, text or embedder has another index."""
    made_from = hashlib.sha256(f"{embedder.model_name} {dimensions}".encode())
    for node in sorted(nodes, key=lambda n: n.node_id):
        made_from.update(f"\0{node.node_id}\0{node.text}".encode("utf-8", "replace"))
    return f"{PREFIX}{made_from.hexdigest()[:24]}"


def filled(nodes: Sequence[TextNode], store: VectorStore, embedder: Embedder) -> VectorStoreIndex:
    """The index of these documents in the store, filled unless it is there and whole.

    Whole means: as many as there are documents. A build that was cut short is taken up again; since the name says
    what is in it and the ids are fixed, two processes that fill it at a time do no harm to each other.
    In a terminal thousands of tables get a progress bar. Raises StoreError.
    """
    from llama_index.core import VectorStoreIndex
    from tqdm import tqdm

    dimensions = len(embedder.get_query_embedding("how long is a vector?"))
    name = index_name(nodes, embedder, dimensions)
    with explained(store.name):
        vectors = store.open(name, dimensions)
        index = VectorStoreIndex.from_vector_store(vectors, embed_model=embedder)
        if store.count(name) == len(nodes):
            return index
        quiet = True if len(nodes) < BATCH else None  # None: where nobody looks
        with tqdm(total=len(nodes), desc="Indexing", unit=" tables", disable=quiet) as bar:
            for start in range(0, len(nodes), BATCH):
                batch = nodes[start : start + BATCH]
                found = embedder.get_text_embedding_batch([node.text for node in batch])
                # copies: once the store has the vectors, nobody else needs them
                vectors.add([n.model_copy(update={"embedding": v}) for n, v in zip(batch, found, strict=True)])
                bar.update(len(batch))
        if store.count(name) != len(nodes):
            raise StoreError(f"The vector store ({store.name}) lost tables while its index was made. Try again.")
    return index
