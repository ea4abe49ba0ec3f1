"""Two numbers that are to stand beside each other: `more in May than in June? show both`, `what did we sell here and …`."""

from __future__ import annotations

from collections.abc import Sequence

from .lexicon import PRESENTING
from .linker import Item
from .rewriting import Question

HIGHER = frozenset(("higher than", "lower than", "more than", "less than", "greater than", "smaller than"))
LEAST_REPEATED = 2  # words that begin both halves


def only_presents(items: Sequence[Item]) -> bool:
    """Whether a sentence only says how the numbers are to be shown: `show both figures`, `put the two side by side`."""
    said = [item for item in items if item.kind != "glue"]
    words = [t.word for item in said for t in item.tokens]
    return {"both", "two"} & set(words) != set() and all(word in PRESENTING for word in words)


def compared(q: Question) -> None:
    """Put what compares two halves in the plain form that the clauses read."""
    for i in range(len(q) - 1):
        _higher_than(q, i)
        _both_halves(q, i)


def _higher_than(q: Question, i: int) -> None:
    """`was revenue higher in May than in June`, said as `in May higher than in June`."""
    behind = i + 2 if q.word(i + 1) in ("in", "of", "for") else i + 1
    dates = [k for k in range(len(q)) if q.kind(k) == "date"]
    if q.word(i) in HIGHER and len(dates) == 2 and dates[1] == behind and dates[0] < i:
        q.items[i].kind, q.items[i].words = "compare", "compared to"


def _both_halves(q: Question, i: int) -> None:
    """`what did we sell online and what did we sell in store`: the one compared to the other."""
    if q.kind(i) != "and":
        return
    opening = next((k for k in range(i) if q.kind(k) in ("list", "how much", "count")), i)
    size = 0
    while i + 1 + size < len(q) and opening + size < i and q.word(opening + size) == q.word(i + 1 + size):
        size += 1
    repeated = [q.items[k] for k in range(opening, opening + size)]
    halves = (range(opening + size, i), range(i + 1 + size, len(q)))
    told = all(any(q.items[k].of("value", "flag") or q.kind(k) == "date" for k in half) for half in halves)
    if size < LEAST_REPEATED or not told or not any(item.kind not in ("list", "glue") for item in repeated):
        return
    q.items[i].kind, q.items[i].words = "compare", "compared to"
    for k in range(i + 1, i + 1 + size):
        q.items[k].kind, q.items[k].readings = "glue", ()
