"""`POs`: tables that are called by the first letters of their names."""

from __future__ import annotations

from ..english.words import Token, spoken
from .schema import bare
from .vocabulary import Reading, Vocabulary


def initials(token: Token, known: Vocabulary) -> tuple[Reading, ...]:
    """`POs`, of purchase_orders: capital letters for the words of one table's name."""
    letters = token.text.removesuffix("s")
    if not (2 <= len(letters) <= 4 and letters.isalpha() and letters.isupper()):
        return ()
    names = {t: spoken(bare(t)).split() for t in known.prompt.schema.tables}
    found = [t for t, words in names.items() if "".join(w[0] for w in words) == letters.lower()]
    return (Reading("table", found[0], 0.9),) if len(found) == 1 else ()
