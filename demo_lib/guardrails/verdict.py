"""What a check ends in: a CheckedQuery that may run, or a GuardrailViolation that says why not."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Literal

from demo_lib.errors import DemoError

Layer = Literal["statement", "access", "result"]

# Only `check_sql` holds the seal, so that no CheckedQuery comes about without a check.
_SEAL = object()


class GuardrailViolation(DemoError):
    """A guardrail said no. The message tells a learner why and a model what to change; it holds no value."""

    def __init__(self, rule: str, layer: Layer, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        """A short name of the rule, such as `table_not_allowed`."""
        self.layer = layer
        """Which of slide 9's three layers spoke."""
        self.message = message


@dataclass(frozen=True)
class CheckedQuery:
    """A query that passed layers 1 and 2. Databases run nothing else. Made by `check_sql` only."""

    sql: str
    """Written anew from the checked tree, with the row cap in it: never the string that came in."""
    tables: tuple[str, ...]
    """The policy's tables that it reads, sorted."""
    columns: tuple[str, ...]
    """The columns that it names, as `table.column`, sorted. A star counts with all that it stands for."""
    dialect: str
    cap_rows: int
    """More rows than this are an error. The limit in `sql` is one higher, so that the excess can be told."""
    masked: tuple[str, ...] = ()
    """The columns of the result that come out masked, by the names they come out under."""
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("A CheckedQuery is made by check_sql(...), which checks it. Call that instead.")
