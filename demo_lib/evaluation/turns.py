"""Where a row of things turns from good to bad, looking at few of them."""

from __future__ import annotations

from collections.abc import Callable

WALKED = 8  # so many are looked at one by one, and every turn is found


def turns(count: int, is_good: Callable[[int], bool], from_good: bool = False) -> list[int]:
    """The places that are bad where the place before is good.

    count: how many things there are. is_good: looks at one, by its place from 0; it is best to remember what it saw,
    since a place may be looked at again. from_good: the first is said to be good.

    Up to WALKED things all are looked at, and all turns returned. Of more, one turn at most: back from the last, by
    1, 2, 4 … to the nearest good one that this meets (or from the first, where that is said to be good), then halving
    what lies between. Then the first and the middle of either side are looked at too: where good and bad take turns,
    they may tell. That is some 2 · log2(count) + 4 looks. Nothing is returned where the last is good, or none is.
    """
    if count <= WALKED:
        good = [is_good(at) for at in range(count)]
        return [at for at in range(1, count) if good[at - 1] and not good[at]]
    if is_good(count - 1):
        return []
    low, high, step = (0, count - 1, 1) if from_good else (count - 2, count - 1, 2)
    while not is_good(low):
        if low == 0:
            return []
        low, high, step = max(0, count - 1 - step), low, step * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_good(middle) else (low, middle)
    for again in (0, low // 2, (high + count - 1) // 2):
        is_good(again)
    return [high]
