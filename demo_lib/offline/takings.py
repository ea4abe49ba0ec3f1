"""Money that is asked for by its verb: `what did each shop earn`, `how much does a member spend on average`."""

from __future__ import annotations

from .lexicon import ARTICLES, REVENUE_WORDS
from .linker import made
from .rewriting import AVERAGE, Question
from .vocabulary import Reading
from .words import name_words, of_people, stem, stems

EARNING = stems("earn make take bring gain generate spend")
SELLING = EARNING | stems("sell")
ASKING = ("did", "do", "does", "has", "have")
MEASURED = ("count", "how much", "median", "most", "least", "share", "growth", "distinct")
BEHIND = ("date", "in", "on", "by", "with", "from", "for", "at", "avg", "sum")
CAME = ("came", "come", "comes", "coming", "flowed", "rolled")
PAYING = ("pay", "paid", "spend", "spent")
PRICED, NOT_PAID = stems("cost price fee"), stems("unit per list selling sale hour day month year yearly estimate")
ONE = ("a", "an", "each", "every", "per", "one")


def takings(q: Question) -> None:
    """Put what asks for money in the plain form that the clauses read."""
    _came_in(q)
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
    """`what did each shop earn in May` asks how much; `what did customers return` does not."""
    if q.word(0) != "what" or q.word(1) not in ASKING or any(item.kind in MEASURED for item in q.items):
        return
    verb = next((k for k in range(2, len(q)) if q.items[k].tokens[-1].stem in EARNING), None)
    if verb is None or any(item.of("term") for item in q.items if item is not q.items[verb]):
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
