"""`bisect`: regressions planted in MLflow's registry are found, with few questions, and told for what they are."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest
import yaml
from command_line import command
from hypothesis import given
from hypothesis import strategies as st
from workshops import shop

from demo_lib import prompts
from demo_lib.errors import UsageError
from demo_lib.evaluation.bisect import bisect_metric, bisect_question
from demo_lib.evaluation.questions import Question
from demo_lib.evaluation.turns import WALKED, turns
from demo_lib.workshop import Workshop

GOLD = "SELECT region_name, SUM(amount) FROM orders JOIN customers USING (customer_id) JOIN regions USING (region_id) GROUP BY 1"
REVENUE = Question("revenue", "Revenue by region", "join", 1, "shop", gold_sql={"duckdb": GOLD},
                   gold_tables=("orders", "customers", "regions"))  # fmt: skip
CUSTOMERS = Question("customers", "How many customers are there?", "count", 1, "shop",
                     gold_sql={"duckdb": "SELECT COUNT(*) FROM customers"}, gold_tables=("customers",))  # fmt: skip
KEPT = "## Glossary\n{{glossary}}"


def register(number: int, template: str, schema: str = "ddl") -> int:
    """A version whose words differ a little, as versions do."""
    text = template.replace("Never guess", f"Never ever, in version {number}, guess")
    made = mlflow.genai.register_prompt(prompts.NAME, text, commit_message=f"edit {number}", tags={"schema": schema})
    return int(made.version)


def plant(good: str) -> None:
    """Versions from the registry's fourth on: `+` is as v2.0, `-` has lost the glossary."""
    template = prompts.load("v2.0").template
    for number, sign in enumerate(good, start=4):
        register(number, template if sign == "+" else template.replace(KEPT, ""))


@pytest.fixture
def workshop(tmp_path: Path, own_store: Path) -> Workshop:
    return shop(tmp_path)


# ---------------------------------------------------------------------------------- a regression is planted


def test_the_version_that_lost_the_glossary_is_named_with_its_diff_and_traces(workshop: Workshop) -> None:
    plant("+-")
    found = bisect_question(workshop, "revenue", among=[REVENUE])
    assert found.version and found.before and (found.before.number, found.version.number) == (4, 5)
    assert [look.good for look in found.looks] == [False, True, True, True, False]  # v1.0 shows bare names
    (turn,) = found.turns
    assert "-## Glossary" in turn.diff.splitlines() and "-{{glossary}}" in turn.diff.splitlines()
    assert turn.diff.startswith("--- registry 4\n+++ registry 5\n")
    for trace_id, verdict in ((turn.good_trace, "right"), (turn.bad_trace, "declined")):
        root = mlflow.get_trace(trace_id).search_spans(name="evaluate_question")[0]
        assert root.attributes["verdict"] == verdict
    apart = {d.what: d for d in turn.spans.differences}
    assert apart["prompt"].a == ("text2sql registry 4",) and apart["prompt"].b == ("text2sql registry 5",)
    assert "evaluate_question / query_execution" in apart["spans"].a
    assert turn.diff in str(found) and turn.good_trace in str(found)
    assert json.loads(json.dumps(found.as_json()))["version"] == 5


def test_a_schema_that_is_no_longer_shown_whole_is_part_of_the_version(workshop: Workshop) -> None:
    gold = {"duckdb": "SELECT COUNT(*) FROM customers WHERE segment = 'Corporate'"}
    corporate = replace(CUSTOMERS, id="corporate", question="How many corporate customers are there?", gold_sql=gold)
    template = prompts.load("v2.0").template
    register(4, template)
    register(5, template, schema="names")  # and so without the values
    found = bisect_question(workshop, "corporate", among=[corporate])
    assert found.version and found.version.number == 5
    assert {"-schema: ddl", "+schema: names"} <= set(found.turns[0].diff.splitlines())


@pytest.mark.parametrize("planted", [5, 12, 19, 20])
def test_of_many_versions_few_are_asked(workshop: Workshop, planted: int) -> None:
    plant("".join("+" if number < planted else "-" for number in range(4, 21)))
    for good in (None, "v2.0"):
        before = traces()
        told: list[str] = []
        found = bisect_question(workshop, "revenue", good, among=[REVENUE], tell=told.append)
        assert found.version and (found.before.number, found.version.number) == (planted - 1, planted)  # type: ignore[union-attr]
        assert traces() - before == len(found.looks) == len(told) <= 2 * math.log2(20) + 4 < found.versions
        assert f"{len(found.looks)} of {found.versions} versions were asked." in found.verdict


def traces() -> int:
    """How many questions were asked of a prompt; other tests' threads may still write traces of their own."""
    found = mlflow.search_traces(return_type="list", max_results=500, include_spans=False)
    return sum(trace.info.tags.get("mlflow.traceName") == "evaluate_question" for trace in found)


def test_where_good_and_bad_take_turns_every_turn_is_told_of_a_short_history(workshop: Workshop) -> None:
    plant("+-+--")
    found = bisect_question(workshop, "revenue", among=[REVENUE])
    assert [turn.version.number for turn in found.turns] == [5, 7] and found.version.number == 7  # type: ignore[union-attr]
    assert not found.monotone
    assert "Good and bad take turns here: each of registry 5, registry 7 turned it." in found.verdict


def test_of_a_long_history_it_is_a_version_that_turned_it(workshop: Workshop) -> None:
    plant("++----++++------")
    found = bisect_question(workshop, "revenue", "v2.0", among=[REVENUE])
    assert found.version and found.before and found.version.number in (6, 14) and not found.monotone
    assert "is a version that turned it, and there may be others." in found.verdict


def test_a_regression_that_was_mended_is_told_and_the_newest_is_good(workshop: Workshop) -> None:
    plant("-+")
    found = bisect_question(workshop, "revenue", among=[REVENUE])
    assert [turn.version.number for turn in found.turns] == [4] and "The newest is good again." in found.verdict


def test_none_bad_and_all_bad(workshop: Workshop) -> None:
    found = bisect_question(workshop, "customers", among=[CUSTOMERS])
    assert found.turns == () and found.version is None
    assert found.verdict == "No regression: v2.3 (registry 3) is good."
    plant("-" * 12)
    found = bisect_question(workshop, "customers", among=[CUSTOMERS])
    assert found.verdict == "No regression: registry 15 is good. 1 of 15 versions were asked."
    found = bisect_question(workshop, "revenue", "4", among=[REVENUE])
    assert found.turns == () and found.verdict.startswith(
        "None that was asked is good, back to registry 4: there is no turn"
    )


def test_only_what_lies_between_the_two_ends_is_asked(workshop: Workshop) -> None:
    plant("+-+-")
    found = bisect_question(workshop, "revenue", "v2.0", "5", among=[REVENUE])
    assert [look.version.number for look in found.looks] == [2, 3, 4, 5] and found.version.number == 5  # type: ignore[union-attr]
    for good, bad in (("5", "v2.0"), ("5", "5")):
        with pytest.raises(UsageError, match="There is nothing between"):
            bisect_question(workshop, "revenue", good, bad, among=[REVENUE])


# ------------------------------------------------------------------------------------ questions and metrics


def test_words_of_ones_own_are_right_where_they_give_what_the_good_version_gives(workshop: Workshop) -> None:
    plant("++-")
    found = bisect_question(workshop, "What was the revenue of each region in 2024?", "v2.0")
    assert found.version and found.version.number == 6
    with pytest.raises(UsageError, match="with --good"):
        bisect_question(workshop, "What was the revenue of each region in 2024?")
    with pytest.raises(UsageError, match=r"v2.0 \(registry 2\) does not answer it either"):
        bisect_question(workshop, "How many giraffes are there?", "v2.0")


def test_the_words_of_a_known_question_have_its_gold(workshop: Workshop) -> None:
    plant("+-")
    found = bisect_question(workshop, "revenue BY region", among=[REVENUE])
    assert found.version and found.version.number == 5 and found.what == "“revenue BY region”"


@pytest.mark.parametrize("question", ["nobody", "", "monthly_sales_2025"])
def test_an_unknown_question_is_said_to_be_so(workshop: Workshop, question: str) -> None:
    before = traces()
    with pytest.raises(UsageError):
        bisect_question(workshop, question, "v2.0")
    assert traces() == before  # nothing was asked


def test_a_metric_out_of_bounds_names_the_version_and_a_question_that_was_lost(workshop: Workshop) -> None:
    plant("++-")
    found = bisect_metric(workshop, "accuracy", [CUSTOMERS, REVENUE], least=0.9)
    assert found.version and found.version.number == 6
    assert [look.said for look in found.looks[-2:]] == ["accuracy 1.000", "accuracy 0.500"]
    (shown,) = mlflow.get_trace(found.turns[0].bad_trace).search_spans(name="evaluate_question")
    assert shown.inputs["question"] == "Revenue by region"  # and not the one that both get right
    assert len(mlflow.search_runs(output_format="list")) == len(found.looks)
    declined = bisect_metric(workshop, "declined", [CUSTOMERS, REVENUE], "v2.0", most=0.1)
    assert declined.version and declined.version.number == 6
    for metric, questions, bounds in (
        ("f1", [REVENUE], {"least": 1.0}),
        ("accuracy", [], {"least": 1.0}),
        ("accuracy", [REVENUE], {}),
    ):
        with pytest.raises(UsageError):
            bisect_metric(workshop, metric, questions, **bounds)


def test_a_question_of_the_kit_by_its_id(own_store: Path) -> None:
    plant("-")
    found = bisect_question(Workshop(), "region-2024", "v2.3")
    assert found.version and found.version.number == 4


# ------------------------------------------------------------------------------------------- the command line


def test_the_command(capsys: pytest.CaptureFixture[str], workshop: Workshop, tmp_path: Path) -> None:
    plant("+-")
    file = tmp_path / "mine.yaml"
    asked = {"id": "revenue", "question": "Revenue by region", "skill": "join", "difficulty": 1, "database": "shop",
             "gold_sql": {"duckdb": GOLD}, "gold_tables": ["orders", "customers", "regions"]}  # fmt: skip
    file.write_text(yaml.safe_dump({"questions": [asked]}))
    settings = workshop.settings
    given = ["--database", settings.database, "--glossary", str(settings.glossary), "--questions", str(file)]
    status, out, err = command(capsys, "bisect", "--question", "revenue", *given)
    assert status == 0 and "-## Glossary" in out
    turned = "registry 5 turned it: registry 4 is good, and it is bad since."
    assert f"{turned} At v1.0 (registry 1) it was bad too.\n" in out
    assert len(err.splitlines()) == 5  # as they come
    status, out, _ = command(
        capsys, "bisect", "--metric", "accuracy", "--min", "0.9", "--good", "v2.0", "--json", *given
    )
    found = json.loads(out)
    assert (
        status == 0 and out.count("\n") == 1 and (found["version"], found["before"], found["monotone"]) == (5, 4, True)
    )
    assert found["turns"][0]["trace_diff"]["a"] == found["turns"][0]["good_trace"]
    status, out, _ = command(capsys, "bisect", "--question", "revenue", "--bad", "1", "--good", "1", *given)
    assert status == 2
    plant("---")
    assert command(capsys, "bisect", "--question", "revenue", "--good", "5", *given)[0] == 1
    assert command(capsys, "bisect", *given)[0] == 2


# ----------------------------------------------------------------------------------------------- the search


@given(st.lists(st.booleans(), min_size=2, max_size=WALKED))
def test_of_few_every_turn_is_found(good: list[bool]) -> None:
    assert turns(len(good), good.__getitem__) == [i for i in range(1, len(good)) if good[i - 1] and not good[i]]


@given(st.integers(WALKED + 1, 2_000), st.data())
def test_of_many_the_one_turn_is_found_with_few_looks(count: int, data: st.DataObject) -> None:
    turned = data.draw(st.integers(1, count - 1))
    for from_good in (False, True):
        looked_at = {}

        def is_good(at: int, seen: dict[int, bool] = looked_at) -> bool:
            return seen.setdefault(at, at < turned)

        assert turns(count, is_good, from_good) == [turned]
        assert len(looked_at) <= 2 * math.log2(count) + 4


@given(st.lists(st.booleans(), min_size=WALKED + 1, max_size=200), st.booleans())
def test_whatever_the_history_what_is_found_is_a_turn(good: list[bool], from_good: bool) -> None:
    for at in turns(len(good), good.__getitem__, from_good):
        assert good[at - 1] and not good[at]
    if good[-1] or not any(good):
        assert turns(len(good), good.__getitem__, from_good) == []
