"""Fills a JSON schema from what a conversation holds: a tool's arguments, or a structured answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo_lib.offline.calling import values
from demo_lib.offline.calling.values import Filled, Known, Source, kind_of
from demo_lib.offline.english import cues
from demo_lib.offline.wire.json_schema import allows, branches, resolve, satisfies, type_of

_MAX_DEPTH = 12  # a schema may point to itself
_TERM_NAMES = {"term", "terms", "keyword", "keywords", "phrase", "phrases", "topics"}


def fill(schema: Mapping[str, Any], known: Known, owner: str = "") -> Filled:
    """A value for `schema`, as far as the conversation holds one.

    `owner` is what names and describes it (a tool's name and description). An object is as well founded as the
    worst of its required properties; a value that does not satisfy the schema comes from nowhere.
    """
    filled = _fill(schema, known, owner, "", schema, 0)
    return filled if satisfies(filled.value, schema, schema) else Filled(filled.value, Source.NOWHERE)


def _fill(schema: Any, known: Known, owner: str, name: str, root: Any, depth: int) -> Filled:
    schema = resolve(schema, root)
    if depth > _MAX_DEPTH:
        return Filled(None, Source.NOWHERE)
    if "const" in schema:
        return Filled(schema["const"], Source.DEFAULT)
    if "enum" in schema:
        return values.option(schema, known, name, owner)
    if ways := branches(schema):
        return _best(ways, known, owner, name, root, depth)
    kind = kind_of(name, schema, owner)
    match type_of(schema):
        case "object":
            return _object(schema, known, owner, root, depth)
        case "array":
            return _array(schema, known, owner, name, root, depth, kind)
        case "boolean":
            return values.yes_or_no(schema, known, name)
        case "null":
            return Filled(None, Source.DEFAULT)
        case "number" | "integer" as type_:
            return values.number(schema, known, name, whole=type_ == "integer")
    return values.text(schema, known, name, kind)


def _object(schema: dict[str, Any], known: Known, owner: str, root: Any, depth: int) -> Filled:
    required = set(schema.get("required") or [])
    value: dict[str, Any] = {}
    sources = [Source.CONVERSATION if required else Source.DEFAULT]
    for key, child in (schema.get("properties") or {}).items():
        filled = _fill(child, known, owner, key, root, depth + 1)
        if key in required or filled.source is Source.CONVERSATION:
            value[key] = filled.value
        if key in required:
            sources.append(filled.source)
    return Filled(value, min(sources) if required or not value else Source.CONVERSATION)


def _best(ways: list[dict[str, Any]], known: Known, owner: str, name: str, root: Any, depth: int) -> Filled:
    """The alternative that the conversation can fill; null rather than a guess; else the best founded."""
    ways = sorted(ways, key=lambda w: type_of(resolve(w, root)) == "null")
    filled = [_fill(way, known, owner, name, root, depth + 1) for way in ways]
    best = max(filled, key=lambda one: one.source)
    if best.source is not Source.CONVERSATION and type_of(resolve(ways[-1], root)) == "null":
        return Filled(None, Source.DEFAULT)
    return best


def _array(
    schema: dict[str, Any], known: Known, owner: str, name: str, root: Any, depth: int, kind: str | None
) -> Filled:
    items, about = resolve(schema.get("items", {}), root), str(schema.get("description") or "")
    found: list[Any] | None = None
    if kind == "result":
        found = values.result_as(items, about, known, root)
    elif "enum" in items:
        found = values.named(items["enum"], known.question)
    elif _TERM_NAMES & set(cues.words(name)) and allows(items, "string"):
        found = cues.phrases(known.question) or [known.question]
    elif isinstance(known.values.get(name), list):
        found = [values.plain_name(v) for v in known.values[name]]
    elif allows(items, "string") and (identifiers := values.listed(about)):
        found = values.named(identifiers, known.question)
    if found is not None:
        found = [v for v in found if satisfies(v, items, root)]
        source = Source.CONVERSATION
    else:
        found = list(schema["default"]) if isinstance(schema.get("default"), list) else []
        source = Source.NOWHERE if kind == "result" else Source.DEFAULT
    least, most = schema.get("minItems"), schema.get("maxItems")
    if isinstance(most, int) and most >= 0:
        found = found[:most]
    while isinstance(least, int) and len(found) < min(least, 20):
        filled = _fill(items, known, owner, name, root, depth + 1)
        found.append(filled.value)
        source = min(source, filled.source)
    return Filled(found, source)
