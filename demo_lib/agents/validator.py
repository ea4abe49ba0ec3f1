"""The query validator: the guardrails, as a step that shows in the trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo_lib.databases import Database, QueryError
from demo_lib.errors import UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql
from demo_lib.tracing import annotate, traced

MOST_PLAN_CHARACTERS = 2000  # of a plan, in a trace


@dataclass(frozen=True)
class QueryValidator:
    """Checks a query against the policy of the database it is meant for."""

    policies: Mapping[str, Policy]
    database: Database

    @property
    def dialect(self) -> str:
        """The dialect that queries are written in."""
        return self.database.dialect

    @traced("validation", "GUARDRAIL")
    def validate(self, sql: str, database: str | None = None, *, planned: bool = False) -> CheckedQuery:
        """The query as it may run, regenerated from its checked tree.

        database: a name from `policies`; default: the first. planned: ask the engine for its plan as well, which
        tells what the engine would refuse; nothing is run. Raises GuardrailViolation, which lands on the span,
        QueryError where the engine refuses, and UsageError for an unknown database.
        """
        name = database or next(iter(self.policies))
        if name not in self.policies:
            raise UsageError(f"There is no database {name!r}. There are: {', '.join(self.policies)}.")
        try:
            checked = check_sql(sql, self.policies[name], self.dialect)
        except GuardrailViolation as violation:
            annotate(layer=violation.layer, rule=violation.rule, note=f"blocked by {violation.rule}")
            raise
        annotate(tables=list(checked.tables), note="passed")
        if planned:
            try:
                annotate(plan=self.database.explain(checked)[:MOST_PLAN_CHARACTERS])
            except QueryError:
                annotate(note=f"{self.database.engine} refuses it")
                raise
        return checked
