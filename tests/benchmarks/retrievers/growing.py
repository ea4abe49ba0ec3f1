"""A catalogue as large as one likes: given tables, and others around them as a grown company has them.

Each of the kit's tables lends its domain, its key, some of its columns and their descriptions to tables of other
business units (`emea_finance.vendor_bill_approvals`). They speak of customers, orders and cities as the questions do, so
that they stand in the way; none of them is what a question asks for.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

from demo_lib.offline.planning.formulas import singular
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.settings import DATA_DIR

UNITS = ("emea", "apac", "latam", "nordics", "dach", "legacy", "outlet", "wholesale", "franchise", "labs")
KINDS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "": ("", ()),
    "approvals": ("Who approved what, and when", (
        Column("approver_id", "INTEGER", "Employee who approved"), Column("approved_at", "TIMESTAMP", "When it was approved"),
        Column("approval_status", "VARCHAR", "Approved, rejected or pending"))),
    "attachments": ("Files attached", (
        Column("file_name", "VARCHAR", "Name of the file"), Column("file_size_kb", "INTEGER", "Size in kilobytes"),
        Column("uploaded_at", "TIMESTAMP", "When the file was uploaded"))),
    "audit_log": ("Every change, and who made it", (
        Column("changed_at", "TIMESTAMP", "When the change was made"), Column("changed_by", "VARCHAR", "User who changed it"),
        Column("old_value", "VARCHAR", "Value before"), Column("new_value", "VARCHAR", "Value after"))),
    "daily_summary": ("One row a day", (
        Column("summary_date", "DATE", "The day"), Column("total_count", "INTEGER", "How many there were that day"),
        Column("total_amount", "DECIMAL(14,2)", "Their amount that day"))),
    "exceptions": ("What failed a check on loading", (
        Column("rule_code", "VARCHAR", "Check that failed"), Column("severity", "VARCHAR", "Low, medium or high"))),
    "forecasts": ("What is expected in the months ahead", (
        Column("forecast_month", "DATE", "Month that is forecast"), Column("expected_value", "DECIMAL(14,2)", "Expected value"))),
    "notes": ("What people wrote about it", (
        Column("note_text", "TEXT", "The note"), Column("author_name", "VARCHAR", "Who wrote it"))),
    "snapshots": ("As it stood at the end of each month", (
        Column("snapshot_date", "DATE", "Last day of the month"), Column("balance", "DECIMAL(14,2)", "Balance on that day"))),
    "status_history": ("Each status it has had", (
        Column("status", "VARCHAR", "Status"), Column("valid_from", "TIMESTAMP", "Start of the status"),
        Column("valid_to", "TIMESTAMP", "End of the status"))),
    "tags": ("Labels put on it", (Column("tag", "VARCHAR", "The label"), Column("tagged_by", "VARCHAR", "Who put it there"))),
}  # fmt: skip
DESCRIBED = 0.7
"""The share of tables and columns that anybody wrote a comment for."""


def grown(catalog: Catalog, size: int) -> Catalog:
    """The catalogue with as many made-up tables as it takes to `size`: the same ones each time, more for a larger size.

    Raises ValueError where there are not so many.
    """
    base = Catalog.from_file(DATA_DIR / "catalog.yaml").tables.values()
    made = [_made(*parts) for parts in itertools.product(base, UNITS, KINDS)]
    random.Random("catalogue").shuffle(made)
    missing = size - len(catalog.tables)
    if missing > len(made):
        raise ValueError(f"At most {len(made) + len(catalog.tables)} tables can be made, not {size}.")
    return replace(catalog, tables={**catalog.tables, **{t.name: t for t in made[:missing]}})


def _made(base: Table, unit: str, kind: str) -> Table:
    scope = f"{unit}_{base.domain}"
    name = f"{scope}.{singular(base.name)}_{kind}" if kind else f"{scope}.{base.name}"
    chance = random.Random(name)
    about, own = KINDS[kind]
    key, *others = base.columns
    kept = sorted(chance.sample(range(len(others)), k=min(len(others), 3 if kind else len(others) - 1)))
    key = replace(key, primary_key=not kind, references=f"{scope}.{base.name}.{key.name}" if kind else key.references)
    columns = [replace(c, references=_in(scope, c.references), sensitive=False) for c in (others[i] for i in kept)]
    described = [c if chance.random() < DESCRIBED else replace(c, description="") for c in (key, *columns, *own)]
    description = f"{about or base.description}: {base.description}" if about else f"{base.description}, in {unit}"
    return Table(name, tuple(described), description if chance.random() < DESCRIBED else "", scope)


def _in(scope: str, reference: str | None) -> str | None:
    return f"{scope}.{reference}" if reference else None
