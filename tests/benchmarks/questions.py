#!/usr/bin/env python3
"""How long a question takes: the first in a fresh process, the tenth, and each span of it.

  python tests/benchmarks/questions.py

Ratios are against baselines of the same run: `import demo_lib` against bare Python, the first question
against the tenth, the tenth against the same SQL straight on DuckDB.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

QUESTION = "What were total sales last quarter?"
REPEATS = 5


def process_seconds(*arguments: str) -> float:
    """Median wall time of a fresh Python process."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def in_process() -> dict[str, object]:
    """The first ten questions of a process, the spans of the tenth, and the bare query."""
    began = time.perf_counter()
    import mlflow

    from demo_lib import Workshop

    workshop = Workshop()
    answers = []
    for _ in range(10):
        answers.append(workshop.ask(QUESTION))
        if len(answers) == 1:
            first = time.perf_counter() - began
    spans: dict[str, float] = {}
    for span in mlflow.get_trace(answers[-1].trace_id).data.spans:
        name = "model calls" if span.span_type == "CHAT_MODEL" else span.name
        spans[name] = spans.get(name, 0) + (span.end_time_ns - span.start_time_ns) / 1e6
    checked = workshop.validator.validate(str(answers[-1].sql), "sales")
    bare = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        workshop.database.run(checked)
        bare.append(1000 * (time.perf_counter() - began))
    tenth = statistics.median(a.latency_ms for a in answers[5:])
    return {"first_s": first, "tenth_ms": tenth, "bare_ms": statistics.median(bare), "spans_ms": spans}


def main() -> None:
    """Measure and print."""
    bare, ours = process_seconds("-c", "pass"), process_seconds("-c", "import demo_lib")
    print(f"import demo_lib            {1000 * (ours - bare):8.1f} ms over bare Python ({ours / bare:.1f} ×)")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DEMO_MODEL": "offline", "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
        from demo_lib.stage.store import PRISTINE, copy_store, make_store

        make_store()
        from pathlib import Path

        copy_store(PRISTINE, Path(folder) / "mlflow.db")
        done = subprocess.run(
            [sys.executable, __file__, "--in-process"], env=environment, capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    tenth = found["tenth_ms"]
    print(
        f"first question             {found['first_s']:8.2f} s with every import ({1000 * found['first_s'] / tenth:.0f} × the tenth)"
    )
    print(f"tenth question             {tenth:8.1f} ms ({tenth / found['bare_ms']:.0f} × its query alone)")
    print(f"its query alone            {found['bare_ms']:8.1f} ms")
    print("\nspan of the tenth               ms   of the whole")
    for name, ms in found["spans_ms"].items():
        print(f"  {name:24} {ms:8.1f}   {ms / found['spans_ms']['text2sql_query']:6.0%}")


if __name__ == "__main__":
    if "--in-process" in sys.argv:
        print(json.dumps(in_process()))
    else:
        main()
