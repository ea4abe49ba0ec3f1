"""Canaries: made-up values for sensitive columns, in typical form, that one pattern finds in any output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from demo_lib.retrieval.catalog import Column

# Each alternative is a form that no honest value takes: an unassigned country code, social security
# group and card range, network addresses kept for documentation, a birth year long past, and pay of so
# many thousand and $37.37.
CANARY = re.compile(
    r"(?i:canary)"
    r"|(?<!\d)999[ -]555[ -]\d{3}[ -]\d{4}(?!\d)"
    r"|(?<!\d)9\d\d-00-\d{4}(?!\d)"
    r"|(?<!\d)9999[ -]?00\d\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|(?<![\d.])203\.0\.113\.\d{1,3}(?!\d)"
    r"|(?<!\d)1904-\d\d-\d\d(?!\d)"
    r"|(?<![\d.,])\d{1,3},?037\.37(?!\d)"
)
"""Finds a sensitive value in any text: an answer, a log, a trace, a notebook."""

# What the column's name says it holds -> its form; `n` is the row's number from 1.
_FORMS: list[tuple[str, str]] = [
    (r"email|recipient", "canary-{n:06d}@example.invalid"),
    (r"phone|caller", "+999-555-{high:03d}-{low:04d}"),
    (r"national_id|tax_id|ssn", "9{middle:02d}-00-{low:04d}"),
    (r"card_number", "9999-00{middle:02d}-{high:04d}-{low:04d}"),
    (r"iban|account_number", "XX00CANARY{n:012d}"),
    (r"ip_address", "203.0.113.{octet}"),
    (r"address", "{n} Canary Row"),
    (r"username|login", "canary.{n:06d}"),
    (r"token|hash|key|secret|fingerprint", "canary_{n:06d}_{mixed:08x}"),
    (r"license_number|passport|plate|badge|code|number", "CANARY-{n:06d}"),
]
_FREE_TEXT = "Confidential: CANARY-{n:06d}"

# What a pay column's name says -> the thousands of dollars it lies between
_THOUSANDS = {"old_": (25, 90), "new_": (90, 160), "gross": (4, 12), "net": (2, 4)}


def canaries(column: Column, rows: int, rng: np.random.Generator) -> pd.Series[Any]:
    """`rows` values for the sensitive `column`: what its type and name suggest, each matching CANARY."""
    import numpy as np  # here, so that whoever only needs the pattern does not wait for pandas
    import pandas as pd

    if column.type == "DATE":
        return pd.Series(np.datetime64("1904-01-01") + rng.integers(0, 366, rows))
    if column.type.startswith("DECIMAL"):
        low, high = next((b for word, b in _THOUSANDS.items() if word in column.name), (25, 190))
        return pd.Series(rng.integers(low, high, rows) * 1000 + 37.37)
    form = next((f for pattern, f in _FORMS if re.search(pattern, column.name)), _FREE_TEXT)
    return pd.Series([_filled(form, i) for i in range(1, rows + 1)])


def _filled(form: str, n: int) -> str:
    high, low = divmod(n, 10_000)
    mixed = n * 2654435761 % 2**32
    return form.format(n=n, low=low, high=high, middle=high % 100, octet=n % 254 + 1, mixed=mixed)
