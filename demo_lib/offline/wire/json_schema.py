"""Small questions about a JSON schema: what it points to, what it allows, whether a value satisfies it."""

from __future__ import annotations

from typing import Any

_MAX_HOPS = 12  # a reference may point to itself


def resolve(schema: Any, root: Any) -> dict[str, Any]:
    """The schema that a local `$ref` stands for; `true` and what cannot be resolved allow anything."""
    for _ in range(_MAX_HOPS):
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            break
        target = root
        for part in schema["$ref"].removeprefix("#").split("/"):
            if part:
                target = target.get(part) if isinstance(target, dict) else None
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        schema = {**target, **beside} if isinstance(target, dict) else beside
    return schema if isinstance(schema, dict) else {}


def branches(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a schema; `"type": ["string", "null"]` is two. Empty where there is one way only."""
    given = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(given, list):
        about: dict[str, Any] = {k: schema[k] for k in ("description", "$defs") if k in schema}
        return [{**about, **b} for b in given if isinstance(b, dict)]
    types = schema.get("type")
    if isinstance(types, list) and len(types) > 1:
        return [{**schema, "type": t} for t in types]
    return []


def type_of(schema: dict[str, Any]) -> str | None:
    """The (first) type that a schema names or implies."""
    types = schema.get("type")
    if isinstance(types, list):
        return types[0] if types else None
    if types is None:
        return "object" if "properties" in schema else "array" if "items" in schema else None
    return str(types)


def allows(schema: dict[str, Any], kind: str) -> bool:
    """Whether a value of a type may stand there."""
    ways = branches(schema)
    return any(allows(w, kind) for w in ways) if ways else type_of(schema) in (None, kind)


def satisfies(value: Any, schema: Any, root: Any) -> bool:
    """Whether a value is valid, its formats too, under a schema whose references point into `root`; fetches nothing."""
    from jsonschema import Draft202012Validator  # a second, most of it for formats that nobody asks for here
    from referencing import Registry

    if isinstance(schema, dict) and schema is not root:
        schema = {**{k: root[k] for k in ("$defs", "definitions") if k in root}, **schema}
    try:
        formats = Draft202012Validator.FORMAT_CHECKER
        return Draft202012Validator(schema, registry=Registry(), format_checker=formats).is_valid(value)
    except Exception:  # a pattern that is none, a reference to nowhere: no value can be vouched for
        return False
