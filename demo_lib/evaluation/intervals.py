"""How sure a mean is: the interval that it would fall into with other questions of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95
RESAMPLES = 2_000


@dataclass(frozen=True)
class Measured:
    """A mean with its interval of 95 % confidence; all are not-a-number where nothing was to be measured."""

    value: float
    low: float
    high: float
    n: int
    """Over how many questions."""

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, n = {self.n})" if self.n else "nothing to measure"


def measured(scores: pd.Series, questions: pd.Series) -> Measured:
    """The mean score of the questions and how sure it is.

    scores: a number each, or missing where the metric does not apply. questions: to which each belongs; the answers to
    one question are not independent, so they count as their mean. Shares of yes and no get Wilson's interval (1927),
    other scores that of the percentile bootstrap (Efron 1979), with a fixed seed.
    """
    import numpy as np
    from scipy import stats

    means = scores.astype(float).groupby(questions.to_numpy()).mean().dropna().to_numpy()
    if not len(means):
        return Measured(float("nan"), float("nan"), float("nan"), 0)
    value = float(means.mean())
    if set(np.unique(means)) <= {0.0, 1.0}:
        interval: Any = stats.binomtest(int(means.sum()), len(means)).proportion_ci(CONFIDENCE, method="wilson")
    elif len(means) == 1:
        return Measured(value, value, value, 1)
    else:
        interval = stats.bootstrap(
            (means,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="percentile", rng=0
        ).confidence_interval
    return Measured(value, float(interval.low), float(interval.high), len(means))
