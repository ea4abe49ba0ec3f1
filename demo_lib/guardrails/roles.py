"""Roles: the same tables, seen by different people. `data/roles.yaml` says who sees what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails.policy import OnSensitive, Policy, on_sensitive
from demo_lib.guardrails.second_look import CONTACTS
from demo_lib.retrieval.catalog import Catalog, Column
from demo_lib.settings import DATA_DIR

MASKED = "shown as ***"
_KEYS = {"description", "sensitive", "opens", "databases", "rows"}


@dataclass(frozen=True)
class Role:
    """What one kind of person may see."""

    name: str
    sensitive: OnSensitive = "block"
    opens: frozenset[str] = frozenset()
    """`table.column` or `*.column`: not sensitive to this role."""
    databases: tuple[str, ...] = ()
    """The scopes that it may use; empty: all."""
    rows: Mapping[str, str] = field(default_factory=dict)
    """Table → the condition that a row has to fulfil to exist for it."""

    def policy(self, policy: Policy) -> Policy:
        """`policy` as it is for this role. It opens only what is named and never adds a table."""
        columns = [(table, column) for table, given in policy.tables.items() for column in given]
        opened = policy.sensitive & {f"{t}.{c}".lower() for t, c in columns if self._opens(t, c)}
        return replace(
            policy,
            sensitive=policy.sensitive - opened,
            on_sensitive=self.sensitive,
            row_filters={t: c for t, c in self.rows.items() if t in policy.tables},
            # an address that this role may see is no find
            watched=policy.watched - CONTACTS if opened else policy.watched,
        )

    def catalog(self, catalog: Catalog) -> Catalog:
        """`catalog` as this role's models are told of it: with what is opened, and with what comes out masked."""
        tables = {
            name: replace(table, columns=tuple(self._column(name, c) for c in table.columns))
            for name, table in catalog.tables.items()
        }
        unknown = [name for name in self.databases if name not in catalog.databases]
        if unknown:
            raise UsageError(f"The role {self.name} is for databases that are not there: {', '.join(unknown)}.")
        databases = {n: t for n, t in catalog.databases.items() if not self.databases or n in self.databases}
        return replace(catalog, tables=tables, databases=databases)

    def _column(self, table: str, column: Column) -> Column:
        if not column.sensitive:
            return column
        if self._opens(table, column.name):
            return replace(column, sensitive=False)
        if self.sensitive == "block":
            return column
        return replace(column, sensitive=False, description=f"{column.description}; {MASKED}".lstrip("; "))

    def _opens(self, table: str, column: str) -> bool:
        return not self.opens.isdisjoint((f"{table}.{column}".lower(), f"*.{column}".lower()))


def role(name: str, path: str | Path = DATA_DIR / "roles.yaml") -> Role:
    """The role of this name. Raises UsageError, naming those there are, and DemoError for a file that is none."""
    known = _read(Path(path))
    if name not in known:
        raise UsageError(f"There is no role {name!r}. There are: {', '.join(known)}.")
    return known[name]


def _read(path: Path) -> dict[str, Role]:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {str(name): _role(str(name), said or {}) for name, said in given.items()}
    except OSError as error:
        raise DemoError(f"No roles at {path}: {error.strerror}. Check the path.") from None
    except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise DemoError(f"{path} holds no roles that can be read: {str(error).splitlines()[0]}") from None


def _role(name: str, said: dict[str, Any]) -> Role:
    # a word that is not known may have been meant to close something: fail closed
    if unknown := sorted(set(said) - _KEYS):
        raise ValueError(f"{name}: {', '.join(unknown)} is not known; there are {', '.join(sorted(_KEYS))}")
    return Role(
        name,
        on_sensitive(said, "sensitive"),
        frozenset(str(c).lower() for c in said.get("opens", ())),
        tuple(map(str, said.get("databases", ()))),
        {str(t): str(c) for t, c in said.get("rows", {}).items()},
    )
