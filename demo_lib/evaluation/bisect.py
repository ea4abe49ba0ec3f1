"""Which prompt version caused this regression (slide 2)? MLflow's registry is searched for the one that turned it."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from demo_lib import prompts
from demo_lib.decisions import TraceDiff, trace_diff
from demo_lib.errors import UsageError
from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import Question, load
from demo_lib.evaluation.trial import check_fit, try_prompt
from demo_lib.evaluation.turns import turns
from demo_lib.prompts import Prompt, Registered
from demo_lib.tracing import setup as set_up_tracing

if TYPE_CHECKING:
    from demo_lib.workshop import Workshop

METRICS = ("accuracy", "declined", "wrong")
Judge = Callable[[Registered], "Look"]


@dataclass(frozen=True)
class Look:
    """What was seen of one version."""

    version: Registered
    good: bool
    said: str
    """Why, in a few words."""
    right: tuple[bool, ...]
    """For each question that was asked."""
    trace_ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.version.name:<20} {'good' if self.good else 'bad':<5} {self.said}"


@dataclass(frozen=True)
class Turn:
    """A version that is bad, where the one before it is good."""

    before: Registered
    version: Registered
    diff: str
    """Of the two prompts, as `diff -u` has it."""
    good_trace: str
    """The last good trace …"""
    bad_trace: str
    """… and the first bad one, of the same question."""
    spans: TraceDiff
    """What differs between the two traces."""

    def __str__(self) -> str:
        prompt = self.diff or "The two prompts are the same: something else made the difference."
        return f"{prompt}\n\nThe last good trace (A) and the first bad one (B):\n{self.spans}"


@dataclass(frozen=True)
class Bisection:
    """What the search found."""

    what: str
    """What was asked of each version."""
    versions: int
    """How many there are between the two ends, ends included."""
    looks: tuple[Look, ...]
    """The versions that were asked, in the order of the registry."""
    turns: tuple[Turn, ...]
    """Every turn from good to bad of a history that was walked; of a longer one, the one that was found."""

    @property
    def version(self) -> Registered | None:
        """The version that turned it, the latest one of several; None where there is none."""
        return self.turns[-1].version if self.turns else None

    @property
    def before(self) -> Registered | None:
        """The last good one before it."""
        return self.turns[-1].before if self.turns else None

    @property
    def monotone(self) -> bool:
        """Whether it turned only once: among those that were asked, no good one comes after a bad one.

        Versions that are bad before the first good one do not count: nothing was lost there.
        """
        good = [look.good for look in itertools.dropwhile(lambda look: not look.good, self.looks)]
        return good == sorted(good, reverse=True)

    @property
    def verdict(self) -> str:
        """What was found, in a sentence or two."""
        asked, last = len(self.looks), self.looks[-1]
        guessed = "" if asked == self.versions else f" {asked} of {self.versions} versions were asked."
        if not self.turns and last.good:
            return f"No regression: {last.version.name} is good.{guessed}"
        if not self.turns:
            return (
                f"None that was asked is good, back to {self.looks[0].version.name}: there is no turn to find.{guessed}"
            )
        names = ", ".join(turn.version.name for turn in self.turns)
        if self.monotone:
            early = "" if self.looks[0].good else f" At {self.looks[0].version.name} it was bad too."
            return f"{names} turned it: {self.turns[-1].before.name} is good, and it is bad since.{early}{guessed}"
        mended = " The newest is good again." if last.good else ""
        several = f"each of {names} turned it" if len(self.turns) > 1 else f"{names} is a version that turned it"
        more = "" if asked == self.versions else ", and there may be others"
        return f"Good and bad take turns here: {several}{more}.{mended}{guessed}"

    def as_json(self) -> dict[str, Any]:
        """As `bisect --json` prints it."""
        return {
            "what": self.what,
            "verdict": self.verdict,
            "version": self.version and self.version.number,
            "before": self.before and self.before.number,
            "monotone": self.monotone,
            "versions": self.versions,
            "asked": [_named(look.version) | {"good": look.good, "said": look.said} for look in self.looks],
            "turns": [
                {"version": _named(t.version), "before": _named(t.before), "diff": t.diff, "good_trace": t.good_trace,
                 "bad_trace": t.bad_trace, "trace_diff": t.spans.as_json()}
                for t in self.turns
            ],
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([f"{self.what}:", *(f"  {look}" for look in self.looks), "", self.verdict]) + "".join(
            f"\n\n{turn}" for turn in self.turns
        )

    __repr__ = __str__


def bisect_question(
    workshop: Workshop,
    question: str,
    good: str | None = None,
    bad: str | None = None,
    *,
    among: Sequence[Question] | None = None,
    tell: Callable[[str], object] | None = None,
) -> Bisection:
    """Find the prompt version since which a question is no longer answered right.

    question: an id or the words of one `among` those given (default: `data/questions.yaml`), marked by its gold rows;
    or words of your own, for which right is what the version `good` answers. good, bad: versions, numbers or aliases
    to search between; default: the oldest and the newest. tell: is given a line for each version asked.
    Returns a Bisection. Raises UsageError for an unknown question or version, and ModelError.
    """
    versions = _between(workshop, good, bad)
    known = _known(question, [q for q in load() if q.database in workshop.policies] if among is None else among)
    if known is not None:
        check_fit(workshop, [known])
        asked, wanted = known, None
    elif good is None:
        raise UsageError("A question of your own has no gold rows: name a version that answers it right with --good.")
    else:
        asked = _question(workshop, question)
        rows = try_prompt(workshop, str(versions[0].number), asked, []).table
        if rows is None:
            raise UsageError(f"{versions[0].name} does not answer it either. Name one that does with --good.")
        wanted = [rows]

    def judge(version: Registered) -> Look:
        trial = try_prompt(workshop, str(version.number), asked, wanted)
        right = trial.verdict == "right"
        return Look(version, right, trial.verdict, (right,), (trial.trace_id,))

    return _bisection(f"“{asked.question}”", versions, judge, good is not None, tell)


def bisect_metric(
    workshop: Workshop,
    metric: str,
    questions: Sequence[Question],
    good: str | None = None,
    bad: str | None = None,
    *,
    least: float | None = None,
    most: float | None = None,
    tell: Callable[[str], object] | None = None,
) -> Bisection:
    """Find the prompt version since which a metric over questions is out of bounds; each one asked is an MLflow run.

    metric: accuracy, declined or wrong, each a share from 0 to 1. least, most: the bounds within which it is good,
    bounds included. The rest, and what is raised, is as for `bisect_question`.
    """
    if metric not in METRICS:
        raise UsageError(f"There is no metric {metric!r}. Use one of: {', '.join(METRICS)}.")
    if least is None and most is None:
        raise UsageError(f"From where on is {metric} bad? Say so with --min or --max.")
    column = "right" if metric == "accuracy" else metric

    def judge(version: Registered) -> Look:
        name = str(version.number)
        found = compare_prompts(workshop, [name], questions, progress=False)
        value = float((found.verdicts[name] == column).mean())
        good = (least is None or value >= least) and (most is None or value <= most)
        right = tuple(bool(r) for r in found.verdicts[name] == "right")
        return Look(version, good, f"{metric} {value:.3f}", right, tuple(found.trace_ids[name]))

    bounds = " and ".join(f"{word} {at:g}" for word, at in (("at least", least), ("at most", most)) if at is not None)
    what = f"{metric} of {len(questions)} questions, good where {bounds}"
    return _bisection(what, _between(workshop, good, bad), judge, good is not None, tell)


def _bisection(
    what: str,
    versions: Sequence[Registered],
    judge: Judge,
    from_good: bool,
    tell: Callable[[str], object] | None,
) -> Bisection:
    looks: dict[int, Look] = {}

    def is_good(at: int) -> bool:
        if at not in looks:
            looks[at] = judge(versions[at])
            if tell:
                tell(str(looks[at]))
        return looks[at].good

    found = [_turn(looks[at - 1], looks[at]) for at in turns(len(versions), is_good, from_good)]
    return Bisection(what, len(versions), tuple(looks[at] for at in sorted(looks)), tuple(found))


def _turn(good: Look, bad: Look) -> Turn:
    """The turn between two looks, shown by the first question that is right in one and not in the other."""
    lost = [i for i, (was, now) in enumerate(zip(good.right, bad.right, strict=True)) if was and not now]
    shown = lost[0] if lost else 0
    old, new = (_text(look.version.prompt) for look in (good, bad))
    diff = difflib.unified_diff(old, new, good.version.name, bad.version.name, lineterm="", n=2)
    traces = good.trace_ids[shown], bad.trace_ids[shown]
    return Turn(good.version, bad.version, "\n".join(diff), *traces, trace_diff(*traces))


def _text(prompt: Prompt) -> list[str]:
    """The prompt in lines, as its file has it: what it shows of the schema is part of the version."""
    return [f"schema: {prompt.schema}", "", *prompt.template.splitlines()]


def _named(version: Registered) -> dict[str, Any]:
    return {"number": version.number, "version": version.prompt.version, "description": version.prompt.description}


def _between(workshop: Workshop, good: str | None, bad: str | None) -> list[Registered]:
    """The registry's versions from one to the other. Raises UsageError where they are the wrong way round."""
    set_up_tracing(workshop.settings)
    versions = prompts.history()
    first = prompts.find(good).number if good else versions[0].number
    last = prompts.find(bad).number if bad else versions[-1].number
    if first >= last:
        raise UsageError(f"There is nothing between registry {first} and registry {last}: the good one comes first.")
    return [v for v in versions if first <= v.number <= last]


def _known(question: str, among: Sequence[Question]) -> Question | None:
    """The question of that id, or of those words; None for words of one's own. Raises UsageError for an unknown id."""
    words = question.strip()
    for known in among:
        if words == known.id:
            return known
        if words.casefold() in [w.casefold() for w in (known.question, *known.wordings)]:
            return replace(known, question=words)
    if len(words.split()) == 1:
        raise UsageError(f"There is no question {words!r} about this database. Name one by its id, or ask in words.")
    return None


def _question(workshop: Workshop, words: str) -> Question:
    """Words of one's own as a question over the tables that the planner finds, the same for every version."""
    from demo_lib.workshop import check_question

    check_question(words)
    scope = max(workshop.policies, key=lambda name: len(workshop.policies[name].tables))
    found = workshop.planner.plan(words, scope).tables
    return Question("", words, "", 0, scope, gold_tables=tuple(hit.table for hit in found))
