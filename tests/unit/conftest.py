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
