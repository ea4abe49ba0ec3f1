"""What first questions to a new database taught: prices of a list, keys called numbers, lost values, the newest first."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from small_databases import fill, make_tables, prompt_of

from demo_lib.offline.sql_writer import write_sql

KENNELS = """CREATE TABLE kennels ( -- kennels that take dogs in
  kennel_cd VARCHAR PRIMARY KEY, -- short code of the kennel
  kennel_name VARCHAR NOT NULL, -- name over the gate
  town VARCHAR NOT NULL, -- town; one of: Wells, Bath
  pens INTEGER NOT NULL -- number of pens
);
CREATE TABLE owners ( -- people who bring a dog
  owner_id INTEGER PRIMARY KEY, -- owner number
  first_name VARCHAR NOT NULL, -- given name
  last_name VARCHAR NOT NULL, -- family name
  dob DATE NOT NULL, -- date of birth
  county VARCHAR NOT NULL, -- home county; one of: Kent, Devon, Essex
  liability BOOLEAN NOT NULL -- true if holding a valid liability policy
);
CREATE TABLE stays ( -- dogs left with us
  stay_id INTEGER PRIMARY KEY, -- number of the stay
  kennel_cd VARCHAR NOT NULL REFERENCES kennels(kennel_cd), -- kennel
  owner_id INTEGER NOT NULL REFERENCES owners(owner_id), -- owner of the dog
  arrived DATE NOT NULL, -- first day
  cancelled BOOLEAN NOT NULL -- true if the dog never came
);
CREATE TABLE loans ( -- what is lent out by the hour
  loan_id INTEGER PRIMARY KEY, -- number of the loan
  owner_id INTEGER NOT NULL REFERENCES owners(owner_id), -- owner of the dog
  toy VARCHAR NOT NULL, -- kind of toy; one of: ball, rope, puller
  lent_on DATE NOT NULL, -- day it was lent
  hrs INTEGER NOT NULL, -- hours lent
  fee DECIMAL(7,2) NOT NULL, -- fee in euros
  torn BOOLEAN NOT NULL -- true if it came back torn
);
CREATE TABLE treatment ( -- price list of what groomers do
  treat_cd VARCHAR PRIMARY KEY, -- short code of the treatment
  nm VARCHAR NOT NULL, -- name of the treatment
  part VARCHAR NOT NULL, -- part of the dog; one of: coat, claws
  price DECIMAL(7,2) NOT NULL -- price per treatment in euros
);
CREATE TABLE groomers ( -- groomers
  groomer_id INTEGER PRIMARY KEY, -- groomer number
  nm VARCHAR NOT NULL, -- full name
  shift VARCHAR NOT NULL -- usual shift; one of: early, late
);
CREATE TABLE outc ( -- results, one per treatment
  outc_id INTEGER PRIMARY KEY, -- result number
  treat_cd VARCHAR NOT NULL REFERENCES treatment(treat_cd), -- treatment
  groomer_id INTEGER NOT NULL REFERENCES groomers(groomer_id), -- groomer who ran it
  done_on DATE NOT NULL, -- day it was done
  checked DATE -- day it was checked, empty while open
);"""
TERMS = """- toy income: SUM(loans.fee)
- grooming charges: SUM(treatment.price)
- open result: outc.checked IS NULL
- The date of a result is outc.done_on."""
DAYS = [f"202{3 + k % 2}-{k % 12 + 1:02d}-1{k % 9}" for k in range(200)]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        make_tables(db, KENNELS)
        fill(db, "kennels", [(f"K{k}", f"Kennel {k}", ["Wells", "Bath"][k % 2], 4 + k) for k in range(6)])
        counties = ["Kent", "Kent", "Devon", "Kent", "Devon", "Essex"]
        people = [(k, f"F{k}", f"L{k}", f"{1994 + k}-03-04", counties[k % 6], k % 3 > 0) for k in range(14)]
        fill(db, "owners", people)
        fill(db, "stays", [(k, f"K{k * k % 5}", k % 13, DAYS[k], k % 4 == 0) for k in range(60)])
        kinds = ["ball", "rope", "puller", "ball"]
        lent = [(k, k * k % 11, kinds[k % 4], DAYS[k], k % 5 + 1, 2 * k, k % 3 == 0) for k in range(70)]
        fill(db, "loans", lent)
        prices = [("T0", "Bath", "coat", 9), ("T1", "Trim", "coat", 20), ("T2", "Brush", "coat", 7), ("T3", "Clip", "claws", 5),
                  ("T4", "File", "claws", 6), ("T5", "Dye", "coat", 50)]  # fmt: skip
        fill(db, "treatment", prices)
        fill(db, "groomers", [(k, f"Groomer {k}", ["early", "late"][k % 2]) for k in range(5)])
        fill(db, "outc", [(k, f"T{k * k % 5}", k % 5, DAYS[k], DAYS[k] if k % 7 else None) for k in range(90)])
        yield db


def _rows(database: duckdb.DuckDBPyConnection, question: str) -> list[tuple[object, ...]]:
    draft = write_sql(prompt_of(KENNELS, TERMS), question)
    assert draft.sql is not None, draft.declined
    return database.execute(draft.sql).fetchall()


CHARGED = "FROM outc JOIN treatment USING (treat_cd)"
TORN = "SELECT COUNT(*) FROM loans WHERE toy = 'rope' AND torn"
UNUSED = "SELECT nm, treat_cd FROM treatment WHERE treat_cd NOT IN (SELECT treat_cd FROM outc)"
LATE = """SELECT nm, COUNT(*) FROM outc JOIN groomers USING (groomer_id) WHERE shift = 'late'
GROUP BY groomer_id, nm"""
QUARTERS = """SELECT date_trunc('quarter', lent_on) AS q, COUNT(*), SUM(COUNT(*)) OVER (ORDER BY q) FROM loans
WHERE year(lent_on) = 2024 GROUP BY q"""
PER_PEN = """SELECT town, (SELECT COUNT(*) FROM stays JOIN kennels USING (kennel_cd) WHERE town = k.town) / SUM(pens)
FROM kennels k GROUP BY town"""
BORN = """SELECT DISTINCT first_name, last_name, dob FROM owners JOIN loans USING (owner_id)
WHERE dob >= '2000-01-01' AND toy = 'rope'"""
BOTH = """SELECT owner_id, last_name FROM owners WHERE owner_id IN (SELECT owner_id FROM loans WHERE toy = 'ball')
AND owner_id IN (SELECT owner_id FROM loans WHERE toy = 'rope')"""
OVER = """SELECT first_name, last_name, COUNT(*) FROM stays JOIN owners USING (owner_id)
GROUP BY owner_id, first_name, last_name HAVING COUNT(*) > 4"""


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("How many ropes were torn?", TORN),
        ("how many torn ropes", TORN),
        ("How many ropes came back torn?", TORN),
        ("What were the grooming charges per part in 2024?",
         f"SELECT part, SUM(price) {CHARGED} WHERE year(done_on) = 2024 GROUP BY part"),
        ("total grooming charges", f"SELECT SUM(price) {CHARGED}"),
        ("Which owners had both a ball and a rope? Give the owner number and the last name.", BOTH),
        ("owner no. and last name of the owners from Kent", "SELECT owner_id, last_name FROM owners WHERE county = 'Kent'"),
        ("Show the number of loans and the running total per quarter of 2024.", QUARTERS),
        ("number of loans in 2024 by quarter with a cumulative total", QUARTERS),
        ("stays per pen by town", PER_PEN),
        ("toy income per hour by toy", "SELECT toy, SUM(fee) / SUM(hrs) FROM loans GROUP BY toy"),
        ("cancellation percentage by town", """SELECT town, 100.0 * COUNT(*) FILTER (WHERE cancelled) / COUNT(*)
         FROM stays JOIN kennels USING (kennel_cd) GROUP BY town"""),
        ("How many owners without a valid liability policy are there per county?",
         "SELECT county, COUNT(*) FROM owners WHERE NOT liability GROUP BY county"),
        ("Which treatments have never been run? Give the code and the name.", UNUSED),
        ("code and name of the treatments that were never run", UNUSED),
        ("treatments that have never been used", "SELECT nm FROM treatment WHERE treat_cd = 'T2' OR treat_cd = 'T3' OR treat_cd = 'T5'"),
        ("How many results did each groomer on the late shift run? Show the name and the number.", LATE),
        ("results per late-shift groomer, by name", LATE),
        ("Which groomers have more than 17 results? Show the name, the shift and the number of results.",
         """SELECT nm, shift, COUNT(*) FROM outc JOIN groomers USING (groomer_id) GROUP BY groomer_id, nm, shift
         HAVING COUNT(*) > 17"""),
        ("first and last names of owners with over 4 stays, and how many they've got", OVER),
        ("owners born in 2000 or after with a rope - first name, last name, date of birth, each one once", BORN),
        ("owners born in 2000 or later", "SELECT first_name, last_name FROM owners WHERE dob >= '2000-01-01'"),
        ("Which two counties do most of our owners come from, and how many owners is that each?",
         "SELECT county, COUNT(*) FROM owners GROUP BY county ORDER BY COUNT(*) DESC LIMIT 2"),
        ("top 2 counties by number of owners, with the numbers",
         "SELECT county, COUNT(*) FROM owners GROUP BY county ORDER BY COUNT(*) DESC LIMIT 2"),
        ("most popular kennels going by stays",
         """SELECT kennel_name, COUNT(*) FROM stays JOIN kennels USING (kennel_cd) GROUP BY kennel_cd, kennel_name"""),
        ("Which treatments have no result?", "SELECT nm FROM treatment WHERE treat_cd NOT IN (SELECT treat_cd FROM outc)"),
    ],
)  # fmt: skip
def test_it_is_read_as_it_is_meant(database: duckdb.DuckDBPyConnection, question: str, gold: str) -> None:
    rows = database.execute(gold).fetchall()
    assert rows and sorted(map(_plain, _rows(database, question))) == sorted(map(_plain, rows))


def _plain(row: tuple[object, ...]) -> str:
    """A row whose numbers are alike, whole or not: a date stands for its day."""
    return str([round(float(v), 6) if not isinstance(v, str) and hasattr(v, "__float__") else str(v)[:10] for v in row])


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("How many stays were there in each year, latest year first?", 2024, 2023),
        ("stays year by year, newest year on top", 2024, 2023),
        ("stays by year, oldest first", 2023, 2024),
        ("toy income per hour by toy, lowest first", "ball", "rope"),
    ],
)
def test_what_comes_first_is_what_is_to_come_first(
    database: duckdb.DuckDBPyConnection, question: str, first: object, last: object
) -> None:
    rows = _rows(database, question)
    assert (rows[0][0], rows[-1][0]) == (first, last)


@pytest.mark.parametrize(
    "question",
    ["open results right now?", "who has open results?", "How many groomers per groomer?"],
)
def test_what_could_be_several_things_is_declined(question: str) -> None:
    assert write_sql(prompt_of(KENNELS, TERMS), question).sql is None
