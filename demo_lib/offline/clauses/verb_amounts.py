"""`expenses claimed`, `claimed the most expenses`: the amount that is called after the verb, `claimed_amount`."""

from __future__ import annotations

from ..english.words import name_words, spoken
from ..frame import Decline, Frame, Measure, Readings
from ..linking.linker import Item
from ..planning.formulas import CHARGES
from ..prompt.vocabulary import Reading
from ..reader import Reader


def amount_of(reader: Reader, verb: Item | None, rows: Readings) -> Readings:
    """The one number of these rows of whose name the verb is the first word; it must be a sum, not how many."""
    tables = {r.table for r in rows}
    if verb is None or not verb.participle or verb.of("value") or {r.table for r in verb.of("event")} & tables:
        return ()
    columns = [c for t in tables for c in reader.known.prompt.schema.tables[t].columns if c.kind == "number"]
    called = {t.word for t in verb.tokens}
    own = [c for c in columns if c.additive and spoken(c.name).split(" ")[0] in called and " " in spoken(c.name)]
    return (Reading("column", own[0].table, 1.0, own[0]),) if len(own) == 1 else ()


def growing(reader: Reader, frame: Frame) -> Measure:
    """What grows of rows that are named bare: their number; of money, what the verb says of it.

    Raises Decline for rows of money without such a verb: their number, or what they add up to?
    """
    words, rows = frame.subject_words, frame.subject
    for item in reader.items:
        if sums := amount_of(reader, item, rows):
            return Measure("sum", f"{words} {item.words}", sums)
    if set(name_words(words)[-1:]) & CHARGES:
        raise Decline(f"How many {words}, or how much? Say “number of {words}”, or name the amount.")
    return Measure("count", words, rows)
