"""What the slides print runs: with the real SDK, and the offline model behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import mlflow
import openai
import pandas as pd
import pytest
from workshops import APPENDIX, SLIDE_11, shop

from demo_lib.offline.transport import OfflineTransport
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

# slide 6, as printed
SLIDE_6 = [
    {
        "type": "function",
        "function": {
            "name": "text_to_sql",
            "description": "Convert natural language to SQL query",
            "parameters": {
                "type": "object",
                "properties": {"question": {"type": "string"}, "database": {"type": "string"}},
            },
        },
    }
]

@pytest.fixture
def client() -> openai.OpenAI:
    http = httpx.Client(transport=OfflineTransport())
    return openai.OpenAI(api_key="offline", base_url="http://offline.invalid/v1", http_client=http)


def test_slide_6_the_agent_decides_when_to_call_which_tool(client: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "What were total sales last quarter?"}]
    response = client.chat.completions.create(model="gpt-4o", messages=messages, tools=SLIDE_6, tool_choice="auto")  # type: ignore[call-overload]
    (call,) = response.choices[0].message.tool_calls
    assert call.function.name == "text_to_sql"
    assert json.loads(call.function.arguments)["question"] == "What were total sales last quarter?"


def test_slide_11_sent_as_printed_is_refused_as_openai_refuses_it(client: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "Any outliers?"}]
    with pytest.raises(openai.BadRequestError, match="items"):
        client.chat.completions.create(model="gpt-4o", messages=messages, tools=[SLIDE_11])  # type: ignore[list-item]


def test_the_appendix_tool_is_the_one_on_offer() -> None:
    offered = {s["function"]["name"]: s["function"] for s in Workshop(Settings()).registry.schemas}
    ours, printed = offered["execute_sql"], APPENDIX["function"]
    assert ours["strict"] is printed["strict"]  # type: ignore[index]
    assert ours["parameters"]["properties"]["database"]["enum"] == ["sales", "analytics"]
    for key in ("required", "additionalProperties"):
        assert ours["parameters"][key] == printed["parameters"][key]  # type: ignore[index]
    assert list(offered["text_to_sql"]["parameters"]["properties"]) == ["question", "database"]


def test_slide_11_registered_as_printed_is_chosen_when_the_question_asks_for_it(tmp_path: Path) -> None:
    @mlflow.trace
    def check_data_quality(data: pd.DataFrame, checks: list[str]) -> dict[str, Any]:
        results: dict[str, Any] = {}
        if "null_check" in checks:
            results["nulls"] = data.isnull().sum()
        return results

    workshop = shop(tmp_path)
    before = workshop.ask("Revenue by region")
    workshop.registry.register("data_quality", check_data_quality, SLIDE_11)
    unchanged = workshop.ask("Revenue by region")
    checked = workshop.ask("Revenue by region, and check the data quality of the result")

    def tools(answer: Any) -> list[str]:
        return [s.name for s in mlflow.get_trace(answer.trace_id).search_spans(span_type="TOOL")]

    assert tools(before) == tools(unchanged) == ["text_to_sql", "execute_sql"]
    assert tools(checked) == ["text_to_sql", "execute_sql", "check_data_quality"]
    assert checked.table.equals(before.table)


def test_slide_10_the_question_its_tables_and_its_quarter() -> None:
    answer = Workshop().ask("What were total sales last quarter?")
    assert {"sales", "time_dimension"} <= set(answer.tables)
    assert "2025-07-01" in answer.sql and "2025-10-01" in answer.sql


def test_slide_13_total_sales_in_q4_2024_are_1_2_million() -> None:
    answer = Workshop().ask("What were total sales in Q4 2024?")
    assert f"{answer.table.iloc[0, 0] / 1e6:.1f}" == "1.2"


def test_slide_3_the_monolith_gives_the_same_answer_for_more_tokens() -> None:
    workshop = Workshop()
    many, one = workshop.ask("What were total sales last quarter?"), workshop.monolith
    alone = one.run("What were total sales last quarter?")
    assert alone.table.iloc[0, 0] == many.table.iloc[0, 0]
    assert alone.usage["prompt_tokens"] > 3 * many.usage["prompt_tokens"]
