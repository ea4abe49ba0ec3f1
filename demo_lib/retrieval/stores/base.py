"""What a vector store offers beside LlamaIndex's adapter for it, and what its failures become."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from demo_lib.databases.urls import redacted
from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import without_keys

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

PREFIX = "tables_"  # the kit's indexes are called so in every store
ANSWERS_WITHIN_SECONDS = 10


class StoreError(DemoError):
    """The vector store cannot be reached, or refused; the message says which and what to do."""


class VectorStore(Protocol):
    """A place for indexes, each with a name of its own. The methods raise whatever the engine does: see `explained`."""

    name: str
    """As a trace says it: `Chroma on disk`."""

    def open(self, index: str, dimensions: int) -> BasePydanticVectorStore:
        """LlamaIndex's adapter over the index of this name, which is made if there is none."""

    def count(self, index: str) -> int:
        """How many tables are in the index; 0 where there is none."""

    def indexes(self) -> list[str]:
        """The names of the kit's indexes in this store."""

    def drop(self, index: str) -> None:
        """Delete the index, if there is one."""

    def close(self) -> None:
        """Let go of the connection."""


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Run what is inside; whatever the store called `name` raises becomes a StoreError of one line, without secrets."""
    try:
        yield
    except DemoError:
        raise
    except Exception as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        reason = without_keys(redacted(said))[:160] or type(error).__name__
        raise StoreError(
            f"The vector store ({name}) failed: {reason.rstrip('.?!')}. Check that it runs, and DEMO_VECTOR_STORE; "
            "where that is not set, the index is kept in memory."
        ) from None


def folder(place: str) -> Path | None:
    """The folder that follows `chroma://`: `/relative` or `//absolute`; None where a host does.

    Raises UsageError where it names nothing.
    """
    if not place.startswith("/"):
        return None
    path = unquote(place[1:])
    if not path or "\0" in path:
        raise UsageError("DEMO_VECTOR_STORE names no folder. Write for example chroma:///.demo/tables")
    return Path(path)


def host_and_port(place: str, port: int) -> tuple[str, int]:
    """The host and the port of `host[:port]`. Raises UsageError."""
    try:
        parts = urlsplit(f"//{place}")
        found = parts.hostname, parts.port or port
    except ValueError:
        found = None, port
    if not found[0]:
        raise UsageError(f"DEMO_VECTOR_STORE names no host. Write for example chroma://127.0.0.1:{port}")
    return found[0], found[1]
