"""Reset loses nothing that is somebody's own; preflight finds what is wrong and says what to do."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import nbformat
import psutil
import pytest

from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT
from demo_lib.stage import demo, preflight, reset, store


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
    (tmp_path / "notebooks" / "stage").mkdir(parents=True)
    for name in ("00_ran.ipynb", "01_edited.ipynb", "stage/01_ran.ipynb"):
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
    for name in ("00_ran.ipynb", "stage/01_ran.ipynb"):
        (project / "notebooks" / name).write_text(notebook("print(1)", ["1"]))
    done = list(reset.reset(never))
    assert rows(project / "mlflow.db", "trace_info") == 0
    assert not (project / "outputs" / "sql").exists()
    restored = ["notebooks/00_ran.ipynb", "notebooks/stage/01_ran.ipynb"]
    assert all((project / name).read_text() == notebook("print(1)", []) for name in restored)
    assert done == ["Traces: empty.", "Deleted outputs/sql.", *(f"Restored {name}." for name in restored)]


def test_the_rehearsals_outlast_a_reset(project: Path) -> None:
    kept = project / ".demo" / "rehearsals.jsonl"
    kept.parent.mkdir()
    kept.write_text("{}\n")
    list(reset.reset(never))
    assert kept.read_text() == "{}\n"


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


# ---------------------------------------------------------------------------------------- preflight --stage


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], int]]:
    """Start servers that answer every request with one text; gives their ports."""
    started: list[ThreadingHTTPServer] = []

    def serve(text: str) -> int:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        started.append(ThreadingHTTPServer(("127.0.0.1", 0), Answer))
        threading.Thread(target=started[-1].serve_forever, daemon=True).start()
        return started[-1].server_port

    yield serve
    for server in started:
        server.shutdown()
        server.server_close()


def test_on_stage_ports_are_to_be_taken_by_our_servers(
    servers: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(ui: str, lab: str) -> preflight.Check:
        monkeypatch.setattr(preflight, "UI_PORT", servers(ui))
        monkeypatch.setattr(preflight, "LAB_PORT", servers(lab))
        return preflight._servers()

    ours = version("mlflow"), '{"version": "2.0"}'
    assert found(*ours).ok
    strange = found("hello", ours[1])
    assert not strange.ok and "is not MLflow's UI" in strange.remedy
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(preflight, "UI_PORT", free.getsockname()[1])
    silent = preflight._servers()
    assert not silent.ok and silent.remedy == "Start it now: python3 run.py ui."


def test_fallback_pages_and_recordings_are_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(preflight, "OUTPUTS", tmp_path)
    missing = preflight._fallbacks()
    assert not missing.ok and "01_basic_flow" in missing.found and missing.remedy == "python3 run.py demo"
    (tmp_path / "demo" / "stage").mkdir(parents=True)
    for part in (PROJECT_ROOT / "notebooks" / "stage").glob("*.ipynb"):
        (tmp_path / "demo" / "stage" / f"{part.stem}.html").touch()
    assert preflight._fallbacks().ok
    assert preflight._recordings() is None  # offline needs none
    monkeypatch.setenv("DEMO_MODEL", "replay")
    monkeypatch.setenv("DEMO_RECORDINGS", str(tmp_path))
    recordings = preflight._recordings()
    assert recordings and not recordings.ok and "DEMO_MODEL=record" in recordings.remedy


def test_preflight_for_the_stage_looks_at_more_and_each_finding_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "FREE_MEMORY_GB", 10**6)
    found = {c.name: c for c in preflight.checks(stage=True)}
    assert {"Stage notebooks", "Run of show", "Fallback pages", "Rehearsal", "Memory"} <= found.keys()
    assert all(c.remedy for c in found.values() if not c.ok)
    assert found["Run of show"].ok and not found["Memory"].ok


# ------------------------------------------------------------------------------------------------ the demo


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put notebooks of one cell each where the demo looks for its own."""
    monkeypatch.setattr(demo, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(demo, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(demo, "OUTPUTS", tmp_path / "outputs")

    def write(**cells: str) -> None:
        for name, source in cells.items():
            for form in ("solutions", "stage"):
                (tmp_path / "notebooks" / form).mkdir(parents=True, exist_ok=True)
                cell = nbformat.v4.new_code_cell(source)
                nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "notebooks" / form / f"0{name}.ipynb")

    return write


def test_the_demo_leaves_pages_of_all_notebooks_and_names_them(
    notebooks: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebooks(_one="print('for' + 'tytwo')", _two="print('se' + 'ven')", _three="print('ni' + 'ne')")
    assert demo.demo("What were total sales last quarter?") == 0
    pages = tmp_path / "outputs" / "demo"
    assert "fortytwo" in (pages / "0_one.html").read_text() and "seven" in (pages / "0_two.html").read_text()
    assert "fortytwo" not in (pages / "stage" / "0_one.html").read_text()  # as it is: the demo does not run it
    shown = capsys.readouterr().out
    assert "1,040,916.83" in shown and "outputs/demo/0_two.html" in shown and "outputs/demo/stage/0_two.html" in shown


def test_a_cell_that_fails_in_the_demo_is_named_in_a_line(notebooks: Callable[..., None]) -> None:
    notebooks(_one="import time; time.sleep(60)", _two="1 / 0")
    with pytest.raises(DemoError, match=r"^A cell of 0_two.ipynb fails \(ZeroDivisionError: division by zero\)"):
        demo.demo("What were total sales last quarter?")
    assert not kernels_running()


def kernels_running() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "ipykernel_launcher" in " ".join(p.cmdline())]
