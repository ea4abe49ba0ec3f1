"""The double itself: listens on loopback, lets clients in, and does on demand what servers do on bad days."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .errors import SqlError
from .framing import Line
from .login import Login
from .session import Session
from .warehouse import Warehouse

_SECONDS_TO_END = 5
USER, PASSWORD = "reader", "Pw;{1}=p@ss/w:rd%?#é"


class Double:
    """A running double. What it was told by clients can be read off it; what it shall do to them can be set."""

    def __init__(self, warehouse: Warehouse, *, users: dict[str, str] | None = None, token: str = "an Entra token", port: int = 0) -> None:
        """users: passwords by name. token: the one federated token that is accepted. port: 0 means any that is free."""
        self.warehouse, self.users, self.token = warehouse, users or {USER: PASSWORD}, token
        self.denied: dict[str, frozenset[str]] = {}
        """By user: `schema.table.column` that may not be read."""
        self.writers: set[str] = set()
        """Users who are told that they may write. They may where the warehouse is `writable`, and nowhere else."""
        self.logins: list[Login] = []
        self.batches: list[str] = []
        """T-SQL as it arrived."""
        self.attentions = 0
        self.refusals: list[SqlError] = []
        """The next logins fail with these."""
        self.failures: list[SqlError] = []
        """The next queries fail with these."""
        self.hang_up_after_rows: int | None = None
        self._hears = threading.Event()
        self._hears.set()
        self.certificate, self.tls = _tls()
        self._lines: list[Line] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def refusal(self, login: Login) -> SqlError | None:
        """Why this client is not let in, or None."""
        self.logins.append(login)
        if self.refusals:
            return self.refusals.pop(0)
        if login.token is not None:
            ok, who = login.token == self.token, "<token-identified principal>"
        else:
            ok, who = self.users.get(login.user) == login.password, login.user
        if not ok:
            return SqlError(18456, f"Login failed for user '{who}'.", 14)
        if login.database.lower() not in ("", self.warehouse.name.lower()):
            return SqlError(4060, f'Cannot open database "{login.database}" requested by the login. The login failed.', 11)
        return None

    def trip(self) -> None:
        """Raise the failure that the next query is to meet, if any."""
        if self.failures:
            raise self.failures.pop(0)

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Within this, nothing is answered, an attention neither."""
        self._hears.clear()
        try:
            yield
        finally:
            self._hears.set()

    def wait_if_deaf(self) -> None:
        """Called before each answer."""
        self._hears.wait()

    def hang_up(self) -> None:
        """Cut every line, as a server does that is restarted."""
        while self._lines:
            self._lines.pop().close()

    def close(self) -> None:
        """Stop listening and hang up."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing it alone does not wake who waits for a client
        self._listener.close()
        self._hears.set()
        self.hang_up()
        for thread in self._threads:  # DuckDB does not take it well when its process ends during a query
            thread.join(_SECONDS_TO_END)
        self.warehouse.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            line = Line(connection)
            self._lines.append(line)
            self._start(Session(line, self).run)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()


def _tls() -> tuple[bytes, ssl.SSLContext]:
    """A certificate for localhost, signed by itself, in PEM; and what a server needs to use it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # TDS 7.4 has no place for what 1.3 sends after its handshake
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(certificate + secret)
        context.load_cert_chain(path)
    return certificate, context
