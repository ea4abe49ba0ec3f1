"""What one of many has: `how many units are in an average order`, `revenue of a store on average`, `on one unit sold`.

All become `average … per …`, or one amount `per` another, which the clauses read.
"""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import QUANTITIES
from ..linking.linker import Item, made
from ..prompt.vocabulary import Reading
from ..source import paths
from .question import Question

AVERAGE = frozenset(("average", "avg", "mean", "typical"))
PLACES = ("in", "of", "for", "on", "from", "by", "with", "at")
TOGETHER = ("taking", "take", "taken", "putting", "looking")
SINGLE = frozenset(("one", "a", "an", "single", "each", "every"))


def one_of_them(q: Question) -> None:
    """Write what one of them has as an average, or a ratio, per each."""
    together = next((k for k in range(1, min(6, len(q))) if q.word(k) == "together"), 0)
    for k in range(together) if q.word(0) in TOGETHER else ():  # `taking all shops together`: of no group of them
        if k == 0 or not q.items[k].of("value", "flag"):
            q.items[k] = _small(q.items[k])
    for form in (_in_an_average_one, _the_average_one_makes, _of_a, _on_one):
        i = next((k for k in range(1, len(q)) if form(q, k)), None)
        if i is not None:
            return


def _in_an_average_one(q: Question, i: int) -> bool:
    """`how many units are in an average order`: the average number of units per order."""
    rows, end = _average_rows(q, i)
    before = i - 1 if q.word(i - 1) not in SINGLE else i - 2
    start = next((k for k in range(before) if q.kind(k) in ("count", "how much")), None)
    if not rows or start is None or q.kind(before) not in PLACES:
        return False
    return _put(q, start, {before, *range(i, end)}, rows, end)


def _the_average_one_makes(q: Question, i: int) -> bool:
    """`how much revenue did the average store make`: the average revenue per store."""
    rows, end = _average_rows(q, i)
    start = next((k for k in range(i) if q.kind(k) == "how much"), None)
    plain = q.kind(i) == "avg" and bool(rows) and q.kind(i - 1) not in PLACES
    verb = end if q.kind(end) == "money" or q.items[end : end + 1] and q.items[end].of("event") else end - 1
    if not plain or start is None or not q.items[start + 1].of("term"):
        return False
    return _put(q, start, {*range(i, verb + 1)}, rows, end)


def _average_rows(q: Question, i: int) -> tuple[tuple[Reading, ...], int]:
    """The rows that `average order` at `i` names, and where it ends. A glossary may call an amount so."""
    item = q.items[i]
    words = [t for t in item.tokens if t.word not in SINGLE]
    if item.kind == "avg" and item.words in AVERAGE and q.rows(i + 1) and not q.items[i + 1].plural:
        return q.items[i + 1].of("table"), i + 2
    if item.of("term") and len(words) == 2 and words[0].word in AVERAGE:
        named = q.known.phrases.get((words[1].stem,), ())
        rows = tuple(r for r in named if r.kind == "table" and r.score >= 0.8)
        events = tuple(Reading("table", r.table, r.score) for r in q.known.events.get(words[1].stem, ()))
        return rows or events[:1], i + 1
    return (), i


def _put(q: Question, start: int, gone: set[int], rows: tuple[Reading, ...], end: int) -> bool:
    """Let `average` stand before what is counted, or added up, at `start`, and `per` with the rows behind it."""
    amount = next((k for k in range(start + 1, min(start + 3, len(q))) if q.items[k].readings), None)
    if amount is None or amount in gone:
        return False
    noun = q.items[end - 1]
    per = Item("link", noun.tokens[-1].word, noun.tokens[-1:], noun.at, rows)
    for k in gone:
        q.items[k] = _small(q.items[k])
    if q.kind(start) == "how much":
        q.items[start] = _small(q.items[start])
    q.items[amount + 1 : amount + 1] = [made("by", "per"), per]
    q.items.insert(start, made("avg", "average"))
    return True


def _of_a(q: Question, i: int) -> bool:
    """`average revenue of a store`: of all that each store made."""
    rows = q.rows(i)
    if not rows or q.items[i].plural or q.word(i - 1) not in ("a", "an", "single", "one"):
        return False
    place = i - 2 if q.kind(i - 2) in PLACES else i - 3
    averaged = q.kind(place - 2) == "avg" or (q.kind(place - 3) == "avg" and q.word(place - 2) in ("of", "the"))
    said = q.items[place - 1] if place > 0 else None
    measured = [r for r in (said.of("term", "column") if said else ()) if r.score >= 0.8]
    tables = {r.table for r in measured}
    if q.kind(place) not in PLACES or not averaged or not measured or rows[0] in tables:
        return False
    if not all(rows[0] in paths(q.schema, t) for t in tables):
        return False
    q.items[place] = made("by", "per")
    return True


def _on_one(q: Question, i: int) -> bool:
    """`gross profit on one unit sold`: one amount over the other."""
    single = i - 1 if q.word(i - 1) in SINGLE else i
    each = q.kind(i - 1) == "by" and q.word(i - 1).split(" ")[-1] in ("each", "every") and " " in q.word(i - 1)
    place = i - 1 if each else single - 1
    if not each and (single == i or q.kind(place) not in PLACES):
        return False
    earlier = any(_is_sum(q, k) for k in range(place))
    if not earlier or not _is_sum(q, i) or q.items[i].tokens[-1].word == "sales":
        return False
    if not {t.word.removesuffix("s") + "s" for t in q.items[i].tokens} & {*QUANTITIES, "pieces"}:
        return False
    q.items[place] = made("by", "per")
    return True


def _is_sum(q: Question, i: int) -> bool:
    """Whether the glossary tells what the item adds up, or a column of amounts is called so."""
    terms = [r for r in q.items[i].of("term") if r.score >= 0.7 and r.term and r.term.sql.find(exp.Sum)]
    return bool(terms) or any(r.column and r.column.kind == "number" for r in q.items[i].of("column"))


def _small(item: Item) -> Item:
    return Item("glue", item.words, item.tokens, item.at)
