"""What a slash says: `orders / month` is per month, `in-store / online` is the one or the other."""

from __future__ import annotations

from dataclasses import replace

from ..english.words import Token, stem
from ..linking.linker import Item


def slashes(items: list[Item]) -> None:
    """Write the slashes between nouns out as `per` or `or`. Any other only parts what stands on its sides."""
    for i in reversed(range(1, len(items))):
        item, before = items[i], items[i - 1]
        if "/" not in item.tokens[0].gap:
            continue
        kind, word = _said(before, item)
        if word:
            item.tokens = (replace(item.tokens[0], breaks=False), *item.tokens[1:])
            items.insert(i, Item(kind, word, (Token("/", word, stem(word)),), at=item.at))


def _said(before: Item, item: Item) -> tuple[str, str]:
    if before.of("value", "flag") and item.of("value", "flag"):
        return "or", "or"
    measured = before.of("table", "term") or any(r.column and r.column.kind == "number" for r in before.of("column"))
    if measured and (item.kind in ("grain", "count", "sum") or item.of("table", "column", "term")):
        return "by", "per"
    return "", ""
