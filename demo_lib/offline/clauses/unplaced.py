"""What to say of words that nothing stands for: what there is in their place, and what to type next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from ..english.lexicon import FOREIGN, GLUE, WITHHELD
from ..english.words import name_words, of_people, spoken, stem, stems
from ..linking.linker import Item
from ..prompt.schema import Column, bare
from ..reader import Reader
from ..source import MOST_VALUES, display, holds, paths

MOST_HINTS = 3
LONGEST_VALUE = 25
MOST_COLUMNS = 2  # whose values are listed, or that a description may point to
ALIKE = 0.84  # of 1: one letter in seven is another
SECRETS = stems(" ".join(WITHHELD))
PLACES = stems("region city country state town location branch district place")
KINDS = stems("status state stage type kind category class level tier mode method channel plan reason")


def unplaced(reader: Reader, unknown: Sequence[Item]) -> str:
    """The decline that names the words nothing in the prompt stands for, and what would help."""
    words = [item.words for item in unknown]
    if sum(stem(w) in FOREIGN or w in FOREIGN for w in words) > 1 or any(not w.isascii() for w in words[:1]):
        return "I could not place these words. Please ask in English."
    opening = f"I could not place {', '.join(f'“{w}”' for w in dict.fromkeys(words))} in this database."
    if secret := [w for w in words if stem(w) in SECRETS]:
        return f"{opening} Columns such as “{secret[0]}” are commonly withheld. Ask for something else."
    hints = dict.fromkeys(hint for item in unknown for hint in _hints(reader, item))
    return " ".join([opening, *(list(hints)[:MOST_HINTS] or _ways_out(reader, unknown))])


def _hints(reader: Reader, item: Item) -> list[str]:
    """What there is where the word stands, or what it resembles; the first kind of hint that there is."""
    if columns := _beside(reader, item):
        return [f"{holds(c)}." for c in columns]
    if value := _value_like(reader, item):
        return [f"Did you mean “{value}”?"]
    if columns := _speaking_of(reader, item):
        return [f"Do you mean {c}? Ask for “{spoken(c.name)}”." for c in columns]
    if columns := _likely(reader, item):
        return [*(f"{holds(c)}." for c in columns), *_as_value(reader, item)]
    others = [w for w in reader.known.spellings if stem(w) != item.tokens[0].stem]
    alike = get_close_matches(item.words, others, 1, ALIKE)
    return [f"Did you mean “{alike[0]}”?"] if alike else []


def _beside(reader: Reader, item: Item) -> list[Column]:
    """The columns with listed values that the words around it name: `the Hawaii region`, `status refunded`."""
    start, end = _run(reader, item)
    found = [*_named(reader, after, "column", "table")] if (after := _next(reader, end)) else []
    before = start - 1
    while before > 0 and reader.items[before].kind in ("of", "in", "=", "where", "not"):
        before -= 1
    near = before >= 0 and item.at - reader.items[before].at - len(reader.items[before].tokens) < 3
    if near and not any(i.tokens[0].breaks for i in reader.items[before + 1 : end]):
        found += _named(reader, reader.items[before], "column")
    asked = _asked(reader)  # a region of the customers, where customers are asked for
    return list(dict.fromkeys([c for c in found if c in asked] or found))[:MOST_COLUMNS]


def _likely(reader: Reader, item: Item) -> list[Column]:
    """Columns with listed values of which it may be one: a place behind `in`, a state in `refunded orders`."""
    start, end = _run(reader, item)
    where, after = start and reader.items[start - 1].kind, _next(reader, end)
    listed = [c for c in _asked(reader) if c.values]
    if where in ("in", "from", "at"):
        return [c for c in listed if _words(c) & PLACES][:MOST_COLUMNS]
    own = {r.table for i in reader.items for r in i.of("table", "event")[:1]}
    kinds = [c for c in listed if c.table in own and _words(c) & KINDS]
    fits = where in ("with", "by") or (after is not None and after.of("table"))
    return kinds if fits and len(kinds) <= MOST_COLUMNS else []


def _run(reader: Reader, item: Item) -> tuple[int, int]:
    """From where to before where unknown words stand in a row around this one."""
    items, start = reader.items, reader.items.index(item)
    end = start + 1
    while start and items[start - 1].kind == "word" and items[start - 1].next_to(items[start]):
        start -= 1
    while end < len(items) and items[end].kind == "word" and items[end - 1].next_to(items[end]):
        end += 1
    return start, end


def _next(reader: Reader, end: int) -> Item | None:
    """What follows at once."""
    follows = end < len(reader) and reader.items[end - 1].next_to(reader.items[end])
    return reader.items[end] if follows else None


def _value_like(reader: Reader, item: Item) -> str:
    """A listed value that begins alike: `Canadian` where there is Canada."""
    if len(item.words) < 6:
        return ""
    tables = [t for t in reader.known.prompt.schema.tables.values() if not of_people(t.name)]
    values = (v for t in tables for c in t.columns for v in c.values if len(v) <= LONGEST_VALUE)
    return next((v for v in values if v.lower().startswith(item.words[:4])), "")


def _words(column: Column) -> set[str]:
    return {*name_words(column.name), *name_words(bare(column.table))}


def _named(reader: Reader, item: Item, *kinds: str) -> Iterator[Column]:
    """The columns with listed values that a word names, itself or as the rows of a table."""
    for r in item.of(*kinds):
        rows = [] if of_people(r.table) else display(reader.known.prompt.schema, r.table)  # nobody's name is listed
        columns = [r.column] if r.column else rows
        yield from (c for c in columns if r.score >= 0.75 and c.kind == "text" and c.values)


def _asked(reader: Reader) -> list[Column]:
    """The text columns of the tables in question, then of those that their rows point to."""
    schema = reader.known.prompt.schema
    tables = dict.fromkeys(r.table for item in reader.items for r in item.of("table", "term", "event")[:1])
    near = dict.fromkeys([*tables, *(t for start in tables for t in paths(schema, start))])
    return [c for t in near for c in schema.tables[t].columns if c.kind == "text"]


def _speaking_of(reader: Reader, item: Item) -> list[Column]:
    """The one or two columns in whose name the word stands, or else in whose comment."""
    columns = [c for t in reader.known.prompt.schema.tables.values() for c in t.columns if c.kind != "key"]
    if len(item.words) < 4 or item.words in GLUE:
        return []
    named = [c for c in columns if item.tokens[0].stem in name_words(c.name)]
    found = named or [c for c in columns if item.words in re.findall(r"[^\W\d_]+", c.note.lower())]
    return found if len(found) <= MOST_COLUMNS else []


def _as_value(reader: Reader, item: Item) -> Iterator[str]:
    """How to say that it is a value: of a column whose values the prompt does not list."""
    text = " ".join(t.text for t in item.tokens)
    start, _ = _run(reader, item)
    where = reader.items[start - 1].kind if start else ""
    free = [(c, c in display(reader.known.prompt.schema, c.table)) for c in _asked(reader) if not c.values]
    if where in ("in", "from", "at"):
        columns = [c for c, names_rows in free if _words(c) & PLACES and not names_rows]
    elif _is_name(item):
        columns = [c for c, names_rows in free if names_rows]
    else:
        columns = [c for c, names_rows in free if names_rows and of_people(c.table) and where in ("for", "by", "of")]
    if columns:
        yield f"If it is a value, say of which column: “where {spoken(columns[0].name)} is {text}”."


def _ways_out(reader: Reader, unknown: Sequence[Item]) -> Iterator[str]:
    """What would help with words of which nothing is known."""
    item = next(filter(_is_name, unknown), unknown[0])
    yield from _as_value(reader, item)
    tables = list(reader.known.prompt.schema.tables)
    if not any(i.of("table", "term", "column", "event") for i in reader.items):
        more = len(tables) - MOST_VALUES
        yield f"I see the tables {', '.join(tables[:MOST_VALUES])}{f' and {more} more' if more > 0 else ''}."
    yield f"If it is a term of yours, add a glossary line such as “- {item.words}: table.column”."
    yield "It may also be that the column is withheld."


def _is_name(item: Item) -> bool:
    return item.at > 0 and item.tokens[0].text[:1].isupper() and not item.tokens[0].text.isupper()
