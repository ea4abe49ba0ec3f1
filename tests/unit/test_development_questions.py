"""The development questions, asked as a user would: `ask --json -` over a DuckDB file and a glossary."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from demo_lib.cli import main
from demo_lib.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "tests" / "data" / "questions"


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The retail database, made by its own generator in a folder of its own."""
    folder = tmp_path_factory.mktemp("retail")
    for name in ("generate.py", "schema.sql"):
        shutil.copy(FOLDER / name, folder)
    subprocess.run([sys.executable, "generate.py"], cwd=folder, check=True, capture_output=True)
    return folder / "retail.duckdb"


def verdicts(file: str, retail: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    questions = [json.loads(line) for line in (FOLDER / file).read_text(encoding="utf-8").splitlines()]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(q["question"] + "\n" for q in questions)))
    with pytest.raises(SystemExit):
        main(["ask", "--json", "-", "--database", f"duckdb:///{retail.as_posix()}", "--glossary", str(FOLDER / "glossary.md")])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(answers) == len(questions)
    spec = importlib.util.spec_from_file_location("score", FOLDER / "score.py")
    assert spec and spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    # a process opens a DuckDB file with one set of limits only, and ours are the guardrails'
    score.DB = str(shutil.copy(retail, retail.with_name("for_the_score.duckdb")))
    return [(score.grade(q, a["sql"]), q["question"], a["sql"]) for q, a in zip(questions, answers, strict=True)]


@pytest.mark.parametrize(("file", "least_right"), [("dev.jsonl", 30), ("dev_wordings.jsonl", 50)])
def test_as_many_right_as_were_and_none_wrong(
    file: str, least_right: int, retail: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = verdicts(file, retail, capsys, monkeypatch)
    count = Counter(verdict for verdict, _, _ in found)
    assert [f for f in found if f[0] in ("wrong", "error")] == []
    assert count["correct"] + count["abstain_ok"] >= least_right, count
