"""MLflow tracing: set up once, `@traced` on every agent, and three ways to look at a trace.

MLflow takes seconds to import, so nothing here imports it before the first traced call.
"""

from __future__ import annotations

import functools
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from demo_lib.databases.urls import redacted
from demo_lib.errors import DemoError, UsageError
from demo_lib.figures import new_figure
from demo_lib.settings import DATA_DIR, NOT_LIVE, PROJECT_ROOT, Settings, model_name, prepare_environment

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from mlflow.entities import Span, Trace

    from demo_lib.agents.results import Answer

EXPERIMENT = "scaling-agentic-ai"
ROOT_SPAN = "text2sql_query"

P = ParamSpec("P")
R = TypeVar("R")


class TracingError(DemoError):
    """Traces cannot be written or read; the message says where and what to do."""


def traced(name: str, span_type: str, **attributes: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run the function inside an MLflow span, with its inputs, output and errors.

    name: the span's name. span_type: AGENT, TOOL, RETRIEVER, GUARDRAIL, PARSER, TASK.
    attributes: what else to note on every such span.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.cache
        def with_span() -> Callable[P, R]:
            ensure_setup()
            return _mlflow().trace(function, name=name, span_type=span_type, attributes=attributes or None)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return with_span()(*args, **kwargs)

        return call

    return decorate


def annotate(**attributes: Any) -> None:
    """Note attributes on the span that is open now; nothing happens outside a trace."""
    import mlflow

    span = mlflow.get_current_active_span()
    if span is not None:
        span.set_attributes({k: v for k, v in attributes.items() if v is not None})


def inside(name: str) -> bool:
    """Whether the span that is open now is called so."""
    span = _mlflow().get_current_active_span()
    return span is not None and span.name == name


@contextmanager
def aside(name: str, note: str, **attributes: Any) -> Iterator[None]:
    """Run what is inside in a span of its own, for what happens between the agents' steps: a wait, a second choice.

    name, note: as the tree shows them. Outside a trace it leaves none.
    """
    mlflow = _mlflow()
    if mlflow.get_current_active_span() is None:
        yield
        return
    with mlflow.start_span(name, span_type="TASK", attributes={"note": note, **attributes}):
        yield


@functools.cache
def _mlflow() -> Any:
    """MLflow, imported on first use with its settings in place."""
    prepare_environment()
    import atexit

    import mlflow

    # its id generator otherwise complains while the interpreter shuts down
    atexit.register(mlflow.tracing.reset)
    return mlflow


_store: tuple[str, int] | None = None  # the store in use, and the process that opened it
_lock = threading.Lock()


def setup(settings: Settings) -> None:
    """Point MLflow at its store, start autologging of OpenAI calls, register the prompts. Safe to call again.

    Traces are logged synchronously: they can be read as soon as the answer is there.
    Raises TracingError where the store cannot be opened or written.
    """
    global _store
    wanted = (settings.tracking_uri, os.getpid())
    with _lock:
        if _store == wanted:
            return
        _store = None
        import logging

        # its migrations and set-up notes would drown the first answer
        for noisy in ("alembic", "mlflow.tracking.fluent", "mlflow.models.evaluation.utils.trace"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        # a full disk would print a traceback a span; that the trace is missing is said once, by us
        for noisy in ("mlflow.tracing", "mlflow.store.db.utils"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        mlflow = _mlflow()
        _faster_sqlite()
        try:
            _look_at_file(settings.tracking_uri)
            with _alone(settings.tracking_uri):
                mlflow.set_tracking_uri(settings.tracking_uri)
                if mlflow.get_experiment_by_name(EXPERIMENT) is None:
                    artifacts = (PROJECT_ROOT / "mlartifacts").as_uri()
                    local = settings.tracking_uri.startswith("sqlite:")
                    mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts if local else None)
                mlflow.set_experiment(EXPERIMENT)
                from demo_lib import prompts

                prompts.register_all()
        except Exception as error:
            reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
            raise TracingError(
                f"Traces cannot be kept in {redacted(settings.tracking_uri)}: {redacted(reason)}. "
                "Choose a place that can be written: MLFLOW_TRACKING_URI=sqlite:////tmp/mlflow.db"
            ) from None
        mlflow.openai.autolog()
        _store = wanted


def ensure_setup() -> None:
    """Set up as the environment says, unless that is done: what runs on its own leaves its trace in the same store."""
    if _store is None:
        setup(Settings.from_env())


def _look_at_file(uri: str) -> None:
    """MLflow tries a file that is no store for minutes; one look tells. Raises OSError."""
    path = Path(uri.removeprefix("sqlite:///"))
    if not uri.startswith("sqlite:///") or not path.exists():
        return
    if not path.is_file():
        raise OSError("it is no file")
    try:
        # through SQLite: closing the file by any other way would drop the locks of this process's connections
        with closing(sqlite3.connect(path, timeout=1)) as db:
            db.execute("PRAGMA schema_version")
    except sqlite3.OperationalError:
        pass  # locked, or read-only: MLflow waits, or says so
    except sqlite3.DatabaseError:
        remedy = "move it away, then run: python -m demo_lib seed"
        raise OSError(f"the file is no SQLite database; {remedy}") from None


def _alone(uri: str) -> AbstractContextManager[Any]:
    """Two processes that make a store at once would crash in its migrations: one at a time."""
    from filelock import FileLock

    if not uri.startswith("sqlite:///"):
        return nullcontext()
    return FileLock(uri.removeprefix("sqlite:///") + ".lock", timeout=120)


SESSION_TURNS = 20  # of a long conversation the model sees the end


def session_turns(session: str) -> list[tuple[str, str]]:
    """The questions and answers of an MLflow session, oldest first, at most the last twenty.

    Raises UsageError for a name that is no name.
    """
    if not re.fullmatch(r"[\w.-]{1,64}", session):
        raise UsageError(f"{session[:64]!r} is no name for a session: use letters, digits, '.', '-' and '_'.")
    traces = _mlflow().search_traces(
        filter_string=f"metadata.`mlflow.trace.session` = '{session}'",
        order_by=["timestamp_ms DESC"],
        max_results=SESSION_TURNS,
        return_type="list",
    )
    roots = [trace.data.spans[0] for trace in reversed(traces) if trace.data.spans]
    return [(r.inputs["question"], r.outputs["text"]) for r in roots if r.outputs]


@functools.cache
def _faster_sqlite() -> None:
    """Write-ahead logging lets the UI read while we write, and takes a third off each span's cost."""
    from sqlalchemy import Engine, event

    def pragmas(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            try:
                connection.execute("PRAGMA busy_timeout=15000")  # somebody else who writes is waited for
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
            except sqlite3.OperationalError:
                pass  # a read-only store: MLflow's own error says so better

    event.listen(Engine, "connect", pragmas)


# ---------------------------------------------------------------------------------------------- looking


def load_trace(which: Answer | Trace | str) -> Trace:
    """The trace of an answer, a trace id, or a trace itself. Raises TracingError where there is none."""
    trace: Any
    if not isinstance(which, str) and hasattr(which, "info"):
        trace = which
        return trace
    trace_id = which if isinstance(which, str) else getattr(which, "trace_id", None)
    if trace_id:
        import mlflow

        try:
            trace = mlflow.get_trace(trace_id)
        except Exception:
            trace = None
        if trace is not None:
            return trace
    raise TracingError(f"The trace {trace_id} is not in the store: never written (is the disk full?), or reset since.")


def show_trace(which: Answer | Trace | str, depth: int | None = None) -> None:
    """Print the trace as the tree of slide 4: who did what, how long it took, what came out.

    depth: show spans down to this level only (0 is the root); default: all of them.
    """
    print(trace_tree(load_trace(which), depth))


def trace_tree(trace: Trace, depth: int | None = None) -> str:
    """The spans as a text tree, each with its milliseconds and the attribute that says most. depth: as `show_trace`."""
    children = children_of(trace)
    lines: list[str] = []

    def walk(span: Span, lead: str, last: bool | None, level: int) -> None:
        branch = "" if last is None else "└─ " if last else "├─ "
        failed = "  ✗ " + _error_text(span) if has_failed(span) else ""
        note, took = _note(span), f"{milliseconds(span):.0f} ms"
        lines.append(f"{lead}{branch}{_label(span)} ({took}){' · ' + note if note else ''}{failed}")
        below = children.get(span.span_id, []) if depth is None or level < depth else []
        deeper = lead if last is None else lead + ("   " if last else "│  ")
        for i, child in enumerate(below):
            walk(child, deeper, i == len(below) - 1, level + 1)

    for root in children.get(None, []):
        request_id = trace.info.client_request_id
        if request_id:
            lines.append(f"Trace: {request_id}")
        walk(root, "", None, 0)
    return "\n".join(lines)


SPAN_COLOURS = {  # told apart by colour-blind eyes (Okabe and Ito)
    "AGENT": "#0072B2",
    "CHAT_MODEL": "#E69F00",
    "RETRIEVER": "#009E73",
    "TOOL": "#56B4E9",
    "GUARDRAIL": "#D55E00",
    "TASK": "#CC79A7",
}


def waterfall(which: Answer | Trace | str) -> Figure:
    """Draw the trace as bars over time, one span a row, coloured by type; errors are hatched."""
    from matplotlib import rcParams
    from matplotlib.patches import Patch

    trace = load_trace(which)
    children = children_of(trace)
    rows: list[tuple[int, Span]] = []

    def walk(span: Span, depth: int) -> None:
        rows.append((depth, span))
        for child in children.get(span.span_id, []):
            walk(child, depth + 1)

    for root in children.get(None, []):
        walk(root, 0)
    start = min(span.start_time_ns for _, span in rows)
    points = rcParams["font.size"]  # larger on stage
    figure = new_figure(10, 0.8 + 0.36 * len(rows))
    axes = figure.subplots()
    end = max((span.end_time_ns or span.start_time_ns) - start for _, span in rows) / 1e6
    for y, (_, span) in enumerate(rows):
        colour = SPAN_COLOURS.get(str(span.span_type), "#999999")
        hatch = "//" if has_failed(span) else None
        begin = (span.start_time_ns - start) / 1e6
        took = milliseconds(span)
        axes.barh(y, max(took, end / 400), left=begin, color=colour, hatch=hatch, edgecolor="white")
        axes.text(begin + took + end / 100, y, f"{took:.0f} ms", va="center", fontsize=0.9 * points)
    axes.set_yticks(range(len(rows)), ["   " * depth + _label(span) for depth, span in rows])
    for label in axes.get_yticklabels():
        label.set_horizontalalignment("left")
    longest = max(len("   " * depth + _label(span)) for depth, span in rows)
    axes.tick_params(axis="y", length=0, pad=0.62 * points * longest)
    axes.set_xlim(0, end * (1 + 0.012 * points))
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds since the question")
    axes.spines[["top", "right", "left"]].set_visible(False)
    used = [t for t in SPAN_COLOURS if any(str(s.span_type) == t for _, s in rows)]
    handles = [Patch(color=SPAN_COLOURS[t], label=t.lower().replace("_", " ")) for t in used]
    figure.legend(handles=handles, ncols=len(handles), loc="outside upper left", frameon=False, fontsize=0.9 * points)
    return figure


def cost_per_agent(which: Answer | Trace | str) -> pd.DataFrame:
    """Tokens and US dollars of each agent's model calls, from the trace.

    Returns one row an agent: agent, calls, input_tokens, output_tokens, usd, priced_as. A price is the
    model's own where `data/prices.yaml` lists it; offline or replayed, nothing was charged, and the figure
    is labelled hypothetical: what the same tokens would have cost on the model named.
    """
    import pandas as pd
    import yaml

    prices = yaml.safe_load((DATA_DIR / "prices.yaml").read_text(encoding="utf-8"))
    trace = load_trace(which)
    by_id = {span.span_id: span for span in trace.data.spans}
    totals: dict[tuple[str, str], list[float]] = {}
    for span in trace.data.spans:
        usage = span.attributes.get("mlflow.chat.tokenUsage")
        if not usage:
            continue
        model = model_name(str(span.attributes.get("mlflow.llm.model", "")))
        asked = (span.inputs or {}).get("model") if model == "replay" else model
        known = asked if asked in prices["models"] else prices["hypothetical"]
        label = known if known == model else f"hypothetical: {known}"
        price = prices["models"][known]
        tokens = usage["input_tokens"], usage["output_tokens"]
        usd = (tokens[0] * price["input"] + tokens[1] * price["output"]) / 1_000_000
        row = totals.setdefault((_agent_of(span, by_id), label), [0, 0, 0, 0.0])
        for i, amount in enumerate((1, *tokens, usd)):
            row[i] += amount
    columns = ["agent", "calls", "input_tokens", "output_tokens", "usd", "priced_as"]
    rows = [[agent, *map(int, row[:3]), row[3], label] for (agent, label), row in totals.items()]
    return pd.DataFrame(rows, columns=columns)


# ---------------------------------------------------------------------------------------------- helpers


def children_of(trace: Trace) -> dict[str | None, list[Span]]:
    """The spans below each parent (its id; None: at the top), oldest first."""
    below: dict[str | None, list[Span]] = {}
    for span in sorted(trace.data.spans, key=lambda s: s.start_time_ns):
        below.setdefault(span.parent_id, []).append(span)
    return below


def milliseconds(span: Span) -> float:
    """How long the span took; 0 where it never ended."""
    return ((span.end_time_ns or span.start_time_ns) - span.start_time_ns) / 1e6


def _label(span: Span) -> str:
    if span.span_type == "CHAT_MODEL":
        # MLflow has the name from the response, and so it says who answered
        model = model_name(str(span.attributes.get("mlflow.llm.model") or span.name))
        return f"{'Model' if model in NOT_LIVE else 'LLM'} call: {model}"
    return span.name


def _note(span: Span) -> str:
    return str(span.attributes.get("note") or "")


def has_failed(span: Span) -> bool:
    """Whether the span ended in an error."""
    return "ERROR" in str(getattr(span.status, "status_code", span.status))


def _error_text(span: Span) -> str:
    """Why a span failed, in a line: its status says so, or (autologged model calls) its exception event."""
    text = str(getattr(span.status, "description", "") or "").split(": ", 1)[-1]
    if not text:
        text = next((str(e.attributes.get("exception.message", "")) for e in span.events if e.attributes), "")
    text = refusal(text)
    return text.splitlines()[0][:120] if text else "error"


def refusal(text: str) -> str:
    """An error's text; where an endpoint refused, only the status and the message out of what OpenAI's SDK says."""
    refused = re.match(r"Error code: (\d+) - .*?'message': (['\"])(.*?)\2", text)
    return f"{refused[1]}: {refused[3]}" if refused else text


def _agent_of(span: Span, by_id: dict[str, Span]) -> str:
    """The nearest agent above a model call."""
    parent = by_id.get(span.parent_id or "")
    while parent is not None and parent.span_type != "AGENT":
        parent = by_id.get(parent.parent_id or "")
    return "orchestrator" if parent is None or parent.name == ROOT_SPAN else parent.name
