"""One value from the conversation: a text, an option, a number, yes or no, the latest result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Any

from demo_lib.offline.english import cues
from demo_lib.offline.wire.json_schema import allows, satisfies, type_of

_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_RESULT_NAMES = {"result", "results", "data", "rows", "records", "dataset", "dataframe", "df"}
_QUESTION = re.compile(r"natural[ -]?language|question|\bnl\b|(?:own|plain) (?:words|english)", re.IGNORECASE)
_SQL = re.compile(r"sql\b|\bselect statement|\b(?:run|execute)s? an? (?:[\w-]+ )?query", re.IGNORECASE)
_WRITES_SQL = re.compile(
    r"text[ _-]?(?:to|2)[ _-]?sql|\b(?:convert|translat|turn|generat|writ|draft|compos|produc)\w*\b[^.]*\bsql\b",
    re.IGNORECASE,
)
_LONGEST_NAME = 4  # words; what is longer is prose
_RUNS = {"run", "execute", "exec", "fetch"}
_SPEAKS_OF_RESULT = re.compile(r"result[ _-]?id|id of (?:a|the|an earlier) result", re.IGNORECASE)


class Source(IntEnum):
    """Where a value came from. A call may be made with defaults; with a value from nowhere it may not."""

    NOWHERE = 0
    DEFAULT = 1
    CONVERSATION = 2


@dataclass(frozen=True)
class Filled:
    """A value for a schema, and how well it is founded."""

    value: Any
    source: Source


@dataclass(frozen=True)
class Known:
    """What a value may be taken from."""

    question: str
    """The user's, word for word."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """By key, as tools name them: sql, result_id, rows, columns, database, answer …

    `question` is the part of the question to pass on, where it is not the whole."""


def kind_of(name: str, schema: Mapping[str, Any], owner: str) -> str | None:
    """What a parameter asks for: `question`, `sql`, `result`, or None for anything else.

    `owner` is the name and description of the tool. The parameter's own description counts most, then its name.
    """
    about, low, parts = str(schema.get("description") or ""), name.lower(), set(cues.words(name))
    if "enum" in schema or "const" in schema:
        return None
    if low in _RESULT_NAMES or parts >= {"result", "id"} or _SPEAKS_OF_RESULT.search(about):
        return "result"
    if not allows(dict(schema), "string"):
        return None
    if "question" in parts or low in ("user_query", "request", "prompt", "utterance"):
        return "question"
    if "sql" in parts or low == "statement":
        return "sql"
    return _kind_of_query(about, owner) if "query" in parts else None


def _kind_of_query(about: str, owner: str) -> str:
    """What `query` means: SQL or a question. Of a description that speaks of both, the first word decides."""
    about = re.sub(r"\w+_\w+", "", about)  # names of other tools: `the query that text_to_sql wrote`
    sql, question = _SQL.search(about), _QUESTION.search(about)
    if sql or question:
        return "sql" if sql and not (question and question.start() < sql.start()) else "question"
    if _RUNS & set(cues.words(owner.split()[0] if owner else "")):
        return "sql" if "sql" in owner.lower() or _SQL.search(owner) else "question"
    if _WRITES_SQL.search(owner) or _QUESTION.search(owner):
        return "question"
    return "sql" if _SQL.search(owner.replace("_", " ")) else "question"


def text(schema: Mapping[str, Any], known: Known, name: str, kind: str | None) -> Filled:
    """A string: what flows in, what goes by the same name, or the span of the question that may be meant."""
    low = name.lower()
    if kind == "question":
        return _fitted(schema, known.values.get("question") or known.question, Source.CONVERSATION)
    if kind in ("sql", "result"):
        value = known.values.get("sql" if kind == "sql" else "result_id")
        return _fitted(schema, value or "", Source.CONVERSATION if value else Source.NOWHERE)
    if isinstance(known.values.get(low), str):
        return _fitted(schema, known.values[low], Source.CONVERSATION)
    several = known.values.get(low + "s")
    if isinstance(several, list) and several and isinstance(plain_name(several[0]), str):
        return _fitted(schema, plain_name(several[0]), Source.CONVERSATION)
    if isinstance(schema.get("default"), str):
        return Filled(schema["default"], Source.DEFAULT)
    if {"title", "caption", "heading", "subject", "label"} & set(cues.words(name)):
        return _fitted(schema, known.question.rstrip(" ?"), Source.DEFAULT)
    span = _span(known.question, f"{schema.get('format') or ''} {name}")
    return _fitted(schema, span or known.question, Source.DEFAULT if span else Source.NOWHERE)


def option(schema: Mapping[str, Any], known: Known, name: str, owner: str) -> Filled:
    """One of an enum: the one that the conversation names or describes best, the first on a tie."""
    options = schema["enum"]
    given = known.values.get(name)
    if given is not None and given in options:
        return Filled(given, Source.CONVERSATION)
    covered = _covered(tuple(str(o) for o in options), str(schema.get("description") or ""))
    if covered:
        wanted = _stems(" ".join(cues.wanted_words(known.question)))
        wanted |= {field for w in wanted if (field := cues.field_of(w))}
        scores = []
        for names, loose in (covered[str(o)] for o in options):
            # a name counts where the question has all of it: `orders` are no `purchase orders`
            scores.append(len({w for name in names if name <= wanted for w in name} | wanted & loose))
    else:
        wanted = _by_themselves(known.question, owner)
        scores = [len(wanted & _stems(str(o))) for o in options]
    if max(scores) > 0:
        return Filled(options[scores.index(max(scores))], Source.CONVERSATION)
    default = schema.get("default")
    return Filled(default if default in options else options[0], Source.DEFAULT)


def named(options: list[Any], question: str) -> list[Any]:
    """The options that the question names by a word of their own (`outliers` → `outlier_check`); else all."""
    said = {cues.stem(w) for w in cues.wanted_words(question)}
    own = [{cues.stem(w) for w in cues.words(str(o)) if w not in ("check", "test", "rule")} for o in options]
    return [o for o, words in zip(options, own, strict=True) if words & said] or list(options)


def listed(about: str) -> list[str]:
    """The identifiers that a description lists: `null_check, outlier_check`."""
    return list(dict.fromkeys(w for w in re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", about) if w != "result_id"))


def yes_or_no(schema: Mapping[str, Any], known: Known, name: str) -> Filled:
    """True where the question speaks of what the parameter is named after (`wants_chart`)."""
    subject = {c for c in cues.cues(name) if c != cues.stem("include")}
    if subject & set(cues.cues(" ".join(cues.wanted_words(known.question)))):
        return Filled(True, Source.CONVERSATION)
    return Filled(schema.get("default") is True, Source.DEFAULT)


def number(schema: Mapping[str, Any], known: Known, name: str, *, whole: bool) -> Filled:
    """A number of the question (a year only where a year is meant), else the default, else the least allowed."""
    own = {k: v for k, v in schema.items() if k != "default"} | {"type": "integer" if whole else "number"}
    candidates = [known.values.get(name)]
    for token in re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+", known.question.lower()):
        is_year = re.fullmatch(r"(?:19|20)\d\d", token) is not None
        if (token[0].isdigit() or token in _NUMBERS) and is_year == ("year" in name.lower()):
            value = float(_NUMBERS.get(token) or token.replace(",", "")[:15])
            candidates.append(int(value) if value.is_integer() else value)
    for candidate in candidates:
        if candidate is not None and satisfies(candidate, own, {}):
            return Filled(candidate, Source.CONVERSATION)
    for candidate in (schema.get("default"), 0, 1, *_within_bounds(schema)):
        if candidate is not None and satisfies(candidate, own, {}):
            return Filled(candidate, Source.DEFAULT)
    return Filled(0, Source.NOWHERE)


def _within_bounds(schema: Mapping[str, Any]) -> list[float]:
    """Numbers that may lie within a schema's bounds: these, the multiples beside them, the middle."""
    keys = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
    *given, step = (v if isinstance(v := schema.get(k), (int, float)) and abs(v) < 1e15 else None for k in keys)
    bounds, step = [b for b in given if b is not None], step or 1
    multiples = [(b // step + i) * step for b in (bounds or [step]) for i in (0, 1, -1)]
    return [*bounds, *multiples, sum(bounds) / max(1, len(bounds))]


def result_as(items: dict[str, Any], about: str, known: Known, root: Any) -> list[Any] | None:
    """The latest result in the shape that an array asks for: its id, its rows, or its numbers; else None."""
    rows, columns = known.values.get("rows"), known.values.get("columns")
    result_id, kind = known.values.get("result_id"), type_of(items)
    if kind == "string" or (kind is None and _SPEAKS_OF_RESULT.search(about)):
        return [result_id] if result_id else None
    if not isinstance(rows, list):
        return None
    lines = [r if isinstance(r, list) else [r] for r in rows]
    if kind in ("number", "integer"):
        numeric = [c for c in zip(*lines, strict=False) if all(satisfies(v, items, root) for v in c)]
        return list(numeric[-1]) if numeric else None
    if kind == "object" and isinstance(columns, list):
        rows = [dict(zip(map(str, columns), r, strict=False)) if isinstance(r, list) else r for r in rows]
    return rows if all(satisfies(r, items, root) for r in rows) else None


def plain_name(value: Any) -> Any:
    """The name of a thing that is listed with more than its name; what has none comes back as it is."""
    return value.get("name", value) if isinstance(value, dict) else value


def _fitted(schema: Mapping[str, Any], value: str, source: Source) -> Filled:
    most, least = schema.get("maxLength"), schema.get("minLength")
    if isinstance(most, int) and 0 <= most < len(value):
        value, source = value[:most], Source.NOWHERE
    if isinstance(least, int) and len(value) < least < 1000:
        value, source = value.ljust(least, "."), Source.NOWHERE
    return Filled(value, source)


def _span(question: str, name: str) -> str | None:
    """The part of a question that a free parameter may mean: an address, a date, a quotation, a name."""
    question, parts = question[:2000], set(cues.words(name))  # the patterns below take long on long texts
    if parts & {"email", "mail", "address", "recipient", "to", "cc"} and (
        found := re.search(r"[\w.+-]+@[\w-]+\.[\w.]*\w", question)
    ):
        return found[0]
    if parts & {"date", "day", "from", "until", "since"} and (found := re.search(r"\d{4}-\d{2}-\d{2}", question)):
        return found[0]
    if found := re.search(r"[\"“‘']([^\"”’']+)[\"”’'](?!\w)", question):
        return found[1]
    found = re.search(r"(?<=[a-z,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*", question)
    return found[0] if found else None


def _stems(words: str) -> set[str]:
    # not their cues: `chart` is a wish that any kind of chart would meet
    return {cues.stem(w) for w in cues.words(words) if not cues.is_empty(w)}


def _by_themselves(question: str, owner: str) -> set[str]:
    """The stems of the words that may stand for a bare option: `a line chart`, `as bars`, `to EUR`; of `sales by
    product line` none, since `line` only belongs to `product`."""
    said, about = cues.tokens(question), cues.subject_cues(owner)
    found = set()
    for i, token in enumerate(said):
        before = [t.text for t in said[max(0, i - 2) : i] if t.text not in ("a", "an", "the")]
        after = said[i + 1] if i + 1 < len(said) else None
        is_form = bool(before) and before[-1] in ("as", "with", "to", "into", "using")
        is_kind = after is not None and cues.cue(after.text) in about
        alone = not (i and said[i - 1].has_subject) and not (after and after.has_subject)
        alone = alone and not (after and after.text == "of" and cues.is_jargon(cues.cue(token.text)))
        if token.has_subject and (is_form or is_kind or alone):
            found.add(cues.stem(token.text))
    return found


@lru_cache(maxsize=64)
def _covered(options: tuple[str, ...], about: str) -> dict[str, tuple[frozenset[frozenset[str]], frozenset[str]]]:
    """What a description gives for each option, as in `sales: sales, customers; analytics: hr, support tickets`: the
    names that it lists, as stems, and the words of longer parts. What another option covers is included where it is
    named. Empty for options that are not described."""
    heads = []
    for one in options:
        found = re.search(rf"(?<![\w-])[`'\"]?{re.escape(one)}[`'\"]?\s*(?:[:=(–—-]|means\b|is\b|covers\b)", about)
        if found:
            heads.append((found.start(), found.end(), one))
    heads.sort()
    if not heads:
        return {}
    untils = [start for start, _, _ in heads[1:]] + [len(about)]
    said = {one: [frozenset(_stems(one))] for one in options}
    for (_, end, one), until in zip(heads, untils, strict=False):
        said[one] += [frozenset(_stems(part)) for part in re.split(r"[,;:.()]|\band\b", about[end:until])]
    own = {one: set(parts) for one, parts in said.items()}
    for one in options:
        for other in options:
            own[one] |= set(said[other]) if said[other][0] in said[one] else set()
    return {
        one: (
            frozenset(p for p in parts if 0 < len(p) <= _LONGEST_NAME),
            frozenset(w for p in parts if len(p) > _LONGEST_NAME or len(p) == 1 for w in p),
        )
        for one, parts in own.items()
    }
