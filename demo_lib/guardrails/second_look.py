"""A second look at what came back: values that look like personal data, whatever their column is called.

A net under layer 2, for a column that nobody labelled and for text that holds more than it should. It knows
forms, not meanings: an address without an @ passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Planted values: see demo_lib/seed/canary.py, whose pattern says more about our own data.
_CANARY = re.compile(r"canary", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
# US social security numbers, by the rules of the Social Security Administration: no area 000, 666 or 9xx, no
# group 00, no serial 0000. UK national insurance numbers, by HMRC's: no D F I Q U V in front, no O in second place.
_NATIONAL_ID = re.compile(
    r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])"
    r"|(?<!\w)(?![DFIQUV])[A-Z](?![DFIQUVO])[A-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)"
)
# Visa, Mastercard, American Express, Discover, JCB, by their first digits (ISO/IEC 7812); 13 to 19 digits.
_CARD = re.compile(r"(?<![\w.])(?:4\d|5[1-5]|2[2-7]|3[457]|6[05])\d{2}(?:[ -]?\d{2,6}){2,4}(?![\w.])")


def _is_card(text: str) -> bool:
    return any(13 <= len(d := re.sub(r"\D", "", m[0])) <= 19 and luhn(d) for m in _CARD.finditer(text))


def _mostly_cards(texts: Sequence[str]) -> bool:
    return 2 * sum(map(_is_card, texts)) > len(texts)


_LOOKS: dict[str, Callable[[str], bool]] = {
    "canary": lambda text: bool(_CANARY.search(text)),
    "email address": lambda text: bool(_EMAIL.search(text)),
    "card number": _is_card,
    "national id": lambda text: bool(_NATIONAL_ID.search(text)),
}
# International (+44 20 …), (020) …, 020 …, and North America's 3-3-4.
_PHONE = re.compile(r"(\+\d{1,3}[ ().-]?|\(\d{2,5}\) ?|0\d{2,4}[ /-])\d[\d ().-]{4,14}\d|\d{3}[ .-]\d{3}[ .-]\d{4}")
KINDS = tuple(_LOOKS)
"""What is looked for."""
CONTACTS = frozenset({"canary", "email address"})
"""What is no find where contact data was opened; our own addresses are canaries."""
MASK = "***"
"""What stands in the place of a value that may not be shown."""


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as on payment cards (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def sensitive_values(table: pd.DataFrame, kinds: Iterable[str] = KINDS) -> dict[str, str]:
    """Column → the first of `kinds` that one of its values looks like; columns without any are left out.

    Numbers are looked at as cards only, and only where most of a column pass: of long ids one in ten does by chance.
    """
    found = {}
    for name, column in table.items():
        kind = _looks_like(column, set(kinds))
        if kind:
            found[str(name)] = kind
    return found


def kind_of_most(texts: Sequence[str]) -> str | None:
    """What most of these texts look like, in the plural: email addresses, card numbers, phone numbers …; or None.

    For a column that nobody has labelled: one address in a thousand remarks is no column of addresses.
    """
    looks = _LOOKS | {"phone number": lambda text: bool(_PHONE.fullmatch(text.strip()))}
    kind = next((k for k, looks_so in looks.items() if 2 * sum(map(looks_so, texts)) > len(texts)), None)
    return None if kind is None else "email addresses" if kind == "email address" else f"{kind}s"


def masked(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """A copy of `table` with the mask in the place of every value of `columns`."""
    return table.assign(**dict.fromkeys(columns, MASK))


def _looks_like(column: pd.Series, kinds: Set[str]) -> str | None:
    """The first of `kinds` that one of the values looks like."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return None
    given = column.dropna()
    if pd.api.types.is_numeric_dtype(column):
        numbers = given.unique()
        long = [str(int(v)) for v in numbers if 10**12 <= v < 10**19]
        cards = "card number" in kinds and _mostly_cards(long) and 2 * len(long) > len(numbers)
        return "card number" if cards else None
    # lists and structs cannot be hashed; as text they are looked into all the same
    values = given.astype(str).unique()
    alone = [v for v in values if re.fullmatch(r"\d{13,19}", v)]
    by_chance = len(alone) > 1 and not _mostly_cards(alone)  # a column of long numbers kept as text
    for kind in (k for k in KINDS if k in kinds):
        left_out = set(alone) if kind == "card number" and by_chance else ()
        if any(_LOOKS[kind](v) for v in values if v not in left_out):
            return kind
    return None
