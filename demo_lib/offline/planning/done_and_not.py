"""What somebody did, and what they never did: `customers who bought toys but never returned anything`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ..english.words import of_people
from ..frame import Decline, Event, Filter, Frame, Measure, When
from ..prompt.schema import Schema
from ..prompt.vocabulary import Reading
from ..source import paths

NONE = frozenset(("no", "without", "never", "zero"))
DENYING = NONE | frozenset(("not", "nothing", "none", "neither", "yet", "lack", "lacking"))


def said_of(
    event: Event, events: Sequence[Event], filters: Sequence[Filter], whens: Sequence[When]
) -> tuple[list[Filter], list[When]]:
    """Which of the filters and periods are said of this one of the events, where one of them never happened.

    They belong to the event before them; a period in front of all is that of all. Raises Decline for a period behind
    what never happened, which may be said of either.
    """
    if len({e.negated for e in events}) == 1:
        return list(filters), list(whens)
    if any(e.negated and e.filters for e in events):
        return ([] if event.negated and event.filters else list(filters)), list(whens)
    last = max(e.at for e in events if e.negated)
    if after := [w for w in whens if w.at > last]:
        said = f"“{after[0].words}” could be about all of this, or about what never happened"
        raise Decline(f"{said}. Ask for each first.")

    def owner(at: int) -> Event | None:
        before = [e for e in events if e.at < at]
        return max(before, key=lambda e: e.at) if before else None

    theirs = [f for f in filters if (owner(f.at) or events[0]) == event]
    return theirs, [w for w in whens if owner(w.at) in (None, event)]


def is_denied(words: str) -> bool:
    """Whether it is said to have never been at all; `other than their own` is one of several."""
    return words.split()[0] in DENYING


def by_whom(frame: Frame, schema: Schema) -> None:
    """Count people where the glossary's `buyers` are those in the rows of sales, and something else never happened.

    A row of a sale that was not returned is no buyer who never returned anything. Raises Decline where a period may be
    that of either.
    """
    denied: list[Event | Filter] = [e for e in frame.events if e.negated and not e.of]
    denied += [f for f in frame.filters if f.negated and f.words.split()[0] in NONE]
    if len(frame.measures) != 1 or not denied or frame.rank or frame.ratio or frame.share or frame.growth:
        return
    measure = frame.measures[0]
    terms = [r.term.sql for r in measure.readings[:1] if r.term]
    counted = terms[0].this if terms and isinstance(terms[0], exp.Count) else None
    column = counted.expressions[0] if isinstance(counted, exp.Distinct) and len(counted.expressions) == 1 else None
    key = schema.foreign.get((column.table, column.name)) if isinstance(column, exp.Column) else None
    if key is None or not of_people(key.to_table):
        return
    own = paths(schema, key.to_table)
    filters = [f for f in denied if isinstance(f, Filter) and not any(r.table in own for o in f.options for r in o)]
    if len(filters) < len(denied) and not any(isinstance(e, Event) for e in denied):
        return
    if frame.whens:
        said = f"“{frame.whens[0].words}” could be about {measure.words}, or about what never happened"
        raise Decline(f"{said}. Ask for each first.")
    frame.measures = [Measure("count", measure.words, (Reading("table", key.to_table),))]
    rows = (Reading("event", key.table),)
    frame.events.append(Event(measure.words, rows, at=-1))
    for f in filters:  # `buyers with no online purchase`
        frame.filters.remove(f)
        frame.events.append(Event(f.words, rows, negated=True, at=f.at, filters=(replace(f, negated=False),)))
