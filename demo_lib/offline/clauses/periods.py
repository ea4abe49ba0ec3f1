"""Every date of the question, with the word that says which date column it is about."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..english.dates import whole_unit
from ..english.lexicon import JOINING_KINDS
from ..english.words import stem
from ..frame import Decline, Dim, Frame, Readings, When
from ..prompt.vocabulary import Reading
from ..reader import Reader

LISTED = 3
TOGETHER = {"together", "combined", "all together", "altogether", "taken together"}
MADE = {"made", "make", "placed", "place"}


def periods(reader: Reader, frame: Frame) -> None:
    """Every date, with the nearest verb before it that names a date column."""
    begins = bool(reader.find("begin"))
    reader.dated = reader.dated or _made(reader)
    frame.dated = reader.dated
    hinted = [k for k, item in enumerate(reader.items) if "hint" in item.notes]
    for i in reader.find("date"):
        item = reader.items[i]
        if item.period is None and reader.known.prompt.today:
            raise Decline(f"“{item.words}” names no day that the calendar has.")
        if item.period is None:
            raise Decline(f"The prompt does not say what day today is, so I cannot place “{item.words}”.")
        if item.period.doubt:
            raise Decline(item.period.doubt)
        if item.period.future:
            raise Decline(f"“{item.words}” has not happened yet. I can only report what the data holds.")
        if i and (state := _state_of_now(reader, frame, i - 1)):
            raise Decline(f"I can tell what is “{state}” now, not what was so “{item.words}”. Leave one of them out.")
        hint = _hint(reader, i, hinted)
        hints = reader.items[hint].of("column") if hint is not None else reader.dated
        frame.whens.append(When(item.words, item.period, hints, at=i, begins=begins))
        reader.use(i, i + 1)
    dates = [item.at for item in reader.items if item.kind == "date"]
    behind = [w for at, w in reader.said_at.items() if dates and max(dates) < at] + [
        item.words for item in reader.items if dates and item.at > max(dates) and item.kind == "sum"
    ]
    frame.pooled = not (frame.growth or frame.compare) and bool(TOGETHER & set(behind))
    for i in reader.find("begin") if frame.whens or any(d.grain for d in frame.dims) else ():
        reader.use(i, i + 1)


def listed_periods(reader: Reader, frame: Frame) -> None:
    """`in May, June and July`: three and more of one length that are listed are told one by one, like two."""
    told = frame.rank or frame.growth or frame.running or frame.share or any(d.grain for d in frame.dims)
    grains = {whole_unit(w.period, ("month", "quarter", "year")) for w in frame.whens}
    against = any(item.kind == "compare" and item.words != "compare" for item in reader.items)
    listed = len(frame.whens) >= LISTED and len(grains) == 1 and frame.measures and not (frame.pooled or against)
    if listed and not told and (grain := grains.pop()):
        frame.dims.append(Dim(grain, grain=grain))
        frame.compare = False


def _state_of_now(reader: Reader, frame: Frame, i: int) -> str:
    """`stored in 2024`, where no date left empty says what is stored today."""
    item = reader.items[i]
    told = [o[0].term for f in frame.filters if f.at == i for o in f.options if o[0].term]
    now = any(isinstance(t.sql, exp.Is) for t in told) and not item.words.startswith(("un", "never"))
    return item.words if now and item.participle else ""


def _made(reader: Reader) -> Readings:
    """`orders placed in May`: the day they were ordered, where a date of theirs is called so."""
    for i, item in enumerate(reader.items):
        end = item.at + len(item.tokens)
        said = {reader.done.get(end + 1), reader.done.get(end + 2), *(k.words for k in reader.items[i + 1 : i + 2])}
        if not item.of("table") or not said & MADE:
            continue
        columns = reader.known.prompt.schema.tables[item.of("table")[0].table].columns
        called = {t.stem for t in item.tokens}
        verbs = [(c.name.split("_")[0], c) for c in columns if c.kind == "date"]
        made = [c for verb, c in verbs if verb.endswith("ed") and stem(verb) in called]
        if len(made) == 1:
            return (Reading("column", made[0].table, 1.0, made[0]),)
    return ()


def _hint(reader: Reader, i: int, hinted: Sequence[int]) -> int | None:
    """Which word says what the date at `i` is about: the one before, up to which only other dates stand."""
    before = next((k for k in reversed(hinted) if k < i), None)
    if before is None:
        followed = any(item.kind == "date" for k in hinted[:1] for item in reader.items[k:])
        return None if followed or not hinted else hinted[0]
    dates = [k for k in range(before, i) if reader.items[k].kind == "date"]
    joining = {"date", "and", "or", "compare"} | JOINING_KINDS
    joined = all(item.kind in joining for k in dates[:1] for item in reader.items[k:i])
    return before if joined else None
