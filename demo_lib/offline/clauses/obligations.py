"""What must be done: `which courses must everyone take` asks for a flag, and `what has to be done` for a plan."""

from __future__ import annotations

from collections.abc import Sequence

from ..english.words import name_words, stems
from ..frame import Decline
from ..linking.linker import Item
from ..prompt.vocabulary import Reading, Vocabulary

DEMANDED = stems("mandatory required compulsory obligatory")
DUE = stems("due deadline")
EVERYONE = ("everyone", "everybody", "anyone")
ASKING = ("i", "we", "you")


def obligations(items: Sequence[Item], known: Vocabulary) -> None:
    """Read `everyone has to take` as the flag that says so. Raises Decline where a verb that must be is not read."""
    for i, item in enumerate(items):
        to = i + 1 < len(items) and items[i + 1].words == "to" and item.words in ("have", "has", "need", "needs")
        who, verb = (i + 1, i + 2) if item.words == "must" and _is(items, i + 1, EVERYONE) else (i - 1, i + 1 + to)
        if not (to or item.words == "must") or verb >= len(items) or _is(items, i - 1, ASKING):
            continue
        if items[verb].words == "be" and verb + 1 < len(items) and _falls_due(items, verb + 1, known):
            continue
        if items[verb].words == "be" and verb + 1 < len(items) and items[verb + 1].participle:
            raise Decline(f"What must be “{items[verb + 1].words}” is not so yet. Name the state that it is in now.")
        if items[verb].kind not in ("glue", "money", "list", "word") or items[verb].words == "be":
            continue
        flags = _demanded(items, known) if _is(items, who, EVERYONE) else []
        if len(flags) != 1:
            raise Decline(f"I have no word for what somebody must “{items[verb].words}”. Name a column that says so.")
        items[verb].kind, items[verb].readings = "link", (flags[0],)


def _falls_due(items: Sequence[Item], verb: int, known: Vocabulary) -> bool:
    """`must be renewed in 2026`, of a date `renewal_due` of the rows in question: the verb names it, beside a date."""
    named = {r.table for item in items for r in item.of("table")}
    dates = [c for t in named for c in known.prompt.schema.tables[t].columns if c.kind == "date"]
    words = [(c, name_words(c.name)) for c in dates]
    due = [c for c, said in words if said[0] == items[verb].tokens[-1].stem and said[-1] in DUE]
    if len(due) != 1 or not any(item.kind == "date" for item in items[verb + 1 : verb + 4]):
        return False
    items[verb].kind, items[verb].readings = "link", (Reading("column", due[0].table, 1.0, due[0]),)
    return True


def _is(items: Sequence[Item], i: int, words: Sequence[str]) -> bool:
    return 0 <= i < len(items) and items[i].words in words


def _demanded(items: Sequence[Item], known: Vocabulary) -> list[Reading]:
    """The flags of the rows named which say that something is asked of everyone."""
    named = {r.table for item in items for r in item.of("table")}
    columns = [c for t in named for c in known.prompt.schema.tables[t].columns if c.kind == "bool"]
    return [Reading("flag", c.table, 1.0, c) for c in columns if DEMANDED & {*name_words(c.name)}]
