"""Which columns of a prompt could hold a name that it does not list: columns of places, of names, of nationalities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..english.lexicon import EVENTS, LINES
from ..english.proper_nouns import country, is_everyday, is_name, state
from ..english.words import name_words, of_people, stem, stems
from ..frame import Decline
from ..prompt.schema import Column, Table
from ..prompt.vocabulary import Reading, Vocabulary
from ..source import display, paths

COUNTRIES = stems("country nation")
STATES = stems("state province")
AREAS = stems("region area territory zone")  # hold no city, but may hold the name that is asked for
PLACES = stems("city town village municipality county district location place") | COUNTRIES | STATES
CITIES = stems("city town village municipality")
ADDRESSED = stems("city country zip postal address postcode county")
CODED = stems("code iso abbreviation")
NATIONALITIES = stems("nationality citizenship language ethnicity")
COMPANIES = stems("company organisation organization firm business partner manufacturer carrier")
HAILING = stems("artist singer actor director athlete scientist manager seller candidate visitor team club") | COMPANIES
NO_CONTAINERS = stems(  # tables whose names do not stand behind `in`, or are everyday words
    "date time calendar day product item article good department division category segment industry genre class type "
    "status priority level role position"
) | stems(" ".join(w for group in (*EVENTS, LINES) for w in group))
RIVALS = {  # what else than a place a name behind these words may be
    "in": stems("language currency team club league company project program"),
    "from": stems("source channel referrer platform medium campaign origin company employer publisher brand maker"),
}
NAMES = stems("name title label")
SHORT = re.compile(r"\(\s*[1-4]\s*\)")  # VARCHAR(2) holds codes


def reach(tables: Iterable[str], known: Vocabulary) -> set[str]:
    """These tables, and all that their rows lead to many-to-one."""
    return {t for table in tables for t in paths(known.prompt.schema, table)}


def called(reading: Reading) -> str:
    """The column of a value, for the person who asked."""
    return str(reading.column or f"the names of {reading.table}")


def ask(text: str, readings: Sequence[Reading]) -> Decline:
    """The decline that asks which of these columns is meant."""
    options = list(dict.fromkeys(called(r) for r in readings))
    column = next((r.column for r in readings if r.column), None)
    say = f"{text} of {readings[0].table}"
    if column:
        say = f"{column.table} whose {column.name.replace('_', ' ')} is {text}"
    return Decline(f"“{text}” could be {', '.join(options[:-1])} or {options[-1]}. Say which, for example “{say}”.")


def place(text: str, tables: set[str], known: Vocabulary, said_with: str, near: bool) -> list[Reading] | None:
    """The columns that could hold a place, on these tables or many-to-one from them; `near` for a noun beside it.

    None where a list of places lacks it. Raises Decline for a country that a list of countries lacks.
    """
    columns = _place_columns(reach(tables, known), known)
    if near and any(c.table in tables and not _about(c) & COUNTRIES for c in columns):
        columns = [c for c in columns if c.table in tables or name_words(c.table)[-1] in PLACES | AREAS]
    if names := country(text):
        return _country(columns, names, text, known)
    columns = [c for c in columns if not _about(c) & COUNTRIES]
    words = re.findall(r"[^\W\d_]+", text)
    if state(text):
        columns = [c for c in columns if _about(c) & (STATES | AREAS)]
    elif not any(map(is_name, words)) and not (len(words) > 1 and words[-1] in ("City", "County", "Town")):
        return []
    rivals = _rivals(tables, known, said_with)
    if any(_lists_names(c) for c in (*columns, *rivals)):
        return None
    if all(_about(c) <= AREAS for c in columns if not c.values):
        return []
    if said_with == "in" and not state(text):
        rivals += [d for t in _containers(tables, known) for d in display(known.prompt.schema, t)[:1]]
    return [Reading("value", c.table, 1.0, c, text) for c in dict.fromkeys((*columns, *rivals)) if _may_hold(c, known)]


def hailing(adjective: str, names: Sequence[str], tables: set[str], known: Vocabulary, written: bool) -> list[Reading]:
    """The columns that an adjective such as `Canadian` could be a value of; `written` with its capital."""
    tables = {t for t in tables if of_people(t) or name_words(t)[-1] in HAILING}
    near = reach(tables, known)
    columns = [c for t in sorted(near) for c in known.prompt.schema.tables[t].columns if c.kind == "text"]
    own = [c for c in columns if set(name_words(c.name)) & NATIONALITIES]
    found = _country([c for c in _place_columns(near, known) if c not in own], names, names[0].title(), known)
    listed = any(r.column and r.column.values for r in found)
    if any(c.values for c in own) or not (written or listed):
        return []
    return found + [Reading("value", c.table, 1.0, c, adjective) for c in own if _may_hold(c, known)]


def named(text: str, tables: Iterable[str], known: Vocabulary, people_only: bool = False) -> list[Reading]:
    """The names of the rows of these tables, where the text could be one."""
    words = re.findall(r"[^\W\d_]+", text)
    if all(map(is_everyday, words)) and not (len(words) > 1 and text[-1].isdigit()):
        return []  # `the customer Churn`
    found = []
    for table in sorted(tables):
        columns = display(known.prompt.schema, table)
        fits = of_people(table) or name_words(table)[-1] in COMPANIES or not people_only
        if fits and all(_may_hold(c, known) for c in columns) and name_words(columns[0].name)[-1] in NAMES:
            found.append(Reading("value", table, 1.0, columns[0] if len(columns) == 1 else None, text))
    half = len(found) == 1 and of_people(found[0].table) and len(words) == 1  # `customer Lopez`
    return [] if half else found


def is_open(column: Column) -> bool:
    """Whether a column holds texts that the prompt does not list."""
    return column.kind == "text" and not column.values


def spellings(column: Column | None, text: str) -> tuple[str, ...]:
    """All ways, in lower case, in which a column may spell a text: `the US` in a column of countries."""
    about = _about(column) if column else set()
    also = country(text) if about & COUNTRIES else state(text) if about & (STATES | AREAS) else ()
    return also or (text.lower(),)


def _may_hold(column: Column, known: Vocabulary) -> bool:
    """Whether a column could hold a name that is not listed.

    A prompt that lists the values of some columns says of the others that they have many. One that lists none says
    nothing: a column of countries or plans may have three.
    """
    tables = known.prompt.schema.tables.values()
    long = bool(set(name_words(column.name)) & CITIES) or of_people(column.table)
    lists = any(c.values for t in tables for c in t.columns)
    return is_open(column) and not SHORT.search(column.type) and (long or lists)


def is_place(column: Column, table: Table) -> bool:
    """Whether a column holds places, by its name, or by its table's where it is the name of its rows."""
    words = set(name_words(column.name))
    beside = {w for c in table.columns if c is not column for w in name_words(c.name)}
    if column.kind != "text" or words & CODED or (stem("state") in words and not beside & ADDRESSED):
        return False  # the state of an order is no state of a country
    return bool(words & (PLACES | AREAS)) or bool(words & NAMES and name_words(table.name)[-1] in PLACES | AREAS)


def _place_columns(tables: Iterable[str], known: Vocabulary) -> list[Column]:
    found = [known.prompt.schema.tables[t] for t in sorted(tables)]
    return [c for t in found for c in t.columns if is_place(c, t)]


def _about(column: Column) -> set[str]:
    """What kind of place a column holds."""
    return set(name_words(column.name)) & (PLACES | AREAS) or {name_words(column.table)[-1]}


def _lists_names(column: Column) -> bool:
    """Whether a column lists proper names, among which the one that is asked for is not; `North`, `South` are none."""
    everyday = _about(column) <= AREAS and 2 * sum(map(is_name, column.values)) <= len(column.values)
    return bool(column.values) and not everyday


def _rivals(tables: set[str], known: Vocabulary, said_with: str) -> list[Column]:
    columns = [c for t in sorted(tables) for c in known.prompt.schema.tables[t].columns if c.kind == "text"]
    return [c for c in columns if set(name_words(c.name)) & RIVALS["in" if said_with == "in" else "from"]]


def _containers(tables: set[str], known: Vocabulary) -> list[str]:
    """The tables whose rows have names that things can be in: `players in …` a team."""
    away = sorted(reach(tables, known) - tables)
    return [t for t in away if not of_people(t) and name_words(t)[-1] not in NO_CONTAINERS | PLACES | AREAS]


def _country(columns: Sequence[Column], names: Sequence[str], text: str, known: Vocabulary) -> list[Reading]:
    mine = [c for c in columns if _about(c) & COUNTRIES]
    if lists := [c for c in mine if c.values]:
        listed = [Reading("value", c.table, 1.0, c, v) for c in lists for v in c.values if v.lower() in names]
        if listed:
            return listed
        values = "; ".join(f"{c} holds {', '.join(c.values)}" for c in lists)
        raise Decline(f"I could not place “{text}” in this database. {values}.")
    if state(text):  # Georgia
        mine += [c for c in columns if _about(c) & STATES]
    return [Reading("value", c.table, 1.0, c, text) for c in mine if _may_hold(c, known)]

