"""Ways to have rows counted: `count every …`, `group … and count them`, `…, and how many times each`, `how expensive`.

Token by token, before names are looked up. No turn is taken where the prompt has a word of its own for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import GRAINS, IRREGULAR, word_set
from ..english.words import Token, reworded, stems
from ..prompt.vocabulary import Vocabulary

POLITE = word_set("please can could would will you we i us me now just do kindly let want like need to d then")
GROUPING = word_set("group sort divide split break classify categorize categorise arrange separate cluster partition")
ASKING = ("please", "then", "and", "with", "show", "showing", "give", "giving", "tell", "me", "us", "i", "we", "need",
          "want", "just", "only", "plus", "like", "would", "d", "to", "see", "know", "have", "say", "list", "state",
          "display", "by", "in", "for", "get", "can", "you", "could", "also", "including")  # fmt: skip
COUNTS = frozenset(("count", "counts", "numbers", "number", "frequency", "frequencies"))
FIGURES = frozenset(("figures", "values", "totals", "numbers"))
OF_EACH = word_set(
    """
    the a of for in per to with each every one them these those group groups kind there are is case category all any it
    they that their do does fall belong have has
    """
)
STARTS = frozenset(("by", "per", "across", "each", "every", "grouped"))
OCCUR = word_set(
    """
    occurs occur occurred appears appear appeared happens happen happened comes come came up shows show turned
    turns turn was is used given named mentioned found it they this that has have did does
    """
)
PIECES = stems("product item article good unit part piece material ticket medicine ingredient component")
JOINED = frozenset(("of", "the", "total", "sum", "our"))
WAS = frozenset(("was", "were", "is", "are", "has", "have", "had", "got", "did", "we"))
DEAR = frozenset(("expensive", "costly", "pricey", "dear"))
BASE = ("base", "pool", "roster")
SIZE = frozenset(("large", "big", "strong", "sizable", "sizeable", "numerous", "high", "great"))
BEING = frozenset(("is", "are", "was", "were"))
DISTINCT = frozenset(("different", "distinct", "unique", "separate", "various", "individual"))
LIVING = word_set(
    """
    live lives living lived come comes located situated based spread distributed scattered dispersed found from in at
    reside residing resident settled divided home over across
    """
)
SPREAD = word_set("divide divides divided split splits distribute distributed spread spreads separate break breaks")
SMALL = word_set("the our all of its their these those a an we us have has do does did are is to be in")


def tallied(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such ways to count put plainly."""
    said = list(tokens)
    for rule in RULES:
        said = rule(said, known)
    return said


def _begin(tokens: Sequence[Token]) -> int:
    """Where the order itself begins: behind `could you please`."""
    return next((k for k, t in enumerate(tokens) if t.word not in POLITE), len(tokens))


def _say(token: Token, words: str, breaks: bool | None = None) -> list[Token]:
    said = reworded(replace(token, gap=" "), words)
    return said if breaks is None else [replace(said[0], breaks=breaks), *said[1:]]


def _count_every(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`count every member` as `count all members`: each of them once, and no number for each."""
    for i in range(len(tokens) - 2):
        if tokens[i].word not in ("count", "tally") or tokens[i + 1].word not in ("each", "every"):
            continue
        noun = tokens[i + 2]
        if not any(known.rows(t.stem) for t in tokens[i + 2 : i + 4]):
            continue  # `count each species` may want a number for each
        first = all(t.word in ASKING or t.word in POLITE or t.breaks for t in tokens[:i])
        if first and noun.word not in GRAINS and "'" not in noun.text and not known.knows(tokens[i].stem):
            return [*tokens[: i + 1], *_say(tokens[i + 1], "all"), *tokens[i + 2 :]]
    return tokens


def _quantity(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the quantity of vets` as their number; of what is had in pieces it may be another thing."""
    small = ("the", "our", "all", "different")
    for i in range(len(tokens) - 2):
        noun = next((k for k in range(i + 2, len(tokens)) if tokens[k].word not in small), i)
        if tokens[i].word not in ("quantity", "quantities") or tokens[i + 1].word != "of" or noun == i:
            continue
        rows = {r.table for r in known.phrases.get((tokens[noun].stem,), ()) if r.kind == "table" and r.score >= 0.9}
        own = {r.table for r in known.phrases.get((tokens[i].stem,), ()) if r.column}
        behind = tokens[noun + 1] if noun + 1 < len(tokens) else None
        happened = behind is not None and (behind.word.endswith("ed") or behind.word in IRREGULAR)
        things = tokens[noun].stem not in PIECES and tokens[noun].word.endswith("s")
        if rows and things and not rows & own and not happened:
            return [*tokens[:i], *_say(tokens[i], "number of"), *tokens[i + 2 :]]
    return tokens


def _how_many_of_size(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how large is our staff, in number of members` as `how many members`; `how big is our member base` likewise."""
    words = [t.word for t in tokens]
    sized = next((k for k in range(len(words) - 3) if words[k] == "how" and words[k + 1] in SIZE), None)
    if sized is None or words[sized + 2] not in BEING or known.knows(tokens[sized + 1].stem):
        return tokens
    counted = next((k for k in range(sized + 3, len(words) - 2) if words[k : k + 2] == ["number", "of"]), None)
    if counted is not None and words[counted - 1] in ("in", "by", "as", "the", "total"):
        return [*tokens[:sized], *_say(tokens[sized], "how many"), *tokens[counted + 2 :]]
    base = next((k for k in range(sized + 3, len(words)) if words[k] in BASE and not known.knows(tokens[k].stem)), None)
    if base is not None and known.rows(tokens[base - 1].stem):
        return [*tokens[:sized], *_say(tokens[sized], "number of"), *tokens[sized + 3 : base], *tokens[base + 1 :]]
    return tokens


def _tail(tokens: Sequence[Token]) -> tuple[int, str] | None:
    """Where it starts to say that each group shall be counted, and `count` or `figures` by how it is said."""
    for start in range(1, len(tokens)):
        first = tokens[start]
        if not (first.breaks or first.word in ("and", "with", "showing", "including")):
            continue
        k = start
        while k < len(tokens) and tokens[k].word in ASKING and not (k > start and tokens[k].breaks):
            k += 1
        rest = [t.word for t in tokens[k:]]
        while rest[:1] and rest[0] in ("the", "a", "their", "its", "respective", "corresponding"):
            rest = rest[1:]
        many = rest[:2] in (["how", "many"], ["how", "often"], ["how", "frequently"])
        behind = rest[2:] if many else rest[1:]
        behind = behind[1:] if many and behind[:1] == ["times"] else behind
        counted = many or rest[:1] and rest[0] in COUNTS
        if rest and (counted or rest[0] in FIGURES) and all(w in OF_EACH or (many and w in OCCUR) for w in behind):
            return start, "count" if many or rest[0] in COUNTS - FIGURES else "figures"
    return None


def _grouped(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`group the pets by species and count them` as `number of pets by species`; the order to count may stand alone."""
    tail = _tail(tokens)
    begin = _begin(tokens)
    order = begin < len(tokens) and tokens[begin].word in GROUPING and not known.knows(tokens[begin].stem)
    if order and (turned := _by_and_count(tokens, begin)):
        return turned
    if tail is None:
        return tokens
    start, kind = tail
    head = tokens[:start]
    words = [t.word for t in head]
    if not order:
        told = any(w in STARTS for w in words[1:]) or any(w in SPREAD for w in words[1:])
        return head if told and _counts_rows(head, known) else tokens
    into = next((k for k in range(begin + 1, start) if words[k] in ("by", "into", "according", "per", "on")), None)
    if into is None or into == begin + 1:
        return tokens
    behind = into + 2 if words[into] == "according" else into + 1
    noun = [t for t in head[begin + 1 : into] if t.word not in ("down", "up", "out", "apart")]
    if not noun or (kind == "figures" and not _counts_rows(noun, known)) or _amount(noun, known):
        return tokens
    return [*_say(tokens[begin], "number of", False), *noun, *_say(head[into], "by", False), *head[behind:]]


def _by_and_count(tokens: list[Token], begin: int) -> list[Token]:
    """`group by outcome and count the treatments`: the number of these by it."""
    words = [t.word for t in tokens]
    at = next((k for k in range(begin + 3, len(words) - 1) if words[k] == "count"), None)
    if words[begin + 1] not in ("by", "according") or at is None or words[at - 1] not in ("and", "then"):
        return []
    first = begin + (3 if words[begin + 1] == "according" else 2)
    noun = tokens[at + 1 :]
    end = at - 2 if words[at - 2] == "and" else at - 1
    if all(t.word in OF_EACH for t in noun):
        return []
    return [*_say(tokens[begin], "number of", False), *noun, *_say(tokens[at], "by", False), *tokens[first:end]]


def _amount(noun: Sequence[Token], known: Vocabulary) -> bool:
    readings = [r for t in noun for r in known.phrases.get((t.stem,), ()) if r.score >= 0.8]
    numbers = any(r.column and r.column.kind == "number" for r in readings)
    return numbers or any(r.kind == "term" for r in readings) and not any(r.kind == "table" for r in readings)


def _counts_rows(head: Sequence[Token], known: Vocabulary) -> bool:
    """Whether what stands there are rows, and no amount of which the numbers may be wanted."""
    return any(known.rows(t.stem) for t in head) and not _amount(head, known)


def _spread(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how do the pets divide into species` as `number of pets by species`."""
    words = [t.word for t in tokens]
    across = next((k for k, w in enumerate(words) if w in ("over", "across", "among", "between", "into")), 0)
    begin = next((k for k in range(across) if words[k : k + 2] == ["distribution", "of"]), None)
    if begin is not None and across > begin + 2 and _counts_rows(tokens[begin + 2 : across], known):
        skip = next((k for k in range(across + 1, len(words)) if words[k] not in SMALL | DISTINCT), across + 1)
        return [*tokens[:across], *_say(tokens[across], "by", False), *tokens[skip:]]
    if words[:1] != ["how"] or len(words) < 5 or words[1] not in ("do", "does", "did", "are", "is", "were"):
        return tokens
    verb = next((k for k in range(3, len(words) - 1) if words[k] in SPREAD and not known.knows(tokens[k].stem)), None)
    if verb is None:
        return tokens
    into = verb + 1
    while into < len(words) - 1 and words[into] in ("up", "out", "down", "itself", "themselves"):
        into += 1
    if words[into] not in ("into", "across", "over", "between", "among", "amongst", "by", "along", "in", "onto"):
        return tokens
    noun, groups = tokens[2:verb], tokens[into + 1 :]
    if not _counts_rows(noun, known) or _amount(noun, known) or not groups:
        return tokens
    skip = next((k for k, t in enumerate(groups) if t.word not in SMALL | DISTINCT), 0)
    return [*_say(tokens[0], "number of", False), *noun, *_say(tokens[into], "by", False), *groups[skip:]]


def _places(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`members are spread over how many towns`, `in how many towns do members live`: how many different towns."""
    words = [t.word for t in tokens]
    asked = [k for k in range(len(words) - 2) if words[k] == "how" and words[k + 1] in ("many", "much")]
    led = next((k for k in range(len(words) - 2) if words[k] in ("count", "number") and words[k + 1] in ("of", "the",
               *DISTINCT)), None)  # fmt: skip
    if len(asked) != 1 and led is None:
        return tokens
    at = asked[0] if asked else led or 0
    kind = at + 2 if asked else at + 1
    while kind < len(words) - 1 and words[kind] in DISTINCT | {"of", "the"}:
        kind += 1
    if not _is_kind(tokens[kind], known):
        return tokens
    others = [k for k in range(len(words)) if k not in range(at, kind + 1)]
    rows = [k for k in others if known.rows(tokens[k].stem) and words[k].endswith(("s", "people", "staff"))]
    if len(rows) != 1:
        return tokens
    rest = [words[k] for k in others if k != rows[0]]
    lives = any(w in LIVING - {"from", "in", "at", "over", "across"} for w in rest)
    allowed = LIVING | SMALL | POLITE | {"which", "where", "through", "there", "among", "show", "tell", "many"}
    if not lives or not all(w in allowed for w in rest):
        return tokens
    return [*_say(tokens[0], "how many different", False), tokens[kind], *_say(tokens[0], "of"), *_say(
        tokens[0], "our"), replace(tokens[rows[0]], breaks=False)]  # fmt: skip


def _is_kind(token: Token, known: Vocabulary) -> bool:
    """Whether a column of texts is called so, in the plural, and no rows are."""
    found = [r for r in known.phrases.get((token.stem,), ()) if r.score >= 0.8]
    texts = any(r.column and r.column.kind == "text" for r in found)
    return texts and token.word.endswith("s") and not any(r.kind == "table" for r in found)


def _each_named(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the planned and of the allowed cost` as `the planned cost and the allowed cost`."""
    for i in range(len(tokens) - 4):
        first = tokens[i]
        if tokens[i + 1].word not in ("and", "plus") or tokens[i + 1].breaks:
            continue
        second = next((k for k in range(i + 2, len(tokens)) if tokens[k].word not in JOINED), len(tokens))
        several = first.word.endswith("s") and known.rows(first.stem)  # `number of claims and total paid amount`
        if several or second == i + 2 or second + 1 >= len(tokens) or tokens[second + 1].breaks:
            continue  # `planned and allowed cost` is read as it stands
        noun = tokens[second + 1]
        both = known.is_number((first.stem, noun.stem)) and known.is_number((tokens[second].stem, noun.stem))
        if both and first.stem != noun.stem:
            added = "total" if any(t.word in ("total", "sum") for t in tokens[:i]) else ""
            said = [t for t in tokens[i + 2 : second] if t.word not in (*JOINED, "total")]
            said += _say(tokens[second], "total") if added else []
            lead = list(tokens[: i + 1])
            return [*lead, *_say(noun, noun.word, False), tokens[i + 1], *said, *tokens[second:]]
    return tokens


def _was_each(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how much cost was planned and how much was allowed` as `total planned cost and total allowed cost`."""
    words = [t.word for t in tokens]
    for i in range(len(words) - 7):
        if words[i : i + 2] != ["how", "much"] or words[i + 3] not in WAS:
            continue
        first = i + 5 if words[i + 4] == "been" else i + 4
        small = (*WAS, "and", "how", "much", "been", "of", "it")
        second = next((k for k in range(first + 1, len(words)) if words[k] not in small), 0)
        noun = tokens[i + 2]
        named = second and all(known.is_number((tokens[k].stem, noun.stem)) for k in (first, second))
        if named and second > first + 3 and first != second:
            said = f"total {tokens[first].word} {noun.word} and total {tokens[second].word} {noun.word}"
            return [*tokens[:i], *_say(tokens[i], said, tokens[i].breaks), *tokens[second + 1 :]]
    return tokens


def _totals_behind(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`views and clicks by medium, in total` as `total views and clicks by medium`."""
    for last in (("in", "total"), ("altogether",), ("in", "all"), ("overall",), ("all", "together"), ("summed", "up")):
        end = len(tokens) - len(last)
        if end < 3 or tuple(t.word for t in tokens[end:]) != last or not tokens[end].breaks:
            continue
        several = tokens[1].word == "and" and known.is_number((tokens[2].stem,))
        if several and known.is_number((tokens[0].stem,)):
            return [*_say(tokens[0], "total", False), *tokens[:end]]
    return tokens


def _dear(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how expensive is a treatment on average` as `how much does a treatment cost on average`."""
    words = [t.word for t in tokens]
    for i in range(len(words) - 3):
        if words[i] != "how" or words[i + 1] not in DEAR or words[i + 2] not in BEING:
            continue
        end = next((k for k in range(i + 3, len(words)) if words[k] in ("on", "by", "per", "with", "in", "for", "at")
                    or tokens[k].breaks), len(words))  # fmt: skip
        did = "did" if words[i + 2] in ("was", "were") else "does"
        noun = tokens[i + 3 : end]
        return [*tokens[:i], *_say(tokens[i], f"how much {did}"), *noun, *_say(tokens[i + 1], "cost"), *tokens[end:]]
    return tokens


RULES = (
    _each_named, _was_each, _totals_behind, _quantity, _how_many_of_size, _count_every, _grouped, _spread, _places,
    _dear,
)  # fmt: skip
