"""Reset loses nothing that is somebody's own; preflight finds what is wrong and says what to do."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from demo_lib.errors import DemoError
from demo_lib.stage import preflight, reset, store


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a pristine and a used trace store, outputs, and notebooks under git."""
    pristine, used = tmp_path / "pristine.db", tmp_path / "mlflow.db"
    for path, names in ((pristine, ["Default"]), (used, ["Default"])):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE experiments (name TEXT)")
            db.execute("CREATE TABLE trace_info (id TEXT)")
            db.executemany("INSERT INTO experiments VALUES (?)", [(n,) for n in names])
    with closing(sqlite3.connect(used)) as db, db:
        db.executemany("INSERT INTO trace_info VALUES (?)", [("a",), ("b",)])
    (tmp_path / "outputs" / "sql").mkdir(parents=True)
    (tmp_path / "outputs" / "sql" / "q.sql").write_text("SELECT 1")
    (tmp_path / "notebooks").mkdir()
    for name in ("00_ran.ipynb", "01_edited.ipynb"):
        (tmp_path / "notebooks" / name).write_text(notebook("print(1)", []))

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("add", "notebooks")
    git("commit", "-q", "-m", "notebooks")
    monkeypatch.setattr(reset, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(reset, "OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr(reset, "STORE", used)
    monkeypatch.setattr(reset, "PRISTINE", pristine)
    return tmp_path


def notebook(source: str, outputs: list[str]) -> str:
    cell = {"cell_type": "code", "source": [source], "outputs": outputs, "execution_count": len(outputs) or None}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def never(what: str) -> bool:
    pytest.fail(f"asked about {what}")


def answering(agreed: bool, asked: list[str]) -> Callable[[str], bool]:
    return lambda what: (asked.append(what), agreed)[1]


def test_what_the_kit_made_goes_without_a_question(project: Path) -> None:
    (project / "notebooks" / "00_ran.ipynb").write_text(notebook("print(1)", ["1"]))
    done = list(reset.reset(never))
    assert rows(project / "mlflow.db", "trace_info") == 0
    assert not (project / "outputs" / "sql").exists()
    assert (project / "notebooks" / "00_ran.ipynb").read_text() == notebook("print(1)", [])
    assert done == ["Traces: empty.", "Deleted outputs/sql.", "Restored notebooks/00_ran.ipynb."]


@pytest.mark.parametrize("agreed", [True, False])
def test_what_is_somebodys_own_goes_only_when_they_agree(project: Path, agreed: bool) -> None:
    (project / "outputs" / "my_thesis.docx").write_text("mine")
    (project / "notebooks" / "01_edited.ipynb").write_text(notebook("print('mine')", []))
    with closing(sqlite3.connect(project / "mlflow.db")) as db, db:
        db.execute("INSERT INTO experiments VALUES ('my-experiment')")
    asked: list[str] = []
    list(reset.reset(answering(agreed, asked)))
    assert len(asked) == 3 and "my-experiment" in asked[0]
    assert (project / "outputs" / "my_thesis.docx").exists() is not agreed
    assert ("mine" in (project / "notebooks" / "01_edited.ipynb").read_text()) is not agreed
    assert rows(project / "mlflow.db", "trace_info") == (0 if agreed else 2)


def test_a_store_in_use_is_left_whole(project: Path) -> None:
    with closing(sqlite3.connect(project / "mlflow.db")) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DemoError, match="in use"):
            list(reset.reset(never))
        writer.rollback()
    assert rows(project / "mlflow.db", "trace_info") == 2


def test_a_damaged_store_is_put_aside_and_replaced(project: Path) -> None:
    (project / "mlflow.db").write_bytes(b"no database" * 500)
    done = list(reset.reset(never))
    assert "damaged" in done[0] and (project / "mlflow.damaged.db").exists()
    assert rows(project / "mlflow.db", "trace_info") == 0


def test_outputs_that_lead_elsewhere_are_left_alone(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    import shutil

    precious = tmp_path_factory.mktemp("precious") / "sql"
    precious.mkdir()
    shutil.rmtree(project / "outputs")
    (project / "outputs").symlink_to(precious.parent)
    assert any("link" in line for line in reset.reset(never)) and precious.exists()


def test_readers_of_the_store_see_the_reset(project: Path) -> None:
    """MLflow's UI has the file open while we go back: it must not need a restart."""
    with closing(sqlite3.connect(project / "mlflow.db")) as reader:
        assert reader.execute("SELECT COUNT(*) FROM trace_info").fetchone() == (2,)
        list(reset.reset(never))
        assert reader.execute("SELECT COUNT(*) FROM trace_info").fetchone() == (0,)


def test_before_the_first_seed_there_is_nothing_to_go_back_to(project: Path) -> None:
    (project / "pristine.db").unlink()
    with pytest.raises(DemoError, match="demo_lib seed"):
        list(reset.reset(never))


def test_outside_git_the_notebooks_are_left_alone(project: Path) -> None:
    import shutil

    shutil.rmtree(project / ".git")
    assert any("not a git checkout" in line for line in reset.reset(never))


def look(name: str) -> preflight.Check:
    return next(c for c in preflight.checks() if c.name == name)


def test_preflight_looks_at_everything_and_each_finding_has_a_remedy() -> None:
    found = list(preflight.checks())
    wanted = "Python Packages Disk Data Database Model Trace store Ports Fonts Notebooks"
    assert " ".join(c.name for c in found) == wanted
    assert all(c.remedy for c in found if not c.ok)
    assert {c.name for c in found if c.ok} >= {"Python", "Packages", "Data", "Database", "Model", "Trace store"}


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(preflight, "PORTS", {port: "a test"})
        check = look("Ports")
        assert not check.ok and str(port) in check.found and "--port" in check.remedy
        with pytest.raises(DemoError, match=f"Port {port}"):
            store.serve_ui(preflight.Settings(), port)


def test_missing_data_a_full_disk_and_an_unknown_model_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(preflight, "WAREHOUSE", tmp_path / "none.duckdb")
    assert "demo_lib seed" in look("Data").remedy
    monkeypatch.setattr(preflight, "FREE_DISK_MB", 10**9)
    assert not look("Disk").ok
    monkeypatch.setenv("DEMO_MODEL", "gpt")
    assert "offline, openai" in look("Model").remedy
    monkeypatch.setenv("DEMO_MODEL", "openai")
    assert "OPENAI_API_KEY" in look("Model").remedy
