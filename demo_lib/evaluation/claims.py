"""Every figure that the talk quotes, measured on this machine: what was claimed, what was found, and how.

The claims stand beside what measures them, in the modules `claims_of_…`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation.questions import Question, load
from demo_lib.settings import NOT_LIVE, PROJECT_ROOT, Settings

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities import Trace

    from demo_lib.agents.results import Answer
    from demo_lib.evaluation.compare import Comparison
    from demo_lib.evaluation.overhead import Overhead
    from demo_lib.workshop import Workshop

Verdict = Literal["holds", "differs", "corrected", "not measurable here"]
Slide = int | Literal["appendix"]
NOT_HERE: Verdict = "not measurable here"
ASKED = 20
"""How many questions are asked where times are taken."""
STORE = PROJECT_ROOT / ".demo" / "claims.db"


@dataclass(frozen=True)
class Claim:
    """A sentence of the talk beside what was measured."""

    name: str
    slide: Slide
    claim: str
    measured: float | str | None
    unit: str
    verdict: Verdict
    """`holds`; `differs`: it is otherwise here; `corrected`: the talk errs; `not measurable here`."""
    how: str


@dataclass(frozen=True)
class Found:
    """What a measurement came to."""

    measured: float | str | None
    verdict: Verdict
    how: str


Measure = Callable[["Bench"], Found]


@dataclass(frozen=True)
class Said:
    """A claim before it is measured."""

    name: str
    slide: Slide
    claim: str
    unit: str
    measure: Measure


_SAID: dict[str, Said] = {}


def said(name: str, slide: Slide, claim: str, unit: str = "") -> Callable[[Measure], Measure]:
    """Put the function beside what the talk says; it measures that. unit: of what it measures."""

    def note(measure: Measure) -> Measure:
        _SAID[name] = Said(name, slide, claim, unit, measure)
        return measure

    return note


def all_said() -> list[Said]:
    """Every claim, in the order of the slides and by name, the appendix last."""
    # importing them notes what they measure
    from demo_lib.evaluation import claims_of_answers, claims_of_retrieval, claims_of_rules, claims_of_time  # noqa: F401

    return sorted(_SAID.values(), key=lambda one: (99 if one.slide == "appendix" else one.slide, one.name))


@dataclass
class Bench:
    """What several claims are measured with, each part made once, when first needed."""

    workshop: Workshop
    questions: Sequence[Question] = field(default_factory=lambda: load(lesson=True))
    asked: int = ASKED
    every: int = 1
    """Recall is measured over every so manieth of the kit's questions."""
    progress: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Bench:
        """The bench over the kit's own data and questions; its traces go into a store of their own.

        Only a store that MLFLOW_TRACKING_URI names is used as it is. Raises DemoError where there are no data.
        """
        from demo_lib.workshop import Workshop

        bench = cls(Workshop(replace(settings, tracking_uri=_store(settings))))
        if not bench.workshop.is_ours:
            raise UsageError("The questions are about the kit's own data: leave DEMO_DATABASE out.")
        return bench

    @property
    def is_live(self) -> bool:
        """Whether an LLM answers."""
        return self.workshop.settings.model not in NOT_LIVE

    @property
    def who(self) -> str:
        """Who answers, as answers say it: `offline`, or the live model's name."""
        return self.slide_10.model

    @cached_property
    def some(self) -> list[Question]:
        """The questions that have an answer, every so manieth up to `asked`: no hand-picked sample."""
        answerable = [q for q in self.questions if q.expect == "answer"]
        return answerable[:: max(1, len(answerable) // self.asked)][: self.asked]

    @cached_property
    def slide_10(self) -> Answer:
        """The question of slide 10, answered."""
        return self.workshop.ask("What were total sales last quarter?")

    @cached_property
    def traces(self) -> list[Trace]:
        """The trace of each question of `some`, asked once all is warm."""
        from demo_lib.tracing import load_trace

        _ = self.slide_10
        return [load_trace(self.workshop.ask(q.question)) for q in self.some]

    @cached_property
    def comparison(self) -> Comparison:
        """All questions under three versions of the SQL prompt."""
        from demo_lib.evaluation.compare import compare_prompts

        return compare_prompts(self.workshop, ["v1.0", "v2.0", "v2.3"], self.questions, progress=self.progress)

    @cached_property
    def overhead(self) -> Overhead:
        """What tracing costs whoever asks."""
        from demo_lib.evaluation.overhead import overhead

        return overhead(self.workshop, [q.question for q in self.some], progress=self.progress)


def _store(settings: Settings) -> str:
    from demo_lib.stage.store import OWN_STORE, PRISTINE, copy_store, make_store

    if settings.tracking_uri != OWN_STORE:
        return settings.tracking_uri
    if not PRISTINE.exists():
        make_store()
    try:
        STORE.parent.mkdir(parents=True, exist_ok=True)
        copy_store(PRISTINE, STORE)
    except (sqlite3.Error, OSError) as error:
        raise DemoError(f"Traces of the measurements go into {STORE.parent.name}, and cannot ({error}).") from None
    return f"sqlite:///{STORE.as_posix()}"


def measure(bench: Bench, names: Sequence[str] = (), *, progress: bool = True) -> list[Claim]:
    """Measure every claim, or those named, in the order of the slides. progress: draw a bar on stderr.

    A measurement that fails is told in the claim's place, and the others go on. Raises UsageError for a name that
    is not known.
    """
    from tqdm import tqdm

    bench.progress = progress
    every = all_said()
    unknown = set(names) - {one.name for one in every}
    if unknown:
        raise UsageError(f"There is no claim {', '.join(sorted(unknown))}.")
    chosen = [one for one in every if not names or one.name in names]
    found = []
    with tqdm(chosen, unit="claim", disable=not progress) as steps:
        for one in steps:
            steps.set_description(one.name)
            found.append(_measured(one, bench))
    return found


def _measured(one: Said, bench: Bench) -> Claim:
    try:
        found = one.measure(bench)
    except Exception as error:  # one figure that cannot be had does not take the others away
        reason = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
        found = Found(None, NOT_HERE, f"could not be measured: {reason[:200]}")
    return Claim(one.name, one.slide, one.claim, found.measured, one.unit, found.verdict, found.how)


# ------------------------------------------------------------------------------------------ verdicts

FACTOR = 2.0


def holds(true: bool) -> Verdict:
    """`holds` or `differs`."""
    return "holds" if true else "differs"


def within(value: float, low: float, high: float) -> Verdict:
    """`holds` from `low` to `high`, both included."""
    return holds(low <= value <= high)


def about(value: float, claimed: float) -> Verdict:
    """`holds` where a time is neither twice nor half of what is claimed: it is another machine's."""
    return within(value, claimed / FACTOR, claimed * FACTOR)


def plausible(scores: pd.Series, claimed: float) -> tuple[Verdict, str]:
    """Whether a share that is claimed lies in the 95 % interval of the scores, and that interval in words.

    scores: 1 or 0 for each question. Rule: Wilson's interval, as in `intervals`.
    """
    from demo_lib.evaluation.intervals import measured

    found = measured(scores, scores.index.to_series())
    return within(claimed, found.low, found.high), f"95 % interval {found.low:.2f} to {found.high:.2f}, n = {found.n}"
