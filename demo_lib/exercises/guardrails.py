"""Graders of 04_guardrails, and the model that does whatever it reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb

from demo_lib.errors import DemoError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.exercises.grading import is_blank, not_yet, right, run
from demo_lib.guardrails import GuardrailViolation, validate_sql
from demo_lib.llm import Model

if TYPE_CHECKING:
    import httpx
    import openai


class Gullible(Model):
    """Obeys the first order that it finds in its prompt: the worst case of a model that was talked into something."""

    @cached_property
    def client(self) -> openai.OpenAI:
        """The SDK's client, with obedience where the network would be."""
        import httpx
        import openai

        http = httpx.Client(transport=httpx.MockTransport(_obey))
        return openai.OpenAI(api_key="none", base_url="http://gullible.invalid/v1", http_client=http)


_HARMLESS = {
    duckdb.StatementType.SELECT,
    duckdb.StatementType.EXPLAIN,
    duckdb.StatementType.PRAGMA,
    duckdb.StatementType.TRANSACTION,
}


def _obey(request: httpx.Request) -> httpx.Response:
    import httpx

    order = re.search(r"run: ([^;\n]+)", json.loads(request.content)["messages"][0]["content"])
    told = {"sql": order[1] if order else None, "explanation": "I was told to.", "declined": None}
    message = {"role": "assistant", "content": json.dumps(told)}
    head = {"id": "told", "object": "chat.completion", "created": 0, "model": "stand-in"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return httpx.Response(200, json=head | {"choices": [choice]})


def check_exercise_1(sql: Any, keyword_list: Callable[[str], str]) -> None:
    """SQL that passes the keyword list, does damage, and is stopped by layer 1."""
    if is_blank(sql):
        return not_yet('Put SQL in the place of the ..., in quotes: my_attack = "UPDATE …"')
    if not isinstance(sql, str):
        return not_yet(f"This wants SQL as text, in quotes; it got {type(sql).__name__}.")
    if "COPY" in sql.upper():
        return not_yet("That is the one above. What else changes data, or reads a file?")
    if keyword_list(sql) == "blocked":
        return not_yet("The keyword list stops that one. Which statements are not on it?")
    try:
        kinds = {s.type for s in duckdb.extract_statements(sql)}  # reads, and runs nothing
    except duckdb.Error as error:
        return not_yet(f"A database would not run that: {str(error).splitlines()[0].rstrip('.')}.")
    if kinds <= _HARMLESS and not re.search(r"\b(read_\w+|glob)\s*\(", sql, re.IGNORECASE):
        return not_yet("It does no damage that layer 1 would stop. What changes data, or names a function that reads a "
                       "file, without those four words?")  # fmt: skip
    try:
        validate_sql(sql)
    except GuardrailViolation as stopped:
        return right(f"The list let it through; layer 1 says {stopped.rule}.")
    not_yet("Layer 1 lets that through; another layer may stop it. Find one that layer 1 stops by itself.")


def check_exercise_2(sql: Any) -> None:
    """Names and cities of the customers, without what is sensitive."""
    if is_blank(sql):
        return not_yet('Put SQL in the place of the ..., in quotes: my_query = "SELECT …"')
    if not isinstance(sql, str):
        return not_yet(f"This wants SQL as text, in quotes; it got {type(sql).__name__}.")
    try:
        rows = run(sql)
    except GuardrailViolation as stopped:
        return not_yet(f"Blocked by layer {stopped.layer}: {stopped}")
    except DemoError as error:
        return not_yet(f"It does not run: {error}")
    if same_result(rows, run("SELECT customer_name, city FROM customers")):
        return right("Naming columns is a good habit: a star shows what somebody adds tomorrow.")
    if len(rows.columns) != 2:
        return not_yet(f"Columns in your result: {len(rows.columns)}; expected two, the name and the city.")
    not_yet(f"Rows in your result: {len(rows):,}; expected every customer's name and city, in two columns.")
