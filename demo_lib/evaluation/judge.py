"""Who judges an answer where no rule can: an LLM behind OpenAI's protocol, where DEMO_JUDGE names one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from demo_lib.errors import DemoError
from demo_lib.llm import Model, tally
from demo_lib.settings import NOT_LIVE, Settings


@dataclass(frozen=True)
class NotScored:
    """Why a metric has no value: what stands in the place of a score that nobody gave."""

    reason: str

    def __str__(self) -> str:
        return self.reason


NEEDS_A_JUDGE = NotScored("needs a judge")


def judge_of(settings: Settings) -> Model | None:
    """The model that judges, asked at the endpoint of DEMO_JUDGE under the name in DEMO_JUDGE_MODEL.

    Returns None where no judge is set. A missing key shows as a UsageError with the first question.
    """
    if settings.judge is None:
        return None
    return Model(replace(settings, model=settings.judge, model_id=settings.judge_model))


def ask(judge: Model, prompt: str, schema: type | None = None) -> str:
    """What the judge says.

    schema: a pydantic model that the answer is to follow. An endpoint may ignore it: the answer is plain text.
    Raises ModelError as `Model.chat` does, and DemoError where whoever answers is no LLM: the offline model may be
    behind a port.
    """
    wanted = None
    if schema is not None:
        # not strict: the schemas are DeepEval's, and have optional parts, which OpenAI's strict mode does not take
        wanted = {"name": schema.__name__, "strict": False, "schema": schema.model_json_schema()}  # type: ignore[attr-defined]
    with tally.counting() as counted:
        message = judge.chat([{"role": "user", "content": prompt}], schema=wanted)
    if set(counted.models) & set(NOT_LIVE):
        raise DemoError("The offline model cannot judge: it is a parser. Point DEMO_JUDGE at an LLM, or leave it out.")
    return message.content or ""
