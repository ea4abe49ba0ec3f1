"""What PromptFoo sends: the messages that the kit would send for a question, under one version of the prompt."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILLED = "messages.json"


def filled(context: dict[str, Any]) -> list[dict[str, str]]:
    """PromptFoo's prompt function: called once a prompt and question, in a process of its own, hence from a file."""
    kept = json.loads((Path(os.environ["PROMPTFOO_CONFIG_DIR"]) / FILLED).read_text(encoding="utf-8"))
    return kept[context["config"]["version"]][context["vars"]["question"]]


def fill(versions: Sequence[str], questions: Sequence[str], folder: Path) -> None:
    """Write what `filled` reads, and the schema that the answer must follow.

    The tables of each question are the gold ones, so that the prompt alone makes the difference. Raises UsageError for
    a version that there is not, KeyError for a question that is not in `data/questions.yaml`.
    """
    from dataclasses import replace

    import mlflow

    from demo_lib.agents.sql_generator import ANSWER
    from demo_lib.evaluation.questions import load
    from demo_lib.tracing import ensure_setup
    from demo_lib.workshop import Workshop

    workshop, known = Workshop(), {q.question: q for q in load()}
    ensure_setup()
    mlflow.tracing.disable()  # nobody is asked here, so there is nothing to trace
    found: dict[str, dict[str, Any]] = {}
    for version in versions:
        agent = replace(workshop.sql_agent, prompt_version=version)
        found[version] = {}
        for question in (known[words] for words in questions):
            context = question.gold_tables or tuple(workshop.policies[question.database].tables)
            found[version][question.question] = agent.messages(question.question, context)
    mlflow.tracing.enable()
    (folder / FILLED).write_text(json.dumps(found), encoding="utf-8")
    (folder / "answer.json").write_text(json.dumps({"type": "json_schema", "json_schema": ANSWER}), encoding="utf-8")
