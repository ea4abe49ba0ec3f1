"""A text within a name: `products with Oak in their name`, `clubs whose name contains "City"`."""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import ARTICLES
from ..prompt.schema import Column
from ..prompt.vocabulary import flagged
from ..source import display
from .question import Question

HAVING = frozenset(("have", "has", "had", "having", "with", "contain", "contains", "containing"))
CONTAINING = frozenset(("contain", "contains", "containing", "include", "includes", "including", "has", "have"))
WHO = frozenset(("that", "which", "who", "whose", "the"))
NAMES = frozenset(("name", "names", "title", "titles"))
THEIR = ARTICLES | {"their", "its", "a"}
LONGEST = 3


def contained(q: Question) -> None:
    """Let what is said to stand in a name become the condition that it does."""
    for i in range(1, len(q)):
        if i >= len(q):
            return
        within = next((k for k in range(i + 2, i + 2 + LONGEST) if q.word(k) == "in"), None)
        if q.word(i) in HAVING and within is not None and _named(q, q.skip(within + 1, THEIR)):
            name = q.skip(within + 1, THEIR)
            _put(q, i, range(i + 1, within), name, {*range(i, name + 1)})
        elif _named(q, i) and q.word(i + 1) in CONTAINING and i + 2 < len(q):
            start = q.skip(i + 2, ARTICLES | {"word", "text"})
            end = start
            while end < min(len(q), start + LONGEST) and q.kind(end) in ("word", "quoted", "link", "begin"):
                if end > start and q.items[end].tokens[0].breaks:
                    break
                end += 1
            _put(q, i, range(start, end), i, {*range(i, end)})


def _named(q: Question, i: int) -> bool:
    """Whether the item at `i` is a name, or a column of names."""
    return q.word(i).rpartition(" ")[2] in NAMES


def _put(q: Question, at: int, texts: range, name: int, used: set[int]) -> None:
    text = " ".join(token.text for k in texts for token in q.items[k].tokens).strip().lower()
    before = at - 1
    while before > 0 and q.word(before) in WHO:
        before -= 1
    column = _column(q, name, before)
    if not text or column is None or set(text) & set("%_\\"):
        return
    pattern = exp.Literal.string(f"%{text}%")
    said = exp.Like(this=exp.Lower(this=column.reference), expression=pattern)
    q.put(flagged(f"{text} in {column}", column.table, said), used, at=at)


def _column(q: Question, name: int, before: int) -> Column | None:
    """The one column that holds the names: of the rows before, or the one that is called so in full."""
    rows = q.rows(before) if before >= 0 else []
    full = [r.column for r in q.items[name].of("column") if r.column and r.score >= 0.9 and " " in q.word(name)]
    own = full or (display(q.schema, rows[0]) if rows else [])
    return own[0] if len(own) == 1 and own[0].kind == "text" else None
