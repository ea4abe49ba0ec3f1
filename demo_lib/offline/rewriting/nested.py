"""How many of something each has on average, however it is said: written as `average number of … per …`.

`How many halls does the average town have`, `per town, how many halls are there on average`, `average hall count of a
town`, `the average town's total of …`.
"""

from __future__ import annotations

from ..english.lexicon import ARTICLES
from ..linking.linker import Item, made
from .question import Question

APART = frozenset((
    "most", "least", "top", "bottom", "median", "share", "ratio", "divide", "growth", "running", "mom", "yoy", "qoq",
    "more", "than", "compare", "difference", ">", "<", ">=", "<=", "between", "adjective", "nth", "times", "best",
    "worst",
))  # fmt: skip
EACH = frozenset(["per", "each", "every"])
ASKING = frozenset(["what", "which", "show", "give", "tell", "list"])
PLACED = frozenset(["for", "in", "of", "on", "at", "by", "from", "to"])
DOING = frozenset(("do", "did"))
ONE = frozenset(("a", "an", "one", "any"))
MEANS = frozenset(("average", "avg", "mean", "typical", "on average"))


def nested(q: Question) -> None:
    """Put a number of each, and the average of it, in the order that the clauses read."""
    _part(q)
    means = [i for i in range(len(q)) if q.kind(i) == "avg"]
    if len(means) != 1 or q.word(means[0]) not in MEANS or any(item.kind in APART for item in q.items):
        return
    mean = means[0]
    found = _counted(q, mean)
    if found is None:
        return
    number, first, last = found
    if any(q.kind(k) == "and" for k in range(min(mean, first), max(mean, last))):
        return  # `number of strolls and average minutes per guide`
    told = [k for k in range(len(q)) if not first <= k <= last and _is_one(q, k, mean)]
    if len(told) != 1 or any(_is_by(q, k) for k in range(len(q)) if k + 1 not in _run(q, told[0])):
        return
    group = _run(q, told[0])
    marked = _mark(q, group.start, mean)
    if marked is None:
        return
    noun = [q.items[k] for k in range(first, last + 1)]
    rows = {r.table for r in q.items[last].readings}
    if {r.table for r in q.items[group.stop - 1].of("table")} & {r.table for r in q.items[last].of("table")}:
        return  # `how many jobs were there, and how high was a job on average`
    verb = next((k for k in range(group.stop, len(q)) if q.kind(k) != "glue"), len(q))
    happened = {r.table for r in q.items[verb].of("event")} if verb < len(q) else set()
    does = q.word(group.start - 1) in ONE | DOING and happened & rows
    marked |= {verb} if does and verb not in range(first, last + 1) else set()  # `… does a patient make on average`
    whole = number == first  # `number of orders`, `total revenue` of the glossary
    used = {mean, number, *range(first, last + 1), *group, *marked}
    asked = [q.items[k] for k in range(number) if k not in used and q.kind(k) == "list" and q.word(k) in ASKING]
    rest = [item for k, item in enumerate(q.items) if k not in used and item not in asked]
    kind = "sum" if q.kind(number) == "sum" else "count"
    counted = [] if whole else [made(kind, "total" if kind == "sum" else "number of")]
    said = [made("avg", "average"), *counted, *noun]
    q.items = [*asked, *said, made("by", "per"), *(q.items[k] for k in group), *rest]


def _part(q: Question) -> None:
    """`average order count`, `average orders per …`: an average of how many, and no amount of the glossary."""
    for i, item in enumerate(q.items):
        first, terms = item.tokens[0].word, item.of("term")
        if len(item.tokens) != 2 or first not in MEANS or not terms or terms[0].score >= 0.9:
            continue
        rows = tuple(q.known.phrases.get((item.tokens[1].stem,), ()))
        many = item.plural and q.kind(i + 1) == "by" and q.word(i + 1) == "per"
        if any(r.kind == "table" for r in rows) and (many or q.word(i + 1).split(" ")[0] in ("count", "number")):
            noun = Item("link", item.tokens[1].word, item.tokens[1:], item.at + 1, rows)
            mean = Item("avg", first, item.tokens[:1], item.at)
            q.items[i : i + 1] = [mean, noun]
            return


def _counted(q: Question, mean: int) -> tuple[int, int, int] | None:
    """(where the word for the number stands, first and last item of what is counted or added up)."""
    for i in range(len(q)):
        words = q.word(i).split(" ")
        whole = words[0] == "total" or words[:2] == ["number", "of"]
        if q.kind(i) == "link" and len(words) > 1 and whole and q.items[i].of("term"):
            return i, i, i
        if q.kind(i) not in ("count", "sum") or q.word(i) == "headcount":
            continue
        behind = q.kind(i) == "count" and q.word(i).split()[0] in ("count", "number") and i and _is_counted(q, i - 1)
        if behind and q.items[i - 1].next_to(q.items[i]) and not q.items[i - 1].plural:
            return i, i - 1, i - 1  # `the average trip count of a van`
        first = i + 1
        while q.word(first) in ARTICLES or q.word(first) in ("of", "our") or first == mean:
            first += 1
        last = first
        while last < len(q) and q.items[last].of("value", "flag") and not q.items[last].of("table", "term"):
            last += 1
        amount = q.kind(i) == "sum"
        if last == len(q):
            continue
        if _is_amount(q.items[last]) if amount else _is_counted(q, last) and q.items[last].plural:
            return i, first, last
    return None


def _is_counted(q: Question, i: int) -> bool:
    return q.kind(i) in ("link", "list") and bool(q.items[i].of("table", "term"))


def _is_amount(item: Item) -> bool:
    numbers = [r for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.75]
    return bool(numbers) or any(r.term and r.term.is_measure and r.score >= 0.8 for r in item.of("term"))


def _is_one(q: Question, i: int, mean: int) -> bool:
    """Whether the item at `i` names one row, kind or step of time, of which each is meant."""
    item = q.items[i]
    if i == mean:
        return False
    texts = bool(item.of("column")) and all(r.column and r.column.kind == "text" for r in item.of("column"))
    noun = item.kind == "grain" or item.of("table") or texts
    many = item.plural and not (item.of("table") and q.word(_run(q, i).start - 1) in DOING)
    return bool(noun) and not many and _mark(q, _run(q, i).start, mean) is not None


def _run(q: Question, i: int) -> range:
    """The noun at `i` with the values before it: `a corporate customer`."""
    first = i
    while first and q.items[first - 1].of("value", "flag") and not q.items[first - 1].of("table", "column", "term"):
        first -= 1
    return range(first, i + 1)


def _mark(q: Question, i: int, mean: int) -> set[int] | None:
    """The words before the noun at `i` that say `each`, or `the average …`; None where there are none."""
    k = i - 1
    used: set[int] = set()
    if k == mean and q.word(k) != "on average":
        used.add(k)
        k -= 1
        while q.word(k) in ONE or q.word(k) in ("the", "our"):
            used.add(k)
            k -= 1
    elif q.kind(k) == "by" and EACH & set(q.word(k).split()):
        return {k}
    elif q.word(k) in ONE:
        used.add(k)
        k -= 1
    elif q.word(k) in DOING and i < len(q) and q.items[i].of("table", "value", "flag"):
        return {k}  # `how many loans do members have on average`
    else:
        return None
    words = q.word(k).split()
    if k >= 0 and words[-1:] and words[-1] in PLACED and q.kind(k) != "count":
        used.add(k)
    return used


def _is_by(q: Question, i: int) -> bool:
    return q.kind(i) == "by" and q.kind(i + 1) in ("link", "grain")
