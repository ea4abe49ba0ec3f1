"""The verb of a share that a date is told by: `what share of the members joined in May`; and where its whole is."""

from __future__ import annotations

from ..frame import Frame
from ..reader import Reader
from .filters import TELLING

RELATIVE = ("who", "that", "which", "whose", "where")


def verb_of_share(reader: Reader, frame: Frame) -> tuple[int, bool]:
    """Where a date, or a day of the week, stands of which a verb behind the noun tells, and whether that verb asks.

    -1 where there is none.

    `the share of orders in May` has no verb: of which whole is not said.
    """
    if not frame.share:
        return -1, False
    start = max(frame.share_noun, frame.share_at) if frame.share_noun >= 0 and not frame.share_as else 0
    dates = [k for k, item in enumerate(reader.items) if item.kind in ("date", "weekday")]
    for k in dates:
        nouns = (n for n in range(k - 1, -1, -1) if reader.items[n].of("table", "term") and not _hints(reader, n))
        noun = next(nouns, -1)
        verbs = [n for n in range(max(noun, 0) + 1, k) if _hints(reader, n)]
        said = reader.items[noun] if noun >= 0 else reader.items[0]
        glued = any(at > said.at and at < reader.items[k].at and w in TELLING for at, w in reader.said_at.items())
        done = any(said.at < at <= reader.items[k].at for at in reader.done)
        if (verbs or glued or done) and k > start:
            asks = frame.share.split()[0] in ("what", "which", "how") or start == 0
            asks |= reader.items[frame.share_at - 1].words in ("what", "which") and frame.share_at > 0
            words = {w for at, w in reader.said_at.items() if said.at < at < reader.items[k].at}
            words |= {item.words for item in reader.items[max(noun, 0) : k]}
            return k, asks and not words & {*RELATIVE}
    return -1, False


def whole_behind(reader: Reader, share: int) -> int | None:
    """Where the whole stands behind the word `share`; None where it was named before it."""
    head = reader.head(share + 1)
    if head is None or reader.items[share].words.endswith(" of") or reader.is_(share + 1, "of"):
        return head
    named = any(item.of("table", "term") for item in reader.items[:share])
    at = reader.items[share].at
    between = {said for k, said in reader.said_at.items() if at < k <= reader.items[head].at}
    verb = bool(between & {*TELLING, "have", "has"})
    told = verb or _hints(reader, head) or reader.items[head].participle or not reader.items[head].of("table", "term")
    return None if named and told else head


def whole_of_share(reader: Reader, share: int, head: int | None) -> int:
    """Where the whole is named: behind the word `share`, else the first rows or amount in front of it."""
    if head is not None:
        return head
    named = [k for k, item in enumerate(reader.items[:share]) if item.of("table", "term") and not item.participle]
    named = [k for k in named if not reader.is_(k - 1, "by")]
    return named[0] if named else -1


def _hints(reader: Reader, k: int) -> bool:
    """Whether the item is a verb that a date column is called after."""
    item = reader.items[k]
    dated = any(r.column and r.column.kind == "date" for r in item.of("column"))
    return item.participle and dated and not item.of("table")
