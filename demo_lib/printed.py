"""How the command line prints: JSON on one line, text that is no command for the terminal, and pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def one_line(found: dict[str, Any]) -> str:
    """The object as JSON on one line."""
    return json.dumps(found, ensure_ascii=False, allow_nan=False)


def for_a_terminal(text: str) -> str:
    """The text without what does not print: a value in the data, or a column's name, may hold commands for it."""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def draw(picture: Figure, file: str) -> None:
    """Write the picture; where it went is said on standard error, which no JSON reader reads.

    Raises UsageError where that cannot be done: a folder that is not there, a kind of file that is not known.
    """
    try:
        picture.savefig(file)
    except (OSError, ValueError) as error:
        raise UsageError(f"The picture cannot be written to {Path(file).name}: {error}") from None
    print(f"Drawn: {file}", file=sys.stderr)
