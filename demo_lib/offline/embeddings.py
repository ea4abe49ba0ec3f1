"""The offline embedder: character n-grams hashed into a vector. No weights, no download, no GPU.

Words that share letters land close together (`customer`, `customers`, `cust_id`), which is what table names need;
meaning beyond spelling it does not know. Words like `what` and `the` are left out, since every question has them, and
what stands twice counts less than twice.
"""

from __future__ import annotations

import base64
import re
import struct
from functools import cache
from typing import Any

from demo_lib.offline import usage
from demo_lib.offline.wire.parameters import check_known
from demo_lib.offline.wire.protocol import MODEL, check_is_for_a_model
from demo_lib.offline.wire.refusals import Refusal, missing, wrong_type

DIMENSIONS = 1536  # as many as OpenAI's small embedder has, and no more than any index of pgvector holds
MOST_TEXTS = 2048
MOST_TOKENS = 8191  # of one text, as for OpenAI's embedders


def embed(texts: list[str]) -> list[list[float]]:
    """A vector of DIMENSIONS numbers for each text, of length 1 (0 for a text of spaces); the same on every machine."""
    import numpy as np
    from sklearn.preprocessing import normalize

    whole = [text.encode("utf-8", errors="replace").decode() for text in texts]  # half a surrogate pair has no bytes
    counts = _vectorizer().transform([_telling(text) for text in whole])
    counts.data = 1 + np.log(counts.data)  # sublinear: Manning, Raghavan and Schütze (2008), 6.4.1
    return normalize(counts).toarray().tolist()  # type: ignore[no-any-return]


def _telling(text: str) -> str:
    """The text without its stop words, unless it has no other."""
    words = re.findall(r"\w+", text.lower())
    return " ".join(w for w in words if w not in _stop_words()) or text


@cache
def _stop_words() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return frozenset(STOPWORDS_EN_PLUS)


@cache
def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer  # a second

    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), n_features=DIMENSIONS, alternate_sign=False, norm=None
    )


def embeddings(request: Any) -> dict[str, Any]:
    """The answer to a request for embeddings, as OpenAI gives it. Raises Refusal for one that is off."""
    check_is_for_a_model(request)
    check_known(request, ("model", "input", "dimensions", "encoding_format", "user"))
    if request.get("dimensions") not in (None, DIMENSIONS):
        raise Refusal(f"Unsupported value: 'dimensions' must be {DIMENSIONS} with this model.", "dimensions",
                      "unsupported_value")  # fmt: skip
    encoding = request.get("encoding_format", "float")
    if encoding not in ("float", "base64"):
        raise Refusal(f"Invalid value: {encoding!r:.60}. Supported values are: 'float' and 'base64'.",
                      "encoding_format", "invalid_value")  # fmt: skip
    if not isinstance(request.get("user"), (str, type(None))):
        raise wrong_type("user", "a string", request["user"])
    texts = _texts(request)
    tokens = [usage.count(text) for text in texts]
    if max(tokens) > MOST_TOKENS:
        raise Refusal(f"This model's maximum context length is {MOST_TOKENS} tokens, however you requested "
                      f"{max(tokens)} tokens. Please reduce your prompt.", "input",
                      "context_length_exceeded")  # fmt: skip
    vectors: list[Any] = embed(texts)
    if encoding == "base64":
        vectors = [base64.b64encode(struct.pack(f"<{DIMENSIONS}f", *vector)).decode() for vector in vectors]
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)],
        "model": MODEL,
        "usage": {"prompt_tokens": sum(tokens), "total_tokens": sum(tokens)},
    }


def _texts(request: dict[str, Any]) -> list[str]:
    given = request.get("input")
    if given is None:
        raise missing("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list):
        raise wrong_type("input", "a string or an array of strings", given)
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise Refusal(f"Invalid 'input': expected an array with length 1 to {MOST_TEXTS}, but got {len(texts)}.",
                      "input", "array_above_max_length" if texts else "empty_array")  # fmt: skip
    for i, text in enumerate(texts):
        if isinstance(text, (int, list)):
            raise Refusal("Unsupported value: 'input' must be text with this model; it reads no token numbers.",
                          "input", "unsupported_value")  # fmt: skip
        if not isinstance(text, str):
            raise wrong_type(f"input[{i}]", "a string", text)
        if not text.strip():
            raise Refusal(f"Invalid 'input[{i}]': input cannot be an empty string.", f"input[{i}]", "empty_string")
    return texts
