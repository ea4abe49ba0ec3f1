"""What one of some rows comes to, in other words: `how many stars do owners give on average`, `how long is a route`.

Token by token: put as the average of the column that is meant, where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.units import units_of
from ..english.words import Token, name_words, reworded, spoken, stems
from ..prompt.legends import SCALE
from ..prompt.schema import Column
from ..prompt.vocabulary import Vocabulary

GRADES = stems("score rating stars grade mark points")
GIVING = frozenset(("give", "gives", "gave", "given", "award", "awarded", "leave", "left", "post", "posted"))
AROUND = frozenset(("do", "does", "did", "the", "our", "that", "which", "have", "has", "a", "an", "all"))
BEHIND = frozenset(("in", "with", "for", "their", "them", "the", "our", "on", "of"))
SIZES = frozenset(("long", "far", "heavy", "big", "large", "high", "tall", "wide", "deep"))
BEING = ("is", "are", "was", "were")
ENDS = frozenset(("by", "per", "for", "in", "on", "with", "each", "every", "from", "to", "at", "when", "does", "has"))
ARTICLES = ("a", "an", "the", "our", "one")


def of_one(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such averages put plainly."""
    said = list(tokens)
    for rule in (_costs, _given, _they_average, _measured_in):
        said = rule(said, known)
    return said


def _number(tokens: Sequence[Token], known: Vocabulary) -> Column | None:
    """The one column of numbers that is called just so."""
    found = known.columns(tuple(t.stem for t in tokens))
    return found[0] if len(found) == 1 and found[0].kind == "number" else None


def _costs(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how much does a treatment cost on average` as `what does a treatment cost on average`."""
    words = [t.word for t in tokens]
    at = next((k for k in range(len(words) - 2) if words[k : k + 3] == ["cost", "on", "average"]), 0)
    start = next((k for k in range(at) if words[k : k + 2] == ["how", "much"]), None)
    asks = start is not None and words[start + 2] in ("do", "does", "did") and words[start + 3] in ("a", "an", "one")
    if start is None or not asks or not known.rows(tokens[at - 1].stem):
        return tokens
    return [*tokens[:start], *reworded(tokens[start], "what"), *tokens[start + 2 :]]


def _given(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how many stars do owners give on average`, `the mean number of stars that owners gave`: the average stars."""
    words = [t.word for t in tokens]
    verb = next((k for k in range(3, len(words)) if words[k] in GIVING and known.rows(tokens[k - 1].stem)), None)
    for i in range(len(words) - 3 if verb is not None else 0):
        counted = words[i : i + 2] in (["how", "many"], ["number", "of"], ["number", "the"])
        column = _number(tokens[i + 2 : i + 3], known) if counted else None
        if column is None or not verb or i + 2 >= verb or not _of_each(column):
            continue
        on = next((k for k in range(len(words) - 1) if words[k : k + 2] == ["on", "average"]), None)
        mean = words[i - 1] in ("mean", "average", "avg")
        between = [w for k, w in enumerate(words[i + 3 : verb - 1], i + 3) if on is None or k not in (on, on + 1)]
        if not (mean or on is not None) or not all(w in AROUND for w in between):
            continue
        end = verb + 1
        behind = next((k for k in range(end, len(words)) if words[k] not in BEHIND), len(words))
        if behind > end and behind < len(words) and words[end] in ("in", "with") and known.rows(tokens[behind].stem):
            end = behind + 1 if column.table in known.rows(tokens[behind].stem) else end
        first = i - 1 if mean else i
        gone = {*range(first, i + 2), *range(i + 3, end), *((on, on + 1) if on is not None else ())}
        kept = [(k, t) for k, t in enumerate(tokens) if k not in gone]
        said = [u for k, t in kept for u in (reworded(t, f"average {t.word}") if k == i + 2 else [t])]
        return said
    return tokens


def _of_each(column: Column) -> bool:
    return bool({*name_words(column.name)} & GRADES) or SCALE.search(column.note) is not None


def _they_average(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`what do the stars in our opinions average` as `average stars in our opinions`."""
    words = [t.word for t in tokens]
    at = next((k for k in range(3, len(words)) if words[k] == "average"), None)
    start = next((k for k in range(at or 0) if words[k] == "what" and words[k + 1] in ("do", "does", "did")), None)
    if at is None or start is None or not (at + 1 == len(words) or words[at + 1] in ENDS or tokens[at + 1].breaks):
        return tokens
    noun = start + 3 if words[start + 2] in ("the", "our") else start + 2
    parted = any(t.breaks for t in tokens[start + 1 : at + 1])
    column = _number(tokens[noun : noun + 1], known)
    if noun >= at or parted or column is None:
        return tokens
    own = any(column.table in known.rows(t.stem) for t in tokens[noun + 1 : at])  # `in the opinions`, that have them
    own &= all(t.word in BEHIND or t.stem in name_words(column.table) for t in tokens[noun + 1 : at])
    end = noun + 1 if own else at
    return [*tokens[:start], *reworded(tokens[start], "average"), *tokens[noun:end], *tokens[at + 1 :]]


def _measured_in(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how long is a route on average, in kilometers` as `average route km`, of a column measured so."""
    words = [t.word for t in tokens]
    start = next((k for k in range(len(words) - 4) if words[k] == "how" and words[k + 1] in SIZES), None)
    unit = next((k for k in range(4, len(words)) if words[k - 1] == "in" and units_of(words[k])), None)
    if start is None or unit is None or words[start + 2] not in BEING or unit < start + 5:
        return tokens
    first = start + 4 if words[start + 3] in ARTICLES else start + 3
    mean = words[first] in ("average", "typical", "mean")
    first += mean
    end = next((k for k in range(first, len(words)) if words[k] in ENDS or tokens[k].breaks), len(words))
    on = next((k for k in range(end, len(words) - 1) if words[k : k + 2] == ["on", "average"]), None)
    on = next((k for k in range(len(words) - 1) if words[k : k + 2] == ["on", "average"]), None) if on is None else on
    noun = known.phrases.get(tuple(t.stem for t in tokens[first:end]), ())
    tables = [r.table for r in noun if r.kind == "table" and r.score >= 0.9]
    if len(tables) != 1 or not (mean or on is not None):
        return tokens
    written = units_of(words[unit])
    found = [c for c in known.prompt.schema.tables[tables[0]].columns
             if c.kind == "number" and spoken(c.name).split(" ")[-1] in written]  # fmt: skip
    if len(found) != 1 or known.columns(name_words(found[0].name)) != found:  # another is called so, too
        return tokens
    gone = {*range(start, end), unit - 1, unit, *((on, on + 1) if on is not None else ())}
    rest = [t for k, t in enumerate(tokens[end:], end) if k not in gone]
    rest = [replace(rest[0], breaks=False), *rest[1:]] if rest else rest
    return [*tokens[:start], *reworded(tokens[start], f"average {spoken(found[0].name)}"), *rest]
