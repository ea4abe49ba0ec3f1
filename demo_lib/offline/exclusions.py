"""What is left out in so many words: `if we leave the furniture out`, `leaving Toys aside`, `West taken out`."""

from __future__ import annotations

from collections.abc import Sequence

from .linker import Item

LEAVING = frozenset(("leave", "leaves", "leaving", "take", "taking", "put", "putting", "set", "setting"))
OUT = frozenset(("out", "aside", "apart"))
FARTHEST = 6
WHOLE = frozenset(("any", "all", "every", "each"))
SOME = frozenset(("a", "an", "some"))
LEADING = frozenset(("with", "whose", "and", "where", "for"))


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
        items[out].silence()
    _all_but(items)


def _all_but(items: Sequence[Item]) -> None:
    """`any method but cash`, `every channel but online`, `…, reason anything but late`: all values save the one.

    The noun only says of what the value is one, unless each of its values is asked for.
    """
    for i in range(2, len(items) - 1):
        noun, but, value = items[i - 1], items[i], items[i + 1]
        kinds = {r.column for r in noun.of("column") if r.column and r.column.kind == "text"}
        named = kinds & {r.column for r in value.of("value")}
        if not named or noun.of("term") or (but.kind != "not" and but.words != "but"):
            continue
        before = items[i - 2]
        whole = bool(WHOLE & set(before.words.split()))
        if but.kind == "not" and before.words in SOME:  # `with a reason other than late`
            whole = True
        if but.words == "but" and not whole:
            continue
        but.kind, but.words = "not", "except"
        if before.kind != "by" and (whole or noun.tokens[0].breaks or before.words in LEADING):
            noun.silence()
            before.kind = "glue" if before.words in LEADING and before.kind != "and" else before.kind
