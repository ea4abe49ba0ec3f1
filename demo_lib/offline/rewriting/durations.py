"""How long something took: the words are replaced by one column of numbers, worked out from two dates of a row.

`average days between order and delivery`, `orders that took more than 5 days to ship`, `the longest rental`. All other
clauses then read the column, or the condition on it, like any that the prompt names; what it does name is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from ..english.lexicon import ARTICLES, KEEPING, POINTS_IN_TIME, STAYS, TAKING, TIME_FILLERS, TIME_WORDS, UNITS, WHOLES
from ..english.words import name_words, stem, stems
from ..frame import Decline
from ..linking.linker import Item
from ..prompt.schema import Column
from ..prompt.spans import held_in, is_whole
from ..prompt.vocabulary import Reading
from . import moments
from .elapsed import condition, held_condition, in_unit, reading
from .moments import Span
from .question import AGGREGATES, AVERAGE, COMPARISONS, LEAST, MOST, Question

LASTING = TAKING | KEEPING
HELD = {"stay stays stayed": STAYS, "keep keeps kept": "borrow rent"}
"""What rows begin with that say how long somebody stays, or keeps something."""
EXTREMES = {"longest": MOST, "slowest": MOST, "shortest": LEAST, "fastest": LEAST, "quickest": LEAST}
LONGER = ("longer than", "shorter than")
MORE = ("over", "under", "more than", "less than", "at least", "at most", "above", "below")
POINTS = stems(" ".join(POINTS_IN_TIME))
MEANT_AVERAGE = "How long is asked of many: this is the average."


def durations(question: Question) -> bool:
    """Replace what is said of a stretch of time. Raises Decline where it could be several."""
    forms: Sequence[Callable[[Question, int], bool]] = (_compared, _asked, _longest, _noun, _in_unit)
    found = any(form(question, i) for form in forms for i in range(len(question)))
    if found:
        _use_units(question)
    return found


def _use_units(q: Question) -> None:
    """`… above 3 days`: what the number counts is the unit of the column. Raises Decline where it is another."""
    for i in range(len(q) - 1):
        if q.kind(i) == "number" and (unit := UNITS.get(q.word(i + 1), "")):
            names = {r.column.name for item in q.items for r in item.of("column") if r.column and r.column.sql}
            if not any(name.startswith(f"{unit}s_") or name.endswith(f"_{unit}s") for name in names):
                counted = f"{q.word(i)} {q.word(i + 1)}"
                raise Decline(f"I do not see what “{counted}” counts here. Ask for the time in {unit}s.")
            q.items[i + 1].kind, q.items[i + 1].readings = "glue", ()


def _tail(q: Question, i: int) -> tuple[Span, int] | None:
    """`between order and delivery`, `from order to delivery`, `to ship an order`, and the position after it."""
    if q.word(i) in ("between", "from") and (first := q.moment(i + 1)):
        noun = q.skip(first[1], ARTICLES)
        middle = noun + 1 if q.rows(noun) or q.kind(noun) == "link" and q.items[noun].of("table") else first[1]
        last = q.moment(middle + 1) if q.word(middle) in ("and", "to", "until", "till") else None
        if q.word(middle + 1) == "out" and first[0][-1:] == ("in",):  # `between clock in and out`
            last = ((*first[0][:-1], "out"), middle + 2)
        if last and (span := moments.between(q.schema, first[0], last[0], q.tables)):
            return span, last[1]
    if q.word(i) in ("to", "until", "till", "before") and (last := q.moment(i + 1)):
        noun = q.skip(last[1], ARTICLES)
        rows = q.rows(noun)
        if span := moments.until(q.schema, last[0], q.tables, q.nouns):
            return span, noun + 1 if {*rows} & {span.begin.table, span.end.table} else last[1]
    return None


def _first_tail(q: Question, i: int) -> tuple[Span, int, int] | None:
    """The first of these from `i` on, and from where to where it stands."""
    return next(((found[0], k, found[1]) for k in range(i, len(q)) if (found := _tail(q, k))), None)


def _compared(q: Question, i: int) -> bool:
    """`took more than 5 days to ship`, `closed within 2 days of being opened`, `returned within two weeks`."""
    within = q.word(i) == "within"
    if not within and q.kind(i) not in COMPARISONS:
        return False
    at = i + 2 if q.word(i + 1) == "than" else i + 1
    number = q.items[at].number if q.kind(at) == "number" else 1.0 if q.word(at) in ("a", "an", "one") else None
    unit, after, start = UNITS.get(q.word(at + 1), ""), at + 2, i - 1
    if number is None or not unit:
        return False
    while q.word(start) in ARTICLES | {"in", "of", "for"}:
        start -= 1
    took = q.word(start) in LASTING
    verb = q.moment(start) if start >= 0 and not took and _is_verb(q.items[start]) else None
    held = _held_by(q, start) or (_held_of(q, q.tables) if took or q.word(i) in LONGER else [])
    if not held and q.word(i) in MORE and q.rows(start):
        held = _held_of(q, q.rows(start))  # `dives over 2 hours`
    if len(held) == 1 and not within and _tail(q, after) is None:
        said = held_condition(held[0], q.kind(i), number, unit)
        q.put(said, {*range(start if took or _held_by(q, start) else i, after)}, at=after)
        return True
    span, end = _tail(q, after) or (None, after)
    joined = q.word(after) in ("of", "after", "from", "following", "since", "before")
    if span is None and verb and joined and (begun := q.moment(after + 1)) and q.word(after) != "before":
        span, end = moments.between(q.schema, begun[0], verb[0], q.tables), begun[1]
    elif span is None and verb and not joined:
        span = moments.until(q.schema, verb[0], q.tables)
    elif span is None and not joined and (took or q.word(i) in LONGER):
        span = moments.whole(q.schema, q.tables)
    if span is None:
        return False
    first = start if took or verb else i
    if any(q.kind(k) == "not" for k in range(max(0, first - 3), first)):
        raise Decline("What has not ended yet took no time that I could compare. Say “more than”, or “not … yet”.")
    said = condition(q.prompt, span, "within" if within else q.kind(i), number, unit)
    q.put(said, {*range(first, end)}, at=end)
    return True


def _is_verb(item: Item) -> bool:
    return item.participle or item.kind == "begin"


def _asked(q: Question, i: int) -> bool:
    """`how long does it take to ship an order`, `how many days do guests stay`."""
    long = q.word(i) == "how" and q.word(i + 1) == "long"
    counted = q.word(i) == "how many" and q.word(i + 1) in UNITS
    if not (long or counted or (q.word(i) == "how much" and q.word(i + 1) == "time")):
        return False
    used, lasting = {i, i + 1}, [k for k in q.find(LASTING) if k > i]
    found, unit = _first_tail(q, i + 2), UNITS.get(q.word(i + 1), "") or q.unit()
    if found:
        said = reading(q.prompt, found[0], unit)
        used |= {*range(found[1], found[2])}
    elif taken := _taken(q, lasting, unit):
        said, used = taken[0], used | {taken[1]}
    elif (lasting or long) and (lasts := _lasting(q, i + 2, unit)):
        said, more = lasts
        used |= more | _state(q, lasting, said)
    else:
        return False
    used |= {*lasting, *(k for k in range(i, len(q)) if _does(q, k, said.table))}
    rows = {k for k in range(len(q)) if k not in used and said.table in q.rows(k)}
    if q.word(i - 1) == "and" and q.kind(0) == "list" and rows and max(rows) < i:
        q.put(said, used, at=i)  # `which courses are there, and how long are they`: shown beside each
        return True
    each = [k for k in rows if q.word(k - 1) in ("each", "every")]
    extreme = [k for k in q.find({*EXTREMES}) if k > i]
    if each:
        q.put(said, used | {each[0] - 1}, at=each[0] + 1)
    elif extreme:
        q.put(said, used | rows | {extreme[0]}, i, EXTREMES[q.word(extreme[0])])
    elif any(item.kind in AGGREGATES for item in q.items) or said.term:
        averages = {k for k in range(len(q)) if said.term and q.kind(k) == "avg"}
        q.put(said, used | rows | averages, at=i)
    else:
        q.caveats.append(MEANT_AVERAGE)
        q.put(said, used | rows, i, AVERAGE)
    return True


def _does(q: Question, i: int, table: str) -> bool:
    """`callers` are who the rows of calls are of, where the prompt knows no others."""
    word = q.word(i).removesuffix("s")
    return q.kind(i) == "word" and word.endswith(("er", "or")) and stem(word[:-2]) in name_words(table)


def _taken(q: Question, lasting: list[int], unit: str) -> tuple[Reading, int] | None:
    """`how long does delivery take`: until the delivery, where no rows are called so."""
    for k in lasting:
        last = q.moment(k - 1) if q.word(k) in TAKING and not q.rows(k - 1) else None
        span = moments.until(q.schema, last[0], q.tables) if last and last[1] == k else None
        if span:
            return reading(q.prompt, span, unit), k - 1
    return None


def _state(q: Question, lasting: list[int], said: Reading) -> set[int]:
    """`how long do tickets stay open`: the state that the end of the time ends. Raises Decline for another."""
    states = [k + 1 for k in lasting if k + 1 < len(q) and q.items[k + 1].of("flag", "value", "event")]
    for k in states[:1]:
        flags = [r.term.sql for r in q.items[k].of("flag") if r.term and r.table == said.table]
        ends = {c.name for c in said.column.sql.find_all(exp.Column)} if said.column and said.column.sql else set()
        if any(isinstance(sql, exp.Is) and sql.this.name in ends for sql in flags):
            return {k}
        if not q.items[k].of("event"):
            raise Decline(f"I know no days from and until which they were “{q.word(k)}”.")
    return set()


def _lasting(q: Question, i: int, unit: str) -> tuple[Reading, set[int]] | None:
    """What holds how long the rows of the question last: a column of numbers, or their two dates."""
    for k in range(i, len(q)):
        if len(held := _held_by(q, k)) == 1:
            return in_unit(held[0], unit), {k}
    verbs = {q.word(k) for k in range(i, len(q))}
    begun = next((begun for words, begun in HELD.items() if verbs & {*words.split()}), "")
    for tables in (q.tables, moments.begun_by(q.schema, q.near(), begun)):
        columns = _held_of(q, tables)
        if len(columns) > 1:
            raise Decline(f"This could be {' or '.join(map(str, columns))}. Say which.")
        if columns:
            return in_unit(columns[0], unit), set()
        if span := moments.whole(q.schema, tables):
            return reading(q.prompt, span, unit), set()
    return None


def _held_by(q: Question, i: int) -> list[Column]:
    """The column that the item at `i` is called after, where it holds how long something took."""
    readings = q.items[i].of("column") if 0 <= i < len(q) else ()
    return list(dict.fromkeys(r.column for r in readings if r.score >= 0.75 and r.column and held_in(r.column)))


def _held_of(q: Question, tables: Sequence[str]) -> list[Column]:
    """The columns that hold how long rows of these tables took; the duration itself, where one is called so."""
    columns = [c for t in tables for c in q.schema.tables[t].columns if is_whole(c)]
    return [c for c in columns if {"durat", "length"} & {*name_words(c.name)}] or columns


def _in_unit(q: Question, i: int) -> bool:
    """`average wait in minutes`, of a column that holds seconds."""
    held = _held_by(q, i)
    if len(held) != 1 or not (unit := q.unit()):
        return False
    q.put(in_unit(held[0], unit), {i}, i)
    return True


def _longest(q: Question, i: int) -> bool:
    """`the longest rental`, `which order took the longest to ship`."""
    if q.word(i) not in EXTREMES:
        return False
    before = i - 2 if q.word(i - 1) == "the" else i - 1
    if q.word(before) in LASTING:
        found = _first_tail(q, i + 1)
        span = found[0] if found else moments.whole(q.schema, q.tables)
        used = {*range(before, found[2] if found else i + 1)}
        target = max((k for k in range(before) if q.rows(k)), default=None)
    elif q.word(i) in ("longest", "shortest") and (rows := q.rows(i + 1)):
        own = q.schema.tables[rows[0]].columns
        if any(held_in(c) or {"durat", "length", "page"} & {*name_words(c.name)} for c in own):
            return False
        span, used, target = moments.whole(q.schema, rows), {i}, i + 1
    else:
        return False
    if span is None or target is None:
        return False
    said = reading(q.prompt, span, q.unit())
    averages = {k for k in range(len(q)) if q.kind(k) == "avg"}
    if said.term or (said.table not in q.rows(target) and not averages):
        several = f"Each of the {q.word(target)} has several of these."
        raise Decline(f"{several} Say “on average”, or ask for the rows themselves.")
    operators = (EXTREMES[q.word(i)], AVERAGE) if averages else (EXTREMES[q.word(i)],)
    q.put(said, used | averages, max(target, *used) + 1, *operators)
    return True


def _noun(q: Question, i: int) -> bool:
    """`average days between order and delivery`, `time to resolution`, `delivery time`, `length of stay`."""
    item, word = q.items[i], q.word(i)
    if not (word in TIME_WORDS or word in UNITS or word == "length") or item.of("term"):
        return False
    if any(r.score == 1 for r in item.of("column")) and word not in UNITS:
        return False
    start = i - 1 if q.kind(i - 1) == "count" else i  # `average number of days`
    unit = UNITS.get(word, "") or q.unit()
    said: Reading | None = None
    at = start
    before = _first_tail(q, 0)
    if found := _tail(q, q.skip(i + 1, TAKING, TIME_FILLERS, _unit_words(q, i))):
        said, used = reading(q.prompt, found[0], unit), {*range(start, found[1])}
    elif before and before[2] <= start:  # `from order to delivery, what is the average time`
        said, used = reading(q.prompt, before[0], unit), {*range(before[1], before[2]), *range(start, i + 1)}
    elif word in ("length", "duration") and q.word(i + 1) == "of":
        noun = q.skip(i + 2, ARTICLES)
        stays = moments.begun_by(q.schema, q.near(), STAYS) if q.word(noun) in ("stay", "stays") else []
        said, used = _whole(q, q.rows(noun) or stays, unit), {*range(start, noun + 1)}
    elif any(q.kind(k) in AGGREGATES or q.word(k) in EXTREMES for k in (start - 2, start - 3)):
        said, used, at = _compound(q, i, unit), {start - 1, *range(start, i + 1)}, start - 1
    if said is None:
        return False
    for k in q.find({*EXTREMES}):
        if k < start:
            q.items[k].kind = EXTREMES[q.word(k)][0]
    averages = {k for k in range(len(q)) if said.term and q.kind(k) == "avg"}
    how = {q.kind(k) for k in range(len(q)) if k not in used} & {*AGGREGATES, *COMPARISONS, "top", "bottom", "sort"}
    rows = {k for k in range(len(q)) if k not in used and said.table in q.rows(k)}
    if how or rows or said.term:
        q.put(said, used | averages, at)
    else:
        q.caveats.append(MEANT_AVERAGE)
        q.put(said, used, at, AVERAGE)
    return True


def _unit_words(q: Question, i: int) -> frozenset[str]:
    """The unit right behind `in`: `the time in hours between …`."""
    return frozenset({q.word(i + 2)} & UNITS.keys()) if q.word(i + 1) == "in" else frozenset()


def _compound(q: Question, i: int, unit: str) -> Reading | None:
    """`delivery time` ends with the delivery; `rental time` and `turnaround time` are the whole of it."""
    before = q.items[i - 1]
    said = tuple(t.stem for t in before.tokens)
    if before.of("term") or {*said} & POINTS:
        return None
    span = moments.until(q.schema, said, q.tables) if q.moment(i - 1) else None
    if span is None:
        return _whole(q, q.rows(i - 1) or (q.tables if before.words in WHOLES else []), unit)
    return reading(q.prompt, span, unit)


def _whole(q: Question, tables: Sequence[str], unit: str) -> Reading | None:
    """How long rows of these tables last: a column that holds it, else their two dates."""
    if len(held := _held_of(q, tables)) == 1:
        return in_unit(held[0], unit)
    span = moments.whole(q.schema, tables)
    return reading(q.prompt, span, unit) if span else None
