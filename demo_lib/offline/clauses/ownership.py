"""`buildings that we own`, `vans which belong to us`: what a flag of the rows tells of whose they are."""

from __future__ import annotations

from collections.abc import Sequence

from ..english.words import name_words, stem
from ..linking.linker import Item
from ..prompt.vocabulary import Reading, Vocabulary

OURS = (("we", "own"), ("belong", "to", "us"), ("belongs", "to", "us"), ("belonging", "to", "us"),
        ("owned", "by", "us"))  # fmt: skip
OWNED = stem("owned")


def ownership(items: Sequence[Item], known: Vocabulary) -> None:
    """Read such words behind rows as the flag that says whose they are, where the rows have one."""
    for i in range(len(items)):
        said = next((s for s in OURS if tuple(o.words for o in items[i : i + len(s)]) == s), ())
        before = [o for o in items[max(0, i - 3) : i] if o.of("table")]
        if not said or not before or i == 0:
            continue
        rows = {r.table for r in before[-1].of("table")[:1]}
        flags = [c for t in rows for c in known.prompt.schema.tables[t].columns if c.kind == "bool"]
        owned = [c for c in flags if OWNED in name_words(c.name)]
        if len(owned) == 1:
            first, *rest = items[i : i + len(said)]
            first.kind, first.readings = "link", (Reading("flag", owned[0].table, 1.0, owned[0]),)
            for other in rest:
                other.silence()
