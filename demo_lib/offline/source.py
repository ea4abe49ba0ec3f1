"""FROM one anchor table, with others joined many-to-one as columns of them are asked for: no row is ever doubled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlglot import exp

from .english.lexicon import BIRTH, NAMES
from .english.words import name_words, of_people, phrase, stems
from .frame import Decline, Readings, When
from .prompt.prompt_reader import Prompt
from .prompt.schema import Column, ForeignKey, Schema, Table, bare
from .prompt.vocabulary import Reading

Path = tuple[ForeignKey, ...]
LONGEST_PATH = 5
MOST_VALUES = 8  # of a column that a decline lists
MOST_PATHS = 4  # to one table; the shortest are found first
CALENDARS = stems("date dates calendar time day days")


@lru_cache(maxsize=4096)
def paths(schema: Schema, anchor: str) -> dict[str, tuple[Path, ...]]:
    """Every way from `anchor` over foreign keys, many-to-one, by the table it ends in; shortest first."""
    found: dict[str, list[Path]] = {anchor: [()]}
    frontier: list[tuple[str, Path]] = [(anchor, ())]
    for _ in range(LONGEST_PATH):
        longer = []
        for table, path in frontier:
            for key in schema.outward[table]:
                known = len(found.get(key.to_table, ()))
                if (
                    (key.to_table != anchor or not path)  # a row may point to another one of its table: a manager
                    and known < MOST_PATHS
                    and all(k.to_table != key.to_table for k in path)
                ):
                    found.setdefault(key.to_table, []).append((*path, key))
                    longer.append((key.to_table, (*path, key)))
        frontier = longer
    return {table: tuple(ways) for table, ways in found.items()}


def _without_roles(ways: list[tuple[Reading, Path]]) -> list[tuple[Reading, Path]]:
    """The way over keys that are called as what they point to: `member_id`, and no `trainer_id` of members."""
    alike = len({tuple((k.table, k.to_table) for k in path) for _, path in ways}) == 1
    return [(r, path) for r, path in ways if all(k.column == k.to_column for k in path)] if alike else []


class Source:
    """One FROM clause in the making."""

    def __init__(self, prompt: Prompt, anchor: str) -> None:
        self.prompt, self.anchor = prompt, anchor
        self.reach = paths(prompt.schema, anchor)
        self.aliases: dict[Path, str] = {(): bare(anchor)}
        self.outer: Path | None = None
        self.where: list[exp.Expr] = []

    # -- which table, which way

    def choose(self, readings: Readings, words: str) -> tuple[Reading, Path] | None:
        """The nearest reading and the way to it; None where none can be reached. Raises Decline on a tie."""
        ways = [(r, p) for r in readings for p in self.reach.get(r.table, ()) if _passes(r, p)]
        if not ways:
            return None
        ways = self._preferred(ways, words) or ways
        costs = [len(p) + 5 * (1 - r.score) for r, p in ways]
        best = min(costs)
        tied = [w for w, cost in zip(ways, costs, strict=True) if cost < best + 0.01]
        tied = _without_roles(tied) or tied
        different = {(p, r.table, r.column) for r, p in tied}
        if len(different) > 1:
            raise Decline(_which(words, tied), words, tied)
        return tied[0]

    def _preferred(self, ways: list[tuple[Reading, Path]], words: str) -> list[tuple[Reading, Path]]:
        """The ways that a glossary sentence such as `region means customers.region` names."""
        asked = set(phrase(words))
        for meant, column in self.prompt.meanings:
            named = [
                (r, p)
                for r, p in ways
                if r.column == column
                or any((k.table, k.column) == (column.table, column.name) for k in p[-1:])
            ]
            called = [{*name_words(r.table), *name_words(r.column.name if r.column else "")} for r, _ in ways]
            about = any(set(meant) <= c for c in called) or set(meant) <= asked
            if named and about and not any(r.owner for r, _ in ways):
                return named
        return []

    def distance(self, readings: Readings) -> float | None:
        """How far the nearest reading is; None where none can be reached."""
        ways = [
            len(p) + 5 * (1 - r.score) for r in readings for p in self.reach.get(r.table, ()) if _passes(r, p)
        ]
        return min(ways, default=None)

    def join(self, path: Path) -> None:
        """Have the table at the end of `path` joined, though no column of it is asked for."""
        self._alias(path)

    def meet(self, path: Path, around: Source) -> None:
        """Let the row at the end of `path` be that of the query around this one: its table is not joined again."""
        self.aliases[path], self.outer = around.aliases[()], path

    def follow(self, base: str) -> None:
        """Let whatever the row of `base` leads to be reached by way of it: what came of it is told by its own day."""
        for table in paths(self.prompt.schema, base) if base != self.anchor and base in self.reach else ():
            ways = tuple(p for p in self.reach.get(table, ()) if table == base or any(k.table == base for k in p))
            self.reach = {**self.reach, table: ways or self.reach.get(table, ())}

    # -- columns

    def column(self, column: Column, path: Path = ()) -> exp.Expr:
        """The column, its table joined; a key that the row itself holds is read there."""
        if column.sql is not None:
            return self.rewritten(column.sql)
        if path and column.name == path[-1].to_column:
            return self.named(path[-1].column, path[:-1])
        return self.named(column.name, path)

    def dated(self, column: Column, path: Path = ()) -> exp.Expr:
        """A date column, or one of years, which is marked as such."""
        found = self.column(column, path)
        found.meta["year"] = column.is_year
        return found

    def named(self, name: str, path: Path = ()) -> exp.Column:
        """A column by name of the table at the end of `path`."""
        return exp.column(identifier(name), table=identifier(self._alias(path)))

    def foreign_or_key(self, table: Table, path: Path) -> exp.Column:
        """The key of the row at the end of `path`, without joining its table where the foreign key will do."""
        if path:
            return self.named(path[-1].column, path[:-1])
        if not table.key:
            raise Decline(f"I do not know which column identifies a row of {table.name}.")
        return self.named(table.key)

    def rewritten(self, expression: exp.Expr) -> exp.Expr:
        """A glossary formula with its columns reached from here."""
        tree = expression.copy()
        for node in list(tree.find_all(exp.Column)):
            choice = self.choose((Reading("table", node.table),), node.table)
            if choice is None:
                raise Decline(f"I found no way to join {node.table} to {self.anchor}.")
            new = self.named(node.name, choice[1])
            tree = new if node is tree else tree
            node.replace(new)
        return tree

    def _alias(self, path: Path) -> str:
        if path not in self.aliases:
            if path:
                self._alias(path[:-1])
            name = bare(path[-1].to_table)
            if name in self.aliases.values():
                role = [w for w in path[-1].column.split("_") if w not in ("id", "key")]
                name = (
                    "_".join([*role, name])
                    if "_".join(role) not in name
                    else f"{bare(path[-1].table)}_{name}"
                )
            self.aliases[path] = name
        return self.aliases[path]

    # -- time

    def date(self, when: When | None) -> exp.Expr:
        """The date that a period is about. Raises Decline where two would do."""
        schema, words = self.prompt.schema, when.words if when else "time"
        if when and when.hints and (hinted := self.choose(when.hints, when.words)):
            return self.dated(hinted[0].column, hinted[1])  # type: ignore[arg-type]
        if when and when.hints:
            raise Decline(f"“{words}” is about {when.hints[0]}, which {self.anchor} do not lead to. Say which date.")
        columns = schema.tables[self.anchor].columns
        own = [c for c in columns if c.kind == "date"] or [c for c in columns if c.is_year]
        told = [c for c in own if not _says_more(c)]  # when the holder came in, if anybody came, is no date of a ticket
        own = told if told or any(p and t != self.anchor for t, ps in self.reach.items() for p in ps) else own
        named = [c for c in self.prompt.event_dates if c.table in self.reach]
        own_named = [c for c in named if c.table == self.anchor]
        if not own_named and len(own) > 1:
            lived = [c for c in own if not BORN & {*name_words(c.name)}]
            own = main_dates(lived or own, self.anchor)
        other = when is not None and (when.begins or bool(when.hints))  # `riders who started in May`
        if other and not own_named and own and all(set(name_words(c.name)) & ENDED for c in own):
            raise Decline(f"I found no date for “{words}” but {alternatives(map(str, own))}. Say which you mean.")
        if len(own_named or own) == 1:
            if BORN & {*name_words((own_named or own)[0].name)}:
                raise Decline(f"The only date of {self.anchor} is that of their birth. Say “born …” if you mean it.")
            return self.dated((own_named or own)[0])
        if own:
            raise _which_date(words, [(c, ()) for c in own])
        if named:
            near = min(named, key=lambda c: len(self.reach[c.table][0]))
            if len(rivals := [str(c) for c in named if c.table == near.table]) > 1:
                raise Decline(f"“{words}” could be about {alternatives(rivals)}. Say which date you mean.")
            return self.dated(near, self.reach[near.table][0])
        ways = [
            (len(p), not _is_calendar(schema.tables[t]), c, p)
            for t, found in self.reach.items()
            for p in found[:1]
            for c in schema.tables[t].columns
            if p and (c.kind == "date" or (c.is_year and all(o.kind != "date" for o in schema.tables[t].columns)))
        ]
        if not ways:
            raise Decline(f"I found no date for “{words}” on {self.anchor}.")
        ways.sort(key=lambda w: w[:2])
        tied = [w for w in ways if w[:2] == ways[0][:2]]
        kin = [w for w in tied if set(name_words(bare(w[2].table))) & set(name_words(bare(self.anchor)))]
        if len(tied) > 1 and len(kin) != 1:
            raise _which_date(words, [(c, path) for _, _, c, path in tied])
        _, _, column, path = (kin or tied)[0]
        return self.dated(column, path)

    # -- the clause itself

    def select(self, *expressions: exp.Expr) -> exp.Select:
        """SELECT these FROM the anchor, with all joins and conditions collected so far."""
        query = exp.select(*expressions).from_(self._table(self.anchor, self.aliases[()]))
        for path in sorted(self.aliases, key=len):
            if path and path != self.outer:
                key = path[-1]
                on = exp.EQ(
                    this=exp.column(identifier(key.column), table=identifier(self.aliases[path[:-1]])),
                    expression=exp.column(identifier(key.to_column), table=identifier(self.aliases[path])),
                )
                query = query.join(self._table(key.to_table, self.aliases[path]), on=on, copy=False)
        parts = [p for c in self.where for p in (c.flatten() if isinstance(c, exp.And) else [c])]
        return query.where(*parts, copy=False) if parts else query

    def _table(self, name: str, alias: str) -> exp.Expr:
        parts = [identifier(p) for p in name.split(".")]
        table = exp.Table(this=parts[-1], db=parts[-2] if len(parts) > 1 else None)
        return exp.alias_(table, identifier(alias), table=True) if alias != parts[-1].name else table


def _says_more(column: Column) -> bool:
    """Whether a date tells a state of its row by being empty, as its comment says."""
    return re.search(r"\b(?:empty|null|blank|missing)\b", column.note, re.I) is not None


def main_dates(columns: list[Column], table: str) -> list[Column]:
    """Of some dates of a row the one that says when it came to be: called after the table, or after a beginning."""
    about = set(name_words(bare(table)))
    begun = [c for c in columns if not set(name_words(c.name)) & ENDED]
    return (
        [c for c in columns if about & set(name_words(c.name))]
        or [c for c in columns if set(name_words(c.name)) & CREATED]
        or (begun if len(begun) == 1 else columns)
    )


def display(schema: Schema, table: str) -> list[Column]:
    """The columns by which a person knows a row: its name, first and last name, or its key."""
    columns = schema.tables[table].columns
    own = name_words(bare(table))
    for name in NAMES:
        for column in columns:
            lower = column.name.lower()
            if lower == name or (
                lower.endswith("_" + name) and name_words(column.name)[:-1] in (own, own[-1:])
            ):
                return [column]
    people = [c for c in columns if c.name.lower() in ("first_name", "last_name", "firstname", "lastname")]
    if people:
        return people
    loose = [c for c in columns if name_words(c.name)[-1] in ("name", "title", "ttl") and c.kind == "text"]
    loose = loose or [c for c in columns if name_words(c.name) == own and c.kind == "text"]  # the `rank` of ranks
    key = schema.tables[table].key
    telling = [c for c in columns if _tells(name_words(c.name), own) and c.kind == "text" and not c.values]
    loose = loose or (telling if len(telling) == 1 else [])
    loose = loose or [c for c in columns if c.kind == "text" and not c.values and _ends_like(name_words(c.name), own)]
    return loose[:1] or [c for c in columns if c.name == key] or list(columns[:1])


def called_after(schema: Schema, table: str) -> list[Column]:
    """The name of the rows: their own, or that of the one person whom each points to, as climbers to a worker.

    Empty where rows are known by their key alone.
    """
    names = display(schema, table)
    if not any(c.name == schema.tables[table].key for c in names):
        return names
    owners = [k.to_table for k in schema.outward[table] if of_people(k.to_table)]
    return called_after(schema, owners[0]) if len(owners) == 1 and owners[0] != table else []


def holds(column: Column) -> str:
    """Which values a column has, the first few of many."""
    more = len(column.values) - MOST_VALUES
    return f"{column} holds {', '.join(column.values[:MOST_VALUES])}{f' and {more} more' if more > 0 else ''}"


def _tells(words: Sequence[str], own: Sequence[str]) -> bool:
    """Whether a column of text is what a row is known by: a number plate, the room number of a room."""
    return bool(PLATES & set(words)) or (words[-1] in NUMBERED and words[:-1] in (own, own[-1:]))


def _ends_like(words: Sequence[str], own: Sequence[str]) -> bool:
    """Whether a text is called after the end of what rows are: the `mark_text` of trademarks."""
    return words[-1] == "text" and len(words) == 2 and len(words[0]) > 3 and own[-1].endswith(words[0])


PLATES, NUMBERED = stems("plate sku reference"), stems("number code")


def identifier(name: str) -> exp.Identifier:
    """A name, quoted where SQL needs it."""
    return exp.to_identifier(name)


BORN = stems(" ".join(BIRTH))
CREATED = stems("created placed ordered start started opened registered issued booked hired")
ENDED = stems(
    "due paid closed returned resolved solved delivered shipped ended end cancelled expires expired until fixed"
    " completed finished left promised retired settled answered received approved updated modified deleted"
)


def _passes(reading: Reading, path: Path) -> bool:
    if reading.via and reading.via not in path[-1:]:
        return False
    return not reading.owner or reading.owner == reading.table or any(k.table == reading.owner for k in path)


def _is_calendar(table: Table) -> bool:
    return bool(CALENDARS & set(name_words(bare(table.name))))


def _which(words: str, tied: Iterable[tuple[Reading, Path]]) -> str:
    names = []
    for reading, path in tied:
        by_way = [k.table for k in path[1:]]
        names.append(f"{reading}" + (f" (by way of {' and '.join(by_way)})" if by_way else ""))
    return f"“{words}” could mean {alternatives(names)}."


def _which_date(words: str, columns: Sequence[tuple[Column, Path]]) -> Decline:
    options = [(Reading("column", c.table, column=c), path) for c, path in columns]
    return Decline(f"“{words}” could be about {alternatives([str(c) for c, _ in columns])}.", words, options)


def alternatives(names: Iterable[str]) -> str:
    """Names as alternatives: `a, b or c`."""
    names = list(dict.fromkeys(names))
    return ", ".join(names[:-1]) + " or " + names[-1] if len(names) > 1 else names[0]
