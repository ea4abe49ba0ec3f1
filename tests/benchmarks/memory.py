#!/usr/bin/env python3
"""What one visitor on Binder takes of the container's memory, started through Binder's own start script.

  python tests/benchmarks/memory.py [notebook, default 01_basic_flow]

JupyterLab, one kernel that has run the notebook, and MLflow's UI with a trace open, as a container would count
them: the private pages of each process, and each mapped file once. (A process's proportional set size would
depend on what else runs here.) The browser is the visitor's own. Linux only; it needs Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
import driving  # noqa: E402

LIMIT_MB = 1024


def main(notebook: str = "01_basic_flow") -> int:
    """Measure, print a table; returns 1 where the sum is above the limit."""
    with tempfile.TemporaryDirectory() as folder, driving.chromium() as browser:
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"
        with driving.serving(Path(folder), launcher=("bash", str(ROOT / "binder" / "start"))) as lab:
            page = lab.notebook(browser, f"notebooks/{notebook}.ipynb")
            driving.run_all(page)
            traces = page.context.new_page()
            traces.goto(f"{lab.url}mlflow/#/experiments/1/traces")
            driving.skip_tour(traces)
            traces.get_by_text('{"').first.click()  # the input of the newest
            traces.get_by_text("Inputs / Outputs").wait_for()
            kernels = set(driving.kernel_processes(lab))
            below = {p.pid for p in psutil.Process(lab.process.pid).children(recursive=True)}
            parts = {
                "JupyterLab": {lab.process.pid},
                f"a kernel that ran {notebook}": kernels,
                "MLflow's UI, a trace open": below - kernels,
            }
            table = {what: sum(private(p) for p in processes) for what, processes in parts.items()}
            table["libraries and other files, once each"] = shared(below | {lab.process.pid})
            lab.stop_kernels(page)
    for what, size in table.items():
        print(f"{size / 2**20:6.0f} MB  {what}")
    total_mb = sum(table.values()) / 2**20
    print(f"{total_mb:6.0f} MB  together (the limit is {LIMIT_MB})")
    return 0 if total_mb < LIMIT_MB else 1


def private(process: int) -> int:
    """The bytes that a process holds for itself: its heaps, stacks and changed pages."""
    return sum(m.rss if not m.path.startswith("/") else m.anonymous for m in psutil.Process(process).memory_maps())


def shared(processes: set[int]) -> int:
    """The bytes of files that these processes have in memory, each file once, as the one that uses most of it."""
    files: dict[str, int] = {}
    for process in processes:
        for m in psutil.Process(process).memory_maps():
            if m.path.startswith("/"):
                files[m.path] = max(files.get(m.path, 0), m.rss - m.anonymous)
    return sum(files.values())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
