"""PromptFoo's comparison: its config names what there is, it sends what the kit sends, and it finds what we find."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import install
import prompts
import pytest
import yaml
from rows import get_assert
from workshops import Script

from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import Question, load
from demo_lib.prompts import versions
from demo_lib.settings import PROJECT_ROOT, Settings
from demo_lib.workshop import Workshop

HERE = Path(__file__).resolve().parent
CONFIG: dict[str, Any] = yaml.safe_load((HERE / "promptfooconfig.yaml").read_text(encoding="utf-8"))
VERSIONS: Sequence[str] = [prompt["config"]["version"] for prompt in CONFIG["prompts"]]
QUESTIONS: Sequence[str] = [test["vars"]["question"] for test in CONFIG["tests"]]
installed = pytest.mark.skipif(
    not install.is_installed(), reason="PromptFoo is not installed: python3 run.py promptfoo"
)


@pytest.fixture(scope="module")
def chosen() -> list[Question]:
    known = {q.question: q for q in load()}
    return [known[words] for words in QUESTIONS]


def test_it_names_versions_and_questions_that_there_are(chosen: list[Question]) -> None:
    assert set(VERSIONS) <= set(versions()) and [p["label"] for p in CONFIG["prompts"]] == VERSIONS
    assert len(chosen) == len(CONFIG["tests"]) and {q.expect for q in chosen} == {"answer", "decline"}
    files = [p["id"] for p in CONFIG["prompts"]] + [a["value"] for a in CONFIG["defaultTest"]["assert"]]
    assert all((HERE / f.removeprefix("file://").split(":")[0]).exists() for f in files)


def test_it_sends_what_the_kit_sends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: list[Question]) -> None:
    prompts.fill(VERSIONS, QUESTIONS, tmp_path)
    monkeypatch.setenv("PROMPTFOO_CONFIG_DIR", str(tmp_path))
    script = Script('{"sql": null, "declined": "Not today."}')
    workshop = script.play(Workshop(replace(Settings.from_env(), model="offline")))
    for version in VERSIONS:
        agent = replace(workshop.sql_agent, prompt_version=version)
        for question in chosen:
            context = question.gold_tables or tuple(workshop.policies[question.database].tables)
            agent.generate_query(question.question, context, question.database)
            asked = {"vars": {"question": question.question}, "config": {"version": version}}
            assert script.seen[-1]["messages"] == prompts.filled(asked)
            answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
            assert script.seen[-1]["response_format"] == answer


def test_rows_decide(chosen: list[Question]) -> None:
    answerable, declined = (next(q for q in chosen if q.expect == e) for e in ("answer", "decline"))
    gold, named = answerable.gold_sql["duckdb"], {"vars": {"question": answerable.question}}
    assert get_assert(gold, named) == {"pass": True, "score": 1.0, "reason": "right"}
    for wrong in ("SELECT 1 AS n FROM stores", "SELECT nothing FROM stores", "DROP TABLE sales", "declined: No."):
        assert get_assert(wrong, named)["pass"] is False
    named = {"vars": {"question": declined.question}}
    assert get_assert("declined: No.", named)["pass"] is True
    assert get_assert(gold, named)["pass"] is False


@installed
def test_it_finds_what_our_own_comparison_finds(chosen: list[Question]) -> None:
    done = subprocess.run([sys.executable, HERE], capture_output=True, text=True, encoding="utf-8", timeout=280,
                          env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "v2.3" in done.stdout and QUESTIONS[1][:20] in done.stdout
    results = json.loads((install.FOLDER / "results.json").read_text(encoding="utf-8"))["results"]["results"]
    theirs = {(r["prompt"]["label"], r["vars"]["question"]): r["success"] for r in results}
    ours = compare_prompts(Workshop(), VERSIONS, chosen, progress=False).verdicts
    assert theirs == {(v, q): ours.loc[q, v] == "right" for v in VERSIONS for q in QUESTIONS}
