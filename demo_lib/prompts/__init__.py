"""The versions of the SQL prompt: Markdown files with front matter, mirrored in MLflow's prompt registry."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from demo_lib.errors import UsageError

NAME = "text2sql"
FOLDER = Path(__file__).parent


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


@functools.cache
def load(version: str) -> Prompt:
    """Read one version. Raises UsageError naming the ones there are."""
    path = FOLDER / f"{version}.md"
    if version not in versions():
        raise UsageError(f"There is no prompt {version!r}. Use one of: {', '.join(versions())}.")
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(front)
    return Prompt(version, meta["description"], meta["schema"], body.strip())


def alias(version: str) -> str:
    """The version's alias in MLflow's registry, where a dot is not allowed: v2.3 → v2-3."""
    return version.replace(".", "-")


def register_all() -> None:
    """Bring MLflow's prompt registry up to these files: a changed or new file becomes a new version there."""
    import mlflow

    for version in versions():
        prompt = load(version)
        known = mlflow.genai.load_prompt(f"prompts:/{NAME}@{alias(version)}", allow_missing=True, link_to_model=False)
        if known is None or known.template != prompt.template:
            made = mlflow.genai.register_prompt(
                NAME, prompt.template, commit_message=f"{version}: {prompt.description}", tags={"version": version}
            )
            mlflow.genai.set_prompt_alias(NAME, alias(version), made.version)


def link(version: str) -> None:
    """Note on the open trace which prompt it used: loading it inside a span is what links it."""
    import mlflow

    mlflow.genai.load_prompt(f"prompts:/{NAME}@{alias(version)}", allow_missing=True)
