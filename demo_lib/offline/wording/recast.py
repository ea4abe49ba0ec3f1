"""Words put in the plain order: `50 returns or more`, `min 50 returns`, `from the first to the second quarter`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import ADJECTIVES, BEGINNINGS, GRAINS
from ..english.words import Token, reworded, stem, stems

BOUNDS = {"min": "at least", "minimum": "at least", "max": "at most", "maximum": "at most"}
MORE, LESS = ("more", "greater", "higher", "above"), ("less", "fewer", "lower", "below")
SO_MUCH = {"slowest": "bottom", "weakest": "bottom", "record": "top"}
LASTING = stems("time duration minute hour second delay wait lag take took response resolution speed pace long")
LED_BY: dict[str, list[list[str]]] = {
    **{w: [["from"]] for w in ("sorted", "ordered", "sort", "order", "ranked")},
    **{w: [["with"], ["from"]] for w in ("starting", "beginning")},
}
COMING_FIRST = ("highest", "lowest", "biggest", "most", "fewest", "least", "best", "worst", "earliest", "latest")
DATED = stems(" ".join(BEGINNINGS)) | stems("opening date day hiring")
NOTHING = ("spender", "spenders", "one", "ones", "number", "numbers", "figure", "figures", "total", "totals")
LONGEST_NOUN = 2  # words between the number and `or more`
ORDINALS = ("first", "second", "third", "fourth", "1st", "2nd", "3rd", "4th")
BETWEEN = ("to", "and", "or", "vs", "versus", "against", "with", "the", "until", "into", "than")


def recast(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, bounds before their number, each ordinal with its noun, and what comes first with `first`."""
    return _first(_grain(_quarters(_bounds(_or_more(list(tokens))))))


def _grain(tokens: list[Token]) -> list[Token]:
    """`the slowest month` is the worst, `a record day` the best one: by what, the question must say."""
    found: list[Token] = []
    if any(t.stem in LASTING for t in tokens):  # `the slowest month by response time` is another matter
        return tokens
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        step = after is not None and after.word in GRAINS and not after.word.endswith("ly") and not after.breaks
        found += reworded(token, SO_MUCH[token.word]) if step and token.word in SO_MUCH else [token]
    return found


def _first(tokens: list[Token]) -> list[Token]:
    """`starting with the newest`, `from the dearest down`, `latest opening first`: as `newest first`, at the end."""
    words = [t.word for t in tokens]
    for i in range(1, len(tokens)):
        start, k = i, i + 1
        if words[k : k + 1] in LED_BY.get(words[i], ()):
            k += 1
        elif words[i] != "from":
            start = k = i
        k += 1 if words[k : k + 1] == ["the"] else 0
        size = next((n for n in (2, 1) if _comes(words[k : k + n])), 0)
        rest = words[k + size :]
        if not size or any(t.breaks for t in tokens[k + 1 :]):
            continue
        leads = words[start] if k > start else ""
        ends = [w for w in rest if w not in ("one", "ones")]
        named = len(rest) == 2 and rest[1] == "first" and (stem(rest[0]) in DATED or rest[0] in NOTHING)
        led = leads in ("starting", "beginning") and not ends or bool(leads) and ends in (["down"], ["up"], ["on"])
        if led or (named and not leads):
            adjective = [replace(t, breaks=n == 0) for n, t in enumerate(tokens[k : k + size])]
            return [*tokens[:start], *adjective, *reworded(replace(tokens[start], breaks=False), "first")]
    return tokens


def _comes(words: list[str]) -> bool:
    said = " ".join(words)
    return said in ADJECTIVES or said in COMING_FIRST


def _or_more(tokens: list[Token]) -> list[Token]:
    """`three times or more` as `at least three times`; `50 or more` is read as it stands."""
    for i, token in enumerate(tokens):
        for end in range(i + 2, i + 2 + LONGEST_NOUN):
            tail = [t.word for t in tokens[end : end + 2]]
            if token.number is None or token.quoted or tail[:1] != ["or"] or tail[1:] not in ([w] for w in MORE + LESS):
                continue
            if any(t.breaks or t.number is not None for t in tokens[i + 1 : end + 2]):
                continue
            bound = reworded(token, "at least" if tail[1] in MORE else "at most")
            rest = tokens[end + 2 :]
            return [*tokens[:i], *bound, replace(token, breaks=False), *tokens[i + 1 : end], *_or_more(rest)]
    return tokens


def _bounds(tokens: list[Token]) -> list[Token]:
    """`min 50` as `at least 50`."""
    found: list[Token] = []
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        number = after is not None and after.number is not None and not after.quoted and "%" not in after.text
        found += reworded(token, BOUNDS[token.word]) if token.word in BOUNDS and number else [token]
    return found


def _quarters(tokens: list[Token]) -> list[Token]:
    """`the first and the second quarter`: each of the two is one."""
    for i, token in enumerate(tokens):
        if token.word not in ORDINALS:
            continue
        k = i + 1
        while k < len(tokens) and tokens[k].word in BETWEEN:
            k += 1
        follows = [t.word for t in tokens[k : k + 2]]
        if k > i + 1 and follows[:1] and follows[0] in ORDINALS and follows[1:] == ["quarter"]:
            noun = replace(tokens[k + 1], breaks=False)
            return [*tokens[: i + 1], noun, *_quarters(tokens[i + 1 :])]
    return tokens
