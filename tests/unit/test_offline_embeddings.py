"""The offline embedder behind OpenAI's embeddings endpoint: the SDK, LlamaIndex, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import numpy as np
import openai
import pytest

from demo_lib.offline import AsyncOfflineTransport, OfflineTransport
from demo_lib.offline.transport import answer
from demo_lib.retrieval.embedder import HashedNgrams

TEXTS = ["customers by region", "cust_region", "revenue"]


def client() -> openai.OpenAI:
    http = httpx.Client(transport=OfflineTransport())
    return openai.OpenAI(api_key="offline", base_url="http://offline.test/v1", http_client=http)


def test_the_endpoint_and_the_index_give_the_same_vectors() -> None:
    indexed = HashedNgrams().get_text_embedding_batch(TEXTS)
    as_floats = client().embeddings.create(model="m", input=TEXTS, encoding_format="float")
    assert [d.embedding for d in as_floats.data] == indexed
    assert [d.index for d in as_floats.data] == [0, 1, 2]
    # what the SDK asks for by itself is base64: the same numbers in single precision
    as_the_sdk_likes = client().embeddings.create(model="m", input=TEXTS)
    for one, other in zip(as_the_sdk_likes.data, indexed, strict=True):
        assert one.embedding == pytest.approx(other, rel=1e-6)


def test_words_that_share_letters_land_close_and_vectors_have_length_1() -> None:
    customers, customer, revenue = (
        np.array(d.embedding)
        for d in client().embeddings.create(model="m", input=["customers", "customer", "revenue"]).data
    )
    assert customers @ customer > 0.7 > 0.3 > customers @ revenue
    assert np.linalg.norm(revenue) == pytest.approx(1)


def test_tokens_are_counted_and_the_model_is_never_the_one_asked_for() -> None:
    one = client().embeddings.create(model="text-embedding-3-small", input="hello")
    two = client().embeddings.create(model="text-embedding-3-small", input=["hello", "hello world"])
    assert (one.usage.prompt_tokens, two.usage.prompt_tokens) == (1, 3)
    assert two.usage.total_tokens == 3 and two.model == "offline"


def test_an_asynchronous_client_gets_the_same() -> None:
    async def ask() -> Any:
        http = httpx.AsyncClient(transport=AsyncOfflineTransport())
        async with openai.AsyncOpenAI(api_key="x", base_url="http://offline.test/v1", http_client=http) as asynchronous:
            return await asynchronous.embeddings.create(model="m", input=TEXTS)

    assert asyncio.run(ask()) == client().embeddings.create(model="m", input=TEXTS)


def test_llama_index_embeds_with_it() -> None:
    from llama_index.embeddings.openai import OpenAIEmbedding

    http = httpx.Client(transport=OfflineTransport())
    embedder = OpenAIEmbedding(api_key="x", api_base="http://offline.test/v1", http_client=http, max_retries=0)
    assert embedder.get_text_embedding("revenue") == pytest.approx(
        HashedNgrams().get_text_embedding("revenue"), rel=1e-6
    )
    assert len(embedder.get_text_embedding_batch(TEXTS)) == 3


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"dimensions": 256}, "unsupported_value", "'dimensions' must be 1536"),
        ({"input": [1, 2]}, "unsupported_value", "it reads no token numbers"),
        ({"input": [[1, 2]]}, "unsupported_value", "it reads no token numbers"),
        ({"input": ""}, "empty_string", "cannot be an empty string"),
        ({"input": ["a", "  "]}, "empty_string", "'input[1]'"),
        ({"input": []}, "empty_array", "'input'"),
        ({"input": ["a"] * 2049}, "array_above_max_length", "1 to 2048"),
        ({"input": [None]}, "invalid_type", "input[0]"),
        ({"input": "how many " * 9_000}, "context_length_exceeded", "maximum context length is 8191 tokens"),
        ({"encoding_format": "hex"}, "invalid_value", "'hex'"),
        ({"extra_body": {"truncate": True}}, "unknown_parameter", "'truncate'"),
        ({"extra_body": {"user": 7}}, "invalid_type", "'user'"),
    ],
)
def test_refused_as_openai_refuses(change: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client().embeddings.create(**{"model": "m", "input": "x", **change})
    assert error.value.code == code and says in error.value.message


def test_half_a_surrogate_pair_is_text_too() -> None:
    response = answer("POST", "/v1/embeddings", b'{"model": "m", "input": "half a \\ud800 pair", "dimensions": 1536}')
    assert len(response.json()["data"][0]["embedding"]) == 1536
