"""Asking again: which failures pass by themselves, how long to wait for that, and a span for every wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from demo_lib.tracing import aside

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")


@dataclass
class Retries:
    """How patiently a model is asked. Its SDK's own retries are off: they leave no span."""

    attempts: int = 4
    """The first included."""
    first_wait_seconds: float = 0.5
    """Before the second attempt; each later wait is twice as long."""
    most_wait_seconds: float = 8.0
    """No wait is longer, whatever an endpoint's `retry-after` asks for."""
    jitter_seconds: float = 0.25
    """At most this much is added by chance, so that clients which failed together do not come back together."""

    def run(self, ask: Callable[[], T]) -> T:
        """Call `ask` until it returns, fails for good, or has been called `attempts` times; raises its last error."""
        import tenacity

        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=self._wait_seconds,
            retry=tenacity.retry_if_exception(lambda error: passing_trouble(error) is not None),
            before_sleep=self._back_off,
            sleep=lambda _: None,  # slept inside the span
            reraise=True,
        )(ask)

    def _wait_seconds(self, state: RetryCallState) -> float:
        asked_for = retry_after_seconds(_error(state))
        if asked_for is not None:
            return min(asked_for, self.most_wait_seconds)
        doubled = self.first_wait_seconds * 2 ** (state.attempt_number - 1)
        return min(doubled + random.uniform(0, self.jitter_seconds), self.most_wait_seconds)

    def _back_off(self, state: RetryCallState) -> None:
        seconds = state.next_action.sleep if state.next_action else 0.0
        trouble = passing_trouble(_error(state))
        attempt = f"attempt {state.attempt_number + 1} of {self.attempts}"
        with aside("backoff", f"{trouble}, waited {seconds:.2g} s, {attempt}", wait_seconds=round(seconds, 3)):
            time.sleep(seconds)


def passing_trouble(error: BaseException | None) -> str | None:
    """What to call a failure that may be gone a moment later; None for one that asking again will not mend."""
    import openai

    match error:
        case openai.RateLimitError():
            # 429 also means that the account has no money left, and waiting brings none
            return None if error.code == "insufficient_quota" else "rate limit"
        case openai.APITimeoutError():
            return "time-out"
        case openai.APIConnectionError():
            return "no connection"
        case openai.APIStatusError() if error.status_code in (408, 409) or error.status_code >= 500:
            final = error.response.headers.get("x-should-retry") == "false"
            return None if final else f"server error {error.status_code}"
    return None


def retry_after_seconds(error: BaseException | None) -> float | None:
    """How long the endpoint asked to be left alone: `retry-after-ms`, or `retry-after` in seconds or as a date."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    for header, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = response.headers.get(header, "")
        try:
            return max(0.0, float(text) * unit)
        except ValueError:
            pass
    try:
        moment = parsedate_to_datetime(response.headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
