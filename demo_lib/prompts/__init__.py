"""The versions of the SQL prompt: Markdown files with front matter, mirrored in MLflow's prompt registry."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from demo_lib.errors import UsageError

NAME = "text2sql"
FOLDER = Path(__file__).parent
PRODUCTION = "production"
"""The alias that says which version is in use; `DEMO_PROMPT=production` follows it."""


@dataclass(frozen=True)
class Prompt:
    """One version of the SQL prompt."""

    version: str
    """As in the file's name: v1.0, v2.0, v2.3."""
    description: str
    """What changed; the commit message in the registry."""
    schema: str
    """What the model sees of the tables: `names`, or `ddl` with types, keys, comments and values."""
    template: str
    """The system message, with {{dialect}}, {{today}}, {{schema}} and {{glossary}} to fill."""

    def fill(self, **values: str) -> str:
        """The template with every {{name}} replaced by its value."""
        text = self.template
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return text


def versions() -> list[str]:
    """Every version there is, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("v*.md"))


def load(name: str) -> Prompt:
    """Read one version, by its number or by an alias of MLflow's registry (`production`): see `promote`.

    Raises UsageError naming the ones there are.
    """
    if name in versions():
        return _read(name)
    found = _registered(name)
    if found is None:
        raise UsageError(f"There is no prompt {name!r}. Use one of: {', '.join(versions())}, or an alias of one.")
    return found


@functools.cache
def _read(version: str) -> Prompt:
    _, front, body = (FOLDER / f"{version}.md").read_text(encoding="utf-8").split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(front)
    return Prompt(version, meta["description"], meta["schema"], body.strip())


def _registered(name: str) -> Prompt | None:
    found = _look_up(name)
    if found is None:
        return None
    version = found.tags.get("version", f"registry {found.version}")  # one that was edited in MLflow's UI has no file
    schema = _read(version).schema if version in versions() else "ddl"
    return Prompt(version, found.commit_message or "", schema, str(found.template))


def _look_up(name: str, *, link: bool = True) -> Any:
    """What an alias of the registry points to now; None where there is none.

    A rollback must hold from the next question on, so nothing is cached. link: note it on the open trace.
    """
    import mlflow

    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        return None
    uri = f"prompts:/{NAME}@{name}"
    return mlflow.genai.load_prompt(uri, allow_missing=True, link_to_model=link, cache_ttl_seconds=0)


def promote(version: str, to: str = PRODUCTION) -> None:
    """Point an alias of the registry at a version; pointing it back is a rollback. Raises UsageError.

    MLflow must know its store by then: `setup()` or a first question sees to that.
    """
    import mlflow

    known = _look_up(alias(version), link=False)
    if known is None:
        raise UsageError(f"There is no prompt {version!r} in the registry. Use one of: {', '.join(versions())}.")
    mlflow.genai.set_prompt_alias(NAME, to, known.version)


def alias(version: str) -> str:
    """The version's alias in MLflow's registry, where a dot is not allowed: v2.3 → v2-3."""
    return version.replace(".", "-")


def register_all() -> None:
    """Bring MLflow's prompt registry up to these files: a changed or new file becomes a new version there."""
    import mlflow

    for version in versions():
        prompt = load(version)
        known = _look_up(alias(version), link=False)
        if known is None or known.template != prompt.template:
            made = mlflow.genai.register_prompt(
                NAME, prompt.template, commit_message=f"{version}: {prompt.description}", tags={"version": version}
            )
            mlflow.genai.set_prompt_alias(NAME, alias(version), made.version)
    if _look_up(PRODUCTION, link=False) is None:
        promote(versions()[-1])


def link(version: str) -> None:
    """Note on the open trace which prompt it used: loading it inside a span is what links it."""
    import mlflow

    if version in versions():  # an alias was linked when it was looked up
        mlflow.genai.load_prompt(f"prompts:/{NAME}@{alias(version)}", allow_missing=True)
