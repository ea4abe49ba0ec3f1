"""The 'before' picture of slide 3: one agent, one mega-prompt with every table in it, one tool."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo_lib.agents.executor import ExecutionAgent
from demo_lib.agents.orchestrator import Orchestrator
from demo_lib.agents.registry import AgentRegistry
from demo_lib.agents.tool_schema import schema_of
from demo_lib.llm import Model
from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.glossary import Glossary

MEGA_PROMPT = """You answer questions about a company's data. You plan, write the SQL, check it, run it with run_sql,
explain the result and choose a chart. Decline what the tables cannot answer.

Dialect: {dialect}
Today is {today}.

## Schema
```sql
{schema}
```

## Glossary
{glossary}
"""


def monolith(model: Model, catalog: Catalog, glossary: Glossary, executor: ExecutionAgent, today: date) -> Orchestrator:
    """The single agent, with the whole catalogue in its prompt.

    Same model, same guardrails and same database as the specialists, so that only the design differs:
    count the tokens of its calls, and look for the decision that went wrong in its trace.
    """
    everything = next(iter(reversed(catalog.databases)))  # the widest scope is listed last

    def run_sql(query: str) -> dict[str, Any]:
        """Run a SQL query and return the result.

        Args:
            query: the SQL query
        """
        return executor.execute_sql(query, everything)

    registry = AgentRegistry(executor.results)
    registry.register("run_sql", run_sql, schema_of(run_sql))
    prompt = MEGA_PROMPT.format(
        dialect=executor.validator.dialect,
        today=today,
        schema=catalog.ddl(catalog.tables),
        glossary=glossary.text or "(none)",
    )
    return Orchestrator(model, registry, instructions=prompt, root_span="monolith_query")
