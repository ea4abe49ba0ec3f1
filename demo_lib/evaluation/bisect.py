"""Which prompt version caused this regression (slide 2)? MLflow's registry is searched for the one that turned it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from demo_lib import prompts
from demo_lib.decisions import trace_diff
from demo_lib.errors import UsageError
from demo_lib.evaluation.bisection import Bisection, Look, Turn
from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import Question, load
from demo_lib.evaluation.trial import check_fit, try_prompt
from demo_lib.evaluation.turns import turns
from demo_lib.prompts import Prompt, Registered
from demo_lib.tracing import setup as set_up_tracing

if TYPE_CHECKING:
    from demo_lib.workshop import Workshop

METRICS = ("accuracy", "declined", "wrong")
Judge = Callable[[Registered], Look]


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
