"""When a run of a notebook has reproduced the outputs that are committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbval.plugin import IPyNbCell, coalesce_streams, get_sanitize_patterns, nocolors

from demo_lib.settings import PROJECT_ROOT

SANITIZE = (PROJECT_ROOT / "tests" / "nbval_sanitize.cfg").read_text(encoding="utf-8")


class Comparison:
    """nbval's rule for when two outputs of a cell are the same, without the second run that nbval would make."""

    parent: Any = None  # nbval looks here for its settings
    colors = nocolors
    # as nbval has it; pictures are looked at, not compared
    skip_compare = ("metadata", "traceback", "prompt_number", "output_type", "name", "execution_count", "image/png")
    sanitize_patterns = dict(get_sanitize_patterns(SANITIZE))
    sanitize = IPyNbCell.sanitize
    compare_outputs = IPyNbCell.compare_outputs

    def __init__(self) -> None:
        self.parent = self
        self.comparison_traceback: list[str] = []

    def format_output_compare(self, key: str, committed: str, now: str) -> None:
        """Keep what differs."""
        self.comparison_traceback += [key, f"committed: {committed}", f"now:       {now}"]

    def difference(self, executed: Any, committed: Any) -> str:
        """What differs between two runs of a cell, but for times, ids and places; empty where nothing does."""
        if "nbval-ignore-output" in committed.metadata.get("tags", []):
            return ""
        # what is printed arrives in as many pieces as the machine is busy
        same = self.compare_outputs(coalesce_streams(executed.outputs), coalesce_streams(committed.outputs))
        return "" if same else "\n".join([committed.source, *map(str, self.comparison_traceback)])


def differences(executed: list[Any], committed: Path) -> list[str]:
    """What a run of all cells did not reproduce of a committed notebook; all cells have run once, in order."""
    code = [[c for c in cells if c.cell_type == "code"] for cells in (executed, nbformat.read(committed, 4).cells)]
    assert len(code[1]) >= 5
    assert [cell.execution_count for cell in code[0]] == list(range(1, len(code[1]) + 1))
    return [found for now, then in zip(*code, strict=True) if (found := Comparison().difference(now, then))]
