"""SQL Server's and its drivers' errors: which pass by themselves, and what to do about the others."""

from __future__ import annotations

import re

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

_REMEDIES = {
    18456: "The user name or the password is wrong, or this user may not log in here. Check both in the URL.",
    18452: "This server takes no such login. Use a SQL login, or Authentication=ActiveDirectoryDefault.",
    40532: "There is no such server, or it takes logins from a private endpoint alone. Check the host in the URL.",
    40914: "The network you come from may not reach this server. Add a virtual network rule to it.",
    47073: "The server takes no connections from the public network. Connect through its private endpoint.",
    233: "The server hung up during the login. Check the host, and its limit of connections.",
}
# What the drivers say where no server has spoken; the numbers are Windows' own, on Linux, too.
_SIGNS = {
    "can't open lib": "The ODBC driver cannot be loaded. Install it anew: python -m pip install --force-reinstall "
    "mssql-python-odbc; it needs the system's libgssapi-krb5-2 and libssl3.",
    "data source name not found": "The ODBC driver is not installed. Check Driver= in the URL.",
    "certificate verify failed": "The server's certificate is not trusted here. Add its authority to this system, or "
    "for a server of your own add TrustServerCertificate=yes to the URL.",
    "certificate": "The server's certificate is not for this host name. Check the host in the URL, or set "
    "HostNameInCertificate.",
    "ssl": "TLS with the server could not be set up. Check the port, and the TLS versions that both sides speak.",
    "0x2749": "Nothing listens at this host and port. Check both, and whether the server runs.",
    "connection refused": "Nothing listens at this host and port. Check both, and whether the server runs.",
    "0x2af9": "The host name is not known. Check it in the URL.",
    "name or service not known": "The host name is not known. Check it in the URL.",
    "unable to connect": "Nothing answers at this host and port. Check both, and the firewall between.",
    "adaptive server is unavailable": "Nothing answers at this host and port. Check both, and the firewall between.",
    "timeout": "The server did not answer in time. Check host and port, and whether port 1433 may leave this network.",
}


def number_of(error: BaseException) -> int | None:
    """The server's error number, where the server has spoken."""
    found = re.search(r"\[SQL Server\].*?\((\d+)\) \(SQL\w+\)", _text(error), re.DOTALL)
    return int(found[1]) if found else None


def one_line(error: BaseException) -> str:
    """The first of the error's messages in the server's words, without the drivers' brackets."""
    first = re.split(r"; \[\w{5}\] ?\[", _text(error))[0]
    first = re.sub(r"^(\[[^\]]*\]\s*)+", "", first)
    return " ".join(re.sub(r"\s*\(\d+\) \(SQL\w+\)$", "", first).split()) or type(error).__name__


def open_error(error: BaseException, where: str, database: str, user: str) -> str:
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
        remedy = f"There is no database {database!r} on this server, or {user or 'this login'} has no user in it. Check the URL."
    elif number == 18456 and "token-identified" in text:
        remedy = "Your Entra login has no user in this database. Its administrator makes one: CREATE USER [you@…] FROM EXTERNAL PROVIDER."
    else:
        remedy = _REMEDIES.get(number or 0) or next((r for sign, r in _SIGNS.items() if sign in low), "")
    return f"SQL Server at {where} cannot be opened. {remedy or one_line(error) + ' Check the URL.'}"


def _text(error: BaseException) -> str:
    return str(error.args[1] if len(error.args) > 1 else error)
