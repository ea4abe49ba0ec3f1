"""Slide 13's metrics that ask no judge, by DeepEval and RAGAS themselves, beside our own arithmetic."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from demo_lib.evaluation import libraries
from demo_lib.evaluation.evaluate import evaluate
from demo_lib.evaluation.outcomes import Outcome
from demo_lib.evaluation.report import as_text
from demo_lib.offline.embeddings import embed
from demo_lib.settings import PROJECT_ROOT
from demo_lib.workshop import Workshop

from .conftest import NOT_HERE, QUESTIONS

pytest.importorskip("deepeval", reason=NOT_HERE)
pytest.importorskip("ragas", reason=NOT_HERE)

ANSWERED, DECLINED = QUESTIONS["by_region"], QUESTIONS["declined"]


def test_both_are_here_and_say_their_versions() -> None:
    found = libraries.available()
    pins = (PROJECT_ROOT / "requirements-eval.txt").read_text(encoding="utf-8")
    assert {f"{name}=={version}" for name, version in found.items()} == set(
        re.findall(r"^(?:deepeval|ragas)==\S+", pins, re.M)
    )


def test_a_query_that_ran_is_valid_one_that_was_stopped_is_not(outcomes: dict[str, Outcome]) -> None:
    ran, declined = outcomes["by_region"], outcomes["declined"]
    assert libraries.sql_validity(ran) == 1.0
    assert libraries.sql_validity(declined) is None  # no query was written
    assert libraries.sql_validity(replace(ran, sql=None, blocked="A guardrail stopped it.")) == 0.0


def test_a_query_may_be_run_again_to_see(small_shop: Workshop, outcomes: dict[str, Outcome]) -> None:
    ran, run = outcomes["by_region"], partial(small_shop.execute_sql, database=next(iter(small_shop.policies)))
    assert libraries.sql_validity(ran, run) == 1.0
    assert libraries.sql_validity(replace(ran, sql="SELECT amont FROM orders"), run) == 0.0
    assert libraries.sql_validity(replace(ran, sql="DROP TABLE orders"), run) == 0.0


@pytest.mark.parametrize(
    "retrieved", [None, ("orders",), ("orders", "orders", "customers"), ("regions", "nothing"), ("nothing",)]
)
def test_ragas_counts_contexts_as_we_do(outcomes: dict[str, Outcome], retrieved: tuple[str, ...] | None) -> None:
    for id in ("by_region", "how_many"):
        question, outcome = QUESTIONS[id], outcomes[id]
        outcome = outcome if retrieved is None else replace(outcome, tables=retrieved)
        got, gold = set(outcome.tables), set(question.gold_tables)
        assert libraries.context_precision(outcome, question) == pytest.approx(len(got & gold) / len(got))
        assert libraries.context_recall(outcome, question) == pytest.approx(len(got & gold) / len(gold))


def test_where_nothing_is_to_be_retrieved_there_is_no_score(outcomes: dict[str, Outcome]) -> None:
    for metric in (libraries.context_precision, libraries.context_recall):
        assert metric(outcomes["declined"], DECLINED) is None
        assert metric(replace(outcomes["by_region"], tables=()), ANSWERED) is None


def test_similar_texts_are_similar(outcomes: dict[str, Outcome]) -> None:
    outcome = replace(outcomes["by_region"], text="Revenue in the north was 3,000.")
    same, near, far = (
        libraries.semantic_similarity(outcome, text, embed)
        for text in (outcome.text, "Revenues in the northern region: 3,000", "Nobody knows a parrot's birthday.")
    )
    assert same == pytest.approx(1.0)
    assert near and far is not None and 1.0 > near > far >= 0.0
    assert libraries.semantic_similarity(replace(outcome, text=" "), "Revenue", embed) is None
    assert libraries.semantic_similarity(outcome, "", embed) is None


def test_the_other_way_round_is_no_score_below_zero(outcomes: dict[str, Outcome]) -> None:
    opposite = {"yes": [1.0, 0.0], "no": [-1.0, 0.0]}
    outcome = replace(outcomes["by_region"], text="yes")
    assert libraries.semantic_similarity(outcome, "no", lambda texts: [opposite[t] for t in texts]) == 0.0


def test_what_no_row_says_is_made_up(outcomes: dict[str, Outcome]) -> None:
    def numbers_not_in_rows(
        text: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], question: str
    ) -> list[str]:
        assert columns == outcome.columns and question == ANSWERED.question
        known = {str(v) for row in rows for v in row}
        return [n for n in re.findall(r"\d+", text) if n not in known]

    outcome = replace(outcomes["by_region"], rows=(("North", 7),), text="The north made 7.")
    assert libraries.grounded(outcome, numbers_not_in_rows) == 1.0
    assert libraries.grounded(replace(outcome, text="The north made 8."), numbers_not_in_rows) == 0.0
    assert libraries.grounded(outcomes["declined"], numbers_not_in_rows) is None


def test_the_tools_that_were_called_are_read_from_the_trace(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["by_region"]
    assert libraries.tool_correctness(outcome, ANSWERED) == 1.0
    assert libraries.tool_correctness(outcome, ANSWERED, ("text_to_sql", "create_chart")) == 0.5
    assert libraries.tool_correctness(outcome, ANSWERED, ("create_chart",)) == 0.0
    assert libraries.tool_correctness(outcomes["declined"], DECLINED) == 1.0
    assert libraries.tool_correctness(replace(outcome, trace_id=None), ANSWERED) is None


MEASURES = """
import asyncio, socket, sys, time
tried = []
real, local = socket.socket.connect, ("127.", "localhost", "::1")
def connect(self, address):
    host = str(address[0]) if isinstance(address, tuple) else ""
    if host and not host.startswith(local):
        tried.append(host)
        raise OSError("no network here")
    return real(self, address)
def lookup(host, *rest, **named):
    tried.append(str(host))
    raise socket.gaierror("no network here")
socket.socket.connect, socket.getaddrinfo = connect, lookup
from demo_lib.settings import prepare_environment
prepare_environment()
import deepeval, ragas
from demo_lib.evaluation import libraries
from demo_lib.evaluation.evaluate import evaluate
from demo_lib.evaluation.outcomes import Outcome
from demo_lib.evaluation.report import as_text
from demo_lib.evaluation.questions import Question
from demo_lib.offline.embeddings import embed
outcome = Outcome("q", "How many?", text="7", sql="SELECT 7", columns=("n",), rows=((7,),), tables=("a", "b"))
question = Question("q", "How many?", "counting", 1, gold_tables=("a",), gold_sql={"duckdb": "SELECT 7"})
async def in_a_notebook():
    return [libraries.sql_validity(outcome), libraries.context_precision(outcome, question),
            libraries.context_recall(outcome, question), libraries.semantic_similarity(outcome, "7", embed),
            libraries.grounded(outcome, lambda *_: []), str(libraries.answer_relevancy(outcome, None)),
            str(libraries.sql_correctness(outcome, question, None)), str(libraries.grounded_judged(outcome, None))]
print(asyncio.run(in_a_notebook()))
time.sleep(1)
print("tried", tried)
"""


def test_importing_and_measuring_asks_no_network_even_in_a_running_event_loop(tmp_path) -> None:  # type: ignore[no-untyped-def]
    done = subprocess.run([sys.executable, "-c", MEASURES], cwd=tmp_path, env={"PYTHONPATH": str(PROJECT_ROOT), "HOME": str(tmp_path)},
                          capture_output=True, text=True)  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[-2:] == ["[1.0, 0.5, 1.0, 1.0, 1.0, 'needs a judge', 'needs a judge', 'needs a judge']", "tried []"], (
        done.stderr
    )
    assert not [p for p in tmp_path.iterdir() if "deepeval" in p.name]  # no folder of its own where one happens to be


def test_evaluate_takes_them_along_and_they_agree_with_our_own(small_shop: Workshop) -> None:
    asked = [replace(q, database="shop") for q in QUESTIONS.values()]
    found = evaluate(small_shop, asked, progress=False)
    mean = {name: one.value for name, one in found.measured.items()}
    assert mean["accuracy"] == mean["deepeval_sql_validity"] == mean["deepeval_grounded"] == 1
    assert mean["ragas_precision"] == pytest.approx(mean["context_precision"])
    assert mean["ragas_recall"] == pytest.approx(mean["context_recall"])
    assert mean["ragas_similarity"] == pytest.approx(mean["semantic_similarity"], abs=1e-6)
    assert found.measured["answer_relevancy"].n == 0
    (line,) = [line for line in as_text(found).splitlines() if line.startswith("answer_relevancy")]
    assert "needs a judge" in line and "0." not in line
