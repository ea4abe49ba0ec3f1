"""What SQL Server refuses although sqlglot's T-SQL parser, or DuckDB, would take it: each with SQL Server's number.

The rules are taken from Microsoft's documentation of SQL Server 2022 and Azure SQL; where a message has a number there,
that is the one given. What is missing here passes: a query that the double accepts may still be refused by a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from sqlglot import exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.tokens import Token, TokenType

from .errors import SqlError

_LISTS = yaml.safe_load(Path(__file__).with_name("t_sql.yaml").read_text(encoding="utf-8"))
_MAY_STAND_BEFORE_A_PARENTHESIS = frozenset(word for words in _LISTS.values() for word in words.split())
_NOT_IN_T_SQL = {
    TokenType.DCOLON: "::", TokenType.ILIKE: "ILIKE", TokenType.QUALIFY: "QUALIFY", TokenType.NATURAL: "NATURAL",
    TokenType.DPIPE: "|", TokenType.ARROW: ">", TokenType.DARROW: ">>", TokenType.GLOB: "GLOB", TokenType.RLIKE: "RLIKE",
    TokenType.LATERAL: "LATERAL", TokenType.LOCK: "LOCK",
}  # fmt: skip
_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Exists)


def tokens_of(sql: str) -> list[Token]:
    """The words and signs of a batch. Raises SqlError 105 where a quote is not closed."""
    try:
        return TSQL().tokenize(sql)
    except Exception:  # sqlglot's compiled tokenizer has an error class of its own
        raise SqlError(105, "Unclosed quotation mark after the character string.", 15) from None


def check_words(tokens: list[Token], own_names: set[str]) -> None:
    """Refuse words and signs that T-SQL has not, and functions. own_names: of CTEs and aliases, in lower case."""
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        word = token.text.upper()
        named = token.token_type == TokenType.IDENTIFIER or (before is not None and before.token_type == TokenType.DOT)
        if named:
            continue
        if token.token_type in _NOT_IN_T_SQL:
            raise _syntax(_NOT_IN_T_SQL[token.token_type])
        if token.token_type == TokenType.STRING or after is None:
            continue
        follows = after.text.upper()
        if word == "LIMIT" and (after.token_type in (TokenType.NUMBER, TokenType.PARAMETER) or follows == "ALL"):
            raise _syntax("LIMIT")
        if word == "INTERVAL" and after.token_type in (TokenType.STRING, TokenType.NUMBER):
            raise _syntax(after.text)
        if word in ("DATE", "TIMESTAMP", "TIME") and after.token_type == TokenType.STRING:
            raise _syntax(after.text)
        if word == "NULLS" and follows in ("FIRST", "LAST"):
            raise _syntax("NULLS")
        if after.token_type != TokenType.L_PAREN:
            continue
        if word in ("USING", "FILTER"):
            raise _syntax(word)
        if word.isidentifier() and word not in _MAY_STAND_BEFORE_A_PARENTHESIS and word.lower() not in own_names:
            raise SqlError(195, f"'{token.text}' is not a recognized built-in function name.", 15)


def check_query(tree: exp.Expr) -> None:
    """Refuse what T-SQL does not allow at this place of a query."""
    if any(tree.find_all(exp.Into)):
        raise SqlError(262, "CREATE TABLE permission denied in database.", 14)
    for boolean in tree.find_all(exp.Boolean):
        raise SqlError(207, f"Invalid column name '{str(boolean.this).upper()}'.")
    for place in _places_of_conditions(tree):
        if not _is_condition(place):
            raise SqlError(4145, "An expression of non-boolean type specified in a context where a condition is expected.", 15)
    for select in tree.find_all(exp.Select):
        _check_select(select)


def check_types(tree: exp.Expr) -> None:
    """Refuse what T-SQL cannot compute. The columns' types are known by now."""
    for node in tree.find_all(exp.Sum, exp.Avg, exp.Min, exp.Max):
        if node.this.is_type(exp.DataType.Type.BOOLEAN):
            raise SqlError(8117, f"Operand data type bit is invalid for {node.key} operator.")
    for node in tree.find_all(exp.Sum, exp.Avg):
        if node.this.is_type(*exp.DataType.TEXT_TYPES, exp.DataType.Type.DATE):
            raise SqlError(8117, f"Operand data type {_name(node.this)} is invalid for {node.key} operator.")
    for node in tree.find_all(exp.Add, exp.Sub):
        kinds = [side.is_type(exp.DataType.Type.DATE) for side in (node.left, node.right)]
        if all(kinds):
            raise SqlError(8117, f"Operand data type date is invalid for {'add' if node.key == 'add' else 'subtract'} operator.")
        if any(kinds) and any(side.is_type(*exp.DataType.INTEGER_TYPES) for side in (node.left, node.right)):
            raise SqlError(206, "Operand type clash: date is incompatible with int")


def _check_select(select: exp.Select) -> None:
    for item in select.expressions:
        if _is_condition(item.unalias()):
            raise _syntax("=" if isinstance(item.unalias(), exp.EQ) else str(item.unalias().key).upper())
    group = select.args.get("group")
    for item in group.expressions if group else ():
        if isinstance(item, exp.Literal):
            raise SqlError(164, "Each GROUP BY expression must contain at least one column that is not an outer reference.", 15)
        if item.find(exp.Subquery, exp.AggFunc):
            raise SqlError(144, "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.", 15)
    for aggregate in select.find_all(exp.AggFunc):
        inner = aggregate.this.find(exp.AggFunc, exp.Subquery) if isinstance(aggregate.this, exp.Expr) else None
        if inner is not None and not isinstance(aggregate.parent, exp.Window) and not isinstance(inner.parent, exp.Window):
            raise SqlError(130, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.", 15)
    ordered = select.args.get("order")
    limited = select.args.get("limit")
    if select.args.get("offset") is not None and ordered is None:
        raise _syntax("OFFSET")
    if isinstance(limited, exp.Fetch) and select.args.get("offset") is None:
        raise SqlError(153, "Invalid usage of the option NEXT in the FETCH statement.", 15)
    inside = select.parent
    if ordered is not None and limited is None and select.args.get("offset") is None and isinstance(inside, (exp.Subquery, exp.CTE, exp.In, exp.Exists)):
        raise SqlError(1033, "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.", 15)
    if isinstance(inside, exp.CTE) or (isinstance(inside, exp.Subquery) and isinstance(inside.parent, (exp.From, exp.Join))):
        alias = inside.args.get("alias")
        if alias is None:
            raise _syntax(")")
        if not alias.columns:
            for i, name in enumerate(select.named_selects, 1):
                if not name:
                    raise SqlError(8155, f"No column name was specified for column {i} of '{alias.name}'.")


def _places_of_conditions(tree: exp.Expr) -> Iterator[exp.Expr]:
    for node in tree.find_all(exp.Where, exp.Having):
        yield node.this
    for join in tree.find_all(exp.Join):
        if join.args.get("on") is not None:
            yield join.args["on"]
    for case in tree.find_all(exp.Case):
        if case.this is None:
            yield from (branch.this for branch in case.args["ifs"])
    for connector in tree.find_all(exp.And, exp.Or):
        yield from (connector.left, connector.right)
    for negation in tree.find_all(exp.Not):
        yield negation.this


def _is_condition(node: exp.Expr) -> bool:
    node = node.unnest()
    return isinstance(node, _CONDITIONS) and not isinstance(node, (exp.Boolean, exp.Any, exp.All))


def _name(node: exp.Expr) -> str:
    return "nvarchar" if node.is_type(*exp.DataType.TEXT_TYPES) else "date"


def _syntax(near: str) -> SqlError:
    return SqlError(102, f"Incorrect syntax near '{near}'.", 15)
