"""The allow-lists of `functions.yaml`, read once and asked by layer 1 and layer 2."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlglot import exp


@dataclass(frozen=True)
class Allowed:
    """What a query in one dialect may be made of."""

    first_words: frozenset[str]
    roots: frozenset[str]
    nodes: frozenset[str]
    types: frozenset[str]
    table_hints: frozenset[str]
    query_options: frozenset[str]
    for_options: frozenset[str]
    functions: frozenset[str]
    """Names as `function_name` gives them."""
    table_functions: dict[str, tuple[str, ...]]
    """Functions that may stand where a table stands, with the columns that they bring."""


@cache
def allowed(dialect: str) -> Allowed:
    """The allow-lists for `dialect`."""
    data = _data()
    given = data["table_functions"][dialect]
    tables = {form: tuple(columns) for name, columns in given.items() for form in (name, _key(name))}
    functions = [*data["functions"]["shared"].values(), *data["functions"][dialect].values(), tables]
    return Allowed(
        first_words=frozenset(data["first_words"]),
        roots=frozenset(data["roots"]),
        nodes=frozenset(name for names in data["nodes"].values() for name in names),
        types=frozenset(data["types"]),
        table_hints=frozenset(data["table_hints"]),
        query_options=frozenset(data["query_options"]),
        for_options=frozenset(data["for_options"]),
        functions=frozenset(form for names in functions for name in names for form in (name, _key(name))),
        table_functions=tables,
    )


def function_name(node: exp.Expr) -> str:
    """The name that the allow-list knows a function by: sqlglot's for those that it knows, else as written."""
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(node.this).lower()
    return node.key


def _key(name: str) -> str:
    return name.lower().replace("_", "")


@cache
def _data() -> dict[str, Any]:
    text = Path(__file__).with_name("functions.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data
