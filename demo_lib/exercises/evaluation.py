"""What notebook 06 plants in the prompt registry, and its graders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo_lib import prompts
from demo_lib.exercises.grading import is_blank, not_yet, right

if TYPE_CHECKING:
    from demo_lib.evaluation.evaluate import Evaluation

EDITS, SHORTENED = 12, 7
"""How many versions `more_edits` registers, and which of them loses the schema."""
COMMIT = "Edit {}: {}"


def more_edits() -> str:
    """Register v2.3 once more and twelve edits of it, each of the one before; one of them does harm.

    Returns the number in the registry of the version that they begin with.
    """
    import mlflow

    from demo_lib.tracing import ensure_setup

    ensure_setup()
    template = prompts.load("v2.3").template
    first = mlflow.genai.register_prompt(prompts.NAME, template, commit_message="v2.3, as it is")
    for number in range(1, EDITS + 1):
        what = "a clearer sentence"
        template = template.replace("\n\nDialect:", f"\nAnswer with care ({number}).\n\nDialect:")
        if number == SHORTENED:
            what, template = "shorter", template.replace("{{schema}}", "(as in the data dictionary)")
        mlflow.genai.register_prompt(prompts.NAME, template, commit_message=COMMIT.format(number, what))
    return str(first.version)


def check_exercise_1(count: Any, found: Evaluation) -> None:
    """Grades a number of questions against the evaluation that it was counted in."""
    scores = found.scores
    missed = scores["accuracy"] == 0
    wanted = int((missed & (scores["context_recall"] == 1)).sum())
    if is_blank(count):
        return not_yet("Replace the ... by the number of rows that fulfil both conditions: len(scores[(…) & (…)]).")
    if isinstance(count, bool) or not hasattr(count, "__index__"):
        return not_yet(f"This wants a whole number; it got {type(count).__name__}. len(…) gives one.")
    if int(count) == wanted:
        return right(
            f"{wanted} of {int(missed.sum())} misses had every table: there the prompt or the model is to blame."
        )
    if int(count) == int(missed.sum()):
        return not_yet("These are all misses. In how many of them was context_recall 1?")
    return not_yet("Both conditions at once: accuracy is 0, and context_recall is 1.")


def check_exercise_2(bisection: Any) -> None:
    """Grades what `bisect_question` found of the planted edit."""
    if is_blank(bisection):
        return not_yet('Replace the ... by what this returns: bisect_question(workshop, "…", good=first).')
    if not hasattr(bisection, "turns"):
        return not_yet(f"This wants what bisect_question returns; it got {type(bisection).__name__}.")
    if "online" not in bisection.what.casefold():
        return not_yet("Ask for the question in the exercise: How many orders were placed online?")
    version = bisection.version
    if version is None:
        return not_yet("It found no regression. Was more_edits() run, and is good the version that it gave?")
    if version.prompt.description != COMMIT.format(SHORTENED, "shorter"):
        return not_yet(f"{version.name} is not it: did you search up to the newest version?")
    found = f"found by asking {len(bisection.looks)} of {bisection.versions} versions"
    return right(f"“{version.prompt.description}” lost the schema, {found}.")
