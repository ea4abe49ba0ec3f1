"""A second look at words that match nothing: what else the prompt calls a table or a column, in its comments above all.

Only exact phrases count. Likeness of letters alone (the offline embedder) finds more wrong words than right ones:
`season` is closer to `reason`, and `country` to `count`, than `creation` is to `created`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ..english.lexicon import EVENTS, GRAINS, IRREGULAR, MEASURED_IN, NEVER_LINKED, OPERATOR_OF, PREPOSITIONS
from ..english.words import Token, name_words, stem
from ..prompt.schema import Column, bare
from ..prompt.shortened import shortened
from ..prompt.vocabulary import Reading, Vocabulary, Words
from .linker import Item

JOINED, RESPELT, DESCRIBED, DERIVED = 0.9, 0.9, 0.8, 0.8  # how sure each is
LONGEST_NAME = 4  # words of a description that may name a column; more make a sentence
EXPLAINS = PREPOSITIONS - {"of"} | {"or", "and", "as", "per", "when", "where", "while", "until", "before", "after"}
ARTICLES = frozenset({"the", "a", "an"})
NO_NAMES = NEVER_LINKED | {"whether", "how", "why", "what", "any", "may", "indicates", "can", "not"}
ASKING = OPERATOR_OF.keys() - {"number"}
UNSAID = {"total", "maximum", "current", "actual"}  # in front of a name: `takeoff weight` is the maximum one
DATE_WORDS = {"date", "dates"}
NOUN = re.compile(r"(?:e|al|ance|ence|ure|y|ing|ment|ion|[aic]+tion|lation)?")  # what makes a noun of a verb
# The nouns that a comment of a table opens with, up to where it begins to explain.
ROWS = re.compile(
    r"(?:the |all )?([a-z]{4,})(?:(?: and| or|,) ([a-z]{4,}))?"
    r"(?= (?:of|in|on|at|for|from|to|with|by|that|which|who|per|seen|[a-z]+ed)\b|[,;:.(]|$)"
)
PACES = {"hour": "hourly", "day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}
PACED = re.compile(rf"(?:the |an? )?([a-z]{{3,}}) per ({'|'.join(PACES)})\b")  # `wage per hour` is the hourly wage
BRITISH = (
    (re.compile(r"our(?=s?$|ed$|ing$)"), "or"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=[a-z]{3})is(?=e|ing|ation)"), "iz"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"mme(?=s?$)"), "m"),
    (re.compile(r"(?<=[a-z][ae])ll(?=ed$|ing$|ers?$|ations?$)"), "l"),
    (re.compile(r"ence(?=[sd]?$)"), "ense"),
)


def widened(items: Sequence[Item], known: Vocabulary) -> Vocabulary | None:
    """The vocabulary, with what the unknown words of a question may stand for; None where there is nothing.

    Tables and columns only: a value is there or it is not, and no operator is guessed.
    """
    tokens = [t for item in items for t in item.tokens]
    open_ = {item.at for item in items if _is_open(item)}
    stems = {tokens[at].stem for at in open_}
    found = [(words, reading) for words, reading in _described(known) if stems & set(words)] if open_ else []
    for at in open_:
        found += [*_joined(tokens[at], known), *_respelt(tokens[at], known), *_derived(tokens, at, known)]
    found += shortened([tokens[at] for at in sorted(open_)], known)
    extra: dict[Words, list[Reading]] = {}
    for words, reading in found:
        extra.setdefault(words, list(known.phrases.get(words, ()))).append(reading)
    return replace(known, phrases={**known.phrases, **extra}) if extra else None


def _is_open(item: Item) -> bool:
    """Whether nothing matched, and it is not written like a name."""
    name = item.at > 0 and item.tokens[0].text[:1].isupper() and not item.tokens[0].text.isupper()
    return item.kind in ("word", "begin") and len(item.tokens) == 1 and not name


# -- what comments call the columns


@lru_cache(maxsize=32)
def _described(known: Vocabulary) -> tuple[tuple[Words, Reading], ...]:
    columns = [c for table in known.prompt.schema.tables.values() for c in table.columns if c.kind != "key"]
    return (*_rows_described(known), *tuple(
        (words, Reading("flag" if c.kind == "bool" else "column", c.table, DESCRIBED, c))
        for c in columns
        for words in dict.fromkeys(_names(c))
    ))


def _rows_described(known: Vocabulary) -> Iterator[tuple[Words, Reading]]:
    """What the head of a table's comment calls its rows, where nothing else is called so: `Outages and faults of …`."""
    called: dict[Words, list[str]] = {}
    begun = {name_words(c.name)[0] for t in known.prompt.schema.tables.values() for c in t.columns}
    for table in known.prompt.schema.tables.values():
        head = ROWS.match(table.note.lower())
        for noun in filter(None, head.groups() if head else ()):
            if noun.endswith("s") and not noun.endswith("ss") and noun not in NO_NAMES | ASKING:
                called.setdefault((stem(noun),), []).append(table.name)
    for said, tables in called.items():
        if len(tables) == 1 and said not in known.phrases and said[0] not in begun:
            yield said, Reading("table", tables[0], JOINED)


def _names(column: Column) -> Iterator[Words]:
    """What the head of a comment calls its column.

    `Net promoter score, 0 to 10` is a name; `empty while open` only says something. A single word is too little
    (`State of the run`), unless a unit says that it is measured.
    """
    if column.kind == "number" and (paced := PACED.match(column.note.lower())):
        yield stem(PACES[paced[2]]), stem(paced[1])
    words, unit = _head(column.note)
    words = words[1:] if len(words) > 2 and words[0] in UNSAID else words
    if not 0 < len(words) <= LONGEST_NAME or set(words) & (NO_NAMES | ASKING) or not all(map(str.isalpha, words)):
        return
    stems = tuple(map(stem, words))
    at = words.index("of", 1) if "of" in words[1:-1] else 0
    if words[:2] == ["number", "of"]:
        if column.kind == "number" and words[-1].endswith("s") and not set(words) & {*MEASURED_IN, *GRAINS}:
            yield stems[2:]
    elif at:
        heads = {stems[:at], *([("date",)] if words[:at] == ["day"] and column.kind == "date" else [])}
        for head in heads:
            yield (*head, *stems[at:])
            yield (*stems[at + 1 :], *head)
    elif len(words) > 1 or (column.kind == "number" and unit):
        yield stems


def _head(note: str) -> tuple[list[str], bool]:
    """The words that a comment opens with, up to where it begins to explain; whether `in` and a unit come next."""
    said = re.split(r"[,;:.()–—]|\s-\s", note, maxsplit=1)[0].lower().split()
    head: list[str] = []
    for i, word in enumerate(said):
        if word in EXPLAINS or (word in ARTICLES and head and head[-1] != "of"):
            return head, word == "in" and bool(set(said[i + 1 : i + 3]) & MEASURED_IN)
        head += [word] if word not in ARTICLES else []
    return head, False


# -- other ways to write a name


def _joined(token: Token, known: Vocabulary) -> Iterator[tuple[Words, Reading]]:
    """`zipcode` for zip_code."""
    for table in known.prompt.schema.tables.values():
        for name in (bare(table.name), *(c.name for c in table.columns)):
            words = name_words(name)
            if len(words) > 1 and re.sub(r"[\W_]", "", name.lower()) in (token.word, token.word.removesuffix("s")):
                yield from (((token.stem,), replace(r, score=JOINED)) for r in _things(words, known))


def _respelt(token: Token, known: Vocabulary) -> Iterator[tuple[Words, Reading]]:
    """`color` for colour: a spelling of the other side of the ocean, alone or within a name."""
    american = stem(_american(token.word))
    meant = {s for written, s in known.spellings.items() if s != token.stem and stem(_american(written)) == american}
    for words in [w for w in known.phrases if meant & set(w)] if meant else ():
        said = tuple(token.stem if w in meant else w for w in words)
        yield from ((said, replace(r, score=round(r.score * RESPELT, 3))) for r in _things(words, known))


@lru_cache(maxsize=8192)
def _american(word: str) -> str:
    for british, ending in BRITISH:
        word = british.sub(ending, word)
    return word


def _derived(tokens: Sequence[Token], at: int, known: Vocabulary) -> Iterator[tuple[Words, Reading]]:
    """`creation date`, `date of creation` for created_on: the noun of the verb that a date column is called after."""
    words = [t.word for t in tokens]
    article = words[at - 1 : at] in (["the"], ["a"], ["an"])
    before = words[max(0, at - 2 - article) : at - article]
    said: list[Words] = [(tokens[at].stem, "date")] if set(words[at + 1 : at + 2]) & DATE_WORDS else []
    if before[1:] == ["of"] and before[0] in DATE_WORDS:
        said.append(("date", "of", tokens[at].stem))
    if before[-1:] and before[-1] in DATE_WORDS:  # `date joined`
        said.append(("date", tokens[at].stem))
    for table in known.prompt.schema.tables.values() if said else ():
        for column in table.columns:
            verb = re.split(r"[\W_]", column.name.lower())[0]
            if column.kind == "date" and _is_noun_of(tokens[at].word, verb):
                yield from ((s, Reading("column", table.name, DERIVED, column)) for s in said)


def _is_noun_of(word: str, verb: str) -> bool:
    """`cancellation` of `cancelled`, `expiry` of `expires`."""
    if not (verb.endswith(("ed", "es", "s")) or verb in IRREGULAR):
        return False
    if stem(word) == stem(verb) or any({stem(word), stem(verb)} <= set(map(stem, group)) for group in EVENTS):
        return True
    base = re.sub(r"(?:e[ds]|s)$", "", verb)
    bases = {base, base.removesuffix("l"), re.sub(r"er$", "r", base)}
    return any(len(b) >= 4 and word.startswith(b) and NOUN.fullmatch(word[len(b) :]) for b in bases)


def _things(words: Words, known: Vocabulary) -> list[Reading]:
    return [r for r in known.phrases.get(words, ()) if r.kind in ("table", "column", "flag", "term")]
