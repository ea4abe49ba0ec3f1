"""What the index reads of each table: one LlamaIndex document a table, as on slide 8, with what pays.

Identifiers are split into words, descriptions and key neighbours stand in the text, and the table's name counts more
than any one column. Sample values are left out: they hurt, and they may be personal.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from demo_lib.retrieval.catalog import Table

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode

NAME_COUNTS = 3
MOST_BYTES = 8_000  # of one text; OpenAI's embedders take 8,191 tokens, and no token is shorter than a byte


def split_identifier(name: str) -> str:
    """`customer_id` and `customerId` as the words they are made of: `customer id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+", " ", name).lower().strip()


def table_text(table: Table) -> str:
    """What the index reads of a table: its name, description, columns and the tables its keys lead to."""
    columns = "; ".join(f"{split_identifier(c.name)} {c.description}".strip() for c in table.columns if not c.sensitive)
    neighbours = ", ".join(split_identifier(other) for _, other, _ in table.foreign_keys)
    refers = f" Refers to: {neighbours}." if neighbours else ""
    name = f"{split_identifier(table.name)}. " * NAME_COUNTS
    return f"{name}{table.description.rstrip('.')}. Columns: {columns}.{refers}"


def documents(tables: Iterable[Table], text: Callable[[Table], str] = table_text) -> list[TextNode]:
    """One LlamaIndex document a table, as on slide 8; as nodes, since a table's text is never split.

    text: what is indexed of a table; of a very long one the beginning. The same table has the same id everywhere.
    """
    from llama_index.core.schema import TextNode

    return [
        TextNode(
            id_=str(uuid.uuid5(uuid.NAMESPACE_URL, t.name)),
            text=text(t).encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore"),
            metadata={"table": t.name},
            excluded_embed_metadata_keys=["table"],
            excluded_llm_metadata_keys=["table"],
        )
        for t in tables
    ]
