"""What came of each question: asked with a progress bar, kept as they come, so that a killed run goes on from there."""

from __future__ import annotations

import contextvars
import functools
import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.questions import Question
from demo_lib.settings import NOT_LIVE, PROJECT_ROOT

if TYPE_CHECKING:
    from demo_lib.agents.results import Answer
    from demo_lib.workshop import Workshop

PACKAGE = Path(__file__).resolve().parent.parent
JOURNALS = PROJECT_ROOT / ".demo" / "evaluations"
# The offline model is Python and gains nothing from threads; an endpoint answers several at once.
WORKERS_LIVE = 4


@dataclass(frozen=True)
class Outcome:
    """What an agent made of one question, once: plain values, as the journal keeps them."""

    question_id: str
    asked: str
    """The words that were put."""
    repeat: int = 0
    """Which time it was asked: a live model may answer another way the second time."""
    text: str = ""
    sql: str | None = None
    declined: str | None = None
    blocked: str | None = None
    failed: str | None = None
    """Why there is no answer at all: the endpoint or the database could not be reached, say."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    tables: tuple[str, ...] = ()
    """What retrieval proposed, best first."""
    model: str = "none"
    prompt: str = ""
    """The version of the SQL prompt."""
    trace_id: str | None = None
    latency_ms: float = 0.0
    usage: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer, question: Question, *, repeat: int = 0, prompt: str = "") -> Outcome:
        """An answer as an outcome."""
        from demo_lib.agents.plain import json_rows

        table = answer.table
        return cls(
            question_id=question.id,
            asked=question.question,
            repeat=repeat,
            text=answer.text,
            sql=answer.sql,
            declined=answer.declined,
            blocked=answer.blocked,
            columns=() if table is None else tuple(map(str, table.columns)),
            rows=() if table is None else tuple(map(tuple, json_rows(table))),
            tables=answer.tables,
            model=answer.model,
            prompt=prompt,
            trace_id=answer.trace_id,
            latency_ms=answer.latency_ms,
            usage=answer.usage,
        )


def ask_all(
    workshop: Workshop, questions: Sequence[Question], *, repeat: int = 1, fresh: bool = False, progress: bool = True
) -> list[Outcome]:
    """Ask every question `repeat` times and return the outcomes in the questions' order.

    What was answered in an earlier run that did not come to its end, by the same code over the same data, is not
    asked again; fresh: ask all. A failure is an outcome of its own question. Ctrl-C and a kill lose nothing that was
    answered. Raises DemoError where nothing can be asked at all.
    """
    from tqdm import tqdm

    journal = Journal.of(workshop, questions, repeat)
    if fresh:
        journal.forget()
    known = journal.read()
    wanted = [(q, turn) for q in questions for turn in range(repeat)]
    missing = [(q, turn) for q, turn in wanted if (q.id, turn) not in known]
    steps = tqdm(total=len(wanted), initial=len(wanted) - len(missing), unit="question", disable=not progress)
    workers = 1 if workshop.settings.model in NOT_LIVE else WORKERS_LIVE
    with ThreadPoolExecutor(workers, "evaluate") as pool, journal, steps:
        copied = contextvars.copy_context
        asked = [pool.submit(copied().run, _ask, workshop, question, turn) for question, turn in missing]
        try:
            for done in as_completed(asked):
                outcome = done.result()
                known[outcome.question_id, outcome.repeat] = outcome
                journal.add(outcome)
                steps.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [known[q.id, turn] for q, turn in wanted]


def _ask(workshop: Workshop, question: Question, turn: int) -> Outcome:
    prompt = workshop.settings.prompt
    try:
        return Outcome.of(workshop.ask(question.question), question, repeat=turn, prompt=prompt)
    except DemoError as error:
        return Outcome(question.id, question.question, turn, failed=str(error), prompt=prompt)


class Journal:
    """The outcomes of one run as they come, a line of JSON each, under a name that says what was asked of whom."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Any = None

    @classmethod
    def of(cls, workshop: Workshop, questions: Sequence[Question], repeat: int) -> Journal:
        """The journal for these questions, this model, prompt, data and code: another of any is another journal."""
        what = [workshop.provenance, workshop.settings.database, [asdict(q) for q in questions], repeat, _code()]
        name = hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()[:16]
        return cls(JOURNALS / f"{name}.jsonl")

    def read(self) -> dict[tuple[str, int], Outcome]:
        """What was answered already. A line that a kill cut off, or a trace that is gone, is not."""
        return {(o.question_id, o.repeat): o for o in self._lines()}

    def _lines(self) -> Iterator[Outcome]:
        from demo_lib.tracing import TracingError, load_trace

        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                given = json.loads(line)
                lists = {key: tuple(given[key]) for key in ("columns", "tables")}
                outcome = Outcome(**{**given, **lists, "rows": tuple(map(tuple, given["rows"]))})
                load_trace(outcome.trace_id or "")
            except (ValueError, TypeError, KeyError, TracingError):
                continue
            yield outcome

    def add(self, outcome: Outcome) -> None:
        """Keep one; what failed is tried again next time."""
        if outcome.failed is None:
            self._file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            self._file.flush()

    def forget(self) -> None:
        """The run came to its end, or is not wanted."""
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Journal:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a", encoding="utf-8")
        if self._file.tell():
            self._file.write("\n")  # whatever a kill cut off ends here
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@functools.cache  # what this process runs does not change
def _code() -> str:
    """The kit's own code and prompts: an answer by other code is no answer of this run."""
    files = [path for kind in ("*.py", "*.md", "*.yaml") for path in PACKAGE.rglob(kind)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()
