"""The offline model on a port: whatever speaks OpenAI's protocol over HTTP can talk to it."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import httpx

from demo_lib.errors import DemoError, UsageError
from demo_lib.offline.transport import answer, endpoint
from demo_lib.offline.wire.protocol import MODEL
from demo_lib.offline.wire.refusals import Refusal

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

MOST_BYTES = 4_000_000  # a full context is half a million characters, some of them spelled in six bytes
GRACE_SECONDS = 30  # for the requests that are being answered when it is told to stop

Log = Callable[[str], None]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there already, so that no request made from now on is lost.

    port: 0 for any that is free. Raises UsageError for what is no port, DemoError where nothing can listen.
    """
    if not 0 <= port < 65536:
        raise UsageError(f"{port} is no port: use a number from 1 to 65535, or 0 for any that is free.")
    try:
        family = socket.getaddrinfo(host or "?", port)[0][0]
    except (socket.gaierror, UnicodeError):
        raise UsageError(f"{host[:64]!r} is no address of this machine. Leave --host out, or use 0.0.0.0.") from None
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "no reason given"
        raise DemoError(f"Port {port} of {host} cannot be used ({why}). Try: python -m demo_lib serve-model --port 0"
                        ) from None  # fmt: skip


def address(listening: socket.socket) -> str:
    """What a client sets as its base URL."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/v1" if ":" in host else f"http://{host}:{port}/v1"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback


def serve(listening: socket.socket, log: Log) -> None:
    """Answer until Ctrl-C or SIGTERM; what is being answered then is finished, within GRACE_SECONDS.

    log: takes one line a request: sizes, tokens and times, nothing of what was asked.
    """
    import uvicorn

    # uvicorn stops in peace, then hands the signal to whoever had it before: both end in the same way
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = uvicorn.Config(
        app(log), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE_SECONDS
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return


def app(log: Log) -> Starlette:
    """The ASGI application."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect
    from starlette.responses import Response, StreamingResponse

    async def respond(request: Request) -> Response:
        started = time.perf_counter()
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        except Refusal as refusal:
            size, found = MOST_BYTES, httpx.Response(refusal.status, json=refusal.body)
        else:
            size, found = len(body), await run_in_threadpool(answer, request.method, request.url.path, body)
        log(_line(request, size, found, (time.perf_counter() - started) * 1000))
        headers = {name: value for name, value in found.headers.items() if name != "content-length"}
        if headers["content-type"].startswith("text/event-stream"):
            return StreamingResponse(_events(found.content), found.status_code, headers)
        return Response(found.content, found.status_code, headers)

    made = Starlette()
    made.add_route("/{path:path}", respond, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    return made


async def _body(request: Request) -> bytes:
    """The request's body. Raises Refusal as soon as it is known to be too large."""
    too_large = Refusal(f"The request is larger than {MOST_BYTES:,} bytes. Send less of it.", None,
                        "request_too_large", 413)  # fmt: skip
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > MOST_BYTES:
        raise too_large
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise too_large
    return bytes(body)


async def _events(stream: bytes) -> AsyncIterator[bytes]:
    """The events of a stream, one at a time, as a model that writes them would send them."""
    for event in stream.split(b"\n\n")[:-1]:
        yield event + b"\n\n"


def _line(request: Request, size: int, found: httpx.Response, milliseconds: float) -> str:
    """One request, in a line that holds no word of it: a path that leads nowhere may hold one, too."""
    path = f"/v1/{endpoint(request.url.path) or '…'}"
    tokens = found.extensions.get("tokens", (0, 0))
    return (f"{time.strftime('%H:%M:%S')} {request.method} {path} {found.status_code} · {MODEL} · "
            f"{size:,} bytes in, {len(found.content):,} out · {tokens[0]:,} tokens in, {tokens[1]:,} out · "
            f"{milliseconds:,.0f} ms")  # fmt: skip
