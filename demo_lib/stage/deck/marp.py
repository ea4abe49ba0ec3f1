"""Marp in a folder of its own, pinned; and what it needs of this machine: Node.js and Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT
from demo_lib.stage.deck.sources import chromium

MARP = "@marp-team/marp-cli@4.5.1"
# npm takes what was there on that day: as good as a lock file, and much shorter
AS_OF = "2026-11-24"
FOLDER = PROJECT_ROOT / ".demo" / "marp"
ENTRY = FOLDER / "node_modules" / "@marp-team" / "marp-cli" / "marp-cli.js"
NO_NODE = (
    "Building the slides needs Node.js 20 or newer with npm: install it from nodejs.org or by your system's packages. "
    "The built slides are in slides/: nobody needs it to present."
)
NO_CHROMIUM = (
    "Building the slides needs Chromium or Chrome: install it (Debian: apt install chromium), or set CHROME_PATH. "
    "The built slides are in slides/: nobody needs it to present."
)


def install() -> None:
    """Make the folder hold Marp. Raises DemoError saying how to get what is missing."""
    if chromium() is None:
        raise DemoError(NO_CHROMIUM)
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise DemoError(NO_NODE)
    stamp = FOLDER / "installed.txt"
    if ENTRY.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == MARP + AS_OF:
        return
    print("Installing Marp (once; about 140 MB) …", file=sys.stderr, flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    # no scripts: npm packages may run what they like when they are installed, and these need not
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run([npm, "install", *options, f"--before={AS_OF}", MARP], cwd=FOLDER, check=False)
    if done.returncode or not ENTRY.exists():
        raise DemoError(f"{MARP} could not be installed: npm could not fetch it.")
    stamp.write_text(MARP + AS_OF, encoding="utf-8")


def run(*arguments: str | Path) -> None:
    """Run Marp. Raises DemoError with its last words where it fails."""
    node = shutil.which("node")
    if node is None:
        raise DemoError(NO_NODE)
    environment = {**os.environ, "CHROME_PATH": chromium() or ""}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        environment["CHROME_NO_SANDBOX"] = "1"  # Chromium's sandbox does not start for root
    command = [node, str(ENTRY), "--no-stdin", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoError(f"Marp failed: {done.stderr.strip()[-600:]}")
