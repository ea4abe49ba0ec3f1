"""The SQL half of the offline model: question + prompt text → one SELECT, or an honest decline."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlglot import exp

from .clauses.guards import foresee, refuse, undecided
from .clauses.parser import parse
from .english.followups import standalone
from .english.fragments import is_fragment
from .english.lexicon import JOINING_KINDS
from .english.words import tokenize
from .frame import Decline, Frame
from .linking.linker import Item, link
from .linking.semantics import widened
from .linking.unlisted import caveats, place_names
from .planning.accounting import check, check_words
from .planning.asking import next_step
from .planning.definitions import defined
from .planning.planner import plan
from .prompt.prompt_reader import Prompt
from .prompt.time_sql import average_as_float
from .prompt.vocabulary import Vocabulary, fault, vocabulary, without_absent
from .rewriting.preamble import without_small_talk

LONGEST_QUESTION_CHARACTERS = 2_000
LONGEST_PROMPT_CHARACTERS = 500_000
OUR_FAULT = "The SQL writer stumbled over this question"
UNFINISHED = (
    "goes on from an earlier question, in a way that I cannot tell for sure. Say what changes (“for …”, “by …”, "
    "“in 2024”), or ask the whole question."
)
TELLING = ("list", "how much", "count", "that", "who", "with", "not")
"""What says that rows are asked for, or how many; or which of them, at some length."""
NULLS_ARE_SMALL = ("sqlite", "tsql", "mysql", "bigquery")


@dataclass(frozen=True)
class Link:
    """One word, or run of words, of the question and what it was taken for."""

    words: str
    meaning: str
    kind: str
    """table, column, value, flag, glossary term, event, operator, date, number, unknown."""
    score: float
    """1 for what is called so, less for a synonym or a slip of the finger, 0 for what is unknown."""


@dataclass(frozen=True)
class Draft:
    """What came of one question: exactly one of `sql` and `declined` is set."""

    sql: str | None
    declined: str | None
    explanation: str
    links: tuple[Link, ...]


def write_sql(prompt: str, question: str, history: Sequence[str] = ()) -> Draft:
    """Write one SELECT for `question` from what the system text `prompt` says, or decline. Never raises.

    `history` holds the user's earlier questions, oldest first: one that goes on from them is completed, and the
    explanation says how.
    """
    items: list[Item] = []
    read_as = ""
    try:
        whole = standalone(question, history)
        read_as = "" if whole == question else f"I read this as: “{whole}” "
        draft = _write(prompt, whole, items)
        return replace(draft, explanation=read_as + draft.explanation)
    except Decline as decline:
        declined = str(decline)
    except Exception as error:  # a fault of ours must not take down the conversation
        declined = f"{OUR_FAULT} ({type(error).__name__}). Please ask in another way."
    return Draft(None, declined, read_as.strip(), _links(items))


def _write(prompt: str, question: str, items: list[Item]) -> Draft:
    """Question → tokens → items → frame → SQL tree → text. Fills `items`; raises Decline."""
    refuse(question, LONGEST_QUESTION_CHARACTERS)
    if is_fragment(question):
        raise Decline(f"“{question.strip()}” {UNFINISHED}")
    if len(prompt) > LONGEST_PROMPT_CHARACTERS:
        raise Decline(
            f"The prompt is longer than {LONGEST_PROMPT_CHARACTERS:,} characters. Show me fewer tables."
        )
    known = vocabulary(prompt)
    unread = known.prompt.unread
    if not known.prompt.schema.tables:
        raise Decline(" ".join(["The prompt names no tables, so there is nothing that I could query.", *unread]))
    foresee(question, [c.name for table in known.prompt.schema.tables.values() for c in table.columns])
    tokens = tokenize(question)
    known = defined(tokens, known)
    items += place_names(link(tokens, known), known)
    try:
        frame, tree = _understood(items, known)
    except Decline as decline:
        more = next_step(decline, items, lambda tried: _works(tried, known))
        raise Decline(" ".join(filter(None, [str(decline), more, *unread]))) from None
    undecided(question, frame, any(item.kind in TELLING for item in items))
    links = _links(items)
    return Draft(_render(tree, known.prompt), None, _explanation(links, [*frame.caveats, *unread]), links)


def _understood(items: list[Item], known: Vocabulary) -> tuple[Frame, exp.Select]:
    """What was asked for. A second look, at words that match nothing, is only taken where the first one fails."""
    try:
        return _query(items, known)
    except Decline:
        wider = widened(items, known)
        if wider is None:
            raise
    items[:] = place_names(link([t for item in items for t in item.tokens], wider), wider)
    return _query(items, wider)


def _query(items: Sequence[Item], known: Vocabulary) -> tuple[Frame, exp.Select]:
    for item in items:
        item.readings = without_absent(item.readings)
    if doubt := next(filter(None, (fault(item.readings) for item in items)), ""):
        raise Decline(doubt)
    frame = parse(without_small_talk(items), known)
    frame.caveats += caveats(items)
    tree = plan(frame, known.prompt)
    check(frame, tree, known.prompt)
    check_words(items, frame, tree, known.prompt)
    return frame, tree


def _works(question: str, known: Vocabulary) -> str | None:
    """The SQL for a question that a decline may offer instead."""
    with suppress(Decline):
        return _render(_understood(link(tokenize(question), known), known)[1], known.prompt)
    return None


def _render(tree: exp.Select, prompt: Prompt) -> str:
    """The tree as text: names in quotes where the prompt has them so, no table names before columns of a lone table."""
    if prompt.dialect == "tsql":
        tables = prompt.schema.tables.values()
        average_as_float(tree, {(c.table, c.name) for table in tables for c in table.columns if c.holds_fractions})
    if len(list(tree.find_all(exp.Table))) == 1 and not tree.find(exp.CTE, exp.Subquery):
        for column in tree.find_all(exp.Column):
            column.set("table", None)
    for order in tree.find_all(exp.Ordered):
        if order.args.get("nulls_first") is None:  # where the database puts them, so that nothing is written
            order.set("nulls_first", prompt.dialect in NULLS_ARE_SMALL)
    if prompt.dialect == "sqlite":
        _name_what_is_ordered_by(tree)
    for name in tree.find_all(exp.Identifier):
        if name.this in prompt.schema.quoted:
            name.set("quoted", True)
    return tree.sql(dialect=prompt.dialect)


def _name_what_is_ordered_by(tree: exp.Select) -> None:
    """`SELECT a.month AS month … ORDER BY month`: SQLite calls the month ambiguous where b has one, too."""
    for query in tree.find_all(exp.Select):
        order = query.args.get("order")
        ordered = {c.name for c in order.find_all(exp.Column) if not c.table} if order else set()
        for shown in query.expressions:
            if isinstance(shown, exp.Column) and shown.table and shown.name in ordered:
                shown.replace(exp.alias_(shown.copy(), shown.this.copy()))


def _links(items: Sequence[Item]) -> tuple[Link, ...]:
    found = []
    for item in items:
        if item.readings and item.kind in ("link", "quoted"):
            best = item.readings[0]
            kind = "glossary term" if best.kind == "term" else best.kind
            found.append(Link(item.words, str(best), kind, min(1.0, best.score)))
        elif item.period:
            until = f"up to {item.period.end}" if item.period.end else "onwards"
            found.append(Link(item.words, f"{item.period.start or ''} {until}".strip(), "date", 1.0))
        elif item.number is not None:
            found.append(Link(item.words, f"{item.number:g}", "number", 1.0))
        elif item.kind == "quoted":
            found.append(Link(item.words, item.words, "value", 1.0))
        elif item.kind in ("word", "date"):  # a date that needs a today
            found.append(Link(item.words, "", "unknown", 0.0))
        elif item.kind == "by" or item.kind not in JOINING_KINDS:
            found.append(Link(item.words, item.notes[0] if item.kind == "grain" else item.kind, "operator", 1.0))
    return tuple(found)


def _explanation(links: Sequence[Link], caveats: Sequence[str]) -> str:
    said = [f"“{k.words}” is {k.meaning}" for k in links if k.kind not in ("operator", "number", "unknown")]
    return " ".join([*(["I read: " + "; ".join(said) + "."] if said else []), *dict.fromkeys(caveats)])
