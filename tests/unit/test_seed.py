"""The seeded warehouse: what is in it, that it is the same every time, and that half of it is never used."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
import yaml
from duckdb import DuckDBPyConnection as Connection

from demo_lib import seed as seed_module
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog
from demo_lib.seed import CANARY, SeedReport, create_table_sql, fingerprint, is_current, seed, stamp_path
from demo_lib.seed.ddl import creation_order
from demo_lib.seed.stamp import DEFAULT_CATALOG
from demo_lib.settings import PROJECT_ROOT

CATALOG = Catalog.from_file(DEFAULT_CATALOG)
RAW: dict[str, Any] = yaml.load(
    DEFAULT_CATALOG.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)
LAST_DAY = date(2025, 10, 31)
SMALL = ["regions", "stores", "departments", "job_titles", "employees", "salary_changes"]


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> SeedReport:
    """One whole seed for all tests that only read it."""
    return seed(tmp_path_factory.mktemp("seed") / "warehouse.duckdb", progress=False)


@pytest.fixture
def db(report: SeedReport) -> Iterator[Connection]:
    with duckdb.connect(str(report.path), read_only=True) as connection:
        yield connection


@pytest.fixture
def small_catalog(tmp_path: Path) -> Path:
    """A catalogue of a few tables, seeded in a blink."""
    path = tmp_path / "catalog.yaml"
    path.write_text(yaml.safe_dump(_subset(), sort_keys=False), encoding="utf-8")
    return path


def _subset() -> dict[str, Any]:
    return {"as_of": date(2025, 11, 1), "tables": {name: RAW["tables"][name] for name in SMALL}}


def _contents(path: Path) -> dict[str, str]:
    """A hash of each table's rows, in the order in which the file holds them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = [n for (n,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            n: hashlib.sha256(repr(connection.execute(f"FROM {n}").fetchall()).encode()).hexdigest()
            for n in names
        }


def _one(db: Connection, sql: str) -> Any:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _others(folder: Path) -> list[str]:
    """What lies in `folder` beside a database, its stamp, its lock and a catalogue."""
    known = {"w.duckdb", "w.duckdb.stamp.json", "w.duckdb.lock", "catalog.yaml"}
    return sorted(p.name for p in folder.iterdir() if p.name not in known)


def _process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


SEED = "import sys; from pathlib import Path; from demo_lib import seed as s\n"
RUN = "s.seed(*map(Path, sys.argv[1:]), progress=False)\n"


# ---------------------------------------------------------------- what is in it


def test_every_table_has_the_rows_that_the_catalogue_says(report: SeedReport, db: Connection) -> None:
    counts = {name: _one(db, f"SELECT COUNT(*) FROM {name}") for name in CATALOG.tables}
    assert counts == {name: table.rows for name, table in CATALOG.tables.items()}
    assert (report.tables, report.rows) == (len(counts), sum(counts.values()))


def test_sales_in_q4_2024_come_to_1_2_million(db: Connection) -> None:
    total = _one(
        db, "SELECT SUM(amount) FROM sales WHERE sale_date BETWEEN DATE '2024-10-01' AND DATE '2024-12-31'"
    )
    assert Decimal("1_195_000") < total < Decimal("1_205_000")


def test_sales_cover_2023_to_the_last_day_and_the_fourth_quarter_is_busy(db: Connection) -> None:
    assert db.execute("SELECT COUNT(*), MIN(sale_date), MAX(sale_date) FROM sales").fetchone() == (
        50_000,
        date(2023, 1, 1),
        LAST_DAY,
    )
    quarters = dict(
        db.execute(
            "SELECT year || ' Q' || quarter, SUM(amount) "
            "FROM sales JOIN time_dimension ON date_key = sale_date "
            "WHERE date_key < DATE '2025-10-01' GROUP BY ALL"
        ).fetchall()
    )
    in_2023, in_2024 = (sum(v for k, v in quarters.items() if k.startswith(y)) for y in ("2023", "2024"))
    assert in_2023 < in_2024
    assert max(quarters, key=quarters.__getitem__) == "2024 Q4"


@pytest.mark.parametrize(
    "broken",
    {
        "amount is not exact": "FROM sales "
        "WHERE amount != ROUND(quantity * unit_price * (1 - discount), 2)",
        "out of bounds": "FROM sales WHERE discount NOT BETWEEN 0 AND 0.5 OR quantity < 1 OR amount <= 0",
        "bought before signing up": "FROM sales JOIN customers USING (customer_id) "
        "WHERE sale_date < signup_date",
        "bought before opening": "FROM sales JOIN stores USING (store_id) WHERE sale_date < opened_on",
        "cash online": "FROM sales WHERE payment_method = 'Cash' AND channel <> 'In-store'",
        "sold at a loss": "FROM products WHERE unit_cost >= unit_price",
        "returned before the sale or too late": "FROM returns JOIN sales USING (sale_id) "
        f"WHERE return_date <= sale_date OR return_date > DATE '{LAST_DAY}'",
        "more came back than was sold": "FROM returns r JOIN sales s USING (sale_id) "
        "WHERE r.quantity > s.quantity OR r.quantity < 1 OR refund_amount > amount",
        "returned twice": "FROM returns GROUP BY sale_id HAVING COUNT(*) > 1",
        "days missing": "FROM time_dimension HAVING COUNT(*) <> DATE '2026-12-31' - DATE '2022-01-01' + 1",
        "calendar wrong": "FROM time_dimension WHERE (year, quarter, month, month_name, day_of_week) <> "
        "(year(date_key), quarter(date_key), month(date_key), monthname(date_key), dayname(date_key)) "
        "OR is_weekend <> (day_of_week IN ('Saturday', 'Sunday'))",
    }.items(),
    ids=lambda pair: pair[0],
)
def test_star_holds_together(db: Connection, broken: tuple[str, str]) -> None:
    assert db.execute(f"SELECT COUNT(*) {broken[1]}").fetchall() in ([(0,)], [])


@pytest.mark.parametrize(
    ("sql", "few"),
    [
        ("FROM customers ANTI JOIN sales USING (customer_id)", 50),
        ("FROM products ANTI JOIN sales USING (product_id)", 10),
        ("FROM products ANTI JOIN (FROM returns JOIN sales USING (sale_id)) r USING (product_id)", 25),
    ],
)
def test_a_few_never_bought_were_never_sold_never_returned(db: Connection, sql: str, few: int) -> None:
    assert 0 < _one(db, f"SELECT COUNT(*) {sql}") <= few


def test_keys_are_declared_and_hold(db: Connection) -> None:
    declared = {
        (table, kind, tuple(columns), other)
        for table, kind, columns, other in db.execute(
            "SELECT table_name, constraint_type, constraint_column_names, referenced_table "
            "FROM duckdb_constraints()"
        ).fetchall()
    }
    for table in CATALOG.tables.values():
        [key] = [c.name for c in table.columns if c.primary_key]
        assert (table.name, "PRIMARY KEY", (key,), None) in declared
        for column, other, other_column in table.foreign_keys:
            assert (table.name, "FOREIGN KEY", (column,), other) in declared
            lost = _one(
                db,
                f"SELECT COUNT(*) FROM {table.name} a WHERE {column} IS NOT NULL "
                f"AND NOT EXISTS (FROM {other} b WHERE b.{other_column} = a.{column})",
            )
            assert lost == 0, f"{table.name}.{column}"


def test_values_come_from_the_enumerations_and_all_of_them_occur(db: Connection) -> None:
    for table in CATALOG.tables.values():
        for column in (c for c in table.columns if c.values):
            found = {v for (v,) in db.execute(f"SELECT DISTINCT {column.name} FROM {table.name}").fetchall()}
            assert found - {None} == set(column.values), f"{table.name}.{column.name}"


def test_no_end_before_its_start_and_nothing_happened_after_the_last_day(db: Connection) -> None:
    checked = 0
    for table in CATALOG.tables.values():
        keys = {column: (other, key) for column, other, key in table.foreign_keys}
        for name, hint in RAW["tables"][table.name]["columns"].items():
            make = re.fullmatch(r"(after|due|since) (?:(\w+)\.)?(\w+)(?: by .*)?", str(hint.get("make")))
            if not make:
                continue
            verb, key, start = make.groups()
            start_sql, source = f"a.{start}", f"{table.name} a"
            if key:
                other, other_key = keys[key]
                start_sql, source = f"b.{start}", f"{source} JOIN {other} b ON a.{key} = b.{other_key}"
            late = "" if verb == "due" else f" OR a.{name} >= DATE '{LAST_DAY}' + 1"
            wrong = f"a.{name} < {start_sql}::DATE{late}" if key else f"a.{name} < {start_sql}{late}"
            assert _one(db, f"SELECT COUNT(*) FROM {source} WHERE {wrong}") == 0, f"{table.name}.{name}"
            assert _one(db, f"SELECT COUNT({name}) FROM {table.name}") > 0, f"{table.name}.{name}"
            checked += 1
    assert checked > 50


def test_only_columns_that_may_be_empty_are(db: Connection) -> None:
    for table in CATALOG.tables.values():
        for column in table.columns:
            hint = RAW["tables"][table.name]["columns"][column.name]
            may_be = {"empty", "when"} & set(hint) or "manager_id" in f"{column.name} {hint.get('make')}"
            if not may_be:
                empty = f"SELECT COUNT(*) FROM {table.name} WHERE {column.name} IS NULL"
                assert _one(db, empty) == 0, f"{table.name}.{column.name}"


def test_canaries_fill_every_sensitive_column_and_no_other(db: Connection) -> None:
    sensitive = 0
    for table in CATALOG.tables.values():
        for column in table.columns:
            cells = f"SELECT DISTINCT {column.name}::VARCHAR FROM {table.name}"
            values = [v for (v,) in db.execute(cells).fetchall() if v is not None]
            sings = [v for v in values if CANARY.search(v)]
            if column.sensitive:
                sensitive += 1
                assert sings == values and values, f"{table.name}.{column.name}"
            else:
                assert sings == [], f"{table.name}.{column.name}"
    assert sensitive >= 40


def test_an_honest_amount_never_looks_like_a_canary(tmp_path: Path, small_catalog: Path) -> None:
    subset = _subset()
    price = {"type": "DECIMAL(12,2)", "description": "Price", "make": "= department_id * 1000 + 9037.37"}
    subset["tables"]["departments"]["columns"]["price"] = price
    small_catalog.write_text(yaml.safe_dump(subset, sort_keys=False), encoding="utf-8")
    with duckdb.connect(str(seed(tmp_path / "w.duckdb", small_catalog, progress=False).path)) as connection:
        prices = [str(p) for (p,) in connection.execute("SELECT price FROM departments").fetchall()]
    assert prices[:2] == ["10037.38", "11037.38"]
    assert not CANARY.search(" ".join(prices))


@pytest.mark.parametrize("shown", ["${:,.2f}", "{:.2f}", "{}", "salary: {}, next", "[{}]"])
def test_a_salary_is_found_however_it_is_written(db: Connection, shown: str) -> None:
    salary = float(_one(db, "SELECT MAX(annual_salary) FROM employees"))
    assert CANARY.search(shown.format(salary))


def test_descriptions_are_comments(db: Connection) -> None:
    for table in CATALOG.tables.values():
        comment = f"SELECT comment FROM duckdb_tables() WHERE table_name = '{table.name}'"
        assert _one(db, comment) == table.description
    columns = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'sales'"
    assert dict(db.execute(columns).fetchall()) == {
        c.name: c.description for c in CATALOG.tables["sales"].columns
    }


# ---------------------------------------------------------------- the same every time


def test_seeding_twice_gives_the_same_rows_in_the_same_order(report: SeedReport, tmp_path: Path) -> None:
    again = seed(tmp_path / "w.duckdb", progress=False)
    assert _contents(again.path) == _contents(report.path)


def test_another_table_leaves_the_rows_of_the_others_alone(tmp_path: Path, small_catalog: Path) -> None:
    before = _contents(seed(tmp_path / "a.duckdb", small_catalog, progress=False).path)
    larger = _subset()
    larger["tables"] = {"carriers": RAW["tables"]["carriers"], **larger["tables"]}
    small_catalog.write_text(yaml.safe_dump(larger, sort_keys=False), encoding="utf-8")
    after = _contents(seed(tmp_path / "b.duckdb", small_catalog, progress=False).path)
    assert after.pop("carriers")
    assert after == before


def test_rows_follow_the_catalogues_row_count(tmp_path: Path, small_catalog: Path) -> None:
    small_catalog.write_text(small_catalog.read_text().replace("rows: 900", "rows: 1234"))
    report = seed(tmp_path / "w.duckdb", small_catalog, progress=False)
    with duckdb.connect(str(report.path), read_only=True) as connection:
        assert _one(connection, "SELECT COUNT(*) FROM salary_changes") == 1234


# ---------------------------------------------------------------- whole or not at all


def test_a_finished_seed_is_current(report: SeedReport) -> None:
    assert is_current(report.path)
    with duckdb.connect(str(report.path), read_only=True) as connection:
        connection.execute("SELECT COUNT(*) FROM sales")
    assert is_current(report.path), "reading must not change it"


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def _flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _insert_a_row(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO regions VALUES (99, 'Nowhere', 'Nowhere')")


@pytest.mark.parametrize(
    "harm",
    [
        _truncate,
        _flip_a_byte,
        _insert_a_row,
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: stamp_path(path).unlink(),
        lambda path: stamp_path(path).write_text("{"),
        lambda path: stamp_path(path).write_text("[]"),
        lambda path: path.with_name(path.name + ".wal").write_bytes(b"pending"),
    ],
)
def test_anything_but_a_finished_seed_is_not_current(
    tmp_path: Path, small_catalog: Path, harm: Callable[[Path], object]
) -> None:
    path = tmp_path / "w.duckdb"
    seed(path, small_catalog, progress=False)
    assert is_current(path, small_catalog)
    harm(path)
    assert not is_current(path, small_catalog)
    seed(path, small_catalog, progress=False)
    assert is_current(path, small_catalog)
    assert _others(tmp_path) == []


def test_another_catalogue_asks_for_another_seed(tmp_path: Path, small_catalog: Path) -> None:
    path = seed(tmp_path / "w.duckdb", small_catalog, progress=False).path
    before = fingerprint(small_catalog)
    small_catalog.write_text(small_catalog.read_text().replace("Key of the region", "Number of the region"))
    assert fingerprint(small_catalog) != before
    assert not is_current(path, small_catalog)
    assert not is_current(path, tmp_path / "missing.yaml")


def test_killed_midway_is_detected_and_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    process = _process(SEED + RUN, path)
    while process.poll() is None and not list(tmp_path.glob(".w.duckdb.*")):
        time.sleep(0.01)
    process.kill()
    assert process.wait() == (-signal.SIGKILL if os.name == "posix" else 1), process.stderr
    assert _others(tmp_path), "it was to be killed while its temporary file was there"
    assert not path.exists()
    assert not is_current(path)
    report = seed(path, progress=False)
    assert is_current(path)
    assert report.rows == sum(t.rows or 0 for t in CATALOG.tables.values())
    assert _others(tmp_path) == []


@pytest.mark.parametrize("step", ["os.replace", "write_stamp"])
@pytest.mark.parametrize("over", ["nothing", "an older seed"])
def test_killed_at_each_step_the_file_is_whole_or_rebuilt(
    tmp_path: Path, small_catalog: Path, step: str, over: str
) -> None:
    path = tmp_path / "w.duckdb"
    if over == "an older seed":
        seed(path, small_catalog, progress=False)
        small_catalog.write_text(small_catalog.read_text() + "\n# changed\n")
    # the process ends at once, as if killed: no clean-up runs
    process = _process(SEED + f"import os\ns.{step} = lambda *a: os._exit(9)\n" + RUN, path, small_catalog)
    assert process.wait() == 9
    assert not is_current(path, small_catalog)
    seed(path, small_catalog, progress=False)
    assert is_current(path, small_catalog)
    assert _others(tmp_path) == []


def test_interrupted_it_cleans_up_and_keeps_what_was_there(
    tmp_path: Path, small_catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = seed(tmp_path / "w.duckdb", small_catalog, progress=False).path

    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seed_module, "_flush", interrupt)
    with pytest.raises(KeyboardInterrupt):
        seed(path, small_catalog, progress=False)
    assert is_current(path, small_catalog)
    assert _others(tmp_path) == []


def test_two_seeds_at_once_leave_one_whole_file(tmp_path: Path, small_catalog: Path) -> None:
    path = tmp_path / "w.duckdb"
    processes = [_process(SEED + RUN, path, small_catalog) for _ in range(2)]
    results = [(p.wait(), p.stderr.read() if p.stderr else "") for p in processes]
    assert results == [(0, "")] * 2
    assert is_current(path, small_catalog)
    assert _others(tmp_path) == []


# ---------------------------------------------------------------- what can go wrong


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path, small_catalog: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match="Cannot write .*w.duckdb.*folder can be written"):
        seed(tmp_path / "file" / "w.duckdb", small_catalog, progress=False)


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
def test_a_full_disk_is_one_clear_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
    process = _process(SEED + limit + RUN, tmp_path / "w.duckdb")
    _, stderr = process.communicate()
    assert process.returncode == 1
    assert re.fullmatch(r"demo_lib.errors.DemoError: Cannot write .*", stderr.strip().splitlines()[-1])
    assert _others(tmp_path) == []
    assert not (tmp_path / "w.duckdb").exists()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("make: since hired_on", "make: since never", "employees.left_on"),
        ("make: '{person}'", "make: '{persona}'", "employees.employee_name"),
        ("references: regions.region_id", "references: planets.planet_id", "planets"),
        ("type: VARCHAR", "type: VARCHAR(", "VARCHAR"),
        ("references: stores.store_id", "references: salary_changes.salary_change_id", "cycle"),
    ],
)
def test_a_catalogue_at_fault_is_named(
    tmp_path: Path, small_catalog: Path, old: str, new: str, named: str
) -> None:
    text = small_catalog.read_text()
    assert old in text
    small_catalog.write_text(text.replace(old, new, 1))
    with pytest.raises(DemoError, match=rf"catalog\.yaml.*{re.escape(named)}"):
        seed(tmp_path / "w.duckdb", small_catalog, progress=False)
    assert _others(tmp_path) == []


def test_no_catalogue_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="No catalogue at .*nowhere.yaml"):
        seed(tmp_path / "w.duckdb", tmp_path / "nowhere.yaml", progress=False)


def test_the_progress_bar_goes_to_stderr(
    tmp_path: Path, small_catalog: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    seed(tmp_path / "w.duckdb", small_catalog, progress=True)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "rows" in shown.err


# ---------------------------------------------------------------- the DDL of other engines


def test_the_ddl_runs_in_sqlite() -> None:
    with sqlite3.connect(":memory:") as connection:
        for table in creation_order(CATALOG):
            connection.execute(create_table_sql(table, "sqlite"))
        [(tables,)] = connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'")
        keys = connection.execute("PRAGMA foreign_key_list(sales)").fetchall()
    assert tables == len(CATALOG.tables)
    assert {k[2] for k in keys} == {"time_dimension", "customers", "products", "stores"}


@pytest.mark.parametrize("dialect", ["postgres", "tsql", "duckdb"])
def test_the_ddl_is_sql_of_the_dialect(dialect: str) -> None:
    for table in CATALOG.tables.values():
        parsed = sqlglot.parse_one(create_table_sql(table, dialect), dialect=dialect)
        assert parsed.find(sqlglot.exp.Table).name == table.name  # type: ignore[union-attr]
        assert len(list(parsed.find_all(sqlglot.exp.ColumnDef))) == len(table.columns)
        assert len(list(parsed.find_all(sqlglot.exp.ForeignKey))) == len(table.foreign_keys)
