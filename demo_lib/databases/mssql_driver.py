"""What reaches SQL Server from here: pyodbc, and an ODBC driver that was installed or came in a wheel."""

from __future__ import annotations

import platform
import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from demo_lib.errors import DemoError

_SYSTEM_DRIVERS = ("ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server", "FreeTDS")


def load_pyodbc() -> ModuleType:
    """The module pyodbc. Raises DemoError saying what to install, where it or the system's unixODBC is missing."""
    try:
        import pyodbc
    except ModuleNotFoundError:
        raise DemoError("SQL Server needs the package pyodbc: python -m pip install pyodbc mssql-python-odbc") from None
    except ImportError as error:
        raise DemoError(
            f"pyodbc cannot be loaded ({error}). It needs the system's unixODBC: `apt-get install unixodbc` on Debian "
            "and Ubuntu, `dnf install unixODBC` on Fedora and RHEL, `brew install unixodbc` on a Mac."
        ) from None
    pyodbc.pooling = False  # connections are kept by us, each with its settings
    return pyodbc


def chosen_driver(wanted: str | None) -> str:
    """The name or path of an ODBC driver: the one wanted, Microsoft's from its wheel or the system, FreeTDS.

    wanted: the name of an installed one; no file, or a URL could load any code. Raises DemoError where there is none.
    """
    installed = load_pyodbc().drivers()
    if wanted is not None:
        if wanted in installed:
            return wanted
        raise DemoError(f"There is no ODBC driver {wanted!r} here. Installed: {', '.join(installed) or 'none'}.")
    if path := wheel_driver():
        return str(path)
    for name in _SYSTEM_DRIVERS:
        if name in installed:
            return name
    raise DemoError(
        "There is no ODBC driver for SQL Server here. Install Microsoft's: `python -m pip install mssql-python-odbc` "
        "on Linux, `winget install Microsoft.msodbcsql.18` on Windows, `brew install msodbcsql18` (Microsoft's tap) on "
        "a Mac; or FreeTDS: `apt-get install tdsodbc`."
    )


@cache
def wheel_driver() -> Path | None:
    """Microsoft's driver 18 out of the `mssql-python-odbc` wheel, or None where there is none for this system.

    Not on Windows: its driver manager takes the names of installed drivers only.
    """
    found = find_spec("mssql_python_odbc")
    if found is None or found.origin is None or sys.platform == "win32":
        return None
    release = Path("/etc/os-release")
    like = release.read_text(encoding="utf-8").lower() if release.exists() else ""
    # the builds differ in the libraries of their distributions; a wheel for musl holds Alpine's alone
    family = "suse" if "suse" in like else "rhel" if re.search(r"rhel|fedora|centos", like) else "debian_ubuntu"
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    libraries = Path(found.origin).parent / "libs"
    for kind in (f"linux/{family}", "linux/alpine", "macos"):
        if paths := sorted((libraries / kind / machine / "lib").glob("libmsodbcsql*")):
            return paths[0]
    return None
