"""Value retrieval: which cells of the database a question names, of the columns that hold too many to list.

“Revenue of Boston Mall” can only become `store_name = 'Boston Mall'` where the model sees that there is such a store.
A prompt cannot list 4,000 names; it can show the two that the question speaks of.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog, Column, Table, is_text

MAX_ROWS = 1_000_000
"""A table with more rows is not read: that would take longer than the question."""
MAX_DIFFERENT = 10_000
MAX_CHARACTERS = 60
"""What is longer is prose, and no name."""
MAX_WORDS = 8
MAX_SHOWN = 5
"""Of one column."""
MAX_SECONDS = 2.0
"""Where a column could not be read, and that took longer, the table's others are not waited for."""
MAX_AGE_SECONDS = 3_600
"""After an hour a column is read again, for somebody may have opened a store."""

Names = dict[tuple[str, ...], str]
"""The words of a value, in small letters → the value as it is written."""
Runs = list[tuple[tuple[str, ...], int, int]]
"""Runs of words of a question, each with where it starts and ends."""

_OWN = re.compile(r"['’]s?\b")
_IN_COMMENT = re.compile(r"[^,;\n\r]+")


@dataclass
class ValueIndex:
    """Looks for the values of text columns in questions. Each column is read when a question first needs its table.

    read: runs the query for the different values of a column; raises DemoError where it cannot, or has too many.
    """

    read: Callable[[str, str, str], Iterable[object]]
    """(scope, table, column) → its values."""
    _known: dict[tuple[str, str, str], tuple[float, Names]] = field(default_factory=dict, repr=False)
    _slow: dict[tuple[str, str], float] = field(default_factory=dict, repr=False)

    def named_in(
        self, question: str, catalog: Catalog, tables: Iterable[str], scope: str, told: list[str] | None = None
    ) -> Catalog:
        """The catalogue, with `Column.named` of these tables filled with what the question names.

        question: in plain words. tables: those that will be shown. scope: the database that they are read in.
        told: gets a line for each column that had to be read for it, or could not be.
        Only text columns without a list of values of their own are looked at, and no sensitive one.
        """
        said, told = _runs(question), [] if told is None else told
        found = {t: self._named(catalog.tables[t], said, scope, told) for t in tables}
        changed = {t: table for t, table in found.items() if table is not catalog.tables[t]}
        return replace(catalog, tables={**catalog.tables, **changed}) if changed else catalog

    def _named(self, table: Table, said: Runs, scope: str, told: list[str]) -> Table:
        if table.rows is None or table.rows > MAX_ROWS:
            return table
        named = {
            c.name: values
            for c in table.columns
            if _is_looked_at(c) and (values := _longest(self._names(scope, table.name, c.name, told), said))
        }
        if not named:
            return table
        return replace(table, columns=tuple(replace(c, named=named.get(c.name, ())) for c in table.columns))

    def _names(self, scope: str, table: str, column: str, told: list[str]) -> Names:
        kept, start = self._known.get((scope, table, column)), time.monotonic()
        if kept and start - kept[0] < MAX_AGE_SECONDS:
            return kept[1]
        slow = self._slow.get((scope, table))
        if slow is not None and start - slow < MAX_AGE_SECONDS:
            return {}
        try:
            values = list(self.read(scope, table, column))
        except DemoError as error:  # too many, too slow, not for this role: then the question goes without
            values = []
            told.append(f"{table}.{column}: not read. {error}")
            if (took := time.monotonic() - start) > MAX_SECONDS:
                self._slow[scope, table] = start + took
                told.append(f"{table}: its other columns are not read, for that took {took:.1f} seconds")
        else:
            told.append(f"{table}.{column}: {len(values)} values")
        plain = (v for v in values if isinstance(v, str) and len(v) <= MAX_CHARACTERS and _IN_COMMENT.fullmatch(v))
        names = {words: v for v in plain if (words := _words(v)) and not (len(words) == 1 and len(words[0]) < 3)}
        self._known[scope, table, column] = time.monotonic(), names
        return names


def _is_looked_at(column: Column) -> bool:
    plain = not (column.sensitive or column.values or column.primary_key or column.references)
    return plain and is_text(column.type)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _OWN.sub("", text).casefold()))


def _runs(question: str) -> Runs:
    """Every run of at most so many words. `Toasters` may be several of a `Toaster`."""
    words = _words(question)
    spans = [(i, k) for i in range(len(words)) for k in range(i + 1, min(i + MAX_WORDS, len(words)) + 1)]
    runs = [(words[i:k], i, k) for i, k in spans]
    return runs + [((*run[:-1], run[-1][:-1]), i, k) for run, i, k in runs if run[-1].endswith("s")]


def _longest(names: Names, said: Runs) -> tuple[str, ...]:
    """The values that are said, less those that are only a part of a longer one."""
    found = [(names[run], start, end) for run, start, end in said if run in names]
    whole = [
        value
        for value, start, end in found
        if not any(a <= start and end <= b and b - a > end - start for _, a, b in found)
    ]
    return tuple(dict.fromkeys(whole))[:MAX_SHOWN]
