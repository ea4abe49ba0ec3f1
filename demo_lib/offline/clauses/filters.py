"""Values, flags and quoted texts that are left: they narrow the rows down."""

from __future__ import annotations

from ..english.lexicon import DAYS, JOINING_KINDS, WEEKDAYS
from ..frame import Decline, Dim, Filter, Frame, Measure, Readings, TextFilter, Weekdays
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from .measures import times

TELLING = ("is", "are", "was", "were", "come", "comes", "came", "go", "goes", "went", "happen", "happened")
ENDS_TEXT = JOINING_KINDS | {"and", "or", "date", "not"}


def _flag_is_nearer(reader: Reader, i: int) -> bool:
    """`orders that are late` speaks of their own flag, though a return has the reason `Late`."""
    named = {r.table for item in reader.items for r in item.of("table")[:1] if r.score >= 0.9}
    named |= {r.table for item in reader.items for r in item.of("column") if item.used and len(item.of("column")) == 1}
    flags, of_values = ({r.table for r in reader.items[i].of(kind)} for kind in ("flag", "value"))
    return bool(flags & named) and not of_values & named


def values(reader: Reader, frame: Frame) -> None:
    """Values and flags that are left are filters; two of one column joined by `and`, `or`, `vs` are a choice."""
    i = 0
    while i < len(reader):
        kind = "value" if reader.has(i, "value") and not _flag_is_nearer(reader, i) else "flag"
        if reader.has(i, kind) and not reader.has(i, "table", "term"):
            options, end = options_at(reader, i, kind)
            joins = [item.words for item in reader.items[i:end] if item.kind == "and"]
            both_at = i - 2 if reader.is_(i - 1, "in", "at", "from") else i - 1
            every = len(options) > 1 and (
                reader.is_(both_at, "both") or bool({*joins} & {"as well as", "together with", "and also"})
            )
            both = len(options) > 1 and bool(joins) and not every
            placed = reader.is_(i - 1, "in", "at", "for", "from", "on")
            placed = placed and not (frame.share and i > 1 and _only_verb(reader.items[i - 2]))  # `share paid in cash`
            placed = placed and not (frame.share and _is_told(reader, i - 1))
            words = reader.words(i, end)
            frame.filters.append(Filter(words, options, at=i, both=both, every=every, placed=placed))
            if every and reader.is_(both_at, "both"):
                reader.use(both_at, both_at + 1)
            rated = all(m.agg in ("avg", "median", "term") and not m.per for m in frame.measures)
            whole = both and bool(frame.measures or frame.share) and not frame.rank and _are_all(options)
            whole &= not placed or (rated and bool(frame.measures))  # `the late rate on buses and trams`: one for each
            if len(options) > 1 and (frame.compare or whole or _which_is_more(reader, frame)):
                plain = tuple(
                    Reading("flag" if kind == "flag" else "column", r.table, r.score, r.column) for r in options[0]
                )
                frame.dims.append(Dim(reader.words(i, end), plain))
                if whole and (frame.share or placed):
                    frame.filters.pop()  # each one's part of all
            reader.use(i, end)
        i += 1
    _compared(frame)
    days = reader.find("weekday")
    for i in days:
        item = reader.items[i]
        dated = [dates_of(reader.items[k]) for k in range(i - 1, max(-1, i - 4), -1)]
        hints = next(filter(None, dated), ())
        frame.weekdays.append(Weekdays(item.words, WEEKDAYS[item.words], reader.is_(i - 1, "not"), hints))
        reader.use(i - 1 if reader.is_(i - 1, "not") else i, i + 1)
    _days_side_by_side(reader, frame, days)
    for i in reader.find("quoted"):
        if reader.has(i - 1, "column", "table"):
            item = reader.items[i - 1]
            frame.texts.append(TextFilter(reader.words(i - 1, i + 1), item.readings, reader.items[i].words))
            reader.use(i - 1 if item.of("column") else i, i + 1)
        elif reader.has(i + 1, "column", "table"):  # `the "Heart" department`
            item = reader.items[i + 1]
            frame.texts.append(TextFilter(reader.words(i, i + 2), item.readings, reader.items[i].words))
            reader.use(i, i + 2 if item.of("column") else i + 1)


def _compared(frame: Frame) -> None:
    """`what did members in Wales pay, and what did those in Kent`: one group for each, though they stand apart."""
    single = [f for f in frame.filters if len(f.options) == 1 and not f.negated and f.options[0][:1]]
    if not frame.compare or len(single) != 2 or len(frame.filters) != 2:
        return
    one, other = single
    columns = {r.column for r in one.options[0]} & {r.column for r in other.options[0]} - {None}
    if not columns or one.options[0][0].value == other.options[0][0].value or one.options[0][0].kind != "value":
        return
    joined = Filter(f"{one.words} and {other.words}", (*one.options, *other.options), at=one.at, placed=one.placed)
    frame.filters = [joined]
    plain = tuple(Reading("column", r.table, r.score, r.column) for r in one.options[0] if r.column in columns)
    frame.dims.append(Dim(joined.words, plain))


def _days_side_by_side(reader: Reader, frame: Frame, at: list[int]) -> None:
    """`weekends against weekdays`, `on a Monday or a Friday`: each kind of day, or the days of either."""
    wanted = [w for w in frame.weekdays if not w.negated]
    if len({w.days for w in wanted}) < 2:
        return
    between = {item.kind for item in reader.items[at[0] : at[-1]]}
    between |= {"more"} if _which_is_more(reader, frame) else set()
    told = {d for w in wanted for d in w.days}
    apart = sum(len(w.days) for w in wanted) == len(told) and len(wanted) == len(frame.weekdays)
    whole = apart and len(told) == len(DAYS)
    beside = frame.compare or "more" in between or (whole and "and" in between)
    listed = "and" in between and all("listed" in reader.items[k].notes for k in at)  # values, of which any will do
    if not apart or not (beside or listed or "or" in between) or (beside and not whole and len(told) > len(wanted)):
        raise Decline("No day is of both kinds. Ask for each on its own, or “by day of the week”.")
    words = " ".join(w.words for w in wanted)
    hints = next((w.hints for w in wanted if w.hints), ())
    frame.weekdays = [] if whole else [Weekdays(words, tuple(d for w in wanted for d in w.days), hints=hints)]
    if beside:
        frame.dims.append(Dim(words, (), "part_of_week" if whole else "weekday", dated=hints))


def _is_told(reader: Reader, at: int) -> bool:
    """`what share of online orders are from Dover`: behind the verb, it is what is asked about them."""
    first = reader.items[at].at
    verb = reader.said_at.get(first - 1, "")
    before = next((item for item in reader.items[:at][::-1]), None)
    return verb in TELLING and before is not None and bool(before.of("table", "term")) and not before.tokens[0].breaks


def _only_verb(item: Item) -> bool:
    """Whether it is a verb that says nothing alone: the value behind it does."""
    return item.participle and not item.of("value", "flag")


def _are_all(options: tuple[Readings, ...]) -> bool:
    """Whether these are all values of a column: `the number of adults and children` wants each."""
    column = options[0][0].column
    said = {r.value for o in options for r in o if r.column == column}
    return column is not None and column.kind == "text" and said == set(column.values)


def dates_of(item: Item) -> Readings:
    return tuple(r for r in item.of("column") if r.column and r.column.kind == "date")


def _which_is_more(reader: Reader, frame: Frame) -> bool:
    """`which days had higher revenue: weekends or weekdays`: use up the words that set the choices side by side."""
    more = reader.find("more")
    for i in more:
        verb, counted = reader.item(i - 1), reader.item(i + 1)
        if not frame.measures and verb and verb.of("event") and not verb.of("table"):  # `is lent more, A or B?`
            if verb.tokens[-1].stem == "sell":
                raise Decline("Sold more by what? Say “by revenue” or “by units sold”.")
            frame.measures.append(times(reader, verb))
            reader.use(i - 1, i)
        elif not frame.measures and counted and counted.of("table") and counted.plural:  # `more visits by phone or …`
            frame.measures.append(Measure("count", counted.words, counted.of("table")))
            reader.use(i + 1, i + 2)
        reader.use(i, i + 1)
    for i in reader.find("grain") if more else ():
        if reader.is_(i - 1, "list"):
            reader.use(i, i + 1)
    return bool(more)


def options_at(reader: Reader, i: int, kind: str) -> tuple[tuple[Readings, ...], int]:
    """The values of one column that stand in a row, and the position after them."""
    options, end = [reader.items[i].of(kind)], i + 1
    while True:
        j = end
        joining = {"and", "or", "compare", "not"}
        joining |= {"in", "of"} if reader.is_(i - 1, "in", "of") else set()
        joining |= {"than", "on", "in", "by", "with"} if reader.find("more") else set()
        while j < len(reader) and reader.items[j].kind in joining:
            j += 1
        same = reader.has(j, kind) and {r.column for r in options[0]} & {r.column for r in reader.items[j].of(kind)}
        if not same or reader.has(j, "table", "term"):
            return tuple(options), end
        options.append(reader.items[j].of(kind))
        end = j + 1


def where(reader: Reader, frame: Frame) -> None:
    """`where city is Boston`: a value that the prompt does not list."""
    for i in reader.find("where"):
        end = start = reader.skip(i + 2, "=")
        while reader.item(end) and reader.items[end].kind not in ENDS_TEXT:
            end += 1
        named = reader.items[i + 1].of("column") if end > start else ()
        readings = tuple(r for r in named if r.column and r.column.kind == "text")
        if readings and any(reader.is_(k, "word") for k in range(start, end)):
            text = " ".join(t.text for item in reader.items[start:end] for t in item.tokens)
            frame.texts.append(TextFilter(reader.words(i + 1, end), readings, text))
            reader.use(i, end)


def numbers_of(reader: Reader, i: int) -> Readings:
    item = reader.item(i)
    return tuple(r for r in item.of("column") if r.column and r.column.kind == "number") if item else ()
