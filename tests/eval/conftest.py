"""What DeepEval and RAGAS measure here: the answers to a few questions about the small shop."""

from __future__ import annotations

import pytest
from workshops import shop

from demo_lib.evaluation.outcomes import Outcome
from demo_lib.evaluation.questions import Question
from demo_lib.workshop import Workshop

NOT_HERE = "DeepEval and RAGAS have an environment of their own: python3 run.py eval --test"

QUESTIONS = {
    q.id: q
    for q in (
        Question("by_region", "Revenue by region", "grouping", 2,
                 gold_sql={"duckdb": "SELECT r.region_name, SUM(o.amount) FROM orders o JOIN customers c USING "
                                     "(customer_id) JOIN regions r USING (region_id) GROUP BY 1"},
                 gold_tables=("orders", "customers", "regions")),
        Question("how_many", "How many customers are there?", "counting", 1,
                 gold_sql={"duckdb": "SELECT COUNT(*) FROM customers"}, gold_tables=("customers",)),
        Question("declined", "What is the weather in Paris?", "declining", 1, expect="decline"),
    )
}  # fmt: skip


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def outcomes(small_shop: Workshop) -> dict[str, Outcome]:
    return {id: Outcome.of(small_shop.ask(q.question), q) for id, q in QUESTIONS.items()}
