"""`split by how the customers paid`, `by the way it was bought`: the column whose comment says how."""

from __future__ import annotations

import re

from ..english.lexicon import ARTICLES
from ..english.words import stem
from ..frame import Decline
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, one_event
from .question import Question

HOW = re.compile(r"(?:how|(?:the )?way(?: in which)?) (.+)", re.I)
FARTHEST = 6  # words from `how` to its verb


def by_how(q: Question) -> None:
    """Let such a clause become the column. Raises Decline where none is noted so: `how` says more than the nouns do."""
    for i in range(1, len(q)):
        before = i - 1
        while before > 0 and q.word(before) in ARTICLES:
            before -= 1
        way = q.word(i) in ("way", "manner") and before < i - 1 and q.word(i + 1) != "of"
        if q.kind(before) != "by" or not (q.word(i) == "how" or way):
            continue
        column, end = _told(q, i)
        if column is None and way:
            continue
        if column is None:
            raise Decline(f"“{q.word(before)} how …”: I know no column that tells it. Name a column, or a table.")
        q.put(Reading("column", column.table, 1.0, column), {*range(before + 1, end)}, at=end)
        return


def _told(q: Question, i: int) -> tuple[Column | None, int]:
    """The one text column whose comment says how what the words behind `i` call is done; and where they end."""
    texts = [c for table in q.schema.tables.values() for c in table.columns if c.kind == "text"]
    for k in range(i + 1, min(i + 1 + FARTHEST, len(q))):
        if q.kind(k) in ("date", "by", "list") or (k > i + 1 and q.items[k].tokens[0].breaks):
            break
        verb = q.items[k].tokens[-1].stem
        same = one_event(verb)
        found = [c for c in texts if (said := HOW.match(c.note)) and _stems(said[1]) & {*same}]
        if len(found) == 1:
            return found[0], k + 1
    return None, i


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in re.findall(r"[a-z]+", text.lower()) if w not in ARTICLES)
