"""A cursor over the items of a question: look at one, skip some, use some up."""

from __future__ import annotations

from collections.abc import Sequence

from .frame import Dim, Readings
from .linking.linker import Item
from .prompt.vocabulary import Vocabulary


class Reader:
    """The items of one question. A used item is gone for every later clause; an unused one is declined by name."""

    def __init__(self, items: Sequence[Item], known: Vocabulary) -> None:
        self.items = [i for i in items if i.kind != "glue"]
        self.apart = {b for a, b in zip(items, items[1:], strict=False) if a.kind == "glue" and a.tokens[0].breaks}
        """What stands right behind a small word that a comma stands before: `returns, the pieces`."""
        self.done = {i.at + len(i.tokens): i.words for i in items if i.kind == "glue" and i.participle}
        """Which tokens stand behind a verb that says no more than that something happened."""
        self.now = any(i.kind == "glue" and i.words in ("currently", "still") for i in items)
        """Whether it is said that something is so now, and the prompt has no word for it."""
        self.said_at = {i.at: i.words for i in items if i.kind == "glue"}
        """The small words that are left out of the items, by their place: the `kg` behind a number."""
        self.known = known
        last = next((k for k in reversed(range(len(items))) if items[k].kind != "glue"), -1)
        self.trailing = {i.words for i in items[last + 1 :]}
        """The small words that the question ends with."""

        self.dated: Readings = ()
        """The date columns that a state of the rows is told by, as in `churned accounts per month`."""

    def __len__(self) -> int:
        return len(self.items)

    def item(self, i: int) -> Item | None:
        """The item at `i`, unless it is used up or there is none."""
        return self.items[i] if 0 <= i < len(self.items) and not self.items[i].used else None

    def is_(self, i: int, *kinds: str) -> bool:
        """Whether there is an unused item of one of these kinds at `i`."""
        found = self.item(i)
        return found is not None and found.kind in kinds

    def has(self, i: int, *readings: str) -> bool:
        """Whether there is an unused item at `i` that can be read as one of these."""
        found = self.item(i)
        return found is not None and bool(found.of(*readings))

    def skip(self, i: int, *kinds: str) -> int:
        """The first position from `i` on that is none of these kinds."""
        while self.is_(i, *kinds):
            i += 1
        return i

    def find(self, *kinds: str) -> list[int]:
        """Where unused items of these kinds stand."""
        return [i for i, item in enumerate(self.items) if item.kind in kinds and not item.used]

    def use(self, start: int, end: int) -> None:
        """Use up the items from `start` to before `end`."""
        for item in self.items[start:end]:
            item.used = True

    def take(self, start: int, end: int) -> None:
        """Use up a phrase, but not the values and flags inside it: they are filters still to be read."""
        for item in self.items[start:end]:
            modifies = item.of("value", "flag") and not item.of("table", "term")
            item.used = item.used or not (modifies and item is not self.items[end - 1])

    def words(self, start: int, end: int) -> str:
        """The words from `start` to before `end`."""
        return " ".join(i.words for i in self.items[start:end])

    def number(self, i: int) -> float:
        """The number at `i`."""
        return self.items[i].number or 0.0

    def head(self, i: int) -> int | None:
        """Where the noun stands of the phrase that starts at `i`: values and flags before it modify it."""
        while self.has(i, "value", "flag") and not self.has(i, "table", "term"):
            if not self.has(i + 1, "value", "flag", "table", "column", "term") or self.done_by(i):
                break
            i += 1
        return i if self.has(i, "table", "column", "term", "flag") or self.is_(i, "grain") else None

    def done_by(self, i: int) -> bool:
        """Whether who does it stands behind the item at `i`: `laptops do the teams have`."""
        end = self.items[i + 1].at if i + 1 < len(self.items) else 0
        return any(self.said_at.get(k) in ("do", "does", "did") for k in range(self.items[i].at, end))

    def told_of(self, i: int) -> Readings:
        """The tables before the `who` or `that` which the verb at `i` belongs to, used up or not."""
        for k in range(i - 1, 0, -1):
            if self.items[k].words in ("who", "that", "which"):
                return self.items[k - 1].of("table")
        return ()

    def dim(self, i: int, each: bool = False) -> Dim:
        """The item at `i` as something to group by."""
        item = self.items[i]
        if item.notes[:1] == ["weekday"] and item.of("column"):
            return Dim(item.words, item.of("column"), "", each)
        if item.kind == "grain":
            dated = item.of("column") if "of a date" in item.notes else ()
            return Dim(item.words, item.of("column"), item.notes[0], each, dated=dated)
        return Dim(item.words, item.of("table", "column", "flag"), "", each)
