"""How old somebody or something is, and how long it has been there: from a date until the day that the prompt names."""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import ARTICLES, BEING_THERE, BIRTH, MADE, TIME_FILLERS, UNITS
from ..english.words import name_words, of_people, stems
from ..frame import Decline
from ..linking.linker import made
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading
from ..source import paths
from . import moments
from .elapsed import age, flag_where, since, since_condition
from .question import COMPARISONS, LEAST, MOST, Question

BORN, BUILT = stems(" ".join(BIRTH)), stems(" ".join(MADE))
OLDEST = {"oldest": MOST, "youngest": LEAST, "newest": LEAST}
LAST = dict.fromkeys(("last", "latest", "most recent"), LEAST) | dict.fromkeys(("first", "earliest"), MOST)
SERVICE = ("tenure", "seniority")


def ages(question: Question) -> bool:
    """Replace what is said of ages and of time until today. Raises Decline where no one date tells it."""
    forms = (_since_last, _older, _longer_there, _how_old, _age, _there)
    return any(form(question, i) for form in forms for i in range(len(question)))


def _since_last(q: Question, i: int) -> bool:
    """`days since the last order`, `how long has it been since our first sale`."""
    start = next((k for k in range(i - 1, -1, -1) if q.word(k) in UNITS or q.word(k) in ("long", "time")), None)
    if q.word(i) != "since" or start is None:
        return False
    between = [k for k in range(start + 1, i) if q.word(k) not in TIME_FILLERS]
    at = q.skip(i + 1, ARTICLES)
    which = LAST.get(q.word(at))
    last = q.moment(at + 1) if which and not between else None
    dates = moments.meant(q.schema, last[0], q.tables) if last else []
    if between or q.kind(at) == "date":
        return False
    if not last or not which:
        raise Decline(f"Since when? Say for example “{q.word(start)} since the last order”, of what has a date.")
    date = _one(q, "these", dates)
    assert date
    before = start - 1 if q.word(start - 1) in ("how", "how many", "how much", "number of") else start
    unit = UNITS.get(q.word(start), "")
    q.put(since(q.prompt, date, unit), {*range(before, last[1])}, before, which)
    return True


def _older(q: Question, i: int) -> bool:
    """`customers older than 50`, `patients over 65 years old`, `machines older than 5 years`."""
    if q.kind(i) not in COMPARISONS or q.kind(i + 1) != "number":
        return False
    unit = UNITS.get(q.word(i + 2), "")
    end = i + 3 if unit else i + 2
    said_old = q.word(end) in ("old", "of age")
    if q.word(i) not in ("older than", "younger than") and not said_old:
        return False
    if _age_held(q, i, end + said_old):
        return True
    number, op = q.items[i + 1].number or 0.0, q.kind(i)
    tables = [t for k in range(i - 1, -1, -1) for t in q.rows(k)][:1]
    for table in tables:
        born = _dates_of(q, table, BORN)
        if of_people(table) or born:
            date = _one(q, table, born)
            if date is None or unit not in ("", "year"):
                return False
            said = flag_where(age(q.prompt, date), op, (number,))
        else:
            date = _one(q, table, _dates_of(q, table, BUILT))
            if date is None or not unit:
                return False
            said = since_condition(q.prompt, date, op, number, unit)
        q.put(said, {*range(i, end + said_old)}, at=end + said_old)
        return True
    return False


def _age_held(q: Question, i: int, end: int) -> bool:
    """`patients older than 60`, where a column holds their age in years."""
    tables = [t for k in range(i - 1, -1, -1) for t in q.rows(k)][:1]
    held = [c for t in tables for c in q.schema.tables[t].columns if name_words(c.name)[-1:] == ("age",)]
    if len(held) != 1 or held[0].kind != "number" or end not in (i + 2, i + 3, i + 4):
        return False
    if UNITS.get(q.word(i + 2), "year") != "year":
        return False
    for k in range(i + 2, end):
        q.items[k].silence()
    at = q.items[i].at
    held_in = Reading("column", held[0].table, 1.0, held[0])
    q.items[i:i] = [made("with", "with", at=at), made("link", "age", (held_in,), at=at)]
    return True


def _how_old(q: Question, i: int) -> bool:
    """`how old is the oldest machine`, `how old are the guests on average`, `how old is each employee`."""
    if not (q.word(i) == "how" and q.word(i + 1) == "old"):
        return False
    tables = list(dict.fromkeys(t for k in range(i + 2, len(q)) for t in q.rows(k)))
    table, date = next(((t, d) for t in tables[:1] if (d := _dated(q, t))), (None, None))
    if table is None or date is None:
        return False
    rows = [k for k in range(i + 2, len(q)) if table in q.rows(k)]
    extreme = [k for k in range(i + 2, len(q)) if q.word(k) in OLDEST]
    said, used = age(q.prompt, date), {i, i + 1}
    if extreme:
        q.put(said, {*used, *rows, extreme[0]}, i, OLDEST[q.word(extreme[0])])
    elif q.word(rows[0] - 1) in ("each", "every", "all"):
        q.put(said, used | {rows[0] - 1}, at=rows[0] + 1)
    elif any(item.kind in ("avg", "median") for item in q.items):
        q.put(said, {*used, *rows}, at=i)
    else:
        each = f"that of each of the {q.word(rows[0])}"
        raise Decline(f"Do you mean the average age, or {each}? Say “on average”, or “each”.")
    return True


def _age(q: Question, i: int) -> bool:
    """`average age of our customers`, `age of each machine`."""
    if q.word(i) not in ("age", "ages") or q.kind(i) != "word":
        return False
    if q.word(i + 1) in ("group", "groups", "range", "bracket", "band"):
        return False
    tables = q.rows(q.skip(i + 2, ARTICLES)) if q.word(i + 1) == "of" else []
    tables = tables or q.rows(i - 1)
    if not tables:
        people = [t for t in q.schema.tables if _dates_of(q, t, BORN)]
        said = {*q.tables, *(r.table for item in q.items for r in item.of("value", "column")[:1])}
        tables = [t for t in people if all(t in paths(q.schema, n) or n in paths(q.schema, t) for n in said)]
    if len(tables) > 1:
        raise Decline(f"The age of {' or of '.join(tables)}? Say which.")
    if not tables or not (date := _dated(q, tables[0])):
        return False
    q.put(age(q.prompt, date), {i}, at=i)
    return True


def _there(q: Question, i: int) -> bool:
    """`how long has each employee been with us`, `average tenure`."""
    noun = q.word(i) in SERVICE
    asked = q.word(i) == "how" and q.word(i + 1) == "long" and q.word(i + 2) in ("has", "have")
    asked = asked or (q.word(i) == "how many" and q.word(i + 1) in UNITS and q.word(i + 2) in ("has", "have"))
    if not asked and not (noun and q.kind(i) == "word"):
        return False
    rows = [k for k in range(len(q)) if q.rows(k)]
    if not rows or (asked and "been" not in [q.word(k) for k in range(i, len(q))]):
        return False
    table = q.rows(rows[0])[0]
    begun = _begun(q, table)
    unit = UNITS.get(q.word(i + 1), "") if asked else q.unit()
    said, used = since(q.prompt, begun, unit), {i, i + 1} if asked else {i}
    if asked:
        used |= {k for k in range(rows[0] + 1, len(q)) if q.word(k) in BEING_THERE and q.kind(k) != "avg"}
    averaged = any(item.kind in ("avg", "median", "most", "least") for item in q.items)
    if asked and not averaged and q.word(rows[0] - 1) in ("each", "every", "all", "our", "the"):
        used |= {rows[0] - 1}
    q.put(said, used, at=i if averaged else max(i, rows[0]) + 1)
    return True


def _longer_there(q: Question, i: int) -> bool:
    """`employees who have been with us for more than 5 years`."""
    unit = UNITS.get(q.word(i + 2), "")
    if q.kind(i) not in COMPARISONS or q.kind(i + 1) != "number" or not unit:
        return False
    been = max(q.find({"been"}), default=-1)
    rows = [k for k in range(i) if q.rows(k)]
    there = [*range(been, i), *range(i + 3, q.skip(i + 3, BEING_THERE))]
    if not 0 < been < i or not rows or any(q.word(k) not in BEING_THERE for k in there) or len(there) < 2:
        return False
    table = q.rows(rows[0])[0]
    begun = _begun(q, table)
    q.put(since_condition(q.prompt, begun, q.kind(i), q.items[i + 1].number or 0.0, unit), {*there, i, i + 1, i + 2}, i)
    return True


def _begun(q: Question, table: str) -> Column:
    """The day since when a table's rows have been there. Raises Decline where that is not sure."""
    begun = moments.beginning(q.schema, table)
    if begun is None:
        raise Decline(f"No one date says since when {table} have been there. Name the date.")
    ended = [c for c in moments.dates(q.schema, table) if moments.of_kind(c, "end")]
    still = [r.term.sql for item in q.items for r in item.of("flag") if r.term and r.table == table]
    if ended and not any(isinstance(sql, exp.Is) and sql.this.name == ended[0].name for sql in still):
        raise Decline(f"Some of the {table} may be gone by now ({ended[0]}). Say from what day to what.")
    return begun


def _dated(q: Question, table: str) -> Column | None:
    """The date that the age of a table's rows counts from."""
    born = _dates_of(q, table, BORN)
    return _one(q, table, born or ([] if of_people(table) else _dates_of(q, table, BUILT)))


def _one(q: Question, table: str, columns: list[Column]) -> Column | None:
    if len(columns) > 1:
        raise Decline(f"The time of {table} could count from {' or '.join(map(str, columns))}. Say from what day.")
    return columns[0] if columns else None


def _dates_of(q: Question, table: str, words: frozenset[str]) -> list[Column]:
    return [c for c in moments.dates(q.schema, table) if words & {*name_words(c.name)}]
