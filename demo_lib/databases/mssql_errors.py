"""SQL Server's and its drivers' errors: which pass by themselves, and what to do about the others."""

from __future__ import annotations

import re
import socket

from demo_lib.databases.base import QueryError, cancelled

_PROBE_SECONDS = 2
_FREETDS_OWN = range(20_000, 21_000)  # its own errors, which it gives as a server's
# Numbers that Azure documents as transient, or as a limit that is soon free again ("Troubleshoot transient connection
# errors", "Resource governance errors"). 4060 is in that list, too; it is left out, being nearly always a wrong name.
TRANSIENT = {
    615: "the database is moving",
    926: "the database is recovering",
    4221: "the replica is not ready yet",
    10928: "the database's limit of workers or sessions is reached",
    10929: "the server is too busy",
    10936: "the pool's limit of workers or sessions is reached",
    40143: "the service has met an error",
    40197: "the service has met an error",
    40501: "the service is busy",
    40540: "the service has met an error",
    40613: "the database is not available now, it may be waking up",
    42108: "the database is waking up",
    42109: "the database is waking up",
    49918: "the service has no resources for this request now",
    49919: "too many operations are under way in this subscription",
    49920: "too many operations are under way in this subscription",
}

_LOCKED = 1222  # somebody else held a lock for all the seconds that LOCK_TIMEOUT gives
_DENIED = (229, 230)

_REMEDIES = {
    18456: "The user name or the password is wrong, or this user may not log in here. Check both in the URL.",
    18452: "This server takes no such login. Use a SQL login, or Authentication=ActiveDirectoryDefault.",
    40532: "There is no such server, or it takes logins from a private endpoint alone. Check the host in the URL.",
    40914: "The network you come from may not reach this server. Add a virtual network rule to it.",
    47073: "The server takes no connections from the public network. Connect through its private endpoint.",
    233: "The server hung up during the login. Check the host, and its limit of connections.",
}
# What the drivers say where no server has spoken.
_SIGNS = {
    "can't open lib": "The ODBC driver cannot be loaded. Install it anew: python -m pip install --force-reinstall "
    "mssql-python-odbc; it needs the system's libgssapi-krb5-2 and libssl3.",
    "data source name not found": "The ODBC driver is not installed. Check Driver= in the URL.",
    "does not match host name": "The server's certificate is not for this host name. Check the host in the URL, or set "
    "HostNameInCertificate.",
    "certificate verify failed": "The server's certificate is not trusted here. Add its authority to this system, or "
    "for a server of your own add TrustServerCertificate=yes to the URL.",
    "ssl": "TLS with the server could not be set up. Check the port, and the TLS versions that both sides speak.",
}
_LOST = ("communication link failure", "unexpected eof", "dead or not enabled", "server failed", "bad token")


class TransientError(Exception):
    """An error that Azure documents as passing; the message says what it is."""


def number_of(error: BaseException) -> int | None:
    """The server's error number, where the server has spoken."""
    text = _text(error)
    found = re.search(r"\[SQL Server\].*?\((\d+)\) \(SQL\w+\)", text, re.DOTALL)
    if found is None or ("[FreeTDS]" in text and int(found[1]) in _FREETDS_OWN):
        return None
    return int(found[1]) or None


def one_line(error: BaseException) -> str:
    """The first of the error's messages in the server's words, without the drivers' brackets."""
    first = re.split(r"; \[\w{5}\] ?\[", _text(error))[0]
    first = re.sub(r"^(\[[^\]]*\]\s*)+", "", first)
    return " ".join(re.sub(r"\s*\(\d+\) \(SQL\w+\)$", "", first).split()) or type(error).__name__


def lost_the_line(error: BaseException) -> bool:
    """Whether the connection broke, by the class of its SQLSTATE or in FreeTDS' words."""
    low = _text(error).lower()
    return str(error.args[0] if error.args else "").startswith("08") or any(sign in low for sign in _LOST)


def query_error(error: Exception, seconds: float) -> Exception:
    """What a query raises that met `error` within so many seconds."""
    number = number_of(error)
    if number in TRANSIENT:
        return TransientError(f"{TRANSIENT[number]} ({number})")
    if number == _LOCKED:
        return cancelled(seconds)
    # not repeated: it may be what brought the server down
    if lost_the_line(error):
        return QueryError("SQL Server: the server closed the connection during the query. Ask again.")
    denied = " This login may not use it." if number in _DENIED else ""
    return QueryError(f"SQL Server: {one_line(error)}{denied}")


def open_error(error: BaseException, host: str, port: int, database: str, user: str) -> str:
    """Why no connection came about, and what to do about it."""
    number, text = number_of(error), _text(error)
    low = text.lower()
    if number in TRANSIENT:
        remedy = f"After several attempts {TRANSIENT[number]} ({number}). Try again in some minutes."
    elif number == 40615:
        address = re.search(r"IP address '([^']*)'", text)
        remedy = (
            f"The server's firewall does not let {address[1] if address else 'this address'} in. Add a rule for it: "
            "Azure portal, the server, Networking; or `az sql server firewall-rule create`."
        )
    elif number == 4060:
        who = user or "this login"
        remedy = f"There is no database {database!r} on this server, or {who} has no user in it. Check the URL."
    elif number == 18456 and "token-identified" in text:
        remedy = (
            "Your Entra login has no user in this database. Its administrator makes one: CREATE USER [you@…] FROM "
            "EXTERNAL PROVIDER."
        )
    else:
        remedy = _REMEDIES.get(number or 0) or next((r for sign, r in _SIGNS.items() if sign in low), "")
        if not remedy and number is None:
            remedy = _unreachable(host, port)
    return f"SQL Server at {host}:{port} cannot be opened. {remedy or one_line(error) + ' Check the URL.'}"


def _unreachable(host: str, port: int) -> str:
    """Why the server cannot be reached. The drivers say "timeout" whatever it is, so it is tried once more by hand."""
    try:
        socket.create_connection((host, port), timeout=_PROBE_SECONDS).close()
    except socket.gaierror:
        return "The host name is not known. Check it in the URL."
    except ConnectionRefusedError:
        return "Nothing listens at this host and port. Check both, and whether the server runs."
    except OSError:
        return "The server cannot be reached. Check host and port, and whether port 1433 may leave this network."
    return "The server did not answer in time. Check that it is a SQL Server, and try again in a moment."


def _text(error: BaseException) -> str:
    return str(error.args[1] if len(error.args) > 1 else error)
