"""What people say of numbers of rows below, of wholes, of what was never sent in, and of what a comment calls rows."""

from __future__ import annotations

import pytest
from sql_parts import sql_of

from demo_lib.offline.sql_writer import write_sql

PROMPT = """You write one read-only SQL query.

Dialect: duckdb
Today is 2025-11-01.

## Schema
```sql
CREATE TABLE marinas ( -- Harbours where boats are kept
  marina_id INTEGER PRIMARY KEY, -- Key of the marina
  marina_name VARCHAR, -- Name
  coast VARCHAR -- Side of the island; one of: North, South
);
CREATE TABLE skippers ( -- People who may take a boat out
  skipper_id INTEGER PRIMARY KEY, -- Key of the skipper
  skipper_name VARCHAR, -- Full name
  joined_on DATE -- Day of joining
);
CREATE TABLE boats ( -- Boats for hire
  boat_id INTEGER PRIMARY KEY, -- Key of the boat
  boat_name VARCHAR, -- Name
  marina_id INTEGER REFERENCES marinas(marina_id), -- Home marina
  hull VARCHAR, -- Kind of hull; one of: Wood, Steel, Plastic
  monthly_rent DECIMAL(10,2), -- Rent per month in US dollars
  inspection_due DATE -- Day it must be inspected
);
CREATE TABLE gate_counts ( -- Guests counted at the gate of a marina, per day
  gate_count_id INTEGER PRIMARY KEY, -- Key of the count
  marina_id INTEGER REFERENCES marinas(marina_id), -- Marina
  counted_on DATE, -- Day
  guests INTEGER -- People who came in
);
CREATE TABLE engine_faults ( -- Breakdowns and leaks of boats
  engine_fault_id INTEGER PRIMARY KEY, -- Key of the fault
  boat_id INTEGER REFERENCES boats(boat_id), -- Boat concerned
  severity VARCHAR, -- How bad it was; one of: Light, Heavy
  started_at TIMESTAMP, -- Start
  fixed_at TIMESTAMP -- End
);
CREATE TABLE radio_checks ( -- Test calls on the marine radio
  radio_check_id INTEGER PRIMARY KEY, -- Key of the check
  skipper_id INTEGER REFERENCES skippers(skipper_id), -- Skipper
  called_at TIMESTAMP, -- When
  succeeded BOOLEAN -- Whether it worked
);
CREATE TABLE offers ( -- Price offers
  offer_id INTEGER PRIMARY KEY, -- Key of the offer
  boat_id INTEGER REFERENCES boats(boat_id), -- Boat offered
  assigned_to INTEGER REFERENCES skippers(skipper_id), -- Skipper in charge
  percent_off INTEGER -- Reduction in percent
);
CREATE TABLE help_requests ( -- Requests and complaints that skippers sent in
  help_request_id INTEGER PRIMARY KEY, -- Key of the request
  skipper_id INTEGER REFERENCES skippers(skipper_id), -- Skipper who asks
  request_status VARCHAR, -- State; one of: Open, Solved
  sent_on DATE -- Day it came in
);
CREATE TABLE mobile_photos ( -- Pictures on our mobile pages
  mobile_photo_id INTEGER PRIMARY KEY, -- Key of the picture
  album VARCHAR, -- Album; one of: Sunsets, Races
  hearts INTEGER, -- Hearts
  forwards INTEGER, -- Times forwarded
  posted_on DATE -- Day
);
```
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Which marinas had more than 2,000 guests in October 2025?",
            "SELECT marinas.marina_name, SUM(gate_counts.guests) AS total_guests FROM gate_counts JOIN "
            "marinas ON gate_counts.marina_id = marinas.marina_id WHERE gate_counts.counted_on >= "
            "'2025-10-01' AND gate_counts.counted_on < '2025-11-01' GROUP BY gate_counts.marina_id, "
            "marinas.marina_name HAVING SUM(gate_counts.guests) > 2000 ORDER BY total_guests DESC",
        ),
        (
            "marinas with guest count above 2000",
            "SELECT marinas.marina_name, SUM(gate_counts.guests) AS total_guests FROM gate_counts JOIN "
            "marinas ON gate_counts.marina_id = marinas.marina_id GROUP BY gate_counts.marina_id, "
            "marinas.marina_name HAVING SUM(gate_counts.guests) > 2000 ORDER BY total_guests DESC",
        ),
        (
            "Which albums have more than 100 hearts?",
            "SELECT album, SUM(hearts) AS total_hearts FROM mobile_photos GROUP BY album HAVING SUM(hearts) "
            "> 100 ORDER BY total_hearts DESC",
        ),
        (
            "Which gate counts had more than 2000 guests?",
            "SELECT gate_count_id FROM gate_counts WHERE guests > 2000 ORDER BY gate_count_id",
        ),
        (
            "Skippers who did not open a single help request",
            "SELECT skippers.skipper_name FROM skippers WHERE NOT EXISTS(SELECT 1 FROM help_requests WHERE "
            "help_requests.skipper_id = skippers.skipper_id) ORDER BY skippers.skipper_name",
        ),
        (
            "How many skippers have never sent us a help request?",
            "SELECT COUNT(*) AS skipper_count FROM skippers WHERE NOT EXISTS(SELECT 1 FROM help_requests "
            "WHERE help_requests.skipper_id = skippers.skipper_id)",
        ),
        (
            "skippers without an open request",
            "SELECT skippers.skipper_name FROM skippers WHERE NOT EXISTS(SELECT 1 FROM help_requests WHERE "
            "help_requests.skipper_id = skippers.skipper_id AND help_requests.request_status = 'Open') ORDER "
            "BY skippers.skipper_name",
        ),
        (
            "open requests / all requests",
            "SELECT 1.0 * COUNT(CASE WHEN request_status = 'Open' THEN 1 END) / NULLIF(COUNT(*), 0) AS "
            "help_request_count_share FROM help_requests",
        ),
        (
            "open requests out of all requests, in 2024",
            "SELECT 1.0 * COUNT(CASE WHEN request_status = 'Open' THEN 1 END) / NULLIF(COUNT(*), 0) AS "
            "help_request_count_share FROM help_requests WHERE sent_on >= '2024-01-01' AND sent_on < "
            "'2025-01-01'",
        ),
        (
            "unsuccessful radio checks by month",
            "SELECT DATE_TRUNC('month', called_at) AS month, COUNT(*) AS radio_check_count FROM radio_checks "
            "WHERE NOT succeeded GROUP BY DATE_TRUNC('month', called_at) ORDER BY month",
        ),
        (
            "How many radio checks went wrong in 2025?",
            "SELECT COUNT(*) AS radio_check_count FROM radio_checks WHERE NOT succeeded AND called_at >= "
            "'2025-01-01' AND called_at < '2026-01-01'",
        ),
        (
            "count of requests under each status",
            "SELECT request_status, COUNT(*) AS help_request_count FROM help_requests GROUP BY "
            "request_status ORDER BY help_request_count DESC",
        ),
        (
            "boats by hull - count and sum of monthly rent",
            "SELECT hull, COUNT(*) AS boat_count, SUM(monthly_rent) AS total_monthly_rent FROM boats GROUP "
            "BY hull ORDER BY boat_count DESC",
        ),
        (
            "total hearts and forwards per mobile album",
            "SELECT album, SUM(hearts) AS total_hearts, SUM(forwards) AS total_forwards FROM mobile_photos "
            "GROUP BY album ORDER BY total_hearts DESC",
        ),
        (
            "How often were pictures forwarded per album?",
            "SELECT album, SUM(forwards) AS total_forwards FROM mobile_photos GROUP BY album ORDER BY "
            "total_forwards DESC",
        ),
        (
            "breakdowns by severity",
            "SELECT severity, COUNT(*) AS engine_fault_count FROM engine_faults GROUP BY severity ORDER BY "
            "engine_fault_count DESC",
        ),
        (
            "Number of test calls by month",
            "SELECT DATE_TRUNC('month', called_at) AS month, COUNT(*) AS radio_check_count FROM radio_checks "
            "GROUP BY DATE_TRUNC('month', called_at) ORDER BY month",
        ),
        (
            "Which boats must be inspected in 2026?",
            "SELECT boat_name FROM boats WHERE inspection_due >= '2026-01-01' AND inspection_due < "
            "'2027-01-01' ORDER BY boat_name",
        ),
        (
            "total monthly boat rents",
            "SELECT SUM(monthly_rent) AS total_monthly_rent FROM boats",
        ),
        (
            "What do the boats cost per month?",
            "SELECT SUM(monthly_rent) AS total_monthly_rent FROM boats",
        ),
        (
            "Top 5 boats by rent, dearest first",
            "SELECT boat_name, monthly_rent FROM boats ORDER BY monthly_rent DESC LIMIT 5",
        ),
        (
            "offers with more than 30 percent off",
            "SELECT offer_id FROM offers WHERE percent_off > 30 ORDER BY offer_id",
        ),
        (
            "How many offers are not assigned to anyone?",
            "SELECT COUNT(*) AS offer_count FROM offers WHERE assigned_to IS NULL",
        ),
        (
            "unassigned offers per boat",
            "SELECT boats.boat_name, COUNT(*) AS offer_count FROM offers JOIN boats ON offers.boat_id = "
            "boats.boat_id WHERE offers.assigned_to IS NULL GROUP BY offers.boat_id, boats.boat_name ORDER "
            "BY offer_count DESC",
        ),
    ],
)
def test_plain_questions(question: str, expected: str) -> None:
    assert sql_of(PROMPT, question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "by severity: heavy faults / all faults",
        "How often were pictures liked and forwarded per album?",
        "Which boats must be inspected?",
        "What do the boats cost?",
    ],
)
def test_what_is_not_clear_is_declined(question: str) -> None:
    assert write_sql(PROMPT, question).sql is None
