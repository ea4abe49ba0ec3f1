"""Names that are cut short: `student` for `stu`, `exam` for `exm`, in schemas that are written so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from ..english.lexicon import ABBREVIATIONS
from ..english.words import Token, phrase, stem
from .schema import bare
from .vocabulary import Reading, Vocabulary, Words

SHORTENED = 0.8  # how sure it is
LONGEST_SHORT, SHORTEST_WORD = 5, 4  # letters
CUT_SHORT = 0.25  # of the words in a schema's names: from here on `stu` may be a student, else `car` is a car
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def shortened(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[Words, Reading]]:
    """What the names that these words are cut short to stand for, under the words as they were asked.

    Where few words are cut short, how a word begins will do where the comment has it in full: `enrol_dt`, a day of
    enrolment.
    """
    shorts, often = _shorts(known)
    meant: dict[str, Token] = {}
    begun: set[str] = set()
    for token in tokens:
        found = [s for s in shorts if len(token.word) >= SHORTEST_WORD and stands_for(s, token.word)]
        if len(found) == 1:
            meant[stem(found[0])] = token
            begun |= set() if stands_for(found[0], token.word, often) else {stem(found[0])}
    for words in [w for w in known.phrases if meant.keys() & set(w)]:
        said = tuple(meant[w].stem if w in meant else w for w in words)
        happened = [meant[w] for w in words if w in meant and meant[w].word.endswith(("ed", "ing"))]
        for reading in known.phrases[words]:
            note = phrase(reading.column.note) if reading.column and begun & set(words) else ()
            if any(meant[w].stem not in note for w in begun & set(words)):
                continue
            if reading.kind in ("table", "column", "flag", "term"):
                kind = "event" if happened and reading.kind == "table" else reading.kind
                yield said, replace(reading, kind=kind, score=round(reading.score * SHORTENED, 3))


def stands_for(short: str, word: str, prefixes: bool = True) -> bool:
    """Whether a word may be cut short so: to its consonants, or with `prefixes` to how it begins."""
    word = word.removesuffix("s") if not word.endswith("ss") else word
    if short[0] != word[0] or len(short) >= len(word):
        return False
    if prefixes and len(short) >= 3 and word.startswith(short) and len(word) >= len(short) + 2:
        return True
    consonants = word[0] + re.sub(r"[aeiou]", "", word[1:])
    letters = iter(consonants)
    return not re.search(r"[aeiou]", short[1:]) and short[-1] == consonants[-1] and all(c in letters for c in short)


@lru_cache(maxsize=32)
def _shorts(known: Vocabulary) -> tuple[frozenset[str], bool]:
    """The short words in the schema's names that no list knows, and whether many of its words are cut short."""
    tables = known.prompt.schema.tables.values()
    names = chain((bare(t.name) for t in tables), (c.name for t in tables for c in t.columns))
    words = {w.lower() for name in names for w in WORD.findall(name)} - {"id"}
    cut = {w for w in words if w in ABBREVIATIONS or not re.search(r"[aeiouy]", w)}
    shorts = {w for w in words - ABBREVIATIONS.keys() if 2 <= len(w) <= LONGEST_SHORT}
    return frozenset(shorts), bool(words) and len(cut) >= CUT_SHORT * len(words)
