"""Where a table index keeps its vectors: `open_store(url)`, from this process's memory to a cluster."""

from __future__ import annotations

from demo_lib.databases.urls import redacted
from demo_lib.errors import UsageError
from demo_lib.retrieval.stores.base import StoreError, VectorStore, explained

__all__ = ["MEMORY", "StoreError", "VectorStore", "explained", "open_store"]

MEMORY = "memory"
FORMS = (
    "memory, chroma:///folder (three slashes: relative), chroma://host:8000, postgresql://user@host/name, "
    "qdrant:///folder, qdrant://host:6333, weaviate://host:8080"
)


def open_store(url: str = MEMORY) -> VectorStore:
    """Open the vector store at `url`, as DEMO_VECTOR_STORE has it:

    `memory` (Chroma in this process), `chroma:///folder` or `qdrant:///folder` (on disk; four slashes are absolute),
    `chroma://host:8000`, `qdrant://host:6333`, `weaviate://host:8080` (`chromas`, `qdrants`, `weaviates`: over TLS),
    `postgresql://user@host/name` (with pgvector). Keys come from CHROMA_API_KEY, QDRANT_API_KEY, WEAVIATE_API_KEY.
    Raises UsageError for another URL or a package that is missing, StoreError where the store does not answer.
    """
    scheme, _, place = url.partition("://")
    kind = scheme.lower()
    with explained(redacted(url)):
        match kind.removesuffix("s"):
            case "memory" if url.lower() == MEMORY:
                from demo_lib.retrieval.stores.chroma import Chroma

                return Chroma()
            case "chroma" if place:
                from demo_lib.retrieval.stores.chroma import Chroma

                return Chroma(place, tls=kind.endswith("s"))
            case "qdrant" if place:
                from demo_lib.retrieval.stores.qdrant import Qdrant

                return Qdrant(place, tls=kind.endswith("s"))
            case "weaviate" if place:
                from demo_lib.retrieval.stores.weaviate import Weaviate

                return Weaviate(place, tls=kind.endswith("s"))
            case "postgre" | "postgresql" if place:
                from demo_lib.retrieval.stores.pgvector import PgVector

                return PgVector(url)
    raise UsageError(f"{redacted(url)!r} is not a vector store that is known. Use one of: {FORMS}.")
