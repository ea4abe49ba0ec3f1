"""The first few of some rows, and what is asked of each: `the top 5 sales by amount: when, to whom and for how much`.

Both are put as `the 5 largest sales with date, customer and amount`, which is read as a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import ADDITIVE, HEIGHTS, word_set
from ..english.words import Token, name_words, of_people, reworded, stem, stems
from ..prompt.schema import Column, bare
from ..prompt.vocabulary import EVENT_STEMS, Vocabulary

SIZES = {"highest": "largest", "greatest": "largest", "top": "largest", "biggest": "largest", "largest": "largest",
         "lowest": "smallest", "smallest": "smallest"}  # fmt: skip
MEASURES = word_set("amount amounts value values total totals sum")
HAVING = word_set("with had have has having")
LISTED = word_set("with including incl showing plus and")
ASKING = word_set(
    """
    please i we would d like to want need see also know tell give show list name display return find me us it with
    including incl plus showing for each of them these together along their its the a an at on can you could which what
    and
    """
)
ABOUT = word_set("was were is are it they that these did we do made placed closed done to for from by in whose each")
WHO = word_set("who whom")
BUYING = word_set("bought ordered purchased paid it them was were the customer to for is made got by")
PAID = word_set("how much it they for was were cost paid came to did at money is")


def asked_of_rows(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, the first few of some rows and what is asked of each put plainly."""
    said = list(tokens)
    for i, token in enumerate(said):
        if token.number is None or token.quoted or not 1 < token.number < 1000 or token.number % 1:
            continue
        noun = i + 2 if said[i + 1 : i + 2] and said[i + 1].word in SIZES else i + 1
        table = _rows(said[noun : noun + 1], known)
        amount = _amount(table, known) if table else None
        if amount is not None:
            return _put(said, i, noun, table, amount, known) or said
    return said


def _put(said: list[Token], i: int, noun: int, table: str, amount: Column, known: Vocabulary) -> list[Token] | None:
    """The question as `show the 5 largest sales with …`; None where a part of it is unclear."""
    size = SIZES.get(said[i + 1].word) if noun == i + 2 else SIZES.get(said[i - 1].word) if i else None
    before = said[: i - 1] if noun == i + 1 and size else said[:i]
    start = next((k for k in range(noun + 1, len(said)) if said[k].breaks or said[k].word in LISTED), len(said))
    said_by, end = _measured(said, noun + 1, amount)
    if said_by:
        between, size = said[noun + 1 : end - len(said_by[0])], said_by[1] or size
        start = next((k for k in range(end, len(said)) if said[k].breaks or said[k].word in LISTED), len(said))
        between += said[end:start]
    else:
        between = said[noun + 1 : start]
    if size is None or (not said_by and any(t.word in ("by", "most", "least", "per", "each") for t in said)):
        return None
    lead = [t for t in before if t.word not in ASKING or t.word in ("in", "for", "of")]
    if "for" in [t.word for t in before[-2:]] or "of" in [t.word for t in before[-2:]]:
        cut = max(k for k, t in enumerate(before) if t.word in ("for", "of"))
        asked, lead = (before[:cut], []) if cut and start == len(said) else (said[start:], before[:cut])
        lead = [t for t in lead if t.word not in ASKING]
    else:
        asked = said[start:]
    listed = _listed(asked, table, amount, known)
    dated = not lead or (lead[0].word in ("in", "during", "last", "this", "since") and len(lead) < 5)
    if listed is None or not dated:
        return None
    first, plain = said[0], [replace(said[i], breaks=False, gap=" "), *reworded(_plain(said[i]), size), said[noun]]
    plain = [*reworded(_plain(first), "show the"), *(_plain(t) for t in plain)]
    return [*plain, *(_plain(t) for t in (*between, *lead) if t.word != "made"), *listed]


def _plain(token: Token) -> Token:
    return replace(token, breaks=False, gap=" ")


def _rows(run: Sequence[Token], known: Vocabulary) -> str:
    """The table whose rows a plural noun is the name of."""
    stems_ = [t.stem for t in run if t.word.endswith("s")]
    found = [r for s in stems_ for r in known.phrases.get((s,), ()) if r.kind == "table"]
    found = found or [r for s in stems_ for r in known.events.get(s, ())]
    return found[0].table if found and found[0].score >= 0.85 and len({r.table for r in found}) == 1 else ""


def _amount(table: str, known: Vocabulary) -> Column | None:
    """The one amount that each of the rows is known by, where no size of theirs could be meant as well."""
    columns = known.prompt.schema.tables[table].columns
    sizes = stems(" ".join(HEIGHTS.values()))
    of_table = {*name_words(bare(table))}
    of_table |= {w for group in EVENT_STEMS if of_table & {*group} for w in group}  # refunds, of returns
    own = [(c, {*name_words(c.name)} - of_table) for c in columns]
    found = [c for c, words in own if c.kind == "number" and (c.name.lower() in ADDITIVE or _is_total(words))]
    return found[0] if len(found) == 1 and not any(sizes & {*name_words(c.name)} for c in columns) else None


def _is_total(words: set[str]) -> bool:
    return len(words) == 1 and words <= stems(" ".join(ADDITIVE))


def _measured(said: Sequence[Token], i: int, amount: Column) -> tuple[tuple[Sequence[Token], str] | None, int]:
    """(the words, the size that they say) and their end, for `with the highest amount`, `by amount`."""
    for k in range(i, min(len(said), i + 6)):
        words = [t.word for t in said[k : k + 5]]
        size = SIZES.get(words[2], "") if words[0] in HAVING and words[1:2] == ["the"] and len(words) > 3 else ""
        noun = k + 3 if size else k + 1 if words[0] == "by" else k + 3 if words[:3] == ["in", "terms", "of"] else 0
        noun += 1 if noun and said[noun : noun + 1] and said[noun].word in ("the", "their") else 0
        end = noun + 1
        while end < len(said) and said[end].stem in name_words(amount.name) and not said[end].breaks:
            end += 1
        called = {t.stem for t in said[noun:end]}
        if noun and (called <= {*name_words(amount.name)} or (end == noun + 1 and said[noun].word in MEASURES)):
            return (said[k:end], size), end
    return None, i


def _listed(asked: Sequence[Token], table: str, amount: Column, known: Vocabulary) -> list[Token] | None:
    """`with date, customer and amount` for what is asked of each row; None where a part of it is unclear."""
    parts: list[list[Token]] = [[]]
    for token in asked:
        if token.breaks or token.word in ("and", "plus"):
            parts.append([])
        if token.word != "and":
            parts[-1].append(token)
    found: list[list[Token]] = []
    for part in parts:
        words = _asked(part, table, amount, known)
        if words is None:
            return None
        found += [words] if words else []
    if len(found) < 2:
        return None if found or any(t.word not in ASKING for t in asked) else []
    with_, comma = reworded(_plain(found[0][0]), "with"), {"breaks": True, "gap": ", "}
    return [
        *with_, *found[0],
        *(replace(t, **comma) if k == 0 else t for run in found[1:] for k, t in enumerate(run)),  # type: ignore[arg-type]
    ]  # fmt: skip


def _asked(part: Sequence[Token], table: str, amount: Column, known: Vocabulary) -> list[Token] | None:
    """The plain noun for one thing that is asked of each row; empty where nothing is, None where it is unclear."""
    words = [t.word for t in part]
    if "when" in words or ({"day", "date"} & {*words} and {"which", "what"} & {*words}):
        rest = [w for w in words if w not in ASKING | ABOUT and w not in ("when", "day", "date")]
        return None if rest else reworded(_plain(part[0]), "date")
    if WHO & {*words}:
        people = {k.to_table for k in known.prompt.schema.outward[table] if of_people(k.to_table)}
        clear = len(people) == 1 and {*words} <= WHO | BUYING | ASKING
        return reworded(_plain(part[0]), bare(people.pop()).rstrip("s")) if clear else None
    if "how" in words and "much" in words:
        return reworded(_plain(part[0]), "amount") if {*words} <= PAID | ASKING else None
    told = [_plain(t) for t in part]
    while told and told[0].word in ASKING | ABOUT:
        told = told[1:]
    while told and told[-1].word in ABOUT:
        told = told[:-1]
    names = [t.word for t in told]
    if names[:2] == ["name", "of"] and len(told) > 2:
        noun = [t for t in told[2:] if t.word not in ("the", "each", "its", "their")]
        told = [*noun, told[0]] if noun and (noun[-1].stem, stem("name")) in known.phrases else []
    if names == ["day"]:
        return reworded(told[0], "date")
    return told
