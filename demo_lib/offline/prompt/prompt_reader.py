"""Prompt text → what the SQL writer may use: dialect, today, schema, glossary. Nothing else is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from sqlglot import exp

from .ddl import read_schema
from .glossary import Prose, Term, read_glossary
from .schema import Column, Schema

DIALECTS = {"postgresql": "postgres", "postgres": "postgres", "sqlite": "sqlite", "duckdb": "duckdb",
            "azure": "tsql", "mssql": "tsql", "sqlserver": "tsql", "sql server": "tsql", "tsql": "tsql",
            "t-sql": "tsql", "mysql": "mysql", "snowflake": "snowflake", "bigquery": "bigquery"}  # fmt: skip
MOST_LINES = 300  # of a glossary
LONGEST_LINE_CHARACTERS = 600
TODAY = re.compile(
    r"(?:\btoday(?:['’]s date)?(?: is|:)|current date(?: is|:)|\bas of)\s*(?:[a-z]+,\s*)?(\d{4}-\d\d-\d\d)",
    re.I,
)
BULLET = re.compile(r"^[ \t]*[-*•][ \t]+(.+)$", re.M)


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
    faults: tuple[Term, ...] = ()
    """Names that the glossary leaves in doubt."""
    prose: tuple[Prose, ...] = ()
    """Names that the glossary explains in words."""
    unread: tuple[str, ...] = ()
    """What could not be read, a sentence each."""


def read_prompt(text: str) -> Prompt:
    """Read a system prompt of any order and make. What cannot be read is left out, and named. Never raises."""
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
    dated = TODAY.search(outside) or TODAY.search(text)
    today = _date(dated[1]) if dated else None
    said = read_glossary(bullets, schema, name)
    return Prompt(
        name,
        today,
        schema,
        tuple(_as_of(term, today, name) for term in said.terms),
        tuple(said.meanings),
        tuple(dict.fromkeys(said.event_dates)),
        said.verbs,
        tuple(said.aliases),
        tuple(said.faults),
        tuple(said.prose),
        (*schema.unread, *said.unread),
    )


def _as_of(term: Term, today: date | None, dialect: str) -> Term:
    """The term with the day that the prompt calls today, where its formula speaks of the current date."""
    if today is None or not term.sql.find(exp.CurrentDate):
        return term
    day: exp.Expr = exp.Literal.string(today.isoformat())
    day = day if dialect == "sqlite" else exp.cast(day, "DATE")
    return replace(term, sql=term.sql.transform(lambda n: day.copy() if isinstance(n, exp.CurrentDate) else n))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
