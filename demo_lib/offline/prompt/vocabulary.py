"""Every phrase by which a prompt's tables, columns, values and glossary terms can be called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from sqlglot import exp

from ..english.lexicon import (
    ABBREVIATIONS,
    DAY_NAMES,
    DAYS,
    EVENTS,
    GLUE,
    GRAINS,
    IRREGULAR,
    LINES,
    MEASURED_IN,
    OPERATOR_OF,
    PREPOSITIONS,
    SEXES,
)
from ..english.words import name_words, phrase, shared, spoken, stem, stems
from .glossary import Term
from .legends import NO_MEANINGS, left_empty, legend
from .predicates import predicate
from .prompt_reader import Prompt, read_prompt
from .schema import Column, ForeignKey, Table, bare

Kind = Literal["table", "column", "value", "flag", "term", "event"]
Words = tuple[str, ...]
FILLERS = stems("dim dimension fact facts table tbl master info information data stg")
TAILS = stems(
    "date at on time name amount id key number code type count timestamp no minutes hours days seconds usd eur year"
)
# What a table's name may add to what its rows are: repair_orders are repairs, but salary_changes are not salaries.
RECORDS = stems(
    "order record log entry line item event request ticket history list detail row booking case transaction job call "
    "note attempt opening visit spend report"
)
BORN = (stem("born"),)
TIMES = stems("seconds secs minutes mins hours days")
ENDED = ("closed", "resolved", "fixed", "completed", "finished")
CONDITIONS = (exp.Predicate, exp.Connector)
GRADES, QUALITIES = stems("score rating grade points"), ("ness", "ity", "satisfaction")
GONE = ("left", "ended", "terminated", "retired", "resigned", "departed", "churned", "quit")
LIST_PRICE, PRICE = phrase("list price"), stem("price")
STOCKED, LIMITS = stems("stock inventory"), stems("min minimum max maximum reorder safety target restock")
SEX = stems("sex gender")
UNITS = stems(" ".join(MEASURED_IN))
EVENT_STEMS = tuple(tuple(dict.fromkeys(map(stem, group))) for group in EVENTS)
LETTERS = re.compile(rf"[^\W\d_]{{4,}}|\b(?:{'|'.join(ABBREVIATIONS)})\b")
NOTED, LONGEST_NOTE = 0.95, 3
FAIR = 0.6  # the last word of a table's name, alone
KEY_OF = re.compile(r"(?:primary )?(?:key|id|identifier) of (?:the |an? )?([a-z]+(?: [a-z]+)?)")
HAPPENED = re.compile(
    r"(?:day|date|time|moment|when)\s+(?:it|they|the [a-z]+)\s+(?:was |were |got )?([a-z]+)\b(?!\s+(?:or|and)\b)", re.I
)
DONE_TO = re.compile(r"[a-z]+ ([a-z]{3,}ed)(?: (?:for|at|to|with|on))?")
KINDS_LISTED = re.compile(r"[\w -]+(?:, [\w -]+)* and [\w -]*\w")
NO_WORD = re.compile(r"[\d.\-: ]*|true|false")
# What may stand in front of a noun that rows are called by: `help articles`, `live chats`.
NAMING = frozenset(["help", "live", "public", "stock", "account", "company", "business", "data"])
UNLINKABLE = OPERATOR_OF.keys() | GLUE


def one_event(verb: str) -> Words:
    """The stems of all verbs and nouns that speak of the same event as this one."""
    return next((group for group in EVENT_STEMS if verb in group), (verb,))


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing of the prompt that a phrase may mean."""

    kind: Kind
    table: str
    score: float = 1.0
    column: Column | None = None
    value: str | None = None
    term: Term | None = None
    via: ForeignKey | None = None
    """The join must run over this key: `manager` is an employee, by way of manager_id."""
    owner: str | None = None
    """The join must pass this table: `store region`."""

    def __str__(self) -> str:
        if self.term:
            return self.term.name
        where = str(self.column or self.table)
        return f"{where} = {self.value}" if self.kind == "value" else where


@dataclass(eq=False)
class Vocabulary:
    """Phrases (as stems) → readings, and the single words that a misspelt one may have been."""

    prompt: Prompt
    phrases: dict[Words, list[Reading]] = field(default_factory=dict)
    events: dict[str, list[Reading]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    capitals: dict[Words, list[Reading]] = field(default_factory=dict)
    """Values that are words of no meaning unless they are written with a capital: the plan `Business`."""
    spelt: dict[str, list[Reading]] = field(default_factory=dict)
    """Glossary terms by a word that, cut to its stem, would be a table: `production`, where there are products."""
    prefix: Words = ()
    """What the names of all tables begin with: `ab` in a schema of abClient, abOrder, abItem."""

    def add(self, words: Words, reading: Reading, text: str = "") -> None:
        """Enter one phrase; `text` gives its words as written, for spelling."""
        if words:
            self.phrases.setdefault(words, []).append(reading)
        if text:
            self.spell(text)

    def knows(self, word: str, *kinds: Kind) -> bool:
        """Whether a stem alone plainly calls something, of these kinds where any are given."""
        return any(r.score >= 0.8 and r.kind in (kinds or (r.kind,)) for r in self.phrases.get((word,), ()))

    def rows(self, word: str) -> list[str]:
        """The tables whose rows a stem alone may call."""
        return [r.table for r in self.phrases.get((word,), ()) if r.kind == "table" and r.score >= 0.5]

    def columns(self, words: Words) -> list[Column]:
        """The columns that are called just so."""
        return [r.column for r in self.phrases.get(words, ()) if r.kind == "column" and r.column and r.score == 1]

    def is_number(self, words: Words) -> bool:
        """Whether just this calls numbers of a column."""
        readings = self.phrases.get(words, ())
        return any(r.column and r.column.kind == "number" and r.score == 1 for r in readings)

    def spell(self, text: str) -> None:
        """Enter words as they are written."""
        for word, stemmed in _written(text):
            self.spellings.setdefault(word, stemmed)


@lru_cache(maxsize=8192)
def _written(text: str) -> tuple[tuple[str, str], ...]:
    """The words of a text that somebody may misspell, each with its stem."""
    words = (ABBREVIATIONS.get(run, run) for run in LETTERS.findall(text.lower()))
    return tuple((word, stem(word)) for word in words)


@lru_cache(maxsize=8)  # each of many tables is thousands of objects, which every full garbage collection visits
def vocabulary(prompt_text: str) -> Vocabulary:
    """The vocabulary of a prompt. Read once per prompt text."""
    prompt = read_prompt(prompt_text)
    known = Vocabulary(prompt, prefix=shared([name_words(bare(t)) for t in prompt.schema.tables]))
    for table in prompt.schema.tables.values():
        _add_table(known, table)
    for table in prompt.schema.tables.values():
        begun = shared([name_words(c.name) for c in table.columns])
        for column in table.columns:
            _add_column(known, table, column, begun)
    for term in prompt.terms:
        add_term(known, term)
    for term in prompt.faults:
        for words in term.names:
            known.add(words, Reading("term", "", term=term), " ".join(words))
    for words, column in prompt.meanings:
        key = prompt.schema.foreign.get((column.table, column.name))
        known.add(words, _column_reading(column, key))
    _add_nouns_of_keys(known)
    _add_list_price(known)
    _add_verbs_of_dates(known)
    for words, meant in prompt.aliases:
        for reading in tuple(known.phrases.get(meant, ())):
            known.add(words, replace(reading, score=0.95))
    for table in prompt.schema.tables.values():
        for first, *rest in (_table_words(table, known.prefix), _noted(table.note) or ("",)):
            weak = all(r.score < 0.8 for r in known.phrases.get((first,), ()))
            happened = (r for r in known.events.get(first, ()) if first in name_words(r.table))  # `session` for a login
            if rest and RECORDS.issuperset(rest) and weak and all(r.score < 0.9 for r in happened):
                known.add((first,), Reading("table", table.name, 0.5))
    _add_named(known)
    for verb, table_name in prompt.verbs.items():
        known.events.setdefault(verb, []).insert(0, Reading("event", table_name, 1.1))
    _add_verbs_of_keys(known)
    for words, readings in known.phrases.items():
        if len(readings) > 1:  # one may have been entered for two reasons
            known.phrases[words] = list(dict.fromkeys(readings))
    return known


def flagged(words: str, table: str, test: exp.Expr) -> Reading:
    """A condition on the rows of a table, as something that they are called by."""
    return Reading("flag", table, 1.0, term=Term(words, (), test))


def fault(readings: Sequence[Reading]) -> str:
    """Why a phrase that is read so cannot be used: the glossary leaves in doubt what it means."""
    best = max((r.score for r in readings), default=0.0)
    return next((r.term.fault for r in readings if r.term and r.term.fault and r.score >= min(best, 0.95)), "")


def without_absent(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings, less a term of the glossary whose table the prompt does not show, where one other table is meant.

    `orders` are those of one table of the prompt, though the glossary counts the sales of another by that name.
    """
    others = tuple(r for r in readings if not (r.term and r.term.absent))
    rows = [r for r in others if r.kind in ("table", "event") and r.score >= FAIR]
    best = max(rows, key=lambda r: r.score, default=None)
    if best is None or any(r.score >= best.score and r.table != best.table for r in rows) or others == readings:
        return readings
    return tuple(r for r in others if r.table == best.table)


def _add_table(known: Vocabulary, table: Table) -> None:
    words = _table_words(table, known.prefix)
    if table.key:
        key = Reading("column", table.name, 0.95, table.by_name[table.key.lower()])
        known.add((*words, "id"), key)
        known.add((words[-1], "id"), replace(key, score=0.9))
        known.add(("id",), replace(key, score=0.6))
    known.add(words, Reading("table", table.name), table.name.replace("_", " "))
    if len(words) > 1 and words[-1] not in FILLERS:
        known.add(words[-1:], Reading("table", table.name, 0.6))
    for word in words[1:-1]:
        known.add((word,), Reading("table", table.name, 0.5))
    _add_events(known, table, words)
    noted = _noted(table.note)
    if noted and noted != words:
        known.add(noted, Reading("table", table.name, NOTED), table.note)
        if len(noted) > 1:
            known.add(noted[-1:], Reading("table", table.name, 0.6))
        _add_events(known, table, noted)


def _add_list_price(known: Vocabulary) -> None:
    """What something is sold for by the list: the price of what others point to and no day stands beside."""
    schema = known.prompt.schema
    listed = {k.to_table for k in schema.keys}
    things = [t for n, t in schema.tables.items() if n in listed and all(c.kind != "date" for c in t.columns)]
    own = [c for t in things for c in t.columns if c.kind == "number" and name_words(c.name)[-1] == PRICE]
    priced = {c.table for c in own}
    own = [c for c in own if not {k.to_table for k in schema.outward[c.table]} & priced]  # and no line of it
    if len(own) == 1 and LIST_PRICE not in known.phrases:
        known.add(LIST_PRICE, Reading("column", own[0].table, 0.9, own[0]))


def _add_nouns_of_keys(known: Vocabulary) -> None:
    """What the comment of a key calls the rows, where nothing else is called so: `Key of the tour`."""
    called: dict[Words, list[str]] = {}
    for table in known.prompt.schema.tables.values():
        key = table.by_name.get((table.key or "").lower())
        noun = KEY_OF.fullmatch(key.note.lower()) if key else None
        words = phrase(noun[1]) if noun else ()
        if words and not set(noun[1].split() if noun else ()) & UNLINKABLE:
            called.setdefault(words, []).append(table.name)
    for words, tables in called.items():
        if len(tables) == 1 and words not in known.phrases and words[-1] not in known.events:
            known.add(words, Reading("table", tables[0], 0.9))
            kind = _table_words(known.prompt.schema.tables[tables[0]], known.prefix)[:-1]
            known.add((*kind, *words) if kind else (), Reading("table", tables[0], 0.9))  # `clock tour`


def _add_verbs_of_dates(known: Vocabulary) -> None:
    """What the comment of a date says happened, where nothing else is called so: `Day it was scrapped`."""
    said: dict[str, list[Column]] = {}
    for table in known.prompt.schema.tables.values():
        for column in table.columns:
            if verb := happened(column):
                said.setdefault(verb, []).append(column)
    for verb, columns in said.items():
        new = (stem(verb),) not in known.phrases and stem(verb) not in known.events and verb not in UNLINKABLE
        if new and len(columns) == 1:
            known.add((stem(verb),), Reading("column", columns[0].table, 0.75, columns[0]))


def happened(column: Column) -> str:
    """The verb by which the comment of a date says what happened then; of `sold or scrapped` neither would do alone."""
    found = HAPPENED.match(column.note) if column.kind == "date" else None
    verb = found[1].lower() if found else ""
    return verb if verb.endswith("ed") else ""


def _add_verbs_of_keys(known: Vocabulary) -> None:
    """What the comment of a key says was done to whom it points to: `Product wished for` makes `wished` its event."""
    said: dict[str, set[str]] = {}
    for key in known.prompt.schema.keys:
        column = known.prompt.schema.column(key.table, key.column)
        found = DONE_TO.fullmatch(column.note.lower()) if column else None
        if found and stem(found[1]) not in known.events and (stem(found[1]),) not in known.phrases:
            said.setdefault(stem(found[1]), set()).add(key.table)
    for verb, tables in said.items():
        if len(tables) == 1:
            known.events[verb] = [Reading("event", tables.pop(), 0.8)]


def _noted(note: str) -> Words:
    """What the comment of a table calls its rows: `parcels`, `box labels, one for each box`; no whole sentence.

    `Laptops, phones and other devices` lists kinds of them.
    """
    if KINDS_LISTED.match(note):
        return ()
    said = re.split(r"[,;:.()–—]|\s-\s", note, maxsplit=1)[0].lower().split()
    said = said[1:] if said[:1] and said[0] in ("the", "a", "an", "all") else said
    said = _head(said)
    told = [w for k, w in enumerate(said) if k + 1 == len(said) or w not in NAMING]
    plain = all(map(str.isalpha, said)) and not {*told} & (UNLINKABLE - {"results"})  # of tests: no small word there
    return tuple(map(stem, said)) if plain and len(said) <= LONGEST_NOTE and said[-1:] and said[-1][-1] == "s" else ()


def _head(said: list[str]) -> list[str]:
    """The words before the comment begins to explain: `help articles | on the web site`; one word alone is too little.

    Of `coupons that customers used` the head may be what another table is called.
    """
    at = next((k for k, w in enumerate(said) if w in PREPOSITIONS or w in ("that", "which", "who", "per")), len(said))
    return said[:at] if at > 1 else said


def _add_events(known: Vocabulary, table: Table, words: Words) -> None:
    for verbs in EVENT_STEMS:
        score = 1.0 if words[0] in verbs and len(words) == 1 else 0.0
        score = score or (0.9 if words[-1] in verbs else 0.8 if words[0] in verbs and words[-1] in LINES else 0)
        for verb in verbs if score else ():
            known.events.setdefault(verb, []).append(Reading("event", table.name, score))
    if len(words) == 1 or words[-1] not in FILLERS:
        entry = known.events.setdefault(words[-1], [])
        if all(r.table != table.name for r in entry):
            entry.append(Reading("event", table.name, 1.0 if len(words) == 1 else 0.8))


def _add_column(known: Vocabulary, table: Table, column: Column, begun: Words) -> None:
    words, owner = name_words(column.name), _table_words(table, known.prefix)
    words = words[len(begun) :] or words
    key = known.prompt.schema.foreign.get((table.name, column.name))
    if key and column.kind == "key":  # a foreign key is called by what it points to
        role = tuple(w for w in words if w not in TAILS) or words
        known.add(owner + role, _column_reading(column, key, owner=table.name))
        if role != _table_words(known.prompt.schema.tables[key.to_table], known.prefix):
            known.add(role, _column_reading(column, key, 0.9))
    else:
        known.spell(column.name.replace("_", " "))
        happened = _is_participle(column.name) or words == BORN  # `guests born in 1990`, of a column `dob`
        for names, score in _column_names(words, owner, column):
            if score < 0.8 and names in known.phrases and known.phrases[names][0].kind == "table":
                continue
            known.add(names, _column_reading(column, key, score))
            if score >= 0.8 and names[: len(owner)] != owner and not happened:
                known.add(owner + names, _column_reading(column, key, max(score, 0.9), table.name))
    if column.kind == "date" and _is_participle(verb := spoken(column.name).split(" ")[0]):
        _add_not_yet(known, table, column, verb)
    if column.kind == "key" and key and "_" in column.name and column.name.lower().split("_")[0].endswith("ed"):
        verb = column.name.lower().split("_")[0]  # `unassigned`: nobody stands in `assigned_to`
        nobody = Term("un" + verb, (phrase("un" + verb),), column.empty)
        known.add(phrase("un" + verb), Reading("flag", table.name, 0.8, term=nobody), "un" + verb)
    if {*words} & STOCKED and column.kind in ("number", "bool") and not {*words} & LIMITS:
        _add_stock(known, table, column)
    if column.kind == "bool" and (said := predicate(column.note, _nouns(table))):
        known.add(phrase(said), _column_reading(column, key, 0.95), said)
    for state in left_empty(column.note):
        if any(r.kind == "table" and r.score >= NOTED for r in known.phrases.get(phrase(state), ())):
            continue  # `empty where the customer called`
        left_so = Reading("flag", table.name, 0.9, term=Term(state, (phrase(state),), column.empty))
        known.add(phrase(state), left_so, state)
    note = re.sub(r"^(?:the|an?) ", "", column.note, flags=re.I)  # `The mark` is the mark
    note = column.note if note.lower() in GRAINS else note  # and `The day` no step of time
    if note and len(note.split()) <= 3 and column.kind != "key":
        pointed = known.prompt.schema.tables[key.to_table] if key else None
        if pointed and phrase(note) == _table_words(pointed, known.prefix)[-1:]:  # `wash_cd`, of `car_washes`: wash
            known.add(phrase(note), Reading("table", pointed.name, 0.9))
        else:
            known.add(phrase(note), _column_reading(column, key, 0.8))
    for code, meant in legend(column.note, column.values).items() if column.kind in ("text", "number") else ():
        if meant not in NO_MEANINGS and meant not in UNLINKABLE:
            known.add(phrase(meant), Reading("value", table.name, 1.0, column, code), meant)
    if column.kind == "text":
        if {v.lower() for v in column.values} >= set(DAYS[:5]):  # what `the day of the week` means here
            for called in DAY_NAMES:
                known.add(phrase(called), Reading("column", table.name, 1.0, column))
        for value in column.values:
            names = phrase(value)
            if value.lower() in UNLINKABLE:
                known.capitals.setdefault(names, []).append(Reading("value", table.name, 1.0, column, value))
            elif not NO_WORD.fullmatch(value.lower()):
                known.add(names, Reading("value", table.name, 1.0, column, value), value)
                for called in SEXES.get(value.lower(), "").split() if {*words} & SEX else ():
                    if phrase(called) != names:
                        known.add(phrase(called), Reading("value", table.name, 0.95, column, value))
                joined = phrase("".join(re.findall(r"\w+", value)))  # `email` is `E-Mail` too
                if len(names) in (2, 3) and len(joined) == 1 and joined[0] not in UNLINKABLE:
                    known.add(joined, Reading("value", table.name, 0.95, column, value))


def _add_named(known: Vocabulary) -> None:
    """Values of columns that have too many to list: no single word of them takes the place of a name in the schema."""
    columns = [c for table in known.prompt.schema.tables.values() for c in table.columns if c.named]
    taken = {words for column in columns for v in column.named if (words := phrase(v)) in known.phrases}
    for column in columns:
        for value in column.named:
            words = phrase(value)
            if not words or value.lower() in UNLINKABLE or NO_WORD.fullmatch(value.lower()):
                continue
            if len(words) == 1 and words in taken and any(r.score >= 0.5 for r in known.phrases[words]):
                continue  # a department `Sales`, where there are sales
            known.add(words, Reading("value", column.table, 1.0, column, value), value)


def _nouns(table: Table) -> frozenset[str]:
    """What a row of the table may be called in a comment: `web_sessions` hold a session."""
    return frozenset(w for word in spoken(bare(table.name)).split() for w in (word, word.removesuffix("s")))


def _add_not_yet(known: Vocabulary, table: Table, column: Column, verb: str) -> None:
    """`unpaid` are rows without a date of payment; `open` those that were not closed, `current` who has not left.

    Who `unsubscribed` has a date of that, where there is one, and is not somebody who never subscribed.
    """
    undone = [] if any(c.name.lower().startswith("un" + verb) for c in table.columns) else ["un" + verb]
    opposite = verb.startswith("un") and any(c.name.lower().startswith(verb[2:]) for c in table.columns)
    for word in (*undone, *(["open"] if verb in ENDED else []), *(["current"] if verb in GONE or opposite else [])):
        score = 0.9 if word == "current" else 0.8
        known.add((stem(word),), Reading("flag", table.name, score, term=Term(word, ((stem(word),),), column.empty)))


def _add_stock(known: Vocabulary, table: Table, column: Column) -> None:
    """`out of stock` are rows that have none left; a flag that says so counts, too."""
    there, none = phrase("in stock"), phrase("out of stock")
    if any(c is not column and {*name_words(c.name)} & STOCKED for c in table.columns):
        return
    if column.kind == "bool":
        known.add(none, Reading("flag", table.name, 0.9, column, "false"))
        return
    amount = exp.column(column.name, table=table.name)
    for words, test in ((there, exp.GT), (none, exp.LTE)):
        term = Term(" ".join(words), (words,), test(this=amount.copy(), expression=exp.Literal.number(0)))
        known.add(words, Reading("flag", table.name, 0.9, term=term))


def _is_participle(name: str) -> bool:
    word = spoken(name).split(" ")[-1]
    return word.endswith("ed") or word in IRREGULAR


def _column_names(words: Words, owner: Words, column: Column) -> Iterator[tuple[Words, float]]:
    yield words, 1.0
    if len(words) > 1 and "_" not in column.name:
        yield (stem(column.name),), 1.0
    if words[0] in ("is", "has", "was", "can") and len(words) > 1:
        yield words[1:], 0.95
        return
    if len(words) > len(owner) and words[: len(owner)] == owner:
        yield words[len(owner) :], 0.9
    elif len(owner) > 1 and len(words) > 1 and words[:1] == owner[-1:]:
        yield words[1:], 0.9  # the title of legal_cases, `case_title`
    if len(words) == 2 and words[-1] in GRADES and spoken(column.name).split(" ")[0].endswith(QUALITIES):
        yield words[:-1], 0.75  # `politeness_score`
    if len(words) > 1 and column.kind != "key":
        yield words[-1:], 0.6
        if column.kind == "number" and _is_participle(spoken(column.name).split(" ")[0]) and words[-1] not in UNITS:
            yield words[:1], 0.5  # what was planned, of planned_spend
        if words[-2] == "per":  # `calls_per_minute` are no `calls per`
            return
        if words[-1] in UNITS:
            yield words[:-1], 0.9
            if words[-1] in TIMES:
                yield (*words[:-1], "time"), 0.9
        elif words[-1] in TAILS or (column.kind == "date" and words[-1] == "due") or words[-1] == "path":
            yield words[:-1], 0.75
        if words[0] in ("num", "number", "no", "total"):
            yield words[1:], 0.8


def _column_reading(
    column: Column, key: ForeignKey | None, score: float = 1.0, owner: str | None = None
) -> Reading:
    """What a name of a column stands for: a key for the rows that it points to."""
    if key and column.kind == "key":
        return Reading("table", key.to_table, score, via=key, owner=owner)
    return Reading("flag" if column.kind == "bool" else "column", column.table, score, column, owner=owner)


def add_term(known: Vocabulary, term: Term) -> None:
    """Enter a term of the glossary under its names."""
    tables = [c.table for c in term.sql.find_all(exp.Column)]
    body = term.sql.unnest()
    if not term.is_measure and isinstance(body, exp.Binary) and not isinstance(body, CONDITIONS):
        worked_out = Column(tables[0], "_".join(re.findall(r"\w+", term.name.lower())), "DOUBLE", sql=term.sql)
        for words in term.names if len(set(tables)) == 1 else ():  # `margin: products.price - products.cost`
            known.add(words, Reading("column", tables[0], 1.0, worked_out), " ".join(words))
        return
    if not term.is_measure:
        _add_condition(known, term, tables[0])
        return
    for word in term.apart:
        known.spelt.setdefault(word, []).append(Reading("term", tables[0], term=term))
    counted = _counted_table(term, known.prompt)
    for i, words in enumerate(term.names):
        if counted and len(words) == 1:  # `orders: COUNT(sales.sale_id)` makes `orders` another name of the table
            known.add(words, Reading("table", counted, 0.95), " ".join(words))
            continue
        reading = Reading("term", tables[0], 1.0 if i == 0 else 0.98, term=term)
        known.add(words, reading, " ".join(words))
        for word in words if len(words) == 2 and words[1] in _PARTICIPLES else ():
            known.add((word,), replace(reading, score=0.7))
    for word in re.findall(r"\w{4,}", term.name.lower()):
        known.spellings.setdefault(word, stem(word))


def _add_condition(known: Vocabulary, term: Term, table: str) -> None:
    """`late loan: loans.returned_on > loans.due_on` makes `late` a flag of loans."""
    noun = _table_words(known.prompt.schema.tables[table], known.prefix)
    for words in term.names:
        says_table = len(words) > len(noun) and words[-len(noun) :] == noun
        if len(words) > len(noun) + 1 and words[: len(noun)] == noun:  # `booking on hold`: bookings are on hold
            known.add(words[len(noun) :], Reading("flag", table, term=term))
        known.add(words[: -len(noun)] if says_table else words, Reading("flag", table, term=term), " ".join(words))


def _counted_table(term: Term, prompt: Prompt) -> str | None:
    """The table whose rows a glossary term counts, if that is all it does."""
    column = term.sql.this if isinstance(term.sql, exp.Count) else None
    if isinstance(column, exp.Column) and prompt.schema.tables[column.table].key == column.name:
        return str(column.table)
    return None


def _table_words(table: Table, prefix: Words = ()) -> Words:
    return _called(bare(table.name), prefix)


@lru_cache(maxsize=1024)
def _called(name: str, prefix: Words) -> Words:
    words = name_words(name)[len(prefix) :]
    telling = tuple(w for w in words if w not in FILLERS)
    return words if not telling or telling in (("time",), ("date",), ("day",)) else telling


_PARTICIPLES = stems("sold spent returned refunded bought paid ordered earned")
