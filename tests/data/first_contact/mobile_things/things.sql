-- A city's library of things: members, things, loans, repairs, and the workshops it gives (DuckDB).
-- Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE branches (
  branch_id INTEGER PRIMARY KEY,
  branch_name VARCHAR,
  district VARCHAR,      -- one of: Harbour, Old Town, Northside, Riverbank
  opened_on DATE
);
CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  member_name VARCHAR,
  membership VARCHAR,    -- one of: standard, reduced, family
  district VARCHAR,      -- one of: Harbour, Old Town, Northside, Riverbank, Hillcrest
  joined_on DATE,
  expires_on DATE
);
CREATE TABLE categories (
  category_id INTEGER PRIMARY KEY,
  category_name VARCHAR  -- one of: Power tools, Garden, Kitchen, Camping, Music, Party
);
CREATE TABLE things (
  thing_id INTEGER PRIMARY KEY,
  category_id INTEGER REFERENCES categories(category_id),
  branch_id INTEGER REFERENCES branches(branch_id),
  thing_name VARCHAR,
  brand VARCHAR,
  replacement_value DECIMAL(8,2),
  deposit DECIMAL(6,2),
  acquired_on DATE,
  condition VARCHAR,     -- one of: new, good, worn, broken
  is_donated BOOLEAN
);
CREATE TABLE loans (
  loan_id INTEGER PRIMARY KEY,
  thing_id INTEGER REFERENCES things(thing_id),
  member_id INTEGER REFERENCES members(member_id),
  lent_on DATE,
  due_on DATE,
  returned_on DATE,
  fee DECIMAL(6,2)
);
CREATE TABLE repairs (
  repair_id INTEGER PRIMARY KEY,
  thing_id INTEGER REFERENCES things(thing_id),
  reported_on DATE,
  finished_on DATE,
  cost DECIMAL(7,2),
  fault VARCHAR          -- one of: motor, cable, blade, battery, casing
);
CREATE TABLE instructors (
  instructor_id INTEGER PRIMARY KEY,
  instructor_name VARCHAR,
  hourly_rate DECIMAL(6,2),
  is_volunteer BOOLEAN
);
CREATE TABLE workshops (
  workshop_id INTEGER PRIMARY KEY,
  branch_id INTEGER REFERENCES branches(branch_id),
  instructor_id INTEGER REFERENCES instructors(instructor_id),
  title VARCHAR,
  topic VARCHAR,         -- one of: woodwork, sewing, bike repair, electronics, cooking
  held_on DATE,
  seats INTEGER,
  price DECIMAL(6,2)
);
CREATE TABLE signups (
  signup_id INTEGER PRIMARY KEY,
  workshop_id INTEGER REFERENCES workshops(workshop_id),
  member_id INTEGER REFERENCES members(member_id),
  signed_up_on DATE,
  attended BOOLEAN,
  stars INTEGER
);
COMMENT ON COLUMN loans.returned_on IS 'empty while the thing is out';
COMMENT ON COLUMN loans.fee IS 'EUR, what the member paid for the loan';
COMMENT ON COLUMN repairs.finished_on IS 'empty while the thing is being repaired';
COMMENT ON COLUMN repairs.cost IS 'EUR';
COMMENT ON COLUMN things.replacement_value IS 'EUR, what a new one costs';
COMMENT ON COLUMN signups.stars IS '1 to 5, empty where the member did not rate the workshop';
COMMENT ON COLUMN members.expires_on IS 'last day of the membership';
COMMENT ON TABLE things IS 'what members can borrow';
