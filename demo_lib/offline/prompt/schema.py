"""What a prompt says about a database: tables, columns, keys. Plain data, no behaviour beyond look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from ..english.words import name_words

FRACTION = re.compile(r"fraction|percent|\bratio\b|(^|_)(rate|pct|percent|ratio|percentage)$", re.I)
DATE_NAME = re.compile(r"(^|_)(date|day|at|on|time|timestamp|datetime|since|until)$|^(date|dob)(_|$)", re.I)
BOOL_NAME = re.compile(r"(is|has|was|can)_")
CODE_NAME = re.compile(r"(\w+)_(?:cd|code|no|nr|nbr|num|number)")
CODE_TYPES = ("TEXT", "VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "STRING", "INT", "BIGINT", "SMALLINT")
KEY_NAME = re.compile(r"_(id|key|uuid|guid)$")
PARTICIPLE_NAME = re.compile(r"(^|_)\w+ed$|(^|_)paid$")
YEAR_NAME = re.compile(r"(^|_)year$|^(?:founded|established|built|constructed|released|published)(_in)?$", re.I)
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
KEY_TYPE = re.compile(r"\w*INT|SERIAL|UUID")
NUMBER_TYPE = re.compile(r"\w*INT|DEC|NUM|REAL|FLOAT|DOUBLE|MONEY|SMALLMONEY|SERIAL|HUGE")
FRACTION_TYPE = re.compile(r"DEC|NUM|REAL|FLOAT|DOUBLE|MONEY|SMALLMONEY", re.I)
TEXT_TYPE = re.compile(r"$|TEXT|N?VARCHAR|CHAR")
NUMBER_NAME = re.compile(
    r"(amount|price|cost|quantity|qty|total|count|number|rate|rating|score|salary|budget|balance|fee|age"
    r"|weight|height|size|capacity|hours|minutes|days|seats|pages|points|value|discount|tax|stock|year)$",
    re.I,
)


def bare(table: str) -> str:
    """A table's name without its schema's."""
    return table.split(".")[-1]


@dataclass(frozen=True)
class Column:
    """One column. `type` is empty where the prompt gives names only; `kind` then guesses from the name."""

    table: str
    name: str
    type: str = ""
    note: str = ""
    values: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    """Some of more values than the prompt lists: those that the question may speak of."""
    identifies: bool = False
    """Whether a key of the schema starts or ends here, whatever the column is called."""
    sql: exp.Expr | None = None
    """What it is worked out from, where the database has no such column: the days from one date to another."""

    def __hash__(self) -> int:
        return hash((self.table, self.name))  # quick, however many values it lists

    @cached_property
    def kind(self) -> str:
        """`number`, `date`, `bool`, `text`, or `key` for an identifier."""
        name, type_ = HUMP.sub("_", self.name).lower(), self.type.upper()
        if type_.startswith("BOOL") or type_ == "BIT" or BOOL_NAME.match(name):
            return "bool"
        if name == "id" or KEY_NAME.search(name):
            return "date" if type_.startswith(("DATE", "TIMESTAMP")) else "key"
        if type_.startswith(("DATE", "TIMESTAMP", "SMALLDATETIME")):
            return "date"
        if self.identifies and KEY_TYPE.match(type_):
            return "key"
        if NUMBER_TYPE.match(type_):
            return "number"
        if TEXT_TYPE.match(type_) and not self.values and DATE_NAME.search(name):
            return "date"
        if not type_ and PARTICIPLE_NAME.search(name):
            return "bool"
        if not type_ and NUMBER_NAME.search(name):
            return "number"
        return "text"

    @property
    def reference(self) -> exp.Expr:
        """How SQL refers to it, by its table; worked out, where the database has no such column."""
        return self.sql.copy() if self.sql is not None else exp.column(self.name, table=self.table)

    @property
    def empty(self) -> exp.Is:
        """The condition that a row has nothing in it."""
        return exp.Is(this=self.reference, expression=exp.Null())

    @property
    def is_year(self) -> bool:
        """Whether it holds a year as a number."""
        return self.kind == "number" and YEAR_NAME.search(self.name) is not None

    @property
    def holds_fractions(self) -> bool:
        """Whether its type is one with digits after the point."""
        return FRACTION_TYPE.match(self.type) is not None

    @property
    def additive(self) -> bool:
        """Whether its numbers may be added up: fractions and rates may not."""
        return not FRACTION.search(self.name) and not FRACTION.search(self.note)

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class ForeignKey:
    """`table.column` points to one row of `to_table`: the only direction a join may run."""

    table: str
    column: str
    to_table: str
    to_column: str


@dataclass(frozen=True, eq=False)
class Table:
    """One table, its columns in the prompt's order."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    note: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by lower-case name."""
        return {c.name.lower(): c for c in self.columns}

    @property
    def key(self) -> str | None:
        """The column that identifies a row, declared or the first one that looks like a key."""
        if self.primary_key:
            return self.primary_key[0] if len(self.primary_key) == 1 else None
        first = self.columns[0] if self.columns else None
        key = first and (first.kind == "key" or re.fullmatch(r"[a-z]{1,3}id", first.name.lower()) or self.coded)
        return first.name if first and key else None

    @property
    def coded(self) -> bool:
        """Whether the first column is a code or a number that is called after the rows: `wing_cd` of a wing."""
        first = self.columns[0] if self.columns else None
        typed = first is not None and (not first.type or first.type.upper().startswith(CODE_TYPES))
        if first is None or first.kind == "date" or not typed:
            return False
        front = CODE_NAME.fullmatch(HUMP.sub("_", first.name).lower())
        called = name_words(bare(self.name))
        return front is not None and name_words(front[1]) in (called, called[-1:])


@dataclass(frozen=True, eq=False)
class Schema:
    """All tables of a prompt by name, with the keys between them."""

    tables: dict[str, Table] = field(default_factory=dict)
    keys: tuple[ForeignKey, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read, a sentence each."""
    quoted: frozenset[str] = frozenset()
    """The names that stand in quotes: they need them, for a capital letter, a space, or because SQL has the word."""

    @cached_property
    def outward(self) -> dict[str, list[ForeignKey]]:
        """For each table, the keys that leave it."""
        keys: dict[str, list[ForeignKey]] = {name: [] for name in self.tables}
        for key in self.keys:
            keys[key.table].append(key)
        return keys

    @cached_property
    def foreign(self) -> dict[tuple[str, str], ForeignKey]:
        """The key that starts at (table, column)."""
        return {(k.table, k.column): k for k in self.keys}

    def names_of(self, column: Column) -> set[str]:
        """The names under which a column's values may be read: its own, and those of the keys that lead to it."""
        ends = (column.table, column.name)
        return {column.name} | {k.column for k in self.keys if (k.to_table, k.to_column) == ends}

    def column(self, table: str, name: str) -> Column | None:
        """The column by its names in any case, or None."""
        found = self.tables.get(table) or next(
            (t for n, t in self.tables.items() if n.lower() == table.lower()), None
        )
        return found.by_name.get(name.lower()) if found else None
