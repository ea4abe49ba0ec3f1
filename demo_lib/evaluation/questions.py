"""The questions that the kit measures itself with: `data/questions.yaml`, gold SQL and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import DATA_DIR

if TYPE_CHECKING:
    import pandas as pd

    from demo_lib.workshop import Workshop


Split = Literal["tuning", "held_out"]


@dataclass(frozen=True)
class Question:
    """One question with what is right for it."""

    id: str
    question: str
    skill: str
    difficulty: int
    database: str = "sales"
    expect: Literal["answer", "decline", "block"] = "answer"
    """`block`: nothing may come of it, be it that the model declines or that a guardrail stops its query."""
    gold_sql: dict[str, str] = field(default_factory=dict)
    """By dialect. Written by hand: the authority that a model's query is measured against. A dialect that has none
    here takes DuckDB's, which then is valid in it, and means the same, as it stands."""
    alternatives: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By dialect, in the same way: other queries whose rows are right too, where the question leaves a choice."""
    gold_tables: tuple[str, ...] = ()
    ordered: bool = False
    facts: tuple[str, ...] = ()
    """What the answer has to say, as it would write it: the number that was asked for, a name."""
    must_not_claim: tuple[str, ...] = ()
    """What no answer may say: a half-truth that lies near, a person's data."""
    wordings: tuple[str, ...] = ()
    """The same question as other people put it."""
    split: Split = "tuning"
    """Whether a model may be tuned on it; nobody looks at the answers to the held-out half."""
    lesson: bool = False
    """Whether the notebooks measure with it: they show a row a question, and have seconds for all of them."""

    def gold(self, workshop: Workshop) -> pd.DataFrame:
        """The right rows, through the guardrails like any query. Raises DemoError where they cannot be had."""
        return self.golds(workshop)[0]

    def golds(self, workshop: Workshop) -> list[pd.DataFrame]:
        """The right rows and those of every alternative. Raises as `gold` does."""
        from demo_lib.guardrails import check_sql

        database, policy = workshop.database, workshop.policies[self.database]
        return [database.run(check_sql(sql, policy, database.dialect)) for sql in self.accepted(database.dialect)]

    def accepted(self, dialect: str) -> list[str]:
        """The gold query in `dialect`, and every alternative. Raises DemoError where the question has none."""
        if "duckdb" not in self.gold_sql:
            raise DemoError(f"Question {self.id!r} has no gold SQL. Add it to questions.yaml.")
        gold = self.gold_sql.get(dialect, self.gold_sql["duckdb"])
        return [gold, *self.alternatives.get(dialect, self.alternatives.get("duckdb", ()))]

    def in_other_words(self) -> list[Question]:
        """The question once for each of its wordings, its own first."""
        return [replace(self, question=words) for words in (self.question, *self.wordings)]


def load(
    ids: Sequence[str] = (),
    *,
    split: Split | None = None,
    lesson: bool | None = None,
    path: Path = DATA_DIR / "questions.yaml",
) -> list[Question]:
    """Read the questions, in the file's order, or those named in `ids`, in that order.

    split, lesson: only that half, only those that the notebooks use (or do not); default: all.
    Raises DemoError where the file cannot be read, and UsageError for an id that is not in it.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
        found = {q["id"]: _question(q) for q in given if set(q) <= FIELDS}
        unread = [q["id"] for q in given if q["id"] not in found]
    except (OSError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise DemoError(f"{path.name} cannot be read as a list of questions: {str(error).splitlines()[0]}") from None
    if unread or len(found) < len(given):
        raise DemoError(f"{path.name}: an id stands twice, or an unknown key in {', '.join(unread) or 'no entry'}.")
    missing = [i for i in ids if i not in found]
    if missing:
        raise UsageError(f"There is no question {', '.join(missing)} in {path.name}.")
    chosen = [found[i] for i in ids] if ids else list(found.values())
    return [q for q in chosen if split in (None, q.split) and lesson in (None, q.lesson)]


def chosen(which: str) -> list[Question]:
    """The questions that an option names: `all`, `lesson`, `tuning`, `held_out`, ids (`customers,weather`), or a file.

    Raises as `load` does.
    """
    match which:
        case "all":
            return load()
        case "lesson":
            return load(lesson=True)
        case "tuning" | "held_out":
            return load(split=which)
    if which.endswith((".yaml", ".yml")):
        return load(path=Path(which))
    return load([one.strip() for one in which.split(",")])


FIELDS = {f.name for f in fields(Question)}
LISTS = ("gold_tables", "wordings", "facts", "must_not_claim")


def _question(given: dict[str, Any]) -> Question:
    """One entry of the file: its lists become tuples, so that nobody can change a question."""
    lists: dict[str, Any] = {key: tuple(given[key]) for key in LISTS if key in given}
    lists["alternatives"] = {dialect: tuple(sql) for dialect, sql in given.get("alternatives", {}).items()}
    return Question(**{**given, **lists})
