"""Which of several tables a state or an amount is of: that of the rows, or of the value, which are named beside it."""

from __future__ import annotations

from ..frame import Readings
from ..linking.linker import Item
from ..reader import Reader


def of_named_rows(reader: Reader, i: int) -> None:
    """`which findings are still open`: a state that several tables know is that of the rows which are named."""
    item, after = reader.items[i], reader.item(i + 1)
    sure = all(r.kind in ("value", "flag") or r.score <= 0.6 for r in item.readings)
    if not sure or not item.of("flag") or (after and after.of("table") and item.next_to(after)):
        return
    named = {r.table for other in reader.items[:i] for r in other.of("table")[:1] if r.score >= 0.9}
    own = tuple(r for r in item.of("value", "flag") if r.table in named)
    if own and not named & {r.table for r in item.readings if r not in own}:
        item.readings = own


def of_the_same(value: Item, after: Item) -> Readings:
    """`Gas cost`: of several amounts that are called so, the one of the rows that have the value."""
    numbers = [r for r in after.of("column") if r.column and r.column.kind == "number"]
    rows = {r.table for r in value.of("value")}
    own = tuple(r for r in after.readings if r.column and r.table in rows)
    plain = numbers and len(numbers) == len(after.readings)
    return own if plain and own else after.readings
