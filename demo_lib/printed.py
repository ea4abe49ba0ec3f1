"""How the command line prints: JSON on one line, and text that is no command for the terminal."""

from __future__ import annotations

import json
from typing import Any


def one_line(found: dict[str, Any]) -> str:
    """The object as JSON on one line."""
    return json.dumps(found, ensure_ascii=False, allow_nan=False)


def for_a_terminal(text: str) -> str:
    """The text without what does not print: a value in the data, or a column's name, may hold commands for it."""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")
