"""Rows that have something: `boats with a mooring`, `how many bills have a due date`: a column that is not empty."""

from __future__ import annotations

from sqlglot import exp

from ..clauses.measures import OF_EACH
from ..english.lexicon import PASSIVE
from ..english.words import name_words
from ..frame import Readings
from ..prompt.schema import Column
from ..prompt.vocabulary import flagged
from .question import Question

HAVING = frozenset(("have", "has", "had", "having", "with", "got", "get", "gets"))
ANY = frozenset(("a", "an", "any", "some"))
GIVEN = frozenset(
    ("date", "on", "file", "recorded", "known", "given", "assigned", "set", "entered", "already", "yet", "at", "all")
)
BEFORE = frozenset(("who", "that", "which", "already", "do", "we", "currently"))
BEHIND = ("by", "date")


def possessions(q: Question) -> None:
    """Let `with a …` mean that the rows have one, where what is said ends with it."""
    for i in range(len(q)):
        _given(q, i)
    for i in range(1, len(q)):
        noun = i + 2 if q.word(i + 1) in ANY else i + 1
        some = noun == i + 2 or q.word(noun).split()[:1] in (["a"], ["an"])
        if q.word(i) not in HAVING or noun >= len(q) or not (some or _counted(q, noun)):
            continue
        rows = next((k for k in range(i - 1, -1, -1) if not _is_between(q, k)), i)
        table = q.items[rows].of("table")[:1]
        end = q.skip(noun + 1, GIVEN)
        if not table or (end < len(q) and q.kind(end) not in BEHIND):
            continue
        dated = any(r.column and r.column.kind == "date" for r in q.items[noun].readings)
        if dated and q.kind(end) == "date":
            continue  # `with a due date in May`
        if empty := _emptiness(q, q.items[noun].readings, table[0].table):
            test = exp.paren(empty) if isinstance(empty, exp.Or) else empty
            had = flagged(q.word(noun), table[0].table, exp.Not(this=test))
            own = table[0].table  # `orders that were sold with a …`
            verbs = {k for k in range(rows + 1, i) if own in _tables_then(q, k)}
            q.put(had, {*range(i, end), *verbs}, at=i)
            return


def _is_between(q: Question, i: int) -> bool:
    """Whether it may stand between rows and what they have: `orders that were sold with a discount`."""
    happened = q.items[i].participle and bool(_tables_then(q, i))
    return q.word(i) in BEFORE | PASSIVE or happened or q.kind(i) == "share"


def _tables_then(q: Question, i: int) -> set[str]:
    """The tables of which the verb at `i` says that something happened to their rows."""
    dates = [r for r in q.items[i].of("column") if r.column and r.column.kind == "date"]
    return {r.table for r in (*q.items[i].of("event"), *dates)}


def _counted(q: Question, noun: int) -> bool:
    """`drivers with accidents`, of a column that counts them."""
    item = q.items[noun]
    counts = [r.column for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.9]
    return item.plural and len(counts) == 1 and counts[0].additive and counts[0].name.lower().endswith("s")


def _emptiness(q: Question, readings: Readings, table: str) -> exp.Expr | None:
    """The test that rows of the table have none: of the one column, or key, that is called so."""
    if any(k.to_table == table for r in readings if r.kind == "table" and not r.via for k in q.schema.outward[r.table]):
        return None  # rows of their own point here
    own = {r.column for r in readings if r.kind == "column" and r.table == table and r.score >= 0.75}
    keys = [r.via for r in readings if r.via] or [
        k for r in readings[:1] if r.kind == "table" for k in q.schema.outward[table] if k.to_table == r.table
    ]
    own |= {q.schema.column(k.table, k.column) for k in keys if k.table == table}
    columns = [c for c in own if c is not None and c.kind != "bool"]
    if len(columns) != 1 or len(own) != 1:
        return None
    none = exp.EQ(this=columns[0].reference, expression=exp.Literal.number(0))  # a discount of nothing is none
    return exp.or_(columns[0].empty, none) if columns[0].kind == "number" else columns[0].empty


def _given(q: Question, i: int) -> None:
    """`discounted orders`, `orders that were taxed`: those of which the column holds more than nothing."""
    item = q.items[i]
    other = len(item.tokens) > 1 or any(r.kind != "column" for r in item.readings)
    often = any(q.word(k) == "how often" for k in range(i))  # `how often was it shared`: for the clauses to count
    if other or often or not item.tokens[-1].word.endswith("ed"):
        return
    columns = {r.column for r in item.readings if r.column and r.score >= 0.85 and _is_given(item.words, r.column)}
    before = next((k for k in range(i - 1, -1, -1) if not _is_between(q, k)), i)
    rows = {r.table for k in (before, i + 1) if k < len(q) for r in q.items[k].of("table")[:1]}
    column = columns.pop() if len(columns) == 1 else None
    if column and column.table in rows:
        some = exp.GT(this=column.reference, expression=exp.Literal.number(0))
        item.readings = (flagged(item.words, column.table, some),)


def _is_given(word: str, column: Column) -> bool:
    """Whether the participle is made of the name of a number that may be nothing: no `rated` of a rating."""
    words = {*name_words(column.name)}
    return column.kind == "number" and word not in column.name.lower() and not words & OF_EACH
