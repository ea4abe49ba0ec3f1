"""The example database of 08_your_own_database, a bicycle workshop in an SQLite file, and the notebook's graders."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo_lib.errors import DemoError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.exercises.grading import is_blank, not_yet, right
from demo_lib.guardrails import check_sql
from demo_lib.retrieval.glossary import Glossary
from demo_lib.settings import OUTPUTS, Settings
from demo_lib.workshop import Workshop

if TYPE_CHECKING:
    import pandas as pd

# SQLite keeps the comments of a CREATE TABLE, and the kit reads them as descriptions.
TABLES = """
CREATE TABLE customers ( -- People who bring their bicycles
  customer_id INTEGER PRIMARY KEY,
  full_name TEXT,
  city TEXT, -- Where they live
  joined_on DATE, -- Day of the first visit
  reach_me_at TEXT, -- How to say that the bicycle is ready
  phone TEXT
);
CREATE TABLE bicycles ( -- Bicycles that were here at least once
  bicycle_id INTEGER PRIMARY KEY,
  customer_id INTEGER REFERENCES customers(customer_id),
  brand TEXT,
  kind TEXT -- What it is for
);
CREATE TABLE mechanics ( -- Who repairs
  mechanic_id INTEGER PRIMARY KEY,
  mechanic_name TEXT,
  salary INTEGER -- A month, in euros
);
CREATE TABLE repairs ( -- Repairs, from bringing in to picking up
  repair_id INTEGER PRIMARY KEY,
  bicycle_id INTEGER REFERENCES bicycles(bicycle_id),
  mechanic_id INTEGER REFERENCES mechanics(mechanic_id),
  brought_in DATE, -- Day it was brought in
  status TEXT, -- How far it is
  labour_cost REAL -- For the work, in euros
);
CREATE TABLE parts ( -- Spare parts in stock
  part_id INTEGER PRIMARY KEY,
  part_name TEXT,
  unit_price REAL -- Of one piece, in euros
);
CREATE TABLE repair_parts ( -- Which parts went into which repair
  repair_id INTEGER REFERENCES repairs(repair_id),
  part_id INTEGER REFERENCES parts(part_id),
  quantity INTEGER -- How many pieces
);
"""
CITIES, BRANDS = ("Ghent", "Bruges", "Antwerp"), ("Velox", "Ardenne", "Kleine", "Moorgate")
KINDS = ("city", "race", "cargo")
NAMES, MECHANICS = ("Ada", "Bo", "Cleo", "Dirk", "Eva"), ("Jonas", "Lena", "Milo")
PARTS = (("brake pads", 12.5), ("chain", 24.0), ("inner tube", 6.9), ("saddle", 39.0), ("bell", 8.4))


def example_database(folder: Path = OUTPUTS) -> str:
    """Write the bicycle workshop's database, 240 repairs, into `folder`; returns its URL. Every time the same rows."""
    path = Path(folder) / "bicycles.db"
    first, opened = date(2024, 1, 2), date(2024, 7, 8)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "customers": [
            (i, f"{NAMES[i % 5]} {chr(65 + i % 26)}.", CITIES[i * i % 3], str(first + timedelta(days=7 * i)),
             f"{NAMES[i % 5].lower()}.{i}@example.org", f"+32 9 {200 + i} {10 + i % 89} 0{i % 10}")
            for i in range(1, 61)
        ],
        "bicycles": [(i, 1 + i * 7 % 55, BRANDS[i % 4], KINDS[i * 5 % 7 % 3]) for i in range(1, 81)],
        "mechanics": [(i + 1, name, 2600 + 150 * i) for i, name in enumerate(MECHANICS)],
        "repairs": [
            (i, 1 + i * 11 % 80, 1 + i * i % 7 % 3, str(opened + timedelta(days=2 * i + i % 5)),
             "waiting" if i > 225 else "in work" if i > 215 else "done", 20.0 + i * 37 % 90)
            for i in range(1, 241)
        ],
        "parts": [(i + 1, name, price) for i, (name, price) in enumerate(PARTS)],
        "repair_parts": [(1 + i % 240, 1 + i * i % 5, 1 + i % 3) for i in range(1, 361)],
    }  # fmt: skip
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript(TABLES)
            for table, given in rows.items():
                database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(given[0]))})", given)
    except (OSError, sqlite3.Error) as error:
        raise DemoError(f"{path} cannot be written ({error}). Set DEMO_OUTPUTS to a folder that can.") from None
    return f"sqlite:///{path.as_posix()}"


TAKINGS = "SELECT SUM(labour_cost) FROM repairs WHERE brought_in >= '2025-01-01' AND brought_in < '2026-01-01'"
BY_MECHANIC = """SELECT mechanic_name, COUNT(*)
FROM repairs JOIN mechanics ON mechanics.mechanic_id = repairs.mechanic_id
WHERE brought_in >= '2025-01-01' AND brought_in < '2026-01-01' GROUP BY mechanic_name"""


def check_exercise_1(line: Any, url: str) -> None:
    """A glossary line after which `takings` are what the repairs' labour cost."""
    if is_blank(line):
        return not_yet('Put a glossary line in the place of the ..., in quotes: my_line = "- takings: …"')
    if not isinstance(line, str):
        return not_yet(f"This wants one line as text, in quotes; it got {type(line).__name__}.")
    glossary = Glossary.from_text(line.strip())
    if not any("takings" in term.names for term in glossary.terms):
        return not_yet("The line defines no takings. The form is: - word (synonyms): SQL, with a dash in front.")
    workshop = Workshop(Settings(), database=url)
    workshop.glossary = glossary
    answer = workshop.ask("What were our takings in 2025?")
    if answer.table is None:
        return not_yet(f"With that line the question is not answered: {answer.declined or answer.blocked}")
    if not same_result(answer.table, _rows(workshop, TAKINGS), extra_columns=1):
        return not_yet("It is answered, with another figure: takings are the sum of labour_cost over all repairs.")
    right("One line of yours, and its word means the same in every question from now on.")


def check_exercise_2(answer: Any, url: str) -> None:
    """How many repairs each mechanic had in 2025."""
    if is_blank(answer):
        return not_yet("Replace the ... by your own line, then run the cell again.")
    if not hasattr(answer, "table"):
        return not_yet(f"This wants what ask(...) returns; it got {type(answer).__name__}.")
    if answer.table is None:
        return not_yet(f"The question was not answered: {answer.declined or answer.blocked}")
    wanted = _rows(Workshop(Settings(), database=url), BY_MECHANIC)
    if len(answer.table) != len(wanted):
        return not_yet(f"Rows in your answer: {len(answer.table)}; expected: {len(wanted)}, one for each mechanic.")
    if not same_result(answer.table, wanted, extra_columns=2):
        return not_yet("One row for each mechanic, but other counts: repairs brought in in 2025 are meant.")
    right("The join came along a foreign key that the kit read from the file.")


def _rows(workshop: Workshop, sql: str) -> pd.DataFrame:
    policy = next(iter(workshop.policies.values()))
    return workshop.database.run(check_sql(sql, policy, workshop.database.dialect))
