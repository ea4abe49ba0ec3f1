"""Whom the settings ask, with which key, through which transport. Read from the environment when it is asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast, get_args

from demo_lib.errors import UsageError
from demo_lib.settings import Live, Settings

if TYPE_CHECKING:
    import httpx
    import openai

# What says that an endpoint can be asked, in the order in which they are looked for.
SIGNS: dict[Live, str] = {
    "compatible": "OPENAI_BASE_URL",
    "openai": "OPENAI_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
}


def live_endpoint(settings: Settings) -> Live | None:
    """The endpoint that these settings may ask; None where nothing leaves this process."""
    if settings.model in get_args(Live):
        return cast("Live", settings.model)
    if settings.model not in ("record", "stage"):
        return None
    with_key = [name for name, variable in SIGNS.items() if os.environ.get(variable, "").strip()]
    if settings.model == "stage":
        chosen = settings.live or next(iter(with_key), None)
        return chosen if chosen in with_key else None
    return settings.live or next(iter(with_key), "openai")


def transport(settings: Settings) -> httpx.BaseTransport:
    """Who answers, as the SDK sees it. Raises UsageError where a key is missing."""
    from demo_lib.llm.transport import RedactingClient, Through

    endpoint = live_endpoint(settings)
    live = Through(RedactingClient(_key(endpoint))) if endpoint else None
    if settings.model in ("record", "replay", "stage"):
        from demo_lib.llm import modes
        from demo_lib.llm.recording import Recordings

        recordings = Recordings(settings.recordings)
        if settings.model == "stage":
            return modes.Stage(recordings, live, settings.stage_seconds)
        return modes.Record(recordings, live) if live else modes.Replay(recordings)
    if live:
        return live
    from demo_lib.offline.transport import OfflineTransport

    return OfflineTransport()


def client(settings: Settings, wire: httpx.BaseTransport) -> openai.OpenAI:
    """The SDK's client for these settings, over `wire`. Raises UsageError where a key or an address is missing."""
    import httpx
    import openai

    common: dict[str, Any] = {
        "http_client": httpx.Client(transport=wire),
        "timeout": settings.model_timeout_seconds,
        "max_retries": 0,  # ours leave spans
    }
    match live_endpoint(settings):
        case "azure":
            version = os.environ.get("OPENAI_API_VERSION", "2024-10-21")
            endpoint = _required("AZURE_OPENAI_ENDPOINT")
            return openai.AzureOpenAI(api_key=_key("azure"), azure_endpoint=endpoint, api_version=version, **common)
        case "compatible":
            return openai.OpenAI(api_key=_key("compatible"), base_url=_required("OPENAI_BASE_URL"), **common)
        case "openai":
            return openai.OpenAI(api_key=_key("openai"), **common)
    return openai.OpenAI(api_key="none", base_url=f"http://{settings.model}.invalid/v1", **common)


def _key(endpoint: Live) -> str:
    """The endpoint's key. Raises UsageError where it is missing, or no header could hold it."""
    if endpoint == "compatible":
        # Ollama, llama.cpp and vLLM want no key
        return _required("OPENAI_API_KEY") if os.environ.get("OPENAI_API_KEY") else "no-key-needed"
    return _required(SIGNS[endpoint])


def _required(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"{variable} is not set. Set it, or use DEMO_MODEL=offline, which needs no key.")
    if not (value.isascii() and value.isprintable() and " " not in value):
        # such a header is refused by the HTTP library, whose error quotes it
        raise UsageError(f"{variable} holds a character that no key or address has. Copy it again.")
    return value
