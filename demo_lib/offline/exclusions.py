"""What is left out in so many words: `if we leave the furniture out`, `leaving Toys aside`, `West taken out`."""

from __future__ import annotations

from collections.abc import Sequence

from .linker import Item

LEAVING = frozenset(("leave", "leaves", "leaving", "take", "taking", "put", "putting", "set", "setting"))
OUT = frozenset(("out", "aside", "apart"))
FARTHEST = 6


def exclusions(items: Sequence[Item]) -> None:
    """Let a verb and its particle, with what is left out between them, be the `excluding` that the clauses read."""
    for i, item in enumerate(items):
        if item.tokens[0].word not in LEAVING or len(item.tokens) > 1:
            continue
        out = next((k for k in range(i + 1, min(len(items), i + FARTHEST)) if items[k].words in OUT), None)
        between = items[i + 1 : out] if out is not None else []
        said = any(k.of("value", "flag") for k in between)
        plain = all(k.kind in ("glue", "and", "or") or k.of("value", "flag", "table", "column") for k in between)
        if out is None or not said or not plain or any(k.tokens[0].breaks for k in items[i + 1 : out + 1]):
            continue
        item.kind, item.words, item.readings = "not", "excluding", ()
        items[out].kind, items[out].readings = "glue", ()
