"""The queries that run at this moment, so that somebody beside them can have them cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# An engine loses a request that comes between two of its steps, so it is asked again, as often as this lasts.
_GRACE_SECONDS = 1.0
_SECONDS_BETWEEN_REQUESTS = 0.05


class Running:
    """Which queries run, and how each is told to stop."""

    def __init__(self) -> None:
        self._queries: set[_Query] = set()
        self._lock = threading.Lock()

    @contextmanager
    def query(self, stop: Callable[[], None]) -> Iterator[threading.Event]:
        """Count what is inside as a query that `stop()` ends. The event says whether somebody had it cancelled."""
        query = _Query(stop)
        with self._lock:
            self._queries.add(query)
        try:
            yield query.told
        finally:
            with self._lock:
                self._queries.discard(query)
            query.end()

    def cancel(self) -> int:
        """Tell every query to stop, and wait a second at most for them to. Returns how many were told."""
        with self._lock:
            told = list(self._queries)
        end = time.monotonic() + _GRACE_SECONDS
        for query in told:
            query.told.set()
        while any([query.stop() for query in told]) and time.monotonic() < end:
            for query in told:
                query.ended.wait(_SECONDS_BETWEEN_REQUESTS)
        return len(told)


class _Query:
    def __init__(self, stop: Callable[[], None]) -> None:
        self.told, self.ended = threading.Event(), threading.Event()
        self._stop = stop
        self._lock = threading.Lock()

    def stop(self) -> bool:
        """Ask it to stop; False once it has ended."""
        with self._lock:  # what it ran on is not to be touched any more after that: the next query may have it
            if self.ended.is_set():
                return False
            self._stop()
            return True

    def end(self) -> None:
        with self._lock:
            self.ended.set()
