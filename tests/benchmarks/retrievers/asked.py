#!/usr/bin/env python3
"""The contestants of the retrieval benchmark behind one face, each asked in a process of its own.

  python tests/benchmarks/retrievers/asked.py CONTESTANT CATALOGUE [--size N] [--python VENV_PYTHON]

Says first {"index_s"}: the seconds it took to index the catalogue, imports and the loading of models not counted. Then
a JSON line {"question", "k"} in, {"tables", "ms", "peak_mb"} out: the tables, best first, and the milliseconds it took.
"""

from __future__ import annotations

import argparse
import base64
import json
import logging
import subprocess
import sys
import time
import uuid
import warnings
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE)]  # this copy of the kit, whatever is installed

import chromadb  # noqa: E402
import numpy as np  # noqa: E402
from growing import grown  # noqa: E402
from llama_index.core import StorageContext, VectorStoreIndex  # noqa: E402
from llama_index.core.embeddings import BaseEmbedding  # noqa: E402
from llama_index.core.retrievers import BaseRetriever  # noqa: E402
from llama_index.retrievers.bm25 import BM25Retriever  # noqa: E402
from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: E402
from vectors import peak_mb  # noqa: E402

from demo_lib.evaluation.retrieval import Search, plain_text, search_by, search_in, split_text  # noqa: E402
from demo_lib.retrieval.catalog import Catalog, Table  # noqa: E402
from demo_lib.retrieval.embedder import HashedNgrams  # noqa: E402
from demo_lib.retrieval.glossary import Glossary  # noqa: E402
from demo_lib.retrieval.index import TableIndex, documents, table_text  # noqa: E402
from demo_lib.settings import DATA_DIR  # noqa: E402

MOST = 10
"""How many tables a contestant can be asked for."""
BATCH = 256

Embedder = Callable[[], BaseEmbedding]
Build = Callable[[Catalog], Search]


class PipedEmbedding(BaseEmbedding):
    """LlamaIndex's embedding interface over `vectors.py`, in the environment that has the embedder."""

    _process: Any = None
    peak_mb: float | None = 0.0

    def ask(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text."""
        if self._process is None:
            command = [PYTHON, str(HERE / "vectors.py"), self.model_name]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        found: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            self._process.stdin.write(json.dumps(texts[start : start + BATCH]) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            self.peak_mb = answer["peak_mb"]
            packed = np.frombuffer(base64.b64decode(answer["vectors"]), dtype="<f4")
            found += packed.reshape(-1, answer["width"]).tolist()
        return found

    def _get_text_embedding(self, text: str) -> list[float]:
        return self.ask([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self.ask(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.ask([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


PYTHON = sys.executable
EMBEDDERS: dict[str, BaseEmbedding] = {
    "hashed n-grams": HashedNgrams(),
    "wordllama": PipedEmbedding(model_name="wordllama"),
    "MiniLM": PipedEmbedding(model_name="minilm"),
}


def ours(catalog: Catalog, embedder: str = "hashed n-grams", glossary: Path | None = None) -> Search:
    """The kit's whole index, with another embedder in its place."""
    with mock.patch("demo_lib.retrieval.embedder.HashedNgrams", lambda: EMBEDDERS[embedder]):
        return search_in(TableIndex(catalog, Glossary.from_file(glossary) if glossary else None))


def vectors(catalog: Catalog, embedder: str, text: Callable[[Table], str], *, chroma: bool = True) -> Search:
    """LlamaIndex's `VectorStoreIndex` over that text of each table, in ChromaDB or in LlamaIndex's own store."""
    context = None
    if chroma:
        client = chromadb.EphemeralClient(chromadb.config.Settings(anonymized_telemetry=False))
        collection = client.create_collection(uuid.uuid4().hex)  # all of a process share the client
        context = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    nodes = documents(catalog, text)
    index = VectorStoreIndex(nodes, storage_context=context, embed_model=EMBEDDERS[embedder])
    return _retrieved(index.as_retriever(similarity_top_k=min(MOST, len(nodes))))


def bm25_of_llama_index(catalog: Catalog) -> Search:
    """LlamaIndex's `BM25Retriever` over slide 8's text, as it comes: English stems, identifiers whole."""
    nodes = documents(catalog, plain_text)
    return _retrieved(BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=min(MOST, len(nodes))))


def bm25(catalog: Catalog) -> Search:
    """bm25s over slide 8's text, its tokens as they come: no stems, identifiers whole."""
    import bm25s

    names = list(catalog.tables)
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize([plain_text(t) for t in catalog.tables.values()], show_progress=False), show_progress=False
    )

    def search(question: str, k: int) -> list[str]:
        found = index.retrieve(bm25s.tokenize(question, show_progress=False), k=min(k, len(names)), show_progress=False)
        # a table without a word of the question is not found, though k asks for more
        return [names[i] for i, score in zip(found.documents[0], found.scores[0], strict=True) if score > 0]

    return search


def tf_idf(catalog: Catalog) -> Search:
    """scikit-learn's TF-IDF over slide 8's text, its settings as they come."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    names, vectorizer = list(catalog.tables), TfidfVectorizer()
    texts = vectorizer.fit_transform([plain_text(t) for t in catalog.tables.values()])

    def search(question: str, k: int) -> list[str]:
        scores = (texts @ vectorizer.transform([question]).T).toarray().ravel()
        return [names[i] for i in np.argsort(-scores, kind="stable")[:k] if scores[i] > 0]

    return search


def _retrieved(retriever: BaseRetriever) -> Search:
    return lambda question, k: [node.node.metadata["table"] for node in retriever.retrieve(question)[:k]]


CONTESTANTS: dict[str, Build] = {
    "ours": ours,
    "ours, with the glossary": partial(ours, glossary=DATA_DIR / "glossary.md"),
    "ours with wordllama": partial(ours, embedder="wordllama"),
    "ours with MiniLM": partial(ours, embedder="MiniLM"),
    "slide 8, hashed n-grams": partial(vectors, embedder="hashed n-grams", text=plain_text),
    "slide 8, wordllama": partial(vectors, embedder="wordllama", text=plain_text),
    "slide 8, MiniLM": partial(vectors, embedder="MiniLM", text=plain_text),
    "slide 8 in LlamaIndex's own store": partial(vectors, embedder="hashed n-grams", text=plain_text, chroma=False),
    "TF-IDF": tf_idf,
    "BM25, default tokens": bm25,
    "BM25 of LlamaIndex": bm25_of_llama_index,
    "BM25, split and stemmed": lambda catalog: search_by(catalog, split_text, ("words",)),
    "our text, BM25 alone": lambda catalog: search_by(catalog, table_text, ("words",)),
    "our text, hashed n-grams alone": partial(vectors, embedder="hashed n-grams", text=table_text),
    "our text, wordllama alone": partial(vectors, embedder="wordllama", text=table_text),
    "our text, MiniLM alone": partial(vectors, embedder="MiniLM", text=table_text),
}


def serve(build: Build, catalog: Catalog) -> None:
    """Index the catalogue, then answer the lines of standard input, one each, until there are no more."""
    two = dict(islice(catalog.tables.items(), 2))
    build(Catalog(two))("a question", 1)  # imports and models are loaded now
    began = time.perf_counter()
    search = build(catalog)
    print(json.dumps({"index_s": time.perf_counter() - began}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.perf_counter()
        tables = search(asked["question"], asked["k"])
        ms = 1000 * (time.perf_counter() - began)
        print(json.dumps({"tables": tables, "ms": ms, "peak_mb": _peak_mb()}), flush=True)


def _peak_mb() -> float | None:
    """Of this process and of the one that embeds for it."""
    own = peak_mb()
    return None if own is None else own + sum(getattr(e, "peak_mb", 0) for e in EMBEDDERS.values())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contestant", choices=CONTESTANTS)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--size", type=int, help="grow the catalogue to so many tables")
    parser.add_argument("--python", default=sys.executable, help="the Python that has the embedder")
    options = parser.parse_args()
    PYTHON = options.python
    given = Catalog.from_file(options.catalogue)
    serve(CONTESTANTS[options.contestant], grown(given, options.size) if options.size else given)
