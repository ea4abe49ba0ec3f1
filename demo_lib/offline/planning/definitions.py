"""What the glossary says in words, read as a question is: `SUM(fees.amount) over fees that were paid`.

Three kinds of lines are understood: a formula and the rows that it is over, one number of rows `divided by` another,
and rows that are like this (`active member: members who have not quit`). What the parser would decline as a question
stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from sqlglot import exp

from ..clauses.parser import parse
from ..english.words import Token, tokenize
from ..frame import Decline
from ..linking.linker import link
from ..prompt.aggregates import only_where
from ..prompt.glossary import Prose, Term
from ..prompt.vocabulary import Reading, Vocabulary, Words, add_term
from .planner import plan

DIVIDED = re.compile(r"\s+(?:divided by|out of|as a (?:share|part|fraction|percentage) of)\s+", re.I)
NUMBER_OF = re.compile(r"^(?:the )?(?:number|count|no\.?) of\s+", re.I)
ARTICLE = re.compile(r"^(?:an?|the|all|any|every)\s+", re.I)
OF_ROWS = (exp.Group, exp.Having, exp.Limit, exp.With, exp.Subquery, exp.Join, exp.Exists, exp.Window)


def defined(tokens: Sequence[Token], known: Vocabulary) -> Vocabulary:
    """The vocabulary, with those names of the question that the glossary explains in words. Raises Decline."""
    said = tuple(t.stem for t in tokens)
    meant = [(p, _meaning(p, known)) for p in known.prompt.prose if any(_stands_in(words, said) for words in p.names)]
    found = {p: term for p, term in meant if term}
    for p, term in meant:
        if term is None and DIVIDED.search(p.words):
            raise Decline(f"The glossary says what “{p.name}” is, in words that I cannot follow: “{p.words}”.")
    if not found:
        return known
    names = {words: _without_faults(words, known) for p in found for words in p.names}
    wider = replace(known, phrases={**known.phrases, **names}, spellings=dict(known.spellings))
    for term in found.values():
        add_term(wider, term)
    return wider


def _stands_in(words: Words, said: Words) -> bool:
    return any(said[i : i + len(words)] == words for i in range(len(said) - len(words) + 1))


def _without_faults(words: Words, known: Vocabulary) -> list[Reading]:
    return [r for r in known.phrases.get(words, ()) if not (r.term and r.term.fault)]


@lru_cache(maxsize=256)
def _meaning(said: Prose, known: Vocabulary) -> Term | None:
    """What a line means, where the parser understands it and its names mean nothing else."""
    named = [r for words in said.names for r in _without_faults(words, known) if r.score >= 0.9]
    if named and said.over is None:
        return None  # what the schema has needs no words
    halves = DIVIDED.split(said.words)
    sql: exp.Expr | None = None
    if said.over is not None:
        of = _rows(said.words, known)
        test = of[1] if of else None
        if test is not None:
            wanted = test
            sql = said.over.transform(lambda n: only_where(n, wanted) if isinstance(n, exp.AggFunc) else n)
    elif len(halves) == 2:
        top, bottom = (_number(half, known) for half in halves)
        if top is not None and bottom is not None:
            sql = exp.Div(this=top, expression=bottom)
    elif rows := _rows(said.words, known):
        sql = rows[1] if _is_about(said, rows[0], known) else None
    return Term(said.name, said.names, sql) if sql is not None else None


def _rows(words: str, known: Vocabulary) -> tuple[str, exp.Expr | None] | None:
    """(table, condition) of rows that are told by words alone: `members who have not quit`."""
    tree: exp.Select | None = None
    with suppress(Decline):
        tree = plan(parse(link(tokenize(f"how many {ARTICLE.sub('', words, count=1)}"), known), known), known.prompt)
    if tree is None or len(tree.expressions) != 1 or tree.find(*OF_ROWS):
        return None
    counted = tree.expressions[0].unalias()
    if not (isinstance(counted, exp.Count) and isinstance(counted.this, exp.Star)):
        return None
    table = tree.args["from_"].this.name
    where = tree.args.get("where")
    return table, where.this if where else None


def _number(words: str, known: Vocabulary) -> exp.Expr | None:
    """How many rows there are, of those that are told by words."""
    rows = _rows(NUMBER_OF.sub("", words, count=1), known)
    if rows is None:
        return None
    table = known.prompt.schema.tables[rows[0]]
    key = table.by_name.get((table.key or "").lower())
    if key is None:
        return None
    counted = exp.Count(this=key.reference)
    return only_where(counted, rows[1]) if rows[1] is not None else counted


def _is_about(said: Prose, table: str, known: Vocabulary) -> bool:
    """Whether the name is one of rows of the table: an `active member` is a member."""
    called = [words for words, rs in known.phrases.items() for r in rs if (r.kind, r.table) == ("table", table)]
    return any(name[-len(words) :] == words and len(name) > len(words) for name in said.names for words in called)
