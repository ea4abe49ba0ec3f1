"""How often each of some values is there: `how often does each reason occur`, `…, and how many times each`."""

from __future__ import annotations

from ..english.lexicon import ARTICLES
from ..linking.linker import Item, made
from ..prompt.vocabulary import Reading
from .question import Question

OFTEN = frozenset(("how often", "how frequently", "how frequent", "frequency", "frequencies", "times", "how common"))
EACH = frozenset(("each", "every", "of each", "of every", "for each", "for every", "by", "per", "the different",
                  "the various", "the individual", "the single"))  # fmt: skip
OCCURRING = frozenset(
    ("occurs", "occur", "occurred", "appears", "appear", "appeared", "happens", "happen", "happened", "comes", "come",
     "came", "shows", "turns", "turned", "found", "seen", "met", "given", "named", "mentioned", "arises", "arise",
     "arose", "cited", "recorded", "noted", "exists", "chosen", "picked", "present")
)  # fmt: skip
ALONG = frozenset(("up", "up in", "in", "to", "the", "our", "all", "of", "for", "a", "an", "among", "do", "does", "did",
                   "have", "has", "been", "is", "are", "was", "were", "on", "out", "within"))  # fmt: skip
LEADING = frozenset(("for", "with", "by", "in", "on", "from", "to", "at", "due to"))


def occurrences(q: Question) -> None:
    """Put it as `number of … by …`."""
    _times_each(q)
    _how_often(q)


def _kinds(q: Question, i: int) -> list[Reading]:
    """The columns of texts that the item is called after, the best ones."""
    item = q.items[i] if i < len(q) else None
    if item is None or item.of("term", "value"):
        return []
    found = [r for r in item.of("column") if r.column and r.column.kind == "text"]
    best = [r for r in found if r.score == found[0].score and r.score >= 0.75]
    rows = [r for r in item.of("table") if r.score >= 0.9]
    return best if not rows else []


def _asked(q: Question, i: int) -> tuple[int, int] | None:
    """From where to where it is asked how often: `how many times`, `how frequently`, `the frequency`."""
    if q.kind(i) == "count" and q.word(i + 1) == "times":
        return i, i + 2
    if q.word(i) == "how" and q.word(i + 1) in ("frequently", "frequent", "common"):
        return i, i + 2
    if q.kind(i) == "times" and q.word(i) == "how often":
        return i, i + 1
    frequency = q.word(i) in ("frequency", "frequencies", "frequency of") and not q.items[i].readings
    return (i, i + 1) if frequency else None


def _how_often(q: Question) -> None:
    """`how often does each outcome of a treatment occur`, `the frequency of every outcome`."""
    for i in range(len(q)):
        if (found := _asked(q, i)) is None:
            continue
        start, end = found
        each = q.skip(end, ALONG)
        if q.kind(each) != "by" and q.kind(each) != "distinct":
            continue
        kind = q.skip(each + 1, ARTICLES, ALONG)
        before = [] if _kinds(q, kind) or not q.rows(kind) else [kind]
        kind = kind + 1 if before else kind
        if not (columns := _kinds(q, kind)):
            continue
        behind = range(kind + 1, len(q))
        stop = next((k for k in behind if not (q.word(k) in OCCURRING | ALONG or q.rows(k))), len(q))
        verbs = [k for k in range(kind + 1, stop) if q.word(k) in OCCURRING and not q.rows(k)]
        rows = [*before, *(k for k in range(kind + 1, stop) if q.rows(k))]
        said = q.word(start).startswith("freq") or q.word(start + 1) in ("frequent", "common")
        tables = {r.table for r in columns}
        if not (verbs or said) or len(rows) > 1 or not (rows or len(tables) == 1):
            continue
        if rows and not set(q.rows(rows[0])) & tables:
            continue
        table = q.rows(rows[0])[0] if rows else columns[0].table
        _put(q, set(range(start, stop)), kind, table, columns)
        return


def _times_each(q: Question) -> None:
    """`for what faults were pumps repaired, and how many times each`: how many times, by fault."""
    end = len(q)
    while end and (q.kind(end - 1) == "glue" or q.word(end - 1) in OCCURRING):
        end -= 1
    if not end or q.kind(end - 1) != "by" or q.word(end - 1) not in EACH:
        return
    begin = next((k for k in (end - 3, end - 2) if k >= 0 and _asked(q, k) and _asked(q, k) == (k, end - 1)), None)
    if begin is None:
        return
    start = begin - 1 if q.kind(begin - 1) == "and" else begin
    kind = next((k for k in range(start) if _kinds(q, k)), None)
    if kind is None or any(q.kind(k) in ("count", "sum", "avg", "by", "times", "most", "top") for k in range(start)):
        return
    lead = kind
    while lead and (q.kind(lead - 1) in ("list", "glue") or q.word(lead - 1) in LEADING):
        lead -= 1
    if lead:
        return
    columns = _kinds(q, kind)
    happened = [k for k in range(kind + 1, start) if q.items[k].of("event") and q.items[k].participle]
    rows = [k for k in range(kind + 1, start) if q.rows(k)]
    if happened:
        front, back = [made("count", "how many"), made("times", "times")], [made("by", "by"), q.items[kind]]
        q.items = [*front, *q.items[kind + 1 : start], *back]
        return
    tables = {r.table for r in columns}
    dull = all(q.kind(k) in ("glue", "of", "for", "in") or k in rows for k in range(kind + 1, start))
    if dull and len(rows) < 2 and (set(q.rows(rows[0])) & tables if rows else len(tables) == 1):
        _put(q, set(range(end)), kind, q.rows(rows[0])[0] if rows else columns[0].table, columns)


def _put(q: Question, used: set[int], kind: int, table: str, columns: list[Reading]) -> None:
    """Let what is used say: the number of the rows of a table, by one of its columns."""
    noun = q.items[kind]
    noun.readings = tuple(r for r in columns if r.table == table)
    rows = made("link", table, (Reading("table", table, 1.0),), at=q.items[min(used)].at)
    said: list[Item] = [made("count", "number of"), rows, made("by", "by"), noun]
    first = min(used)
    kept = [item for k, item in enumerate(q.items) if k not in used and k >= first]
    q.items = [*q.items[:first], *said, *kept]
