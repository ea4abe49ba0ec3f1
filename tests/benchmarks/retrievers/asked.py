#!/usr/bin/env python3
"""The contestants of the retrieval benchmark behind one face, each asked in a process of its own.

  python tests/benchmarks/retrievers/asked.py CONTESTANT CATALOGUE [--size N] [--python VENV_PYTHON]

Says first {"index_s"}: the seconds until the catalogue was indexed and one question answered, imports and the loading of
models not counted. Then a JSON line {"question", "k"} in, {"tables", "ms", "peak_mb"} out: the tables, best first, the
milliseconds it took, and the most memory held so far.
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

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE)]  # this copy of the kit, whatever is installed

import chromadb  # noqa: E402
import numpy as np  # noqa: E402
from growing import grown  # noqa: E402
from llama_index.core import StorageContext, VectorStoreIndex  # noqa: E402
from llama_index.core.retrievers import BaseRetriever  # noqa: E402
from llama_index.retrievers.bm25 import BM25Retriever  # noqa: E402
from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: E402
from vectors import peak_mb  # noqa: E402

from demo_lib.evaluation.retrieval import Search, plain_text, search_by, search_in, split_text  # noqa: E402
from demo_lib.retrieval.catalog import Catalog, Table  # noqa: E402
from demo_lib.retrieval.documents import documents, table_text  # noqa: E402
from demo_lib.retrieval.embedder import Embedder, HashedNgrams  # noqa: E402
from demo_lib.retrieval.glossary import Glossary  # noqa: E402
from demo_lib.retrieval.index import TableIndex  # noqa: E402
from demo_lib.settings import DATA_DIR  # noqa: E402

MOST = 10
"""How many tables a contestant can be asked for."""

Build = Callable[[Catalog], Search]


class Piped:
    """A published embedder behind `vectors.py`, in the environment that has it; started when it is first asked."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._process: subprocess.Popen[str] | None = None
        self.peak_mb: float | None = 0.0

    def __call__(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text."""
        if self._process is None:
            command, pipe = [PYTHON, str(HERE / "vectors.py"), self._name], subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(texts) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        self.peak_mb = answer["peak_mb"]
        vectors = np.frombuffer(base64.b64decode(answer["vectors"]), dtype="<f4").reshape(-1, answer["width"])
        found: list[list[float]] = vectors.tolist()
        return found


PYTHON = sys.executable
PIPED = {"wordllama": Piped("wordllama"), "MiniLM": Piped("minilm")}
EMBEDDERS: dict[str, Embedder] = {
    "hashed n-grams": HashedNgrams(),
    **{name: Embedder(model_name=name, vectors_of=piped) for name, piped in PIPED.items()},
}


def ours(catalog: Catalog, embedder: str = "hashed n-grams", glossary: Path | None = None) -> Search:
    """The kit's whole index, as it stands or with another embedder."""
    known = Glossary.from_file(glossary) if glossary else None
    return search_in(TableIndex(catalog, known, embedder=EMBEDDERS[embedder]))


def vectors(catalog: Catalog, embedder: str, text: Callable[[Table], str], *, chroma: bool = True) -> Search:
    """LlamaIndex's `VectorStoreIndex` over that text of each table, in ChromaDB or in LlamaIndex's own store."""
    context = None
    if chroma:
        client = chromadb.EphemeralClient(chromadb.config.Settings(anonymized_telemetry=False))
        collection = client.create_collection(uuid.uuid4().hex)  # all of a process share the client
        context = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    nodes = documents(catalog.tables.values(), text)
    index = VectorStoreIndex(nodes, storage_context=context, embed_model=EMBEDDERS[embedder])
    return _retrieved(index.as_retriever(similarity_top_k=min(MOST, len(nodes))))


def bm25_of_llama_index(catalog: Catalog) -> Search:
    """LlamaIndex's `BM25Retriever` over slide 8's text, as it comes: English stems, identifiers whole."""
    nodes = documents(catalog.tables.values(), plain_text)
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
    search("a first question", 1)  # what is indexed only when it is asked counts as well
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
    return None if own is None else own + sum(piped.peak_mb or 0 for piped in PIPED.values())


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
