"""Everything that can go wrong on stage, looked at before it does; each finding comes with its remedy."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT, WAREHOUSE, Settings
from demo_lib.stage.store import OWN_STORE, STORE, port_is_free

FREE_DISK_MB = 500
PORTS = {5000: "MLflow's UI", 8888: "JupyterLab"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def checks() -> Iterator[Check]:
    """Look at one thing after another; a look that fails is a finding, never an exception."""
    for name, look in LOOKS.items():
        try:
            yield look()
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
    settings = Settings.from_env()
    from demo_lib.llm import Model

    reply = Model(settings).chat([{"role": "user", "content": "Say OK."}])
    return Check("Model", bool(reply.content), f"{settings.badge} answers")


def _database() -> Check:
    from demo_lib.guardrails import check_sql
    from demo_lib.retrieval.catalog import quote
    from demo_lib.workshop import Workshop

    workshop = Workshop()
    tables = len(workshop.catalog.tables)
    table = quote(next(iter(workshop.catalog.tables)))
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


LOOKS: dict[str, Callable[[], Check]] = {
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
