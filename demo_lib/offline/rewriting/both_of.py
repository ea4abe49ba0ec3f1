"""Both of two: `both with cash and with a gift card`, `in 2023 and also in 2025`, `from both categories, A and B`."""

from __future__ import annotations

from dataclasses import replace

from ..frame import Decline, Frame
from ..linking.linker import Item, made
from ..reader import Reader
from .question import Question

TOO = {"also", "too", "well"}
SMALL = ("glue", "in", "on", "at", "from", "with", "for", "by", "of", "and", "both", "to")
NEAR = 5  # items before the first of the two in which `both` may stand
BOTH = "both of two"


def both_of(q: Question) -> None:
    """Put `both` right before the first of two values, and one `and` between them; note it on two periods."""
    _one_of_each(q)
    for kind in ("value", "date"):
        told = [k for k, item in enumerate(q.items) if item.kind == "date" or (kind == "value" and item.of("value"))]
        first = next(((a, b) for a, b in zip(told, told[1:], strict=False) if _pair(q, a, b, kind)), None)
        if first is None:
            continue
        a, b = first
        third = any(_pair(q, b, c, kind) for c in told if c > b)
        if _is_said(q, a, b) and not third:
            _put(q, a, b, kind)
            return


def _one_of_each(q: Question) -> None:
    """`at least one canoe and at least one raft`, `in the two classes A and B, in both of them`: both A and B."""
    bounds = [k for k in range(len(q) - 2) if q.kind(k) in (">=", ">", "<", "<=")]
    least = [k for k in bounds if q.kind(k) == ">=" and q.items[k + 1].number == 1 and q.items[k + 2].of("value")]
    if len(least) == 2 and least == bounds:
        a, b = least[0] + 2, least[1] + 2
        joint = [k for k in range(a + 1, least[1]) if q.kind(k) == "and"]
        rows = [k for k in (*range(a + 1, least[1]), b + 1) if k not in joint and k < len(q) and q.items[k].of("table")]
        small = all(q.kind(k) in SMALL or k in rows for k in range(a + 1, least[1]))
        tables = [{r.table for r in q.items[k].of("table")} & {r.table for r in q.items[a].of("value")} for k in rows]
        if _columns(q.items[a]) & _columns(q.items[b]) and joint and small and all(tables):
            q.leave_out(least[0], least[0] + 1, least[1], least[1] + 1, *rows)
            q.items.insert(a, made("both", "both", at=q.items[a].at))
            return
    for k in range(len(q) - 3):
        values = [j for j in range(k + 2, len(q)) if q.items[j].of("value")][:2]
        named = len(values) == 2 and values[0] == k + 2 and _names(q.items[k + 1], q.items[k + 2])
        if q.items[k].number != 2 or not named:
            continue
        behind = range(values[1] + 1, len(q))
        if _pair(q, values[0], values[1], "value") and any(q.kind(j) == "both" for j in behind):
            q.leave_out(k, *[j for j in behind if q.kind(j) in SMALL and q.kind(j) != "both"])


def _pair(q: Question, a: int, b: int, kind: str) -> bool:
    """Whether two values of one column, or two periods, stand in a row, with nothing but small words between."""
    one, other = q.items[a], q.items[b]
    if kind == "date":
        alike = one.kind == other.kind == "date"
    else:
        alike = bool(_columns(one) & _columns(other)) and not (one.of("table", "term") or other.of("table", "term"))
    between = q.items[a + 1 : b]
    return alike and any(i.kind == "and" for i in between) and all(i.kind in SMALL or _names(i, one) for i in between)


def _columns(item: Item) -> set[object]:
    return {r.column for r in item.of("value") if r.column}


def _names(item: Item, value: Item) -> bool:
    """Whether a noun only says what kind of value it is: `the brand A and the brand B`."""
    columns = {r.column for r in item.of("column") if r.column}
    return bool(columns & _columns(value)) and not item.of("value")


def _is_said(q: Question, a: int, b: int) -> bool:
    before = any(item.kind == "both" for item in q.items[max(0, a - NEAR) : a])
    behind = [t.word for item in q.items[a + 1 : b + 4] if item.kind in SMALL for t in item.tokens]
    ends = [item.kind for item in q.items[b + 1 :]]
    return before or bool(TOO & set(behind)) or ("both" in ends and not before and ends.index("both") < NEAR)


def _put(q: Question, a: int, b: int, kind: str) -> None:
    one, other = q.items[a], q.items[b]
    nouns = {k for k in range(max(0, a - NEAR), min(len(q), b + 2)) if _names(q.items[k], one)}
    steps = {k for k in range(max(0, a - NEAR), a) if kind == "date" and q.kind(k) == "grain" and q.items[k].plural}
    kept = [k for k in range(len(q)) if k not in nouns | steps and q.kind(k) != "both" and not a < k < b]
    joint = next(q.items[k] for k in range(a + 1, b) if q.kind(k) == "and")
    joint.words = "and"
    if kind == "date":
        one.notes.append(BOTH)
        other.notes.append(BOTH)
    for item in (one, other):
        item.tokens = (replace(item.tokens[0], breaks=False), *item.tokens[1:])
    said: list[Item] = []
    for k in kept:
        if k == a and kind == "value":
            said.append(made("both", "both"))
        said += [joint, q.items[k]] if k == b else [q.items[k]]
    q.items = said


def both_periods(reader: Reader, frame: Frame) -> None:
    """`who bought in 2023 and also in 2025`: something of its own happened in each of the two."""
    if not frame.events or not any(BOTH in item.notes for item in reader.items):
        return
    events = [e for e in frame.events if not e.negated]
    if len(frame.whens) != 2 or len(events) != 1 or len(frame.events) != 1 or events[0].whens:
        raise Decline("In both of two periods I can tell what one thing happened. Ask for each on its own.")
    frame.events = [replace(events[0], whens=(when,)) for when in frame.whens]
    frame.whens = []
