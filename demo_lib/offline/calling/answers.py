"""The last word: plain sentences made from what the tool results hold, and from nothing else."""

from __future__ import annotations

import re
from typing import Any

from demo_lib.offline.wire.conversation import Conversation, ToolCall

_SHOWN_ROWS = 10
_SHOWN_ITEMS = 8
_MOST_CHARACTERS = 300  # of one value
_ASKS_FOR = re.compile(
    r"^(?:please\s+)?(?:(?:can|could) you\s+)?(?:"
    r"what(?:['’]s| is| was| are| were)|"
    r"(?:show|give|tell|get|list|display|plot|draw|graph|chart|visuali[sz]e|calculate|compute|compare|find)(?: me| us)?"
    r")\s+",
    re.IGNORECASE,
)
_IS_QUESTION = re.compile(
    r"^(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|has|have|can)\b", re.IGNORECASE
)
_FORM = re.compile(
    r"\s+(?:as|in|into|on|with|without) (?:an? )?(?:[\w-]+ ){0,2}(?:charts?|graph|plot|table|diagram)$",
    re.IGNORECASE,
)
_NEXT_CLAUSE = re.compile(r"[?;\n]|\.(?:\s|$)|,? and (?:then )?(?:check|plot|draw|show|chart)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\bper ?cent|%|\bpct\b", re.IGNORECASE)
_A_PART = re.compile(r"(?:^|_)(?:share|growth|rate|ratio|margin|pct|percent|percentage)$", re.IGNORECASE)
_SCALED = re.compile(r"\b100(?:\.0+)?\s*\*|\*\s*100\b")
_A_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BOUND = re.compile(r"(>=|<)\s*(?:CAST\(|DATE\s+)?'(\d{4}-\d\d-\d\d)'")
_NOT_COUNTED = re.compile(r"(?:^|_)(?:id|key|code|zip|postcode|phone|year|yr)$", re.IGNORECASE)
_TOLD_ELSEWHERE = {
    "result_id",
    "sql",
    "database",
    "columns",
    "rows",
    "row_count",
    "warning",
    "warnings",
    "error",
}


def compose(conversation: Conversation) -> str:
    """The answer once no further tool is to be called; what a follow-up was taken for comes first."""
    text = _told(conversation)
    whole = conversation.question
    return text if whole == conversation.said else f"I read this as: “{whole}”\n\n{text}"


def _told(conversation: Conversation) -> str:
    calls = conversation.calls
    if conversation.declined is not None:
        return next(call.declined for call in calls if call.declined) or ""
    done = [c for c in calls if not c.error and not c.declined]
    mended = {c.name for c in done}
    failed = [c for c in calls if c.error and not (c.garbled and c.name in mended)]
    rows = next((c for c in reversed(done) if c.has_rows), None)
    paragraphs = []
    if rows:
        sqls = [s for c in (rows, *reversed(done)) for s in (c.sql, c.arguments.get("sql")) if isinstance(s, str)]
        paragraphs.append(_result(_asked(conversation), rows, sqls[0] if sqls else ""))
    paragraphs += [p for c in done if c is not rows and (p := _other(c))]
    paragraphs += [f"Warning: {w}" for c in done if c.get("row_count") != 0 for w in _warnings(c)]
    if failed and not paragraphs:
        return f"I could not answer this: {failed[-1].error}"
    if not paragraphs:
        sql = next((c.sql for c in reversed(done) if c.sql), None)
        paragraphs = [f"The SQL for this question:\n```sql\n{sql}\n```" if sql else "The tools told me nothing."]
    if rows or not any(c.sql for c in done):
        paragraphs += [f"{_human(c.name)} did not work: {c.error}" for c in failed]
    return "\n\n".join(paragraphs)


def _asked(conversation: Conversation) -> str:
    """What the rows answer: the question, or the part of it that was turned into SQL."""
    parts = [c.arguments.get(k) for c in conversation.calls if c.sql for k in ("question", "query")]
    return next((p for p in parts if isinstance(p, str) and p), conversation.question)


def _result(question: str, call: ToolCall, sql: str) -> str:
    """A query's result: a value, a row, or the first rows as a table."""
    columns, rows = _table(call)
    count = call.get("row_count")
    count = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else len(rows)
    if sql and _PERCENT.search(question):
        rows = [[_percent(v, c, sql) for v, c in zip(row, columns, strict=True)] for row in rows]
    period = _period(sql)
    said_when = f" ({period})" if period and not _A_YEAR.search(question) else ""
    label = _label(question)
    label = f"{label[:-1]}{said_when}{label[-1]}"
    there = " in that period" if period else ""
    if call.get("row_count") is None and not isinstance(call.get("rows"), list):
        return f"{label} the result is there, but I was shown no rows of it."
    if count == 0:
        return f"{label} no rows matched{there}."
    if count == 1 and len(rows) == 1:
        values = [_value(v, c) for v, c in zip(rows[0], columns, strict=True)]
        if len(values) == 1:
            nothing = f"there is no value{'; no rows matched' + there if there else ''}"
            return f"{label} {nothing if rows[0][0] is None else values[0]}."
        return f"{label} " + "; ".join(f"{_human(c, 0)}: {v}" for c, v in zip(columns, values, strict=True)) + "."
    said = f"{label} {count:,} {'row' if count == 1 else 'rows'}."
    shown = rows[:_SHOWN_ROWS]
    if not shown:
        return said
    lines = [[_cell(_value(v, c)) for v, c in zip(row, columns, strict=True)] for row in shown]
    if len(columns) == 1:
        body = [f"- {line[0]}" for line in lines]
    else:
        body = [_bar([_cell(_human(c)) for c in columns]), _bar(["---"] * len(columns)), *map(_bar, lines)]
    more = f"\n\n… and {count - len(shown):,} more." if count > len(shown) else ""
    return said + "\n\n" + "\n".join(body) + more


def _table(call: ToolCall) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows, rectangular whatever the tool returned."""
    given, names = call.get("rows"), call.get("columns")
    rows = given if isinstance(given, list) else []
    names = [n.get("name") if isinstance(n, dict) else n for n in names] if isinstance(names, list) else []
    if rows and isinstance(rows[0], dict):
        names = names or list(rows[0])
        rows = [[r.get(n) if isinstance(r, dict) else None for n in names] for r in rows]
    rows = [r if isinstance(r, list) else [r] for r in rows]
    width = max([len(names), *map(len, rows)])
    columns = [str(n) for n in names] + ["value"] * (width - len(names))
    return columns, [r + [None] * (width - len(r)) for r in rows]


def _label(question: str) -> str:
    """The question's own words to put before its answer: `Total sales last quarter:` or `Who …?`"""
    first = " ".join(_NEXT_CLAUSE.split(question.strip(), maxsplit=1)[0].split())
    text = _FORM.sub("", first).rstrip(" .,:!")
    if not text or len(text) > 160:
        return "The answer:"
    noun = re.sub(r"^(?:the|our|all) ", "", _ASKS_FOR.sub("", text), flags=re.IGNORECASE)
    noun = noun[:1].upper() + noun[1:]
    return f"{noun}?" if _IS_QUESTION.match(noun) else f"{noun}:"


def _other(call: ToolCall) -> str | None:
    """What any other tool brought: a chart, findings, tables."""
    result = call.result
    if not isinstance(result, dict):
        told = _plain(result)
        return f"{_human(call.name)}: {told}" if told and not call.sql else None
    chart = result.get("chart")
    if chart:
        is_kind = isinstance(chart, str) and re.fullmatch(r"[a-z]{1,20}", chart) and chart not in ("auto", "number")
        kind = f"{chart} chart" if is_kind else "chart"
        return f"{'An' if kind[0] in 'aeiou' else 'A'} {kind} was drawn."
    if call.sql or call.has_rows:
        return None
    lines = [line for k, v in result.items() if k not in _TOLD_ELSEWHERE for line in _finding(str(k), v)]
    head = "Tables that fit best" if set(result) - _TOLD_ELSEWHERE == {"tables"} else _human(call.name)
    return "\n".join([f"{head}:", *lines]) if lines else None


def _finding(key: str, value: Any) -> list[str]:
    if isinstance(value, list) and value and all(isinstance(v, dict) and isinstance(v.get("name"), str) for v in value):
        lines = []
        for one in value[:_SHOWN_ITEMS]:
            about = f": {_plain(one['description'])}" if one.get("description") else ""
            lines.append(f"- {_plain(one['name'])}{about}")
        return lines + ([f"- … and {len(value) - _SHOWN_ITEMS} more"] if len(value) > _SHOWN_ITEMS else [])
    return [f"- {_human(key, 0)}: {_plain(value)}"]


def _plain(value: Any, depth: int = 0) -> str:
    """Any JSON value in a line of text, of bounded length."""
    if isinstance(value, dict):
        parts = [f"{_human(str(k), 0)}: {_plain(v, depth + 1)}" for k, v in list(value.items())[:_SHOWN_ITEMS]]
        text = ", ".join(parts) if depth < 3 else "…"
    elif isinstance(value, list):
        more = f" and {len(value) - _SHOWN_ITEMS} more" if len(value) > _SHOWN_ITEMS else ""
        text = ", ".join(_plain(v, depth + 1) for v in value[:_SHOWN_ITEMS]) + more if depth < 3 else "…"
        text = text or "none"
    else:
        text = _value(value)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _warnings(call: ToolCall) -> list[str]:
    given = call.get("warning") or call.get("warnings") or []
    return [_plain(w) for w in (given if isinstance(given, list) else [given])]


def _value(value: Any, column: str = "") -> str:
    """A value as people write it; no unit or currency is added, as none is known."""
    match value:
        case None:
            return "no value"
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value) if _NOT_COUNTED.search(column) else f"{value:,}"
        case float():
            if value.is_integer():
                return f"{value:.0f}" if _NOT_COUNTED.search(column) else f"{value:,.0f}"
            return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"
        case str():
            text = " ".join(re.sub(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?$", r"\1", value).split())
            # Untrusted text must not become a link or an image where the answer is shown.
            text = re.sub(r"([\[\]<])", r"\\\1", text)
            if column.lower() == "month":
                text = re.sub(r"^(\d{4}-\d\d)-01$", r"\1", text)
            return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
    return _plain(value)


def _percent(value: Any, column: str, sql: str) -> Any:
    """A share, rate or growth with its sign; the query says whether it is a fraction or has been multiplied by 100."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _A_PART.search(column):
        return value
    return f"{value if _SCALED.search(sql) else 100 * value:,.2f}%"


def _period(sql: str) -> str:
    """The one period that a query's conditions speak of: `2025-07-01 up to 2025-10-01`."""
    starts, ends = ({day for sign, day in _BOUND.findall(sql) if sign == which} for which in (">=", "<"))
    if len(starts) > 1 or len(ends) > 1 or not starts | ends:
        return ""
    return " ".join([*(starts or ["all"]), *[f"up to {end}" for end in ends]]) + ("" if ends else " onwards")


def _human(name: str, capitals: int = 1) -> str:
    """`total_revenue` → `Total revenue`."""
    text = " ".join(name.replace("_", " ").split()) or "value"
    if capitals:
        return text[0].upper() + text[1:]
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _bar(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
