"""One client's session: who it is, what it asks, what it gets; and how it is interrupted."""

from __future__ import annotations

import itertools
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
from .rpc import PREPARE, Call, read_calls
from .translate import Known, statements, translate
from .writing import WRITES, runs, written

if TYPE_CHECKING:
    from .server import Double

_ROWS_AT_ONCE = 500
_SETTINGS = ("SET", "USE", "DECLARE", "IF")
_DUCKDB_SAYS = (
    (duckdb.ConversionException, 245, "Conversion failed."),
    (duckdb.OutOfRangeException, 8115, "Arithmetic overflow error."),
    (duckdb.ConstraintException, 547, "The statement conflicted with a constraint."),
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
        self._handles = itertools.count(1)
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
            self._login = login
            self._known = self._knowledge(login)
            self._writes = self._known.may_write and self._double.warehouse.writable
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
                self._calls(message, list(read_calls(content[headers:])))
            elif kind == framing.TRANSACTION:
                (request,) = struct.unpack_from("<H", content, headers)
                message.write(self._transaction({5: "BEGIN", 7: "COMMIT"}.get(request, "ROLLBACK")) + tokens.done())
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
                message.write(self._transaction("ROLLBACK" if first == "IF" else first) + tokens.done(more, token=token))
            elif first in _SETTINGS or "sp_getapplock" in sql:  # everybody may take such a lock
                if setting := re.match(r"SET\s+NOEXEC\s+(ON|OFF)", sql, re.IGNORECASE):
                    self._only_compiles = setting[1].upper() == "ON"
                message.write(tokens.done(more, token=token))
            elif first == "WAITFOR":
                hours, minutes, seconds = map(float, re.findall(r"[\d.]+", sql))
                self._wait((hours * 60 + minutes) * 60 + seconds)
                message.write(tokens.done(more, token=token))
            elif first in WRITES and self._writes:
                self._double.trip()
                self._write(written(sql), [[]])
                message.write(tokens.done(more, token=token))
            else:
                self._double.trip()
                self._query(message, sql, parameters, more, token)
            return not self._interrupted.is_set()
        except SqlError as error:
            message.write(_refused(error, token))
            return False

    def _write(self, sql: str, rows: list[list[Any]]) -> None:
        """Run what changes something, once for each of these lists of parameters."""
        try:
            for statement, parameters in runs(sql, rows, self._cursor) if sql else ():
                self._cursor.execute(statement, parameters)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            self._transaction("ROLLBACK")
            raise _said(error) from None
        if not self._in_transaction:
            self._double.warehouse.describe()

    def _query(self, message: Message, sql: str, parameters: dict[str, exp.Expr], more: int, token: int) -> None:
        if self._known.tables is not self._double.warehouse.tables:
            self._known = self._knowledge(self._login)
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
            raise _said(error) from None

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        while rows := self._cursor.fetchmany(_ROWS_AT_ONCE):
            yield from rows
            if self._interrupted.is_set():
                return

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._interrupted.is_set():
            time.sleep(0.01)

    def _transaction(self, what: str) -> bytes:
        """BEGIN, COMMIT or ROLLBACK. Where nothing can be written there is nothing to do but to say so."""
        begin = what == "BEGIN"
        was, self._in_transaction = self._in_transaction, begin
        if begin == was:
            if what == "COMMIT":
                raise SqlError(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
            return b""
        if self._writes:
            self._cursor.execute(what)
            if what == "COMMIT":
                self._double.warehouse.describe()
        number = b"\x08" + struct.pack("<Q", 1)
        if begin:
            return tokens.changed(tokens.BEGIN, number)
        return tokens.changed(tokens.COMMIT if what == "COMMIT" else tokens.ROLLBACK, b"\0", number)

    def _calls(self, message: Message, calls: list[Call]) -> None:
        """The calls of one message. The rows of an array are written at once."""
        if len(calls) > 1 and self._writes and all(c.name == "sp_execute" for c in calls):
            prepared = self._prepared[int(calls[0].values[0])]
            self._double.batches.append(prepared.statement)
            try:
                self._double.trip()
                self._write(written(prepared.statement, prepared.names), [c.values[1:] for c in calls])
            except SqlError as error:
                message.write(_refused(error, tokens.DONE_IN_PROC) + _returned(1) + tokens.done(token=tokens.DONE_PROC))
                return
            one = tokens.done(tokens.MORE | tokens.COUNT, 1, tokens.DONE_IN_PROC) + _returned(0)
            message.write((one + tokens.done(tokens.MORE, token=tokens.DONE_PROC)) * (len(calls) - 1))
            message.write(one + tokens.done(token=tokens.DONE_PROC))
            return
        for i, call in enumerate(calls):
            self._call(message, call, tokens.MORE if i < len(calls) - 1 else 0)

    def _call(self, message: Message, call: Call, more: int) -> None:
        """A procedure: those that prepare and run statements, which is how parameters travel."""
        handle, failed = None, False
        if call.name in PREPARE:
            handle = next(self._handles)
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
                if first in WRITES and self._writes:
                    self._write(written(call.statement, call.names), [call.values])
                    message.write(tokens.done(tokens.MORE | tokens.COUNT, 1, tokens.DONE_IN_PROC))
                else:
                    failed = not self._statement(message, call.statement, first, call.parameters, tokens.MORE, tokens.DONE_IN_PROC)
            except SqlError as error:
                message.write(_refused(error, tokens.DONE_IN_PROC))
                failed = True
        message.write(_returned(int(failed)))
        if handle is not None:
            message.write(tokens.returned_handle(handle))
        message.write(tokens.done(more, token=tokens.DONE_PROC))


def _returned(status: int) -> bytes:
    """RETURNSTATUS: what a procedure gives back."""
    return b"\x79" + struct.pack("<i", status)


def _said(error: duckdb.Error) -> SqlError:
    """DuckDB's error with the number that SQL Server would give."""
    if re.search(r"[Dd]ivision by zero|value -?inf", str(error)):
        return SqlError(8134, "Divide by zero error encountered.")
    if "main key table" in str(error):
        return SqlError(3726, "Could not drop object because it is referenced by a FOREIGN KEY constraint.")
    number, words = next(((n, f"{w} ") for kind, n, w in _DUCKDB_SAYS if isinstance(error, kind)), (50_000, ""))
    return SqlError(number, f"{words}(The double's DuckDB: {' '.join(str(error).split())})")


def _refused(error: SqlError, token: int) -> bytes:
    more = tokens.MORE if token == tokens.DONE_IN_PROC else 0
    return tokens.error(error.number, error.message, error.severity) + tokens.done(tokens.ERROR | more, token=token)
