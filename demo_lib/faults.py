"""Failures on demand: rate limits, cut connections, damaged answers, a query without end. For lessons and tests.

Each fault is made where the real one would arise, so that all above it does what it would do then. A span named
`injected_fault` says of each that it was made, so that nobody takes it for a real one.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from demo_lib.errors import UsageError
from demo_lib.guardrails import CheckedQuery, Policy, check_sql
from demo_lib.llm.transport import error_response
from demo_lib.tracing import aside, inside

if TYPE_CHECKING:
    import pandas as pd

    from demo_lib.databases import Database
    from demo_lib.workshop import Workshop

Fault = Callable[[httpx.Request], httpx.Response]

RETRY_AFTER_SECONDS = "0.5"


def _rate_limit(request: httpx.Request) -> httpx.Response:
    wait = {"retry-after": RETRY_AFTER_SECONDS}
    return error_response(429, "Rate limit reached (injected).", code="rate_limit_exceeded", headers=wait)


def _no_credit(request: httpx.Request) -> httpx.Response:
    return error_response(429, "You exceeded your current quota (injected).", code="insufficient_quota")


def _wrong_key(request: httpx.Request) -> httpx.Response:
    return error_response(401, "Incorrect API key provided (injected).", code="invalid_api_key")


def _server_error(request: httpx.Request) -> httpx.Response:
    return error_response(500, "The server had an error (injected).")


def _time_out(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("timed out (injected)", request=request)


def _cut_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("the server disconnected (injected)", request=request)


def _nonsense(request: httpx.Request) -> httpx.Response:
    # what a hotel's WiFi answers before its terms are accepted
    page = b"<html><body>Welcome! Please accept the terms of use. (injected)</body></html>"
    return httpx.Response(200, headers={"content-type": "application/json"}, content=page)


INSTEAD_OF_AN_ANSWER: Mapping[str, Fault] = {
    "rate limit": _rate_limit,
    "server error": _server_error,
    "time-out": _time_out,
    "cut connection": _cut_connection,
    "no credit": _no_credit,
    "wrong key": _wrong_key,
    "nonsense": _nonsense,
}
MALFORMED = "malformed arguments"
FOR_THE_MODEL = (*INSTEAD_OF_AN_ANSWER, MALFORMED)
FOR_THE_DATABASE = ("hang",)

# It passes the guardrails, which see an equality, and joins a million rows with a million: only the time limit ends it.
ENDLESS = """
WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 1000000)
SELECT COUNT(*) AS pairs FROM counter AS a JOIN counter AS b ON (a.n > 0) = (b.n > 0)
"""


class FaultyTransport(httpx.BaseTransport):
    """Another transport, with faults: one a request, in order, `None` for none; after the last all is well."""

    def __init__(self, inner: httpx.BaseTransport, faults: Iterable[str | None]) -> None:
        self._inner = inner
        self.left = deque(_known(faults, FOR_THE_MODEL))
        """The faults still to come."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with the next fault, or pass the request on."""
        fault = self.left.popleft() if self.left else None
        if fault is None:
            return self._inner.handle_request(request)
        if fault != MALFORMED:
            with aside("injected_fault", fault, injected_fault=fault):
                pass  # before it strikes: its error belongs to the model call
            return INSTEAD_OF_AN_ANSWER[fault](request)
        response = self._inner.handle_request(request)
        damaged = _damaged(response)
        if damaged is None:
            self.left.appendleft(fault)  # nothing in this answer to damage: the next one, then
            return response
        with aside("injected_fault", fault, injected_fault=fault):
            return damaged


@contextmanager
def inject(
    workshop: Workshop, model: Iterable[str | None] = (), *, database: Iterable[str | None] = ()
) -> Iterator[FaultyTransport]:
    """Let things fail while inside; afterwards the workshop is as it was.

    model: a fault for each of the next model requests, `None` for none: `rate limit`, `server error`, `time-out`,
    `cut connection`, `no credit`, `wrong key`, `nonsense`, `malformed arguments` (strikes the next answer that
    calls a tool). database: the same for the next queries: `hang`. Waits between attempts have no jitter meanwhile.
    Yields the transport, whose `left` are the faults still to come. Raises UsageError for an unknown fault.
    """
    wire, retries, engine = workshop.model.wire, workshop.model.retries, workshop.database
    policy = next(iter(workshop.policies.values()))
    transport, jitter_seconds = wire.transport, retries.jitter_seconds
    faulty = FaultyTransport(transport, model)
    hanging = _hanging(engine, policy, deque(_known(database, FOR_THE_DATABASE)))
    wire.transport, retries.jitter_seconds = faulty, 0.0
    run = vars(engine).get("run")
    vars(engine)["run"] = hanging  # whoever holds the database already gets it too
    try:
        yield faulty
    finally:
        wire.transport, retries.jitter_seconds = transport, jitter_seconds
        if run is None:
            del vars(engine)["run"]
        else:  # one injection within another
            vars(engine)["run"] = run


def _hanging(engine: Database, policy: Policy, faults: deque[str | None]) -> Callable[[CheckedQuery], pd.DataFrame]:
    """The engine's own `run`, given a query without end in the place of the next one for each `hang`.

    What is read of the columns, to see which names a question says, is no query of the model's and runs as ever.
    """
    run = engine.run

    def run_or_hang(checked: CheckedQuery) -> pd.DataFrame:
        fault = faults.popleft() if faults and inside("query_execution") else None
        if fault is None:
            return run(checked)
        endless = check_sql(ENDLESS, policy, engine.dialect)
        with aside("injected_fault", f"{fault}: a query without end", injected_fault=fault, sql=endless.sql):
            pass
        return run(endless)

    return run_or_hang


def _damaged(response: httpx.Response) -> httpx.Response | None:
    """The answer with the JSON of its tool calls cut off halfway; None where it calls no tool."""
    try:
        body: dict[str, Any] = json.loads(response.read())
        functions = [c["function"] for choice in body["choices"] for c in choice["message"].get("tool_calls") or []]
        for function in functions:
            function["arguments"] = function["arguments"][: len(function["arguments"]) // 2]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return httpx.Response(response.status_code, json=body) if functions else None


def _known(faults: Iterable[str | None], names: Iterable[str]) -> list[str | None]:
    faults = [faults] if isinstance(faults, str) else list(faults)
    for fault in faults:
        if fault is not None and fault not in names:
            raise UsageError(f"There is no fault {fault!r}. There are: {', '.join(names)}, and None for no fault.")
    return faults
