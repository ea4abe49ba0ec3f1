"""Every measure that no ranking has claimed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from sqlglot import exp

from ..english.lexicon import GRAINS, PAID
from ..english.words import name_words, of_people, stem, stems
from ..frame import Decline, Frame, Measure, Readings
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from .adjectives import hinted
from .afterthoughts import adding_up
from .filters import numbers_of
from .measures import AGGREGATES, DATED, is_money, is_of_each, measure_at, money, only_amount

PARTICLES = ("up", "in", "out", "on")
EACH = ("each", "every")
JOINTS = ("and", "or", "compare", "by", "with", "list", "divide", "ratio", "date")
SPENT = stems("spend pay sell")

ADDED = ("total", "sum", "totals", "add", "how", "number", "summed")
TOGETHER = ("in total", "altogether", "all together", "in all", "combined", "overall")


def counting(reader: Reader, frame: Frame) -> None:
    """Every measure that no ranking has claimed."""
    _sold_and_what(reader, frame)
    _how_often(reader, frame)
    _spent_by_each(reader, frame)
    _cost_together(reader, frame)
    _how_much(reader, frame)
    _on_average(reader, frame)
    _each_phrase(reader, frame)
    _single(reader, frame)
    _typical(reader, frame)
    if not frame.measures and not frame.rank:
        _loosely(reader, frame)


def _sold_and_what(reader: Reader, frame: Frame) -> None:
    """`what did we sell, and what profit did we make`: two numbers, of which the first is said by its verb only."""
    if not reader.items or reader.items[0].words != "what":
        return
    second = next((k for k in reader.find("list", "how much", "count") if k > 1 and reader.is_(k - 1, "and")), None)
    verb = next((k for k in range(1, second or 0) if reader.has(k, "event") and "we" in reader.items[k].notes), None)
    if second is None or verb is None or not is_money(reader.items[verb]):
        return
    if not any(reader.has(k, "term", "column", "table") for k in range(1, second) if k != verb and not _by(reader, k)):
        frame.measures.append(money(reader, reader.items[verb]))
        reader.use(verb, verb + 1)


def _by(reader: Reader, i: int) -> bool:
    return reader.is_(i - 1, "by", "in", "at", "for")


def _how_often(reader: Reader, frame: Frame) -> None:
    """`how often was a boat borrowed`, `how many times did members borrow`: the rows of what happened."""
    for i in reader.find("times"):
        if _done_to_them(reader, frame, i):
            continue
        counted = reader.is_(i - 1, "count")
        behind = [k for k in range(i + 1, len(reader)) if reader.has(k, "event") and not _is_amount(reader.items[k])]
        verbs = [k for k in behind if not (reader.items[k].plural and reader.items[k].of("table"))]
        verbs = verbs if len(verbs) == 1 else [k for k in verbs if reader.items[k].participle]
        verbs = verbs or [k for k in range(i + 2, len(reader)) if _does(reader, k)]
        if (counted or reader.items[i].words == "how often") and len(verbs) == 1:
            verb = reader.items[verbs[0]]
            happened = verb.of("event") or tuple(reader.known.events[verb.tokens[-1].stem])
            frame.measures.append(Measure("events", verb.words, happened))
            _of_one_row(reader, frame, happened)
            reader.use(i - 1 if counted else i, i + 1)
            reader.use(verbs[0], verbs[0] + 1)


def _of_one_row(reader: Reader, frame: Frame, happened: Readings) -> None:
    """`how often was over $500 paid back`: each time so much, and no total of somebody's. Raises Decline for others."""
    tables, schema = {r.table for r in happened}, reader.known.prompt.schema
    for k, number in enumerate(frame.numbers):
        sums = [r.term.sql.this for r in number.measure.readings if r.term] if number.measure else []
        if not number.measure or number.measure.agg != "term":
            continue
        columns = [schema.column(c.table, c.name) for c in sums if isinstance(c, exp.Column) and c.table in tables]
        own = tuple(Reading("column", c.table, 1.0, c) for c in columns if c)
        if not own:
            raise Decline(f"“{number.words}” of what? Name the rows that have so much each.")
        frame.numbers[k] = replace(number, readings=own, measure=None)


def _does(reader: Reader, i: int) -> bool:
    """`did customers return something`: a verb that elsewhere asks to be shown something."""
    people = any(of_people(r.table) for r in reader.items[i - 1].of("table"))
    return people and reader.is_(i, "list") and reader.items[i].tokens[-1].stem in reader.known.events


def _is_amount(item: Item) -> bool:
    """Whether a verb is the glossary's own word for an amount; `sold`, as a part of `units sold`, only hints at one."""
    return any(r.score >= 0.8 for r in item.of("term"))


def _done_to_them(reader: Reader, frame: Frame, i: int) -> bool:
    """`how often were posts liked and how often shared`, of columns `likes` and `shares`: what they add up to."""
    end = next((k for k in range(i + 1, len(reader)) if reader.is_(k, "times", "by")), len(reader))
    verbs = [k for k in range(i + 1, end) if reader.has(k, "column") and reader.items[k].participle]
    other = ("event", "value", "flag", "term")
    verbs = [k for k in verbs if adding_up(numbers_of(reader, k)) and not reader.has(k, *other)]
    joined = all(b == a + 2 and reader.is_(a + 1, "and") for a, b in pairwise(verbs))  # `liked and shared`
    if reader.items[i].words != "how often" or not verbs or not joined or frame.rank:
        return False
    frame.measures += [Measure("sum", reader.items[k].words, numbers_of(reader, k)) for k in verbs]
    reader.use(i, i + 1)
    reader.use(verbs[0], verbs[-1] + 1)
    return True


def _spent_by_each(reader: Reader, frame: Frame) -> None:
    """`how much does a customer spend on average`: what each of them spends in total, on average."""
    asks = bool(reader.items) and reader.items[0].words in ("how much", "what")
    for i in reader.find("avg") if asks else ():
        verb, noun = reader.item(i - 1), reader.item(i - 2)
        if reader.items[i].words != "on average" or verb is None or noun is None or noun.plural:
            continue
        spends = verb.tokens[-1].stem in SPENT and (is_money(verb) or verb.of("event"))
        rows, counted = noun.of("table"), [r.term.sql for r in noun.of("term") if r.term and r.score >= 0.9]
        if not spends or not (rows or counted) or (counted and not all(map(_counts_each, counted))):
            continue
        if reader.is_(i + 1, "by") and (reader.is_(i + 2, "grain") or reader.items[i + 1].words == "per"):
            behind = reader.words(i + 2, i + 3)
            raise Decline(f"On average over each “{noun.words}”, or over each “{behind}”? Say which.")
        amount = money(reader, verb)
        if counted:  # `an active customer`: of two totals one over the other
            frame.ratio = (Frame(measures=[amount]), Frame(measures=[Measure("term", noun.words, noun.of("term"))]))
        else:
            frame.measures.append(replace(amount, per=reader.dim(i - 2)))
        reader.use(i - 3 if reader.is_(i - 3, "by") and reader.items[i - 3].words in EACH else i - 2, i + 1)
        reader.use(0, 1)


def _cost_together(reader: Reader, frame: Frame) -> None:
    """`what do all licenses cost per year`, of a column `yearly_fee`; `… cost in total`: what they add up to."""
    asks = bool(reader.items) and reader.items[0].words in ("how much", "what") and not frame.rank
    for i in (k for k, item in enumerate(reader.items) if asks and item.words == "cost" and item.kind == "word"):
        rows = next((reader.items[k] for k in range(1, i) if reader.has(k, "table")), None)
        if rows is None or not rows.plural:
            return
        columns = hinted(reader, f"{PAID} rent premium", rows.of("table"))
        step = reader.items[i + 2].notes[0] if reader.is_(i + 1, "by") and reader.is_(i + 2, "grain") else ""
        steps = {stem(w) for w, grain in GRAINS.items() if grain == step}
        per = step and all(r.column and steps & {*name_words(r.column.name)} for r in columns)
        total = next((k for k in reader.find("sum") if reader.items[k].words in TOGETHER), None)
        if not columns or (step and not per) or (total is None and not per):
            return
        frame.measures.append(Measure("sum", rows.words, columns))
        reader.use(0, 1)
        reader.use(i, i + 3 if per else i + 1)
        if total is not None:
            reader.use(total, total + 1)
        frame.mentioned.append((rows.words, rows.of("table")))
        rows.used = True
        return


def _counts_each(sql: exp.Expr) -> bool:
    return isinstance(sql, exp.Count) and isinstance(sql.this, exp.Distinct)


def _how_much(reader: Reader, frame: Frame) -> None:
    """`how much did we sell`: an amount, which the verb says where no noun does."""
    for i in reader.find("how much"):
        joints = [k + 1 if reader.is_(k + 1, "with", "at") else k for k in reader.find("and") if k > i]
        second = next((k for k in joints if reader.is_(k + 1, "list", "count")), len(reader))
        rest = range(i, second)  # `how much did each shop earn, and with what margin`
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


def _on_average(reader: Reader, frame: Frame) -> None:
    """Averages whose measure stands elsewhere: `how many visits does a patient make on average`."""
    for i in reader.find("avg"):  # `what does a visit cost on average`
        rows, cost = (i - 1, i + 1) if reader.has(i - 1, "table") else (i - 2, i - 1)
        noun, verb = reader.item(rows), reader.item(cost)
        costs = noun is not None and verb is not None and not noun.plural and verb.tokens[-1].stem == "cost"
        if noun and costs and (columns := hinted(reader, PAID, noun.of("table"))):
            frame.measures.append(Measure("avg", noun.words, columns))
            reader.use(rows, rows + 3)
    for i in reader.find("avg"):  # `what do we pay on average for a shipment`
        rows = reader.skip(i + 1, "for", "on")
        said = rows > i + 1 and reader.has(rows, "table")
        columns = hinted(reader, PAID, reader.items[rows].of("table")) if said else ()
        if columns and is_money(reader.item(i - 1)):
            frame.measures.append(Measure("avg", reader.words(i - 1, rows + 1), columns))
            reader.use(i - 1, rows + 1)
    for i in reader.find("avg"):  # `how many visits does a patient make on average`
        counted = measure_at(reader, 0) if reader.items[i].words == "on average" and reader.is_(0, "count") else None
        behind = [k for k in range(counted[1], i) if reader.has(k, "table")] if counted else []
        verbs = [k for k in behind if reader.items[k].tokens[-1].word in PARTICLES]  # `how many people sign up for a …`
        nouns = [k for k in behind if k not in verbs]
        own = {r.table for r in counted[0].readings} if counted and counted[0].agg in ("count", "term") else set()
        if any(own & {r.table for r in _rows_at(reader, k)} for k in nouns):
            continue  # `how many jobs are there, and how high is a job on average`
        whose = nouns[0] if len(nouns) == 1 else None
        for k in verbs if whose is not None else ():
            reader.use(k, k + 1)
        single = whose is not None and not reader.items[whose].plural
        if counted and whose is not None and single and counted[0].agg in ("count", "term", "sum"):
            frame.measures.append(_of_each(counted[0], reader, whose))
            reader.take(0, counted[1])
            reader.use(whose, whose + 1)
            for k in range(whose + 1, i):
                if reader.has(k, "event"):
                    reader.use(k, k + 1)
            reader.use(i, i + 1)
    for i in reader.find("avg"):  # `how many orders did the average customer place`
        counted = measure_at(reader, 0) if reader.is_(0, "count") else None
        same = counted and {r.table for r in counted[0].readings} & {r.table for r in _rows_at(reader, i + 1)}
        if counted and counted[0].agg in ("count", "term") and i >= counted[1] and _rows_at(reader, i + 1) and not same:
            frame.measures.append(replace(counted[0], per=reader.dim(i + 1)))
            reader.take(0, counted[1])
            reader.use(i, i + 2)


def _rows_at(reader: Reader, i: int) -> Readings:
    item = reader.item(i)
    return item.of("table") if item else ()


def _single(reader: Reader, frame: Frame) -> None:
    """`what is a purchase on average`: of the amount that such rows are known by."""
    for i in reader.find("avg") if not frame.rank else ():
        noun = reader.item(i - 1)
        if frame.measures and not reader.is_(i - 2, "and"):
            continue
        if reader.items[i].words == "on average" and noun and not noun.plural and (own := only_amount(reader, noun)):
            frame.measures.append(Measure("avg", reader.words(i - 1, i + 1), own))
            reader.use(i - 1, i + 1)


def _typical(reader: Reader, frame: Frame) -> None:
    """`how much do we sell on an average day`: the days added up first."""
    for i in reader.find("avg") if len(frame.measures) == 1 and not frame.rank else ():
        measure = frame.measures[0]
        if reader.is_(i - 1, "on", "in") and reader.is_(i + 1, "grain") and not measure.per and measure.agg != "avg":
            frame.measures = [replace(measure, per=reader.dim(i + 1))]
            reader.use(i - 1, i + 2)


def _of_each(measure: Measure, reader: Reader, whose: int) -> Measure:
    """How many of something each row has, on average: its own number, or what its parts add up to."""
    rows = {r.table for r in reader.items[whose].of("table")}
    own = tuple(r for r in measure.readings if r.table in rows)
    if measure.agg == "sum" and (own or is_of_each(measure)):  # of scores nobody has a sum
        return replace(measure, agg="avg", readings=own or measure.readings)
    return replace(measure, per=reader.dim(whose))


def _each_phrase(reader: Reader, frame: Frame) -> None:
    """Every measure in the order of the question; `a per b` puts two totals in a ratio."""
    i, last = 0, -1
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
        again = found and found[0].agg == "count" and any(m.agg == "count" for m in frame.measures)
        if found and found[0].agg == "count" and reader.is_(i, "most", "least") and not frame.rank:
            raise Decline(f"“{reader.words(i, found[1])}” by what? Say what to count, or name an amount.")
        if found and again and reader.is_(i, "count") and not reader.has(found[1] - 1, "table"):
            asked_too = reader.words(i, i + 1)  # `… and how many of them are late`
            raise Decline(f"“and {asked_too} …” asks for a second thing. Ask for each on its own.")
        if found and frame.measures and found[0].agg == "count" and reader.is_(i, "count") and reader.is_(i - 1, "by"):
            raise Decline(f"To group by “{found[0].words}” takes two steps. Ask for “{found[0].words}” of each first.")
        part = found and found[0].agg == "term" and found[0].readings[0].score < 0.8 and frame.share
        if part and reader.is_(i - 1, "link") and not reader.is_(i, "count"):
            i += 1  # `share of orders returned late`: what is said of them is no measure of its own
            continue
        asked = found and (reader.is_(i, "count", "adjective", *DATED, *AGGREGATES) or found[0].agg in ("term", "sum"))
        if found and frame.measures and reader.is_(i - 1, "by") and reader.items[i - 1].words == "per":
            bottom = replace(found[0], agg="sum") if found[0].agg == "column" else found[0]
            if all(r.column and r.column.is_year for r in bottom.readings):  # `spend per fiscal year`
                i += 1
                continue
            if bottom.agg in ("sum", "term") and frame.measures[-1].agg not in ("sum", "term", "count", "total"):
                raise Decline(f"I cannot tell what “{reader.items[i].words}” divides here. Ask for two totals instead.")
            if bottom.agg in ("sum", "term") and not frame.ratio:  # `revenue per seat`
                frame.ratio = (Frame(measures=[frame.measures.pop()]), Frame(measures=[bottom]))
                reader.use(i - 1, i)
                reader.take(i, found[1])
                i += 1
                continue
        if found and asked and found[0].agg != "column":
            _check_joint(reader, frame, last, i, found[0])
            last = found[1]
            frame.measures.append(found[0])
            reader.take(i, found[1])
            _and_more(reader, frame, found[1])
        i += 1


def _check_joint(reader: Reader, frame: Frame, start: int, end: int, measure: Measure) -> None:
    """Raise Decline where a second measure stands in a phrase of the first: `refunds for sales made on a Sunday`."""
    between = reader.items[max(0, start) : end]
    near = (*between, reader.items[end])
    joined = any(item.kind in JOINTS or item.tokens[0].breaks or item in reader.apart for item in near)
    same = any(_meant(measure) & _meant(m) for m in frame.measures)  # `total revenue that we earned`
    if frame.measures and start >= 0 and not joined and not same:
        first, second = frame.measures[-1].words, reader.items[end].words
        raise Decline(f"What has “{first}” to do with “{second}”? Join the two with “and”, or ask for each on its own.")


def _meant(measure: Measure) -> set[str]:
    return {r.term.name for r in measure.readings if r.term} | {str(r.column) for r in measure.readings if r.column}


def _loosely(reader: Reader, frame: Frame) -> None:
    """What is asked without a word for a measure: `what did each store sell`, `customer numbers`."""
    if frame.running:  # `running total of sign-ups`
        for i, item in enumerate(reader.items):
            dates = tuple(r for r in item.of("column") if r.column and r.column.kind == "date")
            if not item.used and item.plural and len(dates) == len(item.readings) == 1:
                frame.measures.append(Measure("count dates", item.words, dates))
                reader.use(i, i + 1)
                return
    if reader.items and (reader.items[0].words in ("what", "how much") or frame.growth == "periods"):
        first = 0 if frame.growth else 1  # `did we sell more in May than in June`
        money_verbs = [k for k in range(first, len(reader)) if is_money(reader.item(k))]
        sold = next((k for k in money_verbs if reader.has(k, "event") or _we_earned(reader.items[k])), None)
        if sold is not None:  # `what did each store sell`
            frame.measures.append(money(reader, reader.items[sold]))
            reader.use(sold, sold + 1)
            return
    for i in reader.find("count"):
        if reader.has(i - 1, "table") and not reader.items[i].tokens[0].breaks:  # `customer numbers`
            item = reader.items[i - 1]
            frame.measures.append(Measure("count", reader.words(i - 1, i + 1), item.of("table")))
            reader.use(i - 1, i + 1)


def _we_earned(item: Item) -> bool:
    """`what did we earn`: the verb for the glossary's revenue, where no rows are called so."""
    return bool(item.of("term")) and "we" in item.notes


def _and_more(reader: Reader, frame: Frame, at: int) -> None:
    """`mean price and weight per supplier`, `total likes and shares`: the aggregate is said of each of the columns."""
    measure = frame.measures[-1]
    agg, total = measure.agg, measure.agg == "sum" and measure.words.split()[0] in ADDED
    while (agg in ("avg", "median") or total) and reader.is_(at, "and") and reader.has(at + 1, "column"):
        item, numbers = reader.items[at + 1], numbers_of(reader, at + 1)
        if not numbers or item.of("table", "term", "value") or reader.is_(at + 2, "of", "and"):
            return
        same = {r.table for r in numbers[:1]} == {r.table for r in measure.readings[:1]}
        if total and not (same and adding_up(numbers[:1])):  # nobody adds up prices
            return
        frame.measures.append(Measure(agg, item.words, numbers))
        reader.use(at, at + 2)
        at += 2


def _is_named(reader: Reader, i: int) -> bool:
    """Whether a glossary term says which amount is asked for; `sold` alone only hints at one."""
    item = reader.item(i)
    return item is not None and bool(item.of("term")) and (item.of("term")[0].score >= 0.9 or not item.of("event"))
