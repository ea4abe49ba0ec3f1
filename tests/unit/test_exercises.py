"""Every exercise: what a learner might hand in, and whether the answer helps them on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from workshops import last_trace

from demo_lib.errors import DemoError
from demo_lib.evaluation.bisect import bisect_question
from demo_lib.exercises import (
    adding_an_agent,
    basic_flow,
    evaluation,
    guardrails,
    own_database,
    rag_pipeline,
    start_here,
    when_things_fail,
)
from demo_lib.faults import inject
from demo_lib.llm import ModelError
from demo_lib.settings import PROJECT_ROOT
from demo_lib.workshop import Workshop

Grade = Callable[..., None]
# three misses, two of them with every table there; what an evaluation has beside its scores does not matter
SCORED: Any = SimpleNamespace(
    scores=pd.DataFrame({"accuracy": [1, 0, 0, 0, 1], "context_recall": [1, 1, 1, 0.5, 0.5]})
)


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    made.model.retries.first_wait_seconds = 0.01
    yield made


def verdict(capsys: pytest.CaptureFixture[str], grade: Grade, *given: Any) -> str:
    capsys.readouterr()
    grade(*given)
    return capsys.readouterr().out.strip()


def says(capsys: pytest.CaptureFixture[str], hint: str, grade: Grade, *given: Any) -> None:
    """The verdict is "not yet", holds the hint, and is a sentence."""
    text = verdict(capsys, grade, *given)
    assert text.startswith("→ Not yet. ") and hint in text, text
    assert text[-1] in ".?…\"" and "\n" not in text, text


BLANKS = [..., None, "", "   "]


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
@pytest.mark.parametrize(
    "grade",
    [
        start_here.check_exercise_1,
        start_here.check_exercise_2,
        basic_flow.check_exercise_2,
        rag_pipeline.check_exercise_1,
        rag_pipeline.check_exercise_2,
        adding_an_agent.check_exercise_1,
        adding_an_agent.check_exercise_2,
        lambda blank: guardrails.check_exercise_1(blank, lambda sql: "runs"),
        guardrails.check_exercise_2,
        lambda blank: when_things_fail.check_exercise_1(blank, None),  # type: ignore[arg-type]
        lambda blank: when_things_fail.check_exercise_2(blank, None),
        lambda blank: evaluation.check_exercise_1(blank, SCORED),
        evaluation.check_exercise_2,
        lambda blank: own_database.check_exercise_1(blank, ""),
        lambda blank: own_database.check_exercise_2(blank, ""),
    ],
)
def test_an_empty_answer_is_told_what_to_write(grade: Grade, blank: Any, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, "the ...", grade, blank)


def test_every_grader_of_every_notebook_is_tried_here() -> None:
    graded = {
        f"{path.stem}.{name}"
        for path in (PROJECT_ROOT / "demo_lib" / "exercises").glob("*.py")
        for name in ("check_exercise_1", "check_exercise_2")
        if f"def {name}(" in path.read_text(encoding="utf-8")
    }
    tried = Path(__file__).read_text(encoding="utf-8")
    assert len(graded) == 16
    assert [g for g in graded if g not in tried] == []


# ----------------------------------------------------------------------------------------- 00 and 01


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("What were total sales in Q3 2024?", "the period"),
        ("Total sales by region in Q4 2024", "Rows in your answer: 6; expected: 1"),
        ("What will total sales be in Q4 2030?", "was not answered"),
    ],
)
def test_start_here_1(question: str, hint: str, workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, start_here.check_exercise_1, workshop.ask(question))
    says(capsys, "it got str", start_here.check_exercise_1, question)


def test_start_here_2(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, "That one was answered", start_here.check_exercise_2, workshop.ask("How many stores do we have?"))
    says(capsys, "it got str", start_here.check_exercise_2, "I cannot answer that")
    blocked = workshop.ask("How many stores do we have?").__class__("q", "t", blocked="a guardrail")
    says(capsys, "blocked by a guardrail", start_here.check_exercise_2, blocked)
    assert "✓" in verdict(capsys, start_here.check_exercise_2, workshop.ask("Who will win the election?"))


@pytest.mark.parametrize(
    ("span", "hint"),
    [
        (..., "the ..."),
        ("sql generation", "There is no span"),
        (3, "There is no span"),
        ("text_to_sql", "one level deeper"),
        ("query_execution", "ran no model call"),
        ("query_planning", "ran no model call that wrote SQL"),
    ],
)
def test_basic_flow_1(span: Any, hint: str, workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    answer = workshop.ask("What were total sales last quarter?")
    says(capsys, hint, basic_flow.check_exercise_1, span, answer)


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("Total sales in 2024", "Rows in your answer: 1; expected: 8"),
        ("Total sales by product category in 2023", "the period"),
        ("Units sold by product category in 2024", "the measure"),
    ],
)
def test_basic_flow_2(question: str, hint: str, workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, basic_flow.check_exercise_2, workshop.ask(question))


# ------------------------------------------------------------------------------------------------ 02


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("maintenance orders", "the table's own name (maintenance, order)"),
        ("What were total sales last quarter?", "That finds sales"),
        (42, "it got int"),
        ("Which building has the most rooms and repairs?", "Close: it comes in place"),
        ("???", "That finds"),
    ],
)
def test_rag_pipeline_1(question: Any, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, rag_pipeline.check_exercise_1, question)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("gear: COUNT(it_assets.it_asset_id)", "with a dash in front"),
        ("- equipment: COUNT(it_assets.it_asset_id)", "does not define the word gear"),
        ("- gear: laptops and such", "names no column of it_assets"),
        (["- gear"], "it got list"),
        ("- gear: sales.amount + it_assets.it_asset_id", "still comes first"),
        ("- gear: COUNT(it_assets.nonsense)", "has no column nonsense. It has: it_asset_id"),
    ],
)
def test_rag_pipeline_2(line: Any, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, rag_pipeline.check_exercise_2, line)


# ------------------------------------------------------------------------------------------------ 03


def test_adding_an_agent_1(capsys: pytest.CaptureFixture[str]) -> None:
    def asked(function: Any, question: str = "Revenue by region in 2024, and summarize the result") -> Any:
        mine = Workshop()
        mine.registry.register("summarize", function)
        return mine.ask(question)

    def right(data: pd.DataFrame) -> dict[str, int]:
        """Summarize a result: how many rows it has."""
        return {"rows": len(data)}

    def wrong(data: pd.DataFrame) -> dict[str, int]:
        """Summarize a result: how many rows it has."""
        return {"rows": data.size}

    def everything(data: pd.DataFrame) -> dict[str, Any]:
        """Summarize a result."""
        return {"sum": float(data.iloc[:, 1].sum()), "all": data.values.tolist()}

    def failing(data: pd.DataFrame) -> dict[str, int]:
        """Summarize a result: how many rows it has."""
        raise KeyError("rows")

    grade = adding_an_agent.check_exercise_1
    says(capsys, "Is summarize registered", grade, asked(right, "Revenue by region in 2024"))
    says(capsys, "expected: 6", grade, asked(right, "Revenue by brand in 2024, and summarize the result"))
    says(capsys, "{'rows': 12}", grade, asked(wrong))
    says(capsys, "another number of rows", grade, asked(everything))
    says(capsys, "it failed", grade, asked(failing))
    assert "✓" in verdict(capsys, grade, asked(right))


@pytest.mark.parametrize(
    ("row", "hint"),
    [(2026, "counted from 0"), (17, "as it should be"), ("the third", "it got str"), ([2025, 1], "it got list")],
)
def test_adding_an_agent_2(row: Any, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, adding_an_agent.check_exercise_2, row)


# ------------------------------------------------------------------------------------------------ 04


def slide_9(query: str) -> str:
    return "blocked" if any(word in query.upper() for word in ("DROP", "DELETE", "TRUNCATE", "ALTER")) else "runs"


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("DELETE FROM sales", "The keyword list stops that one"),
        ("SELECT * FROM customers", "It does no damage"),
        ("EXPLAIN SELECT 1", "It does no damage"),
        ("SHOW TABLES", "It does no damage"),
        ("SELECT 1; SELECT 2", "It does no damage"),
        ("-- nothing", "It does no damage"),
        ("COPY sales TO 'x.csv'", "the one above"),
        ("please destroy everything", "would not run that"),
        (7, "it got int"),
    ],
)
def test_guardrails_1(sql: Any, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, guardrails.check_exercise_1, sql, slide_9)


def test_guardrails_1_takes_any_right_answer(capsys: pytest.CaptureFixture[str]) -> None:
    for sql in ("INSERT INTO sales VALUES (1)", "ATTACH 'x.db'", "SELECT * FROM read_csv('/etc/passwd')", "SET x = 1"):
        assert "✓" in verdict(capsys, guardrails.check_exercise_1, sql, slide_9), sql


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT * FROM customers", "Blocked by layer access"),
        ("SELECT customer_name FROM customers", "Columns in your result: 1"),
        ("SELECT customer_name, city FROM customers LIMIT 10", "Rows in your result: 10"),
        ("SELECT name, city FROM customers", "Blocked by layer access"),
        ({"sql": 1}, "it got dict"),
    ],
)
def test_guardrails_2(sql: Any, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, guardrails.check_exercise_2, sql)


# ------------------------------------------------------------------------------------------------ 05


@pytest.mark.parametrize(
    ("faults", "hint"),
    [
        (["server error"], "answered after 1 wait;"),
        (["server error"] * 4, "too much"),
        (["wrong key"], "too much"),
        (["flood"], "There is no fault 'flood'"),
        (3, "it got int"),
        ([], "answered after 0 waits"),
        (["rate limit", None, "rate limit", None, "rate limit"], "leave None out"),
    ],
)
def test_when_things_fail_1(faults: Any, hint: str, workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, when_things_fail.check_exercise_1, faults, workshop)


@pytest.mark.parametrize(
    ("span", "hint"),
    [("backoff", "No agent"), ("sql generation", "No agent"), (4, "No agent"), ("text2sql_query", "no failed model")],
)
def test_when_things_fail_2(span: Any, hint: str, workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelError), inject(workshop, [None, None, *["server error"] * 4]):
        workshop.ask("How many customers do we have?")
    lost = last_trace()
    says(capsys, hint, when_things_fail.check_exercise_2, span, lost)


# ------------------------------------------------------------------------------------------------ 06


@pytest.mark.parametrize(
    ("count", "hint"),
    [(3, "These are all misses"), (0, "at once"), (5, "at once"), ("2", "it got str"), (True, "it got bool")],
)
def test_evaluation_1(count: Any, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, hint, evaluation.check_exercise_1, count, SCORED)
    assert verdict(capsys, evaluation.check_exercise_1, 2, SCORED).startswith("✓ Right. 2 of 3 misses")


def test_evaluation_2(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    grade, asked = evaluation.check_exercise_2, "How many orders were placed online?"
    first = evaluation.more_edits()
    found = bisect_question(workshop, asked, good=first)
    assert "✓ Right" in verdict(capsys, grade, found) and len(found.looks) < found.versions == 13
    says(capsys, "it got str", grade, "registry 7")
    (turn,) = found.turns
    says(capsys, f"{turn.before.name} is not it", grade, replace(found, turns=(replace(turn, version=turn.before),)))
    says(capsys, "found no regression", grade, bisect_question(workshop, asked, good=first, bad=str(int(first) + 5)))
    other = bisect_question(workshop, "How many customers do we have?", good=first)
    says(capsys, "the question in the exercise", grade, other)


@pytest.fixture(scope="module")
def bicycles(tmp_path_factory: pytest.TempPathFactory) -> str:
    return own_database.example_database(tmp_path_factory.mktemp("bicycles"))


def test_a_word_of_ones_own(capsys: pytest.CaptureFixture[str], bicycles: str) -> None:
    grade = own_database.check_exercise_1
    assert verdict(capsys, grade, "- takings: SUM(repairs.labour_cost)", bicycles).startswith("✓")
    assert verdict(capsys, grade, "- turnover (takings, income): SUM(repairs.labour_cost)", bicycles).startswith("✓")
    says(capsys, "defines no takings", grade, "- turnover: SUM(repairs.labour_cost)", bicycles)
    says(capsys, "defines no takings", grade, "takings: SUM(repairs.labour_cost)", bicycles)
    says(capsys, "another figure", grade, "- takings: AVG(repairs.labour_cost)", bicycles)
    says(capsys, "is not answered", grade, "- takings: SUM(mechanics.salary)", bicycles)
    says(capsys, "it got int", grade, 7, bicycles)


def test_ones_own_database_is_asked(capsys: pytest.CaptureFixture[str], bicycles: str) -> None:
    grade, ask = own_database.check_exercise_2, Workshop(database=bicycles).ask
    assert verdict(capsys, grade, ask("How many repairs did each mechanic do in 2025?"), bicycles).startswith("✓")
    says(capsys, "expected: 3", grade, ask("How many repairs were there in 2025?"), bicycles)
    says(capsys, "other counts", grade, ask("How many repairs did each mechanic do?"), bicycles)
    says(capsys, "not answered", grade, ask("What is the salary of each mechanic?"), bicycles)
    says(capsys, "it got str", grade, "How many?", bicycles)


def test_the_example_database_is_the_same_every_time(bicycles: str, tmp_path: Path) -> None:
    again = own_database.example_database(tmp_path)
    one, other = (Path(url.removeprefix("sqlite:///")).read_bytes() for url in (bicycles, again))
    assert one == other
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match="DEMO_OUTPUTS"):
        own_database.example_database(tmp_path / "file")
