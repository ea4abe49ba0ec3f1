"""Layer 3: what came back. Nothing is worth a warning, too much or too personal is an error, a huge result is never
held."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sized
from typing import TYPE_CHECKING, TypeVar

from demo_lib.guardrails.second_look import KINDS, sensitive_values
from demo_lib.guardrails.verdict import GuardrailViolation

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)
Chunk = TypeVar("Chunk", bound=Sized)


def validate_result(df: pd.DataFrame, cap_rows: int = 10_000, watched: Iterable[str] = KINDS) -> bool:
    """Slide 9's third layer: True for a result of at most `cap_rows` rows; an empty one is warned about.

    Raises GuardrailViolation: rule `too_many_rows` for a larger one, `sensitive_value` where a value looks like
    one of `watched` (kinds of `second_look`), whatever its column is called. The message holds no value.
    """
    if df.empty:
        logger.warning("Query returned no results")
    if len(df) > cap_rows:
        raise _too_many_rows(cap_rows)
    found = sensitive_values(df, watched)
    if found:
        named = ", ".join(f"{column[:60]} ({kind})" for column, kind in list(found.items())[:6])
        message = f"These columns hold what looks personal or secret: {named}. Leave them out."
        raise GuardrailViolation("sensitive_value", "result", message)
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
