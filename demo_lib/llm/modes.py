"""`record`, `replay` and `stage`: transports between the SDK and whoever answers. Each answer says who that was."""

from __future__ import annotations

import json
import queue
import threading
from typing import Any

import httpx

from demo_lib.llm import tally
from demo_lib.llm.misses import explain_miss
from demo_lib.llm.recording import Exchange, RecordingError, Recordings, Request
from demo_lib.llm.transport import error_response
from demo_lib.offline.transport import OfflineTransport
from demo_lib.tracing import annotate, aside


class Record(httpx.BaseTransport):
    """Asks the live endpoint, and keeps every successful answer."""

    def __init__(self, recordings: Recordings, live: httpx.BaseTransport) -> None:
        self._recordings, self._live = recordings, live

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on and record the exchange; one that cannot be written is an error, not a surprise later."""
        asked = _chat(request)
        if asked is None:
            return _only_chats(request)
        response = self._live.handle_request(request)
        answer = _completion(response)
        if answer is not None:
            try:
                self._recordings.add(Exchange(asked, asked.recorded(answer)))
            except RecordingError as error:
                return error_response(400, str(error), code="bad_recording")
        return response


class Replay(httpx.BaseTransport):
    """Answers from the recordings and opens no socket."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer; an error that says how the request differs from the nearest one where there is none."""
        asked = _chat(request)
        if asked is None:
            return _only_chats(request)
        try:
            found = self.find(asked)
            return found or error_response(404, explain_miss(asked, self._recordings.all.values()), code="no_recording")
        except RecordingError as error:
            return error_response(400, str(error), code="bad_recording")

    def find(self, asked: Request) -> httpx.Response | None:
        """The recorded answer, if there is one. Raises RecordingError for a file that is damaged."""
        exchange = self._recordings.find(asked)
        return httpx.Response(200, json=asked.replayed(exchange.response)) if exchange else None


class Stage(httpx.BaseTransport):
    """Never leaves a speaker alone: the recording, else the live endpoint if it is quick, else the offline model."""

    def __init__(self, recordings: Recordings, live: httpx.BaseTransport | None, seconds: float) -> None:
        self._replay, self._live, self._seconds = Replay(recordings), live, seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The first of the three that answers; a span says why an earlier one did not."""
        asked = _chat(request)
        try:
            found = self._replay.find(asked) if asked else None
            trouble = "no recording"
        except RecordingError as error:
            found, trouble = None, str(error)
        if found is not None:
            return found
        with aside("second_choice", trouble):
            response, why = self._ask_live(request)
            annotate(note=f"{trouble}, {why}")
            return OfflineTransport().handle_request(request) if response is None else response

    def _ask_live(self, request: httpx.Request) -> tuple[httpx.Response | None, str]:
        """The live answer, if one comes within the deadline for the whole call; and what became of it, in words."""
        counted = tally.current()
        if self._live is None:
            return None, "no key to ask live: answered offline"
        if counted is not None and counted.live_was_silent:
            return None, "live was silent before: answered offline"
        live, answers = self._live, queue.SimpleQueue[httpx.Response | Exception]()

        def ask() -> None:
            try:
                answers.put(live.handle_request(request))
            except Exception as error:
                answers.put(error)

        # httpx times each read, so an endpoint that drips would never be late: hence a thread that is left behind
        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self._seconds)
        except queue.Empty:
            answer = TimeoutError()
        match answer:
            case httpx.Response() if _completion(answer) is not None:
                return answer, "answered live"
            case httpx.Response():
                return None, f"live answered {answer.status_code} and no more: answered offline"
            case TimeoutError() | httpx.TimeoutException():
                if counted is not None:
                    counted.live_was_silent = True
                return None, f"live gave no answer in {self._seconds:g} s: answered offline"
        return None, "live cannot be reached: answered offline"


def _chat(request: httpx.Request) -> Request | None:
    """The request for a chat completion in it; None for anything else, and for a stream, which is not recorded."""
    if request.method != "POST" or not request.url.path.endswith("/chat/completions"):
        return None
    try:
        body = json.loads(request.read())
        return None if body.get("stream") else Request.of(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _completion(response: httpx.Response) -> dict[str, Any] | None:
    """The chat completion in a response; None for an error, or for what is no completion."""
    if not response.is_success:
        return None
    try:
        answer: dict[str, Any] = json.loads(response.read())
        return answer if all(isinstance(c["message"], dict) for c in answer["choices"]) and answer["choices"] else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _only_chats(request: httpx.Request) -> httpx.Response:
    what = f"{request.method} {request.url.path}"
    message = f"Recordings hold chat completions that are not streamed; {what} is none. Use another DEMO_MODEL for it."
    return error_response(400, message, code="no_recording")
