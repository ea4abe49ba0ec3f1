"""Averages of each, comparisons with an average, and distinct, highest or lowest over other tables, in many phrasings.

The gold of a cell is made of the same parts as its question; the rows that both give are compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
from small_databases import fill, make_tables, prompt_of

from demo_lib.offline.sql_writer import write_sql

SCHEMA = """CREATE TABLE branches ( -- Buildings that lend books
  branch_id INTEGER PRIMARY KEY, -- Key of the branch
  branch_name VARCHAR, -- Name of the branch
  town VARCHAR -- Town in which it lies
);
CREATE TABLE members ( -- People who may borrow
  member_id INTEGER PRIMARY KEY, -- Key of the member
  member_name VARCHAR, -- Full name
  branch_id INTEGER REFERENCES branches(branch_id), -- Branch the member signed up at
  plan VARCHAR, -- Kind of membership; one of: Student, Family, Senior
  joined_on DATE -- Day of joining
);
CREATE TABLE books ( -- Titles on the shelves
  book_id INTEGER PRIMARY KEY, -- Key of the book
  title VARCHAR, -- Title
  genre VARCHAR, -- Genre; one of: Crime, Poetry, Travel, History
  publisher VARCHAR, -- Who brought it out
  page_count INTEGER, -- Pages
  list_price DECIMAL(8,2) -- Price in US dollars
);
CREATE TABLE loans ( -- Books lent to members
  loan_id INTEGER PRIMARY KEY, -- Key of the loan
  member_id INTEGER REFERENCES members(member_id), -- Member who borrowed
  book_id INTEGER REFERENCES books(book_id), -- Book that was borrowed
  loan_date DATE, -- Day of the loan
  renewals INTEGER, -- How often it was renewed
  fine DECIMAL(8,2) -- Fine in US dollars
);"""
PROMPT = prompt_of(
    SCHEMA,
    """- fine income (income from fines): SUM(loans.fine)
- checkouts (number of checkouts): COUNT(loans.loan_id)
- The date of a loan is loans.loan_date.
- A member "borrows" a book when a loans row exists for both.""",
)
LENT = "loans l JOIN books b USING (book_id) JOIN members m USING (member_id) JOIN branches br USING (branch_id)"
MAY = "loan_date >= '2025-05-01' AND loan_date < '2025-06-01'"


@pytest.fixture(scope="module")
def library() -> Iterator[duckdb.DuckDBPyConnection]:
    """A library whose rows are drawn, always the same."""
    draw = random.Random(7)
    db = duckdb.connect()
    make_tables(db, SCHEMA)

    def day() -> str:
        return f"{draw.choice((2024, 2025))}-{draw.randint(1, 10):02d}-{draw.randint(1, 28):02d}"

    fill(db, "branches", [(i, f"Branch {i}", draw.choice(("Ely", "Wick", "Bath"))) for i in range(1, 9)])
    plans = ("Student", "Family", "Senior")
    fill(db, "members", [(i, f"Member {i}", draw.choice((1, 1, 1, 2, 3, 4, 5, 6, 7)), draw.choice(plans), day())
                     for i in range(1, 41)])  # fmt: skip
    genres, houses = ("Crime", "Poetry", "Travel", "History"), ("Ash", "Ash", "Ash", "Birch", "Cedar", "Elm")
    fill(db, "books", [(i, f"Book {i}", draw.choice(genres), draw.choice(houses), draw.randint(50, 900),
                    draw.randint(300, 4000) / 100) for i in range(1, 31)])  # fmt: skip
    fill(db, "loans", [(i, min(draw.randint(1, 40), draw.randint(1, 40)), min(draw.randint(1, 30), draw.randint(1, 30)),
                    day(), draw.randint(0, 4), draw.randint(0, 900) / 100) for i in range(1, 301)])  # fmt: skip
    yield db
    db.close()


def each(group: str, rows: str, what: str = "COUNT(*)") -> str:
    """What each group has, on average."""
    return f"SELECT AVG(n) FROM (SELECT {what} AS n FROM {rows} GROUP BY {group})"


def passing(shown: str, group: str, rows: str, op: str, what: str = "COUNT(*)") -> str:
    """The groups that pass the average of all of them."""
    totals = f"SELECT MIN({group}) AS name, {what} AS n FROM {rows} GROUP BY {group}"
    return f"WITH t AS ({totals}) SELECT {shown} FROM t WHERE n {op} (SELECT AVG(n) FROM t)"


HELD = [  # what is counted (plural, singular), each of what, the average
    ("members", "member", "branch", each("branch_id", "members")),
    ("books", "book", "publisher", each("publisher", "books")),
    ("loans", "loan", "member", each("member_id", "loans")),
    ("checkouts", "checkout", "genre", each("genre", LENT)),
]
HOLDING = [
    "What is the average number of {many} per {one}?",
    "On average, how many {many} does {a_one} have?",
    "How many {many} does the average {one} have?",
    "avg {many} per {one}",
    "{many} per {one} on average",
    "Per {one}, how many {many} do we have on average?",
    "number of {many} per {one}, average",
    "average number of {many} {a_one} has",
    "how many {many} on average per {one}",
    "How many {many} are there in a typical {one}?",
    "Average {single} count per {one}",
]
OF_ROWS = [("loans", "loan", "fine", "loan_id"), ("books", "book", "list price", "title")]
ROWS_ABOVE = [
    ("list", ">", "Which {rows} have a {column} above the average {column}?"),
    ("count", ">", "How many {rows} had a {column} above the average {column}?"),
    ("list", "<", "{rows} with a lower {column} than average"),
    ("list", ">", "{rows} with above-average {column}"),
    ("count", ">", "How many {rows} have a higher {column} than the average {row}?"),
    ("list", ">", "{rows} with a {column} bigger than usual"),
    ("list", ">", "show all {rows} whose {column} is more than the average {column} of all {rows}"),
]
GROUPS = [  # groups, one of them, what is counted, by what, of which rows
    ("publishers", "publisher", "books", "publisher", "books"),
    ("genres", "genre", "loans", "genre", LENT),
    ("branches", "branch", "members", "branch_name", "members JOIN branches USING (branch_id)"),
]
GROUPS_ABOVE = [
    ("name", "Which {groups} have more {many} than average?"),
    ("name", "{groups} with an above-average number of {many}"),
    ("COUNT(*)", "How many {groups} have more {many} than the average {group}?"),
    ("name", "list {groups} whose number of {many} is above the average"),
    ("name", "Which {groups} have more {many} than a {group} has on average?"),
    ("name", "more {many} than usual: which {groups}?"),
    ("name", "what {groups} have more than the average number of {many}?"),
]
OVER_OTHERS = [
    (f"SELECT COUNT(DISTINCT publisher) FROM {LENT} WHERE plan = 'Student' AND {MAY}", [
        "How many different publishers did Student members borrow in May 2025?",
        "number of distinct publishers borrowed by Student members in May 2025",
        "in May 2025, how many different publishers did Student members borrow?",
    ]),
    (f"SELECT COUNT(DISTINCT town) FROM {LENT} WHERE genre = 'Poetry' AND {MAY}", [
        "From how many different towns did members borrow Poetry in May 2025?",
        "Poetry loans in May 2025: how many different towns?",
        "number of different towns with Poetry loans in May 2025",
    ]),
    (f"SELECT MAX(page_count) FROM {LENT} WHERE plan = 'Senior' AND {MAY}", [
        "highest page count of books on loans to Senior members in May 2025",
        "What was the highest page count of a book on loan to Senior members in May 2025?",
    ]),
    (each("member_id", "loans", "SUM(fine)"), [
        "What is the average total fine per member?",
        "per member, what is the average total fine?",
        "On average, what is the total fine per member?",
        "the average member's total fine",
    ]),
    (each("DATE_TRUNC('month', loan_date)", "loans WHERE YEAR(loan_date) = 2025"), [
        "In 2025, how many loans were there per month on average?",
        "2025: average number of loans a month",
    ]),
    (passing("name", "publisher", LENT, ">", "SUM(fine)"), [
        "publishers with above-average fine income",
        "Which publishers have a fine income that is higher than average?",
        "publishers whose total fine is above the average",
    ]),
]  # fmt: skip
CELLS = [
    *[(template.format(many=many, single=single, one=one, a_one=f"a {one}"), gold)
      for many, single, one, gold in HELD for template in HOLDING],
    *[(template.format(rows=rows, row=row, column=column),
       f"SELECT {shown if kind == 'list' else 'COUNT(*)'} FROM {rows} WHERE {column.replace(' ', '_')} {op} "
       f"(SELECT AVG({column.replace(' ', '_')}) FROM {rows})")
      for rows, row, column, shown in OF_ROWS for kind, op, template in ROWS_ABOVE],
    *[(template.format(groups=groups, group=group, many=many), passing(shown, by, rows, ">"))
      for groups, group, many, by, rows in GROUPS for shown, template in GROUPS_ABOVE],
    *[(question, gold) for gold, questions in OVER_OTHERS for question in questions],
]  # fmt: skip


def rows_of(db: duckdb.DuckDBPyConnection, sql: str) -> list[list[object]]:
    """The rows, numbers rounded."""
    return [[v if isinstance(v, str) else round(float(v), 4) for v in row] for row in db.execute(sql).fetchall()]


@pytest.mark.parametrize(("question", "gold"), CELLS, ids=[q for q, _ in CELLS])
def test_cell_is_right(library: duckdb.DuckDBPyConnection, question: str, gold: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql, draft.declined
    found, wanted = rows_of(library, draft.sql), rows_of(library, gold)
    assert any(sorted([row[k]] for row in found) == sorted(wanted) for k in range(len(found[0]))), draft.sql


@pytest.mark.parametrize(
    "question",
    [
        "Which members have fewer loans than the average member?",  # those with none, too?
        "How many spoons does the average member have?",
        "Which loans have a fine above the average price?",
        "books with a page count above the average of last year's loans",
        "Which publishers have more books than the average genre?",
        "How many loans does an average member and an average branch have?",
        "average number of loans a shelf has",
        "Which publishers have more fine than usual and more loans than average?",
        "From how many different shelves did members borrow Poetry in May 2025?",
    ],
)
def test_cell_is_declined(question: str) -> None:
    draft = write_sql(PROMPT, question)
    assert draft.sql is None, draft.sql
