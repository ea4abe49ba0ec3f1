"""The prompt's versions as files: `v2.3.md`, front matter and the template."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

NAME = "text2sql"
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Prompt:
    """One version of the SQL prompt."""

    version: str
    """As in the file's name: v1.0, v2.0, v2.3; of one that has no file, `registry 7`."""
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
    """Every version that has a file, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("v*.md"))


@functools.cache
def read(version: str) -> Prompt:
    """The prompt in a version's file. Raises OSError where there is none."""
    _, front, body = (FOLDER / f"{version}.md").read_text(encoding="utf-8").split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(front)
    return Prompt(version, meta["description"], meta["schema"], body.strip())
