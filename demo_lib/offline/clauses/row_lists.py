"""Rows to be listed with columns of theirs: `the online sales of May with date, product and amount`.

The noun may be the name of an amount, too (`sales`, `refunds`): a list of what to show of each says that rows are
meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from ..english.lexicon import MODEST
from ..linking.linker import Item
from ..prompt.schema import Column
from ..prompt.vocabulary import Reading, Vocabulary
from ..rewriting.moments import day_of
from ..source import called_after, display, paths
from .measures import AGGREGATES

LEADS = {"with", "including", "plus", "showing"}
ASKING = {"show", "give", "list", "include", "see", "want", "need", "display", "tell", "return", "name"}
DAY = ("date", "day")
NUMBER_OF = ("number of", "count of", "how many")
LEAST_SHOWN = 2
COMPARED = (">", "<", ">=", "<=", "between", "=", "or more", "or less")
SHOWN = "shown"  # noted on a date that is to be shown, and says nothing of a period
WORKED_OUT = (*AGGREGATES, "count", "how much", "by", "share", "growth", "ratio", "grain", "running", "compare")


@dataclass(frozen=True)
class Shown:
    """One thing to show: the items that say it, and what it is."""

    first: int
    end: int
    reading: Reading


def row_lists(items: list[Item], known: Vocabulary) -> None:
    """Read a noun and the list behind it as rows and columns of theirs, where each thing listed is one."""
    if _listed_before(items, known):
        return
    noun = next((k for k in range(len(items)) if _rows(items, k)), None)
    if noun is None:
        return
    noun = noun + 1 if noun and _only_where(items, noun) else noun
    table, amount = _rows(items, noun), items[noun].of("term", "event") and items[noun].plural
    for start in range(noun + 1, len(items)):
        begins = items[start].words in LEADS or _begins_a_list(items, noun, start)
        shown = _listed(items, start, table, known) if begins else []
        columns = [s.reading.column for s in shown if s.reading.table == table and s.reading.column]
        own = any(c.kind in ("number", "date") for c in columns) if amount else bool(columns)
        if len(shown) < LEAST_SHOWN or not own or any(item.kind in WORKED_OUT for item in items[:start]):
            continue
        _read(items, noun, table, start, shown)
        return


def _begins_a_list(items: Sequence[Item], noun: int, start: int) -> bool:
    """Whether a list of what to show begins there: behind a colon, with `show`, or all that stands behind a condition.

    `repairs with a cost over 500, date and van`.
    """
    if not items[start].tokens[0].breaks and items[start - 1].kind != "and":
        return False
    if _asks(items, start):
        return True
    compared = any(item.kind in COMPARED for item in items[noun + 1 : start])
    return items[start].tokens[0].breaks and (_gap(items[start]) in ":-–—" or compared)


def _listed_before(items: list[Item], known: Vocabulary) -> bool:
    """`the date, cost and van of the brake repairs`, `the city for each of the shops`: the list stands before the rows.

    Returns whether it was one.
    """
    small = [item.kind == "list" or (item.kind == "glue" and item.tokens[-1].word not in DAY) for item in items]
    first = next((k for k, skipped in enumerate(small) if not skipped), len(items))
    joint = next((k for k in range(first, len(items)) if items[k].kind in ("of", "for", "by")), len(items))
    if any(item.kind == "date" or item.tokens[0].breaks and item.kind == "list" for item in items[:joint]):
        return False
    if joint < len(items) and items[joint].kind == "by" and not {"for", "of"} & set(items[joint].words.split()):
        return False
    noun = joint + 1
    while noun < len(items) and (items[noun].kind in ("glue", "of") or _narrows(items, noun)):
        noun += 1
    table = _rows(items, noun) if noun < len(items) else ""
    if not table or items[noun].participle or any(item.kind in WORKED_OUT for item in items[first:joint]):
        return False
    shown = _listed(items[:joint], first, table, known)
    own = [s.reading.column for s in shown if s.reading.table == table and s.reading.column]
    amount = items[noun].of("term", "event") and items[noun].plural
    if len(shown) < LEAST_SHOWN or not own or (amount and not any(c.kind in ("number", "date") for c in own)):
        return False
    if any(item.kind in ("by", "sum", "avg", "most", "least", "growth") for item in items[noun:]):
        return False
    items[joint].kind, items[joint].words = "of", "of"
    for k in range(joint + 1, noun):
        if items[k].kind == "of":
            items[k].kind = "glue"
    _read(items, noun, table, first, shown)
    _put_behind(items, first, joint, noun)
    return True


def _put_behind(items: list[Item], first: int, joint: int, noun: int) -> None:
    """Let the list stand behind the rows, and what is said of them, as it mostly does: `brake repairs: date, cost`."""
    listed, rest = items[first:joint], items[joint + 1 :]
    orders = ("desc", "asc", "sort", "adjective", "earliest", "latest", "most", "least", "top", "bottom")
    end = next((k for k, item in enumerate(rest) if k > noun - joint - 1 and item.kind in orders), len(rest))
    head = next((item for item in listed if item.kind == "link"), listed[0])
    head.tokens = (replace(head.tokens[0], breaks=True, gap=": "), *head.tokens[1:])
    items[first:] = [*rest[:end], *listed, *rest[end:]]


def _narrows(items: Sequence[Item], i: int) -> bool:
    """Whether a value or a flag stands there before the rows that it is said of."""
    return bool(items[i].of("value", "flag")) and i + 1 < len(items) and not _rows(items, i)


def _rows(items: Sequence[Item], i: int) -> str:
    """The table whose rows a noun is the name of."""
    item = items[i]
    happened = item.of("event")[:1] if item.plural and not item.participle else ()
    found = [r for r in (*item.of("table")[:1], *happened) if r.score >= 0.85]
    verb = item.kind == "list" and not item.plural and _before(items, i) not in ("every", "all", "each")
    return found[0].table if found and item.kind in ("link", "list") and not verb else ""


def _only_where(items: Sequence[Item], i: int) -> bool:
    """`North district halls: name, seats`: not the rows themselves, but where those behind are."""
    item, behind = items[i], items[i + 1] if i + 1 < len(items) else None
    inside = {r.table for r in items[i - 1].of("value")} & {r.table for r in item.of("table")}
    rows = behind is not None and item.next_to(behind) and behind.plural and bool(_rows(items, i + 1))
    return bool(inside) and not item.plural and rows


def _before(items: Sequence[Item], i: int) -> str:
    return items[i - 1].tokens[-1].word if i else ""


def _gap(item: Item) -> str:
    return item.tokens[0].gap.strip()[-1:] or " "


def _asks(items: Sequence[Item], i: int) -> bool:
    """Whether a sentence begins there that says what to show: `… last month. I need the date and the reason`."""
    words = [t.word for item in items[i : i + 5] for t in item.tokens]
    lead = next((k for k, w in enumerate(words) if w not in ("i", "we", "please", "would", "like", "to", "and")), 0)
    return bool(words[lead:]) and words[lead] in ASKING


def _listed(items: Sequence[Item], start: int, table: str, known: Vocabulary) -> list[Shown]:
    """What is listed from `start` on, up to a comma behind which something else is said; empty where a part is none."""
    runs: list[list[int]] = [[]]
    for k in range(start, len(items)):
        apart = (items[k].tokens[0].breaks and k > start) or items[k].kind == "and"
        if apart:
            runs.append([])
        if items[k].words not in MODEST and items[k].kind not in ("and", "with") and not _is_small(items[k]):
            runs[-1].append(k)
    found: list[Shown] = []
    for run in runs:
        if not run:
            continue
        reading = _meant([items[k] for k in run], table, known)
        if reading is None:
            return found if _is_order([items[k] for k in run]) else []
        found.append(Shown(run[0], run[-1] + 1, reading))
    return found


def _is_small(item: Item) -> bool:
    return all(t.word in MODEST for t in item.tokens) and not item.of("table", "column")


def _is_order(run: Sequence[Item]) -> bool:
    """Whether it says in which order, and nothing to show: `newest first`."""
    kinds = {"desc", "asc", "sort", "adjective", "earliest", "latest", "most", "least", "top"}
    return run[0].kind in kinds or run[-1].words in ("first", "last", "top")


def _meant(run: Sequence[Item], table: str, known: Vocabulary) -> Reading | None:
    """The column of the rows, or the name of a row that they point to; None where none or several are meant."""
    schema = known.prompt.schema
    if len(run) == 2 and run[0].words in NUMBER_OF and (counts := _counts(run[1], table)):
        return counts
    if len(run) > 2 or any(item.kind not in ("link", "glue", "list", "begin", "grain", "sum", "word") for item in run):
        return None
    words = [t.stem for item in run for t in item.tokens if t.word not in MODEST]
    if words == ["name"]:
        names = called_after(schema, table)
        return Reading("column", table, 1.0, names[0]) if len(names) == 1 else None
    on_day = [w for w, t in zip(words, _said(run), strict=False) if t not in DAY]
    bare = len(words) == 1 and not on_day
    if bare or len(run) != 1 or run[0].kind == "begin":  # `date`, `hire date`
        day = day_of(schema, table, tuple(on_day)) if bare or on_day else None
        return Reading("column", table, 1.0, day) if day else None
    item = run[0]
    own = [r for r in item.of("column") if r.table == table and r.column and r.score >= 0.7]
    own += [Reading("column", table, 1.0, c) for c in _summed(item, table, known) if not own]
    called = {r.column for r in own if r.score == own[0].score}
    if own and len(called) == 1:
        return own[0]
    above = paths(schema, table).keys() - {table}
    far = [r for r in item.of("column") if r.column and r.table in above and r.score >= 0.9] if not called else []
    if len({r.column for r in far}) == 1 and not any(r.table in above for r in item.of("table")):
        return far[0]  # `the customer name`, of the sale that came back
    near = [r for r in item.of("table") if r.table in above and r.score >= 0.85]
    names = display(schema, near[0].table) if near and not called else []
    return Reading("column", near[0].table, 1.0, names[0]) if len(names) == 1 else None


def _counts(item: Item, table: str) -> Reading | None:
    """`the number of falls`, of a column `falls` of the rows in question."""
    own = [r for r in item.of("column") if r.table == table and r.column and r.score == 1]
    return own[0] if own and own[0].column and own[0].column.kind == "number" and item.plural else None


def _said(run: Sequence[Item]) -> list[str]:
    return [t.word for item in run for t in item.tokens if t.word not in MODEST]


def _summed(item: Item, table: str, known: Vocabulary) -> list[Column]:
    """The column of the rows that a term of the glossary adds up: of `refunds` their amount."""
    sums = [r.term.sql.this for r in item.of("term") if r.term and isinstance(r.term.sql, exp.Sum)]
    names = {c.name for c in sums if isinstance(c, exp.Column) and c.table == table}
    return [c for c in known.prompt.schema.tables[table].columns if c.name in names]


def _read(items: Sequence[Item], noun: int, table: str, start: int, shown: Sequence[Shown]) -> None:
    items[noun].readings, items[noun].kind = (Reading("table", table),), "link"
    for k in range(start, shown[-1].end):
        if items[k].kind != "and":
            items[k].silence()
    items[start].kind = "with" if items[start].words in LEADS else items[start].kind
    for one in shown:
        head = items[one.end - 1]
        head.kind, head.readings, head.notes = "link", (one.reading,), [SHOWN]
    for item in items[shown[-1].end :]:
        if item.kind == "adjective":  # `newest first`
            item.notes.append(f"rows of {table}")
