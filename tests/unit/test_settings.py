"""Settings come from the environment, typed, and say what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from demo_lib.errors import UsageError
from demo_lib.settings import DEFAULT_MODEL_ID, PROJECT_ROOT, Settings, badge_of


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_MODEL")


def test_without_a_key_the_offline_model_answers() -> None:
    assert Settings.from_env().badge == "OFFLINE"


def test_a_key_makes_openai_the_default_and_the_badge_names_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-key")
    assert Settings.from_env().badge == f"LIVE {DEFAULT_MODEL_ID}"
    monkeypatch.setenv("DEMO_MODEL", "offline")
    assert Settings.from_env().badge == "OFFLINE"


@pytest.mark.parametrize(("mode", "badge"), [("record", "RECORD gpt-4o"), ("replay", "REPLAY"), ("stage", "STAGE")])
def test_the_modes_of_a_rehearsal_have_badges_of_their_own(mode: str, badge: str) -> None:
    assert Settings.from_env(mode).badge == badge


@pytest.mark.parametrize(
    ("answered_by", "badge"),
    [("offline", "OFFLINE"), ("replay + offline", "REPLAY + OFFLINE"), ("replay + gpt-4o", "REPLAY + LIVE gpt-4o")],
)
def test_an_answers_badge_names_all_who_gave_it(answered_by: str, badge: str) -> None:
    assert badge_of(answered_by) == badge


def test_values_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_AS_OF", "2025-10-31")
    monkeypatch.setenv("DEMO_CAP_ROWS", "50")
    monkeypatch.setenv("DEMO_QUERY_TIMEOUT_SECONDS", "2.5")
    settings = Settings.from_env()
    assert (settings.as_of, settings.cap_rows, settings.query_timeout_seconds) == (date(2025, 10, 31), 50, 2.5)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DEMO_MODEL", "gpt", "offline, openai, azure, compatible"),
        ("DEMO_LIVE", "replay", "one of openai, azure, compatible"),
        ("DEMO_AS_OF", "tomorrow", "2025-11-01"),
        ("DEMO_CAP_ROWS", "many", "whole number"),
        ("DEMO_MAX_TURNS", "0", "above zero"),
        ("DEMO_QUERY_TIMEOUT_SECONDS", "-1", "above zero"),
    ],
)
def test_what_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=variable) as caught:
        Settings.from_env()
    assert said in str(caught.value)


def test_every_variable_is_in_the_readme() -> None:
    from dataclasses import fields

    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    missing = [f.name for f in fields(Settings) if f"DEMO_{f.name.upper()}" not in readme]
    assert missing == ["tracking_uri"] and "MLFLOW_TRACKING_URI" in readme


def test_importing_the_library_imports_none_of_the_heavy_ones() -> None:
    code = (
        "import sys, demo_lib; "
        "heavy = {'mlflow', 'openai', 'llama_index', 'chromadb', 'pandas', 'duckdb', 'sqlglot', 'matplotlib'}; "
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_public_name_can_be_had() -> None:
    import demo_lib

    assert {name: getattr(demo_lib, name) for name in demo_lib.__all__}
    with pytest.raises(AttributeError):
        _ = demo_lib.nothing_of_the_kind
