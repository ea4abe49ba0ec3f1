"""What is compared with the usual: `than usual`, `than we normally do`, `than a shop has on average`.

`A lower price than average` and `more orders than average: which shops` are put in the order that the clauses read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.words import Token, reworded
from ..prompt.vocabulary import Vocabulary

USUAL = ("usual", "usually", "normal", "normally", "typical", "typically", "ordinary", "ordinarily")
WHO = ("we", "they", "it", "you", "i", "is", "are", "was", "our", "the")
DOING = ("do", "does", "did", "have", "has", "had", "is", "are", "was", "were", "make", "makes", "get", "gets")
HAVING = DOING + ("brings", "sells", "earns", "costs", "receives", "sees", "takes", "holds", "counts", "spends", "pays")
COMPARED = {
    **dict.fromkeys(("lower", "smaller", "lesser", "shorter"), "less"),
    **dict.fromkeys(("larger", "longer", "better"), "higher"),
}
OPENING = ("more", "fewer", "less", "above", "below", "over", "under")
LONGEST = 3  # words of a noun


def usual(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, what is the usual said as the average."""
    said = list(tokens)
    for i in reversed(range(len(said))):
        own = any(t.word in USUAL and (t.stem,) in known.phrases for t in said[i + 1 : i + 3])
        if said[i].word == "than" and not own:
            said[i + 1 :] = _of_one(said[i + 1 :]) or _than(said[i + 1 :])
    return _asked_last(_compared(said))


def _than(rest: list[Token]) -> list[Token]:
    """`usual`, `we usually do on average`, `on average` behind `than` as `average`."""
    words = [t.word for t in rest[:3]]
    if words[:1] in (["in"], ["on"], ["at"], ["for"]) and words[1:2] in (["a"], ["an"], ["the"]) and "average" in words:
        return rest[2:]  # `more than in an average month`
    k = 0
    while k < len(rest) and rest[k].word in WHO:
        k += 1
    end = k
    end += 1 if end < len(rest) and rest[end].word in USUAL else 0
    plain = end > k
    while end < len(rest) and plain and rest[end].word in DOING:
        end += 1
    if [t.word for t in rest[end : end + 2]] == ["on", "average"] and (plain or k == 0):
        end, plain = end + 2, True
    return [reworded(rest[0], "average")[0], *rest[end:]] if plain and not any(t.breaks for t in rest[:end]) else rest


def _of_one(rest: list[Token]) -> list[Token]:
    """`a shop has on average`, `a brand brings in on average` behind `than` as `the average shop`."""
    words = [t.word for t in rest]
    at = next((k for k in range(len(words) - 1) if words[k : k + 2] == ["on", "average"]), None)
    if at is None or words[:1] not in (["a"], ["an"], ["each"], ["any"], ["one"]) or any(t.breaks for t in rest[1:at]):
        return []
    verb = next((k for k in range(2, min(at, LONGEST + 2)) if words[k] in HAVING), None)
    if verb is None or words[verb + 1 : at] not in ([], ["in"]):
        return []
    return [reworded(rest[0], "the")[0], reworded(rest[0], "average")[0], *rest[1:verb], *rest[at + 2 :]]


def _compared(tokens: list[Token]) -> list[Token]:
    """`a lower price than average` as `a less price than average`: one word for each way."""
    for i, token in enumerate(tokens):
        than = next((k for k in range(i + 2, min(len(tokens), i + 3 + LONGEST)) if tokens[k].word == "than"), None)
        if token.word not in COMPARED or than is None or any(t.breaks for t in tokens[i + 1 : than]):
            continue
        if "average" in [t.word for t in tokens[than + 1 : than + 3]]:
            tokens[i] = reworded(token, COMPARED[token.word])[0]
    return tokens


def _asked_last(tokens: list[Token]) -> list[Token]:
    """`more orders than average: which shops?` as `which shops with more orders than average`."""
    asked = next((k for k, t in enumerate(tokens) if k and t.breaks and t.word in ("which", "what")), None)
    if asked is None or tokens[0].word not in OPENING or not 1 < len(tokens) - asked <= LONGEST:
        return tokens
    if not any(t.word in ("average", "mean") for t in tokens[:asked]):
        return tokens
    which = [replace(tokens[asked], breaks=False), *tokens[asked + 1 :]]
    return [*which, reworded(replace(tokens[0], breaks=False), "with")[0], *tokens[:asked]]
