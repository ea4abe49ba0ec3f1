"""Graders of 00_start_here."""

from __future__ import annotations

from typing import Any

from demo_lib.exercises.grading import is_blank, not_yet, right, rows_verdict, run


def check_exercise_1(answer: Any) -> None:
    """Total sales in the fourth quarter of 2024."""
    sql = "SELECT SUM(amount) FROM sales WHERE sale_date >= DATE '2024-10-01' AND sale_date < DATE '2025-01-01'"
    hint = rows_verdict(answer, sql)
    if hint:
        not_yet(hint)
    else:
        millions = run(sql).iloc[:, 0].astype(float).sum() / 1_000_000
        right(f"${millions:.1f}M: the very figure on slide 13.")


def check_exercise_2(answer: Any) -> None:
    """A question that must be declined, and is."""
    if is_blank(answer):
        not_yet("Replace the ... by your own line, then run the cell again.")
    elif not hasattr(answer, "declined"):
        not_yet(f"This wants what ask(...) returns; it got {type(answer).__name__}.")
    elif answer.blocked:
        not_yet("That one was blocked by a guardrail. Ask for something harmless that the data does not hold.")
    elif not answer.declined:
        not_yet("That one was answered. Ask for something the data cannot know: the future, or another company.")
    else:
        right("An honest 'I cannot answer that' costs less than a confident wrong number.")
