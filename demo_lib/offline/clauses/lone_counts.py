"""Numbers said note-like: a count word that stands apart from its rows, and several aggregates of one noun.

`returns of May, count`, `orders by category with count and total amount`, `lowest and highest cost`, `driver, number of
trips`.
"""

from __future__ import annotations

from dataclasses import replace

from ..english.words import Token, name_words
from ..linking.linker import Item, made
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import paths

COUNT_WORDS = ("count", "counts", "how many", "number", "numbers", "count of")
AGGREGATES = ("sum", "avg", "median", "most", "least")
PLAIN = {
    "total", "sum", "totals", "average", "avg", "mean", "median", "highest", "lowest", "maximum", "minimum", "max",
    "min", "smallest", "largest",
}  # fmt: skip
WORKED_OUT = (*AGGREGATES, "count", "share", "ratio")
RANKED = ("frequent", "popular", "infrequent", "unpopular")
EXTREME = {"most": "max", "least": "min"}
OF_THEM = {"there", "them", "those", "these"}
NAMED = 0.85


def lone_counts(reader: Reader) -> None:
    """Put such numbers in the plain form that the clauses read."""
    _only_the_whole(reader)
    _aggregates_apart(reader)
    _among_numbers(reader)
    for i in reversed(reader.find("count")):
        _count_apart(reader, i)
    _topic(reader)
    _unique(reader)


def rows_of(item: Item) -> str:
    """The table whose rows a noun is the name of."""
    found = [r.table for r in item.of("table") if r.score >= NAMED]
    return found[0] if found else ""


def flags_apart(items: list[Item]) -> None:
    """`permits on hold`, the name of a flag in full: the rows, and what holds of them."""
    for i in reversed(range(len(items))):
        item = items[i]
        flags, tokens = item.of("flag"), item.tokens
        tokens = tokens[1:] if tokens[0].word == "the" else tokens
        first = tokens[0] if tokens else item.tokens[0]
        own = flags and len(tokens) > 1 and not item.of("table")
        if own and {first.stem} == {*name_words(flags[0].table)}:
            at = item.at + len(item.tokens) - len(tokens)
            rows = Item("link", first.word, tokens[:1], at, (Reading("table", flags[0].table),))
            words = " ".join(t.word for t in tokens[1:])
            items[i : i + 1] = [rows, replace(item, words=words, tokens=tokens[1:], at=at + 1)]


def _only_the_whole(reader: Reader) -> None:
    """`returns of online sales`: of such rows, of which nothing is added up, though an amount is called so, too."""
    schema = reader.known.prompt.schema
    for i in reader.find("of", "for", "in", "from", "on", "among", "within"):
        head = i + 1
        while reader.has(head, "value", "flag") and not reader.has(head, "table"):
            head += 1
        part, whole = reader.item(i - 1), reader.item(head)
        if part is None or whole is None or not whole.plural or not whole.of("term") or not rows_of(whole):
            continue
        if part.kind in RANKED:  # `which reason is most common among online sales`
            part = reader.item(i - 2) or part
        counted = part.of("table")[:1] if part.plural else ()
        kinds = part.of("column") if not part.of("term") or counted else ()
        lower = [r.table for r in (*counted, *kinds) if rows_of(whole) in paths(schema, r.table)]
        worked_out = any(item.kind in (*WORKED_OUT, *RANKED) for item in reader.items[:i])
        if lower and (counted or worked_out) and (not counted or counted[0].table != rows_of(whole)):
            whole.readings = whole.of("table")


def _aggregates_apart(reader: Reader) -> None:
    """`total and average cost`, `lowest, highest and mean age`: each of the same column."""
    i = 0
    while i < len(reader):
        chain, end = _chain(reader, i)
        noun = reader.item(end)
        if len(chain) > 1 and noun and any(r.column and r.column.kind == "number" for r in noun.of("column")):
            if not noun.of("table"):
                for k in chain:
                    _as_extreme(reader, k)
                for k in reversed(chain[:-1]):
                    reader.items.insert(k + 1, replace(noun, tokens=_unbroken(noun)))
                end += len(chain) - 1
            i = end
        i += 1


def _as_extreme(reader: Reader, i: int) -> None:
    """`highest`, in a list of numbers, ranks nothing."""
    reader.items[i].kind = EXTREME.get(reader.items[i].kind, reader.items[i].kind)


def _among_numbers(reader: Reader) -> None:
    """`count, average cost, highest cost`: the last is one of several numbers, and no row."""
    told = False
    for i, item in enumerate(reader.items):
        begins = item.tokens[0].breaks or reader.is_(i - 1, "and")
        numbers = [r for r in reader.items[i + 1].of("column") if r.column] if i + 1 < len(reader) else []
        listed = told and begins and item.kind in EXTREME and item.words in PLAIN and numbers
        if listed and all(r.column and r.column.kind == "number" for r in numbers):
            _as_extreme(reader, i)
        if begins or not i:
            told = item.kind in ("count", "sum", "avg", "median", "max", "min")


def _chain(reader: Reader, i: int) -> tuple[list[int], int]:
    """Where the aggregates stand that begin at `i`, with commas or `and` between; and what stands behind them."""
    chain: list[int] = []
    while reader.is_(i, *AGGREGATES) and reader.items[i].words in PLAIN:
        if chain and chain[-1] == i - 1 and not reader.items[i].tokens[0].breaks:
            break
        chain.append(i)
        i = i + 2 if reader.is_(i + 1, "and") and reader.is_(i + 2, *AGGREGATES) else i + 1
    return chain, i


def _unbroken(item: Item) -> tuple[Token, ...]:
    return (replace(item.tokens[0], breaks=False), *item.tokens[1:])


def _count_apart(reader: Reader, i: int) -> None:
    """`returns of May, count` counts returns; `count and average cost of repairs`: how many repairs there are."""
    behind = reader.item(i + 1)
    lone = behind is None or behind.tokens[0].breaks or behind.kind in ("and", "by", "date")
    if not lone or reader.items[i].words not in COUNT_WORDS or reader.is_(i - 1, "by") or _held_to(reader, i):
        return
    listed = reader.items[i].words == "number" and reader.is_(i - 1, "with") and behind and behind.tokens[0].breaks
    if listed or reader.find("distinct"):  # `bills with number, client and total`
        return
    if reader.is_(i + 1, "and") and not _names_a_number(reader, i + 2):
        return  # `number and amount`: read elsewhere
    if reader.is_(i + 1, *AGGREGATES) and not _names_a_number(reader, i + 1):
        return  # `number + sum`, too
    rows = _rows_to_count(reader, i)
    if rows is None:
        return
    pieces = reader.item(i + 2) if reader.is_(i + 1, "and") else None
    if pieces and pieces.plural and any(r.column and r.column.kind == "number" for r in pieces.of("column")):
        reader.items.insert(i + 2, made("count", "number of", at=pieces.at))  # `count and seats`
    noun = reader.items[rows]
    first = rows
    while first and reader.has(first - 1, "value", "flag") and reader.items[first - 1].next_to(reader.items[first]):
        first -= 1
    if first and reader.is_(first - 1, "count"):
        return
    if reader.is_(first - 1, "of", "for") or rows > i:
        copy = Item("link", noun.words, _unbroken(noun), noun.at, noun.of("table"))
        reader.items.insert(i + 1, copy)
        return
    count = reader.items[i]
    count.tokens = (replace(count.tokens[0], breaks=False), *count.tokens[1:])
    noun.readings = noun.of("table")
    start, end = (i - 1, i + 1) if reader.is_(i - 1, "and") else (i, i + 1)
    if reader.is_(i - 1, "with") and reader.is_(i + 1, "and"):
        end = i + 2
    elif reader.is_(i - 1, "with"):
        start = i - 1
    elif start == i and reader.is_(i + 1, "and"):
        end = i + 2
    if end < len(reader) and not reader.items[end].tokens[0].breaks:
        reader.items[end].tokens = (replace(reader.items[end].tokens[0], breaks=True), *reader.items[end].tokens[1:])
    del reader.items[start:end]
    reader.items.insert(first, count)


def _held_to(reader: Reader, i: int) -> bool:
    """`clubs with over 20 members, and how many they have`: the members, to a number of which the clubs are held."""
    bounds = [k for k in reader.find(">", "<", ">=", "<=") if k < i and reader.is_(k + 1, "number")]
    rows = any(reader.has(k + 2, "table") for k in bounds) and reader.is_(i - 1, "and")
    return rows and i == len(reader) - 1 and not OF_THEM & reader.trailing


def _names_a_number(reader: Reader, i: int) -> bool:
    """Whether a number stands there that is one by itself: `average cost`, `seats`."""
    item = reader.item(i)
    if item is None:
        return False
    worked_out = item.kind in (*AGGREGATES, "max", "min") and reader.has(i + 1, "column", "term")
    return worked_out or bool(item.of("term")) or (item.plural and bool(item.of("column")))


def _rows_to_count(reader: Reader, i: int) -> int | None:
    """Where the rows are named that a count word at `i` is said of: the first in the plural, by which nothing is told.

    None where they are counted already, or none are named.
    """
    if i and rows_of(reader.items[i - 1]) and reader.items[i - 1].next_to(reader.items[i]):
        return i - 1  # `the trip count, the seats sold`
    for k, item in enumerate(reader.items):
        if k == i or item.used or not rows_of(item) or not item.plural or item.participle:
            continue
        return None if reader.is_(k - 1, "by", *WORKED_OUT, "top", "bottom", "adjective", "not") else k
    return None


def _unique(reader: Reader) -> None:
    """`unique buyers in May`: how many there are, where nothing else is asked for."""
    noun = reader.item(1)
    if noun and reader.is_(0, "distinct") and reader.items[0].words == "unique" and noun.plural and rows_of(noun):
        alone = all(item.kind in ("date", "in", "on", "for") or item.of("value") for item in reader.items[2:])
        if alone:
            reader.items.insert(0, made("count", "how many"))


def _topic(reader: Reader) -> None:
    """`driver, number of trips`: a noun, and what is told of each."""
    head, behind = reader.item(0), reader.item(1)
    if head is None or behind is None or head.kind != "link" or head.plural or not behind.tokens[0].breaks:
        return
    counted = behind.kind in ("count", "sum", "avg") or bool(behind.of("term"))
    names = head.of("table", "column")
    if not names or head.of("term", "value") or not counted or reader.find("by", "list", "share", "when"):
        return
    if any(b.tokens[0].breaks and not _told(reader, k) for k, b in enumerate(reader.items) if k > 1):
        return
    rows = [rows_of(item) for item in reader.items[1:] if rows_of(item)]
    rows += [c.table for item in reader.items[1:] for r in item.of("column") if (c := r.column)]
    rows += [r.table for item in reader.items[1:] for r in item.of("term")]
    schema = reader.known.prompt.schema
    above = {t for r in rows[:1] for t in paths(schema, r)}
    if any(r.table in above for r in names):
        reader.items.insert(0, made("by", "by"))


def _told(reader: Reader, k: int) -> bool:
    """Whether a number, or a period, begins there."""
    item = reader.items[k]
    return item.kind in (*WORKED_OUT, "date", "desc", "asc") or bool(item.of("term"))
