"""Qdrant: in a folder (its embedded mode), or on a server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from demo_lib.retrieval.stores.base import ANSWERS_WITHIN_SECONDS, PREFIX, folder, host_and_port

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore


class Qdrant:
    """Qdrant at a place: `/folder`, or `host:port`."""

    def __init__(self, place: str, *, tls: bool = False) -> None:
        from qdrant_client import QdrantClient

        if path := folder(place):
            self.name, self.client = "Qdrant on disk", QdrantClient(path=str(path))
        else:
            host, port = host_and_port(place, 6333)
            key = os.environ.get("QDRANT_API_KEY", "").strip() or None
            self.name = "Qdrant server"
            self.client = QdrantClient(
                host=host, port=port, https=tls, api_key=key, timeout=ANSWERS_WITHIN_SECONDS, check_compatibility=False
            )
            self.client.get_collections()  # it connects only when asked

    def open(self, index: str, dimensions: int) -> BasePydanticVectorStore:
        """LlamaIndex's adapter over the collection of this name, made if there is none."""
        from llama_index.vector_stores.qdrant import QdrantVectorStore
        from qdrant_client.models import Distance, VectorParams

        if not self.client.collection_exists(index):
            nearest = VectorParams(size=dimensions, distance=Distance.COSINE)
            self.client.create_collection(index, vectors_config=nearest)
        return QdrantVectorStore(index, client=self.client, batch_size=256)

    def count(self, index: str) -> int:
        """How many tables are in it."""
        return self.client.count(index).count if self.client.collection_exists(index) else 0

    def indexes(self) -> list[str]:
        """The kit's collections."""
        return sorted(c.name for c in self.client.get_collections().collections if c.name.startswith(PREFIX))

    def drop(self, index: str) -> None:
        """Delete the collection."""
        self.client.delete_collection(index)

    def close(self) -> None:
        """Let go of the folder, which only one process may hold, or of the connection."""
        self.client.close()
