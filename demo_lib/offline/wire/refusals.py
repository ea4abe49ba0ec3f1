"""How a request is refused: in OpenAI's words and its error's shape, so that a mistake shows without a key."""

from __future__ import annotations

from typing import Any

_KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null",
          int: "an integer", float: "a decimal"}  # fmt: skip


class Refusal(Exception):
    """A request that OpenAI's endpoint answers with an error; carries what goes into its body."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status = message, param, code, status

    @property
    def body(self) -> dict[str, Any]:
        """The response's JSON."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


def wrong_type(name: str, expected: str, got: Any, param: str | None = "") -> Refusal:
    """`name` is not what it has to be; `param` where that is another name."""
    kind = _KINDS.get(type(got), "that")
    return Refusal(f"Invalid type for '{name}': expected {expected}, but got {kind} instead.",
                   name if param == "" else param, "invalid_type")  # fmt: skip


def missing(name: str) -> Refusal:
    """`name` has to be there."""
    return Refusal(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def unsupported(name: str, instead: str = "") -> Refusal:
    """`name` is OpenAI's, and is not offered here; `instead` is a sentence that says what to do."""
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return Refusal(f"{message} {instead}".strip(), name, "unsupported_parameter")
