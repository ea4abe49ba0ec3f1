"""Two traces side by side: what differs between them, from the question down to the milliseconds."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from demo_lib.decisions.reading import (
    MOST_OF_A_QUERY,
    Reading,
    answer_of,
    call_text,
    clean,
    dict_of,
    is_model_call,
    list_of,
    messages_of,
    model_of,
    tokens_of,
    tool_calls,
    verdict,
)
from demo_lib.decisions.shown import outcome_of, question_of
from demo_lib.tracing import milliseconds

MOST_LINES = 60  # of a difference between two prompts
AS_SETS = ("settings", "spans")
SLOWEST = 5  # spans whose times are set side by side


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in both."""

    what: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    lines: tuple[str, ...] = ()
    """For long texts, the lines as `diff` has them: - is in A only, + in B only."""


@dataclass(frozen=True)
class TraceDiff:
    """What differs between two traces, and what does not."""

    a: str
    b: str
    differences: tuple[Difference, ...]
    same: tuple[str, ...]
    """The names of what is the same in both."""

    def as_json(self) -> dict[str, Any]:
        """As `trace-diff --json` prints it."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"A  {self.a}", f"B  {self.b}", f"The same in both: {', '.join(self.same) or 'nothing'}."]
        for one in self.differences:
            lines += ["", one.what]
            lines += [f"   {line}" for line in one.lines] or [
                f"   {side}  {said}" for side, texts in (("A", one.a), ("B", one.b)) for said in texts or ("(nothing)",)
            ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        style = "text-align:left;vertical-align:top;overflow-wrap:anywhere"
        rows = [f"<tr><th></th><th>A {escape(self.a)}</th><th>B {escape(self.b)}</th></tr>"]
        for one in self.differences:
            sides = ["<br>".join(map(escape, texts)) or "(nothing)" for texts in (one.a, one.b)]
            cells = [f"<td style='{style}'>{side}</td>" for side in sides]
            if one.lines:
                cells = [f"<td style='{style}' colspan='2'><pre>{escape(chr(10).join(one.lines))}</pre></td>"]
            head = f"<th style='text-align:left;vertical-align:top;min-width:9em'>{escape(one.what)}</th>"
            rows.append(f"<tr>{head}{''.join(cells)}</tr>")
        same = f"<p>The same in both: {escape(', '.join(self.same) or 'nothing')}.</p>"
        return f"<div style='font-size:1.15em'>{same}<table>{''.join(rows)}</table></div>"


def trace_diff(a: str, b: str) -> TraceDiff:
    """What differs between two traces: questions, spans, tools, prompts, tables, SQL, verdicts, rows, tokens, times.

    a, b: trace ids. Raises TracingError where the store does not hold one of them.
    """
    from demo_lib.tracing import ensure_setup, load_trace

    ensure_setup()
    one, other = Reading(load_trace(a)), Reading(load_trace(b))
    differences: list[Difference] = []
    same: list[str] = []
    facts, others = _facts(one), _facts(other)
    for what in facts:
        if facts[what] == others[what]:
            same.append(what)
        elif what in AS_SETS:  # long lists that share most: only what the other does not have
            apart = [tuple(f for f in mine if f not in theirs) for mine, theirs in
                     ((facts[what], others[what]), (others[what], facts[what]))]  # fmt: skip
            differences.append(Difference(what, *apart))
        else:
            differences.append(Difference(what, facts[what], others[what]))
    for what, text, other_text in _long_texts(one, other):
        if text == other_text:
            same.append(what)
        elif what != "SQL" and not (text and other_text):  # an agent that one of them never asked
            sides = [(f"{len(t)} lines",) if t else () for t in (text, other_text)]
            differences.append(Difference(what, *sides))
        else:
            lines = _lines_apart(text, other_text)
            differences.append(Difference(what, (f"{len(text)} lines",), (f"{len(other_text)} lines",), lines))
    differences.append(Difference("times", *_times(one, other)))  # two runs never take the same time
    ids = [clean(reading.trace.info.trace_id, 80) for reading in (one, other)]
    return TraceDiff(ids[0], ids[1], tuple(differences), tuple(same))


def _facts(reading: Reading) -> dict[str, tuple[str, ...]]:
    """What can be set side by side, by name."""
    spans = reading.spans
    calls = [s for s in spans if is_model_call(s)]
    attributes = [dict_of(s.attributes) for s in spans]
    prompts = [x for x in attributes if x.get("prompt_name")]
    counts = [x["rows_returned"] for x in attributes if x.get("rows_returned") is not None]
    metadata = {k: v for k, v in reading.trace.info.trace_metadata.items() if k.startswith("demo.")}
    tokens: Counter[str] = Counter()
    for span in calls:
        tokens[reading.agent(span)] += tokens_of(span)
    paths = Counter(reading.path(s) for s in spans)
    verdicts = [v for v in map(verdict, spans) if v]
    # the first rows stand in the trace, so that two results of one size can be told apart
    formatted = [dict_of(s.outputs) for s in spans if s.name == "result_formatting"]
    return {
        "question": (question_of(reading),),
        "outcome": (outcome_of(reading),),
        "who answered": tuple(dict.fromkeys(map(model_of, calls))),
        "settings": tuple(f"{clean(k.removeprefix('demo.'), 40)} = {clean(v)}" for k, v in sorted(metadata.items())),
        "spans": tuple(f"{path}{f' × {n}' if n > 1 else ''}" for path, n in sorted(paths.items())),
        "tools": tuple(call_text(name, args) for s in calls for _, name, args in tool_calls(answer_of(s))),
        "prompt": tuple(f"{clean(x['prompt_name'], 80)} {clean(x.get('prompt_version'), 80)}" for x in prompts),
        "tables found": tuple(
            ", ".join(clean(t, 80) for t in list_of(dict_of(s.attributes).get("tables")))
            for s in spans
            if s.span_type == "RETRIEVER"
        ),
        "guardrails": tuple(f"{'✓' if ok else '✗'} {said}" for ok, said in verdicts),
        "rows": tuple(f"{clean(count, 20)} rows" for count in counts),
        "first rows": tuple(clean(f.get("rows"), 600) for f in formatted),
        "tokens": tuple(f"{agent}: {n:,}" for agent, n in tokens.items()),
    }


def _long_texts(one: Reading, other: Reading) -> list[tuple[str, list[str], list[str]]]:
    """Texts that are set side by side line by line: the query that ran, and each agent's instructions as sent."""
    texts = [("SQL", _sql(one), _sql(other))]
    sent, sent_too = _instructions(one), _instructions(other)
    for agent in dict.fromkeys([*sent, *sent_too]):
        texts.append((f"instructions of {agent}", sent.get(agent, []), sent_too.get(agent, [])))
    return texts


def _sql(reading: Reading) -> list[str]:
    """The queries that ran, or else those that were written, on several lines each."""
    import sqlglot

    ran = [s.attributes.get("sql") for s in reading.spans if s.name == "query_execution"]
    written = [dict_of(s.outputs) for s in reading.spans if s.name == "sql_generation"]
    dialect = next((str(w["dialect"]) for w in written if w.get("dialect")), None)
    lines: list[str] = []
    for sql in ran or [w.get("sql") for w in written]:
        text = str(sql or "")
        try:
            text = sqlglot.parse_one(text, read=dialect).sql(dialect, pretty=True) if text else ""
        except Exception:  # whatever wrote it: it is shown as it stands
            text = str(sql)
        lines += [_kept(line) for line in text.splitlines()]
    return lines


def _instructions(reading: Reading) -> dict[str, list[str]]:
    """The system message that each agent first sent, by agent, in lines."""
    found: dict[str, list[str]] = {}
    for span in reading.spans:
        system = [m.get("content") for m in messages_of(span) if m.get("role") in ("system", "developer")]
        if system:
            text = system[0] if isinstance(system[0], str) else clean(system[0], MOST_OF_A_QUERY)
            found.setdefault(reading.agent(span), [_kept(line) for line in text.splitlines()])
    return found


def _kept(line: str) -> str:
    """The line, cleaned, with its indentation."""
    return " " * (len(line) - len(line.lstrip())) + clean(line, MOST_OF_A_QUERY)


def _lines_apart(a: Sequence[str], b: Sequence[str]) -> tuple[str, ...]:
    lines = list(difflib.unified_diff(a, b, lineterm="", n=1))[2:]  # without the names of files
    more = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], *([f"… and {more:,} more lines"] if more > 0 else []))


def _times(one: Reading, other: Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The spans whose times lie furthest apart, by path."""
    took, took_too = _milliseconds(one), _milliseconds(other)
    apart = sorted({*took, *took_too}, key=lambda p: -abs(took.get(p, 0.0) - took_too.get(p, 0.0)))[:SLOWEST]
    return tuple(_took(took, p) for p in apart), tuple(_took(took_too, p) for p in apart)


def _took(took: dict[str, float], path: str) -> str:
    return f"{path}: {took[path]:,.0f} ms" if path in took else f"{path}: not there"


def _milliseconds(reading: Reading) -> dict[str, float]:
    found: dict[str, float] = {}
    for span in reading.spans:
        path = reading.path(span)
        found[path] = found.get(path, 0.0) + milliseconds(span)
    return found
