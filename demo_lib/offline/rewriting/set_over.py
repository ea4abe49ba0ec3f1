"""One number set over another, however it is said: `A over B`, `A / B`, `divide A by B`, `A for every B`.

All of these become `A divided by B` here, which `ratios` reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..linking.linker import Item, made

COUNTING = ("count", "sum")
AGAINST = ("to", "compared to", "compared with", "relative to", "against", "versus", "vs")
SMALL = frozenset(("the", "our", "of", "all", "a", "an", "number", "total", "we", "these", "those"))
OPENING = frozenset(
    ("please", "calculate", "compute", "work", "out", "find", "give", "show", "tell", "get", "take", "do",
    "does", "you", "i", "we", "when", "if", "what", "is", "how", "much", "the", "me", "us", "value", "result",
    "a", "of", "can", "could", "would", "like", "to", "see", "know", "want", "need", "figure", "by")
)
EVERY = ("for every", "for each", "per", "every", "each", "to each", "over each")
FOR_ONE = ("for", "to", "per", "with", "on", "against")


def set_over(items: list[Item]) -> None:
    """Write what sets one number over another out as `divided by`, or as `the ratio of A to B`."""
    _ = _between(items) or _behind(items) or _proportion(items) or _divide(items) or _over(items) or _every(items)


def _between(items: list[Item]) -> bool:
    """`the ratio between A and B`, `the ratio A / B`: the ratio of A to B."""
    at = next((k for k, item in enumerate(items) if item.kind == "ratio" or item.words == "quotient"), None)
    if at is None:
        return False
    first = _skip(items, at + 1)
    quotient = items[at].words == "quotient"
    items[at].kind = "ratio"
    if (first < len(items) and items[first].words == "between") or quotient:
        middle = next((k for k in range(first + 1, len(items)) if items[k].kind == "and"), None)
        if middle is None:
            return False
        first = at + 1 if quotient else first
        items[first].kind, items[middle].kind, items[middle].words = "glue", "to", "to"
        return True
    slash = next((k for k in range(at + 1, len(items)) if "/" in items[k].tokens[0].gap), None)
    if slash is None or not _ends(items, slash) or _end(items, slash) is None:
        return False
    items.insert(slash, made("to", "to", at=items[slash].at))
    return True


def _behind(items: list[Item]) -> bool:
    """`the A to B ratio`, `A compared to B, as a ratio`: the ratio of A to B."""
    at = next((k for k, item in enumerate(items) if item.kind == "ratio"), None)
    middle = next((k for k in range(at or 0) if items[k].words in AGAINST), None)
    end = _end(items, middle + 1) if middle is not None else None
    if at is None or middle is None or end is None:
        return False
    for k in range(middle - 1, 0, -1):  # `how does A relate to B`
        if items[k].words not in ("relate", "relates", "compare", "stand"):
            break
        items[k].silence()
        items.append(items.pop(k))
        middle, end, at = middle - 1, end - 1, at - 1
    if not _ends(items, middle) or any(item.words not in ("as", "a", "the") for item in items[end:at]):
        return False
    items[at].kind, items[at].words = "glue", "ratio"
    _divided(items[middle])
    return True


def _proportion(items: list[Item]) -> bool:
    """`the proportion of A to B` is the ratio of the two, and no part of a whole."""
    at = next((k for k, item in enumerate(items) if item.kind == "share" and "proportion" in item.words), None)
    middle = next((k for k in range(at or 0, len(items)) if items[k].words == "to"), None)
    if at is None or middle is None or not _ends(items, middle) or _end(items, middle + 1) is None:
        return False
    if _start(items, middle) != _skip(items, at + 1):
        return False
    items[at].kind, items[at].words, items[middle].kind = "ratio", "ratio of", "to"
    return True


def _divide(items: list[Item]) -> bool:
    """`divide A by B`, `take A and divide by B`, `what do you get when you divide A by B`: A divided by B."""
    verb = next((k for k, item in enumerate(items) if item.words in ("divide", "dividing")), None)
    if verb is None:
        return False
    by = next((k for k in range(verb + 1, len(items)) if items[k].words == "by"), None)
    if by is None:
        return False
    if any(a.kind == "of" and b.of("table") for a, b in pairwise([i for i in items[by:] if i.kind != "glue"])):
        return False  # `divide the cost by the distance of the trips`: read elsewhere
    taken = verb - 1 if verb and items[verb - 1].words in ("and", "then") else verb  # `take A and divide it by B`
    end = taken if all(item.kind == "glue" for item in items[verb + 1 : by]) else by
    if not _ends(items, end) or not _divides(items, by + 1):
        return False
    start = _start(items, end)
    between = items[verb + 1 : start] if start > verb else items[taken : verb + 1]
    opening = items[: verb if start > verb else start]
    if not all(_says_nothing(item) or item.kind == "by" or _behind_by(items, item) for item in opening):
        return False
    for item in (*opening, *between, items[verb], *items[taken:verb]):
        if _says_nothing(item) or item in between or item is items[verb]:
            item.silence()
    _divided(items[by])
    return True


def _over(items: list[Item]) -> bool:
    """`revenue over orders`, `online orders / in-store orders`: what stands between two numbers divides them."""
    for i in range(1, len(items)):
        if items[i].words == "over" and items[i].kind == ">" and _ends(items, i) and _divides(items, i + 1):
            _divided(items[i])
            return True
        if "/" in items[i].tokens[0].gap and _ends(items, i) and _divides(items, i):
            token = items[i].tokens[0]
            items[i].tokens = (replace(token, gap=" ", breaks=False), *items[i].tokens[1:])
            items.insert(i, made("divide", "divided by", at=items[i].at))
            return True
    return False


def _every(items: list[Item]) -> bool:
    """`how many consumers are there for every corporate customer`: rows of one table, and so no group of the other."""
    for i in range(len(items)):
        below = _behind_each(items, i)
        end = _end(items, below) if below is not None else None
        if below is None or end is None:
            continue
        noun = items[end - 1]
        above = next((k for k in range(i - 1, -1, -1) if _same_rows(items[k], noun)), None)
        if above is not None and _told_apart(items, above, end - 1):
            between = items[above + 1 : i]
            if all(_joins(item) for item in between):
                for item in (*between, *items[i:below]):
                    item.kind = "glue"
                _divided(items[i])
                return True
        behind = next((k for k in range(end, len(items)) if _same_rows(items[k], noun)), None)
        if behind is not None and _told_apart(items, behind, end - 1) and all(_joins(k) for k in items[:i]):
            first = _start(items, behind + 1)
            last = next((k for k in range(behind + 1, len(items)) if not _joins(items[k])), len(items))
            between = items[end:first]
            if all(_joins(item) for item in between):
                top, bottom = items[first : behind + 1], items[below:end]
                head, *rest = top[0].tokens
                top[0].tokens = (replace(head, breaks=False), *rest)
                items[:last] = [*top, made("divide", "divided by", at=items[i].at), *bottom]
                return True
    return False


def _behind_each(items: Sequence[Item], i: int) -> int | None:
    """Where the noun phrase begins of which one is meant: behind `for every (one)`, `for one`, `to one`."""
    if items[i].words in EVERY and items[i].kind == "by":
        after = i + 1
        return after + 1 if after < len(items) and items[after].words in ("one", "single", "1") else after
    if items[i].words in FOR_ONE and i + 1 < len(items) and items[i + 1].words in ("one", "1", "a single", "single"):
        return i + 2
    return None


def _same_rows(item: Item, noun: Item) -> bool:
    """Whether both are called after the rows of one table."""
    return bool({r.table for r in item.of("table")[:1]} & {r.table for r in noun.of("table")[:1]})


def _told_apart(items: Sequence[Item], one: int, other: int) -> bool:
    """Whether the two nouns differ in what is said in front of them."""
    kinds = [{(str(r), r.value) for r in items[k - 1].of("value", "flag")} if k else set() for k in (one, other)]
    return all(kinds) and not kinds[0] & kinds[1]


def _joins(item: Item) -> bool:
    """Whether an item may stand between the two numbers without saying anything of its own."""
    return item.kind in ("glue", "list") or item.words in ("come", "there", "have", "on", "with")


def _says_nothing(item: Item) -> bool:
    return item.words in OPENING or item.kind in ("glue", "list", "how much")


def _behind_by(items: Sequence[Item], item: Item) -> bool:
    """`for every region, divide …`: the group that stands in front."""
    k = next(k for k, other in enumerate(items) if other is item)
    return k > 0 and items[k - 1].kind == "by"


def _divided(item: Item) -> None:
    item.kind, item.words, item.readings = "divide", "divided by", ()


def _skip(items: Sequence[Item], i: int) -> int:
    while i < len(items) and (items[i].kind in COUNTING or items[i].words in SMALL):
        i += 1
    return i


def _end(items: Sequence[Item], i: int) -> int | None:
    """Where the number that is named from `i` on ends: behind its noun, its values and flags before it."""
    i = _skip(items, i)
    while i < len(items) and _modifies(items[i]):
        i += 1
    return i + 1 if i < len(items) and _is_number(items[i]) else None


def _ends(items: Sequence[Item], i: int) -> bool:
    """Whether a number is named right before `i`."""
    return i > 0 and _is_number(items[i - 1])


def _start(items: Sequence[Item], end: int) -> int:
    """Where the number begins that is named right before `end`."""
    i = end - 1
    while i > 0 and not items[i].tokens[0].breaks:
        before = items[i - 1]
        if not (_modifies(before) or before.kind in COUNTING or before.words in ("the", "our", "of", "all")):
            break
        i -= 1
    return i


def _divides(items: Sequence[Item], i: int) -> bool:
    """Whether what is named from `i` on is a number, and no group: `divided by orders`, but not `by order`."""
    end = _end(items, i)
    if end is None:
        return False
    noun = items[end - 1]
    counted = any(item.kind in COUNTING for item in items[i:end])
    return counted or noun.plural or bool(noun.of("term")) or not noun.of("table")


def _modifies(item: Item) -> bool:
    return bool(item.of("value", "flag")) and not item.of("table", "term")


def _is_number(item: Item) -> bool:
    """Whether the item names rows, a formula of the glossary, or a column of numbers."""
    numbers = any(r.column and r.column.kind == "number" for r in item.of("column"))
    return item.kind == "link" and (bool(item.of("table", "term")) or numbers)
