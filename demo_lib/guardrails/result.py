"""Layer 3: what came back. Nothing is worth a warning, too much is an error, a huge result is never held."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sized
from typing import TYPE_CHECKING, TypeVar

from demo_lib.guardrails.verdict import GuardrailViolation

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)
Chunk = TypeVar("Chunk", bound=Sized)


def validate_result(df: pd.DataFrame, cap_rows: int = 10_000) -> bool:
    """Slide 9's third layer: True for a result of at most `cap_rows` rows; an empty one is warned about.

    Raises GuardrailViolation (rule `too_many_rows`) for a larger one.
    """
    if df.empty:
        logger.warning("Query returned no results")
    if len(df) > cap_rows:
        raise _too_many_rows(cap_rows)
    return True


def capped(chunks: Iterable[Chunk], cap_rows: int) -> Iterator[Chunk]:
    """The pieces of a streamed result, drawn only until the cap is passed, so that a huge one is never held.

    Raises GuardrailViolation (rule `too_many_rows`) where there are more than `cap_rows` rows.
    """
    rows = 0
    for chunk in chunks:
        rows += len(chunk)
        if rows > cap_rows:
            raise _too_many_rows(cap_rows)
        yield chunk


def _too_many_rows(cap_rows: int) -> GuardrailViolation:
    """Slide 9's error, with what to do about it."""
    message = f"Result set too large: more than {cap_rows:,} rows. Aggregate, filter, or add a LIMIT."
    return GuardrailViolation("too_many_rows", "result", message)
