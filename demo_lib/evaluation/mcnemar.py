"""Is one of two better, or is it chance? McNemar's test, for two that were asked the same questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SIGNIFICANT = 0.05
"""The usual threshold of p; Fisher, Statistical Methods for Research Workers (1925)."""
FEWEST_DISCORDANT = 6  # 2 · (1/2)^6 = 0.03: with fewer, even a split of all to none stays above the threshold


@dataclass(frozen=True)
class McNemar:
    """How two differ on the same questions. What both get right, or neither, says nothing of which is better."""

    first: str
    second: str
    only_first: int
    """How many questions only the first gets right."""
    only_second: int
    p: float
    """How often a split at least this uneven would come up, were the two equally good; from 0 to 1."""

    @property
    def discordant(self) -> int:
        """How many questions exactly one of them gets right."""
        return self.only_first + self.only_second

    @property
    def in_words(self) -> str:
        """What p says, for people who do not read p-values."""
        if not self.discordant:
            return "Each gets the same questions right: nothing tells them apart."
        share = f"{self.p:.0%} of" if self.p >= 0.01 else f"1 of {1 / self.p:,.0f}"
        often = f"were the two equally good, a split this uneven would come up in {share} such comparisons"
        if self.p < SIGNIFICANT:
            better = self.first if self.only_first > self.only_second else self.second
            return f"{better} is better, and hardly by chance: {often}."
        few = f" With fewer than {FEWEST_DISCORDANT} such questions no split can be told from chance: ask more."
        return f"The difference may be chance: {often}.{few if self.discordant < FEWEST_DISCORDANT else ''}"

    def __str__(self) -> str:
        return (
            f"Right under {self.first} alone: {self.only_first}; under {self.second} alone: {self.only_second}. "
            f"McNemar's exact test, two-sided: p = {self.p:.2g}.\n{self.in_words}"
        )


def mcnemar(first: str, first_right: Iterable[bool], second: str, second_right: Iterable[bool]) -> McNemar:
    """McNemar's exact two-sided test on the questions that exactly one of two gets right.

    first, second: what to call them. first_right, second_right: for each question, in the same order, whether it is
    right. Were they equally good, each such question would fall to either with one half: a binomial test. McNemar,
    Psychometrika 12 (1947), 153–157; exact as in Fagerland, Lydersen and Laake, BMC Med. Res. Methodol. 13:91 (2013).
    """
    from scipy.stats import binomtest

    pairs = list(zip(first_right, second_right, strict=True))
    only_first = sum(a and not b for a, b in pairs)
    only_second = sum(b and not a for a, b in pairs)
    discordant = only_first + only_second
    p = float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0
    return McNemar(first, second, only_first, only_second, p)
