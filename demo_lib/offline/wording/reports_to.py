"""Rows that point to others of their table: `apprentices per master`, `how many people report to each manager`."""

from __future__ import annotations

from collections.abc import Sequence

from ..english.lexicon import word_set
from ..english.words import Token, name_words, of_people, reworded, spoken, stem
from ..prompt.schema import bare
from ..prompt.vocabulary import Vocabulary

REPORTS = frozenset(("reports", "reportees", "subordinates", "underlings"))
UNDER = word_set(
    """
    report reports reporting reported answer answers answering supervise supervises supervising manage manages managing
    lead leads leading oversee oversees overseeing under beneath subordinate guide guides directs
    """
)
EACH = frozenset(("each", "every", "per", "by", "individual", "for"))
SMALL = word_set(
    """
    how many number of the our a do does did have has are is there show me give please list tell us with for each every
    per by in to who that which and what their them they him her directly direct break down count all work works working
    of people person employees staff i d like want see know can you could each other those whom
    """
)
PEOPLE = frozenset(("people", "persons", "staff", "employees", "workers", "colleagues"))


def reports_to(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens; where the whole question asks how many each one has below, it is put as `number of … per …`."""
    said = list(tokens)
    for table in known.prompt.schema.tables.values():
        for key in known.prompt.schema.outward[table.name]:
            if key.to_table == table.name and (plain := _put(said, table.name, key.column, known)):
                return plain
    return said


def _put(tokens: list[Token], table: str, column: str, known: Vocabulary) -> list[Token]:
    """`number of fitters per manager`, if that is what the question asks."""
    names = {w for w in name_words(column) if w != "id"}
    rows = name_words(bare(table))[-1]
    called = names | _other_roles(names)
    roles = [k for k, t in enumerate(tokens) if t.stem in called and t.word not in UNDER]
    if len(roles) != 1:
        return []
    role = roles[0]
    rest = [t for k, t in enumerate(tokens) if k != role]
    words = [t.word for t in rest]
    below = [w for w in words if w in REPORTS or w in UNDER - {"direct"}]
    own = [t for t in rest if t.stem == rows or (of_people(table) and t.word in PEOPLE)]
    listed = tokens[role].word.endswith("s") and any(w in ("list", "show", "with", "give") for w in words)
    each = any(w in EACH for w in (t.word for t in tokens[max(0, role - 3) : role])) or listed
    counted = "count" in words or "number" in words or ["how", "many"] in [words[k : k + 2] for k in range(len(words))]
    bare_ = words[:1] in (["direct"], ["reports"], ["subordinates"])
    allowed = SMALL | REPORTS | UNDER
    if {*below} == {"reports"} and "direct" not in words:
        return []  # reports may be papers
    if not (below and each and (counted or bare_)) or len(own) > 1:
        return []
    if not all(t.word in allowed or t.stem == rows for t in rest):
        return []
    if any(w in ("average", "most", "least", "no", "not", "more", "than") for w in words):
        return []
    first = tokens[0]
    return [
        *reworded(first, "number of"), *reworded(first, spoken(bare(table))), *reworded(first, "per"),
        *reworded(first, tokens[role].word),
    ]  # fmt: skip


def _other_roles(names: set[str]) -> frozenset[str]:
    """Other words for who stands above."""
    above = frozenset(stem(w) for w in ("manager", "supervisor", "boss", "superior"))
    return above if names & above else frozenset()
