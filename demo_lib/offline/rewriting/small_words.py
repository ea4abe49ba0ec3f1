"""What small words around nouns and verbs say, before they are left out: `which of our …`, `have a …`, `we spent`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..english.lexicon import IRREGULAR, MONEY_VERBS
from ..frame import Decline
from ..linking.linker import Item

ASKED = re.compile(r"\b(?:which|what)(?P<one> one)? of(?: all)?(?: of)?(?: the| our| these| those| my| their)?$")
OF_ALL = re.compile(r"^(?:of|among|out of|from)(?: all)?(?: of)?(?: the| our| these| those| my| their)?$")
SINGULAR = ("is", "was", "has", "does")
OURS = re.compile(r"\b(?:we|i)(?: have| had| ever| all| actually| already)*$")
MOVED = re.compile(r"\b(?:go|goes|went|gone|going) (?:up|down)\b")
CURRENCIES = ("dollars", "euros", "euro", "pounds", "francs", "money", "usd", "eur")
RESTRICTED = ("restricted", "limited", "confined", "narrowed")
ROWS = ("row", "line", "figure", "number", "bar", "entry")
BEING = ("is", "are", "was", "were", "does", "do", "did", "has", "have")
RUNNING = ("run", "ran", "keep", "kept")
DURING = re.compile(r"\b(?:during|within) the$")
HAVING = re.compile(r"\b(?:have|has|had|with) (?:a|an)$")
SINGLE = re.compile(r"\b(?:have|has|had|with|placed|made|got|gave|received) (?:a|an|one|a single)$")


def small_words(items: Sequence[Item]) -> None:
    """Note on nouns and verbs what is said around them. Raises Decline where it turns their meaning round."""
    _one_of(items)
    _having(items)
    _outlays(items)
    _ups_and_downs(items)
    _more_than_all(items)
    _nothing_else(items)
    _which_step(items)
    _in_money(items)
    _each_of_them(items)
    _first_time(items)
    _in_all(items)
    _only_these(items)
    _one_row_per(items)
    _what_is_it_like(items)
    _on_days_that(items)


def _on_days_that(items: Sequence[Item]) -> None:
    """`on days that were holidays` says which days count, and not to tell them apart."""
    for before, item, behind in zip(items, items[1:], items[2:], strict=False):
        if before.kind in ("on", "in") and item.kind == "grain" and item.plural and behind.words in ("that", "which"):
            item.silence()


def _one_of(items: Sequence[Item]) -> None:
    """Note on a plural noun that a single one of them is asked for."""
    for i, item in enumerate(items):
        if item.plural and item.of("table", "column"):
            start = i
            while start and items[start - 1].of("value", "flag"):  # `which of our red shirts is …`
                start -= 1
            before = _before(items, start)
            said = ASKED.search(before)
            behind = " ".join(o.words for o in items[i + 1 : i + 3]).split()
            one = bool(said and said["one"]) or behind[:2] == ["which", "one"]
            if behind[:1] == ["which"] and (of_all := OF_ALL.search(before)):  # `of all our shops, which sold …`
                said, behind = of_all, behind[2 if one else 1 :]
            if said and (one or _is_of_one(behind[0] if behind else "")):
                item.notes.append("one of")


def _is_of_one(verb: str) -> bool:
    """Whether a verb may speak of one: `is`, or `sold`, which many would do as well, but not `are`."""
    return verb in SINGULAR or (verb not in BEING and (verb.endswith("ed") or verb in IRREGULAR))


def _having(items: Sequence[Item]) -> None:
    """`employees have a manager`: some may have none."""
    for i, item in enumerate(items):
        if i and item.of("table") and not item.plural and HAVING.search(_before(items, i)):
            item.notes.append("had")
        whole = item.words in ("spend", "spending")  # `customers with a spend above 500` in all
        one = bool(i) and not item.plural and not whole and bool(SINGLE.search(_before(items, i)))
        if one and item.of("term") and item.of("table", "event"):
            item.notes.append("single")


def _outlays(items: Sequence[Item]) -> None:
    """What we spent is no revenue, though what customers spent is."""
    for i, item in enumerate(items):
        if item.tokens[0].stem not in MONEY_VERBS or not OURS.search(_before(items, i)):
            continue
        item.notes.append("we")
        if item.tokens[0].stem != "spend":
            continue
        amounts = [r for o in items for r in o.of("column") if r.column and r.column.kind == "number"]
        revenue = item.of("term", "event") or items[0].words in ("what", "how much")
        own = {r.table for r in item.of("column")}
        told = [{r.table for r in o.readings} for o in items if o is not item and o.of("value", "table")]
        if len(item.tokens) > 1 and own and all(own & tables for tables in told):
            continue  # `spent on`, a day of the rows in question, which have an amount of their own
        if revenue and not amounts:
            raise Decline(f"Nothing says where “{item.words}” stands. Name the column of what was spent.")
        item.readings = tuple(r for r in item.of("column") if r in amounts)
        if amounts:
            item.kind = "link" if item.readings else "glue"


def _ups_and_downs(items: Sequence[Item]) -> None:
    """`did sales go up from 2023 to 2024` wants two numbers, and no total of both years."""
    kinds = [item.kind for item in items]
    said = " ".join(item.words for item in items)
    steps = {"growth", "grain", "trend", "compare", "mom", "qoq", "yoy"} & set(kinds) or kinds.count("date") > 1
    if (moved := MOVED.search(said)) and not steps:
        raise Decline(f"What “{moved[0]}” I can tell by steps of time. Say for example “by year”.")


def _more_than_all(items: Sequence[Item]) -> None:
    """`which shop had more returns than any other` had the most of them."""
    for i, item in enumerate(items):
        more = next((k for k in reversed(items[:i]) if k.kind == "more" and k.words in ("more", "higher")), None)
        if item.words not in ("other", "others") or more is None or not _before(items, i).endswith("than any"):
            continue
        more.kind, more.words = "most", "most"
        for other in items[i - 2 : i + 2]:
            if other is item or other.kind in ("than", "glue") or other.words in _before(items, i - 2).split():
                other.silence()


def _nothing_else(items: Sequence[Item]) -> None:
    """Raise Decline for `who bought only toys`: that somebody bought toys does not tell."""
    for i, item in enumerate(items):
        if item.words != "only":
            continue
        behind = [k for k in items[i + 1 : i + 4] if k.kind not in ("glue", "in", "from", "with", "at", "by", "on")]
        verbs = [k for k in (*items[max(0, i - 1) : i], *behind[:1]) if k.participle and k.of("event")]
        if verbs and any(k.of("value", "flag") for k in behind[:2]):
            raise Decline(f"“{verbs[0].words} only …” is about all else, too. Ask for those with anything else.")


def _in_money(items: Sequence[Item]) -> None:
    """Note on what was sold that the money is asked for: `the shops that sold the most, in dollars`."""
    pairs = zip(items, items[1:], strict=False)
    if any(a.kind == "in" and b.words in CURRENCIES for a, b in pairs):
        for item in items:
            item.notes += ["in money"] if item.of("event") else []


def _each_of_them(items: Sequence[Item]) -> None:
    """`what town is each in`, `when did each open`: said of the rows in question; `which halls do we run` are ours."""
    for i, item in enumerate(items[1:], 1):
        behind = items[i + 1] if i + 1 < len(items) else None
        noun = behind is not None and bool(behind.of("table", "column", "value", "term")) and not behind.participle
        asked = any(k.kind in ("list", "when") for k in items[max(1, i - 4) : i])
        if item.words == "each" and items[i - 1].words in BEING and asked and not noun:
            item.kind = "glue"
        if item.words in RUNNING and item.kind == "word" and items[i - 1].words == "we":
            item.kind = "glue"


def _first_time(items: Sequence[Item]) -> None:
    """`shops that opened for the first time in May`: what opens does so once."""
    for i, item in enumerate(items):
        behind = [k.words for k in items[i + 1 : i + 5]]
        if item.tokens[-1].stem == "open" and behind == ["for", "the", "first", "time"]:
            for k in items[i + 1 : i + 5]:
                k.silence()


def _in_all(items: Sequence[Item]) -> None:
    """`how many stops in all districts but one`: in all of these, where a plural follows at once."""
    for item, after in zip(items, items[1:], strict=False):
        if item.words == "in all" and item.next_to(after) and after.plural and after.of("table", "column"):
            item.kind, item.words = "in", "in"


def _only_these(items: Sequence[Item]) -> None:
    """`for December alone`, `restricted to December`: these only."""
    for i, item in enumerate(items):
        before, after = items[i - 1] if i else None, items[i + 2] if i + 2 < len(items) else None
        if item.words == "alone" and item.kind == "word" and before and (before.kind == "date" or before.of("value")):
            item.kind = "glue"
        told = after is not None and (after.kind == "date" or bool(after.of("value")))
        if item.words in RESTRICTED and item.kind == "word" and told and items[i + 1].words == "to":
            item.kind, items[i + 1].kind, items[i + 1].words = "glue", "in", "in"


def _one_row_per(items: Sequence[Item]) -> None:
    """`revenue, one row per year` is by year."""
    for i, item in enumerate(items[:-1]):
        one = items[i - 1] if i else None
        single = one is not None and one.words in ("one", "a", "1", "single")
        if item.words in ROWS and item.kind == "word" and single and items[i + 1].kind == "by":
            for k in items[i - 1 : i + 1]:
                k.silence()


def _what_is_it_like(items: Sequence[Item]) -> None:
    """`what is revenue like on each day`, `what does it look like by month`: what it is."""
    asked = any(item.words in ("what", "how") for item in items[:2])
    for item, after in zip(items, [*items[1:], None], strict=False):
        ends = after is None or after.kind in ("by", "in", "on", "date", "for", "at", "trend", "grain", "glue", "yoy")
        if asked and item.words == "like" and item.kind == "word" and ends:
            item.kind = "glue"


def _which_step(items: Sequence[Item]) -> None:
    """Raise Decline for `on Sundays and during the week`: one step of time, of which nothing says which it is."""
    for i, item in enumerate(items):
        alone = item.kind == "grain" and not item.plural and item.words not in ("weekday", "date")
        if alone and DURING.search(_before(items, i)):
            raise Decline(f"“During the {item.words}”: during which? Say for example “by {item.words}”, or a date.")


def _before(items: Sequence[Item], i: int) -> str:
    return " ".join(item.words for item in items[:i])
