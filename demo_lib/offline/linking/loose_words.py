"""Words that say again, or say apart, what others name: `score … in the exam`, `staff work in …`, `rent we pay`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..english.lexicon import DOING, PREPOSITIONS
from ..english.words import name_words, of_people, phrase, spoken, stems
from ..prompt.schema import bare
from ..prompt.vocabulary import Reading, Vocabulary

if TYPE_CHECKING:
    from .linker import Item

WORKING = ("work", "works")
OURS = ("pay", "spend", "charge")
UNDONE = frozenset(("lost", "refused", "missed", "waived", "rejected", "failed", "skipped", "wasted", "forgot", "owed",
                    "promised", "planned", "budgeted", "saved"))  # fmt: skip
CASES = ("case", "cases")
ENDING = ("end", "ends", "ended", "ending")
COVERING = ("cover", "covers", "covered", "travel", "travels", "travelled", "traveled", "drive", "drove", "run", "ran")
FAR = frozenset(("km", "kms", "kilometers", "kilometres", "mi", "miles"))
PLACES = ("in", "at", "for", "by")
WEAK, SURE = 0.6, 0.85
MEANS = stems("method mode channel payment paid medium means platform device format")
DENYING = stems("no not never without nor or unless")
LONG = 2  # words of a value that may be called by its last one


def loose_words(items: Sequence[Item], known: Vocabulary) -> None:
    """Let such words be small words, or name the column that they say together with another."""
    for item, verb in pairwise(items):
        _turned_round(item, verb, known)
        _named_in_short(item, verb, known)
        _doing_it(item, verb, known)
        _said_in_full(item, verb)
    said = [item for item in items if item.kind not in ("glue", "who", "that")]
    for i, item in enumerate(said):
        before, after = said[i - 1] if i else None, said[i + 1] if i + 1 < len(said) else None
        if item.words == "next" and item.kind == "word" and after:  # `the next renewal`, of a date that is that of it
            dates = [r.column for r in after.of("column")[:1] if r.column and r.column.kind == "date"]
            _leave_out(item, if_=any("next" in phrase(c.note) for c in dates))
        if item.kind == "word":
            _said_apart(said, i, known)
        if item.words in WORKING and before and any(of_people(r.table) for r in before.of("table")[:1]):
            _leave_out(item, if_=after is not None and after.words.split()[0] in PLACES)
        elif item.words in OURS and not item.of("event", "table", "term"):
            we = items[items.index(item) - 1].words == "we"
            amounts = any(r.column and r.column.kind == "number" for o in said[:i] for r in o.of("column"))
            _leave_out(item, if_=we and amounts)
        elif item.kind == "word" and before and item.participle and _is_amount(before):
            we = items[items.index(item) - 1].words == "we"
            _leave_out(item, if_=we and item.words not in UNDONE)
        elif item.kind in ("word", "money") and _covers(said, i, known):
            _leave_out(item, if_=True)
        elif item.words in CASES and item.kind == "word" and before and before.of("flag") and before.next_to(item):
            rows = {r.table for o in said for r in o.of("table")[:1]}  # `share of jobs that are rush cases`
            _leave_out(item, if_=any(r.table in rows for r in before.of("flag")))
        elif item.words in ENDING and item.kind == "word":
            result = said[i + 2] if i + 2 < len(said) else None
            told = after is not None and after.kind in ("with", "in") and result is not None
            happened = result is not None and bool(result.of("event", "term", "table"))
            _leave_out(item, if_=told and not happened and result is not None and bool(result.of("value", "column")))
        elif item.words == "returned" and item.kind == "word":  # `boats that came back damaged`: how, not whether
            _leave_out(item, if_=after is not None and item.next_to(after) and bool(after.of("flag")))
        elif item.words in DOING and item.kind == "word" and said[0].kind == "count":
            # `how many dives did each diver do`
            does = any(o.words in ("did", "do", "does") for o in items) and any(o.kind == "by" for o in said[:i])
            _leave_out(item, if_=does and (after is None or after.tokens[0].breaks))
        elif item.words in ("count", "counts") and before and before.next_to(item) and _is_number(before):
            before.notes.append("counted")
            _leave_out(item, if_=True)
        elif item.kind == "word" and after and item.next_to(after) and len(item.tokens) == 1:
            _of_that_table(item, after, known)
        elif after and item.of("table") and after.of("table") and item.next_to(after):
            _in_the_comment(item, after, known)


def _named_in_short(item: Item, rows: Item, known: Vocabulary) -> None:
    """`card orders`, of one listed way to pay that ends so: `Prepaid Card`. Of several no word tells which.

    Ways and means only: a reason `Too big` is not what `big returns` are told by.
    """
    tables = {r.table for r in rows.of("table", "term") if r.score >= SURE}
    if item.kind != "word" or not tables or not item.next_to(rows) or item.participle or len(item.tokens) > 1:
        return
    last = item.tokens[0].stem
    columns = [c for t in known.prompt.schema.tables.values() for c in t.columns if c.kind == "text"]
    found = [(c, v) for c in columns for v in c.values if last in phrase(v)]
    column, value = found[0] if len(found) == 1 else (None, "")
    means = column is not None and bool({*name_words(column.name)} & MEANS)
    if column and means and column.table in tables and phrase(value)[-1] == last and len(phrase(value)) == LONG:
        item.kind, item.readings = "link", (Reading("value", column.table, SURE, column, value),)


def _doing_it(item: Item, verb: Item, known: Vocabulary) -> None:
    """`French-speaking guides`, of a flag `speaks_french`: the verb stands behind what it is about."""
    flags = item.of("flag")
    if not flags or not verb.words.endswith("ing") or verb.kind != "word" or not item.next_to(verb):
        return
    whole = known.phrases.get((verb.tokens[0].stem, *(t.stem for t in item.tokens)), ())
    told = tuple(r for r in whole if r.kind == "flag" and r.score >= SURE)
    if told and len(item.readings) == len(flags):
        item.readings = told
        _leave_out(verb, if_=True)


def _said_in_full(one: Item, other: Item) -> None:
    """`a valid lifeguard badge`, of a flag `lifeguard` whose comment says so: the column as it is called in full."""
    word, item = (one, other) if one.kind == "word" else (other, one)
    column = item.readings[0].column if item.of("flag", "column") and not item.of("table", "value", "term") else None
    if word.kind != "word" or column is None or len(item.readings) > 1 or not one.next_to(other):
        return
    told = phrase(re.split(r"[,;:(]", column.note)[0])
    words = tuple(t.stem for t in (*one.tokens, *other.tokens))
    plainly = not {*told} & DENYING and len(words) < len(told)
    _leave_out(word, if_=plainly and any(told[k : k + len(words)] == words for k in range(len(told))))


def _is_number(item: Item) -> bool:
    """Whether a noun is a number itself: of `guests`, a number per day, `guest count` says no more."""
    columns = [r.column for r in item.of("column") if r.column]
    rows = item.of("table", "term", "value", "flag", "event")
    return bool(columns) and not rows and all(c.kind == "number" and c.additive for c in columns)


def _is_amount(item: Item) -> bool:
    """Whether it is a number that adds up, by the glossary or by a column: `the discount we allowed` is one."""
    columns = [r.column for r in item.of("column") if r.column]
    terms = [r.term for r in item.of("term") if r.term and r.term.is_measure]
    return bool(terms or (columns and all(c.kind == "number" and c.additive for c in columns)))


def _of_that_table(item: Item, noun: Item, known: Vocabulary) -> None:
    """`social network`, of a column `network` in `social_posts`: the first word of the table says of which it is."""
    own = [r for r in noun.of("column") if name_words(bare(r.table))[:1] == (item.tokens[0].stem,)]
    sure = own and noun.of("column")[0].score - own[0].score < 0.1
    if sure and not noun.of("value", "event", "term") and len({r.table for r in own}) == 1:
        item.silence()
        noun.readings = tuple(own)


def _leave_out(item: Item, if_: bool) -> None:
    if if_:
        item.silence()


def _covers(said: Sequence[Item], i: int, known: Vocabulary) -> bool:
    """`how many kilometers did they cover`: the distance tells it, or its rows do, as `walked_on` tells who walked."""
    if said[0].kind not in ("count", "how much"):
        return False
    lengths = [r for other in said[:i] for r in other.of("column") if r.column]
    far = {r.table for r in lengths if r.column and FAR & {*spoken(r.column.name).split()}}
    days = [c for t in far for c in known.prompt.schema.tables[t].columns if c.kind == "date"]
    return bool(far) and (said[i].words in COVERING or said[i].tokens[0].stem in {name_words(c.name)[0] for c in days})


def _said_apart(said: Sequence[Item], i: int, known: Vocabulary) -> None:
    """`the score in the exam`, of a column `exam_score`: its first word stands behind, with a preposition."""
    if not said[i - 1 : i] or said[i - 1].kind not in PREPOSITIONS or len(said[i].tokens) > 1:
        return
    for other in said[: i - 1]:
        named = known.phrases.get((said[i].tokens[0].stem, other.tokens[-1].stem), ())
        columns = tuple(r for r in named if r.kind == "column" and r.score >= SURE)
        if columns and other.of("column") and not other.of("table", "term", "value"):
            other.readings = columns
            for word in (said[i - 1], said[i]):
                word.silence()
            return


def _turned_round(item: Item, verb: Item, known: Vocabulary) -> None:
    """`amounts billed`, of a column `billed_amount`: none of all the other amounts."""
    open_ = item.of("column") and not item.of("table", "term", "value", "event")
    if not open_ or not verb.participle or not item.next_to(verb) or verb.of("event", "value", "flag"):
        return
    named = known.phrases.get((verb.tokens[0].stem, item.tokens[-1].stem), ())
    columns = tuple(r for r in named if r.column and r.column.kind == "number" and r.score >= SURE)
    if len(verb.tokens) == 1 and columns and len(columns) == len(named):
        item.readings, verb.kind, verb.readings = columns, "glue", ()


def _in_the_comment(item: Item, rows: Item, known: Vocabulary) -> None:
    """`travel receipts` are those of a table whose comment says so, and have nothing to do with a table of travels."""
    best, weak = rows.of("table")[0], all(r.score <= WEAK for r in item.readings)
    if not weak or best.score < SURE or best.table in {r.table for r in item.readings}:
        return
    note = phrase(known.prompt.schema.tables[best.table].note)
    words = tuple(t.stem for t in (*item.tokens, *rows.tokens))
    if any(note[k : k + len(words)] == words for k in range(len(note))):
        item.silence()
