"""The execution agent: a validated query runs read-only, and its result gets an id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo_lib.agents.plain import beginning, clipped
from demo_lib.agents.results import Result, ResultStore
from demo_lib.agents.validator import QueryValidator
from demo_lib.databases import Database
from demo_lib.guardrails import CheckedQuery, validate_result
from demo_lib.guardrails.second_look import masked, sensitive_values
from demo_lib.tracing import annotate, traced

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ExecutionAgent:
    """Runs queries for the model, and shows it no more than a few rows of what came out."""

    database: Database
    validator: QueryValidator
    results: ResultStore
    preview_rows: int

    def execute_sql(self, query: str, database: str) -> dict[str, Any]:
        """Run a SQL query and return a result id, the columns, the row count and the first rows."""
        checked = self.validator.validate(query, database)
        table = self._query(checked, database)
        found = self.results.add(
            checked.sql, database, table, dialect=self.database.dialect, url=self.database.url
        )
        return self._formatted(found)

    @traced("query_execution", "TASK")
    def _query(self, checked: CheckedQuery, database: str) -> pd.DataFrame:
        annotate(database=self.database.engine, scope=database, sql=checked.sql)
        table = self.database.run(checked)
        policy = self.validator.policies[database]
        watched = policy.watched
        if policy.on_sensitive == "mask":
            found = sensitive_values(table, watched)
            table, watched = masked(table, found), frozenset()  # what there was to find is hidden now
            annotate(masked=sorted({*checked.masked, *found}))
        validate_result(table, checked.cap_rows, watched)
        rows = f"{len(table):,} row{'' if len(table) == 1 else 's'}"
        annotate(rows_returned=len(table), note=f"{self.database.engine}, {rows}")
        return table

    @traced("result_formatting", "TASK")
    def _formatted(self, result: Result) -> dict[str, Any]:
        table = result.table
        shown: dict[str, Any] = {"result_id": result.result_id, **beginning(table, self.preview_rows)}
        shown["rows"] = clipped(shown["rows"])
        if table.empty:
            shown["warning"] = "The query ran and no rows matched."
        return shown
