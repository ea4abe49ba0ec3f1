"""What a superlative ranks, how many to keep, and by what: the parts that all kinds of superlatives share."""

from __future__ import annotations

from dataclasses import replace

from ..english.words import of_people, stems
from ..frame import Decline, Dim, Frame, Measure, Rank, Readings
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import alternatives, paths
from .filters import dates_of
from .measures import measure_at, unless_column
from .verb_amounts import amount_of

DEFAULT_TOP = 10
AUXILIARIES = ("did", "do", "does")
MONEYED = stems(
    "sale payment fee donation refund return charge expense purchase transaction invoice bill cost fine deposit salary"
)


def set_rank(frame: Frame, rank: Rank) -> None:
    """Rank the answer; a question that asks for two orders at once is declined."""
    if frame.rank is not None:
        raise Decline("I can put an answer in one order at a time. Ask for each on its own.")
    frame.rank = rank


def target_after(reader: Reader, i: int) -> tuple[int | None, int | None]:
    """(how many, where the noun stands) for what follows item `i`: `5 products`, `products`, or neither."""
    limit = None
    if reader.is_(i + 1, "number"):
        limit, i = int(reader.number(i + 1)), i + 1
    head = reader.head(i + 1)
    return limit, head


def target_before(reader: Reader, i: int) -> int | None:
    """What is ranked: the nearest noun before, as in `which store had the highest …`, or what is asked in front."""
    if (asked := _asked_in_front(reader, i)) is not None:
        return asked
    for j in range(i - 1, -1, -1):
        earlier = any(
            reader.has(k, "table") or reader.is_(k, "grain") or reader.items[k].words == "who" for k in range(j)
        )
        if reader.items[j].participle and (dates_of(reader.items[j]) or _says_how_much(reader.items[j])) and earlier:
            continue  # `which clerk closed the most cases`, `who claimed the most expenses`
        named = reader.has(j, "table", "column") or reader.is_(j, "grain")
        rows = any(r.score >= 0.9 for r in reader.items[j].of("table"))
        part = reader.is_(j - 1, "of") and reader.has(j - 2, "column") and not reader.has(j - 2, "table", "value")
        if named and part and reader.items[j - 2].words not in ("name", "names") and reader.items[j].plural:
            return j - 2  # `which type of machines has the most faults`
        if named and not reader.has(j, "term") and (rows or not reader.has(j, "event")) and not reader.is_(j - 1, "by"):
            return _of_which(reader, j)
    return None


def _asked_in_front(reader: Reader, i: int) -> int | None:
    """`in what month did customers place the fewest orders` ranks months, whoever does it."""
    first = next((k for k in range(min(2, i)) if reader.items[k].words in ("which", "what")), None)
    if first is None or (first and reader.items[0].kind not in ("in", "on", "at", "for", "from")):
        return None
    at = first + 1
    named = (reader.has(at, "table", "column") and not reader.has(at, "term", "value")) or reader.is_(at, "grain")
    if at >= i or not named or reader.items[at].tokens[-1].breaks:
        return None
    after = reader.said_at.get(reader.items[at].at + len(reader.items[at].tokens), "")
    does = after in AUXILIARIES or (first and after in ("was", "were", "is", "are", "has", "have"))
    doers = {r.table for k in range(at + 1, i) for r in reader.items[k].of("table")[:1]}
    if not (does and doers):
        return None
    item = reader.items[at]  # `in which town do members …`: of the members, where others have a town, too
    item.readings = tuple(r for r in item.readings if r.column and r.table in doers) or item.readings
    return at


def _says_how_much(verb: Item) -> bool:
    """Whether a verb is the first word of an amount: `claimed`, of a `claimed_amount`."""
    columns = [r.column for r in verb.of("column") if r.column]
    return bool(columns) and not verb.of("table", "term") and all(c.kind == "number" for c in columns)


def _of_which(reader: Reader, i: int) -> int:
    """`towns whose members paid the most`: the towns, where the members lead to one each. Raises Decline if not."""
    whose = reader.is_(i - 1, "list") and reader.items[i - 1].words == "whose"
    if not whose or not reader.has(i - 2, "table", "column"):
        return i
    asked, rows = reader.items[i - 2], reader.items[i].of("table")[:1]
    above = {t for r in rows for t in paths(reader.known.prompt.schema, r.table)}
    if not rows or not any(r.table in above for r in asked.of("table", "column")):
        said = f"“{asked.words} whose {reader.items[i].words} …”"
        raise Decline(f"{said} could be told in two ways. Ask for one of the two.")
    known = [r for r in asked.of("table", "column") if r.table in above and not r.via]
    asked.readings = tuple(r if r.table == rows[0].table else replace(r, owner=rows[0].table) for r in known)
    reader.use(i - 1, i + 1)
    return i - 2


def take_target(reader: Reader, i: int, limit: int | None, head: int) -> int | None:
    """Use up operator, number and noun. Returns how many to keep: said, else one for a singular noun."""
    if limit is None and reader.is_(i - 1, "number"):
        limit = int(reader.number(i - 1))
        reader.use(i - 1, i)
    reader.take(min(i, head), max(i, head) + 1) if abs(head - i) <= 3 else reader.use(head, head + 1)
    reader.use(i, i + 1)
    return limit or how_many(reader.items[head])


def how_many(item: Item) -> int:
    """How many rows are asked for where no number is said: one, unless the noun is plural."""
    return DEFAULT_TOP if item.plural and "one of" not in item.notes else 1


def ranked_by(reader: Reader, target: Dim) -> tuple[Measure | None, Readings] | None:
    """(measure, columns) after `by`, `in terms of`, `with the highest`; None where none is said."""
    for i in reader.find("by", "sort", "with", "in", "on", "most", "least"):
        start = reader.skip(i + 1, "of", "most", "least", "by")
        found = measure_at(reader, start)
        plain_table = (
            found and found[0].agg == "count" and not reader.is_(start, "count") and not reader.is_(i, "most")
        )
        sums = amount_of(reader, reader.item(found[1]), found[0].readings) if found and plain_table else ()
        if found and sums and reader.is_(i, "by", "sort"):  # `by expenses claimed`
            reader.take(i, found[1] + 1)
            return Measure("sum", reader.words(start, found[1] + 1), sums), ()
        if found and (not plain_table or (reader.is_(i, "by") and _are_counted(reader, start, target))):
            reader.take(i, found[1])
            return unless_column(found[0], target)
    return None


def _are_counted(reader: Reader, i: int, target: Dim) -> bool:
    """`top 3 shelves by parcels`: how many of the rows that point to each. Of payments it may be the money."""
    item = reader.items[i]
    pointing, ranked = item.of("table")[:1], {r.table for r in target.readings if r.kind == "table"}
    if not (item.plural and pointing and pointing[0].score >= 0.85) or {t.stem for t in item.tokens} & MONEYED:
        return False
    schema = reader.known.prompt.schema
    above = paths(schema, pointing[0].table).keys() - {pointing[0].table}
    return bool(ranked & above) and all(pointing[0].table not in paths(schema, t) for t in ranked)


def rank_noun(
    reader: Reader, frame: Frame, desc: bool, at: int | None, measure: Measure, start: int, end: int
) -> None:
    """Rank the noun at `at`, or whoever is asked for; without either it is a plain maximum, left for `measures`."""
    if at is None:
        if any(item.words == "who" for item in reader.items[:start]):
            set_rank(frame, Rank(desc, 1, Dim("who", _people(reader, measure)), measure))
            reader.take(start, end)
        return
    limit, before = None, at - 1
    while reader.has(before, "value", "flag"):  # `the five blue shirts with …`
        before -= 1
    if reader.is_(before, "number"):
        limit = int(reader.number(before))
        reader.use(before, before + 1)
    item, target = reader.items[at], reader.dim(at)
    every = limit is None and item.plural and not item.of("table") and "one of" not in item.notes
    keep = None if every else limit or how_many(item)
    set_rank(frame, Rank(desc, keep, target, *unless_column(measure, target)))
    reader.take(start, end)
    reader.use(at, at + 1)


def _people(reader: Reader, measure: Measure) -> Readings:
    """Who may have done it. Raises Decline where the rows that are counted tell of people of several kinds."""
    schema = reader.known.prompt.schema
    if measure.agg == "count" and measure.readings:
        near = [t for t in paths(schema, measure.readings[0].table) if of_people(t)]
        if len(near) > 1:
            raise Decline(f"“Who” could be {alternatives(near)}. Name them instead of “who”.")
        if not near and schema.outward[measure.readings[0].table]:
            raise Decline("I cannot tell who “who” is. Name the rows that you want instead.")
    return tuple(Reading("table", t) for t in schema.tables if of_people(t))
