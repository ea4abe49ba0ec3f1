"""Glossary lines → what words mean: formulas, columns, dates, verbs, other words; and which lines cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sqlglot
from sqlglot import exp

from ..english.words import name_words, phrase
from .aggregates import only_where
from .schema import Column, Schema, bare

Words = tuple[str, ...]
MOST_CUTS = 8  # places where the prose behind a formula may begin
DEEPEST = 4  # names within names
SHOWN_CHARACTERS = 80
TERM = re.compile(
    r"^[`*\"]*([\w][\w\s/'&%-]{0,60}?)[`*\"]*\s*(?:\(([^()]*)\))?[`*\"]*\s*(?::|=| is defined as)\s+(.+)$"
)
MEANS = re.compile(
    r"(?:^|,\s*)(?:the |a |an )?[\"'“]?([\w][\w\s-]{0,40}?)[\"'”]?\s+(?:means|is|refers to|stands for)\s+(.*)$",
    re.I,
)
ARE = re.compile(
    r"([\w\s,]{2,60}?)\s+(?:are|is|means?|mean)\s+(?:an? |the |called )?[`\"']?(\w+)[`\"']?\s*[.;]?$", re.I
)
WHERE = re.compile(r"(.+?)\s+where\s+(.+)$", re.I)
DOTTED = re.compile(r"\b(\w+)\.(\w+)\b")
THROUGH = re.compile(r"\b(?:through|by way of|via|over)\s+[`\"']?(\w+)\.(\w+)", re.I)
ROW_EXISTS = re.compile(r"\b(?:an?|the)\s+(\w+)\s+row\s+exists", re.I)
QUOTED = re.compile(r"[\"“'](\w+)[\"”']")
GOES_BY = re.compile(r"([\w\s-]{2,40}?) (?:goes|go|is (?:dated|counted)|are (?:dated|counted)) by (.+)$", re.I)
ALSO = re.compile(r"[;,]\s+(?=the dates? of\b)", re.I)  # `the date of a visit is …, the date of a fee is …`
# `clients: people; shows (gigs): events`
NEXT_ALIAS = re.compile(r";\s+(?=[\w ]{2,30}(?:\([\w ,]+\))?: \w+\.?(?:;|$))")
ASIDE = re.compile(r"\s*\([^()]*\)")
DATE_OF = re.compile(r"(?:the )?dates? of (?:an? |the )?(.+)$", re.I)
PROSE_BEHIND = re.compile(r"[,;]| [–—-] |\. | by | per ")
AGGREGATE = re.compile(r"\b(?:SUM|COUNT|AVG|MIN|MAX|MEDIAN)\(", re.I)
COMPUTES = re.compile(r"[<>=+*/]")
OVER = re.compile(r"(.+\))\s+(?:over|for|of|across|from)\s+(?:all |only )?(.+)$", re.I)
PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, eq=False)
class Term:
    """One glossary entry: its names, and the SQL it stands for (`table.column` everywhere)."""

    name: str
    names: tuple[Words, ...]
    sql: exp.Expr
    fault: str = ""
    """Why a question that uses the name cannot be answered; `sql` then says nothing."""
    absent: bool = False
    """Whether it is at fault for a table only that the prompt does not show."""
    apart: tuple[str, ...] = ()
    """Its names, in lower case, that have the stem of a table and are another word."""

    @property
    def is_measure(self) -> bool:
        """Whether it aggregates; otherwise it is a condition on rows."""
        return self.sql.find(exp.AggFunc) is not None


@dataclass(frozen=True, eq=False)
class Prose:
    """An entry that says in words what its names mean; `over` is a formula that the words narrow down."""

    name: str
    names: tuple[Words, ...]
    words: str
    over: exp.Expr | None = None


@dataclass
class Glossary:
    """What the lines say."""

    terms: list[Term] = field(default_factory=list)
    meanings: list[tuple[Words, Column]] = field(default_factory=list)
    event_dates: list[Column] = field(default_factory=list)
    verbs: dict[str, str] = field(default_factory=dict)
    aliases: list[tuple[Words, Words]] = field(default_factory=list)
    faults: list[Term] = field(default_factory=list)
    """Names whose line cannot be read, or that two lines give different meanings."""
    prose: list[Prose] = field(default_factory=list)
    """Names whose line is no SQL: the parser may understand it as it does a question."""
    unread: list[str] = field(default_factory=list)
    """What is wrong with lines that define no name."""


class Unread(Exception):
    """A line that is meant as a formula cannot be read as one. The message says why."""

    absent = False
    """Whether it speaks of a table that the prompt does not show."""


def read_glossary(lines: Iterable[str], schema: Schema, dialect: str) -> Glossary:
    """What glossary lines say about a schema. Prose is left out; a formula that cannot be read is a fault."""
    found, defined, verbs = Glossary(), _Defined(), _Defined()
    entries: list[tuple[list[str], str]] = []
    for line in (part for whole in lines for also in ALSO.split(whole) for part in NEXT_ALIAS.split(also)):
        means = MEANS.search(ASIDE.sub("", line) if DATE_OF.match(line) else line)
        by = GOES_BY.match(line)
        if by and (column := _meant(by[2], schema)) and column.kind == "date":  # `revenue goes by orders.placed_on`
            found.event_dates.append(column)
        elif row := ROW_EXISTS.search(line):
            table = next((t for t in schema.tables if phrase(t) == phrase(row[1])), None)
            for verb in QUOTED.findall(line) if table else ():
                found.verbs[phrase(verb)[0]] = str(table)
                verbs.add(verb, table, f"a row of {table}")
        elif means and (column := _meant(means[2], schema)):
            if DATE_OF.match(means[1].strip()):
                found.event_dates += [column, *_other_dates(means[2], column, schema)]
            else:
                found.meanings.append((phrase(means[1]), column))
                defined.add(means[1], column, str(column))
        elif means and (missing := _missing(means[2], schema)):
            said = _fault(line, f"the schema has no {missing}")
            if DATE_OF.match(means[1].strip()):
                found.unread.append(said)
            else:
                found.faults.append(Term(means[1], (phrase(means[1]),), exp.Null(), said))
        elif (are := ARE.match(line)) and (called := _called(are[2], schema)):
            names = re.split(r",|\band\b|\bor\b", are[1])
            found.aliases += [
                (phrase(re.sub(r"^\s*(?:an?|the)\s", "", n)), phrase(called)) for n in names if n.strip()
            ]
        elif term := TERM.match(line):
            names = [term[1], *re.split(r"[,;]| or ", term[2] or "")]
            entries.append(([n.strip(" \"'`") for n in names if n.strip()], term[3].strip()))
    formulas = _Formulas(entries, schema, dialect)
    for names, body in entries:
        _read_entry(names, body, formulas, found, defined)
    found.faults += defined.contradictions() + verbs.contradictions()
    return found


def _read_entry(names: list[str], body: str, formulas: _Formulas, found: Glossary, defined: _Defined) -> None:
    called = tuple(phrase(n) for n in names if not _is_a_table(n, formulas.schema)) or (phrase(names[0]),)
    try:
        sql = formulas.read(body)
    except Unread as why:
        said = _fault(f"{names[0]}: {body}", str(why))
        found.faults.append(Term(names[0], called, exp.Null(), said, why.absent))
        if (narrowed := OVER.match(body.rstrip("."))) and (over := formulas.aggregate(narrowed[1])) is not None:
            found.prose.append(Prose(names[0], called, narrowed[2], over))
        return
    column = formulas.column(sql) if isinstance(sql, exp.Column) and sql.table else None
    if column:
        found.meanings += [(words, column) for words in called]
    elif sql is not None:
        apart = tuple(n.lower() for n in names if _is_a_table(n, formulas.schema))
        found.terms.append(Term(names[0], called, sql, apart=apart))
    elif re.fullmatch(r"[\w\s-]{1,40}\.?", body):
        known = name_words(body) if " " not in body else phrase(body)  # `parcels: prcl`, as a table is called
        found.aliases += [(words, known) for words in called]
    if sql is None:
        found.prose.append(Prose(names[0], called, body.rstrip(".")))
    for name in names if sql is not None else ():
        defined.add(name, column or sql, _cut(body if name == names[0] else f"{names[0]}, {body}"))


def _is_a_table(name: str, schema: Schema) -> bool:
    """`production` has the stem of `products`, and is another thing: whoever says product means a row."""
    words = phrase(name)
    if len(words) != 1:
        return False
    tables = [bare(t).lower() for t in schema.tables if phrase(bare(t).replace("_", " ")) == words]
    return bool(tables) and not any(t.startswith(name.lower().rstrip("s")) for t in tables)


class _Defined:
    """What each name was said to mean, to find those that two lines define, each in its own way."""

    def __init__(self) -> None:
        self.said: dict[Words, list[tuple[str, object, str]]] = {}

    def add(self, name: str, meaning: object, shown: str) -> None:
        """Note one meaning of a name."""
        if words := phrase(name):
            self.said.setdefault(words, []).append((name, meaning, shown))

    def contradictions(self) -> list[Term]:
        """The names of more than one meaning."""
        found = []
        for words, said in self.said.items():
            (name, first, _), *others = said
            if any(meaning != first for _, meaning, _ in others):
                listed = "; or ".join(dict.fromkeys(shown for _, _, shown in said))
                why = f"The glossary gives “{name}” more than one meaning: {listed}. Which do you mean?"
                found.append(Term(name, (words,), exp.Null(), f"{why} Keep one, or give each a name of its own."))
        return found


@lru_cache(maxsize=32)
def _any_of(names: tuple[Words, ...]) -> re.Pattern[str]:
    """A group for each of the names: its words one behind the other, in any form."""
    groups = (r"\s+".join(re.escape(w) + r"\w*" for w in words) for words in names)
    return re.compile(r"\b(?:" + "|".join(f"({g})" for g in groups) + r")\b", re.I)


class _Formulas:
    """Reads the formulas of one glossary, in which the names of other lines may stand."""

    def __init__(self, entries: Sequence[tuple[list[str], str]], schema: Schema, dialect: str) -> None:
        self.schema, self.dialect = schema, dialect
        self.bodies: dict[str, list[str]] = {}
        for names, body in entries:
            for words in filter(None, map(phrase, names)):
                self.bodies.setdefault("_".join(words), []).append(body)
        # `units sold / …`: a term of several words stands as one name, the longest first.
        several = dict.fromkeys(w for names, _ in entries for w in map(phrase, names) if len(w) > 1)
        self.several = tuple(sorted(several, key=len, reverse=True))

    def read(self, body: str, depth: int = 0) -> exp.Expr | None:
        """The SQL at the head of a line: other terms put in, columns checked; None for prose. Raises Unread."""
        if depth > DEEPEST:
            raise Unread("it is defined by itself")
        body = body.strip().strip("`").rstrip(".")
        if said := WHERE.match(body):  # `SUM(amount) where paid_on is not null`
            measure = self._parse(said[1], depth)
            condition = self._parse(said[2], depth) if measure is not None and measure.find(exp.AggFunc) else None
            if measure is not None and condition is not None:
                rows = condition
                return measure.transform(lambda node: only_where(node, rows) if isinstance(node, exp.AggFunc) else node)
        else:
            cuts = [len(body), *(m.start() for m in PROSE_BEHIND.finditer(body))]
            for cut in sorted(cuts[:MOST_CUTS], reverse=True):
                if (sql := self._parse(body[:cut], depth)) is None:
                    continue
                if body.startswith(" - ", cut) and AGGREGATE.search(body, cut):
                    raise Unread("I can read its beginning only")
                return sql
        if _tree(body, self.dialect) is None and self._is_formula(body):
            raise Unread("it is no SQL expression")
        return None

    def aggregate(self, text: str) -> exp.Expr | None:
        """The text as a formula, if it is one that aggregates."""
        try:
            tree = self._parse(text, 0)
        except Unread:
            return None
        return tree if tree is not None and tree.find(exp.AggFunc) else None

    def column(self, node: exp.Column) -> Column | None:
        """The column of the schema that a name means."""
        if node.table:
            return self.schema.column(node.table, node.name)
        owners = self._owners(node.name)
        return owners[0] if len(owners) == 1 else None

    def _owners(self, name: str) -> list[Column]:
        return [t.by_name[name.lower()] for t in self.schema.tables.values() if name.lower() in t.by_name]

    def _is_formula(self, body: str) -> bool:
        """Whether a text that is no SQL is plainly meant to be."""
        named = any(self.schema.column(*m.groups()) for m in DOTTED.finditer(body))
        return bool(AGGREGATE.search(body) or (named and COMPUTES.search(body)))

    def _parse(self, text: str, depth: int) -> exp.Expr | None:
        text = text.strip().strip("`")
        if self.several:
            text = _any_of(self.several).sub(lambda said: "_".join(self.several[(said.lastindex or 1) - 1]), text)
        parsed = _tree(text, self.dialect)
        if parsed is None or not parsed.find(exp.Column):
            return None
        nodes = list(parsed.find_all(exp.Column))
        meant = [self._meaning(node, text, depth) for node in nodes]
        unknown = [node for node, new in zip(nodes, meant, strict=True) if new is None]
        if not unknown:
            tree = parsed.copy()
            for node, new in zip(list(tree.find_all(exp.Column)), meant, strict=True):
                assert new is not None
                tree = new if node is tree else tree
                node.replace(new)
            return tree
        some = len(unknown) < len(nodes) and not isinstance(parsed, exp.Connector)
        known_table = any(node.table.lower() in map(str.lower, self.schema.tables) for node in unknown)
        if some or known_table or any(t.find(exp.AggFunc, exp.Predicate) for t in (parsed, *filter(None, meant))):
            unread = Unread(self._why(unknown[0]))
            tables = {bare(name).lower() for name in self.schema.tables}
            unread.absent = all(node.table and node.table.lower() not in tables for node in unknown)
            raise unread
        return None  # words that read as names

    def _meaning(self, node: exp.Column, text: str, depth: int) -> exp.Expr | None:
        """What a name within a formula stands for: a column, or another line."""
        if node.name.lower() == "today" and not node.table:  # `rents.due_on < today`
            return exp.CurrentDate()
        if known := self.column(node):
            return exp.column(known.name, known.table, quoted=not PLAIN_NAME.fullmatch(known.name))
        bodies = self.bodies.get("_".join(phrase(node.name.replace("_", " ")))) or self.bodies.get(node.name.lower())
        if not bodies or node.table:
            return None
        if len(set(bodies)) > 1:
            raise Unread(f"“{node.name}” has more than one meaning")
        found = self.read(bodies[0], depth + 1) if bodies[0] != text else None
        return exp.paren(found, copy=False) if isinstance(found, exp.Binary) else found

    def _why(self, node: exp.Column) -> str:
        owners = "" if node.table else " and ".join(c.table for c in self._owners(node.name))
        if owners:
            return f"{node.name} stands in {owners}: say which"
        return f"the schema has no {node.table + '.' if node.table else ''}{node.name}"


@lru_cache(maxsize=512)
def _tree(text: str, dialect: str) -> exp.Expr | None:
    """The text as SQL, or None; not to be changed."""
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Expr) or isinstance(tree, exp.Alias | exp.Literal | exp.Tuple):
        return None
    return None if tree.find(exp.Query, exp.DDL, exp.DML, exp.Command) else tree


def _called(word: str, schema: Schema) -> str | None:
    """The table of this name, in the singular or the plural."""
    return next((t for t in schema.tables if phrase(bare(t).replace("_", " ")) == phrase(word)), None)


def _meant(text: str, schema: Schema) -> Column | None:
    """The column that a rule names; the foreign key where it says `through` one."""
    found = THROUGH.search(text) or DOTTED.search(text)
    return schema.column(found[1], found[2]) if found else None


def _other_dates(text: str, column: Column, schema: Schema) -> list[Column]:
    """`… is visits.begun_at, of a fee fees.paid_on`: the dates of other tables that a rule goes on to name."""
    named = (schema.column(table, name) for table, name in re.findall(r",\s+of [\w\s]+? (\w+)\.(\w+)", text))
    return [c for c in named if c and c.kind == "date" and c.table != column.table]


def _missing(text: str, schema: Schema) -> str | None:
    """The column that a rule names, where its table has none of that name."""
    tables = {name.lower() for name in schema.tables}
    named = (m for m in DOTTED.finditer(text) if m[1].lower() in tables)
    return next((m[0] for m in named if not schema.column(m[1], m[2])), None)


def _fault(line: str, why: str) -> str:
    return f"I cannot use the glossary's line “{_cut(line)}”: {why}."


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS].rstrip()}…"
