"""How a client is let in: PRELOGIN, TLS, LOGIN7 with a password or a federated token (MS-TDS 2.2.6.4 and 2.2.6.5)."""

from __future__ import annotations

import ssl
import struct
from dataclasses import dataclass

from . import tokens
from .framing import LOGIN, PRELOGIN, Gone, Line

_VERSION = bytes([16, 0, 0x10, 0, 0, 0])
_ENCRYPTED, _ENCRYPTION_REQUIRED = 1, 3  # as on Azure, nothing goes in clear
_FEDERATED = 2


@dataclass(frozen=True)
class Login:
    """What a client said of itself."""

    user: str
    password: str
    token: str | None
    """An Entra access token, in the place of user and password."""
    database: str
    application: str
    read_only_intent: bool
    features: bytes
    packet_bytes: int


def read_login(line: Line, context: ssl.SSLContext) -> Login:
    """Go through prelogin and TLS to what the client says of itself. Raises Gone where it turns away."""
    kind, content = line.receive()
    if kind != PRELOGIN:
        raise Gone
    options = {token: content[at : at + length] for token, at, length in _options(content)}
    wanted = options.get(1, b"\0")[0]
    answers = [(0, _VERSION), (1, bytes([_ENCRYPTED if wanted in (1, 3) else _ENCRYPTION_REQUIRED])), (2, b"\0"), (3, b""), (4, b"\0")]
    if 6 in options:  # it asks whether it may send a federated token
        answers.append((6, b"\x01"))
    head, body = b"", b""
    for token, answer in answers:
        head += struct.pack(">BHH", token, 5 * len(answers) + 1 + len(body), len(answer))
        body += answer
    line.send(head + b"\xff" + body)
    line.start_tls(context)
    kind, content = line.receive()
    if kind != LOGIN:
        raise Gone
    return _login(content)


def welcome(login: Login, database: str) -> bytes:
    """What a client that was let in is told."""
    size = str(login.packet_bytes)
    answer = tokens.changed(tokens.DATABASE, tokens.short_text(database), tokens.short_text("master"))
    answer += tokens.changed(tokens.COLLATED, b"\x05" + tokens.COLLATION)
    answer += tokens.changed(tokens.LANGUAGE, tokens.short_text("us_english"))
    answer += tokens.changed(tokens.PACKET_BYTES, tokens.short_text(size), tokens.short_text("4096"))
    # the drivers ask for this name, and 12.0.2000 is the version that Azure SQL gives
    product = b"\x01" + bytes.fromhex("74000004") + tokens.short_text("Microsoft SQL Server") + bytes([12, 0, 7, 208])
    answer += b"\xad" + struct.pack("<H", len(product)) + product
    if login.features:
        answer += b"\xae" + login.features + b"\xff"
    return answer + tokens.done()


def _options(content: bytes) -> list[tuple[int, int, int]]:
    found, at = [], 0
    while content[at] != 0xFF:
        found.append(struct.unpack_from(">BHH", content, at))
        at += 5
    return found


def _login(content: bytes) -> Login:
    def field(at: int) -> bytes:
        start, length = struct.unpack_from("<HH", content, at)
        return content[start : start + 2 * length]

    def text(at: int) -> str:
        return field(at).decode("utf-16-le")

    # a password has its half bytes swapped after 0xA5 was laid over them: hidden from nobody, hence TLS
    password = bytes(((b ^ 0xA5) << 4 & 0xF0) | ((b ^ 0xA5) >> 4) for b in field(44)).decode("utf-16-le")
    token, features = None, b""
    if content[27] & 0x10:
        (pointer,) = struct.unpack_from("<H", content, 56)
        (at,) = struct.unpack_from("<I", content, pointer)
        while content[at] != 0xFF:
            feature, length = struct.unpack_from("<BI", content, at)
            data = content[at + 5 : at + 5 + length]
            at += 5 + length
            if feature == _FEDERATED:
                (size,) = struct.unpack_from("<I", data, 1)
                token = data[5 : 5 + size].decode("utf-16-le")
                nonce = data[5 + size :]
                features += bytes([_FEDERATED]) + struct.pack("<I", len(nonce)) + nonce
    (packet_bytes,) = struct.unpack_from("<I", content, 8)
    return Login(
        text(40), password, token, text(68), text(48), bool(content[26] & 0x20), features,
        min(max(packet_bytes, 512), 32_767),
    )  # fmt: skip
