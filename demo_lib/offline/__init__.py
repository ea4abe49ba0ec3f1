"""The offline model: a deterministic stand-in for an LLM behind OpenAI's protocol, in process.

It reads only the request it is sent (prompt, schema, glossary, question, tools) and answers in the wire's JSON:
tool calls that satisfy the tools' schemas, structured outputs, streams, token usage. It is a compact semantic
parser and a teaching aid, not a language model: it knows no facts, holds no small talk, and declines, naming the
words, where it cannot place a question. Text inside tool results never moves it.

    openai.OpenAI(api_key="offline", http_client=httpx.Client(transport=OfflineTransport()))

Where to look, in the order in which a question goes through it:

    transport, chat   one request: refused, answered, or handed to a tool; responses and embeddings beside them
    wire/             OpenAI's protocol: what a request may hold, and how a mistake is refused
    calling/          tools and structured answers: the next tool, its arguments, the last word
    sql_writer        a question and a prompt become SQL, or a decline; the rest is its parts
    prompt/           a prompt → schema, glossary, vocabulary
    english/          a question → tokens, whatever the schema
    wording/          tokens → tokens: other words for the same, put plainly
    linking/          tokens → items: which word stands for what
    rewriting/        items → items: several words that mean one thing together
    clauses/          items → frame: one function a clause
    planning/         frame → SQL tree
    frame, reader, source, bounds: what these hand to one another

Nothing here imports anything else of demo_lib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo_lib.offline.transport import AsyncOfflineTransport, OfflineTransport

__all__ = ["AsyncOfflineTransport", "OfflineTransport"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from demo_lib.offline import transport

    return getattr(transport, name)
