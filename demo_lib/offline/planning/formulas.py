"""Measures → formulas: which expression, which aggregates in it, and the table that each of them counts over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from ..english.lexicon import ADDITIVE, QUANTITIES
from ..english.words import name_words, stems
from ..frame import Decline, Measure, Option, Readings
from ..prompt.prompt_reader import Prompt
from ..prompt.schema import Column, Table
from ..prompt.vocabulary import Reading
from ..source import Source, alternatives, paths

AGGREGATES = {"sum": exp.Sum, "avg": exp.Avg, "median": exp.Median, "min": exp.Min, "max": exp.Max}
DOUBLED = ("distinct", "min", "max")  # do not change where a row counts twice
HAVE_MEDIAN = ("duckdb", "postgres", "sqlite", "snowflake")
CHARGES = stems("bill invoice expense fee fine charge cost payment")  # rows that are money
CHARGED = CHARGES | stems("amount total")
PRICES = stems("price fee fare tariff rate")
PREFIXES = {"sum": "total", "avg": "average", "median": "median", "min": "lowest", "max": "highest"}


@dataclass(eq=False)
class Part:
    """One aggregate of a formula. `loose` ones count distinct keys, and so may be counted from further down."""

    node: exp.Expr
    anchor: str
    loose: bool = False


@dataclass(eq=False)
class Formula:
    """An expression over aggregates, with the name its column gets."""

    tree: exp.Expr
    name: str
    parts: list[Part]
    distinct: bool = False
    """Whether it counts those only that the other numbers of the question are about."""


def formula(measure: Measure, prompt: Prompt, context: Sequence[Readings]) -> Formula:
    """The formula of a measure. `context` (what else the question names) settles between columns of one name."""
    if measure.agg == "median" and prompt.dialect not in HAVE_MEDIAN:
        raise Decline(f"{prompt.dialect} has no median. Ask for the average.")
    if measure.readings[0].term:
        return _term(measure, prompt)
    if measure.agg in ("count", "events", "rows"):
        table = _one_table(measure, prompt, context)
        counts = prompt.schema.tables[table].by_name.get("count")
        if counts and counts.kind == "number":  # its rows are counts already
            return _single(exp.Sum(this=counts.reference), table, f"{singular(table)}_count")
        return _counted(table, f"{singular(table)}_count")
    if measure.agg == "distinct rows":
        table = _one_table(measure, prompt, context)
        counted = _counted(table, f"{singular(table)}_count")
        return replace(counted, distinct=True)
    if measure.agg in ("total", "quantity"):
        return _total(measure, prompt, context)
    column = _one_column(measure, prompt, context)
    if measure.agg == "count dates":
        return _counted(column.table, f"{singular(column.table)}_count")
    reference = column.reference
    if measure.agg == "distinct":
        node: exp.Expr = exp.Count(this=exp.Distinct(expressions=[reference]))
        return _single(node, column.table, f"{column.name}_count", loose=True)
    if measure.agg == "sum" and not column.additive:
        raise Decline(
            f"{column} holds fractions; added up they mean nothing. Ask for the average, or give a formula"
            " in the glossary."
        )
    if measure.agg not in AGGREGATES:
        raise Decline(f"I do not know what to do with “{measure.words}”.")
    prefix = {"min": "first", "max": "last"}[measure.agg] if column.kind == "date" else PREFIXES[measure.agg]
    name = column.name if column.name.startswith(prefix) else f"{prefix}_{column.name}"
    below = measure.agg in DOUBLED and not _reaches(prompt, column.table, context)
    return _single(AGGREGATES[measure.agg](this=reference), column.table, name, loose=below)


def counted_role(measure: Measure) -> Formula | None:
    """`how many managers are there`: the different ones whom a key points to; None for what is no role of one key."""
    rows = [r for r in measure.readings if r.kind == "table"]
    keys = {r.via for r in rows if not r.owner}
    key = next(iter(keys)) if len(keys) == 1 else None
    if measure.agg not in ("count", "distinct rows") or key is None or any(r.owner for r in rows):
        return None
    node = exp.Count(this=exp.Distinct(expressions=[exp.column(key.column, table=key.table)]))
    name = key.column.removesuffix("_id")
    return _single(node, key.table, f"{snake(name)}_count", loose=True)


def _term(measure: Measure, prompt: Prompt) -> Formula:
    term = measure.readings[0].term
    assert term is not None
    if not term.is_measure:
        raise Decline(f"The glossary says which rows “{term.name}” means, but not how to add them up.")
    tree = term.sql.copy()
    name = snake(term.name)
    if measure.agg in AGGREGATES and measure.agg != "sum":
        inner = tree.this if isinstance(tree, exp.Sum) else None
        if not isinstance(inner, exp.Column):
            raise Decline(
                f"“{measure.words}” of what? Say for example {term.name} per order, per customer or per month."
            )
        tree, name = AGGREGATES[measure.agg](this=inner.copy()), f"{PREFIXES[measure.agg]}_{inner.name}"
    nodes = [n for n in tree.find_all(exp.AggFunc) if not n.find_ancestor(exp.AggFunc)]
    return Formula(tree, name, [Part(n, _anchor(n, tree, prompt), _is_distinct(n)) for n in nodes])


def _anchor(node: exp.Expr, tree: exp.Expr, prompt: Prompt) -> str:
    """The table among those of an aggregate (of the whole formula for COUNT(*)) that reaches all the others."""
    tables = list(dict.fromkeys(c.table for c in (node if node.find(exp.Column) else tree).find_all(exp.Column)))
    if (used := _charged_in(node, prompt)) is not None:
        return used
    for table in tables:
        if all(other in paths(prompt.schema, table) for other in tables):
            return table
    raise Decline(f"The glossary's {node.sql()} joins {' and '.join(tables)} in a way that would count rows twice.")


def _charged_in(node: exp.Expr, prompt: Prompt) -> str | None:
    """The rows that a price is charged for: what `SUM(washes.price)`, a `price per wash`, adds up of a price list.

    Those of the one table that points to the list, where the comment says that the price is that of one use.
    """
    told = node.this if isinstance(node, exp.Sum) and isinstance(node.this, exp.Column) else None
    column = prompt.schema.column(told.table, told.name) if told is not None else None
    if column is None or not is_price(column):
        return None
    per = re.search(r"\bper ([a-z]+)", column.note, re.I)
    listed = all(c.kind != "date" for c in prompt.schema.tables[column.table].columns)
    pointing = {k.table for k in prompt.schema.keys if k.to_table == column.table}
    if per is None or not listed or len(pointing) != 1 or not stems(per[1]) & {*name_words(column.table)}:
        return None
    used = prompt.schema.tables[pointing.pop()]
    return used.name if not {*used.by_name} & {*QUANTITIES} and any(c.kind == "date" for c in used.columns) else None


def is_price(column: Column) -> bool:
    """Whether a column says what one of something costs."""
    return column.kind == "number" and name_words(column.name)[-1] in PRICES


def _total(measure: Measure, prompt: Prompt, context: Sequence[Readings]) -> Formula:
    """`total sales` where the glossary is silent: the one column of the table that plainly adds up."""
    wanted = ADDITIVE if measure.agg == "total" else QUANTITIES
    tables = [t for t in dict.fromkeys(r.table for r in measure.readings) if _reaches(prompt, t, context)]
    for name in tables:
        columns = prompt.schema.tables[name].by_name
        found = [columns[a] for a in wanted if a in columns and columns[a].kind == "number"]
        if measure.agg == "total":
            found = found or _plain_amount(prompt.schema.tables[name])
            found = found or (_charged(prompt.schema.tables[name]) if set(stems(measure.words)) & CHARGES else [])
        if found:
            return _single(
                exp.Sum(this=found[0].reference),
                name,
                f"total_{snake(found[0].name)}".replace("total_total", "total"),
            )
    if measure.agg == "quantity" and tables:
        return _counted(tables[0], f"{singular(tables[0])}_count")
    raise Decline(
        f"I cannot tell which column adds up to “{measure.words}”. A glossary line such as “- "
        f"{measure.words}: SUM(table.column)” would say it."
    )


def _plain_amount(table: Table) -> list[Column]:
    """The one amount that is called after its table: `invoice_total` of invoices, `dues` of club_dues."""
    called, adds_up = set(name_words(table.name)), {w for a in ADDITIVE for w in name_words(a)}
    own = [
        c for c in table.columns if c.kind == "number" and c.additive and set(name_words(c.name)) <= called | adds_up
    ]
    own = [c for c in own if set(name_words(c.name)) & called]
    return own if len(own) == 1 else []


def _charged(table: Table) -> list[Column]:
    """The one amount of money of rows that are money: the `gas_cost` of bills."""
    numbers = [c for c in table.columns if c.kind == "number" and c.additive]
    money = [c for c in numbers if name_words(c.name)[-1] in CHARGED]
    return money if len(money) == 1 else []


def _one_column(measure: Measure, prompt: Prompt, context: Sequence[Readings]) -> Column:
    best: dict[Column, float] = {}
    near = [r for r in measure.readings if r.column and _reaches(prompt, r.table, context)]
    if not near and measure.agg in DOUBLED:  # `how many brands did members buy`: told by the rows that lead to both
        sure = [r for r in measure.readings if r.column and r.score >= (0.75 if measure.agg == "distinct" else 0.9)]
        near = [r for r in sure if _linked(prompt, r.table, context)]
    for r in near:
        if r.column:
            best[r.column] = max(best.get(r.column, 0), r.score)
    mentioned: dict[str, float] = {}
    for r in (r for group in context for r in group if r.kind == "table"):
        mentioned[r.table] = max(r.score, mentioned.get(r.table, 0))
    closest = max((mentioned.get(c.table, 0) for c in best), default=0)
    named = [c for c in best if mentioned.get(c.table, 0) == closest]
    if not named:
        raise Decline(f"I found no way to join what “{measure.words}” is measured on with the rest. Ask for less.")
    top = [c for c in named if best[c] == max(best[n] for n in named)]
    if len(top) > 1 and context:
        far = {c: sum(Source(prompt, c.table).distance(group) or 0 for group in context) for c in top}
        top = [c for c in top if far[c] == min(far.values())]
    if len(top) > 1:
        options: list[Option] = [(Reading("column", c.table, column=c), ()) for c in top]
        raise Decline(f"“{measure.words}” could mean {alternatives(map(str, top))}.", measure.words, options)
    return top[0]


def _one_table(measure: Measure, prompt: Prompt, context: Sequence[Readings]) -> str:
    scores: dict[str, float] = {}
    for r in measure.readings:
        scores[r.table] = max(scores.get(r.table, 0), r.score)
    likely = [t for t in scores if scores[t] >= max(scores.values()) - 0.2]
    near = [t for t in likely if _reaches(prompt, t, context)] or likely
    top = [t for t in near if scores[t] == max(scores[n] for n in near)]
    if len(top) > 1:
        options: list[Option] = [(Reading("table", t), ()) for t in top]
        raise Decline(f"“{measure.words}” could mean {alternatives(top)}.", measure.words, options)
    return top[0]


def _reaches(prompt: Prompt, table: str, context: Sequence[Readings]) -> bool:
    source = Source(prompt, table)
    return all(source.distance(group) is not None for group in context)


def _linked(prompt: Prompt, table: str, context: Sequence[Readings]) -> bool:
    """Whether the rows of some table lead to one of these and to everything else that is named."""
    return any(table in Source(prompt, t).reach and _reaches(prompt, t, context) for t in prompt.schema.tables)


def _counted(table: str, name: str) -> Formula:
    return _single(exp.Count(this=exp.Star()), table, name, loose=True)


def _single(node: exp.Expr, anchor: str, name: str, loose: bool = False) -> Formula:
    return Formula(node, name, [Part(node, anchor, loose)])



def _is_distinct(node: exp.Expr) -> bool:
    return isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct)


def placed(part: Part, source: Source) -> exp.Expr:
    """The aggregate as it reads on `source`: counted rows of a table further up become distinct keys."""
    if isinstance(part.node, exp.Count) and isinstance(part.node.this, exp.Star):
        if part.anchor == source.anchor:
            return part.node.copy()
        choice = source.choose((Reading("table", part.anchor),), part.anchor)
        if choice is None:
            raise Decline(f"I found no way to join {part.anchor} to {source.anchor}.")
        table: Table = source.prompt.schema.tables[part.anchor]
        return exp.Count(this=exp.Distinct(expressions=[source.foreign_or_key(table, choice[1])]))
    return source.rewritten(part.node)


def ratio(top: exp.Expr, bottom: exp.Expr, scale: float = 1.0) -> exp.Expr:
    """top / bottom as a fraction in every dialect: never a whole-number division, never by zero."""
    factor = exp.Literal.number(str(float(scale)))
    safe = exp.Nullif(this=bottom, expression=exp.Literal.number(0))
    return exp.Div(this=exp.Mul(this=factor, expression=top), expression=safe, typed=True, safe=False)


def snake(text: str) -> str:
    """A column name out of words."""
    return re.sub(r"\W+", "_", text.strip().lower()).strip("_") or "value"


def singular(table: str) -> str:
    """A table's name as one of its rows is called."""
    name = snake(table.split(".")[-1])
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith(("ches", "shes", "sses", "xes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
