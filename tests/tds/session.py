"""One client's session: who it is, what it asks, what it gets; and how it is interrupted."""

from __future__ import annotations

import queue
import re
import struct
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from . import framing, tokens
from .errors import SqlError
from .framing import Gone, Line, Message
from .login import Login, read_login, welcome
from .rpc import PREPARE, Call, read_call
from .translate import Known, statements, translate

if TYPE_CHECKING:
    from .server import Double

_ROWS_AT_ONCE = 500
_SETTINGS = ("SET", "USE", "DECLARE", "IF")
_DUCKDB_SAYS = (
    (duckdb.ConversionException, 245, "Conversion failed."),
    (duckdb.OutOfRangeException, 8115, "Arithmetic overflow error."),
    (duckdb.CatalogException, 208, "Invalid object name."),
    (duckdb.BinderException, 207, "The query cannot be bound."),
    (duckdb.OutOfMemoryException, 701, "There is insufficient system memory in resource pool 'default' to run this query."),
)


class Session:
    """Serves one client until it hangs up. One thread reads, so that an attention is heard during a query."""

    def __init__(self, line: Line, double: Double) -> None:
        self._line, self._double = line, double
        self._cursor = double.warehouse.cursor()
        self._asked: queue.Queue[tuple[int, bytes] | None] = queue.Queue()
        self._interrupted = threading.Event()
        self._idle = threading.Event()
        self._answered_attentions = 0
        self._prepared: dict[int, Call] = {}
        self._in_transaction = False
        self._only_compiles = False  # SET NOEXEC ON

    def run(self) -> None:
        """Serve the client. Returns when either side has hung up."""
        try:
            login = read_login(self._line, self._double.tls)
            self._line.packet_bytes = login.packet_bytes
            if refusal := self._double.refusal(login):
                self._line.send(tokens.error(refusal.number, refusal.message, refusal.severity) + tokens.done(tokens.ERROR))
                return
            self._line.send(welcome(login, self._double.warehouse.name))
            self._known = self._knowledge(login)
            listening = threading.Thread(target=self._listen, daemon=True)
            listening.start()
            while (asked := self._asked.get()) is not None:
                self._answer(*asked)
            listening.join()
        except Gone:
            pass
        finally:
            self._line.close()
            self._cursor.close()

    def _knowledge(self, login: Login) -> Known:
        user = login.user or "token"
        warehouse = self._double.warehouse
        return Known(warehouse.name, warehouse.tables, warehouse.spelling, user, self._double.denied.get(user, frozenset()), user in self._double.writers)

    def _listen(self) -> None:
        """Read what the client sends; an attention interrupts what runs, as often as needed."""
        try:
            while True:
                kind, content = self._line.receive()
                if kind == framing.ATTENTION:
                    self._double.attentions += 1
                    self._interrupted.set()
                self._asked.put((kind, content))
                # an interrupt before DuckDB has begun is lost
                while kind == framing.ATTENTION and self._interrupted.is_set() and not self._idle.wait(0.02):
                    self._cursor.interrupt()
        except Gone:
            self._interrupted.set()
            self._asked.put(None)
            while not self._idle.wait(0.02):
                self._cursor.interrupt()

    def _answer(self, kind: int, content: bytes) -> None:
        self._double.wait_if_deaf()
        if kind == framing.ATTENTION:
            if self._answered_attentions:
                self._answered_attentions -= 1
            else:
                self._interrupted.clear()
                self._line.send(tokens.done(tokens.ATTENTION))
            return
        message = Message(self._line)
        self._idle.clear()
        try:
            (headers,) = struct.unpack_from("<I", content)
            if kind == framing.BATCH:
                self._batch(message, content[headers:].decode("utf-16-le"))
            elif kind == framing.RPC:
                self._call(message, read_call(content[headers:]))
            elif kind == framing.TRANSACTION:
                (request,) = struct.unpack_from("<H", content, headers)
                message.write(self._transaction(begin=request == 5) + tokens.done())
            else:
                raise Gone
        except duckdb.InterruptException:
            pass
        except SqlError as error:
            message.write(_refused(error, tokens.DONE))
        finally:
            self._idle.set()
        if self._interrupted.is_set():
            self._interrupted.clear()
            self._answered_attentions += 1
            message.write(tokens.done(tokens.ATTENTION))
        message.end()

    def _batch(self, message: Message, sql: str) -> None:
        self._double.batches.append(sql)
        try:
            found = statements(sql)
        except SqlError as error:
            message.write(_refused(error, tokens.DONE))
            return
        if not found:
            message.write(tokens.done())
        for i, words in enumerate(found):
            more = tokens.MORE if i < len(found) - 1 else 0
            text = sql[words[0].start : words[-1].end + 1]
            if not self._statement(message, text, words[0].text.upper(), {}, more, tokens.DONE):
                break

    def _statement(
        self, message: Message, sql: str, first: str, parameters: dict[str, exp.Expr], more: int, token: int
    ) -> bool:
        """Run one statement and write what it gives. False where it failed or was interrupted."""
        try:
            if first in ("BEGIN", "COMMIT", "ROLLBACK") or (first == "IF" and "ROLLBACK" in sql.upper()):
                message.write(self._transaction(begin=first == "BEGIN") + tokens.done(more, token=token))
            elif first in _SETTINGS:
                if setting := re.match(r"SET\s+NOEXEC\s+(ON|OFF)", sql, re.IGNORECASE):
                    self._only_compiles = setting[1].upper() == "ON"
                message.write(tokens.done(more, token=token))
            elif first == "WAITFOR":
                hours, minutes, seconds = map(float, re.findall(r"[\d.]+", sql))
                self._wait((hours * 60 + minutes) * 60 + seconds)
                message.write(tokens.done(more, token=token))
            else:
                self._double.trip()
                self._query(message, sql, parameters, more, token)
            return not self._interrupted.is_set()
        except SqlError as error:
            message.write(_refused(error, token))
            return False

    def _query(self, message: Message, sql: str, parameters: dict[str, exp.Expr], more: int, token: int) -> None:
        query = translate(sql, self._known, parameters)
        try:
            if self._only_compiles:
                self._cursor.execute(f"EXPLAIN {query.sql}")
                message.write(tokens.done(more, token=token))
                return
            self._cursor.execute(query.sql)
            types = [str(column[1]) for column in self._cursor.description]
            for i in query.zoned:
                types[i] = "TIMESTAMP WITH TIME ZONE"
            head, encoders = tokens.columns(query.names, types)
            message.write(head)
            count = 0
            for row in self._rows():
                message.write(tokens.row(encoders, row))
                count += 1
                if count == self._double.hang_up_after_rows:
                    self._line.close()
            message.write(tokens.done(more | tokens.COUNT, count, token))
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            if re.search(r"[Dd]ivision by zero|value -?inf", str(error)):
                raise SqlError(8134, "Divide by zero error encountered.") from None
            for kind, number, words in _DUCKDB_SAYS:
                if isinstance(error, kind):
                    raise SqlError(number, f"{words} (The double's DuckDB: {' '.join(str(error).split())})") from None
            raise SqlError(50_000, f"The double's DuckDB: {' '.join(str(error).split())}") from None

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        while rows := self._cursor.fetchmany(_ROWS_AT_ONCE):
            yield from rows
            if self._interrupted.is_set():
                return

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._interrupted.is_set():
            time.sleep(0.01)

    def _transaction(self, *, begin: bool) -> bytes:
        was, self._in_transaction = self._in_transaction, begin
        if begin == was:
            return b""
        number = b"\x08" + struct.pack("<Q", 1)
        return tokens.changed(tokens.BEGIN, number) if begin else tokens.changed(tokens.ROLLBACK, b"\0", number)

    def _call(self, message: Message, call: Call) -> None:
        """A procedure: those that prepare and run statements, which is how parameters travel."""
        handle, failed = None, False
        if call.name in PREPARE:
            handle = len(self._prepared) + 1
            self._prepared[handle] = call
        elif call.name == "sp_execute":
            given = call.values
            call = self._prepared[int(given[0])].with_values(given[1:])
        elif call.name == "sp_unprepare":
            self._prepared.pop(int(call.values[0]), None)
        elif call.name != "sp_executesql":
            message.write(_refused(SqlError(2812, f"Could not find stored procedure '{call.name}'."), tokens.DONE_IN_PROC))
            failed = True
        if call.runs:
            self._double.batches.append(call.statement)
            try:
                first = statements(call.statement)[0][0].text.upper()
                failed = not self._statement(message, call.statement, first, call.parameters, tokens.MORE, tokens.DONE_IN_PROC)
            except SqlError as error:
                message.write(_refused(error, tokens.DONE_IN_PROC))
                failed = True
        message.write(b"\x79" + struct.pack("<i", int(failed)))
        if handle is not None:
            message.write(tokens.returned_handle(handle))
        message.write(tokens.done(token=tokens.DONE_PROC))


def _refused(error: SqlError, token: int) -> bytes:
    more = tokens.MORE if token == tokens.DONE_IN_PROC else 0
    return tokens.error(error.number, error.message, error.severity) + tokens.done(tokens.ERROR | more, token=token)
