"""How the tests of the offline model's SQL say what matters of a query, and leave the rest open."""

from __future__ import annotations

from demo_lib.offline.sql_writer import write_sql


def sql_of(prompt: str, question: str) -> str:
    """The query that the offline model writes; fails with its reason where it declines."""
    draft = write_sql(prompt, question)
    assert draft.sql, draft.declined
    return draft.sql


def assert_in_order(text: str, parts: str) -> None:
    """That the parts, with anything between them, stand in the text one after the other."""
    at = 0
    for part in parts.split(" … "):
        found = text.find(part, at)
        assert found >= 0, f"{part!r} is not behind position {at} of {text}"
        at = found + len(part)
