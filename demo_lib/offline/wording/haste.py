"""Words as they are typed in haste: cut short (`cust`, `dept`, `rev`), or with a slip of the finger (`avarage`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import ABBREVIATIONS, GLUE, GRAINS, OPERATOR_OF, PREPOSITIONS, SYNONYMS, TYPED_SHORT
from ..english.words import Token, misspelt, stem
from ..prompt.vocabulary import Vocabulary
from ..usage import count

COMMON = (
    "average", "total", "number", "month", "months", "year", "years", "quarter", "week", "percentage", "percent",
    "highest", "lowest", "between", "without", "running", "cumulative", "different", "median", "monthly",
    "received",
)  # fmt: skip
SHORT = ABBREVIATIONS | TYPED_SHORT
DOERS = {"leavers": "people who left", "quitters": "people who quit"}
OF_ONE = ("per", "each", "every", "by", "a", "an", "one", "which")


def spelt_out(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, those that the prompt does not know as the words they were typed for."""
    tokens = _who_did(tokens, known)
    return [_slip(_written_out(tokens, i, known) or t, known) for i, t in enumerate(tokens)]


def _who_did(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """`leavers` as the people who left, where the prompt has no such word."""
    said: list[Token] = []
    for token in tokens:
        words = [] if token.quoted or _is_said(token.word, known) else DOERS.get(token.word, "").split()
        for k, word in enumerate(words):
            breaks, gap = (token.breaks, token.gap) if k == 0 else (False, " ")
            said.append(replace(token, word=word, stem=stem(word), breaks=breaks, gap=gap))
        said += [] if words else [token]
    return said


def _written_out(tokens: Sequence[Token], i: int, known: Vocabulary) -> Token | None:
    """`cust` as the customers or the customer that it is short for, where the prompt knows these and no `cust`."""
    token = tokens[i]
    short = token.word if token.word in SHORT else token.word.removesuffix("s")
    if short not in SHORT or token.quoted or token.number is not None or _is_said(token.word, known):
        return None
    word = next((w for w in SHORT[short].split("|") if _is_known(w, known)), "")
    if not word:
        return None
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    ends = after is None or after.breaks or after.word in PREPOSITIONS | GLUE
    many = short != token.word or (ends and tokens[i - 1].word not in OF_ONE if i else ends)
    rows = any(r.kind == "table" for r in known.phrases.get((stem(word),), ()))
    word = f"{word}s" if many and rows and not word.endswith("s") else word
    return replace(token, word=word, stem=stem(word))


def _is_said(word: str, known: Vocabulary) -> bool:
    """Whether the prompt, or the English of questions, has the short form itself."""
    return (stem(word),) in known.phrases or word in known.spellings or word in OPERATOR_OF


def _is_known(word: str, known: Vocabulary) -> bool:
    """Whether a written-out word means something here: a name of the prompt, or a synonym of one, or an operator."""
    alike = [stem(word), *(stem(w) for group in SYNONYMS if word in group for w in group)]
    named = any((s,) in known.phrases or s in known.spellings.values() for s in alike)
    return named or word in OPERATOR_OF or word in GRAINS


def _slip(token: Token, known: Vocabulary) -> Token:
    """The token, or the common word of questions that it is a slip of the finger for: `avarage`, `yaer`."""
    plain = token.word.isalpha() and len(token.word) >= 4 and not token.quoted and token.word not in OPERATOR_OF
    if not plain or token.word in GRAINS or (token.stem,) in known.phrases or token.word in known.spellings:
        return token
    meant = [w for w in COMMON if misspelt(token.word, w)]
    if len(meant) != 1 or count(" " + token.word) == 1:
        return token
    return replace(token, word=meant[0], stem=stem(meant[0]))
