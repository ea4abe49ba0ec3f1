"""What nobody did: for whoever did one thing and never another, no row may be of the denied kind."""

from __future__ import annotations

from ..english.lexicon import GLUE
from ..english.words import name_words, of_people
from ..frame import Decline, Event, Filter, Frame, Readings, When
from ..linking.linker import Item
from ..prompt.vocabulary import Reading
from ..reader import Reader
from ..source import paths
from .filters import dates_of, options_at
from .happenings import filled

DENYING = frozenset(("never", "no", "not", "nothing", "neither", "none", "t"))
IDLE = frozenset(("received", "got", "given", "had", "placed", "made", "seen", "taken"))
# What people do to have a row of their own, in the form behind `did not` too: `did not open a case`.
SENDING = frozenset(
    ("open", "opened", "send", "sent", "file", "filed", "raise", "raised", "submit", "submitted", "log", "logged")
    + ("place", "make", "write", "wrote", "written", "receive", "get", "give")
)
ONE = frozenset(("a", "an", "any", "one", "single", "us", "our"))


def in_neither(reader: Reader, frame: Frame, verb: int, i: int, at: int) -> None:
    """`bought neither in 2024 nor in 2025`: no row of either period."""
    days = [at]
    while reader.is_(days[-1] + 1, "or"):
        days.append(reader.skip(days[-1] + 2, "in", "on"))
    events = reader.items[verb].of("event")
    dates = [(k, reader.items[k].period) for k in days if reader.is_(k, "date")]
    whens = tuple(When(reader.items[k].words, period, at=k) for k, period in dates if period)
    if len(whens) != len(days) or len(days) < 2 or not events:
        raise Decline(f"“{reader.words(i, at + 1)}”, nor when? Name both periods.")
    frame.events.append(Event(reader.words(i, days[-1] + 1), events, negated=True, at=i, whens=whens))
    reader.use(verb, verb + 1)
    reader.use(i, days[-1] + 1)


def past_idle_verb(reader: Reader, i: int, j: int) -> int:
    """`never received an order`: the verb says nothing, though orders may have the status of being received."""
    item, rows = reader.item(j), reader.item(j + 1)
    if item is None or rows is None:
        return j
    idle = item.words in IDLE and item.participle and not item.of("event") and item.tokens[0].word in GLUE
    if not idle and not _sends(reader, item, rows):
        return j
    told = {r.table for other in reader.items[:i] for r in other.of("table")[:1]}
    own = {r.table for r in rows.of("table")[:1]}
    if not own or own & told or not told:
        return j
    reader.use(j, j + 1)
    return j + 1


def _sends(reader: Reader, item: Item, rows: Item) -> bool:
    """`did not open a single case`, `never sent us a complaint`; an `open case` without an article is one that is."""
    own = {r.table for r in rows.of("table")[:1]}
    if item.words not in SENDING or (item.of("event") and own & {r.table for r in item.of("event")}):
        return False
    said = {reader.said_at.get(item.at + 1, ""), rows.tokens[0].word}
    return item.participle or bool(said & ONE)


def no_row_that(reader: Reader, frame: Frame, i: int, j: int) -> bool:
    """`where not a single sale was returned`, `with no returned sale`: no row of what happened to such rows."""
    pair = (j + 1, j) if reader.has(j, "table") and reader.has(j + 1, "event") else (j, j + 1)
    verb, rows = reader.item(pair[0]), reader.item(pair[1])
    if not (reader.has(j, "table") and reader.has(j + 1, "event")) and rows and verb and dates_of(rows):
        verb, rows = rows, verb  # `no case was opened`
    if verb is None or rows is None or not verb.participle or not rows.of("table"):
        return False
    if reader.items[j].tokens[0].breaks or reader.items[j + 1].tokens[0].breaks:
        return False
    schema, table = reader.known.prompt.schema, rows.of("table")[0].table
    told = {r.table for item in reader.items[:i] for r in item.of("table")[:1]}
    dated = [r.column for r in dates_of(verb) if r.column and name_words(r.column.name)[0] == verb.tokens[0].stem]
    rows_of_it = [*verb.of("event"), *(Reading("event", c.table) for c in dated)]
    happened = tuple(r for r in rows_of_it if r.table != table and table in paths(schema, r.table))
    own = [c for c in dated if c.table == table and not happened]
    if not (happened or own) or not told or table in told or of_people(table):
        return False
    readings = happened or tuple(Reading("event", c.table) for c in own)
    then = tuple(filled(verb.words, c, j) for c in own[:1])
    words, of = reader.words(i, j + 2), reader.told_of(i)
    frame.events.append(Event(words, readings, negated=True, at=i, filters=then, of=of))
    reader.use(i, j + 2)
    return True


def none_of_these(reader: Reader, frame: Frame, i: int, j: int) -> bool:
    """`bought Toys but no Books`, `bought neither A nor B`: for whoever bought, no row that is one of these."""
    said = reader.items[i].tokens[-1].text.lower().rpartition(" ")[2]
    if said not in DENYING or not reader.has(j, "value") or reader.find("how much", "sum", "avg", "median", "share"):
        return False
    options, end = options_at(reader, j, "value")
    verb = next((k for k in range(i - 1, -1, -1) if reader.has(k, "event") and reader.items[k].participle), None)
    noun = reader.items[end].of("table") if reader.has(end, "table") else ()
    kind = paths(reader.known.prompt.schema, noun[0].table) if noun else {}
    if noun and all(any(v.table in kind for v in option) for option in options):
        end += 1  # `no palm plants`, `never kitchen things`
    if verb is None or reader.has(end, "table", "term") or reader.is_(i - 1, "by", "per"):
        return False
    schema, who = reader.known.prompt.schema, _doer(reader, verb)
    events = tuple(
        r for r in reader.items[verb].of("event")
        if who in paths(schema, r.table) and all(any(v.table in paths(schema, r.table) for v in o) for o in options)
    )  # fmt: skip
    if not events or not who or who in {r.table for r in events} or who in {v.table for o in options for v in o}:
        return False
    before = reader.item(i - 2) if reader.is_(i - 1, "and") else reader.item(i - 1)
    alone = before is reader.items[verb]
    if said == "never" and not alone and any(verb < k < i for k in reader.find("date")):
        raise Decline(f"“{reader.words(i, end)}” at that time, or ever? Ask for each on its own.")
    wanted = Filter(reader.words(j, end), options, at=j)
    of = reader.told_of(verb)
    frame.events.append(Event(reader.words(i, end), events, negated=True, at=i, filters=(wanted,), of=of))
    reader.use(i, end)
    if alone:
        reader.use(verb, verb + 1)
    return True


def are_told(reader: Reader, named: set[str], table: str, options: tuple[Readings, ...]) -> bool:
    """Whether the noun behind a value only says whose it is: of the rows in question, or of what they lead to."""
    own = all(any(r.table == table for r in option) for option in options)
    away = {t for n in named for t in paths(reader.known.prompt.schema, n)}
    return own and table in away


def _doer(reader: Reader, verb: int) -> str:
    """The rows of which the verb is said."""
    near = next((reader.items[k] for k in range(verb - 1, -1, -1) if reader.items[k].of("table")), None)
    return near.of("table")[0].table if near else ""
