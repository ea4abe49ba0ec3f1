"""What the unit tests share."""

from __future__ import annotations

from collections.abc import Iterator
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
def tds_shop() -> Iterator[Double]:
    """The TDS double over a small shop, one for all tests of a process. It is not SQL Server."""
    import mssql_shop

    double = mssql_shop.double()
    yield double
    double.close()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The kit's whole data on another engine, as the command line puts it there; its URL. Only read it."""
    from demo_lib.cli import main

    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        with server.admin() as admin:
            admin.execute("CREATE DATABASE seeded")
        url = server.url("seeded")
    else:
        url = f"sqlite:///{(tmp_path_factory.mktemp('seeded') / 'x.db').as_posix()}"
    with pytest.raises(SystemExit) as done:
        main(["seed", "--database", url])
    assert done.value.code == 0
    return url
