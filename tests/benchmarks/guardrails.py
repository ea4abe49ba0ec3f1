#!/usr/bin/env python3
"""The guardrails beside other guards, over the same labelled queries in one run. See README.md beside this file.

  python tests/benchmarks/guardrails.py                          all of it, as tables; makes what it needs on first use
  python tests/benchmarks/guardrails.py --guard ours --guard "bare parse"
  python tests/benchmarks/guardrails.py --json guardrails.json   every figure
  python tests/benchmarks/guardrails.py --write                  and keep them, for the slides and the docs

The exit status is 1 where ours misses what it sets out to reach, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import platform
import queue
import statistics
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
sys.path[:0] = [str(ROOT), str(HERE)]

from environments import python_with  # noqa: E402
from sqls_at_the_limit import HONEST, OVERLONG  # noqa: E402
from tqdm import tqdm  # noqa: E402

from demo_lib.errors import DemoError  # noqa: E402

DATA = ROOT / "tests" / "data" / "guard"
ASKED = HERE / "guards" / "asked.py"
ENVIRONMENTS = ROOT / ".demo" / "guards"
FIGURES, PAGE = ROOT / "slides" / "figures.json", ROOT / "docs" / "guardrails_measured.md"
OURS, PARSE = "ours", "bare parse"
PUBLISHED = {
    "sqlguard-ninja": "sqlguard-ninja",
    "sqlguard-ninja, strict": "sqlguard-ninja",
    "agent-sql-guard": "agent-sql-guard",
}
"""Guards from PyPI, each with the name of its requirements in `guards/`, which are installed apart."""
GUARDS = [OURS, "keyword list", "isinstance Select", "sqlparse get_type", *PUBLISHED, PARSE]
BLOCKS = {"development": ("attacks", "benign"), "further": ("more_attacks", "more_honest")}
STARTING_SECONDS = 120
REACH_SHARE, REACH_MEDIAN_MS, REACH_LIMIT_MS = 1.0, 2, 50


@dataclass(frozen=True)
class Answer:
    """What a guard made of one query."""

    allowed: bool | None
    """None: no verdict. It raised something, died, or took too long."""
    us: float
    error: str = ""


class Guard:
    """A guard in a process of its own, which is ended and started anew where it hangs or dies."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command = [*command]
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def ask(self, sql: str, dialect: str) -> Answer:
        """Its answer, or no verdict after so many seconds."""
        if self._process is None:
            self._start(dialect)
        answer = self._answer(sql, dialect, self._seconds)
        if answer.error in (_SILENT, _DIED):
            self.close()
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self, dialect: str) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", cwd=ROOT
        )
        self._lines = queue.Queue()
        threading.Thread(target=_copy, args=(self._process.stdout, self._lines), daemon=True).start()
        self._answer("SELECT 1", dialect, STARTING_SECONDS)  # imports take their time and are not counted

    def _answer(self, sql: str, dialect: str, seconds: float) -> Answer:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"dialect": dialect, "sql": sql}) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return Answer(None, 1e6 * seconds, _SILENT)
        except OSError:
            line = ""
        return Answer(**json.loads(line)) if line else Answer(None, 0.0, _DIED)


_SILENT, _DIED = "no answer", "died"


def _copy(lines: Iterable[str], into: queue.Queue[str]) -> None:
    for line in lines:
        into.put(line)
    into.put("")


@dataclass
class Tally:
    """How many of how many."""

    hit: int = 0
    of: int = 0

    def add(self, hit: bool) -> None:
        """Count one more."""
        self.hit += hit
        self.of += 1

    def __str__(self) -> str:
        return f"{self.hit} / {self.of}" if self.of else ""


@dataclass
class Block:
    """What one guard made of two files, attacks and honest queries."""

    stopped: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """By group, by dialect, and in `all`."""
    passed: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """By dialect, and in `all`."""
    no_verdict: int = 0
    us: list[float] = field(default_factory=list)

    def count(self, record: dict[str, Any], answer: Answer, *, attack: bool, regenerates: bool) -> None:
        """Count one answer. No verdict is neither stopped nor passed."""
        keys = ["all", record["dialect"], *([record["group"]] if "group" in record else [])]
        # some attacks are harmless once they are written anew, for a guard that runs what it has written
        harmless = regenerates and record.get("remedy") == "block_or_regenerate"
        hit = (answer.allowed is False or bool(answer.allowed) and harmless) if attack else answer.allowed is True
        for key in keys:
            (self.stopped if attack else self.passed)[key].add(hit)
        self.no_verdict += answer.allowed is None
        self.us.append(answer.us)

    def figures(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "stopped": {key: [t.hit, t.of] for key, t in self.stopped.items()},
            "passed": {key: [t.hit, t.of] for key, t in self.passed.items()},
            "no_verdict": self.no_verdict,
            "us": {"median": round(statistics.median(self.us), 1), "max": round(max(self.us), 1)},
        }


def measure(
    guards: dict[str, Guard], blocks: dict[str, tuple[str, str]], data: Path, regenerating: Sequence[str] = (), bar: Any = None
) -> dict[str, Any]:
    """{guard: {block: figures}} over the files of `blocks` in the folder `data`.

    Each query goes to all guards in turn, so that whatever else the machine does falls on all alike.
    """
    found = {guard: {block: Block() for block in blocks} for guard in guards}
    for block, files in blocks.items():
        for attack, file in zip((True, False), files, strict=True):
            for record in records(data / f"{file}.jsonl"):
                for name, guard in guards.items():
                    answer = guard.ask(record["sql"], record["dialect"])
                    found[name][block].count(record, answer, attack=attack, regenerates=name in regenerating)
                    if bar is not None:
                        bar.update()
    return {guard: {block: counted.figures() for block, counted in by.items()} for guard, by in found.items()}


def at_the_limit(guards: dict[str, Guard], bar: Any = None) -> dict[str, Any]:
    """{guard: {case: what it makes of it}} for queries that are too long or too deep, and for long honest ones."""
    found: dict[str, Any] = {guard: {} for guard in guards}
    for honest, cases in ((False, OVERLONG), (True, HONEST)):
        for case, sql in cases.items():
            for name, guard in guards.items():
                answer = guard.ask(sql, "duckdb")
                said = {True: "passed", False: "refused", None: "no verdict"}[answer.allowed]
                ms = round(answer.us / 1000, 2)
                found[name][case] = {"bytes": len(sql.encode()), "honest": honest, "said": said, "ms": ms}
                if bar is not None:
                    bar.update()
    return found


def python_for(guard: str) -> str:
    """The Python that has this guard; made on first use. Raises DemoError where it cannot be made."""
    if guard not in PUBLISHED:
        return sys.executable
    name = PUBLISHED[guard]
    return python_with(HERE / "guards" / f"{name}.txt", ENVIRONMENTS / name)


def run(names: Sequence[str], seconds: float) -> dict[str, Any]:
    """The figures of every guard named, None for one that is not installed."""
    queries = sum(1 for files in BLOCKS.values() for f in files for _ in records(DATA / f"{f}.jsonl"))
    pythons: dict[str, str | None] = {}
    for name in names:
        try:
            pythons[name] = python_for(name)
        except DemoError as error:
            print(f"{error}\nIts rows say: not installed.", file=sys.stderr)
            pythons[name] = None
    started = {
        name: Guard([python, str(ASKED), name, str(DATA / "schema.json")], seconds)
        for name, python in pythons.items()
        if python is not None
    }
    found: dict[str, Any] = dict.fromkeys(names)
    try:
        with tqdm(total=len(started) * (queries + len(OVERLONG) + len(HONEST)), unit="query") as bar:
            for name, figures in measure(started, BLOCKS, DATA, [OURS], bar).items():
                found[name] = figures
            for name, figures in at_the_limit(started, bar).items():
                found[name]["limits"] = figures
    finally:
        for guard in started.values():
            guard.close()
    return found


# what is shown -----------------------------------------------------------------------------------------------


def tables(found: dict[str, Any]) -> str:
    """The figures as Markdown tables."""
    return "\n".join(line for part in (_blocks(found), _dialects(found), _limits(found)) for line in part) + "\n"


def _blocks(found: dict[str, Any]) -> Iterator[str]:
    titles = {"development": "The development files", "further": "Further queries, of the kit's own"}
    for block, title in titles.items():
        groups = list(dict.fromkeys(
            g for f in found.values() if f for g in f[block]["stopped"] if g not in ("all", *_DIALECTS)
        ))  # fmt: skip
        yield from ("", f"## {title}", "")
        heads = ["attacks stopped", *groups, "honest passed", "no verdict", "µs, median", "µs, maximum", "× a bare parse"]
        yield from _head(heads)
        bare = found[PARSE][block]["us"]["median"] if found.get(PARSE) else None
        for guard, f in found.items():
            if f is None:
                yield _row(guard, ["not installed", *[""] * (len(heads) - 1)])
                continue
            b = f[block]
            counts = [_share(b["stopped"]["all"]), *(_of(b["stopped"][g]) for g in groups), _share(b["passed"]["all"])]
            if guard == PARSE:
                counts = [""] * len(counts)
            us = b["us"]
            times = [f"{us['median']:,.0f}", f"{us['max']:,.0f}", f"{us['median'] / bare:.1f}" if bare else ""]
            yield _row(guard, [*counts, str(b["no_verdict"]), *times])


_DIALECTS = ("duckdb", "sqlite", "postgres", "tsql")


def _dialects(found: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## By dialect", "", "Attacks stopped and honest queries passed, of both blocks together:", "")
    yield from _head([f"{d} {what}" for d in _DIALECTS for what in ("attacks", "honest")])
    for guard, f in found.items():
        if f is None or guard == PARSE:
            continue
        cells = []
        for dialect in _DIALECTS:
            for what in ("stopped", "passed"):
                counts = [f[block][what].get(dialect, [0, 0]) for block in BLOCKS]
                cells.append(_of([sum(c[0] for c in counts), sum(c[1] for c in counts)]))
        yield _row(guard, cells)


def _limits(found: dict[str, Any]) -> Iterator[str]:
    guards = [guard for guard, f in found.items() if f is not None]
    if not guards:
        return
    for honest, title, names in (
        (False, "Too long, too deep: to be refused", OVERLONG),
        (True, "Long and honest: to be passed", HONEST),
    ):
        yield from ("", f"## {title}", "", "In DuckDB's dialect. Milliseconds, with what was said where it is not that:", "")
        yield from _head(["bytes", *guards])
        for name in names:
            cells = [f"{found[guards[0]]['limits'][name]['bytes']:,}"]
            for guard in guards:
                got = found[guard]["limits"][name]
                expected = got["said"] == ("passed" if honest else "refused") or guard == PARSE
                cells.append(f"{got['ms']:,.1f}" + ("" if expected else f" ({got['said']})"))
            yield _row(name, cells)


def _head(columns: Sequence[str]) -> tuple[str, str]:
    return "| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def _of(counts: Sequence[int]) -> str:
    return str(Tally(*counts))


def _share(counts: Sequence[int]) -> str:
    return f"{_of(counts)} ({100 * counts[0] / counts[1]:.1f} %)"


def missed(found: dict[str, Any]) -> list[str]:
    """What ours sets out to reach and does not, in words."""
    f = found.get(OURS)
    if not f:
        return []
    said = []
    for block in BLOCKS:
        for what in ("stopped", "passed"):
            hit, of = f[block][what]["all"]
            if hit < REACH_SHARE * of:
                said.append(f"{block}: {hit} of {of} {what}")
        if f[block]["us"]["median"] > 1000 * REACH_MEDIAN_MS:
            said.append(f"{block}: the median is over {REACH_MEDIAN_MS} ms")
    for name, got in f["limits"].items():
        if got["said"] != ("passed" if got["honest"] else "refused"):
            said.append(f"{name}: {got['said']}")
        elif got["ms"] > REACH_LIMIT_MS:
            said.append(f"{name}: {got['ms']:.0f} ms, more than {REACH_LIMIT_MS}")
    return said


def write(found: dict[str, Any], machine: str) -> None:
    """Keep the figures under `guardrails` in slides/figures.json, and the tables in docs/."""
    source = "tests/benchmarks/guardrails.py"
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    known["guardrails"] = {"source": source, "measured": date.today().isoformat(), "on": machine, "guards": found}
    FIGURES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    heading = "# The guardrails, measured\n\n"
    heading += f"By `{source}`, whose README says what each guard was told, on {date.today():%-d %B %Y}: {machine}.\n"
    PAGE.write_text(heading + tables(found), encoding="utf-8")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The labelled queries of a file."""
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guard", action="append", choices=GUARDS, help="only these; may be given more than once")
    parser.add_argument("--seconds", type=float, default=10, help="for one query (three runs); then: no verdict")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure, as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures in slides/ and docs/")
    options = parser.parse_args()
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, sqlglot {version('sqlglot')}"
    try:
        found = run(options.guard or GUARDS, options.seconds)
    except KeyboardInterrupt:
        print("\nStopped; nothing was written.", file=sys.stderr)
        return 130
    print(tables(found))
    if options.json:
        said = {"measured": date.today().isoformat(), "on": machine, "guards": found}
        options.json.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.write:
        write(found, machine)
    for line in missed(found):
        print(f"Not reached: {line}", file=sys.stderr)
    return 1 if missed(found) else 0


if __name__ == "__main__":
    sys.exit(main())
