"""The line to one client: TDS packets in and out, and TLS, whose handshake travels inside such packets.

MS-TDS 2.2.3 (packet header) and 2.2.6.5 (PRELOGIN). Reading is done by one thread and writing by another.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from contextlib import suppress

BATCH, RPC, REPLY, ATTENTION, TRANSACTION, LOGIN, PRELOGIN = 1, 3, 4, 6, 14, 16, 18
_LAST = 1  # the status bit of a message's last packet
_HEADER_BYTES = 8


class Gone(Exception):
    """The client has hung up."""


class Line:
    """A client's connection. `packet_bytes` may be changed once the login has said how long packets are to be."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.packet_bytes = 4096
        self._socket = connection
        self._received = bytearray()
        self._tls: ssl.SSLObject | None = None
        self._lock = threading.Lock()  # an SSLObject is one thread's at a time

    def receive(self) -> tuple[int, bytes]:
        """(kind, content) of the next message. Raises Gone at the end of the line."""
        content = bytearray()
        while True:
            while len(self._received) < _HEADER_BYTES:
                self._read()
            kind, status, length = struct.unpack(">BBH", self._received[:4])
            while len(self._received) < length:
                self._read()
            content += self._received[_HEADER_BYTES:length]
            del self._received[:length]
            if status & _LAST:
                return kind, bytes(content)

    def send(self, content: bytes, kind: int = REPLY) -> None:
        """Send a whole message."""
        message = Message(self, kind)
        message.write(content)
        message.end()

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Shake hands as a server, in PRELOGIN packets; everything after that is encrypted."""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        done = False
        while not done:
            try:
                tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:  # the client does not trust the certificate
                raise Gone from error
            if answer := self._outgoing.read():
                self.send(answer, PRELOGIN)
            if not done:
                self._incoming.write(self.receive()[1])
        self._tls = tls

    def close(self) -> None:
        """Hang up, whatever is under way."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self) -> None:
        try:
            raw = self._socket.recv(65_536)
        except OSError as error:
            raise Gone from error
        if not raw:
            raise Gone
        if self._tls is None:
            self._received += raw
            return
        with self._lock:
            self._incoming.write(raw)
            try:
                while plain := self._tls.read(65_536):
                    self._received += plain
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                raise Gone from error

    def write(self, raw: bytes) -> None:
        """Put whole packets on the line."""
        if self._tls is not None:
            with self._lock:
                self._tls.write(raw)
                raw = self._outgoing.read()
        try:
            self._socket.sendall(raw)
        except OSError as error:
            raise Gone from error


class Message:
    """One message on its way out: what is written leaves in packets as soon as they are full."""

    def __init__(self, line: Line, kind: int = REPLY) -> None:
        self._line, self._kind = line, kind
        self._waiting = bytearray()
        self._number = 1

    def write(self, content: bytes) -> None:
        """Add to the message."""
        self._waiting += content
        most = self._line.packet_bytes - _HEADER_BYTES
        packets = bytearray()
        while len(self._waiting) > most:  # one is kept back, to be marked as the last
            packets += self._packet(self._waiting[:most], last=False)
            del self._waiting[:most]
        if packets:
            self._line.write(bytes(packets))

    def end(self) -> None:
        """Send what is left, as the last packet."""
        self._line.write(self._packet(self._waiting, last=True))

    def _packet(self, content: bytes | bytearray, *, last: bool) -> bytes:
        header = struct.pack(">BBHHBB", self._kind, last, len(content) + _HEADER_BYTES, 51, self._number & 255, 0)
        self._number += 1
        return header + content
