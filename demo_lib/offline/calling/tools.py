"""Chooses the next tools: forward from the question to SQL to rows, and then what else was asked for.

No tool is known here by name. What flows into a tool says where it stands on the way; what its name and
description speak of says when it is wanted. Only the user's message asks for anything: text inside results does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from demo_lib.offline.calling.filling import fill
from demo_lib.offline.calling.tool_reading import Tool
from demo_lib.offline.calling.values import Known, Source
from demo_lib.offline.calling.wishes import Wish, wishes, without
from demo_lib.offline.english import cues
from demo_lib.offline.wire.conversation import Conversation, ToolCall
from demo_lib.offline.wire.json_schema import satisfies

Call = tuple[str, dict[str, Any]]
WriteSql = Callable[[str], str | None]


# A decline for words without a place, which another database may have; not one that says what to ask for instead.
_NOT_HERE = re.compile(r"\bcould not place\b.*\bin this database\b")
_BUT = re.compile(r"\bcommonly withheld\b|\bDid you mean\b")


class CannotCall(Exception):
    """A call has to be made, and nothing in the conversation satisfies the schema of any tool that may be called."""


# What of a tool's result may become an argument of the next.
_PASSED_ON = {
    "result_id": str,
    "columns": list,
    "rows": list,
    "row_count": int,
    "tables": list,
    "database": str,
}


def choose(request: Mapping[str, Any], conversation: Conversation, write_sql: WriteSql) -> list[Call]:
    """The next calls as (name, arguments); none where it is time to answer.

    `write_sql` turns a question into SQL where the prompt holds a schema, else gives None; it is asked only if
    no tool does that. Raises CannotCall where `tool_choice` leaves no other way.
    """
    tools, mode, named = _offered(request)
    if mode == "none":
        return []
    calls = [] if named else _next(tools, conversation, write_sql)
    if not calls and mode == "required":
        return [_forced(tools, conversation, write_sql)]
    return calls[:1] if request.get("parallel_tool_calls") is False else calls


def _offered(request: Mapping[str, Any]) -> tuple[list[Tool], str, bool]:
    """The tools that may be called, how (`auto`, `none`, `required`), and whether one is named."""
    nothing = {"type": "object", "properties": {}}
    functions = [t["function"] for t in request["tools"]]
    tools = [Tool(f["name"], f.get("description") or "", f.get("parameters") or nothing) for f in functions]
    choice = request.get("tool_choice") or "auto"
    if isinstance(choice, str):
        return tools, choice, False
    if choice["type"] == "allowed_tools":
        allowed = {t["function"]["name"] for t in choice["allowed_tools"]["tools"]}
        return [t for t in tools if t.name in allowed], choice["allowed_tools"]["mode"], False
    return [t for t in tools if t.name == choice["function"]["name"]], "required", True


def _next(tools: list[Tool], conversation: Conversation, write_sql: WriteSql) -> list[Call]:
    """One step forward.

    It ends: for one question no tool on the way to rows is called twice with the same arguments, and any other
    tool once.
    """
    if (declined := conversation.declined) is not None:
        return _elsewhere(tools, conversation, declined)
    on_the_way = [t for t in tools if t.writes_sql or t.runs_sql]
    beside = [t for t in tools if t not in on_the_way]
    wanted = wishes(conversation.question, beside)
    known, has_rows = _known(conversation, wanted, beside)
    if not cues.cues(conversation.question) and not has_rows:
        return []  # a greeting
    called = {call.name for call in conversation.calls if not call.garbled}
    can_reach_rows = bool(on_the_way) or any(t.answers for t in beside)
    calls = []
    for tool in beside:
        wish = wanted.get(tool.name)
        if wish is None or tool.name in called:
            continue
        if wish.in_addition and can_reach_rows and not has_rows:
            continue  # first things first
        if not wish.always and tool.takes("result") and known.values.get("row_count") == 0:
            continue  # nothing to draw or check
        arguments = _arguments(tool, known)
        if arguments is not None:
            calls.append((tool.name, arguments))
    if calls or has_rows or _is_answered(conversation, beside, wanted):
        return calls
    mine = without(conversation.question, [t for t in beside if t.name in wanted and not wanted[t.name].always])
    return _way_to_rows(tools, conversation, Known(known.question, {**known.values, "question": mine}), write_sql)


def _elsewhere(tools: list[Tool], conversation: Conversation, declined: ToolCall) -> list[Call]:
    """The same question put to another database, each once, where its words have no place in this one."""
    if not _NOT_HERE.search(declined.declined or "") or _BUT.search(declined.declined or ""):
        return []
    tool = next((t for t in tools if t.name == declined.name and t.writes_sql), None)
    schema = tool.parameters.get("properties", {}).get("database") if tool else None
    options = schema.get("enum") if isinstance(schema, dict) else None
    tried = [call.arguments.get("database") for call in conversation.calls if call.name == declined.name]
    left = [one for one in options or [] if one not in tried]
    return [(declined.name, {**declined.arguments, "database": left[0]})] if left and tried[0] is not None else []


def _way_to_rows(tools: list[Tool], conversation: Conversation, known: Known, write_sql: WriteSql) -> list[Call]:
    """The next step from question to SQL to rows; after an error, another tool that takes the same, or none."""
    called = {call.name for call in conversation.calls if not call.garbled}
    writers, runners = [t for t in tools if t.writes_sql], [t for t in tools if t.runs_sql]
    if not known.values.get("sql") and not writers and runners:
        sql = write_sql(known.values["question"])
        known = Known(known.question, {**known.values, "sql": sql})
    candidates = runners if known.values.get("sql") else []
    if not candidates or any(call.error for call in conversation.calls):
        others = writers or [t for t in tools if t.answers and not runners]
        candidates = candidates + [t for t in others if t.name not in called]
    made = {(call.name, _canonical(call.arguments)) for call in conversation.calls}
    for tool in candidates:
        arguments = _arguments(tool, known)
        if arguments is not None and (tool.name, _canonical(arguments)) not in made:
            return [(tool.name, arguments)]
    return []


def _known(conversation: Conversation, wanted: Mapping[str, Wish], beside: list[Tool]) -> tuple[Known, bool]:
    """What the calls so far have brought, and whether rows are among it."""
    calls = conversation.calls
    if not any(c.has_rows for c in calls) and _is_about_earlier(conversation.question, wanted, beside):
        calls = tuple(c for c in conversation.earlier_calls if c.has_rows and not c.error)[-1:] + calls
    values: dict[str, Any] = {}
    for call in calls:
        if not call.error:
            values.update(_passed_on(call))
    return Known(conversation.question, values), any(c.has_rows and not c.error for c in calls)


def _passed_on(call: ToolCall) -> dict[str, Any]:
    """What a call leaves to the next: known keys of its result, and the database that it was made for."""
    left = {k: v for k, v in call.arguments.items() if k == "database"}
    left |= {key: call.get(key) for key, kind in _PASSED_ON.items() if isinstance(call.get(key), kind)}
    if call.sql:
        left["sql"] = call.sql
    if call.has_rows:
        left.setdefault("result_id", None)  # rows without a name replace the earlier, named ones
    return left


def _is_about_earlier(question: str, wanted: Mapping[str, Wish], beside: list[Tool]) -> bool:
    """Whether the question has no subject of its own (`now plot that as a line chart`)."""
    asked = [t for t in beside if t.name in wanted and not wanted[t.name].always and t.takes("result")]
    pointing = {cues.stem(w) for w in ("same", "again", "previous", "above", "instead")}
    own = {c for t in asked for c in t.vocabulary} | pointing
    return bool(asked) and all(c in own or cues.is_jargon(c) for c in cues.cues(question))


def _is_answered(conversation: Conversation, beside: list[Tool], wanted: Mapping[str, Wish]) -> bool:
    """Whether a tool that was called gave what the question asked for, no rows needed."""
    tools = {t.name: t for t in beside}
    for call in conversation.calls:
        tool, wish = tools.get(call.name), wanted.get(call.name)
        if tool is None:
            continue
        if wish is None or wish.always or wish.in_addition:
            if tool.answers and not call.error:
                return True
        elif not tool.takes("sql") and not tool.takes("result"):
            return True
    return False


def _arguments(tool: Tool, known: Known) -> dict[str, Any] | None:
    """Arguments that satisfy the tool's schema, or None where the conversation does not hold what it takes."""
    filled = fill(tool.parameters, known, tool.owner)
    if filled.source is Source.NOWHERE or not isinstance(filled.value, dict):
        return None
    if tool.flows and not any(filled.value.get(name) not in (None, "", []) for name in tool.flows):
        return None
    return filled.value


def _forced(tools: list[Tool], conversation: Conversation, write_sql: WriteSql) -> Call:
    """A call that must be made: the likeliest tool, filled as well as can be."""
    wanted = wishes(conversation.question, tools)
    known, _ = _known(conversation, wanted, tools)
    if not known.values.get("sql") and any(t.takes("sql") for t in tools):
        known = Known(known.question, {**known.values, "sql": write_sql(known.question)})
    called = {call.name for call in conversation.calls if not call.garbled}
    filled = [(tool, fill(tool.parameters, known, tool.owner)) for tool in tools]
    valid = [(tool, one) for tool, one in filled if satisfies(one.value, tool.parameters, tool.parameters)]
    if not valid:
        raise CannotCall(f"I have to call {' or '.join(t.name for t in tools)}, and find no arguments that would do.")
    tool, best = max(
        valid,
        key=lambda tf: (
            tf[1].source > Source.NOWHERE,
            tf[0].name not in called,
            tf[0].name in wanted,
            tf[0].writes_sql,
        ),
    )
    return tool.name, best.value


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
