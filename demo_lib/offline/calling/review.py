"""Reviews an answer: whether its years and numbers are those of the question and the rows, and nothing gives orders.

A parser can say where an answer contradicts what is before it. Whether it is a good answer, it cannot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.?!\n]{0,40}\b(?:instructions?|rules?|prompts?|polic(?:y|ies)|guardrails?)\b"
    r"|\byou are now\b|\bnew (?:system )?instructions?\s*:|\bas an? (?:ai|assistant|language model)\b"
    r"|<\|?(?:im_start|system)\|?>|\b(?:system|developer) prompt\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d,]|\.\d)")
_MORE = re.compile(r"\band [\d,]+ more\b")  # rows, that is
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?%?")


def is_review(schema: dict[str, Any]) -> bool:
    """Whether what is asked for is a verdict of `allow` or `deny`, with a reason."""
    properties = schema.get("properties") or {}
    return set((properties.get("verdict") or {}).get("enum") or ()) == {"allow", "deny"} and "reason" in properties


def review(message: str) -> dict[str, str]:
    """`{"verdict", "reason"}` for a message with `question`, `sql`, `rows`, `row_count` and `answer` as JSON."""
    try:
        told = json.loads(message)
        question, sql, answer = (str(told.get(k) or "") for k in ("question", "sql", "answer"))
        rows, count = list(told.get("rows") or []), int(told.get("row_count") or 0)
    except (ValueError, TypeError, AttributeError):
        return _said("deny", "There is nothing here that can be reviewed.")
    cells = [v for row in rows for v in (row if isinstance(row, list) else [row]) if isinstance(v, str)]
    for where, texts in (("question", [question]), ("result", cells), ("answer", [answer])):
        if any(_ORDER.search(text) for text in texts):
            return _said("deny", f"The {where} holds an order to a model.")
    years, read = [int(y) for y in _YEAR.findall(question)], [int(y) for y in _YEAR.findall(sql)]
    missing = [y for y in years if sql and not (read and min(read) <= y <= max(read))]
    if missing:
        return _said("deny", f"The question is about {missing[0]}, and the SQL is not.")
    if count <= len(rows):  # all rows are here to compare with
        known = [*_numbers(json.dumps(rows)), *_numbers(question), *_numbers(sql), float(count)]
        unknown = [text for text in _NUMBER.findall(_MORE.sub("", answer)) if not _stands_in(text, known)]
        if unknown:
            return _said("deny", f"The answer says {unknown[0]}, which stands neither in the rows nor in the question.")
    return _said("allow", "Its years and numbers are those of the question, the SQL and the rows.")


def _said(verdict: str, reason: str) -> dict[str, str]:
    return {"verdict": verdict, "reason": reason}


def _numbers(text: str) -> Iterator[float]:
    return (float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def _stands_in(text: str, known: list[float]) -> bool:
    """Whether a number is one of those known, rounded as it is written; a share may be written per cent."""
    digits = text.rstrip("%").replace(",", "")
    value, places = abs(float(digits)), len(digits.partition(".")[2])
    scales = (1, 100) if text.endswith("%") else (1,)
    return any(abs(abs(k) * s - value) <= 0.5001 * 10**-places for k in known for s in scales)
