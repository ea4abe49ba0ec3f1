"""What a question wishes for beside its rows: a chart, a check, a forecast, whatever the tools on offer do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from demo_lib.offline.calling.tool_reading import Tool
from demo_lib.offline.english import cues

_MATCH = 1.5
_WHICH_DATA = re.compile(
    r"\b(?:what|which) (?:kinds? of )?data\b|\bwhere (?:is|are|do|does)\b.*\b(?:stored|kept|live)\b"
)
# the form of the answer, or a table that the user knows: no search for tables
_NO_SEARCH = re.compile(r"\b(?:as|in|into) an? table\b|\bthe \w+ table\b", re.IGNORECASE)
_BEFORE_ACT = {"and", "then", "also", "please", "now", "to", "you", "as", "into", "with", "using", ",", ";", "."}
_CLAUSE = {"and", "then", "also", ",", ".", ";", "?"}
_LOOSE = {"and", "then", "also", "please"}
_FORM = {"as", "into"}
_LEADS_ON = {"in", "of", "on", "for", "among"}
_POINTS_BACK = {cues.stem(w) for w in ("check", "result", "data", "rows", "answer")}


@dataclass(frozen=True)
class Wish:
    """How a question asks for a tool that does not stand on the way to rows."""

    always: bool
    """Not at all: the tool's description asks for it every time."""
    in_addition: bool
    """After something else (`… and mail it to Ann`)."""


def wishes(question: str, tools: list[Tool]) -> dict[str, Wish]:
    """Which of the tools are wanted, by name.

    A word counts most in a tool's name, then as its stated occasion, then in its description, and more where it
    is what to do (`draw …`, `… and convert it`) or the form to give (`as a heatmap`). A word that one tool has
    in its name is not looked for in the descriptions of the others.
    """
    said = cues.tokens(_NO_SEARCH.sub(lambda m: " " * len(m[0]), question))
    in_names = {c for t in tools for c in t.name_cues}
    found: dict[str, Wish] = {}
    for tool in tools:
        at = _asks_for(tool, said, in_names)
        if at is None and tool.name_cues & {"table"} and _WHICH_DATA.search(question.lower()):
            at = 0
        if at is not None:
            found[tool.name] = Wish(always=False, in_addition=_comes_second(tool, said, at))
        elif tool.is_for_every_result:
            found[tool.name] = Wish(always=True, in_addition=False)
    return found


def without(question: str, tools: list[Tool]) -> str:
    """The question less the clauses and phrases that are wholly addressed to one of `tools`.

    `Sales by region, and check the result for outliers` → `Sales by region`; word for word where there is none.
    Whoever writes the SQL does not know these tools and would have to decline their words.
    """
    cut = question
    for tool in [*tools, *tools]:  # taking one tool's clause away may bare another's
        cut = _without_lead(_without_end(cut, tool), tool)
    return cut if any(t.has_subject for t in cues.tokens(cut)) else question


def _without_end(question: str, tool: Tool) -> str:
    """Without what is last: `…, and check for outliers`, `… as a bar chart`."""
    said = cues.tokens(question)
    end = len(said)
    for i in reversed(range(1, len(said))):
        # `with a chart` is a form, `orders with nulls` is not
        follows = said[i + 1].text if i + 1 < len(said) else ""
        starts = said[i].text in _CLAUSE | _FORM or (said[i].text == "with" and follows in ("a", "an"))
        if starts and any(t.has_subject for t in said[i:end]):
            if not _is_addressed(said[i:end], tool):
                break
            end = i
    if end == len(said):
        return question
    while end and (said[end - 1].is_mark or said[end - 1].text in _LOOSE):
        end -= 1
    return question[: said[end - 1].end] if end else ""


def _without_lead(question: str, tool: Tool) -> str:
    """Without what leads on to the rest: `Are there anomalies in …`. `Plot …` stays: SQL writers know it."""
    said = cues.tokens(question)
    lead = next((i for i, t in enumerate(said) if t.text in _LEADS_ON and _names(said[:i], tool)), None)
    if not lead or "chart" in tool.name_cues or not _is_addressed(said[:lead], tool):
        return question
    return question[said[lead].end :].strip()


def _asks_for(tool: Tool, said: list[cues.Token], in_names: set[str]) -> int | None:
    """The place of the first word that asks for a tool, or None."""
    score, sure, first = 0.0, False, None
    seen: set[str] = set()
    only_own = True  # all words so far belong to the tool
    for i, token in enumerate(said):
        if not token.has_subject:
            continue
        cue = cues.cue(token.text)
        is_wish = cues.wish(token.text) is not None
        in_name = cue in tool.name_cues
        weight = 1.0 * in_name + 1.0 * (cue in tool.trigger_cues)
        described = not weight and cue in tool.about_cues and cue not in in_names
        before = [t.text for t in said[max(0, i - 3) : i] if t.text not in ("a", "an", "the")]
        act = only_own or bool(before and before[-1] in _BEFORE_ACT)
        if weight or described:
            first = i if first is None else first
            if not act and _modifies(said, i, tool):
                weight = 0.5
            elif (in_name and (is_wish or len(tool.name_cues) == 1)) or (described and is_wish):
                sure = True
            if cue not in seen:
                score += (weight or 0.5) + 0.5 * act
        seen.add(cue)
        only_own = only_own and cue in tool.vocabulary
    return first if sure or score >= _MATCH else None


def _modifies(said: list[cues.Token], i: int, tool: Tool) -> bool:
    """Whether a word only qualifies the next one, which is not the tool's: `quality complaints`."""
    following = said[i + 1] if i + 1 < len(said) else None
    is_plural = said[i].text.endswith("s") and cues.stem(said[i].text) != said[i].text
    return bool(following and following.has_subject and not _belongs(following, tool)) and not is_plural


def _is_addressed(part: list[cues.Token], tool: Tool) -> bool:
    """Whether a part of the question speaks to a tool and of nothing else."""
    subjects = [cues.cue(t.text) for t in part if t.has_subject]
    return _names(part, tool) and all(c in tool.vocabulary or c in _POINTS_BACK for c in subjects)


def _belongs(token: cues.Token, tool: Tool) -> bool:
    cue = cues.cue(token.text)
    return cue in tool.vocabulary or cues.is_jargon(cue)


def _names(part: list[cues.Token], tool: Tool) -> bool:
    """Whether a part of the question names the tool: by its name, or by a wish that its description meets."""
    found = {cues.cue(t.text) for t in part if t.has_subject}
    wished = {cues.cue(t.text) for t in part if t.has_subject and cues.wish(t.text)}
    return bool(found & tool.name_cues or wished & tool.vocabulary)


def _comes_second(tool: Tool, said: list[cues.Token], at: int) -> bool:
    """Whether something else is asked for first, in a clause of its own."""
    earlier = said[:at]
    return any(t.has_subject and not _belongs(t, tool) for t in earlier) and any(t.text in _CLAUSE for t in earlier)
