"""Every committed notebook matches its source, runs, and reproduces its outputs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from reproduction import Comparison, differences

from demo_lib.settings import PROJECT_ROOT

try:
    from driving import CHROMIUM
except ImportError:  # no Playwright, and so no browser to run them in
    CHROMIUM = None

FOLDER = PROJECT_ROOT / "notebooks"
NOTEBOOKS = sorted(p for form in (".", "solutions", "stage") for p in (FOLDER / form).glob("[0-9]*.ipynb"))
IDS = [str(p.relative_to(FOLDER)) for p in NOTEBOOKS]


def test_each_source_has_its_notebooks() -> None:
    sources = sorted(p.stem for p in (FOLDER / "src").glob("[0-9]*.py"))
    made = Counter(p.stem for p in NOTEBOOKS)
    assert len(sources) >= 6
    assert sorted(made) == sources and min(made.values()) >= 2
    assert {p.stem[:2] for p in FOLDER.glob("stage/[0-9]*.ipynb")} >= {"01", "02", "03", "04"}


def test_the_committed_cells_are_those_of_the_sources() -> None:
    done = subprocess.run([sys.executable, FOLDER / "build.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_runs_from_top_to_bottom_and_reproduces_its_outputs(path: Path, tmp_path: Path) -> None:
    if CHROMIUM and path.parent.name != "solutions":
        pytest.skip("JupyterLab runs it and its outputs are compared there: tests/browser")
    out = tmp_path / path.name
    papermill.execute_notebook(path, out, cwd=path.parent, progress_bar=False)
    assert differences(nbformat.read(out, 4).cells, path) == []


def test_a_changed_output_would_be_noticed() -> None:
    def cell(text: str, *tags: str) -> Any:
        output = nbformat.v4.new_output("stream", name="stdout", text=text)
        return nbformat.v4.new_code_cell("print()", outputs=[output], metadata={"tags": list(tags)})

    def difference(now: str, then: str, *tags: str) -> str:
        return Comparison().difference(cell(now), cell(then, *tags))

    assert "now:       42 rows" in difference("42 rows\n", "41 rows\n")
    assert difference("took 12 ms\n", "took 9 ms\n") == ""
    assert difference("a", "b", "nbval-ignore-output") == ""


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.parent.name == "solutions"], ids=lambda p: p.name)
def test_each_solution_is_graded_right_and_each_blank_is_not(path: Path) -> None:
    def printed(notebook: Path) -> str:
        cells = nbformat.read(notebook, 4).cells
        return "".join(o.get("text", "") for c in cells if c.cell_type == "code" for o in c.outputs)

    asked = path.read_text(encoding="utf-8").count("### Exercise")
    assert asked >= 2
    assert printed(path).count("✓ Right") == asked
    assert printed(FOLDER / path.name).count("→ Not yet") == asked


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.parent.name == "stage"], ids=lambda p: p.name)
def test_a_stage_cell_fits_on_a_slide(path: Path) -> None:
    for cell in nbformat.read(path, 4).cells:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if cell.cell_type == "markdown":
            assert len(lines) == 1 and lines[0].startswith("#"), cell.source
        elif "stage:warm-up" not in cell.metadata.tags:
            assert len(lines) <= 11, cell.source


@pytest.mark.skipif(os.name == "nt", reason="kernels are killed by POSIX signals here")
def test_a_killed_kernel_leaves_nothing_that_the_next_run_stumbles_over() -> None:
    """SIGKILL in the middle of a question, with a trace half written and the database open; then all of it again,
    twice in one kernel, as Run All pressed twice does."""
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    path = FOLDER / "solutions" / "01_basic_flow.ipynb"

    def client() -> NotebookClient:
        return NotebookClient(nbformat.read(path, 4), timeout=120, resources={"metadata": {"path": str(path.parent)}})

    first = client()
    first.nb.cells = first.nb.cells[:14]
    first.nb.cells.append(nbformat.v4.new_code_cell(
        "import os, signal, threading\n"
        f"threading.Timer(0.2, os.kill, (os.getpid(), {int(signal.SIGKILL)})).start()\n"
        "while True: workshop.ask('Revenue by region in 2024')"
    ))  # fmt: skip
    with pytest.raises(DeadKernelError):
        first.execute()
    second = client()
    with second.setup_kernel():
        for _ in range(2):
            for index, cell in enumerate(second.nb.cells):
                second.execute_cell(cell, index)
    printed = "".join(o.get("text", "") for c in second.nb.cells if c.cell_type == "code" for o in c.outputs)
    assert printed.count("✓ Right") == 2
