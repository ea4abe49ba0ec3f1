"""Noun phrases: neighbours settle what is meant, as in `Electronics category`, `price of products`, `online orders`."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from sqlglot import exp

from ..english.lexicon import BEGINNINGS, PASSIVE, QUANTITIES
from ..english.words import name_words, of_people, spoken, stems
from ..frame import Decline, Readings
from ..linking.linker import Item
from ..prompt.schema import Column, Schema
from ..prompt.vocabulary import SEX, Reading, flagged
from ..reader import Reader
from ..source import alternatives, paths
from .column_lists import column_lists
from .narrowing import of_named_rows, of_the_same
from .noun_idioms import noun_idioms

WITHIN = ("in each", "in every", "from each", "from every", "at each", "at every")
COMPARED = (">", "<", ">=", "<=", "=", "between")
BEGUN = stems(" ".join(BEGINNINGS))


def settle(reader: Reader) -> None:
    """Narrow the readings of items by what stands beside them, and drop the items that only repeat another."""
    column_lists(reader)
    noun_idioms(reader)
    _as_noun(reader)
    _whose_sex(reader)
    items, schema = reader.items, reader.known.prompt.schema
    for i in reader.find("and"):
        sides = [item for k in (i - 1, i + 1) if (item := reader.item(k))] if items[i].words == "plus" else []
        if len(sides) == 2 and all(_numbers([r.column for r in s.of("column") if r.column]) for s in sides):
            words = " ".join(item.words for item in items[i - 1 : i + 2])
            raise Decline(f"I cannot add up “{words}” within a row. Ask for each on its own, or define a term for it.")
    if len(items) > 2 and items[0].words == "on average" and reader.is_(1, "count"):
        items.append(items.pop(0))  # `on average, how many visits does a patient make`
    for i in reader.find("avg", "sum"):  # `what is the discount on average`, `the weight in total`
        nouns = [k for k in range(i) if items[k].kind != "grain" and _numbers(_columns(items[k]))]
        said_behind = items[i].words in ("on average", "in total", "altogether", "overall")
        rows = [k for k in range(nouns[-1] + 1 if nouns else i, i) if reader.has(k, "table")]
        if rows and items[0].kind == "count" and not any(items[k].plural for k in rows):
            continue  # `how many pages does a book have on average`: of each book first
        apart = i + 1 < len(items) and items[i + 1].tokens[0].breaks and nouns[-1:] == [i - 1]  # `cost in total, …`
        if said_behind and nouns and (apart or reader.head(i + 1) is None):
            items.insert(nouns[-1], items.pop(i))
        elif items[i].words == "on average" and (pers := [k for k in range(i) if items[k].words == "per"]):
            first = _noun_before(items, pers[0])
            if first is not None:  # `invoices per customer, on average`
                items.insert(first, items.pop(i))
    for i in reader.find("avg"):  # `pupils whose marks average more than 5`
        verb = items[i].words in ("average", "averages", "averaged") and reader.is_(i + 1, *COMPARED)
        if verb and i and not items[i - 1].of("table", "term") and _numbers(_columns(items[i - 1])):
            items[i - 1], items[i] = items[i], items[i - 1]
    for i in reader.find("grain"):
        _part_of_date(reader, i)
    for i in range(len(items)):
        of_named_rows(reader, i)
        _as_value(reader, i)
        _as_state(reader, i)
        _as_rows(reader, i)
        _units_of(reader, i)
        _as_amount(reader, i)
        _as_date(reader, i)
        _own_number(reader, i)
    for i, item in enumerate(items[:-1]):
        after = items[i + 1]
        if item.used or after.used:
            continue
        verb = after.words == "cost" and reader.is_(i + 2, "most", "least")  # `which machine cost the most`
        if (not verb and _named_twice(item, after, schema)) or _in_the(item, after, reader.item(i + 2)):
            continue
        beside = item.next_to(after) or item.of("value", "flag")  # `the date, the customer` are two things
        if item.next_to(after) and item.of("value") and not item.of("table", "column"):
            after.readings = of_the_same(item, after)
        if beside and after.of("table") and item.of("value", "column", "flag") and not item.of("table"):
            item.readings = _on_table(item.readings, after.of("table"), schema)
        if item.of("value") and after.of("value") and not item.of("table", "column") and item.next_to(after):
            guests = reader.item(i + 2)  # `Irish trade guests`: both are said of the guests
            if guests is not None and guests.of("table") and after.next_to(guests) and not after.of("table", "column"):
                item.readings = _on_table(item.readings, guests.of("table"), schema)
        if (
            item.of("table")
            and reader.is_(i + 1, "in", "from", "with", "at", "of", "on")
            and reader.has(i + 2, "value")
            and not _happened_at(reader, i)
        ):
            items[i + 2].readings = _on_table(items[i + 2].readings, item.of("table"), schema)
        if item.of("table") and item.plural and reader.is_(i + 1, "by") and items[i + 1].words in WITHIN:
            told = items[i + 2].of("table", "column") if i + 2 < len(items) and item.next_to(items[i + 1]) else ()
            if told and not items[i + 2].of("value", "term"):  # `our shops in each county`: the county of the shop
                items[i + 2].readings = _on_table(told, item.of("table"), schema)
        if reader.is_(i + 1, "on", "at", "in") and reader.has(i + 2, "flag", "value"):
            items[i + 2].readings = _on_the_day(item, items[i + 2].readings, schema)
        if item.of("column") and not item.of("table") and reader.is_(i + 1, "of", "for", "in", "from"):
            head = reader.head(i + 2)
            if head is not None and reader.has(head, "table"):
                item.readings = _on_table(item.readings, items[head].of("table"), schema)
                own = {r.table for r in item.readings} == {r.table for r in items[head].of("table")}
                if own and reader.is_(i + 1, "of") and reader.is_(i - 1, "avg", "median", "most", "least", "sum"):
                    items[head].readings = items[head].of("table")  # `average quantity of sales`: of these rows
                if own and reader.is_(i - 1, "by") and head == i + 2 and reader.is_(i + 1, "of"):
                    items[i + 1].used = items[head].used = True  # `for every kind of the tours`
    pairs = zip_longest(items, items[1:])
    reader.items = [i for i, after in pairs if not i.used and not _modifies(i, after)]


def _noun_before(items: list[Item], per: int) -> int | None:
    """Where the phrase begins that `per` follows: `sales`, `number of visits`, `last year's sales`."""
    last = next((k for k in reversed(range(per)) if items[k].kind in ("count", "link")), None)
    first = last
    while first and items[first - 1].kind in ("count", "link", "sum", "of") and not items[first].tokens[0].breaks:
        first -= 1
    return first


def _part_of_date(reader: Reader, i: int) -> None:
    """`by delivery month`: the months of that date, and no group for each of its days."""
    before = reader.item(i - 1)
    if before is None or not before.next_to(reader.items[i]):
        return
    listed = (before.tokens[0].breaks or reader.is_(i - 2, "and")) and any(k < i for k in reader.find("by"))
    if not listed and not reader.is_(i - 2, "by"):
        return
    begins = before.kind == "begin" and before.words != "new"  # `by launch year`, of `launched_on`
    known = reader.known.phrases.get((before.tokens[-1].stem,), ()) if begins else before.readings
    dates = [r for r in known if r.score >= 0.7 and r.column and r.column.kind == "date"]
    if begins and not dates:
        raise Decline(f"I cannot tell which date “{reader.words(i - 1, i + 1)}” is about. Name the column.")
    if dates:
        reader.items[i].readings, before.used = tuple(dates), True
        reader.items[i].notes.append("of a date")


def _whose_sex(reader: Reader) -> None:
    """`women` among the guides are not those whom the guides led. Raises Decline where only others have a sex."""
    people = {r.table for item in reader.items for r in item.of("table")[:1] if of_people(r.table)}
    for item in reader.items:
        owners = {r.table for r in item.of("value") if r.column and set(name_words(r.column.name)) & SEX}
        if owners and people and not owners & people:
            raise Decline(f"Only {alternatives(sorted(owners))} tell who is “{item.words}”. Name them, too.")


def _happened_at(reader: Reader, i: int) -> bool:
    """`visits by members at the North gym`: the visits were there."""
    people = any(of_people(r.table) for r in reader.items[i].of("table"))
    return people and reader.is_(i + 1, "at") and any(reader.has(k, "table") for k in range(i))


def _as_state(reader: Reader, i: int) -> None:
    """`closed cases`: those whose date of closing is not empty, where the question speaks of no time."""
    item, after = reader.items[i], reader.item(i + 1)
    if after is None or not item.participle or len(item.tokens) > 1 or reader.find("date", "grain"):
        return
    rows = {r.table for r in after.of("table")}
    own = [r for r in item.of("column") if r.table in rows and r.column and r.column.kind == "date"]
    if len(own) == 1 and own[0].column and item.next_to(after) and not item.of("value", "flag", "event", "term"):
        today = reader.known.prompt.today
        if spoken(own[0].column.name).split()[0].endswith("s"):  # `expired coupons`, of `expires_on`: that day is over
            over = exp.LT(this=own[0].column.reference, expression=exp.Literal.string(str(today)))
            item.readings = (flagged(item.words, own[0].table, over),) if today else ()
            return
        item.readings = (flagged(item.words, own[0].table, exp.Not(this=exp.paren(own[0].column.empty))),)


def _as_value(reader: Reader, i: int) -> None:
    """`open positions` have that state, though there is a table of `openings`; they are rows that can have it."""
    item, after = reader.items[i], reader.item(i + 1)
    exact = {r.table for r in item.of("value") if r.score == 1}
    weak = all(r.score < 0.9 for r in item.of("table"))
    told = {r.table for other in reader.items[:i] for r in other.of("table")[:1]}
    if weak and exact & told and not item.plural:  # `tickets that are open`
        item.readings = tuple(r for r in item.readings if r.kind != "table")
    if not exact or not weak or item.plural or after is None or not after.of("table") or not item.next_to(after):
        return
    item.readings = tuple(r for r in item.readings if r.kind != "table")
    rows = after.of("table")
    equal = {r.table for r in rows if r.score == rows[0].score}
    if len(equal) > 1 and len(equal & exact) == 1:
        after.readings = tuple(r for r in after.readings if r.kind != "table" or r.table not in equal - exact)


def _as_rows(reader: Reader, i: int) -> None:
    """`list all sales` wants the rows of a table, though the glossary calls an amount so."""
    item = reader.items[i]
    own = tuple(r for r in item.of("table") if r.score == 1)
    listed = reader.is_(i - 1, "list") and bool({"all", "every"} & set(reader.items[i - 1].words.split()))
    if own and item.of("term") and listed and not reader.find("by", "share", "growth", "trend", "running", "compare"):
        item.readings = own
        item.notes.append("every column")


def _as_amount(reader: Reader, i: int) -> None:
    """`units returned`: what rows of the verb's table add up to; `ad spend`: the column `spend` of that table."""
    item, schema = reader.items[i], reader.known.prompt.schema
    if "shown" in item.notes:  # a column among those that are listed
        return
    if reader.find("share"):
        return  # a share of what is returned, or of what is sold: not for us to say
    if not item.used and (verb := _verb_of(reader, i)) is not None:
        tables = [r.table for t in reader.items[verb].tokens for r in reader.known.events.get(t.stem, ())]
        hers = _numbers([c for t in tables for c in schema.tables[t].columns if c.name.lower() in QUANTITIES])
        if hers and not {t.table for t in item.of("term")} & set(tables):
            item.readings, item.used = hers[:1], False
            item.notes.append("amount")
            reader.items[verb].used = verb != i
        return
    named = [(schema.tables[r.table], name_words(r.table)) for r in item.of("table") if r.score >= 0.8]
    own = _numbers([c for t, words in named for c in t.columns if len(words) > 1 and name_words(c.name) == words[-1:]])
    if own and not item.plural and not reader.is_(i - 1, "count"):
        item.readings = own
        item.notes.append("amount")


def _own_number(reader: Reader, i: int) -> None:
    """`late returns, total quantity`: that of the returns, where no other rows in question have one."""
    item = reader.items[i]
    best = [r for r in item.of("column") if r.score == 1 and r.column and r.column.kind == "number" and not r.owner]
    others = [other for other in reader.items if other is not item]
    named = {r.table for other in others for r in other.of("table") if r.score >= 0.9}
    told = {r.table for other in others for r in other.of("event", "term")}
    own = tuple(r for r in best if r.table in named)
    if len(best) > 1 and len(own) == 1 and told <= {own[0].table} and reader.is_(i - 1, "sum", "avg", "median"):
        item.readings = own


def _as_noun(reader: Reader) -> None:
    """`the five toys with the highest price`: a value in the plural stands for rows, too."""
    asking = ("list", "number", "top", "bottom", "most", "least", "adjective")
    for i in reversed(range(1, len(reader))):
        item = reader.items[i]
        plain = item.of("value") and not item.of("table", "term", "column", "event")
        plain = plain and (item.plural or _listed(reader, i))
        noun = reader.has(i + 1, "table", "column", "value", "term") and not _is_verb(reader.items[i + 1])
        alone = not noun and not reader.is_(i + 1, "and", "or", "compare")
        if reader.is_(i - 1, "share"):  # `what share of the nurses is part-time`
            after = reader.item(i + 1)
            alone = after is not None and (not item.next_to(after) or after.tokens[0].word in PASSIVE | {"who", "that"})
            alone = alone and not reader.is_(i + 1, "and", "or", "compare", "by")
        tables = {r.table for r in item.of("value")}
        if plain and alone and len(tables) == 1 and reader.is_(i - 1, *asking, "share"):
            rows = Item("link", item.words, item.tokens, item.at, (Reading("table", tables.pop()),))
            reader.items.insert(i + 1, rows)


def _is_verb(item: Item) -> bool:
    """`priced`, `cost`: what is said of rows, and no noun that their kind goes with."""
    return item.participle or item.words == "cost"


def _listed(reader: Reader, i: int) -> bool:
    """`show all furniture with brand and price`: rows that are called by a kind of theirs, which has no plural."""
    all_ = reader.is_(i - 1, "list") and bool({"all", "every"} & {t.word for t in reader.items[i - 1].tokens})
    with_ = reader.is_(i - 1, "list") and reader.items[i - 1].words not in ("which", "what", "who")
    shown = next((k for k in reader.find("with") if k > i), len(reader))
    return all_ or (with_ and reader.has(shown + 1, "column") and not reader.find("by", "count", "sum"))


def _units_of(reader: Reader, i: int) -> None:
    """`units on hand`: the amount behind says what is counted."""
    item, after = reader.items[i], reader.item(i + 1)
    if item.tokens[-1].word in QUANTITIES and after and not item.used and len(item.tokens) == 1:
        exact = tuple(r for r in after.of("column") if r.score == 1 and r.column and r.column.kind == "number")
        apart = after.tokens[0].breaks or "shown" in item.notes  # `date, quantity, amount` are three things
        if exact and not apart and not after.of("table", "term", "event", "value"):
            after.readings, item.used = exact, True
            after.notes.append("amount")


def _verb_of(reader: Reader, i: int) -> int | None:
    """Where the verb stands that says what happened to the units at `i`: `units of Toys were returned`."""
    item = reader.items[i]
    loose = bool(item.of("term")) and item.of("term")[0].score < 0.8
    if not loose and not any(r.column and r.column.name.lower() in QUANTITIES for r in item.of("column")):
        return None
    if item.participle and len(item.tokens) > 1:
        return i
    before = i - 1
    while reader.is_(before, "number", "than", "most", "least", ">", "<", ">=", "<=", "="):
        before -= 1
    if reader.has(before, "event") and reader.items[before].participle:
        return before  # `returned more than 5 units`
    people = False
    for k in range(i + 1, len(reader)):
        by = reader.is_(k, "by") and not reader.items[k].words.startswith("of ")  # `units of each brand were returned`
        if by or reader.is_(k, "who", "that", "which", "whose", "not", "and"):
            return None
        people |= any(of_people(r.table) for r in reader.items[k].of("table"))
        verb = reader.items[k].tokens[-1]
        if reader.has(k, "event") or (reader.is_(k, "list") and verb.stem in reader.known.events):
            # `did customers return`: a verb too, where somebody does it
            return k if reader.items[k].participle or (people and not reader.items[k].plural) else None
    return None


def _columns(item: Item) -> list[Column]:
    return [r.column for r in item.of("column") if r.column]


def _numbers(columns: list[Column]) -> Readings:
    return tuple(Reading("column", c.table, 1.0, c) for c in columns if c.kind == "number")


def _as_date(reader: Reader, i: int) -> None:
    """`tickets opened last month` says when, not what state they are in; `churned companies per month` says both."""
    item = reader.items[i]
    ended = item.participle or item.tokens[-1].word.endswith("ing")
    if not (item.readings and ended and reader.find("date", "grain")):
        return
    others = [other for other in reader.items if other is not item]
    asked = {r.table for other in reader.items for r in other.of("table", "term", "event") if r.score >= 0.6}
    asked |= {r.table for other in others for r in other.of("column")[:1] if r.score >= 0.75}
    known = (*item.readings, *reader.known.phrases.get((item.tokens[-1].stem,), ()))
    dates = [r for r in known if r.kind == "column" and r.column and r.column.kind == "date" and r.table in asked]
    dates = dates or _told_by_a_date(item, asked, schema=reader.known.prompt.schema)
    dated = tuple({r.column: r for r in dates}.values())
    if not asked and reader.find("how much"):  # `how much was paid last quarter`
        dated = tuple(r for r in known if r.kind == "column" and r.column and r.column.kind == "date")
        reader.dated = dated if len({r.column for r in dated}) == 1 else ()
        return
    its_rows = {r.table for r in item.of("event") if r.score == 1}
    named = any(other.of("term", "column") for other in others)
    if dated and reader.find("how much") and not named and {r.table for r in dated} <= its_rows:
        reader.dated = dated  # `how much was paid in May`: the verb says which amount, too
        return
    then = reader.skip(i + 1, "in", "on", "of", "from", "by")
    if dated and reader.has(then, "value") and not reader.dated:  # `paid in cash in 2025`
        then = reader.skip(then + 1, "in", "on", "of", "from")
    if dated and reader.is_(then, "date") and then - 1 > i and reader.has(then - 1, "value"):
        reader.dated = dated
    elif dated and item.of("value") and reader.is_(i + 1, "most", "least") and not reader.dated:
        reader.dated = dated  # `which agent solved the most tickets in May`
    elif dated and reader.is_(reader.skip(i + 1, "in", "on", "of", "from"), "date"):
        item.readings = dated
    elif (
        item.of("value")
        and item.tokens[-1].stem in BEGUN
        and all(r.value and r.value.lower() != item.words for r in item.of("value"))
    ):
        item.kind, item.readings = "begin", ()
    elif dated and item.of("flag") and not reader.dated:
        reader.dated = dated


def _told_by_a_date(item: Item, asked: set[str], schema: Schema) -> list[Reading]:
    """`lapsed member: members.ended_on IS NOT NULL`: the day of it, where the glossary says so of a row."""
    found = []
    for flag in (r for r in item.of("flag") if r.term and r.table in asked):
        no = flag.term.sql if flag.term else None
        test = no.this.unnest() if isinstance(no, exp.Not) else None
        name = test.this if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null) else None
        column = schema.column(name.table, name.name) if isinstance(name, exp.Column) else None
        found += [Reading("column", column.table, 1.0, column)] if column and column.kind == "date" else []
    return found


def _named_twice(item: Item, after: Item, schema: Schema) -> bool:
    """Use up the half of a phrase that only says where the other half belongs."""
    if item.next_to(after) and item.of("table") and after.of("column"):  # `transaction status`
        own = tuple(r for r in after.of("column") if r.table in {t.table for t in item.of("table")})
        own = own or tuple(
            replace(r, owner=t.table)
            for t in item.of("table")[:1]
            for r in after.of("column")
            if r.score >= 0.9 and _one_way(schema, t.table, r.table)
        )
        own = own or tuple(  # `mean horse speed`, of races that each have one horse
            r
            for t in item.of("table")[:1]
            for r in after.of("column")
            if r.score == 1 and r.column and r.column.kind == "number" and _one_way(schema, r.table, t.table)
            if not item.plural
        )
        verb = item.plural and after.words == "cost"  # `products cost …`
        when = item.plural and all(r.column and r.column.kind == "date" for r in own)  # `loans due in May`
        if own and not when and not verb and not after.participle and not after.of("table", "value"):
            after.readings, item.used = own, True
            return True
    role = next((r for r in item.of("table") if r.via), None)
    if role and item.next_to(after) and not item.of("column", "value") and after.of("value"):  # `store region North`
        its = tuple(replace(v, owner=role.owner, via=role.via) for v in after.of("value") if v.table == role.table)
        after.readings, item.used = its or after.readings, bool(its)
        if its:
            return True
    if not after.of("table") and (same := _of_columns(item.of("value"), after.of("column"))):
        item.readings, after.used = same, True  # `Electronics category`
    elif not after.tokens[0].breaks and (same := _of_columns(after.of("value"), item.of("column"))):
        after.readings, item.used = same, True  # `category Electronics`
    return item.used or after.used


def _in_the(item: Item, after: Item, value: Item | None) -> bool:
    """`the city of Paris`: use up what only says which column the value stands in."""
    same = _of_columns(value.of("value"), item.of("column")) if value and after.kind == "of" else ()
    if value and same:
        value.readings, item.used = same, True
    return bool(same)


def _of_columns(values: Readings, columns: Readings) -> Readings:
    """The values that such a column has; of whom, if the column says so: `store region North`."""
    mine = [(v, next((c for c in columns if c.column == v.column), None)) for v in values]
    return tuple(replace(v, owner=v.owner or c.owner, via=v.via or c.via) for v, c in mine if c)


def _modifies(item: Item, after: Item | None) -> bool:
    """`sales return rate`: of two measures side by side the last is what is asked."""
    if after is None or not item.next_to(after) or item.kind != after.kind:
        return False
    return bool(item.of("term") and after.of("term") and not after.of("event"))


def _on_table(readings: Readings, tables: Readings, schema: Schema) -> Readings:
    """Those of the readings that lie on the likeliest of these tables, or that it points to; else all."""
    for named in sorted(tables, key=lambda t: -t.score):
        if found := tuple(r for r in readings if named.table in (r.table, r.owner)):
            return found
        if found := tuple(r for r in readings if _one_way(schema, named.table, r.table)):
            return tuple(replace(r, owner=named.table) for r in found)  # `customers in Canada`
    return readings


def _on_the_day(item: Item, readings: Readings, schema: Schema) -> Readings:
    """`orders on weekends`, `sold on a holiday`: told by the day of these rows, whatever came of them later."""
    tables = {r.table for r in item.of("table", "event") if r.score >= 0.85}
    days = {
        key.to_table: key.table for t in tables for key in schema.outward[t]
        if (told := schema.column(key.table, key.column)) and told.kind == "date"
    }  # fmt: skip
    return tuple(replace(r, owner=days[r.table]) if r.table in days and not r.owner else r for r in readings)


def _one_way(schema: Schema, start: str, end: str) -> bool:
    ways = paths(schema, start).get(end, ())
    return len(ways) == 1 or (len(ways) > 1 and len(ways[0]) < len(ways[1]))
