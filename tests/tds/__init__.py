"""A test double for SQL Server. IT IS NOT SQL SERVER.

It speaks enough of TDS 7.4 for Microsoft's ODBC driver and FreeTDS, and answers from DuckDB. What it proves: that the
drivers are found, log in (password, Entra token, TLS), that types, errors, time limits, cancelling and broken lines
are handled. What it cannot prove: what T-SQL means on a server (collations and case, implicit conversions, precision
of decimals, locks and isolation, plans and speed, permissions beyond the few it plays), nor Azure's gateway, firewall
and Entra themselves. By default nobody writes to it; `Warehouse(…, writable=True)` and `Double.writers` let a user
seed it, in DuckDB's transactions (`writing.py`). It refuses much that SQL Server refuses (`gate.py`), and not all.
"""

from .errors import SqlError
from .server import PASSWORD, USER, Double
from .warehouse import Warehouse

__all__ = ["PASSWORD", "USER", "Double", "SqlError", "Warehouse"]
