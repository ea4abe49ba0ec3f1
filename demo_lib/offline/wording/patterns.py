"""A small language for turns of phrase that have nouns in them: `N that L in M` is read as `N with the L M`.

`a|b` is one of these words (`in_terms_of` are three), `A:a|b` is kept as A, `x?` may be missing, `,x` may stand behind
a comma, `!a|b` must not follow; `^` and `$` are the two ends, `#` is a number. A capital takes in some words, and says
of which kind they are; said again it is the same noun once more, or `one`:

* `N` rows or a column that the prompt knows, `M` a number of the prompt's that rows can be compared by, `P` rows in
  the plural;
* `D` a day of rows, `T` a period, `L` a way to say who comes first, `R` what was said before, `G` the number that is
  asked for, `X` up to six words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from ..english.lexicon import ARTICLES, DAY_NAMES, GRAINS, IRREGULAR, MONTHS, SYNONYMS
from ..english.words import Token, name_words, reworded, stem
from ..prompt.vocabulary import Reading, Vocabulary

Bound = dict[str, Sequence[Token]]
LONGEST = {"N": 4, "M": 5, "D": 4, "T": 5, "X": 6, "R": 4, "G": 4, "P": 2, "L": 5}
LED = frozenset(("the", "our", "its", "their", "all", "of"))
AGAIN = frozenset(("one", "ones", "it", "they", "them", "those", "these"))
AMOUNTS = frozenset(("value", "values", "amount", "amounts", "figure", "figures", "number", "numbers", "total", "sum",
                     "average", "averages", "totals", "count", "counts", "result"))  # fmt: skip
WORKED_OUT = (("total", "number", "of"), ("average", "number", "of"), ("number", "of"), ("amount", "of"),
              ("count", "of"), ("total",), ("average",), ("combined",), ("median",))  # fmt: skip
LEADING_TO_DATES = frozenset(("in", "during", "for", "since", "over", "last", "this"))
SAID_FIRST = frozenset(("please", "tell", "me", "show", "give", "us", "and", "so", "list", "name", "find", "say"))


@dataclass(frozen=True)
class Where:
    """What a pattern is read in."""

    tokens: Sequence[Token]
    known: Vocabulary
    ways: Mapping[str, str]
    """The ways to say who comes first, and the word for each."""

    @cached_property
    def words(self) -> frozenset[str]:
        """What is said in it, by which most patterns are ruled out."""
        return frozenset(t.word for t in self.tokens)

    @cached_property
    def taken(self) -> dict[tuple[str, int, int], bool]:
        """Which runs of tokens are of a kind, as far as was asked: many patterns ask the same."""
        return {}

    def is_(self, kind: str, start: int, end: int) -> bool:
        """Whether these tokens are of the kind that a capital stands for."""
        if (kind, start, end) not in self.taken:
            self.taken[kind, start, end] = _is(kind, self.tokens[start:end], self, start)
        return self.taken[kind, start, end]


@dataclass(frozen=True)
class Part:
    """One part of a pattern: a capital, `#`, `$` or `!` as its `kind`, or none for words that are said."""

    kind: str
    name: str
    """What is kept under it."""
    ways: Mapping[str, Sequence[tuple[str, ...]]]
    """The words, by the first of them."""
    maybe: bool
    comma: bool


def _part(text: str) -> Part:
    maybe, comma = text.endswith("?"), text.startswith(",")
    said = text.removesuffix("?").removeprefix(",")
    name, _, words = said.removeprefix("!").rpartition(":")
    kind = said[0] if said[0] in "$!#" or (said[0].isupper() and not name) else ""
    ways: dict[str, list[tuple[str, ...]]] = {}
    for way in words.split("|") if kind in ("", "!") else ():
        ways.setdefault(way.split("_")[0], []).append(tuple(way.split("_")))
    return Part(kind, name if not kind else said, ways, maybe, comma)


class Pattern:
    """One turn of phrase, and what it plainly says: `N`, `M2`, `#` there stand for what was said."""

    def __init__(self, said: str, plain: str, own: str = "") -> None:
        self.first, self.plain, self.own = said.startswith("^ "), plain.split(), frozenset(own.split())
        self.parts = tuple(_part(p) for p in said.removeprefix("^ ").split())
        self.needed = [p.ways.keys() for p in self.parts if not p.kind and not p.maybe]

    def put(self, where: Where) -> list[Token] | None:
        """The tokens, the first such turn put plainly; None where there is none."""
        tokens = where.tokens
        if any(where.words.isdisjoint(words) for words in self.needed):
            return None
        for start in [_first(tokens)] if self.first else range(len(tokens)):
            for end, bound in _read(self.parts, start, where, {}, True):
                if end > start and not self._is_named(tokens[start:end], where.known):
                    rest = list(tokens[end:])
                    return [*tokens[:start], *self._plainly(tokens[start], bound, where), *rest]
        return None

    def _is_named(self, tokens: Sequence[Token], known: Vocabulary) -> bool:
        said = [t for t in tokens if t.word in self.own]
        return any(known.knows(t.stem) for t in said)

    def _plainly(self, first: Token, bound: Bound, where: Where) -> list[Token]:
        found: list[Token] = []
        for word in self.plain:
            comma, word = word.startswith(","), word.removeprefix(",")
            if word == "L":
                word = where.ways[_text(bound["L"])]
            elif word == "Did":
                word = _past(bound["D"][0].word)
            elif not word.islower() and word not in bound:
                continue
            if word == "date?" and found[-1].word in ("date", "day"):
                continue
            run = list(bound.get(word) or reworded(first, word.removesuffix("?")))
            breaks = comma or (not found and first.breaks)
            found += [replace(run[0], breaks=breaks, gap=", " if breaks else " "), *run[1:]]
        return found


def _past(verb: str) -> str:
    """`open` as `opened`."""
    return verb if verb.endswith("ed") or verb in IRREGULAR else verb + ("d" if verb.endswith("e") else "ed")


def _text(run: Sequence[Token]) -> str:
    return " ".join(t.word for t in run)


def _first(tokens: Sequence[Token]) -> int:
    """Where the question itself begins, behind `please` and `tell me`."""
    return next((k for k, t in enumerate(tokens) if t.word not in SAID_FIRST), 0)


def _read(parts: Sequence[Part], i: int, where: Where, bound: Bound, first: bool) -> Iterator[tuple[int, Bound]]:
    """Every way to read the parts from token `i` on, as (end, what each capital took in)."""
    if not parts:
        yield i, bound
        return
    part, rest, words = parts[0], parts[1:], [t.word for t in where.tokens[i : i + 1]]
    if part.kind == "$" or part.kind == "!":
        if not words or (part.kind == "!" and words[0] not in part.ways):
            yield from _read(rest, i, where, bound, first)
        return
    for end in _ends(part, i, where, bound, part.comma or first):
        said = bound if not part.name or part.name in bound else {**bound, part.name: where.tokens[i:end]}
        yield from _read(rest, end, where, said, False)
    if part.maybe:
        yield from _read(rest, i, where, bound, first)


def _ends(part: Part, i: int, where: Where, bound: Bound, comma: bool) -> Iterator[int]:
    """Where each run of tokens from `i` on ends that is such a part."""
    tokens = where.tokens
    if i >= len(tokens) or (tokens[i].breaks and not comma):
        return
    if not part.kind:
        for way in part.ways.get(tokens[i].word, ()):
            run = tokens[i : i + len(way)]
            if tuple([t.word for t in run]) == way and not any(t.breaks for t in run[1:]):
                yield i + len(run)
    elif part.kind == "#":
        if tokens[i].number is not None and not tokens[i].quoted:
            yield i + 1
    else:
        longest = next((k for k in range(i + 1, len(tokens)) if tokens[k].breaks and tokens[k].gap != "-"), len(tokens))
        sizes = range(1, min(LONGEST[part.kind], longest - i) + 1)
        for size in sizes if part.kind == "X" else reversed(sizes):
            again = bound.get(part.name)
            if _is_again(tokens[i : i + size], again) if again else where.is_(part.kind, i, i + size):
                yield i + size


def _is_again(run: Sequence[Token], said: Sequence[Token]) -> bool:
    words = [t for t in run if t.word not in LED]
    return bool(words) and ({t.stem for t in words} <= {t.stem for t in said} or _text(words) in AGAIN)


def _is(kind: str, run: Sequence[Token], where: Where, i: int) -> bool:
    known = where.known
    if kind == "L":
        return _text(run) in where.ways
    if kind == "X":
        return True
    if kind == "T":
        last = run[-1].word
        return run[0].word in LEADING_TO_DATES and (last.isdigit() or last in MONTHS or last in GRAINS)
    if kind == "G":
        alone = not {t.word for t in where.tokens[:i]} & {"and", "plus"}
        return all(t.word in AGAIN | AMOUNTS | LED | ARTICLES for t in run) or (alone and _is("R", run, where, i))
    if kind == "R":
        before = {t.stem for t in where.tokens[:i]}
        plain = (t.stem in before or t.word in AGAIN | AMOUNTS | LED | ARTICLES for t in run)
        return all(plain)
    lead = next((k for k, t in enumerate(run) if t.word not in LED), len(run) - 1)
    run = run[lead:]
    if kind == "P":
        many = len(run) == 1 and run[0].word.endswith("s") and not _is("M", run, where, i)
        return many and any(r.kind == "table" and r.score >= 0.85 for r in called(run, known))
    if kind == "N":
        rows = _text(run) in (*GRAINS, *DAY_NAMES, "weekday") or any(_is_noun(r) for r in called(run, known))
        return rows or (len(run) > 1 and _is_value(run[:1], known) and _is("N", run[1:], where, i))
    if kind == "D":
        dated = (*called(run, known), *known.phrases.get((*(t.stem for t in run), "date"), ()))  # the first trip
        return any(r.column is not None and r.column.kind == "date" for r in dated)
    words = next((w for w in WORKED_OUT if tuple(t.word for t in run[: len(w)]) == w), ())
    named = called(run[len(words) :], known)
    own = any(_has(r, run[-1], known) for r in named) if len(run) > 1 else False  # `ad spend`, of a table called so
    return own or any(_is_amount(r) or (words and r.kind == "table" and r.score >= 0.8) for r in named)


def _has(r: Reading, last: Token, known: Vocabulary) -> bool:
    """Whether rows have a number that is called by the last word of their name."""
    columns = known.prompt.schema.tables[r.table].columns if r.kind == "table" else ()
    return any(c.kind == "number" and name_words(c.name) == (last.stem,) for c in columns)


def _is_noun(r: Reading) -> bool:
    return r.kind in ("table", "column") and r.score >= 0.8


def _is_amount(r: Reading) -> bool:
    number = r.column is not None and r.column.kind == "number" and r.score >= 0.75
    return number or (r.term is not None and r.term.is_measure and r.score >= 0.8)


def _is_value(run: Sequence[Token], known: Vocabulary) -> bool:
    return any(r.kind in ("value", "flag") for r in called(run, known))


def called(run: Sequence[Token], known: Vocabulary) -> Sequence[Reading]:
    """What the prompt calls so: `sign-up date` as `signup date`, too, and a `shop` where it has a store."""
    if not run or any(t.word in ARTICLES or t.quoted for t in run):
        return ()
    stems = tuple(t.stem for t in run)
    joined = ("".join(stems[:2]), *stems[2:])
    found = known.phrases.get(stems, []) or known.phrases.get(joined, [])
    other = next((o for o in synonyms().get(stems[-1], ()) if (*stems[:-1], o) in known.phrases), "")
    return found or known.phrases.get((*stems[:-1], other), [])


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """By the stem of a word, those of the words that mean the same."""
    groups: dict[str, list[str]] = {}
    for group in SYNONYMS:
        stems = [stem(w) for w in group]
        for s in stems:
            groups.setdefault(s, []).extend(o for o in stems if o != s)
    return {s: tuple(dict.fromkeys(others)) for s, others in groups.items()}


@lru_cache(maxsize=8)
def table(text: str) -> tuple[Pattern, ...]:
    """The patterns of a table: one a line, `said = plain`, and behind `!!` the words that the prompt must not have."""
    found = []
    for line in text.strip().splitlines():
        said, _, plain = line.partition(" =")
        plain, _, own = plain.partition(" !! ")
        found.append(Pattern(said, plain, own))
    return tuple(found)
