"""One connection to SQL Server or Azure SQL: its URL, its driver, its login, and what its failures mean."""

from __future__ import annotations

import logging
import random
import re
import struct
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from demo_lib.databases.mssql_driver import chosen_driver, load_pyodbc
from demo_lib.databases.mssql_errors import TRANSIENT, number_of, open_error
from demo_lib.databases.urls import redacted, split_url
from demo_lib.errors import DemoError, UsageError

if TYPE_CHECKING:
    import pyodbc

logger = logging.getLogger(__name__)

ATTEMPTS = 5
"""To connect, the first included. With the waits between them a serverless database has a minute to wake up."""
FIRST_WAIT_SECONDS = 5.0
"""Microsoft asks for 5 s before a second attempt, and for longer ones after it."""
MOST_WAIT_SECONDS = 20.0
_MOST_CONNECT_SECONDS = 15
_TOKEN_ATTRIBUTE = 1256  # SQL_COPT_SS_ACCESS_TOKEN
_TOKEN_SCOPE = "https://database.windows.net/.default"

# What a URL may set, in ODBC's spelling. All else is ours to say, or would weaken what we say.
_KEYWORDS = {
    name.lower(): name
    for name in ("Authentication", "Driver", "Encrypt", "HostNameInCertificate", "MultiSubnetFailover",
                 "ServerCertificate", "TrustServerCertificate")
}  # fmt: skip
_DEFAULT_LOGIN = "activedirectorydefault"  # ours: the Linux driver refuses it
_LOGINS = {
    name.lower(): name
    for name in ("ActiveDirectoryDefault", "ActiveDirectoryMsi", "ActiveDirectoryServicePrincipal", "SqlPassword")
}


@dataclass(frozen=True)
class Parameters:
    """What a URL says."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    keywords: dict[str, str]
    """ODBC keywords in their own spelling."""


def parameters(url: str) -> Parameters:
    """What `url` says. Raises UsageError where it cannot be read; the password is not told."""
    _, rest = split_url(url)
    try:
        parts = urlsplit(f"mssql://{rest}")
        host, port = parts.hostname or "", parts.port or 1433
        if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9a-f:]+", host) or "/" in parts.path[1:] or parts.fragment:
            raise ValueError
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        user, password = unquote(parts.username or "", errors="strict"), unquote(parts.password or "", errors="strict")
        if re.search(r"%(?![0-9A-Fa-f]{2})", parts.netloc):
            raise ValueError
    except ValueError:
        raise UsageError(
            f"{redacted(url)!r} is not a SQL Server URL that can be read. Write mssql://user:password@host:1433/database"
            "?Encrypt=yes, and %40 %2F %3A %25 %23 %3F for the characters @ / : % # ? in a password."
        ) from None
    keywords = {}
    for name, value in pairs:
        if name.lower() not in _KEYWORDS:
            raise UsageError(
                f"{redacted(url)!r} sets {name!r}. Of ODBC's keywords a URL may set: {', '.join(_KEYWORDS.values())}."
            )
        keywords[_KEYWORDS[name.lower()]] = value
    login = keywords.get("Authentication", "SqlPassword")
    if login.lower() not in _LOGINS:
        raise UsageError(f"Authentication={login} is not known. Use one of: {', '.join(_LOGINS.values())}.")
    if login.lower() == _DEFAULT_LOGIN and password:
        raise UsageError("ActiveDirectoryDefault takes no password. Leave it out of the URL, or Authentication.")
    return Parameters(host, port, unquote(parts.path[1:]), user, password, keywords)


def connected(given: Parameters, timeout_seconds: float, *, to_write: bool = False) -> pyodbc.Connection:
    """A new connection in autocommit mode. Raises DemoError saying what is wrong and what to do.

    to_write: for a seed alone, which must not be sent to a replica for reading.
    What Azure calls transient (a database that wakes up or moves) is waited for and tried again.
    """
    odbc = load_pyodbc()
    driver = chosen_driver(given.keywords.get("Driver"))
    string = _connection_string(given, driver, "ReadWrite" if to_write else "ReadOnly")
    for attempt in range(1, ATTEMPTS + 1):
        attributes = {_TOKEN_ATTRIBUTE: _access_token(given, driver)} if _by_default_login(given) else {}
        try:
            wait = max(2, round(min(timeout_seconds, _MOST_CONNECT_SECONDS)))
            connection = odbc.connect(string, autocommit=True, timeout=wait, attrs_before=attributes)
            break
        except odbc.Error as error:
            number = number_of(error)
            if number not in TRANSIENT or attempt == ATTEMPTS:
                raise DemoError(open_error(error, given.host, given.port, given.database, given.user)) from None
            back_off(attempt, ATTEMPTS, f"{TRANSIENT[number]} ({number})")
    # as UTF-16 from the driver, or a varchar would come in the process's own character set
    connection.setdecoding(odbc.SQL_CHAR, encoding="utf-16le", ctype=odbc.SQL_WCHAR)
    connection.add_output_converter(-155, _datetimeoffset)  # pyodbc knows no SQL_SS_TIMESTAMPOFFSET
    return connection


def back_off(attempt: int, attempts: int, trouble: str) -> None:
    """Wait before the next attempt, twice as long each time; in a trace the wait has a span."""
    from demo_lib.tracing import aside

    seconds = min(FIRST_WAIT_SECONDS * 2 ** (attempt - 1), MOST_WAIT_SECONDS) * random.uniform(1, 1.1)
    logger.warning("%s. Trying again in %.0f s (attempt %d of %d).", trouble, seconds, attempt + 1, attempts)
    with aside("backoff", f"{trouble}, waited {seconds:.2g} s", wait_seconds=round(seconds, 3)):
        time.sleep(seconds)


def _connection_string(given: Parameters, driver: str, intent: str) -> str:
    keywords = {name: value for name, value in given.keywords.items() if name not in ("Driver", "Authentication")}
    # ReadOnly asks for a replica where there is one; it forbids nothing, the role does that
    keywords |= {"Driver": driver, "Database": given.database, "APP": "demo_lib", "ApplicationIntent": intent}
    free = "freetds" in driver.lower()
    if free:
        if keywords.pop("TrustServerCertificate", "no").lower() not in ("yes", "true", "1"):
            raise DemoError(
                "FreeTDS does not check whose certificate the server shows. Install Microsoft's driver (python -m pip "
                "install mssql-python-odbc), or accept that with ?TrustServerCertificate=yes in the URL."
            )
        keywords = {k: keywords[k] for k in ("Driver", "Database", "APP", "ApplicationIntent")}
        keywords |= {"Server": given.host, "Port": str(given.port), "TDS_Version": "7.4", "ClientCharset": "UTF-8"}
        keywords["Encryption"] = "require"
    else:
        keywords["Server"] = f"tcp:{given.host},{given.port}"
        keywords.setdefault("Encrypt", "yes")
        if "Authentication" in given.keywords and not _by_default_login(given):
            keywords["Authentication"] = _LOGINS[given.keywords["Authentication"].lower()]
    if not _by_default_login(given):
        keywords |= {"UID": given.user, "PWD": given.password}
    # FreeTDS does not find the end of a last value in braces without the semicolon
    return "".join(f"{name}={_braced(value, free)};" for name, value in keywords.items() if value)


def _braced(value: str, free: bool) -> str:
    """A value that may hold any character; a driver ends it at a brace of its own kind."""
    if not free:
        return "{" + value.replace("}", "}}") + "}"
    if "};" in value:
        raise DemoError("FreeTDS takes no password or name with }; in it. Use Microsoft's driver, or change it.")
    return "{" + value + "}"


def _by_default_login(given: Parameters) -> bool:
    return given.keywords.get("Authentication", "").lower() == _DEFAULT_LOGIN


def _access_token(given: Parameters, driver: str) -> bytes:
    """An Entra token as the driver takes it: its length, then UTF-16 (Microsoft's "access token" page for ODBC)."""
    if "freetds" in driver.lower():
        raise DemoError("FreeTDS takes no Entra token. Install Microsoft's driver: pip install mssql-python-odbc")
    try:
        token = _credential(given.user).get_token(_TOKEN_SCOPE).token
    except ImportError:
        raise DemoError("An Entra login needs azure-identity: python -m pip install azure-identity") from None
    except Exception as error:  # azure-identity's own errors list every way that it tried, over many lines
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise DemoError(
            f"There is no Entra login here ({reason}). Run `az login`, or set AZURE_CLIENT_ID, AZURE_TENANT_ID and "
            "AZURE_CLIENT_SECRET."
        ) from None
    raw = token.encode("utf-16-le")
    return struct.pack("<i", len(raw)) + raw


@cache
def _credential(client_id: str) -> Any:
    """The credential for everything that the environment offers; kept, because it keeps its tokens till they expire."""
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential(managed_identity_client_id=client_id or None)


def _datetimeoffset(raw: bytes) -> Any:
    from datetime import datetime, timedelta, timezone

    year, month, day, hour, minute, second, nanoseconds, hours, minutes = struct.unpack("<6hI2h", raw)
    zone = timezone(timedelta(hours=hours, minutes=minutes))
    return datetime(year, month, day, hour, minute, second, nanoseconds // 1_000, zone)
