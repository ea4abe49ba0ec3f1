"""The benchmark of retrieval counts what it says it counts, and its page and the slides' figures agree."""

from __future__ import annotations

import base64
import io
import json
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from demo_lib.evaluation import questions as kits
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.settings import DATA_DIR, PROJECT_ROOT

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
QUESTIONS = [("one", {"a"}), ("two", {"a", "b"}), ("three", {"z"})]
WORKER = """
import json, sys
print(json.dumps({"index_s": 0.5}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    tables = ["a", "x", "y", "b"]
    %s
    print(json.dumps({"tables": tables[: asked["k"]], "ms": 2.0, "peak_mb": 7}), flush=True)
"""
SHOP = Catalog({
    "crm.customers": Table("crm.customers", (Column("customer_id"), Column("home_city", description="Where they live"))),
    "crm.invoices": Table("crm.invoices", (Column("invoice_id"), Column("amount"), Column("customer_id", references="crm.customers.customer_id"))),
    "it.servers": Table("it.servers", (Column("server_id"), Column("cpu_cores"))),
})  # fmt: skip


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    before = set(sys.modules)
    for folder in (BENCHMARKS, BENCHMARKS / "retrievers"):
        monkeypatch.syspath_prepend(str(folder))
    import retrieval

    yield retrieval
    for name in {"retrieval", "asked", "growing", "vectors", "retrievers", "retrievers.measuring", "retrievers.showing"} - before:
        sys.modules.pop(name, None)


def measured(benchmark, folder: Path, extra: str = "pass") -> Any:  # type: ignore[no-untyped-def]
    """The figures of a retriever that finds a, x, y and b for every question."""
    worker = folder / "worker.py"
    worker.write_text(WORKER % extra)
    return benchmark.measure({"it": [sys.executable, str(worker)]}, QUESTIONS, (1, 4, 10))["it"]


def test_recall_is_the_share_found_and_all_gold_counts_whole_questions(benchmark, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = measured(benchmark, tmp_path)
    assert found["recall"] == {1: 0.5, 4: 0.6667, 10: 0.6667}
    assert found["all gold"] == {1: 0.3333, 4: 0.6667, 10: 0.6667}
    assert found["index_s"] == 0.5 and found["ms"] == {"median": 2.0, "p95": 2.0} and found["peak_mb"] == 7


@pytest.mark.parametrize(
    ("extra", "said"),
    [("raise KeyError('lost')", "failed: KeyError: 'lost'"), ("sys.exit(0)", "failed: it ended without a word")],
)
def test_a_retriever_that_dies_has_its_last_words_for_figures(benchmark, tmp_path: Path, extra: str, said: str) -> None:  # type: ignore[no-untyped-def]
    assert measured(benchmark, tmp_path, f"if asked['question'] == 'two': {extra}") == said


def test_an_embedder_that_cannot_be_installed_leaves_a_row_that_says_so(benchmark, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def not_there(embedder: str) -> str:
        raise benchmark.DemoError(f"{embedder} could not be installed")

    monkeypatch.setattr(benchmark, "python_for", not_there)
    asked = benchmark.commands(["ours with wordllama", "ours with MiniLM"], Path("tables.jsonl"), None, minilm=False)
    assert asked == {"ours with wordllama": "not installed", "ours with MiniLM": "only with --minilm"}
    found = benchmark.measure(asked, QUESTIONS, (5,))
    shown = benchmark.showing.tables({"kit": {"questions": 3, "contestants": found}})
    assert "| ours with wordllama | not installed |" in shown


@pytest.mark.parametrize(
    "name",
    ["ours", "slide 8, hashed n-grams", "slide 8 in LlamaIndex's own store", "TF-IDF", "BM25, default tokens",
     "BM25 of LlamaIndex", "BM25, split and stemmed", "our text, BM25 alone", "our text, hashed n-grams alone"],
)  # fmt: skip
def test_each_contestant_finds_a_table_by_a_word_of_its_name(benchmark, name: str) -> None:  # type: ignore[no-untyped-def]
    import asked

    assert asked.CONTESTANTS[name](SHOP)("which servers?", 2)[0] == "it.servers"


def test_default_tokens_do_not_know_a_word_inside_an_identifier_and_split_ones_do(benchmark) -> None:  # type: ignore[no-untyped-def]
    import asked

    assert asked.CONTESTANTS["BM25, default tokens"](SHOP)("home", 3) == []
    assert asked.CONTESTANTS["BM25, split and stemmed"](SHOP)("home", 1) == ["crm.customers"]


def test_vectors_come_over_the_pipe_as_they_were_made(benchmark, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    import vectors

    monkeypatch.setattr(sys, "stdin", io.StringIO('["ab", "c"]\n'))
    vectors.serve(lambda texts: [[float(len(t)), 0.5] for t in texts])
    said = json.loads(capsys.readouterr().out)
    assert said["width"] == 2 and struct.unpack("<4f", base64.b64decode(said["vectors"])) == (2.0, 0.5, 1.0, 0.5)


def test_a_grown_catalogue_is_the_same_each_time_and_keeps_what_was_there(benchmark) -> None:  # type: ignore[no-untyped-def]
    import growing

    small, large = growing.grown(SHOP, 60), growing.grown(SHOP, 900)
    assert len(small.tables) == 60 and len(large.tables) == 900
    assert large == growing.grown(SHOP, 900)
    assert [*large.tables.items()][:60] == [*small.tables.items()]
    assert [*small.tables][:3] == [*SHOP.tables]
    assert len(growing.grown(SHOP, max(benchmark.SIZES)).tables) == max(benchmark.SIZES)
    with pytest.raises(ValueError, match="can be made"):
        growing.grown(SHOP, 10**6)


def test_only_the_half_that_is_for_tuning_is_asked(benchmark) -> None:  # type: ignore[no-untyped-def]
    asked = {question for question, _ in benchmark.kits_questions()}
    assert asked and not asked & {w.question for q in kits.load(split="held_out") for w in q.in_other_words()}


def test_without_the_development_set_the_kits_own_questions_are_asked_and_that_is_said(  # type: ignore[no-untyped-def]
    benchmark, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys
) -> None:
    parts: list[Any] = []

    def run(chosen: list[str], *_: Any) -> dict[str, Any]:
        parts.extend(chosen)
        return {}

    monkeypatch.setattr(benchmark, "run", run)
    monkeypatch.setattr(sys, "argv", ["retrieval.py", "--development", str(tmp_path / "none")])
    assert benchmark.main() == 0 and parts == ["kit"]
    assert "without the development set" in capsys.readouterr().out


def test_what_ours_sets_out_to_reach_and_does_not_is_said(benchmark) -> None:  # type: ignore[no-untyped-def]
    def figures(recall: float, every: float, index_s: float, ms: float) -> dict[str, Any]:
        return {"recall": {5: recall}, "all gold": {10: every}, "index_s": index_s, "ms": {"median": ms}}

    good, bad = figures(0.97, 0.98, 0.2, 9), figures(0.90, 0.98, 31, 12)
    plain = figures(0.49, 0.5, 0, 0)
    assert benchmark.missed({"development": {"contestants": {"ours": good, benchmark.BM25: plain}}}) == ([], [])
    recall, seconds = benchmark.missed({
        "development": {"contestants": {"ours": bad, benchmark.BM25: plain}},
        "sizes": {10_000: {"contestants": {"ours": bad}}},
    })  # fmt: skip
    assert len(recall) == 2 and "1.84 ×" in recall[1]
    assert seconds == [
        "the development set: 31.0 s to index, not 1",
        "the development set: 12.0 ms a query, not 10",
        "10,000 tables: 31.0 s to index, not 30",
    ]


def test_the_page_shows_the_figures_that_the_slides_read() -> None:
    kept = json.loads((PROJECT_ROOT / "slides" / "figures.json").read_text(encoding="utf-8"))["retrieval"]
    page = (PROJECT_ROOT / "docs" / "retrieval_measured.md").read_text(encoding="utf-8")
    sections = page.split("\n## ")[1:]
    for part, section in zip(("development", "kit"), sections, strict=False):
        rows = {cells[1].strip(): [c.strip() for c in cells[2:]] for line in section.splitlines() if len(cells := line.split("|")) > 3}
        for name, share in kept[part]["recall@5"].items():
            assert rows[name][1] == f"{100 * share:.1f}", name
        for name, share in kept[part]["all gold@10"].items():
            assert rows[name][4] == f"{100 * share:.1f}", name
    for size, ours in kept["ours by size"].items():
        (section,) = [s for s in sections if f"{int(size):,} tables" in s.splitlines()[0]]
        assert f"| ours | {100 * ours['recall@5']:.1f} |" in section
    assert "## What was learnt\n" in page and (PROJECT_ROOT / "docs" / "retrieval.png").exists()
    assert str(len(Catalog.from_file(DATA_DIR / "catalog.yaml").tables)) in sections[1].splitlines()[0]
