"""DeepEval's metrics as the kit uses them: rules of ours in its form, and a judge of ours behind its own.

Importing this needs DeepEval, which lives in the evaluation environment: `python3 run.py eval`.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from deepeval.metrics import BaseMetric
from deepeval.models import DeepEvalBaseLLM
from deepeval.test_case import LLMTestCase

from demo_lib.errors import DemoError
from demo_lib.evaluation import judge
from demo_lib.llm import Model

Ungrounded = Callable[[str, Sequence[str], Sequence[Sequence[Any]], str], list[str]]
"""An answer's text, its columns, its rows and the question → what of the text stands in none of the others."""


class Rule(BaseMetric):
    """A metric that asks nobody: `decide` says the score, from 0 to 1, and why. It passes at `threshold`."""

    def __init__(self, threshold: float = 1.0) -> None:
        self.threshold = threshold

    @abstractmethod
    def decide(self, case: LLMTestCase) -> tuple[float, str]:
        """The score and the reason for it."""

    def measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float:
        """The score, which stays in `score`; its reason in `reason`."""
        self.score, self.reason = self.decide(test_case)
        self.success = self.score >= self.threshold
        return self.score

    async def a_measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float:
        """As `measure`."""
        return self.measure(test_case)


class SqlValidity(Rule):
    """Whether the query in `actual_output` executes (slide 13). run: executes it; raises DemoError where it cannot."""

    def __init__(self, run: Callable[[str], object], threshold: float = 1.0) -> None:
        super().__init__(threshold)
        self._run = run

    def decide(self, case: LLMTestCase) -> tuple[float, str]:
        """1 where it ran, 0 with the error where not."""
        try:
            self._run(case.actual_output)
        except DemoError as error:
            return 0.0, str(error)
        return 1.0, "The query ran."

    @property
    def __name__(self) -> str:
        return "SQL Validity"


class ExecutionAccuracy(Rule):
    """Whether the query in `actual_output` gives the right rows. agrees: says so of a query."""

    def __init__(self, agrees: Callable[[str], bool], threshold: float = 1.0) -> None:
        super().__init__(threshold)
        self._agrees = agrees

    def decide(self, case: LLMTestCase) -> tuple[float, str]:
        """1 where the rows are the gold ones, else 0."""
        right = bool(case.actual_output) and self._agrees(case.actual_output)
        return float(right), "The rows are the gold ones." if right else "The rows are not the gold ones."

    @property
    def __name__(self) -> str:
        return "Execution Accuracy"


class Grounded(Rule):
    """Whether everything that an answer says is in its rows or in the question (slide 13's hallucinations).

    ungrounded: finds what is not. A case's `metadata` holds `columns` and `rows`.
    """

    def __init__(self, ungrounded: Ungrounded, threshold: float = 1.0) -> None:
        super().__init__(threshold)
        self._ungrounded = ungrounded

    def decide(self, case: LLMTestCase) -> tuple[float, str]:
        """1 where nothing is made up, else 0 with what is."""
        held = case.metadata or {}
        found = self._ungrounded(case.actual_output or "", held.get("columns", ()), held.get("rows", ()), case.input)
        if found:
            return 0.0, f"In neither the result nor the question: {', '.join(found)}."
        return 1.0, "All of it is in the result or in the question."

    @property
    def __name__(self) -> str:
        return "Grounded"


class Judge(DeepEvalBaseLLM):
    """The kit's own client as DeepEval wants a judge."""

    def __init__(self, model: Model) -> None:
        self._asked = model
        super().__init__(model.settings.model_id)

    def load_model(self) -> DeepEvalBaseLLM:
        """Nothing to load: whoever judges is behind an endpoint."""
        return self

    def generate(self, prompt: str, schema: type | None = None) -> str:
        """What the judge says; DeepEval reads the JSON in it. Raises as `judge.ask` does."""
        return judge.ask(self._asked, prompt, schema)

    async def a_generate(self, prompt: str, schema: type | None = None) -> str:
        """As `generate`, in a thread."""
        return await asyncio.to_thread(self.generate, prompt, schema)

    def get_model_name(self) -> str:
        """The name in DEMO_JUDGE_MODEL."""
        return self._asked.settings.model_id


class Nobody(DeepEvalBaseLLM):
    """Stands where a constructor wants a judge for a metric that does not ask one."""

    def load_model(self) -> DeepEvalBaseLLM:
        """Nothing to load."""
        return self

    def generate(self, *_: Any, **__: Any) -> str:
        """Never called. Raises DemoError if it is, after all."""
        raise DemoError("This metric asks no judge.")

    async def a_generate(self, *_: Any, **__: Any) -> str:
        """As `generate`."""
        return self.generate()

    def get_model_name(self) -> str:
        """What a report says."""
        return "no judge"
