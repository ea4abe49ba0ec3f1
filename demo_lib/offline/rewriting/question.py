"""A question of which several words become one item that says what they mean together, before the clauses read it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..english.lexicon import ARTICLES, UNITS
from ..english.words import name_words
from ..frame import Event
from ..linking.linker import Item, made
from ..prompt.glossary import Term
from ..prompt.schema import bare
from ..prompt.vocabulary import Reading, Vocabulary
from ..source import paths
from . import moments
from .elapsed import assumed
from .moments import Words

AGGREGATES = ("avg", "median", "most", "least", "sum")
SOMEBODY = frozenset(("somebody", "someone"))
COMING = frozenset(("coming", "comes", "came", "come"))
COMPARISONS = (">", "<", ">=", "<=", "=")
MOST, LEAST, AVERAGE = ("most", "highest"), ("least", "lowest"), ("avg", "average")


class Question:
    """The items of a question, small words too, some of which become one item that says what they mean together."""

    def __init__(self, items: Sequence[Item], known: Vocabulary) -> None:
        self.items, self.known = list(items), known
        self.caveats: list[str] = []
        self.events: list[Event] = []
        """What happened, each with a period of its own."""
        self.prompt, self.schema = known.prompt, known.prompt.schema
        self.tables = list(dict.fromkeys(t for i in range(len(self)) for t in self.rows(i)))
        """The tables that the question names."""
        self.nouns = tuple(t.stem for item in items if item.of("table") for t in item.tokens)
        """By these words."""

    def __len__(self) -> int:
        return len(self.items)

    def word(self, i: int) -> str:
        """The words of the item at `i`; nothing where there is none."""
        return self.items[i].words if 0 <= i < len(self.items) else ""

    def kind(self, i: int) -> str:
        """The kind of the item at `i`."""
        return self.items[i].kind if 0 <= i < len(self.items) else ""

    def rows(self, i: int) -> list[str]:
        """The one table that the item at `i` is called after."""
        named = self.items[i].of("table") if 0 <= i < len(self) else ()
        best = list(dict.fromkeys(r.table for r in named if r.score == named[0].score and r.score >= 0.9))
        if named and {(r.kind, r.table) for r in self.items[i].readings} == {("table", named[0].table)}:
            called = {t.stem for t in self.items[i].tokens} & {*name_words(bare(named[0].table))}
            best = best or [named[0].table] if called else best  # `falls`, of `rider_falls`
        return best if len(best) == 1 else []

    def leave_out(self, *places: int) -> None:
        """Let what stands there say nothing; the items themselves stay as they are, for the links that are shown."""
        for k in places:
            self.items[k] = Item("glue", self.word(k), self.items[k].tokens, self.items[k].at)

    def skip(self, i: int, *words: frozenset[str]) -> int:
        """The first position from `i` on that holds none of these small words."""
        while any(self.word(i) in some for some in words) or self.word(i) == "on average":
            i += 1
        return i

    def find(self, words: frozenset[str] | set[str]) -> list[int]:
        """Where these words stand."""
        return [i for i in range(len(self)) if self.word(i) in words]

    def moment(self, i: int) -> tuple[Words, int] | None:
        """The words from `i` on that call a date, as stems, and the position after them."""
        i = self.skip(i, ARTICLES, SOMEBODY)
        if self.rows(i) and self.word(i + 1).split(" ")[0].endswith(("ing", "ed")):  # `a ticket coming in`
            i += 1
        if self.word(i) in COMING and self.word(i + 1) == "in":
            return (moments.COME_IN,), i + 2
        for size in (2, 1):
            run = self.items[i : i + size]
            words = tuple(t.stem for item in run for t in item.tokens)
            if len(run) < size or (size == 2 and not moments.is_pair(self.schema, words)):
                continue
            if len(words) > 1 and not moments.is_pair(self.schema, words):
                words = words[:1]  # `return an order`
            if moments.meant(self.schema, words, self.tables):
                end = i + size
                while self.word(end) in ("date", "time", "day"):
                    end += 1
                return tuple(w for w in words if w not in moments.STAMPS) or words, end
        return None

    def near(self) -> list[str]:
        """The tables whose rows lead to all that the question names; all of them where it names none."""
        named = {*self.tables, *(r.table for item in self.items for r in item.of("value")[:1])}
        return [t for t in self.schema.tables if named <= {*paths(self.schema, t)}]

    def unit(self) -> str:
        """The unit that is asked for with `in`, its words used up."""
        for i in range(len(self) - 1):
            apart = "(" in self.items[i + 1].tokens[0].gap  # `resolution time (hours)`
            if (self.word(i) == "in" or apart) and self.word(i + 1) in UNITS:
                unit = UNITS[self.word(i + 1)]
                self.items[i + 1].kind = "glue"
                return unit
        return ""

    @staticmethod
    def formula(name: str, sql: exp.Expr) -> Reading:
        """A formula as the glossary would give it."""
        table = next(c.table for c in sql.find_all(exp.Column))
        return Reading("term", table, 1.0, term=Term(name, ((name,),), sql))

    def put(self, said: Reading, used: set[int], at: int, *operators: tuple[str, str]) -> None:
        """Let the items in `used` become one, before the item at `at`, that means `said`.

        In front of it are put `operators`, as (kind, words).
        """
        self.caveats += assumed(said)
        first = min(used)
        whole = self.items[first]
        whole.tokens = tuple(t for k in sorted(used) for t in self.items[k].tokens)
        whole.words = " ".join(self.word(k) for k in sorted(used))
        whole.kind, whole.readings, whole.number, whole.notes = "link", (said,), None, []
        for k in used - {first}:
            self.items[k].silence()
        front = [made(kind, words) for kind, words in operators]
        self.items = [
            *[item for k, item in enumerate(self.items[:at]) if k not in used],
            *front, whole,
            *[item for k, item in enumerate(self.items[at:], at) if k not in used],
        ]  # fmt: skip
