"""Which two dates a stretch of time runs between: told by the names of columns, or by what the question calls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..english.lexicon import MOMENTS, NEAR_ENDS, SPANS
from ..english.words import name_words, of_people, stem
from ..frame import Decline
from ..prompt.schema import Column, Schema, bare
from ..source import main_dates, paths

Words = tuple[str, ...]
COME_IN = "come_in"
NEAR = frozenset(map(stem, NEAR_ENDS))
STAMPS = frozenset(map(stem, ("date", "time", "day", "at", "on", "timestamp", "datetime", "actual", "dt")))


@dataclass(frozen=True)
class Span:
    """From one date to another."""

    begin: Column
    end: Column

    def __str__(self) -> str:
        return f"from {self.begin} to {self.end}"


def dates(schema: Schema, table: str) -> list[Column]:
    """The date columns of a table."""
    return [c for c in schema.tables[table].columns if c.kind == "date"]


def of_kind(column: Column, *kinds: str) -> bool:
    """Whether the name of a date says that something began, or ended, or was planned for then."""
    return any(kind in kinds for kind, _ in _things(_telling(column)))


def meant(schema: Schema, words: Words, tables: Sequence[str]) -> list[Column]:
    """The dates that these words (as stems) speak of, among those of `tables` where one of them has such a date.

    `delivery` is a column called after delivering, or the only date of a table that is called so.
    """
    if words == (COME_IN,):
        return [c for t in tables if (c := beginning(schema, t))]
    every = [c for t in schema.tables for c in dates(schema, t)]
    things = _things(words)
    found = [c for c in every if set(_telling(c)) == set(words)]
    found = found or [c for c in every if things & _things(_telling(c))]
    if not found and NEAR & set(words):
        found = [c for c in every if NEAR & set(_telling(c))]
    found = found or [c for t in schema.tables if _called(t, words) and (c := _of_rows(schema, t))]
    found = found or [c for c in every if set(words) <= _noted(c)]
    return [c for c in found if c.table in tables] or found


def day_of(schema: Schema, table: str, words: Words) -> Column | None:
    """The one date of these rows that the words (as stems) speak of; without words the main one."""
    own = dates(schema, table)
    found = [c for c in meant(schema, words, [table]) if c in own] if words else main_dates(own, table)
    return found[0] if len(found) == 1 else None


def is_pair(schema: Schema, words: Words) -> bool:
    """Whether two words call a date together only: `signing up`, the name of a column."""
    named = any(set(_telling(c)) == set(words) for t in schema.tables for c in dates(schema, t))
    return len(words) == 2 and (named or any("_".join(words) in called for _, called in _lines()))


def between(schema: Schema, begin: Words, end: Words, tables: Sequence[str]) -> Span | None:
    """The span whose both ends are named."""
    ends = meant(schema, end, tables)
    return _only(schema, [Span(b, e) for b in meant(schema, begin, tables) for e in ends if b != e], tables)


def until(schema: Schema, end: Words, tables: Sequence[str], of: Words = ()) -> Span | None:
    """The span that ends so; it begins with what comes before: `of` (the noun of `ship an order`) may say with what."""
    spans = [Span(b, e) for e in meant(schema, end, tables) for b in _beginnings(schema, e)]
    named = [s for s in spans if _things(of) & _things(_telling(s.begin))]
    return _only(schema, named or spans, tables)


def whole(schema: Schema, tables: Sequence[str]) -> Span | None:
    """The span that rows of a table last: from the one date that begins them to the one that ends them."""
    return _only(schema, [span for t in tables for span in _lasting(schema, t)], tables)


def begun_by(schema: Schema, tables: Sequence[str], words: str) -> list[str]:
    """Those of the tables whose rows begin with one of these: with an admission, with a loan."""
    things = frozenset(thing for word in words.split() for thing in _called_so(word))
    return [t for t in tables if any(things & _things(_telling(c)) for c in dates(schema, t))]


def beginning(schema: Schema, table: str) -> Column | None:
    """The one date that rows of a table began with."""
    found = _first([c for c in dates(schema, table) if of_kind(c, "begin")])
    return found[0] if len(found) == 1 else None


def _only(schema: Schema, spans: list[Span], tables: Sequence[str]) -> Span | None:
    """The one span that is likeliest: of the tables that the question names, of one row. Raises Decline for several."""
    joined = [s for s in spans if _joins(schema, s.begin.table, s.end.table)]
    own = [s for s in joined if {s.begin.table, s.end.table} & set(tables)] or joined
    own = [s for s in own if s.begin.table == s.end.table] or own
    own = list(dict.fromkeys(own))
    if len(own) > 1:
        raise Decline(f"This could be the time {', or the time '.join(map(str, own))}. Say from what to what.")
    if spans and not own:
        raise Decline(f"I found no key that joins {spans[0].begin.table} to {spans[0].end.table}.")
    return own[0] if own else None


def _joins(schema: Schema, one: str, other: str) -> bool:
    return one in paths(schema, other) or other in paths(schema, one)


def _beginnings(schema: Schema, end: Column) -> list[Column]:
    """What may have come before: of the same row, else of a row that it points to."""
    if of_kind(end, "begin") and not of_kind(end, "either", "end"):
        return []
    here = [c for c in dates(schema, end.table) if _begins(c, end)]
    up = [k.to_table for k in schema.outward[end.table] if not of_people(k.to_table)]
    return _first(here or [c for t in dict.fromkeys(up) for c in dates(schema, t) if _begins(c, end)])


def _begins(column: Column, end: Column) -> bool:
    same = column == end or _things(_telling(column)) & _things(_telling(end))
    return not same and of_kind(column, "begin", "either")


def _lasting(schema: Schema, table: str) -> list[Span]:
    known = [c for c in dates(schema, table) if not of_kind(c, "plan")]
    either = [c for c in known if of_kind(c, "either")]
    begins = _first([c for c in known if of_kind(c, "begin") and c not in either])
    ends = [c for c in known if of_kind(c, "end") and c not in either]
    ends = ends or [c for c in dates(schema, table) if of_kind(c, "plan")]
    if len(either) == 2 and not begins and not ends:  # flights depart first, guests arrive first: as the table lists it
        return [Span(*either)]
    firsts, lasts = [*begins, *(either if ends else [])], [*ends, *(either if begins else [])]
    spans = [Span(b, e) for b in firsts for e in lasts if b != e]
    return [s for s in spans if _is_pair(s)] or spans


def _is_pair(span: Span) -> bool:
    """Whether the one is the other's counterpart: checked in, checked out."""
    first, last = _things(_telling(span.begin)), _things(_telling(span.end))
    return any(first & _called_so(a) and last & _called_so(b) for a, b in (pair.split() for pair in SPANS))


def _first(columns: list[Column]) -> list[Column]:
    """Without the day that the record was made, where another says when the thing itself began."""
    made = _things((stem("created"),))
    return [c for c in columns if not made & _things(_telling(c))] or columns


def _of_rows(schema: Schema, table: str) -> Column | None:
    """The date of a table's rows: the only one, or the one that begins them."""
    own = dates(schema, table)
    return own[0] if len(own) == 1 else beginning(schema, table)


def _called(table: str, words: Words) -> bool:
    name = name_words(bare(table))
    if of_people(table):
        return False  # `from customer to order` names no day
    return name == words or name[-1:] == words or (len(name) == 1 and bool(_things(name) & _things(words)))


@lru_cache(maxsize=4096)
def _telling(column: Column) -> Words:
    """The words of a date's name that say what happened then: `order_delivered_at` of orders was delivered."""
    words = tuple(w for w in name_words(column.name) if w not in STAMPS)
    table = set(name_words(bare(column.table)))
    return tuple(w for w in words if w not in table) or words


@lru_cache(maxsize=4096)
def _noted(column: Column) -> frozenset[str]:
    """What the comment of a date says happened then: `Day the position was advertised`."""
    return frozenset(stem(w) for w in column.note.lower().split(";")[0].split() if w.isalpha() and w.endswith("ed"))


@lru_cache(maxsize=4096)
def _things(words: Words) -> frozenset[tuple[str, int]]:
    """What the words say happened, as (kind, which line of the lexicon)."""
    pairs = {w for w in words if "_" in w} | {f"{a}_{b}" for a, b in zip(words, words[1:], strict=False)}
    return frozenset(place for place, called in _lines() if called & {*words, *pairs})


def _called_so(word: str) -> frozenset[tuple[str, int]]:
    """What a word of the lexicon says happened."""
    return _things(("_".join(map(stem, word.split("_"))),))


@lru_cache(maxsize=1)
def _lines() -> tuple[tuple[tuple[str, int], frozenset[str]], ...]:
    return tuple(
        ((kind, i), frozenset("_".join(map(stem, w.split("_"))) for w in line.split()))
        for kind, lines in MOMENTS.items()
        for i, line in enumerate(lines)
    )
