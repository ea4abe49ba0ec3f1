"""Weaviate, on a server. The kit does without its adapter: `pip install llama-index-vector-stores-weaviate`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from demo_lib.errors import UsageError
from demo_lib.retrieval.stores.base import PREFIX, host_and_port

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

GRPC_PORT = 50051


class Weaviate:
    """Weaviate at `host:port`; its gRPC port is 50051."""

    name = "Weaviate"

    def __init__(self, place: str, *, tls: bool = False) -> None:
        try:
            import weaviate
            from llama_index.vector_stores.weaviate import WeaviateVectorStore as _needed  # noqa: F401
        except ImportError:
            raise UsageError(
                "Weaviate needs a package that the kit does without: pip install llama-index-vector-stores-weaviate"
            ) from None
        from weaviate.classes.init import Auth

        host, port = host_and_port(place, 8080)
        key = os.environ.get("WEAVIATE_API_KEY", "").strip()
        self.client = weaviate.connect_to_custom(
            http_host=host,
            http_port=port,
            http_secure=tls,
            grpc_host=host,
            grpc_port=GRPC_PORT,
            grpc_secure=tls,
            auth_credentials=Auth.api_key(key) if key else None,
        )

    def open(self, index: str, dimensions: int) -> BasePydanticVectorStore:
        """LlamaIndex's adapter over the class of this name, made if there is none."""
        from llama_index.core.vector_stores.types import FilterOperator, VectorStoreQuery, VectorStoreQueryResult
        from llama_index.vector_stores.weaviate import WeaviateVectorStore

        class Weaviates(WeaviateVectorStore):
            """LlamaIndex's adapter knows no filter `IN`; what it calls `ANY` says the same."""

            def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
                for condition in query.filters.filters if query.filters else []:
                    condition.operator = FilterOperator.ANY
                return super().query(query, **kwargs)

        return Weaviates(weaviate_client=self.client, index_name=_class(index))

    def count(self, index: str) -> int:
        """How many tables are in it."""
        if not self.client.collections.exists(_class(index)):
            return 0
        found = self.client.collections.get(_class(index)).aggregate.over_all(total_count=True)
        return int(found.total_count or 0)

    def indexes(self) -> list[str]:
        """The kit's classes."""
        return sorted(c.lower() for c in self.client.collections.list_all() if c.lower().startswith(PREFIX))

    def drop(self, index: str) -> None:
        """Delete the class."""
        self.client.collections.delete(_class(index))

    def close(self) -> None:
        """Close the connection."""
        self.client.close()


def _class(index: str) -> str:
    """Weaviate's names start with a capital."""
    return index.capitalize()
