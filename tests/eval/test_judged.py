"""The metrics behind a judge: what they ask over real HTTP, what they make of the answers, and that none is made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from demo_lib.evaluation import libraries
from demo_lib.evaluation.judge import NEEDS_A_JUDGE, NotScored, judge_of
from demo_lib.evaluation.outcomes import Outcome
from demo_lib.llm import Model, ModelError
from demo_lib.settings import Settings

from .conftest import NOT_HERE, QUESTIONS
from .judges import Opinions, served

pytest.importorskip("deepeval", reason=NOT_HERE)

QUESTION = QUESTIONS["how_many"]
OUTCOME = Outcome("how_many", QUESTION.question, text="There are 30 customers.", sql="SELECT COUNT(*) FROM customers",
                  columns=("customers",), rows=((30,),))  # fmt: skip
UNREADABLE = NotScored("the judge's answer cannot be read")


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> Any:
    @contextmanager
    def with_opinions(**answers: Any) -> Iterator[tuple[Model, Opinions]]:
        opinions = Opinions(**answers)
        with served(opinions) as url:
            monkeypatch.setenv("OPENAI_BASE_URL", url)
            monkeypatch.setenv("DEMO_JUDGE", "compatible")
            monkeypatch.setenv("DEMO_JUDGE_MODEL", "a-judge")
            judge = judge_of(Settings.from_env())
            assert judge
            yield judge, opinions

    return with_opinions


def test_without_a_judge_there_is_a_word_and_no_score() -> None:
    found = [libraries.answer_relevancy(OUTCOME, None), libraries.grounded_judged(OUTCOME, None),
             libraries.sql_correctness(OUTCOME, QUESTION, None)]  # fmt: skip
    assert found == [NEEDS_A_JUDGE] * 3 and str(found[0]) == "needs a judge"


def test_relevancy_is_the_share_of_statements_that_bear_on_the_question(judging: Any) -> None:
    verdicts = {"verdicts": [{"verdict": "yes"}, {"verdict": "no", "reason": "It is about parrots."}]}
    answers = {"Statements": {"statements": ["There are 30.", "Parrots talk."]}, "Verdicts": verdicts,
               "AnswerRelevancyScoreReason": {"reason": "Half of it."}}  # fmt: skip
    with judging(**answers) as (judge, opinions):
        assert libraries.answer_relevancy(OUTCOME, judge) == 0.5
    assert {request["model"] for request in opinions.seen} == {"a-judge"}
    assert opinions.asked_for == ["Statements", "Verdicts", "AnswerRelevancyScoreReason"]
    assert OUTCOME.text in opinions.seen[0]["messages"][0]["content"]


@pytest.mark.parametrize(("verdict", "score"), [("yes", 1.0), ("no", 0.0)])
def test_one_is_an_answer_without_hallucinations(judging: Any, verdict: str, score: float) -> None:
    answers = {"Verdicts": {"verdicts": [{"verdict": verdict, "reason": "The rows say so."}]},
               "HallucinationScoreReason": {"reason": "It agrees, or not."}}  # fmt: skip
    with judging(**answers) as (judge, opinions):
        assert libraries.grounded_judged(OUTCOME, judge) == score
    assert "customers\\n30" in str(opinions.seen[0]["messages"]).replace("\\\\n", "\\n")


def test_the_appendix_judges_the_sql_against_the_gold_sql(judging: Any) -> None:
    answers = {"Steps": {"steps": ["Compare the two queries."]}, "ReasonScore": {"score": 8, "reason": "They agree."}}
    with judging(**answers) as (judge, opinions):
        assert libraries.sql_correctness(OUTCOME, QUESTION, judge) == pytest.approx(0.8)
        assert libraries.sql_correctness(replace(OUTCOME, sql=None), QUESTION, judge) is None
    sent = opinions.seen[-1]["messages"][0]["content"]
    assert QUESTION.question in sent and QUESTION.gold_sql["duckdb"] in sent


@pytest.mark.parametrize("said", ["I would say 8 of 10.", {"score": 80, "reason": "Of a hundred."}, {"score": None, "reason": ""},
                                  {"reason": "No score."}, [], {"score": "high", "reason": "?"}])  # fmt: skip
def test_what_cannot_be_read_is_no_score(judging: Any, said: Any) -> None:
    with judging(Steps={"steps": ["Look."]}, ReasonScore=said) as (judge, _):
        assert libraries.sql_correctness(OUTCOME, QUESTION, judge) == UNREADABLE


def test_a_decline_is_not_judged(judging: Any) -> None:
    declined = replace(OUTCOME, sql=None, declined="No such thing.")
    with judging() as (judge, opinions):
        assert libraries.answer_relevancy(declined, judge) is None
        assert libraries.grounded_judged(declined, judge) is None
    assert opinions.seen == []


def test_a_judge_that_cannot_be_reached_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    judge = judge_of(replace(Settings.from_env(), judge="compatible"))
    monkeypatch.setattr("demo_lib.llm.retries.time.sleep", lambda _: None)
    with pytest.raises(ModelError, match="cannot be reached"):
        libraries.answer_relevancy(OUTCOME, judge)
