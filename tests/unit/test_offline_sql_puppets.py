"""The SQL writer on a puppet theatre's schema: rows with a measure beside them, lists of columns, scores, single ones."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PUPPETS = """Dialect: duckdb. Today is 2025-06-15.

CREATE TABLE carvers (
  carver_id INTEGER PRIMARY KEY,
  carver_name VARCHAR,
  hamlet VARCHAR, -- one of: Tarn, Linden
  apprenticed_on DATE
);
CREATE TABLE puppets (
  puppet_id INTEGER PRIMARY KEY,
  puppet_name VARCHAR,
  carver_id INTEGER REFERENCES carvers(carver_id),
  timber VARCHAR, -- one of: lime, maple
  weight_grams INTEGER,
  carved_on DATE
);
CREATE TABLE shows (
  show_id INTEGER PRIMARY KEY,
  puppet_id INTEGER REFERENCES puppets(puppet_id),
  played_on DATE,
  stage VARCHAR, -- one of: barn, square
  spectators INTEGER,
  takings DECIMAL(8,2),
  running_minutes INTEGER
);
CREATE TABLE verdicts (
  verdict_id INTEGER PRIMARY KEY,
  puppet_id INTEGER REFERENCES puppets(puppet_id),
  given_on DATE,
  charm INTEGER, -- from 1 (dull) to 5
  fragility INTEGER -- points, 0 to 20
);
CREATE TABLE patrons (
  patron_id INTEGER PRIMARY KEY,
  patron_name VARCHAR
);
CREATE TABLE hire_bills (
  hire_bill_id INTEGER PRIMARY KEY,
  bill_number VARCHAR,
  patron_id INTEGER REFERENCES patrons(patron_id),
  billed_on DATE,
  bill_state VARCHAR, -- one of: Open, Settled
  bill_total DECIMAL(8,2)
);
CREATE TABLE rehearsals (
  rehearsal_id INTEGER PRIMARY KEY,
  rehearsal_name VARCHAR,
  is_mandatory BOOLEAN
);
"""
TAKINGS = "SELECT puppets.puppet_name, SUM(shows.takings) AS total_takings FROM shows JOIN puppets ON shows.puppet_id = puppets.puppet_id"
EACH = "GROUP BY shows.puppet_id, puppets.puppet_name"
SHOWS = "SELECT puppets.puppet_name, COUNT(*) AS show_count FROM shows JOIN puppets ON shows.puppet_id = puppets.puppet_id"
IN_2024 = "shows.played_on >= '2024-01-01' AND shows.played_on < '2025-01-01'"
CHARM = "SELECT puppets.puppet_name, AVG(verdicts.charm) AS average_charm FROM verdicts JOIN puppets ON verdicts.puppet_id = puppets.puppet_id GROUP BY verdicts.puppet_id, puppets.puppet_name"
BILLS = "SELECT hire_bills.bill_number, patrons.patron_name, hire_bills.bill_total FROM hire_bills JOIN patrons ON hire_bills.patron_id = patrons.patron_id"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # One row for each, with what is measured.
        ("puppets with their total takings", f"{TAKINGS} {EACH} ORDER BY total_takings DESC"),
        ("puppets with total takings, smallest first", f"{TAKINGS} {EACH} ORDER BY total_takings"),
        ("lime puppets with their number of shows", f"{SHOWS} WHERE puppets.timber = 'lime' {EACH} ORDER BY show_count DESC"),
        ("stages with average spectators", "SELECT stage, AVG(spectators) AS average_spectators FROM shows GROUP BY stage ORDER BY average_spectators DESC"),
        ("puppets with their timber and number of shows", f"{SHOWS.replace('puppet_name,', 'puppet_name, puppets.timber,')} {EACH}, puppets.timber ORDER BY show_count DESC"),
        # How many there are in each group, and what is measured.
        ("puppets per timber with average weight grams", "SELECT timber, COUNT(*) AS puppet_count, AVG(weight_grams) AS average_weight_grams FROM puppets GROUP BY timber ORDER BY puppet_count DESC"),
        # What is listed are columns, whatever else their names could mean.
        ("open hire bills with number, patron and total", f"{BILLS} WHERE hire_bills.bill_state = 'Open' ORDER BY hire_bills.bill_number"),
        ("hire bills with patron and total", f"{BILLS} ORDER BY hire_bills.bill_number"),
        # One of many.
        ("which of our lime puppets is the heaviest?", "SELECT puppet_name, weight_grams FROM puppets WHERE timber = 'lime' ORDER BY weight_grams DESC LIMIT 1"),
        ("which one of the puppets has the most shows?", f"{SHOWS} {EACH} ORDER BY show_count DESC LIMIT 1"),
        ("which of our puppets are the heaviest?", "SELECT puppet_name, weight_grams FROM puppets ORDER BY weight_grams DESC LIMIT 10"),
        # Scores of other rows are averaged.
        ("the most charming puppets", f"{CHARM} ORDER BY average_charm DESC LIMIT 10"),
        ("puppets sorted by average charm", f"{CHARM} ORDER BY average_charm DESC"),
        # What rows are sorted by may be of other rows.
        ("list all lime puppets sorted by takings", f"{TAKINGS} WHERE puppets.timber = 'lime' {EACH} ORDER BY total_takings DESC"),
        ("shows sorted by weight grams", "SELECT shows.show_id, puppets.weight_grams FROM shows JOIN puppets ON shows.puppet_id = puppets.puppet_id ORDER BY weight_grams DESC"),
        ("the carvers of the 3 heaviest puppets", "SELECT puppets.puppet_name, carvers.carver_name, puppets.weight_grams FROM puppets JOIN carvers ON puppets.carver_id = carvers.carver_id ORDER BY weight_grams DESC LIMIT 3"),
        # On average: of each row, or of what its parts add up to.
        ("how many spectators does a show have on average per stage?", "SELECT stage, AVG(spectators) AS average_spectators FROM shows GROUP BY stage ORDER BY average_spectators DESC"),
        ("how many spectators does a puppet have on average?", f"WITH per_puppet AS ({TAKINGS.replace('takings', 'spectators')} {EACH}) SELECT AVG(total_spectators) AS average_total_spectators FROM per_puppet"),
        # A key may be empty.
        ("how many puppets have a carver?", "SELECT COUNT(*) AS puppet_count FROM puppets WHERE NOT carver_id IS NULL"),
        # A count, and what the rows add up to.
        ("how many hire bills are open, and the total?", "SELECT COUNT(*) AS hire_bill_count, SUM(bill_total) AS total_bill_total FROM hire_bills WHERE bill_state = 'Open'"),
        # What everyone must do.
        ("which rehearsals must everyone attend?", "SELECT rehearsal_name FROM rehearsals WHERE is_mandatory ORDER BY rehearsal_name"),
        # Who has none has the fewest.
        ("which lime puppet had the fewest shows in 2024?", f"WITH counted AS (SELECT shows.puppet_id, COUNT(*) AS show_count FROM shows JOIN puppets ON shows.puppet_id = puppets.puppet_id WHERE puppets.timber = 'lime' AND {IN_2024} {EACH}) SELECT puppets.puppet_name, COALESCE(counted.show_count, 0) AS show_count FROM puppets LEFT JOIN counted ON counted.puppet_id = puppets.puppet_id WHERE puppets.timber = 'lime' ORDER BY show_count LIMIT 1"),
    ],
)  # fmt: skip
def test_what_is_asked_for(question: str, expected: str) -> None:
    assert write_sql(PUPPETS, question).sql == expected


@pytest.mark.parametrize(
    "question",
    [
        "puppets with average weight grams",  # each has one
        "puppets with total takings of 500",
        "puppets with average charm by timber",  # for each puppet, or for each timber
        "which puppet has the highest charm?",  # a single verdict, or all of them
        "puppets sorted by charm",
        "carvers of the puppets with the most shows",
        "how much did we spend in 2024?",  # takings are what others spent
        "number of shows by stage and total",
        "which puppets must everyone see?",
        "which hire bills have to be settled?",  # and are not
    ],
)
def test_what_could_be_meant_otherwise_is_declined(question: str) -> None:
    assert write_sql(PUPPETS, question).sql is None
