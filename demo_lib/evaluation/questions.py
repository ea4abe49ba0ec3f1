"""The questions that the kit measures itself with: `data/questions.yaml`, gold SQL and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import DATA_DIR

if TYPE_CHECKING:
    import pandas as pd

    from demo_lib.workshop import Workshop


@dataclass(frozen=True)
class Question:
    """One question with what is right for it."""

    id: str
    question: str
    skill: str
    difficulty: int
    database: str = "sales"
    expect: Literal["answer", "decline"] = "answer"
    gold_sql: dict[str, str] = field(default_factory=dict)
    """By dialect. Written by hand: the authority that a model's query is measured against."""
    gold_tables: tuple[str, ...] = ()
    ordered: bool = False

    def gold(self, workshop: Workshop) -> pd.DataFrame:
        """The right rows, through the guardrails like any query. Raises DemoError where they cannot be had."""
        from demo_lib.guardrails import check_sql

        dialect = workshop.database.dialect
        if dialect not in self.gold_sql:
            raise DemoError(f"Question {self.id!r} has no gold SQL in the dialect {dialect}. Add it to questions.yaml.")
        return workshop.database.run(check_sql(self.gold_sql[dialect], workshop.policies[self.database], dialect))


def load(ids: Sequence[str] = (), *, path: Path = DATA_DIR / "questions.yaml") -> list[Question]:
    """Read the questions, in the file's order, or those named in `ids`, in that order.

    Raises DemoError where the file cannot be read, and UsageError for an id that is not in it.
    """
    known = {f.name for f in fields(Question)}
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
        found = {q["id"]: Question(**{**q, "gold_tables": tuple(q["gold_tables"])}) for q in given if set(q) <= known}
        unread = [q["id"] for q in given if q["id"] not in found]
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise DemoError(f"{path.name} cannot be read as a list of questions: {str(error).splitlines()[0]}") from None
    if unread or len(found) < len(given):
        raise DemoError(f"{path.name}: an id stands twice, or an unknown key in {', '.join(unread) or 'no entry'}.")
    missing = [i for i in ids if i not in found]
    if missing:
        raise UsageError(f"There is no question {', '.join(missing)} in {path.name}.")
    return [found[i] for i in ids] if ids else list(found.values())
