"""Which JSON schemas OpenAI refuses for a tool or a structured answer, `strict` ones in particular."""

from __future__ import annotations

from typing import Any

_TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}
_NOT_IN_STRICT = (
    *("oneOf", "allOf", "not", "if", "then", "else", "default"),
    *("patternProperties", "dependentRequired", "dependentSchemas"),
)
_MAX_DEPTH = 50


class SchemaFault(Exception):
    """What is wrong with a schema, in OpenAI's words."""


def check_schema(schema: Any, strict: bool) -> None:
    """Check the schema of a tool's parameters or of an answer. Raises SchemaFault."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        kind = schema.get("type") if isinstance(schema, dict) else type(schema).__name__
        raise SchemaFault(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'.")
    if "properties" not in schema:
        raise _fault((), "object schema missing properties.")
    _visit(schema, (), strict)


def _visit(node: Any, path: tuple[str, ...], strict: bool) -> None:
    if isinstance(node, bool) and not strict:
        return
    if not isinstance(node, dict):
        raise _fault(path, f"{node!r:.60} is not of type 'object', 'boolean'.")
    if len(path) > 2 * _MAX_DEPTH:
        raise _fault(path[:4], "the schema is nested too deeply.")
    types = _types(node, path)
    properties, required = node.get("properties", {}), node.get("required", [])
    if not isinstance(properties, dict):
        raise _fault((*path, "properties"), f"{properties!r:.60} is not of type 'object'.")
    if not isinstance(required, list) or not all(isinstance(r, str) for r in required):
        raise _fault((*path, "required"), f"{required!r:.60} is not an array of strings.")
    if not str(node.get("$ref", "#")).startswith("#"):
        raise _fault(path, "a reference can only point into the schema itself.")
    if "enum" in node and (not isinstance(node["enum"], list) or not node["enum"]):
        raise _fault(path, "'enum' must be an array with at least one value.")
    if "array" in types and "items" not in node:
        raise _fault(path, "array schema missing items.")
    if strict:
        _check_strict(node, types, path)
    for child_path, child in _children(node, path):
        _visit(child, child_path, strict)


def _types(node: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    given = node.get("type")
    if given is None:
        return []
    types = given if isinstance(given, list) else [given]
    if not types or not all(isinstance(t, str) and t in _TYPES for t in types):
        raise _fault(path, f"{given!r:.60} is not valid under any of the given schemas.")
    return types


def _check_strict(node: dict[str, Any], types: list[str], path: tuple[str, ...]) -> None:
    for keyword in _NOT_IN_STRICT:
        if keyword in node:
            raise _fault(path, f"'{keyword}' is not permitted.")
    if not types and not any(k in node for k in ("anyOf", "$ref", "enum", "const")):
        raise _fault(path, "schema must have a 'type' key.")
    if "object" not in types:
        return
    if node.get("additionalProperties") is not False:
        raise _fault(path, "'additionalProperties' is required to be supplied and to be false.")
    properties, listed = node.get("properties", {}), node.get("required", [])
    if missing := [p for p in properties if p not in listed]:
        raise _fault(path, "'required' is required to be supplied and to be an array including every key in "
                           f"properties. Missing '{missing[0]}'.")  # fmt: skip
    if extra := [r for r in listed if r not in properties]:
        raise _fault(path, f"'required' names a key that is not in properties: '{extra[0]}'.")


def _children(node: dict[str, Any], path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    found = []
    for key in ("properties", "$defs", "definitions"):
        children = node.get(key, {})
        if not isinstance(children, dict):
            raise _fault((*path, key), f"{children!r:.60} is not of type 'object'.")
        found += [((*path, key, name), child) for name, child in children.items()]
    found += [((*path, key), node[key]) for key in ("items", "not") if key in node]
    if not isinstance(node.get("additionalProperties", True), bool):
        found.append(((*path, "additionalProperties"), node["additionalProperties"]))
    for key in ("anyOf", "oneOf", "allOf"):
        if key in node:
            if not isinstance(node[key], list) or not node[key]:
                raise _fault(path, f"'{key}' must be an array with at least one schema.")
            found += [((*path, key, str(i)), child) for i, child in enumerate(node[key])]
    return found


def _fault(path: tuple[str, ...], text: str) -> SchemaFault:
    return SchemaFault(f"In context={path!r}, {text}")
