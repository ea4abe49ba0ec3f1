"""How much of something there is somewhere: `how many doses does each clinic have on hand`, `how many pallets fit in`.

Token by token, where a column of numbers is called so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.words import Token, name_words, phrase, reworded, spoken, stem, stems
from ..prompt.schema import Column
from ..prompt.vocabulary import Vocabulary

HAVING = frozenset(("have", "has", "hold", "holds", "keep", "keeps", "store", "stores", "got"))
UNITS = stems("unit piece item thing")
SIZES = frozenset(("much", "big", "large", "high", "great"))
STOCK = frozenset(("stock", "inventory", "supply", "quantity", "amount", "level"))
LYING = frozenset(("is", "are", "was", "lying", "kept", "held", "stored", "the", "our", "do", "we", "have", "there"))
FITTING = frozenset(("fit", "fits"))
ROOM = stems("place capacity slot space seat spot bay")
ENDS = ("in", "at", "by", "per", "for", "across", "from", "each", "every", "on", "with")


def held(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such amounts put plainly."""
    said = list(tokens)
    for rule in (_places_for, _fitting, _has_on_hand, _stock_on_hand):
        said = rule(said, known)
    return said


def _column(tokens: Sequence[Token], known: Vocabulary) -> Column | None:
    """The one column of numbers that may be added up and is called just so."""
    if any(t.breaks for t in tokens[1:]):
        return None
    found = known.columns(tuple(t.stem for t in tokens))
    return found[0] if len(found) == 1 and found[0].kind == "number" and found[0].additive else None


def _places_for(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`places for cages` as `cage places`, of a column of the name."""
    for i in range(len(tokens) - 2):
        first, last = tokens[i], tokens[i + 2]
        own = any(r.score >= 0.9 for r in known.phrases.get((first.stem,), ()))
        if tokens[i + 1].word != "for" or last.breaks or own or known.phrases.get((first.stem, last.stem)):
            continue
        if (column := _column((last, replace(first, breaks=False)), known)) is not None:
            return [*tokens[:i], *reworded(first, spoken(column.name)), *tokens[i + 3 :]]
    return tokens


def _fitting(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how many cages fit in the wards` as `how many cage places are in the wards`."""
    for i in range(2, len(tokens) - 1):
        many = tokens[i - 2].word == "many" and tokens[i + 1].word in ("in", "into", "on")
        if tokens[i].word not in FITTING or not many:
            continue
        schema = known.prompt.schema.tables.values()
        found = [c for t in schema for c in t.columns if c.kind == "number" and c.additive
                 and name_words(c.name)[0] == tokens[i - 1].stem and name_words(c.name)[-1] in ROOM]  # fmt: skip
        own = i + 3 if tokens[i + 2 : i + 3] and tokens[i + 2].word in ("its", "their", "the") else i + 2
        same = len(found) == 1 and len(tokens) > own and tokens[own].stem == name_words(found[0].table)[-1]
        if same and not (tokens[own + 1 :] and tokens[own + 1].word == "of"):  # `fit in its wards`
            return [*tokens[: i - 1], *reworded(tokens[i - 1], spoken(found[0].name)), *tokens[own + 1 :]]
        if len(found) == 1:
            said = f"{spoken(found[0].name)} are in"
            return [*tokens[: i - 1], *reworded(tokens[i - 1], said), *tokens[i + 2 :]]
    return tokens


def _has_on_hand(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how many doses does each clinic have on hand` as `total on hand does each clinic have`."""
    words = [t.word for t in tokens]
    start = next((k for k in range(len(words) - 5) if words[k : k + 2] == ["how", "many"]), None)
    if start is None or words[start + 3] not in ("does", "do", "did"):
        return tokens
    for verb in range(start + 5, len(words) - 1):
        if words[verb] not in HAVING:
            continue
        for end in (verb + 3, verb + 2):
            column = _column(tokens[verb + 1 : end], known) if end <= len(words) else None
            unit = tokens[start + 2]
            own = column is not None and (unit.stem in UNITS or unit.stem in phrase(column.note))
            if column is not None and own and unit.stem not in name_words(column.name):
                each = tokens[start + 4 : verb]
                total = reworded(tokens[start], f"total {spoken(column.name)}")
                lead = [] if each[0].word in ("each", "every") else reworded(each[0], "by")
                return [*tokens[:start], *total, *lead, *each, *tokens[end:]]
    return tokens


def _stock_on_hand(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how big is the stock on hand in the individual clinics` as `total on hand in the individual clinics`."""
    words = [t.word for t in tokens]
    start = next((k for k in range(len(words) - 3) if words[k] == "how" and words[k + 1] in SIZES), None)
    for at in range(start + 2, len(words) - 1) if start is not None else ():
        between = tokens[start + 2 : at] if start is not None else []
        if not any(t.word in STOCK for t in between):
            continue
        for end in (at + 2, at + 1):
            column = _column(tokens[at:end], known) if end <= len(words) else None
            if column is None or (end < len(words) and words[end] not in ENDS and not tokens[end].breaks):
                continue
            named = {*name_words(column.table), *phrase(known.prompt.schema.tables[column.table].note), stem("stock")}
            if all(t.word in LYING or t.word in STOCK or t.stem in named for t in between):
                first = tokens[start or 0]
                return [*tokens[:start], *reworded(first, f"total {spoken(column.name)}"), *tokens[end:]]
    return tokens
