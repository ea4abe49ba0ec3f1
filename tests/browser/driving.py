"""JupyterLab as `run.py lab` starts it, on copies of the notebooks, and a Chromium to drive it with."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
from playwright.sync_api import Browser, Page, Response, sync_playwright

from demo_lib.settings import PROJECT_ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
TOKEN = "a-token-for-tests"
PATIENCE_MS = 120_000  # two cores, shared with other tests
VISIBLE_NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless; Playwright downloads none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Lab:
    """A running JupyterLab; `url` ends in a slash."""

    url: str
    root: Path
    process: subprocess.Popen[bytes]
    errors: list[str] = field(default_factory=list)
    """What went wrong in any page: scripts that threw, answers that were server errors."""

    def page(self, browser: Browser, path: str = "") -> Page:
        """A page of a browser without a past, on a path below the address."""
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", self._watch)
        page = context.new_page()
        page.goto(f"{self.url}{path}{'&' if '?' in path else '?'}token={TOKEN}", wait_until="domcontentloaded")
        return page

    def notebook(self, browser: Browser, path: str) -> Page:
        """A page with this notebook open and nothing else (`reset` forgets what earlier pages had open)."""
        page = self.page(browser, f"lab/tree/{path}?reset")
        page.wait_for_selector(f"{VISIBLE_NOTEBOOK} .jp-CodeCell")
        return page

    def stop_kernels(self, page: Page) -> None:
        """Their memory is wanted by the next notebook."""
        headers = {"Authorization": f"token {TOKEN}"}
        for session in page.request.get(f"{self.url}api/sessions", headers=headers).json():
            page.request.delete(f"{self.url}api/sessions/{session['id']}", headers=headers)

    def _watch(self, page: Page) -> None:
        def answered(response: Response) -> None:
            if response.status >= 500:
                self.errors.append(f"{response.status} {response.url}")

        page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        page.on("response", answered)


@contextmanager
def serving(root: Path, *arguments: str, launcher: tuple[str, ...] = ()) -> Iterator[Lab]:
    """JupyterLab over copies of the notebooks below `root`, at a path like the one that Binder gives it.

    arguments: for `run.py lab`. launcher: what to start it through, such as Binder's start script.
    """
    for folder in ("lab", "notebooks"):
        shutil.copytree(PROJECT_ROOT / folder, root / folder)
    spec = importlib.util.spec_from_file_location("run", PROJECT_ROOT / "run.py")
    assert spec and spec.loader
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    run.ROOT, run.PYTHON = root, sys.executable
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    options += ["--ServerApp.base_url=/user/someone/", f"--IdentityProvider.token={TOKEN}"]
    options += ["--LabApp.expose_app_in_browser=True"]
    command, environment = run.lab_command([*arguments, *options])
    places = {name: str(root / "jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    with (root / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(
            [*launcher, *map(str, command)], env=environment | places, cwd=root, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}/user/someone/"
    try:
        _wait_until_it_answers(f"{url}api", process, root / "jupyter.log")
        yield Lab(url, root, process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to go; one that hangs, as with a kernel that was still starting, goes with all below it."""
    below = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        for one in [process, *below]:
            with suppress(psutil.NoSuchProcess):
                one.kill()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace")[-3000:])


def wait_for_ui(lab: Lab) -> None:
    """Have MLflow's UI started behind its card: on two busy cores its imports outlast the proxy's own patience."""
    request = urllib.request.Request(f"{lab.url}mlflow/health", headers={"Authorization": f"token {TOKEN}"})
    deadline = time.monotonic() + 200
    while True:
        try:
            with urllib.request.urlopen(request, timeout=200):
                return
        except OSError:  # an HTTPError is one: the proxy gave up waiting
            if time.monotonic() > deadline:
                raise


RUN_ALL = """async () => {
    const app = window.jupyterapp, panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    const late = new Promise((_, no) => setTimeout(() => no(new Error('Run All takes too long')), 240_000));
    await Promise.race([app.commands.execute('notebook:run-all-cells'), late]);
    return panel.content.model.sharedModel.toJSON().cells;
}"""


def run_all(page: Page) -> list[dict[str, Any]]:
    """Run All on the notebook in front; returns its code cells as they stand afterwards."""
    cells = page.evaluate(RUN_ALL)
    return [c for c in cells if c["cell_type"] == "code" and "".join(c["source"]).strip()]


def as_notebook(cells: list[dict[str, Any]]) -> list[Any]:
    """The cells as `nbformat` reads them from a file."""
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return list(nbformat.reads(text, 4).cells)


def skip_tour(traces: Page) -> None:
    """MLflow greets a new browser with a tour over its page of traces; close it when it comes."""
    traces.add_locator_handler(traces.get_by_role("button", name="Got it"), lambda button: button.click())


def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression over `panel`, the notebook in front, is true."""
    function = f"() => {{ const panel = window.jupyterapp.shell.currentWidget; return {condition}; }}"
    page.wait_for_function(function, polling=100)  # milliseconds; its default waits for a frame to be drawn


def kernel_processes(lab: Lab) -> list[int]:
    """The process ids of this server's kernels that live."""
    kernels = []
    for process in psutil.Process(lab.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it went meanwhile, or waits to be buried
            if "ipykernel_launcher" in process.cmdline():
                kernels.append(process.pid)
    return kernels


def wait_for_another_kernel(lab: Lab, killed: int) -> None:
    """Wait until the server has started a kernel in place of the one that was killed."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not any(process != killed for process in kernel_processes(lab)):
        assert time.monotonic() < deadline, "no kernel came back"
        time.sleep(0.1)
