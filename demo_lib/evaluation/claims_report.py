"""The claims told: as a table for a terminal, as Markdown, as JSON, and kept for the slides."""

from __future__ import annotations

import json
import os
import platform
import re
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.claims import Claim
from demo_lib.settings import PROJECT_ROOT

FIGURES, PAGE = PROJECT_ROOT / "slides" / "figures.json", PROJECT_ROOT / "docs" / "claims.md"
SOURCE = "python -m demo_lib claims"
HEADINGS = ("slide", "claim", "measured", "verdict", "how")
LEAST_WIDTH = 80


def machine(badge: str, busy: float | None = None) -> str:
    """Where and with what it was measured. badge: who answered. busy: `load()` before it began."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("mlflow", "llama-index-core", "chromadb", "duckdb"))
    here = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    others = "" if busy is None else f" (busy with other work: {busy:.1f})"
    return f"{here}{others}, {packages}, {badge}"


def load() -> float | None:
    """How many processes wanted a core, over the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def figure(claim: Claim) -> str:
    """What was measured, with its unit, as a reader sees it."""
    match claim.measured:
        case None:
            return "–"
        case float() | int() as number:
            return f"{number:,} {claim.unit}".strip()
    return claim.measured


def as_text(claims: Sequence[Claim], width: int) -> str:
    """The claims as a table that wraps within so many characters."""
    rest = max(width, LEAST_WIDTH) - 8 - 14 - 4 * 2
    widths = (8, rest * 28 // 100, rest * 22 // 100, 14, rest * 50 // 100)
    lines = ["  ".join(name.ljust(wide) for name, wide in zip(HEADINGS, widths, strict=True)).rstrip()]
    lines += ["  ".join("─" * wide for wide in widths)]
    for claim in claims:
        cells = [textwrap.wrap(cell, wide) for cell, wide in zip(_cells(claim), widths, strict=True)]
        for row in zip_longest(*cells, fillvalue=""):
            lines.append("  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip())
        lines.append("")
    return "\n".join(lines) + _summary(claims)


def as_markdown(claims: Sequence[Claim], measured: date, on: str) -> str:
    """The same as a page of its own, a row a claim."""
    rows = ["| " + " | ".join(_escaped(cell) for cell in _cells(claim)) + " |" for claim in claims]
    heading = f"By `{SOURCE} --write`, on {measured.day} {measured:%B %Y}: {on}."
    table = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS), *rows]
    return "\n".join(["# The talk's claims, measured", "", heading, "", *table, "", _summary(claims), ""])


def as_json(claims: Sequence[Claim], measured: date, on: str) -> dict[str, Any]:
    """The claims by their names, and where and when they were measured, as `slides/figures.json` keeps them."""
    each = {claim.name: {k: v for k, v in asdict(claim).items() if k != "name"} for claim in claims}
    return {"source": SOURCE, "measured": measured.isoformat(), "on": on, **each}


def keep(claims: Sequence[Claim], measured: date, on: str, figures: Path = FIGURES, page: Path = PAGE) -> None:
    """Write the claims into the slides' figures, whose other entries stay as they are, and into the page.

    Each file is either the old one or the new one, whenever it is looked at. Raises DemoError where one cannot be
    read or written.
    """
    try:
        known = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
        known["claims"] = as_json(claims, measured, on)
        _replace(figures, json.dumps(known, indent=1, ensure_ascii=False) + "\n")
        _replace(page, as_markdown(claims, measured, on))
    except (OSError, ValueError, TypeError) as error:
        raise DemoError(f"The figures cannot be kept: {str(error).splitlines()[0]}") from None


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _cells(claim: Claim) -> tuple[str, ...]:
    return str(claim.slide), claim.claim, figure(claim), claim.verdict, claim.how


def _escaped(text: str) -> str:
    return re.sub(r"([|\\<])", r"\\\1", " ".join(text.split()))


def _summary(claims: Sequence[Claim]) -> str:
    counts = [
        (v, sum(c.verdict == v for c in claims)) for v in ("holds", "differs", "corrected", "not measurable here")
    ]
    return f"{len(claims)} claims: " + ", ".join(f"{n} {verdict}" for verdict, n in counts if n) + "."
