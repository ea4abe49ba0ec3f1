"""The trace store on this machine: made once, so that no two processes race in its migrations; and its UI."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import PROJECT_ROOT, TRACE_STORE, Settings

STORE = TRACE_STORE
PRISTINE = PROJECT_ROOT / ".demo" / "mlflow.pristine.db"
OWN_STORE = Settings().tracking_uri
LOCK_SECONDS = 2.0


def make_store() -> None:
    """Make the store with its experiment and its prompts, and a pristine copy that `reset` goes back to.

    A store that is there is left alone; the copy is made again when MLflow or a prompt has changed.
    Raises DemoError where it cannot be written.
    """
    stamp = PRISTINE.with_suffix(".stamp")
    wanted = _recipe()
    try:
        if not (PRISTINE.exists() and stamp.exists() and stamp.read_text() == wanted):
            PRISTINE.parent.mkdir(parents=True, exist_ok=True)
            partial = PRISTINE.with_suffix(f".{os.getpid()}.partial")
            code = "from demo_lib import tracing; from demo_lib.settings import Settings; " + (
                "tracing.setup(Settings.from_env())"
            )
            environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{partial}", "DEMO_MODEL": "offline"}
            made = subprocess.run(
                [sys.executable, "-c", code], cwd=PROJECT_ROOT, env=environment, capture_output=True, check=False
            )
            if made.returncode:
                reason = made.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
                raise DemoError(f"The trace store could not be made: {reason[0]}")
            copy_store(partial, PRISTINE)
            for leftover in PRISTINE.parent.glob(f"{partial.name}*"):
                leftover.unlink()
            stamp.write_text(wanted)
        if not STORE.exists():
            shutil.copyfile(PRISTINE, STORE)
    except OSError as error:
        raise DemoError(f"The trace store cannot be written here: {error.strerror}. Free or unlock the disk.") from None


def copy_store(source: Path, target: Path) -> None:
    """Make `target` hold exactly what `source` does, also while other processes have it open.

    Raises sqlite3.OperationalError where something keeps `target` locked for LOCK_SECONDS.
    """
    deadline = time.monotonic() + LOCK_SECONDS

    def patience(status: int, _remaining: int, _total: int) -> None:
        # left alone, sqlite3 tries a locked file again for ever
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise sqlite3.OperationalError("database is locked")

    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target, timeout=0.1)) as copy:
        origin.backup(copy, progress=patience, sleep=0.05)


def _recipe() -> str:
    from demo_lib import prompts

    parts = [version("mlflow"), str(PROJECT_ROOT)]
    parts += [(prompts.FOLDER / f"{v}.md").read_text(encoding="utf-8") for v in prompts.versions()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def serve_ui(settings: Settings, port: int) -> int:
    """Run MLflow's UI on the traces until Ctrl-C; returns its exit status. Raises DemoError for a taken port."""
    if not 0 < port < 65536:
        raise UsageError(f"{port} is no port: use a number from 1 to 65535.")
    if not port_is_free(port):
        raise DemoError(f"Port {port} cannot be used: something listens there. Try: python -m demo_lib ui --port 5050")
    if settings.tracking_uri == OWN_STORE:
        make_store()
    print(f"Traces: http://127.0.0.1:{port} (ready in some 15 s; Ctrl-C stops it)", flush=True)
    environment = {
        **os.environ,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # halves its memory; we run no jobs
    }
    command = ["ui", "--backend-store-uri", settings.tracking_uri, "--port", str(port), "--workers", "1"]
    if os.name == "nt":
        command = [sys.executable, "-m", "mlflow", *command]
        return subprocess.run(command, env=environment, cwd=PROJECT_ROOT, check=False).returncode
    os.chdir(PROJECT_ROOT)
    os.environ.update(environment)
    _in_one_process()
    from mlflow.cli import cli

    return int(cli.main(command, standalone_mode=False) or 0)


def _in_one_process() -> None:
    """Let MLflow's server take the place of the command that starts it.

    Left alone, the command waits beside its server, holding 200 MB; and what stops the command with a
    signal it cannot pass on, as JupyterLab may, would leave the server running.
    """
    from mlflow import server

    def become(command: list[str], extra_env: dict[str, str], **_: object) -> None:
        os.execve(command[0], command, os.environ | extra_env)

    server._exec_cmd = become  # type: ignore[attr-defined, assignment]
