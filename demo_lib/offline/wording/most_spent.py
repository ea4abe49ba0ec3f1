"""What the most was spent on: `to which carriers did we pay the most for shipping` has the highest shipping cost.

The amount is the one column of money that the prompt calls after what it was spent on, or that such rows have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import word_set
from ..english.words import Token, name_words, reworded, spoken, stems
from ..prompt.schema import Column, bare
from ..prompt.vocabulary import Vocabulary
from .patterns import called, synonyms

SPENDING = frozenset(("spent", "spend", "spends", "paid", "pay", "pays"))
COSTS = frozenset(("cost", "costs", "spend", "spending", "expenses", "expenditure", "outlay", "outlays"))
MONEY = stems("cost fee spend expense charge")
SMALL = word_set(
    """
    to for on at with where which what who whom we us our have has had did do does was were is are been the most least
    money in into went
    """
)
LED = frozenset(("the", "our", "all", "of"))


def most_spent(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, what the most was spent on as the highest amount of that."""
    said = list(tokens)
    for i, token in enumerate(said):
        if token.word not in ("most", "least"):
            continue
        near = [t.word for t in said[max(0, i - 3) : i + 4]]
        on = next((k for k in range(i + 1, min(i + 6, len(said))) if said[k].word in ("on", "for", "into", "in")), None)
        if on is None or not (SPENDING & {*near} or ("went" in near and "money" in near)):
            continue
        first = i
        while first and said[first - 1].word in SPENDING | SMALL:
            first -= 1
        end, column = _amount(said, on + 1, known)
        between = {t.word for t in said[i + 1 : on]} <= SPENDING | SMALL
        if column is None or not between:
            continue
        lead = said[:first]
        if lead and lead[0].word in ("to", "for", "on", "with"):  # `to which carriers did we pay …`
            lead = [replace(lead[1], breaks=lead[0].breaks), *lead[2:]] if len(lead) > 1 else lead
        if not any(r.kind in ("table", "column") for r in called(lead[-1:], known)):
            continue
        size = "highest" if token.word == "most" else "lowest"
        return [*lead, *reworded(replace(token, breaks=False), f"with the {size} {_total(column)}"), *said[end:]]
    return said


def costs_of(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """`the top 5 boats by repair costs`: by what was spent on it, as the prompt calls that."""
    said = list(tokens)
    ranked = {t.word for t in said} & {"top", "highest", "most", "bottom", "lowest", "largest"}
    for i in range(2, len(said)) if ranked else ():
        pair = said[i - 1 : i + 1]
        if said[i].word not in COSTS or said[i].breaks or called(pair, known) or said[i - 2].word not in ("by", "the"):
            continue
        _, column = _amount(said, i - 1, known)
        if column is not None:
            return [*said[: i - 1], *reworded(said[i - 1], _total(column)), *said[i + 1 :]]
    return said


def _total(column: Column) -> str:
    return "total " + spoken(column.name)


def _amount(said: Sequence[Token], i: int, known: Vocabulary) -> tuple[int, Column | None]:
    """(the position behind, the one amount) of what is named at `i`: `shipping`, of a `shipping_cost`; `ads`."""
    while i < len(said) and said[i].word in LED:
        i += 1
    noun = said[i : i + 1]
    words = {noun[0].stem, *synonyms().get(noun[0].stem, ())} if noun else set()
    tables = known.prompt.schema.tables.values()
    numbers = [c for t in tables for c in t.columns if c.kind == "number" and {*name_words(c.name)} & MONEY]
    own = [c for c in numbers if words & {*name_words(c.name)}]
    rows = [c for c in numbers if words & {*name_words(bare(c.table))} and not {*name_words(c.name)} - MONEY]
    found = own if len(own) == 1 else rows
    return i + 1, found[0] if len(found) == 1 and not (len(own) > 1) else None
