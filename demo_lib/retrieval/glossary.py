"""What the business means by its words: a Markdown list that people write and models read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog

_TERM = re.compile(r"^- (?P<name>[^():]+?)(?: \((?P<synonyms>[^)]*)\))?: (?P<definition>.+)$")
MOST_BYTES = 256 * 1024  # all of it goes into every prompt
_TODAY = re.compile(r"\s*\bToday is (\d{4}-\d{2}-\d{2})\b\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """A business term: `- revenue (sales, turnover): SUM(sales.amount)`."""

    names: tuple[str, ...]
    definition: str


@dataclass(frozen=True)
class Glossary:
    """The terms and the rules, and the text they came from (without its 'Today is …')."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    rules: tuple[str, ...] = ()
    as_of: date | None = None

    @classmethod
    def from_file(cls, path: str | Path) -> Glossary:
        """Read a Markdown list of `- term (synonyms): SQL or rule` and `- A sentence that is a rule.`

        Raises DemoError where the file cannot be read or holds no such line.
        """
        path = Path(path)
        if path.exists() and (not path.is_file() or path.stat().st_size > MOST_BYTES):
            raise DemoError(f"{path} is no glossary: it must be a text file of at most {MOST_BYTES // 1024} KB.")
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise DemoError(f"No glossary at {path}: {reason}. Check the path.") from None
        glossary = cls.from_text(text)
        if not glossary.text:
            raise DemoError(f"{path} holds no glossary line. Write lines like '- revenue: SUM(sales.amount)'.")
        return glossary

    @classmethod
    def from_text(cls, text: str) -> Glossary:
        """Read the list from a string; what is not a list line is prose and left out."""
        today = _TODAY.search(text)
        try:
            as_of = date.fromisoformat(today[1]) if today else None
        except ValueError:
            as_of = None
        lines = [_TODAY.sub("", line).rstrip() for line in text.splitlines() if line.startswith("- ")]
        lines = [line for line in lines if line != "-"]
        terms, rules = [], []
        for line in lines:
            if match := _TERM.match(line):
                synonyms = (match["synonyms"] or "").split(",")
                names = tuple(n.strip().lower() for n in (match["name"], *synonyms) if n.strip())
                terms.append(Term(names, match["definition"]))
            else:
                rules.append(line[2:])
        return cls("\n".join(lines), tuple(terms), tuple(rules), as_of)

    def tables_for(self, question: str, catalog: Catalog) -> dict[str, str]:
        """Tables that the terms in the question are defined over: {table: the term that names it}."""
        asked = f" {re.sub(r'[^a-z0-9]+', ' ', question.lower())} "
        found: dict[str, str] = {}
        for term in self.terms:
            said = next((n for n in term.names if f" {n} " in asked or f" {n}s " in asked), None)
            if said:
                for table in re.findall(r"\b(\w+)\.\w+", term.definition):
                    if table in catalog.tables:
                        found.setdefault(table, said)
        return found
