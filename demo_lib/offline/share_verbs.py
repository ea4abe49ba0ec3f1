"""The verb of a share that a date is told by: `what share of the members joined in May`, `… of the bills are from May`."""

from __future__ import annotations

from .filters import TELLING
from .frame import Frame
from .reader import Reader

RELATIVE = ("who", "that", "which", "whose", "where")


def verb_of_share(reader: Reader, frame: Frame) -> tuple[int, bool]:
    """Where a date, or a day of the week, stands of which a verb behind the noun tells, and whether that verb asks.

    -1 where there is none.

    `the share of orders in May` has no verb: of which whole is not said.
    """
    if not frame.share:
        return -1, False
    start = max(frame.share_noun, frame.share_at) if frame.share_noun >= 0 and not frame.share_as else 0
    dates = [k for k, item in enumerate(reader.items) if item.kind in ("date", "weekday") or _is_weekend(reader, k)]
    for k in dates:
        noun = next((n for n in range(k - 1, -1, -1) if reader.items[n].of("table", "term") and not _hints(reader, n)), -1)
        verbs = [n for n in range(max(noun, 0) + 1, k) if _hints(reader, n)]
        said = reader.items[noun] if noun >= 0 else reader.items[0]
        glued = any(at > said.at and at < reader.items[k].at and w in TELLING for at, w in reader.said_at.items())
        done = any(said.at < at <= reader.items[k].at for at in reader.done)
        if (verbs or glued or done) and k > start:
            asks = frame.share.split()[0] in ("what", "which", "how") or start == 0
            words = {w for at, w in reader.said_at.items() if said.at < at < reader.items[k].at}
            words |= {item.words for item in reader.items[max(noun, 0) : k]}
            return k, asks and not words & {*RELATIVE}
    return -1, False


def _hints(reader: Reader, k: int) -> bool:
    """Whether the item is a verb that a date column is called after."""
    item = reader.items[k]
    dated = any(r.column and r.column.kind == "date" for r in item.of("column"))
    return item.participle and dated and not item.of("table")


def _is_weekend(reader: Reader, k: int) -> bool:
    return any(r.column and "weekend" in r.column.name.lower() for r in reader.items[k].of("flag"))
