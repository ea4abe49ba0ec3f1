"""The one client that every agent talks to, and the one function that calls it.

Who answers is decided below the SDK: offline, an httpx transport answers in this process; live, the real
endpoint does; `record`, `replay` and `stage` stand between. Everything above (the SDK, MLflow's autologging,
LlamaIndex) behaves the same in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError
from demo_lib.llm import endpoints, tally
from demo_lib.llm.retries import Retries
from demo_lib.settings import Settings, badge_of, model_name, without_keys

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessage

    from demo_lib.llm.transport import Wire

CHECK_ENDPOINT = "Check OPENAI_BASE_URL and whether the WiFi wants a login, or use DEMO_MODEL=offline."
OWN_ERRORS = ("no_recording", "bad_recording")  # the codes of errors whose text is ours


class ModelError(DemoError):
    """The model could not answer: a wrong key, no connection, too many requests, a refused request."""


@dataclass(frozen=True)
class Model:
    """A chat model behind an OpenAI client, answered by whom the settings say."""

    settings: Settings
    retries: Retries = field(default_factory=Retries, compare=False)

    @cached_property
    def wire(self) -> Wire:
        """What the client talks through. Raises UsageError where a key or an address is missing."""
        from demo_lib.llm.transport import Wire

        return Wire(endpoints.transport(self.settings))

    @cached_property
    def client(self) -> openai.OpenAI:
        """The `openai` client for the chosen mode. Raises UsageError where a key or an address is missing."""
        return endpoints.client(self.settings, self.wire)

    def chat(
        self,
        messages: Sequence[dict[str, Any]],
        *,
        tools: Sequence[dict[str, Any]] = (),
        schema: dict[str, Any] | None = None,
    ) -> ChatCompletionMessage:
        """Ask the model once; what may pass by itself (a rate limit, a cut connection) is tried again, with a wait.

        messages: Chat Completions messages. tools: function schemas the model may choose from.
        schema: a JSON schema (`{"name", "strict", "schema"}`) that the answer must follow.
        Returns the assistant's message. Raises ModelError, which names the remedy and never the key.
        """
        import openai

        request: dict[str, Any] = {"model": self.settings.model_id, "messages": without_keys(list(messages))}
        if tools:
            request |= {"tools": list(tools), "tool_choice": "auto"}
        if schema:
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        client = self.client
        try:
            completion = self.retries.run(lambda: client.chat.completions.create(**request))
        except openai.OpenAIError as error:
            raise _explained(error, self.settings.model_id, "DEMO_MODEL_ID", "DEMO_MODEL=offline") from None
        except Exception:  # an endpoint that answers in no form the SDK can read
            raise ModelError(f"The model's endpoint sent something that is no answer. {CHECK_ENDPOINT}") from None
        return _message(completion, self.settings.model_id)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of these texts from the endpoint's embedder (DEMO_EMBEDDER_ID), with the same patience.

        Returns one list of numbers a text, in their order. Raises ModelError.
        """
        import openai

        model, client = self.settings.embedder_id, self.client
        asked = without_keys(list(texts))
        try:
            found = self.retries.run(lambda: client.embeddings.create(model=model, input=asked))
            vectors = [[float(n) for n in item.embedding] for item in sorted(found.data, key=lambda item: item.index)]
        except openai.OpenAIError as error:
            raise _explained(error, model, "DEMO_EMBEDDER_ID", "DEMO_EMBEDDER=offline") from None
        except Exception:
            vectors = []
        if len(vectors) != len(asked) or len({len(v) for v in vectors}) > 1 or [] in vectors:
            raise ModelError(f"The embedder's endpoint sent something that is no answer. {CHECK_ENDPOINT}")
        return vectors

    def ready(self) -> str:
        """Ask for a word to see who would answer; returns that as a line. Raises ModelError, UsageError."""
        mode, badge = self.settings.model, self.settings.badge
        if mode == "record":  # a word of greeting is not worth a recording
            asked = replace(self.settings, model=endpoints.live_endpoint(self.settings) or "offline")
            return Model(asked).ready() + "; what it says is recorded"
        kept = ""
        if mode in ("replay", "stage"):
            from demo_lib.llm.recording import Recordings

            found = Recordings(self.settings.recordings).count(self.settings.model_id)
            kept = f"{found:,} recording{'' if found == 1 else 's'} of {self.settings.model_id}"
            if mode == "replay":
                if not found:
                    raise ModelError(f"{badge}: there are {kept}. Make them with DEMO_MODEL=record.")
                return f"{badge}: {kept}"
        with tally.counting() as counted:
            self.chat([{"role": "user", "content": "Say OK."}])
        answered = badge_of(counted.answered_by)
        return f"{badge}: {kept}; beyond them {answered} answers" if kept else f"{answered} answers"


def _message(completion: Any, asked: str) -> ChatCompletionMessage:
    """The answer's message. The SDK does not check what an endpoint sends, so that is done here."""
    from openai.types.chat import ChatCompletionMessage

    choices = getattr(completion, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if not isinstance(message, ChatCompletionMessage) or not isinstance(message.content, (str, type(None))):
        raise ModelError(f"The model's endpoint sent something that is no answer. {CHECK_ENDPOINT}")
    for call in message.tool_calls or []:
        function = getattr(call, "function", None)
        if not all(isinstance(getattr(function, part, None), str) for part in ("name", "arguments")):
            raise ModelError("The model's endpoint sent a tool call that cannot be read. Ask again.")
    counted = tally.current()
    if counted is not None:
        said = completion.model if isinstance(completion.model, str) and completion.model else asked
        counted.note(model_name(said), completion.usage)
    return message


def _explained(error: openai.OpenAIError, model: str, variable: str, without_key: str) -> ModelError:
    """One line a person can act on. The SDK's own text may quote part of a key, so it is not passed on."""
    import openai

    offline = f"or use {without_key}, which needs no key"
    match error:
        case openai.APIStatusError() if error.code in OWN_ERRORS:
            return ModelError(_said(error))
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelError(f"The model's endpoint refused the key. Check it, {offline}.")
        case openai.RateLimitError(code="insufficient_quota"):
            return ModelError(f"The account of this key has no credit left. Add some, {offline}.")
        case openai.RateLimitError():
            return ModelError(f"The model's endpoint is at its rate limit. Wait a little, {offline}.")
        case openai.NotFoundError():
            return ModelError(f"The endpoint has no model {model!r}. Set {variable}, {offline}.")
        case openai.APITimeoutError():
            return ModelError(f"The model's endpoint gave no answer in time. Ask again, {offline}.")
        case openai.APIConnectionError():
            return ModelError(f"The model's endpoint cannot be reached. Check the network, {offline}.")
        case openai.BadRequestError():
            return ModelError(f"The model refused the request: {_said(error)[:300]}")
        case _:
            return ModelError(f"The model's endpoint failed ({type(error).__name__}). Ask again, {offline}.")


def _said(error: openai.APIStatusError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("message") or "no reason given")
