"""The offline embedder: character n-grams hashed into a vector. No weights, no download, no GPU."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from llama_index.core import set_global_tokenizer
from llama_index.core.embeddings import BaseEmbedding

from demo_lib.offline.usage import encode

DIMENSIONS = 1024

# LlamaIndex counts tokens too, where it splits documents; its default would be a second encoding, 70 MB of memory
set_global_tokenizer(encode)


class HashedNgrams(BaseEmbedding):
    """LlamaIndex's embedding interface over scikit-learn's HashingVectorizer (the hashing trick).

    Words that share letters land close together (`customer`, `customers`, `cust_id`), which is what
    table names need; meaning beyond spelling it does not know.
    """

    model_name: str = "hashed-char-ngrams"

    @cached_property
    def _vectorizer(self) -> Any:
        from sklearn.feature_extraction.text import HashingVectorizer

        return HashingVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), n_features=DIMENSIONS, alternate_sign=False, norm="l2"
        )

    def _embed(self, texts: list[str]) -> list[list[float]]:
        return self._vectorizer.transform(texts).toarray().tolist()  # type: ignore[no-any-return]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
