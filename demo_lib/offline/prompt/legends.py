"""What the codes of a column stand for, where its comment says so: `P = pending, D = done`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ..english.lexicon import ARTICLES

CODE = r"(?<![\w-])['\"]?([\w+-]{1,12})['\"]?"
MEANT = r"([^\W\d_][\w/' -]{1,40}?)\s*(?=[,;.()]|$|\s(?:and|or)\s)"
ENTRY = re.compile(rf"{CODE}\s*(?:=|:|->|→|\s[–-]\s|\sis\s|\smeans\s|\sfor\s)\s*{MEANT}")
EQUATION = re.compile(rf"{CODE}\s*=\s*{MEANT}")
SCALE = re.compile(r"\d\s*(?:\([^)]*\)\s*)?(?:to|-|–)\s*\d")  # `points, 0 to 20`
EMPTY = re.compile(r"\b(?:empty|null|blank|missing|unset)\s+(?:while|when|if|where|as long as)\s+([^,;:.()]+)", re.I)
NO_STATES = ARTICLES | {"we", "has", "have", "not", "no", "or", "and", "none", "unknown"}
UNNAMED = {"still", "never", "already", "being", "it", "they", "just", "later"}
NO_MEANINGS = {"yes", "no", "none", "true", "false", "other", "unknown", "any", "all"}


@lru_cache(maxsize=4096)
def legend(note: str, values: tuple[str, ...]) -> Mapping[str, str]:
    """Code → meaning. Where no values are listed, two `=` make a legend."""
    known = set(values)
    said = [(code, meant.strip().lower()) for code, meant in (ENTRY if known else EQUATION).findall(note)]
    found = dict(said)
    plain = len(found) == len(said) and len(set(found.values())) == len(found) and (known or len(found) > 1)
    return {code: meant for code, meant in found.items() if not known or code in known} if plain else {}


def codes(note: str) -> tuple[str, ...]:
    """The codes that a comment explains, where it lists no values."""
    return tuple(legend(note, ()))


@lru_cache(maxsize=4096)
def left_empty(note: str) -> tuple[str, ...]:
    """What rows without the column are called: `empty while unsold`, `NULL if still in storage`."""
    found = EMPTY.search(note)
    words = found[1].lower().split() if found else []
    placed = found is not None and " where " in f" {found[0].lower()} "
    words = words[1:] if placed and len(words) > 1 and words[0] in ("the", "a", "an") else words
    if not 0 < len(words) <= 3 or set(words) & NO_STATES or not all(map(str.isalpha, words)):
        return ()
    plain = words[1:] if words[0] == "still" else []
    named = placed and len(words) == 2 and words[0] not in UNNAMED
    if named and words[1].endswith("ed"):  # `empty where the bot answered`
        return " ".join(words), words[0]
    return " ".join(words), *([" ".join(plain)] if plain else [])
