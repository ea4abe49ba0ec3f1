"""Tokens → items: what each word of the question is taken for, with every reading that is left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product

from ..english.dates import NOTHING_MORE, Period, find_dates
from ..english.lexicon import (
    ADJECTIVES,
    BEGINNINGS,
    COMPARATIVES,
    DAY_NAMES,
    EVENTS,
    GLUE,
    GLUE_NOUNS,
    GRAINS,
    IRREGULAR,
    MEASURED_IN,
    MONEY_VERBS,
    MOVES,
    NEUTRAL,
    NEVER_LINKED,
    OPERATOR_OF,
    OPPOSITE_PREFIXES,
    OPPOSITES,
    ORDINALS,
    PASSIVE,
    PREPOSITIONS,
    WEEKDAYS,
)
from ..english.proper_nouns import country
from ..english.words import Token, misspelt, name_words, of_people, reworded, spoken, stem, stems
from ..prompt.initials import initials
from ..prompt.schema import Column, ForeignKey, bare
from ..prompt.vocabulary import Reading, Vocabulary
from ..usage import count
from ..wording.asked_in_turn import asked_in_turn
from ..wording.asked_of_rows import asked_of_rows
from ..wording.haste import spelt_out
from ..wording.held import held
from ..wording.leading import leading
from ..wording.most_spent import costs_of, most_spent
from ..wording.named_apart import named_apart
from ..wording.of_one import of_one
from ..wording.patterns import synonyms
from ..wording.plainer import plainer
from ..wording.recast import recast
from ..wording.reports_to import reports_to
from ..wording.said_more import said_more
from ..wording.spent_on import spent_on
from ..wording.stretches import restated
from ..wording.superlatives import superlatives
from ..wording.tallies import tallied
from ..wording.thesaurus import in_plain_words
from ..wording.told_of_kinds import told_of_kinds
from ..wording.turns import turned
from ..wording.usual import usual
from .loose_words import loose_words
from .neighbours import beside_others
from .said_beside import APPLYING, PEOPLE, said_beside

LONGEST = 6
STEPPING = ("by", "per", "each", "every")
NEVER = ("never", "not", "ever", "we", "have", "has")
ONE_OF_THEM = ("per", "average", "avg", "a", "an", "each", "every", "single", "the", "largest", "smallest", "of")
A_NOUN = ("a", "an", "the", "no", "any", "each", "every", "per", "of", "our", "one", "single", "without", "average")
BEING = ("is", "are", "was", "were")
STAFF = stems("employee staff worker")
ROLES = STAFF | stems("trainer instructor lecturer professor nurse inspector adjuster technician mechanic manager")
WORK = {"work", "works", "working", "worked", "employed", "employ", "job", "jobs", "hired", "hire", "company"}
STAYING = ("here", "with", "there", "working", "employed", "around", "out", "in", "living", "renting", "missing")
DATED_BY = {"in", "on", "before", "after", "since", "this", "last"}
ENDING = ("end", "ends", "ending", "ended", "start", "starts", "starting", "started", "begin", "begins", "beginning")
STOCK = ("in stock", "out of stock", "out of order")
EVENT_WORDS = frozenset(w for group in EVENTS for w in group)
STEP_BY_STEP = {f"{g} {by} {g}" for g in ("day", "week", "month", "quarter", "year") for by in ("by", "after")}


REWRITINGS = (
    turned, restated, said_more, asked_in_turn, reports_to, most_spent, costs_of, spent_on, held, tallied, of_one,
    named_apart, superlatives, asked_of_rows, told_of_kinds, leading,
)  # fmt: skip
"""What puts tokens in the place of others, in this order: later ones read what earlier ones wrote."""


@dataclass(eq=False)
class Item:
    """A run of words with one role.

    `kind` is `link`, `date`, `grain`, `number`, `word` (unknown), `quoted`, `glue`, `adjective`, a preposition
    as itself, or the name of an operator.
    """

    kind: str
    words: str
    tokens: tuple[Token, ...]
    at: int = 0
    """Which token it starts with."""
    readings: tuple[Reading, ...] = ()
    number: float | None = None
    period: Period | None = None
    used: bool = False
    notes: list[str] = field(default_factory=list)

    def silence(self) -> None:
        """Let it say nothing any more: what it says is told by another item, or goes without saying."""
        self.kind, self.readings = "glue", ()

    def next_to(self, other: Item) -> bool:
        """Whether `other` follows at once, with no word and no comma between."""
        return self.at + len(self.tokens) == other.at and not other.tokens[0].breaks

    def of(self, *kinds: str) -> tuple[Reading, ...]:
        """The readings of these kinds, best first."""
        return tuple([r for r in self.readings if r.kind in kinds]) if self.readings else ()

    @property
    def participle(self) -> bool:
        """Whether it is a verb that has happened: `sold`, `returned`."""
        return any(t.word.endswith("ed") or t.word in IRREGULAR for t in self.tokens)

    @property
    def plural(self) -> bool:
        """Whether the last word looks plural."""
        word = self.tokens[-1].word
        return (word.endswith("s") and not word.endswith("ss")) or word in ("people", "staff", "children")


def made(kind: str, words: str, readings: tuple[Reading, ...] = (), at: int = 0) -> Item:
    """An item that no word of the question stands for: what a rewriting puts in."""
    return Item(kind, words, (Token(words, words, stem(words)),), at, readings)


def link(tokens: Sequence[Token], known: Vocabulary) -> list[Item]:
    """Cut the question into items, the longest phrase first; the prompt's own names win over operators."""
    put = list(tokens)
    for rewriting in REWRITINGS:
        put = rewriting(put, known)
    plain = in_plain_words(spelt_out(put, known), known)
    tokens = usual(_beside(recast(plainer(plain, known))), known)
    words = [t.word for t in tokens]
    dates = {s.start: s for s in find_dates(_apart_from_steps(words), known.prompt.today)}
    items: list[Item] = []
    i = 0
    while i < len(tokens):
        if step := next((n for n in range(LONGEST, 1, -1) if _steps().get(" ".join(words[i : i + n]))), 0):
            said = " ".join(words[i : i + step])  # `against the previous month` is no period
            items.append(Item(_steps()[said], said, tuple(tokens[i : i + step]), at=i))
            i += step
            continue
        if i in dates:
            span = dates[i]
            covered = tuple(tokens[i : span.end])
            kind = "glue" if span.period == NOTHING_MORE else "date"
            items.append(Item(kind, " ".join(words[i : span.end]), covered, at=i, period=span.period))
            i = span.end
            continue
        stop = min([i + LONGEST, len(tokens), *(s for s in dates if s > i)])
        item = next(
            (found for end in range(stop, i, -1) if (found := _item(tuple(tokens[i:end]), known, words, i))),
            None,
        ) or Item("word", words[i], (tokens[i],))
        end = i + len(item.tokens)
        if len(item.tokens) > 1 and end < stop and _ends_too_late(item, i, tokens, known, words):
            item = _item(tuple(tokens[i : end - 1]), known, words, i) or item
        item.at = i
        if item.of("event") and (words[i - 1 : i] and words[i - 1] in PASSIVE or "we" in words[max(0, i - 2) : i]):
            item.notes += ["passive", *(["we"] if "we" in words[max(0, i - 2) : i] else [])]
        items.append(item)
        i += len(item.tokens)
    beside_others(items, known)
    loose_words(items, known)
    said_beside(items, known)
    return items


def _beside(tokens: Sequence[Token]) -> list[Token]:
    """`by month, with the change on the previous month`: over it; said of nothing that changes, it is a period."""
    found, words = list(tokens), [t.word for t in tokens]
    if not any(OPERATOR_OF.get(w) == "growth" or w in MOVES for w in words):
        return found
    for i, word in enumerate(words):
        behind = [w for w in words[i + 1 : i + 4] if w != "the"]
        step = "".join(behind[:1] if behind[1:2] == ["before"] and words[i + 1] == "the" else behind[1:2])
        told = step in GRAINS and any(w == step for w in words[:i]) or any(w == step for w in words[i + 4 :])
        earlier = behind[:1] and behind[0] in ("previous", "prior", "preceding") or behind[1:2] == ["before"]
        if word in ("on", "from", "to") and earlier and step in GRAINS and told:
            (found[i],) = reworded(found[i], "over")
    return found


def _apart_from_steps(words: Sequence[str]) -> list[str]:
    """The words, no step of time read on into a period: `growth over the quarter before, 2024`."""
    found = list(words)
    for end in range(1, len(words)):
        said = [" ".join(words[k : end + 1]) for k in range(max(0, end - 4), end)]
        if words[end] == "before" and any(_steps().get(s) for s in said):
            found[end] = "beforehand"
    return found


def _ends_too_late(item: Item, i: int, tokens: Sequence[Token], known: Vocabulary, words: list[str]) -> bool:
    """Whether its last word goes with the next one, which is unknown alone: `monthly | rent collected`."""
    end = i + len(item.tokens)
    placed = item.tokens[0].word in PREPOSITIONS and item.tokens[1].gap == " "  # `in | store region`, and no `in-store`
    behind = item.tokens[-1].word in ("on", "in", "at") and tokens[end].word in WEEKDAYS
    if item.kind == "link" and behind and item.tokens[-1].gap == " ":
        return True  # `a visit | on Sundays`
    if item.kind != "link" or (not placed and _item((tokens[end],), known, words, end)):
        return False
    both = known.phrases.get((tokens[end - 1].stem, tokens[end].stem), ())
    return any(r.kind != "value" and r.score >= 0.9 for r in both)


def _state_of_another_form(reading: Reading, word: str) -> bool:
    """Whether a comment calls the rows so with a participle of which the word is another form."""
    name = reading.term.name if reading.term and reading.kind == "flag" and reading.score < 1 else ""
    return name.endswith(("ed", "ing")) and " " not in name and name != word


def _role(reading: Reading, word: str) -> str:
    """What a key is called that names who does it, if the word is a form of that: `reviewer`, of `reviews`."""
    roles = spoken(reading.via.column).split() if reading.via else []
    return next((w for w in roles if w.endswith(("er", "or", "ee")) and stem(w) == stem(word)), "")


def _done(column: Column, said: str) -> bool:
    """Whether a column is called after what was done: `approved_spend`."""
    return any(w.endswith("ed") and stem(w) == said for w in spoken(column.name).split())


def _happening(reading: Reading, token: Token, behind: Sequence[str]) -> bool:
    """Whether a date column says when it came to what the word says is so: `opened_at`, `opens`."""
    column = reading.column
    begun = column.name.lower().split("_")[0] if column and column.kind == "date" else ""
    if token.word == "open" and begun == "opens":
        return not set(behind) & DATED_BY  # `open in March` tells the day
    return begun.endswith("ed") and stem(begun) == token.stem and begun != token.word


def doing(token: Token, known: Vocabulary) -> tuple[ForeignKey, ...]:
    """The keys by which the rows of an event point to those who do it: `borrowers`."""
    word = token.word.removesuffix("s")
    if not word.endswith(("er", "or")) or word in EVENT_WORDS:
        return ()
    events = known.events.get(stem(word[:-2]), ()) or known.events.get(stem(word[:-1]), ())
    schema = known.prompt.schema
    keys = (k for r in events if r.score >= 0.9 for k in schema.outward[r.table] if of_people(k.to_table))
    return tuple(dict.fromkeys(keys))


def _doers(token: Token, known: Vocabulary) -> tuple[Reading, ...]:
    """`borrowers`: the people that the rows of an event point to."""
    people = {k.to_table for k in doing(token, known)}
    return tuple(Reading("table", t, 0.9) for t in people) if len(people) == 1 else ()


def _is_called(reading: Reading, word: str) -> bool:
    """Whether it is the word itself that names this, and not only its stem: a `loader` is no `load`."""
    if stem(word) != stem(word.removesuffix("s")[:-2]):
        return True
    called = reading.via.column if reading.via else reading.column.name if reading.column else reading.table
    names = reading.term.names if reading.term else [called.lower()]
    return any(word.removesuffix("s") in " ".join(n) if reading.term else word.removesuffix("s") in n for n in names)


def _item(tokens: tuple[Token, ...], known: Vocabulary, words: list[str], at: int) -> Item | None:
    """The item that exactly these tokens make, if any."""
    text, first = " ".join(t.word for t in tokens), tokens[0]
    one, before = len(tokens) == 1, words[at - 1] if at else ""
    if not one and tokens[-1].word in ("the", "a", "an"):
        return None
    if one and first.quoted:
        return Item("quoted", first.text, tokens, readings=tuple(known.phrases.get(tuple(first.word.split()), ())))
    if one and first.text[:1].isupper() and not first.text.isupper() and (first.stem,) in known.capitals:
        meant = known.capitals[first.stem,]
        following = {stem(w) for w in words[at + 1 : at + 2]}
        if at or any(following & set(name_words(r.column.name)) for r in meant if r.column):  # `Business plan revenue`
            return Item("link", text, tokens, readings=tuple(meant))
    if one and text in known.spelt:
        return Item("link", text, tokens, readings=tuple(known.spelt[text]))
    if one and len(text) == 1 and (letters := known.capitals.get((first.stem,))):  # `grade A`, and no `with a grade`
        graded = tuple(r for r in letters if r.column and stem(before) in name_words(r.column.name))
        return Item("link" if graded and first.text.isupper() else "glue", text, tokens, readings=graded)
    if one and (text in GLUE or text in OPERATOR_OF) and (first.stem,) in known.capitals:  # `orders that are done`
        meant = known.capitals[first.stem,]
        said = {stem(w) for w in words[at + 1 : at + 3]}
        last = before in BEING and not words[at + 2 :]
        of_rows = [r for r in meant if last or said & set(name_words(r.table)[-1:])]
        if of_rows or (before in BEING and words[at + 1 : at + 2] not in (["by"], ["on"], ["with"], ["at"], ["to"])):
            return Item("link", text, tokens, readings=tuple(of_rows or meant))
    if one and first.text.isupper() and len(text) < 4 and (land := _country(first.text, known)):
        return Item("link", text, tokens, readings=land)  # `US`, and not `us`
    operator = OPERATOR_OF.get(text) if text != "ordered from" or before not in NEVER else None
    if text == "order by" and before in ONE_OF_THEM:  # `the average order by channel`
        operator = None
    led = words[at - 2] if before == "the" and at > 1 else before
    beside = first.word == "shares" and led in ("and", "total", "many")
    if operator == "share" and beside and known.is_number((first.stem,)):
        if not one:
            return None
        operator = None  # `likes and shares of our posts`
    named = one and any(r.kind == "table" for r in known.phrases.get((first.stem,), ()))
    if operator == "list" and named and before in A_NOUN:
        operator = None  # `customers with a return`: no wish to have something returned
    if text in COMPARATIVES:
        return Item(COMPARATIVES[text][0], text, tokens)
    if text in ADJECTIVES:
        return Item("adjective", text, tokens)
    if operator and (one or text.split()[0] not in ("for", "in")):
        readings = tuple(known.phrases.get((first.stem,), ())) if one else ()
        return Item(operator, text, tokens, readings=tuple(r for r in readings if r.score == 1))
    if operator:
        return Item(operator, text, tokens)
    after = words[at + 1 : at + 2]
    if one and text in ORDINALS and any(_superlative(" ".join(words[at + 1 : end])) for end in (at + 2, at + 3)):
        return Item("nth", text, tokens, number=ORDINALS[text])
    if one and text == "still" and after and after[0] in STAYING and not _is_value(words[at + 1 : at + 4], known):
        return None  # here, and not gone since: for the prompt to say
    if one and text == "out" and before in ("are", "is", "still", "were", "be"):
        return None  # out, and not back yet: for the prompt to say
    if one and text == "left" and before in ("are", "is"):
        return None  # what remains, and not who has gone
    if one and first.number is not None and first.word != "zero":
        return Item("number", text, tokens, number=first.number)
    if one and text in PREPOSITIONS:
        return Item(text, text, tokens)
    if one and (text in NEVER_LINKED):
        return Item("glue", text, tokens)
    readings = _readings(tokens, known)
    if one and (rows := initials(first, known)) and all(r.score < 0.9 for r in readings):
        return Item("link", text, tokens, readings=rows)
    if before in ("no", "any", "without") and (first.word.endswith("ed") or first.word in IRREGULAR):
        readings = tuple(r for r in readings if not (r.via and r.owner))  # `no returned sales`: sales without a return
    if first.word.endswith("s") and text.endswith("s cost") and not any(r.term for r in readings):
        return None  # `products cost …`: a verb, unless the glossary says what `repairs cost` is
    if text in STOCK and not readings:
        return Item("word", text, tokens)  # said of rows, and nothing in the prompt can tell
    if len(tokens) == 3 and text in STEP_BY_STEP:
        return Item("grain", text, tokens, notes=[words[at]])
    if text in DAY_NAMES:
        return Item("grain", text, tokens, readings=readings, notes=["weekday"])
    if one and text in WEEKDAYS and not readings:
        return Item("weekday", text, tokens)
    if one and first.word.endswith(("ed", "ing")):  # what was opened may be closed by now
        readings = tuple(r for r in readings if not (r.term and r.term.name.split()[0] == "open"))
        if text == "opening":
            readings = tuple(r for r in readings if r.kind != "value" or (r.value or "").lower() != "open")
    if one and not first.word.endswith(("ed", "ing")) and first.word not in IRREGULAR:
        behind = words[at + 1 : at + 2]
        did = "did" in words[max(0, at - 4) : at] and before not in ("stay", "remain")  # `how many did we open`
        if did and text == "open":
            readings = tuple(r for r in readings if not (r.term and r.term.name == "open"))
        readings = tuple(r for r in readings if did or not _happening(r, first, behind))  # `open` is no `opened_at`
    if one and text.endswith(("ate", "ates", "ated", "ating")):  # what was activated may not be active any more
        readings = tuple(r for r in readings if r.kind != "value" or not (r.value or "").lower().endswith("ive"))
    if one and text.endswith("ing"):  # what is still closing is not Closed
        readings = tuple(r for r in readings if r.kind != "value" or not (r.value or "").lower().endswith("ed"))
    if one:  # what is stored now is no store, what is engaged no engagement, and a review no reviewer
        readings = tuple(r for r in readings if not _state_of_another_form(r, text))
        roles = [(r, _role(r, text)) for r in readings]
        doing_it = tuple(r for r, role in roles if role == text.removesuffix("s"))
        readings = doing_it or tuple(r for r, role in roles if not role)
        if text.endswith(("er", "ers")):  # an approver is nothing that was approved
            readings = tuple(r for r in readings if not (r.column and _done(r.column, first.stem)))
    if one and any((r.value or "").lower() == text for r in readings):  # `production` is no product
        readings = tuple(r for r in readings if r.kind != "table" or not _made_of(r.table, text))
    if one and text in IRREGULAR and any(_is_written(r, text) for r in readings):  # who left is on no leave
        readings = tuple(r for r in readings if _is_written(r, text) or not (r.column or r.kind == "table"))
    is_unit = one and text in MEASURED_IN and _of_amount(before)  # `height in cm`
    if is_unit:
        readings = tuple(r for r in readings if r.score > 0.6)
    if one and text in GRAINS:  # `each year` is no `yearly`
        readings = tuple(r for r in readings if r.kind != "value" or (r.value or "").lower() == text)
        return Item("grain", text, tokens, readings=readings, notes=[GRAINS[text]])
    if one and text in PEOPLE and not any(r.score >= 0.8 for r in readings):
        anyone = _people(known, words)
        return Item("link", text, tokens, readings=anyone) if anyone else None
    if one and not any(r.score >= 0.9 and _is_called(r, text) for r in readings) and (doers := _doers(first, known)):
        return Item("link", text, tokens, readings=doers, notes=["doers"])
    if one:
        events = _events(first, known)
        if events and (text.endswith(("ed", "ing")) or text in IRREGULAR):
            exact = known.phrases.get((first.stem,), [])
            kinds = ("value", "column", "table") if _named_so(readings, text) else ("value", "column")
            readings = tuple(r for r in readings if r.kind in kinds or r in exact and r.kind == "term")
            readings += events
        elif first.stem in _event_words():
            readings += events
    if tables := {r.table for r in readings if r.kind == "column" and r.score == 1}:
        # a formula of another table, that is called so in part only
        readings = tuple(r for r in readings if r.kind != "term" or r.score >= 0.9 or r.table in tables)
    if before == "about" and (subjects := tuple(r for r in readings if r.kind == "value" and r.score == 1)):
        readings = subjects  # `complaints about billing` are no bills
    asked = text in GLUE_NOUNS and before not in ("our", "the", "this", "my", "your", "whole", "a", "in")
    asked |= before in ("by", "per") and any(r.kind == "column" and r.score >= 0.75 for r in readings)  # `by level`
    if readings and (asked or not (text in GLUE and readings[0].score < 0.9)):
        return Item("link", text, tokens, readings=readings)
    if one and text in ("desc", "asc") and not readings and (not after or after == ["by"] or first.breaks):
        return Item(text, text, tokens)
    if one and text in MOVES and not readings and _falls_to_each(words[at + 1 : at + 3]):
        return Item("glue", text, tokens)
    if one and text in MOVES and not readings and before not in ("that", "which", "who") and not _many(words[:at]):
        return Item("growth", text, tokens)
    if one and (text in BEGINNINGS or first.stem in BEGINNINGS):
        return Item("begin", text, tokens)
    if one and first.stem in MONEY_VERBS:
        return Item("money", text, tokens)
    if one and text == "date" and (before in STEPPING or (before == "and" and set(STEPPING) & set(words[:at]))):
        return Item("grain", text, tokens, notes=["day"])
    if one and (text in GLUE or text in NEUTRAL or (is_unit and text not in GRAINS)):
        return Item("glue", text, tokens)
    return None


def _falls_to_each(behind: Sequence[str]) -> bool:
    """`what share falls to each town`: nothing that moves."""
    return behind[:1] in (["to"], ["on"], ["into"]) and behind[1:] in (["each"], ["every"])


def _many(words: Sequence[str]) -> bool:
    """`how many fell`: a number of those; `how many percent` is none."""
    return any(a == "many" and b != "percent" for a, b in zip(words, [*words[1:], ""], strict=True))


def _country(text: str, known: Vocabulary) -> tuple[Reading, ...]:
    """The listed values that a country which is written short may be called."""
    names = (tuple(map(stem, name.split())) for name in country(text))
    return tuple(r for name in names for r in known.phrases.get(name, ()) if r.kind == "value")


def _named_so(readings: Sequence[Reading], word: str) -> bool:
    """Whether rows are called by a noun that looks like a verb: a wing, a painting."""
    tables = [r.table for r in readings if r.kind == "table"]
    return word.endswith("ing") and any(spoken(bare(t)).split(" ")[-1].removesuffix("s") == word for t in tables)


def _made_of(table: str, word: str) -> bool:
    """Whether the word has only its stem in common with a table: `production` with products."""
    return word.endswith(("ion", "ment")) and word not in spoken(bare(table))


def _is_written(reading: Reading, word: str) -> bool:
    """Whether the column has the word in its name as it was written."""
    return reading.column is not None and word in spoken(reading.column.name).split()


def _superlative(words: str) -> bool:
    return words in ADJECTIVES or OPERATOR_OF.get(words) in (
        "most", "least", "top", "bottom", "frequent", "popular", "best selling",
    )  # fmt: skip


def _is_value(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether some of these words, from the first on, are a value: `in progress`."""
    runs = (tuple(map(stem, words[:end])) for end in range(2, len(words) + 1))
    return any(r.kind == "value" and r.score == 1 for run in runs for r in known.phrases.get(run, ()))


def _of_amount(before: str) -> bool:
    """Whether a unit behind this word only says what an amount is counted in: `height in cm`, `over 200 mph`."""
    return before in ("in", "square", "cubic") or before[:1].isdigit()


def _readings(tokens: tuple[Token, ...], known: Vocabulary) -> tuple[Reading, ...]:
    """What the prompt knows under this phrase: as written, then by synonym, then by spelling."""
    parted = any(t.breaks for t in tokens[1:])
    said = tokens
    tokens = tuple(t for t in tokens if t.word not in ("the", "a", "an")) if len(tokens) > 2 else tokens
    if not tokens or (len(tokens) < len(said) and said[0].word in PREPOSITIONS):
        return ()  # `in the stores` is no `In-store`
    wish = len(tokens) > 1 and OPERATOR_OF.get(said[0].word) == "list" and said[0].word != "list"
    if wish and (said[1].word in ("the", "a", "an") or said[0].word == "give"):
        return ()  # `give the name` is no given name
    first, last = tokens[0], tokens[-1]
    rows = len(tokens) > 1 and any(r.kind == "table" for r in known.phrases.get((first.stem,), ()))
    rows &= first.word != first.stem and first.word.endswith("s")
    if len(tokens) > 1 and (said[0].word in ("a", "an") or (rows and {t.word for t in said[1:]} & {"a", "an"})):
        return ()  # `pupils a school has` are pupils, and no `pupils.school`
    if rows and (last.word in PREPOSITIONS or last.word in ENDING):
        return ()  # `bills paid on a Friday` are bills, and no `paid_on`; `rents end`, and that is no `rent_end`
    stems = tuple(t.stem for t in tokens)
    found = list(known.phrases.get(stems, ()))
    best = max((r.score for r in found), default=0.0)
    if len(tokens) == 2:  # `signed up` for signup
        joined = "".join(stems)
        found += known.phrases.get((joined,), ())
        # `sign-ups` are enrolments, and what is paid back is a refund
        named = bool(found) or last.word not in ("ups", "back")
        others = () if named else synonyms().get(joined, ())
        found += [_scaled(r, 0.85) for s in others for r in known.phrases.get((s,), ())]
    said_so = len(found)
    stated = len(tokens) > 1 and (tokens[-1].word in PREPOSITIONS or tokens[0].word.endswith("ed"))
    if len(tokens) <= 3 and best < 0.8 and not stated:  # `tickets on` is no `issued_on`, `borrowed books` no `loan`
        choices = [_alternatives(t, known) for t in tokens]
        alone = (r for t in tokens[:-1] for r in known.phrases.get((t.stem,), ()))
        values = {r.column for r in alone if r.kind == "value"}  # `the visitor plan`, though visitors are guests
        for combination in product(*choices):
            score = min(s for _, s in combination)
            words = tuple(w for w, _ in combination)
            if words != stems:
                near = [_scaled(r, score) for r in known.phrases.get(words, ()) if not _only_open(r)]
                near = [r for r in near if r.column not in values]
                found += [r for r in near if r.kind != "value" or score < 0.8]  # `Shop` is no `Store`
    own = {r.table for r in found[:said_so] if r.column}
    found = [r for k, r in enumerate(found) if k < said_so or not r.column or r.table not in own]  # of a cost no price
    text = " ".join(t.word for t in tokens)
    if not found and (len(tokens) == 1 or text in OPPOSITES):
        found = [replace(r, value="false") for r in known.phrases.get(_opposite(text), ()) if r.kind == "flag"]
    if len(tokens) > 1 and (last.word.endswith("ed") or last.word == "open"):  # `fires caused` are no `cause` of a fire
        found = [r for r in found if not (r.owner and r.column and _said_of_it(r.column, last))]
    if parted:  # no name runs over a comma, though a value may
        found = [r for r in found if r.kind == "value"]
    if rows and last.word.endswith("ed"):  # `rooms used` are rooms, and no `room_use`
        found = [r for r in found if r.kind != "table" and not (r.column and r.column.kind == "text")]
    found.sort(key=lambda r: -r.score)
    unique: dict[tuple[object, ...], Reading] = {}
    for r in found:
        unique.setdefault((r.kind, r.table, r.column, r.value, r.term, r.via), r)
    called = {r.table for r in unique.values() if r.kind == "table" and r.score == found[0].score}
    return tuple(r for r in unique.values() if not (r.table in called and _names_its_rows(r, known)))


def _names_its_rows(reading: Reading, known: Vocabulary) -> bool:
    """Whether a column is called just as its table, of which it says the name: a `rank` of ranks, or of `ab_rank`."""
    column = reading.column
    plain = reading.kind == "column" and column is not None and column.kind == "text" and not column.values
    called = name_words(bare(reading.table))[len(known.prefix) :]
    return plain and column is not None and name_words(column.name) == called


def _said_of_it(column: Column, verb: Token) -> bool:
    """Whether a verb behind rows says something of them, and is no name of their column: `orders discounted`."""
    return column.kind in ("text", "date") or (column.kind == "number" and verb.stem in name_words(column.name))


def _only_open(reading: Reading) -> bool:
    """Whether it says of rows that they are open: an `opening` is one of those, but a `vacancy` does not say it."""
    return reading.kind == "flag" and reading.term is not None and reading.term.name == "open"


def _opposite(word: str) -> tuple[str, ...]:
    """`weekday` → weekend, `inactive` → active: the flag that must be false."""
    prefix = next((p for p in OPPOSITE_PREFIXES if word.startswith(p) and len(word) > len(p) + 3), "")
    return (stem(OPPOSITES.get(word, word.removeprefix(prefix))),)


def _scaled(reading: Reading, score: float) -> Reading:
    return replace(reading, score=round(reading.score * score, 3))


def _alternatives(token: Token, known: Vocabulary) -> list[tuple[str, float]]:
    own = [(token.stem, 1.0)]
    if token.word in GLUE:
        return own
    others = [(s, 0.85) for s in synonyms().get(token.stem, ())]
    if token.word in ("rate", "rates") and any(r.kind == "column" for r in known.phrases.get(own[0][:1], ())):
        return own  # no rating, though it has the same stem
    if others or token.word in OPERATOR_OF or token.number is not None:
        return own + others
    single = max((r.score for r in known.phrases.get((token.stem,), ())), default=0.0)
    if single or token.stem in known.spellings.values() or len(token.word) < 4:
        return own
    if count(" " + token.word) == 1:
        return own  # a word of its own in the tokenizer's vocabulary is English, and no slip of the finger
    written = {token.word, token.word.removesuffix("s")}
    near = [
        meant
        for spelt, meant in known.spellings.items()
        if any(misspelt(w, spelt) for w in written) and not _other_form(token.word, spelt)
    ]
    return own + [(s, 0.7) for s in dict.fromkeys(near)]


def _people(known: Vocabulary, words: Sequence[str]) -> tuple[Reading, ...]:
    """Which tables hold people: those who work here where the question speaks of work, else all the others.

    Those who did what the question says, where dates of theirs tell it: `people who joined in May`.
    """
    tables = [t for t in known.prompt.schema.tables if of_people(t) or name_words(t)[-1] in APPLYING]
    said, at_work = {stem(w) for w in words if w in IRREGULAR or w.endswith("ed")}, bool(WORK & set(words))
    if not at_work and (did := [t for t in tables if said & _deeds(known, t)]):
        return tuple(Reading("table", t, 0.85) for t in did)
    staff = [t for t in tables if name_words(t)[-1] in STAFF]
    meant = staff if at_work else [t for t in tables if name_words(t)[-1] not in ROLES | APPLYING]
    return tuple(Reading("table", t, 0.8) for t in meant)


def _deeds(known: Vocabulary, table: str) -> set[str]:
    """What rows of a table did on some day, as the names of their dates tell: they joined, they left."""
    return {name_words(c.name)[0] for c in known.prompt.schema.tables[table].columns if c.kind == "date"}


def _other_form(word: str, other: str) -> bool:
    """Whether both are forms of one verb: a `deliverer` is no slip for `delivered`."""
    return word[:-2] == other[:-2] and {word[-2:], other[-2:]} <= {"ed", "er", "or", "ee", "en"}


def _events(token: Token, known: Vocabulary) -> tuple[Reading, ...]:
    exact = known.events.get(token.stem)
    if exact:
        return tuple(exact)
    if not token.word.endswith(("ed", "ing", "s", "e")) or len(token.stem) < 6:
        return ()
    return tuple(  # subscribed → subscriptions, prescribed → prescriptions
        r for noun, readings in known.events.items() if noun[:6] == token.stem[:6] for r in readings
    )


@lru_cache(maxsize=1)
def _steps() -> dict[str, str]:
    return {phrase: name for phrase, name in OPERATOR_OF.items() if name in ("mom", "qoq", "yoy")}


@lru_cache(maxsize=1)
def _event_words() -> frozenset[str]:
    return frozenset(map(stem, EVENT_WORDS))
