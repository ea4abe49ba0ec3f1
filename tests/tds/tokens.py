"""The tokens of an answer, and the values in its rows: MS-TDS 2.2.7 and 2.2.5.5."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, localcontext
from typing import Any
from uuid import UUID

from .errors import SqlError

Encoder = Callable[[Any], bytes]

COLLATION = bytes.fromhex("0904d00034")  # SQL_Latin1_General_CP1_CI_AS, Azure's default
DONE, DONE_PROC, DONE_IN_PROC = 0xFD, 0xFE, 0xFF
MORE, ERROR, COUNT, ATTENTION = 0x01, 0x02, 0x10, 0x20  # status bits of a DONE
DATABASE, LANGUAGE, PACKET_BYTES, COLLATED, BEGIN, COMMIT, ROLLBACK = 1, 2, 4, 7, 8, 9, 10  # kinds of ENVCHANGE
_SELECT = 0xC1
SERVER_NAME = "not-sql-server"


def short_text(text: str) -> bytes:
    """B_VARCHAR: a byte of length in characters, then UTF-16."""
    raw = text.encode("utf-16-le")
    return bytes([len(raw) // 2]) + raw


def text(text: str) -> bytes:
    """US_VARCHAR: two bytes of length in characters, then UTF-16."""
    raw = text.encode("utf-16-le")
    return struct.pack("<H", len(raw) // 2) + raw


def error(number: int, message: str, severity: int = 16) -> bytes:
    """An ERROR token: SQL Server's number and words."""
    body = struct.pack("<IBB", number, 1, severity) + text(message[:1000])
    body += short_text(SERVER_NAME) + short_text("") + struct.pack("<I", 1)
    return b"\xaa" + struct.pack("<H", len(body)) + body


def done(status: int = 0, rows: int = 0, token: int = DONE) -> bytes:
    """The end of a statement."""
    return struct.pack("<BHHQ", token, status, _SELECT if status & COUNT else 0, rows)


def changed(kind: int, new: bytes, old: bytes = b"\0") -> bytes:
    """An ENVCHANGE token: the session's state has changed."""
    body = bytes([kind]) + new + old
    return b"\xe3" + struct.pack("<H", len(body)) + body


def returned_handle(handle: int) -> bytes:
    """The output parameter that a prepared statement is known by afterwards."""
    return b"\xac\0\0\0\x01\0\0\0\0\0\0\x26\x04\x04" + struct.pack("<i", handle)


def columns(names: Sequence[str], types: Sequence[str]) -> tuple[bytes, list[Encoder]]:
    """(COLMETADATA token, how to write a value of each column) for DuckDB's types."""
    known = [_type(type_) for type_ in types]
    body = b"".join(b"\0\0\0\0\x09\0" + info + short_text(name[:128]) for name, (info, _) in zip(names, known, strict=True))
    return b"\x81" + struct.pack("<H", len(known)) + body, [encode for _, encode in known]


def row(encoders: Sequence[Encoder], values: Sequence[Any]) -> bytes:
    """A ROW token."""
    return b"\xd1" + b"".join([encode(value) for encode, value in zip(encoders, values, strict=True)])


def _type(name: str) -> tuple[bytes, Encoder]:
    if name.startswith("DECIMAL"):
        precision, scale = map(int, re.findall(r"\d+", name))
        return bytes([0x6C, 17, precision, scale]), _decimal(scale)
    if name.startswith("ENUM"):
        return b"\xe7" + struct.pack("<H", 8_000) + COLLATION, _nvarchar
    if name.startswith("TIMESTAMP"):
        return (b"\x2b\x07", _datetimeoffset) if name.endswith("TIME ZONE") else (b"\x2a\x07", _datetime2)
    # text has no length in DuckDB, so it is nvarchar(max), and so is what SQL Server has no type for
    return _TYPES.get(name, (b"\xe7\xff\xff" + COLLATION, _nvarchar_max))


def _whole(width: int, *, signed: bool = True) -> tuple[bytes, Encoder]:
    def encode(value: int | None) -> bytes:
        try:
            return b"\0" if value is None else bytes([width]) + int(value).to_bytes(width, "little", signed=signed)
        except OverflowError:
            raise SqlError(8115, "Arithmetic overflow error converting expression to data type bigint.") from None

    return bytes([0x26, width]), encode


def _decimal(scale: int) -> Encoder:
    def encode(value: Decimal | None) -> bytes:
        if value is None:
            return b"\0"
        with localcontext() as context:
            context.prec = 60
            digits = int(value.scaleb(scale))
        return bytes([17, digits >= 0]) + abs(digits).to_bytes(16, "little")

    return encode


def _bit(value: bool | None) -> bytes:
    return b"\0" if value is None else bytes([1, value])


def _float(value: float | None) -> bytes:
    return b"\0" if value is None else b"\x08" + struct.pack("<d", value)


def _real(value: float | None) -> bytes:
    return b"\0" if value is None else b"\x04" + struct.pack("<f", value)


def _days(value: date) -> bytes:
    return (value.toordinal() - 1).to_bytes(3, "little")


def _ticks(value: datetime | time) -> bytes:
    """Tenths of a microsecond since midnight."""
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return (seconds * 10_000_000 + value.microsecond * 10).to_bytes(5, "little")


def _date(value: date | None) -> bytes:
    return b"\0" if value is None else b"\x03" + _days(value)


def _time(value: time | None) -> bytes:
    return b"\0" if value is None else b"\x05" + _ticks(value)


def _datetime2(value: datetime | None) -> bytes:
    return b"\0" if value is None else b"\x08" + _ticks(value) + _days(value)


def _datetimeoffset(value: datetime | None) -> bytes:
    """A time in UTC, with the offset of UTC."""
    return b"\0" if value is None else b"\x0a" + _ticks(value) + _days(value) + b"\0\0"


def _uniqueidentifier(value: UUID | None) -> bytes:
    return b"\0" if value is None else b"\x10" + value.bytes_le


def _nvarchar(value: str | None) -> bytes:
    if value is None:
        return b"\xff\xff"
    raw = value.encode("utf-16-le")
    return struct.pack("<H", len(raw)) + raw


def _nvarchar_max(value: object) -> bytes:
    return _in_chunks(None if value is None else str(value).encode("utf-16-le"))


def _in_chunks(raw: bytes | None) -> bytes:
    """PLP: the whole length, then chunks, here one, then nothing."""
    if raw is None:
        return b"\xff" * 8
    return struct.pack("<Q", len(raw)) + (struct.pack("<I", len(raw)) + raw if raw else b"") + b"\0\0\0\0"


_TYPES: dict[str, tuple[bytes, Encoder]] = {
    "BOOLEAN": (b"\x68\x01", _bit),
    "UTINYINT": _whole(1, signed=False), "TINYINT": _whole(2), "SMALLINT": _whole(2), "USMALLINT": _whole(4),
    "INTEGER": _whole(4), "UINTEGER": _whole(8), "BIGINT": _whole(8), "UBIGINT": _whole(8),
    "HUGEINT": _whole(8),  # what DuckDB sums whole numbers to; SQL Server overflows there, too
    "FLOAT": (b"\x6d\x04", _real), "DOUBLE": (b"\x6d\x08", _float),
    "DATE": (b"\x28", _date), "TIME": (b"\x29\x07", _time),
    "UUID": (b"\x24\x10", _uniqueidentifier),
    "BLOB": (b"\xa5\xff\xff", _in_chunks),
}  # fmt: skip
