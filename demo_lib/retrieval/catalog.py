"""What tables there are: names, columns, keys, descriptions, sensitivity. One catalogue, read by every agent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from demo_lib.errors import DemoError
from demo_lib.retrieval.reserved import RESERVED

# ends the comment of a sensitive column inside a database: its values are never read
WITHHELD = "(withheld)"


@dataclass(frozen=True)
class Column:
    """One column, as the catalogue describes it."""

    name: str
    type: str = "VARCHAR"
    description: str = ""
    primary_key: bool = False
    references: str | None = None
    """`table.column` that this column points to."""
    sensitive: bool = False
    """Personal or confidential: no value of it may reach a model or an answer."""
    closed: str = ""
    """Why it is sensitive, where its values told that."""
    values: tuple[str, ...] = ()
    """All values, where there are few enough to list."""
    named: tuple[str, ...] = field(default=(), repr=False)
    """Of more values than are listed, those that the question names: `ValueIndex` fills it."""


@dataclass(frozen=True)
class Table:
    """One table with its columns. `rows` is an estimate, used to bound joins.

    A table in a schema of its own is called `schema.table`, and the schema is its domain.
    """

    name: str
    columns: tuple[Column, ...]
    description: str = ""
    domain: str = ""
    rows: int | None = None

    def column(self, name: str) -> Column | None:
        """The column called `name` (any case), or None."""
        return next((c for c in self.columns if c.name.lower() == name.lower()), None)

    @property
    def foreign_keys(self) -> list[tuple[str, str, str]]:
        """(column, other table, other column) for every reference."""
        pointing = [(c.name, c.references.rpartition(".")) for c in self.columns if c.references]
        return [(name, table, column) for name, (table, _, column) in pointing]


@dataclass(frozen=True)
class Catalog:
    """All tables by name, and the named databases that an agent may be pointed at.

    `databases` maps a database's name to the tables in its scope, as `sales` and `analytics`
    do in the talk: two scopes over one warehouse.
    """

    tables: dict[str, Table]
    name: str = "warehouse"
    as_of: date | None = None
    databases: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_file(cls, path: str | Path) -> Catalog:
        """Read `catalog.yaml`, or a `.jsonl` file with one table a line.

        Raises DemoError where the file is missing or is neither.
        """
        path = Path(path)
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise DemoError(f"No catalogue at {path}: {error.strerror}. Check the path.") from None
        try:
            text = raw.decode("utf-8")
            if path.suffix == ".jsonl":
                return cls._from_rows(json.loads(line) for line in text.splitlines() if line.strip())
            return cls._from_mapping(yaml.safe_load(text))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, yaml.YAMLError) as error:
            raise DemoError(
                f"{path} is not a catalogue that can be read: {_what_is_off(error)}. docs/retrieval.md says its form."
            ) from None

    @classmethod
    def _from_mapping(cls, data: dict[str, Any]) -> Catalog:
        tables = {}
        for name, t in data["tables"].items():
            columns = tuple(
                Column(
                    name=column_name,
                    type=c.get("type", "VARCHAR"),
                    description=c.get("description", ""),
                    primary_key=bool(c.get("primary_key")),
                    references=c.get("references"),
                    sensitive=bool(c.get("sensitive")),
                    values=tuple(str(v) for v in c.get("values", ())),
                )
                for column_name, c in t["columns"].items()
            )
            tables[name] = Table(name, columns, t.get("description", ""), t.get("domain", ""), t.get("rows"))
        databases = {
            scope: tuple(n for n, t in tables.items() if domains == "all" or t.domain in domains)
            for scope, domains in data.get("databases", {}).items()
        }
        return cls(tables, data.get("name", "warehouse"), data.get("as_of"), databases)

    @classmethod
    def _from_rows(cls, rows: Iterable[dict[str, Any]]) -> Catalog:
        tables = {}
        for row in rows:
            prefix = f"{row['db']}." if row.get("db") else ""
            targets = {c: f"{prefix}{table}.{other}" for c, table, other in row.get("fks", ())}
            columns = tuple(
                Column(name, type_, description or "", references=targets.get(name))
                for name, type_, description in zip(row["columns"], row["types"], row["descriptions"], strict=True)
            )
            name = prefix + row["table"]
            if name in tables:
                raise ValueError(f"{name} stands in it twice")
            tables[name] = Table(name, columns, row.get("description", ""), row.get("db", ""))
        return cls(tables)

    def save(self, path: str | Path) -> None:
        """Write it as YAML, in the form that `from_file` reads. Raises DemoError where that cannot be written."""
        tables = {
            t.name: _told(t, "description", "domain", "rows")
            | {"columns": {c.name: _told(c, *COLUMN_KEYS) for c in t.columns}}
            for t in self.tables.values()
        }
        text = yaml.safe_dump({"name": self.name, "tables": tables}, sort_keys=False, allow_unicode=True, width=120)
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise DemoError(f"{path} cannot be written: {error.strerror}. Name another file.") from None

    def scope(self, database: str) -> Catalog:
        """The part of the catalogue that `database` covers. Raises KeyError for an unknown name."""
        names = self.databases[database]
        return replace(self, tables={n: self.tables[n] for n in names}, databases={database: names})

    def neighbours(self, name: str) -> list[str]:
        """Tables one foreign key away from `name`, in either direction: first those that it refers to."""
        return list(self._near[name])

    @cached_property
    def _near(self) -> dict[str, dict[str, None]]:
        """The neighbours of every table, each once and in order; asked for every table of every search."""
        pairs = [(t.name, o) for t in self.tables.values() for _, o, _ in t.foreign_keys if o in self.tables]
        near: dict[str, dict[str, None]] = {name: {} for name in self.tables}
        for one, other in (*pairs, *((b, a) for a, b in pairs)):
            if one != other:
                near[one][other] = None
        return near

    def ddl(self, names: Iterable[str]) -> str:
        """The named tables as commented CREATE TABLE statements, for a prompt.

        Sensitive columns are left out: what a model does not see it cannot ask for.
        """
        return "\n".join(_create_table(self.tables[n], self.tables) for n in names)

    def names(self, names: Iterable[str]) -> str:
        """The named tables as `table(column, column)`, one a line: what prompt v1.0 shows."""
        tables = [self.tables[n] for n in names]
        shown = [", ".join(quote(c.name) for c in t.columns if not c.sensitive) for t in tables]
        return "\n".join(f"{quote_table(t)}({columns})" for t, columns in zip(tables, shown, strict=True))

    @property
    def fingerprint(self) -> str:
        """A short hash of everything in the catalogue; equal catalogues have equal fingerprints."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


def is_text(type_: str) -> bool:
    """Whether a column of this type holds text: SQLite's own rule, and STRING, which many write."""
    return any(part in type_.upper() for part in ("CHAR", "CLOB", "TEXT", "STRING"))


COLUMN_KEYS = ("type", "description", "primary_key", "references", "sensitive", "values")


def _told(of: Table | Column, *keys: str) -> dict[str, Any]:
    """Those of its attributes that say something."""
    said = {key: getattr(of, key) for key in keys if getattr(of, key)}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in said.items()}


def quote(name: str) -> str:
    """An identifier as every engine takes it: bare where that is safe, in double quotes otherwise.

    A capital letter is not safe, for PostgreSQL reads a bare name in lower case; nor is a word of SQL's own.
    """
    plain = name.isidentifier() and name.isascii() and name == name.lower() and name not in RESERVED
    return name if plain else '"' + name.replace('"', '""') + '"'


def quote_table(table: Table) -> str:
    """A table's name as `quote` gives it, its schema's before it where it has one."""
    schema, dot, own = table.name.partition(".")
    return f"{quote(schema)}.{quote(own)}" if dot and schema == table.domain else quote(table.name)


def _create_table(table: Table, known: Mapping[str, Table]) -> str:
    lines = []
    shown = [c for c in table.columns if not c.sensitive]
    for i, c in enumerate(shown):
        definition = f"  {quote(c.name)} {c.type}"
        if c.primary_key:
            definition += " PRIMARY KEY"
        if c.references and c.references.rsplit(".", 1)[0] in known:
            other, column = c.references.rsplit(".", 1)
            definition += f" REFERENCES {quote_table(known[other])}({quote(column)})"
        notes = [c.description.rstrip(".")] if c.description else []
        if c.values:
            notes.append("one of: " + ", ".join(c.values))
        elif c.named:
            notes.append("among its values: " + ", ".join(c.named))
        comma = "," if i < len(shown) - 1 else ""
        lines.append(definition + comma + (" -- " + "; ".join(notes).replace("\n", " ") if notes else ""))
    heading = f"CREATE TABLE {quote_table(table)} ("
    if table.description:
        heading += " -- " + table.description.replace("\n", " ")
    return "\n".join([heading, *lines, ");"])


def _what_is_off(error: Exception) -> str:
    """Python's words for a wrong form are about its own types; only those on the file itself help who wrote it."""
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, (TypeError, AttributeError)):
        return "a table, or a list of columns, has another form than it should"
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
