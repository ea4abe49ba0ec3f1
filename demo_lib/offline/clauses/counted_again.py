"""The number behind rows that are held to it: `clubs with over 20 members, and how many they have`."""

from __future__ import annotations

from ..frame import Decline, Frame
from ..reader import Reader
from .lone_counts import OF_THEM

BOUNDS = (">", "<", ">=", "<=", "between", "=")
MEASURED = ("count", "sum", "avg", "median", "how much", "share", "by")


def counted_again(reader: Reader, frame: Frame) -> None:
    """Use up a count of what the rows are held to, which is shown anyway. Raises Decline for one of something else.

    Of clubs, `how many` alone counts the clubs; `and how many` does not.
    """
    bounds = [n.measure for n in frame.numbers if n.measure and n.measure.agg in ("count", "distinct")]
    held = next((k for k, item in enumerate(reader.items) if item.kind in BOUNDS and item.used), None)
    if len(bounds) != 1 or held is None or any(item.kind in MEASURED for item in reader.items[:held]):
        return
    for i in reader.find("count"):
        head = reader.head(reader.skip(i + 1, "of"))
        rows = {r.table for r in reader.items[head].of("table", "term")[:1]} if head is not None else set()
        joined = reader.is_(i - 1, "and", "with") or (rows and reader.items[i].tokens[0].breaks)
        if i < held or not joined or OF_THEM & reader.trailing:
            continue
        if (head is None and i < len(reader) - 1) or (rows and rows != {r.table for r in bounds[0].readings[:1]}):
            raise Decline(f"“{reader.words(i - 1, i + 2)} …” asks for a second thing. Ask for each on its own.")
        reader.use(i, i + 1 if head is None else head + 1)
