"""The workshop: one place where the model, the catalogue, the database and the agents are put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from demo_lib import prompts, tracing
from demo_lib.agents.executor import ExecutionAgent
from demo_lib.agents.explainer import Explanation, explanation
from demo_lib.agents.guardian import Guardian
from demo_lib.agents.monolith import monolith
from demo_lib.agents.orchestrator import Orchestrator
from demo_lib.agents.planner import QueryPlanner
from demo_lib.agents.registry import AgentRegistry
from demo_lib.agents.results import Answer, ResultStore
from demo_lib.agents.retriever import RetrievalAgent
from demo_lib.agents.sql_generator import SqlAgent
from demo_lib.agents.tool_schema import schema_of
from demo_lib.agents.validator import QueryValidator
from demo_lib.agents.visualizer import VisualizationAgent
from demo_lib.databases import Database, connect, redacted
from demo_lib.databases.kept_catalogs import introspected
from demo_lib.databases.urls import is_warehouse
from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import Policy, check_sql, validate_result
from demo_lib.guardrails.roles import role
from demo_lib.llm import Model
from demo_lib.retrieval.catalog import Catalog, quote_table
from demo_lib.retrieval.glossary import Glossary
from demo_lib.retrieval.index import TableIndex, open_index
from demo_lib.retrieval.values import MAX_DIFFERENT, ValueIndex
from demo_lib.settings import DATA_DIR, WAREHOUSE, Settings

MAX_QUESTION_CHARACTERS = 2_000
# A model chooses a database by the tables it is told of; thousands of names would fill its prompt.
MOST_TABLES_NAMED = 200


class Workshop:
    """Everything that answers a question, built from the settings, each part made when first needed.

    settings: default: the environment. database, glossary: override DEMO_DATABASE and DEMO_GLOSSARY.
    Raises DemoError where the database, the catalogue or the glossary cannot be opened.
    """

    def __init__(
        self, settings: Settings | None = None, *, database: str | None = None, glossary: str | None = None
    ) -> None:
        from pathlib import Path

        settings = settings or Settings.from_env()
        if settings.prompt not in prompts.versions():
            tracing.setup(settings)  # an alias stands in MLflow's registry
        prompts.load(settings.prompt)  # a version that is not there should not wait for the first question
        if database:
            settings = replace(settings, database=database)
        if glossary:
            settings = replace(settings, glossary=Path(glossary))
        self.settings = settings
        self.role = role(settings.role)
        self.results = ResultStore()

    def __repr__(self) -> str:  # as an input in the trace, too
        return f"<Workshop {self.settings.badge}>"

    # -- what the agents work on

    @cached_property
    def database(self) -> Database:
        """The read-only database behind the guardrails. Our own must be whole: a half-written seed is refused."""
        if is_warehouse(self.settings.database):
            from demo_lib import seed

            if not seed.is_current(WAREHOUSE):
                raise DemoError("The data is not there yet, or not whole. Make it: python -m demo_lib seed")
        return connect(
            self.settings.database,
            timeout_seconds=self.settings.query_timeout_seconds,
            memory_limit_mb=self.settings.memory_limit_mb,
        )

    @cached_property
    def is_ours(self) -> bool:
        """Whether this holds our data, which have a catalogue and a glossary of their own.

        It is the kit's own file, or a database that `seed --database` has stamped. Raises DemoError where it
        cannot be opened, or another version of the kit has stamped it.
        """
        if is_warehouse(self.settings.database):
            return True
        from demo_lib import seed

        return seed.is_seeded(self.database)

    @cached_property
    def catalog(self) -> Catalog:
        """The tables as the role may know of them: `whole_catalog`, with what it opens or masks."""
        return self.role.catalog(self.whole_catalog)

    @cached_property
    def whole_catalog(self) -> Catalog:
        """The tables: our catalogue, or what the database says of itself."""
        if self.is_ours:
            return Catalog.from_file(DATA_DIR / "catalog.yaml")
        found = introspected(self.database)
        if not found.tables:
            raise DemoError("The database holds no tables. Check its address.")
        return replace(found, databases={found.name: tuple(found.tables)})

    @cached_property
    def glossary(self) -> Glossary:
        """The business terms, from DEMO_GLOSSARY or our own."""
        if self.settings.glossary:
            return Glossary.from_file(self.settings.glossary)
        return Glossary.from_file(DATA_DIR / "glossary.md") if self.is_ours else Glossary()

    @property
    def today(self) -> date:
        """What 'today' means: DEMO_AS_OF, else the glossary's, else the seeded data's, else the calendar's."""
        return self.settings.as_of or self.glossary.as_of or self.catalog.as_of or date.today()

    @cached_property
    def index(self) -> TableIndex:
        """The table index over the whole catalogue, in the store and by the embedder of the settings."""
        return open_index(self.settings, self.catalog, self.glossary)

    @cached_property
    def values(self) -> ValueIndex:
        """Finds the stores, products, people … that a question names, of which a prompt cannot list all."""
        return ValueIndex(self._values_of)

    def _values_of(self, scope: str, table: str, column: str) -> list[object]:
        """The different values of a column, read like any query: through the guardrails.

        Raises GuardrailViolation where there are too many or the role may not see them, QueryError from the engine.
        """
        from sqlglot import exp

        dialect = self.database.dialect
        policy = replace(self.policies[scope], cap_rows=MAX_DIFFERENT)
        if policy.is_sensitive(table, column):  # masked for this role
            return []
        query = exp.select(exp.column(column, quoted=True)).distinct()
        query = query.from_(exp.to_table(quote_table(self.catalog.tables[table])))
        found = self.database.run(check_sql(query.sql(dialect), policy, dialect))
        validate_result(found, policy.cap_rows, policy.watched)
        return list(found.iloc[:, 0])

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """What the role may read, for each database's scope."""
        whole, cap = self.whole_catalog, self.settings.cap_rows
        scopes = {name: whole.scope(name) for name in self.catalog.databases}
        return {n: self.role.policy(Policy.from_catalog(scope, cap_rows=cap)) for n, scope in scopes.items()}

    # -- the agents

    @cached_property
    def model(self) -> Model:
        """Who answers."""
        return Model(self.settings)

    @cached_property
    def validator(self) -> QueryValidator:
        """The query validator agent."""
        return QueryValidator(self.policies, self.database)

    @cached_property
    def retriever(self) -> RetrievalAgent:
        """The RAG agent."""
        return RetrievalAgent(self.index)

    @cached_property
    def planner(self) -> QueryPlanner:
        """The query planner agent."""
        return QueryPlanner(self.model, self.retriever)

    @cached_property
    def sql_agent(self) -> SqlAgent:
        """The SQL generator agent: `sql_agent.generate_query(query, context=…)` as on slide 8."""
        return SqlAgent(
            self.model, self.catalog, self.glossary, self.validator, self.today, self.settings.prompt, self.values
        )

    @cached_property
    def executor(self) -> ExecutionAgent:
        """The execution agent."""
        return ExecutionAgent(self.database, self.validator, self.results, self.settings.preview_rows)

    @cached_property
    def visualizer(self) -> VisualizationAgent:
        """The visualization agent."""
        return VisualizationAgent(self.results)

    @cached_property
    def registry(self) -> AgentRegistry:
        """The tools on offer. `registry.register(name, function, schema)` adds one (slide 11)."""
        registry = AgentRegistry(self.results)
        named = {"type": "string", "enum": list(self.catalog.databases)}
        registry.register("text_to_sql", self.text_to_sql, text_to_sql_tool(database_parameter(self.catalog)))
        registry.register("execute_sql", self.execute_sql, execute_sql_tool(named))
        registry.register("create_chart", self.visualizer.create_chart, schema_of(self.visualizer.create_chart))
        registry.register("find_tables", self.retriever.find_tables, schema_of(self.retriever.find_tables))
        return registry

    @cached_property
    def agent(self) -> Orchestrator:
        """The orchestrator: `agent.run(query)` as on slide 7."""
        return Orchestrator(
            self.model,
            self.registry,
            self.settings.max_turns,
            trace_metadata=self.provenance,
            guardian=Guardian(self.model) if self.settings.guardian else None,
        )

    @cached_property
    def monolith(self) -> Orchestrator:
        """The single mega-prompt agent, for comparison (slide 3)."""
        alone = monolith(self.model, self.catalog, self.glossary, self.executor, self.today)
        return replace(alone, max_turns=self.settings.max_turns, trace_metadata=self.provenance)

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What is needed to repeat an answer: noted on every trace."""
        import hashlib

        return {
            "demo.model": self.settings.model_id,
            "demo.mode": self.settings.badge,
            "demo.prompt": self.settings.prompt,
            "demo.role": self.role.name,
            "demo.as_of": self.today.isoformat(),
            "demo.catalog": self.catalog.fingerprint,
            "demo.glossary": hashlib.sha256(self.glossary.text.encode()).hexdigest()[:12],
            "demo.data": self._data_mark,  # MLflow itself adds the commit
        }

    @property
    def _data_mark(self) -> str:
        """Which data: the seed's fingerprint; of another database no more than its address without a password."""
        if not self.is_ours:
            return redacted(self.settings.database)
        from demo_lib import seed

        return seed.fingerprint()[:12]

    # -- what people call

    def text_to_sql(self, question: str, database: str = "sales") -> dict[str, Any]:
        """Convert a question into a SQL query: plan, find the tables, write, validate (slide 6).

        question: in plain words. database: a scope of the catalogue, `sales` or `analytics` for our data.
        Returns `{"sql", "tables", "database", "explanation"}`, or `{"declined"}` or `{"blocked"}`.
        """
        if database not in self.policies:
            raise UsageError(f"There is no database {database!r}. There are: {', '.join(self.policies)}.")
        plan = self.planner.plan(question, database)
        draft = self.sql_agent.generate_query(question, context=plan.tables, database=database)
        found: dict[str, Any] = {"database": database, "tables": [h.table for h in plan.tables]}
        if draft.blocked:
            return found | {"blocked": draft.blocked, "error": draft.blocked}
        if draft.sql is None:
            return found | {"declined": draft.declined}
        return found | {"sql": draft.sql, "explanation": draft.explanation}

    def execute_sql(self, query: str, database: str = "sales") -> dict[str, Any]:
        """Run a query read-only, once the guardrails have passed it (the appendix).

        Returns `{"result_id", "columns", "row_count", "rows"}`, the rows at most DEMO_PREVIEW_ROWS; all of
        them are in `results.get(result_id).table`. Raises GuardrailViolation, QueryTimeout, QueryError.
        """
        return self.executor.execute_sql(query, database)

    def ask(self, question: str) -> Answer:
        """Answer one question; nothing of it is remembered.

        Raises UsageError for what is no question (empty, too long, SQL), ModelError and DemoError for
        what cannot be reached. A question that cannot be answered is no error: see `Answer.declined`.
        """
        return self._run(question)

    def explain(self, question: str) -> Explanation:
        """What the words of a question become, each with its score, and the query. No query is run.

        Raises UsageError, ModelError and DemoError as `ask` does.
        """
        check_question(question)
        written = AgentRegistry(self.results)
        written.register("text_to_sql", self.text_to_sql, text_to_sql_tool(database_parameter(self.catalog)))
        answer = replace(self.agent, registry=written, root_span="explain").run(_storable(question))
        return explanation(answer, tracing.load_trace(answer))

    def chat(self, session: str | None = None) -> Conversation:
        """A conversation: each question sees the ones before it, and all share an MLflow session.

        session: its name; one that MLflow has traces of goes on where it stopped. Default: a new one.
        """
        from uuid import uuid4

        if session is None:
            return Conversation(self, f"session-{uuid4().hex[:8]}")
        tracing.setup(self.settings)
        conversation = Conversation(self, session)
        for question, text in tracing.session_turns(session):
            conversation.remember(question, text)
        return conversation

    def _run(self, question: str, conversation: Conversation | None = None) -> Answer:
        check_question(question)
        if conversation is None:
            return self.agent.run(_storable(question))
        return self.agent.run(_storable(question), conversation.messages, conversation.session)


@dataclass
class Conversation:
    """Questions that belong together."""

    workshop: Workshop
    session: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, question: str) -> Answer:
        """Answer with the earlier questions and answers in view. Raises as `Workshop.ask` does."""
        answer = self.workshop._run(question, self)
        self.remember(answer.question, answer.text)
        return answer

    def remember(self, question: str, text: str) -> None:
        """Take a question and its answer into what the next question sees."""
        self.messages += [{"role": "user", "content": question}, {"role": "assistant", "content": text}]


_SQL_START = re.compile(
    r"\s*(select\b.*\bfrom\b|with\b.*\bselect\b|insert\s+into|update\s+\S+\s+set|delete\s+from|truncate\s+\S+\s*;?$"
    r"|(drop|create|alter)\s+(table|view|schema|database|index)\b)",
    re.IGNORECASE | re.DOTALL,
)


def _storable(question: str) -> str:
    return question.encode("utf-8", errors="replace").decode().strip()  # half a surrogate pair fits no trace


def check_question(question: str) -> None:
    """Raises UsageError, saying what to do, for what is no question: nothing, far too much, or SQL."""
    text = question.strip()
    if not text:
        raise UsageError('The question is empty. Ask something like "What were total sales last quarter?"')
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise UsageError(
            f"The question has {len(text):,} characters; at most {MAX_QUESTION_CHARACTERS:,}. Ask for one thing."
        )
    if _SQL_START.match(text):
        import sqlglot

        try:
            parsed = sqlglot.parse(text)
        except (sqlglot.errors.SqlglotError, RecursionError):
            return
        if parsed and all(parsed):
            raise UsageError("That is SQL, not a question: nothing was run. Say in plain words what you want to know.")


def database_parameter(catalog: Catalog) -> dict[str, Any]:
    """The `database` argument of the tools: an enum of the catalogue's scopes, each described."""
    lines = [f"{name}: {', '.join(tables[:MOST_TABLES_NAMED])}" for name, tables in catalog.databases.items()]
    return {"type": "string", "enum": list(catalog.databases), "description": "; ".join(lines)}


def text_to_sql_tool(database: Mapping[str, Any]) -> dict[str, Any]:
    """Slide 6's tool."""
    question = {"type": "string", "description": "The question about the data, in the user's words"}
    return _strict_tool(
        "text_to_sql", "Convert a natural language question to a SQL query", question=question, database=database
    )


def execute_sql_tool(database: Mapping[str, Any]) -> dict[str, Any]:
    """The appendix's tool: strict, so that the arguments always follow the schema."""
    query = {"type": "string", "description": "The SQL query that text_to_sql wrote"}
    return _strict_tool("execute_sql", "Run a SQL query and return its rows", query=query, database=database)


def _strict_tool(name: str, description: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {
        "type": "function",
        "function": {"name": name, "description": description, "strict": True, "parameters": parameters},
    }
