"""The appendix's evaluation pipeline, in a form that runs.

As printed it does not: GEval wants criteria and the parts to judge, `measure` takes a test case alone, and `assert_test`
a test case with its metrics. Here the rows decide, which needs no judge; the judge's opinion stands beside them.
"""

from __future__ import annotations

import os

import pytest

from demo_lib.evaluation import libraries
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.judge import judge_of
from demo_lib.evaluation.outcomes import Outcome
from demo_lib.evaluation.questions import Question, load
from demo_lib.guardrails import check_sql
from demo_lib.settings import Settings
from demo_lib.tracing import setup
from demo_lib.workshop import Workshop

from .conftest import NOT_HERE

pytest.importorskip("deepeval", reason=NOT_HERE)

CASES = load(lesson=True, split="tuning")[:5]
JUDGE = ("JUDGE_BASE_URL", "JUDGE_API_KEY", "JUDGE_MODEL")
no_judge = pytest.mark.skipif(not all(map(os.environ.get, JUDGE)), reason=f"needs a judge: set {', '.join(JUDGE)}")


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    made = Workshop()
    setup(made.settings)
    return made


def agrees(workshop: Workshop, question: Question, sql: str) -> bool:
    """Whether a query gives the gold rows, or those of an alternative."""
    policy, dialect = workshop.policies[question.database], workshop.database.dialect
    rows = workshop.database.run(check_sql(sql, policy, dialect))
    return any(same_result(rows, gold, ordered=question.ordered, extra_columns=2) for gold in question.golds(workshop))


@pytest.mark.parametrize("question", CASES, ids=lambda q: q.id)
def test_sql_agent(workshop: Workshop, question: Question) -> None:
    import mlflow
    from deepeval import assert_test

    from demo_lib.evaluation.deepeval_metrics import ExecutionAccuracy

    # slide: evaluation
    outcome = Outcome.of(workshop.ask(question.question), question)
    correctness = ExecutionAccuracy(lambda sql: agrees(workshop, question, sql))
    case = libraries.case_of(outcome, output=outcome.sql or "")
    with mlflow.start_run(run_name=question.id) as run:
        mlflow.log_param("test_case", question.id)
        mlflow.log_metric("execution_time", outcome.latency_ms)
        mlflow.log_metric("correctness_score", correctness.measure(case))
    assert_test(case, [correctness], run_async=False)
    # slide: end
    assert mlflow.get_run(run.info.run_id).data.metrics["correctness_score"] == 1.0


def test_a_wrong_query_fails_the_test(workshop: Workshop) -> None:
    from deepeval import assert_test

    from demo_lib.evaluation.deepeval_metrics import ExecutionAccuracy

    question = CASES[0]
    outcome = Outcome(question.id, question.question, sql="SELECT COUNT(*) FROM stores")
    for sql in (outcome.sql, ""):
        with pytest.raises(AssertionError, match="Execution Accuracy"):
            case = libraries.case_of(outcome, output=sql)
            assert_test(case, [ExecutionAccuracy(lambda sql: agrees(workshop, question, sql))], run_async=False)


@no_judge
@pytest.mark.parametrize("question", CASES, ids=lambda q: q.id)
def test_sql_agent_as_a_judge_sees_it(workshop: Workshop, question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(
        zip(("OPENAI_BASE_URL", "OPENAI_API_KEY", "DEMO_JUDGE_MODEL"), map(os.environ.get, JUDGE), strict=True)
    )
    for name, value in {**given, "DEMO_JUDGE": "compatible"}.items():
        monkeypatch.setenv(name, value or "")
    outcome = Outcome.of(workshop.ask(question.question), question)
    score = libraries.sql_correctness(outcome, question, judge_of(Settings.from_env()))
    assert isinstance(score, float) and score > 0.8
