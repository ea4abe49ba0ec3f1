"""The Responses API of the offline model: it says what Chat Completions says, in the other's form."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from demo_lib.offline import AsyncOfflineTransport, OfflineTransport
from demo_lib.offline.transport import answer

TOOL: Any = {
    "type": "function",
    "name": "run_sql",
    "description": "Convert a question to SQL, run it on the data and return the rows",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"question": {"type": "string"}},
        "required": ["question"],
        "additionalProperties": False,
    },
}
SCHEMA_PROMPT = "Dialect: duckdb\n\n## Schema\n```sql\nCREATE TABLE customers (customer_id INTEGER PRIMARY KEY);\n```"
QUESTION = "How many customers are there?"


class Draft(BaseModel):
    sql: str | None
    declined: str | None


def client() -> openai.OpenAI:
    http = httpx.Client(transport=OfflineTransport())
    return openai.OpenAI(api_key="offline", base_url="http://offline.test/v1", http_client=http)


def test_text_is_that_of_a_chat_completion_with_its_usage() -> None:
    chat = client().chat.completions.create(
        model="m",
        messages=[{"role": "developer", "content": SCHEMA_PROMPT}, {"role": "user", "content": QUESTION}],
    )
    response = client().responses.create(model="gpt-4o", instructions=SCHEMA_PROMPT, input=QUESTION)
    assert response.output_text == chat.choices[0].message.content and "COUNT" in response.output_text
    assert response.usage and chat.usage
    assert response.usage.input_tokens == chat.usage.prompt_tokens
    assert response.usage.total_tokens == chat.usage.total_tokens
    assert (response.status, response.model) == ("completed", "offline")


def test_a_function_is_called_and_its_output_read() -> None:
    items: Any = [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}]
    asked = client().responses.create(model="m", input=items, tools=[TOOL])
    (call,) = asked.output
    assert call.type == "function_call" and json.loads(call.arguments) == {"question": QUESTION}
    output = json.dumps({"columns": ["customers"], "rows": [[30]]})
    items += [call.model_dump(), {"type": "function_call_output", "call_id": call.call_id, "output": output}]
    answered = client().responses.create(model="m", input=items, tools=[TOOL])
    assert answered.output_text == "How many customers are there? 30."


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("none", []),
        ("required", ["run_sql"]),
        ({"type": "function", "name": "run_sql"}, ["run_sql"]),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "run_sql"}]}, []),
    ],
)
def test_tool_choice(choice: Any, called: list[str]) -> None:
    response = client().responses.create(model="m", input="hello", tools=[TOOL], tool_choice=choice)
    assert [item.name for item in response.output if item.type == "function_call"] == called


def test_a_structured_answer_is_parsed() -> None:
    parsed = client().responses.parse(model="m", instructions=SCHEMA_PROMPT, input=QUESTION, text_format=Draft)
    assert parsed.output_parsed and "COUNT" in (parsed.output_parsed.sql or "")


def test_an_answer_that_is_cut_short_says_so() -> None:
    response = client().responses.create(model="m", input="hello", max_output_tokens=3)
    assert response.status == "incomplete"
    assert response.incomplete_details and response.incomplete_details.reason == "max_output_tokens"


def test_an_asynchronous_client_gets_the_same() -> None:
    async def ask() -> Any:
        http = httpx.AsyncClient(transport=AsyncOfflineTransport())
        async with openai.AsyncOpenAI(api_key="x", base_url="http://offline.test/v1", http_client=http) as asynchronous:
            return await asynchronous.responses.create(model="m", input="hello")

    assert asyncio.run(ask()) == client().responses.create(model="m", input="hello")


CALL = {"type": "function_call", "call_id": "c", "name": "run_sql", "arguments": "{}"}


@pytest.mark.parametrize(
    ("change", "param", "says"),
    [
        ({"stream": True}, "stream", "Use chat.completions"),
        ({"previous_response_id": "resp_1"}, "previous_response_id", "Nothing is kept here"),
        ({"background": True}, "background", "not supported"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type", "'web_search'"),
        ({"tools": [{**TOOL, "name": "a b"}]}, "tools[0].name", "match"),
        ({"tools": [{**TOOL, "parameters": {"type": "object"}}]}, "tools[0].parameters", "missing properties"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "name": "no"}}, "tool_choice", "'no'"),
        ({"input": []}, "input", "empty array"),
        ({"input": [CALL]}, "input", "did not have response"),
        ({"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]}, "input", "preceeding"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0].type", "'item_reference'"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input", "'text' only"),
        ({"max_output_tokens": 0}, "max_output_tokens", "below minimum"),
        ({"text": {"format": {"type": "xml"}}}, "text.format.type", "'xml'"),
        ({"extra_body": {"messages": []}}, "messages", "Unknown parameter"),
    ],
)  # fmt: skip
def test_refused_as_openai_refuses(change: dict[str, Any], param: str, says: str) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client().responses.create(**{"model": "m", "input": "hi", **change})
    assert says in error.value.message
    assert error.value.param == param


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda c: (
        st.lists(c, max_size=3) | st.dictionaries(st.sampled_from(["type", "name", "role", "content"]), c, max_size=3)
    ),
    max_leaves=8,
)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["message", "function_call", "function_call_output", "reasoning"]) | JSON,
        "role": st.sampled_from(["user", "assistant", "system"]) | JSON,
        "content": st.just("sales?") | JSON, "call_id": st.just("c") | JSON, "name": st.just("f") | JSON,
        "arguments": st.just("{}") | JSON, "output": st.just("x") | JSON,
    },
)  # fmt: skip
LIKE_A_REQUEST = st.fixed_dictionaries(
    {"model": st.just("m"), "input": st.lists(ITEM, max_size=4) | JSON},
    optional={
        "tools": st.lists(st.just(TOOL) | JSON, max_size=2) | JSON, "instructions": JSON, "metadata": JSON,
        "tool_choice": st.sampled_from(["auto", "required"]) | JSON, "text": JSON, "max_output_tokens": JSON,
        "parallel_tool_calls": JSON, "reasoning": JSON,
    },
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(["responses", "embeddings"]), body=JSON | LIKE_A_REQUEST)
def test_any_json_gets_a_valid_answer(path: str, body: Any) -> None:
    from openai.types.responses import Response

    response = answer("POST", f"/v1/{path}", json.dumps(body).encode())
    if response.status_code == 400:
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}
        return
    assert response.status_code == 200, response.text
    if path == "responses":
        Response.model_validate(response.json())
