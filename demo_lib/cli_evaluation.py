"""The commands that measure: evaluate, claims, history."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from demo_lib.errors import UsageError
from demo_lib.printed import draw, one_line
from demo_lib.settings import Settings

if TYPE_CHECKING:
    from demo_lib.workshop import Workshop

BUSY = 0.5  # of its cores: beyond that, times say more about the others
CHOICES = "all, lesson, tuning, held_out, ids with commas, or a file like data/questions.yaml"


def add_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them to the parser. command: makes one from its name, its function and a sentence."""
    evaluate = command("evaluate", _evaluate, "Ask the kit's questions and measure the answers: slide 13's metrics.")
    evaluate.add_argument("--prompt", metavar="VERSION", help="of the SQL prompt, or its alias (default: DEMO_PROMPT)")
    evaluate.add_argument("--repeat", type=int, default=1, metavar="N", help="ask each so many times (default: 1)")
    evaluate.add_argument("--fresh", action="store_true", help="do not go on with a run that was stopped")
    evaluate.add_argument("--min", action="append", default=[], metavar="NAME=X", help="fail under it: accuracy=0.9")
    evaluate.add_argument("--max", action="append", default=[], metavar="NAME=X", help="fail over it: latency_p95=2")
    evaluate.add_argument("--junit", metavar="FILE", help="write a test case a question there, for CI")
    evaluate.add_argument("--json", metavar="FILE", nargs="?", const="-", help="write all of it there (default: print)")
    evaluate.add_argument("--questions", default="all", metavar="WHICH", help=f"{CHOICES} (default: all)")
    evaluate.add_argument("--database", metavar="URL", help="where our data are (default: DEMO_DATABASE)")
    evaluate.add_argument("--model", metavar="MODE", help="offline, openai, azure, compatible … (default: DEMO_MODEL)")

    claims = command("claims", _claims, "Measure every figure that the talk quotes, on this machine.")
    claims.add_argument("--json", action="store_true", help="print them as JSON")
    claims.add_argument("--write", action="store_true", help="keep them in slides/figures.json and docs/claims.md")
    claims.add_argument("--only", metavar="NAMES", help="these alone, by their names in the JSON; not with --write")
    claims.add_argument("--model", metavar="MODE", help="who answers (default: DEMO_MODEL)")

    history = command("history", _history, "Show past evaluations: accuracy, latency, cost.")
    history.add_argument("--save", metavar="FILE", help="draw them there, as .png or .svg")
    history.add_argument("--most", type=int, default=50, metavar="N", help="the newest so many (default: 50)")


def _workshop(options: argparse.Namespace, prompt: str | None = None) -> Workshop:
    from demo_lib.workshop import Workshop

    settings = Settings.from_env(options.model)
    workshop = Workshop(replace(settings, prompt=prompt) if prompt else settings, database=options.database)
    if not workshop.is_ours:
        raise UsageError(
            "The questions are about the kit's own data. Put them there: python -m demo_lib seed --database"
        )
    return workshop


def _evaluate(options: argparse.Namespace) -> int:
    from demo_lib.evaluation import report
    from demo_lib.evaluation.questions import chosen

    if options.repeat < 1:
        raise UsageError("--repeat takes 1 or more.")
    least, most = report.thresholds(options.min), report.thresholds(options.max)
    questions = chosen(options.questions)
    from demo_lib.evaluation.evaluate import evaluate

    found = evaluate(_workshop(options, options.prompt), questions, repeat=options.repeat, fresh=options.fresh)
    whole = one_line(report.as_json(found))
    if options.json == "-":
        print(whole)
    else:
        print(report.as_text(found))
    if options.json not in (None, "-"):
        report.write(whole + "\n", options.json)
    if options.junit:
        report.write(report.as_junit(found), options.junit)
    failures = report.missed(found, least, most)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _claims(options: argparse.Namespace) -> int:
    from demo_lib.evaluation import claims, claims_report

    if options.only and options.write:
        raise UsageError("--write keeps all claims: leave --only out.")
    busy = claims_report.load()
    if busy and busy > BUSY * (os.cpu_count() or 1):
        print(f"This machine is busy ({busy}): the times will be longer than they are.", file=sys.stderr)
    bench = claims.Bench.of(Settings.from_env(options.model))
    found = claims.measure(bench, [one.strip() for one in options.only.split(",")] if options.only else ())
    today, machine = date.today(), claims_report.machine(bench.workshop.settings.badge, busy)
    if options.json:
        print(one_line(claims_report.as_json(found, today, machine)))
    else:
        print(claims_report.as_text(found, shutil.get_terminal_size((120, 24)).columns))
    if options.write:
        claims_report.keep(found, today, machine)
    return 0


def _history(options: argparse.Namespace) -> int:
    from demo_lib.evaluation.history import history, picture

    runs = history(options.most)
    print(runs.to_string(index=False, float_format="{:.3f}".format))
    if options.save:
        draw(picture(runs), options.save)
    return 0
