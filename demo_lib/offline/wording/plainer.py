"""Turns of phrase around nouns, put plainly before anything is looked up.

`for every combination of town and trade` is by town and trade, `town x trade` as well; `20% off the price` is a
discount of so much; `count the cases where …` asks how often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.words import Token, reworded, stem
from ..prompt.vocabulary import Vocabulary

COMBINATIONS = ("combination", "combinations", "pairing", "pairings")
EACH = ("each", "every", "per", "by")
CASES = ("case", "cases", "instance", "instances", "occasion", "occasions")
PRICES = ("price", "prices", "bill", "list", "original", "regular", "full", "the", "ticket")
CUTTING = ("knocked", "knock", "took", "take", "taken", "cut", "shaved", "got", "get", "gave", "give")
CLAUSE = (("in", "which"), ("on", "which"), ("where",), ("when",))
BETWEEN = ("at", "least", "most", "more", "less", "than", "over", "under", "up", "to", "about", "exactly")


def plainer(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such turns of phrase put plainly where the prompt has no such words itself."""
    said = _times(_off(list(tokens), known), known)
    return _crossed(_combined(said, known))


def _combined(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`for every combination of a and b`, `per a and b combination`, `per a-b combination` as `by a and b`."""
    for i, token in enumerate(tokens):
        if token.word not in COMBINATIONS or (token.stem,) in known.phrases:
            continue
        before, behind = [t.word for t in tokens[:i]], [t.word for t in tokens[i + 1 : i + 2]]
        if behind == ["of"] and before[-1:] and before[-1] in (*EACH, "all", "the"):
            each = _as(tokens[i - 1], "by" if before[-1] == "by" else "each") if before[-1] not in EACH else None
            if before[-2:-1] == ["by"]:  # `by the combination of`
                return [*tokens[: i - 1], *tokens[i + 2 :]]
            return [*tokens[: i - 1], each or tokens[i - 1], *tokens[i + 2 :]]
        led = next((k for k in range(i - 1, max(-1, i - 7), -1) if tokens[k].word in EACH), None)
        if led is None or any(t.breaks for t in tokens[led + 1 : i]) or behind == ["of"]:
            continue
        parts = list(tokens[led + 1 : i])
        tied = next((k for k, t in enumerate(parts) if k and t.gap in ("-", "/", " / ")), None)
        if "and" not in [t.word for t in parts] and tied:
            parts[tied:tied] = [_as(parts[tied], "and")]
            parts[tied + 1] = replace(parts[tied + 1], breaks=False)
        if "and" in [t.word for t in parts]:
            return [*tokens[: led + 1], *parts, *tokens[i + 1 :]]
    return tokens


def _crossed(tokens: list[Token]) -> list[Token]:
    """`members: town x trade`, `members by town x trade`: by both."""
    crosses = [
        i for i, t in enumerate(tokens)
        if t.word == "x" and 0 < i < len(tokens) - 1 and not t.breaks and tokens[i - 1].number is None
        and tokens[i + 1].number is None and not tokens[i + 1].breaks
    ]  # fmt: skip
    if not crosses:
        return tokens
    said = [_as(t, "and") if i in crosses else t for i, t in enumerate(tokens)]
    if any(t.word in EACH for t in tokens[: crosses[0]]):
        return said
    start = next((k for k in range(crosses[0], 0, -1) if tokens[k].breaks), None)
    if start is None or start == crosses[0]:
        return tokens
    return [*said[:start], _as(said[start], "by"), replace(said[start], breaks=False), *said[start + 1 :]]


def _off(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`20% off the price` as `20% discount`, and `where we knocked 20% off` as `with 20% off`."""
    word = "discount"
    if (stem(word),) not in known.phrases:
        return tokens
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else None
        if token.word != "off" or before is None or before.number is None or "%" not in before.text:
            continue
        end = i + 1
        while end < len(tokens) and tokens[end].word in PRICES and not tokens[end].breaks:
            end += 1
        start = i - 1
        while start and tokens[start - 1].word in BETWEEN:
            start -= 1
        bound = tokens[start : i - 1]
        if start and tokens[start - 1].word in CUTTING:
            where = next((k for k in range(start - 1, max(-1, start - 6), -1) if _asks(tokens, k)), start - 1)
            lead, rest = [*tokens[:where], _as(tokens[where], "with")], tokens[end:]
        else:
            lead, rest = list(tokens[:start]), tokens[end:]
            if bound and bound[0].word == "at" and len(bound) > 1 and bound[1].word == "at":
                bound = bound[1:]
            if lead and lead[-1].word == "at":
                lead[-1] = _as(lead[-1], "with")
            if bound and bound[0].word == "at" and len(bound) == 1:
                lead, bound = [*lead, _as(bound[0], "with")], []
        bound = bound or ([] if rest[:1] and rest[0].word == "or" else [_as(token, "exactly")])
        return [*lead, _as(token, "a"), _as(token, word), _as(token, "of"), *bound, before, *rest]
    return tokens


def _asks(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].word in ("where", "that", "which", "when")


def _times(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`count the cases where goods came back`, `in how many cases did …` as `how many times`."""
    for i, token in enumerate(tokens):
        if token.word not in CASES or any((t,) in known.phrases for t in (token.stem, "ticket", "issu")):
            continue
        clause = next((c for c in CLAUSE if tuple(t.word for t in tokens[i + 1 : i + 1 + len(c)]) == c), ())
        counted = [t.word for t in tokens[max(0, i - 3) : i]]
        many = counted[-2:] == ["how", "many"]
        asked = counted[-2:] in (["number", "of"], ["count", "the"]) or counted[-3:] in (["number", "of", "the"],)
        if many and i >= 3 and tokens[i - 3].word in ("in", "on") and not clause:
            return [*tokens[: i - 3], *tokens[i - 2 : i], _as(token, "times"), *tokens[i + 1 :]]
        if clause and (many or asked or counted[-1:] == ["count"]):
            first = i - 2 if many or counted[-2:] in (["number", "of"], ["count", "the"]) else i - 1
            first = i - 3 if counted[-3:] == ["number", "of", "the"] else first
            said = [_as(tokens[first], "how"), _as(token, "many"), _as(token, "times")]
            return [*tokens[:first], *said, *tokens[i + 1 + len(clause) :]]
    return tokens


def _as(token: Token, word: str) -> Token:
    """Another word in the place of a token."""
    return replace(reworded(token, word)[0], quoted=False, breaks=False, gap=" ")
