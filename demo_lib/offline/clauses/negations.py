"""What is not, or never was: `never ordered`, `without returns`, `not online`, `no employer`."""

from __future__ import annotations

from ..english.lexicon import DOING, GETTING
from ..english.words import of_people
from ..frame import Decline, Dim, Event, Filter, Frame, NumberFilter, Readings, When
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, flagged
from ..reader import Reader
from .denials import are_told, in_neither, no_row_that, none_of_these, past_idle_verb
from .filters import dates_of, numbers_of, options_at
from .happenings import filled
from .row_lists import SHOWN

GIVEN = ("recorded", "known", "given", "registered", "set", "entered", "filled")
PAID = ("paid", "granted", "received", "charged", "agreed", "taken")


def negations(reader: Reader, frame: Frame) -> None:
    """`never ordered`, `without returns`, `not online`."""
    for i in reader.find("not"):
        if _and_the_others(reader, frame, i):
            continue
        if _never_at_all(reader, frame, i):
            continue
        happened = next((k for k in range(i - 1, -1, -1) if reader.has(k, "event", "table")), None)
        at = reader.skip(i + 1, "in", "on")
        last = reader.item(i + 1) is None or reader.items[i + 1].tokens[0].breaks
        if last and reader.has(i - 1, "value", "flag"):  # `gift cards left out`
            left_out = (reader.items[i - 1].of("value") or reader.items[i - 1].of("flag"),)
            frame.filters.append(Filter(reader.words(i - 1, i + 1), left_out, negated=True, at=i))
            reader.use(i - 1, i + 1)
            continue
        if reader.items[i].tokens[0].text.lower() == "nothing" and (found := _counted_by(reader, i - 1)):
            frame.numbers.append(NumberFilter(reader.words(i - 1, i + 1), "none", (0.0,), found))
            reader.use(i - 1, i + 1)  # `searches that found nothing`, of a column `results_found`
            continue
        if last and reader.item(i + 1):
            continue  # what stands behind a comma is not what is denied
        if reader.is_(at, "date") and happened is not None and reader.words(i, i + 1) == "neither":
            in_neither(reader, frame, happened, i, at)
            continue
        if reader.is_(at, "date") and happened is not None:
            period = reader.items[at].period
            if period and (events := reader.items[happened].of("event")):
                if happened == i - 1 and reader.items[i].tokens[0].text.lower() == "nothing":
                    reader.use(happened, i)  # `bought nothing in 2025`
                earlier = [k for k in reader.find("date") if happened < k < i]
                when = When(reader.items[at].words, period, at=at)
                frame.events.append(Event(reader.words(i, at + 1), events, negated=True, at=i, whens=(when,)))
                before = [When(reader.items[k].words, p, at=k) for k in earlier if (p := reader.items[k].period)]
                if before:  # `bought in 2024 but not in 2025`
                    words = reader.words(happened, earlier[-1] + 1)
                    frame.events.append(Event(words, events, at=happened, whens=tuple(before)))
                    for k in (happened, *earlier):
                        reader.use(k, k + 1)
                reader.use(i, at + 1)
            continue
        j = reader.skip(i + 1, "not", "in", "from", "by", "with", "of", "at", "on", "to", "for", "number", "money")
        if reader.is_(j, "begin") and reader.has(reader.skip(j + 1, "for", "in", "to", "with", "at"), "table"):
            reader.use(j, j + 1)  # `never signed up for a course`: no row of the kind
            j = reader.skip(j + 1, "for", "in", "to", "with", "at")
        j = past_idle_verb(reader, i, j)
        got = _none_got(reader, i, j)
        if got and reader.items[j].words in GETTING:
            reader.use(j, j + 1)
            j += 1
        if no_row_that(reader, frame, i, j) or none_of_these(reader, frame, i, j):
            continue
        verb = reader.item(j)
        then: tuple[Filter, ...] = ()
        did = verb is not None and (bool(dates_of(verb)) or (verb.kind == "word" and verb.participle))
        if did and reader.words(i, i + 1) in ("never", "not", "yet to") and reader.has(j + 1, "table"):
            its = {r.table for r in reader.items[j + 1].of("table")}
            own = [r.column for r in dates_of(reader.items[j]) if r.table in its and r.column]
            then = tuple(filled(reader.items[j].words, column, j) for column in own[:1])
            reader.use(j, j + 1)  # `never opened a case`, `never needed a doctor`: no row, whatever the verb
            j += 1
        if (
            reader.has(j + 1, "table")
            and reader.has(j, "table")
            and reader.items[j].participle
            and not reader.has(j, "event")
        ):
            j += 1  # `not received any notifications`
        elif reader.has(j + 1, "table") and _is_of(reader, i, j):
            reader.use(j, j + 1)
            j += 1  # `editors who never edited a book`
        elif reader.has(j, "table") and reader.has(j + 1, "event") and of_people(reader.items[j].of("table")[0].table):
            reader.use(j, j + 1)
            j += 1  # `that no customer has returned`
        if verb and verb is reader.item(j) and verb.participle and reader.words(i, i + 1) == "never":
            told = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
            dated = () if verb.of("event", "table", "value", "flag") else dates_of(verb)  # `badges that nobody earned`
            elsewhere = tuple(Reading("event", r.table, r.score) for r in dated if r.table not in told)
            verb.readings = elsewhere or verb.readings
            then = tuple(filled(verb.words, r.column, j) for r in dated[:1] if elsewhere and r.column)
        if nobody := _points_nowhere(reader, i, j):
            frame.filters.append(Filter(reader.words(i, j + 1), (nobody,), at=i))
            reader.use(i, j + 1)
            continue
        if reader.has(j, "event") or (reader.has(j, "table") and not reader.has(j, "value")):
            events = reader.items[j].of("event") or reader.items[j].of("table")
            told_of = reader.told_of(i)
            frame.events.append(Event(reader.words(i, j + 1), events, negated=True, at=i, filters=then, of=told_of))
            again = reader.items[j + 1].of("table") if reader.has(j + 1, "table") and reader.has(j, "event") else ()
            twice = bool({r.table for r in events} & {r.table for r in again})  # `never ordered` an `order`
            reader.use(i, j + 2 if twice else j + 1)
        elif reader.words(i, i + 1) in ("no", "without", "not") and (empty := _not_given(reader, i, j)):
            frame.filters.append(Filter(reader.words(i, j + 1), (empty,), at=i))
            reader.use(i, j + 2 if reader.item(j + 1) and reader.items[j + 1].words in GIVEN else j + 1)
        elif (got or reader.words(i, i + 1) in ("no", "without", "zero")) and numbers_of(reader, j):
            amount = NumberFilter(reader.words(i, j + 1), "none", (0.0,), numbers_of(reader, j))  # `had no discount`
            frame.numbers.append(amount)
            paid = reader.item(j + 1) and reader.items[j + 1].words in (*GIVEN, *PAID)  # `with no deposit paid`
            reader.use(i, j + 2 if paid and reader.items[j].next_to(reader.items[j + 1]) else j + 1)
        elif reader.has(j, "value", "flag"):
            kind = "value" if reader.has(j, "value") else "flag"
            options, end = options_at(reader, j, kind)
            if reader.words(i, i + 1) == "never" and kind == "value" and not reader.has(end, "table"):
                its_rows = tuple(Reading("event", r.table, r.score) for r in options[0])  # `but never an urgent one`
                wanted = Filter(reader.words(j, end), options, at=j)
                frame.events.append(Event(reader.words(i, end), its_rows, negated=True, at=i, filters=(wanted,)))
                reader.use(i, end)
                continue
            sold = reader.items[i - 1].of("event") if reader.words(i, i + 1) == "no" and reader.item(i - 1) else ()
            if sold and reader.items[i - 1].participle and kind == "value" and not reader.has(end, "table"):
                wanted = Filter(reader.words(j, end), options, at=j)  # `shops that sold no toys`
                frame.events.append(Event(reader.words(i - 1, end), sold, negated=True, at=i, filters=(wanted,)))
                reader.use(i - 1, end)
                continue
            named = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
            rows = reader.items[end].of("table") if reader.has(end, "table") else ()
            measured = {r.table for item in reader.items[:i] for r in item.of("term")[:1]}
            if rows and are_told(reader, {*named, *measured}, rows[0].table, options):
                frame.filters.append(Filter(reader.words(i, end + 1), options, negated=True, at=i))
                reader.use(i, end + 1)  # `revenue without online sales`, `customers outside the West region`
                continue
            if rows and named and rows[0].table not in named:
                wanted = Filter(reader.words(j, end), options, at=j)  # `properties without an active lease`
                words = reader.words(i, end + 1)
                frame.events.append(Event(words, rows, negated=True, at=i, filters=(wanted,)))
                reader.use(i, end + 1)
                continue
            frame.filters.append(Filter(reader.words(i, end), options, negated=True, at=i))
            reader.use(i, end)


def _counted_by(reader: Reader, i: int) -> Readings:
    """The number that the verb at `i` is called after: of the rows before it, though there be other `findings`."""
    if found := numbers_of(reader, i):
        return found
    told = {r.table for item in reader.items[:i] for r in item.of("table")}
    known = reader.known.phrases.get((reader.items[i].tokens[-1].stem,), ()) if i >= 0 else ()
    return tuple(r for r in known if r.column and r.column.kind == "number" and r.table in told)


def _never_at_all(reader: Reader, frame: Frame, i: int) -> bool:
    """`which tools were never used`: no row of the one table whose rows point to them, whatever the verb."""
    verb = reader.item(i + 1)
    end = i + 2 >= len(reader) or reader.items[i + 2].tokens[0].breaks or SHOWN in reader.items[i + 2].notes
    named = verb is not None and verb.kind == "word" and verb.words in DOING and end
    said = named or (i + 1 == len(reader) and bool(reader.trailing))
    before = i - 2 if reader.is_(i - 1, "that", "who") else i - 1  # `tools that were never used`
    rows = reader.items[before].of("table")[:1] if before >= 0 else ()
    if reader.words(i, i + 1) != "never" or not said or not rows or rows[0].score < 0.9:
        return False
    schema = reader.known.prompt.schema
    pointing = [t for t in schema.tables if any(k.to_table == rows[0].table for k in schema.outward[t])]
    if len(pointing) != 1:
        return False
    frame.events.append(Event(reader.words(i, i + 2), (Reading("event", pointing[0]),), negated=True, at=i))
    reader.use(i, i + 2)
    return True


def _none_got(reader: Reader, i: int, j: int) -> bool:
    """Whether it is said that rows got no amount of a column of theirs: `works that did not get a subsidy`."""
    verb = reader.item(j)
    if verb is None or reader.words(i, i + 1) != "not" or not any(reader.has(k, "table") for k in range(i)):
        return False
    between = {reader.said_at.get(k) for k in range(reader.items[i].at + 1, verb.at)}
    at = j + 1 if verb.words in GETTING else j if between & GETTING else len(reader)
    return bool(numbers_of(reader, at)) and not reader.has(at, "table", "event", "term", "value", "flag")


def _is_of(reader: Reader, i: int, j: int) -> bool:
    """Whether the verb at `j` says no more than who does it: its rows are those that are spoken of."""
    told = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
    verb = reader.item(j)
    return verb is not None and verb.participle and bool(told) and {r.table for r in reader.items[j].readings} <= told


def _and_the_others(reader: Reader, frame: Frame, i: int) -> bool:
    """`how many boats have a motor and how many do not`: both, side by side."""
    at = i
    while reader.is_(at - 1, "count", "when", "list", "who", "that", "which"):
        at -= 1
    joined = at > 1 and reader.items[at - 1].kind in ("and", "or", "compare") and i == len(reader) - 1
    flags = [k for k in range(at) if reader.has(k, "flag")]
    measured = any(reader.is_(k, "count", "avg", "sum", "median", "how much") for k in range(at))
    if not (joined and measured and len(flags) == 1):
        return False
    flag = reader.items[flags[0]]
    if flag.of("table", "value", "column") or any(r.term or not r.column for r in flag.of("flag")):
        return False
    frame.dims.append(Dim(flag.words, flag.of("flag")))
    reader.use(flags[0], flags[0] + 1)
    reader.use(at - 1, i + 1)
    return True


def have_one(reader: Reader, frame: Frame) -> None:
    """`pupils who have a class teacher`: those whose key of that role is not empty."""
    for i in range(1, len(reader)):
        if reader.has(i, "table") and "had" in reader.items[i].notes and (given := _role(reader, i, i)):
            frame.filters.append(Filter(reader.items[i].words, (given,), negated=True, at=i))
            reader.use(i, i + 1)


def _points_nowhere(reader: Reader, i: int, j: int) -> Readings:
    """`pupils without a class teacher`: those whose key of that role is empty."""
    return _role(reader, i, j) if reader.words(i, i + 1) in ("no", "without", "not") else ()


def _role(reader: Reader, i: int, j: int) -> Readings:
    """That the key is empty by which the rows named before `i` point to those named at `j`."""
    rows = {r.table for item in reader.items[:i] for r in item.of("table", "value")[:1]}
    said = reader.items[j].of("table")[:1] if reader.item(j) else ()
    outward = [k for t in rows for k in reader.known.prompt.schema.outward[t]]
    roles = [r.via for r in said if r.via] or [k for k in outward for r in said if k.to_table == r.table]
    others = [r.table for r in said if not r.via]
    pointing = any(k.to_table in rows for t in others for k in reader.known.prompt.schema.outward[t])
    if len(roles) != 1 or pointing or roles[0].table not in rows:
        return ()
    key = reader.known.prompt.schema.column(roles[0].table, roles[0].column)
    return (flagged(reader.items[j].words, key.table, key.empty),) if key else ()


def _not_given(reader: Reader, i: int, j: int) -> Readings:
    """`tenants without an employer`: those whose column of text, or date, is empty."""
    if not reader.has(j, "column") or reader.has(j, "table", "value", "event", "term", "flag"):
        return ()
    rows = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
    named = [r for r in reader.items[j].of("column") if r.column and r.table in rows and r.score >= 0.75]
    texts = [r for r in named if r.column and (r.column.kind in ("text", "date") or _by_whom(r.column))]
    if len(texts) != 1 or not texts[0].column:
        return ()
    return (flagged(reader.items[j].words, texts[0].table, texts[0].column.empty),)


def _by_whom(column: Column) -> bool:
    """Whether it holds whom something was done to or by: `not assigned to anyone`, of a column `assigned_to`."""
    verb, _, rest = column.name.lower().partition("_")
    return column.kind in ("key", "number") and verb.endswith("ed") and rest in ("to", "by")


def either_way(frame: Frame) -> None:
    """`generic against non-generic`: side by side. Without a comparison no row is both. Raises Decline."""
    _compared(frame)
    single = [f for f in frame.filters if len(f.options) == 1 and f.options[0][0].kind == "flag"]
    flags = [f for f in single if f.options[0][0].column]
    for no in (f for f in flags if f.negated):
        for yes in (f for f in flags if not f.negated and f.options == no.options):
            if not frame.compare:
                both = f"“{yes.words}” and “{no.words}”"
                raise Decline(f"No row is {both} at once. Ask for one, or for one against the other.")
            frame.filters = [f for f in frame.filters if f not in (yes, no)]
            frame.dims.append(Dim(yes.words, yes.options[0]))


def _compared(frame: Frame) -> None:
    """`members in Ulm compared with members in Bonn`: two values of one column that are said apart."""
    single = [f for f in frame.filters if len(f.options) == 1 and not f.negated and f.options[0][0].kind == "value"]
    if not frame.compare or len(single) != 2 or frame.dims:
        return
    one, other = (f.options[0] for f in single)
    both = {(r.column, r.owner, r.via) for r in one} & {(r.column, r.owner, r.via) for r in other}
    if len(both) == 1 and all(m.agg != "column" for m in frame.measures):
        words = " ".join(f.words for f in single)
        frame.filters = [f for f in frame.filters if f not in single]
        frame.filters.append(Filter(words, (one, other), at=single[0].at))
        columns = tuple(Reading("column", r.table, r.score, r.column, owner=r.owner, via=r.via) for r in one)
        frame.dims.append(Dim(words, columns))
