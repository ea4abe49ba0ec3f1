"""Small talk before and after a question: `Hi there, quick one: …`, `…, if that is possible?`."""

from __future__ import annotations

from collections.abc import Sequence

from ..english.lexicon import COURTESIES, GREETINGS, JOINING_KINDS, OPENINGS, SIGHS, THEY
from ..linking.linker import Item

WONDERING = {"is", "are", "do", "does", "did", "was", "were", "has", "have", "can"}
TOGETHER, OVER = {"together", "combined"}, {"across", "over", "through", "among"}
SILENT = JOINING_KINDS | {"word", "and", "or", "list"}


def without_small_talk(items: Sequence[Item]) -> list[Item]:
    """The items without whole clauses that say nothing about the database.

    Left out is a clause before the one that asks, if none of its words is known and none is a name, a number or a
    date; and a clause at the end that is a courtesy. What is asked must not point back to it.
    """
    items = _without_musing(items)
    _requests(items)
    clauses: list[list[Item]] = []
    start = 0
    while start < len(items) - 1 and items[start].kind in SILENT and items[start].words in SIGHS:
        start += 1
    for item in items[start:]:
        if not clauses or item.tokens[0].breaks:
            clauses.append([])
        clauses[-1].append(item)
    while len(clauses) > 1 and _is_courtesy(clauses[-1]):
        clauses.pop()
    while len(clauses) > 1 and _greets(clauses[0]):
        clauses.pop(0)
    asks = next((k for k, clause in enumerate(clauses) if _asks(clause) or (k and ":" in clause[0].tokens[0].gap)), 0)
    talk = [item for clause in clauses[:asks] for item in clause]
    points_back = any(t.word in THEY for clause in clauses[asks:] for item in clause for t in item.tokens)
    if talk and all(map(_says_nothing, clauses[:asks])) and not points_back:
        clauses = clauses[asks:]
    return [item for clause in clauses for item in clause]


def _without_musing(items: Sequence[Item]) -> Sequence[Item]:
    """`How busy are our crews? Jobs by crew`: the second sentence says how to measure what the first wonders about.

    All that the database knows of the first must be said again, and the first must have a word that it cannot know.
    """
    end = next((k for k, item in enumerate(items) if k and "?" in item.tokens[0].gap), 0)
    first, rest = items[:end], items[end:]
    wonders = bool(first) and (first[0].words == "how" or first[0].tokens[0].word in WONDERING)
    if not wonders or not any(item.kind == "word" for item in first):
        return items
    again = {t.stem for item in rest for t in item.tokens}
    known = {t.stem for item in first if item.kind not in SILENT | {"money"} or item.readings for t in item.tokens}
    points_back = any(t.word in THEY for item in rest for t in item.tokens)
    named = any(t.text[:1].isupper() for item in first[1:] if item.kind == "word" for t in item.tokens)
    return items if points_back or named or known - again or not any(item.readings for item in rest) else rest


def _requests(items: Sequence[Item]) -> None:
    """Silence what only says in which form the answer is wanted: `set … side by side`, `…, all shops together`."""
    first = next((k for k, item in enumerate(items) if item.kind not in SILENT or item.kind == "word"), len(items))
    beside = any(item.kind == "compare" for item in items)
    if first < len(items) and beside and items[first].words in ("set", "put", "place"):
        items[first].kind = "list"  # `set … side by side`
    for k, item in enumerate(items):
        if item.tokens[-1].word in TOGETHER and (start := _all_of(items, k)) is not None:
            for one in items[start : k + 1]:
                one.silence()


def _all_of(items: Sequence[Item], end: int) -> int | None:
    """Where it starts to say all rows of some kinds, up to `end`: `all shops and channels together`."""
    start = next((k for k in range(end - 1, -1, -1) if items[k].tokens[0].word == "all"), None)
    if start is None or not (end + 1 == len(items) or items[end + 1].tokens[0].breaks or items[end + 1].kind == "date"):
        return None
    plain = all(i.kind in JOINING_KINDS | {"and"} or i.of("table", "column") for i in items[start + 1 : end])
    led = start and (items[start - 1].kind in ("in", "for", "of", "from", "at") or items[start - 1].words in OVER)
    apart = items[start].tokens[0].breaks or start == 0
    return (start - 1 if led else start) if plain and (led or apart) and start + 1 < end else None


def _asks(clause: Sequence[Item]) -> bool:
    """Whether a clause begins as a question or an order to show something does."""
    words = [t.word for item in clause for t in item.tokens]
    while words[:1] and words[0] in ("so", "and", "but", "now", "in", "on", "at", "for", "of", "by", "ok", "well"):
        words = words[1:]
    return words[:1] != [] and (words[0] in OPENINGS or clause[0].kind in ("list", "count", "how much"))


def _says_nothing(clause: Sequence[Item]) -> bool:
    """Whether nothing in a clause could be meant for the database."""
    if any(item.kind not in SILENT or item.readings for item in clause):
        return False
    if clause[0].kind == "by" and clause[0].words != "by":  # `For every …, count …` wants a row for each of what
        return False
    return not any(t.text[:1].isupper() and t.word != "i" for item in clause[1:] for t in item.tokens)


def _greets(clause: Sequence[Item]) -> bool:
    """`Good morning team!`: said to whoever is asked, so that nothing behind points back to it."""
    silent = all(item.kind in SILENT and not item.readings for item in clause)
    return silent and all(t.word in GREETINGS for item in clause for t in item.tokens)


def _is_courtesy(clause: Sequence[Item]) -> bool:
    return " ".join(t.word for item in clause for t in item.tokens) in COURTESIES
