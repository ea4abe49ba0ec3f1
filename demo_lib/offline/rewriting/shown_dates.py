"""Days among what is to be shown of some rows: `with city and the day they opened`, `name, date joined`."""

from __future__ import annotations

from collections.abc import Sequence

from ..clauses.row_lists import SHOWN
from ..linking.linker import Item
from ..prompt.vocabulary import Reading, Vocabulary
from .moments import day_of

DAY = {"date", "day", "when"}
ASKING = {"which", "what", "that", "on", "in", "by"}
LED = {"and", "with", "plus", "incl", "including"}
OF = {
    "the", "of", "they", "he", "she", "it", "we", "was", "were", "is", "are", "their", "its", "when", "on", "which",
    "each", "did",
}  # fmt: skip


def shown_dates(items: Sequence[Item], known: Vocabulary) -> None:
    """Read each such day as the one date of the rows in question that it can mean; else leave the words alone."""
    rows = next((r.table for item in items for r in item.of("table")[:1] if r.score >= 0.85), None)
    rows = rows or next((r.table for item in items[:1] for r in item.of("column")[:1] if r.score == 1), None)
    if rows is None or any(item.kind in ("by", "sort") for item in items):
        return  # `revenue by store and date` is no list of stores
    for i, item in enumerate(items):
        said = [t for t in item.tokens if t.word not in OF or item.words == "when"]
        if not said or said[-1].word not in DAY or len(said) > 2 or item.of("value", "term"):
            continue
        start, words = i, [t.stem for t in said[:-1]]
        before = items[i - 1] if i and items[i - 1].tokens[0].word not in OF | LED | ASKING else None
        if not words and before and _is_verb(before) and before.next_to(item):  # `joining date`
            start, words = i - 1, [t.stem for t in before.tokens]
        end = i
        if not words:
            end = _behind(items, i)
            words = [t.stem for t in items[end].tokens] if end > i else []
        if not _is_shown(items, start) or not (words or (_ends(items, end) and item.kind != "when")):
            continue
        if column := day_of(known.prompt.schema, rows, tuple(words)):
            for k in range(start, end + 1):
                items[k].kind, items[k].readings, items[k].notes = "glue", (), []
            item.kind, item.readings, item.notes = "link", (Reading("column", rows, 1.0, column),), [SHOWN]


def _is_verb(item: Item) -> bool:
    """Whether a word says what happened on the day: `opened`, `registration`."""
    named = any(r.kind != "column" or r.score == 1 for r in item.readings) and item.kind == "link"
    return len(item.tokens) <= 2 and not named and item.kind in ("link", "begin", "word", "glue", "money", "list")


def _behind(items: Sequence[Item], i: int) -> int:
    """Where the verb stands that says of which day: `the day they opened`; `i` where there is none."""
    end = i + 1
    while end < len(items) and items[end].words in OF and not items[end].tokens[0].breaks:
        end += 1
    found = end < len(items) and not items[end].tokens[0].breaks and _is_verb(items[end])
    return end if found and items[end].tokens[0].word not in OF else i


def _is_shown(items: Sequence[Item], i: int) -> bool:
    """Whether it stands in a list of what to show: behind a comma, `and`, or `with`."""
    asked, k = ("glue", "of", "on", "list"), i
    while k > 0 and items[k - 1].kind in asked and not items[k].tokens[0].breaks and items[k].words not in LED:
        k -= 1
    return k > 0 and (items[k].tokens[0].breaks or items[k - 1].words in LED or items[k].words in LED)


def _ends(items: Sequence[Item], i: int) -> bool:
    return i + 1 == len(items) or items[i + 1].tokens[0].breaks or items[i + 1].words == "and"
