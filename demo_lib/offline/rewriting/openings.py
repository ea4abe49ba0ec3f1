"""What only says to work something out: `how high is …`, `break … down by …`, `… mix, % of sales`, `… in percent`."""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import ARTICLES, BEING, PARTING, SIZES
from ..linking.linker import Item
from .question import MOST, Question

BARE_SHARES = ("percent", "percentage", "share")
THOSE = frozenset(("the", "me", "us", "all", "every", "our"))
STRONGLY = ("strongly", "fast", "quickly", "rapidly", "steeply", "sharply", "far", "heavily", "markedly")
AS = ("as", "a", "an", "in")
EACH = frozenset(("each", "every", "to each", "in each", "of each", "from each", "to every", "in every"))


def openings(q: Question) -> None:
    """Put what is said around a number in the plain form that the clauses read."""
    _name_them(q)
    _how_strongly(q)
    _rate_of(q)
    _amount_of_it(q)
    _ranked(q)
    _peak(q)
    _date_between(q)
    _then(q)
    _how_high(q)
    _how_compare(q)
    _taken_apart(q)
    _mix(q)
    _in_percent(q)
    _of_all(q)
    _how_many_each(q)


def _name_them(q: Question) -> None:
    """`name the three halls with …` asks for them, and for no column called so."""
    first = next((k for k in range(len(q)) if q.items[k].kind != "glue"), len(q))
    behind = first + 1 if first + 1 < len(q) else first
    named = {*q.word(behind).split()[:1]} <= THOSE or q.kind(behind) in ("number", "top", "bottom")
    if named and q.word(first) == "name":
        q.items[first].kind, q.items[first].readings = "list", ()


def _date_between(q: Question) -> None:
    """`count this year's visits`, `average 2024 fines per member`: the date behind what it stands in."""
    for i in range(len(q) - 2):
        if q.kind(i) not in ("count", "sum", "avg", "median"):
            continue
        day = next((k for k in range(i + 1, len(q)) if q.kind(k) not in ("glue", "link", "count", "of")), len(q))
        per = q.kind(i) == "avg" and q.word(day + 1) == "per"
        noun = day + 1
        while noun + 1 < len(q) and q.kind(noun + 1) == "link" and q.items[noun].next_to(q.items[noun + 1]):
            noun += 1
        between = noun < len(q) and q.kind(noun) == "link" and not any(q.kind(k) == "link" for k in range(i, day))
        if q.kind(day) != "date" or not (per or between):
            continue
        end = noun if between else day
        while q.kind(end + 1) == "by" and q.kind(end + 2) == "link":
            end += 2
        q.items.insert(end, q.items.pop(day))
        return


def _then(q: Question) -> None:
    """`in that year`, where the question names one: said already."""
    for i in range(2, len(q)):
        said = [t.word for t in q.items[i - 1].tokens] == ["that"] or q.word(i - 1) in ("that", "the same")
        if said and q.kind(i) == "grain" and any(q.kind(k) == "date" for k in range(i)):
            start = i - 2 if q.word(i - 2) in ("in", "during", "of") else i - 1
            for k in range(start, i + 1):
                q.items[k].silence()


def _amount_of_it(q: Question) -> None:
    """`how much discount` asks for the glossary's `discount amount`; `total discount amount` says so twice."""
    for i in range(1, len(q)):
        noun, before = q.items[i], q.items[i - 1]
        sums = [r for r in before.of("term") if r.score >= 0.9 and r.term and isinstance(r.term.sql, exp.Sum)]
        if sums and noun.words in ("amount", "value", "figure") and before.next_to(noun) and _ends(q, i):
            noun.silence()
        columns = [r.column for r in noun.of("column") if r.column and r.column.kind == "number" and r.score >= 0.9]
        if before.kind not in ("how much", "sum") or noun.of("term", "table") or len(noun.tokens) > 1:
            continue
        if columns and not any(c.additive for c in columns):
            last = noun.tokens[0].stem
            known = [r for w in ((last, "amount"), ("total", last)) for r in q.known.phrases.get(w, ())]
            terms = tuple(r for r in known if r.term and r.term.is_measure and isinstance(r.term.sql, exp.Sum))
            noun.readings = terms[:1] or noun.readings


def _ends(q: Question, i: int) -> bool:
    """Whether nothing that an amount could be of stands right behind."""
    return i + 1 == len(q) or not q.items[i].next_to(q.items[i + 1]) or q.kind(i + 1) != "link"


def _ranked(q: Question) -> None:
    """`rank our shops by revenue`: the shops by it, the highest first unless said otherwise."""
    first = next((k for k in range(len(q)) if q.items[k].kind != "glue"), len(q))
    by = next((k for k in range(first + 1, len(q)) if q.word(k) in ("by", "on")), len(q))
    if q.word(first) != "rank" or q.kind(first) != "word" or by >= len(q) - 1:
        return
    nouns = [k for k in range(first + 1, by) if q.items[k].kind not in ("glue", "list")]
    if len(nouns) == 1 and q.items[nouns[0]].of("table", "column"):
        rows = q.items[nouns[0]].of("table")
        q.items[first].kind, q.items[first].words = ("list", "list") if rows else ("by", "by")
        q.items[by].kind, q.items[by].words = "sort", "ranked by"


def _peak(q: Question) -> None:
    """`peak visit month`, `peak month for fines`: the month with the most of it."""
    for i in (k for k in range(len(q) - 2) if q.word(k) in ("peak", "record") and q.kind(k) in ("word", "glue")):
        behind = q.skip(i + 2, frozenset(("for", "of", "in")))
        noun, step = (i + 1, i + 2) if q.kind(i + 2) == "grain" else (behind, i + 1)
        if noun >= len(q) or q.kind(step) != "grain" or not (_is_amount(q.items[noun]) or q.rows(noun)):
            continue
        most = q.items[i]
        most.kind, most.words, most.readings = *MOST, ()
        first, said = min(i, noun, step), [q.items[step], most, q.items[noun]]
        q.items[first : max(noun, step) + 1] = said
        return


def _how_high(q: Question) -> None:
    """`how high is the average fine` asks for it; `how big is the hall` is left, for it may be a size."""
    for i in range(len(q) - 2):
        if q.word(i) != "how" or q.word(i + 1) not in SIZES or q.word(i + 2) not in BEING:
            continue
        noun = next((k for k in range(i + 3, len(q)) if q.items[k].kind not in ("glue", "count")), len(q))
        behind = q.skip(noun + 1, BEING)
        said = q.kind(noun) in ("avg", "median", "most", "least", "adjective", "sum")
        averaged = any(q.kind(k) == "avg" for k in range(noun, min(len(q), behind + 2)))
        if said or averaged or (noun < len(q) and _is_amount(q.items[noun])):
            q.items[i + 1].kind, q.items[i + 1].readings = "glue", ()


def _how_compare(q: Question) -> None:
    """`how do the gyms compare in fees`, `… compare by their fees`: by gym."""
    verb = next((k for k in range(1, len(q)) if q.kind(k) == "compare" and q.word(k) == "compare"), 0)
    first = q.skip(q.skip(0, frozenset(("how",))), frozenset(("do", "our", "the", "different", "various", "all")))
    one = q.word(0) == "how" and q.word(1) == "do" and verb == first + 1 and q.items[first].plural
    dates = any(item.kind in ("date", "by", "grain", "most", "least", "share") for item in q.items[verb + 2 :])
    led = q.word(verb + 1) in ("in", "by", "on", "in total")
    if one and q.items[first].of("table", "column") and led and not dates:
        q.items[verb].kind, q.items[verb].words = "by", "by"
        q.items = [*q.items[verb + 1 + (q.kind(verb + 1) != "sum") :], q.items[verb], q.items[first]]


def _is_amount(item: Item, least: float = 0.9) -> bool:
    numbers = [r.column for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.75]
    terms = [r.term for r in item.of("term") if r.term and r.term.is_measure and r.score >= least]
    return bool(terms) or (bool(numbers) and not item.of("table"))


def _taken_apart(q: Question) -> None:
    """`break the turnover down by category`, `split members by town`: the turnover, the members by it."""
    first = next((k for k in range(len(q)) if q.items[k].kind not in ("glue", "list", "in", "for")), len(q))
    if first == len(q) or q.word(first) not in PARTING or q.items[first].readings or q.kind(first) != "word":
        return
    by = next((k for k in range(first + 1, len(q)) if q.kind(k) == "by"), len(q))
    behind = [q.skip(k + 1, ARTICLES) for k in range(by, len(q)) if q.kind(k) == "by"]
    over = any(_is_number(q, k) for k in behind if k < len(q) and q.kind(k) != "grain")  # `divide fines by loans`
    if any(item.kind == "link" for item in q.items[first:by]) and by < len(q) - 1 and not over:
        q.items[first].kind = "glue"


def _is_number(q: Question, i: int) -> bool:
    return q.kind(i) in ("count", "sum", "avg") or _is_amount(q.items[i], 0.8)


def _how_strongly(q: Question) -> None:
    """`how strongly have fees risen`: how they grew."""
    grown = any(q.kind(k) in ("growth", "mom", "qoq", "yoy") for k in range(len(q)))
    for i in range(len(q) - 1):
        if grown and q.word(i) == "how" and q.word(i + 1) in STRONGLY and not q.items[i + 1].readings:
            q.items[i + 1].kind = "glue"


def _mix(q: Question) -> None:
    """`hull mix 2025, % of fares`: by category, where a share is asked for."""
    shares = any(item.kind == "share" for item in q.items)
    for i in range(1, len(q)):
        noun = q.items[i - 1]
        kinds = any(r.column and r.column.kind == "text" and r.score >= 0.75 for r in noun.of("column"))
        mixed = q.word(i) in ("mix", "split") and q.kind(i) in ("glue", "word") and noun.next_to(q.items[i])
        if mixed and kinds and shares:
            q.items[i].kind, q.items[i].words = "by", "by"
            q.items[i - 1], q.items[i] = q.items[i], noun
            return


def _in_percent(q: Question) -> None:
    """`the online share of revenue, in percent`, `… 2024 %`: one share, and how to say it."""
    shares = [k for k in range(len(q)) if q.kind(k) == "share"]
    for k in shares[1:]:
        last = k == len(q) - 1 or q.items[k + 1].tokens[0].breaks
        if q.word(k) in BARE_SHARES and last:
            q.items[shares[0]].words += " percent" if q.word(k) != "share" else ""
            q.items[k].kind = "glue"


def _rate_of(q: Question) -> None:
    """`each discount rate`, of a column `discount` that holds fractions."""
    for i in range(1, len(q)):
        noun = q.items[i - 1]
        columns = {r.column for r in noun.of("column") if r.column and r.column.kind == "number" and r.score >= 0.9}
        fractions = bool(columns) and not any(c.additive for c in columns) and not noun.of("term", "table")
        if q.word(i) in ("rate", "rates", "percentage") and fractions and q.kind(i) in ("word", "share"):
            q.items[i].kind = "glue"


def _of_all(q: Question) -> None:
    """`unpaid bills as a share of all bills`: the second noun is the whole of the first."""
    for i in range(2, len(q)):
        noun = q.skip(i + 1, frozenset(("all", "the", "our", "of")))
        rows = q.rows(noun)
        first = next((k for k in range(i) if rows and q.rows(k) == rows), None)
        if q.kind(i) == "share" and q.word(i - 1) in AS and first is not None and noun > i + 1:
            q.items[noun].silence()


def _how_many_each(q: Question) -> None:
    """`members by town, and how many belong to each`: that is what `by town` asks for."""
    end = len(q)
    while end and (q.items[end - 1].kind == "glue" or q.word(end - 1) in ("one", "them")):
        end -= 1
    each, earlier = end - 1, [k for k in range(end - 1) if q.kind(k) == "by"]
    if each < 1 or q.kind(each) != "by" or q.word(each) not in EACH or not earlier:
        return
    count = next((k for k in range(each - 1, -1, -1) if q.items[k].kind != "glue"), 0)
    if q.kind(count) == "count" and count > earlier[-1]:
        start = count
        while start and q.kind(start - 1) in ("and", "list", "glue"):
            start -= 1
        for k in range(start, each + 1):
            q.items[k].kind = "glue"
