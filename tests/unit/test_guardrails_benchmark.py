"""The benchmark of the guardrails counts what it says it counts, whatever the guard does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
QUERIES = {
    "bad": [
        {"sql": "DROP TABLE sales", "dialect": "duckdb", "group": "write", "remedy": "block"},
        {"sql": "SELECT secret FROM api_keys", "dialect": "tsql", "group": "read", "remedy": "block_or_regenerate"},
    ],
    "good": [{"sql": "SELECT channel FROM sales", "dialect": "duckdb"}],
}


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import guardrails

    yield guardrails
    sys.modules.pop("guardrails")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, queries in QUERIES.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, queries)))
    return tmp_path


def measured(benchmark, files: Path, check: str, *, regenerates: bool = False):  # type: ignore[no-untyped-def]
    """The figures of a guard whose whole check is the expression `check`, over the three queries."""
    worker = files / "worker.py"
    worker.write_text(
        f"import os, sys, time\nsys.path.insert(0, {str(BENCHMARKS / 'guards')!r})\nimport asked\n"
        f"asked.serve(lambda policy, dialect: lambda sql: {check}, None)\n"
    )
    guard = benchmark.Guard([sys.executable, str(worker)], seconds=3)
    try:
        blocks, regenerating = {"block": ("bad", "good")}, ["it"] if regenerates else []
        return benchmark.measure({"it": guard}, blocks, files, regenerating)["it"]["block"]
    finally:
        guard.close()


def test_attacks_are_counted_by_group_and_dialect_and_honest_queries_as_passed(benchmark, files: Path) -> None:  # type: ignore[no-untyped-def]
    found = measured(benchmark, files, "'DROP' not in sql")
    assert found["stopped"] == {"all": [1, 2], "duckdb": [1, 1], "write": [1, 1], "tsql": [0, 1], "read": [0, 1]}
    assert found["passed"] == {"all": [1, 1], "duckdb": [1, 1]}
    assert found["no_verdict"] == 0 and 0 < found["us"]["median"] <= found["us"]["max"]


def test_a_guard_that_writes_the_query_anew_has_stopped_what_that_takes_the_harm_from(benchmark, files: Path) -> None:  # type: ignore[no-untyped-def]
    found = measured(benchmark, files, "True", regenerates=True)
    assert found["stopped"]["read"] == [1, 1] and found["stopped"]["write"] == [0, 1]


@pytest.mark.parametrize("failing", ["[][1]", "os._exit(1)", "time.sleep(60)"])
def test_a_guard_that_raises_dies_or_hangs_gives_no_verdict_and_goes_on(benchmark, files: Path, failing: str) -> None:  # type: ignore[no-untyped-def]
    found = measured(benchmark, files, f"{failing} if 'api_keys' in sql else 'DROP' not in sql", regenerates=True)
    assert found["no_verdict"] == 1
    assert found["stopped"]["all"] == [1, 2] and found["passed"]["all"] == [1, 1]


def test_a_guard_that_is_not_installed_has_no_figures(benchmark, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    def not_there(guard: str) -> str:
        raise benchmark.DemoError(f"{guard} could not be installed")

    monkeypatch.setattr(benchmark, "python_for", not_there)
    shown = benchmark.tables(benchmark.run(["agent-sql-guard"], seconds=1))
    assert "| agent-sql-guard | not installed |" in shown


def test_the_guards_of_the_kit_tell_a_write_from_a_read(benchmark) -> None:  # type: ignore[no-untyped-def]
    for name in ("ours", "keyword list", "isinstance Select", "sqlparse get_type"):
        guard = benchmark.Guard([sys.executable, str(benchmark.ASKED), name, str(benchmark.DATA / "schema.json")], 20)
        try:
            answers = [guard.ask(sql, "duckdb").allowed for sql in ("DROP TABLE sales", "SELECT channel FROM sales")]
        finally:
            guard.close()
        assert answers == [False, True], name
