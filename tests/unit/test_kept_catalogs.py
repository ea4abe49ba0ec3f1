"""A catalogue is read once and kept until the database changes; what was kept is never trusted blindly."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from postgres_server import Server

from demo_lib.databases import Database, connect, kept_catalogs
from demo_lib.databases.introspection import MANY_TABLES, looked_at
from demo_lib.databases.kept_catalogs import introspected
from demo_lib.retrieval.catalog import Catalog

MADE = [
    "CREATE TABLE boats (boat_id integer PRIMARY KEY, kind varchar(20), owner_email varchar(40))",
    "INSERT INTO boats VALUES (1, 'sloop', 'a@example.org'), (2, 'ketch', 'b@example.org')",
]


class Harbour:
    """A database of one engine that can be changed from beside."""

    def __init__(self, url: str, change: list[str], server: Server | None, path: Path) -> None:
        self.url, self.server, self.path = url, server, path
        self.change(*change)

    def change(self, *statements: str) -> None:
        if self.server:
            with self.server.admin("harbour") as admin:
                for sql in statements:
                    admin.execute(sql.encode())
            return
        with (duckdb.connect if self.url.startswith("duckdb") else sqlite3.connect)(str(self.path)) as database:
            for sql in statements:
                database.execute(sql)

    def read(self) -> tuple[Catalog, int]:
        """The catalogue, and how often the database was really looked at for it."""
        with connect(self.url) as database:
            looked = Looked(database)
            return introspected(looked), looked.times  # type: ignore[arg-type]


class Looked:
    """A database that counts."""

    def __init__(self, database: Database) -> None:
        self.database, self.url, self.times = database, database.url, 0

    def schema_version(self) -> str:
        return self.database.schema_version()

    def introspect(self) -> Catalog:
        self.times += 1
        return self.database.introspect()


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def harbour(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harbour]:
    monkeypatch.setattr(kept_catalogs, "FOLDER", tmp_path / "kept")
    path = tmp_path / "harbour.db"
    if request.param != "postgresql":
        yield Harbour(f"{request.param}:///{path}", MADE, None, path)
        return
    server: Server = request.getfixturevalue("postgres")
    with server.admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS harbour WITH (FORCE)")
        admin.execute("CREATE DATABASE harbour")
    yield Harbour(server.url("harbour"), MADE, server, path)


def test_it_is_read_once_and_again_after_a_change(harbour: Harbour) -> None:
    first, times = harbour.read()
    assert times == 1 and first.tables["boats"].columns[1].values == ("ketch", "sloop")
    assert harbour.read() == (first, 0)
    harbour.change("ALTER TABLE boats ADD COLUMN built integer")
    second, times = harbour.read()
    assert times == 1 and [c.name for c in second.tables["boats"].columns][-1] == "built"
    harbour.change("CREATE TABLE berths (berth_id integer)")
    assert "berths" in harbour.read()[0].tables
    assert harbour.read()[1] == 0


def test_a_thousand_tables_are_read_in_seconds_and_the_kept_ones_at_once(harbour: Harbour) -> None:
    piers = [
        f"CREATE TABLE pier_{i} (pier_{i}_id integer PRIMARY KEY, name varchar(20), "
        f"beside_id integer REFERENCES pier_{max(i - 1, 0)}(pier_{max(i - 1, 0)}_id))"
        for i in range(1_000)
    ]
    harbour.change("BEGIN", *piers, "COMMIT")
    began = time.monotonic()
    read, times = harbour.read()
    took = time.monotonic() - began
    assert times == 1 and len(read.tables) == 1_001 and read.neighbours("pier_500") == ["pier_499", "pier_501"]
    assert took < 20  # 0.4 to 1.3 s on two cores that do nothing else
    began = time.monotonic()
    again, times = harbour.read()
    assert times == 0 and again.tables == read.tables
    assert time.monotonic() - began < took


def test_hundreds_of_tables_have_a_progress_bar_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(tables: int, terminal: bool) -> str:
        stderr = io.StringIO()
        monkeypatch.setattr(stderr, "isatty", lambda: terminal)
        monkeypatch.setattr("sys.stderr", stderr)
        assert list(looked_at(range(tables))) == list(range(tables))
        return stderr.getvalue()

    assert "Reading the catalogue" in shown(MANY_TABLES, terminal=True)
    assert shown(MANY_TABLES, terminal=False) == shown(MANY_TABLES - 1, terminal=True) == ""


def test_what_is_kept_holds_no_closed_value_and_is_for_ones_own_user(harbour: Harbour) -> None:
    harbour.read()
    (kept,) = kept_catalogs.FOLDER.iterdir()
    text = kept.read_text()
    assert "boats" in text and "example.org" not in text and "admin of the tests" not in text
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": "x"}', "\0\0"])
def test_what_is_damaged_or_old_is_read_anew(harbour: Harbour, damage: str) -> None:
    first, _ = harbour.read()
    (kept,) = kept_catalogs.FOLDER.iterdir()
    kept.write_text(damage)
    assert harbour.read() == (first, 1)
    os.utime(kept, (time.time() - 2 * kept_catalogs.MOST_SECONDS,) * 2)
    assert harbour.read() == (first, 1)


def test_a_folder_that_cannot_be_written_is_no_trouble(harbour: Harbour) -> None:
    kept_catalogs.FOLDER.write_text("a file stands here")
    assert harbour.read()[1] == 1 and harbour.read()[1] == 1


def test_only_so_many_are_kept(harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_catalogs, "MOST_DATABASES", 1)
    kept_catalogs.FOLDER.mkdir()
    other = kept_catalogs.FOLDER / "other.json"
    other.write_text("{}")
    os.utime(other, (0, 0))
    harbour.read()
    assert len(list(kept_catalogs.FOLDER.iterdir())) == 1 and not other.exists()
