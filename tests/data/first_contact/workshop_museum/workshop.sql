-- A chain of car workshops: cars, jobs, parts (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE garages (
  garage_id INTEGER PRIMARY KEY,
  garage_name VARCHAR,     -- one of: Northgate, Southbank, Airport, Mill Lane
  county VARCHAR,          -- one of: Kent, Essex, Surrey
  lifts INTEGER,
  opened_on DATE
);
CREATE TABLE mechanics (
  mechanic_id INTEGER PRIMARY KEY,
  mechanic_name VARCHAR,
  garage_id INTEGER REFERENCES garages(garage_id),
  grade VARCHAR,           -- one of: apprentice, skilled, master
  started_on DATE
);
CREATE TABLE motorists (
  motorist_id INTEGER PRIMARY KEY,
  motorist_name VARCHAR,
  town VARCHAR,
  loyalty_card BOOLEAN,
  first_visit DATE
);
CREATE TABLE cars (
  car_id INTEGER PRIMARY KEY,
  plate VARCHAR,
  motorist_id INTEGER REFERENCES motorists(motorist_id),
  make VARCHAR,            -- one of: Ford, Fiat, Skoda, Toyota, Volvo
  fuel VARCHAR,            -- one of: petrol, diesel, electric, hybrid
  build_year INTEGER,
  mileage INTEGER
);
CREATE TABLE jobs (
  job_id INTEGER PRIMARY KEY,
  car_id INTEGER REFERENCES cars(car_id),
  garage_id INTEGER REFERENCES garages(garage_id),
  mechanic_id INTEGER REFERENCES mechanics(mechanic_id),
  job_type VARCHAR,        -- one of: service, brakes, tyres, engine, bodywork, inspection
  booked_on DATE,
  finished_on DATE,
  labour_hours DECIMAL(5,1),
  labour_charge DECIMAL(8,2),
  under_warranty BOOLEAN
);
CREATE TABLE parts (
  part_id INTEGER PRIMARY KEY,
  part_name VARCHAR,
  supplier VARCHAR,        -- one of: Bosal, Hella, Textar
  list_price DECIMAL(8,2),
  in_stock INTEGER
);
CREATE TABLE job_parts (
  job_id INTEGER REFERENCES jobs(job_id),
  part_id INTEGER REFERENCES parts(part_id),
  quantity INTEGER,
  unit_price DECIMAL(8,2),
  PRIMARY KEY (job_id, part_id)
);
COMMENT ON COLUMN garages.lifts IS 'how many cars can be lifted at a time';
COMMENT ON COLUMN jobs.mechanic_id IS 'empty until a mechanic is put on it';
COMMENT ON COLUMN jobs.finished_on IS 'empty while the job is open';
COMMENT ON COLUMN jobs.labour_charge IS 'GBP, without parts';
COMMENT ON COLUMN cars.mileage IS 'miles at the last visit';
COMMENT ON COLUMN parts.in_stock IS 'pieces on the shelf';
COMMENT ON TABLE motorists IS 'the people who bring us their cars';
