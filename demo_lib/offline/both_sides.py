"""Both sides of what is so or is not: `on weekends and on weekdays` wants a number for each, and no row is both."""

from __future__ import annotations

from .frame import Decline, Frame
from .linker import Item, made
from .rewriting import Question
from .schema import Column

JOINTS = ("and", "or", "compare")
PLACES = ("in", "on", "at", "for", "of", "with", "during")
ONE_ROW = frozenset(("both", "who", "whose", "that", "neither", "either"))


def both_sides(q: Question) -> None:
    """Group by a flag of which both sides are named, joined by `and`, `or`, `versus`."""
    if q.find(ONE_ROW):
        return
    _check_union(q)
    for i in range(len(q)):
        column, end = _flag(q, i), _second(q, i)
        if column is None or end is None or _is_grouped(q, i):
            continue
        place = i - 1
        while place >= 0 and (q.kind(place) in (*PLACES, "glue") and q.word(place) != "by"):
            place -= 1
        if not any(q.kind(k) == "than" for k in range(len(q))):  # `which had more revenue, weekends or weekdays`
            days = {q.items[k + 1] for k in range(i - 1) if q.kind(k) == "list" and q.word(k + 1) == "days"}
            q.items = [Item("glue", k.words, k.tokens, k.at) if k.kind == "more" or k in days else k for k in q.items]
        said = q.items[i]
        for k in range(place + 1, end + 1):
            if q.kind(k) in (*PLACES, *JOINTS) or k in (i, end):
                q.items[k] = Item("glue", q.word(k), q.items[k].tokens, q.items[k].at)
        group = Item("link", said.words, said.tokens, said.at, said.of("flag"))
        q.items += [made("by", "by"), group]
        return


def _check_union(q: Question) -> None:
    """Raise Decline for `on weekends and holidays`: days that are either, or both?"""
    for i in range(1, len(q) - 1):
        one, other = _flag(q, i - 1), _flag(q, i + 1)
        both = q.word(i) == "and" and one and other and one != other
        if both and q.items[i - 1].plural and q.items[i + 1].plural:
            words = f"{q.word(i - 1)} and {q.word(i + 1)}"
            raise Decline(f"“{words}” can be read in two ways here: any one of them, or all. Say “or”, or ask twice.")


def _second(q: Question, i: int) -> int | None:
    """Where the other side stands, if right behind `and`."""
    k = next((k for k in range(i + 1, len(q)) if q.kind(k) not in (*PLACES, "glue", *JOINTS)), None)
    joined = k is not None and any(q.kind(j) in JOINTS for j in range(i + 1, k))
    if k is None or not joined or _flag(q, i) is None or _flag(q, k) != _flag(q, i):
        return None
    return k if _is_true(q.items[k]) != _is_true(q.items[i]) else None


def _is_grouped(q: Question, i: int) -> bool:
    """Whether `by` stands before it: then the clauses group by it anyway."""
    return any(q.kind(k) == "by" for k in (i - 1, i - 2))


def _flag(q: Question, i: int) -> Column | None:
    """The column of which the item says one side."""
    flags = q.items[i].of("flag")
    return flags[0].column if flags and not q.items[i].of("table", "term") else None


def _is_true(item: Item) -> bool:
    return item.of("flag")[0].value != "false"


def check_sides(frame: Frame) -> None:
    """Raise Decline where rows would have to be so, and not so."""
    said: dict[Column, bool] = {}
    for f in frame.filters:
        flags = [r for option in f.options for r in option[:1] if r.kind == "flag" and r.column]
        for r in flags if len(f.options) == 1 else ():
            is_so = (r.value != "false") != f.negated
            if r.column and said.setdefault(r.column, is_so) != is_so:
                raise Decline(f"No row is “{f.words}” and not so at once. Ask for each on its own.")
