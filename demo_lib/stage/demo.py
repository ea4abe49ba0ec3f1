"""The demo end to end: a question through the whole stack, then the notebooks as pages to open."""

from __future__ import annotations

import shutil
from pathlib import Path

from demo_lib.settings import OUTPUTS, PROJECT_ROOT
from demo_lib.stage.store import OWN_STORE

NOTEBOOKS = PROJECT_ROOT / "notebooks"


def demo(question: str) -> int:
    """Ask `question`, show its trace, execute every notebook into outputs/demo; returns the exit status."""
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
    pages = [_page(path) for path in tqdm(solutions, desc="notebooks", unit="notebook")]
    print("\nOpen:")
    for page in [*pages, figure]:
        print(f"  {page.relative_to(PROJECT_ROOT)}")
    if workshop.settings.tracking_uri == OWN_STORE:
        print("  the traces: python3 run.py ui")
    print("  the notebooks: python3 run.py lab")
    return 0


def _page(path: Path) -> Path:
    """Execute a copy of the notebook, in its own folder's place, and write it as HTML."""
    import logging

    import papermill
    from nbconvert import HTMLExporter

    logging.getLogger("papermill").setLevel(logging.ERROR)
    out = OUTPUTS / "demo" / path.name
    quiet = ["--IPKernelApp.log_level=ERROR"]  # its warnings would cut the progress bar in two
    papermill.execute_notebook(path, out, cwd=path.parent, progress_bar=False, extra_arguments=quiet)
    exporter = HTMLExporter()
    # the page must read without a network: no script from elsewhere
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
    page = out.with_suffix(".html")
    html, _ = exporter.from_filename(str(out))
    page.write_text(html, encoding="utf-8")
    shutil.rmtree(out.parent / ".ipynb_checkpoints", ignore_errors=True)
    return page
