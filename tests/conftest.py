"""Every test runs offline, whatever keys are set, against a trace store of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

for variable in list(os.environ):
    if variable.startswith(("DEMO_", "OPENAI_", "AZURE_OPENAI_", "MLFLOW_")):
        del os.environ[variable]
os.environ["DEMO_MODEL"] = "offline"
# whoever starts the tests in the background may have had Ctrl-C ignored, and children would inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["MPLBACKEND"] = "Agg"

from demo_lib.databases import kept_catalogs  # noqa: E402
from demo_lib.settings import prepare_environment  # noqa: E402
from demo_lib.stage.store import PRISTINE, copy_store  # noqa: E402

prepare_environment()

_folder = Path(tempfile.mkdtemp(prefix="demo-tests-"))
STORE = _folder / "mlflow.db"
if PRISTINE.exists():  # spares each test process MLflow's migrations
    copy_store(PRISTINE, STORE)
kept_catalogs.FOLDER = _folder / "catalogs"
os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{STORE}"


def pytest_unconfigure() -> None:
    shutil.rmtree(_folder, ignore_errors=True)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse every connection beyond this machine, and list the ones that were tried."""
    tried: list[str] = []
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo
    local = ("127.", "localhost", "::1")

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(local):
            tried.append(str(host))
            raise OSError(f"no network in this test: {host}")
        real_connect(self, address)  # type: ignore[arg-type]

    def lookup(host: object, *rest: object, **named: object) -> object:
        if host and not str(host).startswith(local):
            tried.append(str(host))
            raise socket.gaierror(f"no network in this test: {host}")
        return real_lookup(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield tried
