"""The query validator: the guardrails, as a step that shows in the trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo_lib.errors import UsageError
from demo_lib.guardrails import CheckedQuery, GuardrailViolation, Policy, check_sql
from demo_lib.tracing import annotate, traced


@dataclass(frozen=True)
class QueryValidator:
    """Checks a query against the policy of the database it is meant for."""

    policies: Mapping[str, Policy]
    dialect: str

    @traced("validation", "GUARDRAIL")
    def validate(self, sql: str, database: str | None = None) -> CheckedQuery:
        """The query as it may run, regenerated from its checked tree.

        database: a name from `policies`; default: the first. Raises GuardrailViolation, which lands on
        the span, and UsageError for an unknown database.
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
        return checked
