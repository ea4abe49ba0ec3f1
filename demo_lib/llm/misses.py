"""Why a request finds no recording: the nearest one, and where the two part."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection
from typing import Any

from demo_lib.llm.recording import Exchange, Request

AROUND = 24  # characters shown on each side of where two texts part


def explain_miss(request: Request, recorded: Collection[Exchange]) -> str:
    """One sentence or three: what was looked for, the nearest recording, how they differ, what to do."""
    missed = f"There is no recording for this request ({_short(request.question)})."
    if not recorded:
        return f"{missed} There are none at all: make some with DEMO_MODEL=record."
    nearest = max((e.request for e in recorded), key=lambda other: _likeness(request, other))
    where = differences(request.body, nearest.body)
    if where == ["model"]:
        theirs = nearest.body.get("model")
        return f"{missed} One of another model is there: set DEMO_MODEL_ID={theirs}, or record this one."
    found = f"The nearest one is {_short(nearest.question)}; it differs in {'; '.join(where[:3])}."
    return f"{missed} {found} Record it: ask the same with DEMO_MODEL=record."


def differences(asked: dict[str, Any], recorded: dict[str, Any]) -> list[str]:
    """The parts in which two requests differ, each in a few words; `asked` stands before `recorded`."""
    found = []
    for name in sorted(asked.keys() | recorded.keys()):
        one, other = asked.get(name), recorded.get(name)
        if one == other:
            continue
        if name == "messages":
            found += _messages(one or [], other or [])
        elif name == "tools":
            found.append(f"tools ({_tools(one or [], other or [])})")
        else:
            found.append(name)
    return found


def _messages(asked: list[Any], recorded: list[Any]) -> list[str]:
    found = []
    if len(asked) != len(recorded):
        found.append(f"the number of messages ({len(asked)}, not {len(recorded)})")
    for n, (one, other) in enumerate(zip(asked, recorded, strict=False), 1):
        if one != other:
            found.append(f"message {n} ({one.get('role')}): {_parting(_text(one), _text(other))}")
    return found


def _tools(asked: list[Any], recorded: list[Any]) -> str:
    names = [[t.get("function", {}).get("name") for t in tools] for tools in (asked, recorded)]
    new, gone = (", ".join(str(n) for n in a if n not in b) for a, b in (names, names[::-1]))
    parts = [f"new: {new}"] * bool(new) + [f"gone: {gone}"] * bool(gone)
    return ", ".join(parts) or "the same names with other schemas or in another order"


def _parting(one: str, other: str) -> str:
    """Both texts around the place where they part."""
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - AROUND)
    lead = "…" if start else ""
    here, there = (f"'{lead}{' '.join(text[start : at + AROUND].split())}'" for text in (one, other))
    return f"{here}, not {there}"


def _likeness(request: Request, other: Request) -> tuple[float, float]:
    """How near a recorded request is: its question first, then how much of the rest is the same."""
    question = difflib.SequenceMatcher(None, request.question, other.question).ratio()
    same = sum(request.body.get(k) == other.body.get(k) for k in request.body.keys() | other.body.keys())
    messages = zip(request.body["messages"], other.body["messages"], strict=False)
    alike = sum(one == another for one, another in messages)
    apart = abs(len(request.body["messages"]) - len(other.body["messages"]))
    return question, same + alike - apart


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    calls = message.get("tool_calls")
    return (content if isinstance(content, str) else json.dumps(content)) + (json.dumps(calls) if calls else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= 60 else f'"{line[:59]}…"'
