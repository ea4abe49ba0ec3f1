"""Chroma: in memory, in a folder, or on a server (`chroma run`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from demo_lib.retrieval.stores.base import PREFIX, folder, host_and_port

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

# How many its graph looks at before it answers. With 100, as by default, a quarter of the right tables among 10,000 was
# lost; with 500 nearly none, for 4 ms more.
CANDIDATES = 500


class Chroma:
    """Chroma at a place: nothing (memory), `/folder`, or `host:port`."""

    def __init__(self, place: str = "", *, tls: bool = False) -> None:
        import chromadb
        from chromadb.config import Settings

        quiet = Settings(anonymized_telemetry=False)
        if not place:
            self.name, self.client = "Chroma", chromadb.EphemeralClient(quiet)
        elif path := folder(place):
            self.name, self.client = "Chroma on disk", chromadb.PersistentClient(path, quiet)
        else:
            host, port = host_and_port(place, 8000)
            key = os.environ.get("CHROMA_API_KEY", "").strip()
            self.name = "Chroma server"
            self.client = chromadb.HttpClient(host, port, tls, {"x-chroma-token": key} if key else None, quiet)

    def open(self, index: str, dimensions: int) -> BasePydanticVectorStore:
        """LlamaIndex's adapter over the collection of this name, made if there is none."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        # the default embedder would be downloaded; LlamaIndex brings the vectors
        nearest = {"hnsw": {"space": "cosine", "ef_search": CANDIDATES}}
        collection = self.client.get_or_create_collection(index, configuration=nearest, embedding_function=None)
        return ChromaVectorStore(chroma_collection=collection)

    def count(self, index: str) -> int:
        """How many tables are in it."""
        return self.client.get_collection(index).count() if index in self.indexes() else 0

    def indexes(self) -> list[str]:
        """The kit's collections."""
        return sorted(c.name for c in self.client.list_collections() if c.name.startswith(PREFIX))

    def drop(self, index: str) -> None:
        """Delete the collection."""
        if index in self.indexes():
            self.client.delete_collection(index)

    def close(self) -> None:
        """Chroma's clients of one process share their connection; there is nothing to let go of."""
