"""`bills that were paid`, `tenants who moved out`, `not delivered yet`: whether a row's date of it is empty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..english.lexicon import PASSIVE
from ..english.words import name_words, stem
from ..frame import Decline, Filter, Frame
from ..linking.linker import Item
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, Vocabulary, flagged, happened
from ..reader import Reader
from ..source import paths

NOT = ("not", "never", "yet to", "have yet to", "has yet to")
ORDERS = ("adjective", "latest", "earliest", "most", "least", "sort", "asc", "desc", "busiest", "quietest")
BETWEEN = ("that", "and", "not", "date", "of", "from")
ACTED = ("used", "handled", "managed", "served", "operated")
NAMES_OF_DATES = ("date", "dates", "day", "at", "on", "time")


def happenings(reader: Reader, frame: Frame) -> None:
    """A participle said of rows that have a date called so: those where it is filled, or with `not` those where not."""
    in_stock = any(item.words == "in stock" and any(r.term for r in item.readings) for item in reader.items)
    if in_stock and reader.find("count", "how much"):
        raise Decline("“In stock” could count the rows that have a stock, or add up how much they have. Say which.")
    if reader.find("when"):
        return
    for i, item in enumerate(reader.items):
        _of_its_own(reader, i)
        _of_rows_below(reader, i)
        column = _date_of(item)
        if column is None or item.used or item.tokens[0].breaks:
            continue
        money = reader.is_(i - 1, "how much")  # `how much was paid`: the verb says which amount, too
        steps = _in_steps(reader, i, money)
        if not steps and _has_its_day(reader, i):
            continue
        no = reader.is_(i - 1, "not") and reader.items[i - 1].words in NOT
        if reader.is_(i - 1, "not") and not no:  # `without a delivery date`: for the negations
            continue
        if not (money or _said_of(reader, i - 1 if no else i, column)):
            continue
        if reader.is_(i + 1, "or") and reader.item(i + 2) and _date_of(reader.items[i + 2]):
            raise Decline("“or” stands between two different conditions. Ask for each on its own.")
        if reader.is_(i + 1, "and") and _also_then(reader, i + 2):
            raise Decline("I cannot tell whether both happened then. Give each a time of its own.")
        if no and any(k.words == "whose" for k in reader.items[:i]):
            raise Decline(f"“{item.words}” can be read in two ways here: any one of them, or all. Say “with”.")
        if not no and not steps and not _dates_are_of_others(reader, i, column):
            continue
        if steps and not no and not money:
            reader.dated = item.of("column")
        frame.filters.append(filled(item.words, column, i, no))
        if not money:
            reader.use(i - 1 if no else i, i + 1)


def used_then(items: Sequence[Item], known: Vocabulary) -> None:
    """`coupons used in May`: a row of the one table that points to them says so, and no date of their own."""
    for i, item in enumerate(items[:-1]):
        before = next((k for k in reversed(items[:i]) if k.words not in PASSIVE and k.kind not in BETWEEN), None)
        dated = any(r.column and r.column.kind == "date" for r in item.readings)
        if item.words not in ACTED or items[i + 1].kind != "date" or dated or not before or not before.of("table"):
            continue
        rows, schema = before.of("table")[:1], known.prompt.schema
        pointing = [t for t in schema.tables if any(k.to_table == r.table for r in rows for k in schema.outward[t])]
        item.kind, item.readings = ("link", (Reading("event", pointing[0]),)) if len(pointing) == 1 else ("word", ())


def filled(words: str, column: Column, at: int, empty: bool = False) -> Filter:
    """The rows that have a date, or those that have none."""
    return Filter(words, ((flagged(words, column.table, column.empty),),), negated=not empty, at=at)


def _date_of(item: Item) -> Column | None:
    """The one date column that is called after the participle, where the prompt has nothing else by that name."""
    columns = {r.column for r in item.readings if r.column}
    plain = item.participle and all(r.kind == "column" and r.score >= 0.7 for r in item.readings)
    if len(columns) != 1 or not plain or item.tokens[-1].word in NAMES_OF_DATES:
        return None
    column = columns.pop()
    joined = "".join(t.stem for t in item.tokens)  # `signed up`, of `signup_date`
    begins = column and name_words(column.name)[0] in (stem(item.tokens[0].word), joined)
    begins = begins or (column is not None and item.words == happened(column))  # `Day it was scrapped`
    if column and re.split(r"[\W_]", column.name.lower())[0].endswith("s"):
        return None  # `expires_on` is a plan: that the day is given does not mean that it is past
    return column if begins and column.kind == "date" else None


def _of_its_own(reader: Reader, i: int) -> None:
    """`payments that were paid`: that there are such rows says nothing, the date of payment in them does."""
    item = reader.items[i]
    before = next((k for k in range(i - 1, -1, -1) if reader.items[k].of("table")), None)
    if before is None or not item.participle:
        return
    own = tuple(r for r in item.of("column") if r.table == _rows(reader, before) and r.score >= 0.7)
    dates = {r.column for r in own if r.column and r.column.kind == "date"}
    written = any(c.name.lower().split("_")[0] == item.words for c in dates)  # `who left`, of `left_on`: not on leave
    if {r.table for r in item.of("event")} - {_rows(reader, before)} and not written:
        return
    its = reader.known.prompt.schema.tables[_rows(reader, before)].columns
    if sum(c.kind == "date" for c in its) < 2:
        return  # the day it happened, and it did
    plain = not (item.of("table", "value", "flag", "term") or reader.find("weekday"))
    if item.of("event") and len(own) == len(dates) == 1 and plain:
        item.readings = own


def _of_rows_below(reader: Reader, i: int) -> None:
    """`horses ridden in May`, of which the outings have a day: those for which there is such an outing."""
    column, before = _date_of(reader.items[i]), reader.item(i - 1)
    while before is not None and before.kind == "that":
        before = reader.item(reader.items.index(before) - 1)
    rows = before.of("table")[:1] if before else ()
    if column is None or not rows or not reader.is_(reader.skip(i + 1, "in", "on", "from", "within"), "date"):
        return
    schema = reader.known.prompt.schema
    if rows[0].table in paths(schema, column.table).keys() - {column.table}:
        reader.items[i].readings = (Reading("event", column.table, 0.9),)


def _rows(reader: Reader, i: int) -> str:
    return reader.items[i].of("table")[0].table


def _also_then(reader: Reader, i: int) -> bool:
    """`opened and closed in 2024`: whether the verb behind has a period, which may be that of both."""
    return reader.item(i) is not None and _date_of(reader.items[i]) is not None and _has_its_day(reader, i)


def _in_steps(reader: Reader, i: int, money: bool) -> bool:
    """`bills paid per month`, where no other verb says what the months are of."""
    verbs = [k for k, item in enumerate(reader.items) if _date_of(item) and not item.used]
    alone = money or (verbs == [i] and not reader.dated)
    return alone and reader.is_(i + 1, "by") and reader.is_(i + 2, "grain")


def _has_its_day(reader: Reader, i: int) -> bool:
    """Whether it is said when it happened, or which came first: then it is no condition."""
    after = reader.skip(i + 1, "in", "on", "of", "from", "at", "within", "by")
    return reader.is_(after, "date", "grain", "weekday") or any(reader.is_(k, *ORDERS) for k in (i - 1, i + 1))


def _said_of(reader: Reader, i: int, column: Column) -> bool:
    """Whether what stands before `i` are rows that have the date, with no more than `who` or another verb between."""
    before = i - 1
    if reader.items[before].kind == "and" and before and reader.items[before - 1].of("table"):
        return False  # `bills and paid`
    while before > 0 and not reader.items[before].of("table"):
        item = reader.items[before]
        if item.kind not in BETWEEN and item.words not in ("who", "which") and _date_of(item) is None:
            return False
        before -= 1
    rows = reader.items[before].of("table")[:1] if before >= 0 else ()
    return bool(rows) and rows[0].table == column.table


def _dates_are_of_others(reader: Reader, i: int, column: Column) -> bool:
    """Whether each period in the question has a noun or a verb of its own: `bills of 2024 that were paid`."""
    if reader.find("grain"):
        return False
    for k in reader.find("date"):
        before = k - 2 if reader.is_(k - 1, "of", "from") else k - 1
        other = before >= 0 and before != i and _date_of(reader.items[before]) not in (None, column)
        belongs = before < k - 1 or reader.items[k].words.split()[0] in ("of", "from")
        if not other and not (belongs and before >= 0 and reader.items[before].of("table")):
            return False
    return True
