"""Of what a share is taken: `all sales were discounted` counts them, `half of our sales was online` adds them up."""

from __future__ import annotations

from .question import Question

MANY = ("were", "are", "have")


def counted_shares(q: Question) -> None:
    """Read rows that the glossary calls an amount as rows, where the verb behind them says that they are many."""
    for i in (k for k in range(len(q)) if q.kind(k) == "share"):
        noun = next((k for k in range(i + 1, min(i + 4, len(q))) if q.kind(k) not in ("glue", "of")), None)
        if noun is None or q.word(noun + 1) not in MANY or not q.items[noun].plural:
            continue
        rows = tuple(r for r in q.items[noun].of("table") if r.score >= 0.9)
        told = [item for item in q.items[noun + 2 :] if item.kind not in ("glue", "with", "in", "by")][:2]
        if rows and q.items[noun].of("term") and any(item.of("value", "flag", "event") for item in told):
            q.items[noun].readings = rows
