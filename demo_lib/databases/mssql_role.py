"""The role that queries run as on SQL Server and Azure SQL: it may read the policy's columns, and nothing else."""

from __future__ import annotations

from demo_lib.databases.introspection import literal
from demo_lib.guardrails import Policy

# One batch: it writes the REVOKEs out of the catalogue, then runs them.
_REVOKE = (
    "DECLARE @revoke nvarchar(max) = ISNULL((SELECT STRING_AGG(CAST(N'REVOKE ' + permission_name + CASE class "
    "WHEN 1 THEN N' ON OBJECT::' + QUOTENAME(OBJECT_SCHEMA_NAME(major_id)) + N'.' + QUOTENAME(OBJECT_NAME(major_id)) "
    "+ ISNULL(N' (' + QUOTENAME(COL_NAME(major_id, NULLIF(minor_id, 0))) + N')', N'') "
    "WHEN 3 THEN N' ON SCHEMA::' + QUOTENAME(SCHEMA_NAME(major_id)) ELSE N'' END + {from_whom} AS nvarchar(max)), N'; '"
    ") FROM sys.database_permissions "
    "WHERE class IN (0, 1, 3) AND grantee_principal_id = DATABASE_PRINCIPAL_ID({named})), N''); "
    "EXEC sys.sp_executesql @revoke"
)


def role_statements(policy: Policy, role: str) -> list[str]:
    """The T-SQL statements that make `role`, or bring it up to date: run them in the database, as one of `db_owner`.

    Columns are granted one by one, so one that a table gains tomorrow is closed until the policy names it. Sensitive
    ones are denied as well, and so is writing: a denial holds even where another role of a member grants it. Nobody is
    in the role before `ALTER ROLE … ADD MEMBER …`. SQL Server gives a role no limits on time or memory; every
    connection of ours brings its own.
    """
    who, named = bracketed(role), f"N{literal(role)}"
    statements = [
        "SET XACT_ABORT ON",
        "BEGIN TRANSACTION",
        f"IF DATABASE_PRINCIPAL_ID({named}) IS NULL CREATE ROLE {who}",
        # what an earlier policy granted, on the database, on objects and their columns, and on schemas
        _REVOKE.format(named=named, from_whom="N" + literal(f" FROM {who} CASCADE")),
        f"DENY INSERT, UPDATE, DELETE, ALTER TO {who}",
    ]
    for table, columns in policy.tables.items():
        schema, _, name = table.rpartition(".")
        where = f"OBJECT::{bracketed(schema or policy.default_schema['tsql'])}.{bracketed(name)}"
        for verb, sensitive in (("GRANT", False), ("DENY", True)):
            chosen = ", ".join(bracketed(c) for c in columns if policy.is_sensitive(table, c) == sensitive)
            if chosen:
                statements.append(f"{verb} SELECT ON {where} ({chosen}) TO {who}")
    return [*statements, "COMMIT"]


def bracketed(name: str) -> str:
    """An identifier in T-SQL's brackets, whatever is in it."""
    return "[" + name.replace("]", "]]") + "]"
