"""Words that say nothing more of what is counted or told apart: `urgency levels`, `each kind of device`.

Token by token, where the prompt has no such words itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.words import Token, name_words, reworded, stems
from ..prompt.vocabulary import Reading, Vocabulary

PARTING = frozenset(("break", "split", "divide", "separate"))
PARTICLES = frozenset(("down", "up", "out", "apart"))
BY = frozenset(("by", "per", "into", "across", "for", "according", "along"))
LEVELS = frozenset(("level", "levels", "classes", "groups", "values", "options", "buckets"))
KINDS = frozenset(("kind", "kinds", "type", "types", "sort", "sorts"))
KIND_STEMS = stems("kind type sort category class")
JOINTS = ("and", "&")
CARRYING = frozenset(("carry", "have", "offer", "stock", "keep", "run", "own", "list"))
MAKING = frozenset(("make", "file", "submit", "raise", "send", "write", "open", "enter", "hand", "put", "report"))
ADDED = frozenset(("in", "a", "an"))
HIGH = frozenset(("high", "large", "big", "low"))


def said_more(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens without such words."""
    said = list(tokens)
    for rule in (_taken_apart, _levels, _kind_of, _different, _times_made, _how_high, _both_named):
        said = rule(said, known)
    return said


def _exact(tokens: Sequence[Token], known: Vocabulary) -> list[Reading]:
    if any(t.breaks for t in tokens[1:]):
        return []
    return [r for r in known.phrases.get(tuple(t.stem for t in tokens), ()) if r.score == 1]


def _tables(tokens: Sequence[Token], known: Vocabulary) -> set[str]:
    """The tables that are called in full somewhere in the question."""
    runs = (tokens[i : i + n] for i in range(len(tokens)) for n in (1, 2, 3) if i + n <= len(tokens))
    return {r.table for run in runs for r in _exact(run, known) if r.kind == "table"}


def _taken_apart(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`break the number of servers down by site` as `the number of servers by site`."""
    words = [t.word for t in tokens]
    for i in range(len(words) - 4):
        if words[i] not in PARTING or not (i == 0 or words[i - 1] in ("please", "you", "and", "to", "we", "i", "let")):
            continue
        down = next((k for k in range(i + 2, len(words) - 1) if words[k] in PARTICLES), None)
        if down is not None and words[down + 1] in BY and not any(t.breaks for t in tokens[i + 1 : down + 1]):
            return [*reworded(tokens[i], "show"), *tokens[i + 1 : down], *tokens[down + 1 :]]
    return tokens


def _levels(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`across the urgency levels`, of a column `urgency` whose values are listed: across these."""
    for i in range(1, len(tokens)):
        listed = [r for r in _exact(tokens[i - 1 : i], known) if r.kind == "column" and r.column and r.column.values]
        named = known.phrases.get((tokens[i].stem,), ()) or known.phrases.get((tokens[i - 1].stem, tokens[i].stem), ())
        if listed and tokens[i].word in LEVELS and not tokens[i].breaks and not named:
            return [*tokens[:i], *tokens[i + 1 :]]
    return tokens


def _kind_of(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`sessions with each kind of device`, of sessions with a column `device`, though others have a `device_kind`."""
    for i in range(len(tokens) - 2):
        if tokens[i].word not in KINDS or tokens[i + 1].word != "of":
            continue
        named = _tables(tokens, known)
        own = [r for r in _exact(tokens[i + 2 : i + 3], known) if r.kind == "column" and r.table in named]
        if len(own) != 1 or own[0].column is None or own[0].column.kind != "text":
            continue
        columns = known.prompt.schema.tables[own[0].table].columns
        if not any(tokens[i + 2].stem in (n := {*name_words(c.name)}) and n & KIND_STEMS for c in columns):
            return [*tokens[:i], replace(tokens[i + 2], breaks=False, gap=" "), *tokens[i + 3 :]]
    return tokens


def _different(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how many different products do we carry`: each row is one of them."""
    words = [t.word for t in tokens]
    for i in range(len(words) - 3):
        if words[i : i + 2] != ["how", "many"] or words[i + 2] not in ("different", "distinct", "individual"):
            continue
        rows = any(r.kind == "table" for r in _exact(tokens[i + 3 : i + 4], known))
        behind = words[i + 5 : i + 7] if words[i + 4 : i + 5] == ["do"] else words[i + 4 : i + 6]
        if rows and behind[:1] == ["we"] and {*behind[1:]} & CARRYING:
            return [*tokens[: i + 2], *tokens[i + 3 :]]
    return tokens


def _times_made(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how many times did customers make a claim` as `number of claims`."""
    words = [t.word for t in tokens]
    for i in range(len(words) - 6):
        times = 3 if words[i : i + 3] == ["how", "many", "times"] else 2 if words[i : i + 2] == ["how", "often"] else 0
        if not times or words[i + times] not in ("did", "do", "does", "have"):
            continue
        verb = next((k for k in range(i + times + 2, len(words) - 2) if words[k] in MAKING), None)
        who = tokens[i + times + 1 : verb] if verb else []
        if verb is None or not any(r.kind == "table" for t in who for r in _exact([t], known)) or len(who) > 2:
            continue
        start = next((k for k in range(verb + 1, len(words)) if words[k] not in ADDED), len(words))
        for end in (start + 3, start + 2, start + 1):
            rows = [r for r in _exact(tokens[start:end], known) if r.kind == "table"] if end <= len(words) else []
            if rows and words[start - 1] in ("a", "an"):
                return [*tokens[:i], *reworded(tokens[i], "number of"), *tokens[start:end], *tokens[end:]]
    return tokens


def _how_high(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how high is the conversion rate` as `what is the conversion rate`."""
    words = [t.word for t in tokens]
    for i in range(len(words) - 4):
        asked = words[i] == "how" and words[i + 1] in HIGH and words[i + 2] in ("is", "was", "are", "were")
        if asked and "rate" in words[i + 4 : i + 7] and words[i + 3] in ("the", "our"):
            return [*tokens[:i], *reworded(tokens[i], "what"), *tokens[i + 2 :]]
    return tokens


def _both_named(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`first and last names`, `start/end date`, of two columns that end alike; of one name, both are in it."""
    for i in range(len(tokens) - 2):
        joined = tokens[i + 1].word in JOINTS or tokens[i + 1].gap.strip() in ("+", "/")
        k = i + 2 if tokens[i + 1].word in JOINTS else i + 1
        one, other, noun = tokens[i], tokens[k], tokens[k + 1] if k + 1 < len(tokens) else None
        if not joined or noun is None or noun.breaks or (other.breaks and k == i + 2) or noun.quoted:
            continue
        ends = {c.table for c in known.columns((other.stem, noun.stem))}
        if ends & {c.table for c in known.columns((one.stem, noun.stem))} and not known.columns((one.stem,)):
            joint = tokens[i + 1 : k] or reworded(other, "and")
            rest = [replace(other, breaks=False, gap=" "), *tokens[k + 1 :]]
            return [*tokens[: i + 1], replace(noun, breaks=False), replace(joint[0], breaks=False, gap=" "), *rest]
        if (one.word, other.word, noun.stem) == ("first", "last", "name") and not ends:
            return [*tokens[:i], replace(noun, breaks=one.breaks, gap=one.gap), *tokens[k + 2 :]]
    return tokens
