"""Measure phrases: `how many …`, `average … per …`, `total …`, a glossary term, `how much did we sell`."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ..english.lexicon import ADDITIVE, ADJECTIVES, MEASURED_IN, MONEY_VERBS, QUANTITIES, REVENUE_WORDS
from ..english.units import units_of
from ..english.words import name_words, of_people, spoken, stem, stems
from ..frame import Decline, Dim, Measure, Readings
from ..linking.linker import STAFF, Item, doing
from ..prompt.legends import SCALE
from ..prompt.schema import Column, Table, bare
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import display, paths

AGGREGATES = {"sum": "sum", "avg": "avg", "median": "median", "most": "max", "least": "min", "max": "max", "min": "min"}
EXTREMES = {"biggest": True, "largest": True, "smallest": False}
DATED = {"latest": True, "earliest": False}
# What a row has of its own, and nobody adds up: an average of it per something is taken over the rows.
OF_EACH = stems("score rating stars grade mark price rate salary wage age weight height temperature percent percentage")
KINDS = stems("type kind category class status code")
NEVER_ADDED = OF_EACH - stems("weight")
SPENT = stems("spend")
QUANTITY_WORDS = stems(" ".join(QUANTITIES))
Found = tuple[Measure, int]


def measure_at(reader: Reader, i: int) -> Found | None:
    """The measure that starts at item `i`, and the position after it. A bare column has `agg` column."""
    found = reader.item(i)
    if found is None:
        return None
    if found.kind == "sum" and reader.is_(after := reader.skip(i + 1, "of"), "count", "avg"):
        return measure_at(reader, after)
    if found.kind == "count":
        return _count(reader, i)
    if found.kind in AGGREGATES:
        return _aggregate(reader, i)
    if found.words in EXTREMES and (extreme := _extreme(reader, i)):
        return extreme
    if dated := _first_or_last(reader, i, found):
        return dated
    head = reader.head(i)
    if head is None or reader.is_(head, "grain"):
        return None
    item = reader.items[head]
    if item.of("term") and (item.of("term")[0].score >= 0.9 or not item.of("table")):
        only_verb = (bool(item.of("event")) or item.participle) and item.of("term")[0].score < 0.8
        return None if only_verb else (Measure("term", item.words, item.of("term")), head + 1)
    if numeric := _of_kind(item, "number"):
        return Measure("sum" if "amount" in item.notes else "column", item.words, numeric), head + 1
    if item.of("table"):
        return Measure("count", item.words, item.of("table")), head + 1
    return None


def _count(reader: Reader, i: int) -> Found | None:
    j = reader.skip(i + 1, "of", "count", "sum", "distinct", "begin", "avg")
    distinct, averaged = (any(reader.is_(k, kind) for k in range(i, j)) for kind in ("distinct", "avg"))
    head = reader.head(j)
    if head is None and reader.has(j, "value"):
        head = _behind_values(reader, j) or j
    elif head is None and reader.has(j, "flag") and reader.has(j + 1, "value"):  # `how many broken Bikes`
        head = j + 1
    if head is None and reader.is_(j, "and") and reader.is_(j + 1, "sum", "avg"):  # `number and total value of …`
        shared = reader.head(reader.skip(j + 1, "sum", "avg", "of"))
        if shared is not None and reader.has(shared, "table"):
            return Measure("count", reader.words(i, j), reader.items[shared].of("table")), j
    if reader.items[i].words == "headcount" and (head is None or not reader.has(head, "table")):
        named = [t for t in reader.known.prompt.schema.tables if of_people(t)]
        named = [t for t in named if name_words(bare(t))[-1] in STAFF] or named
        people = tuple(Reading("table", t) for t in named)
        return (Measure("count", "headcount", people), i + 1) if people else None
    if head is None:
        return None
    if distinct and reader.items[head].participle and reader.has(head + 1, "table"):  # `different shipped products`
        head += 1
    item, words = reader.items[head], reader.words(i, head + 1)
    keys = doing(item.tokens[0], reader.known) if "doers" in item.notes else ()
    if len(keys) == 1 and (told := reader.known.prompt.schema.tables[keys[0].table].by_name.get(keys[0].column)):
        return Measure("distinct", words, (Reading("column", told.table, 1.0, told),)), head + 1  # who borrowed
    if item.of("table"):
        return Measure("distinct rows" if distinct else "count", words, item.of("table")), head + 1
    if item.of("term"):
        money = all(isinstance(r.term.sql, exp.Sum) and not _quantity(r.term.sql) for r in item.of("term") if r.term)
        if money and item.participle and reader.items[i].words == "how many":
            raise Decline(f"How many of what were “{item.words}”? Name the rows to count, or ask how much.")
        if money and item.plural and item.of("event") and reader.items[i].words == "how many":  # `how many refunds`
            return Measure("events", words, item.of("event")), head + 1
        return Measure("term", words, item.of("term")), head + 1
    happened = reader.find("link") and any(reader.has(k, "event") for k in range(len(reader)) if k != head)
    if item.of("value") and not item.of("column") and not happened:  # `how many Toys`: and so does the value
        owners = tuple(Reading("table", _counted_by(reader, item, r), r.score) for r in item.of("value"))
        of = reader.items[head + 1] if reader.has(head + 1, "table") else None
        told_by = any(other.kind == "by" for other in reader.items)
        if of and of.plural and reader.done_by(head) and not told_by:  # `how many laptops do the teams have`
            them = of.words
            raise Decline(f"Those of all {them} together, or of each? Say “{item.words} by …” for each of the {them}.")
        return Measure("count", words, owners), j
    if flags := tuple(r for r in item.of("flag") if r.score >= 0.9):  # `how many admins`, and so the flag filters
        return Measure("count", words, tuple(Reading("table", r.table, r.score) for r in flags)), j
    numbers = _of_kind(item, "number")
    amounts = tuple(r for r in numbers if not _without_its_unit(r, item))
    if numbers and not amounts:
        return None
    if amounts:  # `how many doses`
        return Measure("avg" if averaged else "distinct" if distinct else "sum", words, amounts), head + 1
    own = [r.column for r in item.of("column") if r.column]
    if own and all(item.tokens[-1].stem not in (name_words(c.name)[-1], stem(c.name)) for c in own) and item.plural:
        kinds = [c for c in own if name_words(c.name)[-1] in KINDS]
        if len(kinds) == len(own):  # of a `parcel_type` there are few, of parcels many
            raise Decline(f"Do you mean how many kinds of “{item.words}”, or how many {own[0].table}? Say which.")
    if dates := _of_kind(item, "date"):  # `number of hires`
        return Measure("count dates", words, dates), head + 1
    if not distinct and (rows := _had_by_each(item)):
        raise Decline(f"Do you mean how many kinds of “{item.words}”, or how many {rows}? Say which.")
    return (Measure("distinct", words, item.of("column")), head + 1) if item.of("column") else None


def _behind_values(reader: Reader, i: int) -> int | None:
    """`the number of online and in-store orders`: where the rows stand that the values are said of."""
    columns, end = {r.column for r in reader.items[i].of("value")}, i + 1
    while reader.is_(end, "and", "or", "compare") and reader.has(end + 1, "value"):
        columns &= {r.column for r in reader.items[end + 1].of("value")}
        end += 2
    rows = end > i + 1 and columns and reader.has(end, "table") and reader.items[end - 1].next_to(reader.items[end])
    return end if rows else None


def _counted_by(reader: Reader, item: Item, value: Reading) -> str:
    """The table whose rows are counted by a value: of the plan `Senior` there is one row, and many people have it."""
    schema = reader.known.prompt.schema
    if value.column not in display(schema, value.table) or len(schema.tables) == 1:
        return value.table
    pointing = [k.table for t in schema.tables for k in schema.outward[t] if k.to_table == value.table]
    having = [t for t in dict.fromkeys(pointing) if of_people(t)]
    if pointing and len(having) != 1:
        raise Decline(f"“{item.words}” is one of the {value.table}. Say what to count of it.")
    return having[0] if having else value.table


def _without_its_unit(reading: Reading, item: Item) -> bool:
    """Whether a column of times or weights is called without them: `ride_minutes` does not tell how many rides."""
    words = spoken(reading.column.name).split() if reading.column else []
    said = item.tokens[-1].word
    return words[-1:] != [said] and words[-1] in MEASURED_IN and len(words) > 1 and words[-1] not in units_of(said)


def _had_by_each(item: Item) -> str:
    """The rows of which each has one: memberships are had by members."""
    own = [r for r in item.of("column")[:1] if r.column and item.tokens[-1].stem.endswith("ship")]
    return next((r.table for r in own if r.column and stem(r.table)[:4] == r.column.name.lower()[:4]), "")


def _quantity(sum_: exp.Sum) -> bool:
    """Whether a sum counts pieces."""
    return isinstance(sum_.this, exp.Column) and bool({*name_words(sum_.this.name)} & QUANTITY_WORDS)


def is_pieces(measure: Measure) -> bool:
    """Whether a measure adds up how many pieces there were."""
    sums = [r.term.sql for r in measure.readings if r.term and isinstance(r.term.sql, exp.Sum)]
    return bool(sums) and all(map(_quantity, sums))


def _aggregate(reader: Reader, i: int) -> Found | None:
    agg = AGGREGATES[reader.items[i].kind]
    j = reader.skip(i + 1, "of")
    if reader.is_(j, "sum") and "amount" in reader.items[j].words and reader.has(j + 1, "table"):  # `amount of a sale`
        tables = {r.table for r in reader.items[j + 1].of("table")}
        named = reader.known.phrases.get(("amount",), ())
        amounts = tuple(r for r in named if r.kind == "column" and r.table in tables)
        return (Measure(agg, reader.words(i, j + 2), amounts), j + 2) if amounts else None
    other = j + 1 if reader.is_(j, "and") else j
    of_totals = agg == "avg" and other == j and reader.is_(j, "sum")  # `average total cost per machine`
    if reader.is_(other, *AGGREGATES) and not reader.is_(i, "sum") and not of_totals:  # `the lowest and highest price`
        last = reader.skip(other, "and", *AGGREGATES) - 1
        shared = _aggregate(reader, last) if last > i and reader.is_(last, *AGGREGATES) else None
        columns = _of_kind(reader.items[shared[1] - 1], "number", "date") if shared else ()
        return (Measure(agg, reader.words(i, i + 1), columns), i + 1) if columns else None
    if agg == "avg":
        if average := _average_per(reader, i, reader.skip(j, "sum")):
            return average
        counted = _count(reader, j) if reader.is_(j, "count") else None
        if counted and any(" per " in f" {' '.join(n)} " for r in counted[0].readings if r.term for n in r.term.names):
            return counted  # the glossary's `loans per member` is an average already
    elif reader.is_(j, "count"):
        counted = measure_at(reader, j)
        per = counted and reader.is_(counted[1], "by") and reader.items[counted[1]].words == "per"
        if agg == "median" and counted and counted[0].agg == "sum" and not per:  # `the median number of passengers`
            return Measure(agg, reader.words(i, counted[1]), counted[0].readings), counted[1]
        return counted
    head = reader.head(j)
    if head is None or reader.is_(head, "grain"):
        return None
    item, words = reader.items[head], reader.words(i, head + 1)
    if agg != "sum" and item.of("event") and item.of("term") and item.of("term")[0].score < 0.8:
        return None  # `what do we sell on average`: of units, or of dollars?
    if item.of("term"):
        if agg in ("max", "min") and not {"amount", "value", "single"} & set(words.split()):
            return None  # `the highest sales` of what?
        averaged = agg == "avg" and any(
            isinstance(r.term.sql, exp.Avg) or any("averag" in n for n in r.term.names)
            for r in item.of("term") if r.term
        )  # fmt: skip
        return Measure("term" if agg == "sum" or averaged else agg, words, item.of("term")), head + 1
    kinds = ("number", "date") if agg in ("max", "min") and not item.participle else ("number",)
    if columns := _of_kind(item, *kinds):
        return Measure(agg, words, columns), head + 1
    if agg == "sum" and item.plural and not item.of("table", "term", "event") and (dates := _of_kind(item, "date")):
        return Measure("count dates", words, dates), head + 1  # `total sign-ups`
    rows = item.plural and not (agg == "median" and head > i + 1 and reader.is_(i + 1, "of"))  # `median of our fines`
    if agg != "sum" and not rows and (amounts := only_amount(reader, item)):  # `the average fine`
        return Measure(agg, words, amounts), head + 1
    if item.of("table") and agg == "sum":
        return Measure("total", words, item.of("table")), head + 1
    if item.of("table") and agg in ("max", "min"):
        return Measure("count", words, item.of("table")), head + 1
    return None


def only_amount(reader: Reader, item: Item) -> Readings:
    """The amount that rows are known by, where their table has one: of a fine its `amount`."""
    named = {r.table for other in reader.items if other is not item for r in other.of("table")[:1] if r.score >= 0.85}
    sure = (r for r in item.of("table")[:1] if r.score >= 0.85 or r.table in named)  # `credits and the average credit`
    tables = [reader.known.prompt.schema.tables[r.table] for r in sure]
    found = [c for t in tables for c in t.columns if _is_amount_of(t, c)]
    return (Reading("column", found[0].table, 1.0, found[0]),) if len(found) == 1 else ()


def _is_amount_of(table: Table, column: Column) -> bool:
    """`amount`, or `bill_total` of bills."""
    own = [w for w in name_words(column.name) if w not in name_words(bare(table.name))]
    named = column.name.lower() in ADDITIVE or own in [[stem(a)] for a in ADDITIVE]
    return named and column.kind == "number"


def _extreme(reader: Reader, i: int) -> Found | None:
    """`the biggest refund`: of an amount, where no rows are called so."""
    head = reader.head(i + 1)
    if head is None:
        return None
    item = reader.items[head]
    readings = item.of("term") if not item.plural else ()
    if not readings and (amounts := _of_kind(item, "number")):
        readings = amounts if all(r.score <= amounts[0].score for r in item.of("table", "term")) else ()
    elif not readings and not item.plural:
        readings = only_amount(reader, item)
    agg = "max" if EXTREMES[reader.items[i].words] else "min"
    return (Measure(agg, reader.words(i, head + 1), readings), head + 1) if readings else None


def _first_or_last(reader: Reader, i: int, item: Item) -> Found | None:
    """`the most recent return date`, `first sale date`."""
    desc = DATED.get(item.kind)
    if item.kind == "adjective" and ADJECTIVES[item.words][0].startswith("date"):
        desc = ADJECTIVES[item.words][1]
    head = reader.head(i + 1) if desc is not None else None
    dates = _of_kind(reader.items[head], "date") if head is not None else ()
    if head is None or not dates or reader.has(head, "table"):
        return None
    return Measure("max" if desc else "min", reader.words(i, head + 1), dates), head + 1


def _average_per(reader: Reader, i: int, j: int) -> Found | None:
    """`average number of orders per customer`, `average monthly revenue`: one number for each, then the average."""
    if reader.is_(j, "grain") and (inner := measure_at(reader, j + 1)) and inner[0].agg in ("term", "count"):
        return _with_per(inner[0], reader.words(i, inner[1]), reader.dim(j)), inner[1]
    found = _count(reader, j) if reader.is_(j, "count") else measure_at(reader, j) or _spending(reader, j)
    if found is None or found[0].agg not in ("term", "count", "column", "sum", "distinct rows", "distinct"):
        return None
    measure, end = found
    if measure.agg == "count" and not reader.is_(j, "count") and not reader.items[end - 1].plural:
        return None  # `average fine per loan` is no count of fines
    amount = measure.agg in ("column", "sum")
    said = reader.items[end].words.split() if reader.is_(end, "by") else []
    head = reader.head(end + 1) if "per" in said or ("each" in said and not amount) else None
    term = head is not None and reader.has(head, "term") and not reader.has(head, "table")
    if term and measure.agg in ("term", "count"):
        return measure, end  # `purchases per active customer`: of two totals one over the other
    per = reader.dim(head) if head is not None else None
    likely = per.readings[:1] if per and amount else per.readings if per else ()
    rows = any(r.kind == "table" for r in likely) or _of_kinds(reader, j, measure, per)
    of_one = is_of_each(measure) or (amount and not reader.is_(j - 1, "sum") and _named_after_rows(measure))
    of_each = amount and per and not per.grain and of_one and _above(reader, measure, per)
    own = per is not None and {r.table for r in per.readings} & {r.table for r in measure.readings}
    beside = reader.is_(i - 1, "and") and amount and not own  # `number of dives and average depth per boat`
    grouped = of_each or beside
    if head is None or per is None or not (rows or per.grain) or grouped:  # `average price per category`
        return (Measure("avg", reader.words(i, end), measure.readings), end) if amount else None
    words = reader.words(i, head + 1)
    own_rows = [r for r in per.readings if r.kind == "table" and r.table in {m.table for m in measure.readings}]
    if amount and own_rows and own_rows[0].score < 0.6:
        raise Decline(f"Each of the {own_rows[0].table} has one “{measure.words}”. Per which column of theirs?")
    if amount and own_rows:
        return Measure("avg", words, measure.readings), head + 1  # `average price per product`: one row each
    return _with_per(Measure("sum", measure.words, measure.readings) if amount else measure, words, per), head + 1


def _named_after_rows(measure: Measure) -> bool:
    """Whether it is what one row costs or takes, as its name says: a `repair_cost` of repairs."""
    columns = [r.column for r in measure.readings if r.column]
    starts = [({w[:4] for w in name_words(bare(c.table))}, name_words(c.name)[:-1]) for c in columns]
    return bool(starts) and all(any(w[:4] in rows for w in words) for rows, words in starts)


def _of_kinds(reader: Reader, j: int, measure: Measure, per: Dim | None) -> bool:
    """`average number of halls per town`: so many for each kind of them. Of an amount only where it is a `total`."""
    texts = per is not None and bool(per.readings) and all(r.column and r.column.kind == "text" for r in per.readings)
    counts = measure.agg in ("count", "distinct rows", "distinct")
    counts |= measure.agg == "term" and all(isinstance(r.term.sql, exp.Count) for r in measure.readings if r.term)
    return texts and (counts or reader.is_(j - 1, "sum"))


def _spending(reader: Reader, i: int) -> Found | None:
    """`spending per customer`: the glossary's amount, of which it has the verb only. `What do we sell per day`, too."""
    item = reader.item(i)
    sells = item is not None and "we" in item.notes and is_money(item) and reader.items[0].words in ("what", "how much")
    spends = item is not None and item.kind == "money" and item.tokens[-1].stem in SPENT
    if item and (sells or spends) and reader.is_(i + 1, "by"):
        return money(reader, item), i + 1
    terms = item.of("term") if item and item.tokens[-1].stem in SPENT and reader.is_(i + 1, "by") else ()
    sql = terms[0].term.sql if terms and terms[0].term else None
    spent = isinstance(sql, exp.Sum) and not _quantity(sql)
    return (Measure("term", str(terms[0]), terms[:1]), i + 1) if spent else None


def is_of_each(measure: Measure, nouns: frozenset[str] | set[str] = OF_EACH) -> bool:
    """Whether it is a score or a price, and no total."""
    if any(r.column and (r.column.sql is not None or SCALE.search(r.column.note)) for r in measure.readings):
        return True  # what is worked out of a row, such as how long it took, is its own
    names = [set(name_words(r.column.name)) for r in measure.readings if r.column]
    return any(words & nouns and not words & {"total", "amount"} for words in names)


def _above(reader: Reader, measure: Measure, per: Dim) -> bool:
    """Whether the rows of `per` lie above those that are measured, so that each has many."""
    schema = reader.known.prompt.schema
    ends = {r.table for r in per.readings if r.kind == "table"}
    return any(ends & (paths(schema, r.table).keys() - {r.table}) for r in measure.readings)


def _with_per(measure: Measure, words: str, per: Dim) -> Measure:
    return Measure(measure.agg, words, measure.readings, per)


def _of_kind(item: Item, *kinds: str) -> Readings:
    return tuple(r for r in item.of("column") if r.column and r.column.kind in kinds)


def is_money(item: Item | None) -> bool:
    """Whether the word is a verb such as `make` or `earn`, which after `how much` asks for money."""
    how = item is not None and item.tokens[0].word in ("how", "way") and bool(item.of("column"))  # `by how people paid`
    return item is not None and not how and item.kind in ("money", "link") and item.tokens[-1].stem in MONEY_VERBS


def money(reader: Reader, verb: Item) -> Measure:
    """What was sold, earned or spent: the glossary's word for revenue, else an amount on the event's rows."""
    selling = {r.table for r in reader.known.events.get("sell", ())}
    own = {r.table for r in verb.of("event")}
    paid = verb.tokens[-1].stem == "pay" and any(r.score == 1 for r in verb.of("event"))  # payments have their own rows
    for word in REVENUE_WORDS if not own or own & selling or (is_money(verb) and not paid) else ():
        for reading in reader.known.phrases.get((stem(word),), ()):
            if reading.term and reading.term.is_measure:
                return Measure("term", reading.term.name, (reading,))
    events = verb.of("event") or tuple(r for r in reader.known.events.get("sell", ()) if r.score >= 1)
    if not events:
        raise Decline(
            f"I cannot tell which amount “{verb.words}” asks for. A glossary line such as “- revenue "
            "(sales): SUM(…)” would say it."
        )
    return Measure("total", verb.words, events)


def times(reader: Reader, item: Item) -> Measure:
    """How often something happened; of what was sold, how many units: the glossary's `units sold` or a quantity."""
    selling = {r.table for r in reader.known.events.get("sell", ())}
    events = item.of("event") or tuple(reader.known.events.get("sell", ()))
    if not events:
        raise Decline(f"I cannot tell what “{item.words}” should count.")
    if not selling & {r.table for r in events}:
        return Measure("events", item.words, events)
    for word in ("unit", "quantiti"):
        for reading in reader.known.phrases.get((word, "sell"), ()):
            if reading.kind == "term":
                return Measure("term", "units sold", (reading,))
    return Measure("quantity", item.words, events)


def unless_column(measure: Measure, target: Dim | None) -> tuple[Measure | None, tuple[Reading, ...]]:
    """(measure, columns) to rank by: a column of the ranked table itself orders its rows, another is summed up."""
    if measure.agg != "column":
        return measure, ()
    rows = [r for r in target.readings if r.kind == "table"] if target else []
    tables = {r.table for r in rows if r.score >= rows[0].score - 0.2}  # `parts` are no `order parts`
    if own := tuple(r for r in measure.readings if r.table in tables):
        return None, own
    if all(is_of_each(replace(measure, readings=(r,)), NEVER_ADDED) for r in measure.readings):
        if measure.words.split()[-1] in _degrees(measure):  # `the most fertile fields`, of `fertility`
            return replace(measure, agg="avg"), ()
        words = measure.words
        raise Decline(f"Of several a “{words}” means little added up. Say “average {words}”, or ask for the best.")
    return Measure("sum", measure.words, measure.readings), ()


def _degrees(measure: Measure) -> set[str]:
    """The adjectives of which the columns are the nouns: `fertile` of `fertility`, `charming` of `charm`."""
    nouns = [spoken(r.column.name).split(" ")[-1] for r in measure.readings if r.column]
    roots = [noun.removesuffix(end) for noun in nouns for end in ("ity", "ness") if noun.endswith(end)]
    forms = {root + end for root in roots for end in ("", "e")} | {root[:-1] + "y" for root in roots}
    return forms | {noun + "ing" for noun in nouns}
