"""The SQL agent: a question and the tables it needs become one query, or an honest decline."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo_lib import prompts
from demo_lib.agents.validator import QueryValidator
from demo_lib.guardrails import GuardrailViolation
from demo_lib.llm import Model
from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.glossary import Glossary
from demo_lib.tracing import annotate, traced

# A query that a guardrail stopped goes back once, with the reason: a live model often mends it.
ATTEMPTS = 2

ANSWER = {
    "name": "sql_answer",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "sql": {"type": ["string", "null"], "description": "The query; null where you decline"},
            "explanation": {"type": "string", "description": "How the words of the question became the query"},
            "declined": {"type": ["string", "null"], "description": "Why it cannot be answered, and what would help"},
        },
        "required": ["sql", "explanation", "declined"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class SqlDraft:
    """What the SQL agent came up with: `sql`, or a reason in `declined` or `blocked`."""

    sql: str | None
    explanation: str = ""
    declined: str | None = None
    blocked: str | None = None
    dialect: str = "duckdb"

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
        system = prompt.fill(
            dialect=self.validator.dialect,
            today=self.today.isoformat(),
            schema=self._schema([_table_name(c) for c in context], prompt.schema),
            glossary=self.glossary.text or "(none)",
        )
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": system},
            {"role": "user", "content": query},
        ]
        draft, repeated = SqlDraft(None, declined="The model wrote no query."), False
        for _ in range(ATTEMPTS):
            content = self.model.chat(messages, schema=ANSWER).content or ""
            again = _read(content)
            if again.sql is None or again.sql == draft.sql:
                draft = again if again.sql is None else draft
                repeated = again.sql is not None
                break
            draft = again
            try:
                checked = self.validator.validate(again.sql, database)
            except GuardrailViolation as violation:
                draft = SqlDraft(again.sql, again.explanation, blocked=str(violation))
                messages += [
                    {"role": "assistant", "content": content},
                    {"role": "user", "content": f"A guardrail stopped this query: {violation} Question: {query}"},
                ]
                continue
            annotate(note=f"prompt {prompt.version}")
            return SqlDraft(checked.sql, again.explanation, dialect=checked.dialect)
        blocked = "blocked; the same query came again" if repeated else "blocked"
        annotate(note=blocked if draft.blocked else "declined")
        return SqlDraft(None, draft.explanation, draft.declined, draft.blocked)

    @traced("schema_lookup", "TASK")
    def _schema(self, tables: Sequence[str], detail: str) -> str:
        known = [t for t in tables if t in self.catalog.tables]
        annotate(tables=known, detail=detail, note=f"{len(known)} table{'' if len(known) == 1 else 's'} as {detail}")
        return self.catalog.names(known) if detail == "names" else self.catalog.ddl(known)


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
        explanation = str(data.get("explanation") or "")
    except (ValueError, AttributeError):
        fenced = re.search(r"```(?:sql)?\s*\n(.+?)```", content, re.DOTALL | re.IGNORECASE)
        sql, declined, explanation = (fenced[1] if fenced else None), content.strip(), ""
    if isinstance(sql, str) and sql.strip():
        return SqlDraft(sql.strip(), explanation)
    return SqlDraft(None, explanation, str(declined or "The model wrote no query and gave no reason."))
