"""What is so now, or is no longer: `current staff`, `still subscribed`, `no longer with us`, `without those who left`.

Rows tell it by a flag, or by the one date of their end: an empty one, or one that is still to come.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlglot import exp

from ..english.dates import Period
from ..english.lexicon import PREPOSITIONS, STAYING
from ..english.words import name_words, of_people, spoken, stem, stems
from ..frame import Decline
from ..linking.linker import STAFF
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, flagged
from . import lasting, moments
from .question import Question

NOW, GONE = frozenset(("current", "currently", "still")), frozenset(("former", "formerly"))
STATES = frozenset(("active", "valid", "ongoing", "effective"))
PAIRS = lasting.PAIRS | {("in", "use"), ("in", "service"), ("in", "operation"), ("with", "us")}
FLAGS = frozenset(("active", "current", "valid", "enabled"))
ENDING = stems(
    "left ended end ends terminated retired resigned departed churned quit unsubscribed revoked disposed cancelled"
    " expires expired expiry until lapsed withdrawn discharged graduated deactivated decommissioned scrapped"
)
# The end of what is valid for a time is known beforehand; who has left has left.
PLANNED = stems("end ends expires expiry until")
EMPTY_NOW = re.compile(r"\b(?:empty|null|blank)\s+(?:while|as long as|for (?:those|the ones|present|current))\b", re.I)
SINCE = stems("valid effective")
STATUS = stems("status state stage")
FARTHEST = 4
ENDS = ("by", "not", "date", "and", "or", "grain", "compare", "than")
SMALL = frozenset(("who", "that", "which", "are", "is", "were", "was", "be", "been", "do", "does", "there", "all"))
THOSE = frozenset(("those", "the", "ones", "people", "anyone", "anybody", "everyone", "everybody", "all", "any", "who",
                   "that", "which", "have", "has", "had", "already", "are", "is", "were", "was", "been"))  # fmt: skip


def states(q: Question) -> None:
    """Let each word for a state of now become the condition that it is so. Raises Decline where nothing tells it."""
    _any_more(q)
    said = [(item, item.readings) for item in q.items if item.words in NOW and item.readings]
    for i in reversed(range(len(q))):
        if i < len(q):
            _ = _todays(q, i) or _now(q, i) or _without_gone(q, i)
    for item in q.items:
        if item.words in GONE and item.kind == "word":
            text = item.tokens[0].text.lower()
            raise Decline(f"I cannot tell what is “{text}” so here. Name the status, or the date, that says it.")
    for item, readings in said:
        if item.readings is readings:  # of rows that have no end, it says nothing
            item.silence()


def _any_more(q: Question) -> None:
    """`not in use any more` is what was in use formerly."""
    for i in range(len(q)):
        pair = (q.word(i), q.word(i + 1)) == ("any", "more") and q.word(i + 2) != "than"
        no = next((k for k in range(i - 1, max(-1, i - 6), -1) if q.kind(k) == "not"), None)
        if no is not None and (pair or q.word(i) == "anymore") and q.word(no) == "not":
            q.items[no].kind, q.items[no].words = "word", "formerly"
            for item in q.items[i : i + 1 + pair]:
                item.silence()


def lives(q: Question, table: str) -> tuple[Reading, Reading] | None:
    """(that rows of the table are so now, that they are no longer); None where nothing, or several things, tell."""
    columns = q.schema.tables[table].columns
    flags = [c for c in columns if c.kind == "bool" and spoken(c.name).rpartition(" ")[2] in FLAGS]
    ends = [c for c in moments.dates(q.schema, table) if _ends(c)]
    if len(flags) + len(ends) != 1:
        return None
    if flags:
        return Reading("flag", table, 1.0, flags[0]), Reading("flag", table, 1.0, flags[0], "false")
    end, day = ends[0], q.prompt.today
    if not {*name_words(end.name)} & PLANNED or EMPTY_NOW.search(end.note):
        return flagged("now", table, end.empty), flagged("no longer", table, exp.Not(this=end.empty))
    if day is None:
        return None
    today, span = Period(day, day + timedelta(days=1), str(day)), moments.whole(q.schema, [table])
    over = flagged("no longer", table, exp.LT(this=end.reference, expression=exp.Literal.string(str(day))))
    if span and span.end == end and span.begin.table == table:
        return lasting.overlapping(span, today, None), over
    later = exp.GTE(this=end.reference, expression=exp.Literal.string(str(day)))
    return flagged("now", table, exp.paren(exp.or_(later, end.empty))), over


def _ends(column: Column) -> bool:
    """Whether a date is that of the end of its row."""
    return bool({*name_words(column.name)} & ENDING) or EMPTY_NOW.search(column.note) is not None


def _now(q: Question, i: int) -> bool:
    """`current staff`, `still in use`, `former members`, `valid coupons`."""
    word, pair = q.word(i), (q.word(i), q.word(i + 1)) in PAIRS and q.kind(i + 1) == "glue"
    cue = word in NOW | GONE
    if not (cue or word in STATES or pair) or q.word(i - 1) in NOW | GONE:
        return False
    end = _behind(q, i + 1) if cue else i + 1 + pair
    ahead = _noun_behind(q, end) if word != "still" else None
    noun = ahead if ahead is not None or word in ("current", "former") else _noun_before(q, i)
    rows = _table(q, noun) if noun is not None else _staff(q, i, end) or _doers(q, i, end)
    if not rows or (pair and not cue and q.word(i - 1) not in SMALL | {"not"}):
        return False
    if cue and ahead is None and any(_says_so(q, k, rows) or q.word(k) in STATES for k in range(noun or 0, i)):
        return _leave_to(q, i)  # `active right now`
    if any(_says_so(q, k, rows) for k in range(i, end)):
        end = next(k for k in range(i, end) if _says_so(q, k, rows))  # a status of theirs
    if end == i:
        return False
    if word in ("still", "currently", "formerly") and ahead is None and end == i + 1 and end < len(q):
        if _is_its_verb(q, end, rows):
            end += 1
        elif _says_so(q, end, rows):
            return _leave_to(q, i)  # `still open`: the word behind tells it
        elif _idly(q, end):
            return _cannot_tell(q, i, len(q), rows)  # `still on the way`
        elif _goes_on(q, end):
            return q.kind(i) != "word" and _leave_to(q, i)  # `currently on leave`; `still in` is for the prompt to say
    if word == "still" and end == i + 1:
        return False
    if word in GONE and end < len(q) and q.kind(end) in ("in", "at", "for", "on"):
        raise Decline(f"“{q.word(end - 1)} {q.word(end)} …” may be over there, or for good. Say what has ended.")
    found = lives(q, rows)
    if found is None:
        return _cannot_tell(q, i, end, rows)
    no_row = ahead is not None and q.word(i - 1) != "not"  # `no active grant`: there is no row of the kind
    denied = q.kind(i - 1) == "not" and not no_row
    start = i - 1 if denied else i
    if denied and word in GONE:
        raise Decline(f"“{q.word(start)} {word}” turns it round twice. Say who is meant in plain words.")
    q.put(found[denied or word in GONE], {*range(start, end)}, at=start)
    return True


def _goes_on(q: Question, k: int) -> bool:
    """Whether something else is said to be so: `currently on leave`, `currently enrolled`, `currently have a loan`."""
    if q.kind(k) in ENDS or q.items[k].tokens[0].breaks:
        return False
    if q.word(k) in ("have", "has", "had", "there"):
        return k + 1 < len(q) and _goes_on(q, k + 1)
    return q.kind(k) not in ("in", "at", "from", "for", "of")


def _idly(q: Question, k: int) -> bool:
    """Whether a preposition and nothing that the prompt knows ends what is said."""
    rest = q.items[k:]
    end = next((at for at, item in enumerate(rest) if item.kind == "by" or item.tokens[0].breaks), len(rest))
    small = all(item.kind == "glue" or item.kind in PREPOSITIONS for item in rest[:end])
    return q.kind(k) in PREPOSITIONS and q.kind(k) != "by" and end > 1 and small


def _says_so(q: Question, k: int, rows: str) -> bool:
    """Whether the word at `k` is a status, or a flag, of these rows."""
    return any(r.table == rows and r.score >= 0.8 for r in q.items[k].of("value", "flag") if q.word(k) not in NOW)


def _leave_to(q: Question, i: int) -> bool:
    """Let what stands behind say it: `no longer` turns it round, `still` adds nothing."""
    item = q.items[i]
    if item.words in GONE:
        item.kind, item.words, item.readings = "not", "not", ()
    else:
        item.silence()
    return True


def _cannot_tell(q: Question, i: int, end: int, rows: str) -> bool:
    """Raise Decline for a state that the rows must have in some way, but no one column tells."""
    keys = [r.via.table for r in q.items[max(k for k in (end, i) if k < len(q))].of("table") if r.via]
    columns = [c for t in (rows, *keys) for c in q.schema.tables[t].columns]
    ends = any(_ends(c) for c in columns if c.kind in ("date", "bool"))
    status = any({*name_words(c.name)} & STATUS and c.values for c in columns)
    ends |= any(c.is_year for c in columns)  # a budget of which year?
    ends |= any(c.kind == "date" and {*name_words(c.name)} & SINCE for c in columns)  # the latest rate
    if ends or status or q.word(i) in GONE or end > i + 1:
        said = " ".join(token.text for item in q.items[i:end] for token in item.tokens)
        raise Decline(f"Nothing tells for sure which {rows} are “{said}”. Name the status, or the date, that does.")
    return False


def _behind(q: Question, end: int) -> int:
    """The position after the words that say no more than `currently` does: `with us`, `employed`, `active`."""
    while end < len(q):
        pair = (q.word(end), q.word(end + 1)) in PAIRS and q.kind(end + 1) == "glue"
        if not pair and q.word(end) not in STAYING | STATES:
            return end
        end += 1 + pair
    return end


def _noun_behind(q: Question, start: int) -> int | None:
    """Where the rows stand that an adjective speaks of: `current number of full-time employees`."""
    k = start
    if k < len(q) and q.items[k].of("value", "flag") and all(r.score < 0.9 for r in q.items[k].of("table")):
        k += 1  # `no longer open`, though there are openings
    while k < len(q) and not _table(q, k):
        said = q.kind(k) in ("count", "of", "sum", "avg", "distinct") or q.items[k].of("value", "flag", "column")
        if not said or q.items[k].tokens[0].breaks:
            return None
        k += 1
    return k if _table(q, k) and k < start + FARTHEST else None


def _noun_before(q: Question, i: int) -> int | None:
    """Where the rows stand that are said to be so: `employees who are still with us`."""
    named = [k for k in range(i - 1, -1, -1) if _table(q, k)]
    placed = ("by", "in", "at", "from", "with", "to")  # `people in each hotel`
    loose = [k for k in named if q.kind(k - 1) not in placed]
    return next(iter(loose or named), None)


def _table(q: Question, k: int) -> str:
    """The one table that the item at `k` is likeliest called after."""
    item = q.items[k] if 0 <= k < len(q) else None
    named = (item.of("table") or (item.of("value") if item.plural else ())) if item else ()
    best = list(dict.fromkeys(r.table for r in named if r.score == named[0].score and r.score >= 0.6))
    return best[0] if len(best) == 1 else ""


def _staff(q: Question, i: int, end: int) -> str:
    """The one table of people, where `headcount` names none."""
    said = any(q.word(k) == "headcount" for k in (i + 1, end))
    people = [t for t in q.schema.tables if of_people(t)]
    people = [t for t in people if name_words(t)[-1] in STAFF] or people
    return people[0] if said and len(people) == 1 else ""


def _doers(q: Question, i: int, k: int) -> str:
    """`people who are still subscribed`: of several tables of people the one that has the verb."""
    before = next((q.items[at].of("table") for at in range(i - 1, -1, -1) if q.items[at].of("table")), ())
    return next((r.table for r in before if k < len(q) and _is_its_verb(q, k, r.table)), "")


def _is_its_verb(q: Question, k: int, rows: str) -> bool:
    """Whether a participle says how such rows began: `still subscribed`, of subscribers that may have unsubscribed."""
    item = q.items[k]
    undone = [c for c in moments.dates(q.schema, rows) if name_words(c.name)[0] == stem("un" + item.words)]
    own = {r.table for r in item.readings} == {rows} and bool(item.of("event"))
    return item.participle and (bool(undone) or own)


def _todays(q: Question, i: int) -> bool:
    """`today's headcount` is that of now, and nobody who came or left on this day."""
    item = q.items[i]
    if item.kind == "date" and item.words == "today" and item.tokens[-1].text.lower().endswith("'s"):
        item.kind, item.words, item.period = "glue", "current", None
        return _now(q, i)
    return False


def _without_gone(q: Question, i: int) -> bool:
    """`without those who have left`: who is still there."""
    verb = q.skip(i + 1, THOSE)
    if q.kind(i) != "not" or verb < i + 3 or verb >= len(q) or not q.items[verb].participle:
        return False
    tables = {t for k in range(i) if (t := _table(q, k))} | {_staff(q, -1, k) for k in q.find({"headcount"})} - {""}
    dated = [c for t in sorted(tables) for c in moments.dates(q.schema, t)]
    said = [c for c in dated if name_words(c.name)[0] == stem(q.word(verb))]
    if len(said) != 1 or (verb + 1 < len(q) and q.kind(verb + 1) != "by"):
        return False
    q.put(flagged(f"not {q.word(verb)}", said[0].table, said[0].empty), {*range(i, verb + 1)}, at=i)
    return True
