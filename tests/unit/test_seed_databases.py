"""Seeding by URL: the same rows on every engine, all or nothing, and nobody else's table is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import mssql_shop
import psycopg
import pytest
import yaml
from postgres_server import Server
from small_seed import SMALL, write_small_catalog

from demo_lib.cli import main
from demo_lib.databases import connect
from demo_lib.databases.postgres_role import role_statements
from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.guardrails import Policy
from demo_lib.retrieval.catalog import WITHHELD, Catalog
from demo_lib.seed import fingerprint, is_seeded
from demo_lib.seed.stamp import DEFAULT_CATALOG, STAMP
from demo_lib.seed.writers import seeding
from demo_lib.seed.writers.seeding import seed_database
from demo_lib.settings import PROJECT_ROOT, Settings
from demo_lib.workshop import Workshop

ENGINES = ["duckdb", "sqlite", "postgres", pytest.param("mssql", marks=mssql_shop.needs_a_driver)]


@pytest.fixture(scope="module")
def small_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of a few tables, seeded in a blink."""
    return write_small_catalog(tmp_path_factory.mktemp("small") / "catalog.yaml")


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each engine; the files are not even there."""
    if request.param == "mssql":
        with mssql_shop.empty_server(tmp_path) as served:
            yield served
        return
    if request.param != "postgres":
        yield f"{request.param}:///{(tmp_path / 'a folder' / 'x.db').as_posix()}"
        return
    server: Server = request.getfixturevalue("postgres")
    name = f"seeded_{os.getpid()}_{abs(hash(request.node.name))}"
    with server.admin() as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    yield server.url(name)
    with server.admin() as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def run_sql(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements past the kit, each by itself; the rows of the last."""
    engine, _, rest = url.partition("://")
    if engine == "postgresql":
        with psycopg.connect(url, autocommit=True) as server:
            for statement in statements:
                done = server.execute(statement.encode())
            return done.fetchall() if done.description else []
    if engine == "mssql":
        return mssql_shop.run_t_sql(url, *statements)
    opened: Any = sqlite3.connect if engine == "sqlite" else duckdb.connect
    Path(rest[1:]).parent.mkdir(exist_ok=True)
    with closing(opened(rest[1:])) as file:
        for statement in statements:
            found = file.execute(statement).fetchall()
        if engine == "sqlite":
            file.commit()
        return list(found)


def contents(url: str, tables: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, in the order in which the database gives them, with SQLite's few types for values."""
    return {t: [tuple(map(_plain, row)) for row in run_sql(url, f"SELECT * FROM {t}")] for t in tables}


def _plain(value: Any) -> Any:
    if isinstance(value, bool | Decimal):
        return float(value)
    return str(value) if isinstance(value, date | datetime) else value


# ---------------------------------------------------------------------------------------------- what is in it


def test_every_engine_holds_the_same_rows_in_the_same_order(
    small_catalog: Path, postgres: Server, tmp_path: Path
) -> None:
    with postgres.admin() as admin:
        admin.execute("CREATE DATABASE same_rows")
    urls = [f"{e}:///{(tmp_path / e).as_posix()}" for e in ("duckdb", "sqlite")] + [postgres.url("same_rows")]
    done = [seed_database(url, small_catalog, progress=False) for url in urls]
    assert len({(d.tables, d.rows) for d in done}) == 1 and done[0].rows > 1_000
    first, *others = [contents(url, SMALL) for url in urls]
    assert all(other == first for other in others)


def test_keys_hold_and_descriptions_and_what_is_withheld_are_in_the_database(url: str, small_catalog: Path) -> None:
    seed_database(url, small_catalog, progress=False)
    catalog = Catalog.from_file(small_catalog)
    with connect(url) as database:
        found = database.introspect()
    assert set(found.tables) == {*SMALL, STAMP.name}
    for name, table in catalog.tables.items():
        assert found.tables[name].description == table.description
        assert found.tables[name].rows == table.rows
        assert found.tables[name].foreign_keys == table.foreign_keys
        for column, told in zip(table.columns, found.tables[name].columns, strict=True):
            note = f"{column.description} {WITHHELD}" if column.sensitive else column.description
            assert (told.name, told.description, told.primary_key) == (column.name, note, column.primary_key)
            assert told.sensitive or not column.sensitive
    if url.startswith("sqlite"):
        assert run_sql(url, "PRAGMA foreign_key_check") == []  # the others check when they load


# -------------------------------------------------------------------------------------------- again, and beside others


def test_what_is_whole_is_left_alone_and_what_is_not_is_made_again(url: str, small_catalog: Path) -> None:
    said: list[str] = []
    assert seed_database(url, small_catalog, progress=False, tell=said.append).seconds > 0
    again = seed_database(url, small_catalog, progress=False, tell=said.append)
    assert again.seconds == 0 and (again.tables, len(said)) == (len(SMALL), 1)
    before = contents(url, SMALL)
    run_sql(url, "DELETE FROM salary_changes WHERE salary_change_id = 1")
    assert seed_database(url, small_catalog, progress=False, tell=said.append).seconds > 0
    assert contents(url, SMALL) == before and f"in the place of {len(SMALL)} that an earlier seed made" in said[-1]
    run_sql(url, "DROP TABLE salary_changes")
    assert seed_database(url, small_catalog, progress=False).seconds > 0
    assert seed_database(url, small_catalog, progress=False, force=True).seconds > 0
    assert contents(url, SMALL) == before


def test_tables_of_other_names_stay_and_a_table_that_is_no_longer_ours_goes(
    url: str, small_catalog: Path, tmp_path: Path
) -> None:
    run_sql(url, "CREATE TABLE precious (a INTEGER)", "INSERT INTO precious VALUES (42)")
    seed_database(url, small_catalog, progress=False)
    less = tmp_path / "less.yaml"
    whole = yaml.safe_load(small_catalog.read_text(encoding="utf-8"))
    del whole["tables"]["salary_changes"]
    less.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
    assert seed_database(url, less, progress=False).tables == len(SMALL) - 1
    assert run_sql(url, "SELECT * FROM precious") == [(42,)]
    with connect(url) as database:
        assert set(database.introspect().tables) == {*SMALL, STAMP.name, "precious"} - {"salary_changes"}


@pytest.mark.parametrize("when", ["before", "after a seed"])
def test_a_table_that_seed_did_not_make_is_not_replaced_unless_forced(url: str, small_catalog: Path, when: str) -> None:
    if when != "before":
        seed_database(url, small_catalog, progress=False)
        run_sql(url, "DROP TABLE salary_changes")
    run_sql(url, "CREATE TABLE salary_changes (mine INTEGER)", "INSERT INTO salary_changes VALUES (42)")
    with pytest.raises(DemoError, match="has the table salary_changes of its own.*Nothing was changed.*--force"):
        seed_database(url, small_catalog, progress=False)
    assert run_sql(url, "SELECT * FROM salary_changes") == [(42,)]
    said: list[str] = []
    seed_database(url, small_catalog, progress=False, force=True, tell=said.append)
    assert len(run_sql(url, "SELECT * FROM salary_changes")) > 100
    assert "in the place of the table salary_changes that seed did NOT make" in said[0]


def test_a_view_of_a_tables_name_is_not_dropped_even_where_forced(url: str, small_catalog: Path) -> None:
    run_sql(url, "CREATE VIEW regions AS SELECT 1 AS one")
    for force in (False, True):
        with pytest.raises(DemoError, match="regions"):
            seed_database(url, small_catalog, progress=False, force=force)
    assert run_sql(url, "SELECT * FROM regions") == [(1,)]


# ---------------------------------------------------------------------------------------------- all or nothing

KILLED = """
import os, signal, sys
from pathlib import Path
from demo_lib.seed.writers import seeding as into
url, catalog, step = sys.argv[1:]
class Dies:
    def __init__(self, writer): self.writer = writer
    def __getattr__(self, name):
        if name == step: self.seen = self.__dict__.get("seen", 0) + 1
        if name == step and self.seen == (5 if step == "load" else 1): os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self.writer, name)
real = into.opened
from contextlib import contextmanager
@contextmanager
def opened(url):
    with real(url) as writer: yield Dies(writer)
    os.kill(os.getpid(), signal.SIGKILL)
into.opened = opened
into.seed_database(url, Path(catalog), progress=False, force=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
@pytest.mark.parametrize("step", ["load", "finish", "nothing, it is all done"])
def test_killed_at_any_point_it_leaves_the_old_data_or_the_new(url: str, small_catalog: Path, step: str) -> None:
    seed_database(url, small_catalog, progress=False)
    before = contents(url, SMALL)
    run_sql(url, "UPDATE regions SET region_name = 'Atlantis' WHERE region_id = 1")
    changed = contents(url, ["regions"])["regions"]
    command = [sys.executable, "-c", KILLED, url, str(small_catalog), step]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with connect(url) as database:  # the reader, which may not repair anything, is the first to look
        assert set(database.introspect().tables) == {*SMALL, STAMP.name}
    assert contents(url, ["regions"])["regions"] == (before["regions"] if step.startswith("nothing") else changed)
    seed_database(url, small_catalog, progress=False, force=True)
    assert contents(url, SMALL) == before


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_killed_in_the_midst_of_many_rows_an_sqlite_file_is_as_it_was(tmp_path: Path) -> None:
    """By then megabytes have been written to the disk, of which nothing may be seen."""
    path = tmp_path / "x.db"
    run_sql(f"sqlite:///{path.as_posix()}", "CREATE TABLE mine (a)", "INSERT INTO mine VALUES (42)")
    code = "import sys; from demo_lib.seed.writers.seeding import seed_database as s; s(sys.argv[1], progress=False)"
    process = subprocess.Popen([sys.executable, "-c", code, f"sqlite:///{path.as_posix()}"], cwd=PROJECT_ROOT)
    written = path.with_name("x.db-wal")
    while process.poll() is None and not (written.exists() and written.stat().st_size > 1_000_000):
        pass
    process.kill()
    assert process.wait() == -signal.SIGKILL
    with connect(f"sqlite:///{path.as_posix()}") as database:
        assert {n: t.rows for n, t in database.introspect().tables.items()} == {"mine": 1}


def test_interrupted_it_changes_nothing(url: str, small_catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed_database(url, small_catalog, progress=False)
    before = contents(url, SMALL)

    def interrupted(*_: object) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(seeding, "with_progress", interrupted)
        with pytest.raises(KeyboardInterrupt):
            seed_database(url, small_catalog, progress=False, force=True)
    assert contents(url, SMALL) == before


def test_a_new_file_that_could_not_be_filled_is_not_there(
    tmp_path: Path, small_catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Any:
        raise ValueError("off")

    monkeypatch.setattr(seeding, "with_progress", failing)
    for engine in ("sqlite", "duckdb"):
        with pytest.raises(DemoError, match="does not fit together: off"):
            seed_database(f"{engine}:///{(tmp_path / engine).as_posix()}", small_catalog, progress=False)
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------- what can go wrong


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_what_is_no_database_is_said_to_be_so_and_left_alone(engine: str, tmp_path: Path, small_catalog: Path) -> None:
    for name, content in {"text": b"hello, this is a letter, and it is not short " * 99, "none": None}.items():
        path = tmp_path / name
        path.write_bytes(content) if content else path.mkdir()
        with pytest.raises(DemoError, match=str(path)):
            seed_database(f"{engine}:///{path.as_posix()}", small_catalog, progress=False)
        assert path.is_dir() if content is None else path.read_bytes() == content
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match="file"):
        seed_database(f"{engine}:///{(tmp_path / 'file' / 'x').as_posix()}", small_catalog, progress=False)


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://two.db", "", "sqlite:///:memory:"])
def test_a_url_that_is_off_is_a_usage_error(url: str, small_catalog: Path) -> None:
    with pytest.raises(UsageError):
        seed_database(url, small_catalog, progress=False)


def test_a_login_that_may_not_write_is_told_so(postgres: Server, small_catalog: Path) -> None:
    with postgres.admin() as admin:
        admin.execute("CREATE ROLE seed_guest LOGIN PASSWORD 'guest'; CREATE ROLE seed_reader LOGIN PASSWORD 'guest'")
        admin.execute("ALTER ROLE seed_reader SET default_transaction_read_only = on")
    with pytest.raises(DemoError, match=r"\*\*\*.*permission denied.*must be allowed to create tables") as caught:
        seed_database(postgres.url("postgres", "seed_guest", "guest"), small_catalog, progress=False)
    assert "guest@" not in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(DemoError, match="only lets read"):
        seed_database(postgres.url("postgres", "seed_reader", "guest"), small_catalog, progress=False)


def test_a_view_of_ones_own_over_our_tables_is_not_dropped(postgres: Server, small_catalog: Path) -> None:
    with postgres.admin() as admin:
        admin.execute("CREATE DATABASE with_a_view")
    url = postgres.url("with_a_view")
    seed_database(url, small_catalog, progress=False)
    run_sql(url, "CREATE VIEW mine AS SELECT count(*) FROM salary_changes")
    with pytest.raises(DemoError, match="builds on its tables"):
        seed_database(url, small_catalog, progress=False, force=True)


# --------------------------------------------------------------------------------------------- asked, it is ours


def test_a_seeded_database_is_known_as_ours_on_any_engine(seeded: str) -> None:
    there, here = Workshop(replace(Settings.from_env(), database=seeded)), Workshop()
    assert there.is_ours and there.catalog == here.catalog
    assert list(there.policies) == ["sales", "analytics"] and there.policies == here.policies
    assert there.glossary == here.glossary and there.today == here.today
    assert there.provenance["demo.data"] == here.provenance["demo.data"]
    assert there.ask("List the license plate of all vehicles").sql is None


@pytest.mark.parametrize(
    "question",
    [
        "What were total sales last quarter?",
        "Revenue by region in 2024",
        "Sales by day in January 2025",
        "Sales by week in 2025",
        "Sales by month in 2024",
        "Sales by quarter in 2024",
        "Number of sales per weekday",
        "Median amount of sales by channel",
        "Average quantity of sales by channel",
        "Customers without sales",
        "Share of sales by channel in 2024",
        "Return rate by month in 2024",
        "Return rate by quarter and category",
    ],
)
def test_the_answers_are_those_of_duckdb(seeded: str, question: str, here: Workshop) -> None:
    there = Workshop(replace(Settings.from_env(), database=seeded))
    one, other = there.ask(question), here.ask(question)
    assert one.table is not None and other.table is not None, (one.text, other.text)
    assert same_result(one.table, other.table), (one.sql, other.sql)


@pytest.fixture(scope="module")
def here() -> Workshop:
    """The kit's own warehouse."""
    return Workshop()


def test_the_command_says_what_it_will_do_and_what_it_did(seeded: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["seed", "--database", seeded])
    out, err = capsys.readouterr()
    assert "122 tables, 211,272 rows, there already and whole" in out and err == ""
    assert "tests@" not in out and "admin of" not in out


@pytest.mark.parametrize("seeded", ["postgres"], indirect=True)
def test_a_reader_of_the_kits_role_finds_the_stamp(seeded: str, postgres: Server) -> None:
    policy = Policy.from_catalog(Catalog.from_file(DEFAULT_CATALOG))
    with postgres.admin("seeded") as admin:
        for statement in role_statements(policy, "seed_asker", "seeded"):
            admin.execute(statement.encode())
        admin.execute("ALTER ROLE seed_asker PASSWORD 'asker'")
    mine = Workshop(replace(Settings.from_env(), database=postgres.url("seeded", "seed_asker", "asker")))
    assert mine.is_ours
    assert mine.ask("How many customers do we have?").table.values.tolist() == [[4000]]  # type: ignore[union-attr]


def test_data_of_another_version_are_refused_with_the_remedy(tmp_path: Path, small_catalog: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    seed_database(url, small_catalog, progress=False)
    assert fingerprint(small_catalog) != fingerprint()
    with connect(url) as database, pytest.raises(DemoError, match=r"another version.*seed --database sqlite:///"):
        is_seeded(database)
    with pytest.raises(DemoError, match="another version"):
        Workshop(replace(Settings.from_env(), database=url)).ask("How many regions are there?")


def test_a_database_of_ones_own_is_not_taken_for_ours(url: str) -> None:
    run_sql(url, "CREATE TABLE demo_seed (something INTEGER)", "INSERT INTO demo_seed VALUES (1)")
    with connect(url) as database:
        assert not is_seeded(database)
