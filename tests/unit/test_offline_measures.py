"""What is measured: shares, numbers per unit, several at once, amounts, rankings, comparisons; in two engines."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from two_engines import filled_duckdb, filled_sqlite, plain

from demo_lib.offline.sql_writer import write_sql

BINDERY = """
CREATE TABLE counties (county_id INTEGER PRIMARY KEY, county_name VARCHAR -- one of: Devon, Fife, Kent
);
CREATE TABLE members (
  member_id INTEGER PRIMARY KEY, member_name VARCHAR, county_id INTEGER REFERENCES counties(county_id),
  town VARCHAR, grade VARCHAR, -- one of: Amateur, Master
  joined_on DATE);
CREATE TABLE branches (
  branch_id INTEGER PRIMARY KEY, branch_name VARCHAR, county_id INTEGER REFERENCES counties(county_id));
CREATE TABLE jobs ( -- Books bound for a member
  job_id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members(member_id),
  branch_id INTEGER REFERENCES branches(branch_id), ordered_on DATE,
  pieces INTEGER, rebate DECIMAL(4,2), -- Rebate as a fraction of the price: 0.10 is 10 percent
  amount DECIMAL(10,2),
  cover VARCHAR, -- one of: Cloth, Leather
  payment_method VARCHAR -- one of: Card, Cash, Transfer
);
CREATE TABLE returns ( -- Books that came back
  return_id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES jobs(job_id), returned_on DATE,
  pieces INTEGER, refund_amount DECIMAL(10,2));
CREATE TABLE viewings (
  viewing_id INTEGER PRIMARY KEY, branch_id INTEGER REFERENCES branches(branch_id), seen_on DATE,
  device VARCHAR, -- one of: Phone, Screen
  converted BOOLEAN -- Whether the viewing ended in an order
);
CREATE TABLE branch_expenses (
  branch_expense_id INTEGER PRIMARY KEY, branch_id INTEGER REFERENCES branches(branch_id), billed_on DATE,
  expense_kind VARCHAR, -- one of: Glue, Rent
  expense_amount DECIMAL(10,2));
CREATE TABLE repairs (
  repair_id INTEGER PRIMARY KEY, branch_id INTEGER REFERENCES branches(branch_id),
  urgency VARCHAR, -- one of: High, Low
  opened_at TIMESTAMP, solved_at TIMESTAMP,
  outcome VARCHAR -- one of: Accepted, Rejected
);
"""
GLOSSARY = """
- total fees (revenue, turnover): SUM(jobs.amount)
- pieces bound: SUM(jobs.pieces)
- refunds: SUM(returns.refund_amount)
- active members (buying members): COUNT(DISTINCT jobs.member_id)
- The date of fees is jobs.ordered_on.
- The date of refunds is returns.returned_on.
- A member "orders" when a row of jobs exists for the member.
"""
OVER = "SELECT {} FROM jobs JOIN members USING (member_id)"
YEAR = "YEAR(ordered_on) = 2024"
OF_EACH = f"SELECT member_id, SUM(amount) AS s FROM jobs WHERE {YEAR} GROUP BY 1"
GOLD = {
    # several numbers
    "For each year, show the number of returns, the pieces returned and the total refunds": (
        "SELECT YEAR(returned_on), COUNT(*), SUM(pieces), SUM(refund_amount) FROM returns GROUP BY 1"
    ),
    "jobs and revenue by cover": "SELECT cover, COUNT(*), SUM(amount) FROM jobs GROUP BY 1",
    "per cover: jobs, revenue": "SELECT cover, COUNT(*), SUM(amount) FROM jobs GROUP BY 1",
    "How many jobs were there in 2024, and how high was a job on average?": (
        f"SELECT COUNT(*), AVG(amount) FROM jobs WHERE {YEAR}"
    ),
    # amounts
    "How much money did we pay back in 2024?": "SELECT SUM(refund_amount) FROM returns WHERE YEAR(returned_on) = 2024",
    "total the money we gave back by grade": (
        "SELECT grade, SUM(refund_amount) FROM returns JOIN jobs USING (job_id) JOIN members USING (member_id) GROUP BY 1"
    ),
    "how often did members bring something back in 2024": "SELECT COUNT(*) FROM returns WHERE YEAR(returned_on) = 2024",
    "branch expenses by kind": "SELECT expense_kind, SUM(expense_amount) FROM branch_expenses GROUP BY 1",
    "number of branch expenses by kind": "SELECT expense_kind, COUNT(*) FROM branch_expenses GROUP BY 1",
    "How high are the refunds in 2024?": "SELECT SUM(refund_amount) FROM returns WHERE YEAR(returned_on) = 2024",
    "how big is the average job by cover": "SELECT cover, AVG(amount) FROM jobs GROUP BY 1",
    "revenue minus refunds in 2024": (
        f"SELECT (SELECT SUM(amount) FROM jobs WHERE {YEAR})"
        " - (SELECT SUM(refund_amount) FROM returns WHERE YEAR(returned_on) = 2024)"
    ),
    "After deducting the refunds, how much revenue is left for 2024?": (
        f"SELECT (SELECT SUM(amount) FROM jobs WHERE {YEAR})"
        " - (SELECT SUM(refund_amount) FROM returns WHERE YEAR(returned_on) = 2024)"
    ),
    # shares and rates
    "What percentage of the jobs were ordered with a rebate?": "SELECT 100 * AVG((rebate > 0)::INT) FROM jobs",
    "% of jobs rebated": "SELECT 100 * AVG((rebate > 0)::INT) FROM jobs",
    "Of all jobs, how many percent got any rebate at all?": "SELECT 100 * AVG((rebate > 0)::INT) FROM jobs",
    "number of jobs for every rebate rate": "SELECT rebate, COUNT(*) FROM jobs GROUP BY 1",
    "conversion rate of viewings by device": "SELECT device, AVG(converted::INT) FROM viewings GROUP BY 1",
    "What share of viewings ended in an order, per device?": (
        "SELECT device, AVG(converted::INT) FROM viewings GROUP BY 1"
    ),
    "how many viewings did not end in an order": "SELECT COUNT(*) FROM viewings WHERE NOT converted",
    "rejection rate of repairs by urgency": (
        "SELECT urgency, AVG((outcome = 'Rejected')::INT) FROM repairs GROUP BY 1"
    ),
    "cover mix 2024, % of revenue": (
        f"SELECT cover, 100 * SUM(amount) / (SELECT SUM(amount) FROM jobs WHERE {YEAR}) FROM jobs WHERE {YEAR} GROUP BY 1"
    ),
    "leather share of revenue 2024 %": (
        f"SELECT 100 * SUM(CASE WHEN cover = 'Leather' THEN amount END) / SUM(amount) FROM jobs WHERE {YEAR}"
    ),
    "leather jobs as a share of all jobs": "SELECT AVG((cover = 'Leather')::INT) FROM jobs",
    "Please break the revenue down by cover, as a percentage of the whole.": (
        "SELECT cover, 100 * SUM(amount) / (SELECT SUM(amount) FROM jobs) FROM jobs GROUP BY 1"
    ),
    # per unit
    "members per branch, by county": (
        "SELECT county_name, 1.0 * COUNT(DISTINCT member_id) / COUNT(DISTINCT branch_id) FROM counties"
        " JOIN members USING (county_id) JOIN branches USING (county_id) GROUP BY 1"
    ),
    "Divide, county by county, the number of members by the number of branches.": (
        "SELECT county_name, 1.0 * COUNT(DISTINCT member_id) / COUNT(DISTINCT branch_id) FROM counties"
        " JOIN members USING (county_id) JOIN branches USING (county_id) GROUP BY 1"
    ),
    "divide revenue by pieces bound for each cover": "SELECT cover, SUM(amount) / SUM(pieces) FROM jobs GROUP BY 1",
    "please divide the members by grade": "SELECT grade, COUNT(*) FROM members GROUP BY 1",
    "Split our members by grade and tell me how many belong to each one.": (
        "SELECT grade, COUNT(*) FROM members GROUP BY 1"
    ),
    "How much did a member spend on average in 2024?": f"SELECT AVG(s) FROM ({OF_EACH})",
    "How much does a buying member spend on average, by grade?": (
        OVER.format("grade, SUM(amount) / COUNT(DISTINCT member_id)") + " GROUP BY 1"
    ),
    "average spending per member in 2024": f"SELECT AVG(s) FROM ({OF_EACH})",
    "average 2024 revenue per member": f"SELECT AVG(s) FROM ({OF_EACH})",
    "average revenue in 2024 per member": f"SELECT AVG(s) FROM ({OF_EACH})",
    "count this year's jobs by cover": "SELECT cover, COUNT(*) FROM jobs WHERE YEAR(ordered_on) = 2025 GROUP BY 1",
    # above the average
    "How many members spent more than the average in 2024?": (
        f"WITH t AS ({OF_EACH}) SELECT COUNT(*) FROM t WHERE s > (SELECT AVG(s) FROM t)"
    ),
    "branches with above average revenue": (
        "WITH t AS (SELECT branch_id, SUM(amount) AS s FROM jobs GROUP BY 1) SELECT branch_name, s FROM t"
        " JOIN branches USING (branch_id) WHERE s > (SELECT AVG(s) FROM t)"
    ),
    # rankings
    "the 2 branches that made the least revenue in 2024, starting with the weakest": (
        f"SELECT branch_name, SUM(amount) AS s FROM jobs JOIN branches USING (branch_id) WHERE {YEAR} GROUP BY 1"
        " ORDER BY s LIMIT 2"
    ),
    "Name the two counties whose members spent the most": (
        "SELECT county_name, SUM(amount) AS s FROM jobs JOIN members USING (member_id) JOIN counties USING (county_id)"
        " GROUP BY 1 ORDER BY s DESC LIMIT 2"
    ),
    "bottom 1 covers by revenue, lowest on top": (
        "SELECT cover, SUM(amount) AS s FROM jobs GROUP BY 1 ORDER BY s LIMIT 1"
    ),
    "number one branch by pieces bound": (
        "SELECT branch_name, SUM(pieces) AS s FROM jobs JOIN branches USING (branch_id) GROUP BY 1 ORDER BY s DESC LIMIT 1"
    ),
    "how do members pay most often": (
        "SELECT payment_method, COUNT(*) AS n FROM jobs GROUP BY 1 ORDER BY n DESC LIMIT 1"
    ),
    "In every cover, which payment method is used most often?": (
        "SELECT cover, payment_method, n FROM (SELECT cover, payment_method, COUNT(*) AS n, ROW_NUMBER()"
        " OVER (PARTITION BY cover ORDER BY COUNT(*) DESC) AS k FROM jobs GROUP BY 1, 2) WHERE k = 1"
    ),
    "share of revenue paid in cash, by cover": (
        "SELECT cover, SUM(CASE WHEN payment_method = 'Cash' THEN amount END) / SUM(amount) FROM jobs GROUP BY 1"
    ),
    "how much did we give back in 2024": "SELECT SUM(refund_amount) FROM returns WHERE YEAR(returned_on) = 2024",
    "viewings and repairs by branch": (
        "SELECT branch_name, (SELECT COUNT(*) FROM viewings v WHERE v.branch_id = b.branch_id),"
        " (SELECT COUNT(*) FROM repairs r WHERE r.branch_id = b.branch_id) FROM branches b"
    ),
    "jobs ordered, revenue by cover": "SELECT cover, COUNT(*), SUM(amount) FROM jobs GROUP BY 1",
    "jobs per way of paying": "SELECT payment_method, COUNT(*) FROM jobs GROUP BY 1",
    "median amount per job by cover": "SELECT cover, MEDIAN(amount) FROM jobs GROUP BY 1",
    # comparisons and running totals
    "Did we pay back more in 2024 than in 2023? Show both figures.": (
        "SELECT SUM(refund_amount) FILTER (WHERE YEAR(returned_on) = 2024),"
        " SUM(refund_amount) FILTER (WHERE YEAR(returned_on) = 2023) FROM returns"
    ),
    "was revenue in 2024 higher than in 2023? Put the two next to each other.": (
        "SELECT SUM(amount) FILTER (WHERE YEAR(ordered_on) = 2024), SUM(amount) FILTER (WHERE YEAR(ordered_on) = 2023) FROM jobs"
    ),
    "What was the revenue of leather in 2024 and what was the revenue of cloth?": (
        f"SELECT cover, SUM(amount) FROM jobs WHERE {YEAR} GROUP BY 1"
    ),
    "how many jobs are there by cover of the jobs": "SELECT cover, COUNT(*) FROM jobs GROUP BY 1",
}  # fmt: skip
TIMES = {
    "avg resolution time (hrs) of repairs per urgency": "AVG(DATE_DIFF('SECOND', opened_at, solved_at) / 3600.0)",
    "From opening to being solved, what is the mean time in hours for every urgency?": "/ 3600.0) AS average_hours",
    "What is the mean time in hours between a repair coming in and being solved, by urgency?": "/ 3600.0) AS average",
    "average days to solve a repair per branch": "AVG(DATE_DIFF('SECOND', repairs.opened_at, repairs.solved_at) / 86",
}


def prompt(dialect: str = "duckdb") -> str:
    return f"Dialect: {dialect}\nToday is 2025-06-15.\n\n## Schema\n```sql\n{BINDERY}```\n\n## Glossary\n{GLOSSARY}"


def asked(question: str, dialect: str = "duckdb") -> str:
    draft = write_sql(prompt(dialect), question)
    assert draft.declined is None, draft.declined
    return draft.sql or ""


def data() -> dict[str, list[tuple[object, ...]]]:
    """Three counties, of which each has members and branches; no two numbers that are ranked tie."""
    rng, start = random.Random(7), dt.date(2023, 1, 1)
    day = [start + dt.timedelta(rng.randrange(900)) for _ in range(400)]
    at = [dt.datetime(2024, 1, 1) + dt.timedelta(hours=rng.randrange(2000)) for _ in range(40)]
    return {
        "counties": [(1, "Kent"), (2, "Devon"), (3, "Fife")],
        "members": [(i, f"Member {i}", 1 + i % 3, "Dover", ["Amateur", "Master"][i % 4 == 0], start) for i in range(60)],
        "branches": [(i, f"Branch {i}", 1 + i % 3) for i in range(7)],
        "jobs": [
            (i, int(50 * rng.random() ** 2), int(7 * rng.random() ** 2), day[i], 1 + rng.randrange(5),
             [0, 0, 0.1][i % 3], 10 + i, ["Cloth", "Leather"][rng.random() < 0.3],
             rng.choice(["Card", "Card", "Cash", "Transfer", "Card", "Cash"])) for i in range(400)
        ],
        "returns": [(i, 5 * i, day[5 * i] + dt.timedelta(20), 1 + i % 3, 3 + i) for i in range(60)],
        "viewings": [(i, i % 7, start, ["Phone", "Screen"][i % 3 == 0], i % 5 < 2) for i in range(90)],
        "branch_expenses": [(i, i % 7, start, ["Glue", "Rent"][i % 4 == 0], 20 + i) for i in range(50)],
        "repairs": [
            (i, i % 7, ["High", "Low"][i % 3 == 0], at[i], at[i] + dt.timedelta(hours=3 + i),
             ["Accepted", "Rejected"][i % 4 == 0]) for i in range(40)
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    return filled_duckdb(BINDERY, data())


@pytest.fixture(scope="module")
def lite() -> sqlite3.Connection:
    return filled_sqlite(BINDERY, data())


@pytest.mark.parametrize("question", GOLD)
def test_answers_as_sql_written_by_hand_would(duck: duckdb.DuckDBPyConnection, question: str) -> None:
    sql = asked(question)
    assert plain(duck.execute(sql).fetchall()) == plain(duck.execute(GOLD[question]).fetchall()), sql


@pytest.mark.parametrize("question", [q for q in GOLD if "edian" not in q])
def test_sqlite_gives_the_same_number(
    duck: duckdb.DuckDBPyConnection, lite: sqlite3.Connection, question: str
) -> None:
    sql = asked(question, "sqlite")
    assert plain(lite.execute(sql).fetchall()) == plain(duck.execute(GOLD[question]).fetchall()), sql


@pytest.mark.parametrize("question", GOLD)
def test_postgres_can_read_what_it_is_given(question: str) -> None:
    assert sqlglot.parse_one(asked(question, "postgres"), read="postgres").find(exp.Select)


@pytest.mark.parametrize(("question", "part"), TIMES.items())
def test_times_are_averaged_over_rows_in_the_unit_asked_for(question: str, part: str) -> None:
    assert part in asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "distinct members who returned something in 2024",  # how many, or which
        "list returns and refunds",  # rows, and a number about them
        "members and revenue by cover",
        "members per branch by county in 2024",  # some of them over all of the others
        "branches whose members spent the most",  # of the branch, or of those who ever came there
        "top 3 branches by revenue, lowest first",
        "which members ordered more in 2024 than in 2023",
        "Master members who spent more than the average",  # of them, or of all
        "how big are the branches",
        "how is the weather most often",
        "peak hour",
        "what percentage of members ordered more than once",
        "revenue and number of members by grade in 2024",  # who joined then, or who ordered
        "members, revenue and pieces bound by cover",
        "revenue and returns by cover in 2024",
        "what did each member spend on average per job",
        "what share of returns came from leather revenue",
        "how much does a branch sell on average per month",
        "average revenue by cover compared to the total revenue",
    ],
)
def test_what_can_be_read_in_two_ways_is_declined(question: str) -> None:
    assert write_sql(prompt(), question).sql is None


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("jobs: total amount by cover", "SELECT cover, SUM(amount)"),  # a topic, and no second number
        ("revenue less than 500 by branch", "HAVING SUM(jobs.amount) < 500"),
        ("name of the branches in Kent", "branch_name FROM branches"),
        ("members per county", "SELECT counties.county_name, COUNT(*)"),
        ("jobs per member by grade", "AVG("),
        ("jobs with a rebate above 0.05", "rebate > 0.05"),
        ("average amount by cover", "AVG(amount)"),
        ("top 3 branches by revenue, highest first", "DESC"),
        ("revenue in 2024 and 2023", "CASE WHEN"),
        ("record month for revenue", "ORDER BY total_fees DESC LIMIT 1"),
        ("peak return month", "ORDER BY return_count DESC LIMIT 1"),
    ],
)
def test_what_was_plain_before_stays_so(question: str, part: str) -> None:
    assert part in asked(question)
