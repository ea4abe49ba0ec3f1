"""Schema text → Schema. Reads CREATE TABLE statements with their comments, and bare `table(column, …)` lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from ..english.words import name_words, shared
from . import ddl_faults
from .calendars import own_days
from .legends import codes
from .schema import Column, ForeignKey, Schema, Table, bare

NAME = r'(?:"(?:[^"\n]|""){1,128}"|\[[^\]\n]{1,128}\]|`[^`\n]{1,128}`|\w{1,128})'
ONE_NAME = re.compile(NAME)
QUOTED_NAME = re.compile(r'"(?:[^"\n]|""){1,128}"|\[[^\]\n]{1,128}\]|`[^`\n]{1,128}`')
DOTTED = rf"{NAME}(?:\.{NAME})*"
KIND = r"(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|EXTERNAL|MATERIALIZED)\s+){0,2}(?:TABLE|VIEW)"
CREATE = re.compile(rf"CREATE\s+{KIND}\s+(?:IF\s+NOT\s+EXISTS\s+)?({DOTTED})\s*\(", re.I)
OPENS = re.compile(rf"--[^\n]*|/\*.{{0,2000}}?\*/|(?P<create>CREATE\s+{KIND}\s)", re.I | re.S)
BARE = re.compile(
    rf"^[ \t]*(?:[-*]\s*)?(?:Table:?\s+)?({DOTTED})\s*\(((?:[^()\n]|\([\d, ]+\))+)\)[ \t]*;?[ \t]*$", re.M | re.I
)
TYPED = re.compile(rf"\s*({NAME})\s+({ddl_faults.TYPE}\b.*)", re.I)
LISTED = re.compile(rf"^[ \t]*(?:[-*]\s*)?Table:?\s+({DOTTED})\s*[,;:]\s*Columns:?\s+(.+)$", re.M | re.I)
COMMENT_ON = re.compile(rf"COMMENT\s+ON\s+COLUMN\s+({DOTTED})\s+IS\s+'((?:[^']|'')*)'", re.I)
REFERENCES = re.compile(rf"REFERENCES\s+({DOTTED})\s*(?:\(\s*({NAME})\s*\))?", re.I)
FOREIGN_KEY = re.compile(rf"FOREIGN\s+KEY\s*\(\s*({NAME})\s*\)\s*{REFERENCES.pattern}", re.I)
IS_KEY = re.compile(r"\bPRIMARY\s+KEY\b", re.I)
PRIMARY_KEY = re.compile(r"PRIMARY\s+KEY\s*(?:CLUSTERED\s*)?\(([^()]+)\)", re.I)
CONSTRAINT = re.compile(  # a column may be called check_in, or unique_code
    r"\s*(?:CONSTRAINT\s|PRIMARY\s+KEY|FOREIGN\s+KEY|UNIQUE(?:\s+(?:KEY|INDEX|\w*CLUSTERED))?\s*\w*\s*\(|CHECK\s*\("
    rf"|INDEX\s+\w+\s*\(|KEY\s*\(|(?:FULLTEXT\s+)?KEY\s+{NAME}\s*\(\s*\D)",
    re.I,
)
COLUMN = re.compile(rf"\s*({NAME})\s*([\w ]*(?:\([\d, ]+\))?)")
BEHIND_TYPE = re.compile(r"\s+(?:PRIMARY|REFERENCES|NOT|NULL|DEFAULT|UNIQUE|CHECK)\b", re.I)
# Quotes and block comments have a longest length, so that an unclosed one costs no second pass over the text.
TOKEN = re.compile(
    r"--([^\n]*)|/\*(.{0,2000}?)\*/"
    rf"|(;|```|[ \t]*\b(?i:CREATE\s+{KIND})\b)"  # no table goes on behind these
    r"|('(?:[^'\n]|''){0,500}'|\"[^\"\n]{0,128}\"|\[[^\]\n]{0,128}\]|`[^`\n]{1,128}`)"
    r"|([^-/'\"`\[(),;\n]+|.)",
    re.S,
)
# Where prose begins behind a table that is not closed.
PROSE = re.compile(r"\n[ \t]*(?:\n|#|[-*•][ \t])")
VALUES = re.compile(r"\bone of:?\s*(.+)$", re.I)
NAMED = re.compile(r"\bamong its values:\s*(.+)$", re.I)


def read_schema(text: str) -> Schema:
    """The schema that `text` describes; what cannot be read is left out, and named. Never raises."""
    tables: dict[str, Table] = {}
    found: list[tuple[str, str, str, str | None]] = []
    comments = {tuple(_plain(path).split(".")[-2:]): words for path, words in COMMENT_ON.findall(text)}
    read: list[tuple[int, int]] = []
    unread: list[str] = []
    quoted: set[str] = set()
    starts = [m.start() for m in OPENS.finditer(text) if m["create"]]
    for match in CREATE.finditer(text):
        if read and match.start() < read[-1][1]:
            continue
        behind = bisect_right(starts, match.start())
        one = _read_table(text[match.start() : starts[behind] if behind < len(starts) else None])
        table, end = _with_comments(one.table, comments), match.start() + one.length
        quoted |= one.quoted
        read.append((match.start(), end))
        unread += one.faults
        if table.columns and tables.setdefault(table.name, table).columns != table.columns:
            unread.append(f"The table {table.name} is described twice; I use the first.")
        found += one.keys
    unread += ddl_faults.statements(text, read)
    listed = text if not tables else ""
    unread += ddl_faults.lines(listed)
    for pattern in (BARE, LISTED):
        for match in pattern.finditer(listed):
            name = _plain(match[1])
            quoted |= {_unquoted(part) for part in QUOTED_NAME.findall(match[0])}
            tables.setdefault(name, Table(name, tuple(_listed(name, match[2]))))
    to_rows = _to_rows(tables, tuple(_keys(tables, found)))
    to_rows += own_days(tables, to_rows)
    ends = {(k.table, k.column) for k in to_rows} | {(k.to_table, k.to_column) for k in to_rows}
    for name, table in tables.items():
        identified = {c.name for c in table.columns if (name, c.name) in ends or c.name == table.key}
        columns = tuple(replace(c, identifies=True) if c.name in identified else c for c in table.columns)
        tables[name] = replace(table, columns=columns)
    return Schema(tables, to_rows, ddl_faults.few(unread), frozenset(quoted))


def _to_rows(tables: dict[str, Table], keys: tuple[ForeignKey, ...]) -> tuple[ForeignKey, ...]:
    """The keys that lead to the one row they name.

    Some schemas declare a key both ways, or from one table of links to the next. Of the two ways the one is kept
    that ends in the table which the column is called after, or which is less a table of keys; a column that itself
    points elsewhere is no end, unless it is declared as a primary key.
    """
    pairs = {(k.table, k.column, k.to_table, k.to_column) for k in keys}
    linking = Counter(table for table, column in {(k.table, k.column) for k in keys})

    def owns(table: str, column: str) -> tuple[bool, float]:
        words, named = name_words(table), name_words(column)
        called = len(named) > 1 and set(words) & set(named) and len(words) < 3
        short = re.fullmatch(r"([a-z])id", column.lower())  # `pid` of a publication
        initial = short and words[-1].startswith(short[1])
        return bool(called or initial), -linking[table] / len(tables[table].columns)

    one_way = []
    for k in keys:
        back = ForeignKey(k.to_table, k.to_column, k.table, k.column)
        wrong = owns(k.table, k.column) > owns(k.to_table, k.to_column) and not tables[k.to_table].primary_key
        if not wrong:
            one_way.append(k)
        elif (k.to_table, k.to_column, k.table, k.column) not in pairs:
            one_way.append(back)
    pointing = {(k.table, k.column) for k in one_way}
    return tuple(
        k
        for k in one_way
        if (k.to_table, k.to_column) not in pointing or tables[k.to_table].primary_key == (k.to_column,)
    )


@dataclass(frozen=True)
class _Read:
    """A table as one statement describes it, the keys that it declares, and what of it could not be read."""

    table: Table
    keys: tuple[tuple[str, str, str, str | None], ...]
    quoted: frozenset[str]
    length: int
    faults: tuple[str, ...]


@lru_cache(maxsize=256)  # most questions are about tables that another was about
def _read_table(text: str) -> _Read:
    """The table of the CREATE statement that the text begins with."""
    match = CREATE.match(text)
    assert match
    name = _plain(match[1])
    columns: list[Column] = []
    primary: list[str] = []
    keys: list[tuple[str, str, str, str | None]] = []
    odd: list[str] = []
    parts, note, end, closed = _definitions(text, match.end(), len(text))
    if not closed and (prose := PROSE.search(text, match.end(), end)):
        parts, note, end, closed = _definitions(text, match.end(), prose.start())
    for definition, comment in parts:
        for key in FOREIGN_KEY.finditer(definition):
            keys.append((name, _plain(key[1]), _plain(key[2]), key[3] and _plain(key[3])))
        if listed := PRIMARY_KEY.search(definition):
            primary += [_plain(c) for c in ONE_NAME.findall(listed[1])]
        if CONSTRAINT.match(definition):
            continue
        if not (head := COLUMN.match(definition)):
            odd.append(definition)
            continue
        column = _plain(head[1])
        if IS_KEY.search(definition):
            primary.append(column)
        if reference := REFERENCES.search(definition):
            keys.append((name, column, _plain(reference[1]), reference[2] and _plain(reference[2])))
        type_ = BEHIND_TYPE.split(f" {head[2]}")[0]
        columns.append(Column(name, column, type_.strip(), *_note_and_values(comment)))
    faults = tuple(ddl_faults.of_table(name, [d for d, _ in parts], odd, closed, text[end : end + 200]))
    there = {c.name.lower() for c in columns}
    primary = [c for c in dict.fromkeys(primary) if c.lower() in there]
    quoted = frozenset(_unquoted(q) for q in QUOTED_NAME.findall(text, 0, end))
    table = Table(name, tuple(columns), tuple(primary), note)
    return _Read(table, tuple(keys), quoted, end, faults)


def _with_comments(table: Table, comments: dict[tuple[str, ...], str]) -> Table:
    """The table with what `COMMENT ON COLUMN` says of its columns."""
    said = [comments.get((table.name.split(".")[-1], c.name)) for c in table.columns] if comments else []
    if not any(said):
        return table
    columns = (
        Column(table.name, c.name, c.type, *_note_and_values(words.replace("''", "'"))) if words else c
        for c, words in zip(table.columns, said, strict=True)
    )
    return replace(table, columns=tuple(columns))


def _definitions(text: str, start: int, stop: int) -> tuple[list[tuple[str, str]], str, int, bool]:
    """The parts between the brackets as (definition, its comment), the table's own comment, the end, and
    whether it is closed there.

    A comment belongs to the definition that begins on its line, else to the next one; what stands
    behind the opening bracket is the table's own.
    """
    part, comment, pending, note, depth, end = "", "", "", "", 0, start
    first_line, closed = True, False
    parts: list[tuple[str, str]] = []
    fresh = False  # a definition ended on this line, and a comment may still follow it
    for m in TOKEN.finditer(text, start, stop):
        if m[3] is not None:
            break
        end = m.end()
        if m[1] is not None or m[2] is not None:
            words = (m[1] or m[2] or "").strip()
            if first_line and not part.strip() and not parts:
                note = note or words
            elif part.strip():
                comment = f"{comment} {words}".strip()
            elif fresh:
                parts[-1] = (parts[-1][0], f"{parts[-1][1]} {words}".strip())
            else:
                pending = words
            continue
        c = m[4] or m[5]
        if c == "\n":
            fresh = first_line = False
        if c == "(":
            depth += 1
        if c == ")":
            depth -= 1
        if closed := depth < 0:
            break
        if c == "," and depth == 0:
            parts.append((part, comment or pending))
            part, comment, pending, fresh = "", "", "", True
        else:
            part += c
    if part.strip():
        parts.append((part, comment or pending))
    return parts, note, end, closed


def _listed(table: str, columns: str) -> Iterator[Column]:
    """The columns of a bare list, with their types where it says them."""
    for part in re.split(r",(?![^()]*\))", columns):
        if typed := TYPED.match(part):
            yield Column(table, _plain(typed[1]), typed[2].strip())
        else:
            yield from (Column(table, _plain(name)) for name in ONE_NAME.findall(part))


def _note_and_values(comment: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What a comment says, all values that it lists, and those that it names of more."""
    listed, named = VALUES.search(comment), NAMED.search(comment)
    if not listed and not named:
        return comment.strip(), codes(comment), ()
    if named:  # `Cedarhill Ltd.` ends with a dot
        return comment[: named.start()].strip(" ;,."), (), tuple(v.strip() for v in named[1].split(",") if v.strip())
    assert listed
    values = [v.strip().strip("'\"").rstrip(".") for v in listed[1].split(",")]
    return comment[: listed.start()].strip(" ;,."), tuple(v for v in values if v), ()


def _keys(tables: dict[str, Table], found: list[tuple[str, str, str, str | None]]) -> Iterator[ForeignKey]:
    """Declared keys, then those that the names give away: `customer_id` where one table's key is called so."""
    lower = {name.lower(): table for name, table in tables.items()}
    declared = set()
    for table, column, other, to_column in found:
        target = lower.get(other.lower()) or lower.get(other.split(".")[-1].lower())
        to_column = to_column or (target.key if target else None)
        if target and to_column and (target.key or to_column).lower() == to_column.lower():
            declared.add((table, column))
            yield ForeignKey(table, column, target.name, to_column)
    owners: dict[str, list[Table]] = {}
    for t in tables.values():
        if t.key:
            owners.setdefault(t.key.lower(), []).append(t)
    by_role = _by_role(tables)
    for t in tables.values():
        begun = len(shared([name_words(c.name) for c in t.columns]))
        for c in t.columns:
            if (t.name, c.name) in declared:
                continue
            if c.kind not in ("key", "date"):
                coded = [o for o in owners.get(c.name.lower(), ()) if o.coded and not o.primary_key]
                if len(coded) == 1 and coded[0] is not t and coded[0].key:
                    yield ForeignKey(t.name, c.name, coded[0].name, coded[0].key)
                continue
            by_words = [o for o in by_role.get(_role(c, begun), ()) if o is not t]
            if c.name == t.key and (t.primary_key or not by_words):
                continue
            stem = re.sub(r"_(id|key)$", "", c.name.lower())
            called = [lower[n] for n in _plurals(stem) if n in lower and lower[n] is not t]
            named = owners.get(c.name.lower(), [])
            targets = [o for o in called if o in named] or [o for o in named[:2] if o is not t]
            targets = targets or [o for o in called if (o.key or "").lower() == "id"]
            targets = targets or by_words
            if len(targets) == 1 and targets[0].key:
                yield ForeignKey(t.name, c.name, targets[0].name, targets[0].key)


def _by_role(tables: dict[str, Table]) -> dict[tuple[str, ...], list[Table]]:
    """The tables by the words, last ones first, that a key to them may be called after."""
    begun = len(shared([name_words(bare(t)) for t in tables]))
    found: dict[tuple[str, ...], list[Table]] = {}
    for table in tables.values():
        called = name_words(bare(table.name))[begun:]
        for i in range(len(called) if table.key else 0):
            found.setdefault(called[i:], []).append(table)
    return found


def _role(column: Column, begun: int) -> tuple[str, ...]:
    """What a key column is called after: `abOrdClientId` after the client."""
    words = name_words(column.name)[begun:]
    return words[:-1] if words[-1:] in (("id",), ("key",)) and column.kind == "key" else ()


def _plurals(stem: str) -> tuple[str, ...]:
    return stem, stem + "s", stem + "es", stem[:-1] + "ies"


def _plain(name: str) -> str:
    return ".".join(map(_unquoted, ONE_NAME.findall(name))) or name


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part[0] in '"[`' else part
