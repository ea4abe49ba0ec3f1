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


class Pattern:
    """One turn of phrase, and what it plainly says: `N`, `M2`, `#` there stand for what was said."""

    def __init__(self, said: str, plain: str, own: str = "") -> None:
        self.parts, self.plain, self.own = said.split(), plain.split(), frozenset(own.split())
        literal = [_literal(p) for p in self.parts if not p.endswith("?") and p[0] not in "!^$#"]
        self.needed = [words for words in literal if words]

    def put(self, where: Where) -> list[Token] | None:
        """The tokens, the first such turn put plainly; None where there is none."""
        tokens = where.tokens
        if any(where.words.isdisjoint(words) for words in self.needed):
            return None
        parts = self.parts[1:] if self.parts[0] == "^" else self.parts
        for start in [_first(tokens)] if self.parts[0] == "^" else range(len(tokens)):
            for end, bound in _read(parts, start, where, {}, True):
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


def _literal(part: str) -> frozenset[str]:
    """The first words of the ways that a part may be said in; none for a capital."""
    ways = part.removeprefix(",").split(":")[-1]
    return frozenset(w.split("_")[0] for w in ways.split("|")) if ways[:1].islower() else frozenset()


def _text(run: Sequence[Token]) -> str:
    return " ".join(t.word for t in run)


def _first(tokens: Sequence[Token]) -> int:
    """Where the question itself begins, behind `please` and `tell me`."""
    return next((k for k, t in enumerate(tokens) if t.word not in SAID_FIRST), 0)


def _read(parts: Sequence[str], i: int, where: Where, bound: Bound, first: bool) -> Iterator[tuple[int, Bound]]:
    """Every way to read the parts from token `i` on, as (end, what each capital took in)."""
    if not parts:
        yield i, bound
        return
    part, rest = parts[0], parts[1:]
    if part == "$" or part[0] == "!":
        words = {t.word for t in where.tokens[i : i + 1]}
        if i >= len(where.tokens) if part == "$" else not words & {*part[1:].split("|")}:
            yield from _read(rest, i, where, bound, first)
        return
    maybe, comma = part.endswith("?"), part.startswith(",") or first
    part = part.removesuffix("?").removeprefix(",")
    for end, name in _ends(part, i, where, bound, comma):
        said = {**bound, name: where.tokens[i:end]} if name and name not in bound else bound
        yield from _read(rest, end, where, said, False)
    if maybe:
        yield from _read(rest, i, where, bound, first)


def _ends(part: str, i: int, where: Where, bound: Bound, comma: bool) -> Iterator[tuple[int, str]]:
    """(end, its name) for each run of tokens from `i` on that is such a part."""
    tokens = where.tokens
    if i >= len(tokens) or (tokens[i].breaks and not comma):
        return
    name, _, literal = part.rpartition(":")
    if part == "#":
        if tokens[i].number is not None and not tokens[i].quoted:
            yield i + 1, "#"
    elif part[0].isupper() and not name:
        sizes = range(1, min(LONGEST[part[0]], len(tokens) - i) + 1)
        for size in sizes if part[0] == "X" else reversed(sizes):
            run = tokens[i : i + size]
            if any(t.breaks and t.gap != "-" for t in run[1:]):
                continue
            if _is_again(run, bound[part]) if part in bound else _is(part[0], run, where, i):
                yield i + size, part
    else:
        for way in literal.split("|"):
            run = tokens[i : i + way.count("_") + 1]
            if _text(run) == way.replace("_", " ") and not any(t.breaks for t in run[1:]):
                yield i + len(run), name


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
