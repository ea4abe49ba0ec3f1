"""Days of their own: rows that only lead to a calendar over the date of others are told by their own date."""

from __future__ import annotations

from collections.abc import Sequence

from ..english.words import of_people
from .schema import Column, ForeignKey, Schema, Table


def own_days(tables: dict[str, Table], keys: Sequence[ForeignKey]) -> tuple[ForeignKey, ...]:
    """A key from the one date of such rows to the calendar: a return on a weekend is no return of a weekend's sale."""
    calendars = {k.to_table: k.to_column for k in keys if _is_of_days(tables[k.to_table], k)}
    found = []
    for calendar, day in calendars.items():
        leading = {k.table for k in keys if k.to_table == calendar}
        beyond = _leading_to(leading, keys) - leading
        for table in (tables[name] for name in tables if name in beyond and not of_people(name)):
            dates = [c for c in table.columns if _is_day(c)]
            if len(dates) == 1:
                found.append(ForeignKey(table.name, dates[0].name, calendar, day))
    return tuple(found)


def calendars_of(schema: Schema) -> set[str]:
    """The tables with a row for each day, which others lead to by a date of theirs."""
    return {k.to_table for k in schema.keys if _is_of_days(schema.tables[k.to_table], k)}


def own_calendar(schema: Schema, table: str) -> bool:
    """Whether a date of these rows leads to a calendar."""
    calendars = calendars_of(schema)
    return table in calendars or any(k.table == table and k.to_table in calendars for k in schema.keys)


def _is_of_days(table: Table, key: ForeignKey) -> bool:
    """Whether a table has a row for each day."""
    column = table.by_name.get(key.to_column.lower())
    return table.primary_key == (key.to_column,) and column is not None and _is_day(column)


def _is_day(column: Column) -> bool:
    return column.type.upper() == "DATE"


def _leading_to(tables: set[str], keys: Sequence[ForeignKey]) -> set[str]:
    """The tables whose rows lead to one of these."""
    found = set(tables)
    while more := {k.table for k in keys if k.to_table in found} - found:
        found |= more
    return found
