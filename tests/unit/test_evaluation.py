"""Questions, prompt versions, routes and recall: what the kit measures itself by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from workshops import Script, call, shop

from demo_lib import prompts
from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation.compare import Comparison, compare_prompts
from demo_lib.evaluation.questions import Question, load
from demo_lib.evaluation.retrieval import WHOLE_INDEX, all_gold_at, ladder, recall_at
from demo_lib.evaluation.routes import route, routes_compared
from demo_lib.retrieval.table_map import table_map
from demo_lib.workshop import Workshop


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop()


# ---------------------------------------------------------------------------------------------- questions


def test_every_question_can_be_marked(workshop: Workshop) -> None:
    questions = load()
    assert len(questions) >= 80 and len({q.question for q in questions}) == len(questions)
    for question in questions:
        known = workshop.policies[question.database].tables
        assert set(question.gold_tables) <= set(known), question.id
        if question.expect == "answer":
            assert len(question.gold(workshop)) > 0, f"{question.id}: an empty gold would pass anything"
            assert question.gold_tables, question.id
        else:
            assert not question.gold_sql, question.id


def test_questions_are_named_in_the_order_asked_for() -> None:
    assert [q.id for q in load(["weather", "customers"])] == ["weather", "customers"]
    with pytest.raises(UsageError, match="There is no question nobody"):
        load(["nobody"])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("questions: [{id: a, question: Q, skill: s, difficulty: 1, gold_tables: [], colour: red}]", "unknown key in a"),
        ("questions: [{id: a}]", "cannot be read"),
        ("nothing: here", "cannot be read"),
        (": : :", "cannot be read"),
    ],
)
def test_a_file_that_is_off_is_named(text: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(text)
    with pytest.raises(DemoError, match=hint):
        load(path=path)


# ---------------------------------------------------------------------------------------- prompt versions


def test_a_better_prompt_earns_better_sql_and_each_version_is_a_run(workshop: Workshop) -> None:
    """Slide 7, measured: the lesson stands on it."""
    comparison = compare_prompts(workshop, ["v1.0", "v2.0"], load(lesson=True)[::3], progress=False)
    right = comparison.accuracy["right"]
    assert right["v2.0"] > right["v1.0"] + 0.2
    assert comparison.accuracy.sum(axis=1).round(2).tolist() == [1.0, 1.0]
    for version, run_id in comparison.run_ids.items():
        run = mlflow.get_run(run_id)
        assert run.data.params["prompt_version"] == version
        assert run.data.params["model"] == "offline"
        assert run.data.metrics["accuracy"] == pytest.approx(right[version], abs=0.001)


def test_each_question_of_a_comparison_has_a_trace_that_links_its_prompt(workshop: Workshop) -> None:
    (question,) = load(["customers"])
    comparison = compare_prompts(workshop, ["v1.0"], [question], progress=False)
    run_id = comparison.run_ids["v1.0"]
    traces = mlflow.search_traces(run_id=run_id, return_type="list")
    spans = [s for t in traces for s in t.data.spans]
    assert {s.name for s in spans} >= {"evaluate_question", "sql_generation", "query_execution"}
    assert [s.attributes["verdict"] for s in spans if s.name == "evaluate_question"] == ["right"]
    assert " at 0x" not in str([s.inputs for s in spans])
    assert '"version": "1"' in traces[0].info.tags["mlflow.linkedPrompts"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ('{"sql": "SELECT COUNT(*) FROM customers", "explanation": "", "declined": null}', "right"),
        ('{"sql": "SELECT COUNT(*) FROM orders", "explanation": "", "declined": null}', "wrong"),
        ('{"sql": "SELECT 1 / 0 AS x FROM nowhere", "explanation": "", "declined": null}', "declined"),
        ('{"sql": null, "explanation": "", "declined": "I cannot."}', "declined"),
    ],
)
def test_a_verdict_is_by_the_rows(line: str, verdict: str, tmp_path: Path) -> None:
    mine = Script(line).play(shop(tmp_path))
    gold = {"duckdb": "SELECT COUNT(customer_id) FROM customers"}
    question = Question("q", "How many customers?", "count", 1, "shop", gold_sql=gold, gold_tables=("customers",))
    found = compare_prompts(mine, ["v2.0"], [question], progress=False)
    assert found.verdicts["v2.0"].tolist() == [verdict]


def test_an_answer_to_what_must_be_declined_is_wrong(tmp_path: Path) -> None:
    line = '{"sql": "SELECT COUNT(*) FROM customers", "explanation": "", "declined": null}'
    question = Question("q", "How many will there be?", "decline", 1, "shop", expect="decline")
    found = compare_prompts(Script(line).play(shop(tmp_path)), ["v2.0"], [question], progress=False)
    assert found.verdicts["v2.0"].tolist() == ["wrong"]


def test_what_changed_is_what_differs() -> None:
    table = pd.DataFrame({"a": ["right", "wrong"], "b": ["right", "declined"]}, index=["q1", "q2"])
    comparison = Comparison(table, {})
    assert comparison.changed().index.tolist() == ["q2"]
    assert len(comparison.picture().axes[0].collections) == 3  # right, declined, wrong


@pytest.fixture
def production() -> Iterator[None]:
    yield
    prompts.promote(prompts.versions()[-1])


def test_production_is_an_alias_and_a_rollback_holds_from_the_next_question(
    workshop: Workshop, production: None
) -> None:
    workshop.ask("How many stores do we have?")  # the registry is there by then
    agent = replace(workshop.sql_agent, prompt_version="production")

    def version() -> str:
        with mlflow.start_span("asked") as span:
            agent.generate_query("How many orders were placed online?", context=["sales"])
        (written,) = mlflow.get_trace(span.trace_id).search_spans(name="sql_generation")
        return str(written.attributes["prompt_version"])

    assert version() == "v2.3"
    prompts.promote("v1.0")
    assert version() == "v1.0"
    prompts.promote("v2.0")
    assert version() == "v2.0"


def test_a_prompt_written_in_mlflow_is_used_by_its_alias(workshop: Workshop) -> None:
    workshop.ask("How many stores do we have?")
    template = prompts.load("v2.0").template + "\nBe brief."
    made = mlflow.genai.register_prompt(prompts.NAME, template, commit_message="by hand")
    mlflow.genai.set_prompt_alias(prompts.NAME, "candidate", made.version)
    found = prompts.load("candidate")
    assert found.template.endswith("Be brief.") and found.version == f"registry {made.version}"


@pytest.mark.parametrize("name", ["v9.9", "nobody", "Not An Alias", "../v1.0", ""])
def test_a_prompt_that_is_not_there_is_said_to_be_so(name: str, workshop: Workshop) -> None:
    workshop.ask("How many stores do we have?")
    with pytest.raises(UsageError, match="v1.0, v2.0, v2.3"):
        prompts.load(name)
    with pytest.raises(UsageError, match="v1.0, v2.0, v2.3"):
        prompts.promote(name)


# ------------------------------------------------------------------------------------------------- routes


def test_registering_a_tool_leaves_the_routes_of_others(workshop: Workshop) -> None:
    def check_data_quality(data: pd.DataFrame) -> dict[str, int]:
        """Validate query results for anomalies."""
        return {"rows": len(data)}

    mine = Workshop()
    earlier = ["What were total sales last quarter?", "Which tables hold shipments?"]
    with routes_compared(mine, earlier) as report:
        mine.registry.register("check_data_quality", check_data_quality)
    assert not report.changed
    assert report.after[earlier[0]] == ("text_to_sql", "execute_sql")
    assert report.after[earlier[1]] == ("find_tables",)
    assert "2 of 2 questions" in str(report)


def test_a_tool_that_lures_a_question_away_is_reported(tmp_path: Path) -> None:
    mine = shop(tmp_path)
    query = {"query": "SELECT COUNT(*) AS n FROM orders", "database": "shop"}
    model = Script([call("execute_sql", query)], "It is 1,000.", [call("greet", {})], "Hello!")
    model.play(mine)

    def greet() -> dict[str, str]:
        """Say hello."""
        return {"text": "hello"}

    with routes_compared(mine, ["How many orders?"]) as report:
        mine.registry.register("greet", greet)
    assert report.changed == {"How many orders?": (("execute_sql",), ("greet",))}
    assert "before: execute_sql\n  after:  greet" in str(report)


def test_the_route_is_read_from_the_trace(workshop: Workshop) -> None:
    assert route(workshop.ask("Plot total sales by month in 2025")) == ("text_to_sql", "execute_sql", "create_chart")


# ------------------------------------------------------------------------------------------------- recall


def test_recall_counts_what_is_found_and_all_gold_wants_all_of_it() -> None:
    def search(question: str, k: int) -> list[str]:
        return ["a", "b", "c"][:k]

    questions = [
        Question("1", "one", "s", 1, gold_tables=("a",)),
        Question("2", "two", "s", 1, gold_tables=("b", "z")),
        Question("3", "none", "s", 1),
    ]
    assert recall_at(search, questions, 3) == 0.75
    assert recall_at(search, questions, 1) == 0.5
    assert all_gold_at(search, questions, 3) == 0.5
    assert recall_at(search, [], 3) == 0.0


def test_the_whole_index_finds_more_than_slide_8s_form(workshop: Workshop) -> None:
    steps = ladder(workshop.catalog, workshop.glossary, load(lesson=True))
    plain, whole = steps.loc["plain names (slide 8)"], steps.loc[WHOLE_INDEX, "fused"]
    assert whole > plain.max() and whole >= 0.95
    assert steps.loc["+ identifiers split", "words"] > plain["words"] + 0.1


def test_the_map_has_every_table_and_names_what_was_found(workshop: Workshop) -> None:
    question = "Average shipping cost by carrier"
    axes = table_map(workshop.index, question, k=3).axes[0]
    assert sum(len(c.get_offsets()) for c in axes.collections) == len(workshop.catalog.tables) + 1
    assert {t.get_text() for t in axes.texts} == {h.table for h in workshop.index.search(question, 3)}
    assert question in axes.get_title(loc="left")
