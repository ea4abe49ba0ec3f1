"""Layer 1: is this one read-only query, made only of parts that are known to be harmless?"""

from __future__ import annotations

import re
import unicodedata

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.errors import SqlglotError

from demo_lib.guardrails.allowed import Allowed, allowed, function_name
from demo_lib.guardrails.bounds import check_bounds
from demo_lib.guardrails.policy import DEFAULT_SCHEMAS, Limits, Policy
from demo_lib.guardrails.verdict import GuardrailViolation

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
# Types, whose names may also be functions'. The parser reads date(…) as a type first, then as a call: what stands
# within is read twice, in each other 2^depth times.
_READ_TWICE = sqlglot.Parser.TYPE_TOKENS
_LINKS = {TokenType.DOT, TokenType.DCOLON, TokenType.L_BRACKET}
# What may stand outside quotes with any characters in it: text, comments never become names.
_LITERALS = {TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING}
# Control characters, and those that make text read otherwise than it is stored (bidirectional overrides).
_DECEPTIVE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_PLAIN_NAMES = {
    "Command": "This statement",
    "Into": "SELECT … INTO",
    "Lock": "FOR UPDATE or FOR SHARE",
    "Parameter": "A variable",
    "Placeholder": "A placeholder",
    "PositionalColumn": "A column by its position",
    "Version": "A table as of another time",
}
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
_ROOT_NAME = re.compile(r"[A-Za-z_][\w ]*\Z", re.ASCII)


def validate_sql(query: str, policy: Policy | None = None, dialect: str = "duckdb") -> bool:
    """Slide 9's first layer: True for one read-only query. Raises GuardrailViolation for anything else."""
    read_statement(query, policy.limits if policy else Limits(), dialect)
    return True


def read_statement(sql: str, limits: Limits, dialect: str = "duckdb") -> exp.Expr:
    """The syntax tree of `sql`, where it is one query of allowed parts.

    Raises GuardrailViolation (layer `statement`) otherwise: too long or deep, deceptive characters,
    unparsable, several statements, anything but a query, a part that is not on the allow-list, or one that
    may grow beyond `limits`.
    """
    tree = parse_statement(sql, limits, dialect)
    check_statement(tree, limits, dialect)
    return tree


def parse_statement(sql: str, limits: Limits, dialect: str = "duckdb") -> exp.Expr:
    """The syntax tree of `sql` as it stands, its parts not looked at yet. Raises as `read_statement` does."""
    if dialect not in DEFAULT_SCHEMAS:
        raise _no(
            "dialect", f"The dialect {dialect!r} is not known. Use one of: {', '.join(DEFAULT_SCHEMAS)}."
        )
    if not isinstance(sql, str) or not sql.strip().strip(";").strip():
        raise _no("empty", "There is no SQL here. Write one SELECT statement.")
    _check_size(sql, limits)
    tokens = _tokens(sql, dialect)
    _check_tokens(tokens, limits, allowed(dialect))
    return _parse(tokens, sql, dialect)


def check_statement(tree: exp.Expr, limits: Limits, dialect: str = "duckdb") -> None:
    """Raise GuardrailViolation where any part of `tree`, however deep, is not on the allow-lists or beyond `limits`."""
    lists = allowed(dialect)
    tables, plain = 0, set()  # plain: the kinds of node with nothing more to look at
    if type(tree).__name__ not in lists.roots:
        raise _no("not_a_query", f"{_name(tree)} is not a query. Only SELECT statements are run.")
    for node in tree.walk():
        if type(node) in plain:
            continue
        if isinstance(node, exp.Func):
            _check_function(node, lists)
        elif type(node).__name__ not in lists.nodes:
            raise _no("not_allowed", f"{_name(node)} is not allowed in a read-only query. Leave it out.")
        elif isinstance(node, exp.Identifier):
            if node.args.get("temporary") or node.args.get("global_"):
                raise _no("not_allowed", "Temporary tables may not be read. Name a table of the schema.")
        elif isinstance(node, exp.Table):
            tables += 1
            if tables > limits.max_relations:
                raise _too_many(limits)
        elif isinstance(node, exp.DataType):
            _check_type(node, lists)
        elif isinstance(node, (exp.WithTableHint, exp.QueryOption, exp.Var)):
            _check_words(node, lists)
        else:
            plain.add(type(node))
    check_bounds(tree, limits, dialect)


def _check_size(sql: str, limits: Limits) -> None:
    size = len(sql.encode("utf-8", "surrogatepass"))
    if size > limits.max_sql_bytes:
        raise _no(
            "too_long", f"The SQL is {size:,} bytes long; {limits.max_sql_bytes:,} are allowed. Shorten it."
        )
    found = _DECEPTIVE.search(sql)
    if found:
        raise _no(
            "characters", f"The SQL holds the hidden character U+{ord(found[0]):04X}. Write plain text."
        )


def _tokens(sql: str, dialect: str) -> list[Token]:
    try:
        tokens = sqlglot.Dialect.get_or_raise(dialect).tokenize(sql)
    except (SqlglotError, ValueError, RecursionError):
        raise _no(
            "not_sql", "This cannot be read as SQL: a quote or comment is not closed. Mend it."
        ) from None
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    while tokens and tokens[0].token_type is TokenType.SEMICOLON:  # T-SQL's habit of ;WITH
        tokens.pop(0)
    if not tokens:
        raise _no("empty", "There is no SQL here, only comments. Write one SELECT statement.")
    return tokens


def _check_tokens(tokens: list[Token], limits: Limits, lists: Allowed) -> None:
    if len(tokens) > limits.max_tokens:
        raise _no(
            "too_long", f"The SQL has {len(tokens):,} words; {limits.max_tokens:,} are allowed. Shorten it."
        )
    open_: list[bool] = []  # for each level that is open, whether what stands within is read twice
    chain, last_link, sources = 0, -9, 0
    for i, token in enumerate(tokens):
        kind = token.token_type
        if kind in _LINKS:  # a.b.c.d…, x::int::int…, x[1][1]…: nested without parentheses
            chain, last_link = (chain + 1 if i - last_link <= 3 else 1), i
            if chain > limits.max_nesting_depth:
                raise _no(
                    "too_deep", f"The SQL chains more than {limits.max_nesting_depth} steps. Shorten it."
                )
        if kind in _OPEN:
            open_.append(i > 0 and tokens[i - 1].token_type in _READ_TWICE)
            if len(open_) > limits.max_nesting_depth:
                raise _no(
                    "too_deep", f"The SQL nests deeper than {limits.max_nesting_depth} levels. Flatten it."
                )
            if open_[-1] and sum(open_) > limits.max_type_depth:
                raise _no(
                    "too_deep",
                    f"{tokens[i - 1].text[:20].upper()} stands within more than {limits.max_type_depth} calls "
                    "that are named like types. Flatten it.",
                )
        elif kind in _CLOSE:
            if open_:
                open_.pop()
        elif kind is TokenType.SELECT or kind is TokenType.JOIN:
            sources += 1
            if sources > limits.max_relations:
                raise _too_many(limits)
        elif kind is TokenType.SEMICOLON:
            raise _no("several_statements", "There is more than one statement. Send one SELECT at a time.")
        elif kind not in _LITERALS and not token.text.isascii() and not _plain(token):
            raise _no(
                "characters", "A name holds look-alike or invisible characters. Write it in plain letters."
            )
    first = next((t for t in tokens if t.token_type is not TokenType.L_PAREN), tokens[0])
    if first.text.lower() not in lists.first_words or first.token_type is TokenType.IDENTIFIER:
        word = first.text[:30].upper() if _ROOT_NAME.match(first.text[:30]) else "This"
        raise _no("not_a_query", f"{word} is not the start of a query. Only SELECT statements are run.")


def _plain(token: Token) -> bool:
    """Whether a name reads as it is stored: nothing invisible and, outside quotes, no compatibility forms."""
    if any(unicodedata.category(c) in _INVISIBLE and c != " " for c in token.text):
        return False
    return token.token_type is TokenType.IDENTIFIER or unicodedata.normalize("NFKC", token.text) == token.text


def _parse(tokens: list[Token], sql: str, dialect: str) -> exp.Expr:
    try:
        trees = (
            sqlglot.Dialect.get_or_raise(dialect)
            .parser(error_level=sqlglot.ErrorLevel.IMMEDIATE)
            .parse(tokens, sql)
        )
    except SqlglotError as error:
        raise _no("not_sql", f"This cannot be read as SQL{_place(error)}. Check the syntax.") from None
    except RecursionError:
        raise _no("too_deep", "The SQL nests too deeply to be checked. Flatten it.") from None
    except Exception:
        # a parser that stumbles has not understood: fail closed
        raise _no("not_sql", "This cannot be read as SQL. Check the syntax.") from None
    if len(trees) != 1 or trees[0] is None:
        raise _no("several_statements", "There is more than one statement. Send one SELECT at a time.")
    return trees[0]


def _place(error: SqlglotError) -> str:
    """Where the parser stopped; its own message quotes the SQL, which may hold values."""
    details = getattr(error, "errors", None)
    line, column = (details[0].get("line"), details[0].get("col")) if details else (None, None)
    return f" (line {line}, column {column})" if line else ""


def _check_function(node: exp.Func, lists: Allowed) -> None:
    if function_name(node) not in lists.functions:
        raise _no(
            "function_not_allowed", f"The function {_called(node)}() is not on the list of allowed functions."
        )
    # a name that the parser did not know is written out as it stands, so it has to be one
    if isinstance(node, exp.Anonymous) and not re.fullmatch(r"[A-Za-z_]\w*", str(node.this), re.ASCII):
        raise _no("function_not_allowed", "A function's name is written in an unusual way. Write it plainly.")


def _called(node: exp.Func) -> str:
    return str(node.this)[:60].lower() if isinstance(node, exp.Anonymous) else node.sql_name().lower()


def _check_type(node: exp.DataType, lists: Allowed) -> None:
    kind = node.this
    name = (kind.value if isinstance(kind, exp.DType) else str(kind)).lower()
    if name not in lists.types:
        raise _no("type_not_allowed", f"A cast to {name} is not allowed.")


def _check_words(node: exp.Expr, lists: Allowed) -> None:
    if isinstance(node, exp.WithTableHint):
        words, known = [e.name.upper() for e in node.expressions], lists.table_hints
    elif isinstance(node, exp.QueryOption):
        words = [node.name.upper()]
        known = lists.for_options if isinstance(node.parent, exp.ForClause) else lists.query_options
    else:  # a bare word is written out as it stands, so it has to be one
        if not re.fullmatch(r"[A-Za-z_][\w ]*", node.name, re.ASCII):
            raise _no("not_allowed", "A bare word in the query is not one. Write names and values in quotes.")
        return
    for word in words:
        if word not in known:
            raise _no("not_allowed", f"The hint {word[:30]} is not allowed. Leave it out.")


def _name(node: exp.Expr) -> str:
    """A node as a person calls it."""
    if type(node).__name__ in _PLAIN_NAMES:
        return _PLAIN_NAMES[type(node).__name__]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


def _too_many(limits: Limits) -> GuardrailViolation:
    return _no("too_long", f"The SQL reads from more than {limits.max_relations:,} places. Ask for less at a time.")


def _no(rule: str, message: str) -> GuardrailViolation:
    return GuardrailViolation(rule, "statement", message)
