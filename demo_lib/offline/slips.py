"""Slips of the finger in the words that ask for something: `avarage`, `monhtly`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from .lexicon import GLUE, GRAINS, OPERATORS
from .usage import count
from .vocabulary import Vocabulary
from .words import Token, misspelt, stem

ASKING = ("count", "avg", "median", "sum", "share", "most", "least", "running", "distinct", "sort")
SHORTEST = 6  # letters of a word that one may slip in and still be understood


def mended(token: Token, known: Vocabulary) -> Token:
    """`avarage` is a slip for a word that asks for something, where the prompt has no word like it."""
    word = token.word
    plain = token.text == word and word.isalpha() and not token.quoted and len(word) >= SHORTEST - 1
    if not plain or word in known.spellings or (token.stem,) in known.phrases or count(" " + word) == 1:
        return token
    if any(misspelt(word, spelt) for spelt in known.spellings):
        return token
    meant = [asked for asked in _asking_words() if misspelt(word, asked)]
    one = len({stem(asked) for asked in meant}) == 1 and word not in GLUE
    return replace(token, word=meant[0], stem=stem(meant[0])) if one else token


@lru_cache(maxsize=1)
def _asking_words() -> tuple[str, ...]:
    said = {w for name in ASKING for w in re.split(r"[ |]", OPERATORS[name])} | set(GRAINS)
    return tuple(sorted((w for w in said if len(w) >= SHORTEST), key=len))
