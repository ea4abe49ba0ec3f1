"""Items → Frame. One function a clause, run in order; what no clause has used is declined by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from .adjectives import hinted
from .afterthoughts import afterthoughts, totals
from .ages import ages
from .asking import by_what
from .comparisons import comparisons, identifiers
from .durations import durations
from .frame import (
    Decline,
    Dim,
    Event,
    Filter,
    Frame,
    Measure,
    NumberFilter,
    Readings,
    TextFilter,
    Weekdays,
    When,
)
from .glossary import Term
from .lexicon import GLUE, PAID, PREPOSITIONS, WEEKDAYS
from .linker import Item
from .measures import AGGREGATES, DATED, is_money, measure_at, money, times
from .mentions import mentions, rows_by, who
from .phrases import settle
from .rankings import rankings
from .ratios import read_ratio
from .reader import Reader
from .returns import merge, sentences
from .rewriting import Question
from .unplaced import unplaced
from .vocabulary import Reading, Vocabulary
from .words import of_people

STEPS = {"mom": "month", "qoq": "quarter", "yoy": "year"}
IGNORED = PREPOSITIONS | {"glue"}


def parse(items: Sequence[Item], known: Vocabulary) -> Frame:
    """The frame of a question. Raises Decline for what has no place in it."""
    said = Question(items, known)
    _ = ages(said) or durations(said)
    question, *wishes = sentences(said.items)
    frame = _read(question, known)
    frame.caveats += said.caveats
    for wish in wishes:
        wish[0].readings = ()  # `Return the name …` speaks of no returns
        merge(frame, _read(wish, known))
    return frame


def _read(items: Sequence[Item], known: Vocabulary) -> Frame:
    reader, frame = Reader(items, known), Frame()
    settle(reader)
    for clause in CLAUSES:
        clause(reader, frame)
    left = [i for i in reader.items if not i.used and i.kind not in IGNORED and not (i.kind == "where" and i.at)]
    if unknown := [i for i in left if i.kind == "word"]:
        raise Decline(unplaced(reader, unknown))
    if left:
        words = ", ".join(f"“{i.words}”" for i in left)
        decline = Decline(f"I know the words, but not what {words} should do in this question.")
        decline.needs_example = True
        raise decline
    return frame


def _flags(reader: Reader, frame: Frame) -> None:
    """Words that change the shape of the whole answer."""
    for i in reader.find(*STEPS):
        frame.growth = STEPS[reader.items[i].kind]
        reader.use(i, i + 1)
    for i in reader.find("growth"):
        grains = reader.find("grain")
        frame.growth = frame.growth or (reader.items[grains[0]].notes[0] if grains else "periods")
        for k in grains:
            reader.use(k - 1 if reader.is_(k - 1, "by") else k, k + 1)
        reader.use(i, i + 1)
    for i in reader.find("trend"):
        if not reader.find("grain"):
            step = "year" if "years" in reader.items[i].words else "month"
            frame.dims.append(Dim(step, (), step))
        reader.use(i, i + 1)
    for i in reader.find("running", "share", "compare"):
        item = reader.items[i]
        frame.running |= item.kind == "running"
        frame.compare |= item.kind == "compare"
        frame.share = item.words if item.kind == "share" else frame.share
        reader.use(i, i + 1)


def _negations(reader: Reader, frame: Frame) -> None:
    """`never ordered`, `without returns`, `not online`."""
    for i in reader.find("not"):
        happened = next((k for k in range(i - 1, -1, -1) if reader.has(k, "event", "table")), None)
        at = reader.skip(i + 1, "in", "on")
        last = reader.item(i + 1) is None or reader.items[i + 1].tokens[0].breaks
        if last and reader.has(i - 1, "value", "flag"):  # `gift cards left out`
            left_out = (reader.items[i - 1].of("value") or reader.items[i - 1].of("flag"),)
            frame.filters.append(Filter(reader.words(i - 1, i + 1), left_out, negated=True, at=i))
            reader.use(i - 1, i + 1)
            continue
        if reader.is_(at, "date") and happened is not None:
            period = reader.items[at].period
            if period and (events := reader.items[happened].of("event")):
                earlier = [k for k in reader.find("date") if happened < k < i]
                when = When(reader.items[at].words, period, at=at)
                frame.events.append(Event(reader.words(i, at + 1), events, negated=True, at=i, whens=(when,)))
                before = [When(reader.items[k].words, p, at=k) for k in earlier if (p := reader.items[k].period)]
                if before:  # `bought in 2024 but not in 2025`
                    words = reader.words(happened, earlier[-1] + 1)
                    frame.events.append(Event(words, events, at=happened, whens=tuple(before)))
                    for k in (happened, *earlier):
                        reader.use(k, k + 1)
                reader.use(i, at + 1)
            continue
        j = reader.skip(i + 1, "not", "in", "from", "by", "with", "of", "at", "on", "to", "for", "number", "money")
        if reader.is_(j, "begin") and reader.has(reader.skip(j + 1, "for", "in", "to", "with", "at"), "table"):
            reader.use(j, j + 1)  # `never signed up for a course`: no row of the kind
            j = reader.skip(j + 1, "for", "in", "to", "with", "at")
        verb = reader.item(j)
        did = verb is not None and (bool(_dates(verb)) or (verb.kind == "word" and verb.participle))
        if did and reader.words(i, i + 1) in ("never", "not", "yet to") and reader.has(j + 1, "table"):
            reader.use(j, j + 1)  # `never opened a case`, `never needed a doctor`: no row, whatever the verb
            j += 1
        if (
            reader.has(j + 1, "table")
            and reader.has(j, "table")
            and reader.items[j].participle
            and not reader.has(j, "event")
        ):
            j += 1  # `not received any notifications`
        elif reader.has(j, "table") and reader.has(j + 1, "event") and of_people(reader.items[j].of("table")[0].table):
            reader.use(j, j + 1)
            j += 1  # `that no customer has returned`
        if verb and verb is reader.item(j) and verb.participle and reader.words(i, i + 1) == "never":
            told = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
            dated = () if verb.of("event", "table", "value", "flag") else _dates(verb)  # `badges that nobody earned`
            elsewhere = tuple(Reading("event", r.table, r.score) for r in dated if r.table not in told)
            verb.readings = elsewhere or verb.readings
        if nobody := _points_nowhere(reader, i, j):
            frame.filters.append(Filter(reader.words(i, j + 1), (nobody,), at=i))
            reader.use(i, j + 1)
            continue
        if reader.has(j, "event") or (reader.has(j, "table") and not reader.has(j, "value")):
            events = reader.items[j].of("event") or reader.items[j].of("table")
            frame.events.append(Event(reader.words(i, j + 1), events, negated=True, at=i, of=reader.told_of(i)))
            again = reader.items[j + 1].of("table") if reader.has(j + 1, "table") and reader.has(j, "event") else ()
            twice = bool({r.table for r in events} & {r.table for r in again})  # `never ordered` an `order`
            reader.use(i, j + 2 if twice else j + 1)
        elif reader.words(i, i + 1) in ("no", "without", "not") and (empty := _not_given(reader, i, j)):
            frame.filters.append(Filter(reader.words(i, j + 1), (empty,), at=i))
            said = ("recorded", "known", "given", "registered", "set", "entered", "filled")
            reader.use(i, j + 2 if reader.item(j + 1) and reader.items[j + 1].words in said else j + 1)
        elif reader.is_(i, "not") and reader.words(i, i + 1) in ("no", "without", "zero") and _numeric(reader, j):
            amount = NumberFilter(reader.words(i, j + 1), "none", (0.0,), _numeric(reader, j))  # `had no discount`
            frame.numbers.append(amount)
            reader.use(i, j + 1)
        elif reader.has(j, "value", "flag"):
            kind = "value" if reader.has(j, "value") else "flag"
            options, end = _options(reader, j, kind)
            if reader.words(i, i + 1) == "never" and kind == "value" and not reader.has(end, "table"):
                its_rows = tuple(Reading("event", r.table, r.score) for r in options[0])  # `but never an urgent one`
                wanted = Filter(reader.words(j, end), options, at=j)
                frame.events.append(Event(reader.words(i, end), its_rows, negated=True, at=i, filters=(wanted,)))
                reader.use(i, end)
                continue
            named = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
            rows = reader.items[end].of("table") if reader.has(end, "table") else ()
            if rows and named and rows[0].table not in named:
                wanted = Filter(reader.words(j, end), options, at=j)  # `properties without an active lease`
                words = reader.words(i, end + 1)
                frame.events.append(Event(words, rows, negated=True, at=i, filters=(wanted,)))
                reader.use(i, end + 1)
                continue
            frame.filters.append(Filter(reader.words(i, end), options, negated=True, at=i))
            reader.use(i, end)


def _points_nowhere(reader: Reader, i: int, j: int) -> Readings:
    """`pupils without a class teacher`: those whose key of that role is empty."""
    rows = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
    roles = [r.via for r in reader.items[j].of("table")[:1] if r.via] if reader.item(j) else []
    if not roles or roles[0].table not in rows or reader.words(i, i + 1) not in ("no", "without", "not"):
        return ()
    empty = exp.Is(this=exp.column(roles[0].column, table=roles[0].table), expression=exp.Null())
    return (Reading("flag", roles[0].table, 1.0, term=Term(reader.items[j].words, (), empty)),)


def _not_given(reader: Reader, i: int, j: int) -> Readings:
    """`tenants without an employer`: those whose column of text is empty."""
    if not reader.has(j, "column") or reader.has(j, "table", "value", "event", "term", "flag"):
        return ()
    rows = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
    texts = [r for r in reader.items[j].of("column") if r.column and r.column.kind == "text" and r.table in rows]
    if len(texts) != 1 or not texts[0].column:
        return ()
    empty = exp.Is(this=exp.column(texts[0].column.name, table=texts[0].table), expression=exp.Null())
    return (Reading("flag", texts[0].table, 1.0, term=Term(reader.items[j].words, (), empty)),)


def _numeric(reader: Reader, i: int) -> Readings:
    item = reader.item(i)
    return tuple(r for r in item.of("column") if r.column and r.column.kind == "number") if item else ()


def _measures(reader: Reader, frame: Frame) -> None:
    """Every measure that no ranking has claimed."""
    for i in reader.find("how much"):
        rest = range(i, len(reader))
        named = next((j for j in rest if _is_named(reader, j)), None)
        verb = next((j for j in rest if reader.has(j, "event") or is_money(reader.item(j))), None)
        reader.use(i, i + 1)
        people = reader.has(i + 1, "table") and reader.items[i + 1].plural and not reader.has(i + 1, "term", "column")
        people = people and reader.items[i].next_to(reader.items[i + 1])
        if people and any(of_people(r.table) for r in reader.items[i + 1].of("table")):
            frame.measures.append(Measure("count", reader.items[i + 1].words, reader.items[i + 1].of("table")))
            reader.use(i + 1, i + 2)  # `how much customers are there`, said by whoever learns English
            continue
        frame.amount = True
        if named is None and verb is not None:
            frame.measures.append(money(reader, reader.items[verb]))
            reader.use(verb, verb + 1)
    for i in reader.find("avg"):  # `what do we pay on average for a shipment`
        rows = reader.skip(i + 1, "for", "on")
        said = rows > i + 1 and reader.has(rows, "table")
        columns = hinted(reader, PAID, reader.items[rows].of("table")) if said else ()
        if columns and is_money(reader.item(i - 1)):
            frame.measures.append(Measure("avg", reader.words(i - 1, rows + 1), columns))
            reader.use(i - 1, rows + 1)
    for i in reader.find("avg"):  # `how many visits does a patient make on average`
        counted = measure_at(reader, 0) if reader.items[i].words == "on average" and reader.is_(0, "count") else None
        whose = next((k for k in range(1, i) if counted and k >= counted[1] and reader.has(k, "table")), None)
        if counted and whose is not None and not reader.items[whose].plural and counted[0].agg in ("count", "term"):
            frame.measures.append(replace(counted[0], per=reader.dim(whose)))
            reader.take(0, counted[1])
            reader.use(whose, whose + 1)
            for k in range(whose + 1, i):
                if reader.has(k, "event"):
                    reader.use(k, k + 1)
            reader.use(i, i + 1)
    for i in reader.find("avg"):  # `how many orders did the average customer place`
        counted = measure_at(reader, 0) if reader.is_(0, "count") else None
        if counted and counted[0].agg in ("count", "term") and i >= counted[1] and reader.has(i + 1, "table"):
            frame.measures.append(replace(counted[0], per=reader.dim(i + 1)))
            reader.take(0, counted[1])
            reader.use(i, i + 2)
    i = 0
    while i < len(reader):
        found = measure_at(reader, i)
        column = found and found[0].agg in ("sum", "term") and reader.is_(i, "count") and reader.is_(i - 1, "by")
        if column and (
            frame.measures or any(item.of("table") for item in reader.items[:i])
        ):  # `rent by number of bedrooms`
            noun = reader.items[found[1] - 1] if found else reader.items[i]
            noun.readings = tuple(r for r in noun.of("column") if r.column and r.column.kind == "number")
            if not noun.readings:
                raise Decline(f"I cannot group by “{noun.words}”. Name a column, or a table.")
            reader.use(i, i + 1)
            i += 1
            continue
        if found and frame.measures and found[0].agg == "count" and reader.is_(i, "count") and reader.is_(i - 1, "by"):
            raise Decline(f"To group by “{found[0].words}” takes two steps. Ask for “{found[0].words}” of each first.")
        part = found and found[0].agg == "term" and found[0].readings[0].score < 0.8 and frame.share
        if part and reader.is_(i - 1, "link") and not reader.is_(i, "count"):
            i += 1  # `share of orders returned late`: what is said of them is no measure of its own
            continue
        asked = found and (reader.is_(i, "count", "adjective", *DATED, *AGGREGATES) or found[0].agg in ("term", "sum"))
        if found and frame.measures and reader.is_(i - 1, "by") and reader.items[i - 1].words == "per":
            bottom = replace(found[0], agg="sum") if found[0].agg == "column" else found[0]
            if bottom.agg in ("sum", "term") and frame.measures[-1].agg not in ("sum", "term", "count", "total"):
                raise Decline(f"I cannot tell what “{reader.items[i].words}” divides here. Ask for two totals instead.")
            if bottom.agg in ("sum", "term") and not frame.ratio:  # `revenue per seat`
                frame.ratio = (Frame(measures=[frame.measures.pop()]), Frame(measures=[bottom]))
                reader.use(i - 1, i)
                reader.take(i, found[1])
                i += 1
                continue
        if found and asked and found[0].agg != "column":
            frame.measures.append(found[0])
            reader.take(i, found[1])
            _and_more(reader, frame, found[1])
        i += 1
    if not frame.measures and not frame.rank and reader.items and reader.items[0].words in ("what", "how much"):
        sold = next((k for k in range(1, len(reader)) if reader.has(k, "event") and is_money(reader.item(k))), None)
        if sold is not None:  # `what did each store sell`
            frame.measures.append(money(reader, reader.items[sold]))
            reader.use(sold, sold + 1)
    if not frame.measures and not frame.rank:
        for i in reader.find("count"):
            if reader.has(i - 1, "table") and not reader.items[i].tokens[0].breaks:  # `customer numbers`
                item = reader.items[i - 1]
                frame.measures.append(Measure("count", reader.words(i - 1, i + 1), item.of("table")))
                reader.use(i - 1, i + 1)


def _and_more(reader: Reader, frame: Frame, at: int) -> None:
    """`mean price and weight per supplier`: the aggregate is said of each of the columns."""
    agg = frame.measures[-1].agg
    while agg in ("avg", "median") and reader.is_(at, "and") and reader.has(at + 1, "column"):
        item = reader.items[at + 1]
        if not _numeric(reader, at + 1) or item.of("table", "term", "value") or reader.is_(at + 2, "of", "and"):
            return
        frame.measures.append(Measure(agg, item.words, _numeric(reader, at + 1)))
        reader.use(at, at + 2)
        at += 2


def _is_named(reader: Reader, i: int) -> bool:
    """Whether a glossary term says which amount is asked for; `sold` alone only hints at one."""
    item = reader.item(i)
    return item is not None and bool(item.of("term")) and (item.of("term")[0].score >= 0.9 or not item.of("event"))


def _every_row(reader: Reader, frame: Frame) -> None:
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


def _groupings(reader: Reader, frame: Frame) -> None:
    """`by category and month`, `per store`, `in each region`."""
    for i in reader.find("by"):
        said = reader.items[i].words
        each = any(w in said.split() for w in ("each", "every", "per", "within"))
        start, j = i, reader.skip(i + 1, "distinct")
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
            frame.dims.append(replace(reader.dim(head, each), per=said == "per" and start == i))
            reader.take(start, head + 1)
            start = head + 1
            j = reader.skip(start, "and", "by")
            apart = j > start or (j < len(reader) and reader.items[j].tokens[0].breaks)
            if not (reader.has(j, "column", "table") and apart) and not reader.is_(j, "grain"):
                break
        if said == "wise" and reader.has(i - 1, "table", "column"):
            frame.dims.append(reader.dim(i - 1))
            reader.use(i - 1, i + 1)


def _is_agent(reader: Reader, i: int, head: int) -> bool:
    """`returned by customers in the West` says who did it; `returned by customer` wants one row for each."""
    item = reader.items[head]
    people = item.plural and any(of_people(r.table) for r in item.of("table"))
    if people and head > i + 1 and reader.items[i].words == "by":
        return True  # `loans by student members`
    which = head > i + 1 or (reader.is_(head + 1, "in", "from", "with", "at") and reader.has(head + 2, "value"))
    if reader.items[i].words == "by" and item.plural and reader.items[i].at in reader.done:
        return True  # `citations received by publications`
    return people and which and i > 0 and reader.items[i - 1].participle


def _values(reader: Reader, frame: Frame) -> None:
    """Values and flags that are left are filters; two of one column joined by `and`, `or`, `vs` are a choice."""
    i = 0
    while i < len(reader):
        kind = "value" if reader.has(i, "value") else "flag"
        if reader.has(i, kind) and not reader.has(i, "table", "term"):
            options, end = _options(reader, i, kind)
            joins = [item.words for item in reader.items[i:end] if item.kind == "and"]
            both_at = i - 2 if reader.is_(i - 1, "in", "at", "from") else i - 1
            every = len(options) > 1 and (
                reader.is_(both_at, "both") or bool({*joins} & {"as well as", "together with", "and also"})
            )
            both = len(options) > 1 and bool(joins) and not every
            placed = reader.is_(i - 1, "in", "at", "for", "from", "on")
            words = reader.words(i, end)
            frame.filters.append(Filter(words, options, at=i, both=both, every=every, placed=placed))
            if every and reader.is_(both_at, "both"):
                reader.use(both_at, both_at + 1)
            if len(options) > 1 and (frame.compare or _which_is_more(reader, frame)):
                plain = tuple(
                    Reading("flag" if kind == "flag" else "column", r.table, r.score, r.column) for r in options[0]
                )
                frame.dims.append(Dim(reader.words(i, end), plain))
            reader.use(i, end)
        i += 1
    for i in reader.find("weekday"):
        item = reader.items[i]
        dated = [_dates(reader.items[k]) for k in range(i - 1, max(-1, i - 4), -1)]
        hints = next(filter(None, dated), ())
        frame.weekdays.append(Weekdays(item.words, WEEKDAYS[item.words], reader.is_(i - 1, "not"), hints))
        reader.use(i - 1 if reader.is_(i - 1, "not") else i, i + 1)
    for i in reader.find("quoted"):
        if reader.has(i - 1, "column", "table"):
            item = reader.items[i - 1]
            frame.texts.append(TextFilter(reader.words(i - 1, i + 1), item.readings, reader.items[i].words))
            reader.use(i - 1 if item.of("column") else i, i + 1)
        elif reader.has(i + 1, "column", "table"):  # `the "Heart" department`
            item = reader.items[i + 1]
            frame.texts.append(TextFilter(reader.words(i, i + 2), item.readings, reader.items[i].words))
            reader.use(i, i + 2 if item.of("column") else i + 1)


def _dates(item: Item) -> Readings:
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


def _options(reader: Reader, i: int, kind: str) -> tuple[tuple[Readings, ...], int]:
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


def _where(reader: Reader, frame: Frame) -> None:
    """`where city is Boston`: a value that the prompt does not list."""
    for i in reader.find("where"):
        end = start = reader.skip(i + 2, "=")
        while reader.item(end) and reader.items[end].kind not in IGNORED | {"and", "or", "by", "date", "not"}:
            end += 1
        named = reader.items[i + 1].of("column") if end > start else ()
        readings = tuple(r for r in named if r.column and r.column.kind == "text")
        if readings and any(reader.is_(k, "word") for k in range(start, end)):
            text = " ".join(t.text for item in reader.items[start:end] for t in item.tokens)
            frame.texts.append(TextFilter(reader.words(i + 1, end), readings, text))
            reader.use(i, end)


def _periods(reader: Reader, frame: Frame) -> None:
    """Every date, with the nearest verb before it that names a date column."""
    begins = bool(reader.find("begin"))
    frame.dated = reader.dated
    hinted = [k for k, item in enumerate(reader.items) if "hint" in item.notes]
    for i in reader.find("date"):
        item = reader.items[i]
        if item.period is None and reader.known.prompt.today:
            raise Decline(f"“{item.words}” names no day that the calendar has.")
        if item.period is None:
            raise Decline(f"The prompt does not say what day today is, so I cannot place “{item.words}”.")
        if item.period.future:
            raise Decline(f"“{item.words}” has not happened yet. I can only report what the data holds.")
        hint = _hint(reader, i, hinted)
        hints = reader.items[hint].of("column") if hint is not None else reader.dated
        frame.whens.append(When(item.words, item.period, hints, at=i, begins=begins))
        reader.use(i, i + 1)
    for i in reader.find("begin") if frame.whens or any(d.grain for d in frame.dims) else ():
        reader.use(i, i + 1)


def _hint(reader: Reader, i: int, hinted: Sequence[int]) -> int | None:
    """Which word says what the date at `i` is about: the one before, up to which only other dates stand."""
    before = next((k for k in reversed(hinted) if k < i), None)
    if before is None:
        followed = any(item.kind == "date" for k in hinted[:1] for item in reader.items[k:])
        return None if followed or not hinted else hinted[0]
    dates = [k for k in range(before, i) if reader.items[k].kind == "date"]
    joining = {"date", "and", "or", "compare"} | IGNORED
    joined = all(item.kind in joining for k in dates[:1] for item in reader.items[k:i])
    return before if joined else None


def _remainders(reader: Reader, frame: Frame) -> None:
    """Words that only joined others together, and a ranking whose measure stood elsewhere."""
    rank = frame.rank
    in_order = rank and not (rank.desc or rank.limit or rank.target or rank.measure or rank.columns)
    if in_order and not frame.measures:  # `alphabetically`: rows come in the order of their first column anyway
        rank = frame.rank = None
    if rank and rank.measure is None and not rank.columns:
        if not frame.measures:
            name = rank.target.words if rank.target else "these"
            by = by_what(reader.known)
            raise Decline(f"Ranked by what? Say how {name} should be ordered, for example {by}.")
        frame.rank = replace(rank, measure=frame.measures.pop(0))
    _either_way(frame)
    totals(frame)
    if not (frame.subject or frame.measures or frame.rank or frame.show or frame.ratio):
        first = next((k for k, item in enumerate(reader.items) if item.kind != "list"), 0)
        whose = {r.table for f in frame.filters if f.at == first and not f.negated for o in f.options for r in o}
        if len(whose) == 1 and reader.items[first].plural:  # `flats without a garden`
            frame.subject, frame.subject_words = (Reading("table", whose.pop()),), reader.items[first].words
            frame.subject_at = first
    asks_who = any(item.kind == "list" and item.words == "who" for item in reader.items)
    if asks_who and frame.events and not (frame.subject or frame.measures or frame.rank or frame.numbers):
        frame.subject, frame.subject_words = who(reader, frame.events[0]), "who"
    alone = frame.subject and not frame.measures and not frame.rank
    side_by_side = frame.compare and len(frame.whens) == 2 and not frame.dims
    if alone and (frame.growth or side_by_side):  # `visits in May, this year against last`
        frame.measures.append(Measure("count", frame.subject_words, frame.subject))
    elif alone and frame.dims and not frame.share:
        rows_by(reader, frame)
    if frame.running and any(
        m.agg == "count" and "of" not in m.words.split() and "many" not in m.words for m in frame.measures
    ):
        words = frame.measures[0].words
        raise Decline(f"A running total of what? Say “of the number of {words}”, or name an amount.")
    for i in reader.find(">", "<", ">=", "<="):
        one = bool(frame.dims) and len(frame.measures) == 1 and not rank
        if one and reader.is_(i + 1, "number") and i + 2 == len(reader):
            words, op = reader.words(i, i + 2), reader.items[i].kind  # `costs by owner, only those above 5000`
            frame.numbers.append(NumberFilter(words, op, (reader.number(i + 1),), (), frame.measures.pop()))
            reader.use(i, i + 2)
    told = [*frame.measures, *([frame.rank.measure] if frame.rank and frame.rank.measure else [])]
    for i in reader.find("avg"):  # an average basket value is an average already
        if told and all(r.term and r.term.sql.find(exp.Div, exp.Avg) for m in told for r in m.readings):
            reader.use(i, i + 1)
    measured = bool(frame.measures or frame.rank or frame.numbers)
    sayable = {
        "sum": measured,
        "by": bool(frame.dims or frame.share),
        "distinct": bool(frame.dims or frame.show or frame.subject or frame.events),
        "both": len([*frame.show, *frame.measures, *frame.dims]) > 1,
    }
    if frame.amount and frame.measures and all(m.agg == "count" for m in frame.measures):
        counted = frame.measures[0]  # `how many bills are late, and how much money is it`
        frame.measures.append(Measure("total", counted.words, counted.readings))
    for i in reader.find("list", "when", "and", "or", "money", *sayable):
        item = reader.items[i]
        dated = frame.rank is not None and any(r.column and r.column.kind == "date" for r in frame.rank.columns)
        second = item.words in ("who", "whom") or (item.words == "when" and not dated)  # the date is shown anyway
        behind = i == len(reader) - 1 and item.words in ("who", "whom", "whose", "what", "which", "where")
        if i and (behind or (second and reader.items[i - 1].kind == "and")):
            raise Decline(f"“and {item.words} …” asks for a second thing. Ask for each on its own.")
        frame.distinct |= item.kind == "distinct"
        if item.kind == "money" and not measured and item.words not in GLUE:
            continue
        is_verb = i > 0 and item.tokens[-1].stem in reader.known.events and reader.items[i - 1].of("table")
        if item.kind == "list" and is_verb:  # `customers return …`
            continue
        if item.words == "or" and any(f.at < i for f in frame.filters) and any(f.at > i for f in frame.filters):
            raise Decline("“or” stands between two different conditions. Ask for each on its own.")
        if sayable.get(item.kind, True):
            reader.use(i, i + 1)


def _either_way(frame: Frame) -> None:
    """`generic against non-generic`: side by side. Without a comparison no row is both. Raises Decline."""
    single = [f for f in frame.filters if len(f.options) == 1 and f.options[0][0].kind == "flag"]
    flags = [f for f in single if f.options[0][0].column]
    for no in (f for f in flags if f.negated):
        for yes in (f for f in flags if not f.negated and f.options == no.options):
            if not frame.compare:
                both = f"“{yes.words}” and “{no.words}”"
                raise Decline(f"No row is {both} at once. Ask for one, or for one against the other.")
            frame.filters = [f for f in frame.filters if f not in (yes, no)]
            frame.dims.append(Dim(yes.words, yes.options[0]))


def _ratio(reader: Reader, frame: Frame) -> None:
    """`the ratio of returns to orders`."""
    read_ratio(
        reader,
        frame,
        (_where, comparisons, identifiers, _negations, _measures, _values, mentions, _periods, _remainders),
    )


CLAUSES = (
    _ratio, _flags, _where, comparisons, identifiers, _negations, rankings, _every_row, _measures, afterthoughts,
    _groupings, _values, mentions, _periods, _remainders,
)  # fmt: skip
