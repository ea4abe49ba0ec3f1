"""Where tools are plugged in: a name, a function, a schema. Registering is all it takes (slide 11)."""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo_lib.agents.results import ResultStore
from demo_lib.errors import UsageError
from demo_lib.tracing import traced

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Tool:
    """A function that the model may call, with the schema the model sees."""

    name: str
    function: Callable[..., Any]
    schema: dict[str, Any]

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON schema of the arguments."""
        return self.schema["function"].get("parameters") or {"type": "object", "properties": {}}


class AgentRegistry:
    """The tools on offer, by the name the model calls them by."""

    def __init__(self, results: ResultStore | None = None) -> None:
        self.results = results if results is not None else ResultStore()
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, function: Callable[..., Any], schema: dict[str, Any] | None = None) -> Tool:
        """Put a tool on offer, replacing one of the same name.

        name: what the agent is called here. function: a plain function. schema: an OpenAI function
        schema; left out, a strict one is built from the function's type hints and docstring.
        Returns the Tool. Raises UsageError where the schema or the name cannot be used.
        """
        schema = schema or schema_of(function, name)
        called = (schema.get("function") or {}).get("name", "")
        if schema.get("type") != "function" or not _NAME.fullmatch(called):
            raise UsageError(
                f"The schema of {name!r} is no function schema: it needs 'type': 'function' and a function "
                "'name' of letters, digits, _ or -."
            )
        tool = Tool(called, function, schema)
        wanted = set(tool.parameters.get("properties", {}))
        accepted = inspect.signature(function).parameters
        if not any(p.kind is p.VAR_KEYWORD for p in accepted.values()) and wanted - set(accepted):
            raise UsageError(f"{name!r} does not take {', '.join(sorted(wanted - set(accepted)))}, its schema does.")
        self._tools[called] = tool
        return tool

    def unregister(self, name: str) -> None:
        """Take a tool off offer. Raises KeyError where there is none of this name."""
        del self._tools[name]

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """What the model is shown, in the order of registration."""
        return [tool.schema for tool in self._tools.values()]

    def call(self, name: str, arguments: str) -> Any:
        """Run a tool as the model asked for it, in a span of its own.

        arguments: the model's JSON text, which is not trusted: it must satisfy the tool's schema.
        A parameter called `data` may be a result id: the function then gets that result's DataFrame.
        Raises UsageError for an unknown tool or unfit arguments, and whatever the tool raises.
        """
        tool = self._tools.get(name)
        if tool is None:
            raise UsageError(f"There is no tool {name!r}. There are: {', '.join(self._tools)}.")
        values = _checked(tool, arguments)
        if "data" in values:
            values["data"] = self.results.frame(values["data"])
        return traced(name, "TOOL")(tool.function)(**values)


def _checked(tool: Tool, arguments: str) -> dict[str, Any]:
    import jsonschema

    try:
        values = json.loads(arguments or "{}")
        schema = tool.parameters
        if "data" in schema.get("properties", {}):  # a result id stands for its rows (design: rows stay here)
            properties = {**schema["properties"], "data": {"anyOf": [schema["properties"]["data"], {"type": "string"}]}}
            schema = {**schema, "properties": properties}
        jsonschema.validate(values, schema)
    except (json.JSONDecodeError, jsonschema.ValidationError) as error:
        reason = getattr(error, "message", None) or str(error)
        raise UsageError(f"The arguments of {tool.name!r} do not fit its schema: {reason[:200]}") from None
    return dict(values)


def schema_of(function: Callable[..., Any], name: str | None = None) -> dict[str, Any]:
    """A strict OpenAI function schema from a function's type hints and docstring.

    The description is the docstring's text; a parameter's is its line under `Args:`, or the string in
    `Annotated[type, "..."]`. Strict as OpenAI defines it: all keys required, no others allowed.
    Raises UsageError where a parameter has no type hint.
    """
    import griffe
    import openai
    import pydantic

    hints = typing.get_type_hints(function, include_extras=True)
    sections = griffe.Docstring(inspect.getdoc(function) or "").parse("google", warnings=False)
    described = {
        p.name: p.description for s in sections if s.kind is griffe.DocstringSectionKind.parameters for p in s.value
    }
    text = " ".join(" ".join(s.value.split()) for s in sections if s.kind is griffe.DocstringSectionKind.text)
    members: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints:
            raise UsageError(f"Parameter {parameter.name!r} of {function.__name__!r} needs a type hint.")
        hint = hints[parameter.name]
        notes = [m for m in getattr(hint, "__metadata__", ()) if isinstance(m, str)]
        description = notes[0] if notes else described.get(parameter.name)
        # strict schemas have no defaults: the model always says every argument
        members[parameter.name] = (hint, pydantic.Field(description=description))
    model = pydantic.create_model(name or function.__name__, **members)
    tool = openai.pydantic_function_tool(model, name=name or function.__name__, description=text or None)
    return _without_titles(typing.cast("dict[str, Any]", tool))


def _without_titles(node: Any) -> Any:
    """pydantic adds a `title` to everything: noise for a reader, and tokens for a model."""
    if isinstance(node, dict):
        return {
            k: {n: _without_titles(p) for n, p in v.items()} if k == "properties" else _without_titles(v)
            for k, v in node.items()
            if k != "title"
        }
    return [_without_titles(v) for v in node] if isinstance(node, list) else node
