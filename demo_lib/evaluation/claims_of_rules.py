"""What the talk says about guardrails, schemas, providers and its own minutes."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.claims import NOT_HERE, Bench, Found, holds, said
from demo_lib.settings import PROJECT_ROOT

GUARD_DATA = PROJECT_ROOT / "tests" / "data" / "guard"
TALK_MINUTES = 30
CAP = 10_000
KEEPS_OUT = 99.0  # per cent of the attacks


@said("keyword_list", 9, "A list of four blocked keywords keeps harmful SQL out", "% of attacks")
def keyword_list(bench: Bench) -> Found:
    """Slide 9's list over the labelled attacks and honest queries, beside the kit's guardrails."""
    from demo_lib.guardrails import Policy
    from demo_lib.guardrails.lines import verdicts

    if not GUARD_DATA.exists():
        return Found(None, NOT_HERE, "This copy of the project comes without tests/data/guard")
    policy = Policy.from_file(GUARD_DATA / "schema.json")
    listed, ours, sizes = {}, {}, {}
    for kind in ("attacks", "benign"):
        lines = (GUARD_DATA / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
        given = list(map(json.loads, lines))
        # some attacks are harmless once written anew, and the kit runs only what it has written anew
        mended = [one.get("remedy") == "block_or_regenerate" for one in given]
        found = zip(verdicts(lines, policy, "duckdb"), mended, strict=True)
        listed[kind] = _share(_has_keyword(one["sql"]) for one in given)
        ours[kind] = _share(not verdict["allowed"] or harmless for verdict, harmless in found)
        sizes[kind] = len(given)
    how = f"of {sizes['attacks']} attacks; it also stops {listed['benign']:.1f} % of {sizes['benign']} honest queries. "
    how += f"The kit's guardrails, which parse, stop {ours['attacks']:.1f} % and {ours['benign']:.1f} %"
    return Found(round(listed["attacks"], 1), "holds" if listed["attacks"] >= KEEPS_OUT else "corrected", how)


def _has_keyword(query: str) -> bool:
    return any(keyword in query.upper() for keyword in ("DROP", "DELETE", "TRUNCATE", "ALTER"))  # as on the slide


@said("result_cap", 9, "A result of more than 10,000 rows is an error", "rows")
def result_cap(bench: Bench) -> Found:
    """A query over 50,000 rows, and one of exactly as many as are allowed."""
    cap = bench.workshop.settings.cap_rows
    passed = bench.workshop.execute_sql(f"SELECT sale_id FROM sales LIMIT {cap}")["row_count"]
    try:
        bench.workshop.execute_sql("SELECT sale_id FROM sales")
    except DemoError as error:
        said_so = str(error)
    else:
        return Found("no cap", "differs", "all rows of `sales` came through")
    return Found(passed, holds(passed == cap == CAP), f"{passed:,} rows pass; of `sales` without a limit: {said_so}")


@said("slide_11_schema", 11, "The schema of check_data_quality, as printed")
def slide_11_schema(bench: Bench) -> Found:
    """Whether the endpoint takes it; the offline model's checks schemas by OpenAI's rules."""
    from demo_lib.offline.transport import answer

    array = {"type": "array"}
    parameters = {"type": "object", "properties": {"data": array, "checks": array}}
    tool = {"type": "function", "function": {"name": "check_data_quality", "parameters": parameters}}
    asked = {"model": "any", "messages": [{"role": "user", "content": "Any outliers?"}], "tools": [tool]}
    said_so = answer("POST", "/v1/chat/completions", json.dumps(asked).encode())
    if said_so.is_success:
        return Found("taken", "holds", "by the offline model's endpoint")
    why = said_so.json()["error"]["message"].rstrip(".")
    return Found(
        "refused", "corrected", f"{why}. The registry adds what is missing, so registering it as printed works"
    )


@said("demo_minutes", 16, "The demo: 10 + 5 + 10 + 5 minutes, in a talk of 30 minutes", "min")
def demo_minutes(bench: Bench) -> Found:
    """What the run of show gives the four parts, against what the talk has in all."""
    from demo_lib.stage import run_of_show

    show = run_of_show.load()
    whole, beside = (sum(i.minutes for i in show.variant(v).items if i.kind == "part") for v in ("parts", "talk"))
    how = f"the four parts fill the {TALK_MINUTES} minutes by themselves: no time for slides and questions. With both, "
    how += f"`rehearse --variant talk` gives them {beside:g} minutes"
    return Found(whole, "corrected" if whole >= TALK_MINUTES else "holds", how)


@said("providers", 19, "MLflow supports other providers (Anthropic, Cohere)", "of 2 by autologging")
def providers(bench: Bench) -> Found:
    """Which of the two MLflow traces by itself, and whether the client follows a base_url elsewhere."""
    traced = [name for name in ("anthropic", "cohere") if importlib.util.find_spec(f"mlflow.{name}")]
    with _another_endpoint() as (url, requests):
        import openai

        with openai.OpenAI(api_key="none", base_url=url, max_retries=0) as client:
            client.chat.completions.create(model="any", messages=[{"role": "user", "content": "What is the time?"}])
    how = f"MLflow {version('mlflow')} has autologging for {' and '.join(traced) or 'neither'}. Both are reached, and "
    how += "traced, through their OpenAI-compatible endpoints by OPENAI_BASE_URL: a local one was asked "
    how += f"({len(requests)} request), the providers' own were not"
    return Found(len(traced), "holds" if len(traced) == 2 else "corrected", how)


@said("strict_mode", "appendix", "Strict mode for deterministic outputs", "% of tool calls follow their schema")
def strict_mode(bench: Bench) -> Found:
    """Whether the arguments of the tool calls satisfy the strict schemas: that, and no more, is what strict gives."""
    import jsonschema

    schemas = {s["function"]["name"]: s["function"]["parameters"] for s in bench.workshop.registry.schemas}
    calls = [call["function"] for trace in bench.traces for span in trace.data.spans for call in _tool_calls(span)]
    valid = [jsonschema.Draft202012Validator(schemas[c["name"]]).is_valid(json.loads(c["arguments"])) for c in calls]
    how = f"{sum(valid)} of {len(valid)} calls, answered by {bench.who}. Strict guarantees the schema, not "
    how += "determinism: the same question may still get other arguments"
    return Found(round(_share(valid), 1), "corrected", how)


# ------------------------------------------------------------------------------------------ helpers


def _share(true: Iterable[bool]) -> float:
    given = list(true)
    return 100 * sum(given) / len(given) if given else 0.0


def _tool_calls(span: Any) -> list[dict[str, Any]]:
    if span.span_type != "CHAT_MODEL" or not isinstance(span.outputs, dict):
        return []
    return [c for choice in span.outputs.get("choices", []) for c in choice["message"].get("tool_calls") or []]


@contextmanager
def _another_endpoint() -> Iterator[tuple[str, list[str]]]:
    """An endpoint on this machine that speaks the protocol, its address, and the requests that reach it."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from demo_lib.offline.transport import answer

    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            said = answer("POST", self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(said.status_code)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(said.content)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", seen
        finally:
            server.shutdown()
            thread.join()
