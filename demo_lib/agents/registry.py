"""Where tools are plugged in: a name, a function, a schema. Registering is all it takes (slide 11)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo_lib.agents.results import ResultStore
from demo_lib.agents.tool_schema import completed, schema_of, takes_rows
from demo_lib.errors import UsageError
from demo_lib.tracing import traced


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
        """Put a tool on offer.

        name: what the agent is called here. function: a plain function. schema: an OpenAI function schema,
        completed where slides leave out what OpenAI requires; without one, a strict one is built from the
        function's type hints and docstring. A parameter called `data`, or one that is a DataFrame, may be
        given a result id: the function gets the rows.
        Returns the Tool. Raises UsageError where the schema cannot be used, or where another function
        has the name: `unregister` it first.
        """
        schema = completed(schema, function, name) if schema else schema_of(function, name)
        tool = Tool(schema["function"]["name"], function, schema)
        taken = self._tools.get(tool.name)
        if taken and taken.function.__qualname__ != function.__qualname__:  # a cell that runs again may
            raise UsageError(f"There is a tool {tool.name!r} already. Choose another name, or unregister it first.")
        self._tools[tool.name] = tool
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

    def _named(self, name: str) -> Tool:
        if name not in self._tools:
            raise UsageError(f"There is no tool {name!r}. There are: {', '.join(self._tools)}.")
        return self._tools[name]

    def call(self, name: str, arguments: str) -> Any:
        """Run a tool as the model asked for it, in a span of its own.

        arguments: the model's JSON text, which is not trusted: it must satisfy the tool's schema.
        Raises UsageError for an unknown tool or unfit arguments, and whatever the tool raises.
        """
        try:
            tool = self._named(name)
            values = _checked(tool, arguments)
        except UsageError as refusal:
            return traced(name[:64], "TOOL")(_refuse)(arguments, refusal)  # the model's choice shows all the same
        for parameter in takes_rows(tool.function) & set(values):
            values[parameter] = self.results.frame(values[parameter])
        return traced(name, "TOOL")(tool.function)(**values)


def _refuse(arguments: str, refusal: UsageError) -> Any:
    raise refusal


def _checked(tool: Tool, arguments: str) -> dict[str, Any]:
    import jsonschema

    try:
        values = json.loads(arguments or "{}")
        jsonschema.validate(values, tool.parameters)
        inspect.signature(tool.function).bind(**values)
    except (json.JSONDecodeError, jsonschema.ValidationError, TypeError) as error:
        reason = getattr(error, "message", None) or str(error)
        raise UsageError(f"The arguments of {tool.name!r} do not fit its schema: {reason[:200]}") from None
    return dict(values)
