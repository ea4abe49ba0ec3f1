"""A part set against all of its kind: `late loans / all loans`, `late loans out of all loans` are the share of them."""

from __future__ import annotations

from ..frame import Decline
from ..linking.linker import Item, made

ALL, SMALL = ("all", "total", "overall"), ("the", "our", "of", "these", "those")


def wholes(items: list[Item]) -> None:
    """Let a part that is set against all of its kind ask for its share. Raises Decline where it is not clear of what.

    Read as a list of the part, the whole would be lost without a word.
    """
    for i in range(1, len(items)):
        start = _over(items, i)
        if items[i].words not in ALL or start is None:
            continue
        noun = next((k for k in range(i + 1, len(items)) if items[k].words not in SMALL), len(items))
        rows = {r.table for r in items[noun].of("table") if r.score >= 0.6} if noun < len(items) else set()
        same = [k for k in range(start) if rows & {r.table for r in items[k].of("table") if r.score >= 0.6}]
        if not rows or not same:
            continue
        first = _begin(items, same[-1])
        if any(item.kind == "share" for item in items[:first]):  # `the share of late loans out of all loans`
            for item in items[start : noun + 1]:
                item.silence()
            return
        if any(item.kind not in ("list", "glue") for item in items[:first]):
            said = f"{items[i].words} {items[noun].words}"
            raise Decline(f"“{said}” is the whole of what? Ask for the share of one thing.")
        for item in items[:first] + items[start : noun + 1]:
            item.silence()
        items.insert(first, made("share", "share of", at=items[first].at))
        return


def _over(items: list[Item], i: int) -> int | None:
    """Where what sets the part against the whole begins: a slash, `out of`."""
    if "/" in items[i].tokens[0].gap:
        return i
    k = i - 1
    while k > 0 and items[k].words in ("the", "of"):
        k -= 1
    return k if k > 0 and k < i - 1 and items[k].words == "out" else None


def _begin(items: list[Item], noun: int) -> int:
    """Where the words begin that say which part it is: `late and lost | loans`."""
    k = noun
    while k and not items[k].tokens[0].breaks and _says_which(items[k - 1]):
        k -= 1
    return k


def _says_which(item: Item) -> bool:
    return bool(item.of("value", "flag")) or item.kind in ("and", "or")
