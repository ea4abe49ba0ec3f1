"""What every engine's catalogue reader agrees on: what looks sensitive, and which columns have their values listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from demo_lib.guardrails.second_look import kind_of_most
from demo_lib.retrieval.catalog import WITHHELD, Catalog, Column, Table, is_text

T = TypeVar("T")

MANY_TABLES = 200
MAX_VALUES = 30
"""A text column with at most this many different values has them listed."""
MAX_VALUE_CHARACTERS = 60
MAX_ROWS_COUNTED = 20_000_000
"""Above this many rows the values are not counted: it would take longer than a question."""
MAX_VIEW_ROWS = 100_000
"""A view may be anything: only so many rows of it are looked at."""
_HEAD_ROWS = 10_000
LOOKED_INTO = 200
"""Of a text column that nobody labelled, so many values are looked at."""

_SENSITIVE = re.compile(
    r"(^|_)(ssn|social_security|salary|salaries|iban|password|passwd|pwd|cvv|passport|credit_card|bank_account)(_|\d|$)"
    r"|(^|_)(secret|api_key|access_token|gross_pay|net_pay|wages?|account_number|license_(plate|number|key))(_|\d|$)"
    r"|(^|_)(e_?mail|phone|mobile|telephone|national_id|tax_id|card)(_(address|number|no|nr|num|hash|primary|home|work))?\d?$"
)


def looks_sensitive(name: str) -> bool:
    """Whether a column of this name is likely personal or confidential: email, phone, salary, card …"""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(" ", "_").replace("-", "_").lower()
    return _SENSITIVE.search(snake) is not None


def withheld(name: str, comment: str) -> bool:
    """Whether the values of a column are never read: by its name, or because its comment says so."""
    return looks_sensitive(name) or comment.endswith(WITHHELD)


def looked_at(tables: Collection[T]) -> Iterable[T]:
    """The tables one by one, with a progress bar in a terminal where there are hundreds."""
    from tqdm import tqdm

    quiet = True if len(tables) < MANY_TABLES else None  # None: where nobody looks
    return tqdm(tables, desc="Reading the catalogue", unit=" tables", leave=False, disable=quiet)


def quoted(name: str) -> str:
    """An identifier in double quotes, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def closed_by_content(sample: Callable[[str, Sequence[str]], Sequence[tuple[Any, ...]]], catalog: Catalog) -> Catalog:
    """The catalogue with those text columns marked too whose first values look, most of them, like personal data.

    sample: a table's name and columns → some rows of them as text, none where that fails: `head` is the query for it.
    `Column.closed` says what the values look like.
    """
    return replace(catalog, tables={name: _looked_into(sample, table) for name, table in catalog.tables.items()})


def head(source: str, columns: Sequence[str], count: int = LOOKED_INTO, *, dialect: str = "") -> str:
    """The query for the first rows of these columns, as text under their own names. dialect: as `listed_values`."""
    names = ", ".join(f"{_as_text(name, dialect)} AS {quoted(name)}" for name in columns)
    return _first(count, f"SELECT {names} FROM {source}", dialect)


def _as_text(column: str, dialect: str) -> str:
    return f"CAST({quoted(column)} AS {'nvarchar(4000)' if dialect == 'tsql' else 'text'})"


def _first(count: int, select: str, dialect: str) -> str:
    if dialect == "tsql":
        return re.sub(r"^SELECT( DISTINCT)?", rf"SELECT\1 TOP ({count})", select)
    return f"{select} LIMIT {count}"


def _looked_into(sample: Callable[[str, Sequence[str]], Sequence[tuple[Any, ...]]], table: Table) -> Table:
    unlabelled = [c for c in table.columns if is_text(c.type) and not c.sensitive]
    kinds = {c.name: kind_of_most(c.values) for c in unlabelled if c.values}
    asked = [c.name for c in unlabelled if not c.values]
    found = sample(table.name, asked) if asked else []
    for name, values in zip(asked, zip(*found, strict=True), strict=False):
        kinds[name] = kind_of_most([v for v in values if v])
    columns = (
        replace(c, sensitive=True, values=(), closed=f"most of its values look like {kinds[c.name]}")
        if kinds.get(c.name)
        else c
        for c in table.columns
    )
    return replace(table, columns=tuple(columns))


def why_closed(column: Column) -> str:
    """Why a sensitive column of a user's database is closed, in words."""
    if column.closed:
        return column.closed
    if looks_sensitive(column.name):
        return "its name looks like personal or confidential data"
    return "its comment says so" if column.description.endswith(WITHHELD) else "the role may not read it"


def literal(text: str) -> str:
    """A text in single quotes, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"


def listed_values(
    rows: Callable[[str], Sequence[tuple[Any, ...]]], source: str, columns: Sequence[str], *, dialect: str = ""
) -> dict[str, tuple[str, ...]]:
    """All values of those text columns that have few and short ones.

    rows: runs a query. source: the table or subquery to read. columns: its text columns that may be read.
    dialect: `tsql` for SQL Server's words; all others share theirs.
    Looks at the first rows before it looks at all: most columns are told there to have too many values.
    """
    if not columns:
        return {}
    length = "LEN" if dialect == "tsql" else "length"
    counts = ", ".join(f"count(DISTINCT {quoted(c)}), max({length}({quoted(c)}))" for c in columns)
    [found] = rows(f"SELECT {counts} FROM ({head(source, columns, _HEAD_ROWS, dialect=dialect)}) AS head")
    values = {}
    for column, different, longest in zip(columns, found[::2], found[1::2], strict=True):
        if not different or different > MAX_VALUES or longest > MAX_VALUE_CHARACTERS:
            continue
        select = f"SELECT DISTINCT {_as_text(column, dialect)} FROM {source} WHERE {quoted(column)} IS NOT NULL"
        listed = [v for (v,) in rows(_first(MAX_VALUES + 1, select, dialect))]
        if len(listed) <= MAX_VALUES and all(len(v) <= MAX_VALUE_CHARACTERS for v in listed):
            values[column] = tuple(sorted(listed))
    return values
