"""The embedders of the table index, as LlamaIndex wants them: DEMO_EMBEDDER names one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from llama_index.core import set_global_tokenizer
from llama_index.core.embeddings import BaseEmbedding

from demo_lib.errors import UsageError
from demo_lib.offline.embeddings import embed
from demo_lib.offline.usage import encode

if TYPE_CHECKING:
    from demo_lib.settings import Settings

# LlamaIndex counts tokens too, where it splits documents; its default would be a second encoding, 70 MB of memory
set_global_tokenizer(encode)


class Embedder(BaseEmbedding):
    """LlamaIndex's interface over a function of texts. An index is made anew for another `model_name`."""

    vectors_of: Callable[[list[str]], list[list[float]]]
    embed_batch_size: int = 100  # of 8,000 bytes each: within what OpenAI takes at once

    def _get_text_embedding(self, text: str) -> list[float]:
        return self.vectors_of([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self.vectors_of(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.vectors_of([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class HashedNgrams(Embedder):
    """The offline embedder (scikit-learn's hashing trick): the offline model's endpoint gives the same vectors."""

    model_name: str = "hashed-char-ngrams-2"
    vectors_of: Callable[[list[str]], list[list[float]]] = embed


def embedder_for(settings: Settings) -> Embedder:
    """The embedder that DEMO_EMBEDDER asks for: `offline`, `openai` (the live endpoint's) or `minilm`.

    Raises UsageError where a key, a package or a model is missing.
    """
    match settings.embedder:
        case "openai":
            return _behind_the_protocol(settings)
        case "minilm":
            return _minilm()
    return HashedNgrams()


def _behind_the_protocol(settings: Settings) -> Embedder:
    """OpenAI's embedder, an Azure deployment's, or any behind the protocol: whom the environment has a key for."""
    from demo_lib.llm.endpoints import live_endpoint
    from demo_lib.llm.model import Model

    endpoint = live_endpoint(settings) or live_endpoint(replace(settings, model="record"))
    model = Model(replace(settings, model=endpoint or "openai"))
    return Embedder(model_name=settings.embedder_id, vectors_of=model.embed)


def _minilm() -> Embedder:
    """all-MiniLM-L6-v2 where sentence-transformers and the model are on this machine: nothing is downloaded."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(os.environ.get("DEMO_MINILM", "sentence-transformers/all-MiniLM-L6-v2"))
    except (ImportError, OSError, ValueError) as error:
        missing = "the package" if isinstance(error, ImportError) else "the model"
        raise UsageError(
            f"DEMO_EMBEDDER=minilm: {missing} is not on this machine. Run pip install sentence-transformers, fetch "
            "sentence-transformers/all-MiniLM-L6-v2 once, or set DEMO_MINILM to its folder."
        ) from None
    return Embedder(model_name="all-MiniLM-L6-v2", vectors_of=lambda texts: model.encode(texts).tolist())
