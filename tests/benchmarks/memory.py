#!/usr/bin/env python3
"""What one visitor on Binder takes of the container's memory, started through Binder's own start script.

  python tests/benchmarks/memory.py [notebook, default 01_basic_flow]

JupyterLab, one kernel that has run the notebook, and MLflow's UI with a trace open. The lines count a process
with its proportional set size (a page that n processes share is 1/n in each); the sum at the end counts as a
container does: what processes hold for themselves, and every mapped file once, all other processes of the machine
left out. The browser is the visitor's own. Linux only; it needs Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
import driving  # noqa: E402

LIMIT_MB = 2**30 / 1e6  # "1 GB", as JupyterHub reads it


def main(notebook: str = "01_basic_flow") -> int:
    """Measure, print a table; returns 1 where the sum is above the limit."""
    with tempfile.TemporaryDirectory() as folder, driving.chromium() as browser:
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"
        with driving.serving(Path(folder), launcher=("bash", str(ROOT / "binder" / "start"))) as lab:
            table = {"JupyterLab alone": megabytes(lab.process.pid)}
            page = lab.notebook(browser, f"notebooks/{notebook}.ipynb")
            driving.run_all(page)
            table[f"a kernel that ran {notebook}"] = sum(map(megabytes, driving.kernel_processes(lab)))
            traces = page.context.new_page()
            traces.goto(f"{lab.url}mlflow/#/experiments/1/traces")
            driving.skip_tour(traces)
            traces.get_by_text('{"').first.click()  # the input of the newest
            traces.get_by_text("Inputs / Outputs").wait_for()
            below = {p.pid for p in psutil.Process(lab.process.pid).children(recursive=True)}
            kernels = set(driving.kernel_processes(lab))
            table["MLflow's UI, a trace open"] = sum(map(megabytes, below - kernels))
            table["JupyterLab, all of it used"] = megabytes(lab.process.pid)
            total = together(below | {lab.process.pid})
    for what, size in table.items():
        print(f"{size:7.0f} MB  {what}")
    print(f"{total:7.0f} MB  together at the end (the limit is {LIMIT_MB:.0f})")
    return 0 if total < LIMIT_MB else 1


def megabytes(process: int) -> float:
    """The proportional set size of a process, in MB of a million bytes."""
    return float(psutil.Process(process).memory_full_info().pss) / 1e6


def together(processes: Iterable[int]) -> float:
    """What a container of just these processes is charged for their memory, in MB of a million bytes."""
    own = 0
    files: dict[str, int] = defaultdict(int)
    for process in processes:
        for part in psutil.Process(process).memory_maps(grouped=True):
            shared = part.shared_clean + part.shared_dirty
            if part.path.startswith("/"):  # of a file, only the pages that were written to are the process's own
                own += part.private_dirty
                files[part.path] = max(files[part.path], shared + part.private_clean)
            else:
                own += part.private_clean + part.private_dirty + shared
    return (own + sum(files.values())) / 1e6


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
