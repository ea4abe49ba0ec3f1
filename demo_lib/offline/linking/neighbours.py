"""What an item means beside others: `planned and approved spend`, `caused by fire`, `title, date and price`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..english.lexicon import DAY_NAMES, FUNCTION_WORDS
from ..english.words import name_words, phrase, stem, stems
from ..prompt.spans import is_whole
from ..prompt.vocabulary import Reading, Vocabulary
from ..source import display, paths

if TYPE_CHECKING:
    from .linker import Item

BEEN = ("is", "are", "was", "were", "been", "be", "have", "has", "did", "we", "they")
NAMING = ("word", "link", "earliest", "latest")  # `first and last name`
MEASURING = ("link", "count", "sum", "avg", "median")
LASTING = stems("length duration")
RATE = stem("rate")


def beside_others(items: list[Item], known: Vocabulary) -> None:
    """Settle, item by item, what the words before and behind say of it."""
    for item in [o for o in items if o.of("column")]:
        _date_said_twice(items, item)
    for item in [o for o in items if o.kind == "grain"]:
        _each_step(items, item, known)
    _bare_name(items, known)
    for i, item in enumerate(items):
        _with_neighbours(items, i, item, known)
        _listed_date(items, i, item, known)


def _date_said_twice(items: list[Item], item: Item) -> None:
    """`renewal date`, of a date that is called after the verb: the noun names no other."""
    k = items.index(item) + 1 if item in items else len(items)
    after = items[k] if k < len(items) else None
    dates = bool(item.of("column")) and all(r.column and r.column.kind == "date" for r in item.of("column"))
    if not dates or after is None or after.words not in ("date", "dates") or not item.next_to(after):
        return
    if item.of("table", "value", "event", "term", "flag") or item.words.endswith(("date", "dates")):
        return
    item.tokens, item.words = (*item.tokens, *after.tokens), f"{item.words} {after.words}"
    del items[k]


def _each_step(items: list[Item], item: Item, known: Vocabulary) -> None:
    """`yearly license fees`, of a column `yearly_fee`: no step of time to tell them by."""
    k = items.index(item)
    noun = items[k + 2] if k + 2 < len(items) else None
    if item.kind != "grain" or noun is None or not item.next_to(items[k + 1]) or not items[k + 1].next_to(noun):
        return
    rows = {r.table for r in items[k + 1].of("table")}
    named = known.phrases.get((item.tokens[-1].stem, noun.tokens[-1].stem), ())
    columns = tuple(r for r in named if r.kind == "column" and r.table in rows and r.score >= 0.9)
    if columns and item.words.endswith(("ly", "annual")):
        item.kind, item.readings, noun.readings = "glue", (), columns


def _bare_name(items: Sequence[Item], known: Vocabulary) -> None:
    """`top 3 events by cost: name, day`: what the rows in question are called, be it their title."""
    rows = {r.table for item in items for r in item.of("table")[:1] if r.score >= 0.6}
    if len(rows) != 1:
        return
    shown = [c for c in display(known.prompt.schema, *rows) if c.kind == "text"]
    for item in items:
        names = item.words in ("name", "names") and item.kind == "link" and bool(item.of("column"))
        if names and len(shown) == 1 and not rows & {r.table for r in item.readings}:
            item.readings = (Reading("column", shown[0].table, 0.9, shown[0]),)


def _listed_date(items: list[Item], i: int, item: Item, known: Vocabulary) -> None:
    """`title, date and price` wants the date of the rows, too; where they have several, it is for the asker to say."""
    listed = next((k for k in range(i, 0, -1) if ":" in items[k].tokens[0].gap), 0)  # `top 3 by cost: name, day`
    day = item.kind == "grain" and item.words == "day" and not any(o.kind == "by" for o in items[listed:])
    if not day and (item.kind != "glue" or item.words not in ("date", "dates")):
        return
    before, after = items[:i], items[i + 1 :]
    if before and before[-1].kind == "and":
        before.pop()
    elif before and not item.tokens[0].breaks:
        before = []
    if after and after[0].kind not in ("and", "of", "for") and not after[0].tokens[0].breaks:
        return  # `the date they joined`
    if after and not after[0].tokens[0].breaks:
        after = after[1:] if after[0].kind == "and" else []
    beside = [o for o in (*before[-1:], *after[:1]) if o.of("column") and not o.of("table", "value")]
    tables = {r.table for o in beside for r in o.of("column")[:1]}
    if not tables:
        return
    schema = known.prompt.schema
    dates = [c for c in known.prompt.event_dates if c.table in tables]
    dates = dates or [c for t in tables for c in schema.tables[t].columns if c.kind == "date"]
    if day and len(dates) != 1:
        return
    item.kind = "link" if len(dates) == 1 else "word"
    item.readings = tuple(Reading("column", c.table, 1.0, c) for c in dates) if len(dates) == 1 else ()


def _with_neighbours(items: list[Item], i: int, item: Item, known: Vocabulary) -> None:
    """`planned and approved spend` names two columns; `gift card payments` says payment of a payment method."""
    before, after = items[i - 1] if i else None, items[i + 1 : i + 3]
    _how(item, after)
    _said_twice(items, i)
    _number_of_a_row(item, before, after, known)
    _of_rows(item, before, items[i + 1 : i + 4], known)
    if item.words in ("rate", "rates") and before and before.of("value", "flag") and before.next_to(item):
        tables = {r.table for r in before.of("value", "flag")}
        own = [r for r in item.of("column") if r.table in tables and r.column and RATE in name_words(r.column.name)]
        if not own and not item.of("term"):  # a late rate is one of what? `rate` for rating it is not
            item.kind, item.readings = "word", ()
    if item.kind == "glue" and len(item.words) > 4 and item.words not in FUNCTION_WORDS:
        tables = {r.table for r in after[0].of("table")} if after and item.next_to(after[0]) else set()
        meant = tuple(r for r in known.capitals.get((item.tokens[0].stem,), ()) if r.table in tables)
        if meant:  # `carried parcels`, where a parcel is Carried or Shipped
            item.kind, item.readings = "link", meant
    weekends = any("weekend" in t.word for other in after for t in other.tokens)  # `by weekday or weekend`
    asked = before is not None and before.kind in ("busiest", "quietest", "list", "by") and not weekends
    if asked and item.words == "weekday" and item.kind in ("weekday", "link"):
        item.kind, item.notes = "grain", ["weekday"]
        item.readings = tuple(known.phrases.get(tuple(stem(w) for w in DAY_NAMES[0].split()), ()))
    if item.kind == "word" and (verb := _apart(items, i, known)):
        item.kind, verb.kind = "link", "glue"
        item.readings, verb.readings = tuple(known.phrases[item.tokens[0].stem, verb.tokens[0].stem]), ()
    elif item.kind == "word" and before and before.of("value"):
        stems = {t.stem for t in item.tokens}
        same = tuple(r for r in before.of("value") if r.column and stems <= set(name_words(r.column.name)))
        if same:
            before.readings, item.kind = same, "glue"
    elif len(after) == 2 and after[0].kind == "of" and after[1].kind == "word" and item.of("column"):
        whole = known.phrases.get((*[t.stem for t in after[1].tokens], item.tokens[-1].stem), ())
        if columns := tuple(r for r in whole if r.kind == "column" and r.score >= 0.9):  # `kind of hull`: `hull_kind`
            item.readings, after[0].kind, after[1].kind = columns, "glue", "glue"
    elif len(after) == 2 and after[0].kind == "and" and after[1].of("column") and item.kind in NAMING:
        shared = (*[t.stem for t in item.tokens], after[1].tokens[-1].stem)
        found = tuple(known.phrases.get(shared, ()))
        if found and (item.kind != "link" or not item.of("column", "table", "value")):
            item.kind, item.readings = "link", found


def _number_of_a_row(item: Item, before: Item | None, after: Sequence[Item], known: Vocabulary) -> None:
    """`the berth number and its length`, of a key that is the `number of the berth`: it is shown, and nothing counted.

    Only in a list: `berth number by harbour` may count them.
    """
    listed = item.words in ("number", "no") and bool(after) and (after[0].kind == "and" or after[0].tokens[0].breaks)
    rows = [r for r in before.of("table") if r.score >= 0.85 and not r.via] if before and listed else []
    if before is None or not rows or before.plural or not before.next_to(item):
        return
    table = known.prompt.schema.tables[rows[0].table]
    key = table.by_name.get((table.key or "").lower())
    told = {*phrase(key.note)} - {"the", "of", "a", "an"} if key else set()
    if key is not None and told == {*(t.stem for t in before.tokens), "number"}:
        before.readings = (Reading("column", key.table, 1.0, key),)
        item.silence()


def _how(item: Item, after: Sequence[Item]) -> None:
    """`caused by fire` says that the cause is fire; `monthly costs` are no costs of what is billed monthly."""
    told = after[1:] if after and after[0].words == "by" else after[:1]
    columns = {r.column for r in item.of("column") if r.column and r.column.kind == "text"}
    same = tuple(r for r in told[0].of("value") if r.column in columns) if told else ()
    if item.participle and same and all(r.kind == "column" for r in item.readings):
        told[0].readings = same
        for said in (item, *after[: 1 if told[0] is not after[0] else 0]):
            said.silence()
    elif item.kind == "grain" and after and after[0].kind in MEASURING:
        named = {r.table for r in after[0].of("table")}
        item.readings = tuple(r for r in item.readings if r.kind != "value" or r.table in named)


def _said_twice(items: list[Item], i: int) -> None:
    """`the Upper valley vs the Lower valley`: of two rows or values the noun is said with each."""
    value = items[i]
    rest = [o for o in items[i + 1 : i + 7] if o.words not in ("a", "an", "the", "in", "at", "for")][:4]
    if len(rest) < 3 or not value.of("value") or value.of("table", "column") or rest[1].kind not in ("compare", "and"):
        return
    noun, _, other, *behind = rest
    again = other if other.tokens[-1].word == noun.words else behind[0] if behind else noun  # `a kite and an E-kite`
    same = {r.column for r in value.of("value")} & {r.column for r in other.of("value")}
    named = {r.table for r in noun.of("table")} | {r.column for r in noun.of("column")}
    own = {c for c in same if c} & named or {c.table for c in same if c} & named
    if own and again is not noun and noun.words == again.tokens[-1].word and not noun.plural:
        noun.silence()


def _of_rows(item: Item, before: Item | None, after: Sequence[Item], known: Vocabulary) -> None:
    """`the length of a dive` is a column of dives, said so in its comment, and none of another table's."""
    after = [o for o in after if o.words not in ("a", "an", "the")]
    behind = after[1] if len(after) > 1 and after[0].kind == "of" else None
    beside = behind or (before if before and before.next_to(item) and not before.plural else None)
    rows = beside.of("table")[:1] if beside else ()
    open_ = item.kind == "word" or (item.of("column") and not item.of("table", "term", "value", "event"))
    if not rows or rows[0].score < 0.85 or not open_:
        return
    near = paths(known.prompt.schema, rows[0].table)
    if any(r.table in near for r in item.readings):
        return
    said = item.tokens[-1].stem
    numbers = [c for c in known.prompt.schema.tables[rows[0].table].columns if c.kind == "number"]
    lasting = [c for c in numbers if said in LASTING and is_whole(c)]
    told = [c for c in numbers if phrase(c.note)[:1] == (said,)] or lasting
    if len(told) == 1:
        item.kind, item.readings = "link", (Reading("column", told[0].table, 0.8, told[0]),)


def _apart(items: list[Item], i: int, known: Vocabulary) -> Item | None:
    """`how many meals were served`, of a column `meals_served`: the verb that stands apart from its noun."""
    k = i + 1
    while k < len(items) and items[k].kind == "glue" and items[k].words in BEEN and not items[k].tokens[0].breaks:
        k += 1
    if k in (i + 1, len(items)) or not items[k].participle or len(items[k].tokens) > 1:
        return None
    named = known.phrases.get((items[i].tokens[0].stem, items[k].tokens[0].stem), ())
    numbers = [r for r in named if r.score >= 0.9 and r.column and r.column.kind == "number"]
    return items[k] if numbers and len(numbers) == len(named) else None
