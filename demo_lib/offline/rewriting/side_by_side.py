"""Two numbers to stand beside each other: `more in May than in June? show both`, `what did we sell here and what …`.

Or one that is to be taken from the other: `revenue minus refunds`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..english.lexicon import ARTICLES, MINUS, PRESENTING, TAKING_OFF
from ..linking.linker import Item
from ..prompt.glossary import Term
from ..prompt.vocabulary import Reading
from .question import Question

HIGHER = frozenset(
    ("higher than", "lower than", "more than", "less than", "greater than", "smaller than", "bigger than",
     "larger than", "fewer than")
)  # fmt: skip
THAT_OF = frozenset(["that", "those", "of", "for", "in", "at", "with", "from", "by", "on", "the", "ones", "one"])
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
    if not any(_minus(q, i) for i in range(1, len(q) - 1)):
        _taken_off(q)


def _higher_than(q: Question, i: int) -> None:
    """`was revenue higher in May than in June`, said as `in May higher than in June`."""
    behind = i + 2 if q.word(i + 1) in ("in", "of", "for") else i + 1
    dates = [k for k in range(len(q)) if q.kind(k) == "date"]
    if q.word(i) in HIGHER and len(dates) == 2 and dates[1] == behind and dates[0] < i:
        q.items[i].kind, q.items[i].words = "compare", "compared to"
    other = q.skip(i + 1, THAT_OF)
    if q.word(i) in HIGHER and other < len(q) and any(_alike(q.items[k], q.items[other]) for k in range(i)):
        q.items[i].kind, q.items[i].words = "compare", "compared to"  # `is the fee of boats higher than that of cars`
        for k in range(i + 1, other):
            q.items[k].silence()


def _alike(one: Item, other: Item) -> bool:
    """Whether both are values of one column."""
    return bool({r.column for r in one.of("value")} & {r.column for r in other.of("value")} - {None})


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
    least = 1 if q.kind(opening) == "count" and q.items[opening].words == "how many" else LEAST_REPEATED
    if size < least or not told or not any(item.kind not in ("list", "glue") for item in repeated):
        return
    q.items[i].kind, q.items[i].words = "compare", "compared to"
    for k in range(i + 1, i + 1 + size):
        q.items[k].silence()


def _minus(q: Question, i: int) -> bool:
    """`fees minus discounts`: two sums of the glossary, each over rows of its own."""
    behind = q.skip(i + 1, ARTICLES)
    if q.word(i) not in MINUS or not q.items[i - 1].next_to(q.items[i]):
        return False
    return _difference(q, i - 1, behind, {i - 1, i, behind})


def _taken_off(q: Question) -> None:
    """`after deducting the discounts, what are the fees`: the second without the first."""
    for i in range(len(q)):
        start = q.skip(i + 1, TAKING_OFF, ARTICLES, frozenset(("off", "away", "of")))
        taking = any(q.word(k) in TAKING_OFF for k in range(i + 1, start))
        if q.word(i) == "after" and taking and start < len(q) and q.items[start].of("term"):
            whole = next((k for k in (*range(start + 1, len(q)), *range(i)) if _sum_of(q, k) is not None), start)
            left = {k for k in range(len(q)) if q.word(k) in ("left", "remains", "remain") and q.kind(k) == "word"}
            if whole != start and _difference(q, whole, start, {*range(i, start + 1), whole, *left}):
                return


def _difference(q: Question, whole: int, off: int, used: set[int]) -> bool:
    above, below = _sum_of(q, whole), _sum_of(q, off)
    if above is None or below is None or above == below:
        return False
    name, table = f"{q.word(whole)} minus {q.word(off)}", q.items[whole].of("term")[0].table
    rest = Term(name, ((name,),), exp.Sub(this=above, expression=below))
    q.put(Reading("term", table, 1.0, term=rest), used, at=whole)
    return True


def _sum_of(q: Question, i: int) -> exp.Expr | None:
    """The sum that the glossary calls so."""
    terms = [r.term.sql for r in q.items[i].of("term") if r.term and r.score >= 0.9] if 0 <= i < len(q) else []
    return terms[0].copy() if terms and isinstance(terms[0], exp.Sum) else None
