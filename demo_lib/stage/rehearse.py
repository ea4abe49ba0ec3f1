"""A rehearsal: every stage notebook cell by cell in a fresh kernel, timed against the run of show.

Its traces and files go into .demo, so that a rehearsal leaves the presenter's own store as it was.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import PROJECT_ROOT, Settings
from demo_lib.stage import run_of_show
from demo_lib.stage.kernels import fresh_kernel, run_cell
from demo_lib.stage.run_of_show import STAGE_NOTEBOOKS, WARM_UP, RunOfShow, Step
from demo_lib.stage.store import OWN_STORE, PRISTINE, copy_store, make_store

if TYPE_CHECKING:
    from tqdm import tqdm

HISTORY = PROJECT_ROOT / ".demo" / "rehearsals.jsonl"
KEPT = 10
TARGET_SECONDS = 90  # all of a variant's machine time, kernels and warm-ups included
CELL_SECONDS = 2.0
SHARE = 0.1  # of a step's seconds, for the machine: the rest is for talking
KERNEL = "kernel"


@dataclass(frozen=True)
class Timing:
    """One cell that ran, or the start of its kernel."""

    cell: str
    seconds: float
    allowed_seconds: float | None = None
    """None for what runs before the audience comes: the kernel's start and the warm-up."""
    error: str = ""
    """In one line; the cells after one that failed did not run."""
    fallback: str = ""

    @property
    def over(self) -> bool:
        """Whether it took longer than the run of show allows."""
        return self.allowed_seconds is not None and self.seconds > self.allowed_seconds


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal measured."""

    at: str
    variant: str
    whole: bool
    """All parts of the variant, not one of them."""
    model: str
    """The badge of who answered: times of OFFLINE and LIVE are not compared."""
    parts: dict[str, list[Timing]]

    @property
    def seconds(self) -> float:
        """All machine time, kernels and warm-ups included."""
        return sum(t.seconds for timings in self.parts.values() for t in timings)

    @property
    def findings(self) -> list[str]:
        """What is wrong, a sentence each; none where the show can go on."""
        each = [(part, t) for part, timings in self.parts.items() for t in timings]
        found = [f"{part}: {t.cell} fails." for part, t in each if t.error]
        found += [f"{part}: {t.cell} runs over." for part, t in each if t.over]
        if self.seconds > TARGET_SECONDS:
            found.append(f"All together takes {self.seconds:.0f} s, more than {TARGET_SECONDS} s.")
        return found

    def as_json(self) -> dict[str, Any]:
        """The rehearsal as it is kept, and as `rehearse --json` prints it."""
        whole = asdict(self) | {"seconds": self.seconds, "findings": self.findings}
        rounded: dict[str, Any] = json.loads(json.dumps(whole), parse_float=lambda x: round(float(x), 3))
        return rounded


def rehearse(show: RunOfShow, variant: str, number: int | None = None, progress: bool = True) -> Rehearsal:
    """Run a variant's parts, or the one of that number, each in a kernel of its own.

    progress: draw a bar on stderr. Raises UsageError for a variant or part that is not there, DemoError where a
    stage notebook is missing or has other cells than the run of show.
    """
    from tqdm import tqdm

    items = [item for item in show.variant(variant).items if item.kind == "part"]
    chosen = [i for i in items if number is None or int(i.part.split("_")[0]) == number]
    if not chosen:
        raise UsageError(f"{variant!r} has no part {number}. It has: {', '.join(i.part for i in items)}.")
    names = [i.part for i in chosen]
    for problem in run_of_show.differences(show):
        if problem.startswith(tuple(names)):
            raise DemoError(f"{problem} Mend data/run_of_show.yaml, or run: python notebooks/build.py")
    steps = {i.part: {s.cell: s for s in show.steps(i)} for i in chosen}
    total = sum(len(s) + 2 for s in steps.values())
    with tqdm(total=total, unit="cell", disable=not progress) as bar:
        parts = asyncio.run(_run_all(steps, _environment(), bar))
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return Rehearsal(now, variant, len(chosen) == len(items), Settings.from_env().badge, parts)


def _environment() -> dict[str, str]:
    """Where a rehearsal's kernels leave their traces and files. Raises DemoError where that cannot be written."""
    folder = HISTORY.parent
    environment = {**os.environ, "DEMO_OUTPUTS": str(folder / "outputs")}
    if Settings.from_env().tracking_uri == OWN_STORE:
        store = folder / "rehearsal.db"
        if not PRISTINE.exists():
            make_store()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            copy_store(PRISTINE, store)
        except (sqlite3.Error, OSError) as error:
            raise DemoError(f"A rehearsal writes into {folder.name}, and cannot ({error}). Unlock it.") from None
        environment["MLFLOW_TRACKING_URI"] = f"sqlite:///{store.as_posix()}"
    return environment


async def _run_all(
    steps: dict[str, dict[str, Step]], environment: dict[str, str], bar: tqdm[Any]
) -> dict[str, list[Timing]]:
    parts: dict[str, list[Timing]] = {}
    for part in steps:
        bar.set_description(part)
        parts[part] = []
        async for timing in _run(STAGE_NOTEBOOKS / f"{part}.ipynb", steps[part], environment):
            parts[part].append(timing)
            bar.update()
    return parts


async def _run(path: Path, steps: dict[str, Step], environment: dict[str, str]) -> AsyncIterator[Timing]:
    """Start a kernel, run the warm-up and the cells of `steps`, and stop at the first that fails."""
    began = time.perf_counter()
    async with fresh_kernel(path, environment) as client:
        yield Timing(KERNEL, time.perf_counter() - began)
        for index, cell in enumerate(client.nb.cells):
            name = run_of_show.cell_name(cell)
            if name != WARM_UP and name not in steps:
                continue
            step = steps.get(name)
            allowed = min(CELL_SECONDS, SHARE * step.seconds) if step else None
            began = time.perf_counter()
            error = await run_cell(client, index)
            fallback = "" if not error else step.fallback if step else "Restart the kernel and run it again."
            yield Timing(name, time.perf_counter() - began, allowed, error, fallback)
            if error:
                return


# ------------------------------------------------------------------------------------------------- history


def history() -> list[dict[str, Any]]:
    """The rehearsals that were kept, oldest first; a line that is none is passed over."""
    kept = []
    for line in HISTORY.read_text(encoding="utf-8").splitlines() if HISTORY.exists() else []:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(entry, dict) and entry.keys() >= {f.name for f in fields(Rehearsal)}:
            kept.append(entry)
    return kept


def keep(rehearsal: Rehearsal, most: int = KEPT) -> None:
    """Add the rehearsal to those that were kept, of which the last `most` stay."""
    lines = [json.dumps(entry, ensure_ascii=False) for entry in [*history(), rehearsal.as_json()][-most:]]
    HISTORY.parent.mkdir(exist_ok=True)
    partial = HISTORY.with_suffix(f".{os.getpid()}.partial")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(partial, HISTORY)  # whole or not at all


def as_text(rehearsal: Rehearsal, earlier: list[dict[str, Any]]) -> str:
    """The rehearsal as a table: seconds, what is allowed, and the change against the last time each cell ran."""
    before: dict[tuple[str, str], float] = {}
    for entry in earlier:
        if entry["model"] == rehearsal.model:
            before |= {(part, t["cell"]): t["seconds"] for part, ts in entry["parts"].items() for t in ts}
    row: Callable[..., str] = "  {:<22}{:>9}{:>9}{:>9}  {}".format
    lines = [f"Rehearsal of '{rehearsal.variant}' · {rehearsal.model} · {rehearsal.at[:16].replace('T', ' ')}"]
    for part, timings in rehearsal.parts.items():
        lines += ["", f"{part:<24}{'seconds':>9}{'allowed':>9}{'change':>9}"]
        for t in timings:
            was = before.get((part, t.cell))
            change = "" if was is None else f"{t.seconds - was:+.2f}"
            allowed = "" if t.allowed_seconds is None else f"{t.allowed_seconds:.2f}"
            lines.append(row(t.cell, f"{t.seconds:.2f}", allowed, change, "over" if t.over else "").rstrip())
            if t.error:
                lines += [f"    ✗ {t.error}", f"    → {t.fallback}"]
        lines.append(row("all", f"{sum(t.seconds for t in timings):.2f}", "", "", "").rstrip())
    ahead = sum(t.seconds for ts in rehearsal.parts.values() for t in ts if t.allowed_seconds is None)
    lines += [
        "",
        f"Machine time: {rehearsal.seconds:.1f} s of {TARGET_SECONDS} s; before the audience comes (kernels and "
        f"warm-ups) {ahead:.1f} s, in front of it {rehearsal.seconds - ahead:.1f} s.",
        *(rehearsal.findings or ["Ready."]),
    ]
    return "\n".join(lines)
