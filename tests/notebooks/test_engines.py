"""Every notebook runs on every engine, over the same data: told by its URL, and nothing else changed.

SQL Server is a test double here, behind the real pyodbc and the real driver: `tests/tds`. On a real one they run where
AZURE_SQL_CONNECTION_STRING names a database that `seed --database` has filled.
"""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import mssql_shop
import nbformat
import papermill
import pytest
from postgres_server import running_server
from tds import Double, Warehouse

from demo_lib.cli import main
from demo_lib.settings import PROJECT_ROOT

SOLUTIONS = sorted((PROJECT_ROOT / "notebooks" / "solutions").glob("[0-9]*.ipynb"))
"""The solved form has all cells of the exercise, and those of the stage but their warm-up."""
HERE = {"sqlite": ("00", "02", "05"), "postgresql": ("03", "04", "08"), "mssql": ("01", "06")}
"""Which run where: each notebook on one more engine than its own, for all on all would take CI beyond its quarter of an
hour. With TEST_ALL_NOTEBOOKS set, all run everywhere."""
ALL_EVERYWHERE = "TEST_ALL_NOTEBOOKS" in os.environ
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mssql": "SQL Server"}


@pytest.fixture(scope="module", params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our data on that engine, made by the command that the README names."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path_factory.mktemp('ours')}/ours.db"
        seed(found)
        yield found
        return
    if request.param == "mssql":
        if mssql_shop.missing():
            pytest.skip(f"SQL Server is not tested: {mssql_shop.missing()}")
        if real := mssql_shop.real_server():
            yield real
            return
        file = tmp_path_factory.mktemp("ours") / "ours.duckdb"
        seed(f"duckdb:///{file}")
        double = Double(Warehouse(file, "ours"))
        yield mssql_shop.url(double, database="ours")
        double.close()
        return
    with running_server() as server:
        with server.admin() as admin:
            admin.execute("CREATE DATABASE ours")
        seed(server.url("ours"))
        yield server.url("ours")


def seed(url: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["seed", "--database", url])
    assert ended.value.code == 0


def test_each_notebook_runs_on_one_engine_more_at_least() -> None:
    assert {path.stem[:2] for path in SOLUTIONS} == {number for numbers in HERE.values() for number in numbers}


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_it_runs_there_and_every_exercise_is_right(path: Path, url: str, tmp_path: Path) -> None:
    engine = url.partition(":")[0]
    if not (path.stem.startswith(HERE[engine]) or ALL_EVERYWHERE):
        pytest.skip("on all engines only with TEST_ALL_NOTEBOOKS set")
    out = tmp_path / path.name
    papermill.execute_notebook(path, out, parameters={"database_url": url}, cwd=path.parent, progress_bar=False)
    printed = "".join(
        str(output.get("text", ""))
        for cell in nbformat.read(out, 4).cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    assert f"on {ENGINES[engine]}" in printed  # the header says where the data is
    assert printed.count("✓ Right") == 2 and "→ Not yet" not in printed
