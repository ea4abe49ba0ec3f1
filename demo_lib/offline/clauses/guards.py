"""Questions that no SELECT over past data may answer: they are declined before anything is read into them."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..english.lexicon import FORECASTS, WRITES
from ..frame import Decline, Frame

_SQL = re.compile(
    r"^\s*(?:select\b.+\bfrom\b|with\s+\w+\s+as\s*\(|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b"
    r"|drop\s+(?:table|view|schema|database)\b|alter\s+table\b|create\s+(?:or\s+replace\s+)?(?:table|view)\b"
    r"|truncate\b|grant\b|attach\b|copy\b|pragma\b|exec\b)|;\s*(?:drop|delete|select)\b",
    re.I | re.S,
)
_POLITE = re.compile(r"^(?:please|kindly|can you|could you|would you|now|and|then|also|hey|hi|hello|just|i want you to"
                     r"|i need you to|go ahead and|let us|lets|let's|you must|you should)\b[\s,]*", re.I)  # fmt: skip
_NOUN = re.compile(  # `refund amount by reason` and `emails of customers` order nothing
    r"add(?:s|ing)? up\b"
    r"|set .+(?:side by side|next to (?:each other|one another)|against\b)"
    r"|(?:refund|email|change|cancel)s? (?:of|by|per|in|for|over|from|amounts?|totals?|rates?|counts?|address(?:es)?"
    r"|opens?|clicks?|bounces?|campaigns?|growth|trends?|volumes?|values?|sums?|shares?|numbers?|reasons?|averages?"
    r"|medians?|development)\b"
)
_INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget|bypass|override)\b.{0,40}"
    r"\b(?:rule|instruction|prompt|previous|above|guard|polic|restriction|everything)"
    r"|\b(?:system prompt|jailbreak|developer mode)\b"
    r"|\b(?:you are|act as|pretend)\b.{0,20}\b(?:now|dba|admin|unrestricted)",
    re.I | re.S,
)


def refuse(question: str, longest_characters: int) -> None:
    """Raise Decline for what is no question about the data: empty, too long, SQL, an order to write."""
    if not question.strip():
        raise Decline("The question is empty. Ask for example how many rows a table has.")
    if len(question) > longest_characters:
        raise Decline(
            f"The question is longer than {longest_characters:,} characters. Ask one thing at a time."
        )
    if _INJECTION.search(question):
        raise Decline("I answer questions about the data; my instructions are not part of them.")
    if _SQL.search(question):
        raise Decline("This looks like SQL. Ask in plain words and I will write the query.")
    for sentence in re.split(r"[.;!?\n]+|\band then\b|\band also\b", question):
        rest, before = sentence.strip().lower(), ""
        while rest != before:
            before, rest = rest, _POLITE.sub("", rest)
        if rest.split()[:1] and rest.split()[0] in WRITES and not _NOUN.match(rest):
            raise Decline(f"I only read data; I cannot {rest.split()[0]} anything.")
    if more := re.search(r"\band so (?:on|forth)\b|\betc\b", question, re.I):
        raise Decline(f"“{more[0]}” leaves open what else you mean. Name each, or ask “by …” for all of a kind.")
    if re.match(r"\s*(?:but |and |so )?(?:why|how come)\b", question, re.I):
        raise Decline("I can say what happened and when, not why.")


def foresee(question: str, columns: Collection[str]) -> None:
    """Raise Decline for a forecast. A word such as `expected` is none where a column is called so."""
    words = re.findall(r"[a-z']+", question.lower())
    named = {part for name in columns for part in re.split(r"[\W_]", name.lower())}
    forecast = next((w for w in words if w in FORECASTS - named), None)
    if forecast or re.search(r"\b(?:will|going to|gonna|'ll)\b", question, re.I):
        raise Decline("I can only report what the data holds, not what is still to come.")


def undecided(question: str, frame: Frame, asks: bool) -> None:
    """Raise Decline for `overdue fines right now?`: a bare noun in a question may ask how many, or which."""
    told = frame.measured or frame.ratio or frame.share or frame.show or frame.dims or frame.numbers or frame.events
    if question.rstrip().endswith("?") and frame.subject and not (asks or told):
        words = frame.subject_words
        raise Decline(f"“{words}”: how many of them, or which? Say “how many {words}”, or “list the {words}”.")
