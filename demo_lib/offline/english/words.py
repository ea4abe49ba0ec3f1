"""Text → tokens: lower case, stems, numbers, contractions undone. Also how an identifier reads as words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import Stemmer

from ..usage import count
from .lexicon import ABBREVIATIONS, IDIOMS, IRREGULAR, NUMBERS, PEOPLE, SCALES

_STEMMER = Stemmer.Stemmer("english")
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]{1,80}"|(?<!\w)'[^']{1,80}'(?!\w))
      | (?P<iso>\d{4}-\d{2}(?:-\d{2})?\b)
      | (?P<number>(?:[$€£]\s?)?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:%|k\b|m\b|million\b|thousand\b|percent\b))?(?!\w))
      | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)?\w*|[#&]|[<>]=?|=|\w+)""",
    re.X | re.I,
)
_CONTRACTIONS = {"won't": "will not", "can't": "can not", "cannot": "can not", "n't": " not"}
_CONTRACTED = re.compile("|".join(_CONTRACTIONS), re.I)
_PERCENT = re.compile(r"(?<!\d)(?<!\d )%(?=\s|$)")  # `% of revenue`
_IN_PERCENT = re.compile(r"(?<=\b20\d\d) ?%(?=\W*$)")  # `share of revenue 2024 %`
_MONEY = re.compile(
    r"(?<![\w$€£])(\d[\d,.]*)\s?(?:euros?|eur|(?:us |u\.s\. |american |canadian )?dollars?|usd|pounds|gbp|francs?|chf"
    r"|kron[aeo]r?|yen|rupees)\b",
    re.I,
)
_MONEY_BEFORE = re.compile(r"\b(?:usd|eur|gbp|chf|us\$)\s?(?=\d)", re.I)
_WITHOUT = re.compile(r"\bw/o\b", re.I)
_WITH = re.compile(r"\bw/?(?= )(?! \d)")  # `customers w mobile purchases`
_PLUS = re.compile(r"\b(\d+)\+(?=\s+[a-z])")  # `3+ orders`
_ARROW = re.compile(r"\s*(?:->|→|=>)\s*")
_DOTTED = re.compile(r"\b(no|nr|excl|incl|avg|cumul|approx|vs|max|min|cust|dept|qty|acct|yr|prod)\.(?=\s+\w)", re.I)
_BREAK = re.compile(r"[,;:.!?()–—/]|\s[-+]\s")
_SHORTENED = re.compile(r"'(s|re|ve|ll|d|m)?$")
_IDIOMS_BEGIN = frozenset(idiom.split()[0] for idiom in IDIOMS)


@dataclass(frozen=True)
class Token:
    """One word, number or quoted string of the question."""

    text: str
    word: str
    stem: str
    number: float | None = None
    quoted: bool = False
    breaks: bool = False
    """Whether a comma or the like stands before it."""
    gap: str = " "
    """What stands between the token before and this one: nothing but `-` in SO-1042."""


def reworded(token: Token, words: str) -> list[Token]:
    """Other words in the place of a token, no longer quoted; before the first stands what stood there."""
    said = [
        replace(
            token, text=word, word=word, stem=stem(word), number=float(word) if word.isdigit() else None, quoted=False
        )
        for word in words.split()
    ]
    return [*said[:1], *(replace(other, breaks=False, gap=" ") for other in said[1:])]


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RUN = re.compile(r"[^\W_]+")
TAILS = re.compile(r"(\w{3,})(name|id|date|type|code|number|title)")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The Snowball stem of one word, irregular forms first (`sold` → `sell`)."""
    word = word.lower()
    return str(_STEMMER.stemWord(IRREGULAR.get(word, word)))


def stems(words: str) -> frozenset[str]:
    """The stems of some words."""
    return frozenset(stem(w) for w in words.split())


_PEOPLE = stems(" ".join(PEOPLE))


def tokenize(question: str) -> list[Token]:
    """The tokens of a question. `haven’t` gives `have`, `not`; `$1.5k` gives the number 1500."""
    text = question.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = _CONTRACTED.sub(lambda m: _CONTRACTIONS[m[0].lower()], text)
    text = _PERCENT.sub("percent", _IN_PERCENT.sub(", percent", text))
    text = _MONEY.sub(r"$\1", _MONEY_BEFORE.sub("$", text))
    text = _WITH.sub("with", _WITHOUT.sub("without", text))
    text = text.replace("×", " x ")
    text = _ARROW.sub(" to ", _PLUS.sub(r"at least \1", _DOTTED.sub(r"\1", text)))
    tokens: list[Token] = []
    end = 0
    for m in _TOKEN.finditer(text):
        raw = m[0].strip()
        gap, end = text[end : m.start()], m.end()
        breaks = bool(_BREAK.search(gap))
        if m["quoted"]:
            tokens.append(Token(raw[1:-1], raw[1:-1].lower(), raw[1:-1].lower(), None, True, breaks, gap))
        elif m["iso"]:
            tokens.append(Token(raw, raw, raw, breaks=breaks, gap=gap))
        elif m["number"]:
            tokens.append(Token(raw, raw.lower(), raw.lower(), _number(raw), breaks=breaks, gap=gap))
        else:
            for part in filter(None, raw.split("_")):  # `depth_mm`, typed as the column is called
                word = _SHORTENED.sub("", part.lower())
                if word:
                    tokens.append(Token(part, word, stem(word), NUMBERS.get(word), breaks=breaks, gap=gap))
                    breaks, gap = False, "_"
    return _scaled(_plainly(tokens))


def _plainly(tokens: list[Token]) -> list[Token]:
    """Idioms (`came back`, `yrs`) become the words they stand for."""
    said: list[Token] = []
    i = 0
    while i < len(tokens):
        sizes = (5, 4, 3, 2, 1) if tokens[i].word in _IDIOMS_BEGIN else ()
        size = next((n for n in sizes if _idiom(tokens[i : i + n]) and len(tokens[i : i + n]) == n), 0)
        for k, word in enumerate(_idiom(tokens[i : i + size]).split() if size else ()):
            text = " ".join(t.text for t in tokens[i : i + size])
            number = float(word) if word.isdigit() else NUMBERS.get(word)
            breaks, gap = (tokens[i].breaks, tokens[i].gap) if k == 0 else (False, " ")
            said.append(Token(text, word, stem(word), number, breaks=breaks, gap=gap))
        if not size:
            said.append(tokens[i])
        i += size or 1
    return said


def _idiom(tokens: Sequence[Token]) -> str:
    joined = not any(t.quoted for t in tokens) and not any(t.breaks for t in tokens[1:])
    return IDIOMS.get(" ".join(t.word for t in tokens), "") if joined else ""


def _scaled(tokens: list[Token]) -> list[Token]:
    """`a hundred thousand` and `2 million` are one number each."""
    merged: list[Token] = []
    for token in tokens:
        last = merged[-1] if merged else None
        if token.word in SCALES and last and last.number and not token.breaks:
            merged[-1] = replace(last, number=last.number * NUMBERS[token.word])
        else:
            merged.append(token)
    return merged


@lru_cache(maxsize=16384)
def name_words(identifier: str) -> tuple[str, ...]:
    """The stems an identifier is made of: `OrderItems`, `order_items` and `"order items"` read the same.

    What is commonly short in names is written out: `tot_amt` reads as total, amount.
    """
    parts = (w for run in _RUN.findall(_CAMEL.sub(" ", identifier)) for w in _parts(run.lower()))
    return tuple(stem(ABBREVIATIONS.get(w, w)) for w in parts) or (identifier.lower(),)


@lru_cache(maxsize=4096)
def _parts(run: str) -> tuple[str, ...]:
    """`ownername` → owner, name: two words where the tokenizer needs more pieces for the whole than for the first."""
    ends = TAILS.fullmatch(run)
    if ends and count(" " + run) > count(" " + ends[1]):
        return ends[1], ends[2]
    return (run,)


@lru_cache(maxsize=8192)
def spoken(identifier: str) -> str:
    """An identifier as one would say it: `order_date` and `OrderDate` are order date."""
    return re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", identifier)).strip().lower()


def shared(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The words that three or more names all begin with, where something follows in each."""
    common: tuple[str, ...] = ()
    for column in zip(*names, strict=False) if len(names) >= 3 else ():
        if len(set(column)) > 1:
            break
        common += column[:1]
    return common[: min(map(len, names)) - 1] if common else ()


def of_people(table: str) -> bool:
    """Whether the rows of a table are people, by its name."""
    return name_words(table)[-1] in _PEOPLE


@lru_cache(maxsize=8192)
def phrase(text: str) -> tuple[str, ...]:
    """The stems of a phrase as `tokenize` would give them."""
    return tuple(t.stem for t in tokenize(text))


def misspelt(word: str, other: str) -> bool:
    """Whether `word` could be `other` with a slip of the finger: one edit, two in long words."""
    if word[0] != other[0] or min(len(word), len(other)) < 4:
        return False
    return _edits(word, other) <= (2 if len(word) >= 9 else 1)


def _edits(a: str, b: str) -> int:
    """Edit distance where swapping two neighbours counts once."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            best = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (x != y))
            if last and i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]


def _number(text: str) -> float:
    digits = float(re.sub(r"[^\d.]", "", text.split("%")[0]).rstrip(".") or 0)
    scale = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "%": 0.01, "percent": 0.01}
    unit = re.search(r"(%|[a-z]+)$", text.lower().strip())
    return digits * scale.get(unit[1], 1) if unit else digits
