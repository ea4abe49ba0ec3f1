"""Fresh questions to the kit's own warehouse, that the offline model was mended with: what became right stays so."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from typing import Any

import pytest

from demo_lib.agents.retriever import TABLES_IN_PROMPT
from demo_lib.guardrails import GuardrailViolation, check_sql
from demo_lib.offline.sql_writer import write_sql
from demo_lib.settings import PROJECT_ROOT
from demo_lib.workshop import Workshop

BENCHMARK = PROJECT_ROOT / "tests" / "benchmarks" / "offline_model.py"
QUESTIONS = PROJECT_ROOT / "tests" / "data" / "fresh" / "warehouse.jsonl"
LEAST_RIGHT = 88 - 1  # as measured; one right answer may be lost for others won


@pytest.fixture(scope="module")
def benchmark() -> Any:
    """The module that marks answers."""
    spec = importlib.util.spec_from_file_location("offline_model_benchmark", BENCHMARK)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # where its dataclasses look for their types
    spec.loader.exec_module(made)
    return made


def verdict(asked: dict[str, Any], workshop: Workshop, benchmark: Any) -> str:
    """Right, declined or wrong, with the tables that the retrieval agent would find."""
    policy = workshop.policies[asked["database"]]
    tables = [h.table for h in workshop.index.search(asked["question"], TABLES_IN_PROMPT, within=policy.tables)]
    catalog = benchmark.part(workshop.catalog, tables)
    prompt = benchmark.Source(catalog, "duckdb", workshop.today, workshop.glossary.text).prompt
    sql = write_sql(prompt, asked["question"]).sql
    if sql is None:
        return "declined" if asked["gold_sql"] else "right"
    try:
        rows = workshop.database.run(check_sql(sql, policy, "duckdb"))
    except GuardrailViolation:
        return "declined"
    golds = (workshop.database.run(check_sql(g, policy, "duckdb")) for g in asked["gold_sql"])
    return str(benchmark.agrees(rows, golds, ordered=asked["ordered"]))


def test_as_many_right_as_were_and_none_wrong(benchmark: Any) -> None:
    workshop = Workshop()
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    found = {a["question"]: verdict(a, workshop, benchmark) for a in asked}
    assert [q for q, v in found.items() if v == "wrong"] == []
    assert Counter(found.values())["right"] >= LEAST_RIGHT
