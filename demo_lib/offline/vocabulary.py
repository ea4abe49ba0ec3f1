"""Every phrase by which a prompt's tables, columns, values and glossary terms can be called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from sqlglot import exp

from .lexicon import DAY_NAMES, DAYS, EVENTS, GLUE, IRREGULAR, LINES, MEASURED_IN, OPERATORS
from .prompt_reader import Prompt, Term, read_prompt
from .schema import Column, ForeignKey, Table, bare
from .words import name_words, phrase, shared, stem, stems

Kind = Literal["table", "column", "value", "flag", "term", "event"]
Words = tuple[str, ...]
FILLERS = stems("dim dimension fact facts table tbl master info information data stg")
TAILS = stems(
    "date at on time name amount id key number code type count timestamp no minutes hours days seconds usd eur year"
)
TIMES = stems("seconds secs minutes mins hours days")
ENDED = ("closed", "resolved", "fixed", "completed", "finished")
UNITS = stems(" ".join(MEASURED_IN))
UNLINKABLE = {w for phrases in OPERATORS.values() for w in phrases.split("|")} | GLUE


@dataclass(frozen=True)
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
    _entered: set[tuple[Words, Reading]] = field(default_factory=set)
    capitals: dict[Words, list[Reading]] = field(default_factory=dict)
    """Values that are words of no meaning unless they are written with a capital: the plan `Business`."""
    prefix: Words = ()
    """What the names of all tables begin with: `ab` in a schema of abClient, abOrder, abItem."""

    def add(self, words: Words, reading: Reading, text: str = "") -> None:
        """Enter one phrase; `text` gives its words as written, for spelling."""
        if words and (words, reading) not in self._entered:
            self._entered.add((words, reading))
            self.phrases.setdefault(words, []).append(reading)
        for word in re.findall(r"[^\W\d_]{4,}", text.lower()):
            self.spellings.setdefault(word, stem(word))


@lru_cache(maxsize=32)
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
        _add_term(known, term)
    for words, column in prompt.meanings:
        key = prompt.schema.foreign.get((column.table, column.name))
        for reading in _column_readings(column, key, 1.0):
            known.add(words, reading)
    for words, meant in prompt.aliases:
        for reading in known.phrases.get(meant, []):
            known.add(words, replace(reading, score=0.95))
    for table in prompt.schema.tables.values():
        first, *rest = _table_words(table, known.prefix)
        if rest and (first,) not in known.phrases and first not in known.events:
            known.add((first,), Reading("table", table.name, 0.5))
    for verb, table_name in prompt.verbs.items():
        known.events.setdefault(verb, []).insert(0, Reading("event", table_name, 1.1))
    return known


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
    for group in EVENTS:
        stems = {stem(w) for w in group}
        score = 1.0 if words[0] in stems and len(words) == 1 else 0.0
        score = score or (0.9 if words[-1] in stems else 0.8 if words[0] in stems and words[-1] in LINES else 0)
        for verb in stems if score else ():
            known.events.setdefault(verb, []).append(Reading("event", table.name, score))
    if len(words) == 1 or words[-1] not in FILLERS:
        entry = known.events.setdefault(words[-1], [])
        if all(r.table != table.name for r in entry):
            entry.append(Reading("event", table.name, 1.0 if len(words) == 1 else 0.8))


def _add_column(known: Vocabulary, table: Table, column: Column, begun: Words) -> None:
    words, owner = name_words(column.name), _table_words(table, known.prefix)
    words = words[len(begun) :] or words
    key = known.prompt.schema.foreign.get((table.name, column.name))
    text = column.name.replace("_", " ")
    for reading in _column_readings(column, key, 1.0):
        if reading.kind == "table":  # a foreign key is called by what it points to
            role = tuple(w for w in words if w not in TAILS) or words
            known.add(owner + role, replace(reading, owner=table.name))
            if role != _table_words(known.prompt.schema.tables[reading.table], known.prefix):
                known.add(role, replace(reading, score=0.9))
            continue
        for names, score in _column_names(words, owner, reading):
            if score < 0.8 and names in known.phrases and known.phrases[names][0].kind == "table":
                continue
            known.add(names, replace(reading, score=score), text)
            if score >= 0.8 and names[: len(owner)] != owner and not _is_participle(column.name):
                known.add(owner + names, replace(reading, score=max(score, 0.9), owner=table.name))
    if column.kind == "date" and _is_participle(verb := re.split(r"[^a-z]+", column.name.lower())[0]):
        _add_not_yet(known, table, column, verb)
    if column.note and len(column.note.split()) <= 3 and column.kind != "key":
        for reading in _column_readings(column, key, 0.8):
            known.add(phrase(column.note), reading)
    if column.kind == "text":
        if {v.lower() for v in column.values} >= set(DAYS[:5]):  # what `the day of the week` means here
            for called in DAY_NAMES:
                known.add(phrase(called), Reading("column", table.name, 1.0, column))
        for value in column.values:
            names = phrase(value)
            if value.lower() in UNLINKABLE:
                known.capitals.setdefault(names, []).append(Reading("value", table.name, 1.0, column, value))
            elif not re.fullmatch(r"[\d.\-: ]*|true|false", value.lower()):
                known.add(names, Reading("value", table.name, 1.0, column, value), value)
                joined = phrase("".join(re.findall(r"\w+", value)))  # `email` is `E-Mail` too
                if len(names) in (2, 3) and len(joined) == 1 and joined[0] not in UNLINKABLE:
                    known.add(joined, Reading("value", table.name, 0.95, column, value))


def _add_not_yet(known: Vocabulary, table: Table, column: Column, verb: str) -> None:
    """`unpaid` are the rows without a date of payment; `open` those that were not closed."""
    empty = exp.Is(this=exp.column(column.name, table=table.name), expression=exp.Null())
    for word in ("un" + verb, *(["open"] if verb in ENDED else [])):
        known.add((stem(word),), Reading("flag", table.name, 0.8, term=Term(word, ((stem(word),),), empty)))


def _is_participle(name: str) -> bool:
    word = re.split(r"[^a-z]+", name.lower())[-1]
    return word.endswith("ed") or word in IRREGULAR


def _column_names(words: Words, owner: Words, reading: Reading) -> Iterator[tuple[Words, float]]:
    yield words, 1.0
    if reading.column and len(words) > 1 and "_" not in reading.column.name:
        yield (stem(reading.column.name),), 1.0
    if words[0] in ("is", "has", "was", "can") and len(words) > 1:
        yield words[1:], 0.95
        return
    if len(words) > len(owner) and words[: len(owner)] == owner:
        yield words[len(owner) :], 0.9
    if len(words) > 1 and reading.column and reading.column.kind != "key":
        yield words[-1:], 0.6
        if words[-2] == "per":  # `calls_per_minute` are no `calls per`
            return
        if words[-1] in UNITS:
            yield words[:-1], 0.9
            if words[-1] in TIMES:
                yield (*words[:-1], "time"), 0.9
        elif words[-1] in TAILS:
            yield words[:-1], 0.75
        if words[0] in ("num", "number", "no", "total"):
            yield words[1:], 0.8


def _column_readings(column: Column, key: ForeignKey | None, score: float) -> Iterator[Reading]:
    if key and column.kind == "key":
        yield Reading("table", key.to_table, score, via=key)
    else:
        yield Reading("flag" if column.kind == "bool" else "column", column.table, score, column)


def _add_term(known: Vocabulary, term: Term) -> None:
    tables = [c.table for c in term.sql.find_all(exp.Column)]
    if not term.is_measure:
        _add_condition(known, term, tables[0])
        return
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
        known.add(words[: -len(noun)] if says_table else words, Reading("flag", table, term=term), " ".join(words))


def _counted_table(term: Term, prompt: Prompt) -> str | None:
    """The table whose rows a glossary term counts, if that is all it does."""
    column = term.sql.this if isinstance(term.sql, exp.Count) else None
    if isinstance(column, exp.Column) and prompt.schema.tables[column.table].key == column.name:
        return str(column.table)
    return None


@lru_cache(maxsize=1024)
def _table_words(table: Table, prefix: Words = ()) -> Words:
    words = name_words(bare(table.name))[len(prefix) :]
    telling = tuple(w for w in words if w not in FILLERS)
    return words if not telling or telling in (("time",), ("date",), ("day",)) else telling


_PARTICIPLES = stems("sold spent returned refunded bought paid ordered earned")
