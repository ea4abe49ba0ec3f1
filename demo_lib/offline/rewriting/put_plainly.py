"""What is said the other way round: `refund amount, median`, `how much profit does one job leave`, `grade shares`."""

from __future__ import annotations

from sqlglot import exp

from ..english.lexicon import ARTICLES
from ..english.words import of_people, stems
from ..linking.linker import Item, made
from ..prompt.vocabulary import Reading
from .question import Question

STEPS = {"month": "mom", "quarter": "qoq", "year": "yoy"}
SPENT = stems("spend")
SINGLE = frozenset(("a", "an", "one", "each", "every", "single"))
BRINGING = frozenset(
    ("bring", "brings", "leave", "leaves", "earn", "earns", "make", "makes", "generate", "generates", "yield",
     "yields", "produce", "produces", "bring in", "give", "gives")
)  # fmt: skip
US = frozenset(("us", "in", "for", "with", "to", "over"))
OF_IT = frozenset(("it", "they", "there", "has", "have", "is", "are"))
MEANS = ("the mean", "mean", "the average", "average")
USING = ("taking", "use", "using", "take")
SHARES = ("shares", "share", "percentages")
WHOLES = ("whole", "total", "overall")
COUNTS = ("count", "counts", "numbers")
EVERY = ("for every", "for each")
USUALLY = ("typically", "usually", "normally", "generally", "commonly", "ordinarily")
USUAL = ("usual", "normal", "typical")
ADDED_UP = ("aggregate", "aggregated", "summed", "collective")
BEHIND = ("avg", "sum", "median")
OTHERS = ("avg", "sum", "median", "count", "share", "most", "least", "top", "bottom", "growth", "running", "frequent")
ADDING = ("come to", "amount to", "sum to", "add to", "total to", "run to", "total")
AVERAGES, NARROWING = ("average", "on average", "typical", "avg"), ("in", "on", "for", "of", "with", "at", "from")
ENDS = ("by", "date", "in", "for", "from", "of", "among")
LEFT_OUT = ("to", "at", "out", "up", "together", "in", "on", "the", "do", "does", "did", "we", "get", "see", "have",
            "is", "are", "was", "were", "all", "all together", "when", "added", "if")  # fmt: skip


def put_plainly(q: Question) -> None:
    """Put what stands in an unusual order in the order that the clauses read."""
    _times_of_one(q)
    _by_each_counted(q)
    _told_of_all(q)
    for i in range(len(q)):
        _left_by_one(q, i)
        _spent_by_one(q, i)
    for i in range(len(q)):
        _usual(q, i)
        _comes_to(q, i)
        _aggregate_behind(q, i)
    for i in range(len(q)):
        _behind(q, i)
        _counted_steps(q, i)
        _for_every(q, i)
        _shares_of(q, i)
        _of_the_whole(q, i)
        _middle(q, i)
        _using_the_mean(q, i)
        _worth(q, i)
        _on_one(q, i)
        _to_the_next(q, i)
        _one_by_one(q, i)
        _highest_behind(q, i)


def _is_amount(item: Item) -> bool:
    numbers = [r for r in item.of("column") if r.column and r.column.kind == "number" and r.score >= 0.75]
    return bool(numbers) or any(r.term and r.term.is_measure and r.score >= 0.8 for r in item.of("term"))


def _left_by_one(q: Question, i: int) -> None:
    """`what profit does one order leave us on average`: the average profit per order."""
    single = q.word(i) in SINGLE and q.kind(i - 1) != "by" and (q.kind(i) in ("glue", "number") or q.kind(i) == "by")
    end = i + 1
    while q.kind(end) == "link" and end < len(q):
        end += 1
    verb = next((k for k in range(end, min(end + 2, len(q))) if q.word(k) in BRINGING), None)
    behind = q.skip(verb + 1, US, frozenset(("on average",))) if verb is not None else 0
    at = next((k for k in range(verb or 0, min((verb or 0) + 5, len(q))) if q.kind(k) == "avg"), None)
    asked = next((k for k in range(i) if q.word(k) in ("how much", "how much money", "what")), None)
    if not single or end == i + 1 or verb is None or at is None or asked is None or behind < at:
        return
    amounts = [k for k in range(asked + 1, i) if _is_amount(q.items[k])]
    money = q.word(asked) == "how much money" or (q.word(asked) == "how much" and not amounts)
    if len(amounts) > 1 or not (amounts or money):
        return
    top = q.items[amounts[0]] if amounts else _revenue(q, q.items[verb])
    nouns = q.items[i + 1 : end]
    if top is None or any(n.plural for n in nouns):
        return
    if len(nouns) > 1:  # `one sold unit`: one unit sold
        joined = tuple(t.stem for n in reversed(nouns) for t in n.tokens)
        if not (known := tuple(q.known.phrases.get(joined, ()))):
            return
        nouns = [Item("link", " ".join(n.words for n in reversed(nouns)), nouns[0].tokens, nouns[0].at, known)]
    _average_per(q, top, nouns, {asked, *amounts, *range(i, at + 1)}, asked)


def _times_of_one(q: Question) -> None:
    """`how often did a member visit on average in 2024`: the average number of visits per member in 2024."""
    averages = [k for k in range(len(q)) if q.kind(k) == "avg" and q.word(k) in AVERAGES]
    often = next((k for k in range(len(q)) if q.kind(k) == "times"), len(q))
    verb = next((k for k in range(often + 1, len(q)) if q.items[k].of("event")), None)
    if verb is None or len(averages) != 1 or any(q.kind(k) in ("share", "most", "least") for k in range(len(q))):
        return
    start = often - 1 if q.word(often - 1) == "how many" else often
    between = [k for k in range(often + 1, verb) if k not in averages]
    told = [k for k in between if q.kind(k) == "link"]
    nouns = [k for k in told if not q.items[k].of("value")]
    counted = [k for k in nouns if any(r.term and isinstance(r.term.sql, exp.Count) for r in q.items[k].of("term")[:1])]
    if len(nouns) != 1 or not (q.rows(nouns[0]) or counted) or (start == often and q.word(often) == "times"):
        return
    one = not q.items[nouns[0]].plural or (not counted and of_people(q.rows(nouns[0])[0]))
    tables = {r.table for r in q.items[verb].of("event") if r.score >= 0.9}
    rest = [k for k in range(len(q)) if not start <= k <= verb and k not in averages]
    idle = all(q.kind(k) == "glue" or q.word(k) in ("each", "every") for k in between if k not in told)
    narrowing = all(q.kind(k) in ("glue", "date", *NARROWING) or q.items[k].of("value") for k in rest)
    if one and idle and narrowing and len(tables) == 1:
        event = q.items[verb]
        rows = Item("link", event.words, event.tokens, event.at, (Reading("table", tables.pop()),))
        said = [made("avg", "average"), made("count", "number of"), rows, made("by", "per")]
        said += [q.items[k] for k in told if k not in nouns] + [q.items[nouns[0]]]
        q.items = [*said, *(q.items[k] for k in rest if q.word(k) != "from")]


def _by_each_counted(q: Question) -> None:
    """`how many orders each buyer placed on average`: the average number of orders per buyer."""
    average = next((k for k in range(len(q)) if q.kind(k) == "avg" and q.word(k) == "on average"), None)
    by = next((k for k in range(len(q) - 1) if q.kind(k) == "by" and q.word(k) in ("each", "every")), None)
    count = next((k for k in range(len(q)) if q.word(k) == "how many" and q.rows(k + 1)), None)
    if average is None or by is None or count is None or count > by or any(q.kind(k) == "times" for k in range(len(q))):
        return
    noun = q.items[by + 1]
    counted = any(r.term and isinstance(r.term.sql, exp.Count) for r in noun.of("term")[:1]) and not noun.of("table")
    between = [k for k in range(count + 2, by) if q.kind(k) != "glue"]
    if counted and not between and not noun.plural:
        said = [made("avg", "average"), made("count", "number of"), q.items[count + 1], made("by", "per"), noun]
        gone = {average, *range(count, by + 2)}
        q.items = [*said, *(item for k, item in enumerate(q.items) if k not in gone)]


def _told_of_all(q: Question) -> None:
    """`what share of returns came back because they were late`: that they came back is so of all of them."""
    share = next((k for k in range(len(q)) if q.kind(k) == "share"), None)
    noun = next((k for k in range(len(q)) if q.rows(k) and q.kind(k) == "link"), None)
    if share is None or noun is None or any(q.kind(k) == "date" for k in range(len(q))):
        return
    verb = next((k for k in range(max(noun, share) + 1, len(q)) if q.kind(k) != "glue"), None)
    table = q.rows(noun)[0]
    how = verb + 1 if verb is not None and q.kind(verb + 1) in ("with", "in", "by") else None
    if verb is not None and how and q.kind(verb) == "money" and q.word(verb) in ("paid", "pay"):
        way = q.skip(how + 1, ARTICLES)
        if way < len(q) and table in {r.table for r in q.items[way].of("value")}:
            q.leave_out(verb, how)  # `what share of sales was paid with cash`: of these rows
            return
    if verb is None or q.kind(verb) != "link" or not q.items[verb].participle or q.items[verb].of("value", "flag"):
        return
    of_it = any(r.table == table and (r.kind == "event" or r.column) for r in q.items[verb].readings)
    value = next((k for k in range(verb + 1, len(q)) if q.items[k].of("value")), None)
    lead = range(verb + 1, value or 0)
    idle = all(q.kind(k) in ("glue", "for", "with", "in", "of") or q.word(k) == "as" for k in lead)
    if of_it and idle and value and table in {r.table for r in q.items[value].of("value")}:
        q.leave_out(verb, *lead)


def _spent_by_one(q: Question, i: int) -> None:
    """`how much has the average buyer spent`: the average revenue per buyer."""
    if q.kind(i) != "avg" or q.word(i) not in ("average", "typical", "avg") or q.word(0) not in ("how much", "what"):
        return
    noun = q.items[i + 1] if i + 1 < len(q) else None
    people = noun is not None and any(of_people(r.table) for r in noun.of("table"))
    counted = noun is not None and any(r.term and isinstance(r.term.sql, exp.Count) for r in noun.of("term")[:1])
    if noun is None or not (people or counted) or noun.plural:
        return
    verb = next((k for k in range(i + 2, len(q)) if q.items[k].tokens[0].stem in SPENT), None)
    amounts = any(_is_amount(item) and k not in (i + 1, verb) for k, item in enumerate(q.items))
    if verb is None or amounts or (top := _revenue(q, q.items[verb])) is None:
        return
    _average_per(q, top, [noun], {0, i, i + 1, verb}, 0)


def _on_one(q: Question, i: int) -> None:
    """`how much do members spend on an average order`: the average order."""
    before = q.skip(i + 1, ARTICLES)
    at = before if q.kind(before) == "avg" and q.word(before) in ("average", "typical", "avg") else None
    if q.word(i) != "on" or at is None or q.word(0) != "how much" or at + 1 >= len(q):
        return
    if q.items[at + 1].of("table") and q.items[i - 1].tokens[0].stem in SPENT and not q.items[at + 1].plural:
        q.leave_out(0, i - 1, i)


def _to_the_next(q: Question, i: int) -> None:
    """`from each quarter of 2024 to the next`: quarter over quarter."""
    step = next((k for k in range(i) if q.kind(k) == "grain" and q.kind(k - 1) == "by"), None)
    said = q.word(i) == "next" and q.kind(i) in ("word", "glue") and q.word(i - 1) == "the" and q.word(i - 2) == "to"
    if said and step is not None and (kind := STEPS.get(q.items[step].notes[0])):
        q.items[i].kind = kind
        q.leave_out(i - 1, i - 2)


def _one_by_one(q: Question, i: int) -> None:
    """`region by region`: by region."""
    alike = q.kind(i) == "link" and q.word(i) == q.word(i + 2) and q.word(i + 1) == "by"
    if alike and q.items[i].of("table", "column"):
        q.leave_out(i)


def _highest_behind(q: Question, i: int) -> None:
    """`in which year is the number of visits highest`: the highest number of visits."""
    ends = i + 1 >= len(q) or q.kind(i + 1) in ("in", "on", "date", "for", "by", "at")
    count = next((k for k in (i - 2, i - 3) if q.kind(k) == "count"), None)
    if q.word(i) not in ("highest", "lowest") or q.kind(i) not in ("most", "least") or not ends or count is None:
        return
    if count >= 1 and q.items[i - 1].of("table") and q.word(count).endswith("of"):
        q.items.insert(count, q.items.pop(i))


def _average_per(q: Question, top: Item, nouns: list[Item], used: set[int], asked: int) -> None:
    """Write the question as the average of `top` per what `nouns` say."""
    kept = [(k, item) for k, item in enumerate(q.items) if k not in used]
    front = [made("avg", "average"), top, made("by", "per"), *nouns]
    where = sum(k < asked for k, _ in kept)
    rest = [item for _, item in kept]
    lead, tail = rest[:where], rest[where:]
    by = [made(lead[0].kind, lead[0].words), *lead[1:]] if lead and lead[0].kind == "by" else lead
    q.items = [*front, *tail, *by]


def _revenue(q: Question, verb: Item) -> Item | None:
    """The glossary's word for the money that comes in."""
    for word in ("revenu", "sale", "turnov", "incom"):
        terms = tuple(r for r in q.known.phrases.get((word,), ()) if r.term and r.term.is_measure and r.score >= 0.9)
        if terms:
            return Item("link", str(terms[0]), verb.tokens, verb.at, terms[:1])
    return None


def _behind(q: Question, i: int) -> None:
    """`refund amount, median, in 2024`: the median of it."""
    before = q.items[i - 1] if i else None
    agg = q.kind(i) in ("median", "avg") and q.word(i) in ("median", "mean", "average", "avg")
    if not agg or before is None or not _is_amount(before) or not q.items[i].tokens[0].breaks:
        return
    ends = i == len(q) - 1 or q.items[i + 1].tokens[0].breaks or q.kind(i + 1) in ("by", "date", "in", "for", "from")
    first = i - 1
    while first and q.items[first - 1].of("value", "flag") and q.items[first - 1].next_to(q.items[first]):
        first -= 1
    if ends and not any(q.kind(k) in ("avg", "median", "sum", "count") for k in range(i)):
        q.items.insert(first, q.items.pop(i))


def _amounts(q: Question) -> list[int]:
    return [k for k in range(len(q)) if q.kind(k) == "link" and _is_amount(q.items[k]) and not q.items[k].of("value")]


def _plain_amount(q: Question) -> int | None:
    """The one amount of a question that begins with it, or asks what it is, and does nothing else with it."""
    amounts = _amounts(q)
    at = amounts[0] if amounts else 0
    lead = {q.kind(k) for k in range(at)}
    asked = lead <= {"glue", "list", "how much", "link", "word", "when", "by", "in", "on", "as", "a", "avg"}
    others = any(q.kind(k) in OTHERS for k in range(len(q)))
    return at if len(amounts) == 1 and asked and not others else None


def _usual(q: Question, i: int) -> None:
    """`what is the rent typically`, `a normal rent`, `as a rule, what is the rent`: on average."""
    unknown = q.kind(i) in ("word", "glue") and not q.items[i].readings
    rule = q.word(i) == "rule" and q.word(i - 1) == "a" and q.word(i - 2) == "as"
    general = q.word(i) == "general" and q.word(i - 1) == "in"
    usual = q.word(i) in USUALLY or rule or general
    if not unknown or not (usual or q.word(i) in (*USUAL, *ADDED_UP)):
        return
    amount = _plain_amount(q)
    if amount is None or any(q.word(k) in ("who", "which", "when") for k in range(amount)):
        return
    if not usual and not q.items[i].next_to(q.items[amount]):
        return
    kind, word = ("sum", "total") if q.word(i) in ADDED_UP else ("avg", "average")
    q.leave_out(i, *((i - 1, i - 2) if rule else (i - 1,) if general else ()))
    _insert(q, amount, kind, word)


def _comes_to(q: Question, i: int) -> None:
    """`what do the bills come to`: their total."""
    verb = f"{q.word(i)} {q.word(i + 1)}" if q.word(i) != "total" else "total"
    if verb not in ADDING and verb.replace("s to", " to") not in ADDING or not i:
        return
    end = i + (1 if verb == "total" else 2)
    ends = end == len(q) or q.items[end].tokens[0].breaks or q.kind(end) in ENDS
    held = [q.items[k] for k in range(i, end)]
    if not ends or any(item.readings for item in held):
        return
    saved = [item.kind for item in held]
    for item in held:
        item.kind = "glue"
    amount = _plain_amount(q)
    if amount is None or amount > i or q.word(0) not in ("what", "how much", "list", "tell", "show"):
        for item, kind in zip(held, saved, strict=True):
            item.kind = kind
        return
    _insert(q, amount, "sum", "total")


def _aggregate_behind(q: Question, i: int) -> None:
    """`refund amounts combined`, `what do the rents average`, `on average, what is the rent`: put in front."""
    lasting = any(q.word(k) == "how" and q.word(k + 1) in ("long", "old") for k in range(i))  # from when to when
    if q.kind(i) not in BEHIND or q.items[i].readings or lasting:
        return
    kind, held = q.kind(i), q.items[i]
    held.kind = "glue"
    amount = _plain_amount(q)
    end = q.skip(i + 1, frozenset(("to", "at", "out", "up", "together")))
    ends = end >= len(q) or q.items[end].tokens[0].breaks or q.kind(end) in ENDS
    last = amount is not None and amount < i and ends
    between = all(q.word(k) in LEFT_OUT for k in range((amount or 0) + 1, i))
    first = amount is not None and amount > i and i == 0 and q.items[1].tokens[0].breaks
    if amount is None or not (last and between or first) or (last and i == amount - 1):
        held.kind = kind
        return
    _insert(q, amount, kind, {"avg": "average", "sum": "total", "median": "median"}[kind])


def _insert(q: Question, amount: int, kind: str, word: str) -> None:
    """Put what is to be done in front of an amount and of the values that it is of."""
    for k in range(amount):
        if q.word(k) == "how much":
            q.leave_out(k)
    while amount and q.items[amount - 1].of("value", "flag") and q.items[amount - 1].next_to(q.items[amount]):
        amount -= 1
    q.items.insert(amount, made(kind, word, at=q.items[amount].at))


def _counted_steps(q: Question, i: int) -> None:
    """`average monthly return count`: the average monthly number of returns."""
    steps = q.kind(i - 2) == "grain" and q.kind(i - 3) in ("avg", "median")
    if i > 2 and steps and q.kind(i) == "count" and q.word(i) in COUNTS and q.items[i - 1].of("table"):
        noun = q.items[i - 1]
        if noun.kind == "list":
            noun = Item("link", noun.words, noun.tokens, noun.at, noun.readings)
        q.items[i - 1 : i + 1] = [q.items[i], noun]


def _for_every(q: Question, i: int) -> None:
    """`how many members are there for every branch in each county`: members per branch, by county."""
    told = q.word(i) in EVERY and q.kind(i + 1) == "link" and q.items[i + 1].of("table")
    if not told or not any(q.kind(k) == "count" for k in range(i)):
        return
    others = [k for k in range(len(q)) if q.kind(k) == "by" and k != i and q.items[k + 1 : k + 2]]
    others = [k for k in others if q.items[k + 1].of("table", "column") and q.kind(k + 1) == "link"]
    behind = q.skip(i + 2, OF_IT)
    there = any(q.word(k) == "there" for k in range(i)) or behind > i + 2
    if len(others) == 1 and there:
        count = next(k for k in range(i) if q.kind(k) == "count")
        rows = next((k for k in range(count + 1, i) if q.items[k].of("table")), None)
        if rows is None or (q.kind(rows) == "link" and rows in {k + 1 for k in others}):
            return
        q.leave_out(*range(i + 2, behind))
        q.items[i].words = "per"
        moved = q.items[i : i + 2]
        del q.items[i : i + 2]
        q.items[rows + 1 : rows + 1] = moved


def _shares_of(q: Question, i: int) -> None:
    """`hull shares of 2025 fares`: the share of those sales by category."""
    noun = q.items[i - 1] if i else None
    columns = [r.column for r in noun.of("column") if r.column and r.score >= 0.75] if noun is not None else []
    kinds = any(c.kind == "text" for c in columns)
    if not kinds or noun is None or q.word(i) not in SHARES or noun.plural or noun.of("value"):
        return
    if not noun.next_to(q.items[i]) or (
        q.word(i + 1).split(" ")[0] not in ("of", "in") and q.word(i).split(" ")[-1] != "of"
    ):
        return
    if any(q.kind(k) in ("share", "by") for k in range(len(q)) if k != i):
        return
    share = q.items[i]
    share.kind, share.words, share.readings = "share", "share of", ()
    q.leave_out(i + 1) if q.word(i + 1) == "of" else None
    q.items.pop(i - 1)
    q.items += [made("by", "by"), noun]


def _of_the_whole(q: Question, i: int) -> None:
    """`how is the turnover divided among the towns, as parts of the whole`: the share of each."""
    if q.word(i) != "as":
        return
    part = q.skip(i + 1, ARTICLES)
    of = q.skip(part + 1, frozenset(("of", "the", "our")))
    if q.word(part) not in ("part", "parts") or of == part + 1 or q.word(of) not in WHOLES:
        return
    q.leave_out(i, *range(part + 1, of + 1))
    q.items[part].kind, q.items[part].words, q.items[part].readings = "share", "share", ()


def _middle(q: Question, i: int) -> None:
    """`the middle price`: the median."""
    after = q.items[i + 1] if i + 1 < len(q) else None
    unknown = q.word(i) == "middle" and not q.items[i].readings and q.kind(i) == "word"
    if unknown and after is not None and _is_amount(after) and q.items[i].next_to(after):
        q.items[i].kind, q.items[i].words = "median", "median"


def _using_the_mean(q: Question, i: int) -> None:
    """`on a typical order, taking the mean`: said of the average already."""
    mean = q.skip(i + 1, ARTICLES)
    if q.word(i) not in USING or q.kind(mean) != "avg" or q.word(mean) not in MEANS or mean == i + 1:
        return
    ends = mean == len(q) - 1 or q.items[mean + 1].tokens[0].breaks
    if ends and any(q.kind(k) == "avg" for k in range(i)):
        q.leave_out(*range(i, mean + 1))


def _worth(q: Question, i: int) -> None:
    """`what was an order worth on average`: what such rows are known by."""
    asked = q.word(0) in ("what", "how much")
    if asked and q.word(i) == "worth" and q.kind(i) == "word" and q.kind(i + 1) == "avg" and q.rows(i - 1):
        q.leave_out(i)
