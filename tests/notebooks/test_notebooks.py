"""Every committed notebook matches its source, runs, and reproduces its outputs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

from demo_lib.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "notebooks"
NOTEBOOKS = sorted([*FOLDER.glob("[0-9]*.ipynb"), *FOLDER.glob("solutions/[0-9]*.ipynb")])
IDS = [str(p.relative_to(FOLDER)) for p in NOTEBOOKS]


def test_each_source_has_its_two_notebooks() -> None:
    sources = sorted(p.stem for p in (FOLDER / "src").glob("[0-9]*.py"))
    assert sources, "no notebook sources"
    assert sorted(p.stem for p in NOTEBOOKS) == sorted(sources * 2)


def test_the_committed_cells_are_those_of_the_sources() -> None:
    done = subprocess.run([sys.executable, FOLDER / "build.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    out = tmp_path / path.name
    papermill.execute_notebook(path, out, cwd=path.parent, progress_bar=False)
    cells = [c for c in nbformat.read(out, 4).cells if c.cell_type == "code"]
    assert len(cells) >= 5
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_its_outputs_are_reproduced(path: Path) -> None:
    """nbval runs it again and compares every output with the committed one, but for times and ids."""
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-q", "--timeout=240"]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", str(path)]
    command += [f"--nbval-sanitize-with={PROJECT_ROOT / 'tests' / 'nbval_sanitize.cfg'}"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    code_cells = sum(c.cell_type == "code" for c in nbformat.read(path, 4).cells)
    assert passed and int(passed[1]) == code_cells, done.stdout[-500:]


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.parent.name == "solutions"], ids=lambda p: p.name)
def test_each_solution_is_graded_right_and_each_blank_is_not(path: Path) -> None:
    def printed(notebook: Path) -> str:
        cells = nbformat.read(notebook, 4).cells
        return "".join(o.get("text", "") for c in cells if c.cell_type == "code" for o in c.outputs)

    asked = path.read_text(encoding="utf-8").count("### Exercise")
    assert asked >= 2
    assert printed(path).count("✓ Right") == asked
    assert printed(FOLDER / path.name).count("→ Not yet") == asked
