"""PostgreSQL with pgvector, over plain psycopg: LlamaIndex's own adapter would hold SQLAlchemy below 2.1.

The indexes are tables in a schema of their own, `demo_vectors`, where no catalogue looks.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterOperator,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from llama_index.core.vector_stores.utils import metadata_dict_to_node, node_to_metadata_dict
from psycopg import sql
from pydantic import PrivateAttr

from demo_lib.retrieval.stores.base import ANSWERS_WITHIN_SECONDS, PREFIX

SCHEMA = "demo_vectors"


class PgVector:
    """A PostgreSQL database with the extension, which is made if the role may do that."""

    name = "pgvector"

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.RLock()
        self._connection: psycopg.Connection[Any] | None = None
        self.run("SELECT 1")

    def run(self, query: str | sql.Composed, *rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run our own SQL, once for each of `rows` of parameters, in one transaction. Returns the last one's rows.

        A connection that was lost is opened anew, once; a server that is gone raises psycopg's error.
        """
        with self._lock:
            alive = self._connection is not None and not self._connection.broken and not self._connection.closed
            try:
                return self._run(query, rows)
            except psycopg.OperationalError:
                if not alive:
                    raise
                self.close()
                return self._run(query, rows)

    def _run(self, query: str | sql.Composed, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        connection = self._connected()
        with connection.transaction(), connection.cursor() as cursor:
            if len(rows) > 1:
                cursor.executemany(query, rows)  # type: ignore[arg-type]
                return []
            cursor.execute(query, *rows)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            limit = f"-c statement_timeout={ANSWERS_WITHIN_SECONDS}s"
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=ANSWERS_WITHIN_SECONDS, options=limit
            )
        return self._connection

    def open(self, index: str, dimensions: int) -> PgVectorIndex:
        """LlamaIndex's view of the table of this name, made if there is none."""
        if not self.run("SELECT 1 FROM pg_extension WHERE extname = 'vector'"):
            self.run("CREATE EXTENSION IF NOT EXISTS vector")
        self.run(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        made = "CREATE TABLE IF NOT EXISTS {} (id uuid PRIMARY KEY, of text, node jsonb, embedding vector({}))"
        self.run(sql.SQL(made).format(table(index), sql.Literal(dimensions)))
        return PgVectorIndex(self, index)

    def count(self, index: str) -> int:
        """How many tables are in it."""
        if index not in self.indexes():
            return 0
        return int(self.run(sql.SQL("SELECT count(*) FROM {}").format(table(index)))[0][0])

    def indexes(self) -> list[str]:
        """The kit's tables."""
        named = "SELECT tablename FROM pg_tables WHERE schemaname = %s AND starts_with(tablename, %s) ORDER BY 1"
        return [name for (name,) in self.run(named, (SCHEMA, PREFIX))]

    def drop(self, index: str) -> None:
        """Delete the table."""
        self.run(sql.SQL("DROP TABLE IF EXISTS {}").format(table(index)))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PgVectorIndex(BasePydanticVectorStore):
    """One index, as LlamaIndex wants it. The search is exact: for tens of thousands of tables that is fast enough."""

    stores_text: bool = True
    _store: PgVector = PrivateAttr()
    _table: sql.Identifier = PrivateAttr()

    def __init__(self, store: PgVector, index: str) -> None:
        super().__init__(stores_text=True)
        self._store, self._table = store, table(index)

    @property
    def client(self) -> PgVector:
        """What the SQL goes through."""
        return self._store

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Insert or replace the nodes, all of them or none. Returns their ids."""
        rows = [
            (
                node.node_id,
                node.metadata.get("table"),
                json.dumps(node_to_metadata_dict(node) | {"_text": node.get_content(MetadataMode.NONE)}),
                str(node.get_embedding()),
            )
            for node in nodes
        ]
        replaced = "of = excluded.of, node = excluded.node, embedding = excluded.embedding"
        query = f"INSERT INTO {{}} VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET {replaced}"
        if rows:
            self._store.run(sql.SQL(query).format(self._table), *rows)
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Delete what came from this document; the kit's documents are their own nodes."""
        self.delete_nodes([ref_doc_id])

    def delete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_: Any) -> None:
        """Delete the nodes of these ids."""
        if node_ids:
            self._store.run(sql.SQL("DELETE FROM {} WHERE id = ANY(%s::uuid[])").format(self._table), (node_ids,))

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The nodes nearest by cosine. Of filters it knows one: `table` IN a list. Raises ValueError for another."""
        scope = None
        for condition in query.filters.filters if query.filters else []:
            if getattr(condition, "key", None) != "table" or getattr(condition, "operator", None) != FilterOperator.IN:
                raise ValueError("pgvector: only the filter `table` IN a list is known")
            scope = condition.value
        where = "WHERE of = ANY(%(scope)s::text[])" if scope is not None else ""
        nearest = (
            f"SELECT id::text, node, 1 - (embedding <=> %(vector)s::vector) FROM {{}} {where} "
            "ORDER BY embedding <=> %(vector)s::vector LIMIT %(k)s"
        )
        values: Any = {"vector": str(query.query_embedding), "scope": scope, "k": query.similarity_top_k}
        rows = self._store.run(sql.SQL(nearest).format(self._table), values)
        nodes = [metadata_dict_to_node(node, text=node["_text"]) for _, node, _ in rows]
        return VectorStoreQueryResult(nodes=nodes, similarities=[s for *_, s in rows], ids=[i for i, *_ in rows])


def table(index: str) -> sql.Identifier:
    """The table that holds the index."""
    return sql.Identifier(SCHEMA, index)
