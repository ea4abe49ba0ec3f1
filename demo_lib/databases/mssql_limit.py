"""A limit on the time of work in a driver that gives no other way out: cancel it from beside, or leave it behind."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import pyodbc

T = TypeVar("T")

# How long the server has to confirm a cancelled query before the connection is given up.
_GRACE_SECONDS = 0.6
_SECONDS_BETWEEN_CANCELS = 0.1


class TooLate(Exception):
    """The work was cancelled at its limit."""


class Watched(Generic[T]):
    """Work on a cursor, in a thread of its own. It is given the cursor and an event that says it shall stop.

    finish: is called after it, in whatever way it ended; nothing is cancelled then.
    """

    def __init__(
        self,
        cursor: pyodbc.Cursor,
        work: Callable[[pyodbc.Cursor, threading.Event], T],
        finish: Callable[[], None],
    ) -> None:
        self._cursor, self._work, self._finish = cursor, work, finish
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._cancellable = True
        self._done: Future[T] = Future()

    @property
    def left_behind(self) -> bool:
        """Whether it still runs: then its connection is its own, and goes when it ends."""
        return not self._done.done()

    def result(self, seconds: float) -> T:
        """What the work gives, or raises. Raises TooLate where it took longer than so many seconds.

        The server is asked to cancel, again and again: a request between two calls of the driver is lost. Where it
        does not answer that either, the work is left behind.
        """
        threading.Thread(target=contextvars.copy_context().run, args=(self._run,), daemon=True).start()
        try:
            wait([self._done], seconds)
        except BaseException:  # Ctrl-C
            self.cancel()
            raise
        if self._done.done():
            return self._done.result()
        self._stop.set()
        end = time.monotonic() + _GRACE_SECONDS
        wait([self._done], _SECONDS_BETWEEN_CANCELS / 2)  # where rows are being fetched, this is enough
        while self.left_behind and time.monotonic() < end:
            self.cancel()
            wait([self._done], _SECONDS_BETWEEN_CANCELS)
        raise TooLate  # also where it came to an end after all: its rows may have been cut

    def cancel(self) -> None:
        """Ask the server to cancel; where the work has ended, nothing happens."""
        self._stop.set()
        with self._lock, suppress(Exception):
            if self._cancellable:
                self._cursor.cancel()

    def _run(self) -> None:
        try:
            try:
                found = self._work(self._cursor, self._stop)
            finally:
                with self._lock:  # a cursor that is being closed may not be cancelled: the driver crashes
                    self._cancellable = False
                self._finish()
            self._done.set_result(found)
        except BaseException as error:
            self._done.set_exception(error)
