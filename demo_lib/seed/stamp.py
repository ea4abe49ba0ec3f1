"""The stamps by which seeded data are told from any other: beside the kit's own file, and inside other databases."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from demo_lib.databases.base import Database, QueryError
from demo_lib.errors import DemoError
from demo_lib.guardrails import Policy, check_sql
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.settings import DATA_DIR

DEFAULT_CATALOG = DATA_DIR / "catalog.yaml"

STAMP = Table(
    "demo_seed",
    (
        Column("table_name", description="Table that seed made"),
        Column("column_names", description="Its columns"),
        Column("row_count", "INTEGER", "How many rows it was given"),
        Column("fingerprint", description="Which catalogue and generator the rows are from"),
    ),
    "Which tables of this database the workshop's seed made; it replaces these and no others",
)
"""The table that seed leaves in a database beside its data."""


def stamp_path(path: Path) -> Path:
    """Where the stamp of the database at `path` lies."""
    return path.with_name(path.name + ".stamp.json")


def fingerprint(catalog_path: Path = DEFAULT_CATALOG) -> str:
    """What the rows depend on, in 16 characters: the catalogue's text and the generator's source.

    Raises OSError where the catalogue cannot be read.
    """
    digest = hashlib.sha256(catalog_path.read_bytes())
    for source in sorted(Path(__file__).parent.iterdir()):
        if source.suffix in (".py", ".yaml"):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def write_stamp(path: Path, catalog_fingerprint: str, rows: dict[str, int]) -> None:
    """Declare the database at `path` complete; written whole or not at all."""
    stamp = {"fingerprint": catalog_fingerprint, **_contents(path), "rows": rows}
    target = stamp_path(path)
    temporary = target.with_name(target.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)


def is_current(path: Path, catalog_path: Path = DEFAULT_CATALOG) -> bool:
    """Whether the database at `path` is a complete seed of this catalogue, unmodified since.

    False, never an error, where a file is missing, cut short, changed or not ours.
    """
    path, catalog_path = Path(path), Path(catalog_path)
    try:
        stamp = json.loads(stamp_path(path).read_text(encoding="utf-8"))
        return (
            stamp["fingerprint"] == fingerprint(catalog_path)
            and stamp["bytes"] == path.stat().st_size
            and not path.with_name(path.name + ".wal").exists()
            and stamp["sha256"] == _contents(path)["sha256"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def is_seeded(database: Database) -> bool:
    """Whether `database` was seeded by this kit from its own catalogue, which then says what is in it.

    Raises DemoError where another version of the kit did.
    """
    policy = Policy.from_catalog(Catalog({STAMP.name: STAMP}))
    query = f"SELECT DISTINCT fingerprint FROM {STAMP.name}"
    try:
        found = database.run(check_sql(query, policy, database.dialect))["fingerprint"].tolist()
    except QueryError:  # there is no such table
        return False
    if found != [fingerprint()]:
        raise DemoError(
            f"The data in {database.url} is of another version of this kit. Make it again: "
            f"python -m demo_lib seed --database {database.url}"
        )
    return True


def _contents(path: Path) -> dict[str, int | str]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
