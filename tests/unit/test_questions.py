"""The kit's own questions: fair halves, wordings, and answers that can be told apart."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from pathlib import Path

import pytest
from workshops import Script, shop

from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.grounding import says
from demo_lib.evaluation.metrics import _said
from demo_lib.evaluation.questions import Question, load
from demo_lib.workshop import Workshop


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop()


def test_nobody_chose_the_half_of_a_question() -> None:
    """The rule that the file's header states: by skill and hash, in turn."""
    in_turn = sorted(load(), key=lambda q: (q.skill, hashlib.sha256(q.id.encode()).hexdigest()))
    assert [q.split for q in in_turn] == list(itertools.islice(itertools.cycle(["tuning", "held_out"]), len(in_turn)))


def test_every_question_is_put_in_several_ways_and_none_twice() -> None:
    questions = load()
    assert all(q.wordings for q in questions)
    words = Counter(" ".join(worded.question.lower().split()) for q in questions for worded in q.in_other_words())
    assert words.most_common(1)[0][1] == 1, words.most_common(3)


def test_a_question_in_other_words_is_the_same_question() -> None:
    first, second = Question("q", "How many?", "count", 1, wordings=("Count them.",), ordered=True).in_other_words()
    assert (first.question, second.question) == ("How many?", "Count them.")
    assert (first.id, first.ordered, first.skill) == (second.id, second.ordered, second.skill)


def test_an_expected_fact_is_in_every_accepted_result_and_a_forbidden_claim_in_none(workshop: Workshop) -> None:
    told = [q for q in load() if q.facts]
    assert len(told) >= 30 and sum(bool(q.must_not_claim) for q in load()) >= 15
    for question in told:
        for gold in question.golds(workshop):
            text = "\n".join(f"{_said(value)}." for value in gold.to_numpy().ravel())
            assert all(says(text, fact) for fact in question.facts), question.id
            assert not any(says(text, claim) for claim in question.must_not_claim), question.id


def test_what_must_be_blocked_is_asked_for_in_several_ways() -> None:
    assert sum(q.expect == "block" for q in load()) >= 8


def test_questions_are_chosen_by_half_and_by_lesson() -> None:
    halves = load(split="tuning"), load(split="held_out")
    assert sorted(q.id for half in halves for q in half) == sorted(q.id for q in load())
    assert {q.lesson for q in load(lesson=True)} == {True}
    assert load(["customers"], lesson=False) == []


def test_an_alternative_says_something_else_than_the_gold(workshop: Workshop) -> None:
    for question in (q for q in load() if q.alternatives):
        gold, *others = question.golds(workshop)
        for nth, other in enumerate(others, 1):
            assert len(other), f"{question.id}: alternative {nth} is empty, and would pass anything"
            assert not same_result(other, gold, ordered=question.ordered), f"{question.id}: alternative {nth} is the gold"


@pytest.mark.parametrize(("sql", "verdict"), [("SELECT 100 AS share FROM customers LIMIT 1", "right"),
                                              ("SELECT 99 AS share FROM customers LIMIT 1", "wrong")])  # fmt: skip
def test_an_alternative_is_right_too(sql: str, verdict: str, tmp_path: Path) -> None:
    question = Question(
        "q", "What share of the customers are customers?", "share", 1, "shop",
        gold_sql={"duckdb": "SELECT 1.0 FROM customers LIMIT 1"},
        alternatives={"duckdb": ("SELECT 100.0 FROM customers LIMIT 1",)},
        gold_tables=("customers",),
    )  # fmt: skip
    answer = f'{{"sql": "{sql}", "explanation": "", "declined": null}}'
    found = compare_prompts(Script(answer).play(shop(tmp_path)), ["v2.0"], [question], progress=False)
    assert found.verdicts["v2.0"].tolist() == [verdict]
