"""Money that is asked for by its verb: `what did each shop earn`, `how much does a member spend on average`."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ..english.lexicon import ARTICLES, REVENUE_WORDS
from ..english.words import name_words, of_people, stem, stems
from ..linking.linker import made
from ..prompt.vocabulary import Reading
from .question import AVERAGE, Question

EARNING = stems("earn make take bring gain generate spend")
SELLING = EARNING | stems("sell")
ASKING = ("did", "do", "does", "has", "have")
LED = ("by", "sort", "most", "least", "avg", "sum", "median", "and", "with")
MANY, FEW = ("top", "biggest", "best", "highest", "largest", "leading"), ("lowest", "smallest", "bottom")
ASKED = ("list", "count", "how much")
MEASURED = ("count", "how much", "median", "most", "least", "share", "growth", "distinct")
BEHIND = ("date", "in", "on", "by", "with", "from", "for", "at", "avg", "sum")
CAME = ("came", "come", "comes", "coming", "flowed", "rolled")
PAYING = ("pay", "paid", "spend", "spent")
PRICED, NOT_PAID = stems("cost price fee"), stems("unit per list selling sale hour day month year yearly estimate")
ONE = ("a", "an", "each", "every", "per", "one")


def takings(q: Question) -> None:
    """Put what asks for money in the plain form that the clauses read."""
    _came_in(q)
    _spending(q)
    _spenders(q)
    _what_did(q)
    _paid_for(q)
    _on_average(q)
    _paid_with(q)


def _came_in(q: Question) -> None:
    """`how much money came in through each channel`, `how much came in last year`: what was earned."""
    if not q.items or q.kind(0) != "how much" or any(item.of("term", "event") for item in q.items):
        return
    for i in range(1, min(5, len(q) - 1)):
        inward = q.word(i + 1) == "in" or q.word(i + 1).startswith("in ")
        money = "money" in q.word(0) and (inward or q.word(i + 1) in ("from", "through", "via"))
        if q.word(i) in CAME and q.kind(i) in ("glue", "word") and (money or q.word(i + 1) == "in"):
            if q.word(i + 1) == "in" and q.kind(i + 2) not in ("link", "word"):
                q.items[i + 1].kind = "glue"
            q.items[i].kind = "money"
            q.items[i].tokens = made("money", "make").tokens
            return


def _what_did(q: Question) -> None:
    """`what did each shop earn in May` asks how much; `what did customers return` does not.

    So does `what did each shop earn, and with what margin`, of which the second part is a question of its own.
    """
    first = q.items[: _second(q)]
    asks = q.word(0) == "what" or (q.word(0) == "how much" and len(first) < len(q))
    if not asks or q.word(1) not in ASKING or any(item.kind in MEASURED for item in first[1:]):
        return
    told = SELLING if len(first) < len(q) and any(item.kind == "by" for item in first) else EARNING
    verb = next((k for k in range(2, len(first)) if q.items[k].tokens[-1].stem in told), None)
    if verb is None or any(item.of("term") for item in first if item is not q.items[verb]):
        return
    behind = q.items[verb + 1] if verb + 1 < len(q) else None
    if behind is None or behind.kind in BEHIND or behind.tokens[0].breaks:
        q.items[0].kind, q.items[0].words = "how much", "how much"
        q.items[verb].kind, q.items[verb].readings = "money", ()


def _paid_for(q: Question) -> None:
    """`what did we pay for the vans we have` adds up what each of them cost."""
    if q.word(0) not in ("what", "how much") or q.word(1) not in ASKING or "we" not in (q.word(2), q.word(3)):
        return
    verb = next((k for k in range(2, len(q)) if q.word(k) in PAYING and q.kind(k) == "money"), len(q))
    noun = q.skip(verb + 2, ARTICLES)
    rows = q.rows(noun) if q.word(verb + 1) in ("for", "on") else []
    if not rows or not q.items[noun].plural or any(item.kind in (*MEASURED[2:], "avg", "sum") for item in q.items):
        return
    paid = [c for c in q.schema.tables[rows[0]].columns if c.kind == "number" and c.additive
            and name_words(c.name)[-1] in PRICED and not {*name_words(c.name)} & NOT_PAID]  # fmt: skip
    if len(paid) == 1 and not q.items[noun].of("term"):
        q.put(Reading("column", rows[0], 1.0, paid[0]), {*range(verb + 1)}, 0, ("sum", "total"))


def _spending(q: Question) -> None:
    """`customers by spend`, `the highest spending member`, `member spend by town`: the amount, where no verb is meant.

    A column of the name wins.
    """
    revenue = _revenue(q)
    for k in range(1, len(q)):
        item, before = q.items[k], q.items[k - 1]
        amount = tuple(r for r in item.of("term") if r.term and isinstance(r.term.sql, exp.Sum))
        happened = {r.table for r in item.of("event")}
        if not amount and revenue and (item.kind == "money" or revenue.table in happened):
            amount = (revenue,)
        if item.words not in ("spend", "spending") or not amount or item.of("column", "table", "value"):
            continue
        people = any(of_people(r.table) for r in before.of("table")) and not before.plural and before.next_to(item)
        people &= not any(q.word(j) in ASKING for j in range(k))  # `what does a member spend`
        if before.kind in LED or before.words in ("total", "their", "whose", "of") or people:
            item.kind, item.readings = "link", (replace(amount[0], score=1.0),)
            if people and k > 1 and q.kind(k - 2) not in ("by", "count"):
                before.silence()


def _spenders(q: Question) -> None:
    """`the top 5 spenders in each town`, `our biggest spender`: people, by what they spent."""
    revenue = _revenue(q)
    for k, item in enumerate(q.items):
        rows = tuple(r for r in item.of("table") if of_people(r.table))
        if item.tokens[-1].stem != stem("spender") or not rows or revenue is None:
            continue
        first = k - 2 if q.kind(k - 1) == "number" else k - 1
        if q.kind(first) not in ("top", "bottom", "most", "least", "adjective"):
            return
        if q.word(first) not in (*MANY, *FEW):
            return
        q.items[first].kind, q.items[first].words = ("top", "top") if q.word(first) in MANY else ("bottom", "bottom")
        item.readings = rows
        if not any(i.kind in ("by", "sort") and i.words in ("by", "ranked by", "sorted by") for i in q.items[k:]):
            q.items[k + 1 : k + 1] = [made("by", "by"), made("link", "revenue", (revenue,))]
        return


def _second(q: Question) -> int:
    """Where a second thing is asked: `… and with what margin`, `… and how many orders was that`."""
    joints = [k for k in range(1, len(q)) if q.kind(k) == "and"]
    asked = (k for k in joints if q.kind(k + 2 if q.kind(k + 1) in ("with", "at") else k + 1) in ASKED)
    return next(asked, len(q))


def _on_average(q: Question) -> None:
    """`how much did we sell a month on average` as `average revenue per month`; of a member likewise."""
    average = next((k for k in range(len(q)) if q.kind(k) == "avg" and q.word(k) == "on average"), None)
    verb = next((k for k in range(1, len(q)) if q.items[k].tokens[-1].stem in SELLING and q.kind(k) != "by"), None)
    if q.kind(0) != "how much" or average is None or verb is None:
        return
    units = [k for k in range(1, len(q)) if _one(q, k) and (q.kind(k) == "grain" or (q.rows(k) and k < verb))]
    revenue = _revenue(q)
    if len(units) != 1 or revenue is None or any(q.word(k) == "per" and k + 1 not in units for k in range(len(q))):
        return
    (unit,) = units
    led = {unit - 1, *({unit - 2} if q.word(unit - 2) == "in" else set())} if q.kind(unit) == "grain" else {unit - 1}
    gone = {0, average, verb, unit, *led, *(k for k in range(len(q)) if q.word(k) == "in total")}
    said = [made(*AVERAGE), made("link", "revenue", (revenue,)), made("by", "per"), q.items[unit]]
    q.items = [*said, *(item for k, item in enumerate(q.items) if k not in gone)]


def _paid_with(q: Question) -> None:
    """`who paid with a voucher in May`: somebody did what the rows tell whose column is called after paying."""
    for k, item in enumerate(q.items):
        if item.tokens[-1].stem != stem("pay") or item.of("table", "term", "column", "value"):
            continue
        means = (r.column for other in q.items[k + 1 : k + 5] for r in other.of("value") if r.column)
        tables = {c.table for c in means if stem("payment") in name_words(c.name)}
        people = any(of_people(t) for t in q.tables) or q.word(0) == "who"
        if len(tables) == 1 and people:
            item.kind, item.readings = "link", (Reading("event", tables.pop()),)


def _one(q: Question, k: int) -> bool:
    """Whether it is said of one of them: `a month`, `each member`."""
    words = q.word(k).split()
    return not q.items[k].plural and (q.word(k - 1) in ONE or (len(words) > 1 and words[0] in ONE))


def _revenue(q: Question) -> Reading | None:
    """What the glossary calls revenue."""
    found = (r for w in sorted(REVENUE_WORDS) for r in q.known.phrases.get((stem(w),), ()) if r.kind == "term")
    return next(found, None)
