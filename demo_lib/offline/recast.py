"""Words put in the plain order: `50 returns or more`, `min 50 returns`, `from the first to the second quarter`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .words import Token, stem

BOUNDS = {"min": "at least", "minimum": "at least", "max": "at most", "maximum": "at most"}
MORE, LESS = ("more", "greater", "higher", "above"), ("less", "fewer", "lower", "below")
LONGEST_NOUN = 2  # words between the number and `or more`
ORDINALS = ("first", "second", "third", "fourth", "1st", "2nd", "3rd", "4th")
BETWEEN = ("to", "and", "or", "vs", "versus", "against", "with", "the", "until", "into", "than")


def recast(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, bounds before their number and each ordinal with its noun."""
    return _quarters(_bounds(_or_more(list(tokens))))


def _or_more(tokens: list[Token]) -> list[Token]:
    """`three times or more` as `at least three times`; `50 or more` is read as it stands."""
    for i, token in enumerate(tokens):
        for end in range(i + 2, i + 2 + LONGEST_NOUN):
            tail = [t.word for t in tokens[end : end + 2]]
            if token.number is None or token.quoted or tail[:1] != ["or"] or tail[1:] not in ([w] for w in MORE + LESS):
                continue
            if any(t.breaks or t.number is not None for t in tokens[i + 1 : end + 2]):
                continue
            bound = _said("at least" if tail[1] in MORE else "at most", token)
            rest = tokens[end + 2 :]
            return [*tokens[:i], *bound, replace(token, breaks=False), *tokens[i + 1 : end], *_or_more(rest)]
    return tokens


def _bounds(tokens: list[Token]) -> list[Token]:
    """`min 50` as `at least 50`."""
    found: list[Token] = []
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        number = after is not None and after.number is not None and not after.quoted and "%" not in after.text
        found += _said(BOUNDS[token.word], token) if token.word in BOUNDS and number else [token]
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


def _said(words: str, at: Token) -> list[Token]:
    first, *others = words.split()
    return [replace(at, text=first, word=first, stem=stem(first), number=None)] + [
        replace(at, text=w, word=w, stem=stem(w), number=None, breaks=False, gap=" ") for w in others
    ]
