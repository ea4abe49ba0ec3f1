"""What a question became: which words were taken for what, and the query, read from its trace; nothing is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow.entities import Trace

    from demo_lib.agents.results import Answer


@dataclass(frozen=True)
class Explanation:
    """One question, taken apart: `sql`, or the reason why there is none in `declined` or `blocked`."""

    question: str
    links: tuple[dict[str, Any], ...]
    """`{"words", "meaning", "kind", "score"}` each; what could not be placed is of the kind `unknown`."""
    sql: str | None
    declined: str | None
    blocked: str | None
    tables: tuple[str, ...]
    """What the SQL agent was shown."""
    model: str
    trace_id: str | None


def explanation(answer: Answer, trace: Trace) -> Explanation:
    """What the trace of a question tells of its way to SQL.

    answer: what the orchestrator made of it, with text_to_sql as its only tool. Returns an Explanation, without
    links where the model never asked for SQL.
    """
    spans = {span.name: span for span in trace.data.spans}
    found = (spans["text_to_sql"].outputs or {}) if "text_to_sql" in spans else {"declined": answer.text}
    links = spans["sql_generation"].attributes.get("links") if "sql_generation" in spans else None
    return Explanation(
        question=answer.question,
        links=tuple(links or ()),
        sql=found.get("sql"),
        declined=found.get("declined"),
        blocked=found.get("blocked"),
        tables=tuple(found.get("tables") or ()),
        model=answer.model,
        trace_id=answer.trace_id,
    )


def as_table(links: tuple[dict[str, Any], ...]) -> str:
    """The links as lines of text: word(s), what they became, its kind, its score."""
    rows = [("word(s)", "what", "kind", "score")]
    rows += [(k["words"], k["meaning"] or "?", k["kind"], f"{k['score']:.2f}") for k in links]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(r, widths, strict=False)), r[3].rjust(5)]) for r in rows)
