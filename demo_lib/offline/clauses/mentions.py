"""Tables and columns that no other clause has used: the rows that are listed, and the columns to show."""

from __future__ import annotations

import re
from dataclasses import replace

from ..english.lexicon import GRAINS, PREPOSITIONS, REVENUE_WORDS
from ..english.words import of_people, stem, stems
from ..frame import Decline, Dim, Event, Frame, Measure, Readings
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import Source, display, paths
from .row_lists import SHOWN

AMOUNTS = frozenset(REVENUE_WORDS) - {"sales"}
OUTLAYS = stems("expense cost spending wage salary royalty outlay expenditure")


def mentions(reader: Reader, frame: Frame) -> None:
    """What remains of tables and columns: the rows that are listed, and the columns to show."""
    for i, item in enumerate(reader.items):
        if item.used or item.kind not in ("link", "grain", "sum"):
            continue
        busy = bool(frame.subject or frame.measures or frame.rank)
        if item.kind == "grain" and i and reader.items[i - 1].kind == "number":
            _check_pace(frame, item)  # `under 20 euros a month`, of a monthly price
        elif item.kind == "grain":
            frame.dims.append(reader.dim(i))
        elif item.of("table") and not busy and frame.show and (reader.is_(i - 1, "and") or item.tokens[0].breaks):
            _also_shown(reader, frame, i)  # `member name and trainer`
        elif item.of("table") and not busy:
            if item.words in AMOUNTS and item.of("table")[0].score < 1:
                raise Decline(f"“{item.words}” is an amount, and the prompt does not say of what. Name what to add up.")
            frame.subject, frame.subject_words, frame.subject_at = item.of("table"), item.words, i
            if "every column" in item.notes:
                table = reader.known.prompt.schema.tables[item.readings[0].table]
                frame.show += [Dim(c.name, (Reading("column", c.table, 1.0, c),)) for c in table.columns]
        elif item.of("column") and item.of("event") and not item.participle and item.tokens[0].breaks:
            _column_mention(reader, frame, i, item)  # `…: address, start date, rent`
        elif _both_counted(reader, frame, i):
            counts = [(frame.subject_words, frame.subject), (item.words, item.of("table"))]  # `yearly visits and fees`
            frame.measures += [Measure("count", words, readings) for words, readings in counts]
            frame.subject, frame.subject_at = (), -1
        elif item.of("table") and _counts_too(reader, frame, i):
            frame.measures.insert(0, Measure("count", item.words, item.of("table")))  # `visits, hours and fees by town`
        elif item.of("event"):
            _check_listed(reader, frame, i)
            passive = "passive" in item.notes
            events = item.of("event", "table")
            frame.events.append(Event(item.words, events, at=i, passive=passive, of=reader.told_of(i)))
        elif (
            item.of("table") and reader.is_(i - 1, "list") and reader.items[i - 1].words not in ("who", "whom", "whose")
        ):
            if reader.items[i - 1].words != "names of":  # `the names of the stores and their sales`
                continue
            frame.show.append(reader.dim(i))
        elif (had := _had(reader, frame, i, item)) is not None:
            frame.events.append(had)
        elif item.of("table") and _shown(frame) and (
            reader.items[i - 1].kind in ("with", "and") or item.tokens[0].breaks or _of_these(reader, i)
        ):
            frame.show.append(reader.dim(i))  # `the largest sales with their customer`
        elif (
            item.of("table")
            and frame.measures
            and reader.is_(i + 1, "and")
            and all(reader.items[k].kind == "list" for k in range(i))
        ):
            if frame.dims and reader.items[i + 1].next_to(reader.items[i + 2]):  # `customers and revenue by segment`
                raise Decline(f"A row for each of the {item.words}, or their number? Say “number of {item.words}”.")
            frame.dims.append(reader.dim(i))  # `stores and their number of sales`
        elif item.of("table") and item.plural and reader.items[i - 1].kind == "and" and _counts(frame, item):
            frame.measures.append(Measure("count", item.words, item.of("table")))  # `number of repairs and tenants`
        elif item.of("table"):
            _check_listed(reader, frame, i)
            _check_role(reader, frame, i, item)
            frame.mentioned.append((item.words, item.of("table")))
        elif item.of("column"):
            _column_mention(reader, frame, i, item)
        else:
            continue
        reader.use(i, i + 1)
    if frame.show and not (frame.subject or frame.measures or frame.rank or frame.dims):
        _named_row(reader, frame)
    _going_on(reader, frame)


def _both_counted(reader: Reader, frame: Frame, i: int) -> bool:
    """Whether two kinds of rows are named side by side, and grouped: both are counted."""
    item = reader.items[i]
    noun = item.of("table") and (not item.of("event") or (item.plural and not item.participle))
    return bool(noun) and i > 0 and reader.items[i - 1].kind == "and" and frame.subject_at == i - 2 and bool(frame.dims)


def _counts_too(reader: Reader, frame: Frame, i: int) -> bool:
    """Whether rows are the first of several numbers that groups of others are told by."""
    rows = {r.table for r in reader.items[i].of("table") if r.score >= 0.85}
    if not (rows and frame.dims and frame.measures) or frame.subject or not _stands_in_a_list(reader, i):
        return False
    apart = not any(r.table in rows for d in frame.dims for r in d.readings)
    first = all(other.kind == "list" for other in reader.items[:i])
    sources = [Source(reader.known.prompt, t) for t in rows]
    own = all(s.distance(d.readings) is not None for s in sources for d in frame.dims if not d.grain)
    plain = reader.items[i].plural and not reader.items[i].participle
    return plain and first and apart and own


def _stands_in_a_list(reader: Reader, i: int) -> bool:
    """Whether a comma stands behind, or `and`."""
    behind = reader.items[i + 1].tokens[0] if i + 1 < len(reader) else None
    return behind is not None and (reader.items[i + 1].kind == "and" or (behind.breaks and ":" not in behind.gap))


def _check_listed(reader: Reader, frame: Frame, i: int) -> None:
    """`list returns and refund total`: rows beside a number about them would leave no trace. Raises Decline."""
    item = reader.items[i]
    rows = item.plural and not item.participle and any(r.score >= 0.85 for r in item.of("table"))
    ends = _stands_in_a_list(reader, i)
    begins = all(other.kind == "list" for other in reader.items[:i]) or item.tokens[0].breaks
    second = i > 0 and reader.items[i - 1].kind == "and" and (
        i + 1 == len(reader) or ends or reader.items[i + 1].kind in ("by", "date")
    )  # `revenue and returns by month`
    if rows and (begins and ends or second) and frame.measures:
        raise Decline(f"Do you mean how many {item.words} there are, too? Say “number of {item.words}”.")


def _check_pace(frame: Frame, item: Item) -> None:
    """Whether a column that is compared is one of amounts for each of these steps of time. Raises Decline."""
    columns = [r.column for n in frame.numbers for r in n.readings if r.column]
    steps = {GRAINS.get(w, w) for c in columns for w in re.split(r"[\W_]", c.name.lower())}
    if not set(item.notes) & steps:
        raise Decline(f"I cannot tell what is so much “a {item.words}”. Name the column, or leave it out.")


def _going_on(reader: Reader, frame: Frame) -> None:
    """`who are currently renting a boat`: that somebody once did does not tell. Raises Decline."""
    told = {r.table for f in frame.filters for option in f.options for r in option}
    for event in frame.events if reader.now else ():
        if not event.negated and not event.filters and not told & {r.table for r in event.readings}:
            raise Decline(f"Nothing tells which “{event.words}” is going on now. Name a status or a date instead.")


def _named_row(reader: Reader, frame: Frame) -> None:
    """`the price of X`, where X is the name of a row: that row is listed."""
    schema = reader.known.prompt.schema
    unlisted = [r for item in reader.items if "unlisted" in item.notes for r in item.of("value")]
    rows = {r.table for r in unlisted if r.column is None or display(schema, r.table) == [r.column]}
    if len(rows) == 1 and all(rows & {r.table for r in d.readings} for d in frame.show):
        frame.subject = (Reading("table", rows.pop()),)
        frame.subject_words = "row"


def _also_shown(reader: Reader, frame: Frame, i: int) -> None:
    """Show what stands behind a name, for each of the rows that are called so."""
    first = frame.show[0].readings[0]
    if first.column and first.column in display(reader.known.prompt.schema, first.table):
        frame.subject, frame.subject_words = (Reading("table", first.table),), frame.show[0].words
    frame.show.append(reader.dim(i))


def _had(reader: Reader, frame: Frame, i: int, item: Item) -> Event | None:
    """`owners with houses in …`, `machines that had an urgent repair`: rows that point to those which are listed."""
    schema, rows = reader.known.prompt.schema, frame.subject
    if not rows or frame.measures or frame.rank or not item.of("table"):
        return None
    owner, pointing = rows[0].table, item.of("table")[0].table
    before = i - 1
    while before > frame.subject_at and reader.items[before].of("value", "flag") and reader.items[before].used:
        before -= 1
    if reader.items[before].kind not in ("with", "that", "who") or owner not in paths(schema, pointing):
        return None
    if pointing in paths(schema, owner) or pointing == owner:
        return None
    said = tuple(f for f in frame.filters if before < f.at < i and not f.negated)
    frame.filters = [f for f in frame.filters if f not in said]
    return Event(item.words, item.of("table"), at=i, filters=said)


def _counts(frame: Frame, item: Item) -> bool:
    """Whether the question counts rows of other tables so far."""
    tables = {r.table for r in item.of("table")}
    counts = [m for m in frame.measures if m.agg == "count"]
    return bool(counts) and counts == frame.measures and not tables & {r.table for m in counts for r in m.readings}


def _shown(frame: Frame) -> bool:
    """Whether the question lists rows, so that what else is named is shown with each."""
    return not frame.measures and bool(frame.rank.columns if frame.rank else frame.subject)


def _of_these(reader: Reader, i: int) -> bool:
    """`the owners of the largest houses`: the rows in question are said behind."""
    behind = [item.kind for item in reader.items[i + 1 : i + 4] if item.kind != "number"]
    return behind[:1] == ["of"] and behind[1:2] in (["adjective"], ["top"], ["bottom"])


def _beside_date(reader: Reader, i: int) -> bool:
    """Whether a date stands next to the item at `i`, or only small words between."""
    for step in (1, -1):
        k = i + step
        while 0 <= k < len(reader) and (reader.items[k].kind in PREPOSITIONS or reader.items[k].of("event")):
            k += step
        if 0 <= k < len(reader) and reader.items[k].kind == "date":
            return True
    return False


def _check_role(reader: Reader, frame: Frame, i: int, item: Item) -> None:
    """`sales in 2024 for region` wants something of the regions that was not said; `for the West region` has it."""
    tables = {r.table for r in item.of("table")}
    told = [r for f in frame.filters for o in f.options for r in o]
    told += [r for n in frame.numbers for r in n.readings] + [r for t in frame.texts for r in t.readings]
    told += [r for d in frame.dims for r in d.readings]
    told_of = {r.table for r in told} | {r.owner for r in told}
    joined = reader.items[i - 1].kind == "and" or reader.is_(i + 1, "and") or item.tokens[0].breaks
    counted = {r.table for m in frame.measures for r in m.readings}
    if i and reader.items[i - 1].kind == "and" and counted & tables:
        raise Decline(f"I can count “{item.words}” once in a question. Ask for each number on its own.")
    if i and joined and frame.measures and not told_of & tables:
        raise Decline(f"I do not see what “{item.words}” should do in this question. Did you mean “by {item.words}”?")
    first = item.plural and all(other.kind == "list" for other in reader.items[:i])
    first = first and not reader.is_(i + 1, "with", "who", "that")
    if first and frame.measures and not {r.table for r in told} & tables:
        raise Decline(f"Do you mean “{frame.measures[0].words} by {item.words}”? Say so, or leave “{item.words}” out.")
    if first and frame.rank and frame.rank.target and reader.items[i + 1 : i + 2] and reader.items[i + 1].kind == "of":
        raise Decline(f"I can rank “{frame.rank.target.words}”, but not go on to “{item.words}”. Ask in two steps.")
    last = i == len(reader) - 1 and not reader.find("word")
    if last and frame.measures and reader.is_(i - 1, "for", "in", "at") and not {r.table for r in told} & tables:
        raise Decline(f"What about “{item.words}”? Say “by {item.words}”, or which of them.")


def _column_mention(reader: Reader, frame: Frame, i: int, item: Item) -> None:
    ranked = [r.column.kind for r in frame.rank.columns if r.column] if frame.rank else []
    if "date" in ranked and item.words.split()[-1] in ("date", "day"):
        return  # `the oldest store and its date`: it is shown anyway
    dated = any(r.column and (r.column.kind == "date" or r.column.is_year) for r in item.of("column"))
    listed = bool(frame.rank and frame.rank.columns) and reader.items[i - 1].kind in ("with", "and")
    listed = listed or SHOWN in item.notes or (bool(frame.subject or frame.show) and not _beside_date(reader, i))
    if dated and reader.find("date") and not listed:
        item.notes.append("hint")
        if _ends_a_list(reader, frame, i):
            frame.show.append(reader.dim(i))
    elif frame.measures and reader.is_(i - 1, "distinct"):  # `how are different regions doing …`
        frame.dims.append(reader.dim(i))
        reader.use(i - 1, i)
    elif _of_its_kind(reader, frame, i):
        frame.dims.append(reader.dim(i))
    elif item.words not in ("name", "names") or item.readings[0].score >= 0.9:
        frame.show.append(reader.dim(i))


def _ends_a_list(reader: Reader, frame: Frame, i: int) -> bool:
    """`the title and start date of the shows in May`: a date that is shown too, whatever the period is about."""
    before = reader.items[i - 2] if reader.is_(i - 1, "and") else None
    shown = before is not None and any(before.of("column", "table") == d.readings for d in frame.show[-1:])
    return shown and not (frame.measures or frame.rank or frame.dims)


def _of_its_kind(reader: Reader, frame: Frame, i: int) -> bool:
    """`brand profit in May`: a kind that opens a question right before its only number is what to tell it by."""
    item, lone = reader.items[i], len(frame.measures) == 1 and not (frame.dims or frame.rank or frame.ratio)
    opens = all(other.kind == "list" for other in reader.items[:i]) and i + 1 < len(reader)
    kinds = [r.column for r in item.of("column") if r.column]
    listed = bool(kinds) and all(c.kind == "text" and c.values for c in kinds) and not item.plural
    return lone and opens and listed and item.next_to(reader.items[i + 1]) and bool(reader.items[i + 1].of("term"))


def who(reader: Reader, event: Event) -> Readings:
    """`who has not ordered`: the people that rows of the event point to."""
    schema = reader.known.prompt.schema
    reached = {t for r in event.readings for t in paths(schema, r.table) if of_people(t)}
    return tuple(Reading("table", t) for t in reached) if len(reached) == 1 else ()


def rows_by(reader: Reader, frame: Frame) -> None:
    """`orders per segment` counts them; `list the orders by segment` shows each."""
    if any(e.of and not e.negated for e in frame.events) and any(d.each and d.grain for d in frame.dims):
        raise Decline("I can say in which of the steps of time something happened, not who did it in each of them.")
    if frame.subject_at > 0 and reader.items[frame.subject_at - 1].kind == "with":
        raise Decline(f"I do not see what “with {frame.subject_words}” should do in this question. Leave it out.")
    rows = replace(frame.subject[0], score=1.0)
    itself = [d for d in frame.dims if d.readings and replace(d.readings[0], score=1.0) == rows and not d.per]
    if itself == frame.dims:  # `fairs sorted by fair`: in the order in which rows are listed anyway
        frame.dims = []
    elif any(item.kind == "list" and item.words.startswith("list") for item in reader.items):
        if any(d.grain for d in frame.dims):
            raise Decline("A list of rows has no steps of time. Ask how many there are, or for a total.")
        frame.show, frame.dims = [*frame.dims, *frame.show], []
    else:
        if reader.is_(0, "distinct") and frame.events:  # `different parts sold per town`: and not how many in all
            frame.measures.append(Measure("distinct rows", frame.subject_words, frame.subject))
            return
        money = frame.amount or stem(frame.subject_words.split()[-1]) in OUTLAYS  # `expenses by kind` are no number
        frame.measures.append(Measure("total" if money else "count", frame.subject_words, frame.subject))
