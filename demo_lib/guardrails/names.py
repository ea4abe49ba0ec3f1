"""What a column name means where it stands, and whether it may be read.

A name is looked up scope by scope, in every way that an engine might read it. It is refused where any of
these ways reaches a sensitive column, and where none of them finds anything.
"""

from __future__ import annotations

from sqlglot import exp

from demo_lib.guardrails.policy import Policy
from demo_lib.guardrails.scopes import Outputs, Relation, Scope
from demo_lib.guardrails.verdict import GuardrailViolation

_ASCII_LOWER = {upper: upper + 32 for upper in range(65, 91)}


class Names:
    """Looks names up for one query, and keeps account of the tables and columns that it reads."""

    def __init__(self, policy: Policy, dialect: str) -> None:
        self.policy = policy
        self.dialect = dialect
        self.schema = policy.default_schema.get(dialect, "")
        self.tables: set[str] = set()
        self.columns: set[str] = set()
        self.owners: dict[int, tuple[Scope, Relation]] = {}
        """id of a Column node → where it was found."""
        self.seen: set[int] = set()
        """ids of the Column and Table nodes that were looked at."""
        self.base: list[tuple[exp.Table | exp.Subquery, str]] = []
        """The nodes that read a table of the policy, each with that table's name; or a view of it, as it stands."""
        self._shown: list[str] | None = None
        self._known = {self.fold_name(name): name for name in policy.tables}

    def fold(self, node: exp.Expr) -> str:
        """An identifier as the engine compares it: case counts only for PostgreSQL's quoted names."""
        if self.dialect == "postgres" and node.args.get("quoted"):
            return node.name
        return node.name.translate(_ASCII_LOWER)

    def fold_name(self, name: str) -> str:
        """A name from the policy as `fold` gives it."""
        return name if self.dialect == "postgres" else name.translate(_ASCII_LOWER)

    def table(self, node: exp.Table, alias: str) -> Relation:
        """The policy's table that `node` names. Raises GuardrailViolation where there is none."""
        alias = alias or self.fold(node.this)
        key = self._key(node)
        if node.args.get("catalog") is not None or key is None:
            raise denied(
                "table_not_allowed", f"Only the schema {self.schema} may be read. Name the table alone."
            )
        table = self._known.get(key)
        if table is None:
            known = ", ".join(sorted(self.policy.tables)[:12]) + (
                " …" if len(self.policy.tables) > 12 else ""
            )
            message = f"The table {node.name[:60]!r} is not among those that may be read: {known}."
            raise denied("table_not_allowed", message)
        return self.relation(table, alias, node)

    def _key(self, node: exp.Table) -> str | None:
        """What `node` is called in the policy, folded; None where its schema is another than the default one.

        On SQL Server a policy may name tables of other schemas, as `schema.table`; no table has a dot in its own name,
        then. A query that writes such a name whole, in quotes, means the schema, and is changed to say so.
        """
        schema, name = node.args.get("db"), self.fold(node.this)
        own = schema is None or self.fold(schema) == self.schema
        if self.dialect != "tsql":
            return name if own else None
        known = self._known.get(name, "")
        if schema is None and known.count(".") == 1:
            if not node.alias:
                node.set("alias", exp.TableAlias(this=node.this.copy()))
            for part, text in zip(("db", "this"), known.split("."), strict=True):
                node.set(part, exp.to_identifier(text, quoted=True))
            return name
        if own:
            return name if "." not in name else ""
        key = f"{self.fold(schema)}.{name}" if schema is not None else ""
        return key if key in self._known and key.count(".") == 1 else None

    def relation(self, table: str, name: str, node: exp.Table | exp.Subquery) -> Relation:
        """The policy's `table`, or a view of it, under the name that the query gives it."""
        self.base.append((node, table))
        self.tables.add(table)
        given = self.policy.tables[table]
        columns = {self.fold_name(c): self.policy.is_sensitive(table, c) for c in given}
        # a policy that lists no columns for a table leaves them all open
        return Relation(name, columns, node, closed=bool(given), table=table)

    def column(self, node: exp.Column, scope: Scope) -> None:
        """Look up one column. Raises GuardrailViolation where it is sensitive or not there."""
        self.seen.add(id(node))
        parts = [self.fold(p) for p in node.parts]
        if isinstance(node.this, exp.Star):
            self.refuse_star(self.called(parts[:-1], scope))
        else:
            self.path(parts, scope, node)

    def shown(self, node: exp.Column, scope: Scope) -> bool:
        """Look up a column that does nothing but come out; whether it has to be masked.

        Raises GuardrailViolation where it is not there, or is sensitive and the policy does not mask.
        """
        self._shown = [] if self.policy.on_sensitive == "mask" else None
        try:
            self.column(node, scope)
            return bool(self._shown)
        finally:
            self._shown = None

    def path(self, parts: list[str], scope: Scope, node: exp.Expr) -> None:
        """Look up `a`, `a.b`, `a.b.c` …: a column, a relation's column, a field of either, a whole row."""
        found = False
        if len(parts) > 2 and parts[0] == self.schema:  # main.customers.city
            found = self._qualified(parts[1], parts[2], scope, node)
        if len(parts) > 1 and not found:  # customers.city, customers.city.field
            found = self._qualified(parts[0], parts[1], scope, node)
        if len(parts) == 2 and parts[0] == self.schema:  # main.customers as a whole row
            found = self._whole_row(parts[1], scope) or found
        if not found:  # city, city.field, customers as a whole row
            found = self._unqualified(parts[0], scope, node, row=len(parts) == 1)
        if not found:
            raise self.unknown(".".join(parts), scope)

    def called(self, parts: list[str], scope: Scope) -> list[Relation]:
        """The relations that the qualifier of a star may mean, in this scope or around it."""
        name = parts[1] if len(parts) == 2 and parts[0] == self.schema else parts[0]
        found = [r for s in scope.chain() for r in s.relations if r.name == name]
        if not found:
            raise self.unknown(".".join(parts), scope)
        return found

    def use(self, relation: Relation, column: str) -> None:
        """Count `column` as read. Raises GuardrailViolation where it is sensitive."""
        if relation.columns[column]:
            if self._shown is None:
                raise _sensitive(column)
            self._shown.append(column)
        elif relation.table:
            self.columns.add(f"{relation.table}.{column}")

    def star(self, relations: list[Relation]) -> Outputs:
        """What `*` over `relations` stands for."""
        for relation in relations:
            if relation.table:
                self.columns |= {
                    f"{relation.table}.{c}" for c, taint in relation.columns.items() if not taint
                }
        columns = [item for r in relations for item in r.columns.items()]
        return Outputs(columns, closed=all(r.closed for r in relations))

    def refuse_star(self, relations: list[Relation]) -> None:
        """Raise GuardrailViolation where a star that is looked into reaches a sensitive column."""
        if any(r.tainted for r in relations):
            raise denied(
                "sensitive_column", "The star reaches sensitive columns. Name the columns that you need."
            )

    def refuse_taint(self, outputs: Outputs) -> None:
        """Raise GuardrailViolation where what a query gives carries a sensitive column."""
        hidden = sorted({column for column, taint in outputs.columns if taint})
        if hidden:
            named = ", ".join(hidden[:6])
            raise denied(
                "sensitive_column", f"The star shows sensitive columns ({named}). Name those that you need."
            )

    def unknown(self, name: str, scope: Scope) -> GuardrailViolation:
        """The violation for a name that was found nowhere."""
        tables = sorted({r.table for s in scope.chain() for r in s.relations if r.table})
        where = f" in {', '.join(tables[:6])}" if tables else ""
        message = (
            f"There is no column {name[:60]!r}{where} that may be read. Check the name against the schema."
        )
        return denied("unknown_column", message)

    def _qualified(self, name: str, column: str, scope: Scope, node: exp.Expr) -> bool:
        found = False
        # all scopes, not the nearest alone: which of two equal aliases is meant can differ by clause
        for around in scope.chain():
            for relation in around.relations:
                if relation.name != name:
                    continue
                if column in relation.columns:
                    self.use(relation, column)
                elif relation.closed:
                    continue
                self.owners.setdefault(id(node), (around, relation))
                found = True
        return found

    def _unqualified(self, name: str, scope: Scope, node: exp.Expr, *, row: bool) -> bool:
        """Whether `name` is a column, an alias or, with `row`, a relation as a whole."""
        found = False
        for around in scope.chain():
            if name in around.masked:
                raise _sensitive(name)
            owners = [r for r in around.relations if name in r.columns]
            for relation in owners:
                self.use(relation, name)
                self.owners.setdefault(id(node), (around, relation))
            if owners:
                return True  # a column hides whatever has this name further out
            found = (self._whole_row(name, around) and row) or found
            # an alias hides nothing: whether it is visible here differs by clause and engine
            found = found or name in around.names
            if not found and not any(r.table and r.closed for r in around.relations):
                found = any(not r.closed for r in around.relations)
        return found

    def _whole_row(self, name: str, scope: Scope) -> bool:
        rows = [r for r in scope.relations if r.name == name]
        if any(r.tainted for r in rows):
            message = f"{name} as a whole row holds sensitive columns. Name the columns that you need."
            raise denied("sensitive_column", message)
        return bool(rows)


def _sensitive(column: str) -> GuardrailViolation:
    message = f"The column {column} is sensitive: it may not be read, compared or sorted by. Leave it out."
    return denied("sensitive_column", message)


def denied(rule: str, message: str) -> GuardrailViolation:
    """A violation of layer 2."""
    return GuardrailViolation(rule, "access", message)
