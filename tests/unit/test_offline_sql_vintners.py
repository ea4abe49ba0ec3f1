"""The SQL writer on a press house's schema: what people say around nouns, days side by side, terms with dates in them."""

from __future__ import annotations

import pytest

from demo_lib.offline.sql_writer import write_sql

PRESS_HOUSE = """Dialect: duckdb. Today is 2025-06-15.

CREATE TABLE vintners (
  vintner_id INTEGER PRIMARY KEY,
  vintner_name VARCHAR,
  valley VARCHAR, -- one of: Upper, Lower
  vintnership VARCHAR, -- one of: full, associate
  born_on DATE,
  apprenticed_on DATE,
  retired_on DATE -- empty while at work
);
CREATE TABLE casks (
  cask_id INTEGER PRIMARY KEY,
  vintner_id INTEGER REFERENCES vintners(vintner_id),
  cask_label VARCHAR,
  timber VARCHAR, -- one of: oak, acacia
  finish VARCHAR, -- one of: new, charred
  litres INTEGER,
  stoppers_pulled INTEGER,
  stay_days INTEGER,
  monthly_fee DECIMAL(8,2),
  filled_on DATE,
  due_on DATE,
  emptied_on DATE
);
CREATE TABLE leaks (
  leak_id INTEGER PRIMARY KEY,
  cask_id INTEGER REFERENCES casks(cask_id),
  noticed_on DATE,
  seam VARCHAR, -- one of: head, stave
  cost DECIMAL(8,2)
);
CREATE TABLE rents (
  rent_id INTEGER PRIMARY KEY,
  vintner_id INTEGER REFERENCES vintners(vintner_id),
  billed_on DATE
);
CREATE TABLE payments (
  payment_id INTEGER PRIMARY KEY,
  rent_id INTEGER REFERENCES rents(rent_id),
  vintner_id INTEGER REFERENCES vintners(vintner_id),
  paid_on DATE,
  amount DECIMAL(8,2)
);
Glossary:
- revenue: SUM(casks.litres * 3)
- overripe cask: casks.emptied_on IS NULL AND casks.due_on < today
- retired vintner: vintners.retired_on IS NOT NULL
- growers: vintners; tuns (vats): casks; drips: leaks
- The date of a cask is casks.filled_on.
"""
WEEKEND = "CASE WHEN DAYNAME(noticed_on) IN ('Saturday', 'Sunday') THEN 'weekend' ELSE 'weekday' END"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Several other names on one line of the glossary, and the day that the prompt calls today.
        ("how many growers are there?", "SELECT COUNT(*) AS vintner_count FROM vintners"),
        ("how many vats are there?", "SELECT COUNT(*) AS cask_count FROM casks"),
        ("how many drips are there?", "SELECT COUNT(*) AS leak_count FROM leaks"),
        ("how many overripe casks are there?", "SELECT COUNT(*) AS cask_count FROM casks WHERE emptied_on IS NULL AND due_on < CAST('2025-06-15' AS DATE)"),
        # Around nouns.
        ("number of leaks, seam by seam", "SELECT seam, COUNT(*) AS leak_count FROM leaks GROUP BY seam ORDER BY leak_count DESC"),
        ("average cost for each kind of seam", "SELECT seam, AVG(cost) AS average_cost FROM leaks GROUP BY seam ORDER BY average_cost DESC"),
        ("new vintners per year", "SELECT YEAR(apprenticed_on) AS year, COUNT(*) AS vintner_count FROM vintners GROUP BY YEAR(apprenticed_on) ORDER BY year"),
        ("how many new casks are there?", "SELECT COUNT(*) AS cask_count FROM casks WHERE finish = 'new'"),
        # What was paid has rows of its own; of many amounts a median is one number.
        ("how many leaks from March 2024?", "SELECT COUNT(*) AS leak_count FROM leaks WHERE noticed_on >= '2024-03-01' AND noticed_on < '2024-04-01'"),
        ("how much was paid in 2024?", "SELECT SUM(amount) AS total_amount FROM payments WHERE paid_on >= '2024-01-01' AND paid_on < '2025-01-01'"),
        ("the median of our payments", "SELECT MEDIAN(amount) AS median_amount FROM payments"),
        # The day that a term speaks of.
        ("how many vintners retired in 2024?", "SELECT COUNT(*) AS vintner_count FROM vintners WHERE retired_on >= '2024-01-01' AND retired_on < '2025-01-01'"),
        # The date, among columns that are listed.
        ("seam, date and cost of the leaks", "SELECT leak_id, seam, noticed_on, cost FROM leaks ORDER BY leak_id"),
        # Kinds of days side by side.
        ("number of leaks on weekends vs weekdays", f"SELECT {WEEKEND} AS part_of_week, COUNT(*) AS leak_count FROM leaks GROUP BY {WEEKEND} ORDER BY part_of_week"),
        ("how many leaks on a Monday or a Friday?", "SELECT COUNT(*) AS leak_count FROM leaks WHERE DAYNAME(noticed_on) IN ('Monday', 'Friday')"),
        ("number of leaks by weekday", "SELECT DAYNAME(noticed_on) AS weekday, COUNT(*) AS leak_count FROM leaks GROUP BY DAYNAME(noticed_on) ORDER BY weekday"),
        ("casks under 20 euros a month", "SELECT cask_label FROM casks WHERE monthly_fee < 20 ORDER BY cask_label"),
        # Where payments have rows of their own, what is unpaid has none.
        ("how many rents are unpaid?", "SELECT COUNT(*) AS rent_count FROM rents WHERE NOT EXISTS(SELECT 1 FROM payments WHERE payments.rent_id = rents.rent_id)"),
        # How often, and what for.
        ("how often did growers from the Upper valley pay in 2024?", "SELECT COUNT(*) AS payment_count FROM payments JOIN vintners ON payments.vintner_id = vintners.vintner_id WHERE vintners.valley = 'Upper' AND payments.paid_on >= '2024-01-01' AND payments.paid_on < '2025-01-01'"),
        ("how many times did vintners pay in 2024?", "SELECT COUNT(*) AS payment_count FROM payments WHERE paid_on >= '2024-01-01' AND paid_on < '2025-01-01'"),
        ("casks that cost us more than 90 in leaks", "SELECT casks.cask_label, SUM(leaks.cost) AS total_cost FROM leaks JOIN casks ON leaks.cask_id = casks.cask_id GROUP BY leaks.cask_id, casks.cask_label HAVING SUM(leaks.cost) > 90 ORDER BY total_cost DESC"),
        ("how many stoppers were pulled, timber by timber?", "SELECT timber, SUM(stoppers_pulled) AS total_stoppers_pulled FROM casks GROUP BY timber ORDER BY total_stoppers_pulled DESC"),
    ],
)  # fmt: skip
def test_sql(question: str, expected: str) -> None:
    draft = write_sql(PRESS_HOUSE, question)
    assert draft.sql == expected, draft.declined


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("payment total and leak total by valley", "“leak”"),
        ("leaks over 20 euros a month", "“a month”"),
        ("average time from filled to emptied of overripe casks", "emptied_on is empty"),
        ("most produced casks", "“most casks” by what?"),
        ("casks out of order", "“out of order”"),
        ("casks running now", "“running”"),
        ("growers with unpaid rents", "rents without payments"),
        ("how many stays were there?", "“how many”"),  # and no sum of their days
        ("how many casks were there, and how many of them are charred?", "a second thing"),
        ("how do leaks add up month after month", "running total"),
        ("new vintners by valley", "“new”"),  # and no casks of theirs
        ("valley and date of vintners", "“date”"),  # of which of their days?
        ("how many vintnerships were there in 2024?", "how many kinds of"),
        ("number of leaks on weekends vs mondays", "No day is of both kinds"),
        ("cost on weekdays", "could be added up or listed"),
    ],
)
def test_declined(question: str, why: str) -> None:
    draft = write_sql(PRESS_HOUSE, question)
    assert why in (draft.declined or ""), draft.sql
