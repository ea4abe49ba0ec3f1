"""What a first contact with two new databases got wrong, or had declined: lists of what to show, bounds, nouns."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from small_databases import fill, make_tables, prompt_of, same_rows

from demo_lib.offline.sql_writer import write_sql

THEATRE = """CREATE TABLE th_venue ( -- halls that we play in
  venue_id INTEGER PRIMARY KEY, -- number of the venue
  venue_name VARCHAR, -- name of the hall
  kind VARCHAR -- one of: open, tent, e-stage
);
CREATE TABLE th_title ( -- titles that we stage
  title_id INTEGER PRIMARY KEY, -- number of the title
  title VARCHAR, -- title of the play
  genre VARCHAR, -- kind of play; one of: Comedy, Drama
  prem_date DATE, -- day of the premiere
  subsidy_amt DECIMAL(8,2), -- subsidy in euros, null if none
  is_revival BOOLEAN -- true if it is a revival
);
CREATE TABLE th_artist ( -- people on stage
  artist_id INTEGER PRIMARY KEY, -- number of the artist
  first_name VARCHAR, -- given name
  last_name VARCHAR, -- family name
  town VARCHAR, -- home town
  rate DECIMAL(6,2) -- wage per hour in euros
);
CREATE TABLE th_cast ( -- who plays in which title
  title_id INTEGER REFERENCES th_title(title_id), -- title
  artist_id INTEGER REFERENCES th_artist(artist_id), -- artist
  PRIMARY KEY (title_id, artist_id)
);
CREATE TABLE th_gig ( -- evening events, one per evening
  gig_id INTEGER PRIMARY KEY, -- number of the gig
  title_id INTEGER REFERENCES th_title(title_id), -- what was played
  venue_id INTEGER REFERENCES th_venue(venue_id), -- where
  received DATE, -- day the booking came in
  seats INTEGER, -- seats sold
  crew_hrs DECIMAL(5,1), -- hours of the crew
  crew_amt DECIMAL(8,2) -- what the crew cost in euros
);"""
TERMS = """- seats sold: SUM(th_gig.seats)
- The date of a gig is th_gig.received."""


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        make_tables(db, THEATRE)
        fill(db, "th_venue", [(k, f"Hall {k}", ["open", "tent", "e-stage"][k % 3]) for k in range(1, 8)])
        genres = ["Comedy", "Drama"]
        titles = [(k, f"Play {k}", genres[k % 2], f"2025-0{k}-03", 100 * k if k % 3 else None, k % 4 == 0) for k in range(1, 9)]
        fill(db, "th_title", titles)
        artists = [(k, f"First {k}", f"Last {k}", f"Town {k % 3}", 50 + 10 * k) for k in range(1, 9)]
        fill(db, "th_artist", artists)
        fill(db, "th_cast", [(k, (k * j) % 8 + 1) for k in range(1, 9) for j in (1, 2) if k not in (4, 8) or j == 1])
        gigs = [(k, k % 8 + 1, k * k % 7 + 1, f"2025-{k % 12 + 1:02d}-09", 10 + k * k % 97, k % 7, 200 - k) for k in range(1, 60)]
        fill(db, "th_gig", gigs)
        yield db


BUSY = """SELECT venue_name, COUNT(*) FROM th_gig JOIN th_venue USING (venue_id) WHERE YEAR(received) = 2025
GROUP BY ALL HAVING COUNT(*) > 8"""
LISTED = "SELECT title, genre, prem_date FROM th_title WHERE prem_date BETWEEN '2025-04-01' AND '2025-06-30'"
BEST = """SELECT genre, title, SUM(seats) n FROM th_gig JOIN th_title USING (title_id) GROUP BY genre, title
QUALIFY ROW_NUMBER() OVER (PARTITION BY genre ORDER BY n DESC) <= 2"""
BOTH = """SELECT title FROM th_title WHERE title_id IN (SELECT title_id FROM th_gig JOIN th_venue USING (venue_id) WHERE kind = 'tent')
AND title_id IN (SELECT title_id FROM th_gig JOIN th_venue USING (venue_id) WHERE kind = 'e-stage')"""
UNAIDED = "SELECT title FROM th_title WHERE subsidy_amt IS NULL"
IN_COMEDY = """SELECT DISTINCT first_name, last_name FROM th_artist JOIN th_cast USING (artist_id)
JOIN th_title USING (title_id) WHERE genre = 'Comedy'"""


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("Which venues received more than 8 gigs in 2025? Show the name and the number of gigs.", BUSY),
        ("venues with over 8 gigs in 2025, and how many they had", BUSY),
        ("venues with over 8 gigs in 2025 and how many gigs", BUSY),
        ("List the title, genre and premiere date of the titles in the second quarter of 2025.", LISTED),
        ("title, genre and prem date for Q2 2025, alphabetical by title", LISTED),
        ("What is the average number of artists per title?",
         "SELECT AVG(n) FROM (SELECT COUNT(*) n FROM th_cast GROUP BY title_id)"),
        ("titles sorted by title", "SELECT title FROM th_title"),
        ("top two titles per genre by seats sold, list genre, title and seats sold", BEST),
        ("Which titles did not get a subsidy?", UNAIDED),
        ("titles with no subsidy paid", UNAIDED),
        ("Did Comedy or Drama have more seats sold in 2025? Show the seats sold of both.",
         "SELECT genre, SUM(seats) FROM th_gig JOIN th_title USING (title_id) WHERE YEAR(received) = 2025 GROUP BY ALL"),
        ("What share of all titles are revival cases?", "SELECT AVG(CASE WHEN is_revival THEN 1.0 ELSE 0 END) FROM th_title"),
        ("Which artists were in Comedy titles? Give first and last name without repeats.", IN_COMEDY),
        ("first + last names of artists", "SELECT first_name, last_name FROM th_artist"),
        ("towns of artists, no duplicates", "SELECT DISTINCT town FROM th_artist"),
        ("our most expensive gig in terms of crew", "SELECT gig_id, crew_amt FROM th_gig ORDER BY crew_amt DESC LIMIT 1"),
        ("average hourly wage", "SELECT AVG(rate) FROM th_artist"),
        ("Give the title and the genre of titles with no subsidy",
         "SELECT title, genre FROM th_title WHERE subsidy_amt IS NULL"),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_shown(database: duckdb.DuckDBPyConnection, question: str, gold: str) -> None:
    same_rows(database, prompt_of(THEATRE, TERMS), question, gold)


@pytest.mark.parametrize(
    "question",
    [
        "venues with over 8 gigs in 2025, and how many titles",
        "venues with more than 2 titles and how many gigs they had",
        "What is the value of the venues per kind?",
        "value of the gigs by kind",
    ],
)
def test_what_nothing_tells_is_declined(question: str) -> None:
    assert write_sql(prompt_of(THEATRE, TERMS), question).sql is None
