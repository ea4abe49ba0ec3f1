"""The demo end to end: a question through the whole stack, then the notebooks as pages to open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo_lib.errors import DemoError
from demo_lib.settings import OUTPUTS, PROJECT_ROOT
from demo_lib.stage.kernels import fresh_kernel, run_cell
from demo_lib.stage.store import OWN_STORE

NOTEBOOKS = PROJECT_ROOT / "notebooks"
AT_ONCE = 2  # a kernel's start keeps one core busy, and takes some 500 MB


def demo(question: str) -> int:
    """Ask `question`, show its trace, run every notebook, leave all of it as pages in outputs/demo.

    The stage notebooks are not run, only turned into pages as they are: what the presenter shows when a cell fails.
    Returns the exit status.
    """
    from tqdm import tqdm

    from demo_lib.cli import as_text
    from demo_lib.tracing import waterfall
    from demo_lib.workshop import Workshop

    workshop = Workshop()
    print(f"\n{workshop.settings.badge} · {question}\n", flush=True)
    answer = workshop.ask(question)
    print(as_text(answer))
    figure = OUTPUTS / "demo" / "trace.png"
    figure.parent.mkdir(parents=True, exist_ok=True)
    waterfall(answer).savefig(figure, dpi=150)
    solutions = sorted(NOTEBOOKS.glob("solutions/[0-9]*.ipynb"))
    with tqdm(desc="notebooks", unit="notebook", total=len(solutions)) as bar:
        executed = asyncio.run(_executed(solutions, bar.update))
    pages = [_page(path) for path in executed]
    pages += [_page(path, OUTPUTS / "demo" / "stage") for path in sorted(NOTEBOOKS.glob("stage/[0-9]*.ipynb"))]
    print("\nOpen:")
    for page in [*pages, figure]:
        print(f"  {page.relative_to(PROJECT_ROOT)}")
    if workshop.settings.tracking_uri == OWN_STORE:
        print("  the traces: python3 run.py ui")
    print("  the notebooks: python3 run.py lab")
    return 0


async def _executed(paths: list[Path], done: Callable[[], object]) -> list[Path]:
    """Run a copy of each notebook, some at once; returns the copies in outputs/demo.

    done: called after each. Raises DemoError where a cell fails.
    """
    import nbformat

    gate = asyncio.Semaphore(AT_ONCE)

    async def run(path: Path) -> Path:
        async with gate, fresh_kernel(path) as client:
            for index in range(len(client.nb.cells)):
                if error := await run_cell(client, index):
                    raise DemoError(f"A cell of {path.name} fails ({error}). Look: python -m demo_lib preflight")
        out = OUTPUTS / "demo" / path.name
        nbformat.write(client.nb, out)
        done()
        return out

    return await asyncio.gather(*map(run, paths))


def _page(path: Path, folder: Path | None = None) -> Path:
    """Write the notebook as HTML, into `folder` or beside it."""
    from nbconvert import HTMLExporter

    exporter: Any = HTMLExporter()
    # the page must read without a network: no script from elsewhere
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
    page = (folder or path.parent) / f"{path.stem}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    html, _ = exporter.from_filename(str(path))
    page.write_text(html, encoding="utf-8")
    return page
