"""Noun phrases: neighbours settle what is meant, as in `Electronics category`, `price of products`, `online orders`."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from .frame import Decline, Readings, unplaced
from .linker import Item
from .reader import Reader
from .schema import Schema
from .source import paths


def settle(reader: Reader) -> None:
    """Narrow the readings of items by what stands beside them, and drop the items that only repeat another."""
    items, schema = reader.items, reader.known.prompt.schema
    for i, item in enumerate(items[:-1]):
        after = items[i + 1]
        if item.used or after.used:
            continue
        if item.kind == "grain" and after.kind == "of" and reader.is_(i + 2, "grain"):
            raise Decline(
                unplaced([reader.words(i, i + 3)])
            )  # `day of the week`, where no column is called so
        if _named_twice(item, after):
            continue
        if after.of("table") and item.of("value", "column", "flag") and not item.of("table"):
            item.readings = _on_table(item.readings, after.of("table"), schema)
        if (
            item.of("table")
            and reader.is_(i + 1, "in", "from", "with", "at", "of", "on")
            and reader.has(i + 2, "value")
        ):
            items[i + 2].readings = _on_table(items[i + 2].readings, item.of("table"), schema)
        if item.of("column") and not item.of("table") and reader.is_(i + 1, "of", "for", "in", "from"):
            head = reader.head(i + 2)
            if head is not None and reader.has(head, "table"):
                item.readings = _on_table(item.readings, items[head].of("table"), schema)
    pairs = zip_longest(items, items[1:])
    reader.items = [i for i, after in pairs if not i.used and not _modifies(i, after)]


def _named_twice(item: Item, after: Item) -> bool:
    """Use up the half of a phrase that only says where the other half belongs."""
    if item.next_to(after) and item.of("table") and after.of("column"):  # `transaction status`
        own = tuple(r for r in after.of("column") if r.table in {t.table for t in item.of("table")})
        if own and not after.participle and not after.of("table", "value"):
            after.readings, item.used = own, True
            return True
    if not after.of("table") and (same := _of_columns(item.of("value"), after.of("column"))):
        item.readings, after.used = same, True  # `Electronics category`
    elif same := _of_columns(after.of("value"), item.of("column")):
        after.readings, item.used = same, True  # `category Electronics`
    return item.used or after.used


def _of_columns(values: Readings, columns: Readings) -> Readings:
    return tuple(v for v in values if any(v.column == c.column for c in columns))


def _modifies(item: Item, after: Item | None) -> bool:
    """`sales return rate`: of two measures side by side the last is what is asked."""
    if after is None or not item.next_to(after) or item.kind != after.kind:
        return False
    return bool(item.of("term") and after.of("term") and not after.of("event"))


def _on_table(readings: Readings, tables: Readings, schema: Schema) -> Readings:
    """Those of the readings that lie on the likeliest of these tables, or that it points to; else all."""
    for named in sorted(tables, key=lambda t: -t.score):
        if found := tuple(r for r in readings if named.table in (r.table, r.owner)):
            return found
        if found := tuple(r for r in readings if _one_way(schema, named.table, r.table)):
            return tuple(replace(r, owner=named.table) for r in found)  # `customers in Canada`
    return readings


def _one_way(schema: Schema, start: str, end: str) -> bool:
    ways = paths(schema, start).get(end, ())
    return len(ways) == 1 or (len(ways) > 1 and len(ways[0]) < len(ways[1]))
