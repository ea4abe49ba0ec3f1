"""In which order an answer is wanted, wherever it is said: `brands: revenue, highest first`, `number one in sales`.

What is ranked, and by what, is put in the plain form that rankings read.
"""

from __future__ import annotations

from dataclasses import replace

from ..english.words import stems
from ..frame import Measure
from ..linking.linker import Item, made
from ..reader import Reader
from ..source import paths
from .lone_counts import WORKED_OUT, rows_of
from .measures import measure_at
from .targets import MONEYED

LEADING = {"led", "leads", "lead", "leading", "number one", "first", "tops", "top", "best", "second", "third"}
RANKING = {"rank", "ranking", "ranks", "ranked", "sort", "order"}
ORDERS = ("desc", "asc", "sort", "top", "bottom")
COUNTED_TOO = stems("return refund")  # nobody means by `customers by returns` what the returns cost
SUMMED = ("term", "sum", "avg", "median", "count", "distinct", "distinct rows", "max", "min", "total", "count dates")


def plain_orders(reader: Reader) -> None:
    """Put what is ranked, and by what, in the plain form."""
    _that_cost(reader)
    _own_column_first(reader)
    _numbered_one(reader)
    _in_the_lead(reader)
    _counted_rows(reader)
    _told_of_each(reader)
    _ranked_by(reader)


def _that_cost(reader: Reader) -> None:
    """`repairs that cost more than 500`, where each has its `cost`: those with so much."""
    for i in reader.find("that", "which"):
        number = reader.items[i + 1].of("column") if reader.is_(i + 2, ">", "<", ">=", "<=", "=", "between") else ()
        rows = rows_of(reader.items[i - 1]) if i else ""
        if rows and any(r.table == rows and r.column and r.column.kind == "number" and r.score >= 0.9 for r in number):
            reader.items[i] = made("with", "with", at=reader.items[i].at)


def _own_column_first(reader: Reader) -> None:
    """`repairs over 500 by cost, highest first`: sorted by a number that each row has."""
    for i in reader.find("by"):
        rows = {rows_of(item) for item in reader.items[:i] if rows_of(item) and item.plural}
        number = [r for r in reader.items[i + 1].of("column") if r.column] if i + 1 < len(reader) else []
        ends = reader.is_(i + 2, "desc", "asc") and i + 3 == len(reader) and reader.items[i].words == "by"
        worked_out = any(item.kind in (*WORKED_OUT, "top", "bottom") for item in reader.items[:i])
        own = ends and number and rows == {number[0].table} and not worked_out
        if own and number[0].column and number[0].column.kind in ("number", "date"):
            reader.items[i] = made("sort", "sorted by", at=reader.items[i].at)


def _numbered_one(reader: Reader) -> None:
    """`the no. 1 shop by takings` is the top one."""
    for i in reader.find("not", "count"):
        said = reader.items[i].words in ("no", "number") and reader.is_(i + 1, "number") and reader.number(i + 1) == 1
        noun = said and reader.has(i + 2, "table", "column") and reader.items[i + 1].next_to(reader.items[i + 2])
        if noun and (not i or not reader.items[i - 1].readings):
            reader.items[i : i + 2] = [made("top", "top", at=reader.items[i].at)]
            return


def _in_the_lead(reader: Reader) -> None:
    """`which brand led in revenue`, `which driver is number one in trips`: that with the most."""
    for i in range(1, len(reader) - 2):
        item = reader.items[i]
        if item.used or item.words not in LEADING:
            continue
        if reader.items[i + 1].words == "in total" and reader.has(i + 2, "column"):  # `led in total cost`
            reader.items[i + 1 : i + 2] = [made("in", "in"), made("sum", "total")]
        if not reader.is_(i + 1, "in", "by", "for"):
            continue
        before = i - 1
        while before > 0 and reader.items[before].words in RANKING:
            before -= 1
        noun = reader.has(before, "table", "column") and reader.items[before - 1].words in ("which", "what")
        if not noun or not _measure(reader, i + 2):
            continue
        most = made("most", "most", at=item.at)
        reader.items[before + 1 : i + 2] = [item, most] if item.kind == "nth" else [most]
        return


def _measure(reader: Reader, i: int) -> tuple[Measure, int] | None:
    """The number that is told from `i` on, where it is one by itself: no plain column of a row."""
    found = measure_at(reader, i)
    pieces = found is not None and found[0].agg == "column" and reader.items[found[1] - 1].plural
    return found if found and (found[0].agg in SUMMED or pieces) else None


def _counted_rows(reader: Reader) -> None:
    """`trips by driver, most first`, `drivers by trips, best first`: how many of them, where an order is asked for."""
    if not reader.find(*ORDERS) and not any(item.words in RANKING for item in reader.items):
        return
    for i in reversed(range(len(reader))):
        if _is_bare(reader, i) and (_by_others(reader, i) or _tells_of(reader, i)):
            noun = reader.items[i]
            count = made("count", "number of", at=noun.at)
            first = noun.tokens[0]
            count.tokens = (replace(count.tokens[0], breaks=first.breaks, gap=first.gap),)
            noun.tokens = (replace(first, breaks=False, gap=" "), *noun.tokens[1:])
            reader.items.insert(i, count)


def _is_bare(reader: Reader, i: int) -> bool:
    """Whether rows, or pieces of a column, are named in the plural, with no word for how many."""
    item = reader.item(i)
    if item is None or item.kind != "link" or not item.plural or item.of("value", "flag"):
        return False
    if item.of("term") and (item.of("term")[0].score >= 0.9 or not rows_of(item)):
        return False
    if reader.is_(i - 1, "count", "sum", "avg", "median", "most", "least", "max", "min", "number", "with"):
        return False
    if reader.is_(i - 1, "of") and not reader.is_(i - 2, "in"):
        return False
    if {t.stem for t in item.tokens} & MONEYED - COUNTED_TOO and not _is_count(reader, item):
        return False
    numbers = [r.column for r in item.of("column") if r.column and r.column.kind == "number" and r.column.additive]
    of_rows = any(c and c.table == rows_of(other) for c in numbers for other in reader.items)  # `trips by passengers`
    return bool(rows_of(item)) or (bool(numbers) and not item.of("table") and not of_rows)


def _is_count(reader: Reader, item: Item) -> bool:
    """Whether the prompt has no amount for such rows, or a count that is called so."""
    return any(t.stem in stems("order") for t in item.tokens)


def _by_others(reader: Reader, i: int) -> bool:
    """`trips by driver`: the first noun, and a group behind it."""
    first = all(not item.of("table", "column", "term") for item in reader.items[:i])
    return first and reader.is_(i + 1, "by") and _above(reader, i, i + 2) and not reader.is_(0, "top", "bottom", "not")


def _tells_of(reader: Reader, i: int) -> bool:
    """`drivers by trips`, `sorted by trips`: the rows of the noun before have several each."""
    if i == 1 and reader.is_(0, "by"):  # `by trips, which are the top 3 drivers`
        return any(_above(reader, i, k) for k in range(2, len(reader)) if not reader.is_(k - 1, "by"))
    if reader.is_(i - 1, "of") and reader.is_(i - 2, "in"):  # `in terms of trips`
        return any(_above(reader, i, k) for k in range(i - 2))
    if not reader.is_(i - 1, "by", "sort"):
        return reader.items[i].tokens[0].breaks and i == _first_noun(reader) + 1 and _above(reader, i, i - 1)
    said_by = [k for k in range(i - 1) if reader.has(k, "table", "column")]
    return any(_above(reader, i, k) for k in said_by)


def _first_noun(reader: Reader) -> int:
    return next((k for k, item in enumerate(reader.items) if item.of("table", "column")), len(reader))


def _above(reader: Reader, rows: int, group: int) -> bool:
    """Whether each of the rows has one of the group."""
    item, other = reader.item(rows), reader.item(group)
    if item is None or other is None:
        return False
    schema = reader.known.prompt.schema
    table = rows_of(item) or next((r.table for r in item.of("column")), "")
    ends = {r.table for r in other.of("table")} - {table} | {r.table for r in other.of("column")}
    return bool(table) and bool(ends & paths(schema, table).keys())


def _told_of_each(reader: Reader) -> None:
    """`brands: revenue, highest first`, `May: shops with takings, from high to low`: the brands by revenue."""
    first = _first_noun(reader)
    noun = reader.item(first)
    before = reader.items[:first]
    if noun is None or not noun.plural or noun.of("term", "value") or reader.find("by", "top", "bottom"):
        return
    sorts = reader.find("sort")
    if any(not reader.is_(k + 1, "desc", "asc") for k in sorts):
        return
    if any(item.kind not in ("list", "date", "number") for item in before):
        return
    start = first + 2 if reader.is_(first + 1, "with") else first + 1
    behind = reader.item(start)
    colon = behind is not None and behind.tokens[0].breaks and ":" in behind.tokens[0].gap
    ordered = bool(reader.find("desc", "asc"))
    found = _measure(reader, start) if behind and (colon or (ordered and start == first + 2)) else None
    if not found or not behind:
        return
    rest = reader.items[found[1] :]
    plain = ("desc", "asc", "date", "in", "for", "of", "list", "sort")
    if any(item.kind not in plain and not item.of("value") for item in rest):
        return
    if found[0].agg == "term" or _above_measure(reader, found[0], first):
        behind.tokens = (replace(behind.tokens[0], breaks=False), *behind.tokens[1:])
        for k in reversed(sorts):
            del reader.items[k]
        reader.items[first + 1 : start] = [made("by", "by", at=noun.at)]


def _above_measure(reader: Reader, measure: Measure, group: int) -> bool:
    schema = reader.known.prompt.schema
    ends = {r.table for r in reader.items[group].of("table", "column")}
    return any(ends & paths(schema, r.table).keys() for r in measure.readings)


def _ranked_by(reader: Reader) -> None:
    """`rank the brands by revenue`, `brands in 2025 ranked by revenue`: the brands by revenue, all of them."""
    first = _first_noun(reader)
    noun = reader.item(first)
    if noun is None or not noun.plural or noun.of("term", "value"):
        return
    leads = [k for k in range(first) if reader.items[k].words in RANKING]
    by = next((k for k in reader.find("by", "sort") if k > first), None)
    if by is None or (not leads and not reader.is_(by, "sort")):
        return
    if any(item.kind not in ("list", "date", "of") and k not in leads for k, item in enumerate(reader.items[:first])):
        return
    between = reader.items[first + 1 : by]
    found = _measure(reader, by + 1)
    if not found or any(item.kind != "date" for item in between) or not _above_or_term(reader, found[0], first):
        return
    told = [made("by", "by", at=noun.at), *reader.items[by + 1 : found[1]]]
    reader.items[first + 1 : found[1]] = [*told, *between]
    for k in reversed(leads):
        del reader.items[k + 1 if reader.is_(k + 1, "of") else k]
    if any(item.words in RANKING for item in reader.items[:first]):
        reader.items[:] = [item for item in reader.items if item.words not in RANKING]


def _above_or_term(reader: Reader, measure: Measure, group: int) -> bool:
    return measure.agg == "term" or _above_measure(reader, measure, group)
