"""`Which of our shops is …`: one of many is asked for, though the noun is plural."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .linker import Item

ASKED = re.compile(r"\b(?:which|what)(?P<one> one)? of(?: all)?(?: of)?(?: the| our| these| those| my| their)?$")
SINGULAR = ("is", "was", "has", "does")


def one_of(items: Sequence[Item]) -> None:
    """Note on a plural noun that a single one of them is asked for."""
    for i, item in enumerate(items):
        if item.plural and item.of("table", "column"):
            start = i
            while start and items[start - 1].of("value", "flag"):  # `which of our red shirts is …`
                start -= 1
            said = ASKED.search(" ".join(before.words for before in items[:start]))
            verb = items[i + 1].words if i + 1 < len(items) else ""
            if said and (said["one"] or verb in SINGULAR):
                item.notes.append("one of")
