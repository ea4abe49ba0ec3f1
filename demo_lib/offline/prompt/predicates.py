"""What the comment of a flag says of its rows: `Whether the visit ended in a sale` makes `ended in a sale` its name."""

from __future__ import annotations

import re

from ..english.lexicon import ARTICLES, PREPOSITIONS

WHETHER = re.compile(r"(?:whether|true (?:if|when)|if)\s+([^,;:.()]+)", re.I)
FEWEST, MOST = 2, 6


def predicate(note: str, rows: frozenset[str]) -> str:
    """The words behind the subject of the comment, where the subject are the rows (their nouns, as written)."""
    found = WHETHER.match(note.strip())
    said = found[1].lower().split() if found else []
    subject = said[1:2] if said[:1] in (["the"], ["this"]) else said[:1]
    behind = said[len(subject) + (said[:1] in (["the"], ["this"])) :]
    told = [w for w in behind if w not in ARTICLES]
    plain = all(map(str.isalpha, told)) and bool(subject) and (subject[0] in rows or subject[0] in ("it", "they"))
    joined = any(w in PREPOSITIONS for w in told[1:])  # one word alone is what the column is called anyway
    return " ".join(told) if plain and joined and FEWEST <= len(told) < MOST else ""
