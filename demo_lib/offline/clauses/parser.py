"""Items → Frame. One function a clause, run in order; what no clause has used is declined by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ..bounds import in_hundreds
from ..english.lexicon import GLUE, JOINING_KINDS, MONTHS
from ..english.words import of_people
from ..frame import (
    Decline,
    Dim,
    Frame,
    Measure,
    NumberFilter,
    When,
)
from ..linking.linker import Item
from ..planning.asking import by_what
from ..planning.done_and_not import by_whom
from ..planning.ratios import read_ratio
from ..planning.returns import each_of_these, merge, says_again, sentences, shown_anyway
from ..prompt.vocabulary import Reading, Vocabulary
from ..reader import Reader
from ..rewriting.ages import ages
from ..rewriting.both_of import both_of, both_periods
from ..rewriting.both_sides import both_sides, check_sides
from ..rewriting.by_how import by_how
from ..rewriting.contained import contained
from ..rewriting.counted_shares import counted_shares
from ..rewriting.durations import durations
from ..rewriting.exclusions import exclusions
from ..rewriting.lasting import lasting
from ..rewriting.manners import manners
from ..rewriting.nested import nested
from ..rewriting.occurrences import occurrences
from ..rewriting.one_of_them import one_of_them
from ..rewriting.openings import openings
from ..rewriting.parts_said import parts_said
from ..rewriting.paybacks import paybacks
from ..rewriting.possessions import possessions
from ..rewriting.put_plainly import put_plainly
from ..rewriting.question import Question
from ..rewriting.rates import rates
from ..rewriting.seasons import seasonal, seasons
from ..rewriting.set_over import set_over
from ..rewriting.shown_dates import shown_dates
from ..rewriting.side_by_side import compared, only_presents
from ..rewriting.slashes import slashes
from ..rewriting.small_words import small_words
from ..rewriting.so_far import so_far
from ..rewriting.states import states
from ..rewriting.takings import takings
from ..rewriting.wholes import wholes
from ..source import display
from .afterthoughts import afterthoughts, totals
from .bare_totals import bare_totals
from .column_pairs import column_pairs
from .comparisons import comparisons, identifiers
from .counted_again import counted_again
from .counting import counting
from .filters import values, where
from .groups import every_row, groupings, rows_with
from .happenings import happenings, used_then
from .lone_counts import flags_apart, lone_counts
from .loose_bounds import loose_bounds
from .mentions import mentions, rows_by, who
from .negations import either_way, have_one, negations
from .obligations import obligations
from .ownership import ownership
from .per_unit import per_unit
from .periods import listed_periods, periods
from .phrases import settle
from .plain_orders import plain_orders
from .proportions import proportions
from .rankings import rankings
from .roles import same_role
from .row_lists import row_lists
from .several import several
from .share_verbs import verb_of_share, whole_behind, whole_of_share
from .unplaced import unplaced
from .verb_amounts import growing

COUNTABLE = {"results", "records", "values", "details", "figures", "entries", "things", "ones"}
LESS = ("how much less", "how many fewer", "how much lower")
MONTHS_SHORT = {m[:3] for m in MONTHS}
GREW = ("grew", "grow", "grown", "rose", "risen", "increased", "increase", "climbed", "gained")
STEPS = {"mom": "month", "qoq": "quarter", "yoy": "year"}


def parse(items: Sequence[Item], known: Vocabulary) -> Frame:
    """The frame of a question. Raises Decline for what has no place in it."""
    items = list(items)
    wholes(items)
    set_over(items)
    parts_said(items)
    slashes(items)
    exclusions(items)
    small_words(items)
    flags_apart(items)
    row_lists(items, known)
    shown_dates(items, known)
    obligations(items, known)
    ownership(items, known)
    used_then(items, known)
    said = Question(items, known)
    paybacks(said)
    manners(said)
    by_how(said)
    seasons(said)
    so_far(said)
    occurrences(said)
    put_plainly(said)
    openings(said)
    takings(said)
    one_of_them(said)
    both_of(said)
    both_sides(said)
    compared(said)
    _ = lasting(said) or ages(said) or durations(said)
    states(said)
    contained(said)
    possessions(said)
    proportions(said)
    counted_shares(said)
    rates(said)
    nested(said)
    question, *wishes = sentences(said.items)
    frame = _read(question, known)
    two = len(frame.whens) > 1 and any(item.kind == "both" for wish in wishes for item in wish)
    frame.growth = "" if two and frame.growth == "periods" else frame.growth
    if shown := [wish for wish in wishes if only_presents(wish)]:
        wishes = [wish for wish in wishes if wish not in shown]
        frame.growth = "" if frame.growth == "periods" else frame.growth  # `more than in May? Show both`
    frame.caveats += said.caveats
    frame.events = [*said.events, *frame.events]
    wishes = [wish for wish in wishes if not (shown_anyway(frame, wish) or says_again(frame, wish))]
    for wish in wishes:
        two = len(frame.whens) > 1 or any(len(f.options) > 1 for f in frame.filters)
        if two:  # `more in May than in June? Show me the revenue of both`
            wish = [Item("glue", i.words, i.tokens, i.at) if i.kind == "both" else i for i in wish]
        wish = each_of_these(question, wish)
        wish[0].readings = ()  # `Return the name …` speaks of no returns
        merge(frame, _read(wish, known))
    return frame


def _read(items: Sequence[Item], known: Vocabulary) -> Frame:
    reader, frame = Reader(items, known), Frame()
    lone_counts(reader)
    plain_orders(reader)
    settle(reader)
    bare_totals(reader)
    several(reader)
    for clause in CLAUSES:
        clause(reader, frame)
    if frame.running and not (frame.measures or frame.rank or frame.ratio):  # `errands running now`
        raise Decline("I do not know what is “running”. A running total needs an amount or a number, step by step.")
    in_hundreds(frame)
    same_role(frame)
    by_whom(frame, known.prompt.schema)
    frame.share_told, frame.share_finite = verb_of_share(reader, frame)
    listed_periods(reader, frame)
    _dropped(reader, frame)
    left = [i for i in reader.items if not i.used and i.kind not in JOINING_KINDS and not (i.kind == "where" and i.at)]
    if unknown := [i for i in left if i.kind == "word"]:
        raise Decline(unplaced(reader, unknown))
    for i in reader.find("by"):  # `paid by card` says how
        words = reader.items[i].words
        nobody = {reader.said_at.get(reader.items[i].at + 1, "")} & {"anyone", "anybody"}
        if i == len(reader) - 1 and nobody and any(e.negated for e in frame.events):  # `never borrowed by anyone`
            continue
        if words != "by" or i == len(reader) - 1:
            raise Decline(f"“{words}” what? I know no column or table of the name that stands behind it.")
    if left:
        words = ", ".join(f"“{i.words}”" for i in left)
        decline = Decline(f"I know the words, but not what {words} should do in this question.")
        decline.needs_example = True
        raise decline
    return frame


def _dropped(reader: Reader, frame: Frame) -> None:
    """Raise Decline where a word was taken for a mere joint, or for a number, that may have meant more."""
    check_sides(frame)
    told = [*frame.measured, *(n.measure for n in frame.numbers if n.measure)]
    plain = told and all(m.agg in ("sum", "count", "column") for m in told)
    if plain and any(item.kind == "median" for item in reader.items):
        raise Decline("The median of what? Say “median” right before the name of the number.")
    for item in reader.items:  # `how many are open, and what do they add up to`
        added = item.kind == "sum" and item.words.startswith("add") and not frame.running
        if added and told and all(m.agg == "count" for m in told):
            raise Decline(f"“{item.words}” what? Ask for the total of an amount on its own.")
    lone = [w.words for w in frame.whens if w.words.split()[0] not in ("since", "until", "before", "after", "from")]
    months = [words for words in lone if words.split()[-1][:3] in MONTHS_SHORT]
    if months and any(d.grain == "year" for d in frame.dims):  # `in December of each year`
        raise Decline(f"“{months[0]}” of which year? I can tell by month, or of one year. Say “by month”, or name it.")
    _check_share(reader, frame)
    for k, item in enumerate(reader.items):  # `the margin by town, compared to the overall margin`
        behind = reader.items[k + 1 : k + 3]
        again = [r.term for i in behind[1:] for r in i.of("term") if behind[0].kind in ("sum", "avg")]
        beside = item.kind == "compare" and item.words.startswith(("compared", "relative", "versus", "vs", "against"))
        if beside and any(r.term in again for m in told for r in m.readings if r.term):
            raise Decline(f"“{item.words} {behind[0].words} …” needs a second number. Ask for each on its own.")
    if frame.compare and len(frame.whens) > 2:
        raise Decline(f"I see {len(frame.whens)} periods, and can compare two. Say both in full: “in Q3 2024”.")
    for inner in () if frame.compare or frame.growth else frame.whens:
        outer = next((w for w in frame.whens if w is not inner and _lies_within(inner, w)), None)
        if outer is not None:  # `from May to July in 2024 and 2023`
            raise Decline(f"“{inner.words}” lies within “{outer.words}”. Say each period in full.")
    undated = [w for w in frame.whens if not w.period.start]
    if undated and len(undated) < len(frame.whens):  # `this year until today, against last year`
        raise Decline(f"“{undated[0].words}” beside other dates could cut each of them short. Name the days.")
    dates = [k for k, item in enumerate(reader.items) if item.kind == "date"]
    both = any(b == a + 2 and reader.items[a + 1].words == "and" for a, b in zip(dates, dates[1:], strict=False))
    both &= not frame.growth and any(not e.negated for e in frame.events)
    if both and frame.whens:  # `who bought in 2023 and in 2024`
        raise Decline("In either of the two periods, or in both? Ask for each on its own.")
    if any(b == a + 2 and reader.items[a + 1].words == "but" for a, b in zip(dates, dates[1:], strict=False)):
        raise Decline("One thing in the one period, and another in the other? Ask for each on its own.")
    _none_of_a_kind(reader, frame)
    for n in frame.numbers:  # `revenue over 2024`
        year = n.numbers[0] if n.op == ">" and n.numbers else 0
        if 1990 < year < 2050 and year % 100 and n.words.endswith(f"over {year:.0f}"):
            raise Decline(f"“over {year:.0f}”: do you mean “in {year:.0f}”, or “more than {year:,.0f}”?")


def _lies_within(inner: When, outer: When) -> bool:
    """Whether all days of a period are of another that is longer."""
    (a, b), (c, d) = ((w.period.start, w.period.end) for w in (inner, outer))
    return bool(a and b and c and d) and c <= a and b <= d and (a, b) != (c, d)  # type: ignore[operator]


def _check_share(reader: Reader, frame: Frame) -> None:
    """Raise Decline where a share is said of one thing and measured on another: `share of returns from revenue`."""
    if not frame.share or frame.share_noun < 0 or not frame.measured:
        return
    noun, told = reader.items[frame.share_noun], frame.measured
    rows = {r.table for r in noun.of("table")} if not noun.of("term", "column") else set()
    if rows and all(m.agg == "term" and not rows & {r.table for r in m.readings} for m in told):
        raise Decline(f"A share of {noun.words}, or of {told[0].words}? Ask for the two on their own.")


def _none_of_a_kind(reader: Reader, frame: Frame) -> None:
    """Raise Decline for `brands that nobody bought`: that one of their rows was not bought does not tell."""
    kinds = [r for m in frame.measured if m.agg == "distinct" for r in m.readings]
    kind_of = [k for k in range(len(reader) - 2) if reader.items[k].words in ("which", "what")]
    kind_of = [k for k in kind_of if reader.items[k + 1].of("column") and reader.items[k + 2].kind == "of"]
    if kind_of or not (frame.subject or frame.measured or frame.dims):
        kinds += [r for d in frame.show for r in d.readings]
    names = {c for r in kinds for c in display(reader.known.prompt.schema, r.table)}
    never = [e for e in frame.events if e.negated]
    if never and any(r.column and r.column.kind == "text" and r.column not in names for r in kinds):
        raise Decline(f"“{never[0].words}” I can tell of {kinds[0].table}, not of what several have in common.")


def _flags(reader: Reader, frame: Frame) -> None:
    """Words that change the shape of the whole answer."""
    for i in reader.find(*STEPS):
        frame.growth = STEPS[reader.items[i].kind]
        reader.use(i, i + 1)
    for i in reader.find("growth"):
        _grew_most(reader, frame, i)
        grains = reader.find("grain")
        frame.growth = frame.growth or (reader.items[grains[0]].notes[0] if grains else "periods")
        for k in grains:
            reader.use(k - 1 if reader.is_(k - 1, "by") else k, k + 1)
        frame.growth_percent |= "percent" in reader.items[i].words
        reader.use(i, i + 1)
    for i in reader.find("difference") if len(reader.find("date")) == 2 else ():
        words, item = reader.items[i].words, reader.items[i]
        frame.growth = "less" if words in LESS else "more" if words.startswith("how") else "difference"
        if words.startswith("how"):  # `how much more did we sell in May than in April`
            item.kind, item.words = ("count", "how many") if "many" in words else ("how much", "how much")
        else:
            reader.use(i, i + 1)
    for i in reader.find("how much") if frame.growth else ():
        rest = range(i + 1, len(reader))
        counted = any(reader.is_(k, "count", "avg", "sum") for k in rest)  # `how much did the number of visits grow`
        if counted or (reader.items[i].words == "how much" and not any(_says_how_much(reader, k) for k in rest)):
            reader.use(i, i + 1)
    for i in reader.find("more"):
        dates = reader.find("date")
        if len(dates) == 2 and reader.is_(dates[1] - 1, "than"):  # `was revenue higher in May than in April`
            frame.growth = "periods"
            reader.use(i, i + 1)
    for i in reader.find("trend"):
        if not reader.find("grain"):
            step = "year" if "years" in reader.items[i].words else "month"
            frame.dims.append(Dim(step, (), step))
        reader.use(i, i + 1)
    for i in reader.find("running", "share", "compare"):
        item = reader.items[i]
        frame.running |= item.kind == "running"
        frame.running_beside |= item.kind == "running" and _beside_a_number(reader, i)
        frame.compare |= item.kind == "compare"
        if item.kind == "share":
            head = whole_behind(reader, i)
            frame.share_whole = whole_of_share(reader, i, head)
            article = item.at - 2 if reader.said_at.get(item.at - 1) in ("a", "the") else item.at - 1
            said_as = reader.said_at.get(article) == "as" or reader.is_(i - 1, "in")
            frame.share_as = said_as and head is not None
            frame.share_order = tuple(item.notes[:2])
            frame.share, frame.share_at, frame.share_noun = item.words, i, -1 if head is None else head
        reader.use(i, i + 1)


def _beside_a_number(reader: Reader, i: int) -> bool:
    """`orders by month and the running total`: of the number that was said before, which is wanted as well."""
    ends = i + 1 == len(reader) or reader.is_(i + 1, "by", "date", "in")
    joined = reader.is_(i - 1, "and", "with") and ends
    told = ("count", "sum", "how much")
    return joined and any(item.kind in told or item.of("table", "term", "column") for item in reader.items[: i - 1])


def _grew_most(reader: Reader, frame: Frame, i: int) -> None:
    """`which town grew most in fees from May to June`: of each town, and the first of them."""
    which = next((k for k in reader.find("list") if k < i and reader.items[k].words in ("which", "what")), None)
    noun = reader.head(which + 1) if which is not None else None
    up = reader.items[i].words in GREW
    most = reader.skip(i + 1, "the")
    if noun != i - 1 or noun is None or reader.has(noun, "term") or not up or not reader.is_(most, "most", "least"):
        return
    if len(reader.find("date")) != 2 or reader.items[noun].plural:
        return
    frame.growth_rank = reader.items[most].kind
    frame.dims.append(reader.dim(noun))
    reader.use(noun, noun + 1)
    reader.use(most, most + 1)
    if reader.is_(most + 1, "in"):
        reader.use(most + 1, most + 2)


def _says_how_much(reader: Reader, i: int) -> bool:
    """Whether there is a word for an amount, and no bare noun as in `how much did visits grow`."""
    item = reader.items[i]
    return bool(item.of("term")) or (bool(item.of("event")) and not item.of("table")) or item.kind == "money" or any(
        r.column and r.column.kind == "number" for r in item.of("column")
    )


def _remainders(reader: Reader, frame: Frame) -> None:
    """Words that only joined others together, and a ranking whose measure stood elsewhere."""
    rank = frame.rank
    if rank and frame.ratio and frame.dims and not (rank.limit or rank.target or rank.measure or rank.columns):
        frame.share_order = ("top" if rank.desc else "bottom", "0")  # `fines per loan by town, lowest first`
        rank = frame.rank = None
    in_order = rank and not (rank.desc or rank.limit or rank.target or rank.measure or rank.columns)
    if in_order and not frame.measures:  # `alphabetically`: rows come in the order of their first column anyway
        rank = frame.rank = None
    if rank and rank.measure is None and not rank.columns:
        if not frame.measures:
            name = rank.target.words if rank.target else "these"
            by = by_what(reader.known)
            raise Decline(f"Ranked by what? Say how {name} should be ordered, for example {by}.")
        frame.rank = replace(rank, measure=frame.measures.pop(0))
    either_way(frame)
    _kinds_with_both(reader, frame)
    totals(frame, any(item.kind == "list" and item.words not in ("what", "which") for item in reader.items))
    if not (frame.subject or frame.measures or frame.rank or frame.show or frame.ratio):
        first = next((k for k, item in enumerate(reader.items) if item.kind != "list"), 0)
        whose = {r.table for f in frame.filters if f.at == first and not f.negated for o in f.options for r in o}
        if len(whose) == 1 and reader.items[first].plural:  # `flats without a garden`
            frame.subject, frame.subject_words = (Reading("table", whose.pop()),), reader.items[first].words
            frame.subject_at = first
    asks_who = any(item.kind == "list" and item.words == "who" for item in reader.items)
    if asks_who and frame.events and not (frame.subject or frame.measures or frame.rank or frame.numbers):
        frame.subject, frame.subject_words = who(reader, frame.events[0]), "who"
    told = frame.measured or frame.events or frame.numbers or frame.show
    first_who = asks_who and reader.items[0].kind == "list" and reader.items[0].words == "who"
    if first_who and frame.subject and not told and not any(of_people(r.table) for r in frame.subject):
        raise Decline("Who is meant? Name the kind of people, for example “which customers …”.")
    asked = bool(frame.measures or frame.rank or frame.numbers)  # and not only rows to count
    alone = frame.subject and not frame.measures and not frame.rank
    side_by_side = frame.compare and len(frame.whens) == 2 and not frame.dims
    if alone and frame.growth and frame.events:  # `which members borrowed more in May than in June`
        said = frame.events[0].words
        raise Decline(f"“{said}” more or less of what? Name the number, and ask for it in both periods.")
    if alone and (frame.growth or side_by_side):  # `visits in May, this year against last`
        frame.measures.append(growing(reader, frame))
    elif alone and frame.dims and not frame.share:
        rows_by(reader, frame)
    if frame.amount and not (frame.measures or frame.rank or frame.ratio or frame.share or frame.growth):
        raise Decline("How much of what? Name the amount: a column of numbers, or a term of the glossary.")
    new = any(item.kind == "begin" for item in reader.items)  # `running total of new members`
    if frame.running and not new and any(
        m.agg == "count" and "of" not in m.words.split() and "many" not in m.words and _has_amounts(reader, m)
        for m in frame.measures
    ):
        words = frame.measures[0].words
        raise Decline(f"A running total of what? Say “of the number of {words}”, or name an amount.")
    for i in reader.find(">", "<", ">=", "<="):
        one = bool(frame.dims) and len(frame.measures) == 1 and not rank
        one = one and not reader.trailing & COUNTABLE  # `where there are at least 40 results`
        if one and reader.is_(i + 1, "number") and i + 2 == len(reader):
            words, op = reader.words(i, i + 2), reader.items[i].kind  # `costs by owner, only those above 5000`
            frame.numbers.append(NumberFilter(words, op, (reader.number(i + 1),), (), frame.measures.pop()))
            reader.use(i, i + 2)
    for i in reader.find("begin"):  # `who is our newest member, and when did they join`: that day is shown
        dated = rank is not None and any(r.column and r.column.kind == "date" for r in rank.columns)
        if dated and reader.is_(i - 1, "when") and i == len(reader) - 1:
            reader.use(i, i + 1)
    for i in reader.find("count"):  # `new customers last month, how many`
        terms = [r.term for m in frame.measures for r in m.readings if m.agg == "term"]
        if i == len(reader) - 1 and terms and all(t and isinstance(t.sql, exp.Count) for t in terms):
            reader.use(i, i + 1)
    for i in reader.find("avg"):  # an average basket value is an average already
        told = frame.measured
        if told and all(r.term and r.term.sql.find(exp.Div, exp.Avg) for m in told for r in m.readings):
            reader.use(i, i + 1)
    measured = bool(frame.measures or frame.rank or frame.numbers)
    sayable = {
        "sum": measured,
        "by": bool(frame.dims or frame.share),
        "distinct": bool(frame.dims or frame.show or frame.subject or frame.events) or _are_counted(frame),
        "both": len([*frame.show, *frame.measures, *frame.dims]) > 1,
    }
    for i in reader.find("sum"):  # `how many bills are late, and the total?`
        before = i - 2 if reader.items[i - 1].kind == "list" else i - 1
        last = i == len(reader) - 1 and reader.is_(before, "and") and reader.items[i].words in ("total", "sum")
        if last and frame.dims and all(m.agg == "count" for m in frame.measures):
            raise Decline(f"“{reader.items[i].words}” of what? Name the amount to add up, or leave it out.")
        added = i == len(reader) - 1 and reader.items[i].words.startswith("add") and not frame.dims
        frame.amount |= last or (added and reader.is_(before, "and") and reader.items[i - 1].words == "what")
    if frame.amount and frame.measures and all(m.agg == "count" for m in frame.measures):
        counted = frame.measures[0]  # `how many bills are late, and how much money is it`
        frame.measures.append(Measure("total", counted.words, counted.readings))
    for i in reader.find("list", "when", "where", "and", "or", "money", *sayable):
        item = reader.items[i]
        dated = frame.rank is not None and any(r.column and r.column.kind == "date" for r in frame.rank.columns)
        second = item.words in ("who", "whom") or (item.words == "when" and not dated)  # the date is shown anyway
        behind = i == len(reader) - 1 and item.words in ("who", "whom", "whose", "what", "which", "where")
        nothing = item.tokens[0].breaks and item.words == "who" and reader.is_(i + 1, "and", "list", "where")
        if i and (behind or nothing or (second and reader.items[i - 1].kind == "and")):
            raise Decline(f"“and {item.words} …” asks for a second thing. Ask for each on its own.")
        if item.kind == "where":
            continue
        if item.kind == "distinct" and i == 0 and frame.subject and frame.events and not (asked or frame.measures):
            words = f"{item.words} {frame.subject_words}"  # `distinct parts sold last month`
            raise Decline(f"“{words}”: how many of them, or which? Say “how many {words}”, or “list the {words}”.")
        frame.distinct |= item.kind == "distinct"
        of_share = asked or bool(frame.share and frame.filters)  # `the share of orders paid in cash`
        if item.kind == "money" and not of_share and item.words not in GLUE:
            continue
        is_verb = i > 0 and item.tokens[-1].stem in reader.known.events and reader.items[i - 1].of("table")
        if item.kind == "list" and is_verb:  # `customers return …`
            continue
        if item.words == "or" and any(f.at < i for f in frame.filters) and any(f.at > i for f in frame.filters):
            raise Decline("“or” stands between two different conditions. Ask for each on its own.")
        joined = i > 1 and reader.items[i - 1].of("table", "event") and reader.items[i - 2].kind == "and"
        if item.kind == "sum" and joined:
            continue  # `bill total and payment total`: the second of two
        if item.words.startswith("add") and not frame.running and any(d.grain for d in frame.dims):
            continue  # `how do they add up month after month` may want a running total
        if sayable.get(item.kind, True):
            reader.use(i, i + 1)


def _are_counted(frame: Frame) -> bool:
    """`distinct buyers`, where the glossary's buyers are told apart already."""
    terms = [r.term.sql if r.term else None for m in frame.measures for r in m.readings]
    return bool(terms) and all(isinstance(t, exp.Count) and isinstance(t.this, exp.Distinct) for t in terms)


def _kinds_with_both(reader: Reader, frame: Frame) -> None:
    """`which brands have products in both A and B`: the kinds are asked for, and the rows only tell of them."""
    first = next((item for item in reader.items if item.of("table", "column")), None)
    both = [f for f in frame.filters if f.every]
    if first is None or len(both) != 1 or len(frame.show) != 1 or not frame.subject or frame.measured:
        return
    kind = frame.show[0].readings == first.of("column") and not first.of("table", "value") and first.plural
    between = reader.items[reader.items.index(first) + 1 : frame.subject_at]
    if kind and all(item.kind in JOINING_KINDS for item in between) and not frame.events:
        frame.mentioned.append((frame.subject_words, frame.subject))
        frame.subject, frame.subject_at = (), -1


def _has_amounts(reader: Reader, measure: Measure) -> bool:
    """Whether the counted rows hold numbers, of which a total may be meant."""
    tables = [reader.known.prompt.schema.tables[r.table] for r in measure.readings]
    return any(c.kind == "number" and c.additive for t in tables for c in t.columns)


def _ratio(reader: Reader, frame: Frame) -> None:
    """`the ratio of returns to orders`."""
    read_ratio(
        reader,
        frame,
        (where, comparisons, identifiers, negations, counting, values, mentions, periods, _remainders),
    )


CLAUSES = (
    _ratio, per_unit, _flags, where, column_pairs, comparisons, identifiers, happenings, negations, have_one,
    counted_again, rankings, every_row, rows_with, counting,
    afterthoughts, groupings, seasonal, values, loose_bounds, mentions, periods, both_periods, _remainders,
)  # fmt: skip
