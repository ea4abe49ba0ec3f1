"""`the ratio of open to closed tickets by team`: two measures, each with conditions of its own, one over the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp

from ..clauses.unplaced import unplaced
from ..english.words import name_words, stems
from ..frame import Decline, Dim, Frame, Measure
from ..linking.linker import Item
from ..prompt.aggregates import only_where
from ..prompt.prompt_reader import Prompt
from ..reader import Reader
from ..source import Source, paths
from .conditions import apply_all, filter_condition, number_condition, period_condition, text_condition
from .dimensions import dim_columns
from .formulas import Formula, formula, placed, ratio
from .grouping import Grouped, context, grouped, ranked_by, source_for, with_flat

MONEY = stems("amount total price fee cost revenue value")
Clause = Callable[[Reader, Frame], None]


def read_ratio(reader: Reader, frame: Frame, clauses: Sequence[Clause]) -> None:
    """Read both sides with the given clauses into frames of their own; what is common to both is left."""
    _divide_by(reader)
    for i in reader.find("divide"):
        top, bottom = reader.head(i - 1), reader.head(reader.skip(i + 1, "count", "sum", "of"))
        if top is None or bottom is None or not (_is_amount(reader, top) and _is_amount(reader, bottom)):
            reader.items[i].kind = "by"  # `sales divided by region`
            continue
        end = next((k for k in range(i + 1, len(reader)) if _is_common(reader, k)), len(reader))
        start = _behind_groups(reader)
        above, below = (Frame(measures=[m]) if (m := _one_amount(reader, k)) else None for k in (top, bottom))
        frame.ratio = (above or _side(reader, start, i, clauses), below or _side(reader, i + 1, end, clauses))
        for k in (top, bottom):
            reader.use(k - 1 if reader.is_(k - 1, "sum") else k, k + 1)
        reader.use(i, i + 1)
        return
    for i in reader.find("ratio"):
        middle = next((k for k in reader.find("to") if k > i), None)
        if middle is None:
            raise Decline("A ratio of what to what? Say for example “the ratio of returns to orders”.")
        end = next((k for k in range(middle + 1, len(reader)) if _is_common(reader, k)), len(reader))
        if shared := _shared_noun(reader, i, middle, end):
            reader.items[middle:middle] = shared
            middle, end = middle + len(shared), end + len(shared)
        for k in reader.find("growth"):  # `how does the ratio change over the years`
            reader.use(k, k + 1)
        reader.use(i, i + 1)
        sides = [_side(reader, i + 1, middle, clauses), _side(reader, middle, end, clauses)]
        frame.ratio = (sides[0], sides[1])
        return


def _shared_noun(reader: Reader, start: int, middle: int, end: int) -> list[Item]:
    """`online to in-store revenue`: the noun that is said once, behind the second value, is that of both."""
    above, below = reader.items[start + 1 : middle], reader.items[middle + 1 : end]
    first = [item for item in above if item.kind != "count"]
    plain = first and all(item.of("value", "flag") and not item.of("table", "term") for item in first)
    if not plain or not below or not below[-1].of("table", "term", "column") or len(below) < len(first) + 1:
        return []
    if not all(item.of("value", "flag") for item in below[:-1]):
        return []
    said = below[-1]
    return [replace(said, used=False, notes=[*said.notes])]


def _divide_by(reader: Reader) -> None:
    """`divide returns by orders` is returns divided by orders."""
    first = next((k for k, item in enumerate(reader.items) if item.words == "divide"), None)
    for i in reader.find("by") if first is not None else ():
        numbers = reader.is_(reader.skip(i + 1, "of"), "count", "sum") or reader.has(i + 1, "term", "column")
        if first is not None and first + 1 < i and reader.items[i].words == "by" and numbers and _counts(reader, i - 1):
            reader.items[i].kind, reader.items[i].words = "divide", "divided by"
            reader.use(first, first + 1)
            return


def _counts(reader: Reader, i: int) -> bool:
    """Whether a number ends at `i`: an amount, or rows that are counted."""
    counted = any(reader.is_(k, "count", "sum") for k in range(max(0, i - 3), i))
    return _is_amount(reader, i) and (counted or not reader.has(i, "table"))


def _behind_groups(reader: Reader) -> int:
    """Where the first number begins: behind `for each county`, where that stands in front."""
    start = next((k for k, item in enumerate(reader.items) if not item.used and item.kind != "list"), 0)
    return start + 2 if reader.is_(start, "by") and reader.head(start + 1) == start + 1 else start


def _one_amount(reader: Reader, i: int) -> Measure | None:
    """The sum of the column that the one word at `i` names."""
    named = reader.items[i].of("column")
    columns = tuple(r for r in named if r.column and r.column.kind == "number" and r.score >= 0.9)
    return Measure("sum", reader.items[i].words, columns) if columns and not reader.has(i, "term", "table") else None


def _is_amount(reader: Reader, i: int) -> bool:
    item = reader.items[i]
    return bool(item.of("term", "table")) or any(r.column and r.column.kind == "number" for r in item.of("column"))


def _is_common(reader: Reader, i: int) -> bool:
    """Whether what stands here is said of both sides: a grouping, a place behind the noun, a new sentence."""
    if reader.is_(i, "by", "trend", "growth", "date") or (reader.is_(i, "list") and reader.items[i].tokens[0].breaks):
        return True
    if reader.is_(i, "share") or (reader.is_(i, "in") and reader.is_(i + 1, "share")):  # `…, in percent`
        return True
    return reader.is_(i, "in", "from", "at") and reader.has(
        reader.skip(i + 1, "of"), "value"
    )  # `in (the city of) Paris`


def _side(reader: Reader, start: int, end: int, clauses: Sequence[Clause]) -> Frame:
    side, part = Frame(), Reader(reader.items[start:end], reader.known)
    for clause in clauses:
        clause(part, side)
    if unknown := [item for item in part.items if not item.used and item.kind == "word"]:
        raise Decline(unplaced(part, unknown))
    words = part.words(0, len(part))
    if not side.measures and side.subject:
        side.measures = [Measure("count", side.subject_words, side.subject)]
    if not side.measures:
        amounts = [d for d in side.show if any(r.column and r.column.kind == "number" for r in d.readings)]
        side.measures = [Measure("sum", d.words, d.readings) for d in amounts[:1]]
        side.show = [d for d in side.show if d not in amounts[:1]]
    odd = side.dims or side.show or side.rank or any(n.measure for n in side.numbers) or side.events
    if len(side.measures) != 1 or odd:
        raise Decline(f"I cannot tell which number “{words}” asks for. Name two plain counts or sums.")
    for item in part.items:
        item.used = True
    return side


def plan_ratio(frame: Frame, prompt: Prompt, scale: float = 1.0) -> exp.Select:
    """The query of a ratio. Raises Decline where the sides do not meet on one set of rows."""
    assert frame.ratio
    sides = frame.ratio
    measures = [side.measures[0] for side in sides]
    frame = replace(frame, dims=[_of_both(d, measures) for d in frame.dims])
    if not any(_conditions(side) for side in sides):
        found = grouped(frame, prompt, [*measures, *frame.measures], frame.dims)
        if len(found.values) < 2:
            raise Decline("Both sides of the ratio are the same number.")
        (_, top), (_, bottom), *others = found.values
        found.values = [("ratio", ratio(top.copy(), bottom.copy(), scale)), *others]
        return _in_order(found)
    formulas = [formula(m, prompt, context(frame, [d.readings for d in frame.dims if d.readings])) for m in measures]
    together = replace(
        frame,
        filters=[*frame.filters, *[f for side in sides for f in side.filters]],
        numbers=[*frame.numbers, *[n for side in sides for n in side.numbers]],
        texts=[*frame.texts, *[t for side in sides for t in side.texts]],
    )
    source = source_for(together, prompt, formulas, [d.readings for d in frame.dims if not d.grain])
    if source is None or any(len(f.parts) != 1 for f in formulas):
        return _of_other_rows(frame, prompt, scale)
    shown = dim_columns(frame, source, frame.dims)
    top, bottom = (_part(f, side, source) for f, side in zip(formulas, sides, strict=True))
    apply_all(frame, source)
    query = source.select()
    query = query.group_by(*shown.group) if shown.group else query
    return _in_order(Grouped(query, shown.outputs, [("ratio", ratio(top, bottom, scale))], shown.identity))


def _of_both(dim: Dim, measures: Sequence[Measure]) -> Dim:
    """`the ratio of patients to doctors in each county`: the county is that of the one and of the other."""
    sides = [{r.table for r in m.readings} for m in measures]
    theirs = {r.owner for r in dim.readings if r.owner}
    if sides[0] & sides[1] or not any(theirs <= side for side in sides):
        return dim
    return replace(dim, readings=tuple(replace(r, owner="") for r in dim.readings))


def _of_other_rows(frame: Frame, prompt: Prompt, scale: float) -> exp.Select:
    """`prescriptions divided by emergency visits`: each number on its own rows, met where they share a group."""
    assert frame.ratio
    queries: list[Grouped] = []
    for side in frame.ratio:
        if side.whens and frame.whens:
            raise Decline("A period of one side, and one of both? Ask for the two numbers on their own.")
        alone = replace(
            frame,
            ratio=None,
            share="",
            measures=list(side.measures),
            filters=[*frame.filters, *side.filters],
            numbers=[*frame.numbers, *side.numbers],
            texts=[*frame.texts, *side.texts],
            whens=[*frame.whens, *side.whens],
        )
        queries.append(grouped(alone, prompt, side.measures, frame.dims))
    if not frame.dims:
        top, bottom = (exp.Subquery(this=found.select()) for found in queries)
        return exp.select(exp.alias_(ratio(top, bottom, scale), "ratio"))
    if any(e not in [o for _, o in found.dims] for found in queries for each in found.identity for e in each):
        raise Decline("I can put two numbers with conditions in a ratio only where they count the same rows.")
    names = [name for name, _ in queries[0].dims]
    query = exp.select(*[exp.column(name, table="above") for name in names]).from_("above")
    named = zip(queries, ("above", "below"), strict=True)
    numbers = [exp.column(found.values[0][0], table=cte) for found, cte in named]
    query = query.select(exp.alias_(ratio(numbers[0], numbers[1], scale), "ratio"))
    on = [exp.EQ(this=exp.column(n, table="below"), expression=exp.column(n, table="above")) for n in names]
    query = query.join("below", on=exp.and_(*on)).order_by(ranked_by(exp.column("ratio")))
    for found, cte in zip(queries, ("above", "below"), strict=True):
        query = with_flat(query, cte, found.select())
    return query


def side_by_side(measure: Measure, per: Dim, others: Sequence[Dim], prompt: Prompt) -> tuple[Frame, Frame] | None:
    """`members per branch in each county`, where both lie in counties and neither has the other: two counts."""
    tops = {r.table for r in measure.readings if r.kind == "table" and r.score >= 0.9}
    bottoms = {r.table for r in per.readings if r.kind == "table" and r.score >= 0.8}
    if measure.agg != "count" or len(tops) != 1 or len(bottoms) != 1:
        return None
    top, bottom = Source(prompt, tops.pop()), Source(prompt, bottoms.pop())
    apart = bottom.anchor not in top.reach and top.anchor not in bottom.reach
    if not apart or not all(s.distance(d.readings) is not None for s in (top, bottom) for d in others):
        return None
    for name in prompt.schema.tables:  # `students per course by faculty`, where students take courses
        both = {top.anchor, bottom.anchor} <= {*paths(prompt.schema, name)}
        numbers = {w for c in prompt.schema.tables[name].columns if c.kind == "number" for w in name_words(c.name)}
        if both and not numbers & MONEY:
            of = f"“{measure.words}” per “{per.words}”"
            raise Decline(f"{of} could be how many each has, or one number over the other. Say “divided by”.")
    rows = Measure("count", per.words, tuple(r for r in per.readings if r.table == bottom.anchor))
    return Frame(measures=[measure]), Frame(measures=[rows])


def _in_order(found: Grouped) -> exp.Select:
    return found.select().order_by(ranked_by(exp.column("ratio"))) if found.dims else found.select()


def _conditions(side: Frame) -> bool:
    return bool(side.filters or side.numbers or side.texts or side.whens)


def _part(found: Formula, side: Frame, source: Source) -> exp.Expr:
    """One side: its aggregate over those rows only that fulfil its conditions."""
    conditions = [filter_condition(source, f) for f in side.filters]
    conditions += [number_condition(source, n) for n in side.numbers]
    conditions += [text_condition(source, t) for t in side.texts]
    if side.whens:
        conditions.append(period_condition(source.date(side.whens[0]), side.whens))
    if any(c is None for c in conditions):
        raise Decline("I found no way to join one side of the ratio to the other.")
    aggregate = placed(found.parts[0], source)
    return only_where(aggregate, exp.and_(*[c for c in conditions if c])) if conditions else aggregate
