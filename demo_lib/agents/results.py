"""What passes between agents, and what comes back to the person who asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.errors import UsageError
from demo_lib.settings import OUTPUTS, badge_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from demo_lib.hand_over import HandOver


@dataclass(frozen=True)
class Result:
    """One executed query: its rows stay in the process under a short id."""

    result_id: str
    sql: str
    database: str
    """The scope that was asked: `sales`, `analytics`."""
    table: pd.DataFrame
    dialect: str = "duckdb"
    url: str = ""
    """Where it ran, without a password."""


class ResultStore:
    """Results by id (`r1`, `r2` …), so that no model retypes rows and no table fills a prompt."""

    KEPT = 100  # a long chat lets go of its oldest results

    def __init__(self) -> None:
        self._results: dict[str, Result] = {}
        self._charts: dict[str, Figure] = {}
        self._made = 0
        self._lock = threading.Lock()

    def add(self, sql: str, database: str, table: pd.DataFrame, *, dialect: str = "duckdb", url: str = "") -> Result:
        """Keep a table; returns it with its new id. dialect, url: of the database it came from."""
        with self._lock:
            self._made += 1
            result = Result(f"r{self._made}", sql, database, table, dialect, url)
            self._results[result.result_id] = result
            while len(self._results) > self.KEPT:
                gone = next(iter(self._results))
                self._results.pop(gone)
                self._charts.pop(gone, None)
        return result

    def get(self, result_id: str) -> Result:
        """The result with this id. Raises UsageError, naming the latest ids, where there is none."""
        if result_id not in self._results:
            known = ", ".join(list(self._results)[-3:]) or "none yet"
            raise UsageError(f"There is no result {result_id!r}. The latest: {known}.")
        return self._results[result_id]

    def frame(self, data: Any) -> pd.DataFrame:
        """A DataFrame from a result id (also alone in an array), a DataFrame, or an array of rows."""
        import pandas as pd

        if isinstance(data, list) and len(data) == 1 and isinstance(data[0], str):
            data = data[0]  # a schema that says `array` makes a model send ["r1"]
        if isinstance(data, str):
            return self.get(data).table
        return data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)

    def keep_chart(self, result_id: str, chart: Figure) -> None:
        """Remember the chart drawn of a result."""
        self._charts[result_id] = chart

    def chart(self, result_id: str) -> Figure | None:
        """The latest chart of a result, if one was drawn."""
        return self._charts.get(result_id)


@dataclass(frozen=True, repr=False)
class Answer:
    """What came of a question. Exactly one of three: an answer, `declined`, or `blocked`."""

    question: str
    text: str
    """What to tell the person."""
    sql: str | None = None
    """The query that ran, as the guardrails regenerated it."""
    table: pd.DataFrame | None = None
    chart: Figure | None = None
    model: str = "offline"
    """Who answered: `offline`, `replay`, or the live model's name; `replay + offline` where both did."""
    trace_id: str | None = None
    declined: str | None = None
    """Why there is no answer, in a sentence."""
    blocked: str | None = None
    """Which guardrail stopped it, in a sentence."""
    partial: str | None = None
    """What is missing from the answer, and why: the rows are there, the words or the chart are not."""
    fallback: str | None = None
    """Why a fallback agent answered in the first one's place."""
    tables: tuple[str, ...] = ()
    """The tables that retrieval proposed, best first."""
    usage: dict[str, int] = field(default_factory=dict)
    """Tokens of all model calls: prompt_tokens, completion_tokens, total_tokens."""
    dialect: str = "duckdb"
    """What the query is written in."""
    url: str = ""
    """The database that it ran on, without a password."""
    latency_ms: float = 0.0

    @property
    def badge(self) -> str:
        """OFFLINE, REPLAY, or LIVE with the model's name."""
        return badge_of(self.model)

    @property
    def pretty_sql(self) -> str:
        """The query on several lines, for reading; an empty string where there is none."""
        import sqlglot

        return sqlglot.transpile(self.sql, read=self.dialect, write=self.dialect, pretty=True)[0] if self.sql else ""

    def save_sql(self, folder: str | Path = OUTPUTS / "sql") -> Path:
        """Write the query as a `.sql` file that any editor opens, headed by its question and trace.

        Returns the file's path. Raises UsageError where there is no query.
        """
        from demo_lib.hand_over import save_sql

        return save_sql(self, Path(folder))

    def open_in_editor(self, folder: str | Path = OUTPUTS / "sql") -> HandOver:
        """Write the query as `.sql` and as a SQL notebook, and say how to open them: shown, it is a list of links.

        Raises UsageError where there is no query.
        """
        from demo_lib.hand_over import hand_over

        return hand_over(self, Path(folder))

    def __str__(self) -> str:
        return f"[{self.badge}] {self.text}"

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        sql = f"\n\n```sql\n{self.pretty_sql}\n```" if self.sql else ""
        return f"**`{self.badge}`** {self.text}{sql}"
