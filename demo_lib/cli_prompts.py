"""The commands about prompt versions: ab, bisect, prompts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from demo_lib.cli_evaluation import CHOICES
from demo_lib.printed import draw, for_a_terminal, one_line
from demo_lib.settings import Settings

if TYPE_CHECKING:
    from demo_lib.workshop import Workshop


def add_commands(command: Callable[[str, Any, str], argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """Add them to the command line. Returns those that ask a model: they take --database, --glossary and --model."""
    ab = command("ab", _ab, "Compare two prompt versions on the same questions, with McNemar's test.")
    ab.add_argument("first", metavar="A", help="a version (v1.0), a number in MLflow's registry, or an alias")
    ab.add_argument("second", metavar="B", help="the other one")
    ab.add_argument("--save", metavar="FILE", help="draw the verdicts, question by question, into this picture")

    search = command("bisect", _bisect, "Find the prompt version since which a question, or a metric, is bad.")
    of = search.add_mutually_exclusive_group(required=True)
    of.add_argument("--question", metavar="WHICH", help="an id of data/questions.yaml, or a question in plain words")
    of.add_argument("--metric", metavar="NAME", help="accuracy, declined or wrong: shares of --questions")
    search.add_argument("--min", type=float, metavar="X", help="the metric is good from here up, e.g. 0.9")
    search.add_argument("--max", type=float, metavar="X", help="the metric is good up to here")
    search.add_argument("--good", metavar="VERSION", help="a version that is good (default: one is looked for)")
    search.add_argument("--bad", metavar="VERSION", help="a version that is bad (default: the newest)")

    listing = command("prompts", _prompts, "Show the versions of the SQL prompt in MLflow's registry; move an alias.")
    moving = listing.add_mutually_exclusive_group()
    moving.add_argument("--promote", metavar="VERSION", help="point the alias to this version")
    moving.add_argument("--rollback", action="store_true", help="point the alias back to what it was before")
    listing.add_argument("--to", default="production", metavar="ALIAS", help="which alias (default: production)")

    asking = [ab, search]
    for one in asking:
        one.add_argument("--questions", default="lesson", metavar="WHICH", help=f"{CHOICES} (default: lesson)")
    for one in (*asking, listing):
        one.add_argument("--json", action="store_true", help="print one JSON object on one line")
    return asking


def _workshop(options: argparse.Namespace) -> Workshop:
    from demo_lib.workshop import Workshop

    return Workshop(Settings.from_env(options.model), database=options.database, glossary=options.glossary)


def _print(options: argparse.Namespace, found: dict[str, Any], text: str) -> None:
    print(one_line(found) if options.json else for_a_terminal(text))


# ------------------------------------------------------------------------------------------------ compare


def _ab(options: argparse.Namespace) -> int:
    from demo_lib.evaluation.compare import compare_prompts
    from demo_lib.evaluation.questions import chosen

    questions = chosen(options.questions)
    workshop = _workshop(options)
    versions = [options.first, options.second]
    comparison = compare_prompts(workshop, versions, questions, progress=sys.stderr.isatty())
    badge = workshop.settings.badge
    _print(options, {"model": badge} | comparison.as_json(), f"[{badge}] {comparison}")
    if options.save:
        draw(comparison.picture(), options.save)
    return 0


# ------------------------------------------------------------------------------------------------- bisect


def _bisect(options: argparse.Namespace) -> int:
    """The exit status is 1 where it is bad, and no version can be named."""
    from demo_lib.evaluation.bisect import bisect_metric, bisect_question
    from demo_lib.evaluation.questions import chosen

    def tell(line: str) -> None:
        print(for_a_terminal(line), file=sys.stderr, flush=True)

    ends = (options.good, options.bad)
    if options.question is not None:
        among = None if options.questions == "lesson" else chosen(options.questions)
        found = bisect_question(_workshop(options), options.question, *ends, among=among, tell=tell)
    else:
        bounds = {"least": options.min, "most": options.max}
        questions = chosen(options.questions)
        found = bisect_metric(_workshop(options), options.metric, questions, *ends, **bounds, tell=tell)
    _print(options, found.as_json(), str(found))
    return 0 if found.turns or found.looks[-1].good else 1


# ------------------------------------------------------------------------------------------------ prompts


def _prompts(options: argparse.Namespace) -> int:
    from demo_lib import prompts, tracing

    tracing.setup(Settings.from_env())
    if options.promote or options.rollback:
        move = prompts.promote(options.promote, options.to) if options.promote else prompts.rollback(options.to)
        _print(options, {"alias": move.alias, "before": move.before, "now": move.now}, str(move))
        return 0
    versions = prompts.history()
    listed = [
        {"number": v.number, "version": v.prompt.version, "description": v.prompt.description, "aliases": v.aliases}
        for v in versions
    ]
    lines = [f"{prompts.NAME} in MLflow's prompt registry, oldest first:"]
    for version in versions:
        names = ", ".join(a for a in version.aliases if a != prompts.alias(version.prompt.version))
        shown = version.prompt.version if version.name != version.prompt.version else "-"
        lines.append(f"{version.number:>4}  {shown:<6} {names:<24} {version.prompt.description}".rstrip())
    _print(options, {"name": prompts.NAME, "versions": listed}, "\n".join(lines))
    return 0
