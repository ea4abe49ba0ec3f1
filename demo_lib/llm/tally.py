"""What the model calls of one question add up to: tokens, and who answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts while a question is being answered."""

    usage: dict[str, int] = field(
        default_factory=lambda: {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    )
    models: list[str] = field(default_factory=list)
    """Who answered, in the order of their first answer: `offline`, `replay`, or a live model's name."""
    live_was_silent: bool = False
    """Whether `stage` has waited for a live answer in vain: one question waits for that once."""

    @property
    def answered_by(self) -> str:
        """`offline`, `replay`, `gpt-4o`; several as `replay + offline`; empty where nobody answered."""
        return " + ".join(self.models)

    def note(self, model: str, usage: object) -> None:
        """Take in one answer: the name in its `model` field, and its token counts."""
        if model not in self.models:
            self.models.append(model)
        for name in self.usage:
            spent = getattr(usage, name, None)
            self.usage[name] += spent if isinstance(spent, int) else 0


# Tool calls in threads share it through their copied context.
_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


def current() -> Tally | None:
    """The tally of the question being answered, if one is."""
    return _current.get()


@contextmanager
def counting() -> Iterator[Tally]:
    """Count the model calls made inside. What an inner count comes to, an outer one holds too."""
    outer, tally = _current.get(), Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)
        if outer is not None:
            for name, spent in tally.usage.items():
                outer.usage[name] += spent
            outer.models += [m for m in tally.models if m not in outer.models]
