"""Tools are plugged in by name, function and schema; what the model sends them is not trusted."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd
import pytest
from workshops import SLIDE_11

from demo_lib.agents.registry import AgentRegistry
from demo_lib.agents.tool_schema import schema_of
from demo_lib.errors import UsageError


def check_data_quality(data: pd.DataFrame, checks: list[str]) -> dict[str, Any]:
    return {"nulls": int(data.isnull().sum().sum()), "checks": checks}


def order_coffee(size: Literal["small", "large"], shots: int, note: Annotated[str | None, "for the barista"]) -> str:
    """Order a coffee.

    It is brewed at once.

    Args:
        size: how large a cup
        shots: how many shots of espresso
    """
    return f"{shots} in a {size} cup"


def test_slide_11_registers_and_its_function_gets_a_data_frame() -> None:
    registry = AgentRegistry()
    registry.register("data_quality", check_data_quality, SLIDE_11)
    result = registry.results.add("SELECT 1", "sales", pd.DataFrame({"a": [1, None]}))
    by_id = registry.call("check_data_quality", f'{{"data": "{result.result_id}", "checks": ["null_check"]}}')
    by_rows = registry.call("check_data_quality", '{"data": [[1], [null]], "checks": ["null_check"]}')
    assert by_id == by_rows == {"nulls": 1, "checks": ["null_check"]}


def test_what_slide_11_leaves_out_and_openai_requires_is_completed() -> None:
    parameters = AgentRegistry().register("data_quality", check_data_quality, SLIDE_11).parameters
    assert parameters["required"] == ["data", "checks"]
    assert parameters["properties"]["checks"] == {"type": "array", "items": {}}
    assert parameters["properties"]["data"]["type"] == ["string", "array"]
    assert "required" not in SLIDE_11["function"]["parameters"]  # type: ignore[operator]  # the slide's own stays


def test_a_data_frame_is_asked_for_by_its_result_id() -> None:
    def count_rows(table: pd.DataFrame) -> int:
        """Count."""
        return len(table)

    registry = AgentRegistry()
    tool = registry.register("count_rows", count_rows)
    assert tool.parameters["properties"]["table"] == {"type": "string", "description": "the result_id of the rows"}
    result = registry.results.add("SELECT 1", "sales", pd.DataFrame({"a": [1, 2, 3]}))
    assert registry.call("count_rows", f'{{"table": "{result.result_id}"}}') == 3


def test_what_openai_would_refuse_is_refused_when_it_is_registered() -> None:
    def bare(things: list) -> None:  # type: ignore[type-arg]
        """Take things."""

    strict = {
        "type": "function",
        "function": {"name": "f", "strict": True, "parameters": {"type": "object", "properties": {}}},
    }
    for function, schema in ((bare, None), (lambda: None, strict)):
        with pytest.raises(UsageError, match="OpenAI would refuse"):
            AgentRegistry().register("f", function, schema)


def test_a_name_that_is_taken_is_not_given_away() -> None:
    registry = AgentRegistry()
    registry.register("order_coffee", order_coffee)
    with pytest.raises(UsageError, match="already"):
        registry.register("order_coffee", check_data_quality)


def test_a_schema_is_built_strict_from_type_hints_and_docstring() -> None:
    function = schema_of(order_coffee)["function"]
    assert function["description"] == "Order a coffee. It is brewed at once."
    assert function["strict"] is True
    parameters = function["parameters"]
    assert parameters["additionalProperties"] is False
    assert parameters["required"] == ["size", "shots", "note"]
    assert parameters["properties"]["size"] == {
        "enum": ["small", "large"],
        "type": "string",
        "description": "how large a cup",
    }
    assert parameters["properties"]["note"]["description"] == "for the barista"


@pytest.mark.parametrize(
    "arguments",
    ["", "not json", "[]", '{"size": "small"}', '{"size": "huge", "shots": 1, "note": null}',
     '{"size": "small", "shots": "two", "note": null}', '{"size": "small", "shots": 1, "note": null, "more": 1}'],
)  # fmt: skip
def test_arguments_that_do_not_fit_never_reach_the_function(arguments: str) -> None:
    registry = AgentRegistry()
    registry.register("order_coffee", order_coffee)
    with pytest.raises(UsageError, match="do not fit"):
        registry.call("order_coffee", arguments)


def test_fit_arguments_do() -> None:
    registry = AgentRegistry()
    registry.register("order_coffee", order_coffee)
    assert registry.call("order_coffee", '{"size": "small", "shots": 2, "note": null}') == "2 in a small cup"


def test_an_unknown_tool_and_an_unknown_result_are_refused() -> None:
    registry = AgentRegistry()
    registry.register("data_quality", check_data_quality, SLIDE_11)
    with pytest.raises(UsageError, match="There is no tool 'drop_table'"):
        registry.call("drop_table", "{}")
    with pytest.raises(UsageError, match="There is no result 'r9'"):
        registry.call("check_data_quality", '{"data": "r9", "checks": []}')


def test_a_schema_that_does_not_fit_its_function_is_refused_at_once() -> None:
    registry = AgentRegistry()
    with pytest.raises(UsageError, match="does not take checks, data"):
        registry.register("data_quality", lambda: None, SLIDE_11)
    with pytest.raises(UsageError, match="no function schema"):
        registry.register("nameless", lambda: None, {"type": "function", "function": {"name": "no spaces"}})
    with pytest.raises(UsageError, match="needs a type hint"):
        registry.register("untyped", lambda thing: None)


def test_registering_again_replaces_and_unregistering_removes() -> None:
    registry = AgentRegistry()
    registry.register("order_coffee", order_coffee)
    registry.register("order_coffee", order_coffee)
    assert len(registry.schemas) == 1
    registry.unregister("order_coffee")
    assert "order_coffee" not in registry
