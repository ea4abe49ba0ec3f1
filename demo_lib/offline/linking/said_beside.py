"""Words beside a column that say what sort of thing it is, or that it was got: `safety rating`, `left a good taste`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ..english.lexicon import ADDITIVE, ARTICLES, GETTING, JUDGED
from ..english.words import name_words, of_people, stem, stems
from ..prompt.legends import SCALE
from ..prompt.schema import Column, Table
from ..prompt.vocabulary import Reading, Vocabulary

if TYPE_CHECKING:
    from .linker import Item

GRADES = stems("rating score mark grade points")
COMPARED = (">", "<", ">=", "<=", "between")
BETWEEN = ("for", "in", "on", "of")
AGGREGATES = ("avg", "median", "sum", "most", "least")
RANKING = ("top", "bottom", "most", "least", "sort", "adjective", "desc", "asc")
TAKING = ("taking", "take", "taken")
PEOPLE = ("people", "persons", "folks")
APPLYING = stems("applicant candidate")
AMOUNTS = ("amount", "amounts", "value", "sum")
SURE, WEAK = 0.85, 0.6


def said_beside(items: list[Item], known: Vocabulary) -> None:
    """Let such words be small words, so that the column beside them is read as what is meant."""
    said = [item for item in items if item.words not in ARTICLES]
    rows = {r.table for item in items for r in item.of("table")[:1] if r.score >= SURE}
    grouped = {b.at for a, b in pairwise(said) if a.kind == "by" and not any(o.kind in RANKING for o in items)}
    for item, after in pairwise(said):
        _graded(item, after)
        _billed(item, after, known)
        if item.at in grouped and item.kind == "link" and item.words in AMOUNTS and after.kind == "glue":
            item.kind, item.readings = "word", ()  # `makers by amount billed` does not tell them by it
        if item.words in TAKING and after.kind in AGGREGATES:  # `…, taking the mean score`
            item.silence()
    for k, item in enumerate(said[:-2]):
        amount = item.words == "value" and item.kind == "glue" and said[k + 1].kind == "of" and said[k + 2].of("table")
        before = said[k - 1].kind if k else ""
        if amount and before not in (*AGGREGATES, "by", "count") and not said[k + 2].of("term", "column"):
            item.kind, item.readings = "sum", ()  # `the value of the crates` is not how many there are
    for item, value, column in zip(said, [*said[1:], *said[-1:]], [*said[2:], *said[-1:], *said[-1:]], strict=False):
        same = {r.column for r in value.of("value")} & {r.column for r in column.of("column")}
        if item.words in GETTING and same and not item.of("table", "value") and value.next_to(column):
            item.silence()  # `visits that left a good impression`
        dates = item.readings and all(r.column and r.column.kind == "date" for r in item.readings)
        if item.words in GETTING and dates and value.kind in COMPARED and column.kind == "number":
            item.silence()  # `shops that received more than 20 orders`, and no day of theirs
        own = {r.column for r in item.of("value")} & {r.column for r in column.of("column")}
        if own and value.kind in BETWEEN and not column.of("table", "value", "term"):
            value.silence()  # `waiting for a decision`, of a column `decision`
            column.silence()
        judged = value if value.of("value") or value.words != "as" else column
        if item.words in JUDGED and judged.of("value") and not judged.of("table") and not item.of("value", "column"):
            item.silence()  # `visits rated Excellent`
    for item in items:
        _of_the_rows(item, rows)
        if item.words in AMOUNTS and item.kind == "link":
            _theirs(item, items, known)
        if item.words in PEOPLE and (item.kind == "word" or item.of("table")):
            _of_their_kind(item, items)


def _of_their_kind(item: Item, items: list[Item]) -> None:
    """`people hired by source`: the people are those of whom two columns tell the one and the other."""
    told = [{r.table for r in i.of("value", "flag", "column") if r.score >= SURE} for i in items if i is not item]
    tables = list(dict.fromkeys(t for found in told for t in found if len(found) == 1))
    if len(tables) != 1 or sum(map(bool, told)) < 2 or any(r.table == tables[0] for r in item.readings):
        return
    if of_people(tables[0]) or name_words(tables[0])[-1] in APPLYING:
        item.kind, item.readings = "link", (Reading("table", tables[0], SURE),)


def _graded(item: Item, after: Item) -> None:
    """`safety rating`, `quality marks`, of columns of safety and of quality that are told from 1 to 10."""
    if after.tokens[-1].stem not in GRADES or len(after.tokens) > 1 or not item.next_to(after):
        return
    graded = [r for r in item.of("column") if r.column and r.column.kind == "number" and SCALE.search(r.column.note)]
    named = {r.table for r in after.of("column") if r.score >= SURE} & {r.table for r in graded}
    if len({r.column for r in graded}) == 1 and not item.of("table", "term") and not named:
        item.readings = (Reading("column", graded[0].table, SURE, graded[0].column),)
        after.silence()


def _billed(item: Item, after: Item, known: Vocabulary) -> None:
    """`amount billed`: of bills, what each of them comes to."""
    if item.words not in AMOUNTS or item.readings or not after.participle or not item.next_to(after):
        return
    tables = list(dict.fromkeys(r.table for r in after.of("event") if r.score >= SURE))
    if after.of("term", "table") or not tables:
        return
    found = [c for t in tables for c in _totals(known.prompt.schema.tables[t])]
    if len({c.table for c in found}) == len(found) == len(tables):
        item.kind, item.readings = "link", tuple(Reading("column", c.table, 1.0, c) for c in found)
        after.silence()


def _theirs(item: Item, items: list[Item], known: Vocabulary) -> None:
    """`overdue bills, total amount`: what each of them comes to, and no amount of other rows."""
    first = next((i for i in items if i.plural and i.of("event", "table")), None)
    if first is None or first.at > item.at or any(i.of("table", "term") for i in items if i not in (first, item)):
        return
    told = {r.table for i in items for r in i.of("value", "flag") if r.score >= SURE}
    rows = {r.table for r in first.of("event", "table") if r.score >= WEAK and (not told or r.table in told)}
    if len(rows) != 1 or rows & {r.table for r in item.of("column")}:
        return
    found = _totals(known.prompt.schema.tables[next(iter(rows))])
    if len(found) == 1:
        item.readings = (Reading("column", found[0].table, SURE, found[0]),)


def _totals(table: Table) -> list[Column]:
    """The columns that say what a row comes to."""
    return [c for c in table.columns if c.kind == "number" and c.additive and _comes_to(c.name, table.name)]


def _comes_to(column: str, table: str) -> bool:
    """`amount`, or `bill_total` of bills."""
    own = tuple(w for w in name_words(column) if w not in name_words(table))
    return column.lower() in ADDITIVE or own in [(stem(a),) for a in ADDITIVE]


def _of_the_rows(item: Item, rows: set[str]) -> None:
    """`title` of the rows that are named, which have one, though other rows may be half called so."""
    weak = bool(item.of("table")) and all(r.score <= WEAK for r in item.of("table", "event", "term"))
    own = [r for r in item.of("column") if r.table in rows and r.score >= SURE]
    if weak and own and not item.plural and not {r.table for r in item.of("table")} & rows:
        item.readings = tuple(r for r in item.readings if r.kind != "table")
