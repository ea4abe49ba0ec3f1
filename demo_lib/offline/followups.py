"""Follow-up turns: `and by region?` after `What were total sales in 2024?` becomes one whole question.

Only the user's own words are used, no schema: whoever chooses the tools sees none. A fragment is known by its form.
It changes the part of the earlier question that is of its kind (the period, the grouping, a value …) or adds to it.
Where two ways are as good nothing is changed, and the SQL writer says that it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .cues import cues, stem
from .dates import find_dates
from .lexicon import GRAINS, IRREGULAR, MONTHS, NEVER_LINKED, NUMBERS, OPERATORS, PREPOSITIONS, REVENUE_WORDS

LONGEST_FRAGMENT_CHARACTERS = 160
LONGEST_QUESTION_CHARACTERS = 2_000
MOST_TURNS = 50  # of a long conversation the end counts

DATE = "\0"  # stands for each character of a phrase about time
MEASURES = {*REVENUE_WORDS, "profit", "margin", "cost", "costs", "price", "refunds", "spend", "spending", "discount"}
STOPS = NEVER_LINKED | PREPOSITIONS | {w for said in OPERATORS.values() for w in said.split("|") if " " not in w}
STOPS |= set("about again also how instead just many much only please same some then there this too will would".split())


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?!\w)", re.I)


_PRONOUN = r"(?:it|that|this|them|those|these|the results?|the answer)"
_WORD = rf"(?!(?:{'|'.join(sorted(STOPS))})(?![\w'’-]))[^\W\d_][\w'’&-]*"
_NOUN = rf'(?:(?:the|our|all) )?(?:["“][^"”]+["”]|{_WORD}(?: {_WORD}){{0,2}})'
_NOUNS = rf"{_NOUN}(?:(?:,| and| or|, and|, or) {_NOUN})*"
_DIM = rf"(?:the )?{_WORD}(?: (?!\w+ed\b){_WORD})?"
_GRAIN = "|".join(w for w in GRAINS if w.endswith("ly") or w == "annual")
_TOP = rf"(?:top|bottom|best|worst) (?:\d{{1,4}}|{'|'.join(NUMBERS)})"
_CHART = r"(?:chart|graph|plot|diagram|histogram|pie|bars|table)"
_AS_CHART = rf"(?:as|in|into|on|with) (?:an? )?(?:[\w-]+ ){{0,2}}{_CHART}"
_ORDER = (
    r"(?:in )?(?:(?:a|de)scending(?: order)?|alphabetical(?:ly| order)|(?:highest|lowest|largest|smallest) first"
    r"|from (?:highest to lowest|lowest to highest))"
)
_SORTED = rf"(?:sort|order|rank|arrang)(?:ed?)?(?: {_PRONOUN})? by [\w ]{{1,40}}?(?: {_ORDER})?(?=\s*(?:[,.;?!]|$))|{_ORDER}"
_GROUPED = (
    rf"(?:(?:break|broken|split|group|grouped)(?: {_PRONOUN})?(?: down| up| out)? )?"
    rf"(?P<by>by|per|across|(?:for|in|of) (?:each|every)) (?P<top>the {_TOP} )?"
    rf"(?P<dims>{_DIM}(?:(?:,| and|, and)(?: by)? {_DIM})*)|(?P<grain>{_GRAIN})"
)
# The forms that a fragment is made of, tried in this order. The first five only say how the others are meant.
_FORMS = {
    "filler": r"please|ok(?:ay)?|so|then|well|yes|no|thanks|actually|now|but|again|instead|rather|this time|let['’]s|let us"
    rf"|(?:can|could|would) (?:you|i|we)|i(?:['’]d| would)? (?:want|like)(?: to)?|{_PRONOUN}|(?:show|give|display|see)(?: me| us)?"
    r"|(?:make|do|put|turn|present)(?= (?:it|that|this|them|the same))",
    "swap": r"(?:what|how) about|(?:the )?same(?: thing| question)?",
    "narrow": rf"only|just|(?:limit|restrict|narrow|filter)(?: {_PRONOUN})?(?: down)?(?: (?:to|by|on))?",
    "add": r"also|too|as well|additionally",
    "and": r"and|or",
    "versus": rf"(?:compared?|versus|vs\.?)(?: {_PRONOUN})?(?: to| with)? (?P<date>{DATE}+)",
    "date": rf"{DATE}+|may|march",
    "picture": rf"(?:plot|draw|graph|chart|visuali[sz]e)(?: {_PRONOUN})(?: {_AS_CHART})?|{_AS_CHART}"
    rf"|an? (?:[\w-]+ )?{_CHART}(?: of {_PRONOUN})?",
    "sort": _SORTED,
    "top": rf"(?:the )?(?P<top_n>{_TOP})(?: (?P<noun>{_DIM}))?",
    "group": _GROUPED,
    "condition": r"(?P<sign>without|excluding|except(?: for)?|with|not|where|whose|who|over|under|above|below"
    r"|(?:more|less|fewer|greater) than|at (?:least|most)) [^,;?]+",
    "place": rf"(?P<prep>for|in|of|from|at|to|within|on) (?P<noun>{_NOUNS})",
    "thing": rf"(?P<noun>{_NOUNS})",
}
FORMS = {kind: _compiled(pattern) for kind, pattern in _FORMS.items()}
MOODS = ("filler", "swap", "narrow", "add", "and")
_BY_ITSELF = ("without", "excluding", "except", "except for", "with", "not")  # conditions that need no `only` before

_UNFINISHED = re.compile(r"\W*(?:(?:and|but|so|ok|okay|then) )*(?:(?:what|how) about|(?:the )?same)\b", re.I)
_RANKED = re.compile(r"\b(?:top|bottom|best|worst|most|least|highest|lowest|largest|smallest|biggest|fewest)\b", re.I)
_GROUP = _compiled(_GROUPED)
_SORT = _compiled(_SORTED)
_TOP_N = _compiled(_TOP)
_END_PICTURE = re.compile(rf",?\s+(?:and )?(?:{_FORMS['picture']})\s*$", re.I)
# Where something else is asked of the rows: `…, and check them for outliers`.
_NEXT = re.compile(
    r"\s*(?:[?!;]|\.(?=\s|$)|,? and (?:then |also )?(?:check|plot|draw|show|chart|graph|visuali[sz]e|e?mail|send|export"
    r"|validate|list|tell|give)\b)",
    re.I,
)
_NAME = r"(?:[\"“][^\"”]+[\"”]|[A-Z][\w'’&-]*(?: [A-Z][\w'’&-]*)*)"
_NAMED = re.compile(
    rf"(?<=\s)(?:(?P<prep>for|in|of|from|at|to|within|on) (?:the )?)?(?P<noun>{_NAME}(?:(?:,| and| or) {_NAME})*)"
)
_PLACED = re.compile(rf"(?<=\s)(?P<prep>for|in|from|at) (?:the )?(?P<noun>{_WORD})(?!\w)")
_HAS_LEAD = re.compile(r"(?:since|after|before|until|till|through|up to|from|between|starting|prior|as|on|in|during|for"
                       r"|of|over|within|throughout|by|at)\b", re.I)  # fmt: skip
_DIRECTED = re.compile(r"(?:since|after|before|until|till|through|up to|from|between|starting|prior)\b", re.I)
_ABSOLUTE = re.compile(r"\d|q\d|(?!since|after|before|until|from|in|for|of)[a-z]+ (?:of )?(?:\d{4}|(?:last|this) year)$"
                       rf"|(?:{'|'.join(MONTHS)})$", re.I)  # fmt: skip

_MONTH = re.compile(rf"(?:^|[\s])(?:q[1-4]|{'|'.join(m[:3] + '(?:' + m[3:] + ')?' for m in MONTHS)})$", re.I)
_YEAR = re.compile(r"\b(?:(?:19|20)\d\d|(?:last|this) year)\b", re.I)


@dataclass(frozen=True)
class Part:
    """One thing that a fragment says, and the match of its form."""

    kind: str
    text: str
    match: re.Match[str]

    @property
    def noun(self) -> str:
        """What it names, where its form has a place for that."""
        return re.sub(r"^(?:the|our|all) ", "", self.match["noun"] or "", flags=re.I)


@dataclass(frozen=True)
class Fragment:
    """A question that is none without an earlier one."""

    parts: tuple[Part, ...]
    moods: frozenset[str]
    """How it is meant: `swap` (what about …), `narrow` (only …), `add` (… too), `and`."""


def standalone(question: str, history: Sequence[str] = ()) -> str:
    """The question as one that needs no other: a fragment is completed from the user's earlier questions.

    history: these, oldest first. A question that stands by itself comes back as it is, word for word, and so does
    a fragment that nothing, or more than one way of reading, would complete. Never raises.
    """
    base = ""
    for said in history[-MOST_TURNS:]:
        base = _whole(said, base) or base
    return _whole(question, base) or question


def is_fragment(question: str) -> bool:
    """Whether a question only makes sense after another: `and by region?`, `what about 2023?`."""
    return read(question) is not None or (_is_short(question) and bool(_UNFINISHED.match(question)))


def only_asks_for_a_picture(question: str) -> bool:
    """Whether a question wants what is there already to be drawn: `plot it as a line chart`."""
    found = read(question)
    return found is not None and all(p.kind == "picture" for p in found.parts)


def read(question: str) -> Fragment | None:
    """The parts of a fragment; None for a question with a head of its own."""
    if not _is_short(question):
        return None
    text = " ".join(question.split()).strip(" .,;:?!")
    masked = _masked(text)
    parts: list[Part] = []
    moods: set[str] = set()
    at = 0
    while at < len(masked):
        tried = ((kind, form.match(masked, at)) for kind, form in FORMS.items())
        kind, match = next(((k, m) for k, m in tried if m), ("", None))
        if match is None:
            return None
        if kind not in MOODS:
            parts.append(Part(kind, text[match.start() : match.end()], match))
        elif kind != "and" or not parts:
            moods.add(kind)
        at = match.end()
        at += len(masked[at:]) - len(masked[at:].lstrip(" ,"))
    found = Fragment(tuple(parts), frozenset(moods))
    return found if parts and all(_needs_another(p, found) for p in parts) else None


def _needs_another(part: Part, fragment: Fragment) -> bool:
    """Whether a part makes no question by itself: `revenue`, `top 3 products` and `who bought most` do."""
    moods = fragment.moods
    match part.kind:
        case "thing":
            return "swap" in moods or (
                not _speaks_of_measures(part.noun) and ("narrow" in moods or ("and" in moods and len(fragment.parts) == 1))
            )
        case "top":
            return "narrow" in moods or not part.match["noun"]
        case "place":
            return not _speaks_of_measures(part.noun)
        case "group":
            return not _speaks_of_measures(part.match["dims"] or "")
        case "condition":
            return "narrow" in moods or part.match["sign"].lower() in _BY_ITSELF
    return True


def _speaks_of_measures(words: str) -> bool:
    return bool(MEASURES & set(words.lower().split()))


def _is_short(question: str) -> bool:
    return len(question) <= LONGEST_FRAGMENT_CHARACTERS and DATE not in question


@lru_cache(maxsize=256)
def _masked(text: str) -> str:
    """The text, as long as it is, with every phrase about time blotted out."""
    words = list(re.finditer(r"\d{4}-\d\d(?:-\d\d)?|[^\W_]+", text))
    for span in find_dates([w[0].lower() for w in words], None):
        start, end = words[span.start].start(), words[span.end - 1].end()
        text = text[:start] + DATE * (end - start) + text[end:]
    return text


# ------------------------------------------------------------------------------------ completing a fragment


def _whole(said: str, base: str) -> str | None:
    """What was said as a whole question; None where it cannot be completed, or asks nothing."""
    fragment = read(said)
    if fragment:
        return _completed(base, fragment) if base else None
    if len(said) > LONGEST_QUESTION_CHARACTERS or DATE in said or is_fragment(said) or not cues(said):
        return None
    return said


def _completed(base: str, fragment: Fragment) -> str | None:
    """The earlier question with each part of the fragment put in; None where one can be put in two ways."""
    body, picture, rest = _apart(" ".join(base.split()))
    if re.search(r"\w", rest.lstrip(".")) and rest.startswith((".", "!", ";", "?")):
        return None  # two sentences: which of them goes on?
    kinds = [p.kind for p in fragment.parts]
    if any(kinds.count(k) > 1 for k in kinds):
        return None
    for part in fragment.parts:
        if part.kind == "picture":
            picture = _drawn(part.text)
            continue
        changed = _EDITS[part.kind](body, part, fragment.moods)
        if changed is None:
            return None
        body = " ".join(changed.split())
    whole = body + picture + rest
    return whole[0].upper() + whole[1:] if base[0].isupper() else whole


def _apart(question: str) -> tuple[str, str, str]:
    """A question's body, its wish for a picture, and what comes after: `?`, or something else to do."""
    end = _NEXT.search(question)
    body, rest = (question[: end.start()], question[end.start() :]) if end else (question, "")
    picture = _END_PICTURE.search(body)
    return (body[: picture.start()], body[picture.start() :].rstrip(), rest) if picture else (body, "", rest)


def _drawn(said: str) -> str:
    """`plot it` → ` as a chart`; `a bar chart of that` → ` as a bar chart`."""
    kind = re.search(rf"(?:(?!(?:an?|as|in|into|on|with)\b)[\w-]+ )?{_CHART}$", re.sub(rf" of {_PRONOUN}$", "", said), re.I)
    name = kind[0] if kind and not re.match(r"(?:plot|draw|graph|chart)$", said.split()[0], re.I) else ""
    if not name:
        later = re.search(_AS_CHART, said, re.I)
        return " " + later[0] if later else " as a chart"
    return f" as {'an' if name[0] in 'aeiou' else 'a'} {name}"


def _dates(body: str) -> list[re.Match[str]]:
    return list(re.finditer(f"{DATE}+", _masked(body)))


def _with_date(body: str, part: Part, moods: frozenset[str]) -> str | None:
    """The new period in the place of the old one."""
    dates, new = _dates(body), part.text
    years = {m[0].lower() for start, end in (d.span() for d in dates) for m in _YEAR.finditer(body[start:end])}
    if _MONTH.search(new) and len(years) == 1:  # `only April` of 2024
        new = f"{new} {years.pop()}"
    led = f"in {new}" if _ABSOLUTE.match(new) else new
    if not dates:
        return f"{body} {led}"
    start, end = dates[0].span()
    old = body[start:end]
    if len(dates) > 1 or (_DIRECTED.match(old) and not _HAS_LEAD.match(new) and "narrow" not in moods):
        return None  # `what about 2023?` after `since 2024`: in it, or since?
    before_noun = _ABSOLUTE.match(old) and end < len(body)  # `2024 revenue`
    return body[:start] + (re.sub(r"^(?:in|for|of|during) ", "", new, flags=re.I) if before_noun else led) + body[end:]


def _against_date(body: str, part: Part, _: frozenset[str]) -> str | None:
    start, end = part.match.span("date")
    date = re.sub(r"^(?:to|with|in|of) ", "", part.text[start - part.match.start() : end - part.match.start()])
    return f"{body} compared to {date}" if len(_dates(body)) == 1 else None


def _groups(body: str) -> list[re.Match[str]]:
    """Where the question says what to group by; not `sorted by name`, nor `sold by Ann`."""
    found = []
    for group in _GROUP.finditer(_masked(body)):
        before = (body[: group.start()].lower().split() or [""])[-1]
        doer = before.endswith("ed") or before in IRREGULAR or before in ("sort", "order", "rank")
        if group["grain"] or group["by"].lower() != "by" or group.start("by") != group.start() or not doer:
            found.append(group)
    return found


def _is_ranked(body: str) -> bool:
    """Whether `by …` may say what the rows are ranked by."""
    return bool(_RANKED.search(re.sub(rf"(?<=by )the {_TOP}", "", body, flags=re.I)))


def _with_group(body: str, part: Part, moods: frozenset[str]) -> str | None:
    grain, each = part.match["grain"], (part.match["by"] or "").lower() not in ("", "by", "across")
    dims = part.match["dims"] or GRAINS[grain.lower()]
    text, groups = f"{part.match['by'] if each else 'by'} {dims}", _groups(body)
    if _is_ranked(body):  # `Top 5 products by revenue`: by region, or of each region?
        return f"{body} {text}" if each or dims.lower() in GRAINS else None
    if not groups:
        return f"{body} {text}"
    if len(groups) > 1 or re.match("br|sp", part.text, re.I):
        return None  # `break it down by month` of sales by region: by both?
    group = groups[0]
    if group["grain"]:  # `monthly revenue`
        return f"{body if 'add' in moods else body[: group.start()] + body[group.end() :]} {text}"
    if "add" in moods:
        return None if group["top"] else f"{body[: group.end()]} and {dims}{body[group.end() :]}"
    return body[: group.start()] + text + body[group.end() :]


def _with_top(body: str, part: Part, _: frozenset[str]) -> str | None:
    top, noun, groups = part.match["top_n"], part.match["noun"], _groups(body)
    if old := _TOP_N.search(body):
        changed = body[: old.start()] + top + body[old.end() :]
        place = body[old.end() :]
    elif len(groups) == 1 and groups[0]["dims"] and " and " not in groups[0]["dims"] and not _is_ranked(body):
        at = groups[0].start("dims")
        place = re.sub("^the ", "", groups[0]["dims"])
        changed = f"{body[:at]}the {top} {_plural(place)}{body[groups[0].end('dims') :]}"
    else:
        return None
    return changed if not noun or stem(noun.split()[-1]) in map(stem, place.split()) else None


def _plural(noun: str) -> str:
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


def _with_sort(body: str, part: Part, _: frozenset[str]) -> str | None:
    text = re.sub(rf"^(?:sort|order|rank|arrang)(?:ed?)?(?: {_PRONOUN})? by ", "sorted by ", part.text, flags=re.I)
    old = _SORT.search(body)
    return body[: old.start()] + text + body[old.end() :] if old else f"{body} {text}"


def _with_condition(body: str, part: Part, _: frozenset[str]) -> str | None:
    said_already = re.search(rf"\b{part.match['sign']}\b", body, re.I)
    return None if said_already else f"{body} {part.text}"


# ------------------------------------------------------------------------------------------------- values


def _is_name(noun: str) -> bool:
    return all(w[0].isupper() or w[0] in "\"“" or w in ("and", "or") for w in noun.replace(",", " ").split())


def _values(body: str) -> Iterator[re.Match[str]]:
    """Where the question may name a value: what is written as a name, and `in berlin`."""
    masked, taken = _masked(body), [g.span() for g in _groups(body)]
    names = [m for m in _NAMED.finditer(masked) if not any(a <= m.start("noun") < b for a, b in taken)]
    yield from names
    taken += [m.span() for m in names]
    yield from (m for m in _PLACED.finditer(masked) if not any(a <= m.start("noun") < b for a, b in taken))


def _put(body: str, value: re.Match[str], noun: str) -> str:
    return re.sub("the $", "", body[: value.start("noun")]) + noun + body[value.end("noun") :]


def _with_place(body: str, part: Part, moods: frozenset[str]) -> str | None:
    prep, noun, values = part.match["prep"].lower(), part.noun, list(_values(body))
    same = [v for v in values if (v["prep"] or "").lower() == prep]
    if len(same) == 1:
        return _put(body, same[0], part.match["noun"])
    rivals = [v for v in values if _is_name(v["noun"]) == _is_name(noun)]
    # `for Toys` after `sales in Berlin` may stand beside it, or in its place
    if same or (rivals and prep == "for" and "add" not in moods) or (prep == "of" and not _is_name(noun)):
        return None
    return f"{body} {part.text}"


def _with_thing(body: str, part: Part, moods: frozenset[str]) -> str | None:
    said, noun, values = part.match["noun"], part.noun, list(_values(body))
    if shared := _qualified(body, noun):
        return shared
    if not _is_name(noun) and "swap" in moods and _speaks_of_measures(noun):
        measures = [m for m in re.finditer(r"\w+", body) if m[0].lower() in MEASURES]
        one = len(measures) == 1 and len(noun.split()) == 1
        return body[: measures[0].start()] + noun + body[measures[0].end() :] if one else None
    counted = re.search(rf"\b(?:how many|number of|count of) (?P<noun>{_WORD})(?!\w)", body, re.I)
    if counted and not _is_name(noun) and "narrow" not in moods and noun.endswith("s"):
        one = len(noun.split()) == 1 and counted["noun"].endswith("s") and not values
        return _put(body, counted, noun) if one else None  # of `orders in berlin`, which of the two?
    rivals = [v for v in values if _is_name(v["noun"]) == _is_name(noun)]
    alone = not (values if _is_name(noun) else rivals)
    if "narrow" in moods:
        listed = [v for v in values if noun.lower() in re.split(r", | and | or ", v["noun"].lower())]
        if len(listed) == 1:
            return _put(body, listed[0], said)  # `only Berlin` of `Berlin and Paris`
        return f"{body} for {said}" if alone else None
    if len(rivals) == 1:
        return _put(body, rivals[0], said)
    return f"{body} for {said}" if alone and (_is_name(noun) or len(noun.split()) > 1) else None


def _qualified(body: str, noun: str) -> str | None:
    """`online orders` in the place of `orders`, with what stood before it there; None where it is not there once."""
    words = noun.split()
    head = [m for m in re.finditer(r"[^\W\d_]+", _masked(body)) if stem(m[0]) == stem(words[-1])]
    if len(words) < 2 or len(head) != 1:
        return None
    before = re.search(rf"(?<!\w){_WORD} $", body[: head[0].start()], re.I)
    start = before.start() if before and before.start() > 0 else head[0].start()
    return body[:start] + noun + body[head[0].end() :]


Edit = Callable[[str, Part, frozenset[str]], str | None]
_EDITS: dict[str, Edit] = {
    "date": _with_date,
    "versus": _against_date,
    "group": _with_group,
    "top": _with_top,
    "sort": _with_sort,
    "condition": _with_condition,
    "place": _with_place,
    "thing": _with_thing,
}
