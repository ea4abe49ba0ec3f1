"""The role that queries run as on PostgreSQL: it may read the policy's columns, and nothing else."""

from __future__ import annotations

from demo_lib.databases.introspection import literal, quoted
from demo_lib.guardrails import Policy


def role_statements(
    policy: Policy,
    role: str,
    database: str,
    *,
    timeout_seconds: float = 10.0,
    work_mem_mb: int = 16,
    temp_file_limit_mb: int = 1_024,
    connection_limit: int = 20,
) -> list[str]:
    """The SQL statements that make `role`, or bring it up to date: run them in `database`, as a superuser or as who
    owns it and its tables.

    Columns are granted one by one, so a sensitive one, or one that a table gains tomorrow, is closed until the policy
    names it. No password is set: the role lets nobody in before `\\password role` in psql (or the cloud's own login).
    Two statements take a right from everybody (PUBLIC), because it cannot be taken from one role: to make temporary
    tables, and to make objects in `public`. Grant them to those who need them. The role's settings are defaults,
    which a session can change; every query's transaction sets its own. Functions that PUBLIC may call stay so.
    """
    who, where = quoted(role), quoted(database)
    public = quoted(policy.default_schema["postgres"])
    places = {table: policy.place(table, "postgres") for table in policy.tables}
    schemas = list(dict.fromkeys([public, *(quoted(schema) for schema, _ in places.values())]))
    statements = [
        # CREATE ROLE has no IF NOT EXISTS
        "DO "
        + literal(
            f"BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(role)}) "
            f"THEN CREATE ROLE {who}; END IF; END"
        ),
        f"ALTER ROLE {who} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS "
        f"CONNECTION LIMIT {connection_limit}",
        f"ALTER ROLE {who} SET default_transaction_read_only = on",
        f"ALTER ROLE {who} SET statement_timeout = '{round(timeout_seconds * 1_000)}ms'",
        f"ALTER ROLE {who} SET idle_in_transaction_session_timeout = '{round(timeout_seconds * 1_000) + 10_000}ms'",
        f"ALTER ROLE {who} SET work_mem = '{work_mem_mb}MB'",
        f"ALTER ROLE {who} SET search_path = pg_catalog, {public}",
        # only a superuser may set this one; a managed server has a limit of its own
        "DO "
        + literal(
            f"BEGIN ALTER ROLE {who} SET temp_file_limit = '{temp_file_limit_mb}MB'; "
            "EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'temp_file_limit was left as it is'; END"
        ),
        f"REVOKE TEMPORARY ON DATABASE {where} FROM PUBLIC",
        f"REVOKE CREATE ON SCHEMA {public} FROM PUBLIC",
        f"REVOKE ALL ON DATABASE {where} FROM {who}",
        f"GRANT CONNECT ON DATABASE {where} TO {who}",
    ]
    for here in schemas:
        statements += [
            f"REVOKE ALL ON SCHEMA {here} FROM {who}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {here} FROM {who}",
            f"GRANT USAGE ON SCHEMA {here} TO {who}",
        ]
    for table, columns in policy.tables.items():
        granted = ", ".join(quoted(c) for c in columns if not policy.is_sensitive(table, c))
        if granted:
            schema, own = places[table]
            statements.append(f"GRANT SELECT ({granted}) ON {quoted(schema)}.{quoted(own)} TO {who}")
    return statements
