"""One connection to PostgreSQL: how it is made, what its failures mean, and how it is cut when it hangs."""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import TextLoader

from demo_lib.databases.urls import redacted, split_url
from demo_lib.errors import DemoError, UsageError

logger = logging.getLogger(__name__)
Connection = psycopg.Connection[tuple[Any, ...]]

_MOST_CONNECT_SECONDS = 10
# How long after its limit the server has to cancel a query by itself, before it is told to, and then is hung up on.
_GRACE_SECONDS = 0.3
# psycopg would make Python objects of these, which neither a table nor JSON knows how to show.
_AS_TEXT = """json jsonb record inet cidr int4range int8range numrange daterange tsrange tstzrange int4multirange
int8multirange nummultirange datemultirange tsmultirange tstzmultirange"""

# A role that may touch the server's files makes READ ONLY worth little.
_MAY_TOUCH_FILES = """
SELECT count(*) > 0 FROM pg_catalog.pg_roles
WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
  AND pg_catalog.pg_has_role(current_user, oid, 'member')
"""
_HARMLESS = "pg_read_all_data"  # one of PostgreSQL's own roles, from 14 on

# What libpq says, and what to do about it. It gives no codes before a connection stands.
_REMEDIES = {
    "password authentication failed": "The user name or the password is wrong. Check both in the URL.",
    "no password supplied": "A password is needed. Write it into the URL (user:password@host) or into ~/.pgpass.",
    "pg_hba.conf": "The server lets no such user in from here (pg_hba.conf, or a firewall rule). Ask who runs it.",
    "resolve": "The host name is not known. Check it in the URL.",
    "translate host": "The host name is not known. Check it in the URL.",
    "connection refused": "Nothing listens at this host and port. Check both, and whether the server runs.",
    "no such file": "There is no server at this socket. Check the folder in the URL, and whether the server runs.",
    "timeout expired": "The server did not answer in time. Check host and port, and the firewall between.",
    "timed out": "The server did not answer in time. Check host and port, and the firewall between.",
    "starting up": "The server is starting up. Try again in a moment.",
    "shutting down": "The server is shutting down. Try again when it is back.",
    "too many": "The server has no connection to spare. Close some, or try again in a moment.",
    "connection slots": "The server has no connection to spare. Close some, or try again in a moment.",
    "does not support ssl": "The server does not speak TLS, and the URL's sslmode demands it.",
}


def parameters(url: str) -> dict[str, Any]:
    """What `url` says, as libpq's parameters. Raises UsageError where it cannot be read; the password is not told."""
    _, rest = split_url(url)
    try:
        given = dict(conninfo_to_dict(f"postgresql://{rest}"))
        if all(port.isdigit() for port in str(given.get("port") or 0).split(",")):
            return given
        raise ValueError("port")
    except (psycopg.Error, ValueError):  # psycopg quotes what it cannot read: perhaps a part of the password
        raise UsageError(
            f"{redacted(url)!r} is not a PostgreSQL URL that can be read. Write postgresql://user:password@host:5432/"
            "name, and %40 %2F %3A %25 %23 %3F for the characters @ / : % # ? in a password."
        ) from None


def connected(given: dict[str, Any], timeout_seconds: float) -> Connection:
    """A new connection in autocommit mode. Raises DemoError saying what is wrong and what to do."""
    wait = given.get("connect_timeout") or max(2, round(min(timeout_seconds, _MOST_CONNECT_SECONDS)))
    ours = {"connect_timeout": wait, "client_encoding": "utf8", "application_name": "demo_lib"}
    try:
        connection = psycopg.connect(**{**given, **ours}, autocommit=True)
    except (psycopg.Error, UnicodeError, ValueError) as error:
        raise DemoError(_open_error(given, error)) from None
    for name in _AS_TEXT.split():
        connection.adapters.register_loader(name, TextLoader)
    return connection


def transaction_start(connection: Connection, timeout_seconds: float) -> str:
    """The statements that begin a transaction in which nothing can be written.

    Raises DemoError where the login may touch the server's files and these rights cannot be laid aside.
    """
    settings = {
        "statement_timeout": round(timeout_seconds * 1_000),
        "idle_in_transaction_session_timeout": round(timeout_seconds * 1_000) + 10_000,
        # a name alone means what it meant to the guardrails, whatever the role's own settings say
        "search_path": "pg_catalog, public, pg_temp",
        "standard_conforming_strings": "on",
        "intervalstyle": "postgres",
        # the plan for all rows, not for the first ones
        "cursor_tuple_fraction": 1,
    }
    start = "; ".join(["BEGIN READ ONLY", *(f"SET LOCAL {name} = {value}" for name, value in settings.items())])
    try:
        if connection.execute(_MAY_TOUCH_FILES).fetchall() == [(False,)]:
            return start
        start += f"; SET LOCAL ROLE {_HARMLESS}"
        connection.execute(start)
        connection.execute("ROLLBACK")
    except psycopg.Error:
        raise DemoError(
            "This login may read and write the server's files, so no query is run as it. Make a role that may only "
            "read; docs/databases.md has its script."
        ) from None
    logger.warning(
        "This login may read and write the server's files. Queries run as %s; a role of their own is safer: "
        "docs/databases.md has its script.", _HARMLESS,
    )  # fmt: skip
    return start


@contextmanager
def watched(connection: Connection, timeout_seconds: float) -> Iterator[threading.Event]:
    """See from this side that nothing runs past its limit, should the server not. The event says that it did.

    The server is asked to cancel; where it does not even answer that, the line is cut.
    """
    done, passed = threading.Event(), threading.Event()

    def watch() -> None:
        if done.wait(timeout_seconds + _GRACE_SECONDS):
            return
        passed.set()
        ask_to_cancel(connection)
        if not done.wait(_GRACE_SECONDS):
            with suppress(psycopg.Error, OSError), socket.fromfd(connection.fileno(), 0, 0) as line:
                line.shutdown(socket.SHUT_RDWR)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield passed
    finally:
        done.set()
        thread.join()


def ask_to_cancel(connection: Connection) -> None:
    """Have the server cancel what it does for this connection; where it does not take the request, nothing happens."""
    with suppress(psycopg.Error, OSError):
        connection.cancel_safe(timeout=_GRACE_SECONDS)


def one_line(error: BaseException) -> str:
    """The error in PostgreSQL's own words, without the lines that quote the query or its values."""
    diagnosed = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return diagnosed or first


def _open_error(given: dict[str, Any], error: Exception) -> str:
    password = str(given.get("password") or "")
    text = re.sub(rf"(?<!\w){re.escape(password)}(?!\w)", "***", str(error)) if password else str(error)
    where = f"{given.get('host') or 'this machine'}:{given.get('port') or 5432}"
    low = text.lower()
    if 'database "' in low and "does not exist" in low:
        remedy = f"There is no database {given.get('dbname')!r} on this server. Check the name in the URL."
    elif 'role "' in low and "does not exist" in low:
        remedy = f"There is no user {given.get('user')!r} on this server. Check the name in the URL."
    else:
        remedy = next((r for sign, r in _REMEDIES.items() if sign in low), "")
    reason = remedy or f"{next(iter(text.splitlines()), type(error).__name__)} Check the URL."
    return f"PostgreSQL at {where} cannot be opened. {reason}"
