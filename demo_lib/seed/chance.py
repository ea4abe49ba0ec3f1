"""Chance that repeats: each table and column draws from a stream of its own, and disturbs no other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def generator(*names: str) -> np.random.Generator:
    """The random stream that belongs to `names`, the same on every run."""
    digest = hashlib.sha256("/".join(names).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def weighted(rng: np.random.Generator, weights: ArrayLike, size: int) -> NDArray[np.int64]:
    """`size` positions in `weights`, each as often as its weight says."""
    total = np.cumsum(np.asarray(weights, dtype=float))
    return np.asarray(np.searchsorted(total, rng.random(size) * total[-1], side="right"), dtype=np.int64)


def choose(
    rng: np.random.Generator, values: Sequence[str], weights: ArrayLike, size: int
) -> NDArray[np.object_]:
    """`size` of `values`, each as often as its weight says."""
    return np.array(values, dtype=object)[weighted(rng, weights, size)]
