"""`the busiest month for visits`, `the quietest line by passengers`: what the most happens in."""

from __future__ import annotations

from ..frame import Decline, Frame, Measure, Rank
from ..planning.asking import by_what
from ..reader import Reader
from .filters import numbers_of
from .targets import set_rank, take_target, target_after, target_before


def busiest(reader: Reader, frame: Frame, i: int) -> None:
    """`the busiest month for visits`: that with the most of them."""
    limit, head = target_after(reader, i)
    head = target_before(reader, i) if head is None else head
    if head is None:
        return
    counted = next((k for k in range(len(reader)) if k != head and reader.has(k, "table")), None)
    sold = tuple(r for r in reader.known.events.get("sell", ()) if r.score == 1)
    amounts = [k + 1 for k in reader.find("by", "for") if k > head and numbers_of(reader, k + 1)]
    if amounts and not reader.has(amounts[0], "table", "term"):  # `the busiest line by passengers`
        measure = Measure("sum", reader.items[amounts[0]].words, numbers_of(reader, amounts[0]))
        reader.use(amounts[0] - 1, amounts[0] + 1)
        keep = take_target(reader, i, limit, head)
        set_rank(frame, Rank(reader.items[i].kind == "busiest", keep, reader.dim(head), measure))
        return
    if counted is None and not sold:
        raise Decline(f"“{reader.items[i].words}” by what? Say for example {by_what(reader.known)}.")
    target, desc = reader.dim(head), reader.items[i].kind == "busiest"
    if counted is None:
        measure = Measure("events", reader.items[i].words, sold)
    else:
        measure = Measure("count", reader.items[counted].words, reader.items[counted].of("table"))
        reader.use(counted - 1 if reader.is_(counted - 1, "by") else counted, counted + 1)
    set_rank(frame, Rank(desc, take_target(reader, i, limit, head), target, measure))
