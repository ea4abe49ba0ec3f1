"""What a learner sees: JupyterLab and MLflow's UI, in a real browser, as `run.py lab` and Binder serve them."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest

from demo_lib import Workshop
from demo_lib.settings import PROJECT_ROOT

driving = pytest.importorskip("driving", reason="Playwright is not installed: the browser tests need it")
from playwright.sync_api import Browser, expect  # noqa: E402
from reproduction import differences  # noqa: E402

if not driving.CHROMIUM:
    pytest.skip("no Chromium or Chrome on this machine: the browser tests need one", allow_module_level=True)

FOLDER = PROJECT_ROOT / "notebooks"
NOTEBOOKS = sorted([*FOLDER.glob("[0-9]*.ipynb"), *FOLDER.glob("stage/[0-9]*.ipynb")])
IDS = [p.relative_to(FOLDER).as_posix() for p in NOTEBOOKS]
QUESTION = "What were total sales last quarter?"
expect.set_options(timeout=driving.PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with driving.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[driving.Lab]:
    with driving.serving(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(server: driving.Lab, browser: Browser) -> Iterator[driving.Lab]:
    """The module's server; a test leaves neither kernels nor pages behind, and no script of a page threw."""
    server.errors.clear()
    yield server
    for context in browser.contexts:
        server.stop_kernels(context.pages[0])
        context.close()
    assert not server.errors


def errors(cells: list[dict[str, Any]]) -> list[str]:
    outputs = [o for c in cells for o in c["outputs"] if o["output_type"] == "error"]
    return [f"{o['ename']}: {o['evalue']}" for o in outputs]


def counts(cells: list[dict[str, Any]]) -> list[int | None]:
    return [c["execution_count"] for c in cells]


@pytest.mark.parametrize("name", IDS)
def test_run_all_reproduces_the_committed_outputs_and_works_twice_in_a_row(
    name: str, lab: driving.Lab, browser: Browser
) -> None:
    page = lab.notebook(browser, f"notebooks/{name}")
    cells = driving.run_all(page)
    assert errors(cells) == []
    assert differences(driving.as_notebook(cells), FOLDER / name) == []
    again = driving.run_all(page)
    assert errors(again) == []
    assert counts(again) == list(range(len(cells) + 1, 2 * len(cells) + 1))


def test_run_all_works_again_after_the_kernel_was_killed(lab: driving.Lab, browser: Browser) -> None:
    page = lab.notebook(browser, "notebooks/01_basic_flow.ipynb")
    driving.wait_until(page, "panel.sessionContext.isReady")
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells').catch(() => {}); }")
    cells = "panel.content.model.sharedModel.cells.filter(cell => cell.cell_type == 'code')"
    driving.wait_until(page, f"{cells}[0].execution_count && {cells}.some(cell => cell.executionState == 'running')")
    (kernel,) = driving.kernel_processes(lab)
    os.kill(kernel, signal.SIGKILL)
    page.get_by_role("button", name="Ok", exact=True).click()  # "… appears to have died. It will restart …"
    # JupyterLab says `starting`, or `unknown` for ever, of a kernel that came back until it is given something to do
    driving.wait_for_another_kernel(lab, kernel)
    ran = driving.run_all(page)
    assert errors(ran) == []
    assert counts(ran) == list(range(1, len(ran) + 1))


def test_lab_opens_the_first_notebook_and_asks_for_nothing(lab: driving.Lab, browser: Browser) -> None:
    page = lab.page(browser)
    page.wait_for_selector(f"{driving.VISIBLE_NOTEBOOK} .jp-CodeCell")
    page.wait_for_url("**/lab/tree/notebooks/00_start_here.ipynb*")  # the address follows the notebook, a moment later
    driving.wait_until(page, "panel.sessionContext.isReady")
    page.wait_for_timeout(2000)  # the news pop-up would come after the notebook
    expect(page.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)


def test_the_launchers_card_opens_the_traces(lab: driving.Lab, browser: Browser) -> None:
    answer = Workshop().ask(QUESTION)
    driving.wait_for_ui(lab)
    page = lab.notebook(browser, "notebooks/00_start_here.ipynb")
    page.evaluate("async () => { await window.jupyterapp.commands.execute('launcher:create'); }")
    card = page.locator(".jp-LauncherCard", has_text="MLflow")
    assert card.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    with page.context.expect_page() as opening:
        card.click()
    traces = opening.value
    driving.skip_tour(traces)
    traces.get_by_text(QUESTION).first.click()
    expect(traces).to_have_url(re.compile(f"traceId={answer.trace_id}"))
    expect(traces.get_by_text("sql_generation").first).to_be_visible()


@pytest.mark.parametrize(
    ("origin", "status"), [("https://hub.2i2c.mybinder.org", 200), ("https://elsewhere.example", 403), ("", 200)]
)
def test_only_our_own_pages_may_change_something_in_mlflow(origin: str, status: int, lab: driving.Lab) -> None:
    headers = {"Authorization": f"token {driving.TOKEN}", "Content-Type": "application/json"} | (
        {"Origin": origin} if origin else {}
    )
    url = f"{lab.url}mlflow/ajax-api/2.0/mlflow/experiments/search"
    try:
        with urlopen(Request(url, b'{"max_results": 1}', headers), timeout=150) as response:
            found = response.status
    except HTTPError as error:
        found = error.code
    assert found == status


def test_without_the_token_nobody_sees_the_traces(lab: driving.Lab) -> None:
    with urlopen(f"{lab.url}mlflow/", timeout=150) as response:
        assert "/login" in response.url


def test_the_ui_goes_when_jupyterlab_goes(tmp_path: Path) -> None:
    with driving.serving(tmp_path) as lab:
        urlopen(Request(f"{lab.url}mlflow/health", headers={"Authorization": f"token {driving.TOKEN}"}), timeout=150)
        below = psutil.Process(lab.process.pid).children(recursive=True)
        assert len(below) == 1, "MLflow's UI should be one process"
    gone, alive = psutil.wait_procs(below, timeout=30)
    assert gone and not alive


def test_on_a_projector_the_type_is_big_and_one_notebook_fills_the_window(tmp_path: Path, browser: Browser) -> None:
    with driving.serving(tmp_path, "--stage") as lab:
        page = lab.page(browser)
        page.wait_for_selector(f"{driving.VISIBLE_NOTEBOOK} .jp-CodeCell")
        assert page.url.endswith("/doc/tree/notebooks/stage/01_basic_flow.ipynb")
        for what in (".jp-CodeCell .cm-content", ".jp-MarkdownOutput", ".jp-OutputArea-output pre"):
            expect(page.locator(what).first).to_have_css("font-size", re.compile("2[4-9]px"))
        assert page.evaluate("window.jupyterapp.shell.mode") == "single-document"
        lab.stop_kernels(page)
        page.context.close()
        assert not lab.errors
