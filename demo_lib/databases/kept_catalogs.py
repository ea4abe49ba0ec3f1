"""What was read of a database is kept until it changes: thousands of tables take seconds to look at.

Only names, types, comments, sizes and listed values are kept, as a prompt shows them, in a file of one's own user.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from demo_lib.databases.base import Database
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / ".demo" / "catalogs"
MOST_DATABASES = 20
MOST_SECONDS = 24 * 3600  # new values of a column are no change of the schema; after a day they are looked for
VERSION = 1  # of how databases are read: what an older kit kept is read anew

logger = logging.getLogger(__name__)


def introspected(database: Database) -> Catalog:
    """The database's catalogue: the kept one where nothing has changed since, else read anew and kept.

    Raises QueryError and QueryTimeout as `introspect` does. A file that cannot be read or written is no trouble.
    """
    version = f"{VERSION} {database.schema_version()}"
    path = FOLDER / f"{hashlib.sha256(database.url.encode()).hexdigest()[:24]}.json"
    kept = _read(path, version)
    if kept is None:
        kept = database.introspect()
        _write(path, version, kept)
    return kept


def _read(path: Path, version: str) -> Catalog | None:
    try:
        too_old = time.time() - path.stat().st_mtime > MOST_SECONDS
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["version"] != version or too_old:
            return None
        tables = {name: _table(name, given) for name, given in found["tables"].items()}
        return Catalog(tables, found["name"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _table(name: str, given: dict[str, object]) -> Table:
    columns = tuple(Column(**{**c, "values": tuple(c["values"]), "named": ()}) for c in given["columns"])  # type: ignore[attr-defined]
    return Table(name, columns, str(given["description"]), str(given["domain"]), given["rows"])  # type: ignore[arg-type]


def _write(path: Path, version: str, catalog: Catalog) -> None:
    """All of it or nothing: another process may read at the same time."""
    tables = {name: asdict(table) for name, table in catalog.tables.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)  # for one's own user alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"version": version, "name": catalog.name, "tables": tables}, file)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        for old in sorted(path.parent.glob("*.json"), key=lambda p: -p.stat().st_mtime)[MOST_DATABASES:]:
            old.unlink(missing_ok=True)
    except (OSError, TypeError, ValueError) as error:
        logger.debug("the catalogue is not kept: %s", error)
