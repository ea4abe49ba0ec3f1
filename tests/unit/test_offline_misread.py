"""Questions that are easily read as another one: who does something and to whom, whose amount, each or all together."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from small_databases import fill, make_tables, prompt_of, same_rows

from demo_lib.offline.sql_writer import write_sql

BAKERY = """CREATE TABLE bakers ( -- Bakers who work for us
  baker_id INTEGER PRIMARY KEY, -- Key of the baker
  baker_name VARCHAR -- Full name
);
CREATE TABLE appraisals ( -- Yearly appraisals of how bakers did
  appraisal_id INTEGER PRIMARY KEY, -- Key of the appraisal
  baker_id INTEGER REFERENCES bakers(baker_id), -- Baker appraised
  appraiser_id INTEGER REFERENCES bakers(baker_id), -- Baker who wrote it
  appraised_on DATE, -- Day of the appraisal
  overall_score INTEGER -- Score from 1 (poor) to 5 (outstanding)
);
CREATE TABLE candidates ( -- People who want to work for us
  candidate_id INTEGER PRIMARY KEY, -- Key of the candidate
  candidate_name VARCHAR, -- Full name
  channel VARCHAR, -- How they heard of us; one of: Fair, Website, Friend
  stage VARCHAR -- How far they came; one of: Applied, Hired, Rejected
);
CREATE TABLE tastings ( -- Trial days on which a baker judges a candidate
  tasting_id INTEGER PRIMARY KEY, -- Key of the tasting
  candidate_id INTEGER REFERENCES candidates(candidate_id), -- Candidate judged
  judge_id INTEGER REFERENCES bakers(baker_id) -- Baker who judged
);
CREATE TABLE mixers ( -- Machines that bakers look after
  mixer_id INTEGER PRIMARY KEY, -- Key of the mixer
  build VARCHAR, -- Build of the mixer; one of: Spiral, Planetary
  kept_by INTEGER REFERENCES bakers(baker_id), -- Baker who looks after it
  bought_on DATE -- Day it was bought
);
CREATE TABLE granaries ( -- Granaries that hold our grain
  granary_id INTEGER PRIMARY KEY, -- Key of the granary
  granary_name VARCHAR -- Name of the granary
);
CREATE TABLE bins ( -- Bins in our granaries
  bin_id INTEGER PRIMARY KEY, -- Key of the bin
  granary_id INTEGER REFERENCES granaries(granary_id), -- Granary that it stands in
  grain VARCHAR, -- Grain in the bin; one of: Rye, Wheat
  on_hand INTEGER -- Sacks on hand
);"""
ORDERS = """CREATE TABLE cafes ( -- Cafes that we deliver to
  cafe_id INTEGER PRIMARY KEY, -- Key of the cafe
  cafe_name VARCHAR -- Name of the cafe
);
CREATE TABLE loan_limits ( -- What cafes may owe us
  loan_limit_id INTEGER PRIMARY KEY, -- Key of the limit
  cafe_id INTEGER REFERENCES cafes(cafe_id), -- Cafe that it is for
  limit_amount DECIMAL(8,2) -- Most that the cafe may owe, in US dollars
);
CREATE TABLE cafe_invoices ( -- Invoices sent to cafes
  cafe_invoice_id INTEGER PRIMARY KEY, -- Key of the invoice
  cafe_id INTEGER REFERENCES cafes(cafe_id), -- Cafe billed
  invoiced_on DATE, -- Day of the invoice
  loaves INTEGER, -- Loaves delivered
  invoice_total DECIMAL(8,2), -- Total billed in US dollars
  invoice_status VARCHAR -- State of the invoice; one of: Paid, Open, Overdue
);
CREATE TABLE invoice_payments ( -- Payments received for invoices
  invoice_payment_id INTEGER PRIMARY KEY, -- Key of the payment
  cafe_invoice_id INTEGER REFERENCES cafe_invoices(cafe_invoice_id), -- Invoice paid
  received_on DATE, -- Day it arrived
  received_amount DECIMAL(8,2) -- Amount received in US dollars
);"""
TERMS = """- billing (revenue): SUM(cafe_invoices.invoice_total)
- loaves sold (quantity sold): SUM(cafe_invoices.loaves)
- The date of an invoice is cafe_invoices.invoiced_on."""


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        make_tables(db, BAKERY)
        make_tables(db, ORDERS)
        fill(db, "bakers", [(k, f"Baker {k}") for k in range(1, 7)])
        score = [(1, 2, 5, 3), (2, 3, 5, 4), (3, 4, 6, 1), (4, 5, 6, 2), (5, 1, 5, 5), (6, 6, 1, 4)]
        fill(db, "appraisals", [(k, of, by, f"2025-0{k}-03", s) for k, of, by, s in score])
        ways, stages = ["Fair", "Website", "Friend"], ["Applied", "Hired", "Hired", "Rejected"]
        fill(db, "candidates", [(k, f"Candidate {k}", ways[k % 3], stages[k % 4]) for k in range(1, 24)])
        fill(db, "tastings", [(k, k % 23 + 1, k % 2 + 1) for k in range(40)])
        builds = ["Spiral", "Planetary"]
        fill(db, "mixers", [(k, builds[k % 2], k % 5 + 1 if k % 3 else None, f"202{k % 5}-04-05") for k in range(14)])
        fill(db, "granaries", [(1, "Mill Lane"), (2, "Quay"), (3, "Old Barn")])
        fill(db, "bins", [(1, 1, "Rye", 90), (2, 2, "Rye", 40), (3, 2, "Wheat", 80), (4, 3, "Wheat", 20), (5, 2, "Rye", 35)])
        fill(db, "cafes", [(k, f"Cafe {k}") for k in range(1, 5)])
        limits = [(1, 1, 900), (2, 2, 1500), (3, 2, 200), (4, 3, 700), (5, 3, 800), (6, 3, 650), (7, 4, 100)]
        fill(db, "loan_limits", limits)
        states = ["Paid", "Open", "Overdue"]
        sent = [(k, k % 4 + 1, f"202{3 + k % 3}-{k % 12 + 1:02d}-11", 7 * k, 10 * k, states[k % 3]) for k in range(1, 61)]
        fill(db, "cafe_invoices", sent)
        fill(db, "invoice_payments", [(k, k % 60 + 1, "2025-06-01", 3 * k) for k in range(1, 40)])
        yield db


APPRAISERS = """SELECT b.baker_name, COUNT(*) FROM appraisals a JOIN bakers b ON a.appraiser_id = b.baker_id
GROUP BY ALL"""
HIRED = "SELECT channel, COUNT(*) FROM candidates WHERE stage = 'Hired' GROUP BY ALL"


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("How many appraisals did each appraiser write?", APPRAISERS),
        ("appraisals by appraiser", APPRAISERS),
        ("Which appraiser wrote the most appraisals?", f"{APPRAISERS} ORDER BY 2 DESC LIMIT 1"),
        ("average score given by each appraiser",
         "SELECT b.baker_name, AVG(overall_score) FROM appraisals a JOIN bakers b ON a.appraiser_id = b.baker_id GROUP BY ALL"),
        ("how many appraisers are there", "SELECT COUNT(DISTINCT appraiser_id) FROM appraisals"),
        ("How many judges do we have?", "SELECT COUNT(DISTINCT judge_id) FROM tastings"),
        ("how many appraisals are there", "SELECT COUNT(*) FROM appraisals"),
        ("people hired by channel", HIRED),
        ("How many people were hired, by channel?", HIRED),
        ("granaries with the largest stock on hand",
         "SELECT granary_name, SUM(on_hand) FROM bins JOIN granaries USING (granary_id) GROUP BY ALL"),
        ("Which granary has the largest on hand?",
         "SELECT granary_name, SUM(on_hand) s FROM bins JOIN granaries USING (granary_id) GROUP BY ALL ORDER BY s DESC LIMIT 1"),
    ],
)  # fmt: skip
def test_who_does_it_is_not_to_whom(database: duckdb.DuckDBPyConnection, question: str, gold: str) -> None:
    same_rows(database, prompt_of(BAKERY), question, gold)


QUARTERS = """SELECT DATE_TRUNC('quarter', invoiced_on), SUM(invoice_total) FROM cafe_invoices
WHERE YEAR(invoiced_on) = 2024 GROUP BY ALL"""
LIMITS = "SELECT cafe_name, MAX(limit_amount) m FROM loan_limits JOIN cafes USING (cafe_id) GROUP BY ALL"


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("overdue invoices, total amount", "SELECT SUM(invoice_total) FROM cafe_invoices WHERE invoice_status = 'Overdue'"),
        ("open invoices: total amount", "SELECT SUM(invoice_total) FROM cafe_invoices WHERE invoice_status = 'Open'"),
        ("total amount of open invoices", "SELECT SUM(invoice_total) FROM cafe_invoices WHERE invoice_status = 'Open'"),
        ("billing in Q1, Q2, Q3 and Q4 2024", QUARTERS),
        ("compare the billing of Q1, Q2, Q3 and Q4 2024", QUARTERS),
        ("billing in 2023, 2024 and 2025", "SELECT YEAR(invoiced_on), SUM(invoice_total) FROM cafe_invoices GROUP BY ALL"),
        ("billing in 2023, 2024 and 2025 together", "SELECT SUM(invoice_total) FROM cafe_invoices"),
        ("billing from February to April 2024, May to July 2024 and August to October 2024",  # no quarters of a calendar
         "SELECT SUM(invoice_total) FROM cafe_invoices WHERE invoiced_on >= '2024-02-01' AND invoiced_on < '2024-11-01'"),
        ("cafes whose quantity sold is above 3000",
         "SELECT cafe_name, SUM(loaves) FROM cafe_invoices JOIN cafes USING (cafe_id) GROUP BY ALL HAVING SUM(loaves) > 3000"),
        ("cafes with the largest loan limit", LIMITS),
        ("Which cafe has the highest loan limit?", f"{LIMITS} ORDER BY m DESC LIMIT 1"),
    ],
)  # fmt: skip
def test_whose_amount_and_each_or_together(database: duckdb.DuckDBPyConnection, question: str, gold: str) -> None:
    same_rows(database, prompt_of(ORDERS, TERMS), question, gold)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("names of all appraisers", "appraiser_id"),  # and not all bakers
        ("how many judges wrote appraisals in 2025", "judge"),
        ("How many Spirals do the bakers have?", "of each"),
        ("number of keepers", "keepers"),
    ],
)
def test_what_would_be_another_question_is_declined(question: str, said: str) -> None:
    draft = write_sql(prompt_of(BAKERY), question)
    assert draft.sql is None
    assert said in (draft.declined or "")
