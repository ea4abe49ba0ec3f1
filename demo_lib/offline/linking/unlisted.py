"""Names and codes that the prompt does not list: `customers in Boston`, `orders of Maria Lopez`, `order SO-1042`.

A name is taken where its capital says that it is one and exactly one column could hold it: then it reads as a value of
that column. Where several could, the person is asked; in any other case the word stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..english.proper_nouns import country, homeland, is_name
from ..english.words import name_words, of_people, stems
from ..prompt.vocabulary import Reading, Vocabulary
from ..source import paths
from .capitals import JOINING, Run, capitals_tell, chains, is_capital, is_us, text_of, tied
from .holders import ask, hailing, is_open, is_place, named, place, reach
from .linker import Item

ARTICLES = ("the", "a", "an")
ASKING = ("which", "what", "how many", "who")
VERBS = ("is", "are", "was", "does", "did", "has")
WHO = ("glue", "who", "that", "which", "not")
COMPASS = ("north", "south", "latin", "central", "east", "west", "native", "african", "asian")
TIES = ("-", "@", ".", "_", "+", "")
NUMBERED = stems("number code reference sku serial isbn barcode")
CODE = re.compile(r"(?=.*\d)(?=.*[A-Z])[\w-]+|[\w.+-]+@[\w-]+(\.[\w-]+)+")
NO_CODE = re.compile(r"(Q|H|FY|CW|KW|W)-?\d+.*|\d+-?[A-Z]?[a-z]*|[A-Z]", re.I)
TEXT = re.compile(r"$|N?VARCHAR|N?CHAR|TEXT|STRING", re.I)


def place_names(items: Sequence[Item], known: Vocabulary) -> list[Item]:
    """The items, with each name that one column could hold as a value of it. Raises Decline where several could."""
    items = _codes(_with_capitals(list(items)), known)
    for i, item in enumerate(items):
        if _is_language(items, i):  # `Irish guides`, where only books are said to be in Irish
            items[i] = item = replace(item, kind="word", readings=())
        if item.kind == "word" and (names := homeland(item.words)) and not (i and items[i - 1].words in COMPASS):
            readings = hailing(item.tokens[0].text, names, _hails(items, i), known, is_capital(item))
            items[i] = _value([item], item.tokens[0].text, readings) or item
    for i, item in enumerate(items):
        item.readings = _of_the_noun(items, i)
    if not capitals_tell(items):
        return items
    values: list[tuple[Run, Item | None]] = []
    for chain in chains(items):
        found = [_candidates(items, chain, run, known) for run in chain] if _is_choice(items, chain) else []
        if len(found) < 2 or _is_same_place(found, known):
            values += [(r, _value(items[r.start : r.end], r.text, f)) for r, f in zip(chain, found, strict=False)]
    for run, value in reversed(values):
        items[run.start : run.end] = [value] if value else items[run.start : run.end]
    return [replace(i, kind="word") if i.kind == "glue" and is_us(i) else i for i in items]


def _of_the_noun(items: Sequence[Item], i: int) -> tuple[Reading, ...]:
    """The readings of a name that several columns hold, less those of other rows: `customers who live in Boston`."""
    item = items[i]
    names = item.of("value")
    if len(names) < 2 or names != item.readings or not all(r.column and r.column.named for r in names):
        return item.readings
    before = _back(items, i - 1, ARTICLES)
    noun = _said_of(items, before) if before > 0 and items[before].kind in ("in", "from", "at") else None
    rows = {r.table for r in noun.of("table") if r.score > 0.8} if noun else set()
    return tuple(r for r in names if r.table in rows) or item.readings


def _with_capitals(items: list[Item]) -> list[Item]:
    """The items, `customers in chicago` as if it were written with its capital, as the name of a place has one."""
    made = -2
    for i, item in enumerate(items[1:], 1):
        token = item.tokens[0]
        small = item.kind == "word" and len(item.tokens) == 1 and token.text.islower() and len(token.word) > 3
        of_kind = items[i - 1].kind == "of" and i > 1 and items[i - 2].of("column")  # `the city of chicago`
        joined = i - 2 == made and items[i - 1].kind in JOINING
        if small and (items[i - 1].kind in ("in", "from") or of_kind or joined) and is_name(token.text.title()):
            made = i
            items[i] = replace(item, tokens=(replace(token, text=token.text.title()),))
    return items


def caveats(items: Iterable[Item]) -> list[str]:
    """What to say of each name that was taken as it was written."""
    unlisted = [r for i in items for r in i.readings[:1] if "unlisted" in i.notes]
    where = [(str(r.column) if r.column else f"the names of {r.table}", r.value) for r in unlisted]
    return [f"The prompt does not list {_values_of(w)}; I compare with “{v}” as you wrote it." for w, v in where]


def _values_of(where: str) -> str:
    return where if " " in where else f"the values of {where}"


def _value(covered: Sequence[Item], text: str, readings: Sequence[Reading]) -> Item | None:
    """The items as one value; None where nothing could hold it. Raises Decline where several columns could."""
    readings = list(dict.fromkeys(readings))
    if not readings:
        return None
    listed = all(r.column and r.column.values for r in readings)  # which of these is settled as for any listed value
    if len(readings) > 1 and not listed:
        raise ask(text, readings)
    notes = [] if listed else ["unlisted"]
    tokens = tuple(t for i in covered for t in i.tokens)
    return Item("link", text, tokens, covered[0].at, tuple(readings), notes=notes)


def _is_choice(items: Sequence[Item], chain: Sequence[Run]) -> bool:
    """One name, or several with a word between the last two: `Boston, Massachusetts` is none."""
    return len(chain) == 1 or bool(items[chain[-2].end : chain[-1].start])


def _is_same_place(found: Sequence[Sequence[Reading]], known: Vocabulary) -> bool:
    """Whether several names are places of one kind: `Romeo and Juliet` may be one, `Boston or Canada` are of two."""
    columns = {frozenset(r.column for r in readings) for readings in found}
    tables = known.prompt.schema.tables
    return len(columns) == 1 and all(c is not None and is_place(c, tables[c.table]) for c in next(iter(columns)))


# -- what a name is said of


def _candidates(items: Sequence[Item], chain: Sequence[Run], run: Run, known: Vocabulary) -> list[Reading]:
    """The columns that could hold the name, by the words beside it."""
    before = _back(items, chain[0].start - 1, ARTICLES)
    prior = items[before] if before >= 0 else None
    end = chain[-1].end
    after = items[end] if end < len(items) else None
    asked = before > 0 and items[before - 1].words in ASKING
    if prior and prior.words in ("named", "called") and before and items[before - 1].of("table"):
        return named(run.text, _tables(items[before - 1]), known)
    if prior and prior.of("column", "table") and prior.kind == "link" and not prior.of("event", "term"):
        if asked or (prior.plural and not prior.of("column")):
            return []  # `which team Jane Doe plays in`
        if prior.of("table"):
            return named(run.text, _tables(prior), known)  # `customer Maria Lopez`
        return _in_column(prior, run.text) if is_name(run.text.split()[0]) else []  # `city Boston`
    if prior and prior.words in VERBS and before > 1 and items[before - 1].of("column"):
        return _in_column(items[before - 1], run.text) if items[before - 2].words in ("whose", "with") else []
    if items[run.end - 1].tokens[-1].text.lower().endswith("'s"):  # `Jane Doe's salary`
        own = _tables(after) if after else set()
        people = [{t for t in tables if of_people(t)} for tables in (own, reach(own, known))]
        return named(run.text, people[0] or people[1], known)
    everything = {t for i in items for t in _tables(i)}
    placed = prior is not None and (prior.kind in ("in", "from", "at", "of", "for", "to") or prior.words == "by")
    noun = after if after and after.of("table", "term") and tied(items, end) else None
    if noun and noun.of("event", "term") and (placed or (prior and prior.words in VERBS)):
        noun = None  # a verb: `How much did customers in Boston spend`
    if noun:  # `Boston customers`, `the Riverside store`
        own, row = _tables(noun), not noun.plural and bool(noun.of("table"))
        places = place(run.text, own, known, "from", near=bool(noun.of("table")))
        names = named(run.text, own if row else reach(own, known) - own, known)
        if country(run.text) and places:
            return places
        return [*(places or []), *names] if row or places is not None else []
    if prior and placed:
        return _behind(items, before, run.text, everything, known)
    if prior and prior.words in VERBS and len(run.text.split()) > 1:  # `which team is Jane Doe in`
        schema = known.prompt.schema
        around = reach(everything, known) | {t for t in schema.tables if set(paths(schema, t)) & everything}
        return named(run.text, {t for t in around if of_people(t)}, known)
    return []


def _behind(
    items: Sequence[Item], preposition: int, text: str, everything: set[str], known: Vocabulary
) -> list[Reading]:
    """The columns that could hold a name behind `in`, `from`, `of`, `by` …"""
    said_with, noun = items[preposition].kind, _said_of(items, preposition)
    if said_with == "of" and noun and (kinds := _of_its_kind(items, noun, text, known)):
        return kinds
    base = _tables(noun) if noun else everything
    acts = said_with in ("to", "by")
    places = [] if acts else place(text, base, known, said_with, near=noun is not None)
    if places is None or said_with == "in" or (country(text) and places):
        return places or []
    own = bool(noun and noun.of("column") and not noun.of("table"))  # `the price of …`
    rows = base if own else reach(base, known) - (base if noun else set())
    names = named(text, rows, known, people_only=acts)
    return places + names if names or said_with == "from" else []  # `customers of X` are in no city X


def _of_its_kind(items: Sequence[Item], noun: Item, text: str, known: Vocabulary) -> list[Reading]:
    """`the city of X`: in the columns of cities, of the rows that are named besides where these have one."""
    columns = [r.column for r in noun.of("column") if r.column and r.score >= 0.75]
    tables = known.prompt.schema.tables
    if not columns or not all(is_place(c, tables[c.table]) and is_open(c) for c in columns):
        return []
    named = {t for i in items if i is not noun for t in _tables(i)}
    own = [c for c in columns if c.table in named] or [c for c in columns if c.table in reach(named, known)]
    return [Reading("value", c.table, 1.0, c, text) for c in own or columns]


def _back(items: Sequence[Item], i: int, small: Sequence[str]) -> int:
    """The first position before `i`, or `i`, where none of these words stands."""
    while i >= 0 and items[i].words in small:
        i -= 1
    return i


def _tables(item: Item) -> set[str]:
    """The tables that an item most likely speaks of."""
    readings = [r for r in item.readings if r.kind != "value"]
    best = max((r.score for r in readings), default=0.0)
    return {r.table for r in readings if r.score > best - 0.1}


def _said_of(items: Sequence[Item], preposition: int) -> Item | None:
    """The noun that a preposition follows: `customers who live in …`."""
    for k in range(preposition - 1, -1, -1):
        if items[k].of("table", "column"):
            return items[k]
        if items[k].kind not in WHO and items[k].words != "who":
            return None
    return None


def _in_column(noun: Item, text: str) -> list[Reading]:
    """The column that stands beside a text."""
    columns = [r.column for r in noun.of("column") if r.column and r.score >= 0.9]
    return [Reading("value", c.table, 1.0, c, text) for c in columns] if all(map(is_open, columns)) else []


def _is_language(items: Sequence[Item], i: int) -> bool:
    """Whether what a code of other rows is called stands for the country of these."""
    coded = items[i].of("value")
    called = [r for r in coded if (r.value or "").lower() != items[i].words]
    if not coded or called != list(items[i].readings) or not homeland(items[i].words):
        return False
    rows = _hails(items, i)
    return bool(rows) and not rows & {r.table for r in coded}


def _hails(items: Sequence[Item], i: int) -> set[str]:
    """The tables that the adjective at `i` is said of: `Canadian customers`, `customers who are Canadian`."""
    after = i + 1
    while after < len(items) and (items[after].kind in JOINING or homeland(items[after].words)):
        after += 1
    kinds = items[after] if after < len(items) and not items[after].tokens[0].breaks else None
    if kinds is not None and kinds.of("value") and not kinds.of("table"):  # `Irish senior members`, `Irish seniors`
        rows = items[after + 1] if after + 1 < len(items) and kinds.next_to(items[after + 1]) else None
        if rows is not None and rows.of("table"):
            return _tables(rows)
        if rows is None or rows.kind != "link":
            return {r.table for r in kinds.of("value")} if kinds.plural else set()
    if after < len(items) and items[after].of("table") and not items[after].tokens[0].breaks:
        return _tables(items[after])
    before = i - 1
    while before >= 0 and (items[before].kind in WHO or items[before].words == "who"):
        before -= 1
    said = any(b.words in ("are", "is", "were", "was") for b in items[before + 1 : i])
    return _tables(items[before]) if said and before >= 0 else set()


# -- codes


def _codes(items: list[Item], known: Vocabulary) -> list[Item]:
    """`order SO-1042`, `email a@b.com`: a value of that column, or of the one that numbers the rows of that table."""
    end = len(items)
    while end:
        start = end - 1
        while start and items[start].tokens[0].gap in TIES:
            start -= 1
        text = text_of(items[start:end])
        plain = all(i.kind not in ("date", "quoted") for i in items[start:end])
        is_code = plain and CODE.fullmatch(text) and not NO_CODE.fullmatch(text)
        value = _value(items[start:end], text, _coded(items, start, text, known)) if is_code else None
        items[start:end] = [value] if value else items[start:end]
        end = start
    return items


def _coded(items: Sequence[Item], at: int, text: str, known: Vocabulary) -> list[Reading]:
    before = _back(items, at - 1, ("is", "number", "no", "#", "code", "id", *ARTICLES))
    noun = items[before] if before >= 0 else None
    if noun is None or noun.plural:
        return []
    columns = [r.column for r in noun.of("column") if r.column and r.score >= 0.9]
    tables = [known.prompt.schema.tables[t] for t in sorted(_tables(noun))] if noun.of("table") else []
    if not columns:
        kinds = frozenset({"email"}) if "@" in text else NUMBERED
        columns = [c for t in tables for c in t.columns if set(name_words(c.name)) & kinds]
        columns = columns or [c for t in tables for c in t.columns if c.name == t.key and "@" not in text]
    fitting = [c for c in columns if c.kind in ("text", "key") and TEXT.match(c.type) and not c.values]
    return [Reading("value", c.table, 1.0, c, text) for c in fitting]
