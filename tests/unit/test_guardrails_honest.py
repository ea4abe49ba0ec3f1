"""Honest work is not in the way: what the offline model writes over the kit's questions passes, and runs."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from demo_lib import prompts
from demo_lib.agents.retriever import TABLES_IN_PROMPT
from demo_lib.evaluation.questions import load
from demo_lib.guardrails import check_sql
from demo_lib.offline.sql_writer import write_sql
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

MOST_VARIED = 200


def shape(sql: str) -> tuple[str, ...]:
    """What a query is made of, whatever it names."""
    nodes = sqlglot.parse_one(sql, dialect="duckdb").walk()
    return tuple(type(n).__name__ for n in nodes if not isinstance(n, (exp.Identifier, exp.Column, exp.Literal)))


def test_the_most_varied_queries_of_the_offline_model_pass_and_run() -> None:
    workshop = Workshop(Settings.from_env())
    template = prompts.load(workshop.settings.prompt)
    queries: dict[str, str] = {}
    for question in load():
        for worded in question.in_other_words():
            scope = workshop.policies[question.database].tables
            found = workshop.index.search(worded.question, TABLES_IN_PROMPT, within=scope)
            schema, glossary = workshop.catalog.ddl([h.table for h in found]), workshop.glossary.text
            prompt = template.fill(dialect="duckdb", today="2025-11-01", schema=schema, glossary=glossary)
            for asked, before in ((worded.question, ()), ("only in 2024", (worded.question,))):
                sql = write_sql(prompt, asked, before).sql
                if sql:
                    queries[sql] = question.database
    by_shape = {shape(sql): sql for sql in queries}
    varied = [*by_shape.values(), *(sql for sql in queries if sql not in set(by_shape.values()))][:MOST_VARIED]
    assert len(varied) == MOST_VARIED and len(by_shape) > 100
    for sql in varied:
        workshop.database.run(check_sql(sql, workshop.policies[queries[sql]]))
