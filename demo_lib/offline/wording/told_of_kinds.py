"""Kinds that are listed with a number of each: `the reasons for returns with the average refund` is that by reason.

Rows that are listed so are read elsewhere; a kind is a column of text, with no rows of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import ARTICLES, word_set
from ..english.words import Token, reworded
from ..prompt.vocabulary import Vocabulary
from .patterns import SAID_FIRST, called

LED = frozenset(("the", "our", "all", "different", "of"))
WITH = (("with",), ("along", "with"), ("together", "with"), ("alongside",), ("and",), ("plus",), ("as", "well", "as"))
EACH = frozenset(("the", "their", "its", "each"))
WORKED_OUT = frozenset(("average", "mean", "total", "median", "number", "count", "minimum", "maximum", "avg"))
GROUPED = frozenset(("by", "per", "each", "every", "which", "where", "whose", "that"))
OTHER = GROUPED | word_set(
    """
    over above below under more less than exceeding least most who between highest lowest largest smallest not without
    share
    """
)


def told_of_kinds(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, a list of kinds with a number of each put as that number by the kind."""
    said = list(tokens)
    start = next((k for k, t in enumerate(said) if t.word not in SAID_FIRST | LED), len(said))
    for size in (3, 2, 1):
        kind = said[start : start + size]
        columns = {r.column for r in called(kind, known) if r.column and r.column.kind == "text" and r.score >= 0.85}
        rows = any(r.kind in ("table", "value") or r.term for r in called(kind, known))
        if len(kind) < size or len(columns) != 1 or rows or not kind[-1].word.endswith("s"):
            continue
        (column,) = columns
        at = _behind_rows(said, start + size, column.table if column else "", known)
        number = _number(said, at)
        end = next((k for k in range(number, len(said)) if said[k].breaks), len(said))
        told = said[number:end]
        plain = told and not {t.word for t in told} & OTHER and all(t.number is None for t in told)
        plain = plain and not {t.word for t in said[end:]} & GROUPED
        if not number or not plain:
            return said
        by = [*reworded(replace(kind[0], breaks=False), "by"), *(replace(t, breaks=False, gap=" ") for t in kind)]
        return [*said[: min(start, 1)], *(replace(t, breaks=False) if k == 0 else t for k, t in enumerate(told)), *by,
                *said[end:]]  # fmt: skip
    return said


def _behind_rows(said: Sequence[Token], i: int, table: str, known: Vocabulary) -> int:
    """The position behind `for returns`, `why goods were returned`, where these rows are those that have the kind."""
    if [t.word for t in said[i : i + 1]] == ["why"]:
        verbs = range(i + 1, min(i + 6, len(said)))
        did = (k for k in verbs if any(r.table == table for r in known.events.get(said[k].stem, ())))
        return next(did, i - 1) + 1
    if [t.word for t in said[i : i + 1]] not in (["for"], ["of"]):
        return i
    k = i + 1
    while k < len(said) and said[k].word in LED:
        k += 1
    return k + 1 if any(r.kind == "table" and r.table == table for r in called(said[k : k + 1], known)) else i


def _number(said: Sequence[Token], i: int) -> int:
    """Where the number begins behind `with the`, `along with their`; 0 where none does."""
    for way in WITH:
        if tuple(t.word for t in said[i : i + len(way)]) == way and not any(t.breaks for t in said[i : i + len(way)]):
            k = i + len(way)
            while k < len(said) and said[k].word in EACH:
                k += 1
            return k if k < len(said) and said[k].word in WORKED_OUT and said[k].word not in ARTICLES else 0
    return 0
