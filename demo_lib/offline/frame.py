"""What a question asks for, before it is known how the tables join: the parser fills this, the planner reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .english.dates import Period
from .prompt.schema import ForeignKey
from .prompt.vocabulary import Reading

Readings = tuple[Reading, ...]
Option = tuple[Reading, tuple[ForeignKey, ...]]


class Decline(Exception):
    """The question cannot be answered from this prompt. The message is for the person who asked."""

    needs_example = False
    """Whether a question that works, of the same words, would help."""

    def __init__(self, message: str, words: str = "", options: Sequence[Option] = ()) -> None:
        super().__init__(message)
        self.words, self.options = words, tuple(options)
        """What `words` may mean equally well: `asking` finds how to say each."""


@dataclass(frozen=True)
class Dim:
    """What to group by: a column, a table's rows, a flag, or a grain of time."""

    words: str
    readings: Readings = ()
    grain: str = ""
    each: bool = False
    """Said with `each`: in a ranking it means one ranking for each."""
    per: bool = False
    """Said with `per`: with another group beside it, an average over these."""
    dated: Readings = ()
    """The date that a grain of time is a part of, as in `by delivery month`."""


@dataclass(frozen=True)
class Measure:
    """One number: `agg` is count, distinct, sum, avg, median, min, max, or term for a glossary formula."""

    agg: str
    words: str
    readings: Readings
    per: Dim | None = None
    """First summed up for each of these, as in `average number of orders per customer`."""


@dataclass(frozen=True)
class Filter:
    """Rows whose column has one of the values: `options` holds, for each value named, its readings."""

    words: str
    options: tuple[Readings, ...]
    negated: bool = False
    at: int = 0
    both: bool = False
    """Said with `and`, which for things that happened may mean either or both."""
    placed: bool = False
    """Said behind `in`, `at`, `for`: it narrows the whole question down."""
    every: bool = False
    """Said with `both`, or `as well as`: each value needs a row of its own."""


@dataclass(frozen=True)
class NumberFilter:
    """Rows whose column compares to a number, or groups whose measure does."""

    words: str
    op: str
    numbers: tuple[float, ...]
    readings: Readings = ()
    measure: Measure | None = None
    average: bool = False
    """Compared with the average of the column itself."""
    within: Readings = ()
    """Of those rows only that have the same value here: `above the average of their category`."""


@dataclass(frozen=True)
class TextFilter:
    """Rows whose column equals a text that the prompt does not list."""

    words: str
    readings: Readings
    text: str
    negated: bool = False


@dataclass(frozen=True)
class When:
    """A period, and the words before it that say which date is meant."""

    words: str
    period: Period
    hints: Readings = ()
    at: int = 0
    begins: bool = False


@dataclass(frozen=True)
class Weekdays:
    """Rows whose date falls on one of these days of the week, or in one of these months of any year."""

    words: str
    days: tuple[str, ...]
    negated: bool = False
    hints: Readings = ()
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something that rows of another table say happened, or never did."""

    words: str
    readings: Readings
    negated: bool = False
    at: int = 0
    passive: bool = False
    """Said of what it happened to: `books that were borrowed`."""
    filters: tuple[Filter, ...] = ()
    """What its rows must be like: `without an active lease`."""
    whens: tuple[When, ...] = ()
    """When it happened, or did not, where the other events of the question have dates of their own."""
    of: Readings = ()
    """Of whose rows a `who` or `that` says it: `sales to customers who returned something`."""


@dataclass(frozen=True)
class Rank:
    """Order, and how many to keep (None: all)."""

    desc: bool
    limit: int | None
    target: Dim | None
    measure: Measure | None = None
    columns: Readings = ()
    """A column of the row itself, as in `the most expensive product`."""
    skip: int = 0
    """How many to leave out at the head: one for `the second highest`."""


@dataclass
class Frame:
    """One question, taken apart."""

    subject: Readings = ()
    subject_words: str = ""
    subject_at: int = -1
    measures: list[Measure] = field(default_factory=list)
    dims: list[Dim] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    numbers: list[NumberFilter] = field(default_factory=list)
    texts: list[TextFilter] = field(default_factory=list)
    whens: list[When] = field(default_factory=list)
    dated: Readings = ()
    """The date that a state of the rows is told by."""
    weekdays: list[Weekdays] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    rank: Rank | None = None
    show: list[Dim] = field(default_factory=list)
    amount: bool = False
    """Asked with `how much`: a sum, never a count."""
    ratio: tuple[Frame, Frame] | None = None
    """What is put over what, each with its own conditions."""
    pooled: bool = False
    """Said of two periods: `in 2023 and 2024 together` wants one number."""
    order: Dim | None = None
    """What else than a measure the rows are put in order of."""
    order_desc: bool = False
    distinct: bool = False
    """Said of the rows to list: only the columns that are named, and no row twice."""
    share: str = ""
    share_as: bool = False
    """Whether the part stands before it: `wrong size as a share of all returns in Dover`."""
    share_at: int = -1
    """What is said before it is of the whole: `of all jobs that are done, what share was late`."""
    share_noun: int = -1
    """What is said between is of the whole too, where a part is told behind: `share of paid fines that were late`."""
    share_order: tuple[str, ...] = ()
    """The groups are put in order by it, the largest first (`top`) or last, and so many kept (0: all)."""
    share_whole: int = -1
    """Where the whole is named, behind the word `share` or in front of it."""
    share_told: int = -1
    """Where a verb behind the noun tells of a date: `what share of the members joined in May`."""
    share_finite: bool = False
    """Whether that verb asks: `what share of the bills are from May`, but not `share of bills that are from May`."""
    growth: str = ""
    """The step that growth is measured over: month, quarter, year, or `periods`. Between two periods: how much `more`
    or `less` in the one than in the other, or their `difference`, the earlier taken from the later."""
    growth_rank: str = ""
    """Said of growth: the one that grew the `most`, or the `least`."""
    growth_percent: bool = False
    """Said of growth: it is wanted in percent."""
    compare: bool = False
    running: bool = False
    running_beside: bool = False
    """Whether the number of each step is wanted, too: `the number of orders and the running total`."""
    caveats: list[str] = field(default_factory=list)
    """Readings that are right but may surprise, in plain words."""
    mentioned: list[tuple[str, Readings]] = field(default_factory=list)
    """Tables that were named without a role of their own: they must lie on the join path."""

    @property
    def measured(self) -> list[Measure]:
        """What is measured, for the answer or to rank by it."""
        ranked = [self.rank.measure] if self.rank and self.rank.measure else []
        return [*self.measures, *ranked]
