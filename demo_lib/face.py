"""What a notebook calls first: `ask()` over one workshop, and `setup()` with its badge."""

from __future__ import annotations

import functools
import json
import os
import platform
from importlib.metadata import version

from demo_lib import tracing
from demo_lib.agents.results import Answer
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop


def ask(question: str) -> Answer:
    """Answer one question about the data, by agents, guarded and traced.

    question: plain words. Returns an Answer (`.text .sql .table .chart .model .trace_id .declined .blocked
    .usage`). Raises UsageError for what is no question, DemoError for what cannot be reached.
    """
    return workshop_of(Settings.from_env()).ask(question)


def setup(database: str | None = None) -> str:
    """Get everything ready that the first question needs; returns the header: versions, who answers, the data.

    database: a URL for all that follows in this process, as DEMO_DATABASE would have it; default: the settings'.
    """
    if database:
        os.environ["DEMO_DATABASE"] = database
    settings = Settings.from_env()
    workshop = workshop_of(settings)
    tracing.setup(settings)
    _warm_up(workshop)
    catalog = workshop.catalog
    stack = ", ".join(f"{name} {version(name)}" for name in ("openai", "mlflow", "llama-index-core", "chromadb"))
    return (
        f"Python {platform.python_version()} · {stack}\n"
        f"Model: {settings.badge}\n"
        f"Data: {len(catalog.tables)} tables on {workshop.database.engine}, today is {workshop.today}"
    )


def _warm_up(workshop: Workshop) -> None:
    """Have every import and every cache in place, so that the first trace shows what later ones will."""
    import mlflow

    workshop.index.search("sales", 1)
    if workshop.settings.model != "offline":
        return  # a live model is warm, and asks for money
    mlflow.tracing.disable()
    try:
        scope = next(iter(workshop.policies))
        arguments = {"question": f"How many {next(iter(workshop.catalog.tables))} are there?", "database": scope}
        written = workshop.registry.call("text_to_sql", json.dumps(arguments))
        if written.get("sql"):
            arguments = {"query": written["sql"], "database": scope}
            workshop.registry.call("execute_sql", json.dumps(arguments))
        workshop.model.chat([{"role": "user", "content": "Hello"}], tools=workshop.registry.schemas)
    finally:
        mlflow.tracing.enable()


@functools.lru_cache(maxsize=4)
def workshop_of(settings: Settings) -> Workshop:
    return Workshop(settings)
