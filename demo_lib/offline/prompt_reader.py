"""Prompt text → what the SQL writer may use: dialect, today, schema, glossary. Nothing else is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import sqlglot
from sqlglot import exp

from .aggregates import only_where
from .ddl import read_schema
from .schema import Column, Schema, bare
from .words import phrase

DIALECTS = {"postgresql": "postgres", "postgres": "postgres", "sqlite": "sqlite", "duckdb": "duckdb",
            "azure": "tsql", "mssql": "tsql", "sqlserver": "tsql", "sql server": "tsql", "tsql": "tsql",
            "t-sql": "tsql", "mysql": "mysql", "snowflake": "snowflake", "bigquery": "bigquery"}  # fmt: skip
MOST_LINES = 300  # of a glossary
LONGEST_LINE_CHARACTERS = 600
MOST_CUTS = 8  # places where the prose behind a formula may begin
TODAY = re.compile(
    r"(?:\btoday(?:['’]s date)?(?: is|:)|current date(?: is|:)|\bas of)\s*(?:[a-z]+,\s*)?(\d{4}-\d\d-\d\d)",
    re.I,
)
BULLET = re.compile(r"^[ \t]*[-*•][ \t]+(.+)$", re.M)
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


@dataclass(frozen=True, eq=False)
class Term:
    """One glossary entry: its names, and the SQL it stands for (`table.column` everywhere)."""

    name: str
    names: tuple[tuple[str, ...], ...]
    sql: exp.Expr

    @property
    def is_measure(self) -> bool:
        """Whether it aggregates; otherwise it is a condition on rows."""
        return self.sql.find(exp.AggFunc) is not None


@dataclass(frozen=True, eq=False)
class Prompt:
    """Everything that a question may be grounded in."""

    dialect: str
    today: date | None
    schema: Schema
    terms: tuple[Term, ...] = ()
    meanings: tuple[tuple[tuple[str, ...], Column], ...] = ()
    """`region means customers.region`: which column a bare word prefers."""
    event_dates: tuple[Column, ...] = ()
    """`The date of a sale is orders.order_date`."""
    verbs: dict[str, str] = field(default_factory=dict)
    """`A customer "buys" when an orders row exists`: verb stem → table."""
    aliases: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    """`client: customer`: words that mean other words."""


@lru_cache(maxsize=32)
def read_prompt(text: str) -> Prompt:
    """Read a system prompt of any order and make. What cannot be read is left out. Never raises."""
    schema = read_schema(text)
    dialect = re.search(r"\bdialect\s*(?::|is)?\s*[`\"]?(t-sql|sql server|\w+)", text, re.I)
    named = dialect or re.search(
        r"\b(duckdb|postgresql|postgres|sqlite|t-sql|sql server|mysql)\b", text, re.I
    )
    name = DIALECTS.get(named[1].lower(), "duckdb") if named else "duckdb"
    prose = re.sub(r"```.*?(```|\Z)", "", text, flags=re.S)
    prose = re.split(r"^#+\s*(?:few.shot )?examples?\b.*$", prose, maxsplit=1, flags=re.M | re.I)[0]
    bullets = [b.strip()[:LONGEST_LINE_CHARACTERS] for b in BULLET.findall(prose)[:MOST_LINES]]
    outside = BULLET.sub("", text)
    today = TODAY.search(outside) or TODAY.search(text)
    return _with_glossary(Prompt(name, _date(today[1]) if today else None, schema), bullets)


def _with_glossary(prompt: Prompt, bullets: list[str]) -> Prompt:
    schema, dialect = prompt.schema, prompt.dialect
    entries: list[tuple[list[str], str]] = []
    meanings: list[tuple[tuple[str, ...], Column]] = []
    dates: list[Column] = []
    verbs: dict[str, str] = {}
    plain: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for line in bullets:
        if row := ROW_EXISTS.search(line):
            table = next((t for t in schema.tables if phrase(t) == phrase(row[1])), None)
            if table:
                verbs |= {phrase(v)[0]: table for v in re.findall(r"[\"“'](\w+)[\"”']", line)}
        elif (means := MEANS.search(line)) and (column := _meant(means[2], schema)):
            event = re.match(r"(?:the )?dates? of (?:an? |the )?(.+)$", means[1].strip(), re.I)
            if event:
                dates.append(column)
            else:
                meanings.append((phrase(means[1]), column))
        elif (are := ARE.match(line)) and (table := _called(are[2], schema)):
            names = re.split(r",|\band\b|\bor\b", are[1])
            plain += [(phrase(re.sub(r"^\s*(?:an?|the)\s", "", n)), phrase(table)) for n in names if n.strip()]
        elif term := TERM.match(line):
            names = [term[1], *re.split(r"[,;]| or ", term[2] or "")]
            entries.append(([n.strip(" \"'`") for n in names if n.strip()], term[3].strip()))
    terms: list[Term] = []
    aliases = plain
    bodies = {phrase(n): body for names, body in entries for n in names}
    for names, body in entries:
        sql = _definition(body, bodies, schema, dialect)
        column = schema.column(*sql.sql().split(".")) if isinstance(sql, exp.Column) and sql.table else None
        if column:
            meanings += [(phrase(n), column) for n in names]
        elif sql is not None:
            terms.append(Term(names[0], tuple(phrase(n) for n in names), sql))
        elif re.fullmatch(r"[\w\s-]{1,40}\.?", body):
            aliases += [(phrase(n), phrase(body)) for n in names]
    return Prompt(
        dialect, prompt.today, schema, tuple(terms), tuple(meanings), tuple(dates), verbs, tuple(aliases)
    )


def _called(word: str, schema: Schema) -> str | None:
    """The table of this name, in the singular or the plural."""
    return next((t for t in schema.tables if phrase(bare(t).replace("_", " ")) == phrase(word)), None)


def _meant(text: str, schema: Schema) -> Column | None:
    """The column that a rule names; the foreign key where it says `through` one."""
    found = THROUGH.search(text) or DOTTED.search(text)
    return schema.column(found[1], found[2]) if found else None


def _definition(
    body: str, bodies: dict[tuple[str, ...], str], schema: Schema, dialect: str, depth: int = 0
) -> exp.Expr | None:
    """The SQL at the head of a glossary line: other terms put in, columns checked; None where there is none."""
    if depth > 4:
        return None
    body = body.strip().strip("`").rstrip(".")
    if said := WHERE.match(body):  # `SUM(amount) where paid_on is not null`
        measure = _parse(said[1].strip().strip("`"), bodies, schema, dialect, depth)
        condition = _parse(said[2].strip().strip("`"), bodies, schema, dialect, depth)
        if measure is None or condition is None or not measure.find(exp.AggFunc):
            return None
        return measure.transform(lambda node: only_where(node, condition) if isinstance(node, exp.AggFunc) else node)
    cuts = [len(body), *(m.start() for m in re.finditer(r"[,;]| [–—-] |\. | by | per ", body))]
    for cut in sorted(cuts[:MOST_CUTS], reverse=True):
        sql = _parse(body[:cut].strip().strip("`"), bodies, schema, dialect, depth)
        if sql is not None:
            return sql
    return None


def _parse(
    text: str, bodies: dict[tuple[str, ...], str], schema: Schema, dialect: str, depth: int
) -> exp.Expr | None:
    joined = {"_".join(words): body for words, body in bodies.items() if words}
    names = sorted((words for words in bodies if len(words) > 1), key=len, reverse=True)
    for words in names:  # `units sold / …`: a term of several words stands as one name
        if words[0] not in text.lower():
            continue
        pattern = r"\b" + r"\s+".join(re.escape(w) + r"\w*" for w in words) + r"\b"
        text = re.sub(pattern, "_".join(words), text, flags=re.I)
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Expr) or tree.find(exp.Query, exp.DDL, exp.DML, exp.Command):
        return None
    if isinstance(tree, exp.Alias | exp.Literal | exp.Tuple) or not tree.find(exp.Column):
        return None
    for node in list(tree.find_all(exp.Column)):
        known = _known_column(node, schema)
        if known:
            new: exp.Expr = exp.column(known.name, known.table, quoted=_quoted(known.name))
        else:
            inner = joined.get("_".join(phrase(node.name.replace("_", " ")))) or joined.get(node.name.lower())
            found = (
                _definition(inner, bodies, schema, dialect, depth + 1) if inner and not node.table else None
            )
            if found is None or inner == text:
                return None
            new = exp.paren(found.copy()) if isinstance(found, exp.Binary) else found.copy()
        tree = new if node is tree else tree
        node.replace(new)
    return tree


def _known_column(node: exp.Column, schema: Schema) -> Column | None:
    if node.table:
        return schema.column(node.table, node.name)
    owners = [t.by_name[node.name.lower()] for t in schema.tables.values() if node.name.lower() in t.by_name]
    return owners[0] if len(owners) == 1 else None


def _quoted(name: str) -> bool:
    return not re.fullmatch(r"[A-Za-z_]\w*", name)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
