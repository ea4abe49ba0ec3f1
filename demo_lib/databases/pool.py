"""Connections to a server, made when they are wanted and kept for the next query."""

from __future__ import annotations

import queue
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from demo_lib.databases.base import QueryTimeout


class _Connection(Protocol):
    @property
    def closed(self) -> bool:
        """Whether it can be used no more."""


C = TypeVar("C", bound=_Connection)


class Pool(Generic[C]):
    """So many connections at most. The one that was used last is used next."""

    def __init__(self, first: C, most: int, close: Callable[[C | None], None]) -> None:
        """first: one that stands already. close: closes a connection, and does nothing for None."""
        self.closed = False
        self._most, self._close = most, close
        # None stands for a connection that is still to be made
        self._kept: queue.LifoQueue[C | None] = queue.LifoQueue()
        for connection in (*[None] * (most - 1), first):
            self._kept.put(connection)

    def take(self, seconds: float) -> C | None:
        """A connection, or None where one is to be made; what is taken is given back.

        Raises QueryTimeout where all are busy for `seconds`.
        """
        try:
            return self._kept.get(timeout=seconds)
        except queue.Empty:
            raise QueryTimeout(f"All {self._most} connections are busy. Try again in a moment.") from None

    def give(self, connection: C | None) -> None:
        """Give back what was taken, or None in its place; what is closed, or comes after `close()`, is not kept."""
        if connection is not None and (connection.closed or self.closed):
            self._close(connection)
            connection = None
        self._kept.put(connection)

    def close(self) -> None:
        """Close the connections. Closing twice does no harm."""
        self.closed = True
        with suppress(queue.Empty):
            while True:
                self._close(self._kept.get_nowait())
