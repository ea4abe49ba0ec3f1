"""How something is done: `how do members pay most often`, `for each way of paying`, of a column that says how."""

from __future__ import annotations

import re

from ..english.words import name_words, stem, stems
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, one_event
from .question import Question

HOW = re.compile(r"how (?:it|they|the \w+) (?:was|were|is|are) (\w+)", re.I)
WAYS = stems("method mode way means manner")
FARTHEST = 6  # words from `how` to its verb


def manners(q: Question) -> None:
    """Let the words become the column that says how it is done."""
    for i in range(len(q) - 2):
        if q.word(i) in ("way", "ways", "manner") and q.word(i + 1) == "of" and (column := _manner(q, i + 2)):
            q.put(Reading("column", column.table, 1.0, column), {i, i + 1, i + 2}, at=i)
            return
    for often in (k for k in range(2, len(q)) if q.kind(k) in ("frequent", "infrequent")):
        how = next((k for k in range(often - 2, max(-1, often - FARTHEST), -1) if q.word(k) == "how"), None)
        if how is not None and (column := _manner(q, often - 1)):
            q.put(Reading("column", column.table, 1.0, column), {*range(how, often)}, at=often + 1)
            return


def _manner(q: Question, i: int) -> Column | None:
    """The one text column that says how what the verb at `i` calls was done: by its comment, or `payment_method`."""
    verb = q.items[i].tokens[-1].stem
    same = one_event(verb)
    texts = [c for table in q.schema.tables.values() for c in table.columns if c.kind == "text"]
    told = [c for c in texts if (said := HOW.match(c.note)) and stem(said[1]) == verb]
    called = [c for c in texts if {*name_words(c.name)} & WAYS and {*name_words(c.name)} & {*same}]
    found = told or called
    return found[0] if len(found) == 1 else None
