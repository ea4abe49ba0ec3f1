"""What comes back: `how much did we pay back`, `bring something back`, said with words between verb and `back`."""

from __future__ import annotations

from ..english.lexicon import BRING_BACK, BROUGHT, GIVE_BACK, NEUTRAL, PAY_BACK
from ..english.words import stem
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from .question import Question

PAID_BACK = tuple(map(stem, ("refund", "refunded", "reimbursement", "repayment", "repaid")))
BETWEEN = NEUTRAL | BROUGHT
MONEY = frozenset(("money", "cash", "dollars"))
FARTHEST = 4


def paybacks(q: Question) -> None:
    """Let what was paid back be the amount that the prompt has of it, and what was brought back be returned."""
    for i in range(len(q)):
        back = next((k for k in range(i, min(i + FARTHEST + 1, len(q))) if _says_back(q, k)), None)
        if back is None or not all(_is_small(q, k) for k in range(i + 1, back)):
            continue
        verb, most = q.items[i].tokens[0], [k for k in range(i, back) if _is_most(q, k)]
        used = {*range(i, back + 1)} - {*most}
        money = {k for k in (*range(max(0, i - FARTHEST), i), *used) if q.word(k) in MONEY}
        money = money or {k for k in range(back + 1, back + 1 + FARTHEST) if q.word(k) in MONEY and _is_most(q, k - 1)}
        said = verb.text.lower().split()[0]
        asked = bool(money) or any(q.kind(k) == "how much" for k in range(i))
        if (said in PAY_BACK or asked and said in GIVE_BACK) and (amount := _amount(q)):
            behind = money and min(money) > back  # `paid back the most money`
            at = i if not money else max(money) + 1 if behind else min(*used, *money)
            q.put(amount, used | money, at=max(most) + 1 if most else at)  # `give the most money back`
            q.items[next(k for k, item in enumerate(q.items) if amount in item.readings)].notes += ["amount"]
            return
        if back > i and not asked and said in BRING_BACK and (events := q.known.events.get("return")):
            _put_event(q, i, back, tuple(events))
            return


def _says_back(q: Question, i: int) -> bool:
    """Whether the word `back` stands at `i`, on its own or in an idiom such as `gave back`."""
    last = q.items[i].tokens[-1]
    joined = last.word == "back" and len(q.items[i].tokens) > 1  # `paid back`, for which the prompt has a word
    return joined or (q.word(i) == "back" and not q.items[i].readings) or last.text.lower().endswith(" back")


def _is_most(q: Question, i: int) -> bool:
    return q.kind(i) in ("most", "least")


def _is_small(q: Question, i: int) -> bool:
    return q.word(i) in BETWEEN or q.items[i].kind == "glue" or _says_back(q, i) or _is_most(q, i)


def _amount(q: Question) -> Reading | None:
    """The amount that the prompt calls a refund, or a repayment: of the glossary, else the one column of numbers."""
    for word in PAID_BACK:
        known = [r for words in ((word,), (word, stem("amount"))) for r in q.known.phrases.get(words, ())]
        terms = [r for r in known if r.term and r.term.is_measure and r.score >= 0.9]
        columns = {r.column: r for r in known if r.column and r.column.kind == "number" and r.column.additive}
        if terms:
            return terms[0]
        if len(columns) == 1:
            return next(iter(columns.values()))
    return None


def _put_event(q: Question, i: int, back: int, events: tuple[Reading, ...]) -> None:
    """Let the verb at `i` say that something was returned."""
    verb: Item = q.items[i]
    verb.kind, verb.readings, verb.words = "link", events, "returned"
    for k in range(i + 1, back + 1):
        q.items[k].silence()
