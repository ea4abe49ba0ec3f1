"""T-SQL → DuckDB: parse, refuse what SQL Server would, resolve the names, and write it anew with what T-SQL means.

Kept from T-SQL: whole-number division and AVG, `+` between texts, NULLs first, ORDER BY of an alias but no GROUP BY of
one. Not kept: collations (comparisons mind case here), the precision of decimals, locks, implicit conversions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_columns import qualify_columns
from sqlglot.optimizer.qualify_tables import qualify_tables
from sqlglot.schema import MappingSchema
from sqlglot.tokens import Token, TokenType

from .errors import SqlError
from .gate import check_query, check_types, check_words, tokens_of
from .meaning import make_it_mean_t_sql

_DENIED = {"insert": "INSERT", "update": "UPDATE", "delete": "DELETE", "merge": "UPDATE", "truncatetable": "ALTER"}


@dataclass(frozen=True)
class Known:
    """What a session may name: schema → table → column → DuckDB type, all in lower case, and who it is."""

    database: str
    tables: Mapping[str, Mapping[str, Mapping[str, str]]]
    spelling: Mapping[str, str]
    """Names of columns as they were made, by their lower case."""
    user: str
    denied: frozenset[str] = frozenset()
    """`schema.table.column` that this user may not read."""
    may_write: bool = False
    """What it is told when it asks. Here no query writes; see `writing.py`."""

    @cached_property
    def schema(self) -> MappingSchema:
        """The tables as sqlglot wants them."""
        return MappingSchema({s: dict(t) for s, t in self.tables.items()}, dialect="duckdb", normalize=False)


@dataclass(frozen=True)
class Translated:
    """A query for DuckDB, and the names that its columns have in T-SQL."""

    sql: str
    names: list[str]
    zoned: list[int]
    """Columns of type datetimeoffset, which come in UTC and without a zone."""


def statements(sql: str) -> list[list[Token]]:
    """The words of each statement of a batch, which are told apart by semicolons alone."""
    rest, found = tokens_of(sql), []
    while rest:
        one = list(takewhile(lambda token: token.token_type != TokenType.SEMICOLON, rest))
        rest = rest[len(one) + 1 :]
        if one:
            found.append(one)
    return found


def translate(sql: str, known: Known, parameters: Mapping[str, exp.Expr] | None = None) -> Translated:
    """One query. parameters: literals by name, without the `@`. Raises SqlError as SQL Server would."""
    tokens = tokens_of(sql)
    first = tokens[0].text.upper()
    if first in ("EXEC", "EXECUTE"):
        raise SqlError(229, f"The EXECUTE permission was denied on the object '{sql.split()[1]}'.", 14)
    try:
        tree = sqlglot.parse_one(sql, read="tsql")
    except (SqlglotError, RecursionError):
        _check_words(tokens, None)  # perhaps it tells more precisely
        raise SqlError(102, f"Incorrect syntax near '{tokens[-1].text}'.", 15) from None
    if not isinstance(tree, exp.Query):
        if tree.key in _DENIED:
            raise SqlError(229, f"The {_DENIED[tree.key]} permission was denied on the object, database '{known.database}', schema 'dbo'.", 14)
        raise SqlError(262, f"{first} permission denied in database '{known.database}'.", 14)
    _check_words(tokens, tree)
    check_query(tree)
    names = [select.output_name for select in tree.selects]
    tree = _resolved(_filled_in(tree, known, parameters or {}), known)
    check_types(tree)
    if "*" in names:
        names = [known.spelling.get(select.output_name, select.output_name) for select in tree.selects]
    make_it_mean_t_sql(tree)
    for table in tree.find_all(exp.Table):
        if table.db:
            table.set("catalog", exp.to_identifier("memory" if table.db == "sys" else "data"))
        if table.db == "dbo":
            table.set("db", exp.to_identifier("main"))
    zoned = []
    for i, select in enumerate(tree.selects):
        if select.is_type(exp.DataType.Type.TIMESTAMPTZ):  # DuckDB's client wants a package to read one
            zoned.append(i)
            value = select.unalias()
            value.replace(exp.Anonymous(this="timezone", expressions=[exp.Literal.string("UTC"), value.copy()]))
    return Translated(tree.sql("duckdb"), names, zoned)


def _check_words(tokens: list[Token], tree: exp.Expr | None) -> None:
    own = {alias.name.lower() for alias in tree.find_all(exp.TableAlias)} if tree else set()
    check_words(tokens, own)


def _filled_in(tree: exp.Expr, known: Known, parameters: Mapping[str, exp.Expr]) -> exp.Expr:
    """The tree with the values of parameters, and of what a session knows of itself, in their places."""
    own = {"SPID": 51, "TRANCOUNT": 1, "ROWCOUNT": 0}

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter) and isinstance(node.this, exp.Parameter):  # @@name
            name = node.this.name.upper()
            if name == "VERSION":
                return exp.Literal.string("This is not SQL Server but a test double that speaks its protocol.")
            if name in own:
                return exp.Literal.number(own[name])
            raise SqlError(137, f'Must declare the scalar variable "@@{node.this.name}".', 15)
        if isinstance(node, exp.Parameter):
            if node.name.lower() not in parameters:
                raise SqlError(137, f'Must declare the scalar variable "@{node.name}".', 15)
            return parameters[node.name.lower()].copy()
        if isinstance(node, (exp.Func, exp.Anonymous)):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).upper()
            if name in ("DB_NAME", "CURRENT_DATABASE", "CURRENT_CATALOG"):
                return exp.Literal.string(known.database)
            if name in ("SUSER_SNAME", "USER_NAME", "CURRENT_USER"):
                return exp.Literal.string(known.user)
            if name == "HAS_PERMS_BY_NAME":
                return _has_permission([argument.transform(fill) for argument in node.expressions], known)
            if name == "QUOTENAME":
                return exp.Concat(expressions=[exp.Literal.string("["), node.expressions[0], exp.Literal.string("]")])
        return node

    return tree.transform(fill)


def _has_permission(arguments: list[exp.Expr], known: Known) -> exp.Expr:
    """HAS_PERMS_BY_NAME: the double's users may read, and nothing else."""
    permission = arguments[2].name.upper()
    if permission not in ("SELECT", "CONNECT"):
        return exp.Literal.number(int(known.may_write))
    if len(arguments) < 4 or not known.denied:
        return exp.Literal.number(1)
    full = exp.Lower(this=exp.Concat(expressions=[arguments[0].copy(), exp.Literal.string("."), arguments[3].copy()]))
    bare = exp.Anonymous(this="TRANSLATE", expressions=[full, exp.Literal.string("[]"), exp.Literal.string("")])
    denied = exp.In(this=bare, expressions=[exp.Literal.string(name) for name in sorted(known.denied)])
    return exp.Case().when(denied, exp.Literal.number(0)).else_(exp.Literal.number(1))


def _resolved(tree: exp.Expr, known: Known) -> exp.Expr:
    """The tree with every column's table and type known. Raises SqlError 207 and 208 for names that are none."""
    tree = normalize_identifiers(tree, dialect="tsql")
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or (not table.db and table.name in ctes):
            continue
        if table.catalog and table.catalog != known.database.lower():
            raise SqlError(40515, f"Reference to database and/or server name in '{table.sql()}' is not supported in this version of SQL Server.")
        schema = table.db or "dbo"
        if table.name not in known.tables.get(schema, {}):
            raise SqlError(208, f"Invalid object name '{table.db + '.' if table.db else ''}{table.name}'.")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("db", exp.to_identifier(schema, quoted=True))
        table.set("catalog", None)
    try:
        tree = qualify_tables(tree, dialect="tsql")
        tree = qualify_columns(tree, known.schema, expand_alias_refs=False, dialect="tsql")
        tree = annotate_types(tree, schema=known.schema, dialect="tsql")
    except OptimizeError as error:
        raise SqlError(207, f"Invalid column name. ({str(error).splitlines()[0]})") from None
    for column in tree.find_all(exp.Column):
        if not column.table and not _names_an_output(column):
            raise SqlError(207, f"Invalid column name '{column.name}'.")
    if known.denied:
        _check_permissions(tree, known)
    return tree


def _names_an_output(column: exp.Column) -> bool:
    """Whether it is an alias in ORDER BY, the one place where T-SQL knows them, or a table function's column."""
    if column.find_ancestor(exp.Order) is not None and column.find_ancestor(exp.Window) is None:
        return True
    select = column.find_ancestor(exp.Select)
    sources = [select.args.get("from_"), *(select.args.get("joins") or ()), *(select.args.get("laterals") or ())] if select else []
    return any(source is not None and source.find(exp.Func) and not source.find(exp.Table) for source in sources) or isinstance(column.this, exp.Star)


def _check_permissions(tree: exp.Expr, known: Known) -> None:
    for select in tree.find_all(exp.Select):
        tables = {t.alias: f"{t.db}.{t.name}" for t in select.find_all(exp.Table)}
        for column in select.find_all(exp.Column):
            if f"{tables.get(column.table)}.{column.name}" in known.denied:
                table = str(tables[column.table]).rpartition(".")[2]
                raise SqlError(230, f"The SELECT permission was denied on the column '{column.name}' of the object '{table}', database '{known.database}', schema 'dbo'.", 14)
