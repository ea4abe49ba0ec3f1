"""Everything that can go wrong on stage, looked at before it does; each finding comes with its remedy."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from demo_lib.errors import DemoError
from demo_lib.settings import OUTPUTS, PROJECT_ROOT, WAREHOUSE, Settings
from demo_lib.stage.store import OWN_STORE, STORE, port_is_free

FREE_DISK_MB = 500
FREE_MEMORY_GB = 2.0
REHEARSAL_HOLDS = timedelta(days=1)
UI_PORT, LAB_PORT = 5000, 8888
PORTS = {UI_PORT: "MLflow's UI", LAB_PORT: "JupyterLab"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def checks(stage: bool = False) -> Iterator[Check]:
    """Look at one thing after another; a look that fails is a finding, never an exception.

    stage: also at what only the presenter needs; a look that does not apply here yields nothing.
    """
    for name, look in (LOOKS | STAGE_LOOKS if stage else LOOKS).items():
        try:
            if check := look():
                yield check
        except DemoError as error:
            yield Check(name, False, "not usable", str(error))
        except Exception as error:
            yield Check(name, False, f"{type(error).__name__}: {str(error)[:120]}", "Run again with DEMO_DEBUG=1.")


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or newer and run `run.py` with it.")


def _packages() -> Check:
    lines = (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted: dict[str, set[str]] = {}
    for line in lines:
        # a package may be pinned twice, for different Pythons
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)(.*)", line):
            wanted.setdefault(match[1], set()).add(match[2])
            if ";" in match[3]:
                wanted[match[1]].add("")
    off = []
    for name, versions in wanted.items():
        try:
            if version(name) not in versions and "" not in versions:
                off.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            if "" not in versions:
                off.append(f"{name} missing")
    found = f"{len(wanted)} as pinned" if not off else f"{len(off)} differ: {', '.join(off[:5])}"
    return Check("Packages", not off, found, "python -m pip install -r requirements.txt")


def _data() -> Check:
    from demo_lib import seed

    whole = seed.is_current(WAREHOUSE)
    found = "seeded and whole" if whole else "missing, half-written or of another catalogue"
    return Check("Data", whole, found, "python -m demo_lib seed")


def _model() -> Check:
    from demo_lib.llm import Model

    return Check("Model", True, Model(Settings.from_env()).ready())


def _database() -> Check:
    from demo_lib.guardrails import check_sql
    from demo_lib.retrieval.catalog import quote_table
    from demo_lib.workshop import Workshop

    workshop = Workshop()
    tables = len(workshop.catalog.tables)
    table = quote_table(next(iter(workshop.catalog.tables.values())))
    database = next(iter(workshop.policies))
    query = f"SELECT COUNT(*) FROM {table}"
    workshop.database.run(check_sql(query, workshop.policies[database], workshop.database.dialect))
    return Check("Database", True, f"{workshop.database.engine}, read-only, {tables} tables")


def _ports() -> Check:
    taken = [f"{port} ({what})" for port, what in PORTS.items() if not port_is_free(port)]
    found = "free: " + ", ".join(map(str, PORTS)) if not taken else "taken: " + ", ".join(taken)
    return Check("Ports", not taken, found, "Stop what listens there, or use `--port` with another number.")


def _disk() -> Check:
    free_mb = shutil.disk_usage(PROJECT_ROOT).free // 2**20
    writable = os.access(PROJECT_ROOT, os.W_OK)
    found = f"{free_mb:,} MB free" + ("" if writable else ", read-only")
    remedy = f"Free some space: {FREE_DISK_MB} MB are needed." if writable else "Copy the kit to a writable folder."
    return Check("Disk", free_mb >= FREE_DISK_MB and writable, found, remedy)


def _fonts() -> Check:
    from matplotlib import font_manager

    path = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    ok = encoding.startswith("utf")
    found = f"{path.rsplit(os.sep, 1)[-1]} for charts; the terminal is {sys.stdout.encoding}"
    return Check("Fonts", ok, found, "Set PYTHONUTF8=1, or the trace's tree cannot be printed.")


def _store() -> Check:
    settings = Settings.from_env()
    if settings.tracking_uri != OWN_STORE:
        from demo_lib import tracing

        tracing.setup(settings)
        return Check("Trace store", True, "the one MLFLOW_TRACKING_URI names")
    if not STORE.exists():
        return Check("Trace store", False, "not made yet", "python -m demo_lib seed")
    try:
        with closing(sqlite3.connect(STORE, timeout=2)) as db:
            db.execute("BEGIN IMMEDIATE")  # takes the lock that a trace needs, and lets go of it
            db.rollback()
            (traces,) = db.execute("SELECT COUNT(*) FROM trace_info").fetchone()
    except sqlite3.Error as error:
        return Check("Trace store", False, f"cannot be written: {error}", "Stop what locks it, or: demo_lib reset")
    return Check("Trace store", True, f"{STORE.name}, {traces} traces")


def _notebooks() -> Check:
    there = sorted(p.stem for p in (PROJECT_ROOT / "notebooks").glob("[0-9]*.ipynb"))
    source = sorted(p.stem for p in (PROJECT_ROOT / "notebooks" / "src").glob("[0-9]*.py"))
    found = ", ".join(there) or "none"
    return Check("Notebooks", bool(there) and there == source, found, "python notebooks/build.py")


# ---------------------------------------------------------------------------------------------- on stage


def _servers() -> Check:
    """On stage the ports are taken, by what is to be shown."""
    wanted = [
        (UI_PORT, "MLflow's UI", "python3 run.py ui", _fetch(UI_PORT, "/version") == version("mlflow")),
        (LAB_PORT, "JupyterLab", "python3 run.py lab --stage", '"version"' in _fetch(LAB_PORT, "/api")),
    ]
    found = ", ".join(f"{what} {'answers' if ours else 'does not answer'} on {port}" for port, what, _, ours in wanted)
    missing = [(port, what, start) for port, what, start, ours in wanted if not ours]
    remedies = [
        f"Start it now: {start}." if port_is_free(port) else f"Stop what listens on {port}: it is not {what}."
        for port, what, start in missing
    ]
    return Check("Ports", not missing, found, " ".join(remedies))


def _fetch(port: int, path: str) -> str:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=3, trust_env=False).text.strip()
    except httpx.HTTPError:
        return ""


def _stage_notebooks() -> Check:
    command = [sys.executable, str(PROJECT_ROOT / "notebooks" / "build.py"), "--check", "--form", "stage"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    last = (done.stdout or done.stderr).strip().splitlines()[-1:] or ["no answer from notebooks/build.py"]
    there = not last[0].startswith("0 ")
    return Check("Stage notebooks", there and done.returncode == 0, last[0], "python -m demo_lib reset")


def _run_of_show() -> Check:
    from demo_lib.stage import run_of_show

    show = run_of_show.load()
    off = run_of_show.differences(show)
    found = off[0] if off else f"{len(show.variants)} variants of {len(show.parts)} parts, as in the notebooks"
    return Check("Run of show", not off, found, "Name the same cells in data/run_of_show.yaml and in notebooks/src.")


def _fallbacks() -> Check:
    pages = OUTPUTS / "demo" / "stage"
    wanted = [p.stem for p in sorted((PROJECT_ROOT / "notebooks" / "stage").glob("[0-9]*.ipynb"))]
    missing = [name for name in wanted if not (pages / f"{name}.html").exists()]
    found = f"no page for {', '.join(missing)}" if missing else f"{len(wanted)} pages in outputs/demo/stage"
    return Check("Fallback pages", not missing, found, "python3 run.py demo")


def _recordings() -> Check | None:
    settings = Settings.from_env()
    if settings.model not in ("replay", "stage"):
        return None
    there = [p for p in settings.recordings.glob("*.jsonl") if p.stat().st_size]
    found = f"{len(there)} file{'s' if len(there) != 1 else ''} in {settings.recordings.name}/"
    remedy = "Rehearse with DEMO_MODEL=record while there is a network."
    return Check("Recordings", bool(there), found, remedy)


def _rehearsal() -> Check:
    from demo_lib.stage import rehearse

    remedy = "python -m demo_lib rehearse"
    whole = [entry for entry in rehearse.history() if entry["whole"]]
    if not whole:
        return Check("Rehearsal", False, "none yet of all parts", remedy)
    last = whole[-1]
    age = datetime.now().astimezone() - datetime.fromisoformat(last["at"])
    hours = age / timedelta(hours=1)
    when = f"{hours * 60:.0f} min ago" if hours < 1 else f"{hours:.0f} h ago" if hours < 48 else f"{age.days} days ago"
    verdict = " ".join(last["findings"]) or f"ready, {last['seconds']:.0f} s of machine time"
    found = f"{when}, '{last['variant']}': {verdict}"
    return Check("Rehearsal", not last["findings"] and age < REHEARSAL_HOLDS, found, remedy)


def _memory() -> Check:
    import psutil

    free_gb = psutil.virtual_memory().available / 2**30
    kernels = sum("ipykernel_launcher" in " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"]))
    found = f"{free_gb:.1f} GB free, {kernels} kernel{'s' if kernels != 1 else ''} running"
    remedy = f"Have {FREE_MEMORY_GB:.0f} GB free: shut down kernels (Kernel menu) and close other programs."
    return Check("Memory", free_gb >= FREE_MEMORY_GB, found, remedy)


def _power() -> Check | None:
    import psutil

    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if battery is None:
        return None
    found = f"{battery.percent:.0f} %, {'plugged in' if battery.power_plugged else 'on battery'}"
    return Check("Power", battery.power_plugged is not False, found, "Plug it in: on battery it runs slower.")


LOOKS: dict[str, Callable[[], Check | None]] = {
    "Python": _python,
    "Packages": _packages,
    "Disk": _disk,
    "Data": _data,
    "Database": _database,
    "Model": _model,
    "Trace store": _store,
    "Ports": _ports,
    "Fonts": _fonts,
    "Notebooks": _notebooks,
}
STAGE_LOOKS: dict[str, Callable[[], Check | None]] = {
    "Ports": _servers,
    "Stage notebooks": _stage_notebooks,
    "Run of show": _run_of_show,
    "Fallback pages": _fallbacks,
    "Recordings": _recordings,
    "Rehearsal": _rehearsal,
    "Memory": _memory,
    "Power": _power,
}
