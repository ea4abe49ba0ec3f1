#!/usr/bin/env python3
"""What the offline model makes of questions under five prompts: right, declined and wrong apart, and how long it takes.

  python tests/benchmarks/offline_model.py                          everything, as a table
  python tests/benchmarks/offline_model.py --set retrieval          one set: kit, fresh, dev, wordings, schemas, first_contact …
  python tests/benchmarks/offline_model.py --set dev --list wrong   the questions, with the SQL or the decline and the gold
  python tests/benchmarks/offline_model.py --jobs 2                 in two processes; the times are taken in one, later
  python tests/benchmarks/offline_model.py --write                  and keep the table, for the slides and the docs

kit: `data/questions.yaml` in all its wordings, each with the tables that the retrieval agent finds for it; the half
that is held out is counted and never listed. fresh: `tests/data/fresh`, likewise; of the files that nothing was mended
with nothing is listed.
dev, wordings, later: `tests/data/questions`, marked by its own `score.py`; nothing was mended with later_apart.
schemas: three schemas of ours in `tests/data/schemas`, each with all its tables. first_contact: nineteen more, of which
the last four have questions apart.
retrieval: 170 questions over 11 databases by others (defog-ai, Apache-2.0), each with all tables of its database and
the values of its short columns.
A decline where declining is right counts as right.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402
import pandas as pd  # noqa: E402
from tqdm import tqdm  # noqa: E402

from demo_lib import prompts  # noqa: E402
from demo_lib.databases import connect  # noqa: E402
from demo_lib.databases.introspection import MAX_VALUE_CHARACTERS, MAX_VALUES  # noqa: E402
from demo_lib.errors import DemoError  # noqa: E402
from demo_lib.evaluation.execution_accuracy import same_result  # noqa: E402
from demo_lib.evaluation.trial import EXTRA_COLUMNS  # noqa: E402
from demo_lib.guardrails import GuardrailViolation, check_sql  # noqa: E402
from demo_lib.offline.sql_writer import write_sql  # noqa: E402
from demo_lib.retrieval.catalog import Catalog, Column, Table  # noqa: E402

Verdict = Literal["right", "declined", "wrong"]
VERDICTS: tuple[Verdict, ...] = ("right", "declined", "wrong")
RETAIL = ROOT / "tests" / "data" / "questions"
SCHEMAS = ROOT / "tests" / "data" / "schemas"
FIRST_CONTACT = ROOT / "tests" / "data" / "first_contact"
RETRIEVAL = ROOT.parent / "shared" / "bench" / "retrieval"
FIGURES, TABLE = ROOT / "slides" / "figures.json", ROOT / "docs" / "offline_model_measured.md"
FRESH = ROOT / "tests" / "data" / "fresh"
HELD_OUT, UNSEEN, LATER, REWORDED = "kit, held out", "fresh, unseen", "fresh, later", "fresh, reworded, apart"
APART = {"unseen.jsonl": UNSEEN, "later.jsonl": LATER, "reworded_apart.jsonl": REWORDED}
NEVER_LISTED = (HELD_OUT, UNSEEN, LATER, REWORDED, "later_apart", "first contact, apart")  # who tunes on these has no measure left
QUERY_SECONDS = 5
MANY_TABLES = 120
TIMED = 100  # about as many of each group are timed
PERCENTILES = {"p50": 50, "p95": 95}


@dataclass(frozen=True)
class Source:
    """What a prompt is made from."""

    catalog: Catalog
    dialect: str
    today: date
    glossary: str = ""
    version: str = "v2.3"
    schema: Literal["ddl", "names"] = "ddl"

    @property
    def prompt(self) -> str:
        """The system message, with all tables of the catalogue."""
        tables = self.catalog.ddl if self.schema == "ddl" else self.catalog.names
        return prompts.load(self.version).fill(
            dialect=self.dialect,
            today=self.today.isoformat(),
            schema=tables(self.catalog.tables),
            glossary=self.glossary or "(none)",
        )

    def without(self, **fields: Any) -> Source:
        """The same with these fields of every column, and of every table that has them, emptied."""

        def stripped(table: Table) -> Table:
            columns = tuple(replace(c, **fields) for c in table.columns)
            return replace(table, columns=columns, description=fields.get("description", table.description))

        return replace(self, catalog=Catalog({n: stripped(t) for n, t in self.catalog.tables.items()}))


FULL = "full prompt"
CONDITIONS: dict[str, Callable[[Source], Source]] = {
    FULL: lambda source: source,
    "no keys": lambda source: source.without(primary_key=False, references=None),
    "no comments": lambda source: source.without(description="", values=(), named=()),
    "no glossary": lambda source: replace(source, glossary=""),
    "bare names": lambda source: replace(source, glossary="", version="v1.0", schema="names"),
}
"""The five prompts; a comment holds a column's description and its values."""


@dataclass(frozen=True)
class Asked:
    """One wording of one question, and how a query for it is marked."""

    group: str
    question: str
    source: Source
    mark: Callable[[str], Verdict]
    declining_is_right: bool = False
    gold: str = "(to be declined)"
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    group: str
    question: str
    condition: str
    verdict: Verdict
    written: str
    gold: str
    first_ms: float
    """With a prompt that was not seen before."""
    again_ms: float


def kit(folder: Path) -> Iterator[Asked]:
    """The kit's own questions, behind the guardrails."""
    from demo_lib.evaluation.questions import load
    from demo_lib.workshop import Workshop

    workshop = Workshop()
    for q in load():
        mark = warehouse_marker(workshop, q.database, lru_cache(partial(q.golds, workshop)), q.ordered, q.expect == "answer")
        for worded in q.in_other_words():
            asked = of_warehouse(workshop, q.database, worded.question)
            missed = set(q.gold_tables) - set(asked.catalog.tables)
            yield Asked(
                HELD_OUT if q.split == "held_out" else "kit, tuning",
                worded.question,
                asked,
                mark,
                q.expect != "answer",
                q.gold_sql.get("duckdb", "(to be declined)"),
                f"not among the tables found: {', '.join(sorted(missed))}" if missed else "",
            )


def fresh(folder: Path) -> Iterator[Asked]:
    """Questions of people who know the kit's tables and not the parser: it was mended with some of them."""
    from demo_lib.workshop import Workshop

    workshop = Workshop()
    for file in ("warehouse.jsonl", "wordings.jsonl", "plain.jsonl", "reworded.jsonl", *APART):
        for q in lines(FRESH / file):
            scope, sql = q["database"], q["gold_sql"]
            golds = lru_cache(partial(rows_of, workshop, scope, tuple(sql)))
            mark = warehouse_marker(workshop, scope, golds, q["ordered"], bool(sql))
            for question in [q["question"], *q.get("wordings", [])]:
                asked = of_warehouse(workshop, scope, question)
                yield Asked(APART.get(file, "fresh"), question, asked, mark, not sql, sql[0] if sql else "(to be declined)")


def of_warehouse(workshop: Any, scope: str, question: str) -> Source:
    """The prompt with the tables that the retrieval agent finds for a question."""
    from demo_lib.agents.retriever import TABLES_IN_PROMPT

    hits = workshop.index.search(question, TABLES_IN_PROMPT, within=workshop.policies[scope].tables)
    names = [h.table for h in hits]
    catalog = part(workshop.values.named_in(question, workshop.catalog, names, scope), names)
    return Source(catalog, "duckdb", workshop.today, workshop.glossary.text)


def rows_of(workshop: Any, scope: str, golds: Sequence[str]) -> list[pd.DataFrame]:
    """What each of some accepted queries gives."""
    return [workshop.database.run(check_sql(sql, workshop.policies[scope], "duckdb")) for sql in golds]


def warehouse_marker(
    workshop: Any, scope: str, golds: Callable[[], list[pd.DataFrame]], ordered: bool, answerable: bool
) -> Callable[[str], Verdict]:
    """What marks a query to the kit's warehouse, behind the guardrails."""

    def mark(sql: str) -> Verdict:
        try:
            checked = check_sql(sql, workshop.policies[scope], "duckdb")
        except GuardrailViolation:
            return "declined"  # what a guardrail stopped answers nobody, and misleads nobody
        if not answerable:
            return "wrong"
        try:
            rows = workshop.database.run(checked)
        except DemoError:
            return "wrong"
        return agrees(rows, golds(), ordered=ordered)

    return mark


def retail(file: str, folder: Path) -> Iterator[Asked]:
    """The development questions over a database of their own."""
    for name in ("generate.py", "schema.sql"):
        shutil.copy(RETAIL / name, folder)
    subprocess.run([sys.executable, "generate.py"], cwd=folder, check=True, capture_output=True)
    path = folder / "retail.duckdb"
    with connect(f"duckdb:///{path.as_posix()}") as database:
        catalog = database.introspect()
    score = module(RETAIL / "score.py")
    score.DB = str(path)
    marks: dict[str, Verdict] = {"correct": "right", "wrong": "wrong", "error": "wrong"}
    glossary = (RETAIL / "glossary.md").read_text(encoding="utf-8")
    for q in lines(RETAIL / file):
        yield Asked(
            file.removesuffix(".jsonl"),
            q["question"],
            Source(catalog, "duckdb", date(2025, 10, 31), glossary),
            lambda sql, q=q: marks[score.grade(q, sql)],  # type: ignore[misc]
            score.grade(q, None) == "abstain_ok",
            q["gold_sql"] or "(to be declined)",
        )


def schemas(folder: Path, group: str = "schemas", home: Path = SCHEMAS) -> Iterator[Asked]:
    """The questions over schemas made for the purpose, each a database of its own."""
    subprocess.run([sys.executable, home / "generate.py", folder], check=True, capture_output=True)

    def marker(q: dict[str, Any], connection: duckdb.DuckDBPyConnection) -> Callable[[str], Verdict]:
        def mark(sql: str) -> Verdict:
            try:
                got = connection.execute(sql).df()
            except duckdb.Error:
                return "wrong"
            return agrees(got, (connection.execute(g).df() for g in q["gold_sql"]), ordered=q["ordered"])

        return mark

    for path in sorted(folder.glob("*.duckdb")):
        with connect(f"duckdb:///{path.as_posix()}") as database:
            catalog = database.introspect()
        glossary = (home / f"{path.stem}_glossary.md").read_text(encoding="utf-8")
        source = Source(catalog, "duckdb", date(2025, 10, 31), glossary)
        connection = duckdb.connect(str(path), read_only=True, config={"threads": 1})  # equal rows always in one order
        for file, of in ((path.stem, group), (f"{path.stem}_apart", f"{group}, apart")):
            for q in lines(home / f"{file}.jsonl") if (home / f"{file}.jsonl").exists() else ():
                gold = next(iter(q["gold_sql"]), "(to be declined)")
                mark = marker(q, connection)
                yield Asked(of, q["question"], source, mark, not q["gold_sql"], gold, note=path.stem)


def first_contact(folder: Path) -> Iterator[Asked]:
    """The questions over nineteen schemas that others wrote without a look at the parser."""
    for home in sorted(p for p in FIRST_CONTACT.iterdir() if p.is_dir()):
        (folder / home.name).mkdir()
        yield from schemas(folder / home.name, "first contact", home)


def retrieval(folder: Path) -> Iterator[Asked]:
    """Other people's questions, in SQLite. Names that two databases share are longer there, here and in the gold SQL."""
    connection = sqlite3.connect(":memory:")
    connection.executescript((RETRIEVAL / "defog_pooled.sql").read_text(encoding="utf-8"))
    tables = list(lines(RETRIEVAL / "tables.jsonl"))
    pooled = {(t["db"], t["table"].lower()): t["pooled_table"] for t in tables}
    for t in tables:
        keys = [[column, pooled[t["db"], other.lower()], its] for column, other, its in t["fks"]]
        with (folder / f"{t['db']}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(t | {"db": "", "table": t["pooled_table"], "fks": keys}) + "\n")

    def rows(sql: str) -> pd.DataFrame:
        until = time.monotonic() + QUERY_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        return pd.read_sql_query(sql, connection)

    def marker(q: dict[str, Any]) -> Callable[[str], Verdict]:
        def mark(sql: str) -> Verdict:
            try:
                got = rows(sql)
            except pd.errors.DatabaseError:
                return "wrong"
            return agrees(got, map(rows, [q["gold_sql"], *q["gold_sql_alt"]]), ordered=q["asks_order"])

        return mark

    catalogs: dict[str, Catalog] = {}
    for q in lines(RETRIEVAL / "questions.jsonl"):
        if q["db"] not in catalogs:
            catalogs[q["db"]] = with_values(Catalog.from_file(folder / f"{q['db']}.jsonl"), connection)
        catalog = catalogs[q["db"]]
        source = Source(catalog, "sqlite", date.today())  # its dates are relative to the day they are loaded on
        yield Asked("retrieval", q["question"], source, marker(q), gold=q["gold_sql"], note=q["db"])


def with_values(catalog: Catalog, connection: sqlite3.Connection) -> Catalog:
    """The catalogue with the values of columns that hold few different short texts, as when the kit connects itself."""

    def values(table: str, column: Column) -> tuple[str, ...]:
        distinct = (
            f'SELECT DISTINCT "{column.name}" FROM "{table}" WHERE "{column.name}" IS NOT NULL LIMIT {MAX_VALUES + 1}'
        )
        found = [v for (v,) in connection.execute(distinct)]
        few = len(found) <= MAX_VALUES and all(isinstance(v, str) and len(v) <= MAX_VALUE_CHARACTERS for v in found)
        return tuple(sorted(found)) if few else ()

    def filled(table: Table) -> Table:
        return replace(table, columns=tuple(replace(c, values=values(table.name, c)) for c in table.columns))

    return Catalog({n: filled(t) for n, t in catalog.tables.items()})


SETS: dict[str, Callable[[Path], Iterator[Asked]]] = {
    "kit": kit,
    "fresh": fresh,
    "dev": lambda folder: retail("dev.jsonl", folder),
    "wordings": lambda folder: retail("dev_wordings.jsonl", folder),
    "later": lambda folder: retail("later.jsonl", folder),
    "later_apart": lambda folder: retail("later_apart.jsonl", folder),
    "schemas": schemas,
    "first_contact": first_contact,
    "retrieval": retrieval,
}


def agrees(got: pd.DataFrame, golds: Iterable[pd.DataFrame], *, ordered: bool) -> Verdict:
    """Whether the rows are those of one gold query; an empty gold proves nothing."""
    same = (
        same_result(got, g, extra_columns=EXTRA_COLUMNS) and (not ordered or in_order(got, g)) for g in golds if len(g)
    )
    return "right" if any(same) else "wrong"


def in_order(got: pd.DataFrame, gold: pd.DataFrame) -> bool:
    """Whether rows come in the gold's order; rows that tie in what it is sorted by may change places."""
    if same_result(got, gold, ordered=True, extra_columns=EXTRA_COLUMNS):
        return True
    columns = [gold.iloc[:, [i]] for i in range(gold.shape[1])]
    keys = [c for c in columns if len(c.drop_duplicates()) > 1 and is_sorted(c.iloc[:, 0])]
    others = [got.iloc[:, [i]] for i in range(got.shape[1])]
    return bool(keys) and all(any(same_result(o, key, ordered=True) for o in others) for key in keys)


def is_sorted(column: pd.Series[Any]) -> bool:
    """Whether it rises or falls throughout; what cannot be compared is not sorted."""
    try:
        return column.is_monotonic_increasing or column.is_monotonic_decreasing
    except TypeError:
        return False


def ask(asked: Asked, condition: str, nth: int) -> Outcome:
    """Have the SQL written, twice for the time, and mark it."""
    prompt = CONDITIONS[condition](asked.source).prompt
    unseen = prompt + "\n" * (nth + 1)  # nothing that was read of an earlier prompt helps
    if nth == 0:  # what else this process holds (pandas, MLflow) is not to be searched for garbage while the clock runs
        gc.collect()
        gc.freeze()
    began = time.perf_counter()
    write_sql(unseen, asked.question)
    first = time.perf_counter()
    draft = write_sql(unseen, asked.question)
    again = time.perf_counter()
    if draft.sql is None:
        verdict: Verdict = "right" if asked.declining_is_right else "declined"
    else:
        verdict = asked.mark(draft.sql)
    return Outcome(
        asked.group,
        f"{asked.question}  [{asked.note}]" if asked.note else asked.question,
        condition,
        verdict,
        draft.sql or f"({draft.declined})",
        asked.gold,
        1000 * (first - began),
        1000 * (again - first),
    )


def measure(name: str, conditions: Sequence[str], position: int = 0) -> list[Outcome]:
    """One set under these prompts."""
    with tempfile.TemporaryDirectory() as folder:
        asked = list(SETS[name](Path(folder)))
        todo = [(a, condition) for condition in conditions for a in asked]
        bar = tqdm(todo, desc=f"{name:10}", unit="question", position=position)
        return [ask(a, condition, nth) for nth, (a, condition) in enumerate(bar)]


def clock(names: Sequence[str]) -> list[Outcome]:
    """Some of each group once more, in this process alone: what two processes do at a time takes longer."""
    found = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            groups: dict[str, list[Asked]] = {}
            for a in SETS[name](Path(folder)):
                groups.setdefault(a.group, []).append(a)
            some = [a for asked in groups.values() for a in asked[:: max(1, len(asked) // TIMED)]]
            found += [ask(a, FULL, nth) for nth, a in enumerate(tqdm(some, desc=f"{name:10}, time", unit="question"))]
    return found


def many_tables() -> list[Outcome]:
    """A quarter of the kit's tuning half, with 120 tables in the prompt."""
    from demo_lib.settings import DATA_DIR

    with tempfile.TemporaryDirectory() as folder:
        asked = [a for a in kit(Path(folder)) if a.group != HELD_OUT][::4]
        everything = Catalog.from_file(DATA_DIR / "catalog.yaml")
        source = replace(asked[0].source, catalog=part(everything, list(everything.tables)[:MANY_TABLES]))
        wide = [replace(a, source=source, group=f"kit, {MANY_TABLES} tables in the prompt") for a in asked]
        return [ask(a, FULL, nth) for nth, a in enumerate(tqdm(wide, desc=f"{MANY_TABLES} tables", unit="question"))]


def part(catalog: Catalog, names: Iterable[str]) -> Catalog:
    """These tables of a catalogue."""
    return Catalog({n: catalog.tables[n] for n in names})


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file."""
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def module(path: Path) -> Any:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def figures(outcomes: Iterable[Outcome], timed: Iterable[Outcome] = ()) -> dict[str, Any]:
    """{set: {"questions", "ms", "shares": {condition: {verdict: share}}}}, in the order they came.

    timed: those of which the times are taken; of all where there are none.
    """
    found: dict[str, dict[str, list[Outcome]]] = {}
    for o in outcomes:
        found.setdefault(o.group, {}).setdefault(o.condition, []).append(o)
    clocked: dict[str, list[Outcome]] = {}
    for o in timed:
        clocked.setdefault(o.group, []).append(o)
    return {group: _figures(by_condition, clocked.get(group)) for group, by_condition in found.items()}


def _figures(outcomes: dict[str, list[Outcome]], timed: list[Outcome] | None) -> dict[str, Any]:
    first = next(iter(outcomes.values()))
    timed = timed or first
    shares = {
        c: {v: round(sum(o.verdict == v for o in os) / len(os), 3) for v in VERDICTS} for c, os in outcomes.items()
    }
    times = {"first": [o.first_ms for o in timed], "again": [o.again_ms for o in timed]}
    ms = {f"{name}_{of}": round(percentile(ts, at), 1) for name, ts in times.items() for of, at in PERCENTILES.items()}
    return {"questions": len(first), "ms": ms, "shares": shares}


def percentile(values: Sequence[float], at: int) -> float:
    """The value that `at` per cent of the values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[at - 1] if len(values) > 1 else values[0]


def table(found: dict[str, Any]) -> str:
    """The figures as two Markdown tables."""
    shown = [c for c in CONDITIONS if any(c in f["shares"] for f in found.values())]
    text = ["Right / declined / wrong, in per cent:", "", "| | questions | " + " | ".join(shown) + " |"]
    text.append("|---|---:|" + "---:|" * len(shown))
    for group, f in found.items():
        cells = [
            " / ".join(f"{100 * s:.0f}" for s in f["shares"][c].values()) if c in f["shares"] else "" for c in shown
        ]
        text.append(f"| {group} | {f['questions']} | " + " | ".join(cells) + " |")
    text += ["", "Milliseconds a question, median and 95th percentile:", ""]
    text += ["| | a prompt not seen before | the same again |", "|---|---:|---:|"]
    for group, f in found.items():
        ms = f["ms"]
        text.append(f"| {group} | {ms['first_p50']} · {ms['first_p95']} | {ms['again_p50']} · {ms['again_p95']} |")
    return "\n".join(text) + "\n"


def write(found: dict[str, Any]) -> None:
    """Keep the figures under `offline_model` in slides/figures.json, and the tables in docs/."""
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    source = "tests/benchmarks/offline_model.py"
    known["offline_model"] = {"source": source, "measured": date.today().isoformat(), "sets": found}
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    heading = "# The offline model, measured\n\n"
    heading += f"By `{source}`, which says what the sets are, on {date.today():%-d %B %Y}.\n\n"
    TABLE.write_text(heading + table(found), encoding="utf-8")


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=[*SETS, "all"], default="all")
    parser.add_argument("--jobs", type=int, default=1, help="sets measured at the same time")
    parser.add_argument("--list", choices=VERDICTS, help="under the full prompt alone: the questions with this verdict")
    parser.add_argument("--write", action="store_true", help="keep the figures in slides/ and docs/")
    options = parser.parse_args()
    names = list(SETS) if options.set == "all" else [options.set]
    if "retrieval" in names and not RETRIEVAL.exists():
        print("The set retrieval is skipped: this copy of the project does not come with it.")
        names.remove("retrieval")
    conditions = [FULL] if options.list else list(CONDITIONS)
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            each = list(pool.map(measure, names, [conditions] * len(names), range(len(names))))
    else:
        each = [measure(name, conditions) for name in names]
    outcomes = [o for found in each for o in found]
    for o in outcomes:
        if o.verdict == options.list and o.group not in NEVER_LISTED:
            print(f"\n{o.group} · {o.question}\n   got  {o.written}\n   gold {o.gold}")
    if "kit" in names and not options.list:
        outcomes += many_tables()
    found = figures(outcomes, clock(names) if options.jobs > 1 and not options.list else ())
    print("\n" + table(found))
    if options.write:
        write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
