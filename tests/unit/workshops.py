"""A small shop to ask about, and a model whose lines are written in advance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import httpx

from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

SHOP = """
CREATE TABLE regions (region_id INTEGER PRIMARY KEY, region_name VARCHAR);
CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY, customer_name VARCHAR, email VARCHAR,
  region_id INTEGER REFERENCES regions(region_id), segment VARCHAR);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(customer_id),
  order_date DATE, amount DECIMAL(10,2), note VARCHAR);
INSERT INTO regions VALUES (1, 'North'), (2, 'South');
INSERT INTO customers SELECT i, 'Customer ' || i, 'c' || i || '@example.invalid', 1 + i % 2,
  CASE WHEN i % 3 = 0 THEN 'Corporate' ELSE 'Consumer' END FROM range(1, 31) t(i);
INSERT INTO orders SELECT i, 1 + i % 30, DATE '2024-01-01' + (i % 700)::INTEGER, i * 1.5, 'n' || i
  FROM range(1, 1001) t(i);
"""
GLOSSARY = """
- revenue (sales, turnover): SUM(orders.amount)
- The date of a sale is orders.order_date.
- Today is 2025-11-01.
"""

# the appendix's tool, as printed: no description at all
APPENDIX: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "execute_sql",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string"},
                "database": {"type": "string", "enum": ["sales", "analytics"]},
            },
            "required": ["query", "database"],
            "additionalProperties": False,
        },
    },
}

# slide 11's tool, as printed
SLIDE_11: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "check_data_quality",
        "description": "Validate query results for anomalies",
        "parameters": {
            "type": "object",
            "properties": {"data": {"type": "array"}, "checks": {"type": "array"}},
        },
    },
}


def shop(folder: Path, **settings: Any) -> Workshop:
    """A workshop over the small shop, on a DuckDB file in `folder`, offline unless a script is put in."""
    path = folder / "shop.duckdb"
    if not path.exists():
        with duckdb.connect(str(path)) as db:
            db.execute(SHOP)
        (folder / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    ours = {"database": f"duckdb:///{path.as_posix()}", "glossary": folder / "glossary.md"}
    given = Settings.from_env().__dict__ | ours
    return Workshop(Settings(**(given | settings)))


def call(name: str, arguments: Any, id: str = "call_1") -> dict[str, Any]:
    """A tool call as a model writes it."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": id, "type": "function", "function": {"name": name, "arguments": text}}


class Script:
    """Plays a live model: answers with its lines, in order, the last one for ever; keeps what it was sent."""

    def __init__(self, *lines: str | list[dict[str, Any]]) -> None:
        self.lines = list(lines)
        self.seen: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(json.loads(request.content))
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        message = {"role": "assistant", "content": line} if isinstance(line, str) else {
            "role": "assistant", "content": None, "tool_calls": line}  # fmt: skip
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        choice = {"index": 0, "message": message, "finish_reason": "stop" if isinstance(line, str) else "tool_calls"}
        body = {"id": "x", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}
        return httpx.Response(200, json=body | {"usage": usage})

    def play(self, workshop: Workshop) -> Workshop:
        """Put the script in the place of the workshop's model."""
        workshop.model.wire.transport = httpx.MockTransport(self)
        return workshop

    def told(self) -> list[Any]:
        """The tool results that the last request handed back."""
        return [json.loads(m["content"]) for m in self.seen[-1]["messages"] if m["role"] == "tool"]


def last_trace() -> Any:
    """The trace that this thread wrote last, also of a question that ended in an error.

    The newest one in the store may be another process's, or a thread's that a test before left behind.
    """
    import mlflow

    return mlflow.get_trace(mlflow.get_last_active_trace_id(thread_local=True))
