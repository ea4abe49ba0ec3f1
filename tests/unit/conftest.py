"""What the unit tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres_server import Server, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server, one for all tests of a process."""
    with running_server() as server:
        yield server
