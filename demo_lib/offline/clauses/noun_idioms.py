"""What people say around any noun: `town by town`, `each kind of leak`, `new riders`."""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import KIND_NOUNS
from ..english.words import spoken, stem
from ..frame import Decline
from ..linking.linker import Item
from ..prompt.schema import bare
from ..prompt.vocabulary import Reading, flagged
from ..reader import Reader
from ..source import paths

PIECES = ("pieces", "piece")
ARTICLES = ("items", "item", "articles", "article", "products", "goods")
NUMBERS = ("count", "sum", "avg", "median")


def noun_idioms(reader: Reader) -> None:
    """Put what is said around a noun in the plain form that the clauses read."""
    _pieces_of(reader)
    _only_where(reader)
    _and_others(reader)
    _one_by_one(reader)
    _that_year(reader)
    _counted_last(reader)
    _aside(reader)
    _counted_again(reader)
    _dated_noun(reader)
    _kind_of(reader)
    _newcomers(reader)
    _undone(reader)
    _of_so_many(reader)
    _day_of(reader)
    _in_the_total(reader)


def _pieces_of(reader: Reader) -> None:
    """`which items of clothing` are clothing items; `which pieces of furniture` are rows, and no quantity."""
    for i in reversed(reader.find("of")):
        noun, value = reader.item(i - 1), reader.item(i + 1)
        if noun is None or value is None or not value.of("value") or value.of("table", "term", "column"):
            continue
        if reader.has(i + 2, "table", "column") and value.next_to(reader.items[i + 2]) and not _is_verb(reader, i + 2):
            continue  # `goods of the Rugs category`
        tables = {r.table for r in value.of("value")}
        rows = tuple(r for r in noun.of("table") if r.table in tables)
        pieces = noun.words in PIECES and reader.is_(i - 2, "list") and len(tables) == 1 and not rows
        said = tuple(Reading("table", t) for t in tables) if pieces else rows
        if said and noun.words in (*PIECES, *ARTICLES) and not reader.is_(i + 2, "and", "or"):
            again = Item("link", noun.words, noun.tokens, value.at + len(value.tokens), said)
            again = Item("link", value.words, value.tokens, value.at, said) if pieces else again
            reader.items[i - 1 : i + 2] = [value, again]


def _is_verb(reader: Reader, i: int) -> bool:
    return reader.items[i].participle or reader.items[i].words == "cost"


def _only_where(reader: Reader) -> None:
    """`North district halls` are halls of the North district, and no rows of both."""
    for i in reversed(range(1, len(reader) - 1)):
        value, place, rows = reader.items[i - 1 : i + 2]
        inside = {r.table for r in value.of("value")} & {r.table for r in place.of("table")}
        named = rows.plural and bool(rows.of("table")) and not rows.of("column") and place.next_to(rows)
        if inside and named and not place.plural and not value.of("table") and value.next_to(place):
            value.tokens, value.words = (*value.tokens, *place.tokens), f"{value.words} {place.words}"
            del reader.items[i]


def _and_others(reader: Reader) -> None:
    """`our buses, trams and other vehicles` are all of them."""
    for i in reversed(reader.find("word")):
        rows = reader.item(i + 1)
        if reader.items[i].words != "other" or not reader.is_(i - 1, "and") or rows is None or not rows.plural:
            continue
        tables, first = {r.table for r in rows.of("table") if r.score >= 0.9}, i - 1
        while reader.has(first - 1, "value") and tables & {r.table for r in reader.items[first - 1].of("value")}:
            first -= 1
        if first < i - 1:
            del reader.items[first : i + 1]


def _that_year(reader: Reader) -> None:
    """`spending in 2024 of members who joined in that year`: the year that was said, and no group for each."""
    for i in reversed(reader.find("grain")):
        if reader.is_(i - 1, "that") and any(k < i for k in reader.find("date")):
            del reader.items[i - 2 if reader.is_(i - 2, "in") else i - 1 : i + 1]


def _counted_last(reader: Reader) -> None:
    """`different towns of our members, how many?`: said behind what it asks for."""
    last = reader.item(len(reader) - 1)
    others = reader.find(*NUMBERS, "share", "by", "most", "least", "top", "bottom", "list", "not")
    if last and last.words == "how many" and last.tokens[0].breaks and others == [len(reader) - 1]:
        reader.items.insert(0, reader.items.pop())


def _aside(reader: Reader) -> None:
    """`share of late buses, northern lines`: what is put behind a comma narrows the whole down."""
    rows, value = reader.item(len(reader) - 1), reader.item(len(reader) - 2)
    apart = rows is not None and value is not None and value.tokens[0].breaks and value.next_to(rows)
    if not apart or rows is None or value is None or reader.find("by", "in", "for", "at"):
        return
    if reader.find("share") and value.of("value") and rows.of("table") and rows.plural:
        reader.items.insert(len(reader) - 2, Item("for", "for", value.tokens[:1], value.at))


def _counted_again(reader: Reader) -> None:
    """`how many faults this year, and how many last year`: the same rows, two periods side by side."""
    for i in reversed(reader.find("count")):
        said = reader.items[i].words == "how many" and len(reader.find("count")) == 2
        again = reader.is_(i - 1, "and") and reader.is_(i + 1, "date") and i + 2 == len(reader)
        if said and again and reader.is_(i - 2, "date"):
            del reader.items[i]


def _dated_noun(reader: Reader) -> None:
    """`the total of the 2024 gas bills`: the year of a noun goes behind it."""
    for i in reader.find("date"):
        after = i + 1
        while reader.has(after, "value", "flag") and not reader.has(after, "table", "term"):
            after += 1
        said = reader.is_(i - 1, *NUMBERS) or (
            reader.is_(i - 1, "of") and reader.is_(i - 2, *NUMBERS)
        )
        noun = reader.has(after, "table") and not reader.has(after, "term")
        if said and noun and reader.items[i].next_to(reader.items[i + 1]):
            reader.items.insert(after, reader.items.pop(i))
            return


def _one_by_one(reader: Reader) -> None:
    """`rents, town by town` are by town."""
    for i in reversed(reader.find("by")):
        before, after = reader.item(i - 1), reader.item(i + 1)
        same = before and after and before.words == after.words and before.next_to(reader.items[i])
        if before and same and before.kind == "link" and reader.items[i].words == "by":
            reader.items.remove(before)


def _kind_of(reader: Reader) -> None:
    """`each kind of leak`, of a column `leak`: it holds the kinds, where no other column of its rows does."""
    for i in reversed(reader.find("by")):  # `for each level of urgency`, where a level is nothing of its own
        if reader.is_(i + 1, "of") and reader.has(i + 2, "column") and not reader.has(i + 2, "table"):
            del reader.items[i + 1]
    for i in reversed(range(len(reader) - 2)):
        item, after = reader.items[i], reader.item(i + 2)
        if after is None or item.words not in KIND_NOUNS or not reader.is_(i + 1, "of") or after.of("term"):
            continue
        texts = {r.table for r in after.of("column") if r.column and r.column.kind == "text" and r.score >= 0.9}
        rows = any(r.score >= 0.9 for r in after.of("table"))
        if texts and not rows and not texts & {r.table for r in item.of("column")}:
            del reader.items[i : i + 2]


def _newcomers(reader: Reader) -> None:
    """`new riders` have begun, though rows of another table may have the state `new`."""
    for i, item in enumerate(reader.items[:-1]):
        after = reader.items[i + 1]
        states = {r.table for r in item.of("value", "flag")}
        rows = {r.table for r in after.of("table") if r.score >= 0.85}
        if item.words == "new" and states and rows and item.next_to(after) and not states & rows:
            item.kind, item.readings = "begin", ()


def _undone(reader: Reader) -> None:
    """`unpaid rents`, where payments have rows of their own: rents without one, and no payment without a day."""
    known = reader.known
    for i, item in enumerate(reader.items):
        verb = item.words.removeprefix("un")
        flags = {r.table for r in item.of("flag") if r.term and r.term.name == item.words}
        told = tuple(r for r in known.events.get(stem(verb), ()) if r.score == 1 and r.table in flags)
        if verb == item.words or len(flags) != 1 or not told or item.of("value", "column", "table"):
            continue
        beside = [k for k in (i + 1, i - 1, i - 2) if reader.has(k, "table")][:1]
        rows = {r.table for k in beside for r in reader.items[k].of("table") if r.score >= 0.85}
        above = paths(known.prompt.schema, told[0].table).keys() - flags
        if rows and rows <= above:
            nouns = [k for k in range(len(reader)) if reader.has(k, "table") and k not in beside]
            if nouns or reader.find("date"):
                of, others = spoken(bare(rows.pop())), spoken(bare(told[0].table))
                raise Decline(f"I cannot tell what “{item.words}” is said of here. Ask for {of} without {others}.")
            never = Item("not", "never", item.tokens, item.at)
            done = Item("link", item.words, item.tokens, item.at, told, notes=["passive"])
            del reader.items[i]
            at = i + 1 if beside[0] > i else i
            reader.items[at:at] = [never, done]


def _of_so_many(reader: Reader) -> None:
    """`five star reviews`, `2-bedroom flats`: a number, a column of numbers in the singular, and rows that have it."""
    for i in reversed(reader.find("number")):
        noun, rows = reader.item(i + 1), reader.item(i + 2)
        if noun is None or rows is None or noun.plural or not rows.plural or not noun.next_to(rows):
            continue
        tables = {r.table for r in rows.of("table") if r.score >= 0.6}
        held = {r.column for r in noun.of("column") if r.score >= 0.9 and r.table in tables}
        column = held.pop() if len(held) == 1 else None
        if column is None or column.kind != "number" or not reader.items[i].next_to(noun):
            continue
        number = exp.Literal.number(f"{reader.number(i):g}")
        said = flagged(f"{number} {noun.words}", column.table, exp.EQ(this=column.reference, expression=number))
        noun.readings, noun.words = (said,), reader.words(i, i + 2)
        rows.readings = tuple(r for r in rows.readings if r.table == column.table)
        del reader.items[i]


def _day_of(reader: Reader) -> None:
    """`with the day they opened`: of a date, and no group for each day."""
    for i in reversed(reader.find("grain")):
        verb = reader.item(i + 1)
        dated = verb is not None and any(r.column and r.column.kind == "date" for r in verb.of("column"))
        if dated and verb and verb.participle and reader.items[i].words == "day" and reader.is_(i - 1, "with", "and"):
            del reader.items[i]


def _in_the_total(reader: Reader) -> None:
    """`the share of online orders in total revenue` is one of revenue."""
    for i in reader.find("share"):
        noun = reader.head(i + 1)
        at = next((k for k in reader.find("sum") if k > i + 1), None)
        if noun is None or at is None or not reader.has(at + 1, "term"):
            continue
        if noun != (at - 2 if reader.is_(at - 1, "in", "of") else at - 1):
            continue
        rows = {r.table for r in reader.items[noun].of("table")}
        if noun > i + 1 and rows & {r.table for r in reader.items[at + 1].of("term")}:
            del reader.items[noun : at + 1]
            return
