"""Money that went into something: `how much did we spend on ads`, `what did the repairs cost us`, `advertising costs`.

Token by token. Only where the rows of what it went into have one amount that says what they cost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..english.words import Token, name_words, reworded, spoken, stem, stems
from ..prompt.schema import Column, Table, bare
from ..prompt.vocabulary import Vocabulary
from .patterns import synonyms

PAID = stems("cost spend expense expenditure fee outlay")
PER_PIECE = stems("unit per list hour day week month year yearly monthly estimate plan budget expected approved")
_MUCH = r"how much(?: money)?"
_WORD = r"(?!(?:by|per|on|in|for|of|and|or|each|every|with|to|from)\b)[a-z]+"
_NOUN = rf"(?P<n>(?:(?:the|our|all|all our|all the) )?{_WORD}(?: {_WORD}){{0,2}}?)"
_END = r"(?= (?:in|by|per|for|during|with|on|each|every|over|from|this|last|since|across|at|to|until|before|after)\b" \
       r"| \d| /|$)"  # fmt: skip
_TOTAL = r"(?:(?:the|our|total|overall|sum of|all) )*"
_BUYING = r"(?:spend|spent|pay|paid|invest|invested|lay out|laid out|put)"
_LAST = r"(?: (?:us|cost us))?(?: (?:in total|overall|altogether|in all|all together))?"
WAYS = [
    re.compile(p)
    for p in (
        rf"{_MUCH} (?:did|have|do|had) we (?:ever )?{_BUYING} (?:on|for|in|into) {_NOUN}{_LAST}{_END}",
        rf"{_MUCH} (?:was|has been|got|is|were|have been) (?:spent|paid|invested|put) (?:on|for|in|into) {_NOUN}{_END}",
        rf"{_MUCH} (?:went|goes|has gone|have gone|flowed|did we put|go|goes out|went out) (?:on|for|in|into|to) "
        rf"{_NOUN}{_END}",
        rf"what (?:did|have|do|had) we (?:ever )?(?:spend|spent|pay|paid) (?:on|for) {_NOUN}{_LAST}{_END}",
        rf"what (?:was|has been|is|were) (?:spent|paid) (?:on|for) {_NOUN}{_END}",
        rf"{_TOTAL}(?:amount |money )?(?:spend|spending|expenditures?|outlays?|expenses|spent) (?:on|for) {_NOUN}"
        rf"{_END}",
        rf"(?:what|{_MUCH}) (?:did|do|does|have|has) {_NOUN} cost{_LAST}{_END}",
        rf"{_TOTAL}(?:costs|expenses|expenditures?|outlays?) (?:of|for) {_NOUN}{_END}",
        rf"(?<!\ba )(?<!\bone ){_TOTAL}{_NOUN} (?:costs|expenses|expenditures?|outlays?|spending)\b"
        r"(?! (?:us|me|them)\b)",
    )
]
UNLESS = frozenset(
    ("average", "avg", "mean", "median", "typical", "most", "least", "highest", "lowest", "more", "less", "share",
     "percent", "percentage", "who", "customers")
)  # fmt: skip
DIFFERENT = frozenset(("different", "various", "individual", "single"))
SMALL = frozenset(("the", "our", "all", "of", "and", "a", "an", "by", "on", "to", "in", "up", "sum", "what", "it"))


def spent_on(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such money put as the total of the amount."""
    said = list(tokens)
    words = [t.word if not t.quoted and t.number is None else "0" for t in said]
    if UNLESS & {*words}:
        return said
    text, starts = "", [0]
    for k, word in enumerate(words):
        text += (" / " if k and said[k].breaks else " " if k else "") + word
        starts.append(len(text) - len(word))
    starts = starts[1:]
    for way in WAYS:
        for found in way.finditer(text):
            if found.start() and text[found.start() - 1] != " ":
                continue
            noun = [w for w in found["n"].split() if w not in SMALL]
            column = _paid(tuple(stem(w) for w in noun), known) if noun else None
            if column is None:
                continue
            first = next(k for k, at in enumerate(starts) if at >= found.start())
            end = next((k for k, at in enumerate(starts) if at >= found.end()), len(said))
            put = reworded(said[first], f"total {spoken(column.name)}")
            rest = said[end:]
            if [t.word for t in rest[:1]] == ["on"]:  # `spend on` may be a day of spending
                different = 3 if {t.word for t in rest[1:3]} & DIFFERENT else 1
                rest = [*reworded(rest[0], "by"), *rest[different:]]
            return [*said[:first], *put, *rest]
    return said


def _paid(stems_: tuple[str, ...], known: Vocabulary) -> Column | None:
    """The one column that says what rows of this name, or this thing, cost."""
    schema = known.prompt.schema
    for last in sorted(PAID):  # `shipping`, of a `shipping_cost`
        found = known.columns((*stems_, last))
        if len(found) == 1 and found[0].kind == "number" and not {*name_words(found[0].name)} & PER_PIECE:
            return found[0]
    alike = synonyms().get(stems_[0], ()) if len(stems_) == 1 else ()
    called = [stems_, *((s,) for s in alike)]
    if any(r.score >= 0.9 and r.kind in ("value", "column", "term") for r in known.phrases.get(stems_, ())):
        return None
    rows = {r.table for way in called for r in known.phrases.get(way, ()) if r.kind in ("table", "event")}
    columns = [c for t in sorted(rows) for c in _costs(schema.tables[t], {s for way in called for s in way})]
    return columns[0] if len(columns) == 1 and known.columns(name_words(columns[0].name)) == columns else None


def _costs(table: Table, said: set[str]) -> list[Column]:
    """The amounts of a table that say what a row cost, and nothing else of it."""
    named = {w[:4] for w in (*name_words(bare(table.name)), *said)}
    found = []
    for column in table.columns:
        words = name_words(column.name)
        own = [w for w in words if w not in PAID]
        if column.kind == "number" and column.additive and len(own) < len(words) and not {*words} & PER_PIECE:
            found += [column] if all(w[:4] in named for w in own) else []
    return found
