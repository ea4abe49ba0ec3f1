"""Which questions only make sense after another, by their form alone: `and by region?`, `only 2024`, `plot it`.

No schema is read: whoever chooses the tools sees none. What has a head of its own (`now revenue by region`) is no
fragment, however it begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .dates import find_dates
from .lexicon import GRAINS, NEVER_LINKED, NUMBERS, OPERATOR_OF, PREPOSITIONS, REVENUE_WORDS

LONGEST_FRAGMENT_CHARACTERS = 160
DATE = "\0"  # stands for each character of a phrase about time

MEASURES = {*REVENUE_WORDS, "profit", "margin", "cost", "costs", "price", "refunds", "spend", "spending", "discount"}
_SMALL = """about again also how instead just many much only please same some then there this too will would"""
_STOPS = NEVER_LINKED | PREPOSITIONS | {w for w in OPERATOR_OF if " " not in w}
_STOPS |= set(_SMALL.split())

PRONOUN = r"(?:it|that|this|them|those|these|the results?|the answer|(?:the )?ones)"
SAME = rf"(?:the )?same(?: thing| question)?(?=\W*$|,? ?(?:for|but|in|by|per|with|without|only|from|on|as a|{DATE}))"
WORD = rf"(?!(?:{'|'.join(sorted(_STOPS))})(?![\w'’-]))[^\W\d_][\w'’&-]*"
NOUN = rf'(?:(?:the|our|all) )?(?:["“][^"”]+["”]|{WORD}(?: {WORD}){{0,2}})'
NOUNS = rf"{NOUN}(?:(?:, {NOUN})*,? (?:and|or) {NOUN})?"
DIMENSION = rf"(?:the )?{WORD}(?: (?!\w+ed\b){WORD})?"
GRAIN = "|".join(w for w in GRAINS if w.endswith("ly") or w == "annual")
TOP = rf"(?:top|bottom|best|worst) (?:\d{{1,4}}|{'|'.join(NUMBERS)})"
CHART = r"(?:chart|graph|plot|diagram|histogram|pie|bars|table)"
AS_CHART = rf"(?:as|in|into|on|with) (?:an? )?(?:[\w-]+ ){{0,2}}{CHART}"
_DIRECTION = (
    r"(?:in )?(?:(?:a|de)scending(?: order)?|alphabetical(?:ly| order)|(?:highest|lowest|largest|smallest) first"
    r"|from (?:highest to lowest|lowest to highest))"
)
SORT_BY = rf"(?:sort|order|rank|arrang)(?:ed?)?(?: {PRONOUN})? by "
SORTED = rf"{SORT_BY}[\w ]{{1,40}}?(?: {_DIRECTION})?(?=\s*(?:[,.;?!]|$))|{_DIRECTION}"
GROUPED = (
    rf"(?:(?:break|broken|split|group|grouped)(?: {PRONOUN})?(?: down| up| out)? )?"
    rf"(?P<by>by|per|across|(?:for|in|of) (?:each|every)) (?P<top>the {TOP} )?"
    rf"(?P<dims>{DIMENSION}(?:,? and(?: by)? {DIMENSION})*)|(?P<grain>{GRAIN})"
)
PICTURE = (
    rf"(?:plot|draw|graph|chart|visuali[sz]e) {PRONOUN}(?: {AS_CHART})?|{AS_CHART}"
    rf"|an? (?:[\w-]+ )?{CHART}(?: of {PRONOUN})?"
)
# How the parts are meant.
_MOODS = {
    "filler": (
        r"please|ok(?:ay)?|so|then|well|yes|no|thanks|actually|now|but|again|this time|let['’]s|let us"
        rf"|(?:can|could|would) (?:you|i|we)|i(?:['’]d| would)? (?:want|like)(?: to)?|{PRONOUN}"
        r"|(?:make|do|put|turn|present)(?= (?:it|that|this|them|the same))"
    ),
    "show": r"(?:show|give|display|see)(?: me| us)?",
    "swap": rf"(?:what|how) about|{SAME}|instead|rather",
    "narrow": rf"only|just|(?:limit|restrict|narrow|filter)(?: {PRONOUN})?(?: down)?(?: (?:to|by|on))?",
    "add": r"also|too|as well|additionally",
    "and": r"and|or",
}
# What a fragment may say.
_PARTS = {
    "versus": rf"(?:compared?|versus|vs\.?)(?: {PRONOUN})?(?: to| with)? (?P<date>{DATE}+)",
    "date": rf"{DATE}+|may|march",
    "picture": PICTURE,
    "sort": SORTED,
    "top": rf"(?:the )?(?:(?P<top_n>{TOP})|(?P<n>\d{{1,3}}))(?: (?P<noun>{DIMENSION}))?",
    "group": GROUPED,
    "condition": (
        r"(?P<sign>without|excluding|except(?: for)?|with|not|where|whose|who|over|under|above|below"
        r"|(?:more|less|fewer|greater) than|at (?:least|most)) [^,;?]+"
    ),
    "place": rf"(?P<prep>for|in|of|from|at|to|within|on) (?P<noun>{NOUNS})",
    "thing": rf"(?P<noun>{NOUNS})",
}
_NEEDS_NO_ONLY = ("without", "excluding", "except", "except for", "with", "not")
_FORMS = {kind: re.compile(rf"(?:{form})(?!\w)", re.I) for kind, form in (_MOODS | _PARTS).items()}
_UNFINISHED = re.compile(rf"\W*(?:(?:and|but|so|ok|okay|then) )*(?:(?:what|how) about\b|{SAME})", re.I)


@dataclass(frozen=True)
class Part:
    """One thing that a fragment says, and the match of its form."""

    kind: str
    """versus, date, picture, sort, top, group, condition, place or thing."""
    text: str
    match: re.Match[str]

    @property
    def noun(self) -> str:
        """What a place, a thing or a top names, without its article."""
        return re.sub(r"^(?:the|our|all) ", "", self.match["noun"] or "", flags=re.I)


@dataclass(frozen=True)
class Fragment:
    """A question that is none without an earlier one."""

    parts: tuple[Part, ...]
    moods: frozenset[str]
    """How they are meant: `swap` (what about …), `narrow` (only …), `add` (… too), `and`, `show`, `filler`."""


def read(question: str) -> Fragment | None:
    """The parts of a fragment; None for a question with a head of its own, and for what cannot be read as parts."""
    if not _is_short(question):
        return None
    text = " ".join(question.split()).strip(" .,;:?!")
    masked = without_dates(text)
    parts: list[Part] = []
    moods: set[str] = set()
    at = 0
    while at < len(masked):
        tried = ((kind, form.match(masked, at)) for kind, form in _FORMS.items())
        kind, match = next(((k, m) for k, m in tried if m), ("", None))
        if match is None:
            return None
        if kind in _PARTS:
            parts.append(Part(kind, text[match.start() : match.end()], match))
        elif kind == "narrow" and _is_whole(parts, masked):
            pass  # `tickets by hall, in May only`
        elif not parts or kind in ("add", "swap") or (kind == "narrow" and parts[-1].kind != "thing"):
            moods.add(kind)  # `orders only` is a question; `top 3 only` and `orders instead` are none
        at = match.end()
        at += len(masked[at:]) - len(masked[at:].lstrip(" ,"))
    found = Fragment(tuple(parts), frozenset(moods))
    return found if parts and all(_needs_another(p, found) for p in parts) else None


def _is_whole(parts: Sequence[Part], text: str) -> bool:
    """Whether something to count is told by something else: `tickets by hall, …`, and no `Folk by hall, …`."""
    thing = parts[0] if parts else None
    grouped = re.search(r"\b(?:by|per|for each|for every) (?!the )\w", text) is not None
    return thing is not None and thing.kind == "thing" and grouped and not is_name(thing.noun) and " " in thing.noun


def is_fragment(question: str) -> bool:
    """Whether a question only makes sense after another one."""
    return read(question) is not None or (_is_short(question) and bool(_UNFINISHED.match(question)))


def only_asks_for_a_picture(question: str) -> bool:
    """Whether a question wants what is there already to be drawn: `plot it as a line chart`."""
    found = read(question)
    return found is not None and all(p.kind == "picture" for p in found.parts)


@lru_cache(maxsize=256)
def without_dates(text: str) -> str:
    """The text, as long as it is, with every phrase about time blotted out."""
    words = list(re.finditer(r"\d{4}-\d\d(?:-\d\d)?|[^\W_]+", text))
    for span in find_dates([w[0].lower() for w in words], None):
        start, end = words[span.start].start(), words[span.end - 1].end()
        text = text[:start] + DATE * (end - start) + text[end:]
    return text


def speaks_of_measures(words: str) -> bool:
    """Whether something that can be added up is among the words, so that they may be a question by themselves."""
    return bool(MEASURES & set(words.lower().split()))


def is_name(noun: str) -> bool:
    """Whether it is written as a name or several: in capitals, or in quotation marks."""
    return all(w[0].isupper() or w[0] in "\"“" or w in ("and", "or") for w in noun.replace(",", " ").split())


def _needs_another(part: Part, fragment: Fragment) -> bool:
    """Whether a part makes no question by itself: `revenue`, `top 3 products` and `who bought most` do."""
    moods = fragment.moods
    if part.kind in ("place", "thing") and "," in part.noun and not is_name(part.noun):
        return False  # `for Electronics, orders and returns`
    match part.kind:
        case "thing":
            if "show" in moods and not is_name(part.noun):
                return False  # `only show orders`
            narrows = "narrow" in moods or ("and" in moods and len(fragment.parts) == 1)
            return "swap" in moods or (narrows and not speaks_of_measures(part.noun))
        case "top":
            whole = fragment.parts[0].kind == "thing" and any(p.kind == "group" for p in fragment.parts)
            if whole and "swap" not in moods:  # `orders by shop, top 5 only`
                return False
            return "narrow" in moods or not (part.match["noun"] or part.match["n"])
        case "place":
            return not speaks_of_measures(part.noun)
        case "group":
            return not speaks_of_measures(part.match["dims"] or "")
        case "condition":
            is_sure = len(fragment.parts) == 1 or bool(moods & {"swap", "and"})
            return "narrow" in moods or (is_sure and part.match["sign"].lower() in _NEEDS_NO_ONLY)
    return True


def _is_short(question: str) -> bool:
    return len(question) <= LONGEST_FRAGMENT_CHARACTERS and DATE not in question
