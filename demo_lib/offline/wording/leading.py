"""Who comes first, said with a verb or at the end: `which shop leads by revenue`, `shops by revenue, the first five`.

Both are put as `top shop by revenue`, `shops by revenue, top 5`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.words import Token, reworded
from ..prompt.vocabulary import Vocabulary

LONGEST = 6
_BEING = ("is", "are", "was", "were")
_FIRST = (
    "best", "the best", "our best", "number one", "the number one", "our number one", "top", "the top", "first",
    "the first",
    "strongest", "the strongest", "the winner", "our winner", "in the lead", "in front", "ahead", "in first place",
    "the leader", "our leader", "the front runner", "leading", "the leading one", "the biggest", "biggest",
    "our biggest",
    "the largest", "largest", "our largest", "our strongest", "our top", "the champion", "the star",
)  # fmt: skip
_LAST = (
    "worst", "the worst", "our worst", "last", "the last", "weakest", "the weakest", "in last place", "the bottom",
    "the smallest", "smallest", "our smallest", "our weakest", "the poorest", "the laggard", "bottom",
)  # fmt: skip
_LEADS = """
    lead|leads|led|lead the pack|leads the pack|lead the field|leads the field|lead the list|leads the list
    lead the way|leads the way|come first|comes first|came first|comes out first|come out first|came out first
    comes in first|come in first|came in first|comes top|come top|came top|comes out best|come out best
    comes out ahead|come out ahead|rank first|ranks first|ranked first|rank highest|ranks highest|ranked highest
    rank top|ranks top|tops the list|top the list|topped the list|tops the table|top the table|tops the ranking
    top the ranking|heads the list|head the list|heads the ranking|head the ranking|does best|do best|did best
    does the best
    do the best|did the best|performs best|perform best|performed best|performs the best|perform the best
    scores highest|score highest|scored highest|scores best|score best|stands out|stand out|wins|win|won|has the edge
    have the edge|sits first|sit first|sells best|stands first|stand first|takes first place|take first place
    takes the lead|take the lead|takes the crown|wins out|fares best|fare best|fared best
"""
_TRAILS = """
    come last|comes last|came last|rank last|ranks last|ranked last|rank lowest|ranks lowest|ranked lowest
    does worst|do worst|did worst|does the worst|performs worst|perform worst|performed worst|scores lowest
    score lowest
    comes in last|come in last|is trailing|brings up the rear|bring up the rear|fares worst|fare worst|fared worst
"""


def _ways(text: str, named: Sequence[str], word: str) -> dict[str, str]:
    said = [p.strip() for line in text.strip().splitlines() for p in line.split("|")]
    return dict.fromkeys([*said, *(f"{b} {n}" for b in _BEING for n in named)], word)


WAYS = _ways(_LEADS, _FIRST, "top") | _ways(_TRAILS, _LAST, "bottom")
LIMITS = frozenset(
    ("only", "just", "the", "first", "top", "best", "limit", "limited", "limit to", "to", "no", "more", "than", "at",
     "most", "rows", "results", "entries", "lines", "of", "them", "it", "show", "me", "give", "please", "ones",
     "leading")
)  # fmt: skip
TOLD = frozenset(("first", "top", "best", "limit", "limited", "only", "just", "leading", "most", "no", "rows",
                  "results"))  # fmt: skip
RANKED = frozenset(("by", "ranked", "sorted", "per", "descending", "highest"))
LEADING_ON = frozenset(("list", "show", "me", "give", "the", "our", "all", "us", "please", "rank", "sort"))
RISING = frozenset(("lowest", "ascending", "worst", "least", "bottom", "fewest", "smallest", "last", "oldest", "newest",
                    "earliest", "latest", "alphabetically", "cheapest", "dearest", "having", "with"))  # fmt: skip


def leading(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, who comes first put as `top`."""
    return _first_by(_limited(_which_leads(list(tokens), known), known), known)


def _which_leads(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`which five shops come first by revenue`, `which shop is our best by revenue`."""
    start = next((i for i, t in enumerate(tokens[:4]) if t.word in ("which", "what")), None)
    if start is None or any(t.word in ("by", "per", "each", "most", "highest") for t in tokens[:start]):
        return tokens
    for i in range(start + 2, len(tokens)):
        for size in range(min(LONGEST, len(tokens) - i - 2), 0, -1):
            part = tokens[i : i + size]
            word = WAYS.get(" ".join(t.word for t in part)) if not any(t.breaks for t in part) else None
            after = tokens[i + size]
            if word is None or after.word not in ("by", "in", "on", "for", "regarding") or after.breaks:
                continue
            if after.word != "by" and not _is_measure(tokens, i + size + 1, known):
                continue
            if _is_named(part, known):
                return tokens
            nouns = tokens[start + 1 : i]
            nouns = nouns[1:] if nouns[0].word in ("one", "of") else nouns
            (by,) = reworded(after, "by")
            return [*tokens[:start], _as(tokens[start], word), *nouns, by, *tokens[i + size + 1 :]]
    return tokens


def _limited(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`shops by revenue, no more than 5`, `…, first five only`, `…, limit 5`: the top 5 of them."""
    start = next((i for i in range(len(tokens) - 1, 0, -1) if tokens[i].breaks), None)
    if start is None or not {t.word for t in tokens[:start]} & RANKED or {t.word for t in tokens} & RISING:
        return tokens
    tail = tokens[start:]
    numbers = [t for t in tail if t.number is not None and not t.quoted]
    others = {t.word for t in tail if t not in numbers}
    said = [t for t in tokens[:start] if not t.word.startswith("20")]
    counts = any(t.number is not None or t.word in ("top", "best") for t in said)
    if len(numbers) != 1 or counts or not others <= LIMITS or not others & TOLD or _is_named(tail, known):
        return tokens
    top = [_as(tail[0], "top"), replace(numbers[0], breaks=False, gap=" ")]
    at = next((k for k, t in enumerate(tokens[:start]) if t.word not in LEADING_ON), start)
    by = next((k for k in range(at + 1, start) if tokens[k].word == "by"), None)
    if by is None or not _is_measure(tokens, by + 1, known):
        return [*tokens[:start], replace(top[0], breaks=True), top[1]]
    nouns = [t for t in tokens[at:by] if t.word not in ("ranked", "sorted", "ordered")]
    return [*tokens[:at], replace(top[0], breaks=False), top[1], *nouns, *tokens[by:start]]


def _first_by(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the first five shops by revenue` are those with the most."""
    for i in range(len(tokens) - 3):
        by = next((k for k in range(i + 3, min(i + 6, len(tokens))) if tokens[k].word == "by"), None)
        counted = tokens[i].word == "first" and tokens[i + 1].number is not None and by is not None
        if counted and by and _is_measure(tokens, by + 1, known) and not {t.word for t in tokens} & RISING:
            return [*tokens[:i], _as(tokens[i], "top"), *tokens[i + 1 :]]
    return tokens


def _is_measure(tokens: Sequence[Token], i: int, known: Vocabulary) -> bool:
    """Whether what stands there is a number of things, a total, or an amount of the glossary."""
    while i < len(tokens) and tokens[i].word in ("the", "our", "their", "its"):
        i += 1
    words = [t.word for t in tokens[i : i + 2]]
    if words[:1] in (["total"], ["average"]) or words == ["number", "of"]:
        return True
    found = [r for n in (1, 2) for r in known.phrases.get(tuple(t.stem for t in tokens[i : i + n]), ())]
    return any(r.score >= 0.8 and r.term is not None and r.term.is_measure for r in found)


def _is_named(tokens: Sequence[Token], known: Vocabulary) -> bool:
    """Whether the prompt has one of the words itself: a `lead` of a table of leads."""
    small = ("the", "our", "are", "was", "were", "first", "top")
    words = [t for t in tokens if len(t.word) > 2 and t.word not in small]
    return any(r.score >= 0.8 for t in words if t.number is None for r in known.phrases.get((t.stem,), ()))


def _as(token: Token, word: str) -> Token:
    return replace(reworded(token, word)[0], quoted=False)
