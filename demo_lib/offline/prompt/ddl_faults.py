"""What of a schema text cannot be read, in a sentence each, so that an answer can say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..english.words import misspelt

SHOWN_CHARACTERS = 60
MOST = 3
TYPE = (
    r"(?:(?:TINY|SMALL|MEDIUM|BIG|HUGE)?INT|INTEGER|TEXT|N?VARCHAR|CHAR|DATE|DATETIME|TIMESTAMP|BOOL|BOOLEAN|DECIMAL"
    r"|NUMERIC|REAL|FLOAT|DOUBLE)"
)
NO_NAME = r"(?:AS|COLLATE|DEFAULT|ENCODE|LONG|NATIONAL|NULL|REFERENCES)"
# A second column, where a comma is missing before it.
SECOND = re.compile(rf"^\s*\S+\s+{TYPE}\b.*?\s(?!{NO_NAME}\b)\w+\s+{TYPE}\b", re.I | re.S)
INSIDE = re.compile(r"\([^()]*\)|'[^']*'")
MORE = re.compile(r"\s*[,)](?!\s*CREATE)[^\n]*", re.I)
# Written as SQL is: in capitals or in small letters. Prose begins with one capital.
STATEMENT = re.compile(
    r"^[ \t]*(C[A-Z]{4,6}|c[a-z]{4,6})[ \t]+(?:(?:OR|REPLACE|TEMP|TEMPORARY|EXTERNAL|MATERIALIZED)[ \t]+)*"
    r"([TtVv]\w{3,5})\b[^\n]*(?:\n[ \t]*\([^\n]*)?",
    re.M,
)
OPEN_LINE = re.compile(r"^[ \t]*(?:[-*]\s*)?(?:Table:?\s+)?\w[\w.]*\s*\([^()\n]*$", re.M | re.I)


def of_table(name: str, definitions: Sequence[str], odd: Sequence[str], closed: bool, behind: str) -> Iterator[str]:
    """What is wrong within one table. `odd` are the parts that are no column, `behind` follows its bracket."""
    why = [f"“{_cut(part)}” is no column" for part in odd if part.strip()]
    why += ["it has no columns"] if not any(d.strip() for d in definitions) else []
    why += ["two commas follow each other"] if any(not d.strip() for d in definitions[:-1]) else []
    why += [f"a comma is missing in “{_cut(d)}”" for d in definitions if _two_columns(d)]
    if not closed:
        why.append("its bracket is not closed")
    elif more := MORE.match(behind):
        why.append(f"“{_cut(more[0])}” stands behind its bracket")
    if why:
        yield f"I could not read all of the table {name}: {'; '.join(why[:MOST])}."


def statements(text: str, read: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The statements outside of what was `read` that seem to be meant as tables."""
    for match in STATEMENT.finditer(text):
        create, table = match[1].lower(), match[2].lower()
        meant = _is(create, "create") and (_is(table, "table") or table == "view") and re.search("[(,;]", match[0])
        if meant and not any(start <= match.start(1) < end for start, end in read):
            yield f"I could not read the statement that begins “{_cut(match[0])}”."


def lines(text: str) -> Iterator[str]:
    """The lines of a list of tables that open a bracket and do not close it."""
    for match in OPEN_LINE.finditer(text):
        yield f"I could not read the line “{_cut(match[0])}”: its bracket is not closed."


def few(said: Sequence[str]) -> tuple[str, ...]:
    """The first of many sentences, and how many more there are."""
    rest = len(said) - MOST
    return (*said[:MOST], *([f"There are {rest} more parts of the schema that I could not read."] if rest > 0 else []))


def _two_columns(definition: str) -> bool:
    while (plain := INSIDE.sub("", definition)) != definition:
        definition = plain
    return SECOND.match(definition) is not None


def _is(word: str, meant: str) -> bool:
    return word == meant or misspelt(word, meant)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS].rstrip()}…"
