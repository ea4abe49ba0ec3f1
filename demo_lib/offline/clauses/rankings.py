"""Superlatives: `top 5 … by`, `which … the most`, `the most expensive`, `most common`, `best-selling`, `sorted by`."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from ..english.lexicon import ADJECTIVES, DOING, HEIGHTS, PRICES, SPENDING_VERBS
from ..english.words import stems
from ..frame import Decline, Dim, Frame, Measure, Rank, Readings
from ..linking.linker import Item
from ..prompt.schema import Column
from ..reader import Reader
from ..source import paths
from .adjectives import adjective, hinted, rows_first
from .busiest import busiest
from .filters import dates_of
from .happenings import filled
from .kinds import kinds_of, records_events, rows_that_have
from .measures import AGGREGATES, DATED, EXTREMES, is_money, measure_at, money, only_amount, times, unless_column
from .mentions import OUTLAYS
from .put_first import largest_first
from .targets import DEFAULT_TOP, how_many, rank_noun, ranked_by, set_rank, take_target, target_after, target_before
from .verb_amounts import amount_of

GOOD = stems("margin profit revenue turnover rating score satisfaction income earnings")
HIGH = ("highest", "lowest", "largest", "greatest", "smallest")  # said of amounts: of a number it is the most
COUNTED = ("frequent", "infrequent", "popular", "unpopular", "best selling", "worst selling")


def rankings(reader: Reader, frame: Frame) -> None:
    """Read every superlative of the question into `frame.rank`."""
    largest_first(reader)
    _beside_the_highest(reader, frame)
    for i in reader.find("top", "bottom"):
        if reader.is_(i + 1, "avg", "sum", "median", "count"):  # `the best average rating`
            reader.items[i].kind = "most" if reader.is_(i, "top") else "least"
    for i in reader.find("top", "bottom"):
        if _is_of_what_is_good(reader, i):
            reader.items[i].kind = "most"
        else:
            _top(reader, frame, i)
    for i in reader.find(*COUNTED):
        _frequent(reader, frame, i)
    for i in reader.find("adjective"):
        if reader.is_(i + 1, "earliest") and i and reader.items[i + 1].words == "first":
            rows_first(reader, frame, i)
    for i in reader.find("adjective"):  # `the shops with the smallest profit`: of a sum, and no adjective of a row
        summed = reader.has(i + 1, "term") and (not reader.has(i + 1, "table") or is_money(reader.item(i - 1)))
        at = target_before(reader, i) if reader.items[i].words in EXTREMES else None
        if at is not None and (summed or _of_what_they_have(reader, i, at)):
            reader.items[i].kind = "most" if EXTREMES[reader.items[i].words] else "least"
    for i in reader.find("adjective"):
        at = target_before(reader, i) if reader.is_(i + 1, "avg") else None
        if at is not None and reader.is_(at - 1, "of") and reader.has(at - 2, "column"):  # `categories of repair`
            reader.use(at - 1, at + 1)
            at -= 2
        hints, desc = ADJECTIVES[reader.items[i].words]
        if at is not None and (columns := hinted(reader, hints, reader.items[at].of("table", "column"))):
            measure = Measure("avg", reader.words(i, i + 2), columns)  # `which brands are most expensive on average`
            rank_noun(reader, frame, desc, at, measure, i, i + 2)
    for i in reader.find("adjective", *DATED):
        adjective(reader, frame, i)
    for i in reader.find("most", "least"):
        _most(reader, frame, i)
    for i in reader.find("busiest", "quietest"):
        busiest(reader, frame, i)
    for i in reader.find("nth"):
        if frame.rank and frame.rank.limit:
            frame.rank = replace(frame.rank, limit=1, skip=int(reader.number(i)) - 1)
            reader.use(i, i + 1)
    for i in reader.find("sort") or (reader.find("by") if reader.find("asc", "desc") else []):
        _sorted(reader, frame, i)
    if not frame.rank:
        _noun_by_number(reader, frame)
    for i in reader.find("asc", "desc"):  # `sales by region, smallest first`
        desc = reader.items[i].kind == "desc"
        if frame.rank and (frame.rank.limit or 1) > 1 and frame.rank.desc != desc:
            raise Decline(f"“{reader.items[i].words}”: in the other order than they are chosen by. Leave it out.")
        frame.rank = frame.rank or Rank(desc, None, None)
        reader.use(i, i + 1)


def _of_what_they_have(reader: Reader, i: int, at: int) -> bool:
    """`depots with the largest load`, a column of their trucks, `with the largest bill`: no row of the depots."""
    said, theirs = reader.item(i + 1), {r.table for r in reader.items[at].of("table")}
    if said is None or not theirs or said.of("term"):
        return False
    found = said.of("column") if not said.of("table") else only_amount(reader, said) if not said.plural else ()
    columns = [r.column for r in found if r.column]
    return bool(columns) and all(c.kind == "number" and c.table not in theirs for c in columns)


def _is_of_what_is_good(reader: Reader, i: int) -> bool:
    """`the brand with the best margin`, `on what brand was our margin the best`: the more of it, the better."""
    near = [item for k in (i + 1, i - 1) if (item := reader.item(k)) and not item.of("table")]
    good = any({t.stem for t in item.tokens} & GOOD and item.of("term", "column") for item in near)
    return reader.items[i].words == "best" and good and target_before(reader, i) is not None


def _beside_the_highest(reader: Reader, frame: Frame) -> None:
    """`the highest rent, for which address?`: what stands behind is shown beside the row that has it."""
    *_, last = reader.find("list") or [0]
    start = last
    while reader.is_(start - 1, "for", "of", "at", "in", "from", "by", "and"):
        start -= 1
    tail = reader.has(last + 1, "table", "column") and last + 2 == len(reader)
    if not tail or start == last or not start or not reader.find("most", "least", "adjective"):
        return
    frame.show.append(reader.dim(last + 1))
    reader.use(start, last + 2)
    for i in reader.find("most", "least"):
        found = measure_at(reader, reader.skip(i + 1, "of"))
        if found and found[0].agg == "column" and target_before(reader, i) is None:
            set_rank(frame, Rank(reader.is_(i, "most"), 1, None, None, found[0].readings))
            reader.take(i, found[1])
            return


def _top(reader: Reader, frame: Frame, i: int) -> None:
    limit, head = target_after(reader, i)
    if reader.is_(i + (2 if reader.is_(i + 1, "number") else 1), "most", "least", "adjective", *COUNTED):
        reader.use(i, i + 1)  # `top 5 most visited …`
        return
    at = target_before(reader, i) if head is None and limit else None
    if at is not None and reader.items[at].participle and dates_of(reader.items[at]):
        at = None  # `how many seats has each plan granted? top 3`: a verb is not what is ranked
    told = at is not None and reader.is_(at - 1, "avg", "sum", "median", "count", "max", "min")
    if at is not None and told and reader.is_(at + 1, "by"):
        at = None  # `average cost by shop, top 5`: the shops, by what is told of them
    if at is not None:  # `customers by revenue, top 5`
        target = reader.dim(at)
        reader.use(i, i + 2)
        reader.use(at, at + 1)
        set_rank(frame, Rank(reader.items[i].kind == "top", limit, target, *(ranked_by(reader, target) or (None, ()))))
        return
    if head is None and limit:  # `sales by store, top 5`
        reader.use(i, i + 2)
        set_rank(frame, Rank(reader.items[i].kind == "top", limit, None))
        return
    if head is None:
        return
    desc, measure = reader.items[i].kind == "top", None
    if reader.has(head, "term") and (reader.has(head + 1, "table", "column") or reader.is_(head + 1, "grain")):
        # `top revenue stores`, `our best sales day`
        measure = measure_at(reader, head)
        reader.use(head, head + 1)
        head += 1
    elif not reader.has(head, "table", "column", "flag") and not reader.is_(head, "grain"):
        return
    target = reader.dim(head)
    keep = take_target(reader, i, limit, head)
    found = (measure[0], ()) if measure else ranked_by(reader, target)
    if found is None and limit and (rows := kinds_of(reader, head)):
        found = (Measure("rows", target.words, rows), ())
        reader.use(head + 1, head + 3)
    frame.rank = Rank(desc, keep, target, *(found or (None, ())))


def _frequent(reader: Reader, frame: Frame, i: int) -> None:
    item = reader.items[i]
    limit, head = target_after(reader, i)
    verb = i + 1 if _happened(reader, i + 1) else None
    if verb is not None:  # `most commonly prescribed drugs`
        head = reader.head(verb + 1)
    if head is None or not reader.has(head, "table", "column"):
        _often(reader, frame, i, "in" not in item.kind)
        return
    named = reader.items[head]
    if verb is not None:
        measure = times(reader, reader.items[verb])
    elif "selling" in item.kind or (named.of("table") and "sell" in reader.known.events):
        measure = times(reader, item)
    elif named.of("table") or ("popular" in item.kind and not records_events(reader, named.of("column"))):
        raise Decline(f"“{item.words}” by what? Say what to count, for example “with the most orders”.")
    else:
        measure = Measure("rows", item.words, rows_that_have(reader, named.of("column")))
    every = limit is None and named.plural and not named.of("table") and not reader.is_(i - 1, "number")
    keep = take_target(reader, i, limit, head)
    if verb is not None:
        reader.use(verb, verb + 1)
    set_rank(
        frame,
        Rank(
            item.kind in ("frequent", "popular", "best selling"),
            None if every else keep,
            reader.dim(head),
            measure,
        ),
    )


def _happened(reader: Reader, i: int) -> bool:
    return reader.has(i, "event") and reader.items[i].participle


def _most(reader: Reader, frame: Frame, i: int) -> None:
    desc = reader.items[i].kind == "most"
    if _happened(reader, i + 1):  # `most prescribed drug`
        _frequent(reader, frame, i)
        if frame.rank:
            frame.rank = replace(frame.rank, desc=desc)
        return
    if reader.items[i].words in HEIGHTS and reader.has(i + 1, "table"):  # `the highest mountains`
        tall = hinted(reader, HEIGHTS[reader.items[i].words], reader.items[i + 1].of("table"))
        if tall:
            aim = reader.dim(i + 1)
            set_rank(frame, Rank(desc, take_target(reader, i, None, i + 1), aim, None, tall))
            return
    found = measure_at(reader, reader.skip(i + 1, "of"))
    costs = i > 0 and reader.items[i - 1].tokens[-1].stem == "cost" and target_before(reader, i - 1) is not None
    target = target_before(reader, i - 1 if costs else i)  # `which machine cost the most`: no group of costs
    if found is None and reader.item(i + 1) and reader.items[i + 1].words == "money" and reader.has(i - 1, "event"):
        found = money(reader, reader.items[i - 1]), i + 2  # `which suppliers billed us the most money`
        reader.use(i - 1, i)
    if reader.is_(i + 1, "times"):  # `returned the most times`
        reader.use(i + 1, i + 2)
        _often(reader, frame, i, desc)
        return
    if found is None and target is not None and (named := _measure_before(reader, i, target)):
        rank_noun(reader, frame, desc, target, named, i - 1, i + 1)  # `in what month was revenue the highest`
        return
    if found is None:
        verb = next((k for k in (i - 1, i - 2) if k != target and (reader.has(k, "event") or _spends(reader, k))), None)
        if target is not None and reader.item(i - 1) and reader.items[i - 1].tokens[-1].stem == "cost":
            columns = hinted(reader, PRICES, reader.items[target].of("table"))
            spent = tuple(r for r in reader.items[i - 1].of("column") if r.column and r.column.kind == "number")
            if spent and not columns:  # `which machine cost us the most`, where a column of other rows is called so
                rank_noun(reader, frame, desc, target, Measure("sum", reader.items[i - 1].words, spent), i - 1, i + 1)
            if columns:  # `which product costs the most`
                set_rank(
                    frame,
                    Rank(
                        desc,
                        how_many(reader.items[target]),
                        reader.dim(target),
                        None,
                        columns,
                    ),
                )
                reader.use(i - 1, i + 1)
                reader.use(target, target + 1)
            return
        if verb is not None:  # `which product sold the most`
            item = reader.items[verb]
            spends = item.tokens[-1].stem in SPENDING_VERBS
            said = ranked_by(reader, reader.dim(target)) if target is not None else None
            if said and said[0]:
                rank_noun(reader, frame, desc, target, said[0], verb, i + 1)
                return
            in_money = "in money" in item.notes
            if item.tokens[-1].stem == "sell" and "passive" not in item.notes and not in_money:
                raise Decline("Sold the most by what? Say “by revenue” or “by units sold”.")
            earned = spends or in_money or ("we" in item.notes and item.tokens[-1].stem == "sell")
            found = (money(reader, item) if earned else times(reader, item), i + 1)
            rank_noun(reader, frame, desc, target, found[0], verb, i + 1)
        return
    measure, end = found
    counted = reader.items[end - 1].of("table")
    if measure.agg == "term" and reader.items[i].words.startswith("fewest") and counted:
        measure = Measure("count", measure.words, counted)  # `the fewest sales` is no sum of them
    per = reader.is_(end, "by") and reader.items[end].words == "per" and reader.has(end + 1, "table")
    rows = {r.table for r in reader.items[end + 1].of("table")} if per else set()
    if measure.agg == "column" and rows & {r.table for r in measure.readings}:  # `the most likes per post`
        measure, end = replace(measure, agg="avg"), end + 2
    before = reader.item(i - 1)
    says = before if before is None or before.participle else reader.item(end)  # `the most expenses claimed`
    if says and target is not None and measure.agg == "count" and (sums := amount_of(reader, says, measure.readings)):
        measure = Measure("sum", f"{measure.words} {says.words}", sums)  # `who claimed the most expenses`
        says.used = True
    money_rows = reader.items[i].words in HIGH and reader.items[end - 1].tokens[-1].stem in OUTLAYS
    if measure.agg == "count" and ("total" in reader.items[i].words or money_rows):  # `the highest total fines` adds up
        measure = replace(measure, agg="total")
    in_time = target is not None and reader.items[target].kind == "grain"  # `the peak visit month`
    one = counted and not reader.items[end - 1].plural and not in_time
    if measure.agg == "count" and reader.items[i].words in HIGH and one:
        if not (amounts := only_amount(reader, reader.items[end - 1])):  # `the largest bill`: no number of bills
            raise Decline(f"The {reader.items[i].words} of what? Name a column of “{reader.items[end - 1].words}”.")
        measure = Measure("max" if desc else "min", measure.words, amounts)
    did = before is not None and before.kind == "word" and before.words in DOING and measure.agg in ("count", "term")
    if did and target is not None:
        reader.use(i - 1, i)  # `which guide gave the most tours`
    if before and measure.agg == "count" and (done := _done(before, measure)):
        frame.filters.append(filled(before.words, done, i - 1))  # `which clerk closed the most cases`
        before.notes.append("hint")
        reader.use(i - 1, i)
    if measure.agg == "count" and before and _happened(reader, i - 1):  # `who borrowed the most books`
        frame.mentioned.append((measure.words, measure.readings))
        measure = times(reader, before)
        reader.use(i - 1, i)
    if target is None and reader.has(end, "table") and measure.agg in ("term", "column"):
        target, end = end, end + 1  # `the highest revenue store`
    rank_noun(reader, frame, desc, target, measure, i, end)


def _spends(reader: Reader, i: int) -> bool:
    """`whose members spent the most`, where no rows are called so: the glossary's revenue."""
    item = reader.item(i)
    return item is not None and item.kind == "money" and item.tokens[-1].stem == "spend"


def _done(verb: Item, measure: Measure) -> Column | None:
    """The date of what is counted that the verb is called after."""
    dates = [r.column for r in verb.of("column") if r.column and r.column.kind == "date" and r.score >= 0.7]
    tables = {r.table for r in measure.readings}
    plain = verb.participle and not verb.of("event", "table", "term", "value", "flag")
    return dates[0] if plain and len(dates) == 1 and dates[0].table in tables else None


def _measure_before(reader: Reader, i: int, target: int) -> Measure | None:
    """The measure that stands right before the superlative."""
    found = measure_at(reader, i - 1) if i - 1 > target else None
    return found[0] if found and found[0].agg in ("term", "column") else None


def _often(reader: Reader, frame: Frame, i: int, desc: bool) -> None:
    """`which item gets returned most often`: count the verb's events."""
    verb = next((k for k in (i - 1, i - 2) if reader.has(k, "event")), None)
    target = target_before(reader, i)
    asked = target is not None and (target == i - 1 or _of_whom(reader, target, i))
    kinds = reader.items[target].of("column") if target is not None and verb is None and asked else ()
    texts = tuple(r for r in kinds if r.column and r.column.kind == "text" and r.score >= 0.9)
    if texts and not reader.has(i - 1, "table", "value") and records_events(reader, texts):
        measure = Measure("rows", reader.items[i].words, texts)  # `which way of payment is used most often`
        rank_noun(reader, frame, desc, target, measure, i, i + 1)
    if verb is not None and target is not None:
        item = reader.items[verb]
        rank_noun(reader, frame, desc, target, Measure("events", item.words, item.of("event")), verb, i + 1)


def _of_whom(reader: Reader, target: int, i: int) -> bool:
    """`which way of payment do firms use most often`: only rows stand between, of which each has one."""
    between = reader.items[target + 1 : i]
    tables = [r.table for item in between for r in item.of("table")[:1]]
    above = {t for r in reader.items[target].of("column") for t in paths(reader.known.prompt.schema, r.table)}
    plain = all(item.of("table", "value", "flag") and not item.of("event") for item in between)
    return plain and len(tables) == 1 and tables[0] in above


def _noun_by_number(reader: Reader, frame: Frame) -> None:
    """`customers by revenue`, `regions by number of shops`: every one of them with its number, the largest first."""
    for i in reader.find("by"):
        noun, found = reader.item(i - 1), measure_at(reader, i + 1)
        earlier = reader.items[: max(0, i - 1)]
        first = all(item.kind in ("list", "number") or item.of("value", "flag") for item in earlier)
        rows = noun is not None and noun.plural and bool(noun.of("table", "column")) and not noun.of("term")
        asked = found and (found[0].agg in ("term", "sum", "avg", "median") or reader.is_(i + 1, "count"))
        if found and noun and {r.table for r in found[0].readings if r.column} & {r.table for r in noun.of("table")}:
            return  # `loans by number of pages` groups by what each row holds
        if found and asked and rows and first and reader.items[i].words == "by" and found[0].agg != "column":
            rank_noun(reader, frame, True, i - 1, found[0], i, found[1])
            frame.rank = replace(frame.rank, limit=None) if frame.rank else None
            return


def _order_of(reader: Reader, i: int, measure: Measure) -> tuple[Dim | None, Measure | None, Readings]:
    """(rows, measure, columns) to sort by: where the column is one of other rows, which there are several of, a sum."""
    plain = (None, None, measure.readings) if measure.agg == "column" else (None, measure, ())
    at = target_before(reader, i)
    rows = reader.items[at].of("table") if at is not None else ()
    if at is None or not rows or {r.table for r in rows} & {r.table for r in measure.readings}:
        return plain
    if not all(item.kind == "list" or item.of("value", "flag") for item in reader.items[:at]):
        return plain
    target = reader.dim(at)
    reader.use(at, at + 1)
    above = paths(reader.known.prompt.schema, rows[0].table)
    return target, *((None, own) if (own := _in(above, measure)) else unless_column(measure, target))


def _in(tables: Container[str], measure: Measure) -> Readings:
    return tuple(r for r in measure.readings if r.table in tables)


def _sorted(reader: Reader, frame: Frame, i: int) -> None:
    if reader.is_(i, "sort") and reader.is_(i + 1, "asc", "desc"):  # `sort from the highest to the lowest`
        reader.use(i, i + 1)
        return
    start = reader.skip(i + 1, "by", "of", *AGGREGATES.keys() - {"sum", "avg", "median"})
    found = measure_at(reader, start)
    directions = reader.find("asc", "desc")
    ascending = any(reader.is_(k, "asc") for k in directions)
    head = reader.head(start)
    named = found is None or (found[0].agg == "count" and not reader.is_(start, "count"))
    if reader.is_(i, "sort") and named and not frame.order:
        if head is not None:  # `ordered by the last name`
            frame.order, frame.order_desc = reader.dim(head), bool(directions) and not ascending
            reader.take(start, head + 1)
        if head is not None or ascending:  # rows come in the order of their first column anyway
            for k in (i, *directions):
                reader.use(k, k + 1)
            return
    if reader.is_(i, "by"):
        plain = found and found[0].agg == "count" and not reader.is_(i + 1, "count")
        if found and not plain and target_before(reader, i) == i - 1:  # `stores by revenue, largest first`
            rank_noun(reader, frame, not ascending, i - 1, found[0], i, found[1])
            frame.rank = replace(frame.rank, limit=None) if frame.rank else None
        return  # `sales by region, smallest first` sorts by sales
    if found and frame.rank and frame.rank.limit == DEFAULT_TOP and not any(x.kind == "number" for x in reader.items):
        frame.rank = replace(frame.rank, limit=None)  # `which stores sell most, ordered by …`: all of them
    if found and not frame.rank:
        set_rank(frame, Rank(not ascending, None, *_order_of(reader, i, found[0])))
    if found:
        reader.take(i, found[1])
    for k in directions:
        reader.use(k, k + 1)
