#!/usr/bin/env python3
"""Set up and run the kit with nothing but Python 3.11+ and pip.

  python3 run.py demo   set up, make the data, run the talk's demo end to end, print what to open
  python3 run.py test   set up, then every check: style, types, tests, notebooks (arguments go to pytest)
  python3 run.py lab    open the notebooks in JupyterLab (--stage: for a projector; the rest goes to JupyterLab)
  python3 run.py ui     open the traces in MLflow's UI
  python3 run.py eval   measure the agents, with DeepEval and RAGAS (--test: the tests of both; the rest goes on)
  python3 run.py promptfoo   compare the prompt's versions with PromptFoo (arguments go to `promptfoo eval`)
  python3 run.py slides  build the talk's slides (needs Node.js and Chromium; --check: are the committed ones today's?)

The first run makes .venv and installs requirements.txt into it; later runs start at once. `eval` has an environment of
its own, .venv-eval, since those two hold back packages that the kit wants newer.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
QUIET_PIP = ["--quiet", "--disable-pip-version-check", "--no-input"]


class Environment(NamedTuple):
    """A Python with packages of its own."""

    folder: Path
    requirements: Path
    size: str
    """How much there is to install."""

    @property
    def python(self) -> Path:
        """What runs in it."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """Says for which requirements it is whole."""
        return self.folder / "installed.txt"


CORE = Environment(ROOT / ".venv", ROOT / "requirements.txt", "1.2 GB")
EVAL = Environment(ROOT / ".venv-eval", ROOT / "requirements-eval.txt", "2.2 GB")


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
        set_up(EVAL if command == "eval" else CORE)
        return COMMANDS[command](rest)
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    except subprocess.CalledProcessError as error:
        print(f"This step failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode or 1


def set_up(environment: Environment = CORE) -> None:
    """Make an environment hold what its requirements say, unless it does already. Raises SystemExit for a link."""
    folder, python, stamp, wants = environment.folder, environment.python, environment.stamp, environment.requirements
    # the folder's place is part of the stamp: a moved environment does not work
    wanted = hashlib.sha256(wants.read_bytes() + sys.version.encode() + bytes(folder)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if folder.is_symlink():  # clearing it would empty the folder that it points to, which is somebody else's
        raise SystemExit(f"{folder.name} is a link to another folder, which is left as it is. Remove the link first.")
    began = time.monotonic()
    print(f"Setting up {folder.name} (once; about {environment.size}) …", file=sys.stderr, flush=True)
    stamp.unlink(missing_ok=True)  # an install that stops half-way must not look whole
    try:
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip"]
    except subprocess.CalledProcessError:  # a system Python without ensurepip: its own pip can do it
        venv.create(folder, with_pip=False, clear=True)
        pip = [sys.executable, "-m", "pip", "--python", python]
    # uv is many times faster; without bytecode every start would compile its imports anew, hard links out of its
    # cache break LlamaIndex's text splitter, and a company's own certificates are in the system's store
    fast = subprocess.run([*pip, "install", *QUIET_PIP, "uv"], check=False).returncode == 0 and (
        subprocess.run(
            [python, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", python, "-r", wants],
            cwd=ROOT,
            env={**os.environ, "UV_LINK_MODE": "copy", "UV_SYSTEM_CERTS": "1"},
            check=False,
        ).returncode
        == 0
    )
    if not fast:
        subprocess.run([*pip, "install", *QUIET_PIP, "-r", wants], cwd=ROOT, check=True)
    stamp.write_text(wanted)
    print(f"Ready after {time.monotonic() - began:.0f} s.", file=sys.stderr, flush=True)


def demo_lib(*arguments: str, environment: Environment = CORE) -> int:
    """`python -m demo_lib …` inside an environment."""
    return subprocess.run([environment.python, "-m", "demo_lib", *arguments], cwd=ROOT, check=False).returncode


def demo(rest: list[str]) -> int:
    """The demo, end to end."""
    return demo_lib("demo", *rest)


# What the offline model was measured at, with room for one question of the 46; nothing made up is forgiven.
FLOOR = ["--min", "accuracy=0.84", "--min", "sql_validity=0.97", "--max", "hallucination_rate=0"]


def test(rest: list[str]) -> int:
    """Every check; with arguments, only pytest, which gets them."""
    steps = [
        ["-m", "ruff", "check", "."],
        ["-m", "mypy"],
        ["-m", "demo_lib", "seed"],
        ["-m", "demo_lib", "evaluate", "--questions", "lesson", *FLOOR],
        ["-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"],
    ]
    if rest:
        steps = [["-m", "demo_lib", "seed"], ["-m", "pytest", *rest]]
    return checked(CORE, steps)


def checked(environment: Environment, steps: list[list[str]]) -> int:
    """Run Python's steps one after the other, offline, up to the first that fails; returns its exit status."""
    offline = {k: v for k, v in os.environ.items() if not k.startswith(("DEMO_", "OPENAI_", "AZURE_OPENAI_"))}
    for step in steps:
        print("$ python " + " ".join(step), flush=True)
        status = subprocess.run([environment.python, *step], cwd=ROOT, env=offline, check=False).returncode
        if status:
            return status
    return 0


def evaluate(rest: list[str]) -> int:
    """The agents measured where DeepEval and RAGAS are; --test: the tests that need them, the rest goes to pytest."""
    if "--test" in rest:
        chosen = [a for a in rest if a != "--test"]
        return checked(EVAL, [["-m", "demo_lib", "seed"], ["-m", "pytest", "tests/eval", *chosen]])
    return demo_lib("evaluate", *rest, environment=EVAL)


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
    return [CORE.python, "-m", "jupyterlab", *rest], {**os.environ, "JUPYTER_CONFIG_PATH": path}


def ui(rest: list[str]) -> int:
    """MLflow's UI on the traces."""
    return demo_lib("ui", *rest)


def promptfoo(rest: list[str]) -> int:
    """The SQL prompt's versions compared by PromptFoo, which comes into a folder of its own."""
    return checked(CORE, [["-m", "demo_lib", "seed"], ["tests/promptfoo", *rest]])


def slides(rest: list[str]) -> int:
    """The slides, from slides/deck.md and what the demo really printed."""
    return checked(CORE, [["-m", "demo_lib", "seed"], ["-m", "demo_lib.stage.deck", *rest]])


COMMANDS = {
    "demo": demo,
    "test": test,
    "lab": lab,
    "ui": ui,
    "eval": evaluate,
    "promptfoo": promptfoo,
    "slides": slides,
}

if __name__ == "__main__":
    sys.exit(main())
