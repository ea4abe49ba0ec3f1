"""Bounds that no noun beside them explains: their unit, or a part of a column's name, tells what they are of."""

from __future__ import annotations

import re

from ..bounds import PERCENT_SAID, holds_percents
from ..english.lexicon import PRICES
from ..english.units import units_of
from ..english.words import name_words, spoken
from ..frame import Frame, NumberFilter, Readings
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading
from ..reader import Reader
from .adjectives import hinted
from .comparisons import COMPARISONS

IN_MONEY = re.compile(r"\bin (?:us |canadian |australian )?(?:dollars|euros|pounds|francs|usd|eur|gbp|chf)\b", re.I)
MONEY = ("dollar", "dollars", "euro", "euros", "usd", "eur", "bucks")


def loose_bounds(reader: Reader, frame: Frame) -> None:
    """`shipments over 50 kg`: of the one column in kilograms; `a limit over 500`: of `limit_amount`."""
    for i in reader.find(*COMPARISONS):
        start = reader.skip(i + 1, "than")
        end = reader.skip(start, "number")
        if end != start + 1 or reader.is_(i, "between"):
            continue
        readings, first = _in_units(reader, frame, end), i
        if not readings and (named := _named_in_part(reader, frame, i - 1)):
            readings, first = named, i - 1
        if readings:
            words = reader.words(first, end)
            frame.numbers.append(NumberFilter(words, reader.items[i].kind, (reader.number(start),), readings))
            reader.use(first, end)


def _told(frame: Frame) -> list[str]:
    """The tables whose rows the question is of: listed, counted, or picked by a value."""
    rows = [r for m in frame.measured if m.agg in ("count", "distinct rows") for r in m.readings if r.score >= 0.8]
    rows += [r for r in frame.subject if r.score >= 0.8]
    rows += [r for f in frame.filters for o in f.options for r in o[:1]]
    return list(dict.fromkeys(r.table for r in rows))


def _listed(reader: Reader, i: int) -> list[str]:
    """The rows that stand right before a bound, where nothing else is said of them: `parcels over 20 euros`."""
    rows = reader.items[i - 1].of("table")[:1] if i == 1 or (i == 2 and reader.items[0].kind == "list") else ()
    return [r.table for r in rows if r.score >= 0.85]


def _numbers(reader: Reader, tables: list[str]) -> list[Column]:
    schema = reader.known.prompt.schema
    return [c for t in tables for c in schema.tables[t].columns if c.kind == "number"]


def _in_units(reader: Reader, frame: Frame, end: int) -> Readings:
    """The one column of numbers in the unit that is said behind the number; of money, the amount of a row."""
    number = reader.items[end - 1]
    tables = _told(frame) or _listed(reader, end - 2)
    unit = reader.said_at.get(number.at + 1, "")
    if unit in MONEY or number.tokens[0].text[:1] in "$€£":
        rows = tuple(Reading("table", t) for t in tables)
        for row in rows:
            if found := hinted(reader, "amount", (row,)) or hinted(reader, PRICES, (row,)):
                return found
        return _one([c for c in _numbers(reader, tables) if IN_MONEY.search(c.note)])
    if PERCENT_SAID.search(number.tokens[0].text):  # `products promoted with 30% off or more`
        near = [r.table for item in reader.items for r in item.of("table", "event")[:1] if r.score >= 0.8]
        return _one([c for c in _numbers(reader, list(dict.fromkeys([*tables, *near]))) if holds_percents(c)])
    written = units_of(unit)
    return _one([c for c in _numbers(reader, tables) if written & set(spoken(c.name).split())])


def _named_in_part(reader: Reader, frame: Frame, i: int) -> Readings:
    """The one column of the rows in question whose name begins with the noun at `i`, which by itself names nothing."""
    item = reader.item(i)
    if item is None or item.kind not in ("link", "word") or any(r.score >= 0.8 for r in item.readings):
        return ()
    said = item.tokens[-1].stem
    return _one([c for c in _numbers(reader, _told(frame)) if name_words(c.name)[:1] == (said,)])


def _one(columns: list[Column]) -> Readings:
    return (Reading("column", columns[0].table, 1.0, columns[0]),) if len(columns) == 1 else ()
