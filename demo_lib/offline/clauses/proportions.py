"""One amount as a part of another, and both ends of one: `refunds as a share of sales`, `the least and the most`."""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import ARTICLES
from ..english.words import stem
from ..linking.linker import Item
from ..rewriting.question import Question
from .measures import EXTREMES

PARTS = ("share", "percentage", "percent", "proportion", "fraction", "part")
OF = frozenset(("of", "our", "all", "total"))


def proportions(q: Question) -> None:
    """Write `… as a percentage of …` as the one over the other, `the smallest and the largest …` as two measures."""
    any(_as_part_of(q, i) or _paid_as(q, i) for i in range(len(q)))
    for i in range(len(q)):
        _both_ends(q, i)


def _as_part_of(q: Question, i: int) -> bool:
    """`refunds as a percentage of sales`."""
    if q.kind(i) != "share" or q.word(i).split(" ")[0] not in PARTS:
        return False
    before = i - 1
    while q.word(before) in ARTICLES:
        before -= 1
    top, bottom = before - 1, q.skip(i + 1, ARTICLES, OF)
    return q.word(before) == "as" and _put(q, top, bottom, {*range(top, bottom + 1)}, i)


def _paid_as(q: Question, i: int) -> bool:
    """`what percentage of the revenue do we pay back as refunds`."""
    if q.kind(i) != "share" or "of" not in (q.word(i).split(" ")[-1], q.word(i + 1)):
        return False
    bottom = q.skip(i + 1, ARTICLES, OF)
    as_ = next((k for k in range(bottom + 1, min(bottom + 7, len(q))) if q.word(k) == "as"), None)
    top = q.skip(as_ + 1, ARTICLES) if as_ is not None else None
    between = range(bottom + 1, as_ or 0)
    plain = all(q.kind(k) in ("glue", "money") or q.items[k].of("event", "term") for k in between)
    return top is not None and plain and _put(q, top, bottom, {*range(i, top + 1)}, i)


def _put(q: Question, top: int, bottom: int, used: set[int], share: int) -> bool:
    above, below = _total(q, top), _total(q, bottom)
    if above is None or below is None or above == below:
        return False
    tables = {c.table for side in (above, below) for c in side.find_all(exp.Column)}
    if len(tables) > 1 and not (q.items[top].of("term") and q.items[bottom].of("term")):
        return False  # what a vehicle can carry is not to be added up once for each load
    scale = exp.Literal.number(100 if q.word(share).startswith(("percent", "pct", "what percent", "how many")) else 1)
    formula = exp.Div(this=exp.Mul(this=scale, expression=above), expression=below)
    name = f"{q.word(top)} share of {q.word(bottom)}"
    q.put(q.formula(name, formula), used, at=min(used))
    return True


def _total(q: Question, i: int) -> exp.Expr | None:
    """The sum that the item at `i` names, by the glossary or as a column."""
    if not 0 <= i < len(q):
        return None
    terms = [r.term for r in q.items[i].of("term") if r.term and r.score >= 0.8 and isinstance(r.term.sql, exp.Sum)]
    if terms:
        return terms[0].sql.copy()
    columns = {r.column for r in q.items[i].of("column") if r.column and r.column.kind == "number" and r.score >= 0.9}
    column = columns.pop() if len(columns) == 1 and not q.items[i].of("table") else None
    return exp.Sum(this=column.reference) if column and column.additive else None


def _both_ends(q: Question, i: int) -> None:
    """`the smallest and the largest sale amounts`, `the lowest and the highest amount of a single sale`."""
    second = q.skip(i + 2, ARTICLES) if q.word(i + 1) in ("and", "&") else None
    if second is None or second >= len(q) or {_end(q.items[i]), _end(q.items[second])} != {"most", "least"}:
        return
    noun = q.skip(second + 1, ARTICLES)
    if noun >= len(q):
        return
    item = q.items[noun]
    numbers = tuple(r for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.8)
    used = {noun}
    if item.kind == "sum" and item.words in ("amount of", "amount", "total amount of"):
        rows = q.skip(noun + 1, ARTICLES, frozenset(("of", "single", "one")))
        tables = q.rows(rows)
        known = q.known.phrases.get((stem("amount"),), ()) if tables else ()
        numbers, used = tuple(r for r in known if r.column and r.table in tables), {*range(noun, rows + 1)}
    if len({r.column for r in numbers}) == 1:
        for k in (i, second):
            q.items[k].kind = _end(q.items[k])
        q.put(numbers[0], used, at=noun)


def _end(item: Item) -> str:
    """Which end of a range the item says."""
    if item.kind in ("most", "least"):
        return item.kind
    return ("most" if EXTREMES[item.words] else "least") if item.words in EXTREMES else ""
