"""`ab`: two prompt versions on the same questions, and whether their difference may be chance."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow
import pandas as pd
import pytest
import yaml
from command_line import command
from hypothesis import given
from hypothesis import strategies as st
from workshops import shop

from demo_lib.evaluation.compare import Comparison
from demo_lib.evaluation.mcnemar import McNemar, mcnemar

ORDERS = {"skill": "count", "difficulty": 1, "database": "shop", "gold_tables": ["orders", "customers", "regions"]}
QUESTIONS = [
    {"id": "customers", "question": "How many customers are there?", "gold_sql": {"duckdb": "SELECT COUNT(*) FROM customers"}},
    {"id": "revenue", "question": "Revenue in 2024",
     "gold_sql": {"duckdb": "SELECT SUM(amount) FROM orders WHERE order_date BETWEEN '2024-01-01' AND '2024-12-31'"}},
    {"id": "giraffes", "question": "How many giraffes are there?", "expect": "decline"},
]  # fmt: skip


@pytest.fixture
def arguments(tmp_path: Path, own_store: Path) -> list[str]:
    """The small shop, and three questions about it in a file."""
    settings = shop(tmp_path).settings
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"questions": [ORDERS | q for q in QUESTIONS]}))
    return ["--database", settings.database, "--glossary", str(settings.glossary), "--questions", str(file)]


def test_two_versions_side_by_side(capsys: pytest.CaptureFixture[str], arguments: list[str], tmp_path: Path) -> None:
    picture = tmp_path / "ab.png"
    status, out, err = command(capsys, "ab", "v1.0", "v2.0", *arguments, "--save", str(picture))
    assert status == 0 and out.startswith("[OFFLINE] 3 questions, the same under each prompt:\n")
    shares = [line.split()[:4] for line in out.splitlines()[2:4]]
    assert shares == [["v1.0", "66.7%", "33.3%", "0.0%"], ["v2.0", "100.0%", "0.0%", "0.0%"]]
    assert "Right under v1.0 alone: 0; under v2.0 alone: 1. McNemar's exact test, two-sided: p = 1.\n" in out
    assert "may be chance" in out and "They differ on 1 of them:\n  declined → right     Revenue in 2024" in out
    assert picture.read_bytes().startswith(b"\x89PNG") and "ab.png" in err


def test_as_json_with_runs_that_can_be_looked_up(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, _ = command(capsys, "ab", "1", "production", *arguments, "--json")  # by number, and by alias
    found = json.loads(out)
    assert status == 0 and out.count("\n") == 1 and found["questions"] == 3
    assert found["accuracy"]["1"] == {"right": 0.667, "declined": 0.333, "wrong": 0.0}
    assert found["mcnemar"]["discordant"] == found["mcnemar"]["only_second"] == 1 and found["mcnemar"]["p"] == 1.0
    assert found["changed"] == [{"question": "Revenue in 2024", "1": "declined", "production": "right"}]
    run = mlflow.get_run(found["run_ids"]["production"])
    assert run.data.metrics == {"accuracy": 1.0, "declined": 0.0, "wrong": 0.0}
    assert run.data.params == {
        "prompt_version": "production",
        "prompt_registry_version": "3",
        "model": "offline",
        "questions": "3",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["v1.0", "v9.9"], "There is no prompt 'v9.9'"),
        (["v1.0", "v1.0"], "names one twice"),
        (["v1.0", "v2.0", "--questions", "nobody"], "There is no question nobody"),
        (["v1.0", "v2.0", "--questions", "customers"], "The questions are about sales; this database holds shop."),
    ],
)
def test_a_request_that_is_off_opens_no_run(
    capsys: pytest.CaptureFixture[str], arguments: list[str], given: list[str], said: str
) -> None:
    status, out, err = command(capsys, "ab", *arguments, *given)
    assert (status, out) == (2, "") and said in err
    assert mlflow.search_runs(output_format="list") == []


@pytest.mark.parametrize("name", ["none/such/ab.png", "ab.unknown"])
def test_a_picture_that_cannot_be_drawn(
    capsys: pytest.CaptureFixture[str], arguments: list[str], tmp_path: Path, name: str
) -> None:
    status, out, err = command(capsys, "ab", "v1.0", "v2.0", *arguments, "--save", str(tmp_path / name))
    assert status == 2 and "3 questions" in out and f"cannot be written to {Path(name).name}" in err


# ------------------------------------------------------------------------------------------------ McNemar


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (0, 6, 2 / 2**6), (9, 1, 2 * (1 + 10) / 2**10), (5, 5, 1.0), (12, 3, 2 * (1 + 15 + 105 + 455) / 2**15)],
)  # fmt: skip
def test_p_is_the_two_tails_of_a_fair_coin(only_first: int, only_second: int, p: float) -> None:
    """Counted by hand: of n throws, the sequences that are at least this uneven."""
    first = [True] * only_first + [False] * only_second + [True, False]
    second = [False] * only_first + [True] * only_second + [True, False]
    found = mcnemar("a", first, "b", second)
    assert (found.only_first, found.only_second) == (only_first, only_second)
    assert found.p == pytest.approx(p)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_the_two_may_change_places(pairs: list[tuple[bool, bool]]) -> None:
    there = mcnemar("a", [a for a, _ in pairs], "b", [b for _, b in pairs])
    back = mcnemar("b", [b for _, b in pairs], "a", [a for a, _ in pairs])
    assert there.p == back.p and 0 < there.p <= 1 and there.discordant == back.discordant
    assert there.in_words == back.in_words


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (McNemar("a", "b", 0, 0, 1.0), "nothing tells them apart"),
        (McNemar("a", "b", 1, 3, 0.625), "may be chance: were the two equally good, a split this uneven would come up in 62% of"),
        (McNemar("a", "b", 1, 3, 0.625), "ask more"),
        (McNemar("a", "b", 0, 17, 2 / 2**17), "b is better, and hardly by chance: were the two equally good, a split this uneven would come up in 1 of 65,536 such"),
        (McNemar("a", "b", 9, 1, 0.02), "a is better"),
    ],
)  # fmt: skip
def test_what_p_says(found: McNemar, said: str) -> None:
    assert said in found.in_words


def test_one_version_alone_and_three_can_be_shown_too() -> None:
    table = pd.DataFrame(
        {"a": ["right", "wrong"], "b": ["right", "declined"], "c": ["right", "right"]}, index=["q1", "q2"]
    )
    assert (
        "McNemar" not in str(Comparison(table[["a"]], {})) and Comparison(table[["a"]], {}).as_json()["mcnemar"] is None
    )
    assert "wrong    → declined → right     q2" in str(Comparison(table, {}))
