"""What happened, told column by column: `which pumps were repaired, for what fault, and how many hours did it take`.

Token by token; only where every part of the question is a column of the rows that tell of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..english.lexicon import word_set
from ..english.words import Token, name_words, reworded, spoken
from ..prompt.schema import bare
from ..prompt.vocabulary import Vocabulary

ASKING = word_set(
    """
    which what how many much number of the a an our their its for to with by in on from and please show list give me us
    i we need want would like d see was were is are has have had been did do does be it that this those these each every
    all some together along as well also overview name names there get tell say concerned who you can could will out pls
    """
)
NAMES = ("name", "names")
BEING = frozenset(("was", "were", "been", "have", "had", "has", "did", "are", "is", "be"))


def asked_in_turn(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens; such a question as `list repairs with pump name, fault and hours`."""
    said = list(tokens)
    parts = _parts(said)
    if len(parts) < 2 or any(t.number is not None or t.quoted for t in said):
        return said
    schema = known.prompt.schema
    for event in schema.tables.values():
        happened = name_words(bare(event.name))[-1]
        if len(name_words(bare(event.name))) < 2 or not any(t.stem == happened for t in said):
            continue
        for key in schema.outward[event.name]:
            rows = name_words(bare(key.to_table))
            if len(rows) == 1 and (plain := _listed(said, parts, event.name, happened, key.to_table, known)):
                return plain
    return said


def _parts(tokens: Sequence[Token]) -> list[list[Token]]:
    """What stands between commas, `and` and `with`."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.breaks or token.word in ("and", "with", "along", "together"):
            parts.append([])
        parts[-1].append(token)
    return [p for p in parts if any(t.word not in ("and", "with", "along", "together") for t in p)]


def _listed(
    tokens: list[Token], parts: list[list[Token]], event: str, happened: str, rows: str, known: Vocabulary
) -> list[Token]:
    """`list repairs with pump name, fault and hours`, if each part says one of these."""
    noun = name_words(bare(rows))[0]
    called = f"{spoken(bare(rows)).removesuffix('s')} name"
    if not any(t.stem == noun for t in tokens) or not _is_column(called, rows, known):
        return []
    shown: list[str] = []
    headed = False
    for part in parts:
        content = [t for t in part if t.word not in ASKING]
        named = any(t.word in NAMES for t in part)
        stems = [t.stem for t in content if t.stem not in (noun, happened)]
        mine = [t for t in content if t.stem in (noun, happened)]
        if stems and mine and any(t.stem == happened for t in mine) and not any(t.word in BEING for t in part):
            return []
        columns = [c for c in known.prompt.schema.tables[event].columns if c.kind in ("text", "number", "date")]
        columns = [c for c in columns if not c.name.lower().endswith("id")]
        if stems:
            fits = [c for c in columns if {*stems} <= {*name_words(c.name)}]
            if len(fits) != 1 or named:
                return []
            shown.append(spoken(fits[0].name))
            headed |= any(t.stem == happened for t in mine)
        elif any(t.stem == happened for t in mine):
            headed = True
            asks = part[0].word in ("which", "what", "list", "show") and any(t.stem == noun for t in mine)
            shown += [called] if (asks or named) and called not in shown else []
        elif mine or named:
            shown += [called] if called not in shown else []
        elif content:
            return []
    if not headed or len({*shown}) < 3 or len({*shown}) < len(shown) or called not in shown:
        return []
    said = f"list {spoken(bare(event))} with {shown[0]}"
    first = tokens[0]
    found = reworded(first, said)
    for k, name in enumerate(shown[1:], 1):
        found += reworded(first, f"and {name}" if k else name)
    return found


def _is_column(words: str, table: str, known: Vocabulary) -> bool:
    stems = name_words(words)
    return any(r.column and r.table == table and r.score >= 0.9 for r in known.phrases.get(stems, ()))
