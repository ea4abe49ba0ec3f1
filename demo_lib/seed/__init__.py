"""Seeding: from the catalogue to a finished DuckDB file, the same rows every time, or no file at all.
Any other database is seeded by `writers.seeding.seed_database`.

A seed is built in a temporary file beside its target, flushed to disk, moved into place, and only then
stamped. Killed at any point it leaves no stamp that fits: `is_current` tells, and the next seed cleans up.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog
from demo_lib.seed.canary import CANARY
from demo_lib.seed.ddl import create_table_sql
from demo_lib.seed.stamp import DEFAULT_CATALOG, fingerprint, is_current, is_seeded, stamp_path, write_stamp

__all__ = [
    "CANARY",
    "SeedReport",
    "create_table_sql",
    "fingerprint",
    "is_current",
    "is_seeded",
    "seed",
    "stamp_path",
]

LOCK_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class SeedReport:
    """What a seed wrote."""

    path: Path
    tables: int
    rows: int
    seconds: float


def seed(path: Path, catalog_path: Path = DEFAULT_CATALOG, progress: bool = True) -> SeedReport:
    """Build the warehouse at `path`, replacing what is there; `is_current` says whether there is need.

    `progress` draws a bar on stderr. A second seed of the same file waits for the first. Raises DemoError
    where the disk is full, the folder cannot be written, the file is in use, or the catalogue is at fault.
    """
    import duckdb  # these take a second: only a seed pays for them
    from filelock import FileLock, Timeout
    from sqlglot.errors import SqlglotError

    from demo_lib.seed.build import build, read_hints

    path, catalog_path = Path(path), Path(catalog_path)
    started = time.perf_counter()
    catalog = Catalog.from_file(catalog_path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock"), timeout=LOCK_TIMEOUT_SECONDS):
            _remove_leftovers(path)
            temporary = path.with_name(f"{_prefix(path)}{secrets.token_hex(4)}")
            try:
                mark = fingerprint(catalog_path)
                rows = build(temporary, catalog, read_hints(catalog_path), progress)
                _flush(temporary)
                path.with_name(path.name + ".wal").unlink(missing_ok=True)  # belongs to what is replaced
                os.replace(temporary, path)
                write_stamp(path, mark, rows)
            finally:
                _remove_leftovers(path)
    except Timeout:
        raise DemoError(f"Another seed of {path} is still running. Wait for it, then try again.") from None
    except (ValueError, KeyError, SqlglotError, duckdb.ConstraintException) as error:
        raise DemoError(f"{catalog_path} does not fit together: {_first_line(error)}") from None
    except RuntimeError as error:
        if "interrupted" in str(error):  # how DuckDB says Ctrl-C
            raise KeyboardInterrupt from None
        raise
    except (OSError, duckdb.Error) as error:
        raise DemoError(
            f"Cannot write {path}: {_first_line(error)}. "
            "Check that the disk has 100 MB free, the folder can be written, and nothing has the file open."
        ) from None
    return SeedReport(path, len(rows), sum(rows.values()), time.perf_counter() - started)


def _prefix(path: Path) -> str:
    return f".{path.name}.seeding-"


def _remove_leftovers(path: Path) -> None:
    """Remove temporaries of this and of earlier seeds that were killed. Call it holding the lock."""
    for leftover in path.parent.iterdir():
        if not leftover.name.startswith(_prefix(path)):
            continue
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
