"""What is left out in so many words: `if we leave the furniture out`, `leaving Toys aside`, `West taken out`."""

from __future__ import annotations

from collections.abc import Sequence

from ..english.words import of_people
from ..linking.linker import Item

LEAVING = frozenset(("leave", "leaves", "leaving", "take", "taking", "put", "putting", "set", "setting"))
OUT = frozenset(("out", "aside", "apart"))
FARTHEST = 6
WHOLE = frozenset(("any", "all", "every", "each"))
SOME = frozenset(("a", "an", "some"))
WITHOUT_ROWS = frozenset(("excluding", "except", "without", "apart from", "except for", "exclude", "aside from"))
ASIDE = ("counting", "including", "out", "ignoring", "disregarding", "excluding")
LEADS = ("glue", "that", "which", "who", "where", "when", "in", "for", "with", "by", "on", "of", "money", "at")
SURE = 0.85
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
    for i in range(len(items)):
        _rows_that(items, i)


def _rows_that(items: Sequence[Item], i: int) -> None:
    """`fees by town, excluding visits that members paid by card`: the value alone, where the fees are of the visits."""
    aside = items[i].words == "not" and items[i].tokens[0].text.lower().split()[-1] in ASIDE
    if items[i].kind != "not" or (items[i].words not in WITHOUT_ROWS and not aside):
        return
    start = next((k for k in range(i + 1, len(items)) if items[k].kind != "glue"), len(items))
    rows = {r.table for r in items[start].of("table") if r.score >= SURE} if start < len(items) else set()
    measured = {r.table for k in (*items[:i], *items[start + 1 :]) for r in k.of("term")[:1] if r.score >= SURE}
    before = next((k for k in reversed(items[:i]) if k.kind != "glue"), None)
    others = before is not None and before.of("table") and before.plural  # `members without visits paid by card`
    if len(rows) != 1 or not rows <= measured or (others and not items[i].tokens[0].breaks) or not items[start].plural:
        return
    value = next((k for k in range(start + 1, len(items)) if items[k].of("value", "flag")), None)
    said = items[start + 1 : value] if value is not None else []
    if value is None or not rows & {r.table for r in items[value].of("value", "flag")} or not all(map(_idle, said)):
        return
    behind = items[value + 1] if value + 1 < len(items) else None
    if behind is None or behind.tokens[0].breaks or behind.kind == "by":
        for k in items[i + 1 : value]:
            k.silence()
        items[i].words = "excluding"


def _idle(item: Item) -> bool:
    """Whether it only leads on to what is said of rows: `that`, `where the member`, `paid by`."""
    if item.tokens[0].breaks or item.of("value", "flag"):
        return False
    people = any(of_people(r.table) for r in item.of("table"))
    return item.kind in LEADS or people or (item.kind == "link" and item.participle and not item.of("table"))


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
