"""What comes first: `…, slowest first`, `largest amount first`, `desc by amount`."""

from __future__ import annotations

from ..english.lexicon import ADJECTIVES
from ..english.words import name_words, stems
from ..linking.linker import Item, made
from ..reader import Reader

RANKED, LAST = ("top", "most"), ("bottom", "least")
NUMBERS = ("avg", "median", "sum")
LARGE, SMALL = ("highest", "largest", "biggest", "greatest"), ("lowest", "smallest")


def largest_first(reader: Reader) -> None:
    """Put such orders in the plain form that rankings read."""
    _by_adjective(reader)
    _by_column(reader)
    _by_direction(reader)


def _by_adjective(reader: Reader) -> None:
    """`average loading time by page, slowest first`: by the number that is asked, where the adjective is one of it."""
    for i in reader.find("adjective"):
        first = reader.is_(i + 1, "earliest") and reader.items[i + 1].words == "first"
        starting = reader.is_(i - 1, "with") and reader.is_(i - 2, "begin") and i + 1 == len(reader)
        if not (first and i + 2 == len(reader)) and not starting:
            continue
        hints, desc = ADJECTIVES[reader.items[i].words]
        if first and any(k < i for k in reader.find(*(RANKED if desc else LAST))):
            del reader.items[i:]  # `the 3 that cost the most, dearest first`
            return
        told = [k for k in reader.find(*NUMBERS) if k < i and reader.has(k + 1, "column")]
        columns = [r.column for k in told for r in reader.items[k + 1].of("column") if r.column]
        if not columns or not all(stems(hints) & {*name_words(c.name)} for c in columns):
            continue
        reader.items[i].kind = "desc" if desc else "asc"
        del reader.items[i + 1 :]
        if starting:
            del reader.items[i - 2 : i]
        return


def _by_column(reader: Reader) -> None:
    """`title, day and sum at stake, largest sum first`: by a column that was named before, in full or in part."""
    for i in reader.find("most", "least", "adjective", "top"):
        noun, words = reader.item(i + 1), reader.items[i].words
        if noun is None or words not in (*LARGE, *SMALL) or not reader.items[i].tokens[0].breaks:
            continue
        if not (reader.is_(i + 2, "earliest") and reader.items[i + 2].words == "first" and i + 3 == len(reader)):
            continue
        _named_before(reader, i + 1)
        if any(r.column and r.column.kind == "number" for r in noun.of("column")):
            reader.items[i : i + 3] = [made("sort", "sorted by", at=noun.at), noun, _direction(words in LARGE, noun)]
            return


def _by_direction(reader: Reader) -> None:
    """`desc by amount` is sorted by the amount."""
    for i in reader.find("desc", "asc"):
        by = reader.item(i + 1)
        if reader.items[i].words in ("desc", "asc") and by and by.words == "by" and reader.has(i + 2, "column"):
            _named_before(reader, i + 2)
            noun = reader.items[i + 2]
            desc = reader.items[i].kind == "desc"
            reader.items[i : i + 3] = [made("sort", "sorted by", at=noun.at), noun, _direction(desc, noun)]
            return


def _named_before(reader: Reader, i: int) -> None:
    """Let the noun at `i` be the column that it is the first word of, where one was named before."""
    said = reader.items[i].tokens[0].stem
    for other in reader.items[:i]:
        if other.tokens[0].stem == said and other.of("column"):
            reader.items[i].readings = other.of("column")
            return


def _direction(desc: bool, beside: Item) -> Item:
    return made("desc", "descending", at=beside.at) if desc else made("asc", "ascending", at=beside.at)
