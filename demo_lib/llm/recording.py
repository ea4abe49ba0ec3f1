"""Recorded exchanges with a model: what they look like on disk, and how a request finds its own again.

One exchange a line of JSON: `key`, `question`, `request`, `response`, sorted, so that a diff shows what a new
rehearsal changed. What differs from run to run is evened out first (ids of tool calls and of results), and what
is secret is taken out. The key is the hash of the request as it then stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from demo_lib.errors import DemoError
from demo_lib.settings import without_keys

Json = dict[str, Any]

_RESULT = re.compile(r'"result_id": ?"(r\d+)"')
_QUOTED_RESULT = re.compile(r'"(r\d+)"')
# What an endpoint makes up anew for every answer.
_KEPT_OF_A_RESPONSE = ("model", "choices", "usage")


class RecordingError(DemoError):
    """A recording cannot be read or written; the message names the file and the remedy."""


@dataclass(frozen=True)
class Request:
    """A request as recordings know it, and the way back to the ids that this process uses."""

    body: Json
    ids: Mapping[str, str] = field(default_factory=dict)
    """This process's result ids, each with the one that stands for it in recordings."""

    @classmethod
    def of(cls, given: Json) -> Request:
        """Even out a request: results are `r1`, `r2` … in the order in which they appear, tool calls `call_1` …"""
        messages = [dict(m) for m in given.get("messages") or [] if isinstance(m, dict)]
        told = [m["content"] for m in messages if m.get("role") == "tool" and isinstance(m.get("content"), str)]
        results = dict.fromkeys(i for text in told for i in _RESULT.findall(text))
        ids = {result: f"r{n}" for n, result in enumerate(results, 1)}
        calls: dict[Any, str] = {}
        numbers = itertools.count(1)
        for message in messages:
            if message.get("role") == "tool":
                message["tool_call_id"] = calls.get(message.get("tool_call_id"), "call_0")
                if isinstance(message.get("content"), str):
                    message["content"] = _renamed(message["content"], ids)
            if message.get("tool_calls"):
                calls.update({c.get("id"): f"call_{next(numbers)}" for c in message["tool_calls"]})
                message["tool_calls"] = [
                    _with_arguments(c, ids) | {"id": calls[c.get("id")]} for c in message["tool_calls"]
                ]
        return cls(without_keys({**given, "messages": messages}), ids)

    @cached_property
    def key(self) -> str:
        """The hash by which the request is found."""
        return hashlib.sha256(_encoded(_line(self.body))).hexdigest()[:16]

    @property
    def question(self) -> str:
        """The last thing that a person said in it."""
        said = [m.get("content") for m in self.body["messages"] if m.get("role") == "user"]
        return str(said[-1]) if said else ""

    def recorded(self, response: Json) -> Json:
        """An answer to this request as a recording keeps it."""
        kept = {k: response.get(k) for k in _KEPT_OF_A_RESPONSE}
        calls = (self._call(c, n) for n, c in enumerate(_calls(kept), 1))
        return without_keys(_with_calls(kept, calls))

    def replayed(self, response: Json) -> Json:
        """A recorded answer as this process wants to read it: with its own result ids, and `replay` as its model."""
        back = {recorded: own for own, recorded in self.ids.items()}
        answer = _with_calls(response, (_with_arguments(c, back) for c in _calls(response)))
        head = {"id": f"chatcmpl-{self.key}", "object": "chat.completion", "created": 0}
        return {**head, **answer, "model": "replay"}

    def _call(self, call: Json, n: int) -> Json:
        return _with_arguments(call, self.ids) | {"id": f"call_{self.key}_{n}"}


@dataclass(frozen=True)
class Exchange:
    """A request and what was answered, both evened out."""

    request: Request
    response: Json

    @property
    def line(self) -> str:
        """As it stands in a file."""
        asked = self.request
        content = {"key": asked.key, "question": asked.question, "request": asked.body, "response": self.response}
        return _line(content)


@dataclass(frozen=True)
class Recordings:
    """The recordings in a folder: every `*.jsonl` in it."""

    folder: Path

    def find(self, request: Request) -> Exchange | None:
        """The exchange that this request was recorded in. Raises RecordingError for a file that is damaged."""
        return self.all.get(request.key)

    def count(self, model: str) -> int:
        """How many exchanges with this model there are. Raises RecordingError for a file that is damaged."""
        return sum(e.request.body.get("model") == model for e in self.all.values())

    @cached_property
    def all(self) -> dict[str, Exchange]:
        """The exchanges of all files, by key; read once. Raises RecordingError for a file that is damaged."""
        return {e.request.key: e for path in sorted(self.folder.glob("*.jsonl")) for e in read(path)}

    def add(self, exchange: Exchange) -> None:
        """Write an exchange to its model's file; it takes the place of an earlier answer to the same request.

        A reader, and a process that is killed, sees the old file or the new one. Raises RecordingError.
        """
        from filelock import FileLock, Timeout

        model = re.sub(r"[^\w.-]+", "-", str(exchange.request.body.get("model"))) or "model"
        path = self.folder / f"{model}.jsonl"
        partial = path.with_suffix(f".{os.getpid()}.partial")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{path}.lock", timeout=20):
                kept = {e.request.key: e for e in read(path)} if path.exists() else {}
                kept[exchange.request.key] = exchange
                # the steps of one question stand together, in their order
                lines = sorted(kept.values(), key=_place)
                partial.write_bytes(_encoded("".join(f"{e.line}\n" for e in lines)))
                os.replace(partial, path)
        except (OSError, Timeout) as error:
            with contextlib.suppress(OSError):
                partial.unlink()
            reason = getattr(error, "strerror", None) or "another process keeps it locked"
            raise RecordingError(f"{path.name} cannot be written: {reason}. Set DEMO_RECORDINGS, or free it.") from None


def read(path: Path) -> Iterator[Exchange]:
    """The exchanges of a file. Raises RecordingError naming the first line that is none."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise RecordingError(f"{path.name} cannot be read: {error.strerror}. Check its permissions.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            exchange = Exchange(Request.of(given["request"]), given["response"])
            list(_calls(exchange.response))
            fits = exchange.request.key == given["key"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            fits = False
        if not fits:
            where = f"{path.name}, line {number}"
            raise RecordingError(f"{where} is damaged or was edited. Delete the line and record its question again.")
        yield exchange


def _place(exchange: Exchange) -> tuple[str, int, str]:
    request = exchange.request
    return request.question, len(request.body["messages"]), request.key


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _encoded(text: str) -> bytes:
    # half a surrogate pair, which no file holds, becomes JSON's own escape for it
    return text.encode("utf-8", errors="backslashreplace")


def _renamed(text: str, ids: Mapping[str, str]) -> str:
    """The text with result ids exchanged, where they stand as values of their own."""
    return _QUOTED_RESULT.sub(lambda m: f'"{ids.get(m[1], m[1])}"', text)


def _with_arguments(call: Json, ids: Mapping[str, str]) -> Json:
    """The call with its arguments written in one way, and result ids exchanged in them."""
    function = call["function"]
    try:
        arguments = _line(json.loads(function["arguments"]))
    except (ValueError, RecursionError):
        arguments = function["arguments"]  # what a model wrote badly is replayed badly
    return {**call, "function": {**function, "arguments": _renamed(arguments, ids)}}


def _calls(response: Json) -> Iterator[Json]:
    """The tool calls of an answer."""
    for choice in response["choices"]:
        yield from choice["message"].get("tool_calls") or []


def _with_calls(response: Json, calls: Iterator[Json]) -> Json:
    """The answer with its tool calls exchanged for these, in order."""
    choices = []
    for choice in response["choices"]:
        message = dict(choice["message"])
        if message.get("tool_calls"):
            message["tool_calls"] = [next(calls) for _ in message["tool_calls"]]
        choices.append({**choice, "message": message})
    return {**response, "choices": choices}
