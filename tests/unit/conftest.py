"""What the unit tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from postgres_server import Server, running_server

if TYPE_CHECKING:
    from tds import Double


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server, one for all tests of a process."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow store with the prompts as they come, to copy."""
    from dataclasses import replace

    from demo_lib import tracing
    from demo_lib.settings import Settings
    from demo_lib.stage.store import PRISTINE, copy_store

    store = tmp_path_factory.mktemp("store") / "mlflow.db"
    if PRISTINE.exists():
        copy_store(PRISTINE, store)
    tracing.setup(replace(Settings.from_env(), tracking_uri=f"sqlite:///{store.as_posix()}"))
    return store


@pytest.fixture
def own_store(fresh_store: Path, tmp_path: Path) -> Iterator[Path]:
    """An MLflow store of the test's own, whose prompts it may change; afterwards MLflow is back at the shared one."""
    from demo_lib import tracing
    from demo_lib.settings import Settings
    from demo_lib.stage.store import copy_store

    store = tmp_path / "mlflow.db"
    copy_store(fresh_store, store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store.as_posix()}")
        tracing.setup(Settings.from_env())
        yield store
    tracing.setup(Settings.from_env())


@pytest.fixture(scope="session")
def tds_shop() -> Iterator[Double]:
    """The TDS double over a small shop, one for all tests of a process. It is not SQL Server."""
    import mssql_shop

    double = mssql_shop.double()
    yield double
    double.close()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def seeded(request: pytest.FixtureRequest) -> str:
    """The kit's whole data on another engine, as the command line puts it there; its URL. Only read it."""
    # pytest makes a fixture with parameters anew for each file that asks for it; those behind it are made once
    return str(request.getfixturevalue(f"seeded_{request.param}"))


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The kit's whole data in an SQLite file."""
    return _seeded(f"sqlite:///{(tmp_path_factory.mktemp('seeded') / 'x.db').as_posix()}")


@pytest.fixture(scope="session")
def seeded_postgres(postgres: Server) -> str:
    """The kit's whole data in a database of the server."""
    with postgres.admin() as admin:
        admin.execute("CREATE DATABASE seeded")
    return _seeded(postgres.url("seeded"))


def _seeded(url: str) -> str:
    from demo_lib.cli import main

    with pytest.raises(SystemExit) as done:
        main(["seed", "--database", url])
    assert done.value.code == 0
    return url
