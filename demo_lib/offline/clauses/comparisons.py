"""Numbers: `more than 20 orders`, `unit price over 100`, `20 or more`, `between 5 and 10`, `customer 42`."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ..bounds import comparison
from ..english.lexicon import COMPARATIVES, PAID, PRICES
from ..english.words import name_words, stem, stems
from ..frame import Decline, Event, Filter, Frame, Measure, NumberFilter, Readings
from ..planning.averages import (
    amount_compared,
    average_of_rows,
    counts_compared,
    more_than_average,
    own_amount,
    total_against_average,
)
from ..prompt.legends import SCALE
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, flagged
from ..reader import Reader
from ..source import display
from .adjectives import hinted
from .measures import AGGREGATES, NEVER_ADDED, is_money, is_pieces, measure_at, money, only_amount

OPPOSED = [{a, b} for a in (">", ">=") for b in ("<", "<=")]
UNIT_WORDS = stems("days limit capacity max maximum min minimum")
COMPARISONS = (">", "<", ">=", "<=", "=", "between")


def comparisons(reader: Reader, frame: Frame) -> None:
    """`more than 20 orders`, `unit price over 100`, `20 or more`, `between 5 and 10`."""
    counts_compared(reader)
    more_than_average(reader, frame)
    for i in reader.find(">", "<"):  # `priced above their category average`
        if reader.is_(i + 2, "avg") and _kinds(reader, i + 1) and reader.items[i + 1].next_to(reader.items[i + 2]):
            reader.items[i + 1 : i + 3] = [reader.items[i + 2], reader.items[i + 1]]
    for i in reader.find(*COMPARISONS):
        start = reader.skip(i + 1, "than")
        end = reader.skip(start, "number")
        numbers = [reader.number(k) for k in range(start, end)][:1]
        if numbers and reader.is_(i, "between") and reader.is_(end, "and") and reader.is_(end + 1, "number"):
            numbers, end = [*numbers, reader.number(end + 1)], end + 2
        if reader.items[i].used or (numbers and _two_bounds(reader, frame, i, end)):
            continue
        if not numbers and average_of_rows(reader, frame, i, start):
            continue
        if numbers:
            _compared(reader, frame, reader.items[i].kind, tuple(numbers), i, end)
        elif not _of_average(reader, i, start) or own_amount(reader, frame, i, start):
            continue
        elif summed := amount_compared(reader, i, start):
            measure, first, end = summed
            words = reader.words(first, end)
            frame.numbers.append(NumberFilter(words, reader.items[i].kind, (), (), measure, average=True))
            reader.use(first, end)
        elif not total_against_average(reader, frame, i, start):
            _against_average(reader, frame, i, start)
    for i in reader.find("from"):  # `a price from 50 to 100`
        if reader.is_(i + 1, "number") and reader.is_(i + 2, "to") and reader.is_(i + 3, "number"):
            _compared(reader, frame, "between", (reader.number(i + 1), reader.number(i + 3)), i, i + 4)
    for i in reader.find("or more", "or less"):
        if reader.is_(i - 1, "number"):
            op = ">=" if reader.is_(i, "or more") else "<="
            _compared(reader, frame, op, (reader.number(i - 1),), i - 1, i + 1)


def _of_average(reader: Reader, i: int, start: int) -> bool:
    """`above the average`, and no number."""
    return reader.is_(start, "avg") and reader.items[i].kind in (">", "<")


def _two_bounds(reader: Reader, frame: Frame, i: int, end: int) -> bool:
    """`over 100 but under 200`, `more than 5 and fewer than 10 orders`: two bounds of what is named once."""
    op, number = reader.items[i].kind, reader.number(end - 1)
    second = end + 1 if reader.is_(end, "and") else end
    kind, at = _bound(reader, second)
    if {op, kind} not in OPPOSED or reader.items[second].tokens[0].breaks:
        return False
    told = len(frame.numbers)
    _compared(reader, frame, kind, (reader.number(at),), second, at + 1)
    if len(frame.numbers) == told:  # the noun stands before both
        _compared(reader, frame, op, (number,), i, end)
        kind, number = op if len(frame.numbers) == told else kind, reader.number(at)
    else:
        kind = op
    if len(frame.numbers) == told:
        return False
    frame.numbers.append(replace(frame.numbers[-1], op=kind, numbers=(number,)))
    reader.use(i, at + 1)
    return True


def _bound(reader: Reader, i: int) -> tuple[str, int]:
    """(the operator of the bound at `i`, where its number stands)."""
    item = reader.item(i)
    if item and item.kind in ("or less", "or more") and item.words.startswith("and ") and reader.is_(i + 1, "number"):
        return ("<" if item.kind == "or less" else ">"), i + 1  # `and below 200`
    start = reader.skip(i + 1, "than")
    return (item.kind, start) if item and reader.is_(start, "number") else ("", start)


def _compared(reader: Reader, frame: Frame, op: str, numbers: tuple[float, ...], start: int, end: int) -> None:
    """What the number at `start` to `end` is compared with: the noun after it, or the one before."""
    if reader.is_(end, "sum") and reader.items[end].words in ("in total", "altogether", "overall", "in all"):
        reader.use(end, end + 1)  # `more than 500 in total`
        reader.items.append(reader.items.pop(end))
    after = reader.skip(end, "in", "of")
    head = reader.head(after)
    if head is not None and any(item.tokens[0].breaks for item in reader.items[end : head + 1]):
        head = None  # `bills over 200 euros - client, amount`
    if head is not None and not _can_be_compared(reader, head):
        head = None  # `a price below 100, including the brand`
    if head is not None and reader.is_(end, "in") and not reader.has(head, "term", "column"):
        head = None  # `between 50 and 100 in the shop`
    before = start - 2 if reader.is_(start - 1, "of", "in", "than", "by", "at") else start - 1
    while reader.is_(before, "date"):  # `whose sales in 2025 exceed 500`
        before -= 1
    measure: Measure | None = None
    readings: Readings = ()
    first, last = start, end
    spent, of = _spent_on(reader, before, end)
    if spent:  # `boats that cost us more than 200 in repairs`
        measure, first, last = Measure("sum", reader.words(before, of + 1), spent), before, of + 1
    elif reader.is_(after, "times"):  # `bought more than 10 times`
        verb = next((k for k in range(start - 1, -1, -1) if reader.has(k, "event") or _counts(reader, k)), start)
        events, last = reader.items[verb].of("event"), after + 1
        if not events and (counts := _counts(reader, verb)):  # `repeated at least twice`, of a column `repeats`
            readings, first = counts, verb
        elif events:
            measure = Measure("events", reader.words(start, last), events)
        else:
            last = end
    elif head is not None and reader.has(head, "table") and not _is_amount(reader, head, start, end, after):
        measure, last = Measure("count", reader.items[head].words, reader.items[head].of("table")), head + 1
    elif head is not None and reader.has(head, "term", "column") and not reader.is_(head + 1, "by"):
        found = _all_together(reader, head, start) or measure_at(reader, head)
        measure, last = (found[0], head + 1) if found else (None, end)
    elif reader.is_(before, "grain") and reader.is_(before - 1, "by"):
        return  # `order count by month above 1000`: what is compared is no month
    elif not reader.is_(end, "avg") and (counted := _number_before(reader, before)):
        measure, first = counted
    elif _costs(reader, before):
        readings, first = hinted(reader, PRICES, _payable(reader, before)), before
    elif head is not None and reader.has(head, "column") and not _is_money(reader, start, end):
        return  # `sales of more than 3 units by channel`: no amount is compared with units
    elif _leads(reader, before) and (amounts := only_amount(reader, reader.items[before])):
        readings = amounts  # `sales over 1000 dollars` are rows
        reader.items[before].readings = reader.items[before].of("table")
    elif _earned(reader, before):
        measure, first = money(reader, reader.items[before]), before
    elif reader.has(before, "term") and "single" in reader.items[before].notes:
        if (event := _single(reader, before, op, numbers, end)) is not None:
            frame.events.append(event)
            reader.use(before, end)
        return
    elif reader.has(before, "column") or (
        reader.has(before, "term") and reader.items[before].of("term")[0].score >= 0.8
    ):
        agg = next((k for k in (before - 1, before - 2) if reader.is_(k, *AGGREGATES)), before)
        summed = _all_together(reader, before, before) if "counted" in reader.items[before].notes else None
        found = summed or measure_at(reader, agg)
        first = agg
        if found and found[0].agg != "column":
            measure = found[0]
        else:
            readings = reader.items[before].of("column")
    elif is_money(reader.item(before)):
        measure, first = money(reader, reader.items[before]), before
    said = reader.items[start].words
    if not measure and not readings and said in COMPARATIVES:  # `more expensive than 500`
        readings = _named_by(reader, start)
    if measure is not None and measure.agg == "column":
        readings, measure = measure.readings, None
    numeric = any(r.column and r.column.kind == "number" for r in readings)
    of_rows = start - 2 if reader.is_(start - 1, "of") and _is_money(reader, start, end) else start - 1
    if not measure and not numeric and reader.has(of_rows, "table"):
        rows = reader.items[of_rows]  # `purchases of more than $500`, `fines over 20 euro issued in May`
        readings, first, last = only_amount(reader, rows), min(first, of_rows + 1), end
        if not readings and _is_money(reader, start, end):
            readings = hinted(reader, PRICES, rows.of("table"))
    readings = tuple(r for r in readings if r.column and r.column.kind in ("number", "key"))
    money_said = any(t.text[:1] in "$€£" for item in reader.items[start:end] for t in item.tokens)
    if measure and money_said and is_pieces(measure):
        raise Decline(f"“{reader.words(start, last)}” compares money with a number of pieces. Name the price.")
    if measure or readings:
        frame.numbers.append(NumberFilter(reader.words(first, last), op, numbers, readings, measure))
        reader.take(first, last)
        for item in reader.items[first:last]:
            item.used = item.used and item.kind != "date"


def _number_before(reader: Reader, i: int) -> tuple[Measure, int] | None:
    """(how many, first item) for `towns with a number of members above 100`, `with a member count above 100`."""
    noun, count = (i - 1, i) if reader.is_(i, "count") else (i, i - 2 if reader.is_(i - 1, "of") else i - 1)
    counts = reader.is_(count, "count") and reader.items[count].words != "how many"
    if not counts or not reader.has(noun, "table") or reader.items[noun].tokens[0].breaks or not _grouped(reader, noun):
        return None
    words, first = reader.words(min(noun, count), i + 1), min(noun, count)
    return Measure("count", words, reader.items[noun].of("table")), first


def _grouped(reader: Reader, i: int) -> bool:
    """Whether other rows or kinds are named beside the noun at `i`: those whose number is compared."""
    others = [item for k, item in enumerate(reader.items) if k != i and not item.used]
    texts = any(r.column and r.column.kind == "text" for item in others for r in item.of("column"))
    return texts or any(item.of("table") or item.kind == "by" for item in others)


def _all_together(reader: Reader, head: int, before: int) -> tuple[Measure, int] | None:
    """`halls that had over 500 guests`: all that the rows of each add up to, where each has many of them.

    Not where these rows are named themselves, and not of what nobody adds up.
    """
    item, schema = reader.items[head], reader.known.prompt.schema
    columns = [r.column for r in item.of("column")[:1] if r.column and r.score >= 0.8]
    told = next((other.of("table")[0].table for other in reader.items[:before] if other.of("table")), "")
    kinds = [r for other in reader.items[:before] if other.plural for r in other.of("column")[:1]]
    counts = item.plural or "counted" in item.notes
    if not columns or not (told or kinds) or item.of("table", "term", "event", "value") or not counts:
        return None
    column = columns[0]
    stands_alone = item.tokens[-1].stem in (stem(column.name), *name_words(column.name)[-1:])
    words = {*name_words(column.name)}
    adds_up = column.kind == "number" and column.additive and not words & (NEVER_ADDED | UNIT_WORDS)
    own = [c for c in schema.tables[told].columns if told and c.kind == "number"] if told else []
    if any(item.tokens[-1].stem in name_words(c.name) for c in own):
        return None  # `points`, where a member has a balance of them, too
    named = any(r.table == column.table and r.score >= 0.6 for o in reader.items for r in o.of("table", "event"))
    below = any(k.to_table == told for k in schema.outward[column.table]) and told != column.table
    below |= not told and any(_is_kind_of(reader, r, column) for r in kinds)
    if not (stands_alone and adds_up and below) or named or SCALE.search(column.note):
        return None
    return Measure("sum", item.words, (replace(item.of("column")[0]),)), head + 1


def _is_kind_of(reader: Reader, kind: Reading, column: Column) -> bool:
    """Whether rows of the column's table are told by this kind: `which albums have more than 100 likes`."""
    own = kind.column is not None and kind.column.kind == "text" and kind.table == column.table
    return own and kind.column not in display(reader.known.prompt.schema, kind.table)


def _single(reader: Reader, i: int, op: str, numbers: tuple[float, ...], end: int) -> Event | None:
    """`customers with a refund over 500`: a row of its own is so much, and not all of them together."""
    sums = [r.term.sql for r in reader.items[i].of("term") if r.term and isinstance(r.term.sql, exp.Sum)]
    column = sums[0].this if len(sums) == 1 else None
    if not isinstance(column, exp.Column):
        return None
    words = reader.words(i, end)
    passes = Filter(words, ((flagged(words, column.table, comparison(column, op, numbers)),),), at=i)
    return Event(words, (Reading("event", column.table),), at=i, filters=(passes,), of=reader.told_of(i))


def _can_be_compared(reader: Reader, i: int) -> bool:
    """Whether the noun at `i` names rows, an amount, or a column of numbers."""
    columns = [r.column for r in reader.items[i].of("column") if r.column]
    return reader.has(i, "table", "term", "flag", "value") or any(c.kind in ("number", "key") for c in columns)


def _against_average(reader: Reader, frame: Frame, i: int, average: int) -> None:
    """`products that cost more than the average`, `a price above the average price`."""
    head = reader.head(reader.skip(average + 1, "count", "sum", "of"))
    end = average + 1 if head is None else head + 1
    said = reader.items[i].words
    first, readings = i, reader.items[head].of("column") if head is not None else ()
    if _costs(reader, i - 1):
        first, readings = i - 1, hinted(reader, PRICES, _payable(reader, i - 1))
    elif reader.has(i - 1, "column"):
        first, readings = i - 1, reader.items[i - 1].of("column")
    elif said in COMPARATIVES:
        readings = _named_by(reader, i)
    readings = tuple(r for r in readings if r.column and r.column.kind == "number")
    if head is not None and first < i and _names_another(reader, head, readings):
        return  # `a fine above the average price`
    within = _kinds(reader, head) if head is not None else ()
    if repeated := _said_again(reader, i, average):
        within, end = repeated
    elif not within:
        alike = reader.skip(end, "in", "of", "for", "within", "that")
        alike += 1 if (item := reader.item(alike)) and item.words == "same" else 0
        within, end = (kinds, alike + 1) if alike > end and (kinds := _kinds(reader, alike)) else ((), end)
    if readings:
        words = reader.words(first, end)
        op = reader.items[i].kind
        frame.numbers.append(NumberFilter(words, op, (), readings, average=True, within=within))
        reader.use(first, end)


def _names_another(reader: Reader, head: int, readings: Readings) -> bool:
    """Whether the average is said to be of another number than the one that is compared with it."""
    item = reader.items[head]
    numbers = {r.column for r in item.of("column") if r.column and r.column.kind == "number"}
    return bool(numbers) and not item.of("table", "value") and not numbers & {r.column for r in readings}


def _said_again(reader: Reader, i: int, average: int) -> tuple[Readings, int] | None:
    """(the column that is alike, end) for `which toys cost more than the average toy`; None where no value is said.

    Raises Decline where the average is said to be of others than those that are compared.
    """
    end = average + 1
    while reader.has(end, "value", "table", "column") or reader.is_(end, "of", "count", "sum", "for", "in"):
        if end > average + 1 and reader.items[end].tokens[0].breaks:
            break
        end += 1
    while reader.is_(end - 1, "of", "for", "in"):
        end -= 1
    told = [k for k in range(average + 1, end) if reader.has(k, "value") and not reader.has(k, "table", "column")]
    if not told:
        return None
    before = {(r.column, r.value) for item in reader.items[:i] for r in item.of("value")}
    (again, *others) = (tuple(r for r in reader.items[k].of("value") if (r.column, r.value) in before) for k in told)
    if not again or others:
        words = reader.words(average, end)
        raise Decline(f"The “{words}” is one of other rows than those that are compared. Ask for it on its own first.")
    return tuple(Reading("column", r.table, r.score, r.column, owner=r.owner, via=r.via) for r in again), end


def _kinds(reader: Reader, i: int) -> Readings:
    """The columns of text that the item at `i` names: of what is alike in them an average is taken apart."""
    item = reader.item(i)
    columns = item.of("column") if item and not item.of("table", "term") else ()
    return columns if columns and all(r.column and r.column.kind == "text" for r in columns) else ()


def _named_by(reader: Reader, i: int) -> Readings:
    """The columns that the comparative at `i` speaks of, of the rows named before it: `pricier than` of their price."""
    near = next((k for k in range(i, -1, -1) if reader.has(k, "table")), None)
    if near is None:
        return ()
    return hinted(reader, COMPARATIVES[reader.items[i].words][1], reader.items[near].of("table"))


def _earned(reader: Reader, i: int) -> bool:
    """`which shops earned more than 500`: a verb of money, though `earnings` are sales, and those are rows."""
    item = reader.item(i)
    called = item is not None and any(r.score >= 0.9 for r in item.of("term"))  # the glossary's own `quantity sold`
    return item is not None and is_money(item) and item.participle and not (called or item.of("column", "event"))


def _leads(reader: Reader, i: int) -> bool:
    """Whether the item at `i` is the first noun, and rows are called so."""
    rows = reader.has(i, "table") and reader.items[i].plural
    return rows and not any(item.of("table", "column", "term") or item.kind == "count" for item in reader.items[:i])


def _counts(reader: Reader, i: int) -> Readings:
    """The column of numbers that is called after the verb at `i`."""
    item = reader.items[i]
    return tuple(r for r in item.of("column") if item.participle and r.column and r.column.kind == "number")


def _costs(reader: Reader, i: int) -> bool:
    """`products cost more than 300` speaks of their price; `a unit cost of` is a column."""
    verb = reader.item(i)
    return bool(_payable(reader, i)) and verb is not None and [t.stem for t in verb.tokens] == ["cost"]


def _payable(reader: Reader, verb: int) -> Readings:
    """The rows before a verb, or before the `that` in front of it."""
    rows = verb - 2 if reader.is_(verb - 1, "that", "which") else verb - 1
    while rows > 0 and reader.items[rows].kind in ("share", "list", "in"):  # `of all toys, what share cost more than 5`
        rows -= 1
    item = reader.item(rows)
    if item and item.plural and not item.of("table", "column", "term"):  # `toys cost more than 20`
        return tuple(Reading("table", table) for table in dict.fromkeys(r.table for r in item.of("value")))
    return item.of("table") if item else ()


def _spent_on(reader: Reader, verb: int, i: int) -> tuple[Readings, int]:
    """(what the rows behind the number cost, where they stand) for `spent over 200 on repairs`."""
    said, head = reader.item(verb), i + 1 if reader.has(i + 1, "event") else reader.head(i + 1)
    money = said is not None and (said.tokens[-1].stem == "cost" or is_money(said))
    if head is None or not money or not reader.is_(i, "in", "on", "for") or reader.has(head, "term", "column"):
        return (), i
    return hinted(reader, PAID, tuple(r for r in reader.items[head].of("table", "event") if r.score >= 0.9)), head


def _is_money(reader: Reader, start: int, end: int) -> bool:
    return any(t.text[:1] in "$€£" for item in reader.items[start:end] for t in item.tokens)


def _is_amount(reader: Reader, head: int, start: int, end: int, after: int) -> bool:
    """`over $500 in sales` speaks of money, `over 500 sales` of how many."""
    return reader.has(head, "term") and (_is_money(reader, start, end) or after > end)


def identifiers(reader: Reader, frame: Frame) -> None:
    """`customer 42`, `order number 1001`."""
    for i in reader.find("number"):
        j = i - 2 if reader.is_(i - 1, "count") and reader.words(i - 1, i) in ("number", "no") else i - 1
        written = reader.items[i].tokens[0].text[:1].isdigit()  # `for each club the two members with …`
        beside = i > 0 and reader.items[i - 1].next_to(reader.items[i])  # `for each region the 2 shops` have no key 2
        if written and beside and reader.has(j, "table") and (key := _key_of(reader, j)):
            frame.numbers.append(NumberFilter(reader.words(j, i + 1), "=", (reader.number(i),), key))
            reader.use(j + 1, i + 1)


def _key_of(reader: Reader, i: int) -> Readings:
    tables = [(r, reader.known.prompt.schema.tables[r.table]) for r in reader.items[i].of("table")]
    return tuple(Reading("column", r.table, r.score, t.by_name[t.key.lower()]) for r, t in tables if t.key)
