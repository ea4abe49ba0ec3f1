"""Filters, periods and events → SQL conditions on a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

from sqlglot import exp

from ..bounds import OPERATORS, comparison, numbers_of_rows_below
from ..english.dates import Period
from ..english.words import of_people
from ..frame import Decline, Event, Filter, Frame, NumberFilter, Readings, TextFilter, Weekdays, When
from ..linking.holders import spellings
from ..prompt.schema import Column, ForeignKey
from ..prompt.time_sql import day_name, grain_sql
from ..prompt.vocabulary import Reading
from ..source import Path, Source, display, holds
from .done_and_not import said_of

COUNTS = ("count", "distinct rows", "distinct")


def apply_all(frame: Frame, source: Source, dated_as: str | None = None) -> None:
    """Put every filter, event and period of the question into the source's WHERE.

    What the source cannot tell (`never bought Toys`: it has no products) goes into the event's EXISTS.
    `dated_as` names a table further up whose date the periods mean. Raises Decline for what has no place.
    """
    numbers, told_of_rows = numbers_of_rows_below(frame, source)
    events = [e for e in told_of_rows if e.negated or e.whens or source.distance(e.readings) is None]
    inside = [f for f in frame.filters if not reachable(source, f)]
    for wanted in frame.filters:
        if wanted.every and wanted not in inside:
            raise Decline(f"One row of {source.anchor} cannot be “{wanted.words}” at once. Say who or what has both.")
    for wanted in frame.filters:
        found = None if wanted in inside else filter_condition(source, wanted)
        if found is not None and found not in source.where:
            if any(_is_one_of(c) and _is_one_of(found) and c.this == found.this and c != found for c in source.where):
                raise Decline(f"No row is “{wanted.words}” and something else besides. Say “or”, or compare the two.")
            source.where.append(found)
    for n in numbers:
        if n.readings:
            source.where.append(_required(number_condition(source, n), n.words, source))
    for t in frame.texts:
        if source.distance(t.readings) is not None:
            source.where.append(_required(text_condition(source, t), t.words, source))
    for w in frame.weekdays:
        when = When(w.words, Period(None, None, ""), w.hints or (frame.whens[0].hints if frame.whens else ()))
        source.where.append(weekday_condition(source.date(when), w, source.prompt.dialect))
    beyond = [t for t in frame.texts if source.distance(t.readings) is None]
    told = [Source(source.prompt, r.table) for e in events for r in e.readings]  # `never sold a toy product`
    mentioned = [m for m in frame.mentioned if all(s.distance(m[1]) is None for s in (source, *told))]
    linked: list[When] = []
    if two := next((f for f in inside if f.both), None) if not events else None:
        raise Decline(f"“{two.words}”: any one of them, or all? Say “or”, or “both … and”.")
    if (inside or beyond) and not events:
        linked = _said_then(frame.whens, inside) if not beyond else []
        source.where += through_links(source, inside, beyond, mentioned, linked)
        inside = []
    elif beyond:
        _required(None, beyond[0].words, source)
    elif mentioned:
        raise Decline(
            f"I do not see what “{mentioned[0][0]}” has to do with {source.anchor}. Ask for it on its own."
        )
    outside = [w for w in frame.whens if w.hints or w.begins] if events else list(frame.whens)
    within = [w for w in frame.whens if w not in outside]
    outside = [w for w in outside if w not in linked]
    apart = [f for f in inside if f.every]
    inside = [f for f in inside if not f.every]
    for wanted in inside:
        if wanted.negated or wanted.both:
            raise Decline(
                f"“{wanted.words}” can be read in two ways here: any one of them, or all. Ask for one at a time."
            )
    own = [f for e in told_of_rows if e not in events for f in e.filters]  # of what the rows of the source are
    if own and any(m.agg not in COUNTS for m in frame.measured):
        raise Decline(f"All of theirs, or only what is “{own[0].words}”? Ask for it in two steps.")
    source.where += [c for f in own if (c := filter_condition(source, f)) is not None]
    for event in events:
        for alone in product(*map(_one_by_one, apart)):  # `bought both A and B`: a row for each
            theirs, then = said_of(event, events, inside, within)
            found = exists(source, event, [*theirs, *alone], list(event.whens) or then)
            source.where.append(exp.Not(this=found) if event.negated else found)
    for hints in dict.fromkeys(w.hints for w in outside):
        whens = [w for w in outside if w.hints == hints]
        dated = _date_of(source, whens[0], dated_as)
        _check_people(frame, source, outside, dated)
        source.where.append(period_condition(dated, whens))


def _is_one_of(condition: exp.Expr) -> bool:
    return isinstance(condition, exp.EQ | exp.In)


def through_links(
    source: Source,
    filters: Sequence[Filter],
    texts: Sequence[TextFilter] = (),
    mentioned: Sequence[tuple[str, Readings]] = (),
    whens: Sequence[When] = (),
) -> list[exp.Expr]:
    """`books with the keyword X`: rows for which a row of links exists that leads to what is said.

    Each thing that is said needs a row of its own: with two, both must hold. Raises Decline where no table links
    them, or two do equally well.
    """
    denied, others = ([f for f in filters if f.negated is no] for no in (True, False))
    columns = [{r.column for option in f.options for r in option} for f in denied]
    if any(not c & {r.column for o in f.options for r in o} for f in others for c in columns):
        both = f"“{denied[0].words}” and “{others[0].words}”"  # `did not complete a mandatory course`
        raise Decline(f"{both} could be said of one row or of two. Ask for each on its own.")
    said: list[Filter | TextFilter] = [one for f in filters for one in (_one_by_one(f) if f.every else [f])]
    found: list[exp.Expr] = []
    for wanted in [*said, *texts]:
        groups = wanted.options if isinstance(wanted, Filter) else (wanted.readings,)
        ways = []
        for table in source.prompt.schema.tables:
            inner = Source(source.prompt, table)
            away = [inner.distance(g) for g in [*groups, *[r for _, r in mentioned]]]
            if source.anchor in inner.reach and None not in away:
                ways.append((len(inner.reach[source.anchor][0]) + sum(d for d in away if d), table))
        ways.sort()
        if not ways:
            _required(None, wanted.words, source)
        if len(ways) > 1 and ways[0][0] == ways[1][0]:
            raise Decline(
                f"“{wanted.words}” could belong to {source.anchor} by way of {ways[0][1]} or {ways[1][1]}. Say which."
            )
        link = Event(wanted.words, (Reading("event", ways[0][1]),))
        positive = replace(wanted, negated=False)
        here = ([positive], []) if isinstance(positive, Filter) else ([], [positive])
        linked = exists(source, link, here[0], whens, here[1])
        found.append(exp.Not(this=linked) if wanted.negated else linked)
    return found


def _said_then(whens: Sequence[When], filters: Sequence[Filter]) -> list[When]:
    """`clients called in May`: the one period, where it stands behind what rows of another table tell."""
    told = [w for w in whens if not (w.hints or w.begins)]
    single = len(whens) == len(told) == len(filters) == 1 and not filters[0].every
    return told if single and told[0].at > filters[0].at and not filters[0].placed else []


def _one_by_one(wanted: Filter) -> list[Filter]:
    """A filter for each of its values."""
    return [replace(wanted, options=(option,), every=False) for option in wanted.options]


def _required(condition: exp.Expr | None, words: str, source: Source) -> exp.Expr:
    if condition is None:
        raise Decline(_twice(words, source))
    return condition


def _twice(words: str, source: Source) -> str:
    return f"I found no way to join “{words}” to {source.anchor} without counting rows twice. Ask for it on its own."


def reachable(source: Source, wanted: Filter) -> bool:
    """Whether every value of the filter lies many-to-one from `source`."""
    return all(source.distance(option) is not None for option in wanted.options)


def filter_condition(source: Source, wanted: Filter) -> exp.Expr | None:
    """The filter as a condition; None where it holds for every row (`weekends or weekdays`)."""
    chosen = [c for option in wanted.options if (c := source.choose(option, wanted.words))]
    if not chosen:
        raise Decline(_twice(wanted.words, source))
    reading, path = chosen[0]
    if reading.term:
        said = source.rewritten(reading.term.sql)
        return exp.Not(this=exp.paren(said)) if wanted.negated or reading.value == "false" else said
    listed = reading.column is not None and (reading.column.values or reading.value in reading.column.named)
    if reading.kind == "value" and not listed:
        return _unlisted_condition(source, chosen, wanted.negated)
    assert reading.column
    column = source.column(reading.column, path)
    if reading.kind == "flag":
        true = {r.value != "false" for r, _ in chosen}
        return None if len(true) > 1 else flag(column, reading.column, true.pop() != wanted.negated)
    literal = exp.Literal.number if reading.column.kind == "number" else exp.Literal.string
    values = [literal(v) for v in dict.fromkeys(r.value or "" for r, _ in chosen)]
    if len(values) == 1:
        return (exp.NEQ if wanted.negated else exp.EQ)(this=column, expression=values[0])
    within = exp.In(this=column, expressions=values)
    return exp.Not(this=within) if wanted.negated else within


def _unlisted_condition(source: Source, chosen: Sequence[tuple[Reading, Path]], negated: bool) -> exp.Expr:
    """A column that is one of some texts which the prompt does not list, in any case; a country by any of its names."""
    reading, path = chosen[0]
    names = [reading.column] if reading.column else display(source.prompt.schema, reading.table)
    parts: list[exp.Expr] = [source.column(c, path) for c in names]
    spaced = [p for part in parts for p in (exp.Literal.string(" "), part)][1:]
    left = exp.Lower(this=exp.Concat(expressions=spaced, safe=True) if len(parts) > 1 else parts[0])
    texts = [t for r, _ in chosen for t in spellings(r.column, r.value or "")]
    values = [exp.Literal.string(t) for t in dict.fromkeys(texts)]
    if len(values) == 1:
        return (exp.NEQ if negated else exp.EQ)(this=left, expression=values[0])
    within = exp.In(this=left, expressions=values)
    return exp.Not(this=within) if negated else within


def flag(column: exp.Expr, definition: Column, true: bool) -> exp.Expr:
    """A boolean column that must be true, or false; integers stand for booleans where there are none."""
    if definition.type.upper().startswith("BOOL") or not definition.type:
        return column if true else exp.Not(this=column)
    return exp.EQ(this=column, expression=exp.Literal.number(int(true)))


def number_condition(source: Source, wanted: NumberFilter) -> exp.Expr | None:
    """A column compared to a number; None where it cannot be reached."""
    found = source.choose(wanted.readings, wanted.words)
    if not found or not found[0].column:
        return None
    column = source.column(found[0].column, found[1])
    if wanted.average:
        whole = Source(source.prompt, found[0].column.table)
        if wanted.within:
            own = [r.column for r in wanted.within if r.column and r.column.table == whole.anchor]
            if len(own) != 1 or found[1]:
                return None
            whole.aliases[()] = f"other_{whole.aliases[()]}"
            whole.where.append(exp.EQ(this=whole.column(own[0]), expression=source.column(own[0])))
        average = whole.select(exp.Avg(this=whole.column(found[0].column))).subquery()
        return OPERATORS[wanted.op](this=column, expression=average)
    return comparison(column, wanted.op, wanted.numbers)


def text_condition(source: Source, wanted: TextFilter) -> exp.Expr | None:
    """A column equal to a text the question quotes; a table stands for the name of its rows."""
    found = source.choose(wanted.readings, wanted.words)
    if not found:
        return None
    column = found[0].column or display(source.prompt.schema, found[0].table)[0]
    known = {v.lower(): v for v in (*column.values, *column.named)}
    if column.values and wanted.text.lower() not in known:
        raise Decline(f"There is no “{wanted.text}” among the values: {holds(column)}.")
    text = exp.Literal.string(known.get(wanted.text.lower(), wanted.text))
    left: exp.Expr = source.column(column, found[1])
    if wanted.text.lower() not in known:
        left, text = exp.Lower(this=left), exp.Literal.string(wanted.text.lower())
    return (exp.NEQ if wanted.negated else exp.EQ)(this=left, expression=text)


def period_condition(dated: exp.Expr, whens: Sequence[When]) -> exp.Expr:
    """The date lies in one of the periods. Half open, so that it holds for timestamps too."""
    alternatives = []
    for when in whens:
        bounds: list[exp.Expr] = []
        if when.period.start:
            bounds.append(exp.GTE(this=dated.copy(), expression=_day(when.period.start, dated)))
        if when.period.end:
            bounds.append(exp.LT(this=dated.copy(), expression=_day(when.period.end, dated)))
        alternatives.append(exp.and_(*bounds))
    return exp.or_(*alternatives)


def weekday_condition(dated: exp.Expr, wanted: Weekdays, dialect: str) -> exp.Expr:
    """The date falls on one of the days of the week, or in one of the months: `each December`."""
    if dated.meta.get("year"):
        raise Decline(f"{dated.sql()} holds whole years only: it has no months and no days of the week.")
    if wanted.months:
        numbers: list[exp.Expr] = [exp.Literal.number(m) for m in wanted.months]
        month = grain_sql("month_of_year", dated, dialect)
        return month.eq(numbers[0]) if len(numbers) == 1 else exp.In(this=month, expressions=numbers)
    names = [exp.Literal.string(day_name(d, dialect)) for d in wanted.days]
    within = exp.In(this=grain_sql("weekday", dated, dialect), expressions=names)
    return exp.Not(this=within) if wanted.negated else within


def _day(day: date, dated: exp.Expr) -> exp.Expr:
    if not dated.meta.get("year"):
        return exp.Literal.string(day.isoformat())
    if (day.month, day.day) != (1, 1):
        raise Decline(f"{dated.sql()} holds whole years only. Ask for a year.")
    return exp.Literal.number(day.year)


def _date_of(source: Source, when: When, dated_as: str | None) -> exp.Expr:
    """The date a period means; for the part of a cohort (returned units of what was sold) the cohort's date."""
    if not dated_as or dated_as == source.anchor:
        return source.date(when)
    at_base = Source(source.prompt, dated_as).date(when)
    assert isinstance(at_base, exp.Column)
    way = source.reach[dated_as][0]
    ways = [p for p in source.reach.get(dated_table(at_base, source), ()) if p[: len(way)] == way]
    return source.named(at_base.name, ways[0])


def dated_table(column: exp.Column, source: Source) -> str:
    """The table that a column's alias stands for."""
    return next((t for t in source.reach if t.split(".")[-1] == column.table), source.anchor)


def _check_people(frame: Frame, source: Source, whens: Sequence[When], dated: exp.Expr) -> None:
    """`customers in 2024` says neither that they joined then nor that they bought."""
    counts = [m for m in frame.measures if m.agg in ("count", "distinct rows")]
    beside = any(r.table == source.anchor for m in counts for r in m.readings)  # a sum that has dates of its own
    counted = bool(frame.measures) and (len(counts) == len(frame.measures) or beside)
    if counted and of_people(source.anchor) and not any(w.hints or w.begins for w in whens):
        raise Decline(
            f"“{whens[0].words}” could be about {dated.sql()} or about what the {source.anchor} did then. Say which."
        )


def _link(outer: Source, table: str) -> str | None:
    """The one table of links that points to the rows of `outer` and to those of another table at once."""
    schema = outer.prompt.schema
    found = [t for t in schema.tables if {outer.anchor, table} <= {k.to_table for k in schema.outward[t]}]
    return found[0] if len(found) == 1 else None


def exists(
    outer: Source,
    event: Event,
    filters: Sequence[Filter],
    whens: Sequence[When],
    texts: Sequence[TextFilter] = (),
) -> exp.Expr:
    """EXISTS (a row of an event table that points to the outer row and fulfils the filters)."""
    if event.of and outer.anchor not in {r.table for r in event.of}:
        raise Decline(
            f"“{event.words}” is said of {event.of[0].table}, but {outer.anchor} are added up or counted. Ask for the "
            f"{event.of[0].table} first."
        )
    for reading in sorted(event.readings, key=lambda r: -r.score):
        inner = Source(outer.prompt, reading.table)
        if outer.anchor not in inner.reach and (keys := _same_person(outer, inner)):
            inner.where.append(exp.EQ(this=inner.named(keys[1].column), expression=outer.named(keys[0].column)))
            return _told(inner, event, filters, whens, texts)
        if outer.anchor not in inner.reach and (link := _link(outer, reading.table)):  # `authors without books`
            inner = Source(outer.prompt, link)
            inner.join(inner.reach[reading.table][0])
        ways = inner.reach.get(outer.anchor, ())
        if reading.table == outer.anchor or not ways or not all(reachable(inner, f) for f in filters):
            continue
        if len(ways) > 1 and len(ways[0]) == len(ways[1]):
            raise Decline(
                f"{reading.table} points to {outer.anchor} in more than one way; say which “{event.words}” means."
            )
        *before, key = ways[0]
        inner.meet(ways[0], outer)
        inner.where.append(exp.EQ(this=inner.named(key.column, tuple(before)), expression=outer.named(key.to_column)))
        return _told(inner, event, filters, whens, texts)
    raise Decline(f"Nothing in this database tells for which {outer.anchor} “{event.words}” holds. Leave it out.")


def _same_person(outer: Source, inner: Source) -> tuple[ForeignKey, ForeignKey] | None:
    """The keys by which a row of people (a member) and what happened (a redemption) both point to one person."""
    outward = outer.prompt.schema.outward
    if not of_people(outer.anchor):
        return None
    pairs = [
        (a, b) for a in outward[outer.anchor] for b in outward[inner.anchor]
        if a.to_table == b.to_table and a.to_column == b.to_column and of_people(a.to_table)
    ]  # fmt: skip
    return pairs[0] if len(pairs) == 1 and pairs[0][0].to_table != outer.anchor else None


def _told(
    inner: Source, event: Event, filters: Sequence[Filter], whens: Sequence[When], texts: Sequence[TextFilter]
) -> exp.Exists:
    """EXISTS, once the row of the event is tied to the outer one: with all else that is said of it."""
    if not all(reachable(inner, f) for f in filters):
        raise Decline(_twice(event.words, inner))
    inner.where += [c for f in (*filters, *event.filters) if (c := filter_condition(inner, f)) is not None]
    inner.where += [c for t in texts if (c := text_condition(inner, t)) is not None]
    same = [(a, b) for a in inner.where for b in inner.where if type(a) is type(b) is exp.EQ and a.this == b.this]
    if any(a != b for a, b in same):  # `sold A but no B`
        raise Decline(f"No row of {inner.anchor} is all that is said of “{event.words}”. Ask for each on its own.")
    if whens:
        inner.where.append(period_condition(inner.date(whens[0]), whens))
    return exp.Exists(this=inner.select(exp.Literal.number(1)))
