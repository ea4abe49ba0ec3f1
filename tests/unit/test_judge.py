"""Who may judge: an LLM behind an endpoint that was named, and never the offline model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import BaseModel
from workshops import Script

from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation import judge
from demo_lib.llm import Model
from demo_lib.offline.transport import OfflineTransport
from demo_lib.settings import Settings


class Opinion(BaseModel):
    reason: str | None = None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://judge.invalid/v1")
    found = judge.judge_of(replace(Settings.from_env(), judge="compatible", judge_model="a-judge"))
    assert found
    return found


def test_nobody_judges_unless_asked() -> None:
    assert judge.judge_of(Settings.from_env()) is None


@pytest.mark.parametrize("mode", ["offline", "replay", "stage", "nobody"])
def test_only_an_endpoint_can_be_named(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("DEMO_JUDGE", mode)
    with pytest.raises(UsageError, match="DEMO_JUDGE.*one of openai, azure, compatible"):
        Settings.from_env()


def test_the_offline_model_behind_a_port_is_refused_too(asked: Model) -> None:
    asked.wire.transport = OfflineTransport()
    with pytest.raises(DemoError, match="offline model cannot judge"):
        judge.ask(asked, "Is this right?")


def test_a_judge_is_asked_under_its_own_name_for_what_is_to_be_read(asked: Model) -> None:
    import httpx

    script = Script("Yes.")
    asked.wire.transport = httpx.MockTransport(script)
    assert judge.ask(asked, "Is this right?", Opinion) == "Yes."
    (sent,) = script.seen
    assert sent["model"] == "a-judge" and sent["messages"][0]["content"] == "Is this right?"
    assert sent["response_format"]["json_schema"]["name"] == "Opinion"
