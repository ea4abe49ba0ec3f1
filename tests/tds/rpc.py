"""Calls of procedures: their parameters, read from the wire (MS-TDS 2.2.6.6 and 2.2.5.4)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlglot import exp

from .errors import SqlError

_NUMBERED = {10: "sp_executesql", 11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 15: "sp_unprepare"}
_NEXT_CALL = 0xFF  # BatchFlag; no parameter has a name of so many letters
PREPARE = ("sp_prepare", "sp_prepexec")


@dataclass(frozen=True)
class Call:
    """A procedure's name and the values it was given."""

    name: str
    values: list[Any]
    names: tuple[str, ...] = ()
    """The parameters of the statement, without `@`."""
    statement: str = ""

    @property
    def runs(self) -> bool:
        """Whether its statement is to run now."""
        return bool(self.statement) and self.name != "sp_prepare"

    @property
    def parameters(self) -> dict[str, exp.Expr]:
        """The statement's parameters as literals."""
        return {name: _literal(value) for name, value in zip(self.names, self.values, strict=False)}

    def with_values(self, values: list[Any]) -> Call:
        """The same statement, to be run with other values."""
        return replace(self, name="sp_execute", values=values)


def read_calls(content: bytes) -> Iterator[Call]:
    """The calls that an RPC message holds: of an array of parameters each row is one, with 0xFF between them."""
    at = 0
    while at < len(content):
        call, at = _read_call(content, at)
        yield call


def _read_call(content: bytes, at: int) -> tuple[Call, int]:
    (length,) = struct.unpack_from("<H", content, at)
    at += 2
    if length == 0xFFFF:
        (number,) = struct.unpack_from("<H", content, at)
        name, at = _NUMBERED.get(number, f"sp_{number}"), at + 2
    else:
        name, at = content[at : at + 2 * length].decode("utf-16-le").lower().rpartition(".")[2], at + 2 * length
    at += 2  # options
    values = []
    while at < len(content) and content[at] != _NEXT_CALL:
        at += 1 + 2 * content[at] + 1  # its name, and whether it is for output
        value, at = _value(content, at)
        values.append(value)
    at += 1
    if name == "sp_executesql":
        return Call(name, values[2:], _declared(values[1] if len(values) > 1 else ""), values[0]), at
    if name in PREPARE:
        return Call(name, values[3:], _declared(values[1]), values[2]), at
    return Call(name, values), at


def _declared(declaration: str | None) -> tuple[str, ...]:
    return tuple(name.lower() for name in re.findall(r"@(\w+)", declaration or ""))


def _literal(value: Any) -> exp.Expr:
    match value:
        case None:
            return exp.null()
        case bool() | int() | float() | Decimal():
            return exp.convert(int(value) if isinstance(value, bool) else value)
        case datetime():
            return exp.cast(exp.Literal.string(value.isoformat(" ")), "TIMESTAMP")
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
        case bytes():
            return exp.HexString(this=value.hex())
    return exp.Literal.string(str(value))


def _value(content: bytes, at: int) -> tuple[Any, int]:
    kind = content[at]
    at += 1
    if kind in (0x26, 0x68, 0x6D):  # whole numbers, bit, float
        raw, at = _short(content, at + 1)
        if raw is None:
            return None, at
        if kind == 0x6D:
            return struct.unpack("<d" if len(raw) == 8 else "<f", raw)[0], at
        return (bool(raw[0]) if kind == 0x68 else int.from_bytes(raw, "little", signed=True)), at
    if kind in (0x6A, 0x6C):
        scale = content[at + 2]
        raw, at = _short(content, at + 3)
        if raw is None:
            return None, at
        return Decimal(int.from_bytes(raw[1:], "little") * (1 if raw[0] else -1)).scaleb(-scale), at
    if kind == 0x28:
        raw, at = _short(content, at)
        return (None if raw is None else _day(raw)), at
    if kind in (0x29, 0x2A):
        scale = content[at]
        raw, at = _short(content, at + 1)
        if raw is None:
            return None, at
        size = len(raw) - (3 if kind == 0x2A else 0)
        clock = timedelta(microseconds=int.from_bytes(raw[:size], "little") * 10 ** (7 - scale) // 10)
        moment = datetime.combine(_day(raw[size:]) if kind == 0x2A else date(1900, 1, 1), time()) + clock
        return (moment if kind == 0x2A else moment.time()), at
    if kind in (0xE7, 0xEF, 0xA7, 0xAF, 0xA5, 0xAD):
        wide, binary = kind in (0xE7, 0xEF), kind in (0xA5, 0xAD)
        (most,) = struct.unpack_from("<H", content, at)
        at += 2 if binary else 7
        raw, at = _chunks(content, at) if most == 0xFFFF else _long(content, at)
        if raw is None or binary:
            return raw, at
        return raw.decode("utf-16-le" if wide else "cp1252"), at
    if kind == 0x63:  # ntext, as FreeTDS sends a statement
        (length,) = struct.unpack_from("<i", content, at + 9)
        at += 13
        return (None, at) if length < 0 else (content[at : at + length].decode("utf-16-le"), at + length)
    raise SqlError(50_000, f"The double knows no parameter of type 0x{kind:02x}.")


def _day(raw: bytes) -> date:
    return date.fromordinal(int.from_bytes(raw, "little") + 1)


def _short(content: bytes, at: int) -> tuple[bytes | None, int]:
    length = content[at]
    return (content[at + 1 : at + 1 + length] if length else None), at + 1 + length


def _long(content: bytes, at: int) -> tuple[bytes | None, int]:
    (length,) = struct.unpack_from("<H", content, at)
    return (None, at + 2) if length == 0xFFFF else (content[at + 2 : at + 2 + length], at + 2 + length)


def _chunks(content: bytes, at: int) -> tuple[bytes | None, int]:
    (length,) = struct.unpack_from("<Q", content, at)
    at += 8
    if length == 2**64 - 1:
        return None, at
    raw = b""
    while True:
        (size,) = struct.unpack_from("<I", content, at)
        at += 4
        if not size:
            return raw, at
        raw += content[at : at + size]
        at += size
