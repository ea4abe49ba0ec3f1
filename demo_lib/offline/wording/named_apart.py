"""Rows called by the words of their name in another order: `members of the loyalty program`, `requests for leave`.

Token by token. The words of a table's name, and of the comment behind it, may stand apart; they are put together
where only one table is called so.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..english.words import Token, name_words, of_people, phrase, reworded, spoken
from ..prompt.schema import Table, bare
from ..prompt.vocabulary import Vocabulary, Words

BETWEEN = frozenset(("of", "the", "our", "in", "a", "an", "under", "for", "on", "with", "from", "to", "at"))
PEOPLE = frozenset(("people", "persons", "folks", "members"))
LONGEST = 6

Named = tuple[Table, Words, frozenset[str]]


def named_apart(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such names put together."""
    said = _column_of(list(tokens), known)
    named = _named(known)
    for start in range(len(said) - 1):
        for end in range(min(len(said), start + LONGEST), start + 1, -1):
            if (together := _together(said, start, end, known, named)) is not None:
                return together
    return said


def _column_of(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`per loyalty tier, how many members`: the members that have a column of the name, `loyalty members by tier`."""
    for i in range(len(tokens) - 1):
        first, second = tokens[i], tokens[i + 1]
        if second.breaks or known.phrases.get((first.stem, second.stem)):
            continue
        own = {r.table for r in known.phrases.get((second.stem,), ()) if r.column and r.score >= 0.9}
        if len(own) != 1 or _means_more(first, known.prompt.schema.tables[(owner := own.pop())], known):
            continue
        table = bare(owner)
        name = name_words(table)
        if first.stem not in name[:-1]:
            continue
        nouns = [k for k, t in enumerate(tokens) if t.stem == name[-1] and t.word.endswith("s")]
        said = reworded(tokens[nouns[0]], spoken(table)) if len(nouns) == 1 else []
        if len(nouns) != 1 or tokens[nouns[0] - 1].stem in name:
            continue
        kept = [(k, t) for k, t in enumerate(tokens) if k != i]
        return [u for k, t in kept for u in (said if k == nouns[0] else [t])]
    return tokens


def _named(known: Vocabulary) -> list[Named]:
    """The tables that are called by several words: the stems of the name, and those of the comment."""
    tables = known.prompt.schema.tables.values()
    named = ((t, name_words(bare(t.name)), frozenset(phrase(t.note))) for t in tables)
    return [(table, name, note) for table, name, note in named if len(name) > 1]


def _together(
    tokens: list[Token], start: int, end: int, known: Vocabulary, named: Sequence[Named]
) -> list[Token] | None:
    """The tokens, those from `start` to `end` put as the name of a table, if they are one in other words."""
    run = tokens[start:end]
    content = [t for t in run if t.word not in BETWEEN]
    parted = any(t.breaks or t.quoted or t.number is not None for t in run[1:]) or run[0].quoted
    if parted or len(content) < 2 or run[0] is not content[0] or run[-1] is not content[-1]:
        return None
    if any("'" in t.text for t in content[:-1]):
        return None  # `a member's card` may be another thing
    stems = tuple(t.stem for t in content)
    if known.phrases.get(tuple(t.stem for t in run)) or (known.phrases.get(stems) and len(content) == len(run)):
        return None
    tables = [(table, name) for table, name, note in named if _are_called(name, note, stems)]
    if len(tables) != 1 or len(tables[0][1]) > 3:
        return None
    table, name = tables[0]
    head = spoken(bare(table.name))
    if name[-1] in stems and name[-1] != stems[-1 if len(content) == len(run) else 0]:
        return None  # `survey satisfaction` is no satisfaction survey
    if any(_means_more(t, table, known, set(name) == {*stems}) for t in content):
        return None
    if not set(name) <= {*stems}:  # only a part of the name, and what the comment says of it
        return _headed(tokens, start, end, table, head)
    return [*tokens[:start], *reworded(run[0], head), *tokens[end:]]


def _headed(tokens: list[Token], start: int, end: int, table: Table, head: str) -> list[Token] | None:
    """`how many people are in the loyalty program`: what the rows are called stands elsewhere."""
    last = name_words(bare(table.name))[-1]
    nouns = [k for k, t in enumerate(tokens) if k not in range(start, end) and t.word.endswith("s") and t.stem == last]
    people = PEOPLE | {t.word for t in tokens if t.word.endswith("s") and t.stem in phrase(table.note)}
    nouns = nouns or [k for k, t in enumerate(tokens) if of_people(table.name) and t.word in people]
    nouns = [k for k in nouns if k not in range(start, end)]
    if len(nouns) != 1:
        return None
    (noun,), said = nouns, reworded(tokens[nouns[0]], head)
    first = start
    while first and tokens[first - 1].word in BETWEEN and first - 1 != noun:
        first -= 1
    behind = [t.word for t in tokens[end:]]
    owner = behind[:1] in (["have"], ["has"], ["count"], ["include"])  # `how many members does the program have`
    whose = first and tokens[first - 1].word in ("does", "do", "did")
    led = first < start and any(t.word in ("of", "in", "from", "to", "for", "on") for t in tokens[first:start])
    if not (led or (owner and (whose or noun < start))):
        return None
    kept = [(k, t) for k, t in enumerate(tokens) if not first <= k < end]
    return [u for k, t in kept for u in (said if k == noun else [t])]


def _are_called(name: Words, note: frozenset[str], stems: Words) -> bool:
    """Whether all these words are of a table's name or of its comment, and one that is special is of its name."""
    if not set(stems) <= {*name, *note}:
        return False
    return bool(set(stems) & {*name[:-1]}) and (stems[-1] in note or set(name) <= {*stems})


def _means_more(token: Token, table: Table, known: Vocabulary, whole: bool = False) -> bool:
    """Whether a word has a meaning of its own in the prompt: a column, or rows that it calls in full; a value, too,
    unless it is of a `whole` name.
    """
    found = known.phrases.get((token.stem,), ())
    rows = {*phrase(table.note)} if of_people(table.name) else set()
    silent = ("event", "value") if whole else ("event",)
    return any(r.score >= 0.9 and r.kind not in silent and (r.kind != "table" or token.stem not in rows) for r in found)
