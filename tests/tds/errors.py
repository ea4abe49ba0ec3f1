"""What SQL Server would say: its number and its words."""

from __future__ import annotations


class SqlError(Exception):
    """An error with SQL Server's number. 16 is the severity of what a user can put right."""

    def __init__(self, number: int, message: str, severity: int = 16) -> None:
        super().__init__(message)
        self.number, self.message, self.severity = number, message, severity
