"""The face of the kit: `ask()`, `Workshop`, `check_sql()` and what goes with them.

Everything is imported when it is first used, so that `import demo_lib` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo_lib.agents.registry import AgentRegistry as AgentRegistry
    from demo_lib.agents.results import Answer as Answer
    from demo_lib.databases import connect as connect
    from demo_lib.decisions import trace_diff as trace_diff
    from demo_lib.decisions import why as why
    from demo_lib.errors import DemoError as DemoError
    from demo_lib.errors import UsageError as UsageError
    from demo_lib.face import ask as ask
    from demo_lib.face import setup as setup
    from demo_lib.guardrails import CheckedQuery as CheckedQuery
    from demo_lib.guardrails import GuardrailViolation as GuardrailViolation
    from demo_lib.guardrails import Policy as Policy
    from demo_lib.guardrails import check_sql as check_sql
    from demo_lib.retrieval.catalog import Catalog as Catalog
    from demo_lib.retrieval.glossary import Glossary as Glossary
    from demo_lib.retrieval.index import TableIndex as TableIndex
    from demo_lib.settings import Settings as Settings
    from demo_lib.tracing import cost_per_agent as cost_per_agent
    from demo_lib.tracing import show_trace as show_trace
    from demo_lib.tracing import waterfall as waterfall
    from demo_lib.workshop import Workshop as Workshop

_HOMES = {
    "AgentRegistry": "agents.registry",
    "Answer": "agents.results",
    "Catalog": "retrieval.catalog",
    "CheckedQuery": "guardrails",
    "DemoError": "errors",
    "Glossary": "retrieval.glossary",
    "GuardrailViolation": "guardrails",
    "Policy": "guardrails",
    "Settings": "settings",
    "TableIndex": "retrieval.index",
    "UsageError": "errors",
    "Workshop": "workshop",
    "ask": "face",
    "check_sql": "guardrails",
    "connect": "databases",
    "cost_per_agent": "tracing",
    "setup": "face",
    "show_trace": "tracing",
    "trace_diff": "decisions",
    "waterfall": "tracing",
    "why": "decisions",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'demo_lib' has no attribute {name!r}")
    return getattr(importlib.import_module(f"demo_lib.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
