"""What to group by: `by category and month`, `per store`, `in each region`."""

from __future__ import annotations

from dataclasses import replace

from ..english.lexicon import PREPOSITIONS
from ..english.words import of_people
from ..frame import Decline, Frame, Measure
from ..reader import Reader
from .measures import measure_at

COMPARED = (">", "<", ">=", "<=", "=", "or more", "or less", "between", "most", "least", "number", "of", "growth")


def every_row(reader: Reader, frame: Frame) -> None:
    """`name, plan and seats of every contract`: its rows, with these columns."""
    for i in reader.find("by"):
        head = reader.head(i + 1) if {"every", "each"} & set(reader.items[i].words.split()) else None
        nouns = [k for k in range(i) if reader.has(k, "table", "column") and not reader.items[k].of("value")]
        rest = [k for k in range(i) if k not in nouns and not reader.is_(k, "list", "and")]
        if head is not None and reader.has(head, "table") and len(nouns) > 1 and not rest:
            noun = reader.items[head]
            frame.subject, frame.subject_words, frame.subject_at = noun.of("table"), noun.words, head
            frame.show += [reader.dim(k) for k in nouns]
            reader.use(0, i + 1)
            reader.use(head, head + 1)


def rows_with(reader: Reader, frame: Frame) -> None:
    """`gardens with their number of trees`: one row for each. `Gardens per town with …` counts them, too."""
    at = next((i for i in range(len(reader)) if reader.has(i, "table", "column")), None)
    ranked = frame.rank and (frame.rank.target or frame.rank.measure or frame.rank.columns)
    passing = any(n.measure for n in frame.numbers)
    if at is None or ranked or passing or frame.ratio or frame.share or frame.measures or frame.growth:
        return
    rows, before = reader.items[at], reader.items[:at]
    told = rows.of("term") and rows.of("term")[0].score >= 0.9
    first = all(item.kind == "list" or (item.of("value", "flag") and not item.of("table")) for item in before)
    with_ = next((i for i in reader.find("with") if i > at), len(reader))
    start = with_ + 1
    while reader.has(start, "column") and not reader.has(start, "term") and reader.is_(start + 1, "and"):
        start += 2  # `with their town and number of trees`
    found = measure_at(reader, start)
    if told or not rows.plural or not first or found is None or reader.is_(found[1], *COMPARED):
        return
    own = {r.table for r in found[0].readings if r.column} & {r.table for r in rows.of("table")}
    said = reader.is_(start, "count", "sum", "avg", "median") or found[0].agg == "term"
    if not said or (found[0].agg in ("count", "total") and not reader.is_(start, "count", "sum")):
        return
    between = range(at + 1, with_)
    if reader.is_(at + 1, "by") and rows.of("table"):
        frame.measures.append(Measure("count", rows.words, rows.of("table")))
        reader.use(at, at + 1)
    elif all(reader.has(k, "value", "flag") or reader.is_(k, *PREPOSITIONS, "date", "and", "or") for k in between):
        if own and not found[0].per:
            raise Decline(f"Each of the {rows.words} has one “{found[0].words}” at most. Do you mean of all of them?")
        if any(k > with_ and not reader.is_(k + 1, "grain") for k in reader.find("by")):
            raise Decline(f"A row for each of the {rows.words}, or for what stands behind “by”? Say which.")
        frame.dims.append(reader.dim(at))
        reader.use(at, at + 1)
        reader.use(with_, with_ + 1)


def groupings(reader: Reader, frame: Frame) -> None:
    """`by category and month`, `per store`, `in each region`."""
    for i in reader.find("by"):
        said = reader.items[i].words
        each = any(w in said.split() for w in ("each", "every", "per", "within"))
        start, j = i, reader.skip(i + 1, "distinct", *(["of"] if each else []))  # `for each of our brands`
        last = all(item.used for item in reader.items[j:])
        if each and last and not (frame.rank and frame.rank.target):  # `… and how many items in each?`
            named = next((k for k in range(i) if reader.has(k, "column", "table")), None)
            if named is not None:
                frame.dims.append(reader.dim(named))
                reader.use(named, named + 1)
                reader.use(i, j)
            continue
        while j < len(reader) and reader.items[j].used and reader.items[j].kind == "count":
            j += 1
        while (head := reader.head(j)) is not None and not reader.has(head, "term", "value"):
            counted = {r.table for m in frame.measures for r in m.readings if r.kind == "column"}
            same = counted & {r.table for r in reader.items[head].of("table")}
            if said == "across" and reader.items[head].plural and same:
                reader.use(i, head + 1)  # `the average rent across all our leases`
                break
            if _is_agent(reader, i, head):
                frame.mentioned.append((reader.items[head].words, reader.items[head].of("table")))
                reader.use(i, i + 1)
                reader.use(head, head + 1)
                break
            between = reader.items[start:head]
            if start != i and frame.dims and not any(item.kind == "by" for item in between):  # `per region and country`
                frame.dims[-1] = replace(frame.dims[-1], per=False)
            frame.dims.append(replace(reader.dim(head, each), per=said == "per" and start == i))
            reader.take(start, head + 1)
            start = _both_sides(reader, head) + 1
            j = reader.skip(start, "and", "by")
            apart = j > start or (j < len(reader) and reader.items[j].tokens[0].breaks)
            if not (reader.has(j, "column", "table") and apart) and not reader.is_(j, "grain"):
                break
        if said == "wise" and reader.has(i - 1, "table", "column"):
            frame.dims.append(reader.dim(i - 1))
            reader.use(i - 1, i + 1)


def _both_sides(reader: Reader, head: int) -> int:
    """`by insured and uninsured`: one group for each side of the flag. Where what is said of it ends."""
    flags, other = {r.column for r in reader.items[head].of("flag")}, head + 1
    while other < len(reader) and reader.items[other].kind in ("and", "or", "compare"):  # used up or not
        other += 1
    if other == head + 1 or not reader.has(other, "flag"):
        return head
    if not flags & {r.column for r in reader.items[other].of("flag")}:
        return head
    reader.use(head + 1, other + 1)
    return other


def _is_agent(reader: Reader, i: int, head: int) -> bool:
    """`returned by customers in the West` says who did it; `returned by customer` wants one row for each."""
    item = reader.items[head]
    people = item.plural and any(of_people(r.table) for r in item.of("table"))
    if people and head > i + 1 and reader.items[i].words == "by":
        return True  # `loans by student members`
    of_one = reader.is_(head + 1, "of") and reader.has(head + 2, "value", "table")  # `borrowed by members of branch 3`
    placed = reader.is_(head + 1, "in", "from", "with", "at") and reader.has(head + 2, "value")
    which = head > i + 1 or of_one or placed
    if reader.items[i].words == "by" and item.plural and reader.items[i].at in reader.done:
        return True  # `citations received by publications`
    verb = i - 1
    while verb > 0 and reader.items[verb].kind == "date":  # `sold last year by agents in …`
        verb -= 1
    return people and which and verb >= 0 and reader.items[verb].participle
