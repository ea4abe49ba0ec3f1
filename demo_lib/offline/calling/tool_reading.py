"""Reads a tool: what flows into it, where it stands between a question and rows, what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from demo_lib.offline.calling.values import kind_of
from demo_lib.offline.english import cues

_ALWAYS = re.compile(
    r"\balways\b|\b(?:after|before|for|on|to|with) (?:every|each|all|any)\b"
    r"|\b(?:every|each) (?:\w+ )?(?:query|result|answer)\b",
    re.IGNORECASE,
)
_NOT_ALWAYS = re.compile(r"(?:\bnot|\bnever|n't)\b[^.;]{0,20}\b(?:always|every|each|all|any)\b", re.IGNORECASE)
_WRITES_SQL = re.compile(r"\b(?:convert|translat|turn|generat|writ|draft|compos|produc)\w*\b[^.]*\bsql\b", re.I)
_ABOUT_DATA = re.compile(r"\b(?:data|database|records|rows|figures|warehouse)\b", re.IGNORECASE)
_VETS = {"validate", "check", "explain", "format", "lint", "review", "estimate", "optimise", "optimize", "parse"}


@dataclass(frozen=True)
class Tool:
    """One function of the request."""

    name: str
    description: str
    parameters: Mapping[str, Any]

    @property
    def owner(self) -> str:
        """What the meaning of a parameter may depend on."""
        return f"{self.name} {self.description}"

    @cached_property
    def flows(self) -> dict[str, str]:
        """The parameters that something flows into: `question`, `sql` or `result`, by parameter."""
        kinds = {name: kind_of(name, schema, self.owner) for name, schema in self._properties.items()}
        return {name: kind for name, kind in kinds.items() if kind}

    def takes(self, kind: str) -> bool:
        """Whether a `question`, `sql` or a `result` flows into it."""
        return kind in self.flows.values()

    @cached_property
    def name_cues(self) -> set[str]:
        """What the name speaks of."""
        return cues.subject_cues(self.name)

    @cached_property
    def trigger_cues(self) -> set[str]:
        """What the description gives as its occasion (`use when …`), and the options of its parameters."""
        occasions = re.findall(r"\b(?:when|whenever|where|if)\b([^.;]*)", self.description, re.IGNORECASE)
        return cues.subject_cues(" ".join([*occasions, *self._options()]))

    @cached_property
    def about_cues(self) -> set[str]:
        """What its descriptions and parameters speak of."""
        texts = [str(s.get("description") or "") for s in self._properties.values()]
        return cues.subject_cues(" ".join([self.description, *texts, *self._properties]))

    @cached_property
    def vocabulary(self) -> set[str]:
        """All of its cues."""
        return self.name_cues | self.trigger_cues | self.about_cues

    @property
    def is_for_every_result(self) -> bool:
        """Whether its description asks for it every time."""
        return bool(_ALWAYS.search(self.description)) and not _NOT_ALWAYS.search(self.description)

    @property
    def writes_sql(self) -> bool:
        """From a question to SQL."""
        if not self.takes("question") or self.takes("sql") or self.takes("result"):
            return False
        return "sql" in self.name.lower() or (bool(_WRITES_SQL.search(self.description)) and not self._finds_tables)

    @property
    def runs_sql(self) -> bool:
        """From SQL to rows."""
        return self.takes("sql") and not self.takes("result") and not _VETS & set(cues.words(self.name))

    @property
    def answers(self) -> bool:
        """From a question straight to data."""
        only_question = set(self.flows.values()) == {"question"}
        return only_question and not self.writes_sql and not self._finds_tables and bool(_ABOUT_DATA.search(self.owner))

    @property
    def _finds_tables(self) -> bool:
        return "table" in self.name_cues

    @cached_property
    def _properties(self) -> dict[str, Mapping[str, Any]]:
        given = self.parameters.get("properties") or {}
        return {name: schema for name, schema in given.items() if isinstance(schema, dict)}

    def _options(self) -> list[str]:
        schemas = list(self._properties.values())
        schemas += [s["items"] for s in schemas if isinstance(s.get("items"), dict)]
        return [o for s in schemas for o in s.get("enum", []) if isinstance(o, str)]
