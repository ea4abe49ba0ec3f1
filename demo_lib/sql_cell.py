"""A SQL cell for notebooks, behind the guardrails: `%load_ext demo_lib.sql_cell`, then `%%sql` or `%sql file.sql`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError, UsageError

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 1_000_000


def run_sql(line: str, cell: str | None = None) -> pd.DataFrame:
    """Run the cell's SQL, or that of the file that the line names, on the settings' database; returns the rows.

    It is checked and run as a model's query is: read-only, with the row cap, and a span each. Raises
    GuardrailViolation, QueryError, UsageError where there is no SQL, DemoError where the file cannot be read.
    """
    from demo_lib.face import workshop_of
    from demo_lib.settings import Settings

    text = (cell if cell is not None else _read(line)).strip().removesuffix(";")
    if not text:
        raise UsageError("There is no SQL. Write it below %%sql, or name a file: %sql outputs/sql/question.sql")
    workshop = workshop_of(Settings.from_env())
    widest = max(workshop.catalog.databases, key=lambda name: len(workshop.catalog.databases[name]))
    found = workshop.execute_sql(text, widest)
    return workshop.results.get(found["result_id"]).table


def _read(line: str) -> str:
    path = Path(line.strip().strip("'\""))
    if not line.strip():
        return ""
    try:
        return path.read_bytes()[:MOST_BYTES].decode("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise DemoError(f"{path} cannot be read: {reason}. Name a .sql file.") from None


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext demo_lib.sql_cell` calls."""
    shell.register_magic_function(run_sql, "line_cell", "sql")
