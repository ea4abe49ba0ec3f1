"""Rates: so many of one for a hundred of another, and the part of rows that a word such as `cancellation` says.

`complaints per 100 visits`, `click-through rate`, `cancellation rate by carrier` become a formula as the glossary would
give it, which all other clauses read like one. A rate of the glossary, or of a column, is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from ..english.lexicon import ARTICLES, FAILURES, LEADING_TO, QUANTITIES, RATED, RATED_COLUMNS, RATIOS
from ..english.words import name_words, of_people, spoken, stem, stems
from ..frame import Decline, Event, When
from ..linking.linker import Item
from ..planning.conditions import flag
from ..prompt.glossary import Term
from ..prompt.schema import Column, Table
from ..prompt.vocabulary import Reading
from ..source import identifier
from .question import Question

EVERY = ("per", "for every", "for each", "in every", "out of every", "each", "every")
ANYTHING = frozenset(("something", "anything", "again"))
WHO = frozenset(("who", "that"))
MOST_RATES = 2  # in one question
NOUN_ENDINGS = ("ation", "ion", "ance", "ence", "al", "ment")
SHORTEST_ROOT = 5
COUNTED = stems("number num count total no of")


def rates(question: Question) -> bool:
    """Replace what is said of a rate. Raises Decline where it could be several."""
    forms: Sequence[Callable[[Question, int], bool]] = (
        _per_hundred, _out_of, _led_to, _idiom, _from_to, _of_state, _of_event, _each_in_its_time,
    )  # fmt: skip
    found = 0
    while found < MOST_RATES and any(form(question, i) for form in forms for i in range(len(question))):
        found += 1
    return found > 0


def _per_hundred(q: Question, i: int) -> bool:
    """`how many complaints per 100 visits`, `clicks for every thousand impressions`."""
    out_of = q.word(i) == "of" and q.word(i - 1) == "out"
    if not (q.word(i) in EVERY or out_of) or q.kind(i + 1) != "number":
        return False
    top = next((k for k in range(i - 1, -1, -1) if _amount(q, k) is not None), None)
    below = q.skip(i + 2, ARTICLES)
    number = q.items[i + 1].number
    if top is None or not number:
        return False
    start = top - 1 if q.kind(top - 1) in ("count", "sum") else top
    above, bottom = _amount(q, top, q.kind(start) == "count"), _amount(q, below, counted=not _in_money(q.items[i + 1]))
    if above is None or bottom is None or above == bottom:
        return False
    exact = any(r.score == 1 for r in q.items[top].of("table"))
    if start == top and q.rows(top) and any(r.score >= 0.9 or not exact for r in q.items[top].of("term")):
        raise Decline(f"“{q.word(top)}” could be counted or added up. Say “how many {q.word(top)}”, or which amount.")
    if start and q.items[start - 1].of("value", "flag"):
        return False  # `cancelled orders per 100 orders`: the number is declined by name
    formula = _over(above, bottom, number)
    name = f"{q.word(top)} per {number:g} {q.word(below)}"
    q.put(_term(name, formula), {*range(start, top + 1), i - out_of, i, i + 1, below}, at=start)
    return True


def _in_money(number: Item) -> bool:
    """`per $100 of sales`: the money that they come to."""
    return number.tokens[0].text[:1] in "$€£"


def _amount(q: Question, i: int, counted: bool = False) -> exp.Expr | None:
    """What the item at `i` counts or adds up: rows of its table, a column, a formula of the glossary.

    Where it is `counted` (`100 sales`), rows come first, though the glossary may call an amount so.
    """
    if not 0 <= i < len(q):
        return None
    item, rows = q.items[i], q.rows(i)
    if counted and rows:
        return _count(q.schema.tables[rows[0]])
    terms = [r.term for r in item.of("term") if r.term and r.term.is_measure and r.score >= 0.9]
    if terms:
        return exp.paren(terms[0].sql.copy()) if isinstance(terms[0].sql, exp.Binary) else terms[0].sql.copy()
    columns = {r.column for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.75}
    if len(columns) == 1 and not item.of("table"):
        column = columns.pop()
        return exp.Sum(this=column.reference) if column.additive else None
    return _count(q.schema.tables[rows[0]]) if rows else None


def _out_of(q: Question, i: int) -> bool:
    """`out of a hundred orders, how many are returned`: a share, times a hundred."""
    every = q.word(i) in ("of every", "in every", "out of every") and q.kind(i + 1) == "number"
    if not every and (q.word(i) != "out" or q.word(i + 1) != "of"):
        return False
    at = i + 1 if every else q.skip(i + 2, ARTICLES)
    noun = q.skip(at + 1, ARTICLES)
    asked = next((k for k in range(noun + 1, len(q)) if q.word(k) == "how many"), None)
    if q.kind(at) != "number" or not q.rows(noun) or asked is None:
        return False
    number = q.items[at].number or 0.0
    if _amount(q, asked + 1) is not None and not q.items[asked + 1].participle:
        top, bottom = _amount(q, asked + 1, counted=True), _amount(q, noun, counted=True)
        if top is None or bottom is None:
            return False
        formula = _over(top, bottom, number)
        name = f"{q.word(asked + 1)} per {number:g} {q.word(noun)}"
        q.put(_term(name, formula), {*range(i, at + 1), noun, asked, asked + 1}, at=i)
        return True
    q.items[i].kind, q.items[i].words = "share", f"share per {number:g} of"
    q.items[noun].readings = q.items[noun].of("table")  # `100 sales` are counted, whatever the glossary calls so
    for k in (i + 1, at, asked):
        q.items[k].kind = "glue"
    return True


def _led_to(q: Question, i: int) -> bool:
    """`which share of the orders led to a return`, `share of impressions that led to a click`."""
    if q.word(i) not in LEADING_TO or q.word(i + 1) not in ("to", "in", "into"):
        return False
    share = next((k for k in range(i) if q.kind(k) == "share"), None)
    whole = next((k for k in range(i - 1, -1, -1) if _amount(q, k) is not None), None)
    part = q.skip(i + 2, ARTICLES)
    if share is None or whole is None or _amount(q, part) is None:
        return False
    if not (q.rows(whole) and q.rows(part)):
        return _put_ratio(q, part, whole, {share, *range(whole, part + 1)}, "percent" in q.word(share))
    for k in (i, i + 1):
        q.items[k].kind = "glue"
    q.items[part].kind, q.items[part].readings = "link", tuple(Reading("event", t) for t in q.rows(part))
    return True


def _put_ratio(q: Question, part: int, whole: int, used: set[int], in_percent: bool) -> bool:
    """Let the words become the one amount over the other, of one table's columns."""
    top, bottom = _amount(q, part), _amount(q, whole)
    tables = {c.table for side in (top, bottom) if side is not None for c in side.find_all(exp.Column)}
    if top is None or bottom is None or len(tables) != 1 or top == bottom:
        return False
    formula = _over(top, bottom, 100 if in_percent else None)
    q.put(_term(f"{q.word(part)} per {q.word(whole)}", formula), used, min(used))
    return True


def _idiom(q: Question, i: int) -> bool:
    """`click-through rate`: clicks over impressions, where one table has a column of each."""
    for said, (top, bottom) in RATIOS.items():
        words = said.split()
        if [q.word(k) for k in range(i, i + len(words))] != words:
            continue
        if any(r.score >= 0.9 for r in q.items[i].of("term")):
            return False
        pairs = [(_called(table, top), _called(table, bottom)) for table in q.schema.tables.values()]
        found = [(tops[0], bottoms[0]) for tops, bottoms in pairs if tops and bottoms]
        found = [pair for pair in found if pair[0].table in q.tables] or found
        if len(found) > 1:
            raise Decline(f"“{said}” could be told by {' or by '.join(a.table for a, _ in found)}. Say which.")
        for above, below in found:
            sql = exp.Div(this=exp.Sum(this=above.reference), expression=exp.Sum(this=below.reference))
            q.put(_term(said, sql), {*range(i, i + len(words))}, at=i)
            return True
    return False


def _called(table: Table, word: str) -> list[Column]:
    """The column of numbers that is called so, and nothing else: `clicks`, `num_clicks`."""
    numbers = [c for c in table.columns if c.kind == "number"]
    found = [c for c in numbers if {*name_words(c.name)} - COUNTED == {stem(word)}]
    return found if len(found) == 1 else []


def _from_to(q: Question, i: int) -> bool:
    """`conversion rate from visits to orders`: the part of the visits that an order points to."""
    start = i + 1 if q.word(i + 1) == "rate" else i
    if q.word(i) != "conversion" or q.word(start + 1) != "from":
        return False
    whole = q.skip(start + 2, ARTICLES)
    part = q.skip(whole + 2, ARTICLES)
    if q.word(whole + 1) != "to" or _amount(q, whole) is None or _amount(q, part) is None:
        return False
    used = {*range(i, part + 1)}
    if not (q.rows(whole) and q.rows(part)):
        return _put_ratio(q, part, whole, used, in_percent=False)
    sql = _reached(q, q.rows(part)[0], q.rows(whole)[0])
    if sql is None:
        raise Decline(f"No key leads from {q.word(part)} to {q.word(whole)}. Ask for the ratio of the two.")
    q.put(_term(f"conversion from {q.word(whole)} to {q.word(part)}", sql), used, at=i)
    return True


def _of_state(q: Question, i: int) -> bool:
    """`cancellation rate`: the part of the rows whose status, or flag, says so."""
    if not _is_rate(q, i):
        return False
    item = q.items[i - 1]
    states = [r for r in item.of("value", "flag") if _is_state(item, r)] or _of_noun(q, item)
    states = [r for r in states if r.table in q.tables] or states
    if len({r.table for r in states}) > 1 or len({r.column for r in states}) > 1:
        raise Decline(f"“{item.words}” could be {' or '.join(map(str, states))}. Say of what.")
    if not states:
        return False
    state = states[0]
    if state.term:
        test: exp.Expr = exp.paren(state.term.sql.copy())
        test = exp.Not(this=test) if state.value == "false" else test
    elif state.column and state.kind == "flag":
        test = flag(state.column.reference, state.column, state.value != "false")
    elif state.column:
        test = exp.EQ(this=state.column.reference, expression=exp.Literal.string(state.value or ""))
    else:
        return False
    _check_period(q, item, state.table)
    table = q.schema.tables[state.table]
    whole = _count(table)
    if whole is None:
        return False
    part = exp.Count(this=exp.Case().when(test, exp.Literal.number(1)))
    _put_rate(q, i, f"{item.words} rate", exp.Div(this=part, expression=whole), state.table)
    return True


def _of_noun(q: Question, item: Item) -> list[Reading]:
    """`conversion`, where nothing is called so: the flag `converted`, the state `Converted`."""
    word = item.tokens[-1].word
    root = next((word.removesuffix(end) for end in NOUN_ENDINGS if word.endswith(end)), "")
    told = [r for r in item.readings if r.column is None or r.column.kind != "date" and not _is_rated(r.column)]
    if told or item.kind not in ("word", "link") or len(root) < SHORTEST_ROOT:
        return []
    columns = [c for table in q.schema.tables.values() for c in table.columns]
    flags = [c for c in columns if c.kind == "bool" and _made_of(spoken(c.name).split()[-1], root)]
    found = [Reading("flag", c.table, 0.9, c) for c in flags]
    states = [(c, v) for c in columns if _is_rated(c) for v in c.values if _made_of(v.lower(), root)]
    return found or [Reading("value", c.table, 0.9, c, v) for c, v in states]


def _is_rated(column: Column) -> bool:
    """Whether the column says what became of a row."""
    return column.kind == "text" and bool({*name_words(column.name)} & stems(" ".join(RATED_COLUMNS)))


def _made_of(word: str, root: str) -> bool:
    """Whether the participle is one of the verb that the noun is made of: `converted` and `convers(ion)`."""
    common = root[: SHORTEST_ROOT if len(root) < SHORTEST_ROOT + 2 else -1]
    return word.endswith("ed") and word.startswith(common)


def _put_rate(q: Question, i: int, name: str, sql: exp.Div, table: str) -> None:
    """Let the rate at `i` mean this; with the rows that it is said to be of, and `in percent`."""
    behind = range(i + 1, len(q))
    other = next((q.rows(k) for k in behind if q.word(i + 1) == "of" and q.rows(k)), [table])
    if other != [table]:
        raise Decline(f"The {name} is one of {table}. Say “by …”, or for which of the {other[0]}.")
    tied = ("of", "our", "the", q.word(i))  # `conversion rate of visits`, `conversion rate visits by device`
    used = {i - 1, i} | {k for k in behind if q.rows(k) == [table] and q.word(k - 1) in tied}
    percent = [k for k in behind if q.word(k).startswith("percent") and q.word(k - 1) in ("in", "as", "a")]
    if percent or q.word(i) == "percentage":
        sql = _over(sql.this, sql.expression, 100)
    q.put(_term(name, sql), {*used, *percent}, at=i - 1)


def _is_rate(q: Question, i: int) -> bool:
    """Whether a `rate` stands at `i` that neither a column nor the glossary is called after."""
    item = q.items[i]
    named = any(r.score >= 0.9 for r in item.of("term", "column"))
    rate = item.words in ("rate", "rates") or (i > 0 and _percentage(q.items[i - 1], item) and q.word(i + 1) != "of")
    return i > 0 and rate and not named and not q.items[i - 1].of("term")


def _percentage(noun: Item, item: Item) -> bool:
    """`cancellation percentage`: the rate in percent."""
    return item.words == "percentage" and noun.next_to(item) and noun.words.endswith(NOUN_ENDINGS)


def _is_state(item: Item, reading: Reading) -> bool:
    """Whether it says what became of a row: a `flat rate` is no share of the flats."""
    if reading.score < 0.9 or (reading.column is None and reading.term is None):
        return False
    if reading.kind == "flag":
        words = {t.stem for t in item.tokens}
        name = reading.column.name.lower() if reading.column else ""
        return bool(words & stems(" ".join(RATED))) or name.endswith("ed") or reading.term is not None
    assert reading.column
    return _is_rated(reading.column)


def _check_period(q: Question, item: Item, table: str) -> None:
    """The churn of a year is not that of those who came in that year."""
    lasting = of_people(table) or not q.schema.outward[table] or "churn" in item.words
    if lasting and any(q.kind(k) in ("date", "grain") for k in range(len(q))):
        which = "of those that began then, or that ended then"
        raise Decline(f"“{item.words} rate” in a period: {which}? I cannot tell.")


def _of_event(q: Question, i: int) -> bool:
    """`return rate of orders`: the part of the orders that a return points to."""
    if not _is_rate(q, i) or not {t.stem for t in q.items[i - 1].tokens} & stems(" ".join(FAILURES)):
        return False
    part = q.rows(i - 1)[:1] or [r.table for r in q.items[i - 1].of("event")[:1]]
    if not part:
        return False
    wholes = [t for t in dict.fromkeys(k.to_table for k in q.schema.outward[part[0]]) if not of_people(t)]
    wholes = [t for t in wholes if t in q.tables] or wholes
    words = f"{q.word(i - 1)} rate"
    if len(wholes) != 1:
        raise Decline(f"“{words}” of what: {' or '.join(wholes) or 'no key says'}? Say for example “per 100 …”.")
    if all({*q.schema.tables[t].by_name} & {*QUANTITIES} for t in (part[0], wholes[0])):
        raise Decline(f"“{words}” could count {wholes[0]} or their units. A glossary line would say which.")
    sql = _reached(q, part[0], wholes[0])
    if sql is None:
        return False
    q.caveats.append(f"Each of the {wholes[0]} counts once, whatever number of {part[0]} it has.")
    _put_rate(q, i, words, sql, wholes[0])
    return True


def _reached(q: Question, part: str, whole: str) -> exp.Div | None:
    """How many rows of `whole` a row of `part` points to, over all of them."""
    keys = [k for k in q.schema.outward[part] if k.to_table == whole]
    count = _count(q.schema.tables[whole])
    if len(keys) != 1 or count is None:
        return None
    key = exp.column(identifier(keys[0].column), table=identifier(part))
    return exp.Div(this=exp.Count(this=exp.Distinct(expressions=[key])), expression=count)


def _each_in_its_time(q: Question, i: int) -> bool:
    """`who bought in 2023 and came back in 2024`: two things that happened, each with its own period."""
    verbs = [k for k in range(len(q)) if q.items[k].of("event") and q.items[k].participle]
    dates = [k for k in range(len(q)) if q.kind(k) == "date"]
    if i != 0 or len(verbs) < 2 or len(dates) < 2:
        return False
    if dates != [q.skip(k + 1, ARTICLES, ANYTHING) for k in verbs]:
        raise Decline("Which of the periods belongs to which? Say each right behind what happened then.")
    first = q.items[verbs[0]].of("event")
    for at, day in zip(verbs, dates, strict=True):
        item, when = q.items[at], q.items[day]
        again = item.tokens[0].text.lower() in ("came back", "come back")
        if when.period is None or when.period.future:
            return False
        words = f"{item.tokens[0].text if again else item.words} {when.words}"
        refused = next((k for k in (at - 1, at - 2) if q.kind(k) == "not"), None)
        own = (When(when.words, when.period, at=at),)
        q.events.append(Event(words, first if again else item.of("event"), refused is not None, at, whens=own))
        who = [k for k in (at - 1, at - 2) if q.word(k) in WHO and q.word(at - 1) in ARTICLES | WHO]
        for k in (at, day, *who, *([refused] if refused is not None else [])):
            q.items[k].silence()
    return True


def _count(table: Table) -> exp.Expr | None:
    """The number of a table's rows, by their key."""
    key = table.by_name.get((table.key or "").lower())
    return exp.Count(this=key.reference) if key else None


def _over(top: exp.Expr, bottom: exp.Expr, times: float | None = None) -> exp.Div:
    """One amount over another, for so many of it."""
    above = exp.Mul(this=exp.Literal.number(f"{times:g}"), expression=top) if times else top
    return exp.Div(this=above, expression=bottom)


def _term(name: str, sql: exp.Expr) -> Reading:
    table = next(c.table for c in sql.find_all(exp.Column))
    return Reading("term", table, 1.0, term=Term(name, ((name,),), sql))
