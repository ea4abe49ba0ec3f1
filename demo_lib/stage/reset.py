"""Back to the start in a second: no traces, no outputs, notebooks as they came. Standard library only, for speed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from demo_lib.errors import DemoError
from demo_lib.settings import OUTPUTS, PROJECT_ROOT
from demo_lib.stage.store import PRISTINE, STORE, copy_store

# What the kit itself writes under outputs/; anything else there is somebody's.
OWN_OUTPUTS = {"demo", "sql", "charts"}
LOOK_SECONDS = 1.0  # a store that is locked longer is in use, and is said to be


def reset(agreed: Callable[[str], bool]) -> Iterator[str]:
    """Put everything back, one line for each thing done.

    agreed: called with what is about to be deleted where the kit did not make it; False keeps it.
    Raises DemoError where the trace store is locked or was never made.
    """
    yield from _traces(agreed)
    yield from _outputs(agreed)
    yield from _notebooks(agreed)


def _traces(agreed: Callable[[str], bool]) -> Iterator[str]:
    if not PRISTINE.exists():
        raise DemoError("There is nothing to go back to yet. First run: python -m demo_lib seed")
    if STORE.exists() and not _is_store(STORE):
        aside = STORE.with_suffix(".damaged.db")
        os.replace(STORE, aside)
        yield f"{STORE.name} was damaged: it is {aside.name} now."
    try:
        foreign = _experiments(STORE) - _experiments(PRISTINE)
        if foreign and not agreed(f"MLflow experiments {', '.join(sorted(foreign))}"):
            return
        copy_store(PRISTINE, STORE)
    except sqlite3.OperationalError as error:
        raise DemoError(f"The trace store is in use ({error}). Stop what writes to it and reset again.") from None
    yield "Traces: empty."


def _is_store(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=LOOK_SECONDS)) as db:
            db.execute("SELECT COUNT(*) FROM experiments").fetchone()
    except sqlite3.OperationalError as error:
        return "no such table" not in str(error)  # locked is not damaged
    except sqlite3.DatabaseError:
        return False
    return True


def _experiments(store: Path) -> set[str]:
    if not store.exists():
        return set()
    with closing(sqlite3.connect(store, timeout=LOOK_SECONDS)) as db:
        return {name for (name,) in db.execute("SELECT name FROM experiments")}


def _outputs(agreed: Callable[[str], bool]) -> Iterator[str]:
    if OUTPUTS.is_symlink():  # what it points to is not ours to empty
        yield "Outputs: left as they are (outputs/ is a link)."
        return
    for path in sorted(OUTPUTS.glob("*")) if OUTPUTS.exists() else []:
        if path.name in OWN_OUTPUTS or agreed(f"outputs/{path.name}"):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            yield f"Deleted outputs/{path.name}."


def _notebooks(agreed: Callable[[str], bool]) -> Iterator[str]:
    """Restore notebooks from git; one whose cells were edited is somebody's work, one that only ran is not."""
    changed = _git("diff", "--name-only", "--relative", "--", "notebooks")
    if changed is None:
        yield "Notebooks: left as they are (this copy is not a git checkout)."
        return
    for name in changed.splitlines():
        if name.endswith(".ipynb") and (not _edited(name) or agreed(f"your edits in {name}")):
            _git("checkout", "--", name)
            yield f"Restored {name}."


def _edited(name: str) -> bool:
    def cells(text: str) -> list[str]:
        return ["".join(c["source"]) for c in json.loads(text)["cells"] if "".join(c["source"]).strip()]

    try:
        return cells((PROJECT_ROOT / name).read_text(encoding="utf-8")) != cells(_git("show", f"HEAD:./{name}") or "")
    except (OSError, ValueError, KeyError, TypeError):
        return True  # not to be read: ask


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True, encoding="utf-8", check=False
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
