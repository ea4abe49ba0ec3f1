-- Fitness studios with courses (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE studios (
  id INTEGER PRIMARY KEY,
  name VARCHAR,
  city VARCHAR,            -- one of: Utrecht, Leiden, Delft, Breda
  opened_on DATE,
  floor_area INTEGER,
  has_pool BOOLEAN
);
CREATE TABLE tariffs (
  id INTEGER PRIMARY KEY,
  title VARCHAR,           -- one of: Flex, Basic, Plus, Student, Gold
  monthly_fee DECIMAL(6,2),
  contract_months INTEGER
);
CREATE TABLE trainers (
  id INTEGER PRIMARY KEY,
  first_name VARCHAR,
  last_name VARCHAR,
  studio_id INTEGER REFERENCES studios(id),
  employed_since DATE,
  hourly_pay DECIMAL(6,2),
  certified BOOLEAN
);
CREATE TABLE members (
  id INTEGER PRIMARY KEY,
  first_name VARCHAR,
  last_name VARCHAR,
  gender VARCHAR,          -- one of: F, M, X
  birthday DATE,
  tariff_id INTEGER REFERENCES tariffs(id),
  home_studio_id INTEGER REFERENCES studios(id),
  joined_on DATE,
  quit_on DATE,
  phone VARCHAR
);
CREATE TABLE courses (
  id INTEGER PRIMARY KEY,
  title VARCHAR,
  category VARCHAR,        -- one of: Yoga, Cycling, Strength, Dance, Pilates
  level VARCHAR,           -- one of: beginner, intermediate, advanced
  duration_min INTEGER
);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  course_id INTEGER REFERENCES courses(id),
  studio_id INTEGER REFERENCES studios(id),
  trainer_id INTEGER REFERENCES trainers(id),
  starts_at TIMESTAMP,
  capacity INTEGER,
  cancelled BOOLEAN
);
CREATE TABLE bookings (
  id INTEGER PRIMARY KEY,
  session_id INTEGER REFERENCES sessions(id),
  member_id INTEGER REFERENCES members(id),
  booked_on DATE,
  attended BOOLEAN,
  stars INTEGER
);
CREATE TABLE checkins (
  id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(id),
  studio_id INTEGER REFERENCES studios(id),
  entered_at TIMESTAMP,
  minutes INTEGER
);
COMMENT ON COLUMN studios.floor_area IS 'square metres';
COMMENT ON COLUMN tariffs.monthly_fee IS 'EUR a month';
COMMENT ON COLUMN tariffs.contract_months IS 'shortest term of the contract';
COMMENT ON COLUMN trainers.hourly_pay IS 'EUR an hour';
COMMENT ON COLUMN trainers.certified IS 'holds a coaching licence';
COMMENT ON COLUMN members.quit_on IS 'empty while still a member';
COMMENT ON COLUMN members.phone IS 'empty if we have none';
COMMENT ON COLUMN courses.duration_min IS 'length in minutes';
COMMENT ON TABLE sessions IS 'a course held at one time in one studio';
COMMENT ON COLUMN sessions.capacity IS 'places';
COMMENT ON COLUMN bookings.attended IS 'whether the member turned up';
COMMENT ON COLUMN bookings.stars IS '1 to 5, what the member thought of it; empty if not rated';
COMMENT ON TABLE checkins IS 'a visit to a studio, through the turnstile';
COMMENT ON COLUMN checkins.minutes IS 'length of the visit';
