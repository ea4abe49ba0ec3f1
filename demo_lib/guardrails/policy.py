"""What a query may touch and how much it may ask for: tables, columns, sensitivity, sizes, limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails.second_look import KINDS
from demo_lib.retrieval.catalog import Catalog

DEFAULT_SCHEMAS = {"duckdb": "main", "sqlite": "main", "postgres": "public", "tsql": "dbo"}
"""The schema that an unqualified table name means, by dialect. The keys are the dialects that are known."""
_WITH_SCHEMAS = ("postgres", "tsql")


OnSensitive = Literal["block", "mask"]


def on_sensitive(said: Mapping[str, Any], key: str) -> OnSensitive:
    """What a file says under `key`, `block` where it says nothing. Raises ValueError for anything else."""
    given: OnSensitive = said.get(key, "block")
    if given not in get_args(OnSensitive):
        raise ValueError(f"{key} is one of {', '.join(get_args(OnSensitive))}")
    return given


@dataclass(frozen=True)
class Limits:
    """How much one query may ask for. The names are those of a policy file's `limits`."""

    max_sql_bytes: int = 100_000
    max_tokens: int = 20_000
    """Words and signs. 10 KB of SQL have fewer than 10,000; a list of 12,000 numbers is a table's work."""
    max_relations: int = 500
    """SELECTs, and names of tables that they read, in one query."""
    max_nesting_depth: int = 100
    """Parentheses, brackets and CASEs within each other."""
    max_type_depth: int = 4
    """Calls within each other of functions that are named like types: date(…), char(…)."""
    max_series_rows: int = 1_000_000
    """Rows of one generated series, or rounds of one recursion."""
    max_repeat_count: int = 1_000
    """How often text is repeated, or how wide it is padded."""
    max_format_width: int = 1_000
    max_like_wildcards: int = 10
    """`%` (GLOB: `*`) in one pattern."""
    max_collection_size: int = 1_000_000
    max_cartesian_rows: int = 1_000_000_000
    """Rows that relations without an equality between them may multiply to, by `row_estimates`."""


@dataclass(frozen=True)
class Policy:
    """What a query may read. The list is closed: what is not named here does not exist."""

    tables: Mapping[str, Mapping[str, str]]
    """Table → column → type. List every column that a table has, and mark the secret ones as sensitive: one that
    is left out cannot be named, yet a star shows it."""
    sensitive: frozenset[str] = frozenset()
    """`table.column` in lower case: never read, compared, sorted or counted by."""
    row_estimates: Mapping[str, int] = field(default_factory=dict)
    default_rows: int = 1_000_000
    """What a table without an estimate counts as."""
    limits: Limits = field(default_factory=Limits)
    cap_rows: int = 10_000
    """A result with more rows than this is an error (slide 9)."""
    on_sensitive: OnSensitive = "block"
    """What becomes of a sensitive column that is shown: the query is refused, or the column comes out masked."""
    row_filters: Mapping[str, str] = field(default_factory=dict)
    """Table → a condition in SQL, for the table's own columns: no other row exists. It is taken as it stands,
    so whoever writes a policy answers for it."""
    watched: frozenset[str] = frozenset(KINDS)
    """What no result may hold, wherever it comes from: kinds of `second_look`."""
    default_schema: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_SCHEMAS))
    database: str = ""
    """The name of the scope that this policy covers, such as `sales`; empty: everything."""

    @classmethod
    def from_file(cls, path: str | Path, *, cap_rows: int = 10_000) -> Policy:
        """Read `schema.json` (`allowed_tables`, `sensitive_columns`, `limits` …) or a catalogue's YAML.

        Raises DemoError where the file is missing or is neither.
        """
        path = Path(path)
        if path.suffix != ".json":
            return cls.from_catalog(Catalog.from_file(path), cap_rows=cap_rows)
        try:
            return cls._from_mapping(json.loads(path.read_text(encoding="utf-8")), cap_rows)
        except OSError as error:
            raise DemoError(f"No policy at {path}: {error.strerror}. Check the path.") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DemoError(f"{path} is not a policy that can be read: {reason}") from None

    @classmethod
    def _from_mapping(cls, data: dict[str, Any], cap_rows: int) -> Policy:
        known = {f.name for f in fields(Limits)}
        given = {name: int(value) for name, value in data.get("limits", {}).items() if name in known}
        return cls(
            tables={name: dict(columns) for name, columns in data["allowed_tables"].items()},
            sensitive=frozenset(name.lower() for name in data.get("sensitive_columns", ())),
            row_estimates={name: int(rows) for name, rows in data.get("row_estimates", {}).items()},
            limits=Limits(**given),
            cap_rows=cap_rows,
            on_sensitive=on_sensitive(data, "on_sensitive"),
            row_filters={name: str(condition) for name, condition in data.get("row_filters", {}).items()},
            default_schema={**DEFAULT_SCHEMAS, **data.get("default_schema", {})},
        )

    @classmethod
    def from_catalog(cls, catalog: Catalog, *, cap_rows: int = 10_000, database: str = "") -> Policy:
        """All tables of `catalog`, or those of its scope `database`. Raises UsageError for an unknown one."""
        if database:
            if database not in catalog.databases:
                known = ", ".join(sorted(catalog.databases)) or "none"
                raise UsageError(f"There is no database {database!r} in the catalogue. Known: {known}.")
            catalog = catalog.scope(database)
        tables = catalog.tables.values()
        return cls(
            tables={t.name: {c.name: c.type for c in t.columns} for t in tables},
            sensitive=frozenset(
                f"{t.name}.{c.name}".lower() for t in tables for c in t.columns if c.sensitive
            ),
            row_estimates={t.name: t.rows for t in tables if t.rows is not None},
            cap_rows=cap_rows,
            database=database,
        )

    def place(self, table: str, dialect: str) -> tuple[str, str]:
        """The schema that `table` of this policy is in, and its own name.

        On PostgreSQL and SQL Server a table outside the default schema is listed as `schema.table`.
        """
        schema, dot, own = table.partition(".")
        return (schema, own) if dot and dialect in _WITH_SCHEMAS else (self.default_schema.get(dialect, ""), table)

    def is_sensitive(self, table: str, column: str) -> bool:
        """Whether `table.column` may not be read (any case)."""
        return f"{table}.{column}".lower() in self.sensitive
