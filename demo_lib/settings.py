"""Every DEMO_* variable, in one place and typed. The model's id has its home here."""

from __future__ import annotations

import os
import re
import sys
import warnings
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args
from urllib.parse import quote

from demo_lib.errors import UsageError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = PROJECT_ROOT / "data"
WAREHOUSE = DATA_DIR / "warehouse.duckdb"
TRACE_STORE = PROJECT_ROOT / "mlflow.db"
OUTPUTS = Path(os.environ.get("DEMO_OUTPUTS") or PROJECT_ROOT / "outputs")  # a rehearsal writes into its own
RECORDINGS = PROJECT_ROOT / "recordings"

Live = Literal["openai", "azure", "compatible"]
Embedding = Literal["offline", "openai", "minilm"]
Mode = Literal["offline", "openai", "azure", "compatible", "record", "replay", "stage"]

# The model that is asked for when a key is there and nothing else is said.
DEFAULT_MODEL_ID = "gpt-4o"

# what an answer's `model` says where no LLM was asked: a parser is none, nor is a lesson's stand-in
NOT_LIVE = ("offline", "replay", "stand-in")

KEY_VARIABLES = ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY")
_LOOKS_LIKE_A_KEY = re.compile(r"\bsk-[A-Za-z0-9_-]{16,}")
SHORTEST_SECRET = 8  # a shorter key is no secret, and taking it out would garble words

T = TypeVar("T")

# Nothing here phones home, and traces are exact: set before any of these libraries is imported.
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_MODEL_CATALOG_URI": "",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "DEEPEVAL_DISABLE_DOTENV": "1",  # a file in the folder where it is imported would change what is asked
    "DEEPEVAL_CACHE_FOLDER": str(PROJECT_ROOT / ".demo" / "deepeval"),
    "RAGAS_DO_NOT_TRACK": "true",
    "ANONYMIZED_TELEMETRY": "False",
    # random.seed() in a notebook would otherwise make trace ids repeat
    "MLFLOW_TRACE_USE_ISOLATED_RANDOM_ID_GENERATOR": "true",
    # a trace can be read as soon as its answer is there
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    # where it is switched on: a write for many spans takes the interpreter from the agents less often than one for five
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_SPAN_BATCH_SIZE": "64",
    # its default, ten threads with ten scorers each, waits in vain for the few connections that SQLite is given
    "MLFLOW_GENAI_EVAL_MAX_WORKERS": "2",
    "MLFLOW_GENAI_EVAL_MAX_SCORER_WORKERS": "2",
    # a tracking server that does not answer is said to be so within seconds
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}


def prepare_environment() -> None:
    """Switch off the telemetry of every dependency and set up tracing, unless the user has set it otherwise."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    # tqdm asks for widgets in every notebook; its plain bars do
    warnings.filterwarnings("ignore", message="IProgress not found")
    # jsonschema would build a grammar of internationalised addresses when imported, a third of the first answer's
    # time, for a check that nothing here asks for; it does without where the package is not to be had
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def without_keys(value: T) -> T:
    """The value, its texts at any depth, with `(key)` for whatever is a key of this environment or looks like one."""
    found: Any = value
    match value:
        case str():
            for variable in KEY_VARIABLES:
                key = os.environ.get(variable, "").strip()
                found = found.replace(key, "(key)") if len(key) >= SHORTEST_SECRET else found
            found = _LOOKS_LIKE_A_KEY.sub("(key)", found)
        case list():
            found = [without_keys(v) for v in value]
        case dict():
            found = {k: without_keys(v) for k, v in value.items()}
    return cast("T", found)


def model_name(said: str) -> str:
    """A model's name without the date of its snapshot: `gpt-4o-2024-08-06` is `gpt-4o`."""
    return re.sub(r"-\d{4}-\d\d-\d\d$", "", said)


def badge_of(answered_by: str) -> str:
    """Who answered, as an answer's badge says it: `OFFLINE`, `REPLAY`, `LIVE gpt-4o`, `REPLAY + OFFLINE`."""
    names = answered_by.split(" + ")
    return " + ".join(n.upper() if n in NOT_LIVE else f"LIVE {n}" for n in names)


MOST = 1_000_000_000  # no limit is set higher: beyond it engines fail in ways of their own


def _shown(value: str) -> str:
    """A setting's value as an error may show it: one that is long could be a key in the wrong place."""
    return repr(value) if len(value) <= 20 else "(a long value)"


def _endpoint(value: str) -> str:
    """One of the live endpoints. Raises ValueError."""
    if value.lower() not in get_args(Live):
        raise ValueError(value)
    return value.lower()


def _embedder(value: str) -> str:
    """One of the embedders. Raises ValueError."""
    if value.lower() not in get_args(Embedding):
        raise ValueError(value)
    return value.lower()


def _switch(value: str) -> bool:
    """On or off. Raises ValueError."""
    on, off = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
    if value.lower() not in on + off:
        raise ValueError(value)
    return value.lower() in on


@dataclass(frozen=True)
class Settings:
    """What the environment asks for. Build it with `Settings.from_env()`."""

    model: Mode = "offline"
    """DEMO_MODEL: who answers. Default: `openai` where OPENAI_API_KEY is set, else `offline`."""
    live: Live | None = None
    """DEMO_LIVE: the endpoint that `record` and `stage` ask. Default: the one that the environment has a key for."""
    model_id: str = "offline"
    """DEMO_MODEL_ID: the live model's name (on Azure the deployment's); `replay` looks for recordings of it."""
    recordings: Path = RECORDINGS
    """DEMO_RECORDINGS: the folder that `record` writes to, and `replay` and `stage` read."""
    stage_seconds: float = 4.0
    """DEMO_STAGE_SECONDS: how long `stage` waits for one live call before the offline model answers."""
    database: str = f"duckdb:///{quote(WAREHOUSE.as_posix(), safe='/:')}"
    """DEMO_DATABASE: the database's URL."""
    glossary: Path | None = None
    """DEMO_GLOSSARY: a Markdown list of business terms; default: `data/glossary.md` for our own data."""
    as_of: date | None = None
    """DEMO_AS_OF=YYYY-MM-DD: what 'today' means; beats the glossary and the catalogue."""
    prompt: str = "v2.3"
    """DEMO_PROMPT: the version of the SQL prompt."""
    vector_store: str = "memory"
    """DEMO_VECTOR_STORE: where the table index is kept: `memory`, `chroma:///folder`, `chroma://host:8000`,
    `postgresql://…` (pgvector), `qdrant:///folder`, `qdrant://host:6333`, `weaviate://host:8080`."""
    embedder: Embedding = "offline"
    """DEMO_EMBEDDER: `offline`, `openai` (the live endpoint's) or `minilm` (with sentence-transformers)."""
    embedder_id: str = "text-embedding-3-small"
    """DEMO_EMBEDDER_ID: the live embedder's name (on Azure the deployment's)."""
    role: str = "learner"
    """DEMO_ROLE: who asks; what each role may see stands in `data/roles.yaml`."""
    guardian: bool = False
    """DEMO_GUARDIAN=1: a second model call reviews each answer before it leaves (slide 14)."""
    judge: Live | None = None
    """DEMO_JUDGE: the endpoint that judges answers in an evaluation: `openai`, `azure` or `compatible`. Default: none,
    and what needs a judge has no score. The offline model is not asked: it is a parser."""
    judge_model: str = DEFAULT_MODEL_ID
    """DEMO_JUDGE_MODEL: the judge's name (on Azure the deployment's)."""
    preview_rows: int = 20
    """DEMO_PREVIEW_ROWS: how many rows of a result a model may see."""
    cap_rows: int = 10_000
    """DEMO_CAP_ROWS: a result with more rows than this is an error (slide 9)."""
    query_timeout_seconds: float = 10.0
    """DEMO_QUERY_TIMEOUT_SECONDS: a query is cancelled after this long."""
    memory_limit_mb: int = 512
    """DEMO_MEMORY_LIMIT_MB: what one query may hold in memory."""
    max_turns: int = 8
    """DEMO_MAX_TURNS: how often the orchestrator may call the model for one question."""
    model_timeout_seconds: float = 30.0
    """DEMO_MODEL_TIMEOUT_SECONDS: how long one live model call may take."""
    tracking_uri: str = f"sqlite:///{TRACE_STORE.as_posix()}"
    """MLFLOW_TRACKING_URI: where traces go; the default is what plain `mlflow ui` opens from the root."""

    @classmethod
    def from_env(cls, model: str | None = None, role: str | None = None) -> Settings:
        """Read the environment. Raises UsageError naming the variable that cannot be used.

        model, role: beat DEMO_MODEL and DEMO_ROLE, as `ask --model` and `--role` do.
        """
        said = {"DEMO_MODEL": model, "DEMO_ROLE": role}
        env = {k: v.strip() for k, v in os.environ.items()} | {k: v for k, v in said.items() if v}
        model = env.get("DEMO_MODEL", "").lower() or ("openai" if env.get("OPENAI_API_KEY") else "offline")
        if model not in get_args(Mode):
            raise UsageError(f"DEMO_MODEL={_shown(model)} is not known. Use one of: {', '.join(get_args(Mode))}.")
        given: dict[str, object] = {
            "model": model,
            "model_id": "offline" if model == "offline" else env.get("DEMO_MODEL_ID") or DEFAULT_MODEL_ID,
        }
        if env.get("MLFLOW_TRACKING_URI"):
            given["tracking_uri"] = env["MLFLOW_TRACKING_URI"]
        readers = {
            "date | None": date.fromisoformat,
            "Live | None": _endpoint,
            "Embedding": _embedder,
            "Path | None": Path,
            "Path": Path,
            "bool": _switch,
            "int": int,
            "float": float,
            "str": str,
        }
        for f in fields(cls):
            variable = f"DEMO_{f.name.upper()}"
            if f.name in given or f.name == "tracking_uri" or not env.get(variable):
                continue
            shown = _shown(env[variable])
            try:
                value = readers[str(f.type)](env[variable])  # type: ignore[operator]
            except ValueError:
                wanted = {
                    "date | None": "a date like 2025-11-01",
                    "Live | None": f"one of {', '.join(get_args(Live))}",
                    "Embedding": f"one of {', '.join(get_args(Embedding))}",
                    "bool": "1 or 0",
                    "int": "a whole number",
                    "float": "a number",
                }
                raise UsageError(f"{variable}={shown} cannot be used: it must be {wanted[str(f.type)]}.") from None
            if isinstance(value, (int, float)) and not isinstance(value, bool) and not 0 < value <= MOST:
                raise UsageError(f"{variable}={shown} cannot be used: it must be above zero and at most {MOST:,}.")
            given[f.name] = value
        return cls(**given)  # type: ignore[arg-type]

    @property
    def badge(self) -> str:
        """Who is to answer, as a header says it: `OFFLINE`, `LIVE gpt-4o`, `RECORD gpt-4o`, `REPLAY`, `STAGE`.

        Who did answer is in `Answer.badge`.
        """
        match self.model:
            case "offline" | "replay" | "stage":
                return self.model.upper()
            case "record":
                return f"RECORD {self.model_id}"
        return badge_of(self.model_id)  # the offline model may be behind a port
