"""Whose column it is: `by store region …, in the West` means the regions of the stores both times."""

from __future__ import annotations

from dataclasses import replace

from ..frame import Filter, Frame
from ..prompt.vocabulary import Reading


def same_role(frame: Frame) -> None:
    """Let a value be one of the column that the question groups by, or shows, where it says whose column that is."""
    said = {r.table: r for d in (*frame.dims, *frame.show) for r in d.readings[:1] if r.owner or r.via}
    if not said:
        return

    def owned(reading: Reading) -> Reading:
        known = None if reading.owner or reading.via else said.get(reading.table)
        return replace(reading, owner=known.owner, via=known.via) if known else reading

    def taken(wanted: Filter) -> Filter:
        return replace(wanted, options=tuple(tuple(map(owned, option)) for option in wanted.options))

    frame.filters = [taken(wanted) for wanted in frame.filters]
