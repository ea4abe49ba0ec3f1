"""Seeding SQL Server: the real pyodbc and Microsoft's driver against the TDS double, which is not SQL Server.

What holds for every engine is in `test_seed_databases.py`, which runs on the double, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import mssql_shop
import pytest
from mssql_shop import run_t_sql
from small_seed import SMALL, write_small_catalog
from tds import Double

from demo_lib.databases import connect
from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import WITHHELD, Column, Table
from demo_lib.seed import stamp
from demo_lib.seed.writers import seeding
from demo_lib.seed.writers.seeding import seed_database
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

if mssql_shop.missing():
    pytest.skip(f"SQL Server is not tested: {mssql_shop.missing()}", allow_module_level=True)

REAL = mssql_shop.real_server()


@pytest.fixture(scope="module")
def small_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_catalog(tmp_path_factory.mktemp("small") / "catalog.yaml")


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, small_catalog: Path) -> Iterator[str]:
    """The double's database, seeded with the small catalogue."""
    with mssql_shop.empty_server(tmp_path_factory.mktemp("server")) as url:
        seed_database(url, small_catalog, progress=False)
        yield url


def contents(url: str) -> dict[str, list[Any]]:
    return {name: run_t_sql(url, f"SELECT * FROM {name}") for name in [*SMALL, stamp.STAMP.name]}


def test_the_values_are_those_of_duckdb_and_of_its_types(seeded: str, small_catalog: Path, tmp_path: Path) -> None:
    """Decimals, dates, NULLs and what refers to its own table; with the types that the wire gives."""
    import duckdb

    seed_database(f"duckdb:///{(tmp_path / 'x.duckdb').as_posix()}", small_catalog, progress=False)
    with duckdb.connect(tmp_path / "x.duckdb", read_only=True) as there:
        wanted = {name: there.execute(f"SELECT * FROM {name}").fetchall() for name in SMALL}
    found = contents(seeded)
    assert {name: found[name] for name in SMALL} == wanted
    assert any(value is None for row in wanted["employees"] for value in row)
    assert [[type(v) for v in row] for row in found["salary_changes"]] == [
        [type(v) for v in row] for row in wanted["salary_changes"]
    ]


@pytest.mark.parametrize("driver", mssql_shop.drivers())
def test_both_drivers_bring_every_value(driver: str | None, tmp_path: Path) -> None:
    """FreeTDS is sent every row by itself: it crashes on arrays."""
    catalog = write_small_catalog(tmp_path / "catalog.yaml", SMALL[:2])
    with mssql_shop.empty_server(tmp_path) as url:
        done = seed_database(f"{url}&Driver={driver}" if driver else url, catalog, progress=False)
        assert run_t_sql(url, "SELECT COUNT(*), MAX(region_name) FROM regions") == [(6, "West")]
        assert done.rows == 6 + run_t_sql(url, "SELECT COUNT(*) FROM stores")[0][0]
        assert run_t_sql(url, "SELECT column_names FROM demo_seed WHERE table_name = 'regions'")[0][0].startswith("region_id, ")


def test_the_workshop_knows_it_as_ours_and_answers_as_on_duckdb(
    seeded: str, small_catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = stamp.fingerprint(small_catalog)
    with pytest.raises(DemoError, match=r"another version.*seed --database mssql://reader:\*\*\*@"), connect(seeded) as it:
        stamp.is_seeded(it)
    here = Workshop()
    questions = ("How many stores are there by region?", "How many employees do we have?")
    wanted = [here.ask(question) for question in questions]
    monkeypatch.setattr(stamp, "fingerprint", lambda *_: mark)  # as if the small catalogue were the kit's own
    there = Workshop(replace(Settings.from_env(), database=seeded))
    assert there.is_ours and there.catalog == here.catalog and there.policies == here.policies
    for question, other in zip(questions, wanted, strict=True):
        one = there.ask(question)
        assert one.table is not None and other.table is not None, (one.text, other.text)
        assert sorted(map(str, one.table.values.tolist())) == sorted(map(str, other.table.values.tolist()))


def test_tables_are_written_in_t_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of T-SQL's own as names, keys that have a length, apostrophes in descriptions, what is withheld."""
    from demo_lib.seed.writers.mssql import SQLServerWriter

    sent: list[str] = []
    monkeypatch.setattr(SQLServerWriter, "run", lambda self, batch: sent.append(batch))
    columns = (
        Column("code", "VARCHAR", primary_key=True), Column("user", "VARCHAR", "Who's who", sensitive=True),
        Column("plan", "VARCHAR", references="plans.code"), Column("price", "DECIMAL(10,2)"), Column("yes", "BOOLEAN"),
        Column("at", "TIMESTAMP"), Column("day", "DATE"), Column("share", "DOUBLE"),
    )  # fmt: skip
    SQLServerWriter(None, "").create(Table("order", columns, "Orders"))  # type: ignore[arg-type]
    table, *described = sent[0].split("; ")
    assert table == (
        "CREATE TABLE [dbo].[order] ([code] NVARCHAR(400) PRIMARY KEY, [user] NVARCHAR(4000), [plan] NVARCHAR(400), "
        "[price] NUMERIC(10, 2), [yes] BIT, [at] DATETIME2, [day] DATE, [share] FLOAT, "
        "FOREIGN KEY ([plan]) REFERENCES [dbo].[plans] ([code]))"
    )
    assert len(described) == 2 and "N'Orders', @level0type = N'SCHEMA', @level0name = N'dbo'" in described[0]
    assert f"N'Who''s who {WITHHELD}'" in described[1] and described[1].endswith("@level2name = N'user'")


@pytest.mark.parametrize("where", ["in an array of rows", "at the commit"])
def test_a_seed_that_fails_midway_leaves_the_old_data(
    seeded: str, small_catalog: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    run_t_sql(seeded, "UPDATE regions SET region_name = N'Zoë 🙂' WHERE region_id = 1")
    before, real = contents(seeded), seeding.with_progress

    def spoilt(*given: Any) -> Iterator[Any]:
        for table, frame in real(*given):
            key = table.columns[0].name
            if table.name == SMALL[-1]:  # the rest is there by then
                frame.loc[frame.index[-1], key] = frame[key].iloc[0]
            yield table, frame

    with monkeypatch.context() as patch:
        if where == "at the commit":
            from demo_lib.seed.writers.mssql import SQLServerWriter

            # the server has rolled back, and nobody has told
            patch.setattr(SQLServerWriter, "finish", lambda self, names: self.run("ROLLBACK TRANSACTION"))
        else:
            patch.setattr(seeding, "with_progress", spoilt)
        with pytest.raises(DemoError, match=r"reader:\*\*\*@.*cannot be seeded \(.*\)\. Nothing was changed\.$") as caught:
            seed_database(seeded, small_catalog, progress=False, force=True)
    assert contents(seeded) == before and "\n" not in str(caught.value)


def test_a_table_of_ones_own_that_refers_to_ours_is_kept_and_named_the_reason(seeded: str, small_catalog: Path) -> None:
    run_t_sql(seeded, "CREATE TABLE mine (region_id INT REFERENCES regions (region_id))", "INSERT INTO mine VALUES (1)")
    before = contents(seeded)
    with pytest.raises(DemoError, match="Something of yours refers to its tables"):
        seed_database(seeded, small_catalog, progress=False, force=True)
    assert run_t_sql(seeded, "SELECT region_id FROM mine") == [(1,)] and contents(seeded) == before
    run_t_sql(seeded, "DROP TABLE mine")


def test_a_login_that_may_not_write_is_told_so_and_reads_go_to_a_replica(tds_shop: Double, small_catalog: Path) -> None:
    with pytest.raises(DemoError, match="permission denied.*must be allowed to create tables"):
        seed_database(mssql_shop.url(tds_shop), small_catalog, progress=False, force=True)
    assert not tds_shop.logins[-1].read_only_intent  # a replica could not be written to
    with connect(mssql_shop.url(tds_shop)) as reader:
        assert tds_shop.logins[-1].read_only_intent and len(reader.introspect().tables["regions"].columns) == 2


@pytest.mark.skipif(not REAL, reason="no real SQL Server: set AZURE_SQL_CONNECTION_STRING")
def test_a_real_server_takes_the_seed_or_says_that_the_login_may_not(small_catalog: Path) -> None:
    with connect(REAL) as database:
        if {*SMALL, stamp.STAMP.name} & set(database.introspect().tables):
            pytest.skip("it has tables of these names, which would be replaced: use an empty database")
    try:
        seed_database(REAL, small_catalog, progress=False)
    except DemoError as error:
        assert "must be allowed to create tables" in str(error)
        return
    try:
        assert seed_database(REAL, small_catalog, progress=False).seconds == 0  # it is whole
        assert run_t_sql(REAL, "SELECT COUNT(*) FROM sys.extended_properties WHERE name = 'MS_Description'")[0][0] > 6
    finally:
        run_t_sql(REAL, *(f"DROP TABLE dbo.{name}" for name in [stamp.STAMP.name, *reversed(SMALL)]))
