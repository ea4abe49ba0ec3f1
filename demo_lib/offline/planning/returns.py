"""A second sentence that says what to show, as in `… Return the name, the city and the number of orders.`"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..frame import Decline, Dim, Frame, Measure
from ..linking.linker import Item

BEGINNINGS = {
    "return", "show", "list", "give", "display", "include", "report", "provide", "present", "tell", "sort", "order",
}  # fmt: skip


def sentences(items: Sequence[Item]) -> list[Sequence[Item]]:
    """The items of the question itself, then those of each sentence behind it that begins with `Return`, `Show` …"""
    starts = []
    for k, item in enumerate(items):
        first = item.tokens[0]
        wants = first.word == "i" and any(i.words in ("need", "want") for i in items[k + 1 : k + 2])
        orders = item.kind in ("list", "sort") and first.word in BEGINNINGS
        orders |= item.kind == "word" and first.word == "put"  # `Put both side by side`
        something = any(i.kind not in ("glue", "list") for i in items[:k]) and not _is_a_group(items[:k])
        if first.breaks and (wants or orders) and something:
            starts.append(k)
    return [items[a:b] for a, b in zip([0, *starts], [*starts, len(items)], strict=True)]


def each_of_these(question: Sequence[Item], wish: Sequence[Item]) -> Sequence[Item]:
    """`Which clubs …? Give the number of visits for each`: for each of what the question asks for first."""
    asked = next((k for k, item in enumerate(question) if item.kind == "list"), len(question))
    noun = next((item for item in question[asked + 1 :] if item.kind != "glue"), None)
    last = max((k for k, item in enumerate(wish) if item.kind != "glue"), default=0)
    for k in (last, last - 1, last - 2):  # `for each, largest first`, `for all of them`
        item = wish[k] if k > 0 else None
        if item is None or item.kind != "by" or not {"each", "every"} & set(item.words.split()):
            continue
        behind = wish[k + 1 : k + 2]
        if noun is not None and noun.of("table", "column") and (not behind or behind[0].tokens[0].breaks):
            again = replace(noun, readings=noun.of("table", "column"), used=False, notes=[])
            return [*wish[: k + 1], again, *wish[k + 1 :]]
    return wish


def shown_anyway(frame: Frame, wish: Sequence[Item]) -> bool:
    """`Which clubs had the most visits? Show the number for all of them, highest first`: that is what is shown."""
    plain = {"list", "sum", "count", "glue", "for", "of", "and"}
    rank = frame.rank
    if rank is None or rank.limit or rank.skip or rank.columns or not rank.measure:
        return False
    order = [item.kind for item in wish if item.kind not in plain]
    return order in ([], ["desc" if rank.desc else "asc"])


def says_again(frame: Frame, wish: Sequence[Item]) -> bool:
    """`The three best actors of each company by fees? Show company, actor and fees`: what the answer has anyway."""
    rank = frame.rank
    if rank is None or rank.target is None or rank.columns or frame.measures or not rank.measure:
        return False
    shown, terms = [rank.target, *frame.dims], {r.term for r in rank.measure.readings if r.term}
    said = [item for item in wish if item.kind not in ("list", "glue", "and", "of")]
    return bool(said) and all(
        item.kind == "link" and not item.of("value", "flag")
        and (bool(terms & {r.term for r in item.of("term")}) or any(_overlap(Dim("", item.readings), d) for d in shown))
        for item in said
    )  # fmt: skip


def _is_a_group(items: Sequence[Item]) -> bool:
    """Whether a question only says first what to tell it by: `For every county, tell me …`."""
    said = [item for item in items if item.kind != "glue"]
    noun = [item for item in said[1:] if item.kind in ("link", "grain")]
    return bool(said) and said[0].kind == "by" and len(noun) == len(said) - 1 and len(noun) in (1, 2)


def merge(frame: Frame, wish: Frame) -> None:
    """Take into the question's frame what a later sentence wants shown. Raises Decline for what has no place."""
    if wish.rank or wish.ratio or wish.share or wish.growth or wish.running or wish.compare:
        if frame.rank or not wish.rank or wish.rank.target:
            raise Decline("The last sentence asks for something else than to show more. Ask for it on its own.")
        frame.rank = wish.rank
    known = [*frame.measured, *(n.measure for n in frame.numbers if n.measure)]
    new = [m for m in wish.measures if not any(_same(m, k) for k in known)]
    told = frame.show and any(_overlap(d, s) for d in wish.dims for s in frame.show)
    if new and told and frame.subject:  # `which trades have complaints? Show the number of visits for each`
        frame.mentioned.append((frame.subject_words, frame.subject))
        frame.subject = ()
    if new and frame.subject and not (frame.measures or frame.rank or frame.ratio or frame.numbers):
        frame.dims.append(Dim(frame.subject_words, frame.subject))
        frame.subject = ()
    frame.measures += new
    frame.show += wish.show
    grouped = [*frame.dims, *([frame.rank.target] if frame.rank and frame.rank.target else [])]
    frame.dims += [d for d in wish.dims if not any(_overlap(d, g) for g in grouped)]
    if wish.subject:
        subject = Dim(wish.subject_words, wish.subject)
        if not _overlap(subject, Dim("", frame.subject)) and not any(_overlap(subject, g) for g in grouped):
            frame.show.append(subject)
    for name in ("filters", "numbers", "texts", "weekdays", "whens", "events", "mentioned"):
        getattr(frame, name).extend(getattr(wish, name))
    frame.order, frame.order_desc = (wish.order, wish.order_desc) if wish.order else (frame.order, frame.order_desc)
    frame.distinct |= wish.distinct


def _same(one: Measure, other: Measure) -> bool:
    """Whether two measures ask for one number: the same aggregate of the same things."""
    counts = {"count", "rows", "events", "distinct rows", "count dates"}
    if one.agg != other.agg and not {one.agg, other.agg} <= counts:
        return False
    return bool(
        {(r.table, r.column, r.term) for r in one.readings} & {(r.table, r.column, r.term) for r in other.readings}
        or ({one.agg, other.agg} <= counts and {r.table for r in one.readings} & {r.table for r in other.readings})
    )


def _overlap(one: Dim, other: Dim) -> bool:
    if one.grain or other.grain:
        return one.grain == other.grain
    return bool({(r.table, r.column) for r in one.readings} & {(r.table, r.column) for r in other.readings})


def beside(show: Sequence[Dim], dims: Sequence[Dim]) -> list[Dim]:
    """The columns to show, each read as one of the rows that the groups are of, where it can be."""
    tables = {r.table for d in dims for r in d.readings if r.kind == "table"}
    narrowed = []
    for d in show:
        own = tuple(r for r in d.readings if r.table in tables)
        narrowed.append(replace(d, readings=own) if own else d)
    return narrowed


def nothing_left(frame: Frame) -> None:
    """Raise Decline for columns to show: they have no place beside a total."""
    if frame.show:
        raise Decline(
            f"I do not see what “{frame.show[0].words}” should do in this question. Did you mean “by "
            f"{frame.show[0].words}”?"
        )
