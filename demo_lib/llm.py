"""The one client that every agent talks to, and the one function that calls it.

Who answers is decided below the SDK: offline, an httpx transport answers in this process; live, the real
endpoint does. Everything above (the SDK, MLflow's autologging, LlamaIndex) behaves the same in both.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import Settings

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessage

# Tokens of the question being answered; tool calls in threads share it through their copied context.
_usage: ContextVar[dict[str, int] | None] = ContextVar("usage", default=None)


class ModelError(DemoError):
    """The model could not answer: a wrong key, no connection, too many requests, a refused request."""


@dataclass(frozen=True)
class Model:
    """A chat model behind an OpenAI client, offline or live as the settings say."""

    settings: Settings

    @cached_property
    def client(self) -> openai.OpenAI:
        """The `openai` client for the chosen mode. Raises UsageError where a key or an address is missing."""
        import openai

        mode = self.settings.model
        if mode == "offline":
            import httpx

            from demo_lib.offline.transport import OfflineTransport

            return openai.OpenAI(
                api_key="offline",
                base_url="http://offline.invalid/v1",
                http_client=httpx.Client(transport=OfflineTransport()),
            )
        from demo_lib.transport import RedactingClient

        live: dict[str, Any] = {"timeout": self.settings.model_timeout_seconds, "max_retries": 3}
        if mode == "azure":
            key = _required("AZURE_OPENAI_API_KEY")
            version = os.environ.get("OPENAI_API_VERSION", "2024-10-21")
            endpoint = _required("AZURE_OPENAI_ENDPOINT")
            return openai.AzureOpenAI(
                api_key=key, azure_endpoint=endpoint, api_version=version, http_client=RedactingClient(key), **live
            )
        if mode == "compatible":
            address = _required("OPENAI_BASE_URL")
            # Ollama, llama.cpp and vLLM want no key
            key = _required("OPENAI_API_KEY") if os.environ.get("OPENAI_API_KEY") else "no-key-needed"
            return openai.OpenAI(api_key=key, base_url=address, http_client=RedactingClient(key), **live)
        key = _required("OPENAI_API_KEY")
        return openai.OpenAI(api_key=key, http_client=RedactingClient(key), **live)

    def chat(
        self,
        messages: Sequence[dict[str, Any]],
        *,
        tools: Sequence[dict[str, Any]] = (),
        schema: dict[str, Any] | None = None,
    ) -> ChatCompletionMessage:
        """Ask the model once, with its SDK's own retries.

        messages: Chat Completions messages. tools: function schemas the model may choose from.
        schema: a JSON schema (`{"name", "strict", "schema"}`) that the answer must follow.
        Returns the assistant's message. Raises ModelError, which names the remedy and never the key.
        """
        import openai

        request: dict[str, Any] = {"model": self.settings.model_id, "messages": list(messages)}
        if tools:
            request |= {"tools": list(tools), "tool_choice": "auto"}
        if schema:
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        client = self.client
        try:
            completion = client.chat.completions.create(**request)
        except openai.OpenAIError as error:
            raise _explained(error, self.settings) from None
        except Exception as error:  # an endpoint that answers in no form the SDK can read
            raise ModelError(f"The model's endpoint sent what is no answer ({type(error).__name__}).") from None
        return _message(completion)


def _message(completion: Any) -> ChatCompletionMessage:
    """The answer's message. The SDK does not check what an endpoint sends, so that is done here."""
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionMessage

    choices = getattr(completion, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if not isinstance(message, ChatCompletionMessage) or not isinstance(message.content, (str, type(None))):
        raise ModelError("The model's endpoint sent what is no answer. Check its address, and ask again.")
    for call in message.tool_calls or []:
        function = getattr(call, "function", None)
        if not all(isinstance(getattr(function, part, None), str) for part in ("name", "arguments")):
            raise ModelError("The model's endpoint sent a tool call that cannot be read. Ask again.")
    if isinstance(completion.usage, CompletionUsage):
        _count(completion.usage)
    return message


def start_counting() -> dict[str, int]:
    """Begin a fresh token count for this context; the returned dictionary fills up as calls are made."""
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    _usage.set(usage)
    return usage


def _count(usage: Any) -> None:
    total = _usage.get()
    if total is not None and usage is not None:
        for name in total:
            spent = getattr(usage, name)
            total[name] += spent if isinstance(spent, int) else 0


def _required(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"{variable} is not set. Set it, or use DEMO_MODEL=offline, which needs no key.")
    if not (value.isascii() and value.isprintable() and " " not in value):
        # such a header is refused by the HTTP library, whose error quotes it
        raise UsageError(f"{variable} holds a character that no key or address has. Copy it again.")
    return value


def _explained(error: openai.OpenAIError, settings: Settings) -> ModelError:
    """One line a person can act on. The SDK's own text may quote part of a key, so it is not passed on."""
    import openai

    offline = "or use DEMO_MODEL=offline, which needs no key"
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelError(f"The model's endpoint refused the key. Check it, {offline}.")
        case openai.RateLimitError():
            return ModelError(f"The model's endpoint is at its rate limit. Wait a little, {offline}.")
        case openai.NotFoundError():
            return ModelError(f"The endpoint has no model {settings.model_id!r}. Set DEMO_MODEL_ID, {offline}.")
        case openai.APIConnectionError():  # a time-out is one of these
            return ModelError(f"The model's endpoint cannot be reached. Check the network, {offline}.")
        case openai.BadRequestError():
            return ModelError(f"The model refused the request: {_refusal(error)}")
        case _:
            return ModelError(f"The model's endpoint failed ({type(error).__name__}). Ask again, {offline}.")


def _refusal(error: openai.BadRequestError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("message") or "no reason given")[:300]
