"""An evaluation told: as lines for a terminal, as JSON, as JUnit for CI, and what a threshold says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from demo_lib.errors import UsageError
from demo_lib.evaluation.metrics import METRICS
from demo_lib.settings import badge_of

if TYPE_CHECKING:
    from demo_lib.evaluation.evaluate import Evaluation

MOST_SHOWN = 15
"""Of the questions that were not answered right."""


def as_text(found: Evaluation) -> str:
    """Who was measured, each metric with its interval, the latency of each agent, what it cost, and what was wrong."""
    lines = [f"[{badge_of(found.model)}] prompt {found.prompt} on {found.database}: {_asked(found)}", ""]
    rows: list[tuple[str, ...]] = [("metric", "mean", "95 % interval", "questions", "slide 13")]
    for metric in found.metrics:
        one = found.measured[metric.name]
        better = "" if metric.higher_is_better else " (lower is better)"
        interval = f"{one.low:.3f} to {one.high:.3f}" if one.n else metric.needs
        mean = f"{one.value:.3f}" if one.n else "-"
        rows.append((metric.name + better, mean, interval, str(one.n), f"{metric.slide}, {metric.tool}".strip(", ")))
    lines += [*_columns(rows), ""]
    rows = [("milliseconds", "p50", "p95", "spans")]
    rows += [(str(who), *(f"{row[key]:.0f}" for key in ("p50", "p95", "n"))) for who, row in found.latency.iterrows()]
    lines += [*_columns(rows), ""]
    lines += [f"Cost: ${found.usd:,.2f} for {found.tokens:,} tokens ({found.priced_as}). {found.seconds:.0f} s in all."]
    wrong = found.wrong()
    if len(wrong):
        lines += ["", f"Not right ({len(wrong)}):"]
        shown = wrong.head(MOST_SHOWN).iterrows()
        lines += [f"  {row['question']}\n    {_first_line(row['said'])}" for _, row in shown]
        lines += [f"  … and {len(wrong) - MOST_SHOWN} more"] if len(wrong) > MOST_SHOWN else []
    return "\n".join([*lines, "", f"MLflow run {found.run_id}: python3 run.py ui"])


def as_json(found: Evaluation) -> dict[str, Any]:
    """All of it as JSON holds it; what was not measured is null."""
    kept = ("model", "prompt", "database", "usd", "priced_as", "tokens", "run_id")
    return _without_nan(
        {
            **{key: getattr(found, key) for key in kept},
            "seconds": round(found.seconds, 1),
            "metrics": {name: asdict(one) for name, one in found.measured.items()},
            "latency_ms": {str(who): dict(row) for who, row in found.latency.iterrows()},
            "questions": found.scores.astype(object).where(found.scores.notna(), None).to_dict("records"),
        }
    )


def as_junit(found: Evaluation) -> str:
    """One test case a question, failed where it was not answered right, in the form that CI servers read."""
    suite = ElementTree.Element("testsuite", name=f"evaluate {found.model} {found.prompt}")
    failures = 0
    for _, row in found.scores.iterrows():
        case = ElementTree.SubElement(suite, "testcase", classname=str(row["skill"]), name=_printable(row["question"]))
        if row["accuracy"] < 1:
            failures += 1
            failure = ElementTree.SubElement(case, "failure", message=_printable(_first_line(row["said"])))
            failure.text = _printable(row["sql"] or "")
    suite.attrib |= {"tests": str(len(found.scores)), "failures": str(failures), "time": f"{found.seconds:.1f}"}
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def thresholds(given: Sequence[str]) -> dict[str, float]:
    """`["accuracy=0.9"]` as `{"accuracy": 0.9}`. Raises UsageError for what is none of a metric and a number."""
    known = [*(metric.name for metric in METRICS), "latency_p50", "latency_p95", "usd"]
    found = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise UsageError(f"{text!r} is no threshold. Write, for example, accuracy=0.9") from None
        if name.strip() not in known:
            raise UsageError(f"There is no figure {name.strip()!r}. There are: {', '.join(known)}.")
    return found


def missed(found: Evaluation, least: dict[str, float], most: dict[str, float]) -> list[str]:
    """Which thresholds were missed, a sentence each. A figure that could not be measured misses its threshold."""
    values = found.values
    under = [f"{n} is {_figure(values[n])}, under {m:g}." for n, m in least.items() if not values[n] >= m]
    over = [f"{n} is {_figure(values[n])}, over {m:g}." for n, m in most.items() if not values[n] <= m]
    return under + over


def write(text: str, path: str) -> None:
    """Write a report to a file, with its folders. Raises UsageError where that cannot be done."""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def _figure(value: float) -> str:
    return "not measured" if math.isnan(value) else f"{value:.3f}"


def _asked(found: Evaluation) -> str:
    questions, asked = found.scores["id"].nunique(), len(found.scores)
    return f"{questions} questions" + (f", each {asked // questions} times" if asked > questions else "")


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _first_line(text: Any) -> str:
    return next(iter(str(text).splitlines()), "")[:160]


def _printable(text: Any) -> str:
    """What XML can hold: a value in the data may bring characters that it cannot."""
    return re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", str(text))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_without_nan(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
