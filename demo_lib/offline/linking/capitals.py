"""Which words of a question are proper names, by their capitals: runs of them, and runs that `and` or `or` join."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..english.lexicon import PREPOSITIONS
from ..english.proper_nouns import country, has_capital, names_neither
from .linker import Item

SHORT = ("st", "ft", "mt", "dr")
JOINING = ("and", "or", "compare")
CITY_WORDS = ("city", "town", "county")


@dataclass(frozen=True)
class Run:
    """The items from `start` to before `end`, as one name."""

    start: int
    end: int
    text: str


def capitals_tell(items: Sequence[Item]) -> bool:
    """Whether capitals set names apart: not where a title, or all of the question, is written in them."""
    known = [i for i in items if i.at and i.kind not in ("word", "quoted", "date") and not _is_city(i)]
    letters = [t.text for i in known for t in i.tokens if t.text[:1].isalpha() and t.text not in ("I", "US")]
    nouns = [t.text for i in known if i.of("table", "column", "term", "event") for t in i.tokens]
    mostly_small = 3 * sum(t[:1].islower() for t in letters) >= 2 * len(letters)
    return mostly_small and not (nouns and all(t[:1].isupper() for t in nouns))


def chains(items: Sequence[Item]) -> list[list[Run]]:
    """The runs of capitals that hold an unknown word; those that `and`, `or` or a comma joins are one chain.

    Names that only small words part from one another are left out: `Lord of the Rings` may be one name.
    """
    found: list[list[Run]] = []
    i = 0
    while i < len(items):
        end = _end_of_run(items, i)
        if end > i:
            run = Run(i, end, text_of(items[i:end]))
            between = items[found[-1][-1].end : i] if found else ()
            comma = found and not between and items[i].tokens[0].gap.strip() == ","
            if found and (comma or (between and all(b.kind in JOINING for b in between))):
                found[-1].append(run)
            else:
                found.append([run])
        i = max(end, i + 1)
    close = [pair for pair in pairwise(found) if _only_small(items[pair[0][-1].end : pair[1][0].start])]
    return [c for c in found if not any(c in pair for pair in close)]


def text_of(items: Sequence[Item]) -> str:
    """The items as they were written, without the `'s` of the last."""
    tokens = [t for i in items for t in i.tokens]
    return re.sub(r"'s$", "", "".join((t.gap if k else "") + t.text for k, t in enumerate(tokens)), flags=re.I)


def is_capital(item: Item) -> bool:
    """Whether each of its words begins with a capital."""
    return all(t.text[:1].isupper() and not t.quoted for t in item.tokens)


def tied(items: Sequence[Item], i: int) -> bool:
    """Whether nothing parts the item at `i` from the one before but a space, a hyphen, or the dot of `St.`"""
    if not 0 < i < len(items):
        return False
    gap, before = items[i].tokens[0].gap, items[i - 1].tokens[-1]
    return not before.text.lower().endswith("'s") and (gap in (" ", "-") or (gap == ". " and before.word in SHORT))


def _end_of_run(items: Sequence[Item], start: int) -> int:
    """Where the name that begins at `start` ends; `start` where none does."""
    end = start
    while end < len(items) and _goes_on(items, start, end):
        end += 1
    while end > start and not _may_end(items[end - 1]):
        end -= 1
    run = items[start:end]
    if not run or run[0].kind == "number" or not any(i.kind == "word" or is_us(i) for i in run):
        return start
    text = text_of(run)
    acronym = len(run) == 1 and text.isupper()  # `the CEO`
    neither = any(names_neither(t.word) for i in run for t in i.tokens)
    if (acronym or neither) and not country(text):
        return start
    begins = start == 0 or items[start].tokens[0].gap.strip()[-1:] in (".", "!", "?")
    if begins and not all(map(has_capital, re.findall(r"[^\W\d_]+", text))):
        return start  # a sentence begins with a capital anyway
    before = [items[start - 1]] if tied(items, start) else []
    if start == 1:  # so does this one: `Compare Boston and …`, but `New York`
        before = [b for b in before if b.kind in ("word", "begin", "link")]
    beside = [*before, *([items[end]] if tied(items, end) else [])]
    more = any(is_capital(b) and b.kind not in ("date", "number", "grain") for b in beside)
    return start if more else end  # `our Customer Lifetime Value`


def _goes_on(items: Sequence[Item], start: int, i: int) -> bool:
    item = items[i]
    if i > start and not tied(items, i):
        return False
    if item.kind == "number":  # `Trail Runner 2`, but not `Boston 2 orders`
        after = items[i + 1] if i + 1 < len(items) else None
        last = after is None or after.tokens[0].breaks or after.kind in ("glue", "date", *JOINING, *PREPOSITIONS)
        return i > start and item.tokens[0].text.isdigit() and last
    if is_us(item):
        return i == start
    inside = i > start and (item.kind in ("glue", "latest", "top") or _is_city(item))
    return is_capital(item) and (item.kind in ("word", "begin") or inside)


def _may_end(item: Item) -> bool:
    return item.kind in ("word", "number") or is_us(item) or _is_city(item)


def is_us(item: Item) -> bool:
    """`the US` is no `us`."""
    return item.kind in ("glue", "word") and len(item.tokens) == 1 and item.tokens[0].text in ("US", "USA", "UK", "UAE")


def _is_city(item: Item) -> bool:
    """The last word of `Salt Lake City`, though a column is called so."""
    return item.words in CITY_WORDS and is_capital(item)


def _only_small(between: Sequence[Item]) -> bool:
    return len(between) < 4 and all(b.kind == "glue" or b.kind in PREPOSITIONS or b.kind in JOINING for b in between)
