#!/usr/bin/env python3
"""The table index beside plain ones, over the same questions in one run. See README.md beside this file.

  python tests/benchmarks/retrieval.py                       all parts, as tables; makes what it needs on first use
  python tests/benchmarks/retrieval.py --minilm              and all-MiniLM-L6-v2, which needs gigabytes (PyTorch)
  python tests/benchmarks/retrieval.py --part kit --contestant ours --contestant TF-IDF
  python tests/benchmarks/retrieval.py --json retrieval.json --plot retrieval.png
  python tests/benchmarks/retrieval.py --write               and keep figures, page and plot, for the slides and the docs

The development set, 170 questions over 110 tables by others (defog-ai, Apache-2.0), is not part of a clone: without it
only the kit's own questions are measured. The exit status is 1 where ours misses the recall that it sets out to reach,
130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
sys.path[:0] = [str(ROOT), str(HERE)]

from environments import python_with  # noqa: E402
from retrievers import showing  # noqa: E402
from retrievers.measuring import Question, measure  # noqa: E402

from demo_lib.errors import DemoError  # noqa: E402
from demo_lib.evaluation import questions as kits  # noqa: E402
from demo_lib.settings import DATA_DIR  # noqa: E402

DEVELOPMENT = ROOT.parent / "shared" / "bench" / "retrieval"
RETRIEVERS = HERE / "retrievers"
ENVIRONMENTS = ROOT / ".demo" / "retrievers"
FIGURES, DOCS = ROOT / "slides" / "figures.json", ROOT / "docs"
PAGE, PLOT = DOCS / "retrieval_measured.md", DOCS / "retrieval.png"
OURS, GLOSSARY, SLIDE = "ours", "ours, with the glossary", "slide 8, hashed n-grams"
BM25, OWN_STORE = "BM25, default tokens", "slide 8 in LlamaIndex's own store"
OURS_WITH = ("ours with wordllama", "ours with MiniLM")
CONTESTANTS = [
    OURS, *OURS_WITH, SLIDE, "slide 8, wordllama", "slide 8, MiniLM", "TF-IDF", BM25, "BM25 of LlamaIndex",
    "BM25, split and stemmed", "our text, BM25 alone", "our text, hashed n-grams alone", "our text, wordllama alone",
    "our text, MiniLM alone",
]  # fmt: skip
BY_SIZE = [OURS, OURS_WITH[0], SLIDE, OWN_STORE, "TF-IDF", BM25, "BM25 of LlamaIndex", "our text, BM25 alone"]
EMBEDDERS = {"wordllama": "wordllama", "MiniLM": "minilm"}
"""Published embedders, by the word in a contestant's name, each with the name of its requirements in `retrievers/`."""
SIZES = (150, 1_000, 10_000)
PARTS = ("development", "kit", "sizes")


def others_questions(folder: Path) -> list[Question]:
    """The 170 questions of the development set in this folder."""
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [(asked["question"], set(asked["gold_tables"])) for asked in map(json.loads, lines)]


def kits_questions() -> list[Question]:
    """The kit's own in all their wordings: the half that is for tuning."""
    tuning = [q for q in kits.load(split="tuning") if q.gold_tables]
    return [(worded.question, set(q.gold_tables)) for q in tuning for worded in q.in_other_words()]


def commands(names: Iterable[str], catalogue: Path, size: int | None, minilm: bool) -> dict[str, Sequence[str] | str]:
    """How each contestant is started over that catalogue, or why it is not."""
    found: dict[str, Sequence[str] | str] = {}
    for name in names:
        command = [sys.executable, str(RETRIEVERS / "asked.py"), name, str(catalogue)]
        command += ["--size", str(size)] if size else []
        embedder = next((file for word, file in EMBEDDERS.items() if word in name), None)
        if embedder == "minilm" and not minilm:
            found[name] = "only with --minilm"
            continue
        try:
            found[name] = [*command, *(["--python", python_for(embedder)] if embedder else [])]
        except DemoError as error:
            print(error, file=sys.stderr)
            found[name] = "not installed"
    return found


def python_for(embedder: str) -> str:
    """The Python that has this embedder; made on first use. Raises DemoError where it cannot be made."""
    return python_with(RETRIEVERS / f"{embedder}.txt", ENVIRONMENTS / embedder)


def run(parts: Sequence[str], only: Sequence[str], minilm: bool, development: Path) -> dict[str, Any]:
    """The figures of each part; `only`: of these contestants, all where there are none."""
    found: dict[str, Any] = {}
    others = development / "tables.jsonl"

    def part(
        names: Sequence[str], title: str, catalogue: Path, questions: list[Question], size: int | None = None
    ) -> Any:
        asked = commands([n for n in names if n in only or not only], catalogue, size, minilm)
        return {
            "questions": len(questions),
            "contestants": measure(asked, questions, (5, 10) if size else (3, 5, 10), title),
        }

    if "development" in parts:
        found["development"] = part(CONTESTANTS, "development set", others, others_questions(development))
    if "kit" in parts:
        found["kit"] = part([OURS, GLOSSARY, *CONTESTANTS[1:]], "kit", DATA_DIR / "catalog.yaml", kits_questions())
    if "sizes" in parts:
        found["sizes"] = {
            size: part(BY_SIZE, f"{size:,} tables", others, others_questions(development), size) for size in SIZES
        }
    return found


def missed(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What ours sets out to reach and does not, in words: in recall, and in time."""
    recall, seconds = [], []
    if ours := _figures(found.get("development"), OURS):
        for what, k, share in (("recall", 5, 0.97), ("all gold", 10, 0.97)):
            if ours[what][k] < share:
                recall.append(f"{what}@{k} is {ours[what][k]:.1%}, not {share:.0%}")
        plain = _figures(found["development"], BM25)
        if plain and ours["recall"][5] < 1.9 * plain["recall"][5]:
            recall.append(f"recall@5 is {ours['recall'][5] / plain['recall'][5]:.2f} × that of {BM25}, not 1.9 ×")
        seconds += _slow(ours, "the development set", 1, 10)
    if ours := _figures(found.get("sizes", {}).get(max(SIZES)), OURS):
        seconds += _slow(ours, f"{max(SIZES):,} tables", 30, 25)
    return recall, seconds


def _slow(ours: dict[str, Any], where: str, index_s: float, ms: float) -> list[str]:
    said = [f"{where}: {ours['index_s']:.1f} s to index, not {index_s}"] if ours["index_s"] > index_s else []
    return said + ([f"{where}: {ours['ms']['median']:.1f} ms a query, not {ms}"] if ours["ms"]["median"] > ms else [])


def _figures(part: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    found = part["contestants"].get(name) if part else None
    return found if isinstance(found, dict) else None


def short(found: dict[str, Any]) -> dict[str, Any]:
    """What the slides and the notebooks read: recall@5 and all gold@10, and ours by size."""
    kept: dict[str, Any] = {}
    for part in ("development", "kit"):
        measured = {name: f for name in found[part]["contestants"] if (f := _figures(found[part], name))}
        kept[part] = {"questions": found[part]["questions"]}
        kept[part]["recall@5"] = {name: f["recall"][5] for name, f in measured.items()}
        kept[part]["all gold@10"] = {name: f["all gold"][10] for name, f in measured.items()}
    for size, part in found["sizes"].items():
        if f := _figures(part, OURS):
            ms = f["ms"]["median"]
            kept.setdefault("ours by size", {})[str(size)] = {
                "recall@5": f["recall"][5],
                "index_s": f["index_s"],
                "ms": ms,
            }
    return kept


def write(found: dict[str, Any], machine: str) -> None:
    """Keep the figures under `retrieval` in slides/figures.json, the tables and the plot in docs/."""
    source = "tests/benchmarks/retrieval.py"
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    known["retrieval"] = {"source": source, "measured": date.today().isoformat(), "on": machine, **short(found)}
    FIGURES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    heading = f"By `{source}`, whose README says who was asked what, on {date.today():%-d %B %Y}: {machine}.\n"
    learnt = PAGE.read_text(encoding="utf-8").partition(LEARNT)[2] if PAGE.exists() else "\n"
    parts = ["# Retrieval, measured\n", heading, "![Recall, and time by size](retrieval.png)\n", showing.tables(found)]
    PAGE.write_text("\n".join([*parts, LEARNT]) + learnt, encoding="utf-8")
    showing.plot(found).savefig(PLOT, dpi=showing.DPI)


LEARNT = "## What was learnt"
"""What stands under this heading of the page was written by hand, and stays."""


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be given more than once")
    every = dict.fromkeys([*CONTESTANTS, GLOSSARY, *BY_SIZE])
    parser.add_argument(
        "--contestant", action="append", choices=every, metavar="NAME", help=f"only these: {'; '.join(every)}"
    )
    parser.add_argument("--development", type=Path, default=DEVELOPMENT, metavar="FOLDER", help="the development set")
    parser.add_argument("--minilm", action="store_true", help="ask all-MiniLM-L6-v2 too; it brings PyTorch, gigabytes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure, as JSON")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="the plot; it takes the development set and the sizes"
    )
    parser.add_argument("--write", action="store_true", help="keep the figures in slides/ and docs/")
    options = parser.parse_args()
    parts = list(options.part or PARTS)
    whole = not options.part and not options.contestant and options.development.exists()
    if (options.write or options.plot) and not whole:
        parser.error("--write and --plot take all parts and contestants, and the development set")
    if not options.development.exists():
        print("This copy of the project comes without the development set: only the kit's own questions are asked.")
        parts = [p for p in parts if p == "kit"]
    try:
        found = run(parts, options.contestant or [], options.minilm, options.development)
    except KeyboardInterrupt:
        print("\nStopped; nothing was written.", file=sys.stderr)
        return 130
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, " + ", ".join(
        f"{name} {version(name)}" for name in ("llama-index-core", "chromadb", "bm25s")
    )
    print(showing.tables(found))
    if options.json:
        said = {"measured": date.today().isoformat(), "on": machine, **found}
        options.json.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.plot:
        showing.plot(found).savefig(options.plot, dpi=showing.DPI)
    if options.write:
        write(found, machine)
    recall, seconds = missed(found)
    for line in recall + seconds:
        print(f"Not reached: {line}", file=sys.stderr)
    return 1 if recall else 0


if __name__ == "__main__":
    sys.exit(main())
