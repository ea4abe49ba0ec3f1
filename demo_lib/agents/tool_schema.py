"""Tool schemas: built from a function, completed where a slide is short, checked as OpenAI checks them."""

from __future__ import annotations

import copy
import inspect
import re
import typing
from collections.abc import Callable
from typing import Any

from demo_lib.errors import UsageError
from demo_lib.offline.wire.schema_rules import SchemaFault, check_schema

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def schema_of(function: Callable[..., Any], name: str | None = None) -> dict[str, Any]:
    """A strict OpenAI function schema from a function's type hints and docstring.

    The description is the docstring's text; a parameter's is its line under `Args:`, or the string in
    `Annotated[type, "..."]`. Strict as OpenAI defines it: all keys required, no others allowed. A
    DataFrame is asked for by its result id. Raises UsageError where a type hint is missing or unfit.
    """
    import griffe
    import openai
    import pydantic

    called = name or function.__name__
    hints = _hints(function)
    sections = griffe.Docstring(inspect.getdoc(function) or "").parse("google", warnings=False)
    described = {
        p.name: p.description for s in sections if s.kind is griffe.DocstringSectionKind.parameters for p in s.value
    }
    text = " ".join(" ".join(s.value.split()) for s in sections if s.kind is griffe.DocstringSectionKind.text)
    members: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters:
        if parameter not in hints:
            raise UsageError(f"Parameter {parameter!r} of {called!r} needs a type hint.")
        hint = hints[parameter]
        notes = [m for m in getattr(hint, "__metadata__", ()) if isinstance(m, str)]
        description = notes[0] if notes else described.get(parameter)
        if parameter in takes_rows(function):
            hint, description = str, description or "the result_id of the rows"
        # strict schemas have no defaults: the model always says every argument
        members[parameter] = (hint, pydantic.Field(description=description))
    try:
        model = pydantic.create_model(called, **members)
        tool = openai.pydantic_function_tool(model, name=called, description=text or None)
    except (pydantic.errors.PydanticUserError, TypeError) as error:
        reason = str(error).splitlines()[0][:120]
        raise UsageError(f"The type hints of {called!r} do not fit a JSON schema: {reason}") from None
    return _usable(_without_titles(typing.cast("dict[str, Any]", tool)), called)


def completed(schema: dict[str, Any], function: Callable[..., Any], name: str) -> dict[str, Any]:
    """A schema as a person wrote it, with what OpenAI requires and a slide leaves out.

    An array gets its `items`; without a `required`, what the function needs is required; rows may be sent
    as a result id. A strict schema is left as it is. Raises UsageError for one that OpenAI would refuse,
    or that names what the function does not take.
    """
    made = copy.deepcopy(schema)
    function_part = made.get("function") or {}
    parameters = function_part.setdefault("parameters", {"type": "object", "properties": {}})
    properties = parameters.get("properties", {}) if isinstance(parameters, dict) else {}
    accepted = inspect.signature(function).parameters
    unknown = set(properties) - set(accepted)
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in accepted.values()):
        raise UsageError(f"{name!r} does not take {', '.join(sorted(unknown))}, its schema does.")
    if not function_part.get("strict"):
        for key, value in properties.items():
            if not isinstance(value, dict) or value.get("type") != "array":
                continue
            value.setdefault("items", {})
            if key in takes_rows(function):
                value["type"] = ["string", "array"]
                value.setdefault("description", "a result_id, or the rows themselves")
        needed = [k for k, p in accepted.items() if p.default is p.empty and k in properties]
        parameters.setdefault("required", needed)
    return _usable(made, name)


def takes_rows(function: Callable[..., Any]) -> set[str]:
    """The parameters that want rows: one called `data` (slide 11), or one hinted as a DataFrame."""
    named = {p for p in inspect.signature(function).parameters if p == "data"}
    try:
        hints = _hints(function)
    except UsageError:
        hints = {}
    return named | {p for p, hint in hints.items() if getattr(hint, "__name__", "") == "DataFrame" and p != "return"}


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise UsageError(f"The type hints of {function.__name__!r} cannot be read: {error}") from None


def _usable(schema: dict[str, Any], name: str) -> dict[str, Any]:
    part = schema.get("function") or {}
    if schema.get("type") != "function" or not _NAME.fullmatch(str(part.get("name", ""))):
        raise UsageError(
            f"The schema of {name!r} is no function schema: it needs 'type': 'function' and a function "
            "'name' of letters, digits, _ or -."
        )
    try:
        check_schema(part.get("parameters"), bool(part.get("strict")))
    except SchemaFault as fault:
        raise UsageError(f"OpenAI would refuse the schema of {name!r}: {fault}") from None
    return schema


def _without_titles(node: Any) -> Any:
    """pydantic adds a `title` to everything: noise for a reader, and tokens for a model."""
    if isinstance(node, dict):
        return {
            k: {n: _without_titles(p) for n, p in v.items()} if k == "properties" else _without_titles(v)
            for k, v in node.items()
            if k != "title"
        }
    return [_without_titles(v) for v in node] if isinstance(node, list) else node
