"""`the most common causes`, `top 3 kinds of fires`: columns that tell rows by their kind, and the rows to count."""

from __future__ import annotations

from ..frame import Decline, Readings
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import display


def kinds_of(reader: Reader, head: int) -> Readings:
    """`top 3 causes of fires`: the column whose values are counted, where it is one of these rows."""
    texts = tuple(r for r in reader.items[head].of("column") if r.column and r.column.kind == "text" and r.score >= 0.8)
    rows = {r.table for r in reader.items[head + 2].of("table")[:1]} if reader.has(head + 2, "table") else set()
    last = head + 3 == len(reader) or reader.is_(head + 3, "date", "in")
    said = reader.is_(head + 1, "of", "for") and reader.items[head].plural and last
    return tuple(r for r in texts if r.table in rows) if said and not reader.has(head, "table", "term") else ()


def rows_that_have(reader: Reader, columns: Readings) -> Readings:
    """`the most common trades of repairs`, where each trade is a row of its own: the repairs are counted.

    Raises Decline where nothing says what to count of rows that have one such name each.
    """
    if owners := tuple(Reading("table", r.owner) for r in columns if r.owner and r.owner != r.table):
        return owners
    schema = reader.known.prompt.schema
    names = all(r.column in display(schema, r.table) and not schema.outward[r.table] for r in columns)
    dated = any(c.kind == "date" for c in schema.tables[columns[0].table].columns)
    names |= bool(reader.find("date")) and not dated  # `the most common trades in May`: of something that happened
    if names and any(k.to_table == columns[0].table for t in schema.tables for k in schema.outward[t]):
        raise Decline(f"The most common “{columns[0]}” of what? Say what to count, for example “by number of …”.")
    return columns


def records_events(reader: Reader, columns: Readings) -> bool:
    """Whether a row of the column's table is something that happened: it has a date and points to other tables."""
    schema = reader.known.prompt.schema
    dated = {r.table for r in columns if any(c.kind == "date" for c in schema.tables[r.table].columns)}
    return any(schema.outward[table] for table in dated)
