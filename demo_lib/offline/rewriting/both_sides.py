"""Both sides of what is so or is not: `on weekends and on weekdays` wants a number for each, and no row is both."""

from __future__ import annotations

from ..frame import Decline, Frame
from ..linking.linker import Item, made
from ..prompt.schema import Column
from .question import Question

JOINTS = ("and", "or", "compare")
PLACES = ("in", "on", "at", "for", "of", "with", "during")
MEASURED = ("avg", "sum", "count", "median")
BESIDE = (*PLACES, *JOINTS, "glue", "to", ">", "<", "more", "than", "when", "list", "how much")
HIGHER = ("more", ">", "<", "than")
AGAIN = frozenset(("what", "which", "that", "it", "how", "compare", "compares", "compared with", "all"))
OTHERS = frozenset(("other", "others", "remaining", "ordinary", "normal", "regular"))
ONE_ROW = frozenset(("both", "who", "whose", "that", "neither", "either"))


def both_sides(q: Question) -> None:
    """Group by a flag of which both sides are named, joined by `and`, `or`, `versus`."""
    _set_apart(q)
    if q.find(ONE_ROW):
        return
    _check_union(q)
    for i in range(len(q)):
        column, end = _flag(q, i), _second(q, i)
        if column is None or end is None or _is_grouped(q, i):
            continue
        place = i - 1
        while place >= 0 and (q.kind(place) in (*PLACES, "glue") and q.word(place) != "by"):
            place -= 1
        if not any(q.kind(k) == "than" for k in range(len(q))):  # `which had more revenue, weekends or weekdays`
            days = {q.items[k + 1] for k in range(i - 1) if q.kind(k) == "list" and q.word(k + 1) == "days"}
            q.items = [Item("glue", k.words, k.tokens, k.at) if k.kind == "more" or k in days else k for k in q.items]
        said = q.items[i]
        for k in range(place + 1, end + 1):
            if q.kind(k) in (*PLACES, *JOINTS) or k in (i, end):
                q.items[k] = Item("glue", q.word(k), q.items[k].tokens, q.items[k].at)
        group = Item("link", said.words, said.tokens, said.at, said.of("flag"))
        q.items += [made("by", "by"), group]
        return


def _set_apart(q: Question) -> None:
    """`is it higher on weekends than on weekdays`, `…, and what is it on the other days`: the one and the other."""
    measured = [k for k in range(len(q)) if q.kind(k) in MEASURED or (q.items[k].of("term") and q.kind(k - 1) != "by")]
    if measured and any(q.kind(k) == "more" and q.kind(k - 1) in ("list", "link", "glue") for k in range(measured[0])):
        return  # `which days had higher revenue, weekends or weekdays`
    for i in range(measured[0] if measured else len(q), len(q)):
        column, end = _flag(q, i), _rest(q, i + 1)
        if column is None and q.kind(i) != "weekday":
            continue
        if end is None:
            same = (k for k in range(i + 1, len(q)) if q.kind(k) == q.kind(i) and _opposite(q, i, k))
            end = next(((k, k) for k in same), None)
        elif column is None:
            return
        between = range(i + 1, end[0]) if end else range(0)
        plain = all(q.kind(k) in BESIDE or q.word(k) in AGAIN or _asked_again(q, measured[0], k) for k in between)
        higher = [k for k in range(measured[0] + 1, len(q)) if q.kind(k) in HIGHER and not q.items[k].of("term")]
        led = [k for k in range(i) if q.kind(k) == "compare" or (q.kind(k) == "list" and q.word(k) == "compare")]
        joined = higher or led or any(q.kind(k) in JOINTS for k in between)
        verbs = any(q.kind(k) == "money" or (k + 1 in higher and q.items[k].of("event")) for k in range(len(q)))
        if end is None or not plain or not joined or verbs or any(q.kind(k) == "number" for k in range(len(q))):
            continue
        if any(q.kind(k) == "list" and q.word(k) in ("which", "what", "who") for k in range(measured[0])) and higher:
            return  # `which had the higher …`: that one
        q.leave_out(*[k for k in (*between, *higher, *led) if k not in (i, end[1])])
        said = q.items[i]
        if column is None:
            q.items[end[0]:end[0]] = [made("compare", "versus")]
        else:
            q.leave_out(*range(end[0], end[1] + 1))
            q.leave_out(i, *([i - 1] if q.kind(i - 1) in PLACES else []))
            q.items += [made("by", "by"), Item("link", said.words, said.tokens, said.at, said.of("flag"))]
        return


def _asked_again(q: Question, measured: int, k: int) -> bool:
    """`how many on weekends, and how many on weekdays`."""
    return q.word(k) == q.word(measured) == "how many"


def _opposite(q: Question, i: int, k: int) -> bool:
    """Whether the two are the two sides of one flag, or weekends and weekdays."""
    if q.kind(i) == "weekday":
        one, other = q.word(i).rstrip("s"), q.word(k).rstrip("s")
        return {one, other} in ({"weekend", "weekday"}, {"weekend", "workday"})
    return _flag(q, k) is not None and _flag(q, i) == _flag(q, k) and _is_true(q.items[i]) != _is_true(q.items[k])


def _rest(q: Question, start: int) -> tuple[int, int] | None:
    """Where `the other days` stand."""
    for k in range(start, len(q) - 1):
        if q.word(k) in OTHERS and q.kind(k) in ("word", "glue") and q.word(k + 1) in ("day", "days"):
            return k, k + 1
    return None


def _check_union(q: Question) -> None:
    """Raise Decline for `on weekends and holidays`: days that are either, or both?"""
    for i in range(1, len(q) - 1):
        one, other = _flag(q, i - 1), _flag(q, i + 1)
        both = q.word(i) == "and" and one and other and one != other
        if both and q.items[i - 1].plural and q.items[i + 1].plural:
            words = f"{q.word(i - 1)} and {q.word(i + 1)}"
            raise Decline(f"“{words}” can be read in two ways here: any one of them, or all. Say “or”, or ask twice.")


def _second(q: Question, i: int) -> int | None:
    """Where the other side stands, if right behind `and`."""
    k = next((k for k in range(i + 1, len(q)) if q.kind(k) not in (*PLACES, "glue", *JOINTS)), None)
    joined = k is not None and any(q.kind(j) in JOINTS for j in range(i + 1, k))
    if k is None or not joined or _flag(q, i) is None or _flag(q, k) != _flag(q, i):
        return None
    return k if _is_true(q.items[k]) != _is_true(q.items[i]) else None


def _is_grouped(q: Question, i: int) -> bool:
    """Whether `by` stands before it: then the clauses group by it anyway."""
    return any(q.kind(k) == "by" for k in (i - 1, i - 2))


def _flag(q: Question, i: int) -> Column | None:
    """The column of which the item says one side."""
    flags = q.items[i].of("flag")
    return flags[0].column if flags and not q.items[i].of("table", "term") else None


def _is_true(item: Item) -> bool:
    return item.of("flag")[0].value != "false"


def check_sides(frame: Frame) -> None:
    """Raise Decline where rows would have to be so, and not so."""
    said: dict[Column, bool] = {}
    for f in frame.filters:
        flags = [r for option in f.options for r in option[:1] if r.kind == "flag" and r.column]
        for r in flags if len(f.options) == 1 else ():
            is_so = (r.value != "false") != f.negated
            if r.column and said.setdefault(r.column, is_so) != is_so:
                raise Decline(f"No row is “{f.words}” and not so at once. Ask for each on its own.")
