#!/usr/bin/env python3
"""Set up and run the kit with nothing but Python 3.11+ and pip.

  python3 run.py demo   set up, make the data, run the talk's demo end to end, print what to open
  python3 run.py test   set up, then every check: style, types, tests, notebooks (arguments go to pytest)
  python3 run.py lab    open the notebooks in JupyterLab (--stage: for a projector; the rest goes to JupyterLab)
  python3 run.py ui     open the traces in MLflow's UI

The first run makes .venv and installs requirements.txt into it; later runs start at once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "requirements.txt"
STAMP = VENV / "installed.txt"
QUIET_PIP = ["--quiet", "--disable-pip-version-check", "--no-input"]


def main() -> int:
    """Run one command; returns its exit status."""
    command, rest = (sys.argv[1] if len(sys.argv) > 1 else "--help"), sys.argv[2:]
    if command not in COMMANDS:
        print(__doc__, file=sys.stdout if command in ("-h", "--help", "help") else sys.stderr)
        return 0 if command in ("-h", "--help", "help") else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is what this line is for
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        set_up()
        return COMMANDS[command](rest)
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    except subprocess.CalledProcessError as error:
        print(f"This step failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode or 1


def set_up() -> None:
    """Make .venv hold what requirements.txt says, unless it does already."""
    # the folder's place is part of the stamp: a moved environment does not work
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode() + bytes(VENV)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    began = time.monotonic()
    print("Setting up .venv (once; about 1.2 GB) …", file=sys.stderr, flush=True)
    STAMP.unlink(missing_ok=True)  # an install that stops half-way must not look whole
    try:
        venv.create(VENV, with_pip=True, clear=True)
        pip = [PYTHON, "-m", "pip"]
    except subprocess.CalledProcessError:  # a system Python without ensurepip: its own pip can do it
        venv.create(VENV, with_pip=False, clear=True)
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    # uv is many times faster; without bytecode every start would compile its imports anew, hard links out of its
    # cache break LlamaIndex's text splitter, and a company's own certificates are in the system's store
    fast = subprocess.run([*pip, "install", *QUIET_PIP, "uv"], check=False).returncode == 0 and (
        subprocess.run(
            [PYTHON, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", PYTHON, "-r", REQUIREMENTS],
            cwd=ROOT,
            env={**os.environ, "UV_LINK_MODE": "copy", "UV_SYSTEM_CERTS": "1"},
            check=False,
        ).returncode
        == 0
    )
    if not fast:
        subprocess.run([*pip, "install", *QUIET_PIP, "-r", REQUIREMENTS], cwd=ROOT, check=True)
    STAMP.write_text(wanted)
    print(f"Ready after {time.monotonic() - began:.0f} s.", file=sys.stderr, flush=True)


def demo_lib(*arguments: str) -> int:
    """`python -m demo_lib …` inside the environment."""
    return subprocess.run([PYTHON, "-m", "demo_lib", *arguments], cwd=ROOT, check=False).returncode


def demo(rest: list[str]) -> int:
    """The demo, end to end."""
    return demo_lib("demo", *rest)


def test(rest: list[str]) -> int:
    """Every check; with arguments, only pytest, which gets them."""
    offline = {k: v for k, v in os.environ.items() if not k.startswith(("DEMO_", "OPENAI_", "AZURE_OPENAI_"))}
    steps = [
        ["-m", "ruff", "check", "."],
        ["-m", "mypy"],
        ["-m", "demo_lib", "seed"],
        ["-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"],
    ]
    if rest:
        steps = [["-m", "demo_lib", "seed"], ["-m", "pytest", *rest]]
    for step in steps:
        print("$ python " + " ".join(step), flush=True)
        status = subprocess.run([PYTHON, *step], cwd=ROOT, env=offline, check=False).returncode
        if status:
            return status
    return 0


def lab(rest: list[str]) -> int:
    """JupyterLab on the notebooks; --stage in big type."""
    status = demo_lib("seed")
    command, environment = lab_command(rest)
    return status or subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def lab_command(arguments: list[str]) -> tuple[list[object], dict[str, str]]:
    """What starts JupyterLab, and its environment: the folders with its settings come first in its path."""
    folders = [ROOT / "lab" / "stage"] * ("--stage" in arguments) + [ROOT / "lab"]
    path = os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])])
    rest = [a for a in arguments if a != "--stage"]
    return [PYTHON, "-m", "jupyterlab", *rest], {**os.environ, "JUPYTER_CONFIG_PATH": path}


def ui(rest: list[str]) -> int:
    """MLflow's UI on the traces."""
    return demo_lib("ui", *rest)


COMMANDS = {"demo": demo, "test": test, "lab": lab, "ui": ui}

if __name__ == "__main__":
    sys.exit(main())
