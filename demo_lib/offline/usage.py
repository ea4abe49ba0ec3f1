"""Counts tokens as OpenAI does, with the encoding that llama-index-core carries; never the network."""

from __future__ import annotations

import importlib.util
import json
import os
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

# The encoding of gpt-4o and later; tiktoken looks for it under the SHA-1 of its address.
_ENCODING = "o200k_base"
_FILE = "fb374d419588a4632f3f557e76b4b70aebbca790"
# A million spaces in one piece overflow the stack of tiktoken's pattern, and that takes the process down.
_PIECE_CHARACTERS = 100_000
_environment = Lock()


def _vendored_directory() -> Path | None:
    # `llama_index` is a namespace package: asking for its spec imports nothing, `llama_index.core` takes 3 s.
    spec = importlib.util.find_spec("llama_index")
    for root in (spec.submodule_search_locations or []) if spec else []:
        directory = Path(root) / "core" / "_static" / "tiktoken_cache"
        if (directory / _FILE).is_file():
            return directory
    return None


def _encoding() -> Any:
    """tiktoken's encoding, or None where it could only be downloaded."""
    with _environment:  # two threads that set and unset the variable would send one of them to the network
        return _load()


@lru_cache(maxsize=1)
def _load() -> Any:
    directory = _vendored_directory()
    if directory is None:
        return None
    import tiktoken

    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(directory)
    try:
        return tiktoken.get_encoding(_ENCODING)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def encode(text: str) -> list[int]:
    """The tokens of a text, as numbers (one for every four characters where no encoding is at hand)."""
    encoding = _encoding()
    if not encoding:
        return [0] * ((len(text) + 3) // 4)
    pieces = (text[at : at + _PIECE_CHARACTERS] for at in range(0, len(text), _PIECE_CHARACTERS))
    return [token for piece in pieces for token in encoding.encode_ordinary(piece)]


@lru_cache(maxsize=64)
def count(text: str) -> int:
    """The number of tokens in a text."""
    return len(encode(text))


def cut(text: str, tokens: int) -> str:
    """The first `tokens` tokens of a text."""
    encoding = _encoding()
    return str(encoding.decode(encode(text)[:tokens], errors="ignore")) if encoding else text[: tokens * 4]


def usage(request: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """The `usage` object for a request and the assistant message that answers it; for `n` of them where so many are."""
    # Three tokens frame each message and three prime the reply, as OpenAI's cookbook counts.
    prompt = 3 + sum(3 + _tokens_of(m) for m in request["messages"])
    prompt += sum(count(_dumps(t)) for t in request.get("tools") or [])
    if request.get("response_format"):
        prompt += count(_dumps(request["response_format"]))
    completion = max(1, _tokens_of({k: v for k, v in message.items() if k != "role"})) * (request.get("n") or 1)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _tokens_of(message: dict[str, Any]) -> int:
    texts = [v for v in message.values() if isinstance(v, str)]
    texts += [_dumps(v) for v in message.values() if v and not isinstance(v, str)]
    return sum(count(t) for t in texts)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
