"""Retrievers, each in a process of its own, and what is measured of them."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

TIMED = 10
"""How many tables are asked for when the time is taken: what the agents ask for."""

Question = tuple[str, set[str]]
"""What is asked, and the tables that it needs."""


@dataclass
class Contestant:
    """A retriever over one catalogue, in a process of its own. `failed` says why it answers no more."""

    command: Sequence[str]
    index_s: float = 0.0
    ms: list[float] = field(default_factory=list)
    peak_mb: float | None = None
    found: list[tuple[int, set[str], set[str]]] = field(default_factory=list)
    """(how many were asked for, the tables needed, the tables found) for each question asked."""
    failed: str = ""

    def start(self) -> None:
        """Start the process and wait until it has its index."""
        pipe, self._complaints = subprocess.PIPE, tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._process = subprocess.Popen(
            self.command, stdin=pipe, stdout=pipe, stderr=self._complaints, text=True, encoding="utf-8"
        )
        self.index_s = self._said().get("index_s", 0.0)

    def ask(self, question: str, gold: set[str], k: int) -> None:
        """Ask for the `k` tables that this question needs, and count what comes."""
        if self.failed:
            return
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"question": question, "k": k}) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it has died, and its last words say of what
        if answer := self._said():
            self.found.append((k, gold, set(answer["tables"])))
            self.peak_mb = answer["peak_mb"]
            if k == TIMED:
                self.ms.append(answer["ms"])

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._complaints.close()

    def _said(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            return dict(json.loads(line))
        self._process.wait()
        self._complaints.seek(0)
        self.failed = (self._complaints.read().strip().splitlines() or ["it ended without a word"])[-1]
        return {}

    def figures(self) -> dict[str, Any] | str:
        """All of it as plain data, shares from 0 to 1; or why there is none."""
        if self.failed:
            return f"failed: {self.failed}"
        by_k = {k: [(g, f) for asked, g, f in self.found if asked == k] for k in sorted({k for k, _, _ in self.found})}
        return {
            "recall": {
                k: round(statistics.mean(len(g & f) / len(g) for g, f in pairs), 4) for k, pairs in by_k.items()
            },
            "all gold": {k: round(statistics.mean(g <= f for g, f in pairs), 4) for k, pairs in by_k.items()},
            "index_s": round(self.index_s, 3),
            "ms": {"median": round(statistics.median(self.ms), 2), "p95": round(percentile(self.ms, 95), 2)},
            "peak_mb": None if self.peak_mb is None else round(self.peak_mb),
        }


def measure(
    commands: dict[str, Sequence[str] | str], questions: Sequence[Question], ks: Sequence[int], title: str = ""
) -> dict[str, Any]:
    """{contestant: figures}. A command that is a text says why there is none.

    Each question goes to all in turn, so that whatever else the machine does falls on all alike.
    """
    started = {name: Contestant(command) for name, command in commands.items() if not isinstance(command, str)}
    try:
        for contestant in tqdm(started.values(), f"{title}: indexing", unit="index"):
            contestant.start()
        for question, gold in tqdm(questions, f"{title}: asking", unit="question"):
            for k in sorted(ks, reverse=True):  # the timed one is the first that hears the question
                for contestant in started.values():
                    contestant.ask(question, gold, k)
    finally:
        for contestant in started.values():
            if hasattr(contestant, "_process"):
                contestant.close()
    return {name: started[name].figures() if name in started else said for name, said in commands.items()}


def percentile(values: Sequence[float], at: int) -> float:
    """The value that `at` per cent of the values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[at - 1] if len(values) > 1 else values[0]
