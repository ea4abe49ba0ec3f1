"""What `bisect` found: the versions that were asked, where it turned, and the change that turned it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from demo_lib.decisions import TraceDiff
from demo_lib.prompts import Registered


@dataclass(frozen=True)
class Look:
    """What was seen of one version."""

    version: Registered
    good: bool
    said: str
    """Why, in a few words."""
    right: tuple[bool, ...]
    """For each question that was asked."""
    trace_ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.version.name:<20} {'good' if self.good else 'bad':<5} {self.said}"


@dataclass(frozen=True)
class Turn:
    """A version that is bad, where the one before it is good."""

    before: Registered
    version: Registered
    diff: str
    """Of the two prompts, as `diff -u` has it."""
    good_trace: str
    """The last good trace …"""
    bad_trace: str
    """… and the first bad one, of the same question."""
    spans: TraceDiff
    """What differs between the two traces."""

    def __str__(self) -> str:
        prompt = self.diff or "The two prompts are the same: something else made the difference."
        return f"{prompt}\n\nThe last good trace (A) and the first bad one (B):\n{self.spans}"


@dataclass(frozen=True)
class Bisection:
    """What the search found."""

    what: str
    """What was asked of each version."""
    versions: int
    """How many there are between the two ends, ends included."""
    looks: tuple[Look, ...]
    """The versions that were asked, in the order of the registry."""
    turns: tuple[Turn, ...]
    """Every turn from good to bad of a history that was walked; of a longer one, the one that was found."""

    @property
    def version(self) -> Registered | None:
        """The version that turned it, the latest one of several; None where there is none."""
        return self.turns[-1].version if self.turns else None

    @property
    def before(self) -> Registered | None:
        """The last good one before it."""
        return self.turns[-1].before if self.turns else None

    @property
    def monotone(self) -> bool:
        """Whether it turned only once: among those that were asked, no good one comes after a bad one.

        Versions that are bad before the first good one do not count: nothing was lost there.
        """
        good = [look.good for look in itertools.dropwhile(lambda look: not look.good, self.looks)]
        return good == sorted(good, reverse=True)

    @property
    def verdict(self) -> str:
        """What was found, in a sentence or two."""
        asked, last = len(self.looks), self.looks[-1]
        guessed = "" if asked == self.versions else f" {asked} of {self.versions} versions were asked."
        if not self.turns and last.good:
            return f"No regression: {last.version.name} is good.{guessed}"
        if not self.turns:
            return (
                f"None that was asked is good, back to {self.looks[0].version.name}: there is no turn to find.{guessed}"
            )
        names = ", ".join(turn.version.name for turn in self.turns)
        if self.monotone:
            early = "" if self.looks[0].good else f" At {self.looks[0].version.name} it was bad too."
            return f"{names} turned it: {self.turns[-1].before.name} is good, and it is bad since.{early}{guessed}"
        mended = " The newest is good again." if last.good else ""
        several = f"each of {names} turned it" if len(self.turns) > 1 else f"{names} is a version that turned it"
        more = "" if asked == self.versions else ", and there may be others"
        return f"Good and bad take turns here: {several}{more}.{mended}{guessed}"

    def as_json(self) -> dict[str, Any]:
        """As `bisect --json` prints it."""
        return {
            "what": self.what,
            "verdict": self.verdict,
            "version": self.version and self.version.number,
            "before": self.before and self.before.number,
            "monotone": self.monotone,
            "versions": self.versions,
            "asked": [_named(look.version) | {"good": look.good, "said": look.said} for look in self.looks],
            "turns": [
                {"version": _named(t.version), "before": _named(t.before), "diff": t.diff, "good_trace": t.good_trace,
                 "bad_trace": t.bad_trace, "trace_diff": t.spans.as_json()}
                for t in self.turns
            ],
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([f"{self.what}:", *(f"  {look}" for look in self.looks), "", self.verdict]) + "".join(
            f"\n\n{turn}" for turn in self.turns
        )

    __repr__ = __str__


def _named(version: Registered) -> dict[str, Any]:
    return {"number": version.number, "version": version.prompt.version, "description": version.prompt.description}
