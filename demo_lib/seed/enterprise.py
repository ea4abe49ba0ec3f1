"""The generic engine: any table's rows from its columns' types, keys and the catalogue's `make` hints.

The hints' grammar stands at the head of data/catalog.yaml; here one function carries out each of its forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from demo_lib.retrieval.catalog import Column, Table
from demo_lib.seed.canary import canaries
from demo_lib.seed.chance import choose, generator, weighted
from demo_lib.seed.text import write_text

FIRST_DAY = pd.Timestamp("2023-01-01")
REPORTS_PER_MANAGER = 7


@dataclass
class Making:
    """One column in the making: what is known so far, and the column's own chance."""

    table: Table
    column: Column
    made: pd.DataFrame
    """The columns before it."""
    frames: dict[str, pd.DataFrame]
    """The tables before it."""
    last_day: pd.Timestamp
    rng: np.random.Generator

    @property
    def rows(self) -> int:
        """How many rows are made."""
        return len(self.made)

    def formula(self, text: str) -> pd.Series[Any]:
        """`text` for each row; it may name columns before it, and `key.column` of rows referenced."""
        known = self.made.copy(deep=False)
        for key, other in dict.fromkeys(re.findall(r"\b([a-z]\w*)\.([a-z]\w*)\b(?!\()", text)):
            text = re.sub(rf"\b{key}\.{other}\b", f"{key}__{other}", text)
            known[f"{key}__{other}"] = self.referenced(key, other)
        return pd.Series(known.eval(text, engine="python"))  # type: ignore[arg-type]

    def referenced(self, key: str, other: str) -> pd.Series[Any]:
        """The column `other` of the rows that this table's column `key` points to."""
        parent, parent_key = next((t, k) for c, t, k in self.table.foreign_keys if c == key)
        return self.made[key].map(self.frames[parent].set_index(parent_key)[other])

    def times_of_day(self) -> pd.Series[Any]:
        """Seconds between 7:00 and 21:00 for a TIMESTAMP, none for a DATE."""
        seconds = self.rng.integers(7 * 3600, 21 * 3600, self.rows) * (self.column.type == "TIMESTAMP")
        return pd.Series(pd.to_timedelta(seconds, unit="s"))


def make_rows(
    table: Table, hints: dict[str, dict[str, Any]], frames: dict[str, pd.DataFrame], last_day: date
) -> pd.DataFrame:
    """The rows of `table`, the same on every run.

    `hints` are its columns as the catalogue writes them; `frames` holds the tables that it references.
    Raises ValueError naming the column whose hint cannot be carried out.
    """
    made = pd.DataFrame(index=range(table.rows or 0))
    for column in table.columns:
        hint = hints[column.name]
        chance = generator(table.name, column.name)
        making = Making(table, column, made, frames, pd.Timestamp(last_day), chance)
        try:
            values = _distinct(making, hint) if hint.get("distinct") else _values(making, hint)
            if "empty" in hint:
                values = values.mask(chance.random(len(made)) < hint["empty"])
            if "when" in hint:
                values = values.where(making.formula(hint["when"]).astype(bool))
        except Exception as error:  # a hint can fail in many ways: say where it stands
            raise ValueError(f"{table.name}.{column.name}, made by {hint.get('make')!r}: {error}") from error
        made[column.name] = _fitted(column, values)
    return made


def _values(making: Making, hint: dict[str, Any]) -> pd.Series[Any]:
    column, make = making.column, hint.get("make")
    if column.sensitive:
        return canaries(column, making.rows, making.rng)
    if isinstance(make, list):
        return pd.Series([make[i % len(make)] for i in range(making.rows)])
    if isinstance(make, float) and column.type == "BOOLEAN":
        return pd.Series(making.rng.random(making.rows) < make)
    for pattern, form in FORMS:
        if isinstance(make, str) and (match := re.fullmatch(pattern, make)):
            return form(making, *match.groups())
    if make is not None:
        return write_text(str(make), making.made, making.rng)
    if column.references:
        return _reference(making, None)
    if column.values:
        falling = 1 / np.arange(1, len(column.values) + 1)
        return pd.Series(choose(making.rng, column.values, falling, making.rows))
    if column.type in ("DATE", "TIMESTAMP"):
        return _day_between(making, FIRST_DAY, making.last_day)
    if column.primary_key:
        return pd.Series(np.arange(1, making.rows + 1))
    raise ValueError("it needs a `make`")


def _number_between(making: Making, low: str, high: str) -> pd.Series[Any]:
    start, span = float(low), float(high) - float(low)
    away = making.rng.random(making.rows) ** 2
    if making.column.type == "INTEGER":
        return pd.Series(start + np.sign(span) * np.floor((abs(span) + 1) * away))
    return pd.Series(start + span * away)


def _day_between(making: Making, first: str | pd.Timestamp, last: str | pd.Timestamp) -> pd.Series[Any]:
    days = (pd.Timestamp(last) - pd.Timestamp(first)).days
    # in order, as such records are written
    drawn = np.sort(making.rng.integers(0, days + 1, making.rows))
    moments = pd.Series(pd.Timestamp(first) + pd.to_timedelta(drawn, unit="D")) + making.times_of_day()
    return moments.sort_values(ignore_index=True)


def _day_later(making: Making, verb: str, base: str, low: str, high: str, unit: str | None) -> pd.Series[Any]:
    steps = making.rng.integers(int(low), int(high) + 1, making.rows)
    size = {"minutes": 60, "hours": 3600}.get(unit or "", 86_400)
    later = making.formula(base) + pd.Series(pd.to_timedelta(steps * size, unit="s"))
    if making.column.type == "DATE" or not unit:
        later = later.dt.normalize() + making.times_of_day()
    end = making.last_day + pd.Timedelta(hours=0 if making.column.type == "DATE" else 23)
    return later if verb == "due" else later.where(~(later > end), end)


def _day_since(making: Making, base: str) -> pd.Series[Any]:
    start = making.formula(base).dt.normalize()
    start = start.where(start > FIRST_DAY, FIRST_DAY)
    days = ((making.last_day - start).dt.days + 1) * making.rng.random(making.rows)
    later: pd.Series[Any] = start + pd.to_timedelta(days.astype(int), unit="D") + making.times_of_day()
    return later


def _monthly(making: Making, first: str) -> pd.Series[Any]:
    months = pd.date_range(first, making.last_day, freq=pd.DateOffset(months=1))
    return pd.Series(months[np.arange(making.rows) % len(months)])


def _some_a_day(making: Making, number: str, first: str) -> pd.Series[Any]:
    return pd.Series(pd.Timestamp(first) + pd.to_timedelta(np.arange(making.rows) // int(number), unit="D"))


def _formula(making: Making, text: str) -> pd.Series[Any]:
    return making.formula(text)


def _copy(making: Making, key: str, other: str) -> pd.Series[Any]:
    return making.referenced(key, other)


def _parents(making: Making, condition: str | None) -> tuple[pd.DataFrame, str]:
    """The rows that the column may refer to, and their key's name."""
    _, other, key = next(f for f in making.table.foreign_keys if f[0] == making.column.name)
    parents = making.frames[other]
    return (parents.query(condition, engine="python") if condition else parents), key


def _each(making: Making, weight: str | None, condition: str | None) -> pd.Series[Any]:
    parents, key = _parents(making, condition)
    reach = np.cumsum(parents[weight].to_numpy(dtype=float) if weight else np.ones(len(parents)))
    turn = (np.arange(making.rows) + 0.5) / making.rows * reach[-1]
    return pd.Series(parents[key].to_numpy()[np.searchsorted(reach, turn, side="right")])


def _around(making: Making, condition: str | None) -> pd.Series[Any]:
    parents, key = _parents(making, condition)
    return pd.Series(parents[key].to_numpy()[np.arange(making.rows) % len(parents)])


def _reference(making: Making, condition: str | None) -> pd.Series[Any]:
    if making.column.references == f"{making.table.name}.{making.table.columns[0].name}":
        # a tree: the first row is its root
        above = (np.arange(making.rows) - 1) // REPORTS_PER_MANAGER + 1
        return pd.Series(above).where(above > 0)
    parents, key = _parents(making, condition)
    popularity = making.rng.lognormal(0, 0.7, len(parents))
    return pd.Series(parents[key].to_numpy()[weighted(making.rng, popularity, making.rows)])


_NUMBER, _DAY, _NAME = r"(-?\d+(?:\.\d+)?)", r"(\d{4}-\d\d-\d\d)", r"([a-z]\w*(?:\.[a-z]\w*)?)"

FORMS: list[tuple[str, Callable[..., pd.Series[Any]]]] = [
    (rf"{_NUMBER}\.\.{_NUMBER}", _number_between),
    (rf"{_DAY}\.\.{_DAY}", _day_between),
    (rf"(after|due) {_NAME} by (\d+)\.\.(\d+)(?: (minutes|hours))?", _day_later),
    (rf"since {_NAME}", _day_since),
    (rf"monthly from {_DAY}", _monthly),
    (rf"(\d+) a day from {_DAY}", _some_a_day),
    (r"= (.+)", _formula),
    (r"each(?: by (\w+))?(?: where (.+))?", _each),
    (r"around(?: where (.+))?", _around),
    (r"where (.+)", _reference),
    (r"copy (\w+)\.(\w+)", _copy),
]
"""The forms of `make` that are not plain text, and what carries each out."""


def _distinct(making: Making, hint: dict[str, Any]) -> pd.Series[Any]:
    values = _values(making, hint)
    for _ in range(200):
        again = values.duplicated()
        if not again.any():
            return values
        values = values.where(~again, _values(making, hint))
    raise ValueError("there are too few different values")


def _fitted(column: Column, values: pd.Series) -> pd.Series[Any]:
    """The values as the column's type holds them: whole numbers, whole cents, text."""
    if column.type == "INTEGER":
        return values.astype("Int64")
    if column.type == "BOOLEAN":
        return values.astype("boolean")
    if column.type.startswith("DECIMAL") and not column.sensitive:
        scale = int(column.type.rstrip(")").split(",")[1])
        rounded = values.astype(float).round(scale)
        # an honest amount must not look like a canary
        return rounded.where(~(rounded.mul(100).round() % 100_000 == 3737), rounded + 0.01)
    if column.type.startswith("VARCHAR"):
        return values.where(values.isna(), values.astype(str))
    return values
