"""A catalogue of a few tables, seeded in a blink."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import yaml

from demo_lib.seed.stamp import DEFAULT_CATALOG

SMALL = ["regions", "stores", "departments", "job_titles", "employees", "salary_changes"]


def write_small_catalog(path: Path, tables: Sequence[str] = SMALL) -> Path:
    """Write these tables, as the kit's catalogue has them."""
    whole = yaml.safe_load(DEFAULT_CATALOG.read_text(encoding="utf-8"))
    small = {"as_of": date(2025, 11, 1), "tables": {name: whole["tables"][name] for name in tables}}
    path.write_text(yaml.safe_dump(small, sort_keys=False), encoding="utf-8")
    return path
