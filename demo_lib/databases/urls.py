"""Database URLs: which engine, which file, and never a password in a message."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from demo_lib.errors import UsageError
from demo_lib.settings import WAREHOUSE

FORMS = (
    "duckdb:///data/warehouse.duckdb (relative), duckdb:////srv/warehouse.duckdb (absolute), "
    "sqlite:///…, postgresql://…, mssql://…"
)
_ENGINES = {
    "duckdb": "duckdb",
    "sqlite": "sqlite",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "mssql": "mssql",
}
_SECRET_KEYS = r"password|passwd|pwd|token|secret|access_token|sslpassword|sig"


def split_url(url: str) -> tuple[str, str]:
    """(engine, what follows `://`). Raises UsageError listing the forms where the URL is none of them."""
    scheme, separator, rest = url.partition("://")
    engine = _ENGINES.get(scheme.lower().split("+")[0])
    if not separator or engine is None:
        raise UsageError(f"{redacted(url)!r} is not a database URL that is known. Use one of: {FORMS}.")
    return engine, rest


def file_path(url: str) -> Path:
    """The file that a `duckdb:///` or `sqlite:///` URL names: three slashes relative, four absolute.

    Raises UsageError where the URL has another number of slashes or names no file.
    """
    _, rest = split_url(url)
    if not rest.startswith("/"):
        raise UsageError(
            f"{redacted(url)!r} has too few slashes: three for a relative path, four for an absolute one."
        )
    path = unquote(rest[1:])
    if not path or path == ":memory:" or "\0" in path:
        raise UsageError(f"{redacted(url)!r} names no file. Write duckdb:///path/to/file.duckdb, sqlite:///path/to/file.db.")
    return Path(path)


def file_version(path: Path) -> str:
    """When a file and the log beside it (`.wal`, `-wal`) were last written, and how long they are."""
    stats = [p.stat() for p in (path, Path(f"{path}.wal"), Path(f"{path}-wal")) if p.exists()]
    return " ".join(f"{s.st_mtime_ns}/{s.st_size}" for s in stats)


def is_warehouse(url: str) -> bool:
    """Whether `url` names the kit's own file: by the file, not by the spelling, for its policy goes with the data."""
    engine, _ = split_url(url)
    return engine == "duckdb" and file_path(url).resolve() == WAREHOUSE.resolve()


def redacted(url: str) -> str:
    """`url` with every password and token in it replaced by `***`."""
    # everything between the scheme and the last @ may hold a password, @ signs included
    url = re.sub(r"(://[^/:@]*):.*@", r"\1:***@", url)
    return re.sub(rf"(?i)\b({_SECRET_KEYS})(\s*=|%3D)(?:\{{[^}}]*\}}|[^;&\s]*)", r"\1\2***", url)
