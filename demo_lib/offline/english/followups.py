"""Follow-up turns: `and by region?` after `What were total sales in 2024?` becomes one whole question.

A fragment changes the part of the earlier question that is of its kind (the period, the grouping, a value …), or adds
to it. Where two ways are as good nothing is changed, and the SQL writer says that it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .cues import cues, stem
from .fragments import (
    AS_CHART,
    CHART,
    DATE,
    GROUPED,
    MEASURES,
    PICTURE,
    SORT_BY,
    SORTED,
    TOP,
    WORD,
    Fragment,
    Part,
    is_fragment,
    is_name,
    read,
    speaks_of_measures,
    without_dates,
)
from .lexicon import GRAINS, IRREGULAR, MONTHS

LONGEST_QUESTION_CHARACTERS = 2_000
MOST_TURNS = 50  # of a long conversation the end counts

# Where something else is asked of the rows: `…, and check them for outliers`.
_NEXT = re.compile(
    r"\s*(?:[?!;]|\.(?=\s|$)|,? and (?:then |also )?(?:check|plot|draw|show|chart|graph|visuali[sz]e|e?mail|send|export"
    r"|validate|list|tell|give)\b)",
    re.I,
)
_END_PICTURE = re.compile(rf",?\s+(?:and )?(?:{PICTURE})\s*$", re.I)
_GROUP = re.compile(rf"(?<!\w)(?:{GROUPED})(?!\w)", re.I)
_SORT = re.compile(rf"(?<!\w)(?:{SORTED})(?!\w)", re.I)
_TOP = re.compile(rf"(?<!\w){TOP}(?!\w)", re.I)
_RANKED = re.compile(r"\b(?:top|bottom|best|worst|most|least|highest|lowest|largest|smallest|biggest|fewest)\b", re.I)
_MONTH = "|".join(f"{m[:3]}(?:{m[3:]})?" for m in MONTHS)
_NO_YEAR = re.compile(rf"(?:^|\s)(?:q[1-4]|{_MONTH})$", re.I)
_YEAR = re.compile(r"\b(?:(?:19|20)\d\d|(?:last|this) year)\b", re.I)
_BARE_DATE = re.compile(rf"\d|q[1-4]|(?:{_MONTH})(?: |$)", re.I)
_LED = re.compile(r"(?:in|for|of|during|on|over|within|throughout|at|by|as) ", re.I)
_DIRECTED = re.compile(r"(?:since|after|before|until|till|through|up to|from|between|starting|prior)\b", re.I)
_NAME = r"(?:[\"“][^\"”]+[\"”]|[A-Z][\w'’&-]*(?: [A-Z][\w'’&-]*)*)"
_NAMED = re.compile(
    rf"(?<=\s)(?:(?P<prep>for|in|of|from|at|to|within|on) (?:the )?)?(?P<noun>{_NAME}(?:(?:,| and| or) {_NAME})*)"
)
_PLACED = re.compile(rf"(?<=\s)(?P<prep>for|in|from|at) (?:the )?(?P<noun>{WORD})(?!\w)")


def standalone(question: str, history: Sequence[str] = ()) -> str:
    """The question as one that needs no other: a fragment is completed from the user's earlier questions.

    history: these, oldest first. A question that stands by itself comes back as it is, word for word, and so does
    a fragment that nothing, or more than one way of reading, would complete. Never raises.
    """
    base = ""
    for said in history[-MOST_TURNS:]:
        base = _whole(said, base) or base
    return _whole(question, base) or question


def _whole(said: str, base: str) -> str | None:
    """What was said as a whole question; None where it cannot be completed, or asks nothing."""
    if fragment := read(said):
        whole = _completed(base, fragment) if base else None
        return None if whole is None or is_fragment(whole) else whole
    is_no_question = len(said) > LONGEST_QUESTION_CHARACTERS or DATE in said or is_fragment(said) or not cues(said)
    return None if is_no_question else said


def _completed(base: str, fragment: Fragment) -> str | None:
    """The earlier question with each part of the fragment put in; None where one can be put in two ways."""
    body, picture, rest = _apart(" ".join(base.split()))
    kinds = [p.kind for p in fragment.parts]
    if len(set(kinds)) < len(kinds) or re.match(r"[.!;].*\w", rest):
        return None  # two periods, or two sentences: which of them?
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
    if form := re.search(rf"{AS_CHART}$", said, re.I):
        return f" {form[0]}"
    kind = re.match(rf"an? (?:[\w-]+ )?{CHART}", said, re.I)
    return f" as {kind[0] if kind else 'a chart'}"


# ------------------------------------------------------------------------------- one part of the fragment each


def _with_date(body: str, part: Part, moods: frozenset[str]) -> str | None:
    """The new period in the place of the old one."""
    dates, new = _dates(body), part.text
    years = {m[0].lower() for start, end in dates for m in _YEAR.finditer(body[start:end])}
    if _NO_YEAR.search(new) and len(years) == 1:  # `only April` of 2024
        new = f"{new} {years.pop()}"
    led = f"in {new}" if _BARE_DATE.match(new) else new
    if not dates:
        return f"{body} {led}"
    start, end = dates[0]
    old = body[start:end]
    says_how = _LED.match(new) or _DIRECTED.match(new) or "narrow" in moods
    if len(dates) > 1 or (_DIRECTED.match(old) and not says_how):
        return None  # `what about 2023?` after `since 2024`: in it, or since?
    before_noun = _BARE_DATE.match(old) and end < len(body)  # `2024 revenue`
    return body[:start] + (_LED.sub("", new) if before_noun else led) + body[end:]


def _against_date(body: str, part: Part, moods: frozenset[str]) -> str | None:
    date = part.text[part.match.start("date") - part.match.start() :]
    return f"{body} compared to {re.sub('^(?:to|with|in|of) ', '', date)}" if len(_dates(body)) == 1 else None


def _with_group(body: str, part: Part, moods: frozenset[str]) -> str | None:
    """`by …` in the place of what the question grouped by, or after it."""
    by, grain, groups = (part.match["by"] or "by").lower(), part.match["grain"], _groups(body)
    dims = part.match["dims"] or GRAINS[grain.lower()]
    each = by not in ("by", "across")
    text = f"{by if each else 'by'} {dims}"
    if _is_ranked(body):  # `Top 5 shops by turnover`: by region, or of each region?
        return f"{body} {text}" if each or dims.lower() in GRAINS else None
    if not groups:
        return f"{body} {text}"
    group, breaks_down = groups[0], re.match("br|sp", part.text, re.I)
    if len(groups) > 1 or breaks_down or ("add" in moods and group["top"]):
        return None  # `break it down by month` of sales by region: by both?
    before, after = body[: group.start()], body[group.end() :]
    if group["grain"]:  # `monthly revenue`
        return f"{body if 'add' in moods else before + after} {text}"
    return f"{body[: group.end()]} and {dims}{after}" if "add" in moods else before + text + after


def _with_top(body: str, part: Part, moods: frozenset[str]) -> str | None:
    """`top 3` in the place of `top 5`, or of all that is grouped by."""
    top, noun, groups = part.match["top_n"], part.match["noun"], _groups(body)
    if old := _TOP.search(body):
        top = top or f"{old[0].split()[0]} {part.match['n']}"  # `just 3`
        changed, ranked = body[: old.start()] + top + body[old.end() :], body[old.end() :]
    elif top and len(groups) == 1 and not _is_ranked(body) and not re.search(",| and |^$", groups[0]["dims"] or ""):
        ranked = re.sub("^the ", "", groups[0]["dims"])
        changed = f"{body[: groups[0].start('dims')]}the {top} {_plural(ranked)}{body[groups[0].end('dims') :]}"
    else:
        return None
    return changed if not noun or stem(noun.split()[-1]) in map(stem, ranked.split()) else None


def _with_sort(body: str, part: Part, moods: frozenset[str]) -> str | None:
    text, old = re.sub(f"^{SORT_BY}", "sorted by ", part.text, flags=re.I), _SORT.search(body)
    return body[: old.start()] + text + body[old.end() :] if old else f"{body} {text}"


def _with_condition(body: str, part: Part, moods: frozenset[str]) -> str | None:
    return None if re.search(rf"\b{part.match['sign']}\b", body, re.I) else f"{body} {part.text}"


def _with_place(body: str, part: Part, moods: frozenset[str]) -> str | None:
    """`in Paris` in the place of `in Rome`, or beside what else there is."""
    prep, noun, values = part.match["prep"].lower(), part.noun, _values(body)
    same = [v for v in values if (v["prep"] or "").lower() == prep]
    if len(same) == 1:
        return _put(body, same[0], part.match["noun"])
    # `for Toys` after `sales in Rome` may stand beside it, or in its place
    rivalled = prep == "for" and "add" not in moods and _alike(values, noun)
    return None if same or rivalled or (prep == "of" and not is_name(noun)) else f"{body} {part.text}"


def _with_thing(body: str, part: Part, moods: frozenset[str]) -> str | None:
    """A name in the place of another, `online orders` of `orders`, `profit` of `revenue`; else `for` it."""
    said, noun, values, narrows = part.match["noun"], part.noun, _values(body), "narrow" in moods
    words = len(noun.split())
    if qualified := _qualified(body, noun):
        return qualified
    if speaks_of_measures(noun) and not narrows:
        measures = [m for m in re.finditer(r"\w+", body) if m[0].lower() in MEASURES]
        one = len(measures) == 1 and words == 1
        return body[: measures[0].start()] + noun + body[measures[0].end() :] if one else None
    counted = re.search(rf"\b(?:how many|number of|count of) (?P<noun>{WORD})(?!\w)", body, re.I)
    if counted and noun.endswith("s") and not is_name(noun) and not narrows:
        one = words == 1 and counted["noun"].endswith("s") and not values
        return _put(body, counted, noun) if one else None  # of `orders in berlin`, which of the two?
    rivals = _alike(values, noun)
    if narrows:  # `only Rome` of `Rome and Paris`
        rivals = [v for v in rivals if noun.lower() in re.split(r", | and | or ", v["noun"].lower())]
    if len(rivals) == 1:
        return _put(body, rivals[0], said)
    alone = not (values if is_name(noun) else _alike(values, noun))
    # one word in small letters may be a value, a table or a dimension; after `only`, a plural is no value
    tells = is_name(noun) or words > 1 or (narrows and not noun.endswith("s"))
    return f"{body} for {said}" if alone and tells else None


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

# -------------------------------------------------------------------------- what the earlier question consists of


def _dates(body: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(f"{DATE}+", without_dates(body))]


def _groups(body: str) -> list[re.Match[str]]:
    """Where the question says what to group by; not `sorted by name`, nor `sold by Ann`."""

    def is_doer(group: re.Match[str]) -> bool:
        before = (body[: group.start()].lower().split() or [""])[-1]
        return before.endswith("ed") or before in IRREGULAR or before in ("sort", "order", "rank")

    found = _GROUP.finditer(without_dates(body))
    return [g for g in found if not (g[0].lower().startswith("by ") and is_doer(g))]


def _is_ranked(body: str) -> bool:
    """Whether `by …` may say what the rows are ranked by."""
    return bool(_RANKED.search(re.sub(f"(?<=by )the {TOP}", "", body, flags=re.I)))


def _values(body: str) -> list[re.Match[str]]:
    """Where the question may name a value: what is written as a name, and `in berlin`."""
    masked, taken = without_dates(body), [g.span() for g in _groups(body)]
    names = [m for m in _NAMED.finditer(masked) if not any(a <= m.start("noun") < b for a, b in taken)]
    taken += [m.span() for m in names]
    return names + [m for m in _PLACED.finditer(masked) if not any(a <= m.start("noun") < b for a, b in taken)]


def _alike(values: Sequence[re.Match[str]], noun: str) -> list[re.Match[str]]:
    """Those of the values that are written as this one is: as a name, or not."""
    return [v for v in values if is_name(v["noun"]) == is_name(noun)]


def _put(body: str, value: re.Match[str], noun: str) -> str:
    return re.sub("the $", "", body[: value.start("noun")]) + noun + body[value.end("noun") :]


def _qualified(body: str, noun: str) -> str | None:
    """`online orders` in the place of `orders`, with what qualified it there; None where it is not there once."""
    words = noun.split()
    head = [m for m in re.finditer(r"[^\W\d_]+", without_dates(body)) if stem(m[0]) == stem(words[-1])]
    if len(head) != 1 or is_name(noun):
        return None
    if len(words) == 1:
        return body  # `just orders over 100`: orders it was
    before = re.search(rf"(?<!\w){WORD} $", body[: head[0].start()], re.I)
    start = before.start() if before and before.start() > 0 else head[0].start()
    return body[:start] + noun + body[head[0].end() :]


def _plural(noun: str) -> str:
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
