"""The second accounting: whatever was understood must stand in the finished query, or the query is not given out.

First what the frame holds, then the words themselves: a part of the query must answer for each word that asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlglot import exp

from ..english.lexicon import PREPOSITIONS, QUANTITIES
from ..frame import Decline, Frame, Measure, Readings
from ..linking.linker import Item
from ..prompt.prompt_reader import Prompt
from ..prompt.schema import bare
from ..source import display
from .formulas import is_price

ANSWERED_BY: dict[str, tuple[type[exp.Expr], ...]] = {
    "median": (exp.Median, exp.PercentileCont),
    "avg": (exp.Avg, exp.Div),
    "count": (exp.Count, exp.Sum, exp.CountIf),
    "share": (exp.Div,),
    "running": (exp.Window,),
    "not": (exp.Not, exp.NEQ, exp.Is, exp.Except, exp.LT, exp.LTE, exp.EQ, exp.Case, exp.Group),
    "distinct": (exp.Distinct, exp.Group),
}
"""Operators whose words are lost where the query has none of these."""
SHORT = ("min", "max", "minimum", "maximum", "lowest", "highest", "smallest", "largest")
SURE = 0.9


def _check_not_said_twice(tree: exp.Select) -> None:
    """Raise Decline for `is A and is not B` of one column: whoever says that has two kinds of rows in mind.

    `customers with a card payment but no cash payment`: of the payment that is by card it goes without saying.
    """
    for both in tree.find_all(exp.And):
        tests = list(both.flatten())
        for a in (t for t in tests if isinstance(t, exp.EQ) and isinstance(t.expression, exp.Literal)):
            for b in tests:
                if isinstance(b, exp.NEQ) and b.this == a.this and b.expression != a.expression:
                    said = f"What is “{a.expression.name}” is not “{b.expression.name}” in any case."
                    raise Decline(f"{said} Do you mean those who had the one, and never the other? Say “never”.")


def check_words(items: Sequence[Item], frame: Frame, tree: exp.Select, prompt: Prompt) -> None:
    """Raise Decline where a word that asks for something has left no trace in the query.

    `per category: product count, average price` asks for two numbers; `regions: sales and profit` for more than a sum.
    """
    tables, columns = {t.name for t in tree.find_all(exp.Table)}, {c.name for c in tree.find_all(exp.Column)}
    for before, item in zip([None, *items], items, strict=False):
        plainly = item.kind != "count" or item.words == "count"  # `how many stars on average` counts nothing
        if item.kind in ANSWERED_BY and plainly and not tree.find(*ANSWERED_BY[item.kind]):
            raise _lost(item.words)
        rows = before is not None and before.of("table") and before.next_to(item)
        if before and rows and item.words == "count" and not tree.find(exp.Count):
            raise _lost(f"{before.words} {item.words}")
        if item.kind == "running" and all(isinstance(w.this, exp.Lag) for w in tree.find_all(exp.Window)):
            raise _lost(item.words)
    _check_not_said_twice(tree)
    for before, item, after in zip([None, *items], items, items[1:], strict=False):
        alone = after.tokens[0].breaks and (before is None or before.kind not in PREPOSITIONS)
        if alone and item.kind == "link" and item.plural and item.readings and item.readings[0].kind == "table":
            named = {r.table for r in item.readings if r.score >= SURE}
            keys = {k for t in named for k in _key_or_name(t, prompt)}
            if named and not {bare(t) for t in named} & tables and not keys & columns:
                raise _lost(item.words)
    told = {r.term for m in frame.measures for r in m.readings if r.term} if not tree.find(exp.Div) else set()
    for per, behind in pairwise(items):  # `orders per active buyer by region`: the buyers alone are no answer
        if per.words == "per" and len(frame.measures) == 1 and told & {r.term for r in behind.of("term")}:
            raise _lost(per.words)
    short = [i for i in items if i.words in SHORT]
    for kind, found in (("least", exp.Min), ("most", exp.Max)):
        if (said := next((i for i in short if i.kind == kind), None)) and not tree.find(found, exp.Order):
            raise _lost(said.words)
    if len({i.kind for i in short}) == 2 and not (tree.find(exp.Min) and tree.find(exp.Max)):
        raise _lost(short[0].words)


def _lost(words: str) -> Decline:
    return Decline(f"I understood “{words}”, but found no place for it in a query. Ask for it on its own.")


def check(frame: Frame, tree: exp.Select, prompt: Prompt) -> None:
    """Raise Decline where a part of the frame has left no trace in the query."""
    names = {c.name for c in tree.find_all(exp.Column)}
    tables = {t.name for t in tree.find_all(exp.Table)}
    texts = {n.name for n in tree.find_all(exp.Literal)}

    def seen(readings: Readings) -> bool:
        for r in readings:
            if r.term and {c.name for c in r.term.sql.find_all(exp.Column)} <= names:
                return True
            if r.column and r.column.sql is not None and {c.name for c in r.column.sql.find_all(exp.Column)} <= names:
                return True
            if r.column and prompt.schema.names_of(r.column) & names:
                return True
            if r.via and not r.owner:  # `managers` are those whom a key points to, and not all employees
                if r.via.column in names:
                    return True
            elif not r.column and (bare(r.table) in tables or _key_or_name(r.table, prompt) & names):
                return True
        return False

    sides = frame.ratio or ()
    for words, readings in _phrases(frame):
        role = next((r.via for r in readings if r.via and not r.owner), None)
        if role and not seen(readings):
            said = f"“{words}” are those whom {role.table}.{role.column} points to."
            raise Decline(f"{said} Ask how many there are, or name what to count or to add up for each of them.")
    lost = [words for side in (frame, *sides) for words, readings in _phrases(side) if readings and not seen(readings)]
    inner = [f for e in frame.events for f in e.filters]
    for f in (*frame.filters, *inner, *[f for side in sides for f in side.filters]):
        values = {(r.value or "").lower() for option in f.options for r in option if r.kind == "value"}
        if values and not values & {t.lower() for t in texts}:
            lost.append(f.words)
    for f in inner:  # a number that a row of the event must have
        told = [x for option in f.options for r in option if r.term for x in r.term.sql.find_all(exp.Literal)]
        if any(x.this not in texts for x in told):
            lost.append(f.words)
    for when in (*frame.whens, *[w for e in frame.events for w in e.whens], *[w for side in sides for w in side.whens]):
        bounds = [b for b in (when.period.start, when.period.end) if b]
        if not {form for b in bounds for form in (b.isoformat(), str(b.year))} & texts:
            lost.append(when.words)
    for number in (*frame.numbers, *[n for side in sides for n in side.numbers]):
        if not all(any(_same(t, n) for t in texts) for n in number.numbers):
            lost.append(number.words)
    _check_units(tree, prompt)
    _check_empty(tree)
    _check_groups_of_one(tree, prompt)
    if lost:
        raise _lost(lost[0])


def _check_empty(tree: exp.Select) -> None:
    """No average of how long it took until the end is taken of rows that have none: `how long are bills open`."""
    for query in tree.find_all(exp.Select):
        where = query.args.get("where")
        parts = list(where.this.flatten() if isinstance(where.this, exp.And) else [where.this]) if where else []
        tests = [p for p in (part.unnest() for part in parts) if isinstance(p, exp.Is)]
        empty = [p.this for p in tests if isinstance(p.expression, exp.Null)]
        for average in (a for e in query.expressions for a in e.find_all(exp.Avg, exp.Sum, exp.Median)):
            if lost := [c for c in average.find_all(exp.Column) if c in empty]:
                raise Decline(f"Where {lost[0].sql()} is empty there is nothing to add up or to average.")


def _check_groups_of_one(tree: exp.Select, prompt: Prompt) -> None:
    """Nobody asks how many berths each berth is: `Give the berth number and the name` wants the rows shown."""
    for query in tree.find_all(exp.Select):
        start, group = query.args.get("from_"), query.args.get("group")
        table = start.this if start else None
        own = prompt.schema.tables.get(table.name) if isinstance(table, exp.Table) else None
        by = [(c.table, c.name) for c in group.expressions if isinstance(c, exp.Column)] if group else []
        if own is None or table is None:
            continue
        key = (table.alias_or_name, own.key)
        counts = [e.unalias() for e in query.expressions]
        for count in (c for c in counts if isinstance(c, exp.Count)):
            told = count.find(exp.Column) if isinstance(count.this, exp.Distinct) else None
            if (told and (told.table, told.name) in by) or (isinstance(count.this, exp.Star) and key in by):
                raise Decline("Each of these is one row. Say what to count of it, or which column to show.")
        for total in (c for c in counts if key in by and isinstance(c, exp.Sum)):
            column = prompt.schema.column(own.name, total.this.name) if isinstance(total.this, exp.Column) else None
            if column and is_price(column) and total.this.table == key[0]:
                raise Decline(f"{column} is one price of each of these. Say which rows it was charged for.")


def _check_units(tree: exp.Select, prompt: Prompt) -> None:
    """Units of a sale are not those of its return: rows for which one exists do not say how many came back."""
    summed = {c.table for s in tree.find_all(exp.Sum) for c in s.find_all(exp.Column) if c.name.lower() in QUANTITIES}
    for found in tree.find_all(exp.Exists):
        (inner, *_), outer = found.this.find_all(exp.Table), {c.table for c in found.this.find_all(exp.Column)}
        own = next((t for n, t in prompt.schema.tables.items() if bare(n) == inner.name), None)
        if own and outer & summed - {inner.name} and set(own.by_name) & set(QUANTITIES):
            raise Decline(f"{own.name} have a quantity of their own. Ask for the units of each on their own.")


def _phrases(frame: Frame) -> Iterator[tuple[str, Readings]]:
    measures: list[Measure] = [*frame.measures, *(n.measure for n in frame.numbers if n.measure)]
    if frame.rank:
        yield "order", frame.rank.columns
        measures += [frame.rank.measure] if frame.rank.measure else []
        if frame.rank.target and not frame.rank.target.grain:
            yield frame.rank.target.words, frame.rank.target.readings
    for measure in measures:
        yield measure.words, measure.readings
        if measure.per and not measure.per.grain:
            yield measure.per.words, measure.per.readings
    for dim in (*frame.dims, *frame.show):
        if not dim.grain:
            yield dim.words, dim.readings
    for event in frame.events:
        yield event.words, event.readings
    yield frame.subject_words, frame.subject


def _key_or_name(table: str, prompt: Prompt) -> set[str]:
    """A row may show as its key, taken from a foreign key, without its table being joined."""
    key = prompt.schema.tables[table].key
    inward = {k.column for k in prompt.schema.keys if k.to_table == table}
    return {c.name for c in display(prompt.schema, table)} | inward | ({key} if key else set())


def _same(text: str, number: float) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False
