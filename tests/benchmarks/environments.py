"""Pythons that have what the kit has not: made on first use from a requirements file, apart from the kit."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from demo_lib.errors import DemoError


def python_with(requirements: Path, folder: Path) -> str:
    """The Python of an environment in `folder` that has these requirements; made anew where they have changed.

    Raises DemoError where it cannot be made.
    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp, wanted = folder / "stamp", hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return str(python)
    name = requirements.stem
    print(f"Installing {name} into {folder} (once) …", file=sys.stderr)
    try:
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--requirement", requirements], capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise DemoError(f"No environment for {name} could be made: {error}") from None
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise DemoError(f"{name} could not be installed: {reason}")
    stamp.write_text(wanted)
    return str(python)
