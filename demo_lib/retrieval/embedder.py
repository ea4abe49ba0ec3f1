"""The offline embedder as LlamaIndex wants it: the index and the offline model's endpoint give the same vectors."""

from __future__ import annotations

from llama_index.core import set_global_tokenizer
from llama_index.core.embeddings import BaseEmbedding

from demo_lib.offline.embeddings import DIMENSIONS as DIMENSIONS
from demo_lib.offline.embeddings import embed
from demo_lib.offline.usage import encode

# LlamaIndex counts tokens too, where it splits documents; its default would be a second encoding, 70 MB of memory
set_global_tokenizer(encode)


class HashedNgrams(BaseEmbedding):
    """LlamaIndex's embedding interface over the offline embedder (scikit-learn's hashing trick)."""

    model_name: str = "hashed-char-ngrams"

    def _get_text_embedding(self, text: str) -> list[float]:
        return embed([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return embed(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return embed([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
