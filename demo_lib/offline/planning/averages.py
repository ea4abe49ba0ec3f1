"""Groups above or below the average of their own totals: `customers who spent more than the average customer`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..bounds import MORE, OPERATORS
from ..clauses.measures import is_money, is_of_each, measure_at, money
from ..english.words import of_people
from ..frame import Decline, Dim, Frame, Measure, NumberFilter, Readings
from ..linking.linker import Item, made
from ..prompt.vocabulary import Reading
from ..reader import Reader
from .formulas import singular
from .grouping import Grouped, ranked_by, with_flat

SURE = 0.9

TAIL = ("of", "count", "sum")
OPENING = ("by", "date", "sort", "of", "than")


def total_against_average(reader: Reader, frame: Frame, i: int, average: int) -> bool:
    """Let what stands before the comparison at `i` be compared with the average of all groups. Whether it is a total.

    Raises Decline where the average is said to be of something else.
    """
    before = i - 1
    while reader.is_(before, "date", "in", "that"):  # `whose revenue in 2025 is above the average`
        before -= 1
    summed = _summed(reader, before)
    measure = summed or _total(reader, before) or _added_up(reader, before, average)
    if measure is None:
        return False
    if summed:
        reader.use(before - 1, before)
    if len(reader.find("date")) > 1:
        raise Decline("I can compare with the average of the same time only. Ask for each period on its own.")
    end = _end_of_average(reader, before, average, measure)
    frame.numbers.append(NumberFilter(reader.words(before, end), reader.items[i].kind, (), (), measure, average=True))
    for k in (before, *(k for k in range(before + 1, i) if reader.is_(k, "that")), *range(i, end)):
        reader.use(k, k + 1)
    return True


def _summed(reader: Reader, i: int) -> Measure | None:
    """`drivers whose total toll is above the average`: what it adds up to for each, as is said."""
    numbers = tuple(r for r in reader.items[i].of("column") if r.column and r.column.kind == "number") if i > 0 else ()
    if not numbers or not reader.is_(i - 1, "sum") or not _grouped(reader, i - 1):
        return None
    return Measure("sum", reader.words(i - 1, i + 1), numbers)


def own_amount(reader: Reader, frame: Frame, i: int, average: int) -> bool:
    """Let rows be compared with the average of a number of their own: `returns with a refund above the average refund`.

    The glossary's word for what many rows add up to is that number, too, where the rows are those that it adds up.
    """
    before, behind = i - 1, reader.head(reader.skip(average + 1, "of"))
    while reader.is_(before, "that", "which"):
        before -= 1
    named = [k for k in (before, behind) if k is not None and _of_a_row(reader, k)]
    rows = _rows_before(reader, min([i, *named]))
    if before >= 0 and reader.items[before].tokens[-1].stem == "cost" and reader.items[before].readings[0].score < SURE:
        return False  # a verb: `repairs that cost more than the average`
    found = [(k, own) for k in named if rows is not None and (own := _of_a_row(reader, k, rows))]
    if not found or len({readings[0].column for _, readings in found}) != 1 or len(found) < len(named):
        return False
    if reader.is_(found[0][0] - 1, "sum", "avg") and found[0][0] == before:
        return False
    first = before if found[0][0] == before else i
    end = behind + 1 if behind is not None and found[-1][0] == behind else average + 1
    tables = {r.table for r in found[0][1]}
    rows_again = reader.skip(end, "of")
    if rows_again < len(reader) and {r.table for r in reader.items[rows_again].of("table")[:1]} & tables:
        end = rows_again + 1  # `of all returns`
    if reader.is_(average + 1, "sum", "count") or reader.has(end, "table", "column", "term"):
        return False
    alike = reader.item(reader.skip(end, "in", "of", "for", "within"))
    if alike and (alike.words == "same" or any(r.column and r.column.kind == "text" for r in alike.of("column"))):
        return False  # `the average of their own category`
    words, op = reader.words(first, end), reader.items[i].kind
    frame.numbers.append(NumberFilter(words, op, (), found[0][1], average=True))
    whose = reader.items[_rows_before(reader, first) or 0]
    whose.readings = whose.of("table") or whose.readings  # `returns` are rows here, and no amount
    reader.use(first, end)
    return True


def average_of_rows(reader: Reader, frame: Frame, i: int, start: int) -> bool:
    """`sales larger than the average sale`, where the glossary has a word for that: the rows by what is averaged."""
    item, rows = reader.item(start), _rows_before(reader, i)
    terms = item.of("term")[:1] if item and reader.is_(i, ">", "<") else ()
    sql = terms[0].term.sql if terms and terms[0].term else None
    over = sql.this if isinstance(sql, exp.Div) and isinstance(sql.expression, exp.Count) else sql
    inner = over.this if isinstance(over, exp.Sum | exp.Avg) and (over is not sql or isinstance(sql, exp.Avg)) else None
    column = reader.known.prompt.schema.column(inner.table, inner.name) if isinstance(inner, exp.Column) else None
    whose = reader.items[rows].of("table")[:1] if rows is not None else ()
    if column is None or rows is None or not whose or whose[0].table != column.table:
        return False
    first, end = i, start + 1
    if rows < i - 1 and any(r.column == column for r in reader.items[i - 1].of("column")):
        first = i - 1
    end += 1 if end < len(reader) and any(r.column == column for r in reader.items[end].of("column")) else 0
    if first != rows + 1 or reader.has(end, "table", "column", "term"):
        return False
    own, words = (Reading("column", column.table, 1.0, column),), reader.words(first, end)
    frame.numbers.append(NumberFilter(words, reader.items[i].kind, (), own, average=True))
    reader.items[rows].readings = whose
    reader.use(first, end)
    return True


def _rows_before(reader: Reader, i: int) -> int | None:
    """Where the nearest rows are named before the item at `i`; None where kinds of them are nearer: `brands with …`."""
    near = (k for k in range(i - 1, -1, -1) if reader.items[k].of("table") or _are_kinds(reader.items[k]))
    k = next(near, None)
    return k if k is not None and reader.items[k].of("table") else None


def _are_kinds(item: Item) -> bool:
    return item.plural and any(r.column and r.column.kind == "text" for r in item.of("column"))


def _of_a_row(reader: Reader, i: int, rows: int | None = None) -> Readings:
    """The column of numbers that the item at `i` names or adds up; where the `rows` are given, only one of theirs."""
    item = reader.item(i)
    if item is None or item.of("table"):
        return ()
    columns = [r.column for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.75]
    for r in item.of("term"):
        inner = r.term.sql.this if r.term and r.score >= 0.8 and isinstance(r.term.sql, exp.Sum) else None
        found = reader.known.prompt.schema.column(inner.table, inner.name) if isinstance(inner, exp.Column) else None
        columns += [found] if found else []
    if rows is not None:
        best = [r for r in reader.items[rows].of("table") if r.score >= 0.85]
        columns = [c for c in columns if best and c.table == best[0].table]
    columns = list(dict.fromkeys(columns))
    return tuple(Reading("column", c.table, 1.0, c) for c in columns) if rows is None or len(columns) == 1 else ()


def counts_compared(reader: Reader) -> None:
    """`an above-average number of trips`, `whose number of trips is above average` as `more trips than average`."""
    for i in reader.find(">", "<"):
        average = reader.skip(i + 1, "than")
        if not reader.is_(average, "avg") or reader.items[average].words == "on average":
            continue
        noun = reader.head(average + 2) if reader.is_(average + 1, "count") else None
        if noun is not None and reader.has(noun, "table", "term") and reader.items[noun].plural:
            _more(reader, i, i, range(average + 2, noun + 1), noun + 1)
            return
        last = i - 1
        while reader.is_(last, "that", "which"):
            last -= 1
        count = next((k for k in range(last, max(-1, last - 3), -1) if reader.is_(k, "count")), None)
        if count is None or count == last or not count or reader.items[count].words == "how many":
            continue
        if reader.head(count + 1) != last or not reader.has(last, "table", "term") or not _grouped(reader, count):
            continue
        again = average + 1
        again += 1 if reader.is_(again, "count") and reader.has(again + 1, "table", "term") else 0
        same = again > average + 1 and set(reader.items[again].readings) & set(reader.items[last].readings)
        _more(reader, i, count, range(count + 1, last + 1), again + 1 if same else average + 1)
        return


def _more(reader: Reader, i: int, start: int, noun: range, end: int) -> None:
    """Write the items from `start` to before `end` as `more … than average`."""
    op = "more" if reader.items[i].kind == ">" else "less"
    average = next(item for item in reader.items[i:end] if item.kind == "avg")
    said = [made("more", op), *(reader.items[k] for k in noun), made("than", "than"), average]
    reader.items[start:end] = said


def more_than_average(reader: Reader, frame: Frame) -> None:
    """`members with more loans than the average member`, `brands that sold fewer units than the average brand`."""
    for i in reader.find("more"):
        found = measure_at(reader, i + 1) if reader.items[i].words in MORE else None
        than = reader.skip(found[1], "in", "date") if found else i  # `more loans in 2025 than average`
        if found is None or not reader.is_(than, "than") or not reader.is_(than + 1, "avg"):
            continue
        measure = found[0]
        if than == found[1] and (own := _of_the_rows(reader, frame, i, than)):
            reader.use(i, own)
            continue
        if measure.agg == "column":
            if is_of_each(measure):
                raise Decline(f"Of several a “{measure.words}” means little added up. Ask for its average instead.")
            measure = Measure("sum", measure.words, measure.readings)
        if measure.agg not in ("count", "term", "sum") or len(reader.find("date")) > 1:
            continue
        verb = reader.item(i - 1)
        start = i - 1 if verb and verb.participle and (verb.of("event") or is_money(verb)) else i
        end = _end_of_average(reader, start, than + 1, measure)
        op = MORE[reader.items[i].words]
        frame.numbers.append(NumberFilter(reader.words(start, end), op, (), (), measure, average=True))
        reader.use(start, i + 1)
        reader.take(i + 1, found[1])  # `more student members`: the values are filters still to be read
        reader.use(than, end)


def _of_the_rows(reader: Reader, frame: Frame, i: int, than: int) -> int:
    """The end of `a higher price than the average product`, a number that each row has of its own; 0 elsewhere."""
    noun, rows = than - 1, _rows_before(reader, i)
    own = _of_a_row(reader, noun, rows) if rows is not None else ()
    end = than + 2
    again = {r.table for r in reader.items[end].of("table")[:1]} if end < len(reader) else set()
    if not own or reader.is_(noun - 1, "sum", "count"):
        return 0
    end += 1 if again & {own[0].table} else 0
    if reader.has(end, "table", "column", "term") or reader.is_(end, *TAIL):
        return 0
    words = reader.words(i, end)
    frame.numbers.append(NumberFilter(words, MORE[reader.items[i].words], (), own, average=True))
    whose = reader.items[rows or 0]
    whose.readings = whose.of("table") or whose.readings
    return end


def _end_of_average(reader: Reader, before: int, average: int, measure: Measure) -> int:
    """The position after what the average is said to be of. Raises Decline where that is something else."""
    group = _grouped(reader, before)
    end, rows, columns = average + 1, {r.table for r in group}, {r.column for r in group if r.column}
    while end < len(reader) and not reader.items[end].tokens[0].breaks:
        item = reader.items[end]
        same = bool(set(item.of("term")) & set(measure.readings) or {r.table for r in item.of("table")} & rows)
        same = same or bool({r.column for r in item.of("column")} & columns)
        if not same and not reader.is_(end, *TAIL) and not (is_money(item) and not item.of("column")):
            break
        end += 1
    if reader.is_(end, "by") and reader.has(end + 1, "table", "column"):  # `more loans than average per member`
        item = reader.items[end + 1]
        same = bool({r.table for r in item.of("table")} & rows or {r.column for r in item.of("column")} & columns)
        end += 2 if same else 0
    them = end == len(reader) and bool(reader.trailing & {"them", "these", "those", "all"})  # `of the average of them`
    if not rows or (reader.is_(end - 1, *TAIL) and not them) or reader.has(end, "table", "column", "term", "event"):
        raise Decline("The average of what? I can compare a total with the average total of rows of the same kind.")
    return end


def _total(reader: Reader, i: int) -> Measure | None:
    """What is added up for each: money, by its verb, or a measure of the glossary."""
    item = reader.item(i)
    if item is None:
        return None
    if is_money(item) and item.participle and not item.of("column"):
        if item.tokens[-1].stem == "sell":
            raise Decline("Sold more by what? Say “by revenue” or “by units sold”.")
        return money(reader, item)
    terms = tuple(r for r in item.of("term") if r.score >= 0.8 and r.term and r.term.is_measure)
    return Measure("term", item.words, terms) if terms else None


def _added_up(reader: Reader, i: int, average: int) -> Measure | None:
    """`members who watched less than the average member`, of a column of views: what it adds up to for each."""
    item, behind = reader.item(i), reader.items[average + 1] if average + 1 < len(reader) else None
    numbers = tuple(r for r in item.of("column") if r.column and r.column.kind == "number") if item else ()
    rows = {r.table for r in behind.of("table")[:1]} if behind else set()
    if not numbers or not rows & {r.table for r in _grouped(reader, i)} or rows & {r.table for r in numbers}:
        return None
    measure = Measure("sum", reader.words(i, i + 1), numbers)
    if is_of_each(measure):
        raise Decline(f"Of several a “{measure.words}” means little added up. Ask for its average instead.")
    return measure


def _grouped(reader: Reader, i: int) -> Readings:
    """The rows that the total is of."""
    near = next((reader.items[k] for k in range(i - 1, -1, -1) if reader.items[k].of("table", "column")), None)
    return near.of("table", "column") if near else ()


def amount_compared(reader: Reader, i: int, average: int) -> tuple[Measure, int, int] | None:
    """(what is added up for each, first item, end) for `paid more than the average`, `with above average fees`."""
    verb, end = reader.item(i - 1), average + 1
    if reader.is_(end, "sum") and reader.has(end + 1, "column") and _grouped(reader, i):  # `above average total tolls`
        numbers = tuple(r for r in reader.items[end + 1].of("column") if r.column and r.column.kind == "number")
        return (Measure("sum", reader.words(end, end + 2), numbers), i, end + 2) if numbers else None
    noun = reader.head(end)
    if noun == end and reader.has(end, "term") and not reader.has(end, "table") and not _of_rows(reader, end):
        term = reader.items[end].of("term")[:1]
        return (Measure("term", reader.items[end].words, term), i, end + 1) if _adds_up(term[0]) else None
    if verb is None or not (end == len(reader) or reader.is_(end, *OPENING) or _of_rows(reader, end)):
        return None
    end += 1 if _of_rows(reader, end) else 0
    terms = verb.of("term")[:1]
    if terms and terms[0].score >= 0.9 and _adds_up(terms[0]):
        return Measure("term", verb.words, terms), i - 1, end
    if verb.tokens[-1].stem == "sell":
        return None  # revenue, or units?
    if is_money(verb) or "spend" in {t.stem for t in verb.tokens}:
        return money(reader, verb), i - 1, end
    return None


def _of_rows(reader: Reader, i: int) -> bool:
    """`than the average member`; or `buyer`, where the glossary counts those who are."""
    terms = [r.term.sql for r in reader.items[i].of("term") if r.term] if reader.has(i, "term") else []
    if terms and not reader.items[i].plural and not reader.has(i, "table", "column", "value"):
        return all(isinstance(sql, exp.Count) and isinstance(sql.this, exp.Distinct) for sql in terms)
    return reader.has(i, "table") and not reader.items[i].plural and not reader.has(i, "term", "column")


def _adds_up(reading: Reading) -> bool:
    return reading.term is not None and isinstance(reading.term.sql, exp.Sum | exp.Count)


def above_average(
    frame: Frame, found: Grouped, dims: Sequence[Dim], wanted: NumberFilter, counted: Measure | None
) -> exp.Select:
    """The groups whose total passes the average of all of them, or how many these are."""
    people = any(r.kind == "table" and of_people(r.table) for r in dims[0].readings) if dims else False
    if wanted.op == "<" and people and all(e.negated for e in frame.events):
        raise Decline(f"Are {dims[0].words} without any below the average, too? Say “of those who …, how many”.")
    inner, (name, _) = found.select(), found.values[0]
    mean = exp.select(exp.Avg(this=exp.column(name))).from_("totals").subquery()
    passes = OPERATORS[wanted.op](this=exp.column(name), expression=mean)
    shown: list[exp.Expr] = [exp.column(n) for n, _ in (*found.dims, *found.values)]
    if counted:
        shown = [exp.alias_(exp.Count(this=exp.Star()), f"{singular(counted.readings[0].table)}_count")]
    query = exp.select(*shown).from_("totals").where(passes)
    frame.caveats.append("The average is over each of them with at least one row that counts.")
    query = with_flat(query, "totals", inner)
    return query if counted else query.order_by(ranked_by(exp.column(name)))
