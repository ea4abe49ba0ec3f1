"""`passengers by line`, `litres this year vs last year`: a column in the plural, told apart, is to be added up."""

from __future__ import annotations

from ..english.words import name_words
from ..linking.linker import Item
from ..prompt.legends import SCALE
from ..reader import Reader
from .measures import OF_EACH

APART = ("by", "grain", "compare", "running", "growth", "mom", "yoy", "qoq", "share")
OPENING = ("list", "compare", "running", "growth", "mom", "yoy", "qoq", "share", "of")
BEHIND = ("by", "date", "in", "on", "at", "from", "for", "grain", "growth", "mom", "yoy", "qoq", "compare")
OTHERS = (
    "count", "how much", "avg", "sum", "median", "most", "least", "top", "bottom", "adjective", "sort", "times", "not",
    ">", "<", ">=", "<=", "=", "between", "ratio", "busiest", "quietest", "desc", "asc",
)  # fmt: skip


def bare_totals(reader: Reader) -> None:
    """Note that the column which the question opens with is an amount, where nothing else says what to work out."""
    if not reader.find(*APART) or reader.find(*OTHERS):
        return
    i = reader.skip(0, *OPENING)
    owner = reader.item(i)
    if owner and reader.has(i, "table") and reader.has(i + 1, "column") and owner.next_to(reader.items[i + 1]):
        i += 1  # `ferry passengers`
    item = reader.item(i)
    if item is None or not _adds_up(item) or not (i + 1 == len(reader) or reader.is_(i + 1, *BEHIND)):
        return
    if owner is not None and owner is not item:
        if owner.of("table")[0].table != item.of("column")[0].table:
            return
        owner.used = True
    item.notes.append("amount")


def _adds_up(item: Item) -> bool:
    columns = [r.column for r in item.of("column") if r.column and r.score >= 0.9]
    plain = item.plural and not item.of("table", "term", "value", "flag", "event") and len(columns) == 1
    if not plain or columns[0].kind != "number" or not columns[0].additive:
        return False
    return not set(name_words(columns[0].name)) & OF_EACH and not SCALE.search(columns[0].note)
