"""The SQL agent: a question and the tables it needs become one query, or an honest decline."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from demo_lib import prompts
from demo_lib.agents.validator import QueryValidator
from demo_lib.databases import QueryError
from demo_lib.guardrails import GuardrailViolation
from demo_lib.llm import Model
from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.glossary import Glossary
from demo_lib.retrieval.values import ValueIndex
from demo_lib.tracing import annotate, traced

# A query that a guardrail stopped goes back once, with the reason: a live model often mends it.
ATTEMPTS = 2

ANSWER = {
    "name": "sql_answer",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            # first, so that a live model links before it writes
            "links": {
                "type": "array",
                "description": "The words of the question that stand for something, and those that you cannot place",
                "items": {
                    "type": "object",
                    "properties": {
                        "words": {"type": "string", "description": "As they stand in the question"},
                        "meaning": {"type": "string", "description": "The table, column, value, term or period"},
                        "kind": {"type": "string", "description": "table, column, value, date … or unknown"},
                        "score": {"type": "number", "description": "How sure, from 0 (unknown) to 1"},
                    },
                    "required": ["words", "meaning", "kind", "score"],
                    "additionalProperties": False,
                },
            },
            "sql": {"type": ["string", "null"], "description": "The query; null where you decline"},
            "explanation": {"type": "string", "description": "How the words of the question became the query"},
            "declined": {"type": ["string", "null"], "description": "Why it cannot be answered, and what would help"},
        },
        "required": ["links", "sql", "explanation", "declined"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Link:
    """What some words of the question were taken for."""

    words: str
    meaning: str
    kind: str
    """table, column, value, glossary term, date, operator …, or unknown."""
    score: float
    """How sure the model is, from 0 to 1."""


@dataclass(frozen=True)
class SqlDraft:
    """What the SQL agent came up with: `sql`, or a reason in `declined` or `blocked`."""

    sql: str | None
    explanation: str = ""
    declined: str | None = None
    blocked: str | None = None
    dialect: str = "duckdb"
    links: tuple[Link, ...] = ()

    @property
    def pretty_sql(self) -> str:
        """The query on several lines, for reading; an empty string where there is none."""
        import sqlglot

        return sqlglot.parse_one(self.sql, read=self.dialect).sql(self.dialect, pretty=True) if self.sql else ""


@dataclass(frozen=True)
class SqlAgent:
    """Writes SQL with one version of the prompt, and has it validated before anyone runs it."""

    model: Model
    catalog: Catalog
    glossary: Glossary
    validator: QueryValidator
    today: date
    prompt_version: str
    values: ValueIndex | None = None
    """Where to look for names that the question says and no prompt can list."""

    @traced("sql_generation", "AGENT")
    def generate_query(self, query: str, context: Sequence[Any], database: str | None = None) -> SqlDraft:
        """Write the query for a question.

        query: the question. context: the tables to show the model, as names, `TableHit`s, or the nodes
        of a LlamaIndex retriever (slide 8). database: the scope it may touch; default: the first.
        Returns a SqlDraft whose SQL has passed the guardrails. Raises ModelError.
        """
        prompt = prompts.load(self.prompt_version)
        prompts.link(self.prompt_version)
        annotate(prompt_name=prompts.NAME, prompt_version=prompt.version, model=self.model.settings.model_id)
        messages = self.messages(query, context, database)
        draft, repeated = SqlDraft(None, declined="The model wrote no query."), False
        for _ in range(ATTEMPTS):
            content = self.model.chat(messages, schema=ANSWER).content or ""
            again = _read(content)
            annotate(links=[asdict(link) for link in again.links])
            if again.sql is None or again.sql == draft.sql:
                draft = again if again.sql is None else draft
                repeated = again.sql is not None
                break
            draft = again
            try:
                checked = self.validator.validate(again.sql, database, planned=True)
            except GuardrailViolation as violation:
                draft = replace(again, blocked=str(violation))
                messages += [
                    {"role": "assistant", "content": content},
                    {"role": "user", "content": f"A guardrail stopped this query: {violation} Question: {query}"},
                ]
                continue
            except QueryError as refused:  # it is safe, and does not fit: a type, a function, a name that is ambiguous
                draft = replace(again, declined=f"The query that was written does not fit the database: {refused}")
                messages += [
                    {"role": "assistant", "content": content},
                    {"role": "user", "content": f"The database refuses this query: {refused} Question: {query}"},
                ]
                continue
            annotate(note=f"prompt {prompt.version}")
            return replace(again, sql=checked.sql, dialect=checked.dialect)
        blocked = "blocked; the same query came again" if repeated else "blocked"
        annotate(note=blocked if draft.blocked else "declined")
        return replace(draft, sql=None)

    def messages(self, query: str, context: Sequence[Any], database: str | None = None) -> list[dict[str, Any]]:
        """What the model is sent first: this version of the prompt, filled, and the question. See `generate_query`."""
        prompt = prompts.load(self.prompt_version)
        system = prompt.fill(
            dialect=self.validator.dialect,
            today=self.today.isoformat(),
            schema=self._schema([_table_name(c) for c in context], prompt.schema, query, database),
            glossary=self.glossary.text or "(none)",
        )
        return [{"role": "system", "content": system}, {"role": "user", "content": query}]

    @traced("schema_lookup", "TASK")
    def _schema(self, tables: Sequence[str], detail: str, query: str, database: str | None) -> str:
        """The text of the tables; in full it tells which of its values the question names, too."""
        known = [t for t in tables if t in self.catalog.tables]
        annotate(tables=known, detail=detail, note=f"{len(known)} table{'' if len(known) == 1 else 's'} as {detail}")
        if detail == "names":
            return self.catalog.names(known)
        catalog = self.catalog
        if self.values:
            scope = database or next(iter(self.validator.policies))
            read: list[str] = []
            catalog = self.values.named_in(query, catalog, known, scope, told=read)
            named = [f"{t}.{c.name} = {v}" for t in known for c in catalog.tables[t].columns for v in c.named]
            annotate(values=named or None, values_read=read or None)
        return catalog.ddl(known)


def _table_name(item: Any) -> str:
    if isinstance(item, str):
        return item
    if hasattr(item, "table"):
        return str(item.table)
    metadata: Mapping[str, Any] = getattr(item, "metadata", {})
    return str(metadata.get("table", item))


def _read(content: str) -> SqlDraft:
    """The model's answer, structured or (from endpoints that ignore schemas) a fenced block."""
    try:
        data = json.loads(content)
        sql, declined = data.get("sql"), data.get("declined")
        explanation, links = str(data.get("explanation") or ""), _links(data.get("links"))
    except (ValueError, AttributeError):
        fenced = re.search(r"```(?:sql)?\s*\n(.+?)```", content, re.DOTALL | re.IGNORECASE)
        sql, declined, explanation = (fenced[1] if fenced else None), content.strip(), ""
        links = ()
    if isinstance(sql, str) and sql.strip():
        return SqlDraft(sql.strip(), explanation, links=links)
    return SqlDraft(None, explanation, str(declined or "The model wrote no query and gave no reason."), links=links)


def _links(given: Any) -> tuple[Link, ...]:
    """The links that can be read: an endpoint that ignores schemas may send anything."""
    told = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return tuple(
        Link(str(one.get("words")), str(one.get("meaning")), str(one.get("kind")), float(one["score"]))
        for one in told
        if isinstance(one.get("score"), int | float)
    )
