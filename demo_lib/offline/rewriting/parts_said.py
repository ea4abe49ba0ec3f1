"""The whole that is said a second time: `what percentage of visits are emergency visits`.

Read as it stands, the second `visits` would be something that happened to the first ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..linking.linker import Item, made

OUT_OF = frozenset(("out", "of", "among", "amongst", "in", "all", "our", "the", "total", "overall", "from", "within"))
SET_IN = frozenset(("among", "amongst", "all", "overall", "total"))
MAKING = frozenset(
    ("do", "does", "did", "make", "makes", "made", "up", "make up", "makes up", "account", "accounts", "account for",
     "accounts for", "represent", "represents", "constitute", "constitutes", "form", "for")
)  # fmt: skip
OPENINGS = ("glue", "list")
HIGHEST = ("highest", "biggest", "largest", "greatest", "top", "best")
LOWEST = ("lowest", "smallest", "least")
COUNTING = ("count", "sum")


def parts_said(items: list[Item]) -> None:
    """Leave out what says the whole once more, where the question asks for a share of it."""
    at = next((k for k, item in enumerate(items) if item.kind == "share"), None)
    if at is None:
        return
    _listed_with(items, at)
    _of_total(items)
    _ranked(items)
    at = next(k for k, item in enumerate(items) if item.kind == "share")
    _of_its_rows(items)
    named = [k for k, item in enumerate(items) if item.of("table", "term") and not item.participle]
    nouns = [k for k in named if not items[k].of("value", "flag")]
    behind = [k for k in nouns if k > at]
    if not behind:
        return
    for k in nouns:
        if k != behind[0] and _same(items[k], items[behind[0]]):
            _said_again(items, at, *sorted((behind[0], k)))
    _making_up(items, behind[0])


def _same(one: Item, other: Item) -> bool:
    """Whether both nouns name the same rows, or the same amount."""
    terms = [{r.term.name for r in item.of("term")[:1] if r.term} for item in (one, other)]
    tables = [{r.table for r in item.of("table")[:1] if r.score >= 0.9} for item in (one, other)]
    return bool(terms[0] & terms[1]) or bool(tables[0] & tables[1])


def _said_again(items: list[Item], share: int, first: int, second: int) -> None:
    """Of two mentions, leave out the one that says nothing else: `the share of late bills in all bills`."""
    start = second
    while start > first + 1 and items[start - 1].words in OUT_OF and items[start - 1].kind != "share":
        start -= 1
    whole = start < second and any(item.words in SET_IN for item in items[start:second])
    whole |= start < second - 1 and items[start].words == "in" and items[start + 1].words in ("our", "the")
    number = [k for k in range(share + 1, second) if items[k].kind in COUNTING]
    if first < share < second and number:  # `number of late bills as a percentage of the number of bills`
        for item in [*items[share + 1 : second + 1], *[i for i in items[:first] if i.kind in COUNTING]]:
            item.silence()
        _put_first(items, share)
        return
    if share < first and whole and start > first + (not _modified(items, first)):
        for item in items[start : second + 1]:  # `the share of online orders among all orders`
            item.silence()
        return
    told = _modified(items, second) or (start == second and second + 1 < len(items))
    if share < first and told:  # `what share of the visits are emergency visits`
        items[second].silence()
    elif first < share < second and not items[first].of("table") and _modified(items, first):
        for item in items[share + 1 : second + 1]:  # `online revenue as % of all revenue`
            item.silence()
        _put_first(items, share)


def _put_first(items: list[Item], share: int) -> None:
    """`online revenue, as a share` asks for the share of what stands before it."""
    start = next((k for k, item in enumerate(items) if item.kind not in OPENINGS), 0)
    said = items.pop(share)
    if share and items[share - 1].words in ("as", "in", "a", "the"):
        items[share - 1].kind = "glue"
    items.insert(start, said)


def _modified(items: Sequence[Item], noun: int) -> bool:
    """Whether a value or a flag stands right in front of the noun, or something that narrows it down behind."""
    before = items[noun - 1] if noun else None
    told = before is not None and (bool(before.of("value", "flag", "event")) or before.participle)
    return told and before is not None and not (before.of("table", "term") and not before.participle)


def _of_its_rows(items: list[Item]) -> None:
    """`what share of the revenue comes from online orders`: the orders are the rows that the revenue is summed over."""
    amounts = {r.table for item in items for r in item.of("term")[:1] if not item.of("table") and r.term}
    for k, item in enumerate(items):
        rows = {r.table for r in item.of("table")[:1]}
        if rows and rows <= amounts and _modified(items, k):
            item.silence()


def _making_up(items: list[Item], whole: int) -> None:
    """`what percentage of all orders do online orders make up`: the online ones of them."""
    last = len(items) - 1
    while last > whole and items[last].words in MAKING:
        items[last].silence()
        last -= 1


def _of_total(items: list[Item]) -> None:
    """`bills that are late, as % of total`: the share of bills that are late."""
    at = next(k for k, item in enumerate(items) if item.kind == "share")
    noun = next((k for k in range(at) if items[k].of("table", "term") and not items[k].participle), None)
    behind = [item for item in items[at + 1 :] if item.kind != "glue"]
    total = all(item.words in (*SET_IN, "of", "whole", "the total") for item in behind)
    plain = noun is not None and not items[noun].of("term") and not any(item.kind == "by" for item in items)
    if not total or not plain or noun is None or not (behind or items[at].words.endswith(" of")):
        return
    for item in items[at + 1 :]:
        item.silence()
    items[at].tokens = items[at].tokens[:1]
    _put_first(items, at)


def _ranked(items: list[Item]) -> None:
    """`which town has the highest share of …`, `rank the towns by the percentage of …`: by town, put in order."""
    at = next(k for k, item in enumerate(items) if item.kind == "share")
    said = [k for k in range(at) if items[k].kind != "glue"]
    if len(said) < 3:
        return
    kinds = [items[k] for k in said]
    group = next((k for k in said if items[k].of("column", "table", "flag") or items[k].kind == "grain"), None)
    opening = [item for item in kinds if group is None or item is not items[group]]
    words = [item.words for item in opening]
    if group is None or len(opening) != 2:
        return
    first, last = opening
    highest = {**dict.fromkeys(HIGHEST, True), **dict.fromkeys(LOWEST, False)}
    if first.words in ("which", "what") and last.words in highest and said[1] == group:
        items[at].notes = ["top" if highest[last.words] else "bottom", "1"]
    elif words[0] in ("rank", "ranked by", "sort", "order", "sorted by") and last.words == "by":
        items[at].notes = ["top", "0"]
    else:
        return
    for item in opening:
        item.silence()
    items.insert(group, made("by", "for each", at=items[group].at))


def _listed_with(items: list[Item], share: int) -> None:
    """`list every county with the share of …`: the share by county."""
    with_ = share - 1
    while with_ > 0 and items[with_].kind == "glue":
        with_ -= 1
    if with_ == 2 and items[with_].words == "with" and items[0].words.split()[-1] in ("every", "each"):
        items[with_].kind = "glue"
        items.insert(1, made("by", "for each", at=items[1].at))  # `list every` is one item
        return
    every = next((k for k in range(with_) if items[k].words in ("every", "each")), None)
    if every is None or items[with_].words not in ("with", "and") or with_ != every + 2:
        return
    if all(item.kind in OPENINGS for item in items[:every]):
        items[every].kind, items[every].words = "by", "for each"
        items[with_].kind = "glue"
