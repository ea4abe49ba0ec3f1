"""The parameters beside the messages and tools: which there are, what they may be, and which are not offered."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from demo_lib.offline.wire.refusals import Refusal, unsupported, wrong_type

# Asked for, these would change an answer in a way that the offline model cannot follow.
_NOT_OFFERED = (
    *("logprobs", "top_logprobs", "logit_bias"),
    *("audio", "functions", "function_call", "web_search_options", "moderation"),
)
_RANGES = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "max_tokens": (1, math.inf),
    "max_completion_tokens": (1, math.inf),
    "n": (1, 128),
}
# What else there is. A deterministic model has no use for a seed, nor a parser for an effort: they are taken as said.
_TYPES: dict[str, tuple[type, str]] = {
    "metadata": (dict, "an object"),
    "parallel_tool_calls": (bool, "a boolean"),
    "prediction": (dict, "an object"),
    "prompt_cache_key": (str, "a string"),
    "prompt_cache_options": (dict, "an object"),
    "prompt_cache_retention": (str, "a string"),
    "reasoning_effort": (str, "a string"),
    "safety_identifier": (str, "a string"),
    "seed": (int, "an integer"),
    "service_tier": (str, "a string"),
    "store": (bool, "a boolean"),
    "stream": (bool, "a boolean"),
    "stream_options": (dict, "an object"),
    "user": (str, "a string"),
    "verbosity": (str, "a string"),
}
_CHAT = {
    *("model", "messages", "tools", "tool_choice", "response_format", "stop", "modalities"),
    *_NOT_OFFERED,
    *_RANGES,
    *_TYPES,
}


def check_parameters(request: dict[str, Any]) -> None:
    """Check all of a chat completion's request but its messages, tools and formats. Raises Refusal."""
    check_known(request, _CHAT)
    for name in _NOT_OFFERED:
        if request.get(name) not in (None, False, {}, []):
            raise unsupported(name)
    for name, (kind, expected) in _TYPES.items():
        value = request.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool)):
            raise wrong_type(name, expected, value)
    for name, (low, high) in _RANGES.items():
        check_range(request, name, low, high)
    if request.get("modalities") not in (None, ["text"]):
        raise Refusal("Unsupported value: 'modalities' must be ['text'] with this model.", "modalities",
                      "unsupported_value")  # fmt: skip
    _check_stream_options(request)
    stop = request.get("stop")
    stops = stop if isinstance(stop, list) else [stop or ""]
    if len(stops) > 4 or not all(isinstance(s, str) for s in stops):
        raise wrong_type("stop", "a string or an array of at most four strings", stop)


def check_known(given: dict[str, Any], names: Collection[str], where: str = "") -> None:
    """Refuse what has a name that is none of `names`: a typo would otherwise pass for a setting that is kept."""
    for name in given:
        if name not in names:
            name = f"{where}{name}"[:100]
            raise Refusal(f"Unknown parameter: '{name}'.", name, "unknown_parameter")


def check_range(request: dict[str, Any], name: str, low: float, high: float) -> None:
    """Check a number, whole where its least value is 1, that may be left out. Raises Refusal."""
    value = request.get(name)
    if value is None:
        return
    kind = "integer" if low == 1 else "decimal"
    if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else (int, float)):
        raise wrong_type(name, f"{'an' if kind == 'integer' else 'a'} {kind}", value)
    if not low <= value <= high:
        beyond, bound = ("below minimum", f">= {low}") if value < low else ("above maximum", f"<= {high}")
        code = f"{kind}_{'below_min' if value < low else 'above_max'}_value"
        raise Refusal(f"Invalid '{name}': {kind} {beyond} value. Expected a value {bound}, but got {value} instead.",
                      name, code)  # fmt: skip


def _check_stream_options(request: dict[str, Any]) -> None:
    options = request.get("stream_options")
    if options is None:
        return
    if not request.get("stream"):
        raise Refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    check_known(options, ("include_usage", "include_obfuscation"), "stream_options.")
    for name, value in options.items():
        if not isinstance(value, (bool, type(None))):
            raise wrong_type(f"stream_options.{name}", "a boolean", value)
