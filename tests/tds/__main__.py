"""Serve a DuckDB file as SQL Server would: `python -m tests.tds data/warehouse.duckdb [--port 0] [--writable]`.

Prints one line of JSON (port, user, password, URL) and serves until its standard input closes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from urllib.parse import quote

from . import PASSWORD, USER, Double, Warehouse


def main() -> None:
    """Start the double, say where it is, and stop when the input ends."""
    parser = argparse.ArgumentParser(description="A test double of SQL Server, on loopback. It is not SQL Server.")
    parser.add_argument("file", type=Path, help="a DuckDB file; it is opened read-only")
    parser.add_argument("--writable", action="store_true", help="let the user write; a missing file is made")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    options = parser.parse_args()
    if not options.file.exists() and not options.writable:
        parser.error(f"there is no {options.file}")
    double = Double(Warehouse(options.file, options.file.stem, writable=options.writable), port=options.port)
    double.writers |= {USER} if options.writable else set()
    print("This is a test double, not SQL Server: T-SQL runs on DuckDB. See tests/tds/__init__.py.", file=sys.stderr)
    url = f"mssql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{double.port}/{options.file.stem}?TrustServerCertificate=yes"
    print(json.dumps({"port": double.port, "user": USER, "password": PASSWORD, "url": url}), flush=True)
    sys.stdin.read()
    double.close()


if __name__ == "__main__":
    main()
